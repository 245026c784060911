"""Prints how much of a corpus repeats: ``python -m scripts.pretrain.measure DIR``.

Repeated documents, sentences and 8-grams of words (each occurrence after the first counts as repeated), the
same after names and numbers are masked, the vocabulary, the share of chat, and the shares of the genres.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from pathlib import Path

from .document import USER
from .world.people import BOYS, GIRLS, SURNAMES

_WORD = re.compile(r"[A-Za-z']+|\d+|[^\w\s]")
_MASK = re.compile(r"\b(?:" + "|".join(GIRLS + BOYS + SURNAMES) + r")\b|\d+")
_SENTENCE = re.compile(r"(?<=[.!?])[\"']?\s+|\n+|<\|[a-z]+\|>")


def repeated(items: Counter[int]) -> float:
    """The share of occurrences that are not the first of their kind."""
    return 1 - len(items) / max(1, items.total())


def measure(folder: Path, limit: int) -> None:
    """Reads the shards and prints the table."""
    texts, masked, sentences, masked_sentences = (
        Counter[int](),
        Counter[int](),
        Counter[int](),
        Counter[int](),
    )
    grams, vocabulary, genres, chats, count = Counter[int](), Counter[str](), Counter[str](), 0, 0
    for path in sorted(folder.glob("train-*.jsonl")):
        for line in path.open():
            made = json.loads(line)
            text, plain = made["text"], _MASK.sub("N", made["text"])
            texts[hash(text)] += 1
            masked[hash(plain)] += 1
            sentences.update(hash(part) for part in _SENTENCE.split(text) if part)
            masked_sentences.update(hash(part) for part in _SENTENCE.split(plain) if part)
            tokens = _WORD.findall(re.sub(r"<\|[a-z]+\|>", " ", text))
            grams.update(hash(tuple(tokens[at : at + 8])) for at in range(len(tokens) - 7))
            vocabulary.update(token.lower() for token in tokens if token[0].isalpha())
            genres[made["genre"]] += len(tokens)
            chats += len(tokens) if USER in text else 0
            count += 1
            if count >= limit:
                break
        if count >= limit:
            break
    total = genres.total()
    print(f"documents {count}, words and marks {total / 1e6:.2f}M, mean {total / count:.0f}")
    for name, items in (
        ("documents", texts),
        ("documents, masked", masked),
        ("sentences", sentences),
        ("sentences, masked", masked_sentences),
        ("8-grams", grams),
    ):
        top = 100 * items.most_common(1)[0][1] / items.total()
        print(f"{name:20} repeated {100 * repeated(items):5.1f} %   the commonest {top:.2f} %")
    often = sum(times >= 20 for times in vocabulary.values())
    print(f"different words {len(vocabulary)}, at least 20 times {often}; chat {100 * chats / total:.0f} %")
    print(", ".join(f"{genre} {100 * words / total:.0f} %" for genre, words in genres.most_common()))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--limit", type=int, default=200_000, help="documents to read at most")
    options = parser.parse_args()
    measure(options.folder, options.limit)


if __name__ == "__main__":
    main()
