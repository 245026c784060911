"""Counting, adding, taking away, ordering, number words, prices and time."""

from __future__ import annotations

from ..document import Document, chat, plain
from ..text import Pen, capital, listing, number_word
from ..world.people import children
from ..world.things import FOODS, THINGS

QA = tuple[str, str]


def _write(pen: Pen, value: int, words: bool) -> str:
    return number_word(value) if words else str(value)


def sum_of_two(pen: Pen) -> QA:
    """A sum or a difference, in digits or words, most of them small."""
    words = pen.maybe(0.3)
    small = pen.maybe(0.7)
    one, two = (pen.number(0, 12), pen.number(0, 10)) if small else (pen.number(5, 60), pen.number(1, 39))
    pen.mark("sum", one, two)
    if pen.maybe(0.6):
        total, sign, name = one + two, "+", "plus"
    else:
        one, two = max(one, two), min(one, two)
        total, sign, name = one - two, "-", "minus"
    a, b, c = (_write(pen, value, words) for value in (one, two, total))
    if not words and pen.maybe():
        return pen.say("[what is |how much is ||]{a} {s} {b}?", a=a, b=b, s=sign), f"{a} {sign} {b} = {c}."
    return pen.say("[what is|how much is] {a} {s} {b}?", a=a, b=b, s=name), capital(f"{a} {name} {b} is {c}.")


def task(pen: Pen) -> QA:
    """How many somebody has after getting some, or giving some away."""
    one, two = pen.number(1, 15), pen.number(1, 9)
    person, other = children(pen, 2)
    thing = pen.pick(THINGS).plural if pen.maybe() else pen.pick(FOODS).plural
    words = pen.maybe(0.6)
    more = pen.maybe(0.6) or one <= two
    pen.mark("task", person, one, two)
    total = one + two if more else one - two
    a, b, c = (_write(pen, value, words) for value in (one, two, total))
    only = thing if total != 1 else next(item.name for item in (*THINGS, *FOODS) if item.plural == thing)
    had = thing if one != 1 else next(item.name for item in (*THINGS, *FOODS) if item.plural == thing)
    return (
        pen.say(
            "{p} has {a} {h}. "
            + (
                "[{o} gives {p.him} {b} more.|{p.he} finds {b} more.|{p.he} buys {b} more.]"
                if more
                else "[{p.he} gives {b} to {o}.|{p.he} loses {b}.|{o} takes {b} of them.]"
            )
            + " how many {t} does {p} have now?",
            p=person,
            o=other,
            a=a,
            b=b,
            t=thing,
            h=had,
        ),
        f"{person} has {c} {only} now.",
    )


def _count(pen: Pen) -> QA:
    start, step = pen.number(0, 80), pen.pick((1, 1, 1, 2, 5, 10))
    length = pen.number(4, 8)
    if start + step * length > 100:
        start = pen.number(0, 10)
    run = [start + step * index for index in range(length)]
    words = pen.maybe(0.5)
    if pen.maybe(0.3):
        run.reverse()
    shown = [_write(pen, value, words) for value in run]
    if step == 1 and pen.maybe(0.5):
        return f"Count from {shown[0]} to {shown[-1]}.", capital(", ".join(shown)) + "."
    return (
        pen.say("[what comes next: {l}?|go on: {l}|which number comes next? {l}]", l=", ".join(shown[:-1])),
        capital(shown[-1]) + ".",
    )


def _next(pen: Pen) -> QA:
    value, words = pen.number(1, 99), pen.maybe(0.6)
    after = pen.maybe()
    a, b = _write(pen, value, words), _write(pen, value + (1 if after else -1), words)
    return f"Which number comes {'after' if after else 'before'} {a}?", capital(b) + "."


def _bigger(pen: Pen) -> QA:
    one, two = pen.some(range(1, 100), 2)
    words, big = pen.maybe(0.5), pen.maybe()
    a, b, c = (_write(pen, value, words) for value in (one, two, max(one, two) if big else min(one, two)))
    return f"Which number is {'bigger' if big else 'smaller'}: {a} or {b}?", capital(c) + "."


def _word(pen: Pen) -> QA:
    value = pen.number(0, 100)
    if pen.maybe():
        return (
            pen.say("[write {a} as a word.|how do you write {a} in words?]", a=value),
            capital(number_word(value)) + ".",
        )
    return (
        pen.say("[write {a} in digits.|which number is {a}?|write {a} as a number.]", a=number_word(value)),
        f"{value}.",
    )


def _sort(pen: Pen) -> QA:
    values = pen.some(range(1, 100), pen.number(3, 5))
    down = pen.maybe(0.3)
    return (
        f"Sort these numbers, {'biggest' if down else 'smallest'} first: {', '.join(map(str, values))}",
        ", ".join(map(str, sorted(values, reverse=down))) + ".",
    )


def _how_many(pen: Pen) -> QA:
    items = pen.some(FOODS, pen.number(2, 6))
    return (
        f"How many words are in this list: {', '.join(item.name for item in items)}?",
        f"There are {number_word(len(items))} words in the list.",
    )


def _tally(pen: Pen) -> QA:
    people = children(pen, 2)
    counts = pen.some(range(1, 30), 2)
    thing = pen.pick(THINGS).plural
    more = pen.maybe()
    best = people[counts.index(max(counts) if more else min(counts))]
    shown = [number_word(count) if count > 1 else "two" for count in counts]
    if shown[0] == shown[1]:
        return _bigger(pen)
    pen.mark("tally", people[0], people[1], counts[0])
    return (
        (
            f"{people[0]} has {shown[0]} {thing}, and {people[1]} has {shown[1]} {thing}. Who has"
            f" {'more' if more else 'fewer'} {thing}?"
        ),
        f"{best} has {'more' if more else 'fewer'} {thing}.",
    )


_ASKS = (
    (sum_of_two, 30),
    (task, 18),
    (_count, 15),
    (_next, 8),
    (_bigger, 7),
    (_word, 7),
    (_sort, 6),
    (_how_many, 4),
    (_tally, 5),
)


def question(pen: Pen) -> QA:
    """One question with numbers."""
    return pen.random.choices([ask for ask, _ in _ASKS], [share for _, share in _ASKS])[0](pen)


def document(pen: Pen) -> Document:
    """A chat of such questions, or a counting page."""
    if pen.maybe(0.2):
        low, step = pen.number(0, 60), pen.pick((1, 1, 2, 5))
        values = [low + step * index for index in range(pen.number(5, 9)) if low + step * index <= 100]
        thing = pen.pick(THINGS)
        one = pen.number(2, 9)
        rows = [capital(listing([number_word(value) for value in values], "and")) + "."]
        rows += [
            f"{capital(number_word(count))} {thing.plural} and one {thing.name} make {number_word(count + 1)}"
            f" {thing.plural}."
            for count in range(one, one + pen.number(1, 3))
        ]
        return plain("numbers", "\n".join(rows))
    return chat("numbers", [question(pen) for _ in range(pen.number(1, 6))])
