"""A checked table, read column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from mifs import _frames, _sparse
from mifs._cached import cached_property
from mifs._kernels.columns import Facts, facts_of, facts_of_table
from mifs._typing import AnyArray, BoolArray, IntArray
from mifs._validation import (
    refuse_ambiguous_names,
    refuse_many_rows,
    refuse_non_finite,
    refuse_small_frame,
    with_strings,
)
from mifs.encoding.columns import (
    ColumnInfo,
    Missing,
    TypedColumn,
    TypedStoredColumn,
    decided,
    kinds_of,
)
from mifs.weights import RowWeights


def checked_table(
    X: Any, *, missing: Missing, estimator: Any = None, accept_sparse: bool = False
) -> tuple[Any, list[Facts] | None]:
    """Return a dataframe as it is, or an array, and facts; names and shape are checked.

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
    X : array, sparse array or matrix, or dataframe
        The table.
    facts : list of Facts, or None
        What one pass over an array of numbers of 64 bits found; None of other tables.

    Raises
    ------
    ValueError
        If names are ambiguous, there are fewer than two rows or more than 2**31 - 1, or an array of
        numbers holds infinity, or NaN that is an error; other columns are checked as they are read.
    TypeError
        If the table has not been read yet.
    """
    if missing not in {"level", "error"}:
        msg = f"missing must be 'level' or 'error'; got {missing!r}."
        raise ValueError(msg)
    refuse_ambiguous_names(X)
    refuse_many_rows(X)
    owner = "mutual information" if estimator is None else type(estimator).__name__
    if _frames.is_frame(X):
        if estimator is not None:
            validate_data(estimator, X, skip_check_array=True)
        refuse_small_frame(X, owner)
        return X, None
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
    facts = None if _sparse.is_sparse(X) else facts_of_table(X)
    refuse_non_finite(X, names, allow_nan=missing == "level", facts=facts)
    return X, facts


ALL_ROWS = np.empty(0, dtype=np.int64)


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
    facts : sequence of Facts, optional
        What `checked_table` found in the same rows; not used with weights, which may leave some
        out.

    Attributes
    ----------
    n_features : int
        Number of columns.
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
        facts: Sequence[Facts] | None = None,
    ) -> None:
        self._X = X
        self._facts = facts if weights is None else None
        self.n_features = X.shape[1]
        self.weights = weights
        self._kinds = kinds_of(discrete_features, X)
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
        return self._typed(self._read(may_be_views=False))

    def in_place(self) -> Iterator[TypedColumn]:
        """Yield the columns; fractions of an array, none missing, may be views of it, or wider."""
        return self._typed(self._read(may_be_views=True))

    def _typed(self, columns: Iterator[_frames.Column]) -> Iterator[TypedColumn]:
        self.columns, self._looks = [], []
        for place, column in enumerate(columns):
            is_discrete = self._note(place, column)
            self._looks.append(_look(column))
            if column.is_missing is not None:
                self._masks[place] = np.packbits(column.is_missing)
            yield TypedColumn(column.values, is_discrete, column.is_missing)

    def stored(self) -> Iterator[TypedStoredColumn]:
        """Yield the columns of a sparse table, each with what is stored of it."""
        self.columns, self._looks = [], []
        for place in range(self.n_features):
            stored = _sparse.stored_column(self._csc, place)
            column = _frames.array_column(stored.with_zero(), self._name(place))
            is_discrete = self._note(place, column)
            # Columns of ones are told apart by their rows alone.
            self._looks.append(hash((_look(column), stored.rows.tobytes())))
            if column.is_missing is not None:
                self._masks[place] = np.packbits(stored.rows_of(column.is_missing))
            yield TypedStoredColumn(stored, is_discrete, column.is_missing)

    def _note(self, place: int, column: _frames.Column) -> bool:
        """Keep how a column is taken, and return whether it is discrete."""
        info, is_discrete = decided(column, self._name(place), self._kinds[place])
        if column.is_missing is not None and self._missing == "error":
            msg = f"X contains NaN or missing values in column {info.name!r} ({info.n_missing} of "
            msg += f"{self._X.shape[0]} rows). Fill or drop these rows first, or pass "
            msg += "missing='level'."
            raise ValueError(msg)
        self.columns.append(info)
        return is_discrete

    def _name(self, place: int) -> str:
        return f"x{place}" if self.names is None else str(self.names[place])

    def _read(self, *, may_be_views: bool) -> Iterator[_frames.Column]:
        if _frames.is_frame(self._X):
            return _frames.frame_columns(self._X)
        return _frames.array_columns(
            self._X, self.names, facts=self._facts, may_be_views=may_be_views
        )

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
            for place, column in enumerate(self.in_place())
        ]

    def is_missing(self, place: int) -> BoolArray:
        """Return which values of a column with missing ones are missing."""
        return np.unpackbits(self._masks[place], count=self._X.shape[0]).astype(bool)

    def duplicates(self) -> dict[int, int]:
        """Return the columns that equal an earlier one in every row, and which; once read."""
        alike: dict[int, list[int]] = {}
        for place, look in enumerate(self._looks):
            alike.setdefault(look, []).append(place)
        found = {}
        for places in alike.values():
            firsts: dict[int, _Compared] = {}
            for place in places if len(places) > 1 else ():
                own = self._compared(place)
                equal = (first for first, other in firsts.items() if _are_equal(own, other))
                if (first := next(equal, None)) is None:
                    firsts[place] = own
                else:
                    found[place] = first
        return found

    def column(self, place: int) -> _frames.Column:
        """Return one column as it is read."""
        return self._read_one(place)

    @cached_property
    def _read_one(self) -> Callable[[int], _frames.Column]:
        X = self._X
        if self.is_sparse:
            return lambda place: _frames.array_column(
                _sparse.stored_column(self._csc, place).dense(), place
            )
        if _frames.is_frame(X):
            return _frames.frame_reader(X)
        return lambda place: _frames.array_column(np.ascontiguousarray(X[:, place]), place)

    @cached_property
    def _csc(self) -> Any:
        return _sparse.in_columns(self._X)

    def _compared(self, place: int) -> _Compared:
        """Return a column, or what is stored of a sparse one and where."""
        if not self.is_sparse:
            return _Compared(ALL_ROWS, self.column(place))
        stored = _sparse.stored_column(self._csc, place)
        return _Compared(stored.rows, _frames.array_column(stored.with_zero(), place))

    @property
    def is_discrete(self) -> BoolArray:
        """Which columns are taken as discrete, of those that have been read."""
        return np.array([column.kind == "discrete" for column in self.columns], dtype=bool)


def _look(column: _frames.Column) -> int:
    """Return a number that is the same for equal columns.

    Of all rows: in some of them, hundreds of columns of few ones would all be zero.
    """
    if column.facts is not None:
        return column.facts.look
    values = _filled(column)
    return hash(tuple(values.tolist())) if values.dtype.kind == "U" else facts_of(values).look


class _Compared(NamedTuple):
    """What two equal columns have in common."""

    rows: IntArray  # that are stored, of a sparse table
    column: _frames.Column


def _are_equal(one: _Compared, other: _Compared) -> bool:
    """Whether two columns are the same in every row, as numbers or as labels."""
    if not np.array_equal(one.rows, other.rows):
        return False
    columns = one.column, other.column
    if len({column.values.dtype.kind == "U" for column in columns}) > 1:
        return False
    for first, second in (columns, columns[::-1]):
        if first.is_missing is not None and not np.array_equal(
            first.is_missing, np.False_ if second.is_missing is None else second.is_missing
        ):
            return False
    return np.array_equal(_filled(columns[0]), _filled(columns[1]))


def _filled(column: _frames.Column) -> AnyArray:
    """Return values that are the same wherever one is missing."""
    if column.is_missing is None:
        return column.values
    values = column.values.copy()
    values[column.is_missing] = np.zeros(1, dtype=values.dtype)[0]
    return values
