"""Chats that go from one thing to another: talk, questions, instructions, sums, in one conversation."""

from __future__ import annotations

from ..document import Document, Turn, chat
from ..text import Pen
from . import describing, instructions, knowledge, numbers, reading, talk


def _reading(pen: Pen) -> Turn:
    text, asks = reading.passage(pen)
    ask, answer = asks[0]
    return f"{text}{pen.pick((' ', chr(10)))}{ask}", answer


def _describing(pen: Pen) -> Turn:
    return pen.pick(describing.any_topic(pen)[2])


_TURNS = (
    (talk.turn, 3),
    (instructions.question, 4),
    (knowledge.question, 3),
    (numbers.question, 2),
    (_reading, 3),
    (_describing, 2),
)


def document(pen: Pen) -> Document:
    """Two to six turns, each of another kind."""
    makers = pen.random.choices(
        [make for make, _ in _TURNS], [share for _, share in _TURNS], k=pen.number(2, 6)
    )
    return chat("mixed", [make(pen) for make in makers])
