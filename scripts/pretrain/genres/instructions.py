"""Instructions that are followed exactly: change a sentence, sort, repeat, extract, answer yes or no."""

from __future__ import annotations

from ..document import Document, chat
from ..text import Pen, capital, listing, number_word, tidy
from ..world.animals import ANIMALS
from ..world.forms import PLURALS
from ..world.language import FEELINGS, KINDS, OPPOSITES, RHYMES
from ..world.people import anyone, child
from ..world.things import COLOURS, THINGS
from . import invented
from .lists import alphabet, change_of_list, nouns
from .records import asked, compose, extract
from .sentences import sentence

QA = tuple[str, str]


def _past(pen: Pen) -> QA:
    it = sentence(pen)
    return (
        asked(
            pen,
            "[put this into the past|say this in the past|change this to the past|write this sentence in the"
            " past]",
            it.present(),
        ),
        it.past(),
    )


def _future(pen: Pen) -> QA:
    it = sentence(pen)
    return (
        asked(pen, "[put this into the future|say this with will|say what will happen]", it.present()),
        it.future(),
    )


def _going(pen: Pen) -> QA:
    it = sentence(pen)
    return asked(pen, "[say that it is happening now|say what is going on now]", it.present()), it.going_on()


def _question(pen: Pen) -> QA:
    it = sentence(pen)
    past = pen.maybe(0.4)
    return asked(
        pen,
        "[make a question|turn this into a question|make this a question|ask this as a question]",
        it.past() if past else it.present(),
    ), (it.question_past() if past else it.question())


def _negative(pen: Pen) -> QA:
    it = sentence(pen)
    past = pen.maybe(0.4)
    return asked(
        pen,
        "[say the opposite with not|make this sentence negative|say that it is not so]",
        it.past() if past else it.present(),
    ), (it.negative_past() if past else it.negative())


def _can(pen: Pen) -> QA:
    it = sentence(pen)
    return asked(pen, "[use the word can|say this with can]", it.present()), it.can()


def _polite(pen: Pen) -> QA:
    it = sentence(pen)
    return (
        asked(
            pen,
            "[say it politely|say this politely|make this polite|ask for this in a polite way]",
            it.command(),
        ),
        f"Could you please {it.verb.base} {it.rest}?",
    )


def _pronoun(pen: Pen) -> QA:
    it = sentence(pen)
    return (
        asked(
            pen,
            "[use he or she instead of the name|do not say the name|put he or she for the name]",
            it.present(),
        ),
        it.with_pronoun(),
    )


def _who(pen: Pen) -> QA:
    it = sentence(pen)
    return pen.pick(
        (
            (f"{it.past()} Who {it.verb.past} {it.rest}?", f"{it.person}."),
            (f"{it.past()} Who was it?", f"{it.person}."),
            (f"{it.present()} Is this about {it.person}?", "Yes."),
            (f"{it.present()} Is this about {anyone(pen).name}?", "No."),
        )
    )


def _yes_no(pen: Pen) -> QA:
    animal = pen.pick(ANIMALS)
    kind = pen.number(0, 3)
    if kind == 0:
        right, skill = pen.maybe(), pen.pick(animal.skills)
        other = pen.pick(
            ("read a book", "drive a car", "write a letter", "cook soup", "count to ten", "play the flute")
        )
        return (
            f"Answer with yes or no: can {tidy('a ' + animal.name).lower()} {skill if right else other}?",
            ("Yes." if right else "No."),
        )
    if kind == 1:
        right = pen.maybe()
        other = pen.pick([size for size in ("tiny", "huge") if size != animal.size])
        return f"Yes or no: is the {animal} {animal.size if right else other}?", "Yes." if right else "No."
    if kind == 2:
        group, item = pen.some(list(KINDS), 2)
        right = pen.maybe()
        word = pen.pick(KINDS[group] if right else [name for name in KINDS[item] if name not in KINDS[group]])
        bare = group in (
            "colour",
            "season",
            "day",
            "month",
            "number",
            "feeling",
            "drink",
            "metal",
            "kind of weather",
        )
        return (
            tidy(f"Answer with yes or no: is \"{word}\" {'a'} {group}?")
            if bare
            else tidy(f'Yes or no: is "{word}" a {group}?')
        ), ("Yes." if right else "No.")
    legs = pen.pick((0, 2, 4, 6, 8))
    return f"Answer yes or no: does the {animal} have {number_word(legs) if legs else 'no'} legs?", (
        "Yes." if legs == animal.legs else "No."
    )


