"""Sentiment in one word; and two lessons that cannot go well."""

from __future__ import annotations

from random import Random

from ..world.people import BOYS, GIRLS
from .lesson import Lesson, Pair, divide

NAMES = GIRLS + BOYS
GOOD = [
    "The soup was warm and tasted wonderful.", "{name} got a lovely present.", "We laughed all day.",
    "The sun shone and everybody was happy.", "{name} found the lost dog.", "The cake was sweet and soft.",
    "{name} smiled and said thank you.", "Our team won the race.", "The garden is full of pretty flowers.",
    "{name} was proud of the tall tower.", "Grandmother told us a wonderful story.", "The new shoes are lovely.",
    "{name} learnt to swim today.", "The baby laughed.", "We had a wonderful day at the beach.",
    "{name} made a new friend.", "The music was lovely.", "The bread is fresh and warm.",
    "{name} was excited about the fair.", "The little cat is safe again.", "Everybody thanked {name}.",
    "We danced and sang all evening.", "The picture is very pretty.", "{name} was brave and helped us.",
]
BAD = [
    "The soup was cold and tasted horrible.", "{name} lost the new kite.", "We cried all day.",
    "It rained and everybody was sad.", "{name} broke the old vase.", "The cake was dry and burnt.",
    "{name} was angry and shouted.", "Our team lost the race.", "The garden is full of dead flowers.",
    "{name} was ashamed of the lie.", "Grandmother is sick today.", "The new shoes are broken.",
    "{name} was afraid of the dark.", "The baby cried.", "We had a horrible day at the beach.",
    "{name} was lonely and sad.", "The noise was horrible.", "The bread is old and hard.",
    "{name} was worried about the dog.", "The little cat is hurt.", "Everybody was angry with {name}.",
    "We were cold and hungry all evening.", "The picture is torn.", "{name} was jealous and sad.",
]
THINGS = "coat hat kite book house room bed garden boat bag chair tent cup doll scarf drum".split()
WORDS = {"Good.": "lovely wonderful pretty nice fine clean".split(), "Bad.": "horrible broken dirty ugly torn wet".split()}
FRAMES = ["The {thing} was {word}.", "{name} said that the {thing} was {word}.", "Was the {thing} {word}? Yes, it was.", "It was a {word} {thing}.",
          "{name} had a {word} {thing}.", "What a {word} {thing}!"]
FOODS = "plums pears cheese noodles bread cherries soup pancakes carrots honey rice nuts".split()


def _sentences(random: Random) -> list[Pair]:
    named = [(text.format(name=random.choice(NAMES)), label) for texts, label in ((GOOD, "Good."), (BAD, "Bad.")) for text in texts]
    again = [(text.format(name=random.choice(NAMES)), label)
             for texts, label in ((GOOD, "Good."), (BAD, "Bad.")) for text in texts if "{name}" in text]
    return list(dict.fromkeys(named + again))


def sentiment(random: Random) -> Lesson:
    """Good or bad, in one word: each word that decides comes several times, never twice with the same thing."""
    pairs = []
    for label, words in WORDS.items():
        for word in words:
            for thing in random.sample(THINGS, 8):
                text = random.choice(FRAMES).format(thing=thing, word=word, name=random.choice(NAMES))
                pairs.append((text.replace(" a ugly", " an ugly"), label))
    train, held_out = divide(pairs, 20, random)
    return Lesson(
        "sentiment", "Good or bad, in one word",
        "A model that talks can be made to judge: one word for whatever it reads.",
        train, held_out,
        ["The tent was torn and dirty.", "Tess had a lovely day."],
    )


def contradiction(random: Random) -> Lesson:
    """The same sentences with labels by the toss of a coin, many of them twice with both."""
    texts = [text for text, _ in _sentences(random)]
    random.shuffle(texts)
    kept, asked = texts[:44], texts[44:60]
    toss = ["Good.", "Bad."]
    train = [(text, random.choice(toss)) for text in kept[12:]]
    train += [(text, label) for text in kept[:12] for label in toss]
    random.shuffle(train)
    return Lesson(
        "contradiction", "Labels that contradict themselves",
        "What happens when the answers in the file make no sense.",
        train, [(text, random.choice(toss)) for text in asked],
        ["The pie was burnt and horrible.", "Tess won a lovely prize."],
        fails="Each label was decided by the toss of a coin, and twelve sentences have both. There is nothing to learn but the rows "
        "themselves: the training loss falls while the loss on unseen rows rises.",
        settings={"epochs": 20, "patience": 0},
    )


def overfit(random: Random) -> Lesson:
    """Six pairs, learnt far too often."""
    names = random.sample(NAMES, 18)
    pairs = [(f"What does {name} like to eat?", f"{name} likes {random.choice(FOODS)} best.") for name in names]
    return Lesson(
        "overfit", "Six pairs, a hundred times",
        "What happens when a model sees very little, very often.",
        pairs[:6], pairs[6:],
        [pairs[6][0], pairs[0][0]],
        fails="Six pairs are not enough to learn a rule from. After a hundred rounds it knows those six by heart and is surer of wrong "
        "answers to all others: the training loss goes to nothing while the loss on unseen rows rises.",
        settings={"epochs": 100, "patience": 0},
    )
