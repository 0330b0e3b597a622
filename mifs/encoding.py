"""From a checked table and its target to typed columns: which of them are discrete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from mifs import _frames, _sparse
from mifs._typing import AnyArray, ArrayLike, BoolArray
from mifs._validation import (
    as_vector,
    columns_of,
    refuse_ambiguous_names,
    refuse_non_finite,
    refuse_small_frame,
    with_strings,
)
from mifs.weights import RowWeights

Kind = bool | Literal["auto"]
Missing = Literal["level", "error"]
MAX_WHOLE_NUMBERS = 32  # a column of whole numbers with more distinct values is continuous
ROWS_OF_A_CLASS = 10  # fewer a value on average, and many whole numbers are no classes


def checked_table(
    X: Any, *, missing: Missing, estimator: Any = None, accept_sparse: bool = False
) -> Any:
    """Return a dataframe as it is, or an array; names and shape are checked.

    Parameters
    ----------
    X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        Numbers or labels.
    missing : {"level", "error"}
        Whether a missing number is a level or an error.
    estimator : estimator, optional
        What learns the number of columns and their names.
    accept_sparse : bool, default=False
        Whether the table may be sparse; then its columns come first.

    Returns
    -------
    array, sparse array or matrix, or dataframe
        The table.

    Raises
    ------
    ValueError
        If names are ambiguous, there are fewer than two rows, or an array of numbers holds
        infinity, or NaN that is an error; other columns are checked as they are read.
    TypeError
        If the table has not been read yet.
    """
    refuse_ambiguous_names(X)
    _frames.refuse_unread(X)
    owner = "mutual information" if estimator is None else type(estimator).__name__
    if _frames.is_frame(X):
        if estimator is not None:
            validate_data(estimator, X, skip_check_array=True)
        refuse_small_frame(X, owner)
        return X
    X = with_strings(X)
    check = check_array if estimator is None else partial(validate_data, estimator)
    X = check(
        X,
        dtype=None,
        accept_sparse="csc" if accept_sparse else False,
        ensure_all_finite=False,
        ensure_min_samples=2,
    )
    names = getattr(estimator, "feature_names_in_", None)
    refuse_non_finite(X, names, allow_nan=missing == "level")
    return X


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
    """

    values: AnyArray
    is_discrete: bool
    is_missing: BoolArray | None = None


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
    reads_as_numbers : bool, default=False
        Whether it holds many labels that all read as numbers.
    remarks : tuple of str, default=()
        What there is to worry about, a sentence each.
    """

    name: str
    kind: Literal["discrete", "continuous"]
    reason: str
    n_levels: int | None
    n_missing: int
    reads_as_numbers: bool = False
    remarks: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Say what it is taken as, and what is unusual about it, in one line."""
        parts = [repr(self.name), self.kind]
        if self.kind == "discrete" and self.n_levels is not None:
            parts.append("1 level" if self.n_levels == 1 else f"{self.n_levels} levels")
        if self.n_missing:
            parts.append(f"{self.n_missing} missing")
        if self.remarks:
            parts.append("1 remark" if len(self.remarks) == 1 else f"{len(self.remarks)} remarks")
        return f"ColumnInfo({', '.join(parts)})"


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


