"""The cell function F(c) = c log c, less `off` where c > 0, of counts, in fixed point.

Small counts, which are almost all, are looked up; F of the others is evaluated, to the same bits.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mifs._kernels.elementary import log
from mifs._kernels.twins import twin
from mifs._typing import AnyArray, FloatArray, IntArray

TABLES_KEPT = 4  # of at most a megabyte each: two estimates take two


class CellTable(NamedTuple):
    """A cell function: F of every count from 0 below some other, and what tells it of the rest.

    Attributes
    ----------
    values : ndarray of int64 of shape (n_values,)
        F of the counts from 0 on.
    steps : ndarray of int64 of shape (n_values,), or None
        What F grows by at each of them; only where they reach all samples.
    off : float
        What is taken off.
    scale : float
        Of the fixed point, a power of two.
    """

    values: IntArray
    steps: IntArray | None
    off: float
    scale: float

    @classmethod
    @lru_cache(maxsize=TABLES_KEPT)
    def of(cls, n_samples: int, most: int, off: float, scale: float) -> CellTable:
        """Keep F of all counts up to that of all samples, or of at most so many.

        Fits to as many samples share what was made last.
        """
        values = evaluated(np.arange(min(n_samples + 1, most)), off, scale)
        steps = np.append(values[1:], 0) - values if n_samples < most else None
        for shared in (values, steps):
            if shared is not None:
                shared.flags.writeable = False
        return cls(values, steps, off, scale)


def cell_function(counts: AnyArray, off: float) -> FloatArray:
    """F of some counts, which may be fractions."""
    c = counts.astype(np.float64)
    found: FloatArray = c * log(c) - off * (c > 0)
    return found


@twin("counting")
def evaluated(counts: AnyArray, off: float, scale: float) -> IntArray:
    """F of some counts in fixed point; no product with the scale reaches 2**62."""
    return np.rint(cell_function(counts, off) * scale).astype(np.int64)


def cell_values(counts: IntArray, f: CellTable) -> IntArray:
    """F of some counts, looked up where it is kept."""
    found = f.values.take(counts, mode="clip")
    beyond = counts >= len(f.values)
    if beyond.any():
        found[beyond] = evaluated(counts[beyond], f.off, f.scale)
    return found
