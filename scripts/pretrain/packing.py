"""Rows of whole documents: none begins in the middle, where what is asked for was never seen."""

from __future__ import annotations

from bisect import bisect_right, insort

import numpy as np

from .document import BEGIN, SPECIAL_TOKENS

BEGIN_ID = SPECIAL_TOKENS.index(BEGIN)
WAITING = 256


def packed(ids: np.ndarray, length: int) -> np.ndarray:
    """Rows [n, length + 1]: the longest of the documents that wait, then whatever still fits; a longer one is cut, room left is BEGIN."""
    room = length + 1
    begins = np.flatnonzero(ids == BEGIN_ID)
    sizes = np.minimum(np.diff(np.append(begins, len(ids))), room)
    waiting: list[tuple[int, int]] = []
    rows: list[np.ndarray] = []
    for size, begin in zip(sizes.tolist(), begins.tolist()):
        insort(waiting, (size, begin))
        if len(waiting) >= WAITING:
            rows.append(_row(ids, waiting, room))
    while waiting:
        rows.append(_row(ids, waiting, room))
    return np.stack(rows)


def _row(ids: np.ndarray, waiting: list[tuple[int, int]], room: int) -> np.ndarray:
    row, at = np.full(room, BEGIN_ID, dtype=ids.dtype), 0
    while fitting := bisect_right(waiting, (room - at, len(ids))):
        size, begin = waiting.pop(fitting - 1)
        row[at : at + size] = ids[begin : begin + size]
        at += size
    return row
