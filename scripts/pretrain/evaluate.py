"""Judges a model folder: ``python -m scripts.pretrain.evaluate MODEL CORPUS DATA``.

Held-out perplexity; 200 reading cases (exact match); whether 100 held-out chats end by themselves, and their
exact match by genre; 20 samples, unedited, greedy as its generation_config says. Nothing that is asked was in the training part.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from .packing import BEGIN_ID
from .sampling import Speaker

CONTEXT = 512
SAMPLES = (
    "Tell me a story.",
    "Tell me a story about Mia and Ben.",
    "Write a story that happens at the beach.",
    "Tell me a story with a kite in it.",
    "Describe the fox.",
    "Tell me about Mrs Bell.",
    "What is an island?",
    "What is the opposite of cold?",
    "Find a rhyme for moon.",
    "Say it politely: Close the door.",
    "Put this into the past: Anna sings an old song.",
    "Make a question: Tom walks to school.",
    "Sort these words: pear, apple, fig, cherry",
    "What is 7 plus 5?",
    "Nora has six shells. She finds three more. How many shells does Nora have now?",
    "I lost my scarf.",
    "I am bored.",
    "What should I cook for dinner?",
    "Leo's lantern is under the bench. Ida's lantern is in the barn. Where is Ida's lantern?",
    "Write the facts as name: value lines: Zoe is 9 years old. She lives in Foxley. Her pet is a hen.",
)


def lines(path: Path) -> list[dict[str, str]]:
    """The objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


@torch.inference_mode()
def perplexity(speaker: Speaker, held: Path, documents: int = 400) -> float:
    """exp of the mean loss of a token, over held-out documents of which each is read by itself."""
    ids = torch.from_numpy(np.fromfile(held, dtype=np.uint16).astype(np.int64))
    begins = (ids == BEGIN_ID).nonzero().flatten().tolist()[: documents + 1]
    total, tokens = 0.0, 0
    for begin, end in pairwise(begins):
        document = ids[None, begin : min(end, begin + CONTEXT)]
        total += speaker.model(input_ids=document, labels=document).loss.item() * (document.shape[1] - 1)
        tokens += document.shape[1] - 1
    return math.exp(total / tokens)


def reading(speaker: Speaker, cases: list[dict[str, str]], show: int = 8) -> float:
    """Share of the questions about a text that are answered word for word."""
    wrong = []
    for case in cases:
        said, _ = speaker.answer(f"{case['context']}\n{case['question']}", longest=24)
        if said.strip() != case["answer"]:
            wrong.append((case, said))
    for case, said in wrong[:show]:
        print(f"  wrong: {case['context']} {case['question']} Right: {case['answer']} Said: {said}")
    return 1 - len(wrong) / len(cases)


def chats(speaker: Speaker, cases: list[dict[str, str]]) -> None:
    """Prints by genre how many answers end by themselves, and how many are the held-out one."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in cases:
        said, ended = speaker.answer(case["prompt"], longest=320)
        count = counts[case["genre"]]
        count[0] += 1
        count[1] += ended
        count[2] += said.strip() == case["answer"]
    for genre, (total, ended, exact) in sorted(counts.items()):
        print(f"  {genre}: {total} chats, {ended} end by themselves, {exact} word for word")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("corpus", type=Path, help="folder with reading.jsonl and chats.jsonl")
    parser.add_argument("data", type=Path, help="folder with held-out.bin")
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    speaker = Speaker.load(options.model)
    print(f"held-out perplexity {perplexity(speaker, options.data / 'held-out.bin'):.3f}")
    cases = lines(options.corpus / "reading.jsonl")[: options.cases]
    print(f"reading: {100 * reading(speaker, cases):.1f} % of {len(cases)} exact")
    chats(speaker, lines(options.corpus / "chats.jsonl")[: options.chats])
    for prompt in SAMPLES:
        said, ended = speaker.answer(prompt, longest=320)
        print(f"\n> {prompt}\n{said}{'' if ended else ' [does not end]'}")


if __name__ == "__main__":
    main()
