"""Stories as they were wished for: with a thing in it, at a place, about two friends."""

from __future__ import annotations

from ..document import Document, chat
from ..text import Pen
from .stories import story


def document(pen: Pen) -> Document:
    """A wish and the story that grants it."""
    while True:
        _, text, slots, _ = story(pen)
        hero, friend, thing, place = slots["h"], slots["f"], slots["t"], slots["p"]
        wishes = [
            wish
            for wish, names in (
                ("[tell me|write|tell] a story with a {t} in it.", (thing.name,)),
                ("[tell me|write|tell] a story that happens {p.at}.", (place.name,)),
                ("[tell me|write|tell] a story about {h} and {f}.", (hero.name, friend.name)),
            )
            if all(name in text for name in names) and not (slots["broken"] and thing.name in names)
        ]
        if wishes:
            return chat("story", [(pen.say(pen.pick(wishes), h=hero, f=friend, t=thing, p=place), text)])
