"""Both sides of the budget measured: what all rows select, and what held-out forecasts deliver."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import check_cv
from sklearn.utils.parallel import Parallel, delayed

from mifs import _frames
from mifs._typing import AnyArray, ArrayLike, IntArray
from mifs._validation import refuse_no_jobs
from mifs.budget.promise import N_BLOCKS, NOTHING, Promise, held_out_pvalue, promise_of, rows_of
from mifs.budget.result import BudgetStep, InformationBudget
from mifs.budget.selection import Selection, some_columns
from mifs.encoding import TypedColumn, typed_target
from mifs.metrics.continuous import ScoredNumbers
from mifs.metrics.cross_validation import (
    checked_table,
    forecast_of,
    is_density_of_classes,
    refuse_labels,
    target_of,
)
from mifs.metrics.decomposition import decomposed
from mifs.metrics.gain import error_of, mean_of, saved
from mifs.metrics.pooling import CrossValInformation, FoldForecast, pooled
from mifs.metrics.recalibration import balanced_folds
from mifs.metrics.rows import Zero, checked_zero
from mifs.mi_estimators import NearestNeighborsMI, mi_estimator_of
from mifs.units import base_of_unit

MAX_REMARKS = 3  # on the delivered side
MANY = 100  # columns of no selection, of which the promise tells little and may take minutes


def information_budget(
    estimator: Any,
    X: Any,
    y: ArrayLike,
    *,
    cv: Any = 5,
    unit: str = "bits",
    steps: bool = True,
    mi_estimator: str | NearestNeighborsMI = "knn",
    n_permutations: int = 99,
    zero: Zero = "clip",
    n_jobs: int | None = None,
) -> InformationBudget:
    r"""Information that the selected columns promise, and what the model delivers of it.

    Parameters
    ----------
    estimator : estimator object
        Pipeline with a selector of columns and then a classifier with `predict_proba`, or a
        regressor; or a selector that predicts, such as `MutualInfoSelectorCV`. Without a selector
        all columns are taken as selected.
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Whatever the pipeline fits; what is sparse where columns are selected is laid out.
    y : array-like of shape (n_samples,)
        Classes, or, for a regressor, numbers.
    cv : int, splitter or iterable of splits, default=5
        As in scikit-learn: a number means stratified folds for classes.
    unit : {"bits", "nats", "hartleys"}, default="bits"
        Unit of words and frames; the attributes are in nats.
    steps : bool, default=True
        Whether to go through the selection column by column, which fits the model once more for
        each column and fold. It needs a selector with an order, `selected_`.
    mi_estimator : "knn" or NearestNeighborsMI, default="knn"
        How the promise is measured.
    n_permutations : int, default=99
        Permutations for the p-value of the promise; 0 for none.
    zero : {"clip", "inf", "mix"}, default="clip"
        What a true class of probability 0 costs: 36.04 nats, infinity, or log(1000 K) nats.
    n_jobs : int, default=None
        Folds that are fitted at the same time, as in scikit-learn.

    Returns
    -------
    InformationBudget
        H(Y), promise, information in the forecast, and gain, with errors and a reading in words.

    Raises
    ------
    ValueError
        If lengths differ, `y` has several columns, a single class, fractions for a classifier or
        labels for a regressor, or an option is unknown.
    TypeError
        If it is no estimator or gives no probabilities, or the MI estimator has no neighbours.

    Warns
    -----
    UserWarning
        If there is no selector, and there are more than 100 columns.

    See Also
    --------
    cross_val_information : The delivered side alone, and comparisons.
    neighbor_estimate : The promised side alone.
    InformationBudgetDisplay : The same as a figure.

    Notes
    -----
    In the population

    .. math:: H(Y) - CE \le I(Y; \hat Y) \le I(X_S; Y) \le H(Y) ,

    the first two on held-out rows, by the cross-fitted parts of the cross-entropy, the third by
    nearest neighbours of the columns :math:`S` that all rows select. Folds select by their own
    training rows, so that their columns may be others: `n_folds_agreeing` says how many are not.
    Rows that select make what they select look good; therefore the p-value of the promise is of
    the folds' selections on the rows that they held out, permuted within each fold. The error of
    the promise is a jackknife of twenty blocks of rows, that of the delivered side of the rows,
    given the fitted models.

    The promise is weak where neighbours are, low at sharp edges and among more than three numbers,
    which its error does not cover: `remarks` says what can be seen of it, and a delivered lower
    bound above it refutes it. Numbers that repeat as they were rounded are values, beside which
    others tell nothing: of 400 rows and four normal columns, 0.35 nats became 0.26 at two decimals
    and 0 at one. Spread within the last decimal, by noise of its width, they told 0.35 again. With
    `steps`, the reading names the first column with which the model delivers less than the best
    before it, by more than two errors, and the first with which the promise falls: information
    cannot, so that there the estimate fails. For a regressor the target and its predictions are
    normal scores, there is no H(Y), and the forecast is read by a line.

    There is no `sample_weight`: the neighbours of a repeated row would be its copies, so that the
    promise cannot be measured with weights. Leave rows of weight 0 out. Otherwise
    `cross_val_information` takes weights for what is delivered, and the report of a selector that
    was fitted with them says in bins what its columns tell together (`mutual_info` of any columns).

    Cost: the pipeline once on all rows and once for each fold. The promise takes 21 estimates of
    the selected columns together, and the p-value up to `n_permutations` + 1 in the rows that each
    fold holds out; the time of one grows with the columns, and with the rows squared where many
    columns are numbers. `steps` adds, for each selected column, the model once in each fold and 21
    estimates. Without a selector all columns are in every estimate, with a warning if there are
    more than 100.

    Examples
    --------
    A class is the sign of the product of two features, a tenth of it flipped: they hold
    log 2 - h(0.1) = 0.37 nats, of which a line can deliver nothing.

    >>> from sklearn.linear_model import LogisticRegression
    >>> from mifs.datasets import make_quadrants
    >>> sample = make_quadrants(1000, random_state=0)
    >>> budget = information_budget(LogisticRegression(), sample.X, sample.y)
    >>> round(budget.promised, 2), round(abs(budget.gain), 2)
    (0.37, 0.0)
    """
    base_of_unit(unit)
    refuse_no_jobs(n_jobs)
    zero, y, neighbors = checked_zero(zero), _one_column(y), _with_neighbors(mi_estimator)
    X = checked_table(estimator, X, y)
    refuse_labels(estimator, y)
    _refuse_fractions(estimator, y)
    target = typed_target(y, discrete_target=bool(is_classifier(estimator)))
    whole = _selected_by_all_rows(estimator, X, y)
    n_steps = len(whole.order) if steps and whole.has_order else 0
    splits = check_cv(cv, y, classifier=is_classifier(estimator)).split(X, y)
    folds = Parallel(n_jobs=n_jobs)(
        delayed(_fold)(estimator, X, y, split, n_steps) for split in splits
    )
    promises = _promises(whole, n_steps, y, target, neighbors)
    pvalue = held_out_pvalue(
        [(fold.whole.test, fold.held_out) for fold in folds],
        target,
        neighbors,
        n_permutations,
    )
    delivered = pooled([fold.whole for fold in folds], y, zero=zero)
    is_of_numbers = target.is_discrete and not typed_target(y, discrete_target="auto").is_discrete
    is_of_classes = is_density_of_classes(delivered, y)
    remarks = (
        *promises[-1].remarks,
        *_first_few(delivered.remarks),
        *_disagreement(folds, whole),
    )
    return InformationBudget(
        **_delivered(delivered, zero),
        promised=promises[-1].value,
        promised_error=promises[-1].error,
        promised_pvalue=pvalue,
        features=whole.names,
        n_folds=len(folds),
        n_folds_agreeing=len(folds) - _n_others(folds, whole),
        n_zero=delivered.n_zero,
        n_samples=len(y),
        steps=tuple(_steps(whole, folds, promises, y, zero)) if n_steps else (),
        remarks=() if is_of_numbers or is_of_classes else remarks,  # on numbers that mean nothing
        unit=unit,
        is_of_numbers=is_of_numbers,
        is_of_classes=is_of_classes,
        folds_in_order=cv is None or isinstance(cv, Integral),
    )


def _selected_by_all_rows(estimator: Any, X: Any, y: AnyArray) -> Selection:
    """Say, before what takes long, if nothing selects among many columns."""
    whole = Selection.of(clone(estimator).fit(X, y), X)
    if whole.is_of_all and len(whole.order) > MANY:
        msg = f"estimator has no selector, and all {len(whole.order)} columns are taken as "
        msg += "selected: the promise of so many tells little, and may take minutes. Put a "
        msg += "selector before the model, such as make_pipeline(MutualInfoSelector(), model), or "
        msg += "have the model alone measured by cross_val_information."
        warnings.warn(msg, UserWarning, stacklevel=3)
    return whole


def _promises(
    whole: Selection, n_steps: int, y: AnyArray, target: TypedColumn, neighbors: NearestNeighborsMI
) -> list[Promise]:
    """What the columns promise after each step, or, without steps, all of them together."""
    blocks = balanced_folds(np.unique(y, return_inverse=True)[1], N_BLOCKS)
    sizes = range(1, n_steps + 1) if n_steps else [len(whole.order)]
    return [promise_of(whole.columns(n), target, blocks, neighbors) for n in sizes]


def _first_few(remarks: Sequence[str]) -> tuple[str, ...]:
    """Return so many remarks as are read: there may be one for every class."""
    more = len(remarks) - MAX_REMARKS
    return (*remarks[:MAX_REMARKS], *((f"... and {more} more such remarks.",) if more > 0 else ()))


def _one_column(y: ArrayLike) -> AnyArray:
    """Target of one output."""
    target = target_of(y)
    if target.ndim > 1:
        msg = f"y has {target.shape[1]} columns; make one budget for each."
        raise ValueError(msg)
    return target


def _refuse_fractions(estimator: Any, y: AnyArray) -> None:
    """Raise for a classifier of numbers that no one takes for classes."""
    if not is_classifier(estimator):
        return
    if y.dtype.kind == "f" and (fractions := y[np.isfinite(y) & (y != np.floor(y))]).size:
        msg = f"y holds fractions such as {float(fractions[0])!r}, and estimator is a classifier: "
        msg += "use a regressor, or turn y into labels."
        raise ValueError(msg)


def _with_neighbors(mi_estimator: str | NearestNeighborsMI) -> NearestNeighborsMI:
    """Return the estimator of a joint of columns; refuse those that have no neighbours."""
    estimator = mi_estimator_of(mi_estimator)
    if not isinstance(estimator, NearestNeighborsMI):
        msg = f"information_budget needs NearestNeighborsMI; got {mi_estimator!r}. Bins of many "
        msg += "columns together would outnumber the rows."
        raise TypeError(msg)
    return estimator


@dataclass(frozen=True, eq=False)
class _Fold:
    """One fold: what it selected, and its forecasts with all and with the first 1, 2, … columns."""

    selected: frozenset[int]
    held_out: list[TypedColumn]  # the selected columns in the rows held out
    whole: FoldForecast
    growing: list[FoldForecast]


def _fold(
    estimator: Any, X: Any, y: AnyArray, split: tuple[IntArray, IntArray], n_steps: int
) -> _Fold:
    """Fit to the training rows, see the selection in all rows, and forecast the others."""
    train, test = split
    fitted = clone(estimator).fit(_frames.keep_rows(X, train), y[train])
    whole = forecast_of(fitted, _frames.keep_rows(X, test), y[test])
    selection = Selection.of(fitted, X)
    growing = []
    for n in range(1, n_steps + 1):
        table = some_columns(selection.table, np.sort(selection.order[:n]))
        model = clone(selection.tail).fit(_frames.keep_rows(table, train), y[train])
        forecast = forecast_of(model, _frames.keep_rows(table, test), y[test])
        growing.append(FoldForecast(train, test, forecast))
    return _Fold(
        frozenset(selection.order.tolist()),
        rows_of(selection.columns(), test),
        FoldForecast(train, test, whole),
        growing,
    )


def _delivered(found: CrossValInformation, zero: Zero) -> dict[str, float]:
    """Entropy, information in the forecast, gain, and what lies between the last two."""
    if isinstance(found.forecast, ScoredNumbers):
        best = found.forecast.recalibrated().loss()
        told, wasted = saved(best, found.forecast.surprise()), saved(best, found.forecast.loss())
        parts = {
            name: mean_of(terms, found.weight)
            for name, terms in (("forecast", told), ("wasted", wasted))
        }
        errors = {
            "forecast_error": error_of(told, found.weight, found.groups),
            "wasted_error": error_of(wasted, found.weight, found.groups),
        }
        entropies = {"entropy": np.nan, "entropy_error": np.nan}
        return entropies | parts | errors | _gain(found)
    parts_of = decomposed(found.forecast, zero=zero, groups=found.groups)
    return {
        "entropy": parts_of.uncertainty,
        "entropy_error": parts_of.uncertainty_error,
        "forecast": parts_of.discrimination,
        "forecast_error": parts_of.discrimination_error,
        "wasted": parts_of.miscalibration,
        "wasted_error": parts_of.miscalibration_error,
        **_gain(found),
    }


def _gain(found: CrossValInformation) -> dict[str, float]:
    return {"gain": found.gain, "gain_error": found.standard_error}


def _steps(
    whole: Selection,
    folds: Sequence[_Fold],
    promises: Sequence[Promise],
    y: AnyArray,
    zero: Zero,
) -> list[BudgetStep]:
    """What each column of the selection promises, and what the model delivers with it."""
    steps: list[BudgetStep] = []
    before, promised = None, NOTHING
    of_each = zip(whole.names, whole.columns(), promises, strict=True)
    for place, (name, column, promise) in enumerate(of_each):
        delivered = pooled([fold.growing[place] for fold in folds], y, zero=zero)
        added = delivered.minus(before) if before else None
        steps.append(
            BudgetStep(
                feature=name,
                promised=promise.value,
                promised_error=promise.error,
                promised_added=promise.value - promised.value,
                promised_added_error=promise.minus(promised).error,
                delivered=delivered.gain,
                delivered_error=delivered.standard_error,
                delivered_added=added.difference if added else delivered.gain,
                delivered_added_error=added.standard_error if added else delivered.standard_error,
                is_of_labels=column.values.dtype.kind not in "fiub",
            )
        )
        before, promised = delivered, promise
    return steps


def _n_others(folds: Sequence[_Fold], whole: Selection) -> int:
    """Folds that selected other columns than all rows do, in whatever order."""
    return sum(fold.selected != frozenset(whole.order.tolist()) for fold in folds)


def _disagreement(folds: Sequence[_Fold], whole: Selection) -> tuple[str, ...]:
    """Say that the promised columns are not those of every fold."""
    n_others = _n_others(folds, whole)
    if not n_others:
        return ()
    return (
        f"{n_others} of {len(folds)} folds selected other columns than all rows do: the promise is "
        "of the columns that all rows select, the delivery of those that each fold selects.",
    )
