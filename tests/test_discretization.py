import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm, rankdata
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.preprocessing import KBinsDiscretizer
from sklearn.utils import get_tags

import mifs
from mifs.discretization import bins_for, codes_of, cut_points, level_codes


@given(arrays(np.float64, st.integers(2, 60), elements=st.integers(-5, 5)), st.integers(2, 12))
def test_equal_frequency_is_the_formula_of_average_ranks(x, n_bins):
    """Cell = floor((rank - 1/2) B / n), in whole numbers, empty cells left out."""
    codes = codes_of(x, cut_points(x, n_bins=n_bins))
    twice_rank = np.rint(2 * rankdata(x, method="average")).astype(int)
    cell = (twice_rank - 1) * n_bins // (2 * len(x))
    np.testing.assert_array_equal(codes, np.unique(cell, return_inverse=True)[1])


def test_the_golden_vector_falls_into_the_printed_table():
    """Five equal-frequency bins of a sequence without random numbers, by three classes."""
    i = np.arange(1, 201)
    u, v, w = (
        norm.ppf(i * step % 1)
        for step in (0.6180339887498949, 0.7548776662466927, 0.5698402909980532)
    )
    y = 0.6 * u + 0.8 * v
    d = (y + 0.5 * w > 0).astype(int) + (y > 1)
    table = np.zeros((5, 3), dtype=int)
    np.add.at(table, (codes_of(u, cut_points(u, n_bins=5)), d), 1)
    printed = [[33, 6, 1], [22, 14, 4], [21, 18, 1], [15, 17, 8], [6, 16, 18]]
    np.testing.assert_array_equal(table, printed)


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
@pytest.mark.parametrize("n_bins", [3, 5, 10])
def test_equal_width_is_scikit_learns(load, n_bins):
    """KBinsDiscretizer(strategy="uniform"), cell for cell."""
    X = load().data
    theirs = KBinsDiscretizer(n_bins, encode="ordinal", strategy="uniform", subsample=None)
    ours = mifs.Discretizer(strategy="uniform", n_bins=n_bins)
    np.testing.assert_array_equal(ours.fit_transform(X), theirs.fit_transform(X))


@given(
    arrays(np.float64, st.integers(2, 40), elements=st.floats(-1e6, 1e6)),
    st.sampled_from([np.exp, np.cbrt, lambda x: 3e-10 * x, lambda x: x**3]),
)
def test_equal_frequency_depends_on_the_order_of_values_alone(x, rising):
    """A strictly rising map changes no code."""
    x = np.round(x / 1e5, 3)
    mapped = rising(x)
    if len(np.unique(mapped)) < len(np.unique(x)):
        return  # the map has rounded two values to one
    codes = codes_of(x, cut_points(x, n_bins=5))
    np.testing.assert_array_equal(codes_of(mapped, cut_points(mapped, n_bins=5)), codes)


def test_equal_values_share_a_bin():
    """Half zeros: one bin of zeros, the rest parted among the others."""
    x = np.concatenate([np.zeros(50), np.arange(1, 51)])
    codes = codes_of(x, cut_points(x, n_bins=5))
    assert len(set(codes[:50])) == 1
    assert codes[50:].min() > codes[0]


def test_neighbouring_floats_are_told_apart():
    """There is no number midway: the upper value is the cut point."""
    x = np.array([1.0, np.nextafter(1.0, 2)] * 5)
    np.testing.assert_array_equal(codes_of(x, cut_points(x, n_bins=2)), [0, 1] * 5)


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_a_constant_column_has_one_level(strategy):
    discretizer = mifs.Discretizer(strategy=strategy).fit(np.full((20, 1), 7.0))
    np.testing.assert_array_equal(discretizer.n_levels_, [1])
    np.testing.assert_array_equal(discretizer.transform([[3.0], [7.0], [9.0]]), [[0], [0], [0]])


def test_auto_means_five_bins_below_a_thousand_rows_and_ten_from_there():
    assert [bins_for("auto", n) for n in (2, 999, 1000, 10**6)] == [5, 5, 10, 10]
    X = np.random.default_rng(0).normal(size=(1000, 1))
    assert mifs.Discretizer().fit(X).n_levels_ == [10]
    assert mifs.Discretizer().fit(X[:999]).n_levels_ == [5]


