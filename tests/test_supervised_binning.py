"""Cut points that look at a class, against the formula, published cuts and what must not matter."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.metrics import mutual_info_score

from mifs._kernels.binning import midway
from mifs.discretization import codes_of
from mifs.supervised_binning import _Rows, mdlp_cut_points


def entropy(classes):
    """Ent(S) in bits."""
    n = len(classes)
    return -sum(c / n * math.log2(c / n) for c in Counter(classes).values())


def naive(rows):
    """Fayyad and Irani's rule as it is printed, on sorted pairs of value and class."""
    n = len(rows)
    classes = [c for _, c in rows]
    best = None
    for cut in range(1, n):
        if rows[cut - 1][0] == rows[cut][0]:
            continue
        expected = cut / n * entropy(classes[:cut]) + (n - cut) / n * entropy(classes[cut:])
        if best is None or expected < best[0] - 1e-12:  # of equally good cuts the lowest
            best = expected, cut
    if best is None:
        return []
    expected, cut = best
    sides = classes[:cut], classes[cut:]
    k, k1, k2 = (len(set(part)) for part in (classes, *sides))
    terms = k * entropy(classes) - k1 * entropy(sides[0]) - k2 * entropy(sides[1])
    delta = math.log2(3**k - 2) - terms
    gain = entropy(classes) - expected
    # Both sides, of sums in another order, may differ by a rounding where they are equal.
    if gain <= (math.log2(n - 1) + delta) / n + 1e-12:
        return []
    middle = rows[cut - 1][0] / 2 + rows[cut][0] / 2
    return [*naive(rows[:cut]), middle, *naive(rows[cut:])]


tables = st.integers(2, 4).flatmap(
    lambda k: st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, k - 1)), min_size=2, max_size=80
    )
)


