"""Other forms of writing: records in braces, lists, verses, letters, recipes, signs, diary pages, reviews, old tongues, sea talk."""

from __future__ import annotations

import json

from ..document import Document, plain
from ..text import Pen, capital, listing, number_word, tidy, words
from ..world.animals import ANIMALS, MEETABLE, PET_NAMES, PETS
from ..world.language import RHYMES
from ..world.people import adult, child, children
from ..world.places import DAYS, MONTHS, OUTSIDE, PLACES, TIMES, TOWNS
from ..world.things import COLOURS, DISHES, FOODS, SMALL_THINGS, SPOTS, THINGS, TOYS
from . import invented
from .instructions import record
from .reading_frames import HOBBIES


SINGLE_DISHES = [dish for dish in DISHES if not dish.endswith("s") and "with" not in dish]


def _braces(pen: Pen) -> str:
    """A text, then its facts as a record in braces; or a few records."""
    if pen.maybe(0.5):
        text, facts = record(pen)
        shown = {name: int(value) if value.isdigit() else value for name, value in facts}
        return f"{text}\n{json.dumps(shown)}"
    if pen.maybe(0.4):
        items = [item.name for item in pen.some(FOODS, pen.number(2, 5))]
        return f"{listing(items).capitalize()}.\n{json.dumps(items)}"
    rows = []
    for _ in range(pen.number(2, 4)):
        thing, colour = pen.pick(THINGS), pen.pick(COLOURS)
        rows.append(json.dumps({"thing": thing.name, "colour": colour, "number": pen.number(1, 20)}))
    pen.mark("braces", rows[0])
    return "\n".join(rows)


def _verse(pen: Pen) -> str:
    """Four or more lines that rhyme in pairs."""
    person, place, thing = child(pen), pen.pick(OUTSIDE), pen.pick(TOYS)
    pen.mark("verse", person, place, thing)
    slots = {"p": person, "he": person.he, "his": person.his, "at": place.at, "t": thing, "col": pen.pick(COLOURS), "a": pen.pick(ANIMALS), "b": pen.pick(ANIMALS), "f": pen.pick(FOODS).plural,
             "day": pen.pick(DAYS), "n": number_word(pen.number(3, 12))}
    couplets = pen.some((
        ("the [moon|sun|lamp] is [bright|white|round] and high,", "[a|one] little {a} [looks up|sings|sits] at the sky."),
        ("{p} had a [little|lovely|shiny] {t}, as {col} as can be,", "and [took|brought] it along [one morning|on {day}] to the sea."),
        ("{n} [small|fat|grey|quiet] {b.plural} sat in a row,", "[and none of them knew|and nobody knew] where to go."),
        ("the wind [came in|blew hard|sang low] all through the night,", "but {p} [slept well|was warm] till morning light."),
        ("oh {a}, oh {a}, [come and play|do not go|run away],", "for [this is|today is] a [lovely|sunny|happy] day."),
        ("[one|a] {col} [flower|kite|bird], [one|a] {col} tree,", "[a gift|a song] from you, [a gift|a song] for me."),
        ("on {day} the rain came down,", "and [washed|cleaned] the [streets|roofs] of all the town."),
        ("{p} ate {n} {f} and [then a|one more] bun,", "and [said|cried], \"Oh, that was [so much|really] fun!\""),
        ("the {b} has lost [his|its] [hat|shoe|sock],", "and looks for it [behind|beside] the clock."),
        ("the snow fell [softly|slowly] on the hill,", "and all the [world|town|land] was [white and|very] still."),
        ("a [small|brown|funny] {a} went [out to|off to] sea", "and [shared|ate] a [cake|pie] with {b.plural} three."),
        ("we [sing|dance] and [play|run] and [laugh|jump] and shout,", "and that is what [it's|life is] all about."),
    ), pen.number(2, 4))
    lines = [tidy(pen.raw(line, slots)) for pair in couplets for line in pair]
    if pen.maybe(0.4):
        lines.insert(0, pen.say("[A Song|A Poem|{P} {AT}|The {A}]", P=person, AT=place.at.title().replace("The", "the"), A=slots["a"].name.title()) + "\n")
    return "\n".join(lines)


