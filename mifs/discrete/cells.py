"""Entropies of counts and their corrections, as exact sums of a cell function.

With n samples, a cell that is met c times and a cell function F, every entropy here is

    H = log n - (1/n) sum F(c),

so every information is a signed sum of F over tables and their margins. The plug-in has
F(c) = c log c. A correction is another F, or a mean by chance taken off the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from mifs._typing import FloatArray, IntArray


def plug_in(counts: IntArray) -> FloatArray:
    """Maximum likelihood: the entropy of the observed shares."""
    return xlogy(counts, counts)


def miller_madow(counts: IntArray) -> FloatArray:
    """Half a count for every occupied cell (Miller 1955): removes the bias of order 1/n."""
    return xlogy(counts, counts) - 0.5 * (counts > 0)


@dataclass(frozen=True)
class Correction:
    """How the bias of a plug-in estimate is taken off."""

    cell: Callable[[IntArray], FloatArray]
    chance: bool = False


CORRECTIONS = {
    None: Correction(plug_in),
    "miller_madow": Correction(miller_madow),
    "chance": Correction(plug_in, chance=True),
}


class CellSums:
    """Sums of a cell function, exact in 64-bit fixed point.

    Integers add up to the same sum in any order, so neither the order of rows, columns or levels
    nor a block's size changes a digit of any term, and equal tables tie.
    """

    def __init__(self, cell: Callable[[IntArray], FloatArray], n_samples: int) -> None:
        self.scale = fixed_point_scale(n_samples)
        self._values = to_fixed_point(cell(np.arange(n_samples + 1)), self.scale)

    def __call__(self, counts: IntArray, *, axis: int | tuple[int, ...]) -> IntArray:
        return self._values[counts].sum(axis=axis)


def fixed_point_scale(n_samples: int) -> float:
    """Largest power of two with which no sum over cells leaves 61 bits."""
    largest = max(2.0, float(xlogy(n_samples, n_samples)))
    return 2.0 ** (61 - int(np.ceil(np.log2(largest))))


def to_fixed_point(values: FloatArray, scale: float) -> IntArray:
    """Round to multiples of 1 / scale."""
    return np.rint(values * scale).astype(np.int64)
