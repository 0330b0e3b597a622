"""Tests of independence by another source than the one that measures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifs._typing import IntArray
from mifs.terms import IndependenceTests, Information


@dataclass(frozen=True, eq=False)
class OtherTests:
    """Tests of some candidates given the selected columns, by a source of tests.

    Parameters
    ----------
    source : Information
        The source of tests, of the same columns.
    selected : tuple of int
        The condition.
    columns : ndarray of int of shape (n_candidates,)
        The candidates.
    """

    source: Information
    selected: tuple[int, ...]
    columns: IntArray

    def independence(self) -> IndependenceTests:
        """Tests of whether each candidate is independent of Y given the selected columns.

        Returns
        -------
        IndependenceTests
            In the candidates' order.
        """
        candidates = np.zeros(self.source.n_features, dtype=bool)
        candidates[self.columns] = True
        pairs = self.source.pair(self.selected, candidates)
        return IndependenceTests.of_blocks((columns, pair.independence) for columns, pair in pairs)

    def settled(self, level: float, rng: np.random.Generator, *, always: bool) -> tuple[float, str]:
        """P-value of the first candidate, made sure of where it stands near a level, and how.

        Parameters
        ----------
        level : float
            What it is held against.
        rng : numpy.random.Generator
            Where random tables come from.
        always : bool
            Whether to draw them wherever the p-value is not exact.

        Returns
        -------
        tuple of float and str
            The p-value and its method.
        """
        first = np.arange(self.source.n_features) == self.columns[0]
        ((_, pair),) = self.source.pair(self.selected, first)
        return pair.settled(level, rng, always=always)
