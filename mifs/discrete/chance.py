"""Mean by chance of every term: what a column that says nothing would seem to say."""

from __future__ import annotations

import numpy as np

from mifs._kernels import expected_information
from mifs._typing import IntArray
from mifs.discrete.cells import to_fixed_point


class ChanceMean:
    """Mean of n I over all tables with the margins of X and Y, stratum by stratum of Z.

    Parameters
    ----------
    y_counts : ndarray of shape (n_strata, n_y)
        Counts of the classes in every stratum.
    scale : float
        Of the fixed point.

    Notes
    -----
    The mean is a sum over the levels of X of g(a), where `a` is how often the level occurs in
    the stratum and g depends on the stratum alone. One table of g, filled for the `a` that
    occur, therefore serves every candidate.
    """

    _UNKNOWN = -1  # g is never negative

    def __init__(self, y_counts: IntArray, scale: float) -> None:
        self._scale = scale
        self._sizes = y_counts.sum(axis=1)
        self._first = np.cumsum(self._sizes + 1) - self._sizes - 1
        self._g = np.full(int((self._sizes + 1).sum()), self._UNKNOWN, dtype=np.int64)
        self._g[self._first] = 0  # a level that does not occur
        self._store_classes(y_counts)

    def __call__(self, x_counts: IntArray, stratum: IntArray) -> IntArray:
        """Return the means for level counts, candidates first, and the stratum of each count."""
        place = x_counts + self._first[stratum]
        unknown = self._g[place] == self._UNKNOWN
        if unknown.any():
            self._fill(np.unique(place[unknown]))
        return self._g[place].sum(axis=tuple(range(1, place.ndim)))

    def _store_classes(self, y_counts: IntArray) -> None:
        """Keep the distinct class counts of each stratum, and how often each occurs, in a row."""
        stratum, label = np.nonzero(y_counts)
        pairs = np.column_stack([stratum, y_counts[stratum, label]])
        distinct, self._repeats = np.unique(pairs, axis=0, return_counts=True)
        self._b = distinct[:, 1]
        self._n_classes = np.bincount(distinct[:, 0], minlength=len(y_counts))
        self._first_class = np.cumsum(self._n_classes) - self._n_classes

    def _fill(self, places: IntArray) -> None:
        stratum = np.searchsorted(self._first, places, side="right") - 1
        n_cells = self._n_classes[stratum]
        starts = np.cumsum(n_cells) - n_cells
        within = np.arange(n_cells.sum()) - np.repeat(starts, n_cells)
        own = np.repeat(self._first_class[stratum], n_cells) + within
        a = np.repeat(places - self._first[stratum], n_cells)
        cells = expected_information(a, self._b[own], np.repeat(self._sizes[stratum], n_cells))
        cells = to_fixed_point(cells, self._scale) * self._repeats[own]
        self._g[places] = np.add.reduceat(cells, starts)
