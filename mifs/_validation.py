"""Checks at the doors; the only file that names private scikit-learn helpers."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import _fit_context
from sklearn.utils._param_validation import HasMethods, Hidden, RealNotInt, StrOptions
from sklearn.utils._param_validation import Interval as AnyInterval
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import _check_method_params, _check_sample_weight

from mifs import _frames
from mifs._frames import refuse_unread, which_rows
from mifs._kernels.columns import Facts
from mifs._sparse import is_sparse, n_bad_stored
from mifs._typing import AnyArray, ArrayLike, IntArray
from mifs.weights import RowWeights

__all__ = [
    "N_JOBS",
    "HasMethods",
    "Hidden",
    "Interval",
    "RealNotInt",
    "StrOptions",
    "columns_of",
    "distinct_names",
    "fit_context",
    "fit_context_of_meta",
    "generator_of",
    "is_whole_number",
    "keeps_library",
    "label_of",
    "nearest",
    "refuse_ambiguous_names",
    "refuse_many_rows",
    "refuse_named_weights",
    "refuse_no_jobs",
    "refuse_non_finite",
    "refuse_small_frame",
    "refuse_strings",
    "rows_of_metadata",
    "weighted_rows",
    "with_strings",
]


MOST_ROWS = 2**31 - 1  # counts have 32 bits
WEIGHT = "A weight says how often a row counts; give 0 to leave it out."


class Interval(AnyInterval):
    """Numbers between two bounds; True and False are none, though Python counts with them."""

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, bool | np.bool_) and super().is_satisfied_by(val)


N_JOBS = [Interval(Integral, None, -1, closed="right"), Interval(Integral, 1, None, closed="left")]


def is_whole_number(value: object) -> bool:
    """Whether a value is a whole number, and not True or False."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def refuse_no_jobs(n_jobs: object) -> None:
    """Raise for what is no number of jobs: joblib takes fractions, and names no parameter."""
    if n_jobs is not None and (not is_whole_number(n_jobs) or n_jobs == 0):
        msg = "n_jobs must be a whole number from 1 on, one below 0, -1 being all processors, or "
        msg += f"None; got {n_jobs!r}."
        raise ValueError(msg)


def keeps_library(estimator: Any, library: str | None) -> bool:
    """Whether `set_output` lets a transformer return the dataframes of a library that it got."""
    return _get_output_config("transform", estimator)["dense"] in {"default", library}


def rows_of_metadata(X: Any, metadata: Mapping[str, Any], rows: IntArray) -> dict[str, Any]:
    """Return metadata of some rows; what does not have a value for each row of X stays whole."""
    return dict(_check_method_params(X, params=dict(metadata), indices=rows))


fit_context = _fit_context(prefer_skip_nested_validation=True)
# The parameters of an estimator within another are the user's too, and are checked in its fit.
fit_context_of_meta = _fit_context(prefer_skip_nested_validation=False)


