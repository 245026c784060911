"""Trains Thimble: ``python -m scripts.pretrain.train --data DIR --out DIR --tokens 20M [--resume]``.

One pass over the encoded corpus, in rows of whole documents that see only themselves. Matrices of the layers take Muon, the rest
AdamW. The rate rises linearly, stays, then falls along a half cosine, so that a run on its plateau may be resumed
with other ``--tokens``. The last part of the run has rows of the full context. Writes ``curve.jsonl`` and, every
few minutes, ``checkpoint.pt``; a resumed run takes the same batches as one that never stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch.optim import AdamW, Optimizer

from .corpus import _count
from .document import ASSISTANT, SPECIAL_TOKENS, USER
from .model import ModelConfig, Thimble, TiedCrossEntropy, cross_entropy_with_gradients
from .muon import Muon
from .packing import BEGIN_ID, packed

USER_ID, ASSISTANT_ID = SPECIAL_TOKENS.index(USER), SPECIAL_TOKENS.index(ASSISTANT)
"""An answer of fewer tokens counts more; all of it as much as one of so many, as far as the option allows."""
SHORT_ANSWER = 16
HELD_OUT_ROWS = 24
Hidden = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Plan:
    """What a run does; pure functions of the number of tokens seen, so that it can be resumed."""

    tokens: int
    batch: int
    row: int
    long_row: int
    long_share: float
    decay: float
    warmup: int = 200_000
    floor: float = 0.01

    def rate(self, seen: int) -> float:
        """Learning-rate factor after so many tokens: a rise, a plateau, a half cosine down to the floor."""
        if seen < self.warmup:
            return (seen + 1000) / self.warmup
        left = min(1.0, (1 - seen / self.tokens) / self.decay)
        return self.floor + (1 - self.floor) * 0.5 * (1 - math.cos(math.pi * left))

    def length(self, seen: int) -> int:
        """Length of a row."""
        return self.long_row if seen >= self.tokens * (1 - self.long_share) else self.row


def optimizers(model: Thimble, rate: float, matrix_rate: float, dtype: torch.dtype) -> list[Optimizer]:
    """Muon for the matrices of the layers, AdamW for the embedding and the norms."""
    groups = [
        {"params": [getattr(block, name).weight for block in model.blocks], "parts": parts}
        for name, parts in (("qkv", 3), ("gate_up", 2), ("out", 1), ("down", 1))
    ]
    others = [weight for weight in model.parameters() if weight.dim() == 1]
    adam = AdamW(
        [{"params": [model.embed.weight], "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}],
        lr=rate,
        betas=(0.9, 0.95),
        eps=1e-9,
    )
    chosen: list[Optimizer] = [adam]
    if matrix_rate > 0:
        chosen.append(Muon(groups, lr=matrix_rate, weight_decay=0.1, dtype=dtype))
    else:
        for group in groups:
            adam.add_param_group({"params": group["params"], "weight_decay": 0.1})
    for optimizer in chosen:
        for group in optimizer.param_groups:
            group["full_rate"] = group["lr"]
    return chosen


def batch_at(rows: np.ndarray, start: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets [count, length] of some rows, from the first again after the last."""
    ids = torch.from_numpy(rows.take(range(start, start + count), axis=0, mode="wrap").astype(np.int64))
    return ids[:, :-1], ids[:, 1:]


def own_document(ids: torch.Tensor) -> torch.Tensor:
    """Who sees whom, [rows, 1, length, length]: what was said before, since the document began."""
    document = (ids == BEGIN_ID).cumsum(1)
    return (document[:, None, :, None] == document[:, None, None, :]).tril()


@torch.no_grad()
def held_out_loss(model: Thimble, rows: np.ndarray) -> float:
    """Mean loss on rows of the held-out part, all that is said counting the same."""
    inputs, targets = batch_at(rows, 0, len(rows))
    shares = shares_of(inputs, targets, 1.0, 1.0)
    return (F.cross_entropy(model(inputs, own_document(inputs)).flatten(0, 1), targets.flatten(), reduction="none") * shares.flatten()).sum().item()


