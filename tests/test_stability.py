import itertools
import re

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, VarianceThreshold, chi2
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import mifs
from mifs.selectors.halves import complementary_halves, ranks_of
from mifs.stability import kuncheva_index, stability_of

# --- how much selections agree ---------------------------------------------------------------


def _subsets(*subsets, d):
    return np.array([[f in subset for f in range(d)] for subset in subsets])


def _pairwise_kuncheva(table):
    """The definition, pair by pair."""
    d, k = table.shape[1], table[0].sum()
    pairs = itertools.combinations(table, 2)
    return np.mean([((a & b).sum() * d - k * k) / (k * (d - k)) for a, b in pairs])


def _equal_sizes(seed, m, d, k):
    rng = np.random.default_rng(seed)
    return np.array([rng.permutation(d) < k for _ in range(m)])


SIZES = [(2, 2, 1), (3, 10, 3), (10, 7, 6), (20, 30, 5)]


@pytest.mark.parametrize(
    ("table", "kuncheva"),
    [
        # Kuncheva (2007): 1 if and only if the sets are equal; -1 for disjoint halves; and 0 where
        # they share k * k / d, here 1 of 2 out of 4 and 4 of 6 out of 9.
        (_subsets({0, 3}, {0, 3}, d=9), 1.0),
        (_subsets({0, 1, 2}, {3, 4, 5}, d=6), -1.0),
        (_subsets({0, 1}, {1, 2}, d=4), 0.0),
        (_subsets({0, 1, 2, 3, 4, 5}, {2, 3, 4, 5, 6, 7}, d=9), 0.0),
        # (r d - k^2) / (k (d - k)) by hand: (10 - 9) / 21 for one shared of 3 out of 10.
        (_subsets({0, 1, 2}, {2, 3, 4}, d=10), 1 / 21),
    ],
)
def test_agreement_of_two_sets_has_its_closed_form(table, kuncheva):
    assert kuncheva_index(table) == pytest.approx(kuncheva, abs=1e-15)
    assert stability_of(table).nogueira == pytest.approx(kuncheva, abs=1e-15)


@pytest.mark.parametrize(("m", "d", "k"), SIZES)
def test_nogueira_is_kuncheva_where_sizes_are_equal(m, d, k):
    """And both are the mean over pairs."""
    table = _equal_sizes(0, m, d, k)
    result = stability_of(table)
    assert result.kuncheva == pytest.approx(_pairwise_kuncheva(table), abs=1e-12)
    assert result.nogueira == pytest.approx(result.kuncheva, abs=1e-12)


def test_three_sets_of_unequal_sizes_by_hand():
    """The example of the R package stabm: {1,2,3}, {1,2,3,4}, {1,2,3,5,6,7} of ten.

    Four columns have frequency 1/3, whose unbiased variance is 1/3, so that the mean is 4/30;
    13/30 are selected on average, and 1 - (4/30) / (13/30 * 17/30) = 101/221.
    """
    result = stability_of(_subsets({0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 4, 5, 6}, d=10))
    assert result.nogueira == pytest.approx(101 / 221, abs=1e-15)
    assert np.isnan(result.kuncheva)


def test_identical_selections_are_perfectly_stable():
    result = stability_of(_subsets(*[{1, 4}] * 7, d=12))
    assert (result.nogueira, result.kuncheva, result.standard_error) == (1, 1, 0)
    assert result.interval == (1, 1)


@pytest.mark.parametrize("table", [np.zeros((4, 3)), np.ones((4, 3)), np.ones((2, 1))])
def test_nothing_and_everything_have_no_stability(table):
    """0 / 0: no other selection of this size exists."""
    result = stability_of(table)
    assert np.isnan([result.nogueira, result.kuncheva, result.standard_error]).all()
    assert np.isnan(result.interval).all()


def test_random_selections_are_not_stable():
    """Mean 0 over 400 draws, within 4 standard errors of that mean, and by chance never far off."""
    values = [stability_of(_equal_sizes(seed, 10, 20, 4)).nogueira for seed in range(400)]
    assert abs(np.mean(values)) < 4 * np.std(values) / 20
    assert np.max(np.abs(values)) < 0.3


