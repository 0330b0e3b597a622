import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mifs
from mifs._kernels.ranks import normal_scores


def correlation(x, y):
    return abs(np.corrcoef(x, y)[0, 1])


def scripted(*values):
    """A statistic that returns one value after another, whatever it is given."""
    left = iter(values)
    return lambda x, y: next(left)


@pytest.mark.parametrize(
    ("draws", "n_exceedances", "pvalue", "n_resamples"),
    [
        ([0, 0, 0, 0], 2, 1 / 5, 4),  # (b + 1) / (B + 1), b = 0: never zero
        ([0, 9, 0, 0], 2, 2 / 5, 4),
        ([0, 9, 0, 9], 2, 2 / 4, 4),  # h / l at the last draw
        ([9, 9, 0, 0], 2, 2 / 2, 2),  # stops early
        ([5, 5, 5, 5], 9, 5 / 5, 4),  # equal counts as reached
        ([5 - 1e-13, 5 + 1e-13, 0, 0], 9, 3 / 5, 4),  # and so does what rounding makes of it
    ],
)
def test_p_is_that_of_besag_and_clifford_or_of_phipson_and_smyth(
    draws, n_exceedances, pvalue, n_resamples
):
    test = mifs.permutation_test(
        [1, 2],
        [1, 2],
        statistic=scripted(5, *draws),
        n_resamples=4,
        n_exceedances=n_exceedances,
    )
    assert test.pvalue == pytest.approx(pvalue)
    assert (test.n_resamples, test.statistic, test.method) == (n_resamples, 5.0, "permutation")


def test_p_is_the_share_of_all_orders():
    """Of 720 orders of six numbers; 20,000 draws, so the sd is at most .0036."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 6))
    every = [correlation(np.array(order), y) for order in itertools.permutations(x)]
    wanted = np.mean(np.array(every) >= correlation(x, y) - 1e-12)
    found = mifs.permutation_test(
        x, y, statistic=correlation, n_resamples=20_000, n_exceedances=30_000
    )
    assert found.pvalue == pytest.approx(wanted, abs=4 * 0.0036)


def test_p_agrees_with_scipys_permutation_test():
    """Two sets of 4999 draws of a p near .1: sd .006."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=60)
    y = 0.2 * x + rng.normal(size=60)
    wanted = stats.permutation_test(
        (x,), lambda a: correlation(a, y), permutation_type="pairings",
        n_resamples=4999, alternative="greater", random_state=np.random.default_rng(0),
    )  # fmt: skip
    found = mifs.permutation_test(x, y, statistic=correlation, n_resamples=4999, n_exceedances=9999)
    assert found.pvalue == pytest.approx(wanted.pvalue, abs=4 * 0.006)


def test_null_p_values_keep_every_level_and_cost_few_draws():
    """P(p <= level) <= level over 500 null data sets, within 3 se; 56 draws expected, sd of one
    about 70.
    """
    rng = np.random.default_rng(1)
    tests = [
        mifs.permutation_test(*rng.normal(size=(2, 30)), statistic=correlation, random_state=rng)
        for _ in range(500)
    ]
    pvalues = np.array([test.pvalue for test in tests])
    for level in (0.01, 0.05, 0.2, 0.5):
        assert np.mean(pvalues <= level) <= level + 3 * np.sqrt(level * (1 - level) / 500)
    assert np.mean([test.n_resamples for test in tests]) == pytest.approx(56, abs=10)


def test_a_statistic_that_cannot_vary_is_settled_by_ten_draws():
    test = mifs.permutation_test(
        np.ones(20), np.arange(20), statistic=lambda x, y: float(np.dot(x, y))
    )
    assert (test.pvalue, test.n_resamples, test.n_exceedances) == (1.0, 10, 10)


@pytest.mark.parametrize("labels", [False, True])
def test_rows_stay_within_the_levels_of_a_discrete_z(labels):
    """And all orders within them occur: 2 * 6 of them, 400 draws."""
    z = np.array([0, 1, 1, 0, 1])
    orders = set()

    def keep(x, y):
        orders.add(tuple(x.tolist()))
        return 0.0

    named = np.where(z == 0, "zero", "one") if labels else np.column_stack([z, z])
    test = mifs.permutation_test(
        np.arange(5), np.arange(5), z=named, statistic=keep, n_resamples=400, n_exceedances=999
    )
    assert test.method == "permutation within strata"
    assert len(orders) == 12
    assert all((z[list(order)] == z).all() for order in orders)


