"""Binning: cut points learned from one set of rows, codes for any other."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs import _frames
from mifs._typing import AnyArray, ArrayLike, BoolArray, FloatArray, IntArray
from mifs._validation import (
    Interval,
    StrOptions,
    fit_context,
    label_of,
    refuse_ambiguous_names,
    refuse_non_finite,
    refuse_small_frame,
    refuse_strings,
    weighted_rows,
)
from mifs.counts import DiscreteVariable
from mifs.weights import RowWeights

Strategy = Literal["quantile", "uniform"]
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
    strategy: Strategy = "quantile",
    weights: IntArray | None = None,
) -> FloatArray:
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
        How often each row occurs, in multiples of anything; above 0. Once if left out.

    Returns
    -------
    ndarray of shape (n_cuts,)
        Increasing, at most ``n_bins - 1``; none for a constant column.

    Notes
    -----
    Equal frequency: with average rank r, the bin is floor((r - 1/2) `n_bins` / n), so that equal
    values share a bin; a cut point lies midway between the values that it parts, or, of whole
    numbers, is the upper one. The
    bins depend on the order of the values only, and with weights are those of repeated rows. Cost
    O(n log n).

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
    order = None if weights is None else np.argsort(values)
    ordered = np.sort(values) if order is None else values[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    edges = np.append(first, len(ordered))  # of the runs of ties, in rows that came before
    if weights is not None:
        edges = np.concatenate([[0], np.cumsum(weights[order])])[edges]
    # In whole numbers: the average rank of a run of ties is (first + end + 1) / 2.
    middles, n = edges[:-1] + edges[1:], int(edges[-1])
    fits = 2 * n * n_bins < 2**63
    cell = (middles if fits else middles.astype(object)) * n_bins // (2 * n)
    starts = first[1:][cell[1:] != cell[:-1]]
    below, above = ordered[starts - 1], ordered[starts]
    if ordered.dtype.kind in "iu":
        return above  # as a float, a large whole number may be another
    middle = below / 2 + above / 2
    return np.where(middle > below, middle, above)  # neighbouring floats have no middle


def codes_of(values: AnyArray, cuts: FloatArray) -> IntArray:
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
        From 0 to ``n_cuts``.

    Examples
    --------
    >>> import numpy as np
    >>> codes_of(np.array([0.2, 0.5, 0.9]), np.array([0.5]))
    array([0, 1, 1])
    """
    return np.searchsorted(cuts, values, side="right")


def level_codes(values: AnyArray) -> DiscreteVariable:
    """Code every distinct value as a level, in sorted order.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Numbers, booleans or strings, none of them missing.

    Returns
    -------
    DiscreteVariable
        Codes below the number of distinct values.

    Examples
    --------
    >>> import numpy as np
    >>> level_codes(np.array(["no", "yes", "no"])).codes
    array([0, 1, 0])
    """
    if values.dtype.kind in "biu" and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low < len(values):  # a table of what occurs is then smaller than a sort
            # Beyond 2**63 there is no int64 to subtract in.
            is_unsigned = values.dtype == np.uint64
            shifted = values - np.uint64(low) if is_unsigned else values.astype(np.int64) - low
            shifted = shifted.astype(np.int64)
            occurs = np.bincount(shifted, minlength=high - low + 1) > 0
            return DiscreteVariable((np.cumsum(occurs) - 1)[shifted], int(occurs.sum()))
    if values.dtype.kind not in "fc":  # a sort of many strings costs ten times a dictionary
        items = values.tolist()
        levels = sorted(set(items))
        code = {level: place for place, level in enumerate(levels)}
        return DiscreteVariable(np.array([code[item] for item in items]), len(levels))
    numbers, codes = np.unique(values, return_inverse=True)
    return DiscreteVariable(codes, len(numbers))


