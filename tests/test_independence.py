import itertools

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats
from sklearn.feature_selection import SelectFdr, SelectFpr, SelectFwe, SelectKBest

import mifs
from mifs._validation import StrOptions


def _rows(table):
    """Samples x and y of a table of counts."""
    levels, classes = np.indices(np.shape(table))
    counts = np.ravel(table)
    return np.repeat(levels.ravel(), counts), np.repeat(classes.ravel(), counts)


def _pvalue(table):
    x, y = _rows(table)
    return mifs.mutual_info_test(x[:, None], y)[1][0]


@pytest.mark.parametrize(
    "table", [[[8, 2], [2, 8]], [[30, 20], [20, 30]], [[7, 9], [9, 7]], [[1, 11], [7, 5]]]
)
def test_two_by_two_tables_of_equal_classes_have_fishers_p(table):
    """With equal classes the law is symmetric: by probability and by T the order is one."""
    assert _pvalue(table) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-12)


@pytest.mark.parametrize("n", [4000, 40_000])
def test_well_filled_tables_have_nearly_the_p_of_the_g_test(n):
    """2 T is chi-square up to terms of 1 / n: at p = .09 the measured difference is 5 / n."""
    law = np.outer([0.3, 0.3, 0.4], [0.5, 0.5]) * n
    table = (law + np.sqrt(n) * np.array([[1, -1], [-0.3, 0.3], [-0.7, 0.7]]) * 0.5).round()
    table = table.astype(int)
    wanted = stats.chi2_contingency(table, lambda_="log-likelihood", correction=False)
    x, y = _rows(table)
    tests = mifs.independence_of(x[:, None], y)
    assert 2 * tests.statistic[0] == pytest.approx(wanted.statistic, rel=1e-9)
    assert tests.pvalue[0] == pytest.approx(wanted.pvalue, rel=8 / n)


@pytest.mark.parametrize("table", [[[3, 1], [1, 3]], [[4, 1], [1, 2]], [[0, 3], [5, 2]]])
def test_small_tables_agree_with_all_placements_of_a_class(table):
    """P(I >= observed) over every choice of the rows of class 1, each as likely."""
    x, y = _rows(table)
    information = []
    for places in itertools.combinations(range(len(y)), int(y.sum())):
        target = np.isin(np.arange(len(y)), places)
        plug_in = mifs.BinnedMI(correction=None)
        information.append(mifs.mutual_info(x, target, mi_estimator=plug_in))
    observed = mifs.mutual_info(x, y, mi_estimator=mifs.BinnedMI(correction=None))
    wanted = np.mean(np.array(information) >= observed - 1e-9)
    assert _pvalue(table) == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize("target", ["classes", "numbers"])
def test_p_values_of_noise_are_uniform_and_scores_zero_on_average(target):
    """600 columns of n = 500, half of them cut into bins; T has enough values for a KS test."""
    rng = np.random.default_rng(7)
    X = np.hstack([rng.normal(size=(500, 300)), rng.integers(0, 6, (500, 300))])
    y = rng.integers(0, 3, 500) if target == "classes" else rng.normal(size=500)
    scores, pvalues = mifs.mutual_info_test(X, y)
    assert stats.kstest(pvalues, "uniform").pvalue > 1e-3
    assert abs(scores.mean()) < 4 * scores.std() / np.sqrt(600)


