"""The lazy search for the best of many least terms: one candidate, one table at a time."""

from heapq import heapify, heapreplace
from typing import NamedTuple

import numpy as np

from mifs._kernels.cells import CellTable, cell_values
from mifs._kernels.chance import Chance, chance_sums, level_means
from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray


class Candidates(NamedTuple):
    """Coded columns in blocks of one number of levels: where each is, and its codes."""

    codes: list[IntArray]  # of each block, (n_columns, n_samples), unsigned
    n_levels: list[int]
    block: IntArray  # (n_candidates,)
    place: IntArray  # (n_candidates,), in the block


class Given(NamedTuple):
    """The target Y, selected variables Z, and what terms given these take besides their tables."""

    y: IntArray  # (n_samples,), unsigned
    n_y: int
    columns: IntArray  # that are selected
    constant: IntArray  # of every column, sum of F over the table of it and Y, less that over it
    offset: FloatArray  # of every column, what terms given it have besides I(X; Y | Z), in nats
    chance: list[Chance] | None  # of the first of those selected; None where nothing is taken off
    most_kept: int  # places of a table of means by chance


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
    of those the first in `columns`, which ascend. Means by chance that were not known are,
    afterwards; what they are computed from is added for each column that is selected or chosen.

    The limits are how far below the best is not near, the digits that scores are rounded to, how
    many choices to make, and after how many terms to make no other. The first candidate of the
    highest rounded score is selected, and the search goes on, unless all are equal, or it is the
    last; nothing is taken off then. Returns the number of terms, and the choices.
    """
    n_terms = 0
    chosen: list[int] = []
    slack, digits, n_choices, most_terms = limits
    while len(columns):
        if given.chance is not None:
            for column in given.columns[len(given.chance) :]:
                given.chance.append(_chance_given(candidates, given, column))
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
    score = np.minimum(caps[columns], lowest[columns])
    heap = [(-high, int(column)) for high, column in zip(score, columns, strict=True)]
    heap.append((np.inf, -1))
    heapify(heap)
    while -np.inf < (high := -heap[0][0]) >= best - slack:
        column = heap[0][1]
        if ages[column] == len(given.columns):
            sure.append(column)
            best, high = max(best, high), -np.inf
        else:
            term = _term(candidates, given, column, ages[column], nats)
            lowest[column] = min(lowest[column], term)
            ages[column] += 1
            n_terms += 1
            high = min(caps[column], lowest[column])
        heapreplace(heap, (-high, column))
    return n_terms, sorted(sure)


def _codes_of(candidates: Candidates, column: int) -> tuple[IntArray, int]:
    block = candidates.block[column]
    return candidates.codes[block][candidates.place[column]], candidates.n_levels[block]


def _chance_given(candidates: Candidates, given: Given, column: int) -> Chance:
    """What means by chance given one selected variable are computed from."""
    z, n_z = _codes_of(candidates, column)
    zy = np.bincount(z.astype(np.intp) * given.n_y + given.y, minlength=n_z * given.n_y)
    return Chance.of(zy.reshape(n_z, given.n_y), given.most_kept)


def _term(candidates: Candidates, given: Given, column: int, age: int, nats: Nats) -> float:
    """I(X; Y | Z) of one candidate and one selected variable, and the offset."""
    x, n_x = _codes_of(candidates, column)
    selected = given.columns[age]
    z, n_z = _codes_of(candidates, selected)
    cell = (z.astype(np.intp) * given.n_y + given.y) * n_x + x
    zyx = np.bincount(cell, minlength=n_z * given.n_y * n_x).reshape(n_z, given.n_y, n_x)
    zx = zyx.sum(axis=1)
    total = int(cell_values(zyx, nats.f).sum()) - int(cell_values(zx, nats.f).sum())
    total -= int(given.constant[selected])
    if given.chance is not None:
        total -= _chance_of(zx, given.chance[age], nats)
    value = total / nats.total
    return float(given.offset[selected]) + (0.0 if abs(value) < nats.rounding else value)


def _chance_of(zx: IntArray, chance: Chance, nats: Nats) -> int:
    """Sum of the means of all levels; those that were not known are kept."""
    fixed = nats.f.scale, nats.k_log_k
    if len(chance.table):
        return int(chance_sums(zx[None], chance.rows, chance.table, chance.strata, fixed)[0])
    cell = np.flatnonzero(zx)
    return int(level_means(zx.ravel()[cell], cell // zx.shape[1], chance.strata, fixed).sum())