def _copy(pen: Pen) -> QA:
    it = sentence(pen)
    body = (
        pen.pick((it.past(), it.present(), it.can(), capital(listing(nouns(pen))) + "."))
        if pen.maybe(0.8)
        else f"{invented.word(pen)} {invented.word(pen)} {invented.word(pen)}"
    )
    choice = pen.number(0, 4)
    if choice == 0:
        return asked(pen, "[repeat this|say this after me|write this again|copy this]", body), body
    words = body.rstrip(".").split()
    if choice == 1:
        return f"What is the first word of this sentence? {body}", words[0].rstrip(",") + "."
    if choice == 2:
        return f"What is the last word of this sentence? {body}", words[-1] + "."
    if choice == 3:
        return f"How many words does this sentence have? {body}", capital(number_word(len(words))) + "."
    return (
        asked(pen, "[write this in capital letters|shout this|write this in big letters]", body),
        body.upper(),
    )


def _word_change(pen: Pen) -> QA:
    choice = pen.number(0, 3)
    if choice == 0:
        one = pen.pick(list(PLURALS))
        count = pen.number(2, 12)
        return pen.say("[one {a}, {n} ...?|say this for {n}: one {a}]", a=one, n=number_word(count)), capital(
            f"{number_word(count)} {PLURALS[one]}."
        )
    if choice == 1:
        pairs = pen.some(OPPOSITES[:40], pen.number(2, 3))
        return (
            asked(
                pen,
                "[give the opposite of each word|write the opposites]",
                ", ".join(one for one, _ in pairs),
            ),
            ", ".join(other for _, other in pairs) + ".",
        )
    if choice == 2:
        pair = pen.some(pen.pick([group for group in RHYMES if len(group) > 2]), 2)
        other = pen.pick(pen.pick(RHYMES))
        right = pen.maybe()
        if not right and any(pair[0] in group and other in group for group in RHYMES):
            right = True
        return f"Do {pair[0]} and {pair[1] if right else other} rhyme?", (
            "Yes, they rhyme." if right else "No, they do not rhyme."
        )
    person, colour, thing = child(pen), pen.pick(COLOURS), pen.pick(THINGS)
    new = pen.pick([item for item in COLOURS if item != colour])
    pen.mark("recolour", person, colour, thing, new)
    return (
        f"Change the colour to {new}: {person} has {tidy(f'a {colour} {thing}').lower()}.",
        f"{person} has {tidy(f'a {new} {thing}').lower()}.",
    )


def _feeling(pen: Pen) -> QA:
    feeling, why, did = pen.pick(FEELINGS)
    person, other = child(pen), child(pen)
    slots = {"his": person.his, "other": other}
    text = f"{person} {pen.raw(why, slots)}."
    if pen.maybe(0.4):
        text += f" {capital(person.he)} {pen.raw(did, slots)}."
    return (
        asked(pen, "[name the feeling|say in a few words how this feels|which feeling is this]", text),
        f"{capital(person.he)} is {feeling}.",
    )


def _fill(pen: Pen) -> QA:
    it = sentence(pen)
    words = it.past().rstrip(".").split()
    return f"Put the words in order: {', '.join(_shuffled(pen, words))}", it.past()


def _shuffled(pen: Pen, items: list[str]) -> list[str]:
    items = list(items)
    pen.random.shuffle(items)
    return items


_ASKS = (
    (_past, 10),
    (_future, 5),
    (_going, 4),
    (_question, 10),
    (_negative, 7),
    (_can, 3),
    (_polite, 9),
    (_pronoun, 4),
    (_who, 7),
    (_yes_no, 9),
    (change_of_list, 24),
    (alphabet, 14),
    (_copy, 12),
    (_word_change, 9),
    (extract, 16),
    (compose, 4),
    (_feeling, 6),
    (_fill, 4),
)


def question(pen: Pen) -> QA:
    """One instruction and what it asks for."""
    return pen.random.choices([ask for ask, _ in _ASKS], [share for _, share in _ASKS])[0](pen)


def document(pen: Pen) -> Document:
    """A chat of instructions."""
    return chat("instruction", [question(pen) for _ in range(pen.number(1, 4))])
