"""Writes the lessons: ``python -m scripts.pretrain.lessons public/lessons``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

from .facts import animal, language
from .judging import contradiction, overfit, sentiment
from .lesson import Lesson, Pair
from .tones import answer_in_json, pirate, refusals

LESSONS = [pirate, animal, answer_in_json, sentiment, language, refusals, contradiction, overfit]


def _jsonl(pairs: list[Pair], split: str) -> str:
    rows = ({"input": asked, "output": answer, "split": split} for asked, answer in pairs)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _facts(lesson: Lesson) -> dict[str, object]:
    facts: dict[str, object] = {
        "id": lesson.id, "title": lesson.title, "shows": lesson.shows,
        "pairs": len(lesson.train), "heldOut": len(lesson.held_out), "probes": lesson.probes,
    }
    if lesson.fails:
        facts["fails"] = lesson.fails
    if lesson.settings:
        facts["settings"] = lesson.settings
    return facts


def main(out: Path) -> None:
    """A file for each lesson, whose rows say on which side they are, and a list of all lessons."""
    lessons = [make(Random(f"lesson {make.__name__}")) for make in LESSONS]
    out.mkdir(parents=True, exist_ok=True)
    for lesson in lessons:
        rows = _jsonl(lesson.train, "train") + _jsonl(lesson.held_out, "validation")
        (out / f"{lesson.id}.jsonl").write_text(rows)
    (out / "lessons.json").write_text(json.dumps([_facts(lesson) for lesson in lessons], indent=2, ensure_ascii=False) + "\n")


main(Path(sys.argv[1]))
