"""Cut points of one column, and codes by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from mifs._kernels.binning import (
    MOST_BINS,
    MOST_EDGES,
    MOST_LEVELS,
    codes_between,
    codes_of_whole,
    equal_frequency_codes,
    equal_frequency_edges,
    midway,
    starts_of_bins,
    whole_numbers_met,
)
from mifs._kernels.columns import exact_floats, facts_of
from mifs._typing import AnyArray, BoolArray, IntArray
from mifs.counts import DiscreteVariable
from mifs.supervised_binning import mdlp_cut_points
from mifs.weights import RowWeights

BlindStrategy = Literal["quantile", "uniform"]
Strategy = BlindStrategy | Literal["mdlp"]
NBins = int | Literal["auto"]

FEW_SAMPLES = 1000  # below it "auto" means 5 bins, from it on 10 (measured on 23 real data sets)


def bins_for(n_bins: NBins, n_samples: float) -> int:
    """Number of bins that `n_bins` means for `n_samples` rows.

    Parameters
    ----------
    n_bins : int or "auto"
        A number, or "auto": 5 below 1000 rows, 10 from there.
    n_samples : float
        Number of rows, or the sum of their weights.

    Returns
    -------
    int
        Number of bins.

    Examples
    --------
    >>> bins_for("auto", 999), bins_for("auto", 1000)
    (5, 10)
    """
    if n_bins == "auto":
        return 5 if n_samples < FEW_SAMPLES else 10
    return n_bins


def cut_points(
    values: AnyArray,
    *,
    n_bins: int,
    strategy: BlindStrategy = "quantile",
    weights: IntArray | None = None,
) -> AnyArray:
    """Inner cut points of one column; a value equal to a cut point lies above it.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Finite numbers.
    n_bins : int
        Number of bins at most, at least 1.
    strategy : {"quantile", "uniform"}, default="quantile"
        "quantile" for bins of equal frequency, "uniform" for bins of equal width.
    weights : ndarray of int of shape (n_samples,), optional
        How often each row occurs, in multiples of anything; above 0, their sum below 2**62. Once if
        left out.

    Returns
    -------
    ndarray of shape (n_cuts,)
        Increasing, at most ``n_bins - 1``; none for a constant column.

    Notes
    -----
    Equal frequency: with average rank r, the bin is floor((r - 1/2) `n_bins` / n), so that equal
    values share a bin; a cut point lies midway between the values that it parts, or, of whole
    numbers, is the upper one. The bins depend on the order of the values only, and with weights are
    those of repeated rows. Cost O(n log n).

    Examples
    --------
    Five equal values and five others, in two bins:

    >>> import numpy as np
    >>> cut_points(np.array([0.0, 0, 0, 0, 0, 1, 2, 3, 4, 5]), n_bins=2)
    array([0.5])
    """
    if strategy == "uniform":
        half = np.array([values.min(), values.max()], dtype=np.float64) / 2  # lest they overflow
        return (
            2 * np.linspace(half[0], half[1], n_bins + 1)[1:-1]
            if half[0] < half[1]
            else np.empty(0)
        )
    floats = exact_floats(values) if n_bins <= MOST_BINS else None
    if floats is not None:
        edges = equal_frequency_edges(floats, n_bins, weights)
        return midway(*(edge.astype(values.dtype, copy=False) for edge in edges))
    order = np.argsort(values)
    ordered = values[order]
    starts = starts_of_bins(ordered, None if weights is None else weights[order], n_bins)
    return midway(ordered[starts - 1], ordered[starts])


def column_cuts(
    values: AnyArray,
    is_missing: BoolArray | None = None,
    *,
    n_bins: NBins,
    strategy: Strategy = "quantile",
    weights: RowWeights | None = None,
    classes: IntArray | None = None,
) -> AnyArray:
    """Inner cut points of what is present in one column.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Finite numbers, without meaning where missing.
    is_missing : ndarray of bool of shape (n_samples,), optional
        Which values are missing.
    n_bins : int or "auto"
        Number of bins at most, by the rows that are present.
    strategy : {"quantile", "uniform", "mdlp"}, default="quantile"
        How to cut; "mdlp" without classes means "quantile".
    weights : RowWeights, optional
        How often each row counts; once if left out.
    classes : ndarray of int of shape (n_samples,), optional
        What "mdlp" looks at.

    Returns
    -------
    ndarray of shape (n_cuts,)
        Increasing; none if all is missing.

    Examples
    --------
    >>> values, is_missing = np.array([1.0, 2.0, 0.0, 3.0, 4.0]), np.arange(5) == 2
    >>> column_cuts(values, is_missing, n_bins=2)
    array([2.5])
    """
    if is_missing is not None:
        present = ~is_missing
        values = values[present]
        weights = None if weights is None else weights.of_rows(present)
        classes = None if classes is None else classes[present]
    if not len(values):
        return np.empty(0)
    if strategy == "mdlp" and classes is not None:
        return mdlp_cut_points(
            values, classes, weights=None if weights is None else weights.numbers
        )
    return cut_points(
        values,
        n_bins=bins_for(n_bins, len(values) if weights is None else weights.total),
        strategy="uniform" if strategy == "uniform" else "quantile",
        weights=None if weights is None else weights.multiples,
    )


def codes_of(values: AnyArray, cuts: AnyArray) -> IntArray:
    """Bin of every value, counted from 0.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Numbers.
    cuts : ndarray of shape (n_cuts,)
        Increasing cut points.

    Returns
    -------
    ndarray of int of shape (n_samples,)
        From 0 to ``n_cuts``; a byte each, where they fit.

    Examples
    --------
    >>> import numpy as np
    >>> codes_of(np.array([0.2, 0.5, 0.9]), np.array([0.5])).tolist()
    [0, 1, 1]
    """
    # As a float, a value stays above a cut that is one exactly.
    edges = exact_floats(cuts) if len(cuts) <= MOST_EDGES and values.dtype.itemsize <= 8 else None
    if edges is not None:
        return codes_between(values.astype(np.float64, copy=False), edges)
    return np.searchsorted(cuts, values, side="right")


def equal_frequency_variables(
    columns: Sequence[AnyArray], n_bins: int, weights: IntArray | None = None
) -> Iterator[DiscreteVariable]:
    """Code some columns by their bins of equal frequency.

    Parameters
    ----------
    columns : sequence of ndarray of float64 of shape (n_samples,)
        Finite numbers; all of one length, which is not 0.
    n_bins : int
        Number of bins at most, at least 1.
    weights : ndarray of int of shape (n_samples,), optional
        Those of `cut_points`.

    Yields
    ------
    DiscreteVariable
        The codes of each column by its `cut_points`.
    """
    if n_bins > MOST_LEVELS:
        for values in columns:
            cuts = cut_points(values, n_bins=n_bins, weights=weights)
            yield DiscreteVariable(codes_of(values, cuts), len(cuts) + 1)
    elif columns:
        yield from map(DiscreteVariable, *equal_frequency_codes(columns, n_bins, weights))


def level_codes(values: AnyArray) -> DiscreteVariable:
    """Code every distinct value as a level, in sorted order.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Numbers, booleans or strings, none of them missing.

    Returns
    -------
    DiscreteVariable
        Codes below the number of distinct values; bytes, of a few whole numbers.

    Examples
    --------
    >>> import numpy as np
    >>> level_codes(np.array(["no", "yes", "no"])).codes
    array([0, 1, 0])
    """
    facts = facts_of(values) if values.dtype.kind in "fiub" and len(values) else None
    if facts is not None and facts.has_table(len(values)):
        floats = exact_floats(values, facts)
        if floats is not None:
            table = np.cumsum(whole_numbers_met(floats, facts.low, facts.high)) - 1
            return DiscreteVariable(codes_of_whole(floats, facts.low, table), int(table[-1]) + 1)
    if values.dtype.kind not in "fiuc":  # a sort of many strings costs ten times a dictionary
        items = values.tolist()
        levels = sorted(set(items))
        code = {level: place for place, level in enumerate(levels)}
        return DiscreteVariable(np.array([code[item] for item in items]), len(levels))
    numbers, codes = np.unique(values, return_inverse=True)
    return DiscreteVariable(codes, len(numbers))
