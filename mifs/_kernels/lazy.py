"""The lazy search for the best of many least terms: those of the highest candidate first."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from mifs._kernels.cells import CellTable, cell_values
from mifs._kernels.chance import FixedPoint, Strata, chance_sums, level_means, strata_of
from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray

LOOKED_AT = 256  # strata


class Candidates(NamedTuple):
    """Coded columns in blocks of one number of levels: where each is, and its codes."""

    codes: list[IntArray]  # of each block, (n_columns, n_samples), unsigned
    n_levels: list[int]
    block: IntArray  # (n_candidates,)
    place: IntArray  # (n_candidates,), in the block
    n_together: list[int]  # columns in a row of each block that are measured together, 32; or 1
    tiles: list[IntArray | None]  # of each block, all of them laid out; the twin asks for them

    def in_strip_of(self, column: int, columns: IntArray) -> IntArray:
        """Those of some columns that are measured together with one of them."""
        own, n_together = self.block[column], self.n_together[self.block[column]]
        if n_together == 1:
            return np.array([column])
        is_in = self.place[columns] // n_together == self.place[column] // n_together
        return columns[is_in & (self.block[columns] == own)]


@twin("lazy")
class Means:
    """Means by chance given the columns that were asked for.

    Levels with the same class counts, whatever their column, are one stratum, whose means are
    computed once. The last 256 strata are looked at for an equal one.

    Parameters
    ----------
    n_features : int
        Number of columns.
    is_kept : bool
        Whether there is a table of the means that were computed.
    """

    def __init__(self, n_features: int, *, is_kept: bool) -> None:
        none, self.n_places = np.empty(0, dtype=np.int64), 0
        self._table, self._first, self._is_kept = none, none, is_kept
        self._strata: Strata = none, np.zeros(1, dtype=np.int64), none, none
        self._rows = [none] * n_features

    def parts(self) -> tuple[IntArray, IntArray, Strata]:
        """Return the table, the first place of each stratum in it, and the strata; for tests."""
        return self._table, self._first, self._strata

    def know(self, column: int, y_counts: Callable[[], IntArray]) -> None:
        """Learn of the strata of a column, unless they are known."""
        if len(self._rows[column]) == 0:
            size, first, b, repeats = strata_of(y_counts())
            own = [(b[start:end], repeats[start:end]) for start, end in pairwise(first)]
            rows = [self._place_of(*one) for one in zip(size, own, strict=True)]
            self._rows[column] = np.array(rows)

    def sums(self, column: int, zx: IntArray, fixed: FixedPoint) -> IntArray:
        """Sum the means of all levels of some candidates; those that were not known are kept."""
        rows = self._rows[column]
        if self._is_kept:
            places = rows, self._first
            return chance_sums(zx, places, self._table, self._strata, fixed)
        candidate, z, _ = cell = zx.nonzero()
        means = level_means(zx[cell], rows[z], self._strata, fixed)
        sums = np.zeros(len(zx), dtype=np.int64)
        np.add.at(sums, candidate, means)
        return sums

    def _place_of(self, size: int, own: tuple[IntArray, IntArray]) -> int:
        sizes, first, *classes = self._strata
        for s in range(len(sizes) - 1, max(len(sizes) - 1 - LOOKED_AT, -1), -1):
            pairs = zip(classes, own, strict=True)
            if all(np.array_equal(kept[first[s] : first[s + 1]], new) for kept, new in pairs):
                return s
        b, repeats = (np.append(kept, new) for kept, new in zip(classes, own, strict=True))
        self._strata = np.append(sizes, size), np.append(first, len(b)), b, repeats
        self._first = np.append(self._first, self.n_places)
        self.n_places += int(size) + 1
        if self._is_kept:
            self._table = np.append(self._table, np.zeros(size + 1, dtype=np.int64))
            self._table[self._first[-1]] = ~0  # a level that does not occur
        return len(sizes)


class Given(NamedTuple):
    """The target Y, selected variables Z, and what terms given these take besides their tables."""

    y: IntArray  # (n_samples,), unsigned
    n_y: int
    columns: IntArray  # that are selected
    constant: IntArray  # of every column, sum of F over the table of it and Y, less that over it
    offset: FloatArray  # of every column, what terms given it have besides I(X; Y | Z), in nats
    means: Means | None  # by chance; None where nothing is taken off


class Nats(NamedTuple):
    """What turns counts into nats."""

    f: CellTable  # the cell function, in fixed point
    k_log_k: FloatArray  # of every count below 1024, for means by chance
    total: float  # units of the fixed point in a nat a sample
    rounding: float  # nats that are none


@twin("lazy")
def lower_best_first(
    candidates: Candidates,
    given: Given,
    least: tuple[FloatArray, FloatArray, IntArray],
    columns: IntArray,
    nats: Nats,
    *,
    limits: tuple[float, int, int, int],
) -> tuple[int, list[int]]:
    """Measure terms of the highest candidate until it has all and no other comes near.

    `least` holds three values of every column, (cap, term, age), of which the last two are
    changed. A candidate scores ``min(cap, term)``, which can only fall, and its next term is the
    one with the selected variable of number `age`. The candidate of the highest score is next, and
    of those the first in `columns`, which ascend; and together with it those beside it that have
    as many terms. Means by chance that were not known are, afterwards.

    The limits are how far below the best is not near, the digits that scores are rounded to, how
    many choices to make, and after how many terms to make no other. The first candidate of the
    highest rounded score is selected, and the search goes on, unless all are equal, or it is the
    last; nothing is taken off then. Returns the number of terms, and the choices.
    """
    n_terms = 0
    chosen: list[int] = []
    slack, digits, n_choices, most_terms = limits
    while len(columns):
        n_more, sure = _settle(candidates, given, least, columns, nats, slack=slack)
        n_terms += n_more
        is_enough = len(chosen) >= n_choices or n_terms > most_terms
        score = np.round(np.minimum(least[0], least[1])[sure], digits)
        are_all_equal = len(sure) == len(columns) and len(set(score)) == 1
        if is_enough or are_all_equal or not sure:
            return n_terms, chosen
        chosen.append(sure[int(np.argmax(score))])
        columns = columns[columns != chosen[-1]]
        given = given._replace(columns=np.append(given.columns, chosen[-1]))
    return n_terms, chosen


def _settle(
    candidates: Candidates,
    given: Given,
    least: tuple[FloatArray, FloatArray, IntArray],
    columns: IntArray,
    nats: Nats,
    *,
    slack: float,
) -> tuple[int, list[int]]:
    """Find the best; return the number of terms, and the columns that come near and have all."""
    best, n_terms = -np.inf, 0
    sure: list[int] = []
    caps, lowest, ages = least
    score = np.full(len(caps), -np.inf)  # of those that are sure, too
    score[columns] = np.minimum(caps[columns], lowest[columns])
    while -np.inf < (high := score[column := int(np.argmax(score))]) >= best - slack:
        if ages[column] == len(given.columns):
            sure.append(column)
            best, score[column] = max(best, high), -np.inf
            continue
        beside = candidates.in_strip_of(column, columns)
        some = beside[(ages[beside] == ages[column]) & (score[beside] > -np.inf)]
        terms = _terms(candidates, given, some, ages[column], nats)
        lowest[some] = np.minimum(lowest[some], terms)
        ages[some] += 1
        score[some] = np.minimum(caps[some], lowest[some])
        n_terms += len(some)
    return n_terms, sorted(sure)


def _terms(
    candidates: Candidates, given: Given, columns: IntArray, age: int, nats: Nats
) -> FloatArray:
    """I(X; Y | Z) of candidates of one block and one selected variable, and the offset."""
    block, selected = candidates.block[columns[0]], given.columns[age]
    x, n_x = candidates.codes[block][candidates.place[columns]], candidates.n_levels[block]
    of_z = candidates.block[selected]
    z, n_z = candidates.codes[of_z][candidates.place[selected]], candidates.n_levels[of_z]
    shape = len(columns), n_z, given.n_y, n_x
    first = (z.astype(np.intp) * given.n_y + given.y) * n_x
    cell = first + x + np.arange(len(columns))[:, None] * (n_z * given.n_y * n_x)
    zyx = np.bincount(cell.ravel(), minlength=math.prod(shape)).reshape(shape)
    zx = zyx.sum(axis=2)
    total = cell_values(zyx, nats.f).sum(axis=(1, 2, 3)) - cell_values(zx, nats.f).sum(axis=(1, 2))
    total -= given.constant[selected]
    if given.means is not None:
        given.means.know(selected, lambda: zyx[0].sum(axis=2))
        total -= given.means.sums(selected, zx, (nats.f.scale, nats.k_log_k))
    value = total / nats.total
    return given.offset[selected] + np.where(np.abs(value) < nats.rounding, 0.0, value)
