"""Columns of a table on their way to codes: what is in them, where to cut them, and the codes."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from mifs._kernels.twins import twin
from mifs._typing import AnyArray, BoolArray, FloatArray, IntArray

Fact = tuple[int, int, bool, float, float, int]
MOST_EDGES, MOST_LEVELS = 255, 256  # of codes in a byte
MOST_BINS = 1 << 20  # that are found without a sort
HUGE = 1 << 53  # from here a float is no longer every whole number
N_KEYS = 1 << 10
LOOK_STEP = 0x9E3779B97F4A7C15  # odd: 2**64 over the golden ratio


@twin("binning")
def columns_as_rows(table: AnyArray) -> AnyArray:
    """Columns of a two-dimensional array as contiguous rows."""
    return np.ascontiguousarray(table.T)


@twin("binning")
def columns_as_doubles(table: FloatArray) -> FloatArray:
    """Columns of a two-dimensional array of floats of 32 bits as contiguous rows of 64."""
    return np.ascontiguousarray(table.T, dtype=np.float64)


@lru_cache(maxsize=1)
def look_keys() -> AnyArray:
    """Random 32-bit numbers, to tell columns apart by."""
    keys = np.random.default_rng(0).integers(0, 2**32, N_KEYS, dtype=np.uint64)
    keys.flags.writeable = False
    return keys


@twin("binning")
def column_facts(rows: FloatArray, keys: AnyArray) -> list[Fact]:
    """What one pass over each column finds.

    `rows` has shape (n_columns, n_samples). Each fact is: how many values are NaN and how many
    infinite; whether the finite ones are whole numbers; the least and the greatest value, NaN
    aside; and a number that is equal for equal columns, NaN taken as 0.
    """
    return [_fact(values, keys) for values in rows]


def _fact(values: FloatArray, keys: AnyArray) -> Fact:
    is_nan = np.isnan(values)
    n_nan = int(is_nan.sum())
    present = values[~is_nan] if n_nan else values
    filled = np.where(is_nan, 0.0, values) + 0.0  # -0.0 becomes 0.0
    bits = filled.view(np.uint64)
    # The low half of a whole number is zero; processors multiply halves faster.
    bits = (bits ^ (bits >> np.uint64(32))) & np.uint64(2**32 - 1)
    look = 0
    for start in range(0, len(bits), len(keys)):
        some = bits[start : start + len(keys)]
        look = (look * LOOK_STEP + int((some * keys[: len(some)]).sum(dtype=np.uint64))) % 2**64
    return (
        n_nan,
        int(np.isinf(present).sum()),
        bool((present == np.floor(present)).all()),
        float(present.min(initial=np.inf)) + 0.0,
        float(present.max(initial=-np.inf)) + 0.0,
        look,
    )


@twin("binning")
def equal_frequency_edges(
    values: FloatArray, n_bins: int, weights: IntArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Values next below and next above each cut of finite values into bins of equal frequency.

    There is at least one value. With average rank r, the bin is floor((r - 1/2) n_bins / n), of
    each value as often as its weight says, above 0; the sum of weights is below 2**62.
    """
    if weights is None:
        ordered = np.sort(values)
    else:
        order = np.argsort(values)
        ordered, weights = values[order], weights[order]
    starts = starts_of_bins(ordered, weights, n_bins)
    return ordered[starts - 1] + 0.0, ordered[starts] + 0.0


def starts_of_bins(ordered: AnyArray, weights: IntArray | None, n_bins: int) -> IntArray:
    """Places in a sorted column at which bins of equal frequency start, but the first."""
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    edges = np.append(first, len(ordered))  # of the runs of ties, in rows that came before
    if weights is not None:
        edges = np.concatenate([[0], np.cumsum(weights)])[edges]
    # In whole numbers: the average rank of a run of ties is (first + end + 1) / 2.
    middles, n = edges[:-1] + edges[1:], int(edges[-1])
    fits = 2 * n * n_bins < 2**63
    cell = (middles if fits else middles.astype(object)) * n_bins // (2 * n)
    return first[1:][cell[1:] != cell[:-1]]


def midway(below: AnyArray, above: AnyArray) -> AnyArray:
    """Cut points that part two neighbours each: half way, or the upper where that is not between.

    Of whole numbers the upper one, since as a float a large one may be another.

    Examples
    --------
    >>> midway(np.array([0.0]), np.array([1.0])), midway(np.array([0]), np.array([3]))
    (array([0.5]), array([3]))
    """
    if above.dtype.kind in "iu":
        return above
    middle = below / 2 + above / 2
    return np.where(middle > below, middle, above)  # neighbouring floats have no middle


@twin("binning")
def codes_between(values: FloatArray, edges: FloatArray) -> IntArray:
    """How many of at most 255 increasing edges are not above each value; a byte each, 0 of NaN."""
    codes = np.searchsorted(edges, values, side="right").astype(np.uint8)
    codes[np.isnan(values)] = 0
    return codes


@twin("binning")
def equal_frequency_codes(
    columns: Sequence[FloatArray], n_bins: int, weights: IntArray | None = None
) -> tuple[IntArray, list[int]]:
    """Bins of equal frequency of columns of one length, and how many bins each of them has.

    There is at least one column of at least one value, all of them finite, and at most 256 bins;
    weights, one a row, are those of `equal_frequency_edges`. The codes, a byte each, have shape
    (n_columns, n_samples).
    """
    codes, n_levels = np.empty((len(columns), len(columns[0])), dtype=np.uint8), []
    for row, values in zip(codes, columns, strict=True):
        cuts = midway(*equal_frequency_edges(values, n_bins, weights))
        row[:] = codes_between(values, cuts)
        n_levels.append(len(cuts) + 1)
    return codes, n_levels


@twin("binning")
def whole_numbers_met(values: FloatArray, low: float, high: float) -> BoolArray:
    """Which of the whole numbers from `low` to `high` are among the values, which all are."""
    counts = np.bincount((values - low).astype(np.intp), minlength=int(high - low) + 1)
    return counts > 0


@twin("binning")
def codes_of_whole(values: FloatArray, low: float, table: IntArray) -> IntArray:
    """Entry of a table for each whole number from `low` on; bytes if the last one is one."""
    is_small = table.size == 0 or table[-1] < 256
    table = table.astype(np.uint8) if is_small else table
    return table[(values - low).astype(np.intp)]
