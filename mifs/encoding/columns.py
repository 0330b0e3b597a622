"""One column with its kind, and why it has that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mifs import _frames, _sparse
from mifs._kernels.columns import facts_of, n_distinct
from mifs._typing import AnyArray, BoolArray
from mifs._validation import columns_of
from mifs.encoding.labels import Writing, has_fractions, in_row, is_number, writing_of

Kind = bool | Literal["auto"]
SaidKind = Kind | Literal["numbers"]  # the last is False of one column by name
Missing = Literal["level", "error"]
MAX_WHOLE_NUMBERS = 32  # a column of whole numbers with more distinct values is continuous


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """Values of one column, and whether every distinct value of it is a level.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        Numbers or labels; without meaning where missing.
    is_discrete : bool
        Whether every distinct value is a level.
    is_missing : ndarray of bool of shape (n_samples,), or None
        Which values are missing; None if none is. Missing is one more level of a discrete column,
        and an atom beside the numbers of a continuous one.
    order : tuple of str, or None
        Labels of an ordered type, first to last, as they are listed; None of others.
    """

    values: AnyArray
    is_discrete: bool
    is_missing: BoolArray | None = None
    order: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ColumnInfo:
    """How one column is taken, and why.

    Attributes
    ----------
    name : str
        What it is called.
    kind : {"discrete", "continuous"}
        Whether every distinct value is a level.
    reason : str
        Why it is taken so.
    n_levels : int or None
        Distinct values that are not missing; None of fractions, which are not counted.
    n_missing : int
        Missing values.
    writing : Writing or None, default=None
        What its labels read as, if nearly all are dates, or numbers that would be no levels.
    remarks : tuple of str, default=()
        What there is to worry about, a sentence each.
    """

    name: str
    kind: Literal["discrete", "continuous"]
    reason: str
    n_levels: int | None
    n_missing: int
    writing: Writing | None = None
    remarks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Say what it is taken as, and what is unusual about it, in few words: there are many."""
        parts = [f"{self.name!r}: {self.kind}"]
        if self.kind == "discrete" and self.n_levels is not None:
            parts.append("1 level" if self.n_levels == 1 else f"{self.n_levels} levels")
        if self.n_missing:
            parts.append(f"{self.n_missing} missing")
        if self.remarks:
            parts.append("1 remark" if len(self.remarks) == 1 else f"{len(self.remarks)} remarks")
        return f"<{', '.join(parts)}>"


@dataclass(frozen=True, eq=False)
class TypedStoredColumn:
    """What is stored of one column, and whether every distinct value, zero too, is a level.

    Attributes
    ----------
    stored : StoredColumn
        Rows that are not zero, and their values.
    is_discrete : bool
        Whether every distinct value is a level.
    is_missing : ndarray of bool, or None
        Which of the stored values, and of a zero after them, are missing; None if none is.
    """

    stored: _sparse.StoredColumn
    is_discrete: bool
    is_missing: BoolArray | None = None


def decided(column: _frames.Column, name: str, kind: SaidKind) -> tuple[ColumnInfo, bool]:
    """Say whether a column is discrete, and why."""
    values, missing = column.values, column.is_missing
    n_missing = 0 if missing is None else int(missing.sum())
    labels = dict.fromkeys(column.present().tolist()) if values.dtype.kind == "U" else {}
    n_levels = len(labels) or _n_levels(column)
    writing = writing_of(values, labels, missing) if labels and kind is not True else None
    if kind == "numbers" and labels:
        raise TypeError(_no_numbers(column, name, labels, writing))
    if column.sort == "label":
        is_discrete, reason = True, column.type_name
    elif kind == "auto" and column.sort in {"date", "duration"}:
        raise TypeError(_no_kind(column, name))
    elif kind != "auto":
        is_discrete, reason = kind is True, "discrete_features says so"
    elif n_levels is None:
        is_discrete, reason = False, "fractions"
    else:
        is_discrete = n_levels <= MAX_WHOLE_NUMBERS
        than = "at most" if is_discrete else "more than"
        noun = "whole number" if n_levels == 1 else "whole numbers"
        reason = f"{n_levels} {noun}, {than} {MAX_WHOLE_NUMBERS}"
    if n_missing == len(values):
        reason = "all missing"
    elif n_levels is None and _is_constant(column):
        n_levels = 1  # a fraction, and no other
    what: Literal["discrete", "continuous"] = "discrete" if is_discrete else "continuous"
    if writing is not None and not writing.is_date and are_few_whole(labels):
        writing = None  # grades, or codes: as numbers they would be levels as well
    writing = None if writing is None else writing.of_column(name)
    return ColumnInfo(name, what, reason, n_levels, n_missing, writing), is_discrete


