"""Columns of any table: their names, their types, their missing values, as plain arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from numbers import Real
from os import PathLike
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
from narwhals.exceptions import DuplicateError
from scipy.sparse import issparse

from mifs._kernels.binning import columns_as_doubles, columns_as_rows
from mifs._kernels.columns import Facts, facts_of, facts_of_table
from mifs._objects import is_missing_value, no_cell, real_numbers
from mifs._typing import AnyArray, BoolArray, IntArray

# Columns of an array are turned into rows together: of each row of the array half a line of the
# cache is read, or whole lines as long as what was turned is in the cache when it is coded.
READ_BYTES, LINE_BYTES, BLOCK_BYTES = 32, 64, 5 << 19
# Columns of a byte are read as if they had two: 32 of long ones may be a third of a table.
NARROW_BYTES = 2
LONG_INTEGERS = {nw.Int128, nw.UInt128}  # which NumPy has not


@dataclass(frozen=True, eq=False)
class Column:
    """One column as it was read.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        Labels, finite numbers, or dates and durations as numbers; without meaning where missing.
    sort : {"label", "number", "date", "duration"}
        Labels are discrete whatever their values; of dates and durations the user has to say what
        they are.
    is_missing : ndarray of bool of shape (n_samples,), or None
        Which values are missing: None, NaN, NaT, pandas.NA and null alike; None if none is.
    type_name : str
        What the table calls the type; of labels, a plain word.
    facts : Facts or None, default=None
        What one pass over numbers found, NaN where missing; None of others.
    order : tuple of str or None, default=None
        Labels of an ordered type, first to last; None of others.
    """

    values: AnyArray
    sort: Literal["label", "number", "date", "duration"]
    is_missing: BoolArray | None
    type_name: str
    facts: Facts | None = None
    order: tuple[str, ...] | None = None

    def present(self) -> AnyArray:
        """Return the values that are not missing."""
        return self.values if self.is_missing is None else self.values[~self.is_missing]


def is_frame(X: Any) -> bool:
    """Whether X is a dataframe in memory, of any library."""
    return isinstance(_native(X), nw.DataFrame)


def refuse_unread(X: Any, name: str = "X") -> None:
    """Raise for what holds no rows yet, rows of records, or values under a mask."""
    if isinstance(X, str | PathLike):
        msg = f"{name} must hold rows; got {str(X)!r}. Read a file first, such as by "
        msg += "pandas.read_csv or pandas.read_parquet."
        raise TypeError(msg)
    if isinstance(X, np.ma.MaskedArray):
        msg = f"{name} is a masked array, whose mask would be lost. Pass {name}.filled(np.nan), or "
        msg += "labels filled with None, if masked means missing."
        raise TypeError(msg)
    if isinstance(X, np.ndarray) and X.dtype.names:
        fields = ", ".join(map(repr, X.dtype.names[:5]))
        msg = f"{name} is a structured array with the fields {fields}. Pass "
        msg += f"pandas.DataFrame({name})."
        raise TypeError(msg)
    if isinstance(X, Mapping) and not issparse(X):  # a dok_matrix is a dict, too
        keys = ", ".join(map(repr, islice(X, 5))) or "none"
        msg = f"{name} must hold rows; got a dict with the keys {keys}. Pass "
        msg += f"pandas.DataFrame({name})."
        raise TypeError(msg)
    if _is_lazy(X):
        msg = f"{name} is a lazy {type(X).__module__.partition('.')[0]} table. Read it first: "
        msg += f"{name}.collect()."
        raise TypeError(msg)


def _is_lazy(X: Any) -> bool:
    if isinstance(X, np.ndarray):
        return False
    try:
        return isinstance(nw.from_native(X, pass_through=True), nw.LazyFrame)
    except DuplicateError:  # of names, of which the caller says more
        return False


def frame_columns(X: Any) -> Iterator[Column]:
    """Yield the columns of a dataframe; raise where one cannot be a feature."""
    frame = _native(X)
    for name, series in zip(frame.columns, frame.iter_columns(), strict=True):
        yield _frame_column(series, name)


def frame_reader(X: Any) -> Callable[[int], Column]:
    """Return what reads one column of a dataframe by its place."""
    frame = _native(X)
    names = frame.columns  # once: to ask for them takes as long as there are columns
    return lambda place: _frame_column(frame[:, place], names[place])


def array_columns(
    X: AnyArray,
    names: Sequence[Any] | None = None,
    *,
    facts: Sequence[Facts] | None = None,
    may_be_views: bool = False,
) -> Iterator[Column]:
    """Yield the columns of a two-dimensional array; raise where one cannot be a feature.

    Their values are contiguous; if they may, those of fractions, of which none is missing, stay
    where they are in the array, and floats of 32 bits become those of 64. `facts` are those of the
    table, where they are known.
    """
    becomes_wide = may_be_views and X.dtype == np.float32
    item = 8 if becomes_wide else max(1, X.dtype.itemsize)
    n_lines = BLOCK_BYTES // (LINE_BYTES * max(1, len(X)))
    width = max(1, READ_BYTES // max(item, NARROW_BYTES), n_lines * LINE_BYTES // item)
    known = facts_of_table(X) if facts is None else facts
    for start in range(0, X.shape[1], width):
        block, stop = X[:, start : start + width], start + width
        own = None if known is None else known[start:stop]
        if may_be_views and own is not None and all(map(_are_fractions, own)):
            rows = block.T
        else:
            rows = columns_as_doubles(block) if becomes_wide else columns_as_rows(block)
        for place, values in enumerate(rows, start):
            name = place if names is None else str(names[place])
            yield array_column(values, name, None if own is None else own[place - start])


def _are_fractions(facts: Facts) -> bool:
    """Whether there are fractions in a column, and none of its values is missing."""
    return not facts.is_whole and facts.n_nan == 0


def array_column(values: AnyArray, name: object, facts: Facts | None = None) -> Column:
    """Read one array of numbers, labels, dates, or Python objects of these."""
    kind, type_name = values.dtype.kind, _type_name(values.dtype)
    if kind == "O":
        return _object_column(values, name)
    if kind == "b":
        return Column(values, "label", None, "boolean")
    if kind in "US":
        labels = np.char.decode(values, "latin-1") if kind == "S" else values  # never fails
        return Column(labels.astype(str), "label", None, "text")
    if kind in "mM":
        return _date_column(values, np.isnat(values), type_name)
    if kind not in "fiu":
        raise TypeError(_no_feature(name, type_name))
    facts = facts_of(values) if facts is None else facts
    missing = np.isnan(values) if facts.n_nan else None
    return _number_column(values, missing, name, type_name, facts)


@lru_cache(maxsize=64)  # NumPy takes longer for it than for a pass over a column
def _type_name(dtype: np.dtype[Any]) -> str:
    return str(dtype)


def names_of(X: Any) -> list[str] | None:
    """Return what the columns of a dataframe are called, whole numbers included."""
    labels = labels_of(X)
    return None if labels is None else [str(label) for label in labels]


def labels_of(X: Any) -> list[Any] | None:
    """Return what a dataframe holds for the names of its columns, such as whole numbers."""
    return list(_native(X).columns) if is_frame(X) else None


def are_shuffled(X: Any, y: Any) -> bool:
    """Whether the row labels of a table are those of a target in another order."""
    one = _row_labels(X)
    other = None if one is None else _row_labels(y)
    if one is None or other is None or one.equals(other):
        return False
    is_alike = len(one) == len(other) and one.nlevels == other.nlevels
    are_unique = one.is_unique and other.is_unique  # else none could be found by its label
    return is_alike and are_unique and bool(one.isin(other).all())


def with_row_labels(values: AnyArray | None, y: Any) -> Any:
    """Return the values of a target as they were given, if with row labels, in one column."""
    is_labelled = getattr(y, "ndim", None) == 1 and _row_labels(y) is not None
    return y if is_labelled else values


def _row_labels(table: Any) -> Any:
    """Return the index of what pandas made; None of all else."""
    if isinstance(table, np.ndarray):
        return None
    try:
        made = nw.from_native(table, eager_only=True, allow_series=True, pass_through=True)
    except DuplicateError:  # of the names of several outputs
        return getattr(table, "index", None)
    return nw.maybe_get_index(made) if isinstance(made, nw.DataFrame | nw.Series) else None


def orders_of(y: Any) -> list[tuple[str, ...] | None]:
    """Return of each output of a target the labels of an ordered type, first to last, or None.

    Empty where the target has no types of its own, as an array.
    """
    if isinstance(y, np.ndarray):
        return []
    if getattr(y, "ordered", False):  # a pandas.Categorical, which is no series
        return [tuple(map(str, y.categories))]
    try:
        made = nw.from_native(y, eager_only=True, allow_series=True, pass_through=True)
    except DuplicateError:  # of the names of several outputs
        return []
    if isinstance(made, nw.Series):
        return [_order(made)]
    return [_order(series) for series in made.iter_columns()] if is_frame(made) else []


def keep_columns(X: Any, mask: AnyArray) -> Any:
    """Return the columns of a mask, with their types, as a table of the same kind."""
    frame = _native(X)
    if not isinstance(frame, nw.DataFrame):
        return X[:, mask]
    places = np.flatnonzero(mask).tolist()
    # Indexed by no place, a frame would lose its rows with its columns.
    return (frame[:, places] if places else frame.drop(frame.columns)).to_native()


def keep_rows(X: Any, rows: IntArray) -> Any:
    """Return some rows of a table, in the order asked, as a table of the same kind."""
    return _native(X)[rows].to_native() if is_frame(X) else X[rows]


def library_of(X: Any) -> str | None:
    """Return the name of the library of a dataframe, such as "polars"; None of an array."""
    frame = _native(X)
    return str(frame.implementation.value) if isinstance(frame, nw.DataFrame) else None


def _native(X: Any) -> Any:
    if isinstance(X, np.ndarray):  # to find that out takes narwhals as long as a short column
        return X
    return nw.from_native(X, eager_only=True, pass_through=True)


def _frame_column(series: Any, name: str) -> Column:
    dtype = series.dtype
    type_name = str(dtype)
    if isinstance(dtype, nw.List | nw.Array | nw.Struct):
        raise TypeError(_no_feature(name, type_name))
    if dtype.is_numeric():
        return _numeric_column(series, name, type_name)
    missing = _missing(series)
    if missing.all():
        return Column(np.zeros(len(series)), "label", missing, type_name)
    if dtype == nw.Boolean:
        values = series.fill_null(value=False) if missing.any() else series
        return Column(values.to_numpy().astype(bool), "label", _or_none(missing), "boolean")
    if dtype == nw.String or dtype == nw.Categorical or dtype == nw.Enum:  # noqa: PLR1714
        # One by one: an Enum with its categories equals nw.Enum, but a set would not find it.
        labels = np.where(missing, "", series.cast(nw.String).to_numpy())
        order = _order(series)
        category = "category" if order is None else "ordered category"
        word = "text" if dtype == nw.String else category
        return Column(labels.astype(str), "label", _or_none(missing), word, order=order)
    if dtype in {nw.Date, nw.Duration} or isinstance(dtype, nw.Datetime | nw.Duration):
        unit = "m8[us]" if isinstance(dtype, nw.Duration) or dtype == nw.Duration else "M8[us]"
        return _date_column(np.asarray(series.to_numpy()).astype(unit), missing, _own_type(series))
    values = np.asarray(series.to_numpy())
    if dtype == nw.Object or values.dtype.kind in "fiub":  # as of pandas' sparse columns
        return array_column(values, name)
    if dtype == nw.Unknown:
        type_name = _own_type(series)
    raise TypeError(_no_feature(name, type_name))


def _own_type(series: Any) -> str:
    """Return what the library of a series calls its type."""
    native = series.to_native()
    return str(native.dtype if hasattr(native, "dtype") else native.type)  # of pyarrow


def _order(series: Any) -> tuple[str, ...] | None:
    """Return the labels of an ordered type, first to last; None of others."""
    if not nw.is_ordered_categorical(series):
        return None
    return tuple(series.cat.get_categories().cast(nw.String).to_list())


def _numeric_column(series: Any, name: str, type_name: str) -> Column:
    dtype = series.dtype
    if dtype.is_float() or (dtype.is_integer() and dtype not in LONG_INTEGERS):
        values = np.asarray(series.to_numpy())
        if values.dtype.kind in ("f" if dtype.is_float() else "iu"):  # what is missing is NaN
            facts = facts_of(values)
            if facts.n_nan < len(values):
                missing = np.isnan(values) if facts.n_nan else None
                return _number_column(values, missing, name, type_name, facts)
    missing = _missing(series)
    if missing.all():
        return Column(np.zeros(len(series)), "label", missing, type_name)
    return _number_column(_numbers(series, missing, name), missing, name, type_name)


def _missing(series: Any) -> BoolArray:
    """Which values of a series are missing, NaN included."""
    missing = series.is_null()
    if series.dtype.is_float():
        missing = missing | series.is_nan()
    return np.asarray(missing.to_numpy()).astype(bool)


def _numbers(series: Any, missing: BoolArray, name: object) -> AnyArray:
    """Return the numbers of a series in a type of NumPy's."""
    if missing.any() and series.dtype.is_integer():
        series = series.fill_null(0)  # through floats, a large whole number may be another
    if series.dtype in LONG_INTEGERS:
        return real_numbers(np.array(series.to_list(), dtype=object), f"Column {name!r}")
    values = np.asarray(series.to_numpy())
    if values.dtype.kind in "fiu":
        return values
    return np.where(missing, np.nan, values).astype(np.float64)