def generator_of(random_state: Any) -> np.random.Generator:
    """Return a generator from whatever scikit-learn or NumPy takes for one; None means 0.

    What is drawn decides no more than the last digit of a p-value, so that two fits without a seed
    should agree.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**31))
    return np.random.default_rng(0 if random_state is None else random_state)


def label_of(column: int, names: Sequence[Any] | None) -> str:
    """What a message calls a column: its name, or its number where it has none."""
    return f"column {column}" if names is None else f"column {names[column]!r}"


def nearest(word: str, words: Sequence[str]) -> str:
    """Return the end of a sentence that offers the nearest of some words, if any is near."""
    near = difflib.get_close_matches(word, words, n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(map(repr, near))}?" if near else ""


def refuse_ambiguous_names(X: Any) -> None:
    """Raise if X has not been read, two columns share a name, or a name has several parts."""
    refuse_unread(X)
    names = distinct_names(X)
    strings = [name for name in names if isinstance(name, str)]
    if strings and len(strings) < len(names):
        other = next(name for name in names if not isinstance(name, str))
        msg = f"Column names mix strings and other values, such as {strings[0]!r} and {other!r}. "
        msg += "Turn all into strings: X.columns = [str(name) for name in X.columns]."
        raise TypeError(msg)
    if any(isinstance(name, tuple) for name in names):
        msg = f"Column names must be single strings; got the tuple {names[0]!r}. Flatten them, "
        msg += "for example with X.columns = ['_'.join(name) for name in X.columns]."
        raise ValueError(msg)


def distinct_names(X: Any) -> list[Any]:
    """Names of a dataframe's columns, none of other tables; raise if two columns share one."""
    # What pyarrow calls columns are the values.
    names = getattr(X, "column_names", getattr(X, "columns", None))
    if names is None or not hasattr(names, "__iter__"):
        return []
    names = list(names)
    try:
        refuse_repeated(names)
    except TypeError:  # not names at all
        return []
    return names


def refuse_repeated(names: Iterable[Any]) -> None:
    """Raise if two columns share a name."""
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        msg = f"{_count(len(repeated), 'column name')} used more than once: {_some(repeated)}. "
        msg += "Rename the columns, so that each can be told from the others."
        raise ValueError(msg)


def refuse_many_rows(X: Any) -> None:
    """Raise if a table has more rows than counts of 32 bits hold; it is not read for that."""
    shape = getattr(X, "shape", None)
    if shape and isinstance(shape[0], int) and shape[0] > MOST_ROWS:
        msg = f"X has {shape[0]} rows, and at most {MOST_ROWS} (2**31 - 1) are counted. Take a "
        msg += "random sample of the rows."
        raise ValueError(msg)


def refuse_small_frame(
    X: Any,
    name: str,
    *,
    least_rows: int = 2,
) -> None:
    """Raise if a dataframe has too few rows or columns, in scikit-learn's words for arrays."""
    n_rows, n_columns = X.shape
    for n, least, what in ((n_columns, 1, "feature(s)"), (n_rows, least_rows, "sample(s)")):
        if n < least:
            msg = f"Found array with {n} {what} (shape=({n_rows}, {n_columns})) while a minimum "
            msg += f"of {least} is required by {name}."
            raise ValueError(msg)


def refuse_non_finite(
    table: AnyArray,
    names: Sequence[Any] | None,
    *,
    allow_nan: bool = False,
    facts: Sequence[Facts] | None = None,
) -> None:
    """Raise if a table holds infinity, or NaN if not allowed, naming each column and its rows.

    `facts` are those of its columns, where they are known.
    """
    if table.dtype.kind != "f":
        return
    nan = [] if allow_nan else [("NaN", np.isnan)]
    for what, find in (*nan, ("infinity", np.isinf)):
        if facts is not None:
            counts = [fact.n_nan if what == "NaN" else fact.n_infinite for fact in facts]
            times = dict(enumerate(counts))
        else:
            times = n_bad_stored(table, find) if is_sparse(table) else _n_bad(table, find)
        bad = [
            f"{label_of(j, names)} ({which_rows(find(_dense_column(table, j)))})"
            for j, n in times.items()
            if n
        ]
        if bad:
            msg = f"X contains {what} in {_some(bad, quote=False)}. "
            msg += (
                "Fill or drop these rows first, or pass missing='level'."
                if what == "NaN"
                else "Replace it or drop these rows first."
            )
            raise ValueError(msg)


def _dense_column(table: Any, column: int) -> AnyArray:
    dense: AnyArray = table[:, [column]].toarray() if is_sparse(table) else table[:, [column]]
    return dense[:, 0]


