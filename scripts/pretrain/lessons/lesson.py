"""What a lesson is, and how its pairs are divided."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

Pair = tuple[str, str]


@dataclass(frozen=True)
class Lesson:
    """Pairs to learn from, pairs to be asked afterwards, and the words the page says about them."""

    id: str
    title: str
    shows: str
    """A sentence on what it shows."""
    train: list[Pair]
    held_out: list[Pair]
    probes: list[str]
    """Prompts to watch while it learns."""
    fails: str | None = None
    """Why it does not learn, where it is made not to."""
    settings: dict[str, Any] = field(default_factory=dict)
    """Settings that differ from the defaults, by the names of ``npm run finetune``."""

    def __post_init__(self) -> None:
        shared = {asked for asked, _ in self.train} & {asked for asked, _ in self.held_out}
        if shared:
            raise ValueError(f"{self.id}: held-out prompts are learnt from: {sorted(shared)}")


def divide(pairs: list[Pair], held_out: int, random: Random) -> tuple[list[Pair], list[Pair]]:
    """Shuffled, with ``held_out`` of them kept apart."""
    mixed = pairs[:]
    random.shuffle(mixed)
    return mixed[held_out:], mixed[:held_out]