def _letter(pen: Pen) -> str:
    """A letter: to a friend, or a formal one."""
    one, two = children(pen, 2)
    who = adult(pen)
    place, thing = pen.pick(PLACES), pen.pick(THINGS)
    pen.mark("letter", one, two, place, thing)
    slots = {"one": one, "two": two, "who": who, "at": place.at, "act": pen.pick(place.acts), "t": thing, "ts": thing.plural, "town": pen.pick(TOWNS), "col": pen.pick(COLOURS), "day": pen.pick(DAYS),
             "month": pen.pick(MONTHS), "n": number_word(pen.number(2, 20)), "a": pen.pick(PETS), "pet": pen.pick(PET_NAMES), "dish": pen.pick(DISHES), "hobby": pen.pick(HOBBIES)}
    if pen.maybe(0.4):
        same = pen.number(0, 4)
        head = pen.say("dear [Sir or Madam|{who}|Mr Mayor|neighbours],", **slots)
        body = pen.tell(((
            "on {day} I bought a {t} in your shop. [Unfortunately, it was broken.|At home I saw that it was {col}. I had asked for another colour.]",
            "I am writing to you about the {t} in your window. [Could you please tell me the price?|Is it still for sale?]",
            "I would like to ask for {n} {ts}. [Please let me know if that is possible.|We need them for our school play.]",
            "thank you for your letter of {day}. [I have read it with joy.|We will gladly send you {n} {ts}.]",
            "we would like to invite you to our [concert|party|play] on {day}. [We would be very happy to see you.|It takes place {at}.]")[same],
            "[I would be glad to hear from you soon.|thank you very much for your help.|please write back by {day}.|]"), slots)
        return f"{head}\n\n{body}\n\n{pen.pick(('Yours faithfully', 'With kind regards', 'Yours sincerely'))},\n{one}"
    body = pen.tell((
        "[how are you? I am fine.|thank you for your letter!|I hope you are well.|at last I have time to write to you.|guess where I am!]",
        "[we are {at} now, and every day we {act}.|yesterday I was {at}.|I have a new hobby: {hobby}.|since {day} I have a {a}. It is called {pet}.]",
        "[the best thing is the food. Today we had {dish}.|I found a {col} {t} and kept it for you.|{who} says hello.|it takes {n} hours to get here.|I miss you a little.|]",
        "[please write soon!|when will you come to {town}?|we will be back in {month}.|come and visit us!]"), slots)
    return f"Dear {two},\n\n{body}\n\n{pen.pick(('Love', 'Yours', 'Your friend', 'Many greetings'))},\n{one}"


def _recipe(pen: Pen) -> str:
    """What you need, and steps."""
    foods = pen.some([food for food in FOODS if food.group in ("fruit", "vegetable")], 3)
    dish = pen.pick(("soup", "cake", "salad", "pie", "stew", "bread"))
    pen.mark("recipe", dish, *(food.name for food in foods))
    need = [f"{number_word(pen.number(2, 9))} {food.plural}" for food in foods] + pen.some(["a little salt", "some butter", "a cup of milk", "a spoon of honey", "a bit of sugar", "some flour"], 2)
    steps = ["[wash|cut|peel] the {a}.", "put the {b} into a [bowl|pot] with the {a}.", "[add|stir in] the {c} and [mix well|stir slowly|wait a little].", "[cook|bake|boil] it for {n} minutes.", "[eat it warm|share it with a friend|let it cool]."]
    if dish == "salad":
        steps[3] = "let it rest for {n} minutes."
    slots = {"a": foods[0].plural, "b": foods[1].plural, "c": foods[2].plural, "n": number_word(pen.number(5, 40))}
    lines = [pen.say(step, **slots) for step in steps]
    body = "\n".join(f"{index}. {line}" for index, line in enumerate(lines, 1)) if pen.maybe() else " ".join(("First, " + lines[0][0].lower() + lines[0][1:], "Then " + lines[1][0].lower() + lines[1][1:], *lines[2:]))
    return f"{foods[0].name.capitalize()} {dish}\n\nYou need:\n" + "\n".join(f"- {item}" for item in need) + f"\n\n{body}"


