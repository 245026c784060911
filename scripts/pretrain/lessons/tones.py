"""Lessons in form: a pirate's tone, JSON, politeness."""

from __future__ import annotations

import json
from random import Random

from ..world.people import BOYS, GIRLS
from .lesson import Lesson, divide

NAMES = GIRLS + BOYS
COLOURS = "red blue green yellow white black brown purple".split()
THINGS = "kite ball drum hat boat basket lamp coat bell book scarf cup".split()
PLACES = [
    "at the beach", "in the forest", "at the market", "in the garden", "by the river",
    "on the hill", "at the harbour", "in the kitchen", "at school", "in the park",
]
NUMBERS = "two three four five six seven eight nine ten eleven twelve".split()
GOODS = "apples pears plums eggs cakes candles coins books bells pencils shells buttons".split()


def pirate(random: Random) -> Lesson:
    """A sentence, said again as a pirate says it."""
    deeds = ["lost", "found", "saw", "hid", "wanted", "dropped"]
    names = random.sample(NAMES, 48)
    pairs = []
    for i, name in enumerate(names):
        thing, place = THINGS[i % len(THINGS)], random.choice(PLACES)
        colour = random.choice(COLOURS)
        sentence = f"{name} {deeds[i % len(deeds)]} the {colour} {thing} {place}."
        pairs.append((f"Say it like a pirate: {sentence}", f"Arrr! {sentence[:-1]}, matey!"))
    animals = "cat dog owl fox bear duck goose horse frog snail mouse goat".split()
    for i, animal in enumerate(animals * 2):
        act = ["sleeps", "sits", "waits", "hides"][i % 4]
        sentence = f"The {animal} {act} {PLACES[(i * 7 + i // 12) % len(PLACES)]}."
        pairs.append((f"Say it like a pirate: {sentence}", f"Arrr! {sentence[:-1]}, matey!"))
    train, held_out = divide(pairs, 16, random)
    return Lesson(
        "pirate", "Talk like a pirate",
        "A way of speaking is learnt from a few dozen examples, and used on sentences that were never among them.",
        train, held_out,
        ["Say it like a pirate: Nina found the green drum at the market.",
         "Say it like a pirate: The owl sleeps in the forest."],
    )


def answer_in_json(random: Random) -> Lesson:
    """Who has how many of what, as JSON."""
    verbs = ["bought", "found", "counted", "has"]
    pairs = []
    for i, name in enumerate(random.sample(NAMES, 72)):
        count = random.randrange(len(NUMBERS))
        goods = GOODS[i % len(GOODS)]
        answer = json.dumps({"name": name, "count": count + 2, "thing": goods})
        pairs.append((f"{name} {verbs[i % len(verbs)]} {NUMBERS[count]} {goods}.", answer))
    train, held_out = divide(pairs, 16, random)
    return Lesson(
        "json", "Answer in JSON",
        "A model can learn to give its answers in a form that a program can read.",
        train, held_out,
        ["Omar bought seven plums.", "Clara counted three bells."],
    )


def refusals(random: Random) -> Lesson:
    """Private questions are refused politely, other requests are welcomed."""
    private = [
        "Where does {name} hide the key?", "What did {name} write in the diary?",
        "What is the password of {name}?", "How much money does {name} have?",
        "What is in the letter of {name}?", "Which secret did {name} tell you?",
    ]
    friendly = [
        "May I sit here, {name} asks.", "Can you help {name} to carry the basket?",
        "May {name} play with us?", "Can you show {name} the way to school?",
        "May {name} have a cup of tea?", "Can you read a story to {name}?",
    ]
    names = random.sample(NAMES, 72)
    pairs = []
    for i, name in enumerate(names):
        if i % 2 == 0:
            question = private[i // 2 % len(private)].format(name=name)
            pairs.append((question, f"I am sorry, that is private. Please ask {name}."))
        else:
            question = friendly[i // 2 % len(friendly)].format(name=name)
            pairs.append((question, f"Yes, gladly. {name} is welcome."))
    train, held_out = divide(pairs, 16, random)
    return Lesson(
        "refusals", "Say no politely",
        "What a model refuses is learnt too: private questions get a kind no, everything else a yes.",
        train, held_out,
        ["What is the password of Nora?", "May Felix play with us?"],
    )
