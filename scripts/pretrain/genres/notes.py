"""Pages that people write: letters, recipes, signs, diary pages, reviews."""

from __future__ import annotations

from ..text import Pen, number_word
from ..world.animals import ANIMALS, MEETABLE, PET_NAMES, PETS
from ..world.people import adult, child, children
from ..world.places import DAYS, MONTHS, PLACES, TIMES, TOWNS
from ..world.things import COLOURS, DISHES, FOODS, SMALL_THINGS, SPOTS, THINGS
from .reading_tables import HOBBIES

SINGLE_DISHES = [dish for dish in DISHES if not dish.endswith("s") and "with" not in dish]


def letter_page(pen: Pen) -> str:
    """A letter: to a friend, or a formal one."""
    one, two = children(pen, 2)
    who = adult(pen)
    place, thing = pen.pick(PLACES), pen.pick(THINGS)
    pen.mark("letter", one, two, place, thing)
    slots = {
        "one": one,
        "two": two,
        "who": who,
        "at": place.at,
        "act": pen.pick(place.acts),
        "t": thing,
        "ts": thing.plural,
        "town": pen.pick(TOWNS),
        "col": pen.pick(COLOURS),
        "day": pen.pick(DAYS),
        "month": pen.pick(MONTHS),
        "n": number_word(pen.number(2, 20)),
        "a": pen.pick(PETS),
        "pet": pen.pick(PET_NAMES),
        "dish": pen.pick(DISHES),
        "hobby": pen.pick(HOBBIES),
    }
    if pen.maybe(0.4):
        same = pen.number(0, 4)
        head = pen.say("dear [Sir or Madam|{who}|Mr Mayor|neighbours],", **slots)
        body = pen.tell(
            (
                (
                    (
                        "on {day} I bought a {t} in your shop. [Unfortunately, it was broken.|At home I saw"
                        " that it was {col}. I had asked for another colour.]"
                    ),
                    (
                        "I am writing to you about the {t} in your window. [Could you please tell me the"
                        " price?|Is it still for sale?]"
                    ),
                    (
                        "I would like to ask for {n} {ts}. [Please let me know if that is possible.|We need"
                        " them for our school play.]"
                    ),
                    (
                        "thank you for your letter of {day}. [I have read it with joy.|We will gladly send"
                        " you {n} {ts}.]"
                    ),
                    (
                        "we would like to invite you to our [concert|party|play] on {day}. [We would be very"
                        " happy to see you.|It takes place {at}.]"
                    ),
                )[same],
                (
                    "[I would be glad to hear from you soon.|thank you very much for your help.|please write"
                    " back by {day}.|]"
                ),
            ),
            slots,
        )
        greeting = pen.pick(("Yours faithfully", "With kind regards", "Yours sincerely"))
        return f"{head}\n\n{body}\n\n{greeting},\n{one}"
    body = pen.tell(
        (
            (
                "[how are you? I am fine.|thank you for your letter!|I hope you are well.|at last I have time"
                " to write to you.|guess where I am!]"
            ),
            (
                "[we are {at} now, and every day we {act}.|yesterday I was {at}.|I have a new hobby:"
                " {hobby}.|since {day} I have a {a}. It is called {pet}.]"
            ),
            (
                "[the best thing is the food. Today we had {dish}.|I found a {col} {t} and kept it for"
                " you.|{who} says hello.|it takes {n} hours to get here.|I miss you a little.|]"
            ),
            (
                "[please write soon!|when will you come to {town}?|we will be back in {month}.|come and visit"
                " us!]"
            ),
        ),
        slots,
    )
    return f"Dear {two},\n\n{body}\n\n{pen.pick(('Love', 'Yours', 'Your friend', 'Many greetings'))},\n{one}"


def recipe_page(pen: Pen) -> str:
    """What you need, and steps."""
    foods = pen.some([food for food in FOODS if food.group in ("fruit", "vegetable")], 3)
    dish = pen.pick(("soup", "cake", "salad", "pie", "stew", "bread"))
    pen.mark("recipe", dish, *(food.name for food in foods))
    need = [f"{number_word(pen.number(2, 9))} {food.plural}" for food in foods] + pen.some(
        ["a little salt", "some butter", "a cup of milk", "a spoon of honey", "a bit of sugar", "some flour"],
        2,
    )
    steps = [
        "[wash|cut|peel] the {a}.",
        "put the {b} into a [bowl|pot] with the {a}.",
        "[add|stir in] the {c} and [mix well|stir slowly|wait a little].",
        "[cook|bake|boil] it for {n} minutes.",
        "[eat it warm|share it with a friend|let it cool].",
    ]
    if dish == "salad":
        steps[3] = "let it rest for {n} minutes."
    slots = {
        "a": foods[0].plural,
        "b": foods[1].plural,
        "c": foods[2].plural,
        "n": number_word(pen.number(5, 40)),
    }
    lines = [pen.say(step, **slots) for step in steps]
    body = (
        "\n".join(f"{index}. {line}" for index, line in enumerate(lines, 1))
        if pen.maybe()
        else " ".join(
            (
                "First, " + lines[0][0].lower() + lines[0][1:],
                "Then " + lines[1][0].lower() + lines[1][1:],
                *lines[2:],
            )
        )
    )
    return (
        f"{foods[0].name.capitalize()} {dish}\n\nYou need:\n"
        + "\n".join(f"- {item}" for item in need)
        + f"\n\n{body}"
    )


