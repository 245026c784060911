"""The same facts of several people, and nearly everything asked about them, so that names must be told apart."""

from __future__ import annotations

from ..document import Document
from ..text import Pen, tidy
from ..world.people import children
from . import invented
from .reading import answered_one_way, asked_about, fact
from .reading_frames import FRAMES, Frame


def _frames(pen: Pen, count: int) -> list[Frame]:
    """Kinds of facts that go together."""
    while True:
        frames = pen.some(FRAMES, count)
        if len({frame.group or frame.name for frame in frames}) == count:
            return frames


def document(pen: Pen) -> Document:
    """Three to six people with a kind of fact in common, or two or three people with two or three kinds."""
    frames = _frames(pen, pen.random.choices((1, 2, 3), (50, 35, 15))[0])
    people = children(pen, pen.number(3, 6) if len(frames) == 1 else pen.number(2, 3))
    if pen.maybe(0.3):
        people[0] = invented.somebody(pen)
    told = []
    for frame in frames:
        taken: set[str] = set()
        told += [fact(pen, frame, person, True, taken) for person in people]
    pen.random.shuffle(told)
    asks = answered_one_way(pen, [pair for _, pairs in told for pair in pairs])
    return asked_about(pen, tidy(" ".join(text for text, _ in told)), asks[: pen.number(6, 12)])
