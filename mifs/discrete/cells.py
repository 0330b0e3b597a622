"""Entropies of counts and their corrections, as exact sums of a cell function.

With n samples, a cell that is met c times and a cell function F, every entropy here is

    H = log n - (1/n) sum F(c),

so every information is a signed sum of F over tables and their margins. The plug-in has
F(c) = c log c. A correction is another F, or a mean by chance taken off the result.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mifs._kernels import CellTable, cell_function, cell_values, evaluated
from mifs._typing import AnyArray, FloatArray, IntArray


@dataclass(frozen=True)
class CellFunction:
    """F(c) = c log c, less `off` for every cell that is occupied."""

    off: float

    def __call__(self, counts: AnyArray) -> FloatArray:
        return cell_function(counts, self.off)


plug_in = CellFunction(0.0)  # maximum likelihood: the entropy of the observed shares
miller_madow = CellFunction(0.5)  # (Miller 1955): removes the bias of order 1/n


@dataclass(frozen=True)
class Correction:
    """How the bias of a plug-in estimate is taken off."""

    cell: CellFunction
    chance: bool = False


# A table of n samples that are not independent holds at least about 1/n**2 nats; the roundings of
# a thousand cells add up to less than this.
ROUNDING = 1e-14
LARGEST_TABLE = 1 << 16  # values of F that are kept: few cells are met more often

CORRECTIONS = {
    None: Correction(plug_in),
    "miller_madow": Correction(miller_madow),
    "chance": Correction(plug_in, chance=True),
}


class CellSums:
    """Sums of a cell function, exact in 64-bit fixed point.

    Parameters
    ----------
    cell : CellFunction
        The cell function F.
    total : float
        Sum of all counts: the number of rows, or of their weights.
    unit : float, default=1.0
        What counts are multiples of, where rows are weighted by fractions.
    n_rows : int, default=0
        Number of such rows.

    Attributes
    ----------
    table : CellTable or None
        F as kernels know it; None where rows are weighted by fractions.

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
        self.table: CellTable | None = None
        if unit == 1.0:
            self.table = CellTable.of(int(total), LARGEST_TABLE, cell.off, self.scale)

    def __call__(self, counts: IntArray, *, axis: int | tuple[int, ...]) -> IntArray:
        if self.table is None:
            return evaluated(counts * self._unit, self._cell.off, self.scale).sum(axis=axis)
        return cell_values(counts, self.table).sum(axis=axis)


def fixed_point_scale(n_samples: float) -> float:
    """Largest power of two with which no sum over cells leaves 61 bits."""
    largest = 2.0 if n_samples < 2 else max(2.0, n_samples * math.log(n_samples))
    return 2.0 ** (61 - math.ceil(math.log2(largest)))


def to_fixed_point(values: FloatArray, scale: float) -> IntArray:
    """Round to multiples of 1 / scale."""
    return np.rint(values * scale).astype(np.int64)
