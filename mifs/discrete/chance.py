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
        self._classes = [np.unique(counts[counts > 0], return_counts=True) for counts in y_counts]
        self._n_classes = np.array([len(values) for values, _ in self._classes])

    def __call__(self, x_counts: IntArray) -> IntArray:
        """Return the means for counts of shape (n_candidates, n_strata, n_x)."""
        place = x_counts + self._first[:, None]
        unknown = self._g[place] == self._UNKNOWN
        if unknown.any():
            self._fill(np.unique(place[unknown]))
        return self._g[place].sum(axis=(1, 2))

    def _fill(self, places: IntArray) -> None:
        stratum = np.searchsorted(self._first, places, side="right") - 1
        n_cells = self._n_classes[stratum]
        b = np.concatenate([self._classes[z][0] for z in stratum])
        repeats = np.concatenate([self._classes[z][1] for z in stratum])
        a = np.repeat(places - self._first[stratum], n_cells)
        cells = expected_information(a, b, np.repeat(self._sizes[stratum], n_cells))
        cells = to_fixed_point(cells, self._scale) * repeats
        self._g[places] = np.add.reduceat(cells, np.cumsum(n_cells) - n_cells)