class Discretizer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Cut every column into bins of equal frequency or equal width.

    The cut points are learned in `fit` alone; `transform` codes any rows by them.

    Parameters
    ----------
    strategy : {"quantile", "uniform"}, default="quantile"
        "quantile" for bins of equal frequency: average ranks, equal values share a bin.
        "uniform" for bins of equal width between the smallest and the largest value.
    n_bins : int or "auto", default="auto"
        Number of bins at most, at least 2. "auto" is 5 below 1000 rows and 10 from there. A
        column of fewer distinct values has fewer bins, a constant column has one. Rows count where
        the column is not missing.
    missing : {"level", "error"}, default="level"
        What a missing value is, None, NaN, pandas.NA and null alike: a code of its own, the one
        above the bins of its column, whether or not `fit` saw one; or an error. Infinity is an
        error always.

    Attributes
    ----------
    cut_points_ : list of ndarray
        Inner cut points of each column; a value equal to a cut point lies above it.
    n_levels_ : ndarray of int of shape (n_features,)
        Number of bins of each column; the code of missing values, which is none of them.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of str of shape (n_features,)
        Names of the columns, if all were strings.

    Notes
    -----
    The information of a binned column converges to that of its bins, not to that of the column:
    for two standard normals with correlation 0.6 the bins keep 0.1755 of 0.2231 nats at five
    bins and 0.2030 at ten.

    Examples
    --------
    Twelve different values in three bins of four:

    >>> import numpy as np
    >>> X = np.arange(12.0)[:, None] ** 3
    >>> Discretizer(n_bins=3).fit_transform(X).ravel()
    array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])

    A missing value lies above all three, here and in any other rows:

    >>> X[0] = np.nan
    >>> Discretizer(n_bins=3).fit_transform(X).ravel()
    array([3, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2])
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "strategy": [StrOptions({"quantile", "uniform"})],
        "n_bins": [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
        "missing": [StrOptions({"level", "error"})],
    }

    def __init__(
        self,
        strategy: Strategy = "quantile",
        n_bins: NBins = "auto",
        *,
        missing: Literal["level", "error"] = "level",
    ) -> None:
        self.strategy = strategy
        self.n_bins = n_bins
        self.missing = missing

    @fit_context
    def fit(
        self,
        X: Any,
        y: ArrayLike | None = None,  # noqa: ARG002 - scikit-learn's signature
        sample_weight: ArrayLike | None = None,
    ) -> Discretizer:
        """Learn the cut points of every column.

        Parameters
        ----------
        X : array or dataframe of shape (n_samples, n_features)
            Numbers, some of them missing.
        y : None
            Not used: the bins must not know the target.
        sample_weight : array-like of shape (n_samples,), optional
            How often each row occurs; rows of weight 0 count for nothing.

        Returns
        -------
        Discretizer
            Itself.
        """
        X = self._checked(X, reset=True)
        weights, X = weighted_rows(sample_weight, X)
        self.cut_points_ = [
            self._cuts(values, missing, weights) for values, missing in self._columns(X)
        ]
        self.n_levels_ = np.array([len(cuts) + 1 for cuts in self.cut_points_])
        return self

    def transform(self, X: Any) -> IntArray:
        """Code every value by the cut points that `fit` learned.

        Parameters
        ----------
        X : array or dataframe of shape (n_samples, n_features)
            Numbers, some of them missing.

        Returns
        -------
        ndarray of int of shape (n_samples, n_features)
            Bins, counted from 0. A value beyond those seen in `fit` lies in the outermost bin, a
            missing one above it.
        """
        check_is_fitted(self)
        X = self._checked(X, reset=False)
        codes = np.empty(X.shape, dtype=np.int64)
        columns = zip(self._columns(X), self.cut_points_, strict=True)
        for place, ((values, missing), cuts) in enumerate(columns):
            codes[:, place] = codes_of(values, cuts)
            if missing is not None:
                codes[missing, place] = len(cuts) + 1
        return codes

    def _cuts(
        self, values: AnyArray, missing: BoolArray | None, weights: RowWeights | None
    ) -> FloatArray:
        """Cut the values that are present."""
        if missing is not None:
            values = values[~missing]
            weights = None if weights is None else weights.of_rows(~missing)
        if not len(values):
            return np.empty(0)
        n_bins = bins_for(self.n_bins, len(values) if weights is None else weights.total)
        multiples = None if weights is None else weights.multiples
        return cut_points(values, n_bins=n_bins, strategy=self.strategy, weights=multiples)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        tags.input_tags.allow_nan = self.missing == "level"
        return tags

    def _checked(self, X: Any, *, reset: bool) -> Any:
        """Return a dataframe as it is, or an array of numbers."""
        refuse_ambiguous_names(X)
        if _frames.is_frame(X):
            X = validate_data(self, X, reset=reset, skip_check_array=True)
            refuse_small_frame(X, type(self).__name__, least_rows=1)
            return X
        refuse_strings(X, None)
        table = validate_data(self, X, reset=reset, ensure_all_finite=False)
        names = getattr(self, "feature_names_in_", None)
        refuse_non_finite(table, names, allow_nan=self.missing == "level")
        return table

    def _columns(self, X: Any) -> Iterator[tuple[AnyArray, BoolArray | None]]:
        """Yield the numbers of every column, and where it is missing."""
        columns = _frames.frame_columns(X) if _frames.is_frame(X) else _frames.array_columns(X)
        for place, column in enumerate(columns):
            label, missing = label_of(place, _frames.names_of(X)), column.is_missing
            is_number = column.sort == "number" or column.values.dtype.kind == "b"
            if not is_number and not (missing is not None and missing.all()):
                msg = f"X holds {column.sort}s in {label}, which cannot be cut into bins. Leave it "
                msg += "out, or make a number of it; MutualInfoSelector takes labels as they are."
                raise TypeError(msg)
            if missing is not None and self.missing == "error":
                msg = f"X contains NaN or missing values in {label} ({missing.sum()} of "
                msg += f"{len(missing)} rows). Fill or drop these rows first, or pass "
                msg += "missing='level'."
                raise ValueError(msg)
            yield column.values, missing
