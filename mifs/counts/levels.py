"""How often the levels of columns occur: the same in every table of them, so counted once."""

from __future__ import annotations

from contextlib import AbstractContextManager
from threading import Lock
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np

from mifs._kernels import CellTable
from mifs._kernels.chance import Chance, FixedPoint
from mifs._typing import BoolArray, IntArray


class CellSum(Protocol):
    """Sums of a function F of counts, exact, in fixed point."""

    table: CellTable | None  # what kernels know F by; None of weights that are fractions

    def __call__(self, counts: IntArray, *, axis: int | tuple[int, ...]) -> IntArray:
        """Sum F of some counts."""


class LevelMean(Protocol):
    """Means by chance of levels, summed exactly, in fixed point."""

    is_kept: bool  # whether there is a table of them, for kernels to fill

    def __call__(self, x_counts: IntArray, stratum: IntArray) -> IntArray:
        """Sum the means of level counts, candidates first, in their strata."""

    def lent(self) -> AbstractContextManager[tuple[Chance, FixedPoint]]:
        """Lend a kernel what it computes them from."""


class LevelCounts:
    """Counts of the levels of those columns of a block that were counted with anything.

    Threads may keep and ask at once; what two of them find is the same.
    """

    def __init__(self, n_columns: int, n_levels: int) -> None:
        self._counts: IntArray = np.zeros((n_columns, n_levels), dtype=np.int32)
        self._is_known = np.zeros(n_columns, dtype=bool)
        # by cell function, of which a table outlives many
        self._sums: WeakKeyDictionary[CellSum, tuple[IntArray, BoolArray]] = WeakKeyDictionary()
        self._lock = Lock()

    def are_known(self, places: IntArray) -> bool:
        """Whether some columns were all counted."""
        with self._lock:
            return bool(self._is_known[places].all())

    def keep(self, places: IntArray, counts: IntArray) -> None:
        """Take the counts of some columns, (n_places, n_levels); those of all are held, not copied.

        What is held is never written to: all columns are known then.
        """
        with self._lock:
            if len(places) == len(self._counts):
                self._counts = counts
            elif not self._is_known.all():
                self._counts[places] = counts
            self._is_known[places] = True

    def of(self, places: IntArray) -> IntArray:
        """Return the counts of columns that are known, (n_places, n_levels)."""
        with self._lock:
            return self._counts[places]

    def keep_sums(self, places: IntArray, f: CellSum, sums: IntArray) -> None:
        """Take sums of a cell function over the levels of some columns, counted or not."""
        with self._lock:
            own = places if len(places) < len(self._is_known) else slice(None)
            kept, is_summed = self._sums_of(f)
            kept[own], is_summed[own] = sums, True

    def are_summed(self, places: IntArray, f: CellSum) -> bool:
        """Whether those of some columns are all known."""
        with self._lock:
            return bool(self._sums_of(f)[1][places].all())

    def sums(self, places: IntArray, f: CellSum) -> IntArray:
        """Sum a cell function over the levels of columns that are known, each of them once."""
        with self._lock:
            sums, is_summed = self._sums_of(f)
            new = places[~is_summed[places]]
            if new.size:
                sums[new] = f(self._counts[new], axis=-1)
                is_summed[new] = True
            return sums[places]

    def _sums_of(self, f: CellSum) -> tuple[IntArray, BoolArray]:
        """Sums of each column, and whether they are there."""
        if f not in self._sums:
            n_columns = len(self._is_known)
            self._sums[f] = np.zeros(n_columns, dtype=np.int64), np.zeros(n_columns, dtype=bool)
        return self._sums[f]