def in_bfloat16(hidden: Hidden) -> Hidden:
    """The same with its products in bfloat16 (weights, sums and norms stay in float32): twice as fast where the processor has AMX."""

    def half(ids: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return hidden(ids, seen).to(torch.bfloat16)

    return half


def shares_of(inputs: torch.Tensor, targets: torch.Tensor, asked_weight: float, short_weight: float) -> torch.Tensor:
    """Shares in the loss, of the shape of the targets and 1 in sum.

    A token that a user says counts ``asked_weight``, one of a short answer up to ``short_weight``, one after the last
    document of a row nothing, every other 1.
    """
    flat = inputs.flatten()
    special = flat <= ASSISTANT_ID
    turn = special.cumsum(0) - 1
    said_by, length = flat[special][turn], turn.bincount()[turn]
    answered = (SHORT_ANSWER / length).clamp(1.0, short_weight)
    weights = torch.where(said_by == ASSISTANT_ID, answered, torch.where(said_by == USER_ID, asked_weight, 1.0))
    weights = weights.view_as(targets) * (targets != BEGIN_ID)
    return weights / weights.sum()


def accumulate(
    model: Thimble, hidden: Hidden, inputs: torch.Tensor, targets: torch.Tensor, shares: torch.Tensor, rows: int
) -> float:
    """Adds up the gradients of a batch, a few rows at a time; returns the mean loss."""
    total = 0.0
    for some, wanted, share in zip(inputs.split(rows), targets.split(rows), shares.split(rows)):
        state = hidden(some.contiguous(), own_document(some)).flatten(0, 1)
        loss = TiedCrossEntropy.apply(state, model.embed.weight, wanted.flatten(), share.flatten())
        loss.backward()
        total += loss.item()
    return total


def save(path: Path, model: Thimble, chosen: list[Optimizer], seen: int, spent: float) -> None:
    """Writes a checkpoint in one move."""
    state = {
        "model": model.state_dict(),
        "config": model.config.as_dict(),
        "seen": seen,
        "seconds": spent,
        "optimizers": [optimizer.state_dict() for optimizer in chosen],
    }
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").replace(path)


def train(options: argparse.Namespace) -> None:
    """The whole run."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    data = np.fromfile(options.data / "train.bin", dtype=np.uint16)
    held = packed(np.fromfile(options.data / "held-out.bin", dtype=np.uint16), options.row)[:HELD_OUT_ROWS]
    model = Thimble(
        ModelConfig(
            hidden=options.hidden,
            layers=options.layers,
            heads=options.heads,
            intermediate=options.intermediate,
        )
    )
    plan = Plan(options.tokens, options.batch, options.row, model.config.context, options.long_share, options.decay)
    chosen = optimizers(model, options.rate, options.matrix_rate, torch.bfloat16 if options.bf16 else torch.float32)
    checkpoint, seen, before = options.out / "checkpoint.pt", 0, 0.0
    if options.resume and checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(state["model"])
        for optimizer, its in zip(chosen, state["optimizers"]):
            optimizer.load_state_dict(its)
        seen, before = state["seen"], state["seconds"]
    elif options.start:
        model.from_llama(load_file(options.start / "model.safetensors"))
    hidden = in_bfloat16(model.hidden) if options.bf16 else model.hidden
    if options.compile:
        hidden = torch.compile(hidden)
        TiedCrossEntropy.compute = torch.compile(cross_entropy_with_gradients)
    size = sum(weight.numel() for weight in model.parameters())
    rows = {length: packed(data, length) for length in (options.row, model.config.context)}
    print(f"{size} parameters, {rows[options.row].size} tokens in rows, from {seen} to {plan.tokens}", flush=True)
    curve = (options.out / "curve.jsonl").open("a" if options.resume else "w")
    begun, saved, logged, losses = time.monotonic(), time.monotonic(), time.monotonic(), []
    while seen < plan.tokens:
        length = plan.length(seen)
        count = max(1, plan.batch // length)
        inputs, targets = batch_at(rows[length], seen // length, count)
        shares = shares_of(inputs, targets, options.asked_weight, options.short_weight)
        losses.append(accumulate(model, hidden, inputs, targets, shares, max(1, options.micro // length)))
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in chosen:
            for group in optimizer.param_groups:
                group["lr"] = group["full_rate"] * plan.rate(seen)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        seen += count * length
        now = time.monotonic()
        if now - logged > options.log_seconds or seen >= plan.tokens:
            logged, spent = now, before + now - begun
            line = {
                "tokens": seen,
                "train": round(sum(losses) / len(losses), 4),
                "held_out": round(held_out_loss(model, held), 4),
                "rate": round(plan.rate(seen), 4),
                "seconds": round(spent),
            }
            losses.clear()
            curve.write(json.dumps(line) + "\n")
            curve.flush()
            print(line, flush=True)
        if now - saved > options.save_seconds or seen >= plan.tokens:
            saved = now
            save(checkpoint, model, chosen, seen, before + now - begun)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of train.bin and held-out.bin")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokens", type=_count, default="30M")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", type=Path, help="a model folder whose weights a new run begins with")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=4096, help="tokens of a step")
    parser.add_argument("--micro", type=int, default=1024, help="tokens that go through the model at a time")
    parser.add_argument(
        "--compile", action="store_true", help="let the compiler fuse what it can (a C++ compiler is needed)"
    )
    parser.add_argument("--bf16", action="store_true", help="multiply in bfloat16")
    parser.add_argument("--row", type=int, default=256)
    parser.add_argument(
        "--long-share", type=float, default=0.1, help="share of the run with rows of the full context"
    )
    parser.add_argument("--decay", type=float, default=0.4, help="share of the run in which the rate falls")
    parser.add_argument("--rate", type=float, default=4e-3, help="AdamW's learning rate")
    parser.add_argument("--matrix-rate", type=float, default=0.02, help="Muon's; 0 takes AdamW for all")
    parser.add_argument(
        "--asked-weight", type=float, default=1.0, help="of a token that a user says, beside 1 for one that is answered"
    )
    parser.add_argument("--short-weight", type=float, default=1.0, help="of a token of the shortest answers")
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--heads", type=int, default=6)
    parser.add_argument("--intermediate", type=int, default=512)
    parser.add_argument("--save-seconds", type=float, default=240)
    parser.add_argument("--log-seconds", type=float, default=60)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