def sign_page(pen: Pen) -> str:
    """A sign, a notice or a short announcement."""
    place = pen.pick(PLACES)
    slots = {
        "name": place.name,
        "at": place.at,
        "t": pen.pick(THINGS),
        "col": pen.pick(COLOURS),
        "day": pen.pick(DAYS),
        "p": child(pen),
        "spot": pen.pick(SPOTS),
        "n": pen.number(2, 30),
        "h": pen.number(1, 12),
        "a": pen.pick(PETS),
        "pet": pen.pick(PET_NAMES),
        "foods": pen.pick(FOODS).plural,
        "town": pen.pick(TOWNS),
    }
    pen.mark("sign", slots["t"], slots["p"], place)
    return pen.say(
        pen.pick(
            (
                (
                    "LOST: a {col} {t}. [Please call {p}.|If you find it, tell {p}.|I last saw it {spot}.]"
                    " [Thank you!|There is a reward of {n} coins.|]"
                ),
                "FOUND: a {col} {t}, {spot}. [Ask for {p}.|Come on {day} and ask for it.]",
                (
                    "LOST! Our {a} {pet} ran away on {day}. [{pet} is small and {col}.|{pet} likes {foods}.]"
                    " Please call {p} in {town}."
                ),
                "FOR SALE: {n} {foods}. [Fresh from the garden!|Very cheap!|Only on {day}.]",
                "FOR SALE: a {col} {t}, [almost new|quite old|in good order]. {n} coins. Ask {p}.",
                "[closed|open] on {day}. [We are sorry.|Please come back later.|Come in!]",
                "[please keep quiet|no running|please shut the gate|do not feed the animals] {at}!",
                (
                    "party {at} on {day} at {h} o'clock! [Bring {foods}!|Everybody is welcome!|There will be"
                    " music.]"
                ),
                "the bus to {town} leaves at {h} o'clock. [Do not be late!|Tickets cost {n} coins.]",
                "Welcome to {town}! [Please drive slowly.|Enjoy your stay!|{n} people live here.]",
            )
        ),
        **slots,
    )


def diary_page(pen: Pen) -> str:
    """A page of a diary, in the first person."""
    place, friend = pen.pick(PLACES), child(pen)
    slots = {
        "day": pen.pick(DAYS),
        "n": pen.number(1, 28),
        "month": pen.pick(MONTHS),
        "at": place.at,
        "act": pen.pick(place.acts),
        "found": pen.pick(place.found[:4]),
        "f": friend,
        "fhe": friend.he,
        "e": adult(pen),
        "t": pen.pick(SMALL_THINGS),
        "col": pen.pick(COLOURS),
        "dish": pen.pick(DISHES),
        "a": pen.pick(MEETABLE),
        "time": pen.pick(TIMES),
        "hobby": pen.pick(HOBBIES),
        "spot": pen.pick(SPOTS),
    }
    pen.mark("diary", friend, place, slots["t"])
    return pen.tell(
        (
            (
                "[{day}, {month} {n}|{n} {month}|dear diary|{day}]\n\n[today I was {at}.|today was a"
                " [good|bad|strange|long] day.|I woke up early today.|what a day!|it is late, but I must"
                " write this down.]"
            ),
            (
                "[I wanted to {act}, and I did.|I looked at {found} for a while.|{f} came with me, and we"
                " wanted to {act}.|{time}, {e} came to visit us.|{f} was late for school.|I lost my {t} and"
                " found it {spot}.]"
            ),
            (
                "[{f} showed me a {col} {t}.|I saw a {a}, and it looked at me for a long time.|we laughed a"
                " lot.|I was a bit [sad|tired|proud|afraid].|I tried {hobby} for the first time.|]"
            ),
            (
                "[for dinner we had {dish}.|{e} told me a story before bed.|tomorrow I want to {act}.|now I"
                " am [tired|happy|in bed] and will close this book.|I hope that tomorrow is better.]"
            ),
        ),
        slots,
    )


def review_page(pen: Pen) -> str:
    """Somebody's opinion, and in a word or two what it comes to."""
    good = pen.maybe()
    what = pen.pick(
        (
            f"the {pen.pick(THINGS)}",
            f"the {pen.pick(SINGLE_DISHES)}",
            f"the trip {pen.pick(PLACES).to}",
            "the concert",
            "the film",
            f"the book about the {pen.pick(ANIMALS)}",
            "the new teacher",
            "the game",
        )
    )
    person = child(pen)
    slots = {"w": what, "p": person, "he": person.he}
    text = pen.tell(
        (
            "[{p} talked about {w}.|what did {p} think of {w}?|{p} wrote about {w}:|]",
            (
                "[I really liked {w}.|{w} made me smile.|{w} was [wonderful|great|lovely|better than ever].|I"
                " was so happy with {w}.]"
                if good
                else (
                    "[I did not like {w}.|{w} made me sad.|{w} was [awful|boring|terrible|worse than ever].|I"
                    " was not happy with {w}.]"
                )
            ),
            (
                "[one more time, please!|everyone should try it.|it was worth every coin.|all of us were"
                " pleased.|]"
                if good
                else (
                    "[never again!|do not waste your time.|it was too [long|loud|cold|dear].|all of us were"
                    " disappointed.|]"
                )
            ),
            (
                "[{p} was happy.|{he} had a good time.|so it was a good day.|this is a positive letter.|]"
                if good
                else (
                    "[{p} was unhappy.|{he} had a bad time.|so it was a bad day.|this is a negative letter.|]"
                )
            ),
        ),
        slots,
    )
    pen.mark("review", person, what)
    return text
