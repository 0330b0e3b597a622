"""Rows that count by weights: those of one class and one weight are counted together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifs._cached import cached_property
from mifs._kernels import weighted_parts
from mifs._typing import IntArray
from mifs.counts.variable import DiscreteVariable
from mifs.weights import RowWeights

FIRST_ROWS = 4096  # they tell of most weights that there are too many, and take no long sort


@dataclass(frozen=True, eq=False)
class WeightedTarget:
    """A target of rows that count by weights.

    Its classes fall into parts, each of the rows of one weight: of weights that balance classes
    there is one a class, and what is counted with parts is as fast as without weights.
    """

    y: DiscreteVariable
    weights: RowWeights

    @cached_property
    def parts(self) -> DiscreteVariable:
        """The part of each row, numbered class by class: as many levels as occur."""
        return self._parted[0]

    def has_few_parts(self, most: int) -> bool:
        """Whether there are at most so many; they are not looked for where there must be more."""
        if max(self.y.n_levels, self._n_first) > most or len(self._distinct) > most:
            return False
        return self.parts.n_levels <= most

    def added(self, counts: IntArray) -> IntArray:
        """Counts of the classes from those of their parts, (..., n_parts, n_levels)."""
        _, group, weight = self._parted
        return weighted_parts(counts, group, weight, self.y.n_levels)

    @cached_property
    def _n_first(self) -> int:
        """How many weights the first rows have."""
        return len(np.unique(self.weights.multiples[:FIRST_ROWS]))

    @cached_property
    def _distinct(self) -> IntArray:
        """The weights that occur, ascending."""
        return np.unique(self.weights.multiples)

    @cached_property
    def _parted(self) -> tuple[DiscreteVariable, IntArray, IntArray]:
        """The part of each row, and the class and the weight of each part."""
        n_weights = len(self._distinct)
        pair = np.searchsorted(self._distinct, self.weights.multiples)
        pair += self.y.codes.astype(np.intp) * n_weights
        occurring = np.flatnonzero(np.bincount(pair))
        number = np.zeros(self.y.n_levels * n_weights, dtype=np.int32)
        number[occurring] = np.arange(len(occurring))
        group, level = np.divmod(occurring, n_weights)
        return DiscreteVariable(number[pair], len(occurring)), group, self._distinct[level]