def _n_bad(table: AnyArray, find: Callable[[AnyArray], AnyArray]) -> dict[int, int]:
    """How often a test such as `numpy.isnan` is true in each column that could have any."""
    # A sum is non-finite if a value is; it needs no mask of the table's size.
    with np.errstate(invalid="ignore", over="ignore"):
        suspects = np.flatnonzero(~np.isfinite(table.sum(axis=0, dtype=np.float64)))
    return {int(j): int(find(table[:, j]).sum()) for j in suspects}


def refuse_strings(X: Any, names: Sequence[Any] | None) -> None:
    """Raise if a table that is no dataframe holds strings, naming the first."""
    if not isinstance(X, list | tuple | np.ndarray):
        return
    table = X if isinstance(X, np.ndarray) else np.array(X, dtype=object)
    if table.ndim != 2 or table.dtype.kind not in "OUS":
        return
    for row, values in enumerate(table):
        for column, value in enumerate(values):
            if isinstance(value, str | bytes):
                where = f"row {row} of {label_of(column, names)}"
                msg = (
                    f"X holds the string {str(value)!r} in {where}. Pass a dataframe, whose "
                    "columns of labels are taken as they are, or turn labels into numbers."
                )
                raise ValueError(msg)


def with_strings(X: Any) -> Any:
    """Return a list of rows as an array that keeps its strings beside its numbers."""
    if not isinstance(X, list | tuple):
        return X
    try:
        table = np.array(X, dtype=object)
    except ValueError:  # rows of different lengths: scikit-learn says so
        return X
    has_strings = table.ndim == 2 and any(isinstance(value, str) for value in table.ravel())
    return table if has_strings else X


def weighted_rows(sample_weight: ArrayLike | None, *tables: Any) -> tuple[Any, ...]:
    """Return the weights of the rows that count, and these rows of every table.

    Rows of weight 0 go at once, so that no level, bin or kind depends on them. The weights are
    None where each row counts once.
    """
    if sample_weight is None:
        return None, *tables
    refuse_named_weights(sample_weight)
    _refuse_not_finite(sample_weight)
    given = _check_sample_weight(sample_weight, tables[0], dtype=np.float64)
    if (given < 0).any():
        row = int((given < 0).argmax())
        msg = f"sample_weight is {given[row]:g} in row {row}, below 0. {WEIGHT}"
        raise ValueError(msg)
    if not given.any():
        msg = "sample_weight is zero in all rows: none counts. Give the rows to keep a weight of 1."
        raise ValueError(msg)
    weights, rows = RowWeights.of(given)
    if len(rows) == len(given):
        return weights, *tables
    return weights, *(_frames.keep_rows(table, rows) for table in tables)


def refuse_named_weights(sample_weight: object) -> None:
    """Raise for a word, or weights of classes, where one number for each row is needed."""
    if isinstance(sample_weight, str | Mapping):
        msg = f"sample_weight must be one number for each row; got {sample_weight!r}. For weights "
        msg += 'of classes pass sklearn.utils.class_weight.compute_sample_weight("balanced", y).'
        raise TypeError(msg)


def _refuse_not_finite(sample_weight: Any) -> None:
    """Raise for the first weight that is no finite number; other shapes are told of elsewhere."""
    values = np.asarray(sample_weight)
    if values.dtype.kind in "US":  # so are numbers that stand beside a string
        values = np.asarray(sample_weight, dtype=object)
    values = np.atleast_1d(values)
    if values.ndim > 1 or values.dtype.kind in "biu":
        return
    if values.dtype.kind == "f":
        wrong = ~np.isfinite(values)
    else:
        wrong = np.array([not _is_finite(value) for value in values], dtype=bool)
    if wrong.any():
        row = int(wrong.argmax())
        value = values[row]
        shown = repr(value) if isinstance(value, str) else str(value)
        msg = f"sample_weight is {shown} in row {row}, no finite number. {WEIGHT}"
        raise ValueError(msg)


def _is_finite(value: Any) -> bool:
    """Whether an object is a finite number, and not one that NumPy would make of something else."""
    try:
        return not isinstance(value, str | bytes | np.timedelta64) and math.isfinite(value)
    except (TypeError, ValueError, OverflowError):
        return False


