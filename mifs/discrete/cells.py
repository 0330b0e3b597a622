"""Entropies of counts and their corrections, as exact sums of a cell function.

With n samples, a cell that is met c times and a cell function F, every entropy here is

    H = log n - (1/n) sum F(c),

so every information is a signed sum of F over tables and their margins. The plug-in has
F(c) = c log c. A correction is another F, or a mean by chance taken off the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import xlogy

from mifs._typing import AnyArray, FloatArray, IntArray

CellFunction: TypeAlias = Callable[[AnyArray], FloatArray]


def plug_in(counts: AnyArray) -> FloatArray:
    """Maximum likelihood: the entropy of the observed shares."""
    return xlogy(counts, counts)


def miller_madow(counts: AnyArray) -> FloatArray:
    """Half a count for every occupied cell (Miller 1955): removes the bias of order 1/n."""
    return xlogy(counts, counts) - 0.5 * (counts > 0)


@dataclass(frozen=True)
class Correction:
    """How the bias of a plug-in estimate is taken off."""

    cell: CellFunction
    chance: bool = False


# A table of n samples that are not independent holds at least about 1/n**2 nats; the roundings of
# a thousand cells add up to less than this.
ROUNDING = 1e-14
LARGEST_TABLE = 1 << 20  # values of F kept: 8 MB; beyond it F of what occurs costs less

CORRECTIONS = {
    None: Correction(plug_in),
    "miller_madow": Correction(miller_madow),
    "chance": Correction(plug_in, chance=True),
}


class CellSums:
    """Sums of a cell function, exact in 64-bit fixed point.

    Parameters
    ----------
    cell : callable
        The cell function F.
    total : float
        Sum of all counts: the number of rows, or of their weights.
    unit : float, default=1.0
        What counts are multiples of, where rows are weighted by fractions.
    n_rows : int, default=0
        Number of such rows.

    Attributes
    ----------
    table : tuple of two ndarrays of int64 of shape (total + 1,), or None
        F of every count, and what it grows by at each; None where rows are weighted by fractions,
        or are more than a million.

    Notes
    -----
    Integers add up to the same sum in any order, so neither the order of rows, columns or levels
    nor a block's size changes a digit of any term, and equal tables tie.
    """

    def __init__(
        self, cell: CellFunction, total: float, *, unit: float = 1.0, n_rows: int = 0
    ) -> None:
        self._cell, self._unit, self.total = cell, unit, total
        # Counts below 1 make sums of F negative, down to -n log(n_rows / n).
        self.scale = fixed_point_scale(total if unit == 1.0 else total + n_rows)
        has_table = unit == 1.0 and total < LARGEST_TABLE
        self.table: tuple[IntArray, IntArray] | None = None
        if has_table:
            values = self._of(np.arange(int(total) + 1))
            self.table = values, np.diff(values, append=0)

    def __call__(self, counts: IntArray, *, axis: int | tuple[int, ...]) -> IntArray:
        values = self._of(counts) if self.table is None else self.table[0][counts]
        return values.sum(axis=axis)

    def _of(self, counts: IntArray) -> IntArray:
        return to_fixed_point(self._cell(counts * self._unit), self.scale)


def fixed_point_scale(n_samples: float) -> float:
    """Largest power of two with which no sum over cells leaves 61 bits."""
    largest = max(2.0, float(xlogy(n_samples, n_samples)))
    return 2.0 ** (61 - int(np.ceil(np.log2(largest))))


def to_fixed_point(values: FloatArray, scale: float) -> IntArray:
    """Round to multiples of 1 / scale."""
    return np.rint(values * scale).astype(np.int64)
