"""Bad input at every door has a clear error."""

import datetime as dt
import pathlib
import pickle
import traceback
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

import mifs

PACKAGE = str(pathlib.Path(mifs.__file__).parent)
N = 40
A = np.random.default_rng(0).normal(size=N)
Y = np.tile([0, 1], N // 2)
ARRAY = np.column_stack([A, Y])
FRAME = pd.DataFrame(ARRAY, columns=["a", "b"])
DAYS = pd.date_range("2020", periods=N)
RECORDS = np.zeros(N, dtype=[("a", float), ("b", int)])
RAGGED = [[1, 2], [3]] * (N // 2)


def half(one, other):
    """One value in every other row."""
    return [one, other] * (N // 2)


def objects(values):
    """A column of Python objects, as they are."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def odd(values, library=pd):
    """A table with a column of numbers and an odd one."""
    return library.DataFrame({"a": A, "odd": values})


def tuples(X):
    return pd.DataFrame(X, columns=pd.MultiIndex.from_tuples([("a", "b"), ("c", "d")]))


# What is done with X and y; those that are not named do `fit`.
def fit(X, y, **parameters):
    return mifs.MutualInfoSelector(**{"n_features_to_select": 1} | parameters).fit(X, y)


def transform(X, y):
    return fit(FRAME, Y).transform(X)


def transform_array(X, y):
    return fit(ARRAY, Y).transform(X)


def bins(X, y, **parameters):
    return mifs.Discretizer(**parameters).fit(X)


def stable(X, y, **parameters):
    return mifs.StabilitySelector(**{"n_resamples": 4} | parameters).fit(X, y)


def dot(X, y):
    return mifs.shared_null(X, y, statistic=np.dot)


def loss(truth, forecast, **parameters):
    return mifs.cross_entropy_loss(truth, forecast, **parameters)


def scorer(X, y):
    return mifs.cross_entropy_scorer(fit(X, y), X, y)


EVEN = [[0.5, 0.5]] * 2
X_TYPE = "neither a number nor a label. Turn it into numbers or strings, or leave it out of X"
CELL = "Each cell of a table given as argument must be one string or number: "
X_OBJECT = CELL + "make numbers or labels of such values, or leave it out of X"
DURATIONS = r"Column 'odd' holds durations \(type .*discrete_features=\{'odd': False\}, or leave"
DATES = r"Column 'odd' holds dates \(type .*discrete_features=\{'odd': False\}"
MIXED = r"Column 'odd' mixes strings and other values, such as 'x' and .* Turn all of them into"
NO_LABEL = "neither a number nor a label. Turn such values into numbers or strings"
NOT_2D = "Expected 2D array, got"

# (what, X, y, error, what the message must say); then the same with parameters.
BAD = {
    # tables that are none, or not yet
    "a path": (fit, "a.csv", Y, TypeError, "X must hold rows; got 'a.csv'. Read .*pandas.read_csv"),
    "a path, scores": (mifs.mutual_info_classif, Path("a.csv"), Y, TypeError, "got 'a.csv'. Read"),
    "a path, halves": (stable, "a.csv", Y, TypeError, "X must hold rows; got 'a.csv'. Read"),
    "lazy": (fit, pl.LazyFrame({"a": A}), Y, TypeError, r"X is a lazy polars.*X\.collect"),
    "lazy, scores": (mifs.mutual_info_classif, pl.LazyFrame({"a": A}), Y, TypeError, r"X\.collect"),
    "lazy, halves": (stable, pl.LazyFrame({"a": A}), Y, TypeError, r"X\.collect"),
    "lazy, bins": (bins, pl.LazyFrame({"a": A}), Y, TypeError, r"X\.collect"),
    "lazy, transform": (transform, pl.LazyFrame({"a": A}), Y, TypeError, r"X\.collect"),
    "lazy y": (fit, ARRAY, pl.LazyFrame({"y": Y}), TypeError, r"y is a lazy polars.*y\.collect"),
    "records": (fit, RECORDS, Y, TypeError, r"fields 'a', 'b'. Pass pandas.DataFrame\(X\)"),
    "a dict": (fit, {"a": A}, Y, TypeError, r"got a dict with the keys 'a'\. Pass pandas\.Data"),
    "records, halves": (stable, RECORDS, Y, TypeError, "structured array with the fields 'a'"),
    "records, bins": (bins, RECORDS, Y, TypeError, "structured array with the fields 'a', 'b'"),
    "records, sample": (mifs.mutual_info, RECORDS, Y, TypeError, "x is a structured array"),
    "records, transform": (transform_array, RECORDS, Y, TypeError, "X is a structured array"),
    "records as y": (fit, ARRAY, RECORDS, TypeError, "y is a structured array"),
    "masked": (fit, np.ma.masked_array(ARRAY, ARRAY > 0), Y, TypeError, r"X\.filled\(np\.nan\)"),
    "masked y": (fit, ARRAY, np.ma.masked_array(Y, Y > 0), TypeError, "y is a masked array"),
    "masked sample": (mifs.mutual_info, np.ma.masked_array(A, A > 0), Y, TypeError, "x is a mask"),
    "ragged": (fit, RAGGED, Y, ValueError, "inhomogeneous shape"),
    "ragged, bins": (bins, RAGGED, Y, ValueError, "inhomogeneous shape"),
    "ragged, sample": (mifs.mutual_info, RAGGED, Y, ValueError, "x holds sequences of different"),
    "ragged y": (fit, ARRAY, RAGGED, ValueError, "y holds sequences of different lengths"),
    "sparse, bins": (bins, sparse.csr_array(ARRAY), Y, TypeError, r"Sparse data.*toarray"),
    "sparse sample": (mifs.mutual_info, sparse.csr_array(ARRAY), Y, TypeError, r"x\.toarray\(\)"),
    "sparse y": (fit, ARRAY, sparse.csr_array(ARRAY), TypeError, r"y is sparse.*y\.toarray\(\)"),
    "sparse y, a dict": (fit, ARRAY, sparse.dok_array(ARRAY), TypeError, r"y is sparse.*toarray"),
    "sparse y, scores": (
        mifs.mutual_info_classif, ARRAY, sparse.csr_array(ARRAY), TypeError, r"y\.toarray\(\)"
    ),
    "a series": (fit, FRAME["a"], Y, ValueError, "Expected a 2-dimensional container"),
    "a series of polars": (fit, pl.Series(A), Y, ValueError, NOT_2D),
    "chunks": (fit, pa.chunked_array([A]), Y, ValueError, NOT_2D),
    "a list": (fit, list(A), Y, ValueError, NOT_2D),
    "nothing": (fit, None, Y, ValueError, NOT_2D),
    "a number": (fit, 3, Y, ValueError, NOT_2D),
    "three dimensions": (fit, np.zeros((N, 2, 2)), Y, ValueError, "dim 3, while dim <= 2"),
    "rows that are dicts": (fit, [{"a": 1}] * N, Y, ValueError, NOT_2D),
    "no columns": (fit, pd.DataFrame(), Y, ValueError, r"0 feature\(s\)"),
    "no columns of polars": (fit, pl.DataFrame(), Y, ValueError, r"0 feature\(s\)"),
    "no columns of pyarrow": (fit, pa.table({}), Y, ValueError, r"0 feature\(s\)"),
    "no rows": (fit, FRAME[:0], [], ValueError, r"0 sample\(s\)"),
    "one row": (fit, FRAME[:1], [1], ValueError, r"1 sample\(s\).*minimum of 2"),
    "one row of polars": (fit, pl.DataFrame({"a": [1]}), [1], ValueError, r"1 sample\(s\)"),
    "three rows, halves": (stable, FRAME[:3], Y[:3], ValueError, "3 sample.*minimum of 4"),
    # columns that are no features
    "dates": (fit, odd(DAYS), Y, TypeError, DATES),
    "dates with a zone": (fit, odd(DAYS.tz_localize("UTC")), Y, TypeError, DATES),
    "dates of polars": (fit, odd(list(DAYS.date), pl), Y, TypeError, DATES),
    "dates of pyarrow": (fit, pa.table({"odd": list(DAYS.date)}), Y, TypeError, DATES),
    "dates of NumPy": (fit, DAYS.to_numpy()[:, None], Y, TypeError, "Column 'x0' holds dates"),
    "dates, tests": (mifs.mutual_info_test, odd(DAYS), Y, TypeError, DATES),
    "dates, pairs": (mifs.pair_information, odd(DAYS), Y, TypeError, DATES),
    "dates, halves": (stable, odd(DAYS), Y, TypeError, DATES),
    "dates, bins": (bins, odd(DAYS), Y, TypeError, "X holds dates in column 'odd'"),
    "dates, sample": (mifs.mutual_info, DAYS, Y, TypeError, "x holds dates.*numbers first"),
    "dates as objects": (fit, odd([dt.date(2020, 1, 1)] * N), Y, TypeError, "pandas.to_datetime"),
    "times": (fit, odd([dt.time(1)] * N), Y, TypeError, CELL + "make numbers of them, such as min"),
    "times of polars": (fit, odd([dt.time(1)] * N, pl), Y, TypeError, "type Time, which is"),
    "durations": (fit, odd(DAYS - DAYS[0]), Y, TypeError, DURATIONS),
    "durations of polars": (fit, odd([dt.timedelta(1)] * N, pl), Y, TypeError, DURATIONS),
    "durations as objects": (
        fit, odd(pd.Series([dt.timedelta(1)] * N, dtype=object)), Y, TypeError,
        "durations as objects.*to_timedelta",
    ),
    "durations, bins": (bins, odd(DAYS - DAYS[0]), Y, TypeError, "X holds durations in column 'o"),
    "durations, sample": (mifs.mutual_info, DAYS - DAYS[0], Y, TypeError, "x holds durations"),
    "dates of pandas": (fit, odd(DAYS), Y, TypeError, r"dates \(type datetime64\["),
    "periods": (fit, odd(DAYS.to_period()), Y, TypeError, r"type period\[D\], which is " + X_TYPE),
    "intervals": (fit, odd(pd.interval_range(0, N)), Y, TypeError, r"type interval.*" + X_TYPE),
    "lists": (fit, odd([[1]] * N), Y, TypeError, r"\[1\] of type list\. " + CELL + "give each"),
    "lists of polars": (fit, odd([[1]] * N, pl), Y, TypeError, r"type List\(Int64\), which is"),
    "lists of pyarrow": (fit, pa.table({"odd": [[1]] * N}), Y, TypeError, "type List"),
    "lists, bins": (bins, odd([[1]] * N), Y, TypeError, "holds .1. of type list"),
    "arrays": (fit, pl.DataFrame({"odd": np.ones((N, 2))}), Y, TypeError, r"type Array\(Float64"),
    "structs": (fit, odd([{"q": 1}] * N, pl), Y, TypeError, "'odd' has the type Struct"),
    "structs of pyarrow": (fit, pa.table({"odd": [{"q": 1}] * N}), Y, TypeError, "type Struct"),
    "dicts": (fit, odd([{"q": 1}] * N), Y, TypeError, r"of type dict\. " + CELL + "give each key"),
    "sets": (fit, odd([{1}] * N), Y, TypeError, r"of type set\. " + CELL + "give each item"),
    "tuples": (fit, odd([(1, 2)] * N), Y, TypeError, r"holds \(1, 2\) of type tuple\. " + CELL),
    "objects": (fit, odd(objects(half(1.5, fit))), Y, TypeError, r"of type function\. " + X_OBJECT),
    "bytes": (fit, odd([b"x"] * N), Y, TypeError, r"of type bytes\. " + CELL + "decode"),
    "bytes of polars": (fit, odd([b"x"] * N, pl), Y, TypeError, "type Binary, which is"),
    "long lists": (fit, odd([list(A)] * N), Y, TypeError, r"holds \[[^]]*\.\.\.\] of type list"),
    "complex": (fit, odd(A + 1j), Y, TypeError, "type complex128, which is " + X_TYPE),
    "complex objects": (fit, odd(objects([1j] * N)), Y, TypeError, "holds 1j of type complex"),
    "complex array": (fit, ARRAY + 1j, Y, ValueError, "Complex data not supported"),
    "complex sample": (mifs.mutual_info, A + 1j, Y, TypeError, "type complex128"),
    "mixed": (fit, odd(half("x", 1)), Y, TypeError, MIXED),
    "mixed with booleans": (fit, odd(half("x", True)), Y, TypeError, MIXED),
    "mixed with dates": (fit, odd(half("x", dt.date(2020, 1, 1))), Y, TypeError, MIXED),
    "mixed list": (fit, half(["x", 1], [2, 3]), Y, TypeError, "Column 0 mixes strings"),
    "mixed, halves": (stable, odd(half("x", 1)), Y, TypeError, MIXED),
    "mixed, tests": (mifs.mutual_info_test, odd(half("x", 1)), Y, TypeError, MIXED),
    "mixed sample": (mifs.mutual_info, half("a", 1), Y, TypeError, "x mixes strings and other"),
    "labels, bins": (bins, odd(half("x", "y")), Y, TypeError, "X holds labels in column 'odd'"),
    "numbers as strings, bins": (bins, odd(half("1", "2"), pl), Y, TypeError, "X holds labels in"),
    "labels, one null": (dot, odd(half("x", "y")), Y, ValueError, "labels in column 'odd'"),
    "missing, one null": (dot, odd(half(1, None)), Y, ValueError, "misses 20 values in column 'od"),
    "beyond floats": (
        fit, odd(pd.Series([10**400] * N, dtype=object)), Y, ValueError, "'odd' holds a number bey"
    ),
    "alike as floats": (fit, odd([2**70 + i for i in range(N)]), Y, ValueError, "'odd'.*strings"),
    "inf": (fit, odd([np.inf] * N), Y, ValueError, r"infinity in column 'odd' \(40 of 40 rows"),
    "inf objects": (fit, odd(objects([-np.inf] * N)), Y, ValueError, "infinity in column 'odd'"),
    "inf of polars": (fit, odd([np.inf] * N, pl), Y, ValueError, "infinity in column 'odd'"),
    "inf decimals": (fit, odd([Decimal("inf")] * N), Y, ValueError, "infinity in column 'odd'"),
    "inf beside NaN": (fit, odd(half(np.inf, np.nan)), Y, ValueError, r"'odd' \(20 of 40 rows, f"),
    "inf array": (fit, np.full((N, 1), np.inf), Y, ValueError, r"infinity in column 0 \(40 of"),
    "inf, rows": (fit, odd(half(0.5, np.inf)), Y, ValueError, "first in row 1.. Replace it or"),
    "inf array, rows": (
        fit, np.array([half(0.5, np.inf)]).T, Y, ValueError, r"0 \(20 of 40 rows, first in row 1\)"
    ),
    "inf sparse, rows": (
        fit, sparse.csr_array([half(0, np.inf)]).T, Y, ValueError, r"of 40 rows, first in row 1\)"
    ),
    "inf, bins": (bins, odd([np.inf] * N), Y, ValueError, "infinity in column 'odd'"),
    "inf, halves": (stable, odd([np.inf] * N), Y, ValueError, "infinity in column 'odd'"),
    "inf, sample": (mifs.mutual_info, [np.inf] * N, Y, ValueError, "x contains infinity in 40 of"),
    # names
    "a name twice": (fit, pd.DataFrame(ARRAY, columns=["a", "a"]), Y, ValueError, "Rename the col"),
    "a name twice, pyarrow": (
        fit, pa.Table.from_arrays([A, A], names=["a", "a"]), Y, ValueError, "more than once: 'a'"
    ),
    "a name twice, bins": (bins, pd.DataFrame(ARRAY, columns=["a", "a"]), Y, ValueError, "Rename"),
    "a name twice, halves": (
        stable, pd.DataFrame(ARRAY, columns=["a", "a"]), Y, ValueError, "more than once: 'a'"
    ),
    "a name twice, sample": (
        mifs.mutual_info, pd.DataFrame(ARRAY, columns=["a", "a"]), Y, ValueError, "once: 'a'"
    ),
    "a name twice, neighbors": (
        mifs.neighbor_estimate, pd.DataFrame(ARRAY, columns=["a", "a"]), Y, ValueError, "once: 'a'"
    ),
    "names of parts": (fit, tuples(ARRAY), Y, ValueError, r"the tuple \('a', 'b'\). Flatten"),
    "names of two kinds": (
        fit, pd.DataFrame(ARRAY, columns=["a", 1]), Y, TypeError, r"X\.columns = \[str\(name\)"
    ),
    # transform
    "a column less": (transform, FRAME[["a"]], Y, ValueError, "yet now missing:\n- b"),
    "another order": (transform, FRAME[["b", "a"]], Y, ValueError, "must be in the same order"),
    "another name": (transform, FRAME.rename(columns={"a": "c"}), Y, ValueError, "unseen.*\n- c"),
    "a column more": (transform, FRAME.assign(c=1), Y, ValueError, "unseen at fit time:\n- c"),
    "less of polars": (transform, pl.DataFrame({"a": A}), Y, ValueError, "missing:\n- b"),
    "less of an array": (transform_array, ARRAY[:, :1], Y, ValueError, "expecting 2 features"),
    "twice, transform": (
        transform, pd.DataFrame(ARRAY, columns=["a", "a"]), Y, ValueError, "more than once: 'a'"
    ),
    "parts, transform": (transform, tuples(ARRAY), Y, ValueError, "Flatten"),
    "complex, transform": (transform_array, ARRAY + 1j, Y, ValueError, "Complex data not supp"),
    # targets
    "no y": (fit, ARRAY, None, ValueError, "requires y to be passed"),
    "no y, halves": (stable, ARRAY, None, ValueError, "requires y to be passed"),
    "no y, scores": (mifs.mutual_info_classif, ARRAY, None, ValueError, "y must have one value"),
    "NaN in y": (fit, ARRAY, half(np.nan, 1), ValueError, "y contains NaN or None in 20 of 40 row"),
    "None in y": (fit, ARRAY, half(None, "x"), ValueError, "first in row 0. Drop these rows"),
    "NA in y": (fit, ARRAY, pd.array(half(1, None), dtype="Int64"), ValueError, "NaN or None in"),
    "null in y": (fit, ARRAY, pl.Series(half(1, None)), ValueError, "y contains NaN or None in 20"),
    "null of pyarrow in y": (fit, ARRAY, pa.array(half(1, None)), ValueError, "y contains NaN"),
    "no category in y": (fit, ARRAY, pd.Categorical(half("x", None)), ValueError, "y contains NaN"),
    "NaN in y, tests": (mifs.mutual_info_test, ARRAY, half(np.nan, 1), ValueError, "y contains"),
    "NaN in y, halves": (stable, ARRAY, half(np.nan, 1), ValueError, "y contains NaN"),
    "short y": (fit, ARRAY, Y[:-1], ValueError, r"inconsistent numbers of samples: \[40, 39\]"),
    "short y, scores": (mifs.mutual_info_classif, ARRAY, Y[:3], ValueError, r"\[40, 3\]"),
    "short y, sample": (mifs.mutual_info, A, Y[:3], ValueError, r"\[40, 3\]"),
    "two columns in y": (stable, ARRAY, ARRAY, ValueError, r"y should be a 1d array"),
    "constant y": (fit, ARRAY, Y * 0, ValueError, "a single class, 0, in all 40 rows"),
    "constant numbers in y": (fit, ARRAY, A * 0 + 0.5, ValueError, "a single value, 0.5"),
    "dates in y": (fit, ARRAY, DAYS, TypeError, r"dates \(type datetime64\[[nu]s\]\). Take .*min"),
    "date objects in y": (
        fit, ARRAY, list(DAYS.date), TypeError, f"date, {NO_LABEL}, such as days since the first"
    ),
    "durations in y": (fit, ARRAY, DAYS - DAYS[0], TypeError, r"y holds durations .* days, y / n"),
    "periods in y": (fit, ARRAY, DAYS.to_period(), TypeError, "type Period, " + NO_LABEL),
    "inf in y": (fit, ARRAY, half(np.inf, 1), ValueError, "y contains infinity in 20 of 40 rows"),
    "mixed y": (fit, ARRAY, half("a", 1), TypeError, r"y mixes strings.*\[str\(value\) for value"),
    "complex y": (fit, ARRAY, A + 1j, ValueError, "Complex data not supported"),
    "dicts in y": (fit, ARRAY, [{}] * N, TypeError, "of type dict, " + NO_LABEL),
    "sets in y": (fit, ARRAY, half({1}, {2}), TypeError, "of type set, " + NO_LABEL),
    "objects in y": (fit, ARRAY, half(fit, stable), TypeError, "type function, " + NO_LABEL),
    "y alike as floats": (fit, ARRAY, [2**80 + i for i in range(N)], ValueError, "y holds numbers"),
    "a string as y": (fit, ARRAY, "b", ValueError, "y must hold one value for each .*; got 'b'"),
    "a name near one": (fit, FRAME, "aa", ValueError, "row of X; got 'aa'. Did you mean 'a'"),
    "a name as y": (
        fit, FRAME, "a", ValueError, r"names a column of X: pass X.drop\(columns='a'\) and X\['a'\]"
    ),
    "a name as y, scores": (mifs.mutual_info_classif, FRAME, "a", ValueError, "names a column"),
    "a name as y, halves": (stable, FRAME, "a", ValueError, "names a column of X"),
    "a name as y, polars": (fit, pl.DataFrame({"a": A}), "a", ValueError, r"pass X.drop\('a'\)"),
    "a dict as y": (fit, ARRAY, {0: 1}, ValueError, "y must hold one value .*; got {0: 1}"),
    "a number as y": (fit, ARRAY, 3, ValueError, "y must hold one value for each row of X; got 3"),
    "fractions as classes": (
        mifs.mutual_info_classif, ARRAY, A, ValueError, "fractions such as .*mutual_info_regressio"
    ),
    "labels as numbers": (
        mifs.mutual_info_regression, ARRAY, half("a", "b"), ValueError, r"0\). Take it as classes"
    ),
    # samples, forecasts
    "no sample": (mifs.mutual_info, None, Y, ValueError, r"x must have shape.*got \(\)"),
    "strings as samples": (mifs.mutual_info, "abc", "abx", TypeError, "x must hold rows; got .abc"),
    "no rows, sample": (mifs.mutual_info, [], [], ValueError, "x is empty"),
    "objects, sample": (mifs.mutual_info, [fit] * N, Y, TypeError, r"type function\. " + X_OBJECT),
    "NaN came true": (loss, [0, np.nan], EVEN, ValueError, r"y_true\[1\] is nan; drop such rows"),
    "None came true": (loss, [0, None], EVEN, ValueError, r"y_true\[1\] is None"),
    "NaT came true": (loss, np.array(["2020", "NaT"], "M8[D]"), EVEN, ValueError, r"y_true\[1\]"),
    "lists came true": (loss, [[0], [1, 2]], EVEN, ValueError, "y_true holds sequences of diff"),
    "odd sums": (loss, [0, 1], [[0.5, 0.4]] * 2, ValueError, "Row 0 of y_proba sums to 0.9"),
    "negative forecast": (loss, [0, 1], [[1.5, -0.5]] * 2, ValueError, r"y_proba\[0, 0\] is 1.5"),
    "NaN forecast": (loss, [0, 1], [[np.nan, 0.5]] * 2, ValueError, r"y_proba\[0, 0\] is nan"),
    "labels as forecast": (loss, [0, 1], [["x", "y"]] * 2, TypeError, "y_proba must hold numbers"),
    "ragged forecast": (loss, [0, 1], [[0.5], EVEN[0]], TypeError, "rows of equal length"),
    "complex forecast": (loss, [0, 1], np.full((2, 2), 0.5j), TypeError, "y_proba holds complex"),
    "no probabilities": (scorer, ARRAY, Y, TypeError, "MutualInfoSelector has no predict_proba"),
}  # fmt: skip

ONE_OF = r"must be a (str|float|int|list).*Got|must be an? (array-like|int).*Got"
BAD_PARAMETERS = {
    "unknown kind": (fit, {"discrete_features": ["c"]}, ValueError, "'c', which is no column of X"),
    "unknown key": (fit, {"discrete_features": {"c": True}}, ValueError, "'c', which is no column"),
    "odd kind": (fit, {"discrete_features": {"a": "yes"}}, ValueError, "says 'yes' of 'a'"),
    "no kind": (fit, {"discrete_features": {"a": None}}, ValueError, "says None of 'a'; it must"),
    "short mask": (fit, {"discrete_features": [True]}, ValueError, r"each of the 2 columns; got s"),
    "square mask": (
        fit, {"discrete_features": np.eye(2, dtype=bool)}, ValueError, r"got shape \(2, 2\)"
    ),
    "fraction": (fit, {"discrete_features": [0.5]}, ValueError, "holds 0.5, which is no column"),
    "too large": (fit, {"discrete_features": [7]}, ValueError, "holds 7, .*it has 2 columns"),
    "NaN": (fit, {"discrete_features": [np.nan]}, ValueError, "holds nan, which is no column"),
    "twice": (fit, {"discrete_features": ["a", 0]}, ValueError, "names a column twice"),
    "twice in a dict": (fit, {"discrete_features": {"a": True, 0: False}}, ValueError, "twice"),
    "a string": (fit, {"discrete_features": "a"}, ValueError, ONE_OF),
    "None": (fit, {"discrete_features": None}, ValueError, ONE_OF),
    "callable, nothing": (fit, {"discrete_features": lambda _: None}, TypeError, "dict; got None"),
    "callable, string": (fit, {"discrete_features": lambda _: "a"}, TypeError, r"=\['a'\]; got"),
    "callable, number": (fit, {"discrete_features": lambda _: 3}, TypeError, "by name, .*; got 3"),
    "number": (mifs.mutual_info_classif, {"discrete_features": 3}, TypeError, "by name, .*; got 3"),
    "None, scores": (mifs.mutual_info_test, {"discrete_features": None}, TypeError, "got None"),
    "odd kind, tests": (
        mifs.independence_of, {"discrete_features": {"a": "no"}}, ValueError, "says 'no' of 'a'"
    ),
    "both": (fit, {"include": ["a"], "exclude": ["a"]}, ValueError, "both name column 'a'"),
    "include unknown": (fit, {"include": ["z"]}, ValueError, "include holds 'z'"),
    "include a string": (fit, {"include": "a"}, TypeError, r"such as include=\['a'\]; got"),
    "exclude a string": (fit, {"exclude": "a b"}, TypeError, r"such as exclude=\['a b'\]; got"),
    "include a number": (fit, {"include": 3}, ValueError, "an array-like or None. Got 3 instead"),
    "include a fraction": (fit, {"include": [0.5]}, ValueError, "include holds 0.5"),
    "exclude all": (fit, {"exclude": ["a", "b"]}, ValueError, "exclude names all 2 columns"),
    "exclude a dict": (fit, {"exclude": {"a": False}}, TypeError, "exclude must be a list of col"),
    "include too many": (
        fit, {"include": ["a", "b"]}, ValueError, "for 1 column, but.* Ask for 2 or more, or sh"
    ),
    "none": (fit, {"n_features_to_select": 0}, ValueError, ONE_OF),
    "NaN columns": (fit, {"n_features_to_select": np.nan}, ValueError, ONE_OF),
    "too many": (fit, {"n_features_to_select": 9}, ValueError, "between 1 and 2 can be selected"),
    "level": (fit, {"alpha": 2}, ValueError, ONE_OF),
    "criterion": (fit, {"criterion": "cmmi"}, ValueError, "Did you mean cmi or cmim"),
    "estimator": (fit, {"mi_estimator": "bins"}, ValueError, "got 'bins'"),
    "seed": (fit, {"random_state": "x"}, ValueError, ONE_OF),
    "target": (fit, {"discrete_target": "yes"}, ValueError, "discrete_target"),
    "missing": (fit, {"missing": "drop"}, ValueError, ONE_OF),
    "missing, scores": (
        mifs.mutual_info_regression, {"missing": "drop"}, ValueError, "must be 'level' or 'error'"
    ),
    "missing, tests": (mifs.mutual_info_test, {"missing": None}, ValueError, "got None"),
    "missing, pairs": (mifs.pair_information, {"missing": 0}, ValueError, "got 0"),
    "missing, bins": (bins, {"missing": "drop"}, ValueError, ONE_OF),
    "bins": (bins, {"n_bins": 1}, ValueError, ONE_OF),
    "strategy": (bins, {"strategy": "x"}, ValueError, ONE_OF),
    "odd halves": (stable, {"n_resamples": 3}, ValueError, "n_resamples=3 is odd.*Pass 4"),
    "threshold": (stable, {"threshold": "x"}, ValueError, "threshold='x' is not understood"),
    "selector": (stable, {"selector": 3}, ValueError, "implementing 'fit'"),
    "neighbours": (
        mifs.mutual_info_classif, {"n_neighbors": 0, "mi_estimator": "knn"}, ValueError, ONE_OF
    ),
    "test of neighbours": (mifs.mutual_info_test, {"mi_estimator": "knn"}, ValueError, '"binned"'),
}  # fmt: skip

HOLES = odd(half(1.5, None))
WITH_HOLES = {
    "fit": (fit, HOLES, {"missing": "error"}),
    "of polars": (fit, odd(half(1, None), pl), {"missing": "error"}),
    "tests": (mifs.mutual_info_test, HOLES, {"missing": "error"}),
    "independence": (mifs.independence_of, HOLES, {"missing": "error"}),
    "pairs": (mifs.pair_information, HOLES, {"missing": "error"}),
    "scores": (mifs.mutual_info_classif, HOLES, {"missing": "error"}),
    "bins": (bins, HOLES, {"missing": "error"}),
}

CASES = (
    [(name, *case, {}) for name, case in BAD.items()]
    + [(n, do, FRAME, Y, *rest, more) for n, (do, more, *rest) in BAD_PARAMETERS.items()]
    + [
        (f"missing, {n}", do, X, Y, ValueError, r"'odd' \(20 of 40 rows\).*missing='level'", more)
        for n, (do, X, more) in WITH_HOLES.items()
    ]
)


def _frozen(thing):
    """What shows a change of an argument, of whatever kind."""
    if isinstance(thing, pl.LazyFrame | pl.DataFrame | pl.Series | pa.Table | pa.Array):
        return str(thing)
    if isinstance(thing, sparse.sparray):
        return thing.toarray().tobytes()
    if isinstance(thing, pd.Index | pd.api.extensions.ExtensionArray):
        return repr(list(thing))
    try:
        return pickle.dumps(thing)
    except (AttributeError, pickle.PicklingError):
        return repr(thing)


@pytest.mark.parametrize("case", [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_bad_input_has_a_clear_error_and_is_left_as_it_is(case):
    """What raises is this package or scikit-learn's check of input, never a dependency."""
    do, X, y, error, message, parameters = case
    before = _frozen(X), _frozen(y)
    with pytest.raises(error, match=f"(?s){message}") as raised:
        do(X, y, **parameters)
    innermost = traceback.extract_tb(raised.tb)[-1].filename
    assert innermost.startswith(PACKAGE) or "sklearn/utils" in innermost
    assert (_frozen(X), _frozen(y)) == before