def columns_of(
    wanted: Sequence[int] | Sequence[str] | AnyArray | None, X: Any, *, parameter: str
) -> IntArray:
    """Return column numbers of a table from names, numbers or a mask, in the order given.

    Raises ValueError for a name or a number that no column has, and, where a dataframe calls its
    columns by numbers, for one that is the place of a column and not its name, or the reverse.
    """
    if wanted is None:
        return np.empty(0, dtype=np.int64)
    if isinstance(wanted, str):
        msg = f"{parameter} must be a list of columns, such as {parameter}=[{wanted!r}]; got the "
        msg += f"string {wanted!r}."
        raise TypeError(msg)
    if isinstance(wanted, Mapping) or not isinstance(wanted, Iterable):
        msg = f"{parameter} must be a list of columns, by name, number or mask; got {wanted!r}."
        raise TypeError(msg)
    items, n_features = np.asarray(wanted), X.shape[1]
    if items.dtype == bool:
        return np.flatnonzero(_mask(items, n_features, parameter))
    labels, names = _frames.labels_of(X), _frames.names_of(X)
    _refuse_two_readings(list(wanted), labels or [], parameter)
    places = [_place(item, names, n_features, parameter) for item in list(wanted)]
    if len(set(places)) < len(places):
        msg = f"{parameter} names a column twice: {_some(list(wanted))}."
        raise ValueError(msg)
    return np.array(places, dtype=np.int64)


def _mask(mask: AnyArray, n_features: int, parameter: str) -> AnyArray:
    if mask.shape != (n_features,):
        msg = f"{parameter} as a mask needs one value for each of the {n_features} columns; "
        msg += f"got shape {mask.shape}."
        raise ValueError(msg)
    return mask


def _refuse_two_readings(items: list[Any], labels: list[Any], parameter: str) -> None:
    """Raise for a number that means one column as a place and another, or none, as a name."""
    n_features = len(labels)
    if labels == list(range(n_features)) or not any(isinstance(label, Real) for label in labels):
        return
    place_of = {label: place for place, label in enumerate(labels)}
    for item in filter(is_whole_number, items):
        named = place_of.get(item)
        placed = int(item) % n_features if -n_features <= item < n_features else None
        if named != placed:
            readings = [
                f"{str(labels[place])!r} for the one {where} {item}"
                for where, place in (("called", named), ("at place", placed))
                if place is not None
            ]
            msg = f"{parameter} holds {item}, and columns of X are called by numbers that are not "
            msg += f"their places. Pass the name as a string: {', or '.join(readings)}."
            raise ValueError(msg)


def _place(item: object, names: Sequence[Any] | None, n_features: int, parameter: str) -> int:
    """Return the number of one column, given by name or by number."""
    if isinstance(item, str):
        known = [] if names is None else list(names)
        if item in known:
            return known.index(item)
        if not known:
            msg = f"{parameter} holds the name {item!r}, but the columns of X have no names."
            raise ValueError(msg)
        msg = f"{parameter} holds {item!r}, which is no column of X.{nearest(item, known)}"
        raise ValueError(msg)
    if isinstance(item, int | np.integer) and -n_features <= item < n_features:
        return int(item) % n_features
    msg = f"{parameter} holds {item!r}, which is no column of X: it has {n_features} columns."
    raise ValueError(msg)


def _count(n: int, noun: str) -> str:
    return f"1 {noun} is" if n == 1 else f"{n} {noun}s are"


def _some(items: Sequence[object], *, quote: bool = True) -> str:
    """Return the first few of a list in words."""
    shown = [repr(item) if quote else str(item) for item in items[:5]]
    more = f" and {len(items) - len(shown)} more" if len(items) > len(shown) else ""
    return ", ".join(shown) + more