def test_dependence_through_a_discrete_z_alone_is_none():
    """Both follow z closely; within a level nothing is left."""
    rng = np.random.default_rng(2)
    z = rng.integers(0, 4, 300)
    x, y = z + rng.normal(size=(2, 300))
    assert mifs.permutation_test(x, y, statistic=correlation).pvalue == 0.001
    assert mifs.permutation_test(x, y, z=z, statistic=correlation).pvalue > 0.05
    both = mifs.permutation_test(x, y + 0.5 * x, z=z, statistic=correlation)
    assert both.pvalue == 0.001


def test_strata_of_one_row_leave_no_choice():
    x = np.arange(10.0)
    test = mifs.permutation_test(x, x, z=np.arange(10), discrete_z=True, statistic=correlation)
    assert test.pvalue == 1.0


def test_rows_come_from_the_neighbours_in_a_continuous_z():
    """Of a line, the five nearest are within four places; nine tenths of the rows are used."""
    z = np.sort(np.random.default_rng(0).normal(size=200))
    draws = []

    def keep(x, y):
        draws.append(x)
        return 0.0

    x = np.arange(200)
    test = mifs.permutation_test(x, x, z=z, statistic=keep, n_resamples=50, n_exceedances=99)
    assert test.method == "local permutation"
    moved = np.array(draws[1:]) - x
    assert np.abs(moved).max() <= 4
    assert (moved != 0).mean() > 0.7  # a row takes its own with a chance of about 1 in 5
    assert np.mean([len(np.unique(draw)) for draw in draws[1:]]) > 0.9 * 200


def test_dependence_through_a_continuous_z_alone_is_none():
    """Size at 5 % over 100 data sets, within 3 se of .05; power where y depends on x too."""
    rng = np.random.default_rng(4)
    null, power = [], []
    for _ in range(100):
        z = rng.normal(size=200)
        x, y = z + rng.normal(size=(2, 200))
        options = {"z": z, "statistic": correlation, "n_resamples": 199, "random_state": rng}
        null.append(mifs.permutation_test(x, y, **options).pvalue)
        power.append(mifs.permutation_test(x, y + 0.5 * x, **options).pvalue)
    assert np.mean(np.array(null) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100)
    assert np.mean(np.array(power) <= 0.05) > 0.95


def test_samples_of_several_columns_are_moved_by_whole_rows():
    rows = np.column_stack([np.arange(30), np.arange(30) + 100])

    def statistic(x, y):
        assert (x[:, 1] - x[:, 0] == 100).all()
        return 0.0

    mifs.permutation_test(rows, np.arange(30), statistic=statistic)
    mifs.permutation_test(pd.DataFrame(rows), np.arange(30), statistic=statistic)


