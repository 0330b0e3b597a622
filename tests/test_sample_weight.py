"""`sample_weight` at every door: weight k is k copies of a row, weight 0 is no row."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

import mifs


def _data(seed, n=80):
    """Numbers, few whole numbers, and a class that depends on the first of each."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=(n, 3)), rng.integers(0, 4, (n, 2))])
    return X, (X[:, 0] + X[:, 3] + rng.normal(size=n) > 1.5).astype(int)


OF_WEIGHTS = (
    r" Tests take sample_weight for counts, and \d+ rows for \d+: other .*? independent rows\."
)


def _assert_same_fit(one, other):
    """All that a fit finds out."""
    for name in ("selected_", "scores_", "relevance_", "ranking_", "discrete_features_"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert one.discrete_target_ == other.discrete_target_
    assert re.sub(OF_WEIGHTS, "", one.promise_) == other.promise_
    if one.gate_ is not None:
        for name in ("pvalue_alone", "pvalue_given", "given", "method_alone", "method_given"):
            np.testing.assert_array_equal(getattr(one.gate_, name), getattr(other.gate_, name))


@given(
    st.lists(st.integers(0, 3), min_size=80, max_size=80),
    st.sampled_from([("cmim", "auto"), ("jmi", 3), ("mrmr", "all"), ("disr", 4)]),
)
def test_a_selector_sees_copies_in_whole_weights(weights, parameters):
    """Scores, selection and p-values, bit for bit."""
    X, y = _data(0)
    selector = mifs.MutualInfoSelector(*parameters)
    if len(set(y.repeat(weights))) < 2:
        return
    weighted = sklearn.clone(selector).fit(X, y, sample_weight=weights)
    _assert_same_fit(weighted, selector.fit(X.repeat(weights, axis=0), y.repeat(weights)))


@pytest.mark.parametrize("draw", ["whole", "fractions"])
def test_a_selector_does_not_see_rows_of_weight_zero_nor_their_order(draw):
    """Values that occur there alone are no levels, and no bin reaches out to them."""
    rng = np.random.default_rng(1)
    X, y = _data(1, 300)
    weights = rng.integers(1, 4, 300) if draw == "whole" else rng.random(300)
    weights[::5] = 0
    X[::5] = 1e6 + np.arange(60)[:, None]
    y[::5] = 7
    selector = mifs.MutualInfoSelector("jmi", 3, mi_estimator=mifs.BinnedMI(strategy="uniform"))
    kept = weights > 0
    removed = sklearn.clone(selector).fit(X[kept], y[kept], weights[kept])
    _assert_same_fit(sklearn.clone(selector).fit(X, y, weights), removed)
    rows = rng.permutation(300)
    _assert_same_fit(selector.fit(X[rows], y[rows], weights[rows]), removed)


def test_the_number_of_bins_goes_by_the_sum_of_the_weights():
    """500 rows that count twice are 1000: ten bins, not five."""
    X, _ = _data(2, 500)
    twice = mifs.Discretizer().fit(X[:, :1], sample_weight=np.full(500, 2))
    assert twice.n_levels_.tolist() == [10]
    assert mifs.Discretizer().fit(X[:, :1]).n_levels_.tolist() == [5]


def test_whole_numbers_are_classes_by_the_sum_of_the_weights():
    """Forty values that occur ten times each on average, as the weights count them."""
    y = np.tile(np.arange(40), 5)
    X = y[:, None].astype(float)
    selector = mifs.MutualInfoSelector(n_features_to_select=1)
    assert not selector.fit(X, y).discrete_target_
    assert selector.fit(X, y, np.full(200, 2)).discrete_target_


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_a_discretizer_sees_copies(strategy):
    X, _ = _data(3)
    weights = np.random.default_rng(3).integers(0, 4, 80)
    weighted = mifs.Discretizer(strategy, 4).fit(X, sample_weight=weights)
    repeated = mifs.Discretizer(strategy, 4).fit(X.repeat(weights, axis=0))
    for one, other in zip(weighted.cut_points_, repeated.cut_points_, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
@pytest.mark.parametrize("is_framed", [False, True])
def test_columns_of_bins_that_are_coded_together_see_copies(dtype, is_framed):
    """Numbers of an array or a dataframe, and those of which some are missing, which go apart."""
    rng = np.random.default_rng(14)
    X = np.round(100 * rng.normal(size=(700, 20))).astype(dtype)
    if dtype != np.int64:
        X[:, 10:] /= 7
        X[rng.random((700, 20)) < [[0, 0.2] * 10]] = np.nan
    y, weights = rng.integers(0, 3, 700), rng.integers(1, 5, 700)
    table = pd.DataFrame if is_framed else np.asarray
    estimator = mifs.BinnedMI(10)
    selector = mifs.MutualInfoSelector("jmi", 4, mi_estimator=estimator, discrete_features=False)
    weighted = sklearn.clone(selector).fit(table(X), y, weights)
    copies = selector.fit(table(X.repeat(weights, axis=0)), y.repeat(weights))
    _assert_same_fit(weighted, copies)


X3, Y3 = _data(4)
FUNCTIONS = {
    "classif": lambda X, y, w: mifs.mutual_info_classif(X, y, sample_weight=w),
    "regression": lambda X, y, w: mifs.mutual_info_regression(X[:, 1:], X[:, 0], sample_weight=w),
    "test": lambda X, y, w: np.stack(mifs.mutual_info_test(X, y, sample_weight=w)),
    "independence": lambda X, y, w: mifs.independence_of(X, y, sample_weight=w).pvalue,
    "pairs": lambda X, y, w: mifs.pair_information(X, y, sample_weight=w).pvalue,
    "mutual_info": lambda X, y, w: mifs.mutual_info(X[:, 0], X[:, 1], sample_weight=w),
    "joint": lambda X, y, w: mifs.mutual_info(X[:, [0, 3]], y, sample_weight=w),
    "conditional": lambda X, y, w: mifs.conditional_mutual_info(
        X[:, 0], y, X[:, 3], sample_weight=w
    ),
    "entropy": lambda X, y, w: mifs.entropy_of(X[:, 3:], sample_weight=w),
    "miller_madow": lambda X, y, w: mifs.entropy_of(y, correction="miller_madow", sample_weight=w),
}
NEED_WHOLE = {"test", "independence", "pairs"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_sees_copies_in_whole_weights(name):
    """Bit for bit, and nothing is changed in place."""
    weights = np.random.default_rng(5).integers(0, 4, 80)
    X, y, w = X3.copy(), Y3.copy(), weights.copy()
    found = FUNCTIONS[name](X, y, w)
    np.testing.assert_array_equal(
        found, FUNCTIONS[name](X3.repeat(weights, axis=0), Y3.repeat(weights), None)
    )
    for now, before in ((X, X3), (y, Y3), (w, weights)):
        np.testing.assert_array_equal(now, before)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_fractions_or_says_why_not(name):
    weights = np.random.default_rng(6).random(80)
    if name in NEED_WHOLE:
        with pytest.raises(ValueError, match="give whole-number weights"):
            FUNCTIONS[name](X3, Y3, weights)
        return
    found = FUNCTIONS[name](X3, Y3, weights)
    rows = np.random.default_rng(7).permutation(80)
    np.testing.assert_array_equal(found, FUNCTIONS[name](X3[rows], Y3[rows], weights[rows]))


def test_a_weighted_coin_has_its_entropy():
    """Three to one: 2 - 3/4 log2 3 bits, whatever the weights sum to."""
    for scale in (1, 10, 2.5):
        found = mifs.entropy_of(["heads", "tails"], sample_weight=[3 * scale, scale], base=2)
        assert found == pytest.approx(2 - 0.75 * np.log2(3), abs=1e-15)


BAD = [
    (np.r_[-1.0, np.ones(79)], r"sample_weight is -1 in row 0, below 0.*give 0 to leave it out"),
    (np.r_[np.ones(79), np.nan], "sample_weight is nan in row 79, no finite.*give 0 to leave it"),
    (np.r_[1, np.inf, -np.inf, np.ones(77)], "sample_weight is inf in row 1, no finite number"),
    (np.nan, "sample_weight is nan in row 0, no finite number"),
    ([1, 2, None, *[1] * 77], "sample_weight is None in row 2, no finite number"),
    ([1, "two", *[1] * 78], "sample_weight is 'two' in row 1, no finite number"),
    (np.full(80, "1"), "sample_weight is '1' in row 0, no finite number"),
    (pd.Series([1, pd.NA] * 40, dtype="Int64"), "sample_weight is (nan|<NA>) in row 1, no finite"),
    (pd.Series(["a", "b"] * 40, dtype="category"), "sample_weight is 'a' in row 0, no finite"),
    (pl.Series([1, None] * 40), "sample_weight is nan in row 1, no finite number"),
    (np.arange(80).astype("M8[D]"), "sample_weight is 1970-01-01 in row 0, no finite number"),
    (np.arange(80).astype("m8[ns]"), "sample_weight is 0 nanoseconds in row 0, no finite number"),
    (np.zeros(80), "zero"),
    (np.ones(79), r"sample_weight.shape == \(79,\), expected \(80,\)"),
    (np.ones((80, 2)), "Sample weights must be 1D array or scalar"),
    (np.full(80, 0.01), "sums to 0.8.*to the number of independent rows.*Fractions need a number"),
]


@pytest.mark.parametrize(("weights", "message"), BAD)
def test_weights_that_are_none_are_refused_at_every_door(weights, message):
    doors = [
        mifs.MutualInfoSelector().fit,
        lambda X, y, w: mifs.Discretizer().fit(X, y, w),
        *(function for name, function in FUNCTIONS.items()),
    ]
    for door in doors:
        with pytest.raises(ValueError, match=message):
            door(X3, Y3, weights)


@pytest.mark.parametrize("weights", ["balanced", {0: 1, 1: 2}], ids=["a word", "classes"])
def test_weights_of_classes_are_refused_with_what_makes_them_weights_of_rows(weights):
    forecast = np.full((80, 2), 0.5)
    doors = [
        mifs.MutualInfoSelector().fit,
        lambda X, y, w: mifs.Discretizer().fit(X, y, w),
        lambda X, y, w: mifs.information_gain_score(y > 0, forecast, sample_weight=w),
        *(function for name, function in FUNCTIONS.items()),
    ]
    for door in doors:
        with pytest.raises(TypeError, match=r"sample_weight must be one.*compute_sample_weight\("):
            door(X3, Y3, weights)


def test_auto_refuses_fractions_and_names_both_ways_out():
    weights = np.tile([0.5, 1.5], 40)
    pattern = r"such as 0\.5\. Pass a number in n_features_to_select, or give whole-number weights"
    with pytest.raises(ValueError, match=pattern):
        mifs.MutualInfoSelector().fit(X3, Y3, weights)
    assert mifs.MutualInfoSelector(n_features_to_select=2).fit(X3, Y3, weights).n_features_ == 2
    doubled = (2 * weights).astype(int)
    copies = mifs.MutualInfoSelector().fit(X3.repeat(doubled, axis=0), Y3.repeat(doubled))
    _assert_same_fit(mifs.MutualInfoSelector().fit(X3, Y3, 2 * weights), copies)


@pytest.mark.parametrize(
    ("mi_estimator", "name"), [("knn", "NearestNeighborsMI"), ("gaussian", "GaussianCopulaMI")]
)
def test_estimators_without_counts_refuse_weights_but_zero_and_one(mi_estimator, name):
    """Copies would look like information; a row left out is a row left out."""
    X, y = X3[:, :2], X3[:, 2]
    selector = mifs.MutualInfoSelector(n_features_to_select=1, mi_estimator=mi_estimator)
    pattern = f'{name} takes no sample_weight but 0 and 1.*mi_estimator="binned"'
    weights = np.arange(80) % 3
    for door in (
        lambda w: selector.fit(X, y, w),
        lambda w: mifs.mutual_info_regression(X, y, mi_estimator=mi_estimator, sample_weight=w),
        lambda w: mifs.mutual_info(X[:, 0], y, mi_estimator=mi_estimator, sample_weight=w),
    ):
        with pytest.raises(ValueError, match=pattern):
            door(weights)
    kept = weights > 0
    masked = mifs.mutual_info(X[:, 0], y, mi_estimator=mi_estimator, sample_weight=kept)
    assert masked == mifs.mutual_info(X[kept, 0], y[kept], mi_estimator=mi_estimator)


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_a_dataframe_is_weighted_as_its_copies(library):
    """Labels that occur in rows of weight 0 alone are no levels."""
    rng = np.random.default_rng(8)
    weights = rng.integers(0, 3, 80)
    label = np.where(weights == 0, "never", np.where(X3[:, 3] > 1, "high", "low"))
    columns = {"label": label, "number": X3[:, 0], "noise": X3[:, 1]}
    repeated = {name: values.repeat(weights) for name, values in columns.items()}
    weighted = mifs.MutualInfoSelector("jmi", 2).fit(library.DataFrame(columns), Y3, weights)
    copies = mifs.MutualInfoSelector("jmi", 2)
    copies.fit(library.DataFrame(repeated), Y3.repeat(weights))
    _assert_same_fit(weighted, copies)
    np.testing.assert_array_equal(
        mifs.mutual_info_classif(library.DataFrame(columns), Y3, sample_weight=weights),
        mifs.mutual_info_classif(library.DataFrame(repeated), Y3.repeat(weights)),
    )


@pytest.mark.parametrize("n_features_to_select", ["auto", 3])
def test_missing_values_are_weighted_as_their_copies(n_features_to_select):
    """They are a level of labels, and an atom beside bins of the rows that are present."""
    rng = np.random.default_rng(12)
    X = np.where(rng.random(X3.shape) < 0.3, np.nan, X3)
    weights = rng.integers(0, 4, 80)
    X[weights == 0] = np.nan
    weighted = mifs.MutualInfoSelector("jmi", n_features_to_select).fit(X, Y3, weights)
    copies = mifs.MutualInfoSelector("jmi", n_features_to_select)
    _assert_same_fit(weighted, copies.fit(X.repeat(weights, axis=0), Y3.repeat(weights)))
    found = mifs.mutual_info(X[:, 0], Y3, sample_weight=weights)
    assert found == mifs.mutual_info(X[:, 0].repeat(weights), Y3.repeat(weights))


def _pipeline():
    selector = mifs.MutualInfoSelector(n_features_to_select=2)
    return Pipeline([("sel", selector), ("model", LogisticRegression())])


def test_a_pipeline_passes_weights_by_the_name_of_the_step():
    """Routing off."""
    weights = np.random.default_rng(9).integers(1, 4, 80)
    fitted = _pipeline().fit(X3, Y3, sel__sample_weight=weights)["sel"]
    _assert_same_fit(fitted, mifs.MutualInfoSelector("cmim", 2).fit(X3, Y3, weights))


@pytest.mark.parametrize("is_routed", [False, True])
def test_a_grid_search_slices_the_weights_of_every_fold(is_routed):
    """Weights of the wrong rows, or of all of them, would raise or rank the columns otherwise."""
    weights = np.random.default_rng(10).integers(1, 4, 80).astype(float)
    grid = {"sel__n_features_to_select": [1, 2]}
    scorer = mifs.CrossEntropyScorer()
    with sklearn.config_context(enable_metadata_routing=is_routed):
        pipeline = _pipeline()
        if is_routed:
            scorer = scorer.set_score_request(sample_weight=True)
            pipeline["sel"].set_fit_request(sample_weight=True)
            pipeline["model"].set_fit_request(sample_weight=True)
        search = GridSearchCV(pipeline, grid, cv=3, scoring=scorer)
        name = "sample_weight" if is_routed else "sel__sample_weight"
        search.fit(X3, Y3, **{name: weights})
    best = search.best_params_["sel__n_features_to_select"]
    expected = mifs.MutualInfoSelector("cmim", best).fit(X3, Y3, weights)
    _assert_same_fit(search.best_estimator_["sel"], expected)


def test_routed_weights_have_to_be_asked_for():
    """An explicit request, as of every estimator of scikit-learn."""
    with sklearn.config_context(enable_metadata_routing=True):
        pipeline = _pipeline()
        pipeline["model"].set_fit_request(sample_weight=False)
        with pytest.raises(sklearn.exceptions.UnsetMetadataPassedError, match="sample_weight"):
            pipeline.fit(X3, Y3, sample_weight=np.ones(80))


def test_scorers_and_losses_weight_rows_as_copies():
    """They have taken weights all along."""
    weights = np.random.default_rng(11).integers(1, 4, 80)
    model = LogisticRegression().fit(X3, Y3)
    proba = model.predict_proba(X3)
    found = mifs.cross_entropy_loss(Y3, proba, sample_weight=weights)
    copies = mifs.cross_entropy_loss(Y3.repeat(weights), proba.repeat(weights, axis=0))
    assert found == pytest.approx(copies, rel=1e-14)  # a mean in another order of sums
    scored = mifs.cross_entropy_scorer(model, X3, Y3, sample_weight=weights)
    assert scored == pytest.approx(-copies, rel=1e-14)


def test_the_selector_by_cross_validation_routes_weights_to_its_folds():
    """Requested weights reach the selector, in the folds and of all rows."""
    weights = np.random.default_rng(13).integers(1, 4, 80).astype(float)
    with sklearn.config_context(enable_metadata_routing=True):
        inner = mifs.MutualInfoSelector(n_features_to_select="all")
        inner.set_fit_request(sample_weight=True)
        model = LogisticRegression().set_fit_request(sample_weight=True)
        scorer = mifs.CrossEntropyScorer().set_score_request(sample_weight=True)
        search = mifs.MutualInfoSelectorCV(model, selector=inner, scoring=scorer, cv=3)
        search.fit(X3, Y3, sample_weight=weights)
    expected = mifs.MutualInfoSelector(n_features_to_select="all").fit(X3, Y3, weights)
    np.testing.assert_array_equal(search.selector_.relevance_, expected.relevance_)
