"""The target, or several outputs, and whether they are classes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from mifs._typing import AnyArray, ArrayLike
from mifs._vectors import as_vector
from mifs.encoding.columns import (
    MAX_WHOLE_NUMBERS,
    Kind,
    TypedColumn,
    are_few_whole,
    n_whole_numbers,
)
from mifs.encoding.labels import Writing, in_row, is_number, writing_of
from mifs.weights import RowWeights

ROWS_OF_A_CLASS = 10  # fewer a value on average, and many whole numbers are no classes
ROWS_AT_ONCE = 1 << 16  # of a digest: copies of a whole target would be the peak of a fit


def typed_target(
    y: ArrayLike,
    *,
    discrete_target: Kind,
    weights: RowWeights | None = None,
    name: str = "y",
    may_be_constant: bool = False,
) -> TypedColumn:
    """Check the target, and say whether it is taken as classes.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Classes or numbers.
    discrete_target : bool or "auto"
        Whether every distinct value is a class. "auto": labels and booleans are; so are whole
        numbers with at most 32 distinct values, and those of an integer type with more, if each
        occurs ten times on average.
    weights : RowWeights, optional
        How often each row counts; once if left out.
    name : str, default="y"
        What messages call it.
    may_be_constant : bool, default=False
        Whether a single class or value is no error, as of one output among several.

    Returns
    -------
    TypedColumn
        The target.

    Raises
    ------
    ValueError
        If there is a single class or value, a value is missing, or fractions are given as
        classes.
    """
    values = as_vector(y, name)
    is_auto = discrete_target == "auto"
    is_discrete = looks_like_classes(values, weights) if is_auto else bool(discrete_target)
    if is_discrete and _has_fractions(values):
        first = _plain(values[values != np.floor(values)])
        msg = (
            f"{name} is to be taken as classes, but it holds fractions such as {first!r}. Take it "
            "as continuous (discrete_target=False, mutual_info_regression), or turn it into labels."
        )
        raise ValueError(msg)
    if not is_discrete and values.dtype.kind not in "fiub":
        msg = f"{name} is to be taken as numbers, but it holds "
        labels = _labels(values)
        writing = writing_of(values, labels)
        if writing is None or writing.is_date:
            odd = next((label for label in labels if not is_number(label)), None)
            msg += repr(_plain(values)) if odd is None else in_row(odd, values)
            days = ", or make days of its dates (pandas.to_datetime)" if writing else ""
            msg += f". Take it as classes (discrete_target=True, mutual_info_classif){days}."
        else:
            msg += f"labels: {writing}."
        raise ValueError(msg)
    if not may_be_constant and (values == values[0]).all():
        what = "a single class" if is_discrete else "a single value"
        msg = f"{name} holds {what}, {_plain(values)!r}, in all {len(values)} rows: "
        msg += "nothing can tell of it."
        raise ValueError(msg)
    return TypedColumn(values, is_discrete)


def typed_targets(
    y: AnyArray, *, discrete_target: Kind, weights: RowWeights | None = None
) -> list[TypedColumn]:
    """Check one or several outputs, and say of each whether it is taken as classes.

    Parameters
    ----------
    y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        Classes or numbers; an indicator of many labels has a column for each.
    discrete_target : bool or "auto"
        As in `typed_target`, for every output.
    weights : RowWeights, optional
        How often each row counts; once if left out.

    Returns
    -------
    list of TypedColumn
        The outputs. Some may be constant, such as a label that never occurs.

    Raises
    ------
    ValueError
        If all are constant, and as `typed_target`.
    """
    if y.ndim != 2:  # typed_target says what is wrong with what is no vector either
        return [typed_target(y, discrete_target=discrete_target, weights=weights)]
    if (y == y[:1]).all():
        msg = f"All {y.shape[1]} outputs of y are constant: nothing can tell of them."
        raise ValueError(msg)
    return [
        typed_target(
            output,
            discrete_target=discrete_target,
            weights=weights,
            name=f"output {place} of y",
            may_be_constant=True,
        )
        for place, output in enumerate(y.T)
    ]


def looks_like_classes(values: AnyArray, weights: RowWeights | None = None) -> bool:
    """Whether every distinct value is better taken as a level than cut into bins.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Numbers or labels.
    weights : RowWeights, optional
        How often each row counts; once if left out.

    Returns
    -------
    bool
        True for labels, booleans, whole numbers with at most 32 distinct values, and those of an
        integer type with more, if each occurs ten times on average.

    Examples
    --------
    >>> looks_like_classes(np.arange(100) % 40), looks_like_classes(np.arange(1000) % 40)
    (False, True)
    """
    if values.dtype.kind not in "fiu":
        return True
    n_distinct = n_whole_numbers(values)
    if n_distinct is None:
        return False
    if n_distinct <= MAX_WHOLE_NUMBERS:
        return True
    n_samples = len(values) if weights is None else weights.total
    return values.dtype.kind != "f" and n_samples >= ROWS_OF_A_CLASS * n_distinct


def writing_of_classes(target: TypedColumn) -> Writing | None:
    """Return what the labels of a target read as, if nearly all are numbers, and no few whole ones.

    Parameters
    ----------
    target : TypedColumn
        One output.

    Returns
    -------
    Writing or None
        What they read as.
    """
    labels = _labels(target.values)
    writing = None if are_few_whole(labels) else writing_of(target.values, labels)
    return None if writing is None or writing.is_date else writing


def are_dates(target: TypedColumn) -> bool:
    """Whether nearly all labels of a target read as dates.

    Parameters
    ----------
    target : TypedColumn
        One output.

    Returns
    -------
    bool
        False of numbers.
    """
    labels = _labels(target.values)
    writing = writing_of(target.values, labels) if labels else None
    return writing is not None and writing.is_date


def look_of(targets: Sequence[TypedColumn]) -> str:
    """Return what is the same for equal targets, in every process, and no value can be read from.

    Parameters
    ----------
    targets : sequence of TypedColumn
        The outputs.

    Returns
    -------
    str
        A digest of their numbers or labels, row by row; whole numbers and booleans equal floats.
    """
    digest = hashlib.sha256()
    for target in targets:
        are_numbers = target.values.dtype.kind in "fiub"
        for start in range(0, len(target.values), ROWS_AT_ONCE):
            rows = target.values[start : start + ROWS_AT_ONCE]
            if are_numbers:
                digest.update((rows.astype(np.float64) + 0.0).tobytes())  # -0.0 is 0.0
            else:
                digest.update(repr(rows.tolist()).encode())
    return digest.hexdigest()


def _labels(values: AnyArray) -> dict[str, None]:
    """Return each label once, in order of the first row that holds it; none of numbers."""
    return dict.fromkeys(values.tolist()) if values.dtype.kind == "U" else {}


def _has_fractions(values: AnyArray) -> bool:
    return values.dtype.kind == "f" and bool((values != np.floor(values)).any())


def _plain(values: AnyArray) -> object:
    """Return the first value as Python's own, which a message shows without NumPy's type."""
    return values[:1].tolist()[0]
