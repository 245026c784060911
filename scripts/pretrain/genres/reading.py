"""Reading comprehension: a text of freely combined facts, then questions with short answers from it."""

from __future__ import annotations

from typing import Any

from ..document import Document, chat, plain
from ..text import Pen, capital, number_word, tidy, words
from ..world.people import Person, anyone, children
from ..world.things import COLOURS
from . import invented
from .reading_frames import FRAMES, SPOTS, Frame

QA = tuple[str, str]
FILLERS = words("""it was a fine day., the sky was blue., nobody was in a hurry., the birds sang outside.,
    it rained a little.,
    everybody was in a good mood., the wind was warm., dinner was nearly ready., it was Sunday.,
    the street was quiet.,
    the holidays had just begun., this is a true story., all of them are friends., there was much to do.,
    time went by fast.""")
QUIZ_SHARE = 0.3
UNKNOWN = "The text does not say."
_LEADS = (
    "Read the text and answer the question.",
    "Here is a text.",
    "Read this:",
    "Please read this and tell me:",
    "I have a question about this text.",
    "Answer from the text.",
)


def _person(pen: Pen) -> Person:
    return invented.somebody(pen) if pen.maybe(0.12) else anyone(pen)


def fact(pen: Pen, frame: Frame, person: Person, named: bool, taken: set[str]) -> tuple[str, list[QA]]:
    """One sentence about a person and all that can be asked about it."""
    slots = frame.choose(pen)
    while str(slots[frame.key]) in taken or slots.get("friend") == person:
        slots = frame.choose(pen)
    if frame.name == "age" and person.adult:
        slots["age"] = number_word(pen.number(20, 99))
    taken.add(str(slots[frame.key]))
    slots |= {"p": person, "he": person.he, "him": person.him, "his": person.his}
    slots |= (
        {"s": person, "whom": person, "own": f"{person}'s"}
        if named
        else {"s": person.he, "whom": person.him, "own": person.his}
    )
    if "cause" in slots:
        slots["cause"] = pen.raw(slots["cause"], slots)
    pen.mark("reading", frame.name, person, slots[frame.key])
    text = pen.raw(pen.pick(frame.texts), slots)
    return text, [
        (tidy(pen.raw(ask, slots)), capital(tidy(pen.raw(answer, slots)) + ".")) for ask, answer in frame.asks
    ]


def _one_person(pen: Pen) -> tuple[list[str], list[QA]]:
    """Several facts about one person, told with pronouns."""
    person, taken = _person(pen), set()
    chosen: list[Frame] = []
    for frame in pen.some(FRAMES, pen.number(2, 6)):
        if not frame.group or all(frame.group != other.group for other in chosen):
            chosen.append(frame)
    parts = [
        fact(pen, frame, person, index == 0 or pen.maybe(0.25), taken) for index, frame in enumerate(chosen)
    ]
    asks = [
        pair for _, pairs in parts for pair in pairs if pair[1] != f"{person}." and pair[1] != f"{person}'s."
    ]
    return [text for text, _ in parts], asks


def _same_fact(pen: Pen) -> tuple[list[str], list[QA]]:
    """The same kind of fact about several people, so that names must be told apart."""
    frame, taken = pen.pick(FRAMES), set()
    people = children(pen, pen.number(2, 4))
    if pen.maybe(0.2):
        people[0] = invented.somebody(pen)
    parts = [fact(pen, frame, person, True, taken) for person in people]
    asks = [pair for _, pairs in parts for pair in pairs]
    return [text for text, _ in parts], asks


