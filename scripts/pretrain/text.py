"""The pen that all genres write with: a seeded generator, a template language, and English spelling rules.

Templates: ``[one|two|]`` chooses an alternative (they nest), ``{slot}`` inserts a value,
    ``{slot.part}`` one of
its attributes. The first letter of each sentence is made a capital and "a" becomes "an" by ``tidy``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from random import Random
from typing import Any, TypeVar
from zlib import crc32

T = TypeVar("T")
HELD_OUT_SHARE = 64

_START = re.compile(r"(?:^|(?<=[a-z0-9\"'\])][.!?] )|(?<=\n))[a-z]")
_ARTICLE = re.compile(r"\b([Aa]) (?=(?:[aeioAEIO]|[uU](?!ni|se)|hour\b|honest))")
_NOT_AN = re.compile(r"\b([Aa])n (?=one\b|once\b)")
_PIECE = re.compile(r"[\[\]|]|\{[^}]*\}|[^\[\]|{]+")


def tidy(text: str) -> str:
    """Capital letters at the start of sentences and lines, and the right article."""
    text = _ARTICLE.sub(r"\1n ", text)
    text = _NOT_AN.sub(r"\1 ", text)
    return _START.sub(lambda found: found[0].upper(), text)


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def article(word: str) -> str:
    """'a pear', 'an apple'."""
    return _ARTICLE.sub(r"\1n ", f"a {word}")


def listing(items: Sequence[str], word: str = "and") -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" {word} " + items[-1]


@lru_cache(maxsize=None)
def _compiled(template: str) -> tuple:
    stack: list[list[list[Any]]] = [[[]]]
    for piece in _PIECE.findall(template):
        if piece == "[":
            stack.append([[]])
        elif piece == "|" and len(stack) > 1:
            stack[-1].append([])
        elif piece == "]":
            choices = tuple(tuple(choice) for choice in stack.pop())
            stack[-1][-1].append(choices)
        elif piece[0] == "{":
            stack[-1][-1].append(("slot", *piece[1:-1].split(".")))
        else:
            stack[-1][-1].append(piece)
    if len(stack) != 1:
        raise ValueError(f"unbalanced brackets in {template!r}")
    return tuple(stack[0][0])


def _expand(parts: tuple, slots: dict[str, Any], chance: Any, out: list[str]) -> None:
    for part in parts:
        if type(part) is str:
            out.append(part)
        elif part and part[0] == "slot":
            value = slots[part[1]]
            for name in part[2:]:
                value = getattr(value, name)
            out.append(str(value))
        else:
            _expand(part[int(chance() * len(part))], slots, chance, out)


class Pen:
    """Random choices of one document, and whether they met a combination kept for the held-out part."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.chance = self.random.random
        self.held_out = False

    def pick(self, items: Sequence[T]) -> T:
        """One item."""
        return items[int(self.chance() * len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Several different items."""
        return self.random.sample(items, count)

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self.chance() * (high - low + 1))

    def maybe(self, share: float = 0.5) -> bool:
        """True this share of the time."""
        return self.chance() < share

    def mark(self, *parts: object) -> None:
        """Names a combination; one in ``HELD_OUT_SHARE`` combinations belongs to the held-out part."""
        if crc32("/".join(map(str, parts)).encode()) % HELD_OUT_SHARE == 0:
            self.held_out = True

    def raw(self, template: str, slots: dict[str, Any]) -> str:
        """A template filled in, not tidied."""
        out: list[str] = []
        _expand(_compiled(template), slots, self.chance, out)
        return "".join(out)

    def say(self, template: str, **slots: Any) -> str:
        """A template filled in, as it would be printed."""
        return tidy(self.raw(template, slots))

    def tell(self, templates: Iterable[str], slots: dict[str, Any], joint: str = " ") -> str:
        """Several templates, one after another, as one paragraph; empty ones vanish."""
        parts = (capital(self.raw(template, slots).strip()) for template in templates)
        return tidy(joint.join(part for part in parts if part))


def rows(table: str) -> list[list[str]]:
    """The lines of a ``a | b | c`` table."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def words(text: str) -> list[str]:
    """Comma-separated items."""
    return [" ".join(item.split()) for item in text.split(",") if item.strip()]


ONES = words(
    "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen,"
    "fifteen, sixteen, seventeen, eighteen, nineteen"
)
TENS = words("zero, ten, twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety")


def number_word(value: int) -> str:
    """A number from 0 to 100 in words."""
    if value < 20:
        return ONES[value]
    if value == 100:
        return "one hundred"
    return TENS[value // 10] + (f"-{ONES[value % 10]}" if value % 10 else "")
