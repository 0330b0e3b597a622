"""Mean by chance of every term: what a column that says nothing would seem to say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from mifs._kernels import interpolated_information
from mifs._kernels.chance import (
    K_LOG_K,
    Chance,
    FixedPoint,
    Strata,
    chance_sums,
    level_means,
)
from mifs._typing import BoolArray, IntArray
from mifs.discrete.cells import to_fixed_point

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
    occur, therefore serves every candidate of a thread. Where it would be large, or counts are
    fractions, g is computed anew for those of each call.
    """

    def __init__(self, y_counts: IntArray, scale: float, unit: float = 1.0) -> None:
        self._scale, self._unit = scale, unit
        self._fixed = scale, K_LOG_K
        self._strata = _strata_of(y_counts)
        self._every = np.arange(len(y_counts))
        sizes = self._strata[0]
        self._first = sizes.cumsum() - sizes + self._every  # one place more than rows for each
        self._n_places = int(sizes.sum()) + len(sizes)
        self.is_kept = unit == 1.0 and self._n_places <= MOST_KEPT
        self._idle: list[IntArray] = []  # tables of ~g that no thread is at: each fills its own

    @property
    def parts(self) -> Chance:
        """What a kernel computes the means from, and a table for it to fill, if one is kept."""
        table = self._new_table() if self.is_kept else np.empty(0, dtype=np.int64)
        return Chance(table, (self._every, self._first), self._strata)

    @contextmanager
    def lent(self) -> Iterator[tuple[Chance, FixedPoint]]:
        """Lend what a kernel computes the means from, with a table that no other thread is at."""
        try:  # not a look before: another thread may take the last one
            table = self._idle.pop()
        except IndexError:
            table = self._new_table()
        yield Chance(table, (self._every, self._first), self._strata), self._fixed
        self._idle.append(table)

    def _new_table(self) -> IntArray:
        """Table of ~g, 0 where it is unknown: zeros take no memory until they are written."""
        table = np.zeros(self._n_places, dtype=np.int64)
        table[self._first] = ~0  # a level that does not occur
        return table

    def __call__(self, x_counts: IntArray, stratum: IntArray) -> IntArray:
        """Return the means for level counts, candidates first, and the stratum of each count.

        Counts have shape (n_candidates, n_strata, n_levels), or (1, n_cells) of any strata.
        """
        is_cells = x_counts.ndim == 2
        counts = x_counts[..., None] if is_cells else x_counts
        rows = np.broadcast_to(stratum, x_counts.shape[1:2]).copy() if is_cells else self._every
        if not self.is_kept:
            return self._anew(counts + self._first[rows][:, None], counts > 0).sum(axis=(1, 2))
        with self.lent() as ((table, _, strata), fixed):
            return chance_sums(counts, (rows, self._first), table, strata, fixed)

    def _anew(self, place: IntArray, is_met: BoolArray) -> IntArray:
        """Values of g at every place, each computed once and not kept."""
        values = np.zeros(place.shape, dtype=np.int64)
        places, back = np.unique(place[is_met], return_inverse=True)
        values[is_met] = self._computed(places)[back]
        return values

    def _computed(self, places: IntArray) -> IntArray:
        """Sum of a level's cells over the classes of its stratum."""
        stratum = np.searchsorted(self._first, places, side="right") - 1
        a = places - self._first[stratum]
        if self._unit == 1.0:
            return level_means(a, stratum, self._strata, self._fixed)
        sizes, first_class, b, repeats = self._strata
        n_cells = np.diff(first_class)[stratum]
        starts = np.cumsum(n_cells) - n_cells
        own = np.arange(n_cells.sum()) + np.repeat(first_class[stratum] - starts, n_cells)
        margins = np.array([np.repeat(a, n_cells), b[own], np.repeat(sizes[stratum], n_cells)])
        cells = interpolated_information(*(margins * self._unit))
        cells = to_fixed_point(cells, self._scale) * repeats[own]
        return np.add.reduceat(cells, starts)


def _strata_of(y_counts: IntArray) -> Strata:
    """Size of each stratum, and its distinct class counts in a row with how often each occurs."""
    ordered = np.sort(y_counts, axis=1)
    is_new = ordered > 0
    is_last = is_new.copy()
    differs = ordered[:, 1:] != ordered[:, :-1]
    is_new[:, 1:] &= differs
    is_last[:, :-1] &= differs
    start, end = is_new.ravel().nonzero()[0], is_last.ravel().nonzero()[0]
    first_class = start.searchsorted(np.arange(0, ordered.size + 1, ordered.shape[1]))
    return y_counts.sum(axis=1), first_class, ordered.ravel()[start], end - start + 1
