"""What casts doubt on a finished selection: remarks on its columns, and on its target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mifs import _frames
from mifs.counts import DiscreteVariable
from mifs.encoding import ColumnInfo, TypedColumn, are_dates, writing_of_classes
from mifs.gate import GateRecord
from mifs.weights import RowWeights

MANY_TIMES = 1.2  # rows, by weights that may be no counts


def remarks_of(
    selected: Sequence[int],
    columns: Sequence[ColumnInfo],
    others: Sequence[Mapping[int, Sequence[str]]],
    names: Sequence[str],
    of_target: Sequence[str],
) -> tuple[str, ...]:
    """Return each remark once, with the selected columns, or the target, that it is about.

    Parameters
    ----------
    selected : sequence of int
        Columns in order of choice.
    columns : sequence of ColumnInfo
        How every column was taken, and remarks on it.
    others : sequence of mapping of int to sequence of str
        Further remarks, by column.
    names : sequence of str
        What the columns are called.
    of_target : sequence of str
        Remarks on the target.

    Returns
    -------
    tuple of str
        Those on the target last.
    """
    about: dict[str, list[str]] = {}
    for column in selected:
        further = (sentence for remarks in others for sentence in remarks.get(column, ()))
        for sentence in (*columns[column].remarks, *further):
            about.setdefault(sentence, []).append(names[column])
    on_columns = (f"{', '.join(called)}: {sentence}" for sentence, called in about.items())
    return (*on_columns, *(f"the target: {remark}" for remark in of_target))


def untested(
    gate: GateRecord | None, selected: Sequence[int], least: int
) -> dict[int, tuple[str, ...]]:
    """Say of each column that was selected though it might not enter that it was.

    Parameters
    ----------
    gate : GateRecord or None
        What the tests found; None if there were none.
    selected : sequence of int
        Columns in order of choice.
    least : int
        How many were to be selected in any case.

    Returns
    -------
    dict of int to tuple of str
        A remark on each such column.
    """
    if gate is None:
        return {}
    remark = f"selected only to make up min_features_to_select={least}: no test shows that it "
    remark += "tells or adds anything; 0 leaves it out"
    chosen = zip(selected, gate.stage, strict=True)
    return {column: (remark,) for column, stage in chosen if stage == "not tested"}


def remarks_on_order(X: Any, y: Any, sample_weight: Any) -> tuple[str, ...]:
    """Say so where the row labels of X are those of y, or of weights, in another order."""
    remark = "index holds the row labels of X in another order, and rows were matched by place: if "
    remark += "they belong together by label, pass"
    given = ("its", "y", y), ("sample_weight's", "sample_weight", sample_weight)
    return tuple(
        f"{whose} {remark} {name}.loc[X.index]"
        for whose, name, values in given
        if _frames.are_shuffled(X, values)
    )


def remarks_on_target(
    classes: tuple[DiscreteVariable, Sequence[TypedColumn]] | None,
    weights: RowWeights | None,
    gate: GateRecord | None,
    correction: str | None,
) -> tuple[str, ...]:
    """Say what casts doubt on the classes of a target, and on how often its rows count.

    Parameters
    ----------
    classes : DiscreteVariable and sequence of TypedColumn, or None
        The classes and the outputs of which they are made; None of numbers, or of several targets.
    weights : RowWeights or None
        How often each row counts.
    gate : GateRecord or None
        What the tests found; None if there were none.
    correction : str or None
        What is taken off.

    Returns
    -------
    tuple of str
        The remarks, with what to do.
    """
    of_classes = () if classes is None else remarks_on_classes(*classes, weights)
    return (*of_classes, *remarks_on_weights(weights, gate, correction))


def remarks_on_classes(
    target: DiscreteVariable, targets: Sequence[TypedColumn], weights: RowWeights | None
) -> tuple[str, ...]:
    """Say so where classes read as numbers, or most have one row, as those of an identifier.

    Parameters
    ----------
    target : DiscreteVariable
        The classes.
    targets : sequence of TypedColumn
        The outputs of which they are made.
    weights : RowWeights, optional
        How often each row counts; once if left out, or if fractions.

    Returns
    -------
    tuple of str
        The remark, with what to do, if there is one.
    """
    writings = dict.fromkeys(map(writing_of_classes, targets))
    if any(writings):
        return tuple(str(writing) for writing in writings if writing is not None)
    each = weights.multiples if weights is not None and weights.is_whole else None
    n_rows = np.bincount(target.codes, each)
    n_classes, n_single = int((n_rows > 0).sum()), int((n_rows == 1).sum())
    if 2 * n_single <= n_classes:
        return ()
    if len(targets) > 1:
        advice = "take each output by itself (multi_target='mean'), or merge rare classes"
    elif targets[0].values.dtype.kind in "fiu":
        advice = "if they are numbers, have them cut into bins (discrete_target=False; in a shell "
        advice += "--target-kind numbers); else merge rare classes"
    elif are_dates(targets[0]):
        advice = "if they are dates, make days of them, and have these cut into bins "
        advice += "(discrete_target=False; in a shell --target-kind numbers, and --date-format "
        advice += "unless they are written as 2024-01-31); else merge rare classes"
    else:
        advice = "if they name the rows, take another target; else merge rare classes"
    return (f"{n_single} of {n_classes} classes have a single row, which shows nothing: {advice}",)


def remarks_on_weights(
    weights: RowWeights | None, gate: GateRecord | None, correction: str | None
) -> tuple[str, ...]:
    """Say so where weights stand for many more rows than are independent.

    Parameters
    ----------
    weights : RowWeights or None
        How often each row counts.
    gate : GateRecord or None
        What the tests found; None if there were none.
    correction : str or None
        What is taken off; without one, the scale of weights does not matter.

    Returns
    -------
    tuple of str
        The remark, with what to do, if there is one. Whole weights are counts of equal rows, unless
        tests make much of it.
    """
    if weights is None:
        return ()
    is_scaled_up = not weights.is_whole and weights.total > MANY_TIMES * weights.n_independent
    if is_scaled_up and correction is not None:
        return (
            f"sample_weight sums to {weights.total:.6g}, and leaves {weights.n_independent:.6g} "
            "independent rows: less is taken off for chance than noise seems to tell; scale it, to "
            "sample_weight * sample_weight.sum() / (sample_weight**2).sum()",
        )
    if gate is None or weights.total < MANY_TIMES * len(weights.multiples):
        return ()
    return (
        f"sample_weight makes {weights.total:.0f} rows of {len(weights.multiples)}, and tests take "
        "all for independent, which holds of counts of equal rows: with other weights, such as "
        "those of a survey, noise passes; pass a number in n_features_to_select",
    )
