"""Facts for texts with questions: each frame says one fact in many ways and asks for its parts.

Slots of a frame's templates: ``s`` subject (a name or a pronoun), ``whom`` its object form,
``own`` its possessive, ``p`` the person, and what ``choose`` gives. In questions the person is always named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..text import Pen, number_word, words
from ..world.animals import MEETABLE, PET_NAMES, PETS
from ..world.language import JOBS
from ..world.people import CHILDREN
from ..world.places import CLOCK, DAYS, OUTSIDE, PLACES, TIMES, TOWNS
from ..world.things import COLOURS, DISHES, FOODS, MATERIALS, SMALL_THINGS, SPOTS, THINGS, TOYS
from .reading_tables import CAUSES, HABITS, HOBBIES, LOOKS

Slots = dict[str, Any]


@dataclass(frozen=True)
class Frame:
    """One kind of fact. ``key`` names the slot that must differ when several people have this kind."""

    name: str
    key: str
    choose: Callable[[Pen], Slots]
    texts: tuple[str, ...]
    asks: tuple[tuple[str, str], ...]
    group: str = ""


def _number(pen: Pen) -> str:
    return number_word(pen.number(2, 12) if pen.maybe(0.7) else pen.number(13, 99))


def _because(pen: Pen) -> Slots:
    feeling, cause = pen.pick(CAUSES)
    return {
        "feeling": feeling,
        "cause": cause,
        "toy": pen.pick(TOYS),
        "thing": pen.pick(SMALL_THINGS),
        "place": pen.pick(PLACES),
        "animal": pen.pick(MEETABLE),
        "friend": pen.pick(CHILDREN),
    }


FRAMES = [
    Frame(
        "has",
        "thing",
        lambda pen: {"thing": pen.pick(THINGS), "look": pen.pick(COLOURS)},
        (
            "{s} has a {look} {thing}.",
            "{s} owns a {look} {thing}.",
            "{s} got a {look} {thing} last [week|month|year].",
            "{own} {thing} is {look}.",
            "there is a {look} {thing} in {own} room.",
            "in {own} room there is a {look} {thing}.",
        ),
        (
            ("What colour is the {thing} of {p}?", "{look}"),
            ("What colour is {p}'s {thing}?", "{look}"),
            ("Who has a {thing}?", "{p}"),
            ("Who has a {look} {thing}?", "{p}"),
            ("What does {p} have?", "a {look} {thing}"),
        ),
        "have",
    ),
    Frame(
        "where",
        "thing",
        lambda pen: {"thing": pen.pick(SMALL_THINGS), "spot": pen.pick(SPOTS)},
        (
            "{own} {thing} is {spot}.",
            "{s} [put|left|hid|keeps|dropped|forgot] {his} {thing} {spot}.",
            "you can find {own} {thing} {spot}.",
            "{s} looked for {his} {thing} and found it {spot}.",
            "[the thing|what you see] {spot} is {own} {thing}.",
            "{spot} [lies|is] {own} {thing}.",
        ),
        (
            ("Where is {p}'s {thing}?", "{spot}"),
            ("Where is the {thing} of {p}?", "{spot}"),
            ("What is {spot}?", "{p}'s {thing}"),
            ("Whose {thing} is {spot}?", "{p}'s"),
        ),
    ),
    Frame(
        "went",
        "place",
        lambda pen: {"place": pen.pick(PLACES), "day": f"on {pen.pick(DAYS)}"},
        (
            "{day}, {s} [went|walked|ran] {place.to}.",
            "{s} [went|walked|rode|took a friend] {place.to} {day}.",
            "{s} was {place.at} {day}.",
            "{s} spent the whole day {place.at} {day}.",
            "{day}, the one who was {place.at} was {p}.",
        ),
        (
            ("Where was {p} {day}?", "{place.at}"),
            ("When was {p} {place.at}?", "{day}"),
            ("Who was {place.at}?", "{p}"),
        ),
    ),
    Frame(
        "bought",
        "food",
        lambda pen: {"food": pen.pick(FOODS).plural, "number": _number(pen)},
        (
            "{s} [bought|picked|ate|carried|counted|got|sold|brought] {number} {food}.",
            "in {his} basket {s} has {number} {food}.",
            "{s} [wants|needs|asked for] {number} {food}.",
            "there are {number} {food} in {own} bag.",
        ),
        (
            ("How many {food} are there?", "{number}"),
            ("How many {food} does the text name?", "{number}"),
            ("Of what are there {number}?", "{food}"),
        ),
    ),
    Frame(
        "gave",
        "thing",
        lambda pen: {"thing": pen.pick(SMALL_THINGS), "friend": pen.pick(CHILDREN), "look": pen.pick(LOOKS)},
        (
            "{s} gave {friend} a {look} {thing}.",
            "{s} gave a {look} {thing} to {friend}.",
            "{friend} got a {look} {thing} from {p}.",
            "as a present for {friend}, {s} [made|bought|chose] a {look} {thing}.",
        ),
        (
            ("Who gave {friend} a {thing}?", "{p}"),
            ("Who got a {thing} from {p}?", "{friend}"),
            ("What did {p} give to {friend}?", "a {look} {thing}"),
            ("What did {friend} get from {p}?", "a {look} {thing}"),
        ),
        "friend",
    ),
    Frame(
        "age",
        "age",
        lambda pen: {"age": number_word(pen.number(3, 12))},
        (
            "{s} is {age} years old.",
            "{s} turned {age} [yesterday|last week|this spring|on Sunday].",
            "{s} is {age} years old [now|today].",
            "there were {age} candles on {own} birthday cake, so {he} is {age}.",
        ),
        (("How old is {p}?", "{age}"), ("Who is {age} years old?", "{p}")),
    ),
    Frame(
        "pet",
        "animal",
        lambda pen: {"animal": pen.pick(PETS), "pet": pen.pick(PET_NAMES)},
        (
            "{s} has a {animal} called {pet}.",
            "{own} {animal} is called {pet}.",
            "the name of {own} {animal} is {pet}.",
            "{s} [feeds|brushes|plays with|looks after] {his} {animal} {pet} every day.",
            "{s} has a pet {animal}. Its name is {pet}.",
        ),
        (
            ("What is the name of {p}'s {animal}?", "{pet}"),
            ("What animal does {p} have?", "a {animal}"),
            ("What kind of animal is {pet}?", "a {animal}"),
            ("Who has a {animal}?", "{p}"),
            ("Whose pet is {pet}?", "{p}'s"),
        ),
        "have",
    ),
    Frame(
        "eats",
        "dish",
        lambda pen: {"dish": pen.pick(DISHES)},
        (
            "{s} likes {dish} best of all.",
            "{own} favourite food is {dish}.",
            "{s} could eat {dish} every day.",
            "nothing tastes better to {whom} than {dish}.",
            "for dinner {s} always asks for {dish}.",
            "{dish} is what {s} likes best.",
        ),
        (
            ("What does {p} like to eat?", "{dish}"),
            ("What is {p}'s favourite food?", "{dish}"),
            ("Who likes {dish}?", "{p}"),
        ),
    ),
    Frame(
        "hobby",
        "hobby",
        lambda pen: {"hobby": pen.pick(HOBBIES)},
        (
            "{s} loves {hobby}.",
            "{s} is very good at {hobby}.",
            "{own} hobby is {hobby}.",
            "in {his} free time {s} enjoys {hobby}.",
            "{hobby} is what {s} loves.",
        ),
        (
            ("What is {p}'s hobby?", "{hobby}"),
            ("Who loves {hobby}?", "{p}"),
            ("What does {p} love?", "{hobby}"),
        ),
    ),
    Frame(
        "lives",
        "town",
        lambda pen: {"town": pen.pick(TOWNS)},
        (
            "{s} lives in {town}.",
            "{s} comes from {town}.",
            "{own} home is in {town}.",
            "{s} has a [small|white|new] house in {town}.",
            "{town} is where {s} lives.",
            "in {town} you can find {own} house.",
        ),
        (("Where does {p} live?", "in {town}"), ("Who lives in {town}?", "{p}")),
    ),
    Frame(
        "because",
        "feeling",
        _because,
        (
            "{s} was {feeling} because {cause}.",
            "because {cause}, {s} was {feeling}.",
            "{s} was very {feeling} because {cause}.",
        ),
        (
            ("Why was {p} {feeling}?", "because {cause}"),
            ("How did {p} feel?", "{feeling}"),
            ("Who was {feeling}?", "{p}"),
        ),
        "friend",
    ),
    Frame(
        "saw",
        "animal",
        lambda pen: {"animal": pen.pick(MEETABLE), "place": pen.pick(OUTSIDE)},
        (
            "{s} saw a {animal} {place.at}.",
            "{place.at}, {s} [saw|met|watched|noticed] a {animal}.",
            "{s} took a picture of a {animal} {place.at}.",
        ),
        (
            ("What did {p} see {place.at}?", "a {animal}"),
            ("Where did {p} see the {animal}?", "{place.at}"),
            ("Who saw a {animal}?", "{p}"),
            ("What animal did {p} see?", "a {animal}"),
        ),
    ),
    Frame(
        "time",
        "hour",
        lambda pen: {"hour": f"at {pen.pick(CLOCK)} o'clock", **dict(zip(("act", "base"), pen.pick(HABITS)))},
        (
            "{s} {act} {hour}.",
            "{hour}, {s} always {act}.",
            "every day {s} {act} {hour}.",
            "the one who {act} {hour} is {p}.",
        ),
        (
            ("When does {p} {base}?", "{hour}"),
            ("At what time does {p} {base}?", "{hour}"),
            ("Who {act} {hour}?", "{p}"),
        ),
    ),
    Frame(
        "price",
        "coins",
        lambda pen: {"thing": pen.pick(THINGS), "coins": _number(pen)},
        (
            "{own} {thing} cost {coins} coins.",
            "{s} paid {coins} coins for a {thing}.",
            "{s} bought a {thing} for {coins} coins.",
        ),
        (
            ("How much did the {thing} cost?", "{coins} coins"),
            ("How many coins did {p} pay?", "{coins}"),
            ("What did {p} buy?", "a {thing}"),
            ("Who bought a {thing}?", "{p}"),
        ),
    ),
    Frame(
        "dream",
        "job",
        lambda pen: {"job": pen.pick(JOBS)[0]},
        (
            "{s} wants to be a {job} one day.",
            "{s} dreams of being a {job}.",
            "when {he} grows up, {s} will be a {job}.",
            "a {job} is what {s} wants to be.",
        ),
        (("What does {p} want to be?", "a {job}"), ("Who wants to be a {job}?", "{p}")),
    ),
    Frame(
        "made",
        "thing",
        lambda pen: {"thing": pen.pick(TOYS), "material": pen.pick(list(MATERIALS)), "time": pen.pick(TIMES)},
        (
            "{s} made a {thing} out of {material}.",
            "{s} has built a {thing} of {material}.",
            "{own} new {thing} is made of {material}.",
            "this {thing} of {material} was made by {p}.",
        ),
        (
            ("What is {p}'s {thing} made of?", "{material}"),
            ("What did {p} make?", "a {thing}"),
            ("Who made a {thing}?", "{p}"),
        ),
        "have",
    ),
    Frame(
        "wears",
        "colour",
        lambda pen: {
            "colour": pen.pick(COLOURS),
            "cloth": pen.pick(words("hat, scarf, coat, shirt, dress, belt")),
        },
        (
            "{s} is wearing a {colour} {cloth}.",
            "today {s} put on a {colour} {cloth}.",
            "you will know {p} by {his} {colour} {cloth}.",
            "the one with the {colour} {cloth} is {p}.",
        ),
        (
            ("What is {p} wearing?", "a {colour} {cloth}"),
            ("What colour is {p}'s {cloth}?", "{colour}"),
            ("Who is wearing a {colour} {cloth}?", "{p}"),
        ),
        "have",
    ),
    Frame(
        "moved",
        "thing",
        lambda pen: {"thing": pen.pick(SMALL_THINGS), **dict(zip(("spot", "later"), pen.some(SPOTS, 2)))},
        (
            "first {own} {thing} was {spot}. Then {s} moved it. Now it is {later}.",
            "{s} put {his} {thing} {spot}. Later it was {later}.",
            "in the morning {own} {thing} was {spot}, but now it is {later}.",
        ),
        (("Where is {p}'s {thing} now?", "{later}"), ("Where was {p}'s {thing} at first?", "{spot}")),
    ),
]