@given(st.integers(0, 2**32 - 1), st.integers(2, 12), st.integers(2, 9))
def test_the_order_of_resamples_and_columns_changes_nothing(seed, m, d):
    """Nor does telling which are left out instead of which are in."""
    rng = np.random.default_rng(seed)
    table = rng.random((m, d)) < rng.random(d)
    first = stability_of(table)
    for same in (table[rng.permutation(m)], table[:, rng.permutation(d)], ~table):
        other = stability_of(same)
        for name in ("nogueira", "kuncheva", "standard_error"):
            np.testing.assert_allclose(getattr(other, name), getattr(first, name), atol=1e-12)
    if not np.isnan(first.nogueira):
        assert -1 / (m - 1) - 1e-12 <= first.nogueira <= 1


def test_the_standard_error_is_that_of_the_delta_method():
    """The slope of the measure in the weight of each resample, by finite differences.

    Nogueira's paper drops what is of order 1 / M beside it: with 1000 resamples, below 1 %.
    """
    rng = np.random.default_rng(3)
    table = rng.random((1000, 8)) < np.linspace(0.1, 0.9, 8)

    def measure(weight):
        p = weight @ table / weight.sum()
        return 1 - (p * (1 - p)).mean() / (p.mean() * (1 - p.mean()))

    step, ones = 1e-3, np.ones(1000)
    slopes = [
        (measure(ones + step * e) - measure(ones - step * e)) / 2 / step for e in np.eye(1000)
    ]
    expected = np.sqrt(np.sum(np.square(slopes)))
    assert stability_of(table).standard_error == pytest.approx(expected, rel=0.01)


def test_resamples_drawn_together_count_once():
    """Each row twice, as a pair, is as uncertain as each once; as single rows it would seem less.

    The measure itself takes M / (M - 1), hence the tolerance of 1 / M.
    """
    rng = np.random.default_rng(0)
    table = rng.random((200, 10)) < np.linspace(0.1, 0.9, 10)
    once = stability_of(table).standard_error
    twice = np.repeat(table, 2, axis=0)
    assert stability_of(twice, n_together=2).standard_error == pytest.approx(once, rel=1 / 200)
    assert stability_of(twice).standard_error == pytest.approx(once / np.sqrt(2), rel=1 / 200)


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.8])
def test_the_interval_covers_as_often_as_it_says(correlation):
    """95 % over 1000 draws of 50 pairs whose scores are correlated within a pair.

    The binomial error of the share is 0.7 %; the normal approximation may cost 2 % beside it.
    """
    rng = np.random.default_rng(0)
    columns = np.linspace(1.5, -1.5, 20)

    def selections(n_draws, n_pairs):
        first, other = rng.normal(size=(2, n_draws, n_pairs, 20))
        second = correlation * first + np.sqrt(1 - correlation**2) * other
        score = columns + np.stack([first, second], axis=2).reshape(n_draws, 2 * n_pairs, 20)
        size = rng.integers(3, 7, size=(n_draws, 2 * n_pairs, 1))
        return (-score).argsort(-1).argsort(-1) < size

    truth = stability_of(selections(1, 100_000)[0]).nogueira
    intervals = [stability_of(table, n_together=2).interval for table in selections(1000, 50)]
    covered = np.mean([low <= truth <= high for low, high in intervals])
    assert 0.95 - 0.034 <= covered <= 0.95 + 0.034


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ([[1, 0]], {}, r"shape \(1, 2\); give a row for each of two resamples"),
        ([1, 0], {}, r"shape \(2,\)"),
        (np.zeros((3, 0)), {}, r"shape \(3, 0\)"),
        ([[0, 1], [2, 1]], {}, "holds 2; give True or 1"),
        ([[0.5, 1], [0, 1]], {}, "holds 0.5"),
        ([[0, np.nan], [0, 1]], {}, "holds nan"),
        (
            [[0, 1], [1, 1]],
            {"confidence_level": 95},
            "confidence_level=95 must lie between 0 and 1",
        ),
        ([[0, 1]] * 3, {"n_together": 2}, "n_together=2 must divide the 3 rows"),
        ([[0, 1]] * 3, {"n_together": 0}, "n_together=0"),
    ],
)
def test_what_is_no_table_of_selections_is_refused(table, options, message):
    with pytest.raises(ValueError, match=message):
        stability_of(table, **options)


