"""The transformer that cuts the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs import _frames
from mifs._typing import AnyArray, ArrayLike, BoolArray, IntArray
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
from mifs._vectors import checked_target
from mifs.discretization.cuts import NBins, Strategy, codes_of, column_cuts, level_codes
from mifs.encoding import typed_target
from mifs.weights import RowWeights


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
        column of fewer distinct values has fewer bins, a constant column has one. Rows count where
        the column is not missing. "mdlp" finds the number by itself; of a y of numbers that are no
        classes, `n_bins` bins of equal frequency then serve as classes.
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

    A missing value lies above all three, here and in any other rows:

    >>> X[0] = np.nan
    >>> Discretizer(n_bins=3).fit_transform(X).ravel()
    array([3, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2])

    Two classes that meet at one value need two bins:

    >>> X = np.arange(20.0)[:, None]
    >>> Discretizer(strategy="mdlp").fit(X, X.ravel() < 7).cut_points_
    [array([6.5])]
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "strategy": [StrOptions({"quantile", "uniform", "mdlp"})],
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
        y: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Discretizer:
        """Learn the cut points of every column.

        Parameters
        ----------
        X : array or dataframe of shape (n_samples, n_features)
            Numbers, some of them missing.
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
        X = self._checked(X, reset=True)
        y = self._checked_target(X, y)
        weights, X, *outputs = weighted_rows(sample_weight, X, *([] if y is None else [y]))
        classes = self._classes(outputs[0], weights) if outputs else None
        self.cut_points_ = [
            column_cuts(
                values,
                missing,
                n_bins=self.n_bins,
                strategy=self.strategy,
                weights=weights,
                classes=classes,
            )
            for values, missing in self._columns(X)
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

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        tags.input_tags.allow_nan = self.missing == "level"
        tags.target_tags.required = self.strategy == "mdlp"
        return tags

    def _checked_target(self, table: Any, y: ArrayLike | None) -> AnyArray | None:
        """Return the target, where one is looked at."""
        if self.strategy != "mdlp":
            return None
        name = type(self).__name__
        if y is None:
            msg = f"This {name} estimator requires y to be passed, but the target y is None: "
            msg += 'strategy="mdlp" cuts where classes change. "quantile" and "uniform" need none.'
            raise ValueError(msg)
        return checked_target(table, y, name)

    def _classes(self, y: AnyArray, weights: RowWeights | None) -> IntArray:
        """Return the class of each row that counts; of numbers their bins."""
        target = typed_target(y, discrete_target="auto", weights=weights)
        if target.is_discrete:
            return level_codes(target.values).codes
        numbers = target.values
        return codes_of(numbers, column_cuts(numbers, n_bins=self.n_bins, weights=weights))

    def _checked(self, X: Any, *, reset: bool) -> Any:
        """Return a dataframe as it is, or an array of numbers."""
        refuse_ambiguous_names(X)
        least = 2 if reset and self.strategy == "mdlp" else 1  # one row has one class
        if _frames.is_frame(X):
            X = validate_data(self, X, reset=reset, skip_check_array=True)
            refuse_small_frame(X, type(self).__name__, least_rows=least)
            return X
        refuse_strings(X, None)
        table = validate_data(
            self, X, reset=reset, ensure_all_finite=False, ensure_min_samples=least
        )
        names = getattr(self, "feature_names_in_", None)
        refuse_non_finite(table, names, allow_nan=self.missing == "level")
        return table

    def _columns(self, X: Any) -> Iterator[tuple[AnyArray, BoolArray | None]]:
        """Yield the numbers of every column, and where it is missing."""
        columns = _frames.frame_columns(X) if _frames.is_frame(X) else _frames.array_columns(X)
        names = _frames.names_of(X)
        for place, column in enumerate(columns):
            label, missing = label_of(place, names), column.is_missing
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