def _number_column(
    values: AnyArray,
    missing: BoolArray | None,
    name: object,
    type_name: str,
    facts: Facts | None = None,
) -> Column:
    """Raise for infinity; missing numbers become NaN where they can."""
    missing = _or_none(missing)
    facts = facts_of(values, missing) if facts is None else facts
    if facts.n_infinite:
        is_infinite = np.isinf(values) if missing is None else np.isinf(values) & ~missing
        msg = f"X contains infinity in column {name!r} ({which_rows(is_infinite)}). Replace it or "
        msg += "drop these rows first."
        raise ValueError(msg)
    is_float = values.dtype.kind == "f"
    if is_float and missing is not None and not np.isnan(values[missing]).all():
        values = np.where(missing, np.nan, values)
    return Column(values, "number", missing, type_name, facts)


def _date_column(values: AnyArray, missing: BoolArray, type_name: str) -> Column:
    """Read dates or durations as whole numbers."""
    numbers, or_none = values.astype(np.int64), _or_none(missing)
    sort: Literal["date", "duration"] = "date" if values.dtype.kind == "M" else "duration"
    return Column(numbers, sort, or_none, type_name, facts_of(numbers, or_none))


def _object_column(values: AnyArray, name: object) -> Column:
    """Read Python objects that are all labels, all booleans, or all numbers, where not missing."""
    missing = np.array([is_missing_value(value) for value in values], dtype=bool)
    present = values[~missing]
    if not len(present):
        return Column(np.zeros(len(values)), "label", missing, "object")
    for types in (str, bool | np.bool_, Real | Decimal):
        others = [value for value in present if not isinstance(value, types)]
        if not others:
            is_number = types == Real | Decimal
            read = (
                real_numbers(present, f"Column {name!r}")
                if is_number
                else present.astype(str if types is str else bool)
            )
            whole = np.zeros(len(values), dtype=read.dtype)
            whole[~missing] = read
            if is_number:
                return _number_column(whole, _or_none(missing), name, "object")
            word = "text" if types is str else "boolean"
            return Column(whole, "label", _or_none(missing), word)
        if len(others) < len(present) and types is str:
            label = next(value for value in present if isinstance(value, str))
            msg = f"Column {name!r} mixes strings and other values, such as {label!r} and "
            msg += f"{others[0]!r}. Turn all of them into strings, or all into numbers."
            raise TypeError(msg)
    odd = next(value for value in present if not isinstance(value, Real | Decimal))
    raise TypeError(no_cell(odd, name))


def which_rows(is_bad: BoolArray) -> str:
    """Say how many rows are bad, of how many, and which is the first."""
    return f"{is_bad.sum()} of {len(is_bad)} rows, first in row {is_bad.argmax()}"


def _or_none(missing: BoolArray | None) -> BoolArray | None:
    return missing if missing is not None and missing.any() else None


def _no_feature(name: object, type_name: str) -> str:
    return (
        f"Column {name!r} has the type {type_name}, which is neither a number nor a label. Turn "
        "it into numbers or strings, or leave it out of X."
    )