# --- halves ----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 4), min_size=4, max_size=40), st.integers(0, 99))
def test_halves_are_complements_and_hold_half_of_every_class(classes, seed):
    codes = np.unique(classes, return_inverse=True)[1]
    halves = list(complementary_halves(codes, 3, np.random.default_rng(seed)))
    assert len(halves) == 6
    for first, second in zip(halves[::2], halves[1::2], strict=True):
        both = np.concatenate([first, second])
        assert len(first) == len(second) == len(codes) // 2
        assert len(np.unique(both)) == len(both)  # no row twice, and no bootstrap
        for half in (first, second):
            in_half, in_all = np.bincount(codes[half], minlength=5), np.bincount(codes, minlength=5)
            assert (in_half >= in_all // 2).all()
            assert (in_half <= (in_all + 1) // 2).all()


def test_every_row_and_pair_of_rows_is_as_likely_to_be_in_a_half():
    """1/2 for a row, and 4/9 for two of ten; 4 standard errors of 4000 draws."""
    rng = np.random.default_rng(0)
    halves = list(complementary_halves(np.zeros(10, dtype=int), 4000, rng))[::2]
    inside = np.zeros((4000, 10))
    for draw, rows in enumerate(halves):
        inside[draw, rows] = 1
    together = inside.T @ inside / 4000
    expected = np.where(np.eye(10, dtype=bool), 1 / 2, 2 / 9)
    assert np.abs(together - expected).max() < 4 * np.sqrt(0.25 / 4000)


# --- ranks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (mifs.MutualInfoSelector("mim", 2), lambda s: s.ranking_),
        (
            RFE(LogisticRegression(max_iter=500), n_features_to_select=2),
            lambda s: rankdata(s.ranking_),
        ),
        (SelectKBest(chi2, k=2), lambda s: rankdata(-s.scores_)),
        (VarianceThreshold(0.1), lambda s: rankdata(~s.get_support())),
    ],
    ids=lambda value: type(value).__name__,
)
def test_ranks_come_from_a_ranking_or_scores_or_the_selection(selector, expected):
    rng = np.random.default_rng(0)
    X, y = rng.random((60, 6)) * [1, 1, 2, 3, 0.1, 0.2], np.arange(60) % 2
    selector.fit(X, y)
    np.testing.assert_array_equal(ranks_of(selector, selector.get_support()), expected(selector))


def test_a_column_without_a_score_ranks_last():
    X = np.column_stack([np.zeros(20), np.arange(20), np.ones(20)])
    selector = SelectKBest(chi2, k=1).fit(X, np.arange(20) % 2)  # nan where all are zero
    assert np.isnan(selector.scores_[0])
    np.testing.assert_array_equal(ranks_of(selector, selector.get_support()), [3, 1, 2])


# --- the selector ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def signal():
    """Two columns of signal among ten, two classes."""
    rng = np.random.default_rng(0)
    y = np.arange(200) % 2
    X = rng.normal(size=(200, 10))
    X[:, [2, 7]] += 2 * y[:, None]
    return X, y


TOP2 = mifs.MutualInfoSelector("mim", 2)


def test_signal_is_always_selected_and_noise_is_not(signal):
    selector = mifs.StabilitySelector(TOP2, 20).fit(*signal)
    assert set(selector.selected_) == {2, 7}
    np.testing.assert_array_equal(selector.frequencies_[[2, 7]], 1)
    assert selector.frequencies_.sum() == pytest.approx(2)
    assert set(selector.ranking_[[2, 7]]) == {1, 2}
    assert selector.rank_intervals_[[2, 7]].max() == 2
    assert selector.stability_.nogueira == selector.stability_.kuncheva == 1
    assert selector.stratified_