def _signal(seed, n_noise=200):
    """Five binary columns that equal the class with chance 0.8 to 0.68, then noise of 5 levels."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, 500)
    agree = rng.random((500, 5)) < [0.80, 0.76, 0.72, 0.70, 0.68]
    noise = rng.integers(0, 5, (500, n_noise))
    return np.column_stack([np.where(agree, y[:, None], 1 - y[:, None]), noise]), y


@pytest.mark.parametrize(
    ("selector", "n_false"),
    [
        (SelectFdr(mifs.mutual_info_test, alpha=0.05), 3),
        (SelectFwe(mifs.mutual_info_test, alpha=0.05), 1),
        (SelectFpr(mifs.mutual_info_test, alpha=0.05), 22),  # 10 expected, sd 3.1
        (SelectKBest(mifs.mutual_info_test, k=5), 0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_selectors_of_scikit_learn_find_what_is_there(selector, n_false):
    X, y = _signal(0)
    chosen = selector.fit(X, y).get_support(indices=True)
    assert set(range(5)) <= set(chosen)
    assert len(chosen) <= 5 + n_false


def test_the_false_discovery_rate_of_noise_is_kept():
    """Of 100 tables of noise, at most 5 % + 3 se have any column selected."""
    found = 0
    for seed in range(100):
        X, y = _signal(seed, n_noise=30)
        selector = SelectFdr(mifs.mutual_info_test, alpha=0.05).fit(X[:, 5:], y)
        found += selector.get_support().any()
    assert found <= 11


def test_scores_are_those_of_the_other_functions():
    X, y = _signal(1, n_noise=5)
    np.testing.assert_array_equal(
        mifs.mutual_info_test(X, y)[0], mifs.mutual_info_classif(X, y), strict=True
    )
    numbers = np.random.default_rng(0).normal(size=500)
    np.testing.assert_array_equal(
        mifs.mutual_info_test(X, numbers)[0], mifs.mutual_info_regression(X, numbers), strict=True
    )


@pytest.mark.parametrize("correction", [None, "miller_madow"])
def test_the_correction_changes_scores_and_no_p_value(correction):
    X, y = _signal(2, n_noise=5)
    scores, pvalues = mifs.mutual_info_test(X, y)
    estimator = mifs.BinnedMI(correction=correction)
    others, same = mifs.mutual_info_test(X, y, mi_estimator=estimator)
    np.testing.assert_array_equal(pvalues, same)
    assert (scores < others).all()


def test_an_identifier_of_every_row_is_no_evidence():
    """Its table can only be what it is, whatever the order of the target."""
    y = np.tile([0, 1], 40)
    scores, pvalues = mifs.mutual_info_test(np.arange(80)[:, None], y, discrete_features=True)
    assert scores[0] == pytest.approx(0, abs=1e-12)
    assert pvalues[0] == 1.0


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_dataframes_of_labels_go_in_as_they_are(frame):
    y = ["no", "yes"] * 20
    X = frame({"same": y, "other": ["a", "a", "b", "b"] * 10, "number": np.arange(40) % 20 / 7})
    tests = mifs.independence_of(X, y)
    assert tests.pvalue[0] < 1e-10
    assert tests.pvalue[1] == 1.0
    assert tests.method.tolist() == ["exact", "exact", "three-moment"]


def test_the_tests_say_how_and_how_surely_they_were_found():
    """31 levels and a class of 5 %: the two tails disagree by more than a factor 3."""
    rng = np.random.default_rng(3)
    y = np.r_[np.ones(5, dtype=int), np.zeros(95, dtype=int)]
    x = rng.integers(0, 30, 100)
    x[:3] = 30
    tests = mifs.independence_of(np.column_stack([x, y]), y)
    assert tests.method.tolist() == ["three-moment", "exact"]
    assert tests.disagreement.tolist() == [True, False]
    np.testing.assert_array_equal(
        tests.pvalue, mifs.mutual_info_test(np.column_stack([x, y]), y)[1]
    )


class _Supervised(mifs.BinnedMI):
    """Bins that look at the target."""

    _parameter_constraints = {"strategy": [StrOptions({"mdlp"})]}  # noqa: RUF012


@pytest.mark.parametrize("function", [mifs.mutual_info_test, mifs.independence_of])
def test_bins_that_look_at_the_target_are_refused(function):
    with pytest.raises(ValueError, match="strategy='mdlp' look at the target"):
        function([[0.1], [0.2]], [0, 1], mi_estimator=_Supervised(strategy="mdlp"))


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        ([[0.1], [np.inf], [0.3]], [0, 1, 0], ValueError, "infinity in column 0"),
        ([["a"], [1]], [0, 1], TypeError, "Column 0 mixes strings"),
        ([[1], [2], [3]], [0, 1], ValueError, "inconsistent numbers of samples"),
        ([[1], [2]], [1, 1], ValueError, "a single class"),
        ([1, 2, 3], [0, 1, 0], ValueError, "Expected 2D array"),
        (pd.DataFrame({"a": [1, 2], "b": ["x", 1]}), [0, 1], TypeError, "Column 'b'"),
    ],
)
def test_bad_tables_are_refused(X, y, error, message):
    with pytest.raises(error, match=message):
        mifs.mutual_info_test(X, y)


def test_a_bad_kind_of_column_is_refused():
    with pytest.raises(ValueError, match="'c', which is no column"):
        mifs.mutual_info_test(pd.DataFrame({"a": [1, 2]}), [0, 1], discrete_features=["c"])
