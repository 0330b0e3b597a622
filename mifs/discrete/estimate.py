"""What sums over counts are in nats, by one correction."""

from __future__ import annotations

import numpy as np

from mifs._typing import FloatArray, IntArray
from mifs.discrete.cells import CORRECTIONS, ROUNDING, CellFunction, CellSums, plug_in
from mifs.discrete.chance import ChanceMean
from mifs.weights import RowWeights


class Estimate:
    """Information of counted rows, from exact sums of a cell function.

    Parameters
    ----------
    correction : {None, "miller_madow", "chance"}
        What is taken off the plug-in estimate.
    n_samples : int
        Number of rows.
    weights : RowWeights, optional
        How often each counts; once if left out.

    Attributes
    ----------
    cells, plug_in_cells : CellSums
        Sums of the correction's cell function, and of that of the observed shares.
    total : float
        Number of rows, or the sum of their weights.
    is_plug_in, is_corrected : bool
        Whether both cell functions are one, and whether a mean by chance is taken off.
    """

    def __init__(self, correction: str | None, n_samples: int, weights: RowWeights | None) -> None:
        by = CORRECTIONS[correction]
        self.is_plug_in, self.is_corrected = by.cell is plug_in, by.chance
        self._unit = 1.0 if weights is None else weights.unit
        self._n_samples = n_samples
        self.total = n_samples if weights is None else weights.total
        self.cells = self._sums_of(by.cell)
        self.plug_in_cells = self.cells if self.is_plug_in else self._sums_of(plug_in)

    def _sums_of(self, cell: CellFunction) -> CellSums:
        return CellSums(cell, self.total, unit=self._unit, n_rows=self._n_samples)

    def nats(self, fixed_point: IntArray) -> FloatArray:
        """Nats per sample from a sum in fixed point; what rounding leaves of zero is zero."""
        nats = np.asarray(fixed_point / (self.cells.scale * self.total))
        nats[np.abs(nats) < ROUNDING] = 0.0
        return nats

    def entropy(self, plug_in_sum: IntArray) -> FloatArray:
        """Entropy of the observed shares, from the sum of their cell function."""
        return np.log(self.total) - self.nats(plug_in_sum)

    def chance_mean(self, y_counts: IntArray) -> ChanceMean:
        """Mean by chance of what is counted with class counts of shape (n_strata, n_y)."""
        return ChanceMean(y_counts, self.cells.scale, self._unit)
