"""Odd input at every door has the result that is documented."""

import copy
import functools
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression

import mifs

N = 40
A = np.random.default_rng(0).normal(size=N)
Y = np.tile([0, 1], N // 2)
ARRAY = np.column_stack([A, Y])
FRAME = pd.DataFrame(ARRAY, columns=["a", "b"])
DAYS = pd.date_range("2020", periods=N)


def half(one, other):
    """One value in every other row."""
    return [one, other] * (N // 2)


def odd(values, library=pd):
    """A table with a column of numbers and an odd one."""
    return library.DataFrame({"a": A, "odd": values})


def fit(X, y, **parameters):
    return mifs.MutualInfoSelector(n_features_to_select=1, **parameters).fit(X, y)


def kinds(selector):
    """How the last column was taken."""
    info = selector.columns_[-1]
    return info.kind, info.n_levels, info.n_missing


def all_kinds(X, **parameters):
    return lambda: kinds(fit(X, Y, **parameters))


WHOLE = list(range(N))
FINE = {
    "dates as numbers": (all_kinds(odd(DAYS), discrete_features={"odd": False}), "continuous", N),
    "dates of polars": (
        all_kinds(odd(list(DAYS.date), pl), discrete_features={"odd": False}), "continuous", N
    ),
    "NaT": (
        all_kinds(odd(half(None, DAYS[0])), discrete_features={"odd": False}), "continuous", 1, 20
    ),
    "decimals": (all_kinds(odd([Decimal(i) for i in WHOLE])), "continuous", N),
    "decimals of polars": (all_kinds(odd([Decimal("1.5")] * N, pl)), "continuous", 1),
    "decimals without a value": (all_kinds(odd([Decimal("nan")] * N)), "discrete", 0, N),
    "fractions": (all_kinds(odd([Fraction(i, 3) for i in WHOLE])), "continuous", None),
    "large whole numbers": (all_kinds(odd([2**62 + i for i in WHOLE])), "continuous", N),
    "unsigned": (all_kinds(odd(np.arange(N, dtype="u8") + np.uint64(2**63))), "continuous", N),
    "128 bits": (all_kinds(odd(pl.Series(WHOLE, dtype=pl.Int128), pl)), "continuous", N),
    "half precision": (all_kinds(pa.table({"odd": A.astype("f2")})), "continuous", None),
    "near the largest float": (all_kinds(odd(A * 7e307)), "continuous", N),
    "booleans and numbers": (all_kinds(odd(pd.Series(half(True, 3), dtype=object))), "discrete", 2),
    "categories of intervals": (all_kinds(odd(pd.cut(A, 3))), "discrete", 3),
    "dictionary": (
        all_kinds(pa.table({"odd": pa.array(half("x", "y")).dictionary_encode()})), "discrete", 2
    ),
    "empty label": (all_kinds(odd(half("", None))), "discrete", 1, 20),
    "the label nan": (all_kinds(odd(half("nan", "x"))), "discrete", 2),
    "bytes of NumPy": (all_kinds(np.array(half([b"\xff"], [b"x"]))), "discrete", 2),
    "pandas sparse": (all_kinds(odd(pd.arrays.SparseArray([0, 0, 1, 2] * 10))), "discrete", 3),
    "all None": (all_kinds(odd([None] * N)), "discrete", 0, N),
    "all null": (all_kinds(odd([None] * N, pl)), "discrete", 0, N),
    "nulls of pyarrow": (all_kinds(pa.table({"odd": pa.nulls(N)})), "discrete", 0, N),
    "all NaN": (all_kinds(np.full((N, 1), np.nan)), "discrete", 0, N),
    "all NaT": (all_kinds(odd([pd.NaT] * N)), "discrete", 0, N),
    "list with labels": (all_kinds(half((1, "x"), (2, "y"))), "discrete", 2),
    "list with None": (all_kinds(half([3, None], [2, 3])), "discrete", 1, 20),
    "labels said numbers": (all_kinds(odd(["x"] * N), discrete_features=False), "discrete", 1),
    "a set": (all_kinds(FRAME, discrete_features={"b"}), "discrete", 2),
    "a mask in a series": (
        all_kinds(FRAME, discrete_features=pd.Series([False, True])), "discrete", 2
    ),
    "none discrete": (all_kinds(FRAME, discrete_features=[]), "continuous", 2),
    "numbers as names": (
        all_kinds(pd.DataFrame(ARRAY, columns=[1, 2]), discrete_features=["1"]), "continuous", 2
    ),
}  # fmt: skip


@pytest.mark.parametrize(("do", "expected"), [(c[0], c[1:]) for c in FINE.values()], ids=FINE)
def test_odd_columns_are_taken_as_documented(do, expected):
    """(kind, distinct values, missing)."""
    assert do() == (*expected, 0)[:3]


TARGETS = {
    "categories": pd.Categorical(half("x", "y")),
    "categories of polars": pl.Series(half("x", "y"), dtype=pl.Categorical),
    "intervals": pd.cut(Y, 2),
    "nullable": pd.array(Y, dtype="Int64"),
    "nullable booleans": pd.array(Y == 1, dtype="boolean"),
    "pyarrow": pa.array(Y),
    "chunks": pa.chunked_array([Y]),
    "decimals": [Decimal(int(value)) for value in Y],
    "bytes": half(b"x", b"y"),
    "strings of pyarrow": pd.Series(half("x", "y"), dtype="string[pyarrow]"),
}


@pytest.mark.parametrize("y", TARGETS.values(), ids=TARGETS)
def test_targets_of_any_kind_are_the_same_classes(y):
    np.testing.assert_array_equal(fit(ARRAY, y).relevance_, fit(ARRAY, Y).relevance_)


def test_decimals_as_target_are_numbers():
    numbers = [Decimal(i) / 8 for i in WHOLE]
    selector = fit(ARRAY, numbers)
    assert not selector.discrete_target_
    np.testing.assert_array_equal(
        selector.relevance_, fit(ARRAY, np.array(numbers, float)).relevance_
    )


def test_a_list_keeps_the_types_of_its_labels_in_transform():
    """Beside strings NumPy would make strings of numbers."""
    rows = half([0, "x"], [1, "z"])
    assert fit(rows, Y).transform(rows)[:2].tolist() == [[0], [1]]


def test_unseen_labels_and_other_types_go_through_transform():
    X = pd.DataFrame({"a": half("x", "y"), "b": A})
    new = pd.DataFrame({"a": pd.Categorical(["new", None]), "b": [1, np.inf]})
    pd.testing.assert_frame_equal(fit(X, Y).transform(new), new[["a"]])


def test_arguments_are_copied_by_no_door():
    """X and y of a model within a pipeline stay as they are."""
    X, y = FRAME.assign(c=half("x", None)), pd.Series(Y)
    before = copy.deepcopy((X, y))
    mifs.MutualInfoSelector().fit(X, y).transform(X)
    mifs.mutual_info_test(X, y)
    mifs.Discretizer().fit_transform(odd(half(1.5, None)))
    mifs.cross_entropy_scorer(LogisticRegression().fit(ARRAY, Y), ARRAY, Y)
    pd.testing.assert_frame_equal(X, before[0])
    pd.testing.assert_series_equal(y, before[1])


@pytest.mark.parametrize("offset", [2**62, -(2**62), np.uint64(2**63)])
@pytest.mark.parametrize("mi_estimator", ["binned", "knn", "gaussian"])
def test_large_whole_numbers_are_told_apart(mi_estimator, offset):
    """Times in nanoseconds differ by less than floats of their size do; an offset is no news."""
    rng = np.random.default_rng(0)
    x = rng.permutation(100)
    y = x // 10 * 10 + rng.permutation(100) % 10
    large = [offset + side.astype(np.int64 if isinstance(offset, int) else "u8") for side in (x, y)]
    score = functools.partial(
        mifs.mutual_info_regression, mi_estimator=mi_estimator, discrete_features=False
    )
    found = score(large[0][:, None], large[1])
    np.testing.assert_array_equal(found, score(x[:, None], y))
    assert found[0] > 0.9


def test_large_whole_numbers_are_told_apart_beside_missing_ones():
    small = np.random.default_rng(0).permutation(100)
    is_missing = small % 10 == 0
    of_small, of_large = (
        mifs.mutual_info_regression(
            pd.DataFrame({"a": pd.array(numbers, dtype="Int64")}).mask(is_missing[:, None]),
            small,
            mi_estimator="knn",
        )
        for numbers in (small, small + 2**62)
    )
    np.testing.assert_array_equal(of_large, of_small)


def test_more_rows_than_are_counted_are_refused_at_the_door():
    """A view of one number stands in for sixteen gigabytes of them, which are not read."""
    X = np.broadcast_to(0.0, (2**31, 1))
    with pytest.raises(ValueError, match=r"X has 2147483648 rows, .* Take a random sample"):
        mifs.MutualInfoSelector().fit(X, [0, 1])
