"""Mean by chance of every term: what a column that says nothing would seem to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from mifs._kernels.chance import (
    K_LOG_K,
    Chance,
    FixedPoint,
    chance_sums,
    level_means,
)
from mifs._kernels.interpolated import RealStrata, interpolated_means
from mifs._typing import BoolArray, IntArray

MOST_KEPT = 1 << 18  # places of a table: 2 MB for each null hypothesis of each selected column


class ChanceMean:
    """Mean of n I over all tables with the margins of X and Y, stratum by stratum of Z.

    Parameters
    ----------
    y_counts : ndarray of shape (n_strata, n_y)
        Counts of the classes in every stratum.
    scale : float
        Of the fixed point.
    unit : float, default=1.0
        What counts are multiples of, where rows are weighted by fractions.

    Notes
    -----
    The mean is a sum over the levels of X of g(a), where `a` is how often the level occurs in
    the stratum and g depends on the stratum alone. One table of g, filled for the `a` that
    occur, therefore serves every candidate of a thread. Where it would be large, g is computed
    anew for those of each call. Fractions are rounded up or down at random, all by one draw, and
    the mean is that over the draws too.
    """

    def __init__(self, y_counts: IntArray, scale: float, unit: float = 1.0) -> None:
        self._fixed = scale, K_LOG_K
        is_whole = unit == 1.0
        self._real = None if is_whole else RealStrata.of(y_counts, -round(np.log2(unit)))
        self._chance = Chance.of(y_counts, MOST_KEPT if is_whole else 0)
        self.is_kept = len(self._chance.table) > 0
        self._idle = [self._chance]  # those with a table that no thread is at: each fills its own

    @contextmanager
    def lent(self) -> Iterator[tuple[Chance, FixedPoint]]:
        """Lend what a kernel computes the means from, with a table that no other thread is at."""
        try:  # not a look before: another thread may take the last one
            chance = self._idle.pop()
        except IndexError:
            chance = self._chance.with_new_table()
        yield chance, self._fixed
        self._idle.append(chance)

    def __call__(self, x_counts: IntArray, stratum: IntArray) -> IntArray:
        """Return the means for level counts, candidates first, and the stratum of each count.

        Counts have shape (n_candidates, n_strata, n_levels), or (1, n_cells) of any strata.
        """
        if self._real is not None:
            means = interpolated_means(x_counts, stratum, self._real, self._fixed)
            return means.sum(axis=tuple(range(1, x_counts.ndim)))
        is_cells = x_counts.ndim == 2
        counts = x_counts[..., None] if is_cells else x_counts
        every, first = self._chance.rows
        rows = np.broadcast_to(stratum, x_counts.shape[1:2]).copy() if is_cells else every
        if not self.is_kept:
            return self._anew(counts + first[rows][:, None], counts > 0).sum(axis=(1, 2))
        with self.lent() as ((table, _, strata), fixed):
            return chance_sums(counts, (rows, first), table, strata, fixed)

    def _anew(self, place: IntArray, is_met: BoolArray) -> IntArray:
        """Values of g at every place, each computed once and not kept."""
        _, (_, first), strata = self._chance
        values = np.zeros(place.shape, dtype=np.int64)
        places, back = np.unique(place[is_met], return_inverse=True)
        stratum = np.searchsorted(first, places, side="right") - 1
        values[is_met] = level_means(places - first[stratum], stratum, strata, self._fixed)[back]
        return values
