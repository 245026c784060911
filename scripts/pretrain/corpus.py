"""Writes the corpus: ``python -m scripts.pretrain.corpus --tokens 40M --seed 1 --out DIR``.

Same seed, same text. Documents with a held-out combination go to ``held-out.jsonl``, their reading questions
to ``reading.jsonl`` and their chats to ``chats.jsonl``; no document is written twice.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .document import ASSISTANT, BEGIN, END, USER, Document
from .genres import crowds, describing, drills, formats, instructions, knowledge, mixed, numbers, reading, stories, talk, wishes
from .text import Pen

SHARD_DOCUMENTS = 50_000
WORDS_TO_TOKENS = 1.3
GENRES: tuple[tuple[Callable[[Pen], Document], float], ...] = (
    (stories.document, 0.16),
    (reading.document, 0.31),
    (instructions.document, 0.12),
    (knowledge.document, 0.06),
    (numbers.document, 0.06),
    (describing.document, 0.08),
    (talk.document, 0.06),
    (formats.document, 0.11),
    (mixed.document, 0.04),
    (drills.document, 0.02),
    (crowds.document, 0),
    (wishes.document, 0),
)


def documents(
    seed: int, wished: dict[str, float], asking: Sequence[tuple[str, float]] = ()
) -> Iterator[tuple[Document, bool]]:
    """An endless stream of documents that differ, each with whether it is held out.

    ``asking`` gives regular expressions, each with the share of documents that must hold a match of it.
    """
    pen, seen = Pen(seed), set[int]()
    patterns = [None, *(re.compile(pattern) for pattern, _ in asking)]
    pattern_shares = [1 - sum(share for _, share in asking), *(share for _, share in asking)]
    pattern = None
    makers = [make for make, _ in GENRES]
    shares = [wished.get(make.__module__.rsplit(".", 1)[-1], share) for make, share in GENRES]
    while True:
        pen.held_out = False
        made = pen.random.choices(makers, shares)[0](pen)
        fingerprint = hash(made.text)
        if fingerprint not in seen and (pattern is None or pattern.search(made.text)):
            seen.add(fingerprint)
            yield made, pen.held_out
            pattern = pen.random.choices(patterns, pattern_shares)[0] if asking else None


def chat_prompt(made: Document) -> dict[str, str] | None:
    """The first turn of a chat as a prompt with its answer."""
    if not made.text.startswith(BEGIN + USER):
        return None
    asked, rest = made.text[len(BEGIN + USER) :].split(ASSISTANT, 1)
    return {"genre": made.genre, "prompt": asked, "answer": rest.split(END, 1)[0]}


def _count(text: str) -> int:
    factor = {"K": 1_000, "M": 1_000_000}.get(text[-1].upper())
    return int(float(text[:-1]) * factor) if factor else int(text)


def write(
    stream: Iterator[tuple[Document, bool]], tokens: int, out: Path, held_documents: int = 3000
) -> None:
    """Shards of about so many tokens in all, and the held-out files."""
    out.mkdir(parents=True, exist_ok=True)
    shard, written, total = 0, 0, 0.0
    held: list[Document] = []
    sink = (out / "train-000.jsonl").open("w")
    for made, held_out in stream:
        if held_out:
            held.append(made)
            continue
        sink.write(json.dumps({"genre": made.genre, "text": made.text}) + "\n")
        written += 1
        total += len(made.text.split()) * WORDS_TO_TOKENS
        if total >= tokens and len(held) >= min(held_documents, written // 50):
            break
        if written % SHARD_DOCUMENTS == 0:
            sink.close()
            shard += 1
            sink = (out / f"train-{shard:03}.jsonl").open("w")
    sink.close()
    held = held[:held_documents]
    prompts = filter(None, map(chat_prompt, held))
    for name, lines in (
        ("held-out", ({"genre": made.genre, "text": made.text} for made in held)),
        ("reading", (made.cases[0] for made in held if made.cases)),
        ("chats", prompts),
    ):
        (out / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(f"{written} documents, about {total / 1e6:.1f}M tokens, {shard + 1} shards; {len(held)} held out")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=_count, default="40M", help="about how many tokens, such as 40M")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shares", default="", help="other shares of some genres, such as reading=0.5,numbers=0.1")
    parser.add_argument(
        "--asking",
        nargs=2,
        action="append",
        default=[],
        metavar=("PATTERN", "SHARE"),
        help="a share of the documents that must match a regular expression; may be given again",
    )
    options = parser.parse_args()
    pairs = (pair.split("=") for pair in options.shares.split(",") if pair)
    wished = {genre: float(share) for genre, share in pairs}
    asking = [(pattern, float(share)) for pattern, share in options.asking]
    write(documents(options.seed, wished, asking), options.tokens, options.out)


if __name__ == "__main__":
    main()
