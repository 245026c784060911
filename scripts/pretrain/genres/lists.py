"""Lists of words: changed, joined, numbered, and put in the order of the alphabet."""

from __future__ import annotations

from ..text import Pen, capital, listing
from ..world.animals import ANIMALS
from ..world.things import FOODS, THINGS
from . import invented
from .records import asked

QA = tuple[str, str]
_NOUNS = (
    [thing.name for thing in THINGS if " " not in thing.name]
    + [food.name for food in FOODS]
    + [animal.name for animal in ANIMALS]
)


def nouns(pen: Pen, low: int = 3, high: int = 5) -> list[str]:
    """Words of things, food and animals, none twice; now and then invented ones."""
    if pen.maybe(0.08):
        made = [invented.word(pen) for _ in range(pen.number(low, high))]
        return list(dict.fromkeys(made))
    chosen = pen.some(_NOUNS, pen.number(low, high))
    pen.mark("words", *chosen[:3])
    return chosen


def change_of_list(pen: Pen) -> QA:
    """A list that is turned round, joined, numbered, made longer or shorter."""
    items = nouns(pen)
    shown = ", ".join(items)
    choice = pen.number(0, 8)
    if choice == 0:
        return (
            asked(pen, "[sort these words|sort by the alphabet|put these words in order from a to z]", shown),
            ", ".join(sorted(items)) + ".",
        )
    if choice == 1:
        return (
            asked(pen, "[say the list backwards|reverse the list|turn the order of this list around]", shown),
            ", ".join(reversed(items)) + ".",
        )
    if choice == 2:
        return (
            asked(pen, "[which word comes first|what is the first word|tell me the first word]", shown),
            items[0] + ".",
        )
    if choice == 3:
        return (
            asked(pen, "[which word comes last|what is the last word|tell me the last word]", shown),
            items[-1] + ".",
        )
    if choice == 4:
        return (
            asked(pen, "[write this list with and|join these words with and|make a list with and]", shown),
            listing(items) + ".",
        )
    if choice == 5:
        return asked(
            pen,
            "[write each word on a new line|put each word on its own line|make a list with one word on each"
            " line]",
            shown,
        ), "\n".join(items)
    if choice == 6:
        return asked(
            pen, "[number the words|make a numbered list|write this as a list with numbers]", shown
        ), "\n".join(f"{index}. {item}" for index, item in enumerate(items, 1))
    if choice == 7:
        out = pen.pick(items)
        return f"Leave out the word {out}: {shown}", ", ".join(item for item in items if item != out) + "."
    new = pen.pick([noun for noun in _NOUNS if noun not in items])
    return pen.pick(
        (
            (f"Add {new} to the list: {shown}", f"{shown}, {new}."),
            (f"Put {new} at the beginning of the list: {shown}", f"{new}, {shown}."),
        )
    )


def alphabet(pen: Pen) -> QA:
    """What a sort by the alphabet is made of: a first letter, which of two comes first, and the sort itself."""
    choice = pen.number(0, 5)
    if choice == 0:
        (word,) = pen.some(_NOUNS, 1)
        return f"Which letter does {word} begin with?", f"{word[0].upper()}."
    if choice == 1:
        one, other = pen.some(_NOUNS, 2)
        pen.mark("alphabet", one, other)
        return f"Which comes first in the alphabet: {one} or {other}?", capital(min(one, other)) + "."
    items = nouns(pen)
    return (
        asked(pen, "[sort these words|sort by the alphabet|put these words in order from a to z]", ", ".join(items)),
        ", ".join(sorted(items)) + ".",
    )
