"""Made-up words, so that the model learns to copy what it has never seen."""

from __future__ import annotations

from ..text import Pen, words
from ..world.people import Person

_HEADS = words(
    "b, br, d, dr, f, fl, g, gl, gr, h, j, k, kl, l, m, n, p, pl, qu, r, s, sk, sl, sn, t, tr, v, w, y, z, zw"
)
_HEARTS = words("a, e, i, o, u, a, e, i, o, u, oo, ee, ai, ou")
_TAILS = words("b, d, f, g, k, l, m, n, p, r, s, t, x, z, nk, rt, sh, mp, ll, ff, , , ,") + ["", "", "", ""]
_ENDS = words("o, a, i, u, el, in, um, ak, ix, ot, et, is, or, an, oo, us, y")


def word(pen: Pen) -> str:
    """A word that no language has (nearly always)."""
    middle = pen.pick(_HEADS) + pen.pick(_HEARTS) if pen.maybe(0.3) else ""
    return pen.pick(_HEADS) + pen.pick(_HEARTS) + pen.pick(_TAILS) + middle + pen.pick(_ENDS)


def somebody(pen: Pen) -> Person:
    """A person with a made-up name."""
    return Person(word(pen).capitalize(), pen.maybe())
