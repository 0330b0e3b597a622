"""Mean by chance of every term: what a column that says nothing would seem to say."""

from __future__ import annotations

import numpy as np

from mifs._kernels import expected_information, interpolated_information
from mifs._typing import BoolArray, IntArray
from mifs.discrete.cells import LARGEST_TABLE, to_fixed_point


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
    occur, therefore serves every candidate. Where it would be large, or counts are fractions,
    g is computed anew for those of each call.
    """

    def __init__(self, y_counts: IntArray, scale: float, unit: float = 1.0) -> None:
        self._scale, self._unit = scale, unit
        self._sizes = y_counts.sum(axis=1)
        self._first = np.cumsum(self._sizes + 1) - self._sizes - 1
        n_places = int((self._sizes + 1).sum())
        self._is_kept = unit == 1.0 and n_places < 4 * LARGEST_TABLE
        # 1 + g, which is never negative, and 0 where it is unknown. Zeros take no memory until
        # they are written, and few of the places ever are.
        self._g = np.zeros(n_places if self._is_kept else 0, dtype=np.int64)
        if self._is_kept:
            self._g[self._first] = 1  # a level that does not occur
        self._store_classes(y_counts)

    def __call__(self, x_counts: IntArray, stratum: IntArray) -> IntArray:
        """Return the means for level counts, candidates first, and the stratum of each count."""
        place = x_counts + self._first[stratum]
        values = self._looked_up(place) if self._is_kept else self._anew(place, x_counts > 0)
        return values.sum(axis=tuple(range(1, place.ndim)))

    def _store_classes(self, y_counts: IntArray) -> None:
        """Keep the distinct class counts of each stratum, and how often each occurs, in a row."""
        stratum, label = np.nonzero(y_counts)
        pairs = np.column_stack([stratum, y_counts[stratum, label]])
        distinct, self._repeats = np.unique(pairs, axis=0, return_counts=True)
        self._b = distinct[:, 1]
        self._n_classes = np.bincount(distinct[:, 0], minlength=len(y_counts))
        self._first_class = np.cumsum(self._n_classes) - self._n_classes

    def _anew(self, place: IntArray, is_met: BoolArray) -> IntArray:
        """Values of g at every place, each computed once and not kept."""
        values = np.zeros(place.shape, dtype=np.int64)
        places, back = np.unique(place[is_met], return_inverse=True)
        values[is_met] = self._computed(places)[back]
        return values

    def _looked_up(self, place: IntArray) -> IntArray:
        """Values of g at every place, each computed once and kept."""
        values = self._g[place]
        unknown = values == 0
        if unknown.any():
            places = np.unique(place[unknown])
            self._g[places] = self._computed(places) + 1
            values = self._g[place]
        return values - 1

    def _computed(self, places: IntArray) -> IntArray:
        """Sum of a level's cells over the classes of its stratum."""
        stratum = np.searchsorted(self._first, places, side="right") - 1
        n_cells = self._n_classes[stratum]
        starts = np.cumsum(n_cells) - n_cells
        within = np.arange(n_cells.sum()) - np.repeat(starts, n_cells)
        own = np.repeat(self._first_class[stratum], n_cells) + within
        a = np.repeat(places - self._first[stratum], n_cells)
        margins = a, self._b[own], np.repeat(self._sizes[stratum], n_cells)
        if self._unit == 1.0:
            cells = expected_information(*margins)
        else:
            cells = interpolated_information(*(margin * self._unit for margin in margins))
        cells = to_fixed_point(cells, self._scale) * self._repeats[own]
        return np.add.reduceat(cells, starts)
