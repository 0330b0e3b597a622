"""Columns of any table: their names, their kinds, and their values as plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from mifs._typing import AnyArray, IntArray

MAX_WHOLE_NUMBERS = 32  # a column of whole numbers with more distinct values is continuous
COLUMNS_AT_ONCE = 64  # of an array are turned into rows together: strided reads are slow


@dataclass(frozen=True)
class Column:
    """One column: its values without gaps, and whether its type says that it is discrete."""

    values: AnyArray
    is_label: bool  # strings, categories, booleans: discrete whatever their values


def is_frame(X: Any) -> bool:
    """Whether X is a dataframe in memory, of any library."""
    return isinstance(_native(X), nw.DataFrame)


def frame_columns(X: Any) -> Iterator[Column]:
    """Yield the columns of a dataframe; raise where one cannot be a feature."""
    frame = _native(X)
    for name, series in zip(frame.columns, frame.iter_columns(), strict=True):
        n_missing = _n_missing(series)
        if n_missing:
            msg = f"X contains NaN or missing values in column {name!r} ({n_missing} of "
            msg += f"{len(series)} rows). Fill or drop these rows first."
            raise ValueError(msg)
        yield _column(series, name)


def array_columns(X: AnyArray) -> Iterator[Column]:
    """Yield the columns of a two-dimensional array of numbers or booleans."""
    for start in range(0, X.shape[1], COLUMNS_AT_ONCE):
        for values in np.ascontiguousarray(X[:, start : start + COLUMNS_AT_ONCE].T):
            yield Column(values, is_label=values.dtype == bool)


def looks_discrete(values: AnyArray) -> bool:
    """Whether numbers are whole and few: at most 32 distinct values."""
    if values.dtype.kind == "f":
        sample = values[:64]
        if (sample != np.floor(sample)).any() or (values != np.floor(values)).any():
            return False
    return len(np.unique(values)) <= MAX_WHOLE_NUMBERS


def names_of(X: Any) -> list[str] | None:
    """Return what the columns of a dataframe are called, whole numbers included."""
    return [str(name) for name in _native(X).columns] if is_frame(X) else None


def keep_columns(X: Any, mask: AnyArray) -> Any:
    """Return the columns of a mask, with their types, as a table of the same kind."""
    frame = _native(X)
    if not isinstance(frame, nw.DataFrame):
        return X[:, mask]
    return frame[:, np.flatnonzero(mask).tolist()].to_native()


def keep_rows(X: Any, rows: IntArray) -> Any:
    """Return some rows of a table, in the order asked, as a table of the same kind."""
    return _native(X)[rows].to_native() if is_frame(X) else X[rows]


def library_of(X: Any) -> str | None:
    """Return the name of the library of a dataframe, such as "polars"; None of an array."""
    frame = _native(X)
    return str(frame.implementation.value) if isinstance(frame, nw.DataFrame) else None


def _native(X: Any) -> Any:
    return nw.from_native(X, eager_only=True, pass_through=True)


def _n_missing(series: Any) -> int:
    n_missing = int(series.null_count())
    if series.dtype.is_float():
        n_missing = int((series.is_null() | series.is_nan()).sum())
    return n_missing


def _column(series: Any, name: str) -> Column:
    dtype = series.dtype
    if dtype == nw.Boolean:
        return Column(series.to_numpy().astype(bool), is_label=True)
    if dtype.is_numeric():
        return Column(_numbers(series, name), is_label=False)
    if dtype == nw.String or dtype == nw.Categorical or dtype == nw.Enum:  # noqa: PLR1714
        # One by one: an Enum with its categories equals nw.Enum, but a set would not find it.
        return Column(series.cast(nw.String).to_numpy().astype(str), is_label=True)
    if dtype == nw.Object:
        values = series.to_numpy()
        if all(isinstance(value, str) for value in values):
            return Column(values.astype(str), is_label=True)
        if all(isinstance(value, bool | np.bool_) for value in values):
            return Column(values.astype(bool), is_label=True)
    msg = (
        f"Column {name!r} has the type {dtype}, which is neither a number nor a label. Turn it "
        "into numbers or strings, or leave it out of X."
    )
    raise TypeError(msg)


def _numbers(series: Any, name: str) -> AnyArray:
    values = np.asarray(series.to_numpy())
    values = values if values.dtype.kind in "fiu" else values.astype(np.float64)
    n_infinite = int(np.isinf(values).sum())
    if n_infinite:
        msg = f"X contains infinity in column {name!r} ({n_infinite} of {len(values)} rows). "
        msg += "Replace it or drop these rows first."
        raise ValueError(msg)
    return values
