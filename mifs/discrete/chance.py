"""Mean by chance of every term: what a column that says nothing would seem to say."""

from __future__ import annotations

from threading import Lock

import numpy as np

from mifs._kernels import interpolated_information, looked_up_sums
from mifs._kernels.chance import K_LOG_K, level_means
from mifs._kernels.lazy import Chance
from mifs._typing import BoolArray, IntArray
from mifs.discrete.cells import to_fixed_point

FEW = 64  # candidates that show most of what occurs: later ones meet little that is unknown


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
    occur, therefore serves every candidate. Where it would be large, or counts are fractions,
    g is computed anew for those of each call.
    """

    def __init__(self, y_counts: IntArray, scale: float, unit: float = 1.0) -> None:
        self._scale, self._unit = scale, unit
        self._sizes = y_counts.sum(axis=1)
        self._first = np.cumsum(self._sizes + 1) - self._sizes - 1
        n_places = int((self._sizes + 1).sum())
        self._is_kept = unit == 1.0 and n_places <= MOST_KEPT
        # 1 + g, which is never negative, and 0 where it is unknown. Zeros take no memory until
        # they are written, and few of the places ever are.
        self._g = np.zeros(n_places if self._is_kept else 0, dtype=np.int64)
        if self._is_kept:
            self._g[self._first] = 1  # a level that does not occur
        self._is_new = True
        self._lock = Lock()  # threads share the table: none reads what another writes
        self._store_classes(y_counts)

    @property
    def parts(self) -> Chance:
        """What a kernel computes the means from, and the table of those that are known."""
        return Chance(self._g, self._first, self._strata)

    def __call__(self, x_counts: IntArray, stratum: IntArray) -> IntArray:
        """Return the means for level counts, candidates first, and the stratum of each count.

        Counts have shape (n_candidates, n_strata, n_levels), or (1, n_cells) of any strata.
        """
        counts = x_counts if x_counts.ndim == 3 else x_counts[..., None]
        first = self._first[np.broadcast_to(stratum.ravel(), counts.shape[1:2])]
        if not self._is_kept:
            return self._anew(counts + first[:, None], counts > 0).sum(axis=(1, 2))
        with self._lock:
            if self._is_new and len(counts) > 2 * FEW:
                self._learn(counts[:FEW], first)
            sums = self._learn(counts, first)
            return looked_up_sums(counts, first, self._g)[0] if sums is None else sums

    def _learn(self, counts: IntArray, first: IntArray) -> IntArray | None:
        """Return the means, or None if some had to be computed first."""
        sums, unknown = looked_up_sums(counts, first, self._g)
        if not unknown.size:
            return sums
        self._is_new = False
        self._g[unknown] = self._computed(unknown) + 1
        return None

    def _store_classes(self, y_counts: IntArray) -> None:
        """Keep the distinct class counts of each stratum, and how often each occurs, in a row."""
        stratum, label = np.nonzero(y_counts)
        size = int(self._sizes.max(initial=0)) + 1
        keys = stratum * size + y_counts[stratum, label]
        keys, self._repeats = np.unique(keys, return_counts=True)
        self._b = keys % size
        n_classes = np.bincount(keys // size, minlength=len(y_counts))
        self._first_class = np.concatenate([[0], np.cumsum(n_classes)])
        self._strata = self._sizes, self._first_class, self._b, self._repeats

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
            return level_means(a, stratum, self._strata, self._scale, K_LOG_K)
        n_cells = np.diff(self._first_class)[stratum]
        starts = np.cumsum(n_cells) - n_cells
        own = np.arange(n_cells.sum()) + np.repeat(self._first_class[stratum] - starts, n_cells)
        margins = np.repeat(a, n_cells), self._b[own], np.repeat(self._sizes[stratum], n_cells)
        cells = interpolated_information(*(margin * self._unit for margin in margins))
        cells = to_fixed_point(cells, self._scale) * self._repeats[own]
        return np.add.reduceat(cells, starts)