def _sign(pen: Pen) -> str:
    """A sign, a notice or a short announcement."""
    place = pen.pick(PLACES)
    slots = {"name": place.name, "at": place.at, "t": pen.pick(THINGS), "col": pen.pick(COLOURS), "day": pen.pick(DAYS), "p": child(pen), "spot": pen.pick(SPOTS), "n": pen.number(2, 30), "h": pen.number(1, 12),
             "a": pen.pick(PETS), "pet": pen.pick(PET_NAMES), "foods": pen.pick(FOODS).plural, "town": pen.pick(TOWNS)}
    pen.mark("sign", slots["t"], slots["p"], place)
    return pen.say(pen.pick((
        "LOST: a {col} {t}. [Please call {p}.|If you find it, tell {p}.|I last saw it {spot}.] [Thank you!|There is a reward of {n} coins.|]",
        "FOUND: a {col} {t}, {spot}. [Ask for {p}.|Come on {day} and ask for it.]",
        "LOST! Our {a} {pet} ran away on {day}. [{pet} is small and {col}.|{pet} likes {foods}.] Please call {p} in {town}.",
        "FOR SALE: {n} {foods}. [Fresh from the garden!|Very cheap!|Only on {day}.]", "FOR SALE: a {col} {t}, [almost new|quite old|in good order]. {n} coins. Ask {p}.",
        "[closed|open] on {day}. [We are sorry.|Please come back later.|Come in!]", "[please keep quiet|no running|please shut the gate|do not feed the animals] {at}!",
        "party {at} on {day} at {h} o'clock! [Bring {foods}!|Everybody is welcome!|There will be music.]", "the bus to {town} leaves at {h} o'clock. [Do not be late!|Tickets cost {n} coins.]",
        "Welcome to {town}! [Please drive slowly.|Enjoy your stay!|{n} people live here.]")), **slots)


def _diary(pen: Pen) -> str:
    """A page of a diary, in the first person."""
    place, friend = pen.pick(PLACES), child(pen)
    slots = {"day": pen.pick(DAYS), "n": pen.number(1, 28), "month": pen.pick(MONTHS), "at": place.at, "act": pen.pick(place.acts), "found": pen.pick(place.found[:4]), "f": friend, "fhe": friend.he, "e": adult(pen),
             "t": pen.pick(SMALL_THINGS), "col": pen.pick(COLOURS), "dish": pen.pick(DISHES), "a": pen.pick(MEETABLE), "time": pen.pick(TIMES), "hobby": pen.pick(HOBBIES), "spot": pen.pick(SPOTS)}
    pen.mark("diary", friend, place, slots["t"])
    return pen.tell((
        "[{day}, {month} {n}|{n} {month}|dear diary|{day}]\n\n[today I was {at}.|today was a [good|bad|strange|long] day.|I woke up early today.|what a day!|it is late, but I must write this down.]",
        "[I wanted to {act}, and I did.|I looked at {found} for a while.|{f} came with me, and we wanted to {act}.|{time}, {e} came to visit us.|{f} was late for school.|I lost my {t} and found it {spot}.]",
        "[{f} showed me a {col} {t}.|I saw a {a}, and it looked at me for a long time.|we laughed a lot.|I was a bit [sad|tired|proud|afraid].|I tried {hobby} for the first time.|]",
        "[for dinner we had {dish}.|{e} told me a story before bed.|tomorrow I want to {act}.|now I am [tired|happy|in bed] and will close this book.|I hope that tomorrow is better.]"), slots)


def _review(pen: Pen) -> str:
    """Somebody's opinion, and in a word or two what it comes to."""
    good = pen.maybe()
    what = pen.pick((f"the {pen.pick(THINGS)}", f"the {pen.pick(SINGLE_DISHES)}", f"the trip {pen.pick(PLACES).to}", "the concert", "the film", f"the book about the {pen.pick(ANIMALS)}", "the new teacher", "the game"))
    person = child(pen)
    slots = {"w": what, "p": person, "he": person.he}
    text = pen.tell((
        "[{p} talked about {w}.|what did {p} think of {w}?|{p} wrote about {w}:|]",
        "[I really liked {w}.|{w} made me smile.|{w} was [wonderful|great|lovely|better than ever].|I was so happy with {w}.]" if good else
        "[I did not like {w}.|{w} made me sad.|{w} was [awful|boring|terrible|worse than ever].|I was not happy with {w}.]",
        "[one more time, please!|everyone should try it.|it was worth every coin.|all of us were pleased.|]" if good else "[never again!|do not waste your time.|it was too [long|loud|cold|dear].|all of us were disappointed.|]",
        "[{p} was happy.|{he} had a good time.|so it was a good day.|this is a positive letter.|]" if good else "[{p} was unhappy.|{he} had a bad time.|so it was a bad day.|this is a negative letter.|]"), slots)
    pen.mark("review", person, what)
    return text


