"""Stability selection: what a selector keeps on most halves of the rows."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs import _frames
from mifs._typing import AnyArray, BoolArray, FloatArray, IntArray
from mifs._validation import (
    N_JOBS,
    HasMethods,
    Interval,
    StrOptions,
    fit_context_of_meta,
    generator_of,
    refuse_ambiguous_names,
    refuse_small_frame,
    with_strings,
)
from mifs._vectors import as_vector, checked_target
from mifs.encoding import looks_like_classes
from mifs.error_bounds import ErrorBound, error_bound
from mifs.search import count_of
from mifs.selectors.halves import complementary_halves, fitted_clone, selection_of_half
from mifs.selectors.routing import refuse_unrouted
from mifs.selectors.selector import MutualInfoSelector
from mifs.selectors.transform import FrameSelectorMixin
from mifs.stability import stability_of

if TYPE_CHECKING:
    import pandas as pd

TIE = 1e-12  # a frequency reaches a threshold that it misses by rounding


class StabilitySelector(MetaEstimatorMixin, FrameSelectorMixin, BaseEstimator):
    """Select the features that a selector keeps on most halves of the rows.

    The rows are halved many times, and the selector is fitted to both halves. How often it keeps
    a column, how its rank spreads, and how much the selections agree say what a single selection
    cannot; a threshold on the frequency bounds how many rarely selected columns are kept.

    Parameters
    ----------
    selector : selector, default=None
        Anything with `fit` and `get_support`; it is cloned. None is `MutualInfoSelector()`.
    n_resamples : int, default=100
        Halves to fit, an even number: each half and its complement are a pair.
    threshold : float or str, default=0.75
        Frequency from which a column is selected, within [0, 1]; or "mean" or "median" of the
        frequencies, or a multiple such as "1.25*mean". Only a number above one half bounds
        anything.
    max_features : int, default=None
        Most columns to select, the most frequent first; None for no limit.
    min_features_to_select : int, default=1
        Columns that are selected though none reaches the threshold, so that a pipeline does not
        end with no column; 0 to allow that.
    stratify : bool or "auto", default="auto"
        Whether every class of y is halved, so that one of two rows or more never vanishes. "auto":
        if y looks like classes, as in `MutualInfoSelector`.
    confidence_level : float, default=0.95
        Of the interval of the stability, and share of the ranks within the rank intervals.
    n_jobs : int, default=None
        Processes that fit halves; -1 for all processors. The result does not depend on it.
    random_state : int, Generator, RandomState or None, default=None
        Of the halves, and of each clone where the selector sets none. None draws the same ones in
        every fit.

    Attributes
    ----------
    frequencies_ : ndarray of shape (n_features_in_,)
        Share of the halves that selected each column.
    rank_intervals_ : ndarray of shape (n_features_in_, 2)
        Lowest and highest rank of each column in all but the `1 - confidence_level` of the halves
        that lie farthest out. Rank 1 is the best; ties share their mean.
    median_ranks_ : ndarray of shape (n_features_in_,)
        Median rank of each column.
    selections_ : ndarray of bool of shape (n_resamples, n_features_in_)
        What each half selected; rows 2 i and 2 i + 1 are complements.
    stability_ : Stability
        Agreement of the selections: Nogueira's measure with its interval, and Kuncheva's index.
    error_bound_ : ErrorBound or None
        Bounds of Shah and Samworth on the number of rarely selected columns that reach the
        threshold; None if that was read from the frequencies.
    promise_ : str
        What may be said of the selection, and under which conditions.
    threshold_ : float
        Frequency that was asked for.
    selected_ : ndarray of int of shape (n_features_,)
        Selected columns, the most frequent first; ties go by mean rank, then to the left.
    support_ : ndarray of bool of shape (n_features_in_,)
        Mask of the selected columns.
    ranking_ : ndarray of int of shape (n_features_in_,)
        Place of each column in the order of `selected_`, which goes on with the others.
    n_features_ : int
        Number of selected columns.
    selector_ : selector
        The selector fitted to all rows, for comparison.
    stratified_ : bool
        Whether the classes of y were halved.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Names of the columns, if all were strings.

    See Also
    --------
    MutualInfoSelector : The default selector.

    Notes
    -----
    Rows are never drawn twice, as a bootstrap would: a row is its own nearest neighbour, and counts
    of repeated rows show dependence that is not there. Ranks are read from `ranking_` of the
    selector, else from `scores_` of all columns (the larger the better), else a column is only
    above or below another by being selected. Half of the rows show less than all, and what
    the selector decides from the data, such as which columns are discrete, it decides anew on each
    half: frequencies speak of a selector on half of the rows. Given the sizes of the classes, the
    halves of a pair are independent, but for the odd row of a class. Cost that of `n_resamples`
    fits to half of the rows, and one to all.

    Metadata, such as `sample_weight`, reaches the selector, of each half its own rows, if it
    requests it and scikit-learn's metadata routing is on. How rows are halved does not depend on
    weights.

    A report is of one path, which many halves are not, so that there is no method for it:
    `frequency_frame` shows every column, and ``selector_.report(X, y)`` is of the selection that
    all rows make.

    References
    ----------
    .. [1] R. D. Shah, R. J. Samworth, "Variable selection with error control: another look at
       stability selection", Journal of the Royal Statistical Society B 75, 55 (2013).
       https://doi.org/10.1111/j.1467-9868.2011.01034.x
    .. [2] S. Nogueira, K. Sechidis, G. Brown, "On the stability of feature selection algorithms",
       Journal of Machine Learning Research 18(174), 1 (2018).
       https://jmlr.org/papers/v18/17-514.html

    Examples
    --------
    The target is the sum of two of three coins; every half of the rows finds both:

    >>> import numpy as np
    >>> coins = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 50)
    >>> y = coins[:, 0] + coins[:, 2]
    >>> selector = StabilitySelector(MutualInfoSelector("jmi", 2), n_resamples=10).fit(coins, y)
    >>> selector.frequencies_
    array([1., 0., 1.])
    >>> selector.stability_.nogueira
    1.0
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "selector": [HasMethods(["fit", "get_support", "get_params", "set_params"]), None],
        "n_resamples": [Interval(Integral, 2, None, closed="left")],
        "threshold": [Interval(Real, 0, 1, closed="both"), str],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
        "min_features_to_select": [Interval(Integral, 0, None, closed="left")],
        "stratify": ["boolean", StrOptions({"auto"})],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "n_jobs": [*N_JOBS, None],
        "random_state": ["random_state", np.random.Generator],
    }

    def __init__(
        self,
        selector: Any = None,
        n_resamples: int = 100,
        *,
        threshold: float | str = 0.75,
        max_features: int | None = None,
        min_features_to_select: int = 1,
        stratify: bool | Literal["auto"] = "auto",
        confidence_level: float = 0.95,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.selector = selector
        self.n_resamples = n_resamples
        self.threshold = threshold
        self.max_features = max_features
        self.min_features_to_select = min_features_to_select
        self.stratify = stratify
        self.confidence_level = confidence_level
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context_of_meta
    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:
        """Fit the selector to halves of the rows, and select what most of them keep.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            Whatever the selector takes; at least four rows.
        y : array-like of shape (n_samples,)
            Target, if the selector needs one.
        **params : dict
            With metadata routing on, what the selector requests, such as `sample_weight`.

        Returns
        -------
        StabilitySelector
            Itself.
        """
        self._refuse_impossible()
        refuse_unrouted("fit", params, whom="the selector")
        metadata = process_routing(self, "fit", **params)["selector"]["fit"]
        given, (X, y) = y, self._checked(X, y)
        self._column_names = _frames.names_of(X)
        rng = generator_of(self.random_state)
        seeds = rng.integers(2**31, size=self.n_resamples + 1).tolist()
        # First to all rows: what is wrong with them is said of the whole table.
        labelled = _frames.with_row_labels(y, given)
        self.selector_ = fitted_clone(
            self._selector(), X, labelled, seed=seeds.pop(), metadata=metadata
        )
        halves = complementary_halves(self._classes(X, y), self.n_resamples // 2, rng)
        results = Parallel(n_jobs=self.n_jobs)(
            delayed(selection_of_half)(self._selector(), X, y, rows, seed=seed, metadata=metadata)
            for rows, seed in zip(halves, seeds, strict=True)
        )
        self._store(*(np.array(parts) for parts in zip(*results, strict=True)))
        return self

    def _selector(self) -> Any:
        return MutualInfoSelector() if self.selector is None else self.selector

    def _refuse_impossible(self) -> None:
        """Raise for options that do not go together."""
        if self.n_resamples % 2:
            msg = f"n_resamples={self.n_resamples!r} is odd, but each half comes with its "
            msg += f"complement. Pass {self.n_resamples + 1}."
            raise ValueError(msg)
        if self.max_features is not None and self.max_features < self.min_features_to_select:
            msg = (
                f"max_features={self.max_features!r} is below min_features_to_select="
                f"{self.min_features_to_select!r}. Raise the first or lower the second."
            )
            raise ValueError(msg)
        threshold_of(self.threshold, np.zeros(1))  # before the fits, not after

    def _checked(self, X: Any, y: Any) -> tuple[Any, AnyArray | None]:
        """Check shapes and names; what the values must be, the selector knows."""
        refuse_ambiguous_names(X)
        if _frames.is_frame(X):
            validate_data(self, X, y, skip_check_array=True)
            refuse_small_frame(X, type(self).__name__, least_rows=4)
        else:
            X = validate_data(
                self,
                with_strings(X),
                None if y is None else "no_validation",
                accept_sparse="csr" if get_tags(self).input_tags.sparse else False,
                dtype=None,
                ensure_all_finite=False,
                ensure_min_samples=4,
            )
        if y is None:
            return X, None
        return X, checked_target(X, y, type(self).__name__)

    def _classes(self, X: Any, y: AnyArray | None) -> IntArray:
        """Return the class of each row, where classes are halved; else one for all."""
        self.stratified_ = False
        if y is not None and self.stratify:
            labels = as_vector(y, "y")
            self.stratified_ = self.stratify != "auto" or looks_like_classes(labels)
        if not self.stratified_:
            return np.zeros(X.shape[0], dtype=np.int64)
        return np.unique(labels, return_inverse=True)[1]

    def _store(self, selections: BoolArray, ranks: FloatArray) -> None:
        """Set the fitted attributes."""
        outside = (1 - self.confidence_level) / 2
        low = np.quantile(ranks, outside, axis=0, method="lower")
        high = np.quantile(ranks, 1 - outside, axis=0, method="higher")
        self.selections_ = selections
        self.frequencies_ = selections.mean(axis=0)
        self.rank_intervals_ = np.column_stack([low, high])
        self.median_ranks_ = np.median(ranks, axis=0)
        self.stability_ = stability_of(
            selections, confidence_level=self.confidence_level, n_together=2
        )
        order = np.lexsort((ranks.mean(axis=0), -self.frequencies_))
        self.threshold_ = threshold_of(self.threshold, self.frequencies_)
        n_reaching = int((self.frequencies_ >= self.threshold_ - TIE).sum())
        at_least = max(n_reaching, self.min_features_to_select)
        self.selected_ = order[:at_least][: self.max_features]
        self.n_features_ = len(self.selected_)
        self.support_ = np.zeros(self.n_features_in_, dtype=bool)
        self.support_[self.selected_] = True
        self.ranking_ = np.empty(self.n_features_in_, dtype=np.int64)
        self.ranking_[order] = np.arange(1, self.n_features_in_ + 1)
        self.error_bound_ = self._error_bound()
        self.promise_ = promise_of(self.error_bound_, min(n_reaching, self.n_features_))

    def get_metadata_routing(self) -> MetadataRouter:
        """Metadata that the selector asks for.

        Returns
        -------
        MetadataRouter
            Routes of `fit`.
        """
        fit = MethodMapping().add(caller="fit", callee="fit")
        return MetadataRouter(owner=self).add(selector=self._selector(), method_mapping=fit)

    def _error_bound(self) -> ErrorBound | None:
        """Bound for a threshold that was fixed before the frequencies were seen."""
        if isinstance(self.threshold, str):
            return None
        return error_bound(
            float(self.selections_.sum(axis=1).mean()),
            n_features=self.n_features_in_,
            threshold=self.threshold_,
            n_pairs=self.n_resamples // 2,
        )

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = get_tags(self._selector())
        tags.input_tags.allow_nan = inner.input_tags.allow_nan
        tags.input_tags.sparse = inner.input_tags.sparse
        tags.target_tags.required = inner.target_tags.required
        return tags

    def frequency_frame(self) -> pd.DataFrame:
        """Return every column with its frequency and its ranks, the most frequent first.

        Returns
        -------
        pandas.DataFrame
            One row a column of X: ``rank``, its place by frequency; ``feature``; ``selected``;
            ``frequency``, the share of the halves that selected it; ``median rank`` over the
            halves; ``rank from`` and ``rank to``, its rank interval; and ``on all rows``, whether
            the selector fitted to all rows selects it.
        """
        # Not at the top: users of other dataframes need not load it to select features.
        import pandas as pd  # noqa: PLC0415

        check_is_fitted(self)
        columns = {
            "rank": self.ranking_,
            "feature": self._names(),
            "selected": self.support_,
            "frequency": self.frequencies_,
            "median rank": self.median_ranks_,
            "rank from": self.rank_intervals_[:, 0],
            "rank to": self.rank_intervals_[:, 1],
            "on all rows": self.selector_.get_support(),
        }
        return pd.DataFrame(columns).sort_values("rank", ignore_index=True)


def threshold_of(threshold: float | str, frequencies: FloatArray) -> float:
    """Return the frequency that a threshold means, in the words of SelectFromModel."""
    if not isinstance(threshold, str):
        return float(threshold)
    factor, star, reference = threshold.rpartition("*")
    statistics = {"mean": float(frequencies.mean()), "median": float(np.median(frequencies))}
    try:
        return (float(factor) if star else 1.0) * statistics[reference.strip()]
    except (KeyError, ValueError):
        msg = f"threshold={threshold!r} is not understood. Pass a frequency such as 0.75, 'mean', "
        msg += "'median', or a multiple such as '1.25*mean'."
        raise ValueError(msg) from None


def promise_of(bound: ErrorBound | None, n_reaching: int) -> str:
    """Return what may be said of a selection, and under which conditions; never more."""
    if bound is None:
        return "No promise: the threshold was read from the frequencies."
    if n_reaching == 0:
        return f"No promise: no column is selected by {100 * bound.threshold:.3g} % of the halves."
    if bound.threshold <= 0.5:
        return "No promise: it takes a threshold above one half to bound anything."
    return (
        f"{count_of(n_reaching)} selected by at least {100 * bound.threshold:.3g} % of the halves. "
        f"Of columns that a half selects with a chance of at most {bound.rare:.2g}, the mean over "
        f"all, expect at most {bound.worst_case:.2g} among them, whatever the columns and the "
        f"selector; {bound.r_concave:.2g} if the numbers of halves that select them have r-concave "
        f"laws (Shah and Samworth, {bound.n_pairs} pairs). It holds for rows that are independent, "
        f"and for a mean number selected as found, {bound.mean_selected:.3g}. A column that is "
        "related to the target may be rare, and one that is not may not be."
    )
