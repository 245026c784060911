"""Descriptions: of animals, people of Fernbrook, places, things, food, weather; as pages and as answers."""

from __future__ import annotations

from ..document import Document, chat, plain
from ..text import Pen, article, capital, listing, number_word, tidy
from ..world.animals import ANIMALS, Animal
from ..world.people import TOWN, Townsman
from ..world.places import PLACES, SEASONS, Place
from ..world.things import FOODS, MASS_FOODS, THINGS
from .describing_things import food, gather, thing, weather

QA = tuple[str, str]


def animal(pen: Pen, it: Animal) -> tuple[str, list[QA]]:
    """What is true of an animal kind, and questions about it."""
    legs = "no legs" if it.legs == 0 else f"{number_word(it.legs)} legs"
    skills = pen.some(it.skills, min(len(it.skills), 2))
    slots = {
        "n": it.name,
        "ns": it.plural,
        "group": it.group,
        "says": it.says,
        "food": listing(it.foods),
        "home": it.home,
        "size": it.size,
        "colour": listing(it.colours, "or"),
        "legs": legs,
        "skill": listing(skills),
        "young": it.young,
        "one": pen.pick(it.foods),
    }
    text = gather(
        pen,
        [
            "the {n} is a {size} {group}.",
            "a {n} is a {size} {group}.",
            "the {n} is a {size} animal.",
            "do you know what a {n} is? It is a {size} {group}.",
            "let me tell you about the {n}.",
        ],
        [
            ("it [is|can be|is mostly] {colour}.", "its colour is {colour}."),
            ("it has {legs}.", "if you count its legs, you find {legs}."),
            ("[it lives|you can find it|its home is] {home}.", "if you are quiet, you may see one {home}."),
            (
                "[it eats|it likes to eat|its food is|it is always looking for] {food}.",
                "when it is hungry, it eats {food}.",
            ),
            ("it can {skill}.", "it is good at many things: it can {skill}."),
            (
                ("a {n} {says}.", "you know it by its sound: it {says}.")
                if "no sound" not in it.says
                else ("it makes no sound.",)
            ),
            ("a young {n} is called a {young}.",),
        ],
        slots,
        3,
    )
    if it.young.startswith("baby"):
        text = text.replace("is called a baby", "is a baby")
    name = it.name
    asks = [
        (f"What does {article(name)} eat?", f"It eats {listing(it.foods)}."),
        (f"Where does {article(name)} live?", f"It lives {it.home}."),
        (f"How many legs does {article(name)} have?", f"It has {legs}."),
        (f"What colour is {article(name)}?", f"It is {listing(it.colours, 'or')}."),
        (f"Is {article(name)} big or small?", f"It is {it.size}."),
        (f"What can {article(name)} do?", f"It can {listing(it.skills)}."),
        (f"What is a young {name} called?", capital(article(it.young)) + "."),
        (f"What kind of animal is {article(name)}?", capital(article(it.group)) + "."),
        (f"What sound does {article(name)} make?", f"It {it.says}."),
    ]
    return text, asks


def townsman(pen: Pen, it: Townsman) -> tuple[str, list[QA]]:
    """A neighbour in Fernbrook."""
    who = it.person
    near = (
        "lives on the farm"
        if it.home == "Windy Farm"
        else f"lives at {it.home}" if it.home.startswith("the") else f"lives in {it.home}"
    )
    slots = {
        "p": who,
        "he": who.he,
        "his": who.his,
        "job": it.job,
        "work": it.workplace,
        "age": number_word(it.age),
        "near": near,
        "pet": it.pet,
        "name": it.pet_name,
        "food": it.food,
        "colour": it.colour,
        "hobby": it.hobby,
    }
    text = gather(
        pen,
        [
            "{p} is the {job} of Fernbrook." if "'s" not in it.job else "{p} is the {job} in Fernbrook.",
            "everyone in Fernbrook knows {p}, the {job}.",
            "{p} works as a {job}.",
        ],
        [
            ("{he} is {age} years old.",),
            ("{he} {near}.",),
            ("{his} favourite colour is {colour}.", "{he} loves the colour {colour}."),
            (
                "{he} has a {pet} called {name}.",
                "you can often see {p} with {name}, {his} {pet}.",
                "{his} {pet} is called {name}.",
            ),
            (
                "{his} favourite food is {food}.",
                "on Sundays {he} eats {food}.",
                "{he} likes {food} best of all.",
            ),
            ("in {his} free time {he} likes {hobby}.", "{he} likes {hobby}."),
        ],
        slots,
        3,
    )
    asks = [
        (f"Who is the {it.job}{' of Fernbrook' if pen.maybe() else ''}?", f"{who}."),
        (f"What is the job of {who}?", f"{capital(who.he)} is a {it.job}."),
        (f"How old is {who}?", f"{capital(who.he)} is {number_word(it.age)} years old."),
        (f"Where does {who} live?", f"{capital(who.he)} {near}."),
        (f"What pet does {who} have?", f"{capital(article(it.pet))} called {it.pet_name}."),
        (f"What does {who} like to eat?", f"{capital(it.food)}."),
        (f"What is {who}'s favourite colour?", f"{capital(it.colour)}."),
        (f"What does {who} like to do?", f"{capital(who.he)} likes {it.hobby}."),
    ]
    return text, [(tidy(ask), tidy(answer)) for ask, answer in asks]