def _no_kind(column: _frames.Column, name: str) -> str:
    """Say what to do about dates or durations, of which no kind was said."""
    make = ""
    if column.sort == "date":
        make = " make features of them, such as the weekday,"
    return (
        f"Column {name!r} holds {column.sort}s (type {column.type_name}). Take them as numbers "
        f"with discrete_features={{{name!r}: False}},{make} or leave them out of X."
    )


def _no_numbers(
    column: _frames.Column, name: str, labels: Iterable[str], writing: Writing | None
) -> str:
    """Say that a column to be taken as numbers holds labels, and which read as none."""
    msg = f"discrete_features takes column {name!r} as numbers, but it holds labels"
    if writing is not None:
        return f"{msg}: {writing.of_column(name)}."
    odd = next(label for label in labels if not is_number(label))
    where = in_row(odd, column.values, column.is_missing)
    return f"{msg} such as {where}. Convert it first: pandas.to_numeric, pandas.to_datetime."


def _n_levels(column: _frames.Column) -> int | None:
    """Return the number of distinct values that are not missing; None of fractions."""
    if column.facts is None:
        return n_whole_numbers(column.present())
    return n_distinct(column.present(), column.facts) if column.facts.is_whole else None


def _is_constant(column: _frames.Column) -> bool:
    """Whether all numbers that are not missing are one."""
    if column.facts is not None and column.facts.low < column.facts.high:
        return False
    present = column.present()
    return bool((present == present[0]).all())


def n_whole_numbers(values: AnyArray) -> int | None:
    """Return the number of distinct values of labels or whole numbers; None of fractions.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Numbers or labels, none of them missing.

    Returns
    -------
    int or None
        How many there are.
    """
    if values.dtype.kind == "U":  # a sort of many strings costs ten times a dictionary
        return len(set(values.tolist()))
    if values.dtype.kind not in "fiub":
        return len(np.unique(values))
    facts = facts_of(values)
    return n_distinct(values, facts) if facts.is_whole else None


def are_few_whole(labels: Collection[str]) -> bool:
    """Whether labels that read as numbers would be levels as these, too.

    Parameters
    ----------
    labels : collection of str
        Each label of a column once.

    Returns
    -------
    bool
        True of at most 32 labels, if none is a fraction.
    """
    return len(labels) <= MAX_WHOLE_NUMBERS and not has_fractions(labels)


def kinds_of(discrete_features: Any, X: Any) -> list[SaidKind]:
    """What the user says of each column: discrete, continuous or numbers, or nothing."""
    n_features = X.shape[1]
    if callable(discrete_features):
        discrete_features = discrete_features(X)
    if isinstance(discrete_features, str) and discrete_features == "auto":
        return ["auto"] * n_features
    if isinstance(discrete_features, bool | np.bool_):
        return [bool(discrete_features)] * n_features
    if discrete_features is None:
        msg = "discrete_features must be 'auto', True, False, a list or a dict; got None."
        raise TypeError(msg)
    is_dict = isinstance(discrete_features, Mapping)
    wanted = list(discrete_features) if is_dict else discrete_features
    places = columns_of(wanted, X, parameter="discrete_features")
    kinds: list[SaidKind] = ["auto" if is_dict else False] * n_features
    for place, column in zip(places, wanted, strict=False):
        kind = discrete_features[column] if is_dict else True
        if not (isinstance(kind, bool | np.bool_) or kind == "auto"):
            msg = f"discrete_features says {kind!r} of {column!r}; it must say True, False or "
            msg += "'auto'."
            raise ValueError(msg)
        kinds[place] = kind if kind == "auto" else True if kind else "numbers"
    return kinds
