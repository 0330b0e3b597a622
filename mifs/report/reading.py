"""A finished selection and its rows, read once more: what every part of a report asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mifs import _frames
from mifs._typing import ArrayLike, FloatArray
from mifs._validation import label_of, weighted_rows
from mifs._vectors import checked_target
from mifs.averaged import MeanInformation
from mifs.discrete import CountedInformation
from mifs.encoding import TypedColumn, TypedTable, checked_table, typed_targets
from mifs.encoding.target import look_of
from mifs.information import entropy_of
from mifs.mi_estimators import BinnedMI, MIEstimator, mi_estimator_of
from mifs.report.fitted import FittedSelector
from mifs.scan import spread_columns
from mifs.standing import DIGITS
from mifs.terms import Source
from mifs.units import base_of_unit, nats_per_unit
from mifs.weights import RowWeights

SAME = 1e-9  # nats; sums are exact, so that equal rows differ by roundings alone


@dataclass(frozen=True, eq=False)
class Reading:
    """The selector, and the rows that it was fitted to.

    Attributes
    ----------
    selector : FittedSelector
        The finished selection.
    names : list of str
        Of the columns.
    table : TypedTable
        The columns.
    targets : sequence of TypedColumn
        The outputs.
    target_names : tuple of str
        What they are called.
    weights : RowWeights or None
        How often each row counts.
    mi_estimator : MIEstimator
        How terms are measured.
    coding : BinnedMI
        How columns and target are cut where they are counted or shown.
    source : Source
        What knows the terms.
    unit : str
        Of what is reported.
    """

    selector: FittedSelector
    names: list[str]
    table: TypedTable
    targets: Sequence[TypedColumn]
    target_names: tuple[str, ...]
    weights: RowWeights | None
    mi_estimator: MIEstimator[Any]
    coding: BinnedMI
    source: Source
    unit: str

    @classmethod
    def of(
        cls, selector: Any, X: Any, y: ArrayLike, sample_weight: ArrayLike | None, unit: str
    ) -> Reading:
        """Read the rows as `fit` did; raise if they are others."""
        base_of_unit(unit)
        selector = _finished(selector)
        target_names = _names_of_target(y)
        X, facts = checked_table(X, missing=selector.missing, accept_sparse=True)
        names = _frames.names_of(X)
        _refuse_other_columns(selector, names, X.shape[1])
        checked = checked_target(X, y, "Report", multi_output=True)
        weights, X, outputs = weighted_rows(sample_weight, X, checked)
        targets = typed_targets(outputs, discrete_target=selector.discrete_target, weights=weights)
        orders = _frames.orders_of(y)
        if len(orders) == len(targets):
            targets = [
                replace(target, order=order) for target, order in zip(targets, orders, strict=True)
            ]
        table = TypedTable(
            X,
            discrete_features=selector.discrete_features,
            names=names,
            missing=selector.missing,
            weights=weights,
            facts=facts,
        )
        estimator = mi_estimator_of(selector.mi_estimator)
        source = estimator.source_of_targets(table, targets, multi_target=selector.multi_target)
        with spread_columns(source, selector.n_jobs):
            _refuse_other_rows(selector, source.relevance(), names)
        _refuse_other_target(selector, targets)
        names = names or [f"x{place}" for place in range(X.shape[1])]
        coding = estimator if isinstance(estimator, BinnedMI) else BinnedMI()
        if len(target_names) != len(targets):
            several = tuple(f"y{place}" for place in range(len(targets)))
            target_names = several if len(targets) > 1 else ("y",)
        return cls(
            selector,
            names,
            table,
            targets,
            target_names,
            weights,
            estimator,
            coding,
            source,
            unit,
        )

    @property
    def order(self) -> list[int]:
        """Selected columns in order of choice."""
        columns: list[int] = self.selector.path_.order.tolist()
        return columns

    @property
    def nats(self) -> float:
        """Nats in one unit."""
        return nats_per_unit(base_of_unit(self.unit))

    def in_unit(self, nats: float) -> float:
        """Return nats in the unit, without what rounding leaves of zero."""
        return round(float(nats) / self.nats, DIGITS)

    @property
    def counted(self) -> tuple[CountedInformation, ...]:
        """The sources that count, one for each output of a mean; none if terms are not counted."""
        sources = self.source.sources if isinstance(self.source, MeanInformation) else [self.source]
        return tuple(one for one in sources if isinstance(one, CountedInformation))

    @property
    def groups(self) -> list[list[TypedColumn]]:
        """Outputs that are one variable each."""
        if self.selector.multi_target == "mean":
            return [[target] for target in self.targets]
        return [list(self.targets)]

    def entropy(self) -> float:
        """H(Y) in nats that the relevance may be held against; nan if there is none."""
        if not isinstance(self.mi_estimator, BinnedMI) and not self.selector.discrete_target_:
            return np.nan
        weight = None if self.weights is None else self.weights.numbers
        variables = [self.coding.variable(group, self.weights) for group in self.groups]
        return float(np.mean([entropy_of(y.codes, sample_weight=weight) for y in variables]))

    def column(self, place: int) -> TypedColumn:
        """Return one column, with its kind."""
        read = self.table.column(place)
        is_discrete = bool(self.selector.discrete_features_[place])
        return TypedColumn(read.values, is_discrete, read.is_missing, read.order)


def _finished(selector: Any) -> FittedSelector:
    """Return the selection that a selector made; raise if it made none along one path."""
    if not hasattr(selector, "_as_reported") or isinstance(selector, type):
        what = selector if isinstance(selector, type) else type(selector)
        msg = "A report is of a fitted MutualInfoSelector or MutualInfoSelectorCV; got "
        msg += f"{what.__name__}. Of a pipeline, pass the step that selects and the table that "
        msg += "reaches it; of a StabilitySelector, its selector_, which is fitted to all rows."
        raise TypeError(msg)
    check_is_fitted(selector)
    finished: FittedSelector = selector._as_reported()
    return finished


def _names_of_target(y: Any) -> tuple[str, ...]:
    """Return what a series or dataframe calls its columns."""
    if _frames.is_frame(y):
        return tuple(_frames.names_of(y) or ())
    name = getattr(y, "name", None)
    return () if name is None or callable(name) else (str(name),)


def _refuse_other_columns(
    selector: FittedSelector, names: list[str] | None, n_columns: int
) -> None:
    known = selector._column_names
    if n_columns != selector.n_features_in_ or (names and known and names != known):
        msg = f"X has other columns than the {selector.n_features_in_} that the selector was "
        msg += "fitted to. Pass the table of `fit`."
        raise ValueError(msg)


def _refuse_other_target(selector: FittedSelector, targets: Sequence[TypedColumn]) -> None:
    """Raise for classes with other names, or numbers on another scale: columns tell as much."""
    if look_of(targets) != selector._target_look:
        msg = "X and y are not what the selector was fitted to: every column tells as much, but y "
        msg += "holds other values, such as classes with other names. Pass the target of `fit`."
        raise ValueError(msg)


def _refuse_other_rows(
    selector: FittedSelector, relevance: FloatArray, names: list[str] | None
) -> None:
    if not np.allclose(relevance, selector.relevance_, rtol=0, atol=SAME, equal_nan=True):
        column = int(np.argmax(np.abs(relevance - selector.relevance_)))
        msg = (
            f"X and y are not what the selector was fitted to: {label_of(column, names)} tells "
            f"{relevance[column]:.6g} nats here and told {selector.relevance_[column]:.6g} in "
            "fit. Pass the rows, target and sample_weight of `fit`."
        )
        raise ValueError(msg)