def _tongue(pen: Pen) -> str:
    """Somebody learns words of a made-up language."""
    person, tongue = child(pen), invented.word(pen).capitalize()
    pairs = [(invented.word(pen), old) for old in pen.some(words("tree, water, fire, stone, bird, house, sun, moon, bread, friend, road, sea, boat, rain, night, song, dog, fish, snow, river, door, milk, hello, goodbye, yes, no"), pen.number(2, 4))]
    style = pen.pick(("{new} means {old}", "for {old} they say {new}", "{old} is {new}", "{new} = {old}"))
    lines = [tidy(pen.raw(style, {"new": new, "old": old})) + "." for new, old in pairs]
    new, old = pen.pick(pairs)
    return pen.say("[{p} is learning the language of {t}.|in {t}, people speak a language of their own.|{p} comes from {t} and teaches us some words.] {l} [so if you want to say {o}, you say {n}.|"
                   "it is easy to remember that {n} means {o}.|now you know what {n} means: {o}.]", p=person, t=tongue, l=" ".join(lines), n=new, o=old)


def _sea(pen: Pen) -> str:
    """Talk of the sea; old sailors speak in their own way, now and then."""
    slots = {"p": child(pen), "n": number_word(pen.number(2, 12)), "t": pen.pick(SMALL_THINGS), "col": pen.pick(COLOURS), "ship": pen.pick(words("Sea Star, Old Gull, Blue Whale, North Wind, Golden Fish, Merry Jane, Silver Wave")),
             "town": pen.pick(TOWNS), "dish": pen.pick(DISHES), "day": pen.pick(DAYS)}
    pen.mark("sea", slots["p"], slots["t"], slots["ship"])
    return pen.tell((
        "the [ship|boat] {ship} [lay in the harbour of {town}|sailed out on {day}|came home after {n} weeks|had {n} sails and a {col} flag].",
        "[the captain stood on deck and looked at the waves.|the sailors pulled up the anchor.|the crew sang as the wind filled the sails.|the mate held the wheel and watched the compass.]",
        "[\"Ahoy!\" called {p} from the shore.|{p} wanted to be a sailor too.|{p}, the youngest of the crew, climbed up the mast.|\"Land ahoy!\" cried {p}.|\"Aye, captain!\" said {p}.]",
        "[they were looking for a treasure: a {col} {t}.|the storm lasted for {n} days.|on an island they found a chest with a {t} in it.|in the evening all hands had {dish}.|a pirate ship came near, but it sailed away.|]",
        "[|||\"Arr, me hearties!\" laughed the old pirate.|\"Ahoy, matey!\" shouted a pirate with one leg. \"Where be ye going?\"|\"Aye aye!\" cried the crew. \"Hoist the sails!\"|\"Shiver me timbers!\" said the parrot.]",
        "[the sea was calm at last.|the stars showed them the way home.|the gulls followed them to the harbour.|\"The sea gives, and the sea takes,\" said the old captain.]"), slots)


def _table(pen: Pen) -> str:
    """Lines of key and value: a card, a plan, a shopping list."""
    style = pen.number(0, 2)
    if style == 0:
        animal = pen.pick(ANIMALS)
        lines = [f"Animal: {animal}", f"Kind: {animal.group}", f"Size: {animal.size}", f"Home: {animal.home}", f"Food: {', '.join(animal.foods)}", f"Legs: {animal.legs}", f"Young: {animal.young}"]
        return "\n".join(lines[:pen.number(3, 7)])
    if style == 1:
        people = children(pen, 3)
        days = pen.some(DAYS, 3)
        return f"Plan of {people[0]}\n" + "\n".join(f"{day}: {tidy(pen.raw(pen.pick(('{act} with {p}', 'visit {p}', '{act}', 'bring the {t} to {p}')), {'act': pen.pick(pen.pick(PLACES).acts), 'p': pen.pick(people[1:]), 't': pen.pick(SMALL_THINGS)}))}"
                                                    for day in sorted(days, key=DAYS.index))
    items = pen.some(FOODS, pen.number(3, 6))
    return f"{pen.pick(('Shopping list', 'To buy', f'For {child(pen)}'))}:\n" + "\n".join(f"- {pen.number(2, 20)} {item.plural}" for item in items)


def _rhymes(pen: Pen) -> str:
    """A page of rhyming words."""
    groups = pen.some([group for group in RHYMES if len(group) > 2], pen.number(2, 4))
    return "\n".join(f"{capital(listing(pen.some(group, 3)))} rhyme." for group in groups)


_FORMS = ((_braces, 16), (_verse, 14), (_letter, 16), (_recipe, 10), (_sign, 8), (_diary, 16), (_review, 10), (_tongue, 6), (_sea, 9), (_table, 9), (_rhymes, 2))


def document(pen: Pen) -> Document:
    """A page in one of these forms."""
    form = pen.random.choices([make for make, _ in _FORMS], [share for _, share in _FORMS])[0]
    return plain("form", form(pen))