def test_fitted_attributes_agree_with_each_other(cancer):
    selector = mifs.StabilitySelector(TOP2, 10, threshold=0.3).fit(*cancer)
    assert selector.selections_.shape == (10, 30)
    np.testing.assert_array_equal(selector.frequencies_, selector.selections_.mean(axis=0))
    np.testing.assert_array_equal(selector.support_, selector.frequencies_ >= 0.3 - 1e-12)
    assert sorted(selector.ranking_) == list(range(1, 31))
    np.testing.assert_array_equal(
        selector.ranking_[selector.selected_], np.arange(selector.n_features_) + 1
    )
    assert (np.diff(selector.frequencies_[np.argsort(selector.ranking_)]) <= 0).all()
    low, high = selector.rank_intervals_.T
    assert (low <= selector.median_ranks_).all()
    assert (selector.median_ranks_ <= high).all()
    assert selector.stability_.n_resamples == 10
    assert selector.error_bound_.mean_selected == pytest.approx(2)
    assert list(selector.feature_names_in_) == list(cancer[0].columns)


def test_each_half_says_what_the_selector_says_of_it(signal):
    """By hand, over the same halves."""
    X, y = signal
    selector = mifs.StabilitySelector(TOP2, 4, random_state=5).fit(X, y)
    rng = np.random.default_rng(5)
    rng.integers(2**31, size=5)  # the seeds of the clones are drawn first
    for rows, found in zip(complementary_halves(y, 2, rng), selector.selections_, strict=True):
        np.testing.assert_array_equal(clone(TOP2).fit(X[rows], y[rows]).get_support(), found)


def test_rank_intervals_are_quantiles_over_the_halves(signal):
    """Of 20 halves, 90 % leave out none on either side, and 50 % five."""
    X, y = signal
    wide, narrow = (
        mifs.StabilitySelector(TOP2, 20, confidence_level=level).fit(X, y) for level in (0.999, 0.5)
    )
    assert (wide.rank_intervals_[:, 0] <= narrow.rank_intervals_[:, 0]).all()
    assert (wide.rank_intervals_[:, 1] >= narrow.rank_intervals_[:, 1]).all()
    assert (wide.rank_intervals_ != narrow.rank_intervals_).any()
    assert wide.stability_.confidence_level == 0.999


def test_a_fit_without_a_seed_is_repeated_exactly(cancer):
    X, y = cancer
    first, again = (mifs.StabilitySelector(TOP2, 6).fit(X, y) for _ in range(2))
    other = mifs.StabilitySelector(TOP2, 6, random_state=1).fit(X, y)
    np.testing.assert_array_equal(first.selections_, again.selections_)
    assert (first.selections_ != other.selections_).any()


# A forest without a seed of its own would differ from process to process.
FOREST = SelectFromModel(ExtraTreesClassifier(5), max_features=2, threshold=-np.inf)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_the_number_of_jobs_changes_nothing_and_nothing_is_said(backend, capfd):
    """Nor does any process print or warn: warnings are errors here."""
    X, y = np.random.default_rng(0).normal(size=(60, 8)), np.arange(60) % 2
    alone = mifs.StabilitySelector(FOREST, 6).fit(X, y)
    with joblib.parallel_config(backend):
        together = mifs.StabilitySelector(FOREST, 6, n_jobs=2).fit(X, y)
    np.testing.assert_array_equal(alone.selections_, together.selections_)
    np.testing.assert_array_equal(alone.rank_intervals_, together.rank_intervals_)
    assert len(np.unique(alone.selections_, axis=0)) > 1
    assert capfd.readouterr() == ("", "")


def test_neither_the_selector_nor_the_data_is_changed(signal):
    X, y = signal[0].copy(), signal[1].copy()
    inner = clone(TOP2)
    mifs.StabilitySelector(inner, 2).fit(X, y)
    assert not hasattr(inner, "selected_")
    assert inner.random_state is None
    np.testing.assert_array_equal(X, signal[0])


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"]
)
def test_dataframes_give_what_arrays_give(make):
    """With a column of labels, which no array holds; transform keeps the library."""
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    codes = np.where(rng.random(120) < 0.2, 1 - y, y)
    noise = rng.normal(size=(2, 120))
    table = make({"a": noise[0], "label": np.array(["no", "yes"])[codes], "b": noise[1]})
    one = mifs.MutualInfoSelector("mim", 1)
    selector = mifs.StabilitySelector(one, 6).fit(table, y)
    as_array = mifs.StabilitySelector(one, 6).fit(np.column_stack([noise[0], codes, noise[1]]), y)
    np.testing.assert_array_equal(selector.frequencies_, as_array.frequencies_)
    assert list(selector.get_feature_names_out()) == ["label"]
    if make is not pa.table:  # scikit-learn knows no such output
        library = "pandas" if make is pd.DataFrame else "polars"
        kept = selector.set_output(transform=library).transform(table)
        assert isinstance(kept, make)
        assert list(kept["label"]) == list(table["label"])


