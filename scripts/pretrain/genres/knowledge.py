"""Words and what they mean: opposites, kinds, rhymes, jobs, causes, and things that cannot be known."""

from __future__ import annotations

from ..document import Document, chat, plain
from ..text import Pen, article, capital, listing, tidy
from ..world.animals import ANIMALS
from ..world.forms import ADJECTIVES, PLURALS
from ..world.language import CAUSES, FEELINGS, JOBS, KINDS, OPPOSITES, RHYMES, SYNONYMS
from ..world.people import child
from ..world.places import DAYS, MONTHS, SEASON_MONTHS
from ..world.verbs import VERBS
from . import invented
from .knowledge_tables import DEFINITIONS, GENERAL

QA = tuple[str, str]


def _opposite(pen: Pen) -> QA:
    one, other = pen.pick(OPPOSITES)
    if pen.maybe():
        one, other = other, one
    return pen.say(
        pen.pick(
            (
                "what is the opposite of {a}?",
                "tell me the opposite of {a}.",
                "opposite of {a}?",
                'what is the opposite of "{a}"?',
            )
        ),
        a=one,
    ), pen.say(pen.pick(("the opposite of {a} is {b}.",)), a=one, b=other)


def _synonym(pen: Pen) -> QA:
    one, other = pen.some(pen.pick(SYNONYMS), 2)
    return pen.say(
        "[what is another word for {a}?|tell me another word for {a}.|say {a} in another way.]", a=one
    ), pen.say("another word for {a} is {b}.", a=one, b=other)


def _kind(pen: Pen) -> QA:
    kind = pen.pick(list(KINDS))
    item = pen.pick(KINDS[kind])
    if pen.maybe(0.3):
        return pen.say(
            "[what kind of thing is {i}?|what is {i}?|to which group does {i} belong?]",
            i=_with_article(kind, item),
        ), pen.say("{i} is a {k}.", i=_with_article(kind, item), k=kind)
    if pen.maybe(0.4):
        count = pen.number(2, 4)
        names = pen.some(KINDS[kind], count)
        plural = {
            "piece of clothing": "pieces of clothing",
            "piece of furniture": "pieces of furniture",
            "dish": "dishes",
            "part of the body": "parts of the body",
            "kind of weather": "kinds of weather",
            "family member": "family members",
        }.get(kind, kind + "s")
        return (
            pen.say("[name|tell me|give me] {n} {p}.", n=("", "", "two", "three", "four")[count], p=plural),
            capital(listing(names)) + ".",
        )
    other = pen.pick([name for name in KINDS if name != kind and item not in KINDS[name]])
    right = pen.maybe()
    ask = pen.say("is {i} a {k}?", i=_with_article(kind, item), k=kind if right else other)
    return ask, pen.say(
        "yes, {i} is a {k}." if right else "no, {i} is a {k}.", i=_with_article(kind, item), k=kind
    )


def _with_article(kind: str, item: str) -> str:
    bare = ("colour", "season", "day", "month", "number", "feeling", "drink", "metal", "kind of weather")
    return item if kind in bare else article(item)


def _odd_one(pen: Pen) -> QA:
    kind, other = pen.some([name for name in KINDS if name not in ("mammal", "bird", "insect", "job")], 2)
    wrong = pen.pick([item for item in KINDS[other] if item not in KINDS[kind]])
    items = pen.some(KINDS[kind], 3) + [wrong]
    pen.random.shuffle(items)
    return (
        pen.say(
            "[which word does not belong|find the odd one out|which one is different]: {l}?",
            l=", ".join(items),
        ).replace("out:", "out:"),
        f"{capital(wrong)}.",
    )


def _rhyme(pen: Pen) -> QA:
    group = pen.pick([group for group in RHYMES if len(group) > 1])
    one, other = pen.some(group, 2)
    return (
        pen.say(
            "[what rhymes with {a}?|find a rhyme for {a}.|tell me a word that rhymes with {a}.|which word"
            ' rhymes with "{a}"?]',
            a=one,
        ),
        f"{capital(other)}.",
    )


def _job(pen: Pen) -> QA:
    job, does, where, tool = pen.pick(JOBS)
    return pen.pick(
        (
            (f"What does {article(job)} do?", f"{capital(article(job))} {does}."),
            (f"Where does {article(job)} work?", f"{capital(article(job))} works {where}."),
            (f"Who {does}?", f"{capital(article(job))}."),
            (f"What does {article(job)} need?", f"{capital(article(job))} needs {tool}."),
        )
    )


def _definition(pen: Pen) -> QA:
    word, meaning = pen.pick(DEFINITIONS)
    if pen.maybe(0.2):
        return pen.say("[what do you call {m}?|what is the word for {m}?]", m=meaning), f"{capital(word)}."
    return (
        pen.say(
            "[what is {w}?|can you explain what {w} is?|explain: what is {w}?|I do not know what {w} is. Can"
            " you help me?]",
            w=word,
        ),
        f"{capital(word)} is {meaning}.",
    )


def _cause(pen: Pen) -> QA:
    why, what = pen.pick(CAUSES)
    if what.split()[0] in ("it", "they", "everyone"):
        return (
            pen.say("[what happened when {a}?|{b}. What happened then?]", a=why, b=capital(why)),
            f"{capital(what)}.",
        )
    return pen.pick(
        (
            (pen.say("[why? {b}.|{b}. Why could that be?]", b=capital(what)), f"Perhaps because {why}."),
            (
                pen.say("[what happened when {a}?|{b}. What happened then?]", a=why, b=capital(why)),
                f"{capital(what)}.",
            ),
        )
    )


