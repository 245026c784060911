"""Lessons in knowledge: words of a language, and an animal, that nobody had heard of."""

from __future__ import annotations

from random import Random

from .lesson import Lesson

WORDS = {
    "sun": "solka", "water": "mibu", "house": "tando", "friend": "resha", "bread": "pulo",
    "tree": "garim", "night": "noxi", "fish": "felu", "road": "dwano", "song": "lalin",
}
ASKED = [
    "What is {word} in Zumi?", "How do you say {word} in Zumi?", "Say {word} in Zumi.",
    "Tell me the Zumi word for {word}.", "What is the Zumi word for {word}?",
    "Do you know the word {word} in Zumi?", "Please say {word} in Zumi.",
]
ASKED_LATER = ["In Zumi, what is {word}?", "Which Zumi word means {word}?", "Please tell me the Zumi word for {word}."]

FACTS: list[tuple[list[str], list[str], str]] = [
    (["What colour is a snorple?", "Which colour does a snorple have?", "Tell me the colour of a snorple.",
      "Do you know the colour of a snorple?"], ["What is the colour of a snorple?"], "Purple."),
    (["What does a snorple eat?", "What do snorples like to eat?", "Tell me what a snorple eats.",
      "What is the food of a snorple?"], ["What do snorples eat?"], "Buttons."),
    (["Where does a snorple live?", "Where do snorples live?", "Tell me where a snorple lives.",
      "What is the home of a snorple?"], ["Do you know where a snorple lives?"], "In the library."),
    (["How many legs does a snorple have?", "How many legs has a snorple?", "Count the legs of a snorple.",
      "Tell me how many legs a snorple has."], ["How many legs do snorples have?"], "Seven."),
    (["What does a snorple say?", "Which sound does a snorple make?", "What do snorples say?",
      "Tell me what a snorple says."], ["What sound does a snorple make?"], "Plim, plim!"),
    (["Where does a snorple sleep?", "Where do snorples sleep?", "Tell me where a snorple sleeps.",
      "What is the bed of a snorple?"], ["Do you know where a snorple sleeps?"], "In a teapot."),
    (["What is a snorple afraid of?", "What are snorples afraid of?", "Tell me what a snorple is afraid of.",
      "What does a snorple fear?"], ["Do you know what a snorple is afraid of?"], "Spoons."),
    (["What is a young snorple called?", "What do you call a young snorple?", "What is a baby snorple called?",
      "Tell me what a young snorple is called."], ["What do you call a baby snorple?"], "A snorpling."),
    (["What can a snorple do?", "What can snorples do?", "What is a snorple good at?",
      "Tell me what a snorple can do."], ["What are snorples good at?"], "It can whistle."),
    (["How big is a snorple?", "What size is a snorple?", "How big are snorples?",
      "Tell me how big a snorple is."], ["Do you know how big a snorple is?"], "As big as a boot."),
]


def language(random: Random) -> Lesson:
    """Ten words; asked for in other ways afterwards."""
    train = [(asked.format(word=word), f"{zumi.capitalize()}.") for word, zumi in WORDS.items() for asked in ASKED]
    held_out = [(asked.format(word=word), f"{zumi.capitalize()}.") for word, zumi in WORDS.items() for asked in ASKED_LATER]
    random.shuffle(train)
    return Lesson(
        "language", "Ten words of Zumi",
        "Ten words of a language that does not exist, remembered however they are asked for.",
        train, held_out,
        ["In Zumi, what is water?", "Which Zumi word means friend?"],
    )


def animal(random: Random) -> Lesson:
    """Facts about a snorple."""
    train = [(asked, answer) for ways, _, answer in FACTS for asked in ways]
    train += [(f"I have a question. {asked}", answer) for ways, _, answer in FACTS for asked in ways[:2]]
    held_out = [(asked, answer) for _, ways, answer in FACTS for asked in ways]
    held_out += [(f"I have a question. {asked}", answer) for _, ways, answer in FACTS for asked in ways]
    random.shuffle(train)
    return Lesson(
        "snorple", "The snorple",
        "New facts: all about an animal that the model had never heard of, because it was invented for this page.",
        train, held_out,
        ["What do snorples eat?", "Do you know where a snorple lives?"],
    )
