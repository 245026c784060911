"""Other forms of writing: records in braces, lists, verses, old tongues, sea talk; and notes."""

from __future__ import annotations

import json

from ..document import Document, plain
from ..text import Pen, capital, listing, number_word, tidy, words
from ..world.animals import ANIMALS
from ..world.language import RHYMES
from ..world.people import child, children
from ..world.places import DAYS, OUTSIDE, PLACES, TOWNS
from ..world.things import COLOURS, DISHES, FOODS, SMALL_THINGS, THINGS, TOYS
from . import invented
from .notes import diary_page, letter_page, recipe_page, review_page, sign_page
from .records import record


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
    slots = {
        "p": person,
        "he": person.he,
        "his": person.his,
        "at": place.at,
        "t": thing,
        "col": pen.pick(COLOURS),
        "a": pen.pick(ANIMALS),
        "b": pen.pick(ANIMALS),
        "f": pen.pick(FOODS).plural,
        "day": pen.pick(DAYS),
        "n": number_word(pen.number(3, 12)),
    }
    couplets = pen.some(
        (
            (
                "the [moon|sun|lamp] is [bright|white|round] and high,",
                "[a|one] little {a} [looks up|sings|sits] at the sky.",
            ),
            (
                "{p} had a [little|lovely|shiny] {t}, as {col} as can be,",
                "and [took|brought] it along [one morning|on {day}] to the sea.",
            ),
            (
                "{n} [small|fat|grey|quiet] {b.plural} sat in a row,",
                "[and none of them knew|and nobody knew] where to go.",
            ),
            (
                "the wind [came in|blew hard|sang low] all through the night,",
                "but {p} [slept well|was warm] till morning light.",
            ),
            (
                "oh {a}, oh {a}, [come and play|do not go|run away],",
                "for [this is|today is] a [lovely|sunny|happy] day.",
            ),
            (
                "[one|a] {col} [flower|kite|bird], [one|a] {col} tree,",
                "[a gift|a song] from you, [a gift|a song] for me.",
            ),
            ("on {day} the rain came down,", "and [washed|cleaned] the [streets|roofs] of all the town."),
            (
                "{p} ate {n} {f} and [then a|one more] bun,",
                'and [said|cried], "Oh, that was [so much|really] fun!"',
            ),
            ("the {b} has lost [his|its] [hat|shoe|sock],", "and looks for it [behind|beside] the clock."),
            (
                "the snow fell [softly|slowly] on the hill,",
                "and all the [world|town|land] was [white and|very] still.",
            ),
            (
                "a [small|brown|funny] {a} went [out to|off to] sea",
                "and [shared|ate] a [cake|pie] with {b.plural} three.",
            ),
            (
                "we [sing|dance] and [play|run] and [laugh|jump] and shout,",
                "and that is what [it's|life is] all about.",
            ),
        ),
        pen.number(2, 4),
    )
    lines = [tidy(pen.raw(line, slots)) for pair in couplets for line in pair]
    if pen.maybe(0.4):
        lines.insert(
            0,
            pen.say(
                "[A Song|A Poem|{P} {AT}|The {A}]",
                P=person,
                AT=place.at.title().replace("The", "the"),
                A=slots["a"].name.title(),
            )
            + "\n",
        )
    return "\n".join(lines)


def _tongue(pen: Pen) -> str:
    """Somebody learns words of a made-up language."""
    person, tongue = child(pen), invented.word(pen).capitalize()
    pairs = [
        (invented.word(pen), old)
        for old in pen.some(
            words(
                "tree, water, fire, stone, bird, house, sun, moon, bread, friend, road, sea, boat, rain,"
                " night, song, dog, fish, snow, river, door, milk, hello, goodbye, yes, no"
            ),
            pen.number(2, 4),
        )
    ]
    style = pen.pick(("{new} means {old}", "for {old} they say {new}", "{old} is {new}", "{new} = {old}"))
    lines = [tidy(pen.raw(style, {"new": new, "old": old})) + "." for new, old in pairs]
    new, old = pen.pick(pairs)
    return pen.say(
        "[{p} is learning the language of {t}.|in {t}, people speak a language of their own.|{p} comes from"
        " {t} and teaches us some words.] {l} [so if you want to say {o}, you say {n}.|it is easy to remember"
        " that {n} means {o}.|now you know what {n} means: {o}.]",
        p=person,
        t=tongue,
        l=" ".join(lines),
        n=new,
        o=old,
    )