class TypedTable:
    """Columns of a checked table, read one by one, each with its kind.

    Parameters
    ----------
    X : ndarray, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
        The table.
    discrete_features : "auto", bool, list of columns, dict, or callable
        Columns whose distinct values are levels.
    names : sequence, optional
        Names of the columns.
    missing : {"level", "error"}, default="level"
        Whether a missing value is a level or an atom, or an error.
    weights : RowWeights, optional
        How often each row counts; once if left out.

    Attributes
    ----------
    columns : list of ColumnInfo
        How each column is taken; known once they have been read.
    """

    def __init__(
        self,
        X: Any,
        *,
        discrete_features: Any,
        names: Sequence[Any] | None,
        missing: Missing = "level",
        weights: RowWeights | None = None,
    ) -> None:
        self._X = X
        self.weights = weights
        self._kinds = _kinds(discrete_features, X, names)
        self._missing = missing
        self.names = names
        self.columns: list[ColumnInfo] = []
        self._looks: list[int] = []  # equal for columns that could be equal
        self._masks: dict[int, AnyArray] = {}  # of missing values, a bit each

    @property
    def is_sparse(self) -> bool:
        """Whether the table is sparse, and has `stored` columns."""
        return _sparse.is_sparse(self._X)

    def __iter__(self) -> Iterator[TypedColumn]:
        self.columns, self._looks = [], []
        for place, column in enumerate(self._read()):
            is_discrete = self._note(place, column)
            self._looks.append(_look(column))
            if column.is_missing is not None:
                self._masks[place] = np.packbits(column.is_missing)
            yield TypedColumn(column.values, is_discrete, column.is_missing)

    def stored(self) -> Iterator[TypedStoredColumn]:
        """Yield the columns of a sparse table, each with what is stored of it."""
        self.columns, self._looks = [], []
        for place, stored in enumerate(_sparse.stored_columns(self._X)):
            column = _frames.array_column(stored.with_zero(), self._name(place))
            is_discrete = self._note(place, column)
            # Columns of ones are told apart by their rows alone.
            self._looks.append(hash((_look(column), stored.rows.tobytes())))
            if column.is_missing is not None:
                self._masks[place] = np.packbits(stored.rows_of(column.is_missing))
            yield TypedStoredColumn(stored, is_discrete, column.is_missing)

    def _note(self, place: int, column: _frames.Column) -> bool:
        """Keep how a column is taken, and return whether it is discrete."""
        info, is_discrete = _decided(column, self._name(place), self._kinds[place])
        if column.is_missing is not None and self._missing == "error":
            msg = f"X contains NaN or missing values in column {info.name!r} ({info.n_missing} of "
            msg += f"{self._X.shape[0]} rows). Fill or drop these rows first, or pass "
            msg += "missing='level'."
            raise ValueError(msg)
        self.columns.append(info)
        return is_discrete

    def _name(self, place: int) -> str:
        return f"x{place}" if self.names is None else str(self.names[place])

    def _read(self) -> Iterator[_frames.Column]:
        if _frames.is_frame(self._X):
            return _frames.frame_columns(self._X)
        return _frames.array_columns(self._X, self.names)

    def kept(self) -> list[TypedColumn]:
        """Return all columns at once; those of an array of numbers are views, not copies."""
        if self.is_sparse:
            msg = "X is sparse: only mi_estimator='binned' counts what is stored. Use it, or lay "
            msg += "the table out in full: X.toarray()."
            raise TypeError(msg)
        if _frames.is_frame(self._X) or self._X.dtype.kind not in "fiu":
            return list(self)
        return [
            TypedColumn(self._X[:, place], column.is_discrete, column.is_missing)
            for place, column in enumerate(self)
        ]

    def is_missing(self, place: int) -> BoolArray:
        """Return which values of a column with missing ones are missing."""
        return np.unpackbits(self._masks[place], count=self._X.shape[0]).astype(bool)

    def duplicates(self) -> dict[int, int]:
        """Return the columns that equal an earlier one in every row, and which; once read."""
        first: dict[int, list[int]] = {}
        found = {}
        for place, look in enumerate(self._looks):
            alike = first.setdefault(look, [])
            column = self.column(place) if alike else None
            for other in alike:
                if column is not None and _are_equal(column, self.column(other)):
                    found[place] = other
                    break
            else:
                alike.append(place)
        return found

    def column(self, place: int) -> _frames.Column:
        """Return one column as it is read."""
        if _frames.is_frame(self._X):
            return _frames.frame_column(self._X, place)
        if self.is_sparse:
            (stored,) = _sparse.stored_columns(self._X[:, [place]])
            return _frames.array_column(stored.dense(), place)
        return _frames.array_column(np.ascontiguousarray(self._X[:, place]), place)

    @property
    def is_discrete(self) -> BoolArray:
        """Which columns are taken as discrete, of those that have been read."""
        return np.array([column.kind == "discrete" for column in self.columns], dtype=bool)