@given(tables)
def test_cuts_are_those_of_the_formula(rows):
    rows = sorted((float(value), c) for value, c in rows)
    x, y = map(np.array, zip(*rows, strict=True))
    np.testing.assert_allclose(mdlp_cut_points(x, y), naive(rows), rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("n_classes", [2, 3, 7])
def test_columns_of_many_cuts_are_cut_as_the_formula_says(seed, n_classes):
    """Classes that change along the column, with noise, so that sets are cut again and again."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 300, size=400) / 10
    y = (x / 4).astype(int) * 5 % n_classes
    y = np.where(rng.random(400) < 0.1, rng.integers(0, n_classes, size=400), y)
    cuts = mdlp_cut_points(x, y)
    expected = naive(sorted(zip(x.tolist(), y.tolist(), strict=True)))
    np.testing.assert_allclose(cuts, expected, rtol=0, atol=1e-12)
    assert len(cuts) >= 3


@pytest.mark.parametrize(
    ("column", "cuts", "nats"),
    [
        (0, [5.55, 6.15], 0.452129),
        (1, [2.95, 3.35], 0.267275),
        (2, [2.45, 4.75], 0.940285),
        (3, [0.80, 1.75], 0.955436),
    ],
)
def test_iris_is_cut_where_the_package_discretization_of_r_cuts_it(column, cuts, nats):
    """And holds the plug-in information that was computed with those cuts, six digits printed."""
    X, y = load_iris(return_X_y=True)
    found = mdlp_cut_points(X[:, column], y)
    np.testing.assert_allclose(found, cuts, rtol=0, atol=1e-12)
    information = mutual_info_score(codes_of(X[:, column], found), y)
    assert information == pytest.approx(nats, abs=5e-7)


def noise(rng, n_samples, kind):
    x = rng.normal(size=n_samples)
    return np.round(4 * x) if kind == "ties" else x


@pytest.mark.parametrize("kind", ["distinct", "ties"])
@pytest.mark.parametrize(
    ("n_samples", "n_classes", "share"),
    # The share that was cut of 4000 columns of distinct values; of 4000 with ties it was less.
    # Three standard errors of 500 are added.
    [
        (50, 2, 0.0135),
        (200, 2, 0.0053),
        (1000, 2, 0.0015),
        (200, 3, 0.0028),
        (200, 10, 0.0003),
    ],
)
def test_noise_is_left_whole_but_for_one_column_in_a_hundred(kind, n_samples, n_classes, share):
    rng = np.random.default_rng(0)
    cut = [
        mdlp_cut_points(noise(rng, n_samples, kind), rng.integers(0, n_classes, n_samples)).size
        for _ in range(500)
    ]
    assert np.mean(np.array(cut) > 0) <= share + 3 * math.sqrt(share / 500)


@pytest.mark.parametrize(
    "rising", [np.exp, np.cbrt, lambda x: 3e-10 * x, lambda x: x**3, lambda x: 1e300 * x]
)
def test_cuts_depend_on_the_order_of_values_alone(rising):
    """A strictly rising map changes no code."""
    x, y = staircase(0)
    codes = codes_of(x, mdlp_cut_points(x, y))
    mapped = rising(x)
    np.testing.assert_array_equal(codes_of(mapped, mdlp_cut_points(mapped, y)), codes)


@given(tables, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_names_of_classes_matter(rows, random):
    x, y = np.array(rows, dtype=float).T
    cuts = mdlp_cut_points(x, y)
    order = list(range(len(rows)))
    random.shuffle(order)
    np.testing.assert_array_equal(mdlp_cut_points(x[order], y[order]), cuts)
    np.testing.assert_array_equal(mdlp_cut_points(x, (7 * y) % 5), cuts)


@pytest.mark.parametrize("names", [["no", "yes"], [False, True], [-1, 10**12], [2.5, 2.25]])
def test_classes_may_be_of_any_kind(names):
    x, y = staircase(0)
    named = np.array(names)[y]
    np.testing.assert_array_equal(mdlp_cut_points(x, named), mdlp_cut_points(x, y))


def staircase(seed, n_samples=200):
    rng = np.random.default_rng(seed)
    x = rng.integers(-40, 40, size=n_samples) / 20
    y = (np.sin(3 * x) > 0).astype(int)
    return x, np.where(rng.random(n_samples) < 0.1, 1 - y, y)


@pytest.mark.parametrize("seed", range(5))
def test_a_row_of_weight_two_counts_as_two_rows(seed):
    x, y = staircase(seed)
    weights = np.random.default_rng(seed).integers(0, 4, size=len(x))
    repeated = mdlp_cut_points(np.repeat(x, weights), np.repeat(y, weights))
    np.testing.assert_array_equal(mdlp_cut_points(x, y, weights=weights), repeated)
    np.testing.assert_array_equal(
        mdlp_cut_points(x, y, weights=np.ones(len(x))), mdlp_cut_points(x, y)
    )
    assert len(repeated) >= 2


def test_fractions_of_rows_add_up_and_less_than_two_rows_are_never_cut():
    """Ten rows of a tenth are one row; two rows of two classes are the least that may be cut."""
    x, y = staircase(0)
    tenths = mdlp_cut_points(np.repeat(x, 10), np.repeat(y, 10), weights=np.full(2000, 0.1))
    np.testing.assert_array_equal(tenths, mdlp_cut_points(x, y))
    assert not mdlp_cut_points(x, y, weights=np.full(200, 1 / 200)).size
    np.testing.assert_array_equal(mdlp_cut_points(np.array([1.0, 2.0]), np.array([0, 1])), [1.5])


@pytest.mark.parametrize("x", [np.full(20, 3.0), np.arange(20.0) % 2, np.array([1.0]), np.empty(0)])
def test_what_cannot_be_cut_is_left_whole(x):
    """A constant, a single class, a single row, none."""
    assert mdlp_cut_points(x, np.zeros(len(x))).size == 0


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, np.nextafter(1.0, 2)]),
        np.array([2**60, 2**60 + 1]),
        np.array([2**64 - 2, 2**64 - 1], dtype=np.uint64),
        np.array([-1.7e308, 1.7e308]),
        np.array([5e-324, 1e-323]),
        np.array([0.1, 0.2], dtype=np.float32),
        np.array([False, True]),
    ],
)
def test_neighbours_of_any_type_are_told_apart(values):
    """A value equal to a cut point lies above it."""
    x = np.repeat(values, 20)
    np.testing.assert_array_equal(codes_of(x, mdlp_cut_points(x, x)), np.repeat([0, 1], 20))
    assert values[0] < midway(values[:1], values[1:])[0] <= values[1]


def test_a_long_stair_is_no_recursion():
    """Two thousand steps, each of its own class, in rising order."""
    y = np.repeat(np.arange(2000), 20)
    cuts = mdlp_cut_points(y.astype(float), y)
    np.testing.assert_array_equal(cuts, np.arange(1999) + 0.5)


@pytest.mark.parametrize(
    ("classes", "weights", "message"),
    [
        ([0], None, "classes must be one for each of the 2 values; got 1"),
        ([0, 1], [1.0], r"weights must be one for each of the 2 values; got shape \(1,\)"),
        ([0, 1], [1.0, -2.0], r"weights must be finite and at least 0; got -2.0 in row 1"),
        ([0, 1], [np.nan, 1.0], r"weights must be finite and at least 0; got nan in row 0"),
    ],
)
def test_what_does_not_fit_is_refused(classes, weights, message):
    with pytest.raises(ValueError, match=message):
        mdlp_cut_points(np.array([0.0, 1.0]), np.array(classes), weights=weights)


def test_a_few_rows_in_many_small_parts_are_cut_as_their_entropy_says():
    """2.5 rows of 1000 classes hold 2.5 log(1000) = 17 nats, more than 2.5 log(2.5) by far."""
    rows = _Rows.of(np.arange(1000.0), np.arange(1000), np.full(1000, 0.0025))
    k, m, total = rows._described(rows.class_weights(0, 1000))
    assert (k, m) == (1000, pytest.approx(2.5))
    assert total / rows.scale == pytest.approx(2.5 * np.log(1000))