def test_a_seed_repeats_the_draws_and_none_is_a_seed():
    x, y = np.random.default_rng(0).normal(size=(2, 50))
    by_seed = [
        mifs.permutation_test(x, y, statistic=correlation, random_state=seed).pvalue
        for seed in (5, 5, 6, None, 0)
    ]
    assert by_seed[0] == by_seed[1] != by_seed[2]
    assert by_seed[3] == by_seed[4]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x": [1.0, np.nan, 3.0]}, "x contains NaN or None in 1 of 3 rows"),
        ({"y": [1.0, np.inf, 3.0]}, "y contains infinity"),
        ({"y": [1.0, 2.0]}, "inconsistent numbers of samples"),
        ({"x": np.zeros((3, 2, 2))}, "x must have shape"),
        ({"x": []}, "x must have shape"),
        ({"z": [1, 2]}, "z must have one row for each of the 3 of x; got 2"),
        ({"z": [1, 2, 1], "discrete_z": "yes"}, "discrete_z must be True, False or 'auto'"),
        ({"z": ["a", "b", "a"], "discrete_z": False}, "z holds 'a' in a column of labels"),
        ({"n_resamples": 0}, "n_resamples must be a whole number of at least 1; got 0"),
        ({"n_exceedances": 0.5}, "n_exceedances must be a whole number of at least 1; got 0.5"),
        ({"n_neighbors": 1}, "n_neighbors must be a whole number of at least 2; got 1"),
        ({"statistic": lambda x, y: np.nan}, "statistic must return a finite number; got nan"),
    ],
)
def test_bad_input_is_refused(changed, message):
    given = {"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0], "statistic": correlation} | changed
    with pytest.raises(ValueError, match=message):
        mifs.permutation_test(given.pop("x"), given.pop("y"), **given)


@pytest.mark.parametrize("test", [mifs.permutation_test, mifs.shared_null])
def test_a_statistic_that_is_no_function_is_refused_by_name(test):
    with pytest.raises(TypeError, match=r"statistic must be a function .*; got 'foo'"):
        test(np.arange(9.0)[:, None], np.arange(9.0), statistic="foo")


def test_one_null_serves_columns_of_any_law():
    """400 columns of noise of four laws: uniform p, by one null of 1999 draws."""
    rng = np.random.default_rng(5)
    X = np.hstack([
        rng.normal(size=(60, 100)), rng.exponential(size=(60, 100)),
        rng.standard_cauchy((60, 100)), rng.random((60, 100)),
    ])  # fmt: skip
    tests = mifs.shared_null(X, rng.integers(0, 2, 60), statistic=correlation, n_resamples=1999)
    assert stats.kstest(tests.pvalue, "uniform").pvalue > 1e-3
    assert len(tests.null) == 1999
    assert (np.diff(tests.null) >= 0).all()


def test_the_shared_p_is_the_share_of_all_orders_of_the_scores():
    """Of 720 orders of six; 20,000 draws, so the sd is at most .0036."""
    rng = np.random.default_rng(0)
    X, y = rng.exponential(size=(6, 3)), rng.normal(size=6)
    tests = mifs.shared_null(X, y, statistic=correlation, n_resamples=20_000)
    for column, statistic, pvalue in zip(X.T, tests.statistic, tests.pvalue, strict=True):
        scores = normal_scores(column)
        every = [correlation(np.array(order), y) for order in itertools.permutations(scores)]
        assert statistic == pytest.approx(correlation(scores, y), rel=1e-12)
        wanted = np.mean(np.array(every) >= statistic - 1e-12)
        assert pvalue == pytest.approx(wanted, abs=4 * 0.0036)


def test_the_shared_null_asks_once_a_draw_and_once_a_column():
    asked = []
    X = np.random.default_rng(0).normal(size=(20, 7))
    mifs.shared_null(
        X, np.arange(20), statistic=lambda x, y: float(len(asked.append(0) or x)), n_resamples=50
    )
    assert len(asked) == 57


def test_a_rising_map_of_a_column_changes_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=40)
    plain = mifs.shared_null(X, y, statistic=correlation, n_resamples=99)
    mapped = mifs.shared_null(pd.DataFrame(np.exp(X)), y, statistic=correlation, n_resamples=99)
    np.testing.assert_array_equal(plain.pvalue, mapped.pvalue)
    np.testing.assert_array_equal(plain.statistic, mapped.statistic)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([[1.0, 1.0], [2.0, 2.0], [3.0, 2.0]], "only 2 distinct values in 3 rows of column 1"),
        (pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": list("xyz")}), "labels in column 'b'"),
        (pd.DataFrame({"a": [1, 2, 3], "b": [2**60, 2**60 + 1, 0]}), "2 distinct .* column 'b'"),
        ([[1.0], [np.nan], [2.0]], "NaN"),
        ([[1.0], [2.0]], "inconsistent numbers of samples"),
    ],
)
def test_columns_without_a_shared_null_are_refused(X, message):
    """Ties have their own law; whole numbers beyond 2**53 tie as floating-point numbers."""
    with pytest.raises(ValueError, match=message):
        mifs.shared_null(X, [1, 2, 3], statistic=correlation)


def test_a_shared_null_of_no_draws_is_refused():
    with pytest.raises(ValueError, match="n_resamples must be a whole number of at least 1; got 0"):
        mifs.shared_null([[1.0], [2.0]], [1, 2], statistic=correlation, n_resamples=0)
