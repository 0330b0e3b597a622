"""Python objects among values: which are missing, which are numbers, and which can be neither."""

from __future__ import annotations

import datetime as dt
import reprlib

import numpy as np

from mifs._kernels.binning import HUGE
from mifs._typing import AnyArray

CELLS = (  # types of values of a column that can be none, and what to make of them
    ((list, tuple, set), "give each item a column of its own (or join the items into a string)"),
    ((dict,), "give each key a column of its own, as by pandas.json_normalize"),
    ((bytes,), "decode them, as by Series.str.decode('utf-8')"),
    ((dt.time,), "make numbers of them, such as minutes since midnight"),
)
OTHER_CELLS = "make numbers or labels of such values"


def no_cell(odd: object, name: object) -> str:
    """Say what to make of a Python object that is neither a number nor a label."""
    for types, sort, function in (
        (dt.date, "dates", "to_datetime"),
        (dt.timedelta, "durations", "to_timedelta"),
    ):
        if isinstance(odd, types):
            msg = f"Column {name!r} holds {sort} as objects, such as {odd!r}. Convert it first: "
            return f"{msg}pandas.{function}."
    advice = next((advice for types, advice in CELLS if isinstance(odd, types)), OTHER_CELLS)
    return (  # "argument must be … string … number" is what scikit-learn's checks ask for
        f"Column {name!r} holds {reprlib.repr(odd)} of type {type(odd).__name__}. Each cell of a "
        f"table given as argument must be one string or number: {advice}, or leave it out of X."
    )


def real_numbers(present: AnyArray, where: str) -> AnyArray:
    """Return Python's numbers as floats, or whole where a float would change them.

    Raises ValueError for numbers that differ, but not as floats.
    """
    try:
        floats = present.astype(np.float64)
    except OverflowError:
        largest = max(present, key=abs)
        msg = f"{where} holds a number beyond all floats, of {len(str(largest))} digits. Divide it."
        raise ValueError(msg) from None
    if not (np.abs(floats) >= HUGE).any():
        return floats
    numbers = present.tolist()
    whole = np.array(numbers)
    if whole.dtype.kind in "iu":
        return whole
    if len(set(numbers)) > len(np.unique(floats)):
        msg = f"{where} holds numbers, such as {max(numbers, key=abs)}, that differ by less than "
        msg += "floats do. Subtract what they share, or turn them into strings if they are labels."
        raise ValueError(msg)
    return floats


def is_missing_value(value: object) -> bool:
    """Whether one value is missing; comparing pandas.NA gives a value with no truth."""
    if value is None or type(value).__name__ in {"NAType", "NaTType"}:
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return isinstance(value, float | np.floating) and bool(np.isnan(value))
