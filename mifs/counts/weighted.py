"""Rows that count by weights: those of one class and one weight are counted together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifs._cached import cached_property
from mifs._kernels import weighted_parts
from mifs._typing import IntArray
from mifs.counts.variable import DiscreteVariable
from mifs.weights import RowWeights


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
        return DiscreteVariable(self._parted[1], len(self._parted[0]))

    def has_few_parts(self, most: int) -> bool:
        """Whether there are at most so many; where weights are too many alone, none is found."""
        return len(self.weights.distinct) <= most and self.parts.n_levels <= most

    def added(self, counts: IntArray) -> IntArray:
        """Counts of the classes from those of their parts, (..., n_parts, n_levels)."""
        first, _ = self._parted
        group, weight = self.y.codes[first], self.weights.multiples[first]
        return weighted_parts(counts, group, weight, self.y.n_levels)

    @cached_property
    def _parted(self) -> tuple[IntArray, IntArray]:
        """A row of each part, and the part of each row."""
        multiples, distinct = self.weights.multiples, self.weights.distinct
        pair = self.y.codes.astype(np.int64) * len(distinct) + np.searchsorted(distinct, multiples)
        _, first, part = np.unique(pair, return_index=True, return_inverse=True)
        return first, part.astype(np.int32)