def test_rows_are_taken_by_place_not_by_label(signal):
    """An index that repeats or is out of order says nothing."""
    X, y = pd.DataFrame(signal[0]), pd.Series(signal[1])
    X.columns = [f"c{i}" for i in X]
    plain = mifs.StabilitySelector(TOP2, 4).fit(X, y)
    X.index = y.index = np.arange(200)[::-1] // 3
    np.testing.assert_array_equal(
        mifs.StabilitySelector(TOP2, 4).fit(X, y).selections_, plain.selections_
    )


def test_sparse_tables_go_to_selectors_that_take_them():
    rng = np.random.default_rng(0)
    X, y = rng.poisson(0.5, (40, 6)).astype(float), np.arange(40) % 2
    X[:, 3] += 3 * y
    dense, thin = (
        mifs.StabilitySelector(SelectKBest(chi2, k=1), 4).fit(table, y)
        for table in (X, sparse.csc_array(X))
    )
    np.testing.assert_array_equal(dense.selections_, thin.selections_)
    assert thin.transform(sparse.csr_array(X)).shape == (40, 1)
    neighbors = mifs.MutualInfoSelector(mi_estimator="knn")
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        mifs.StabilitySelector(neighbors, 4).fit(sparse.csr_array(X), y)


class Weighted(mifs.MutualInfoSelector):
    """Keep the weights that each fit gets."""

    seen = []  # noqa: RUF012 - shared by all clones

    def fit(self, X, y, sample_weight=None):
        self.seen.append(sample_weight)
        return super().fit(X, y)


def test_weights_go_to_a_selector_that_requests_them(signal):
    """To all rows, and of each half its own; from an outer selector too."""
    X, y = signal
    weight = np.random.default_rng(0).random(len(y))
    Weighted.seen.clear()
    with sklearn.config_context(enable_metadata_routing=True):
        selector = mifs.StabilitySelector(Weighted().set_fit_request(sample_weight=True), 2)
        selector.fit(X, y, sample_weight=weight)
        whole, one, other = Weighted.seen
        np.testing.assert_array_equal(whole, weight)
        np.testing.assert_array_equal(np.sort([*one, *other]), np.sort(weight))
        outer = mifs.MutualInfoSelectorCV(
            LogisticRegression().set_fit_request(sample_weight=False),
            selector=selector,
            scoring=mifs.cross_entropy_scorer.set_score_request(sample_weight=False),
            cv=2,
        )
        outer.fit(X, y, sample_weight=weight)
        with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
            mifs.StabilitySelector(Weighted(), 2).fit(X, y, sample_weight=weight)
    assert None not in [type(seen) for seen in Weighted.seen]


def test_weights_without_routing_are_refused_with_the_way_to_turn_it_on(signal):
    with pytest.raises(ValueError, match=r"fit got 'sample_weight'.*enable_metadata_routing=True"):
        mifs.StabilitySelector().fit(*signal, sample_weight=np.ones(len(signal[1])))


def test_a_selector_without_a_target_needs_none():
    X = np.random.default_rng(0).normal(size=(30, 3)) * [1, 0.01, 2]
    selector = mifs.StabilitySelector(VarianceThreshold(0.1), 4).fit(X)
    np.testing.assert_array_equal(selector.get_support(), [True, False, True])
    assert not selector.stratified_