def test_the_cut_points_are_learned_in_fit_alone():
    """Other rows get the codes of the first, and values beyond lie in the outer bins."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    discretizer = mifs.Discretizer().fit(X[:100])
    cuts = [cut.copy() for cut in discretizer.cut_points_]
    codes = discretizer.transform(X[100:] * 50)
    for kept, cut in zip(discretizer.cut_points_, cuts, strict=True):
        np.testing.assert_array_equal(kept, cut)
    assert codes.min() == 0
    assert codes.max() == 4


def test_names_of_columns_go_through():
    X = load_iris(as_frame=True).data
    discretizer = mifs.Discretizer().set_output(transform="pandas").fit(X)
    assert list(discretizer.get_feature_names_out()) == list(X.columns)
    assert list(discretizer.transform(X).columns) == list(X.columns)


@pytest.mark.parametrize(
    "values",
    [
        np.array([3, 1, 3, 7]),
        np.array([-5, 10**12, -5]),
        np.array([True, False, True]),
        np.array(["b", "a", "b"]),
        np.array([0.5, -0.0, 0.0]),
        np.array([250, 3, 7], dtype=np.uint8),
    ],
)
def test_levels_are_coded_in_sorted_order(values):
    """As np.unique does, whatever the way."""
    levels, codes = np.unique(values, return_inverse=True)
    variable = level_codes(values)
    np.testing.assert_array_equal(variable.codes, codes)
    assert variable.n_levels == len(levels)


def test_supervised_bins_of_iris_are_the_published_ones():
    """Labels and their numbers alike, and other rows are coded by the same cuts."""
    iris = load_iris()
    X, names = iris.data, iris.target_names[iris.target]
    discretizer = mifs.Discretizer(strategy="mdlp").fit(X, names)
    expected = [[5.55, 6.15], [2.95, 3.35], [2.45, 4.75], [0.80, 1.75]]
    np.testing.assert_allclose(discretizer.cut_points_, expected, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(discretizer.n_levels_, [3, 3, 3, 3])
    codes = mifs.Discretizer(strategy="mdlp").fit_transform(X, iris.target)
    np.testing.assert_array_equal(discretizer.transform(X), codes)
    np.testing.assert_array_equal(discretizer.transform([[-9.0, 3.0, 99.0, 0.8]]), [[0, 1, 2, 1]])


def test_of_a_target_of_numbers_its_bins_are_the_classes():
    """`n_bins` of equal frequency; a column that says nothing is one bin."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 2))
    y = np.exp(X[:, 0])
    discretizer = mifs.Discretizer(strategy="mdlp", n_bins=4).fit(X, y)
    np.testing.assert_array_equal(discretizer.n_levels_, [4, 1])
    quartiles = cut_points(X[:, 0], n_bins=4)
    np.testing.assert_array_equal(discretizer.cut_points_[0], quartiles)
    of_objects = mifs.Discretizer(strategy="mdlp", n_bins=4).fit(X, y.astype(object))
    np.testing.assert_array_equal(of_objects.cut_points_[0], quartiles)


@pytest.mark.parametrize("strategy", ["quantile", "uniform", "mdlp"])
def test_only_supervised_bins_say_that_they_need_a_target(strategy):
    discretizer = mifs.Discretizer(strategy=strategy)
    assert get_tags(discretizer).target_tags.required == (strategy == "mdlp")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, 'requires y to be passed, but the target y is None: strategy="mdlp" cuts where'),
        ([1, 1, 1], "y holds a single class, 1, in all 3 rows"),
        ([1, None, 2], "y contains NaN or None in 1 of 3 rows"),
        ([1, 2], "inconsistent numbers of samples"),
    ],
)
def test_supervised_bins_refuse_a_target_that_tells_nothing(y, message):
    with pytest.raises(ValueError, match=message):
        mifs.Discretizer(strategy="mdlp").fit([[1.0], [2.0], [3.0]], y)


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({"n_bins": 1}, [[1.0], [2.0]], "n_bins"),
        ({"strategy": "kmeans"}, [[1.0], [2.0]], "strategy"),
        (
            {"missing": "error"},
            [[1.0], [np.nan]],
            r"NaN in column 0 \(1 of 2 rows, first in row 1\)",
        ),
        ({}, [[1.0], [np.inf]], r"X contains infinity in column 0 \(1 of 2 rows, first in row 1\)"),
        ({}, [["a"], ["b"]], "X holds the string 'a' in row 0 of column 0. Pass a dataframe"),
    ],
)
def test_bad_input_is_refused(parameters, X, message):
    with pytest.raises(ValueError, match=message):
        mifs.Discretizer(**parameters).fit(X)