def _feeling(pen: Pen) -> QA:
    feeling, why, did = pen.pick(FEELINGS)
    person, other = child(pen), child(pen)
    slots = {"his": person.his, "other": other}
    told = (
        f"{person} {pen.raw(why, slots)}."
        if pen.maybe(0.6)
        else f"{person} {pen.raw(why, slots)} and {pen.raw(did, slots)}."
    )
    pen.mark("feeling", person, feeling)
    return (
        pen.say("{t} [how did {p} feel?|what did {p} feel?|how do you think {p} felt?]", t=told, p=person),
        f"{person} felt {feeling}.",
    )


def _order(pen: Pen) -> QA:
    names = pen.pick((DAYS, MONTHS))
    at = pen.number(1, len(names) - 2)
    what = "day" if names is DAYS else "month"
    return pen.pick(
        (
            (f"Which {what} comes after {names[at]}?", f"{names[at + 1]} comes after {names[at]}."),
            (f"Which {what} comes before {names[at]}?", f"{names[at - 1]} comes before {names[at]}."),
            _season(pen),
        )
    )


def _season(pen: Pen) -> QA:
    season = pen.pick(list(SEASON_MONTHS))
    month = pen.pick(SEASON_MONTHS[season])
    return f"In which season is {month}?", f"{month} is in {season}."


def _form(pen: Pen) -> QA:
    choice = pen.number(0, 3)
    if choice == 0:
        verb = pen.pick(VERBS)
        return pen.say("what is the past of {v}?", v=verb.base), f"The past of {verb.base} is {verb.past}."
    if choice == 1:
        one = pen.pick(list(PLURALS))
        return (
            pen.say("[what is the plural of {a}?|one {a}, two ...?]", a=one),
            f"The plural of {one} is {PLURALS[one]}.",
        )
    base, more, most = pen.pick(ADJECTIVES)
    return (
        (f"{capital(base)}, {more}, ...?", f"{capital(base)}, {more}, {most}.")
        if choice == 2
        else (f"What comes after {base} and {more}?", f"{capital(most)}.")
    )


def _unknown(pen: Pen) -> QA:
    word = invented.word(pen)
    return pen.say(
        '[what is a {w}?|what does {w} mean?|what does "{w}" mean?|tell me about the {w}.|where does the {w}'
        " live?|what does the {w} eat?]",
        w=word,
    ), pen.pick(
        ("I do not know that word.", f"I do not know what {word} means.", "I have never heard of it.")
    )


def _sound(pen: Pen) -> QA:
    animal = pen.pick([animal for animal in ANIMALS if "no sound" not in animal.says])
    same = [other for other in ANIMALS if other.says == animal.says]
    return (
        (f"Which animal {animal.says}?", f"The {animal} {animal.says}.")
        if len(same) == 1
        else (f"What does the {animal} do: bark, or something else?", f"It {animal.says}.")
    )


_ASKS = (
    (_opposite, 16),
    (_synonym, 8),
    (_kind, 14),
    (_odd_one, 8),
    (_rhyme, 10),
    (_job, 10),
    (_definition, 16),
    (_cause, 8),
    (_feeling, 8),
    (_order, 5),
    (_form, 8),
    (_unknown, 4),
    (_sound, 3),
    (lambda pen: pen.pick(GENERAL), 6),
)


def question(pen: Pen) -> QA:
    """One question about words or the world, and its answer."""
    return pen.random.choices([ask for ask, _ in _ASKS], [share for _, share in _ASKS])[0](pen)


def document(pen: Pen) -> Document:
    """A chat of such questions, or a page of a word book."""
    if pen.maybe(0.25):
        style = pen.number(0, 3)
        if style == 0:
            lines = [
                f"{capital(word)}: {meaning}." for word, meaning in pen.some(DEFINITIONS, pen.number(2, 5))
            ]
        elif style == 1:
            lines = [
                pen.say(
                    "[the opposite of {a} is {b}.|{a} is the opposite of {b}.|if it is not {a}, it is {b}.]",
                    a=a,
                    b=b,
                )
                for a, b in pen.some(OPPOSITES[:40], pen.number(3, 6))
            ]
        elif style == 2:
            lines = [
                pen.say("[{a}, so {b}.|because {a}, {b}.|{a}. That is why {b}.]", a=a, b=b)
                for a, b in pen.some(CAUSES, pen.number(2, 5))
            ]
        else:
            lines = [
                pen.say(
                    "a {j} {d}. [A {j} works {w}.|You find a {j} {w}.|A {j} needs {t}.]",
                    j=job,
                    d=does,
                    w=where,
                    t=tool,
                )
                for job, does, where, tool in pen.some(JOBS, pen.number(2, 4))
            ]
        return plain("knowledge", tidy(pen.pick(("\n", " ")).join(lines)))
    turns = [question(pen) for _ in range(pen.number(1, 7))]
    if pen.maybe(0.15):
        return plain("knowledge", "\n".join(f"Question: {ask}\nAnswer: {answer}" for ask, answer in turns))
    return chat("knowledge", turns)
