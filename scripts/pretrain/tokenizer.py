"""Makes the tokenizer: ``python -m scripts.pretrain.tokenizer CORPUS OUT``.

A byte-level BPE of 4,096 tokens with single digits, in Hugging Face layout with the chat template.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from .document import BEGIN, CHAT_TEMPLATE, END, SPECIAL_TOKENS

VOCABULARY = 4096


def texts(folder: Path, limit: int) -> Iterator[str]:
    """The documents of a corpus without their special tokens."""
    for path in sorted(folder.glob("train-*.jsonl")):
        for line in path.open():
            if limit == 0:
                return
            limit -= 1
            text = json.loads(line)["text"]
            for token in SPECIAL_TOKENS:
                text = text.replace(token, "\n")
            yield text


def make(corpus: Path, out: Path, limit: int) -> None:
    """Trains the merges and writes the folder."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=SPECIAL_TOKENS,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(texts(corpus, limit), trainer)
    out.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(out / "tokenizer.json"))
    special = {"bos_token": BEGIN, "eos_token": END, "pad_token": END}
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        **special,
        "model_max_length": 512,
        "clean_up_tokenization_spaces": False,
        "add_bos_token": False,
        "add_eos_token": False,
        "chat_template": CHAT_TEMPLATE,
        "added_tokens_decoder": {
            str(index): {
                "content": token,
                "lstrip": False,
                "normalized": False,
                "rstrip": False,
                "single_word": False,
                "special": True,
            }
            for index, token in enumerate(SPECIAL_TOKENS)
        },
    }
    (out / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    (out / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n")
    check(corpus, out)


def check(corpus: Path, out: Path) -> None:
    """Holds the folder to what transformers makes of it."""
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(out)
    samples = ['{"name": "Mia", "age": 7}', "Ahoy, matey! 1234 ünïcödé 🐙\n\ttabs", *texts(corpus, 300)]
    for sample in samples:
        if loaded.decode(loaded(sample)["input_ids"]) != sample:
            raise SystemExit(f"does not round-trip: {sample!r}")
    turns = [
        {"role": "user", "content": "Hello!"},
        {"role": "assistant", "content": "Hi!"},
        {"role": "user", "content": "Bye!"},
    ]
    shown = loaded.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    if shown != f"{BEGIN}<|user|>Hello!<|assistant|>Hi!{END}<|user|>Bye!<|assistant|>":
        raise SystemExit(f"chat template: {shown}")
    words = sum(len(sample.split()) for sample in samples)
    pieces = sum(len(loaded(sample)["input_ids"]) for sample in samples)
    print(f"{len(loaded)} tokens, {pieces / words:.2f} tokens a word; round trip and chat template hold")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--documents", type=int, default=150_000)
    options = parser.parse_args()
    make(options.corpus, options.out, options.documents)


if __name__ == "__main__":
    main()