def place(pen: Pen, it: Place) -> tuple[str, list[QA]]:
    """A place, with what is there and what one does."""
    things, acts = pen.some(it.found, 3), pen.some(it.acts, 2)
    slots = {
        "at": it.at,
        "to": it.to,
        "things": listing(things),
        "one": things[0],
        "act": acts[0],
        "act2": acts[1],
        "name": it.name,
        "season": pen.pick(list(SEASONS)),
        "who": it.people,
    }
    rest: list[tuple[str, ...]] = [
        (
            "{at}, you [can see|find|will see] {things}.",
            "look around, and you will see {things}.",
            "there is much to see: {things}.",
        ),
        (
            "people go there to {act} [and to {act2}|or to {act2}].",
            "there you can {act} or {act2}.",
            "children like to {act} there.",
        ),
        (
            "nobody is in a hurry there.",
            "[mornings|evenings|Sundays] are the best time to go.",
            "it is [quiet|busy|lovely] there in {season}.",
        ),
    ]
    if it.people != "nobody":
        rest.append(
            ("{who} often works there.", "you may meet {who} there.", "ask {who} if you want to know more.")
        )
    text = gather(
        pen,
        [
            "{name} is a good place to be.",
            "have you ever been {to}?",
            "I like to be {at}.",
            "let us go {to}!",
            "this is what you find {at}.",
        ],
        rest,
        slots,
    )
    asks = [
        (f"What can you do {it.at}?", f"You can {listing(list(it.acts), 'or')}."),
        (f"What can you see {it.at}?", f"You can see {listing(list(it.found[:3]))}."),
    ]
    return text, asks


def any_topic(pen: Pen) -> tuple[str, str, list[QA]]:
    """A topic's name, its description, its questions."""
    kind = pen.random.choices(
        ("animal", "town", "place", "thing", "food", "weather"), (34, 20, 16, 16, 9, 5)
    )[0]
    if kind == "animal":
        it = pen.pick(ANIMALS)
        return f"the {it}", *animal(pen, it)
    if kind == "town":
        man = pen.pick(TOWN)
        return str(man.person), *townsman(pen, man)
    if kind == "place":
        where = pen.pick(PLACES)
        return str(where), *place(pen, where)
    if kind == "thing":
        what = pen.pick(THINGS)
        return article(str(what)), *thing(pen, what)
    if kind == "food":
        meal = pen.pick(FOODS + MASS_FOODS)
        return (meal.name if meal.name == meal.plural else article(meal.name)), *food(pen, meal)
    return "the weather", *weather(pen)


def document(pen: Pen) -> Document:
    """A description, or questions about the world."""
    topic, text, asks = any_topic(pen)
    pen.random.shuffle(asks)
    style = pen.chance()
    if style < 0.3:
        if pen.maybe(0.4):
            text += " " + any_topic(pen)[1]
        return plain("description", f"{capital(topic)}\n{text}" if pen.maybe(0.3) else text)
    if style < 0.55:
        ask = pen.say(
            pen.pick(
                (
                    "tell me about {t}.",
                    "describe {t}.",
                    "what do you know about {t}?",
                    "write something about {t}.",
                    "can you tell me something about {t}?",
                    "please describe {t}.",
                )
            ),
            t=topic,
        )
        turns = [(ask, text)] + (asks[:1] if pen.maybe(0.5) else [])
        return chat("description", turns)
    turns = asks[: pen.number(1, 3)]
    for _ in range(pen.number(0, 3)):
        turns.append(pen.pick(any_topic(pen)[2]))
    return chat("description", turns)