def _mixed(pen: Pen) -> tuple[list[str], list[QA]]:
    """Two people, each with different kinds of facts."""
    people, frames = children(pen, 2), pen.some(FRAMES, 4)
    if len({frame.group or frame.name for frame in frames}) < 4:
        return _one_person(pen)
    taken: set[str] = set()
    parts = [fact(pen, frame, people[index // 2], True, taken) for index, frame in enumerate(frames)]
    if pen.maybe():
        pen.random.shuffle(parts)
    return [text for text, _ in parts], [pair for _, pairs in parts for pair in pairs]


def _creature(pen: Pen) -> tuple[list[str], list[QA]]:
    """A made-up animal."""
    slots: dict[str, Any] = {
        "name": invented.word(pen),
        "size": pen.pick(words("tiny, small, big, huge, long, round")),
        "colour": pen.pick(COLOURS),
        "legs": pen.pick(words("two, four, six, eight, three, ten, seven")),
        "food": pen.pick(
            words("""moss, honey, roots, stones, berries, fish, leaves, snow, sand, moonlight, nuts, mud, old
            socks, soup, flowers, worms, bark, cheese, grass""")
        ),
        "home": pen.pick(words("""in a cave, in a tree, under the
            snow, in the sea, on the moon, in a swamp, under a bridge, in an old boot, on a mountain,
    by a lake""") + SPOTS[30:38]),
        "sound": pen.pick(
            words("hums, whistles, clicks, roars, sings, rattles, coughs, giggles, booms, squeaks")
        ),
        "when": pen.pick(
            words("when it is happy, when it is hungry, at night, in the rain, when it is afraid, at noon")
        ),
    }
    texts = [
        (
            "[a {name} is a|the {name} is a|there is an animal called the {name}. It is a] {size} {colour}"
            " animal."
        ),
        "it [lives|makes its nest|sleeps] {home}.",
        "it eats {food}.",
        "it has {legs} legs.",
        "it {sound} {when}.",
    ]
    first, rest = texts[0], texts[1:]
    pen.random.shuffle(rest)
    kept = rest[: pen.number(2, 4)]
    name = slots["name"]
    all_asks = {
        0: [(f"What colour is the {name}?", slots["colour"]), (f"How big is the {name}?", slots["size"])],
        1: [(f"Where does the {name} live?", slots["home"])],
        2: [(f"What does the {name} eat?", slots["food"])],
        3: [(f"How many legs does the {name} have?", slots["legs"])],
        4: [(f"When does the {name} make a sound?", slots["when"])],
    }
    asks = [
        (ask, capital(answer) + ".")
        for index, text in enumerate(texts)
        if text in (first, *kept)
        for ask, answer in all_asks[index]
    ]
    return [pen.raw(text, slots) for text in (first, *kept)], asks


def _glossary(pen: Pen) -> tuple[list[str], list[QA]]:
    """Words of a made-up language."""
    count = pen.number(2, 5)
    tongue = pen.pick(
        (
            "in the old tongue",
            "in the language of the hills",
            "among the sailors of the north",
            "in the secret language",
            f"in the language of {invented.word(pen).capitalize()}",
        )
    )
    meanings = pen.some(
        words(
            """tree, water, fire, stone, bird, house, sun, moon, star, bread, friend, mother, road, hand, sea,
        boat, rain, night, day, song, horse, dog, fish, flower, snow, mountain, river, child, king, door,
    milk, book"""
        ),
        count,
    )
    made: list[str] = []
    while len(made) < count:
        new = invented.word(pen)
        if new not in made:
            made.append(new)
    style = pen.pick(
        (
            "{new} means {old}",
            "the word {new} means {old}",
            "the word for {old} is {new}",
            "people say {new} for {old}",
        )
    )
    texts = [
        pen.raw(f"{tongue}, {style}." if index == 0 else f"{style}.", {"new": new, "old": old})
        for index, (new, old) in enumerate(zip(made, meanings))
    ]
    asks = [
        pair
        for new, old in zip(made, meanings)
        for pair in (
            (f"What does {new} mean?", capital(old) + "."),
            (f"What is the word for {old}?", capital(new) + "."),
        )
    ]
    return texts, asks


def answered_one_way(pen: Pen, asks: list[QA]) -> list[QA]:
    """The questions that the text answers in one way only, in random order."""
    answers: dict[str, set[str]] = {}
    for ask, answer in asks:
        answers.setdefault(ask, set()).add(answer)
    single = [(ask, said.pop()) for ask, said in answers.items() if len(said) == 1]
    pen.random.shuffle(single)
    return single


def passage(pen: Pen) -> tuple[str, list[QA]]:
    """A text and its questions."""
    make = pen.random.choices((_one_person, _same_fact, _mixed, _creature, _glossary), (34, 28, 24, 8, 6))[0]
    texts, asks = make(pen)
    if make in (_one_person, _same_fact, _mixed) and pen.maybe(0.3):
        texts.insert(pen.number(0, len(texts)), pen.pick(FILLERS))
    asks = answered_one_way(pen, asks)
    if not asks:
        return passage(pen)
    return tidy(" ".join(texts)), asks


def document(pen: Pen) -> Document:
    """A passage with questions."""
    text, asks = passage(pen)
    asks = asks[: 12 if pen.maybe(QUIZ_SHARE) else pen.number(1, 4)]
    if pen.maybe(0.04):
        asks.insert(pen.number(0, len(asks)), _unknown(pen))
    return asked_about(pen, text, asks)


def asked_about(pen: Pen, text: str, asks: list[QA]) -> Document:
    """A text with its questions, as a page or as a chat."""
    cases = [{"context": text, "question": ask, "answer": answer} for ask, answer in asks]
    if pen.maybe(0.35):
        label = pen.pick((("Question: ", "Answer: "), ("Q: ", "A: ")))
        body = "\n".join(f"{label[0]}{ask}\n{label[1]}{answer}" for ask, answer in asks)
        made = plain("reading", f"{text}\n\n{body}")
    else:
        lead = pen.pick(_LEADS) + "\n" if pen.maybe(0.25) else ""
        joint = pen.pick((" ", "\n"))
        first = (lead + text + joint + asks[0][0], asks[0][1])
        made = chat("reading", [first, *asks[1:]])
    made.cases = cases
    return made


def _unknown(pen: Pen) -> QA:
    """A question about somebody who is not in the text."""
    person = invented.somebody(pen)
    ask = pen.pick(
        ("How old is {p}?", "Where does {p} live?", "What is {p}'s hobby?", "What is {p}'s favourite food?")
    )
    return ask.replace("{p}", person.name), UNKNOWN
