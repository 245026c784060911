"""Talking: greetings, small talk, news and answers with a heart; dialogues between people."""

from __future__ import annotations

from typing import Any

from ..document import Document, Turn, chat, plain
from ..text import Pen, number_word, tidy
from ..world.animals import PET_NAMES, PETS
from ..world.people import FAMILY, RELATIVES, children
from ..world.places import DAYS, OUTSIDE, PLACES, TIMES, TOWNS, WEATHER
from ..world.things import COLOURS, DISHES, FOODS, MEALS, SMALL_THINGS, SPOTS, TOYS
from .reading_tables import HOBBIES
from .talk_lines import SMALL
from .talk_plays import PLAYS


def _slots(pen: Pen) -> dict[str, Any]:
    one, two = children(pen, 2)
    place, weather, age = (
        pen.pick(OUTSIDE if pen.maybe() else PLACES),
        pen.pick(list(WEATHER)),
        pen.number(4, 12),
    )
    acts = pen.some(place.acts, 2)
    food = pen.pick(FOODS)
    return {
        "p": one,
        "q": two,
        "e": pen.pick(FAMILY if pen.maybe() else RELATIVES),
        "t": pen.pick(SMALL_THINGS if pen.maybe() else TOYS),
        "col": pen.pick(COLOURS),
        "town": pen.pick(TOWNS),
        "hobby": pen.pick(HOBBIES),
        "pet": pen.pick(PETS),
        "an": pen.pick(PETS),
        "name": pen.pick(PET_NAMES),
        "spot": pen.pick(SPOTS),
        "p2": place.at,
        "b": place.at,
        "b0": place.name,
        "sb": pen.pick([other for other in PLACES if other != place]).at,
        "to0": place.name,
        "to": place.to,
        "act": acts[0],
        "act2": acts[1],
        "dish": pen.pick(DISHES),
        "meal": pen.pick(MEALS),
        "foods": food.plural,
        "foods1": food.name,
        "w": weather,
        "wear": WEATHER[weather][1],
        "look": f"the {WEATHER[weather][3]}",
        "day": pen.pick(DAYS),
        "time": pen.pick(TIMES),
        "age": number_word(age),
        "Age": number_word(age),
        "n": number_word(pen.number(3, 12)),
        "m": "two",
        "an2": pen.pick(
            (
                "soup",
                "film",
                "concert",
                "book",
                "trip",
                "game",
                "lesson",
                "party",
                "cake",
                "song",
                "weather",
                "visit",
                "play",
                "dinner",
            )
        ),
    }


def turn(pen: Pen) -> Turn:
    """One thing said to Thimble, and its answer."""
    ask, answer = pen.pick(SMALL)
    slots = _slots(pen)
    pen.mark("talk", ask[:12], slots["p"], slots["t"], slots["p2"])
    return tidy(pen.raw(ask, slots)), tidy(pen.raw(answer, slots).strip())


def _play(pen: Pen) -> Document:
    """A dialogue as a script, or told."""
    slots = _slots(pen)
    same = pen.number(0, 5)
    lines = [
        tidy(pen.raw(line if isinstance(line, str) else line[same % len(line)], slots))
        for line in pen.pick(PLAYS)
    ]
    pen.mark("play", slots["p"], slots["q"], slots["t"], slots["b"])
    if pen.maybe(0.3):
        lines = lines[:4]
    one, two = slots["p"], slots["q"]
    if pen.maybe(0.5):
        text = "\n".join(f"{(one, two)[index % 2]}: {line}" for index, line in enumerate(lines))
        return plain("dialogue", f"[{two} and {one} {slots['sb']}]\n{text}" if pen.maybe(0.2) else text)
    told = [
        pen.say(
            "[{p} and {q} met {sb}.|it was [early|late|noon]. {p} and {q} were {sb}.|{p} saw {q}"
            " {sb}.|{time}, {p} came to {q}.|]",
            **slots,
        )
    ]
    for index, line in enumerate(lines):
        who = (one, two)[index % 2]
        last = line[-1]
        asked = index > 0 and lines[index - 1][-1] == "?"
        verb = "asked" if last == "?" else pen.pick(("said", "answered", "replied")) if asked else "said"
        if index > 1 and pen.maybe(0.6):
            told.append(f'"{line}"')
        else:
            told.append(f"\"{line[:-1]}{last if last in '?!' else ','}\" {verb} {who}.")
    return plain("dialogue", pen.pick((" ", "\n")).join(part for part in told if part))


def document(pen: Pen) -> Document:
    """Small talk with Thimble, or people talking with each other."""
    if pen.maybe(0.5):
        return _play(pen)
    return chat("talk", [turn(pen) for _ in range(pen.number(1, 5))])