def _decided(column: _frames.Column, name: str, kind: Kind) -> tuple[ColumnInfo, bool]:
    """Say whether a column is discrete, and why."""
    values, missing = column.values, column.is_missing
    n_missing = 0 if missing is None else int(missing.sum())
    n_levels = n_whole_numbers(values if missing is None else values[~missing])
    if column.sort == "label":
        is_discrete, reason = True, f"type {column.type_name}"
    elif kind == "auto" and column.sort == "date":
        msg = (
            f"Column {name!r} holds dates (type {column.type_name}). Take them as numbers with "
            f"discrete_features={{{name!r}: False}}, make features of them, such as the weekday, "
            "or leave them out of X."
        )
        raise TypeError(msg)
    elif kind != "auto":
        is_discrete, reason = kind, "discrete_features says so"
    elif n_levels is None:
        is_discrete, reason = False, "fractions"
    else:
        is_discrete = n_levels <= MAX_WHOLE_NUMBERS
        than = "at most" if is_discrete else "more than"
        reason = f"{n_levels} whole numbers, {than} {MAX_WHOLE_NUMBERS}"
    if n_missing == len(values):
        reason = "all missing"
    what: Literal["discrete", "continuous"] = "discrete" if is_discrete else "continuous"
    reads = (
        values.dtype.kind == "U" and (n_levels or 0) > MAX_WHOLE_NUMBERS and _are_numbers(column)
    )
    return ColumnInfo(name, what, reason, n_levels, n_missing, reads), is_discrete


def _are_numbers(column: _frames.Column) -> bool:
    """Whether all labels read as numbers."""
    labels = column.values if column.is_missing is None else column.values[~column.is_missing]
    try:
        labels[:1].astype(np.float64)
        labels.astype(np.float64)
    except ValueError:
        return False
    return True


def _look(column: _frames.Column) -> int:
    """Return a number that is the same for equal columns: a hash of some of the rows."""
    values = column.values[:: max(1, len(column.values) // 100)]
    return hash(values.astype(np.float64).tobytes() if values.dtype.kind != "U" else tuple(values))


def _are_equal(one: _frames.Column, other: _frames.Column) -> bool:
    """Whether two columns are the same in every row, as numbers or as labels."""
    if (one.values.dtype.kind == "U") != (other.values.dtype.kind == "U"):
        return False
    for first, second in ((one, other), (other, one)):
        if first.is_missing is not None and not np.array_equal(
            first.is_missing, np.False_ if second.is_missing is None else second.is_missing
        ):
            return False
    equal_nan = one.values.dtype.kind == other.values.dtype.kind == "f"
    return np.array_equal(one.values, other.values, equal_nan=equal_nan)


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
    if values.dtype.kind == "f":
        sample = values[:64]
        if (sample != np.floor(sample)).any() or (values != np.floor(values)).any():
            return None
    if values.dtype.kind == "U":  # a sort of many strings costs ten times a dictionary
        return len(set(values.tolist()))
    return len(np.unique(values))


def _kinds(discrete_features: Any, X: Any, names: Sequence[Any] | None) -> list[Kind]:
    """What the user says of each column: discrete, continuous, or nothing."""
    n_features = X.shape[1]
    if callable(discrete_features):
        discrete_features = discrete_features(X)
    if isinstance(discrete_features, str) and discrete_features == "auto":
        return ["auto"] * n_features
    if isinstance(discrete_features, bool | np.bool_):
        return [bool(discrete_features)] * n_features
    is_dict = isinstance(discrete_features, Mapping)
    wanted = list(discrete_features) if is_dict else discrete_features
    places = columns_of(wanted, names=names, n_features=n_features, parameter="discrete_features")
    kinds: list[Kind] = ["auto" if is_dict else False] * n_features
    for place, column in zip(places, wanted, strict=False):
        kind = discrete_features[column] if is_dict else True
        if not (isinstance(kind, bool | np.bool_) or kind == "auto"):
            msg = f"discrete_features says {kind!r} of {column!r}; it must say True, False or "
            msg += "'auto'."
            raise ValueError(msg)
        kinds[place] = kind if kind == "auto" else bool(kind)
    return kinds


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
        msg = f"{name} is to be taken as numbers, but it holds {_plain(values)!r}. "
        msg += "Pass discrete_target=True."
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
    if y.ndim == 1:
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


def _has_fractions(values: AnyArray) -> bool:
    return values.dtype.kind == "f" and bool((values != np.floor(values)).any())


def _plain(values: AnyArray) -> object:
    """Return the first value as Python's own, which a message shows without NumPy's type."""
    return values[:1].tolist()[0]
