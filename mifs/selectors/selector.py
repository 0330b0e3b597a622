"""The selector: where the two wings meet."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs import _frames
from mifs._callbacks import CallbackSupportMixin, reported_steps, with_callbacks
from mifs._typing import AnyArray, ArrayLike
from mifs._validation import (
    N_JOBS,
    Hidden,
    Interval,
    RealNotInt,
    StrOptions,
    fit_context,
    refuse_non_finite,
    weighted_rows,
)
from mifs._vectors import checked_target
from mifs.criteria import Criterion, criterion_of
from mifs.encoding import Kind, Missing, TypedColumn, TypedTable, checked_table, typed_targets
from mifs.encoding.target import look_of
from mifs.gate import GatedDoor
from mifs.mi_estimators import BinnedMI, MIEstimator, mi_estimator_of
from mifs.mi_estimators.base import MultiTarget, Source
from mifs.scan import spread_columns
from mifs.search import SelectionPath, forward_search
from mifs.selectors.frames import (
    columns_frame,
    promise_of,
    ranking_frame,
    ranking_of,
    why_not_frame,
)
from mifs.selectors.rails import Rails
from mifs.selectors.remarks import remarks_of, remarks_on_order, remarks_on_target, untested
from mifs.selectors.reported import ReportMixin
from mifs.selectors.transform import FrameSelectorMixin
from mifs.selectors.wanted import Wanted, door_of

if TYPE_CHECKING:
    import pandas as pd


class MutualInfoSelector(CallbackSupportMixin, ReportMixin, FrameSelectorMixin, BaseEstimator):
    """Select features by the information that they share with the target.

    Continuous columns are cut into bins, or their nearest neighbours are searched; every term is
    corrected for chance; and a greedy search adds the column that the criterion scores highest.

    Parameters
    ----------
    criterion : str or Criterion, default="cmim"
        What scores a candidate: a name in `mifs.CRITERIA` or an object of your own. "cmim"
        measured best over 23 real data sets; "jmi" is the alternative where features interact.
    n_features_to_select : "auto", int, float or "all", default="auto"
        Length of the selection. "auto" stops at a stated error rate: a column may enter if it is
        significant on its own and given each column chosen before it, and the criterion chooses
        among those. Otherwise a number of columns, a fraction of them in (0, 1], or all.
    mi_estimator : str or MI estimator, default="binned"
        How every term is measured: "binned" is `BinnedMI()`, "knn" `NearestNeighborsMI()`,
        "gaussian" `GaussianCopulaMI()`. In a grid search reach their parameters as
        ``mi_estimator__n_bins``. Only "binned" has entropies to divide by, as in "disr".
    discrete_features : "auto", bool, list of columns, dict, or callable, default="auto"
        Columns whose distinct values are levels. "auto": labels, booleans, and whole numbers with
        at most 32 distinct values; dates are an error. A list, by name, place or mask, names all
        others continuous; a dict says True or False of some and leaves the others to "auto", as in
        ``{"zip": True, "opened": False}``, which takes dates as numbers. A callable gets X and
        returns any of these. Labels are discrete in any case.
    discrete_target : bool or "auto", default="auto"
        Whether every distinct value of y is a class; otherwise y holds numbers. "auto":
        labels and booleans are classes, and so are whole numbers with at most 32 distinct
        values, and those of an integer type with more, if each occurs ten times on average.
    missing : {"level", "error"}, default="level"
        What a missing value of X is: a level of its own in a column of labels and in bins, an
        atom beside numbers under "knn"; or an error. None, NaN, NaT, pandas.NA and null are one
        thing. A missing target and infinity are errors always.
    multi_target : {"joint", "mean"}, default="joint"
        How several outputs of y are taken. "joint": all as one variable, which sees what they tell
        together; for few outputs of few levels, as every combination is a class. "mean": every
        term is its mean over the outputs; the tests of "auto" are those of the joint variable.
    include : list of columns, optional
        Columns that are selected first, in this order, by name, place or mask. A number is a
        place; where columns are called by numbers that are not their places, it is an error, and a
        name is said as a string, such as "2020", here and in `exclude` and `discrete_features`.
    exclude : list of columns, optional
        Columns that are never selected.

    alpha : float, default=0.05
        Error rate of "auto".
    error_control : {"fwer", "fdr"}, default="fwer"
        What `alpha` bounds. "fwer": the chance that any column is selected that is independent of
        the target, or so given one chosen before it, as cut into bins. "fdr": the expected share
        that are independent of the target among the columns significant alone; redundancy then
        thins those, and no bound holds for the share among the selected.
    interactions : bool, default=False
        Whether "auto" goes on with columns that tell something only given two others, and with
        pairs that tell something only together; with "fwer" alone. Costs a scan of all pairs, one
        of all columns for each that is chosen, and half of `alpha`.
    confirm : bool or "auto", default="auto"
        Whether "auto" draws random tables for the tests of what is about to be selected: always,
        never, or where the analytic tail is not to be trusted, as in sparse tables. A test takes
        2,200 tables, in milliseconds, or seconds of many thousand rows with many levels and
        classes; or, where that is faster, or memory would not do, ten times n_features_in_ /
        `alpha` plain ones. False is fastest. Under "fdr" the tests alone stay analytic.
    min_features_to_select : int, default=1
        Columns that "auto" selects though none may enter, without a promise, so that a pipeline
        does not end with no column; 0 to allow that.
    n_jobs : int, default=None
        Threads over which columns are spread, where they have a millisecond of work; -1 for all
        processors, None for one or what `joblib.parallel_config` says. Within a job of joblib, such
        as a fold of a grid search, there is one. The result does not depend on it. Between fits
        they sleep.
    random_state : int, Generator, RandomState or None, default=None
        Of the random tables. None draws the same ones in every fit.

    Attributes
    ----------
    selected_ : ndarray of int of shape (n_features_,)
        Selected columns in order of choice.
    scores_ : ndarray of shape (n_features_,)
        Criterion at each choice. In nats, but for the criteria that are ratios. Of "mim" by "knn"
        what a column tells beyond chance, which ranks weak relations better than `relevance_`.
    relevance_ : ndarray of shape (n_features_in_,)
        I(X; Y) of every column in nats, corrected as the MI estimator says, not clipped.
    support_ : ndarray of bool of shape (n_features_in_,)
        Mask of the selected columns.
    ranking_ : ndarray of int of shape (n_features_in_,)
        1 for the column chosen first; those that are not selected follow by their last score, or
        what it could not exceed where the search left them behind for that (`path_.is_bound`), and
        the excluded ones by their relevance.
    path_ : SelectionPath
        Order, score and terms of every step, and why it ended.
    n_features_ : int
        Number of selected columns.
    gate_ : GateRecord or None
        Tests of every column and which of them blocked it; None unless the length is "auto".
    promise_ : str
        What may be said of the selection, and under which conditions.
    remarks_ : tuple of str
        What casts doubt on selected columns: identifiers, labels that read as numbers or dates,
        possible leaks, copies, more cells than rows, no test passed, "knn" not to be trusted; and
        on the target: classes of a single row, row labels of it, or of weights, in another order.
    discrete_features_ : ndarray of bool of shape (n_features_in_,)
        Which columns were taken as discrete.
    columns_ : tuple of ColumnInfo
        How each column was taken, why, its levels and missing values, and what there is to worry
        about; `columns_frame` shows it.
    discrete_target_ : bool
        Whether y was taken as classes; of several outputs, whether all were.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Names of the columns, if all were strings.

    See Also
    --------
    mutual_info_classif : The relevance alone, for SelectKBest.
    rank_features : Fit and report in one call.
    cross_entropy_scorer : What a model delivers of it, on the same axis.

    Notes
    -----
    Scores do not depend on the order of rows or columns; columns that tie are chosen from the
    left. Fit on training rows only: selecting before splitting lets the test rows choose. Cost
    O(n_samples * n_features_in_ * n_features_) time, and two bytes for each value of X while it
    fits, beside a few megabytes; with "knn" a factor log n_samples more. The gate of "auto" tests
    columns in bins whatever the MI estimator is; `promise_` then says so.

    Examples
    --------
    The target is the sum of two of three coins, and both are found:

    >>> import numpy as np
    >>> coins = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 50)
    >>> y = coins[:, 0] + coins[:, 2]
    >>> selector = MutualInfoSelector(n_features_to_select=2).fit(coins, y)
    >>> selector.get_support(indices=True)
    array([0, 2])
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "criterion": "no_validation",  # criterion_of says more of what is wrong
        "n_features_to_select": [
            Interval(Integral, 1, None, closed="left"),
            Interval(RealNotInt, 0, 1, closed="right"),
            StrOptions({"auto", "all"}),
        ],
        "mi_estimator": [str, MIEstimator],
        "discrete_features": ["array-like", "boolean", StrOptions({"auto"}), dict, callable],
        "discrete_target": ["boolean", StrOptions({"auto"})],
        "missing": [StrOptions({"level", "error"})],
        "multi_target": [StrOptions({"joint", "mean"})],
        "include": ["array-like", Hidden(str), None],
        "exclude": ["array-like", Hidden(str), None],
        "alpha": [Interval(Real, 0, 1, closed="neither")],
        "error_control": [StrOptions({"fwer", "fdr"})],
        "interactions": ["boolean"],
        "confirm": ["boolean", StrOptions({"auto"})],
        "min_features_to_select": [Interval(Integral, 0, None, closed="left")],
        "n_jobs": [*N_JOBS, None],
        "random_state": ["random_state", np.random.Generator],
    }

    _describes = True  # False of a clone of which the choices alone are wanted

    def __init__(
        self,
        criterion: str | Criterion = "cmim",
        n_features_to_select: float | str = "auto",
        *,
        mi_estimator: str | MIEstimator[Any] = "binned",
        discrete_features: Any = "auto",
        discrete_target: Kind = "auto",
        missing: Missing = "level",
        multi_target: MultiTarget = "joint",
        include: Sequence[Any] | None = None,
        exclude: Sequence[Any] | None = None,
        alpha: float = 0.05,
        error_control: Literal["fwer", "fdr"] = "fwer",
        interactions: bool = False,
        confirm: bool | Literal["auto"] = "auto",
        min_features_to_select: int = 1,
        n_jobs: int | None = None,
        random_state: Any = None,
    ) -> None:
        self.criterion = criterion
        self.n_features_to_select = n_features_to_select
        self.mi_estimator = mi_estimator
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.missing = missing
        self.multi_target = multi_target
        self.include = include
        self.exclude = exclude
        self.alpha = alpha
        self.error_control = error_control
        self.interactions = interactions
        self.confirm = confirm
        self.min_features_to_select = min_features_to_select
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context
    @with_callbacks
    def fit(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Rank the columns of X by what they tell of y, and select the first.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            Numbers and labels.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Classes, or numbers; several outputs as `multi_target` says.
        sample_weight : array-like of shape (n_samples,), optional
            How often each row occurs, with "binned": 2 is a row given twice, 0 one left out. The
            number of rows is their sum, in every correction, test and rule; for weights that are
            no counts, scale floats to ``w * w.sum() / (w**2).sum()``, which sum to the number of
            independent rows that they leave. Fractions need a number in `n_features_to_select`.

        Returns
        -------
        MutualInfoSelector
            Itself.
        """
        X, facts = checked_table(X, missing=self.missing, estimator=self, accept_sparse=True)
        checked = checked_target(X, y, type(self).__name__, multi_output=True)
        self._target_remarks = remarks_on_order(X, y, sample_weight)
        weights, X, outputs = weighted_rows(sample_weight, X, checked)
        self._is_weighted = weights is not None or len(outputs) < len(checked)
        self._column_names = names = _frames.names_of(X)
        criterion = criterion_of(self.criterion)
        estimator = mi_estimator_of(self.mi_estimator)
        wanted = Wanted.of(self.include, self.exclude, X)
        n_features = wanted.length(self.n_features_to_select)
        targets = typed_targets(outputs, discrete_target=self.discrete_target, weights=weights)
        table = TypedTable(
            X,
            discrete_features=self.discrete_features,
            names=names,
            missing=self.missing,
            weights=weights,
            facts=facts,
        )
        information = estimator.source_of_targets(table, targets, multi_target=self.multi_target)
        with (
            spread_columns(information, self.n_jobs),
            reported_steps(self, n_features) as on_step,
        ):
            door = door_of(self, n_features, information, wanted.candidates)
            path = forward_search(
                criterion,
                information,
                door=door,
                candidates=wanted.candidates,
                include=tuple(wanted.included),
                on_step=on_step,
                describes=self._describes,
            )
        self._store(path, information)
        self.gate_ = door.record(path.order.tolist()) if isinstance(door, GatedDoor) else None
        if self._describes:
            self._store_columns(table, targets, estimator, information)
        self.promise_ = promise_of(path, self.gate_, weights, note=estimator.gate_note)
        return self

    def _store(self, path: SelectionPath, information: Source) -> None:
        """Set the fitted attributes."""
        self.path_ = path
        self.selected_ = path.order.copy()
        self.scores_ = path.score.copy()
        self.n_features_ = len(path.order)
        self.relevance_ = information.relevance().copy()
        self.support_ = np.isin(np.arange(self.n_features_in_), path.order)
        self.ranking_ = ranking_of(path, self.relevance_)

    def _store_columns(
        self,
        table: TypedTable,
        targets: Sequence[TypedColumn],
        estimator: MIEstimator[Any],
        source: Source,
    ) -> None:
        """Set the attributes that say how the columns and the target were taken."""
        self._target_look = look_of(targets)
        are_classes = all(target.is_discrete for target in targets)
        self.discrete_target_, self.discrete_features_ = are_classes, table.is_discrete
        is_binned = isinstance(estimator, BinnedMI)
        coding = estimator if is_binned else BinnedMI()
        target, is_comparable = coding.variable(targets, table.weights), is_binned or are_classes
        self.columns_ = Rails(table, target, self.relevance_, is_comparable).columns()
        is_one = are_classes and (len(targets) == 1 or self.multi_target == "joint")
        classes = (target, targets) if is_one else None
        chosen, least = self.selected_.tolist(), self.min_features_to_select
        more = source.remarks(chosen), untested(self.gate_, chosen, least)
        counted = table.weights, self.gate_, coding.correction
        self._target_remarks += remarks_on_target(classes, *counted)
        self.remarks_ = remarks_of(chosen, self.columns_, more, self._names(), self._target_remarks)

    def _checked_array(self, X: Any) -> AnyArray:
        if self.missing == "error":
            X = validate_data(
                self, X, reset=False, dtype=None, accept_sparse="csr", ensure_all_finite=False
            )
            refuse_non_finite(X, self._column_names)
        return X

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = tags.target_tags.multi_output = True
        tags.input_tags.allow_nan = self.missing == "level"
        tags.input_tags.categorical = True
        is_counted = isinstance(self.mi_estimator, BinnedMI) or self.mi_estimator == "binned"
        tags.input_tags.sparse = is_counted
        return tags

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those of an MI estimator that is given by name.

        Parameters
        ----------
        **params : dict
            Parameters of the selector, or of its MI estimator as ``mi_estimator__n_bins``.

        Returns
        -------
        MutualInfoSelector
            Itself.
        """
        is_nested = any(name.startswith("mi_estimator__") for name in params)
        named = params.get("mi_estimator", self.mi_estimator)
        if is_nested and isinstance(named, str):
            own = {name.partition("__")[2]: value for name, value in params.items() if "__" in name}
            params = {name: value for name, value in params.items() if "__" not in name}
            params["mi_estimator"] = mi_estimator_of(named).set_params(**own)
        return super().set_params(**params)

    def ranking_frame(self, *, unit: str = "bits") -> pd.DataFrame:
        """Return every column with its rank, best first.

        Parameters
        ----------
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of every information; it stands in the headers.

        Returns
        -------
        pandas.DataFrame
            One row a column of X: ``rank``; ``feature``; ``kind``, discrete or continuous;
            ``selected``; ``score``, the criterion at its choice, or when it was last a candidate,
            or what that could not exceed (of a criterion that is a ratio, nan for the first, which
            is chosen by relevance); ``score_is_bound``, whether it is the latter, of a column that
            the search left behind since it could not be the best;
            ``relevance``, I(X; Y), corrected as the MI estimator says; ``redundancy``, its mean
            I(X; W) with the columns W chosen before it, where measured; and, if the length was
            "auto", ``p alone`` and ``p given``, the p-values of its independence of the target and
            the largest given one chosen before; with `interactions`, ``entered``: how, with which.

        Raises
        ------
        ValueError
            If the unit has another name.
        """
        check_is_fitted(self)
        numbers = self.path_, self.gate_, self.relevance_, self.ranking_
        return ranking_frame(*numbers, columns=self.columns_, unit=unit)

    def why_not_frame(self, *, unit: str = "bits") -> pd.DataFrame:
        """Return the columns that were left out, the most relevant first, each with its reason.

        Parameters
        ----------
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of the relevance; it stands in the header.

        Returns
        -------
        pandas.DataFrame
            One row a column that is not selected: ``feature``; ``relevance``; ``reason``, the test
            that blocked it, such as "alone: p = 0.3" or "given worst radius: p = 0.8"; ``p``, its
            p-value; ``level``, what that was held against; ``method``, how it was found;
            ``doubtful``, whether analytic approximations of it disagree by more than a factor 3.

        Raises
        ------
        ValueError
            If the unit has another name.
        """
        check_is_fitted(self)
        return why_not_frame(self.path_, self.gate_, self.relevance_, self._names(), unit)

    def columns_frame(self) -> pd.DataFrame:
        """Return how each column was taken, in the order of the table.

        Returns
        -------
        pandas.DataFrame
            One row a column of X: ``feature``; ``kind``, discrete or continuous; ``levels``, its
            distinct values, but for fractions; ``missing``, how many values are; ``why`` it is
            taken so; and ``remarks``, what there is to worry about.
        """
        check_is_fitted(self)
        return columns_frame(self.columns_)
