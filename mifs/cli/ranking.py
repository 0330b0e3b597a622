"""A ranking, and what its reader must know of it."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from mifs._validation import weighted_rows
from mifs.cli.faults import fault_of_values, in_shell
from mifs.cli.progress import Progress
from mifs.cli.reading import Table, named
from mifs.encoding import Kind, typed_target
from mifs.information import entropy_of
from mifs.mi_estimators import BinnedMI
from mifs.selectors import MutualInfoSelector
from mifs.units import base_of_unit

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9  # by which a score may pass H(Y) and be no sum
# As `confirm` of the selector.
CONFIRM: dict[str, bool | Literal["auto"]] = {"auto": "auto", "always": True, "never": False}


@dataclass(frozen=True)
class Ranking:
    """A finished ranking, and what a reader must know of it."""

    table: Table
    unit: str
    criterion: str
    target_kind: str  # "discrete" or "continuous"
    target_levels: int
    target_entropy: float  # in the unit
    ended: str
    promise: str
    remarks: tuple[str, ...]
    frame: pd.DataFrame


def ranked(table: Table, args: argparse.Namespace, progress: Progress) -> Ranking:
    """Rank the columns of a table as the arguments say."""
    selector = fitted(table, args, progress)
    weights, rows = weighted_rows(table.weight, np.arange(len(table.y)))
    kind = _kind_of_target(args)
    target = typed_target(table.y.iloc[rows], discrete_target=kind, weights=weights)
    coded = BinnedMI(n_bins=args.n_bins).variable([target], weights)
    each = None if weights is None else weights.numbers
    frame = selector.ranking_frame(unit=args.unit)
    entropy = entropy_of(coded.codes, sample_weight=each, base=base_of_unit(args.unit))
    shown = frame if args.all else frame[frame["selected"]]
    return Ranking(
        table=table,
        unit=args.unit,
        criterion=args.criterion,
        target_kind="discrete" if target.is_discrete else "continuous",
        target_levels=coded.n_levels,
        target_entropy=entropy,
        ended=selector.path_.ended,
        promise=in_shell(selector.promise_),
        remarks=(
            *(
                in_shell(remark, decimal=args.decimal)
                for remark in remarks_of(selector, table.target, every=args.all)
            ),
            *remarks_on_scores(shown, args.unit, entropy),
        ),
        frame=shown,
    )


def fitted(table: Table, args: argparse.Namespace, progress: Progress) -> MutualInfoSelector:
    """Fit a selector to a table as the arguments say."""
    with fault_of_values(f"target {table.target!r} of {table.source}", decimal=args.decimal):
        typed_target(table.y, discrete_target=_kind_of_target(args), name="it")
    names, source = list(table.X.columns), table.source
    kinds = {
        column: option == "--discrete"
        for option, values in (("--discrete", args.discrete), ("--continuous", args.continuous))
        for column in named(values, names, option, source)
    }
    selector = MutualInfoSelector(
        args.criterion,
        args.n_features,
        mi_estimator="binned" if args.n_bins == "auto" else BinnedMI(n_bins=args.n_bins),
        discrete_features=kinds or "auto",
        missing=args.missing,
        include=named(args.include, names, "--include", source) or None,
        discrete_target=_kind_of_target(args),
        alpha=args.alpha,
        error_control=args.error_control,
        confirm=CONFIRM[args.confirm],
        min_features_to_select=args.min_features,
        interactions=args.interactions,
        n_jobs=args.jobs,
    )
    if hasattr(selector, "set_callbacks"):  # from scikit-learn 1.9 on
        selector.set_callbacks(progress)
    with fault_of_values(table.source, decimal=args.decimal):
        selector.fit(table.X, table.y, table.weight)
    return selector


def _kind_of_target(args: argparse.Namespace) -> Kind:
    """Whether the target holds classes, as `discrete_target` says it."""
    return "auto" if args.target_kind == "auto" else args.target_kind == "classes"


def remarks_of(selector: MutualInfoSelector, target: str, *, every: bool) -> tuple[str, ...]:
    """Return what there is to worry about in selected columns, in the target, and in the others.

    Of the others it is all if every column is asked for, and else only that labels read as numbers
    or dates: what was misread may have been worth selecting.
    """
    others = [
        f"{column.name}: {remark}"
        for column, is_selected in zip(selector.columns_, selector.support_, strict=True)
        for remark in column.remarks
        if not is_selected and (every or remark == str(column.writing))
    ]
    known = (
        re.sub("^the target: ", lambda _: f"the target {target!r}: ", remark)
        for remark in selector.remarks_
    )
    return (*known, *others)


def remarks_on_scores(frame: pd.DataFrame, unit: str, entropy: float) -> tuple[str, ...]:
    """Say so where a score is above H(Y), as sums over the columns chosen before are."""
    scores = frame.get(f"score [{unit}]")  # None of a ratio
    if scores is None or not (scores > entropy + ROUNDING).any():
        return ()
    return (
        f"scores above H(Y) = {entropy:.4f} {unit} are no information about the target, but what "
        "the criterion made of several",
    )
