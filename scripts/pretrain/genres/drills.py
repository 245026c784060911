"""Small skills asked again and again in one chat: rhymes, the alphabet and small sums, alone and in a story of two lines."""

from __future__ import annotations

from ..document import Document, Turn, chat
from ..text import Pen, capital, listing
from ..world.language import RHYMES
from .lists import alphabet
from .numbers import sum_of_two, task

_GROUPS = [group for group in RHYMES if len(group) > 2]


def _rhyme(pen: Pen) -> Turn:
    group = pen.pick(_GROUPS)
    one, other, third = pen.some(group, 3)
    stranger = pen.pick(pen.pick([rest for rest in RHYMES if rest is not group]))
    choice = pen.number(0, 5)
    if choice <= 2:
        asked = pen.say(
            "[what rhymes with {a}?|find a rhyme for {a}.|tell me a word that rhymes with {a}.|which word rhymes with {a}?]", a=one
        )
        return asked, f"{capital(other)}."
    if choice == 3:
        return f"Find two rhymes for {one}.", f"{capital(other)} and {third}."
    if choice == 4 and not any(one in rest and stranger in rest for rest in RHYMES):
        shown = [other, stranger] if pen.maybe() else [stranger, other]
        return f"Which of these rhymes with {one}: {listing(shown, 'or')}?", f"{capital(other)}."
    return f"Which words rhyme: {', '.join(pen.some(group, 3))}?", "All of them rhyme."


def document(pen: Pen) -> Document:
    """Four to nine questions of one kind."""
    ask = pen.pick((_rhyme, alphabet, sum_of_two, task))
    return chat("drill", [ask(pen) for _ in range(pen.number(4, 9))])
