"""Binning: cut points learned from one set of rows, codes for any other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs._typing import AnyArray, ArrayLike, IntArray
from mifs._validation import (
    Interval,
    StrOptions,
    checked_target,
    fit_context,
    refuse_non_finite,
    refuse_strings,
    weighted_rows,
)
from mifs.counts import DiscreteVariable
from mifs.encoding import typed_target
from mifs.supervised_binning import mdlp_cut_points, midway
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
    return midway(ordered[starts - 1], ordered[starts])


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
    """Cut every column into bins of equal frequency or equal width, or where classes change.

    The cut points are learned in `fit` alone; `transform` codes any rows by them.

    Parameters
    ----------
    strategy : {"quantile", "uniform", "mdlp"}, default="quantile"
        "quantile" for bins of equal frequency: average ranks, equal values share a bin.
        "uniform" for bins of equal width between the smallest and the largest value. "mdlp" cuts
        where that tells the classes of y apart by more than the cut costs, the rule of Fayyad and
        Irani [1]_: as many bins as that needs, and one for a column that says nothing.
    n_bins : int or "auto", default="auto"
        Number of bins at most, at least 2. "auto" is 5 below 1000 rows and 10 from there. A
        column of fewer distinct values has fewer bins, a constant column has one. "mdlp" finds
        the number by itself; of a y of numbers that are no classes, `n_bins` bins of equal
        frequency then serve as classes.

    Attributes
    ----------
    cut_points_ : list of ndarray
        Inner cut points of each column; a value equal to a cut point lies above it.
    n_levels_ : ndarray of int of shape (n_features,)
        Number of bins of each column.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of str of shape (n_features,)
        Names of the columns, if all were strings.

    Notes
    -----
    The information of a binned column converges to that of its bins, not to that of the column:
    for two standard normals with correlation 0.6 the bins keep 0.1755 of 0.2231 nats at five
    bins and 0.2030 at ten.

    The bins of "mdlp" have seen y. On the rows of `fit` they share more with it than on others, so
    fit inside the folds of a cross-validation, and test independence with other bins. Whole
    numbers with at most 32 distinct values are classes, as in `MutualInfoSelector`.

    References
    ----------
    .. [1] U. M. Fayyad, K. B. Irani, "Multi-interval discretization of continuous-valued
       attributes for classification learning", Proceedings of the 13th International Joint
       Conference on Artificial Intelligence, 1022-1027 (1993).

    Examples
    --------
    Twelve different values in three bins of four:

    >>> import numpy as np
    >>> X = np.arange(12.0)[:, None] ** 3
    >>> Discretizer(n_bins=3).fit_transform(X).ravel()
    array([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2])

    Two classes that meet at one value need two bins:

    >>> X = np.arange(20.0)[:, None]
    >>> Discretizer(strategy="mdlp").fit(X, X.ravel() < 7).cut_points_
    [array([6.5])]
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "strategy": [StrOptions({"quantile", "uniform", "mdlp"})],
        "n_bins": [Interval(Integral, 2, None, closed="left"), StrOptions({"auto"})],
    }

    def __init__(self, strategy: Strategy = "quantile", n_bins: NBins = "auto") -> None:
        self.strategy = strategy
        self.n_bins = n_bins

    @fit_context
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Discretizer:
        """Learn the cut points of every column.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite numbers.
        y : array-like of shape (n_samples,), optional
            Classes, or numbers, for "mdlp"; not used by the other strategies, whose bins must not
            know the target.
        sample_weight : array-like of shape (n_samples,), optional
            How often each row occurs; rows of weight 0 count for nothing.

        Returns
        -------
        Discretizer
            Itself.

        Raises
        ------
        ValueError
            If X holds strings, NaN or infinity; for "mdlp", if y is missing or constant.
        """
        table = self._checked(X, reset=True)
        y = self._checked_target(table, y)
        weights, table, *target = weighted_rows(sample_weight, table, *([] if y is None else [y]))
        rule = self._rule(len(table), weights, *target)
        self.cut_points_ = [rule(column) for column in table.T]
        self.n_levels_ = np.array([len(cuts) + 1 for cuts in self.cut_points_])
        return self

    def transform(self, X: ArrayLike) -> IntArray:
        """Code every value by the cut points that `fit` learned.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite numbers.

        Returns
        -------
        ndarray of int of shape (n_samples, n_features)
            Bins, counted from 0. A value beyond those seen in `fit` lies in the outermost bin.
        """
        check_is_fitted(self)
        table = self._checked(X, reset=False)
        codes = np.empty(table.shape, dtype=np.int64)
        for place, (column, cuts) in enumerate(zip(table.T, self.cut_points_, strict=True)):
            codes[:, place] = codes_of(column, cuts)
        return codes

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        tags.target_tags.required = self.strategy == "mdlp"
        return tags

    def _checked_target(self, table: AnyArray, y: ArrayLike | None) -> AnyArray | None:
        """Return the target, where one is looked at."""
        if self.strategy != "mdlp":
            return None
        name = type(self).__name__
        if y is None:
            msg = f"This {name} estimator requires y to be passed, but the target y is None: "
            msg += 'strategy="mdlp" cuts where classes change. "quantile" and "uniform" need none.'
            raise ValueError(msg)
        return checked_target(table, y, name)

    def _rule(
        self, n_rows: int, weights: RowWeights | None, y: AnyArray | None = None
    ) -> Callable[[AnyArray], AnyArray]:
        """Return what gives the cut points of a column."""
        n_bins = bins_for(self.n_bins, n_rows if weights is None else weights.total)
        multiples = None if weights is None else weights.multiples
        if y is None:
            blind: BlindStrategy = "uniform" if self.strategy == "uniform" else "quantile"
            return partial(cut_points, n_bins=n_bins, strategy=blind, weights=multiples)
        target = typed_target(y, discrete_target="auto", weights=weights)
        classes = target.values
        if not target.is_discrete:
            classes = codes_of(classes, cut_points(classes, n_bins=n_bins, weights=multiples))
        return partial(
            mdlp_cut_points,
            classes=level_codes(classes).codes,
            weights=None if weights is None else weights.numbers,
        )

    def _checked(self, X: ArrayLike, *, reset: bool) -> AnyArray:
        refuse_strings(X, None)
        least = 2 if reset and self.strategy == "mdlp" else 1  # one row has one class
        table = validate_data(
            self, X, reset=reset, ensure_all_finite=False, ensure_min_samples=least
        )
        refuse_non_finite(table, getattr(self, "feature_names_in_", None))
        return table