def _sea(pen: Pen) -> str:
    """Talk of the sea; old sailors speak in their own way, now and then."""
    slots = {
        "p": child(pen),
        "n": number_word(pen.number(2, 12)),
        "t": pen.pick(SMALL_THINGS),
        "col": pen.pick(COLOURS),
        "ship": pen.pick(
            words("Sea Star, Old Gull, Blue Whale, North Wind, Golden Fish, Merry Jane, Silver Wave")
        ),
        "town": pen.pick(TOWNS),
        "dish": pen.pick(DISHES),
        "day": pen.pick(DAYS),
    }
    pen.mark("sea", slots["p"], slots["t"], slots["ship"])
    return pen.tell(
        (
            (
                "the [ship|boat] {ship} [lay in the harbour of {town}|sailed out on {day}|came home after {n}"
                " weeks|had {n} sails and a {col} flag]."
            ),
            (
                "[the captain stood on deck and looked at the waves.|the sailors pulled up the anchor.|the"
                " crew sang as the wind filled the sails.|the mate held the wheel and watched the compass.]"
            ),
            (
                '["Ahoy!" called {p} from the shore.|{p} wanted to be a sailor too.|{p}, the youngest of the'
                ' crew, climbed up the mast.|"Land ahoy!" cried {p}.|"Aye, captain!" said {p}.]'
            ),
            (
                "[they were looking for a treasure: a {col} {t}.|the storm lasted for {n} days.|on an island"
                " they found a chest with a {t} in it.|in the evening all hands had {dish}.|a pirate ship"
                " came near, but it sailed away.|]"
            ),
            (
                '[|||"Arr, me hearties!" laughed the old pirate.|"Ahoy, matey!" shouted a pirate with one'
                ' leg. "Where be ye going?"|"Aye aye!" cried the crew. "Hoist the sails!"|"Shiver me'
                ' timbers!" said the parrot.]'
            ),
            (
                "[the sea was calm at last.|the stars showed them the way home.|the gulls followed them to"
                ' the harbour.|"The sea gives, and the sea takes," said the old captain.]'
            ),
        ),
        slots,
    )


def _table(pen: Pen) -> str:
    """Lines of key and value: a card, a plan, a shopping list."""
    style = pen.number(0, 2)
    if style == 0:
        animal = pen.pick(ANIMALS)
        lines = [
            f"Animal: {animal}",
            f"Kind: {animal.group}",
            f"Size: {animal.size}",
            f"Home: {animal.home}",
            f"Food: {', '.join(animal.foods)}",
            f"Legs: {animal.legs}",
            f"Young: {animal.young}",
        ]
        return "\n".join(lines[: pen.number(3, 7)])
    if style == 1:
        people = children(pen, 3)
        days = pen.some(DAYS, 3)
        lines = [f"Plan of {people[0]}"]
        for day in sorted(days, key=DAYS.index):
            plan = pen.pick(("{act} with {p}", "visit {p}", "{act}", "bring the {t} to {p}"))
            act, other, thing = pen.pick(pen.pick(PLACES).acts), pen.pick(people[1:]), pen.pick(SMALL_THINGS)
            lines.append(f"{day}: {pen.say(plan, act=act, p=other, t=thing)}")
        return "\n".join(lines)
    items = pen.some(FOODS, pen.number(3, 6))
    return f"{pen.pick(('Shopping list', 'To buy', f'For {child(pen)}'))}:\n" + "\n".join(
        f"- {pen.number(2, 20)} {item.plural}" for item in items
    )


def _rhymes(pen: Pen) -> str:
    """A page of rhyming words."""
    groups = pen.some([group for group in RHYMES if len(group) > 2], pen.number(2, 4))
    return "\n".join(f"{capital(listing(pen.some(group, 3)))} rhyme." for group in groups)


_FORMS = (
    (_braces, 16),
    (_verse, 14),
    (letter_page, 16),
    (recipe_page, 10),
    (sign_page, 8),
    (diary_page, 16),
    (review_page, 10),
    (_tongue, 6),
    (_sea, 9),
    (_table, 9),
    (_rhymes, 2),
)


def document(pen: Pen) -> Document:
    """A page in one of these forms."""
    form = pen.random.choices([make for make, _ in _FORMS], [share for _, share in _FORMS])[0]
    return plain("form", form(pen))