@pytest.mark.parametrize(
    ("y", "stratify", "stratified"),
    [
        (np.arange(40) % 3, "auto", True),
        (np.array(["a", "b"] * 20), "auto", True),
        (np.arange(40) / 7, "auto", False),
        (np.arange(40) % 3, False, False),
        (np.arange(40) // 2, True, True),
    ],
)
def test_classes_are_halved_and_numbers_are_not(y, stratify, stratified):
    X = np.random.default_rng(0).normal(size=(40, 2))
    selector = mifs.StabilitySelector(
        SelectKBest(lambda X, y: X.mean(axis=0), k=1), 2, stratify=stratify
    )
    assert selector.fit(X, y).stratified_ == stratified


def test_a_rare_class_never_vanishes():
    """Two rows of three hundred: a plain half has both or none of them half of the time."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), np.r_[0, 0, np.ones(298, dtype=int)]
    mifs.StabilitySelector(mifs.MutualInfoSelector(n_features_to_select=1), 20).fit(X, y)
    plain = mifs.StabilitySelector(
        mifs.MutualInfoSelector(n_features_to_select=1), 20, stratify=False
    )
    with pytest.raises(ValueError, match="single class"):
        plain.fit(X, y)


FREQUENCIES = [1.0, 0.9, 0.5, 0.1, 0.0]


@pytest.mark.parametrize(
    ("options", "selected"),
    [
        ({"threshold": 0.9}, [0, 1]),
        ({"threshold": 0.0}, [0, 1, 2, 3, 4]),
        ({"threshold": "mean"}, [0, 1, 2]),
        ({"threshold": "median"}, [0, 1, 2]),
        ({"threshold": "1.9*mean"}, [0]),
        ({"threshold": " 0.2 * median "}, [0, 1, 2, 3]),
        ({"threshold": 0.0, "max_features": 2}, [0, 1]),
        ({"threshold": 0.9, "max_features": 1}, [0]),
        ({"threshold": 0.9, "min_features_to_select": 3}, [0, 1, 2]),
        ({"threshold": "3*mean", "min_features_to_select": 0}, []),
        ({"threshold": "3*mean"}, [0]),
    ],
)
def test_thresholds_and_limits(options, selected):
    """A selector that draws its columns: frequencies of 1, 0.9, 0.5, 0.1 and 0."""
    fitted = mifs.StabilitySelector(_Counting(), 20, **options)
    _Counting.calls = 0
    fitted.fit(np.zeros((40, 5)))
    np.testing.assert_array_equal(fitted.frequencies_, FREQUENCIES)
    np.testing.assert_array_equal(fitted.selected_, selected)
    assert fitted.n_features_ == len(selected)


class _Counting(VarianceThreshold):
    """Keep each column in a share of the calls, after the first one to all rows."""

    calls = 0

    def fit(self, X, y=None):
        call = _Counting.calls - 1
        _Counting.calls += 1
        self.n_features_in_ = 5
        self.mask_ = np.array([call < round(20 * share) for share in FREQUENCIES])
        return self

    def _get_support_mask(self):
        return self.mask_


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "^2 columns selected by at least 75 % of the halves"),
        ({"threshold": "mean"}, "^No promise: the threshold was read"),
        ({"threshold": 0.5}, "^No promise: it takes a threshold above one half"),
        ({"max_features": 1}, "^1 column selected"),
    ],
)
def test_the_promise_says_what_holds(options, words, signal):
    selector = mifs.StabilitySelector(TOP2, 20, **options).fit(*signal)
    assert re.search(words, selector.promise_)
    assert (selector.error_bound_ is None) == isinstance(options.get("threshold"), str)


def test_no_promise_is_made_where_no_column_reaches_the_threshold():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 12)), np.arange(60) % 2
    selector = mifs.StabilitySelector(mifs.MutualInfoSelector("mim", 1), 20, threshold=1.0).fit(
        X, y
    )
    assert selector.promise_ == "No promise: no column is selected by 100 % of the halves."
    assert selector.n_features_ == 1  # so that a pipeline goes on


@pytest.mark.slow
def test_fewer_noise_columns_are_kept_than_the_bound_allows():
    """Nothing but noise, 100 times: all columns are rare on average, and the bound is for all.

    The mean count lies below the worst case by more than 3 of its standard errors.
    """
    rng = np.random.default_rng(0)
    kept, bounds = [], []
    for _ in range(100):
        X, y = rng.normal(size=(60, 20)), np.arange(60) % 2
        selector = mifs.StabilitySelector(
            SelectKBest(k=4), 20, threshold=0.75, min_features_to_select=0
        ).fit(X, y)
        kept.append(selector.n_features_)
        bounds.append(selector.error_bound_)
    bound = bounds[0]
    assert bound.worst_case == pytest.approx(4 * 0.2 / 0.5)
    assert np.mean(kept) > 0  # else it would prove nothing
    assert np.mean(kept) + 3 * np.std(kept) / np.sqrt(100) < bound.worst_case


def test_the_frequency_frame_lists_every_column(cancer):
    frame = mifs.StabilitySelector(TOP2, 4).fit(*cancer).frequency_frame()
    assert list(frame.columns) == [
        "rank", "feature", "selected", "frequency", "median rank", "rank from", "rank to",
        "on all rows",
    ]  # fmt: skip
    assert list(frame["rank"]) == list(range(1, 31))
    assert set(frame["feature"]) == set(cancer[0].columns)
    assert frame["on all rows"].sum() == 2
    unnamed = mifs.StabilitySelector(TOP2, 2).fit(cancer[0].to_numpy(), cancer[1])
    assert set(unnamed.frequency_frame()["feature"]) == {f"x{i}" for i in range(30)}


def test_parameters_of_the_inner_selector_can_be_searched(signal):
    model = make_pipeline(mifs.StabilitySelector(TOP2, 4), LogisticRegression())
    grid = {"stabilityselector__selector__n_features_to_select": [1, 2]}
    search = GridSearchCV(model, grid, cv=2).fit(*signal)
    assert search.best_params_ == {"stabilityselector__selector__n_features_to_select": 2}


def test_the_default_selector_is_the_mutual_info_selector(signal):
    selector = mifs.StabilitySelector(n_resamples=2).fit(*signal)
    assert isinstance(selector.selector_, mifs.MutualInfoSelector)
    assert selector.selector is None


X4, Y4 = np.arange(40.0).reshape(20, 2) % 7, np.arange(20) % 2


@pytest.mark.parametrize(
    ("options", "X", "y", "error", "message"),
    [
        ({"n_resamples": 5}, X4, Y4, ValueError, "n_resamples=5 is odd.*Pass 6"),
        ({"n_resamples": 0}, X4, Y4, ValueError, "n_resamples"),
        ({"threshold": "mode"}, X4, Y4, ValueError, "threshold='mode' is not understood"),
        ({"threshold": "x*mean"}, X4, Y4, ValueError, r"threshold='x\*mean'"),
        ({"threshold": 1.5}, X4, Y4, ValueError, "threshold"),
        ({"max_features": 1, "min_features_to_select": 2}, X4, Y4, ValueError, "max_features=1"),
        ({"stratify": "yes"}, X4, Y4, ValueError, "stratify"),
        ({"selector": LogisticRegression()}, X4, Y4, ValueError, "get_support"),
        ({"selector": mifs.MutualInfoSelector(alpha=2)}, X4, Y4, ValueError, "'alpha' parameter"),
        ({}, X4[:3], Y4[:3], ValueError, "3 sample.*minimum of 4 is required"),
        ({}, pd.DataFrame(X4[:3]), Y4[:3], ValueError, "3 sample.*minimum of 4 is required"),
        ({}, X4, Y4[:7], ValueError, "inconsistent numbers of samples"),
        ({}, X4, None, ValueError, "requires y to be passed"),
        ({}, pd.DataFrame({"a": X4[:, 0]}), None, ValueError, "requires y to be passed"),
        ({}, np.where(X4 == 3, np.inf, X4), Y4, ValueError, r"infinity in column 0 \(3 of 20 rows"),
        ({}, X4, Y4 * 0, ValueError, "single class"),
        ({}, [["a", 1.0], [2, 1.0]] * 4, [0, 1] * 4, TypeError, "mixes strings"),
        ({}, pd.DataFrame(X4, columns=["a", "a"]), Y4, ValueError, "more than once: 'a'"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(options, X, y, error, message):
    """By its value, and of the whole table rather than of a half."""
    selector = mifs.StabilitySelector(**{"n_resamples": 2} | options)
    with pytest.raises(error, match=message):
        selector.fit(X, y)


def test_an_unfitted_selector_says_so():
    with pytest.raises(NotFittedError):
        mifs.StabilitySelector().transform(X4)
    with pytest.raises(NotFittedError):
        mifs.StabilitySelector().frequency_frame()
