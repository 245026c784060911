"""Facts in a text, taken out as name: value lines and put together again."""

from __future__ import annotations

from ..text import Pen, capital, listing, tidy
from ..world.animals import ANIMALS
from ..world.people import anyone
from ..world.places import DAYS, PLACES, TOWNS
from ..world.things import COLOURS, DISHES, THINGS
from . import invented

QA = tuple[str, str]


def asked(pen: Pen, wishes: str, body: str) -> str:
    """An instruction and what it is about, in one of several layouts."""
    wish = pen.say(wishes)
    stop = "?" if wish.startswith(("What", "Which")) else "."
    return pen.pick((f"{wish}: {body}", f"{wish}: {body}", f"{wish}:\n{body}", f"{body}\n{wish}{stop}"))


def record(pen: Pen) -> tuple[str, list[tuple[str, str]]]:
    """A text about somebody, and the facts in it as names and values."""
    person = invented.somebody(pen) if pen.maybe(0.15) else anyone(pen)
    facts = {
        "age": str(pen.number(4, 12) if not person.adult else pen.number(20, 90)),
        "town": pen.pick(TOWNS),
        "food": pen.pick(DISHES),
        "colour": pen.pick(COLOURS),
        "pet": pen.pick([animal.name for animal in ANIMALS[:12]]),
        "thing": pen.pick(THINGS).name,
        "day": pen.pick(DAYS),
        "place": pen.pick(PLACES).name,
    }
    says = {
        "age": "[{he} is {v} years old.|{he} is {v}.]",
        "town": "[{he} lives in {v}.|{his} home is in {v}.]",
        "food": "[{he} likes {v}.|{his} favourite food is {v}.]",
        "colour": "[{his} favourite colour is {v}.|{he} likes the colour {v}.]",
        "pet": "[{he} has a {v}.|{his} pet is a {v}.]",
        "thing": "[{he} bought a {v}.|{he} needs a {v}.]",
        "day": "[{he} comes on {v}.|{he} will be here on {v}.]",
        "place": "[{he} likes to be at {v}.|you can meet {him} at {v}.]",
    }
    kept = pen.some(list(facts), pen.number(1, 4))
    pen.mark("record", person, *(facts[name] for name in kept[:2]))
    parts = [
        pen.raw(
            says[name],
            {
                "he": str(person) if index == 0 else person.he,
                "his": f"{person}'s" if index == 0 else person.his,
                "him": person.him if index else str(person),
                "v": facts[name],
            },
        )
        for index, name in enumerate(kept)
    ]
    return tidy(" ".join(parts)), [("name", person.name), *((name, facts[name]) for name in kept)]


def extract(pen: Pen) -> QA:
    text, facts = record(pen)
    if pen.maybe(0.3):
        name, value = pen.pick(facts)
        return (
            asked(pen, f"[find the {name}|tell me only the {name}|what is the {name}]", text),
            f"{capital(value)}.",
        )
    return asked(
        pen,
        "[write the facts as name: value lines|list the facts|write each fact on a line|take out the"
        " facts|make a list of name: value]",
        text,
    ), "\n".join(f"{name}: {value}" for name, value in facts)


def compose(pen: Pen) -> QA:
    text, facts = record(pen)
    head, *rest = facts
    order = {
        "age": "is {v} years old",
        "town": "lives in {v}",
        "food": "likes {v}",
        "colour": "likes the colour {v}",
        "pet": "has a {v}",
        "thing": "bought a {v}",
        "day": "comes on {v}",
        "place": "likes to be at {v}",
    }
    return asked(
        pen,
        "[write one sentence from these facts|make a sentence of these facts]",
        "; ".join(f"{name}: {value}" for name, value in facts),
    ), tidy(f"{head[1]} " + listing([order[name].replace("{v}", value) for name, value in rest]) + ".")
