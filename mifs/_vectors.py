"""Checks of one value a row: targets, groups and samples, as arrays of one type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length, column_or_1d

from mifs import _frames
from mifs._frames import refuse_unread, which_rows
from mifs._objects import is_missing_value, real_numbers
from mifs._sparse import is_sparse
from mifs._typing import AnyArray, ArrayLike
from mifs._validation import nearest

NO_LABEL = {"Period", "dict", "list", "set", "tuple", "void"}  # types of values of a target

DAYS = {  # what arrays of two kinds hold, and the same as numbers
    "M": ("dates", "(y - y.min()) / numpy.timedelta64(1, 'D')"),
    "m": ("durations", "y / numpy.timedelta64(1, 'D')"),
}


def as_array(values: ArrayLike, name: str) -> AnyArray:
    """Return an array; raise where NumPy would turn numbers beside strings into strings."""
    refuse_unread(values, name)
    if is_sparse(values):
        msg = f"{name} is sparse, and is taken in full only. Pass {name}.toarray()."
        raise TypeError(msg)
    if not isinstance(values, list | tuple):
        return np.asarray(values)
    items = np.array(values, dtype=object)
    return _of_one_type(items.ravel(), name).reshape(items.shape) if items.size else items


def checked_target(X: Any, y: Any, name: str, *, multi_output: bool = False) -> AnyArray:
    """Raise if there is no target, or not one value a row, or a row of several where allowed."""
    if y is None:
        msg = f"This {name} estimator requires y to be passed, but the target y is None."
        raise ValueError(msg)
    refuse_single(X, y)
    y = as_array(y, "y")
    if not (multi_output and y.ndim == 2 and y.shape[1] > 1):
        y = column_or_1d(y, warn=True)
    check_consistent_length(X, y)
    return y


def refuse_single(X: Any, y: Any) -> None:
    """Raise where y is one value and not one a row, such as the name of a column."""
    if is_sparse(y) or not (np.isscalar(y) or isinstance(y, Mapping)):
        return
    names = _frames.names_of(X) or []
    if y in names:
        rest = f"X.drop(columns={y!r})" if _frames.library_of(X) == "pandas" else f"X.drop({y!r})"
        msg = f"y={y!r} names a column of X: pass {rest} and X[{y!r}]."
    else:
        msg = f"y must hold one value for each row of X; got {y!r}."
        msg += nearest(y, names) if isinstance(y, str) else ""
    raise ValueError(msg)


def as_vector(values: ArrayLike, name: str) -> AnyArray:
    """Return a one-dimensional array of finite numbers or of labels; raise with its name if not.

    A column vector is taken as the vector that it is.
    """
    vector = as_array(values, name)
    if vector.ndim == 2 and vector.shape[1] == 1:
        vector = vector[:, 0]
    if vector.ndim != 1:
        msg = f"{name} must have one value a sample, shape (n_samples,); got shape {vector.shape}."
        raise ValueError(msg)
    vector = _of_one_type(vector, name)
    if vector.dtype.kind in DAYS:
        what, days = DAYS[vector.dtype.kind]
        msg = f"{name} holds {what} (type {vector.dtype}). Take them as numbers, such as days, "
        msg += f"{days}, or make labels of them."
        raise TypeError(msg)
    if vector.dtype.kind == "c":
        msg = f"{name} holds values of type {vector.dtype}, neither numbers on a line nor labels. "
        msg += "Take their real parts, or their sizes."
        raise TypeError(msg)
    missing = _is_missing(vector)
    if missing.any():
        msg = f"{name} contains NaN or None in {which_rows(missing)}. Drop these rows, or give the "
        msg += "missing value a label of its own."
        raise ValueError(msg)
    refuse_infinity(vector, name)
    _refuse_no_labels(vector, name)
    return vector


def refuse_infinity(values: AnyArray, name: str) -> None:
    """Raise if a sample, of one column or several, holds infinity."""
    if values.dtype.kind != "f" or not np.isinf(values).any():
        return
    is_infinite = np.isinf(values).reshape(len(values), -1).max(axis=1)
    msg = f"{name} contains infinity in {which_rows(is_infinite)}. Replace it or drop these rows "
    msg += "first."
    raise ValueError(msg)


def _of_one_type(vector: AnyArray, name: str) -> AnyArray:
    """Turn an array of Python objects into one of numbers or of strings, where it is no mixture."""
    if vector.dtype != object:
        return vector
    present = [value for value in vector if not is_missing_value(value)]
    strings = [value for value in present if isinstance(value, str)]
    if strings and len(strings) < len(present):
        other = next(value for value in present if not isinstance(value, str))
        msg = f"{name} mixes strings and other values, such as {strings[0]!r} and {other!r}. "
        msg += f"Turn all into strings: [str(value) for value in {name}]."
        raise TypeError(msg)
    if len(present) < len(vector):
        return vector
    if present and all(isinstance(value, Real | Decimal) for value in present):
        return _plain_numbers(vector, name)
    try:
        return np.array(list(vector))
    except ValueError:
        msg = f"{name} holds sequences of different lengths, such as {present[0]!r}. Pass one "
        msg += "value a sample."
        raise ValueError(msg) from None


def _plain_numbers(vector: AnyArray, name: str) -> AnyArray:
    """Return numbers of Python's, such as booleans, decimals and fractions, as those of NumPy."""
    numbers = np.array(list(vector))
    return real_numbers(vector, name) if numbers.dtype == object else numbers


def _refuse_no_labels(vector: AnyArray, name: str) -> None:
    """Raise for Python objects that are no labels: they have no order, or are dates."""
    if vector.dtype != object:
        return
    types = (dt.date, dt.time, dt.timedelta, np.datetime64, np.timedelta64)
    odd = [
        value for value in vector if isinstance(value, types) or type(value).__name__ in NO_LABEL
    ]
    if not odd:
        try:
            sorted(set(vector))
        except TypeError:
            odd = list(vector[:1])
    if odd:
        msg = f"{name} holds {odd[0]!r} of type {type(odd[0]).__name__}, neither a number nor a "
        msg += "label. Turn such values into numbers or strings"
        msg += ", such as days since the first." if isinstance(odd[0], types) else "."
        raise TypeError(msg)


def _is_missing(vector: AnyArray) -> AnyArray:
    """Whether each value is None, NaN, NaT or pandas.NA: all that do not equal themselves."""
    if vector.dtype.kind == "f":
        return np.asarray(vector != vector)  # noqa: PLR0124 - what NaN and NaT are known by
    if vector.dtype != object:
        return np.zeros(len(vector), dtype=bool)
    return np.array([is_missing_value(value) for value in vector], dtype=bool)
