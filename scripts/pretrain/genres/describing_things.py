"""Descriptions of things, food and weather."""

from __future__ import annotations

from typing import Any

from ..text import Pen, article, capital, number_word
from ..world.places import SEASONS, WEATHER
from ..world.things import COLOURS, MATERIALS, Food, Thing

QA = tuple[str, str]


def gather(
    pen: Pen, first: list[str], rest: list[tuple[str, ...]], slots: dict[str, Any], low: int = 2
) -> str:
    """An opening sentence, then one sentence of some of the groups, in the order given."""
    taken = sorted(pen.some(list(range(len(rest))), pen.number(low, len(rest))))
    chosen = [pen.pick(rest[at]) for at in taken]
    return pen.tell([pen.pick(first), *chosen], slots)


def thing(pen: Pen, it: Thing) -> tuple[str, list[QA]]:
    """An everyday thing."""
    slots = {
        "n": it.name,
        "ns": it.plural,
        "material": it.material,
        "use": it.use,
        "col": pen.pick(COLOURS),
        "about": MATERIALS.get(it.material, "strong"),
    }
    text = gather(
        pen,
        [
            (
                "a {n} is something to {use}."
                if it.use.split()[0] in ("eat", "drink")
                else "you need a {n} to {use}."
            ),
            "what is a {n}? It is a thing that helps you to {use}.",
            "most {ns} are made of {material}.",
        ],
        [
            (
                ("this one is made of {material}.", "{material} is {about}.")
                if it.material in MATERIALS
                else ("it is made of {material}.",)
            ),
            (
                "you can find one in most houses.",
                "many shops sell {ns}.",
                "there is one in the corner shop of Mrs Novak.",
            ),
            ("take good care of it, and it will last long.", "a good {n} lasts for years."),
            ("there are small ones and big ones.", "no two {ns} are quite the same.", "I have a {col} one."),
        ],
        slots,
    )
    asks = [
        (f"What is {article(it.name)} for?", f"You use it to {it.use}."),
        *(
            []
            if it.material == it.name
            else [(f"What is {article(it.name)} made of?", f"It is made of {it.material}.")]
        ),
        (f"What do you need to {it.use}?", f"You need {article(it.name)}."),
    ]
    return text, asks[:2] if pen.maybe(0.8) else asks


def food(pen: Pen, it: Food) -> tuple[str, list[QA]]:
    """Something to eat or drink."""
    mass = it.name == it.plural
    subject = it.name if mass else article(it.name)
    slots = {
        "n": it.name,
        "s": subject,
        "ns": it.plural,
        "group": it.group,
        "colour": it.colour,
        "taste": it.taste,
        "source": it.source,
        "coins": number_word(pen.number(2, 9)),
    }
    text = gather(
        pen,
        [
            "{s} is {colour} and tastes {taste}.",
            "{s} tastes {taste}.",
            "do you know the taste of {s}? It is {taste}.",
        ],
        [
            ("it {source}.",),
            ("you can buy it at the market.", "at the market it costs only {coins} coins."),
            ("some like it, and some do not.", "most children like it.", "I could have it every day."),
            ("it is good to share.", "it is best with friends.", "Mr Ferro, the cook, uses it a lot."),
        ],
        slots,
    )
    asks = [
        (f"What colour is {subject}?", f"It is {it.colour}."),
        (f"How does {subject} taste?", f"It tastes {it.taste}."),
        (f"Where does {subject} come from?", f"It {it.source}."),
    ]
    return text, asks


def weather(pen: Pen) -> tuple[str, list[QA]]:
    """A kind of weather or a season."""
    if pen.maybe(0.4):
        season = pen.pick(list(SEASONS))
        what, feel, sign = SEASONS[season]
        text = pen.say(
            "in {s}, {w}. [the air is|the air feels] {f}. [look out for {g}.|{g} can be seen everywhere.]",
            s=season,
            w=what,
            f=feel,
            g=sign,
        )
        return text, [
            (f"What happens in {season}?", f"In {season}, {what}."),
            (f"How is the air in {season}?", f"It is {feel}."),
        ]
    kind = pen.pick(list(WEATHER))
    now, wear, then, look = WEATHER[kind]
    text = pen.say(
        "on a {k} day, {n}. [the|you can see that the] {l}. [take {w}.|do not forget {w}.|{w} will help you.]",
        k=kind,
        n=now,
        l=look,
        w=wear,
    )
    return text, [
        (f"What do you need on a {kind} day?", f"You need {wear}."),
        (f"What happens on a {kind} day?", capital(now) + "."),
        (f"How does it look on a {kind} day?", f"The {look}."),
    ]
