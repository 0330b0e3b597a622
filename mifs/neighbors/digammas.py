"""Digammas of counts, summed in 64-bit fixed point: the order of samples changes no digit."""

from functools import lru_cache

import numpy as np
from scipy.special import digamma

from mifs._typing import IntArray
from mifs.discrete.cells import fixed_point_scale, to_fixed_point

TABLE_ROWS = 1 << 16  # digammas are kept of smaller counts, which are nearly all


def psi_sum(counts: IntArray, n_samples: int) -> int:
    """Sum of the digammas of counts from 1 to n_samples, in fixed point."""
    if n_samples < TABLE_ROWS:
        return int(psi_table(n_samples)[counts].sum())
    blocks = (counts[start : start + TABLE_ROWS] for start in range(0, len(counts), TABLE_ROWS))
    return sum(int(psis(block, n_samples).sum()) for block in blocks)


def psis(counts: IntArray, n_samples: int) -> IntArray:
    """Digammas of counts from 1 to n_samples, in fixed point."""
    table = psi_table(n_samples)
    if n_samples < TABLE_ROWS or counts.max(initial=0) < TABLE_ROWS:
        return table[counts]
    return to_fixed_point(digamma(counts), _scale(n_samples))


def psi_table(n_samples: int) -> IntArray:
    """Digammas of counts up to n_samples, or below TABLE_ROWS of more samples."""
    return _table_of(min(n_samples + 1, TABLE_ROWS), _scale(n_samples))


@lru_cache(maxsize=16)
def _table_of(n_rows: int, scale: float) -> IntArray:
    table = digamma(np.arange(float(n_rows)))
    table[0] = 0.0  # a count of zero is left out before it gets here
    return to_fixed_point(table, scale)


_scale = lru_cache(maxsize=16)(fixed_point_scale)


def psi(count: int, n_samples: int) -> int:
    """Digamma of one count, in fixed point."""
    return int(psis(np.array([count]), n_samples)[0])


def mean(total: int, n_samples: int) -> float:
    """Nats per sample from a sum in fixed point."""
    return total / _scale(n_samples) / n_samples
