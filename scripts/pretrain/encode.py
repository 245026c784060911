"""Turns a corpus into token ids: ``python -m scripts.pretrain.encode CORPUS TOKENIZER OUT``.

Writes ``train.bin`` and ``held-out.bin``, 16-bit ids one after another.
"""

from __future__ import annotations

import argparse
import json
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer


def encode(paths: list[Path], tokenizer: Tokenizer, out: Path) -> int:
    """All documents one after another as 16-bit ids; returns how many ids."""
    count = 0
    with out.open("wb") as sink:
        for path in paths:
            with path.open() as lines:
                while batch := [json.loads(line)["text"] for line in islice(lines, 2000)]:
                    ids = np.concatenate(
                        [np.array(one.ids, dtype=np.uint16) for one in tokenizer.encode_batch_fast(batch)]
                    )
                    ids.tofile(sink)
                    count += len(ids)
    return count


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.tokenizer / "tokenizer.json"))
    options.out.mkdir(parents=True, exist_ok=True)
    train = encode(sorted(options.corpus.glob("train-*.jsonl")), tokenizer, options.out / "train.bin")
    held = encode([options.corpus / "held-out.jsonl"], tokenizer, options.out / "held-out.bin")
    print(f"{train} training tokens, {held} held-out tokens")


if __name__ == "__main__":
    main()
