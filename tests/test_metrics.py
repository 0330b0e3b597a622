"""Losses against closed forms and scikit-learn; scorers against scikit-learn's own."""

import copy
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import rel_entr
from scipy.stats import entropy
from sklearn import __version__ as sklearn_version
from sklearn import config_context
from sklearn.base import BaseEstimator, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import make_multilabel_classification
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import d2_log_loss_score, get_scorer, log_loss
from sklearn.model_selection import (
    GridSearchCV,
    LeaveOneOut,
    StratifiedKFold,
    cross_val_score,
    cross_validate,
)
from sklearn.multioutput import ClassifierChain
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.fixes import parse_version

from mifs.metrics import (
    CrossEntropyScorer,
    InformationGainScorer,
    cross_entropy_loss,
    cross_entropy_scorer,
    information_gain_score,
    information_gain_scorer,
)

FUNCTIONS = [cross_entropy_loss, information_gain_score]
SCORERS = [cross_entropy_scorer, information_gain_scorer]
CLIPPED = -np.log(np.finfo(np.float64).eps)  # 36.04 nats

# The identities are sums of at most 60 terms of at most 37 nats in double precision, whose
# rounding is below 60 * 37 * 2.2e-16 = 5e-13.
EXACT = {"rtol": 0, "atol": 1e-12}
# Until then scorers of scikit-learn left weights out that nobody had asked them to take.
SILENT_SCORERS = parse_version(sklearn_version) < parse_version("1.9")


@st.composite
def forecasts(draw):
    """Labels of two to five classes, all present, with probabilities and weights."""
    n_labels = draw(st.integers(2, 5))
    names = draw(st.sampled_from(["int", "str", "bool"])) if n_labels == 2 else "str"
    labels = {"int": [-3, 7], "str": list("abcde")[:n_labels], "bool": [False, True]}[names]
    extra = draw(st.lists(st.integers(0, n_labels - 1), min_size=1, max_size=30))
    codes = [*range(n_labels), *extra]
    shape = (len(codes), n_labels)
    table = draw(arrays(float, shape, elements=st.floats(1e-6, 1.0)))
    weight = draw(arrays(float, len(codes), elements=st.floats(0.01, 10.0)))
    truth = [labels[code] for code in codes]
    return labels, truth, table / table.sum(axis=1, keepdims=True), weight


# ---------------------------------------------------------------- the functions: values


@pytest.mark.parametrize(("base", "loss"), [(None, 0.223144), (2, 0.321928), (10, 0.096910)])
def test_a_true_class_that_was_given_four_fifths_costs_minus_log_of_it(base, loss):
    found = cross_entropy_loss([0, 1], [[0.8, 0.2], [0.2, 0.8]], base=base)
    assert found == pytest.approx(loss, abs=5e-7)  # half a unit of the last digit printed


@given(forecasts())
def test_loss_agrees_with_scikit_learn(forecast):
    labels, truth, table, weight = forecast
    for w in (None, weight):
        expected = log_loss(truth, table, sample_weight=w)
        np.testing.assert_allclose(
            cross_entropy_loss(truth, table, sample_weight=w), expected, **EXACT
        )
        np.testing.assert_allclose(
            cross_entropy_loss(truth, table, labels=labels, sample_weight=w), expected, **EXACT
        )


@given(forecasts())
def test_gain_is_the_entropy_of_the_labels_minus_the_loss(forecast):
    _, truth, table, weight = forecast
    counts = pd.Series(weight).groupby(truth).sum()
    gain = information_gain_score(truth, table, sample_weight=weight)
    loss = cross_entropy_loss(truth, table, sample_weight=weight)
    np.testing.assert_allclose(gain, entropy(counts) - loss, **EXACT)


@given(forecasts())
def test_gain_is_the_score_of_scikit_learn_times_the_entropy(forecast):
    _, truth, table, weight = forecast
    counts = pd.Series(weight).groupby(truth).sum()
    d2 = d2_log_loss_score(truth, table, sample_weight=weight)
    gain = information_gain_score(truth, table, sample_weight=weight)
    # d2 is a ratio: its rounding grows with loss / entropy, up to 14 nats / 0.01 nats
    np.testing.assert_allclose(gain, d2 * entropy(counts), rtol=1e-12, atol=1e-12)


@given(forecasts())
def test_the_forecast_of_the_prevalence_gains_nothing(forecast):
    labels, truth, _, weight = forecast
    counts = pd.Series(weight).groupby(truth).sum().reindex(labels)
    table = np.tile(counts / counts.sum(), (len(truth), 1))
    gain = information_gain_score(truth, table, labels=labels, sample_weight=weight)
    np.testing.assert_allclose(gain, 0.0, **EXACT)


@given(forecasts())
@pytest.mark.parametrize("function", FUNCTIONS)
def test_bits_are_nats_over_log_two(function, forecast):
    _, truth, table, _ = forecast
    nats, bits = function(truth, table), function(truth, table, base=2)
    assert bits == pytest.approx(nats / np.log(2), rel=1e-15)


@given(
    arrays(float, (3, 4), elements=st.floats(1e-3, 1.0)),
    arrays(float, (3, 4), elements=st.floats(1e-3, 1.0)),
)
def test_gain_never_exceeds_the_information_of_the_population(joint, forecast):
    """H(Y) - CE = I(X; Y) - E KL(p || q), with every pair (x, y) a row of weight p(x, y)."""
    joint = joint / joint.sum()
    forecast = forecast / forecast.sum(axis=1, keepdims=True)
    posterior = joint / joint.sum(axis=1, keepdims=True)
    product = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    information = rel_entr(joint, product).sum()
    x, y = np.divmod(np.arange(12), 4)
    gain = information_gain_score(y, forecast[x], sample_weight=joint.ravel())
    best = information_gain_score(y, posterior[x], sample_weight=joint.ravel())
    divergence = joint.sum(axis=1) @ rel_entr(posterior, forecast).sum(axis=1)
    np.testing.assert_allclose(best, information, **EXACT)
    np.testing.assert_allclose(gain, information - divergence, **EXACT)
    assert gain <= information + 1e-12


@pytest.mark.parametrize("function", FUNCTIONS)
def test_integer_weights_are_repeated_rows(function):
    truth, table = ["a", "b", "b"], np.array([[0.7, 0.3], [0.4, 0.6], [0.1, 0.9]])
    weight = [3, 1, 2]
    weighted = function(truth, table, sample_weight=weight)
    repeated = function(np.repeat(truth, weight), np.repeat(table, weight, axis=0))
    assert weighted == pytest.approx(repeated, abs=1e-15)


def test_a_perfect_forecast_costs_zero_without_a_sign():
    assert str(cross_entropy_loss([0, 1], np.eye(2))) == "0.0"


# ---------------------------------------------------------------- the functions: labels


@given(forecasts(), st.randoms())
def test_labels_name_the_columns_in_their_order(forecast, random):
    """Where scikit-learn sorts them and warns."""
    labels, truth, table, _ = forecast
    order = random.sample(range(len(labels)), len(labels))
    found = cross_entropy_loss(truth, table[:, order], labels=[labels[i] for i in order])
    assert found == cross_entropy_loss(truth, table, labels=labels)


def test_one_dimension_is_the_probability_of_the_second_label():
    p = np.array([0.9, 0.2, 0.7])
    assert cross_entropy_loss([True, False, True], p) == pytest.approx(
        -np.log([0.9, 0.8, 0.7]).mean(), abs=1e-15
    )
    swapped = cross_entropy_loss(["spam", "ham", "spam"], p, labels=["spam", "ham"])
    assert swapped == pytest.approx(-np.log([0.1, 0.2, 0.3]).mean(), abs=1e-15)


@pytest.mark.parametrize(
    "y",
    [
        [0, 1, 1],
        np.array([0.0, 1.0, 1.0]),
        np.array([[0], [1], [1]]),
        [False, True, True],
        ["no", "yes", "yes"],
        np.array(["no", "yes", "yes"], dtype=object),
        pd.Series([0, 1, 1], dtype="Int64", index=[5, 6, 7]),
        pd.Series(["no", "yes", "yes"], dtype="category"),
        pd.Series(["no", "yes", "yes"], dtype="string"),
        pd.Series([("no", 0), ("yes", 1), ("yes", 1)]),
    ],
)
def test_labels_are_of_any_type(y):
    p = pd.DataFrame({"first": [0.9, 0.2, 0.4], "second": [0.1, 0.8, 0.6]})
    assert cross_entropy_loss(y, p) == pytest.approx(-np.log([0.9, 0.8, 0.6]).mean(), abs=1e-15)


def test_a_class_that_no_row_has_does_no_harm():
    table = [[0.5, 0.2, 0.3], [0.1, 0.1, 0.8]]
    loss = cross_entropy_loss(["a", "c"], table, labels=["a", "b", "c"])
    assert loss == pytest.approx(log_loss(["a", "c"], table, labels=["a", "b", "c"]), abs=1e-15)


def test_rows_of_one_class_can_gain_nothing():
    """Where d2_log_loss_score is -1e15, and nan for one row."""
    gain = information_gain_score(["a", "a"], [[0.8, 0.2], [0.5, 0.5]], labels=["a", "b"])
    assert gain == pytest.approx(np.log([0.8, 0.5]).mean(), abs=1e-15)
    assert information_gain_score(["a"], [[1.0, 0.0]], labels=["a", "b"]) == 0.0
    assert cross_entropy_loss(["a"], [[1.0]]) == 0.0


# ---------------------------------------------------------- the functions: zero and dtype


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_an_impossible_row_costs_infinity_or_36_nats_in_every_dtype(dtype):
    """Where scikit-learn's 36.04 falls to 15.94 and 6.93 with the dtype."""
    table = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], dtype=dtype)
    truth = [0, 1, 1, 1]
    assert cross_entropy_loss(truth, table) == np.inf
    assert information_gain_score(truth, table) == -np.inf
    clipped = cross_entropy_loss(truth, table, zero="clip")
    assert clipped == pytest.approx(CLIPPED / 4, abs=1e-14)


def test_clipping_agrees_with_scikit_learn():
    table = np.array([[1.0, 0.0], [0.0, 1.0], [0.3, 0.7]])
    loss = cross_entropy_loss([0, 0, 1], table, zero="clip")
    np.testing.assert_allclose(loss, log_loss([0, 0, 1], table), **EXACT)


def test_an_impossible_row_of_weight_zero_costs_nothing():
    loss = cross_entropy_loss([0, 1, 1], [[0.5, 0.5], [0.5, 0.5], [1, 0]], sample_weight=[1, 1, 0])
    assert loss == pytest.approx(np.log(2), abs=1e-15)


@pytest.mark.parametrize(("dtype", "n_labels"), [("f2", 2), ("f4", 2), ("f4", 1000), ("f8", 1000)])
def test_the_rounding_of_a_softmax_is_no_error(dtype, n_labels):
    scores = np.random.default_rng(0).normal(size=(200, n_labels)).astype(dtype)
    table = np.exp(scores)
    table /= np.cumsum(table, axis=1)[:, -1:]  # the plain sum, least exact
    truth = np.arange(200) % n_labels
    loss = cross_entropy_loss(truth, table, labels=np.arange(n_labels))
    assert loss == pytest.approx(-np.log(table[np.arange(200), truth].astype(float)).mean())


@pytest.mark.parametrize(("dtype", "off"), [("f8", 2e-6), ("f4", 2e-6), ("f2", 0.01)])
def test_a_row_that_does_not_sum_to_one_is_named_with_its_sum(dtype, off):
    """Where scikit-learn warns and goes on: 0.2 and 0.3 cost 1.4067."""
    table = np.array([[0.5, 0.5], [0.5, 0.5 + off]], dtype=dtype)
    with pytest.raises(ValueError, match=r"Row 1 of y_proba sums to 1\.0"):
        cross_entropy_loss([0, 1], table)
    with pytest.raises(ValueError, match=r"Row 0 of y_proba sums to 0\.5, not to 1"):
        cross_entropy_loss([0, 1], [[0.2, 0.3], [0.5, 0.5]])
    cross_entropy_loss([0, 1], [[0.5, 0.5], [0.5, 0.5 + 5e-7]])


# -------------------------------------------------------------- the functions: refusals

HALF = [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("y", "proba", "options", "message"),
    [
        ([0, 1], [[0.5, 0.5], [-0.1, 1.1]], {}, r"y_proba\[1, 0\] is -0\.1"),
        ([0, 1], [[0.5, 0.5], [0.0, 1.5]], {}, r"y_proba\[1, 1\] is 1\.5"),
        ([0, 1], [[0.5, 0.5], [np.nan, 1.0]], {}, r"y_proba\[1, 0\] is nan"),
        ([0, 1], [0.5, np.inf], {}, r"y_proba\[1\] is inf"),
        ([0, 1, 1], HALF, {}, "labels have 3 rows and y_proba has 2"),
        ([0, 1], 0.5, {}, r"y_proba has shape \(\)"),
        ([0, 1], [[0.2, 0.3, 0.5]] * 2, {}, r"shape \(2, 3\) but there are 2 labels"),
        ([0, 1, 2], [0.5] * 3, {}, r"shape \(3,\) but there are 3 labels"),
        ([1, 1], [0.5] * 2, {}, r"shape \(2,\) but there are 1 labels"),
        ([0, 2], HALF, {"labels": [0, 1]}, r"y_true\[1\] is 2, which is not one of the labels"),
        (["0", "1"], HALF, {"labels": [0, 1]}, r"y_true\[0\] is '0', which is not one"),
        ([0, 1], HALF, {"labels": [0, 0]}, r"labels\[1\] repeats 0"),
        ([0, 1], HALF, {"labels": [[0, 1]]}, r"labels has shape \(1, 2\)"),
        ([0, 1], HALF, {"labels": {0, 1}}, r"labels has shape \(\)"),
        ([0.0, np.nan], HALF, {}, r"y_true\[1\] is nan"),
        (["a", None], HALF, {}, r"y_true\[1\] is None"),
        (pd.Series(["a", pd.NA], dtype="string"), HALF, {}, r"y_true\[1\] is <NA>"),
        (np.array([1, "a"], dtype=object), HALF, {}, "mixes kinds of labels"),
        ([[[0, 1]], [[1, 0]]], HALF, {}, r"y_true has shape \(2, 1, 2\)"),
        ([], np.empty((0, 2)), {}, r"y_true has shape \(0,\)"),
        ([0, 1], HALF, {"sample_weight": [1, -2]}, r"sample_weight\[1\] is -2\.0"),
        ([0, 1], HALF, {"sample_weight": [np.nan, 1]}, r"sample_weight\[0\] is nan"),
        ([0, 1], HALF, {"sample_weight": [np.inf, 1]}, r"sample_weight\[0\] is inf"),
        ([0, 1], HALF, {"sample_weight": [0, 0]}, "sample_weight is 0 in all 2 rows"),
        ([0, 1], HALF, {"sample_weight": [1, 1, 1]}, r"sample_weight has shape \(3,\)"),
        ([0, 1], HALF, {"zero": "raise"}, "zero must be .* got 'raise'"),
        ([0, 1], HALF, {"base": 1}, "base must be a number above 1"),
    ],
)
def test_what_cannot_be_scored_is_refused_and_named(function, y, proba, options, message):
    with pytest.raises(ValueError, match=message):
        function(y, proba, **options)


# ------------------------------------------------------- the scorers: folds and searches


@pytest.fixture
def table():
    """Three classes of 20 rows, in blocks: text labels and two weak columns."""
    rng = np.random.default_rng(0)
    codes = np.repeat([0, 1, 2], 20)
    X = rng.normal(size=(60, 2)) + codes[:, None]
    return X, np.array(["ant", "bee", "cat"])[codes]


def lacking(where):
    """Split the three blocks so that training rows, scored rows or both lack a class."""
    ant, bee, cat = np.split(np.arange(60), 3)
    return {
        "test": [(np.r_[ant[:10], bee, cat], ant[10:])],
        "training": [(np.r_[ant, bee[:10]], np.r_[ant[:5], bee[10:], cat])],
        "both": [(np.r_[ant, bee], cat), (np.r_[bee, cat], ant)],
    }[where]


@pytest.mark.parametrize("where", ["training", "test", "both"])
@pytest.mark.parametrize("scorer", SCORERS)
def test_a_fold_that_lacks_a_class_has_a_score(scorer, where, table):
    X, y = table
    model = GaussianNB()
    ours = cross_val_score(model, X, y, scoring=scorer, cv=lacking(where))
    with pytest.warns(UserWarning, match="Scoring failed"):
        theirs = cross_val_score(model, X, y, scoring="neg_log_loss", cv=lacking(where))
    assert np.isnan(theirs).all()
    assert np.isfinite(ours).all()


@pytest.mark.parametrize("where", ["training", "test", "both"])
@pytest.mark.parametrize("scorer", SCORERS)
def test_a_grid_search_over_such_folds_chooses(scorer, where, table):
    X, y = table
    grid = {"gaussiannb__var_smoothing": [1e-9, 1e3]}  # the second forecasts the prevalence
    model = make_pipeline(StandardScaler(), GaussianNB())
    with pytest.warns(UserWarning, match=r"Scoring failed|non-finite"):
        theirs = GridSearchCV(model, grid, scoring="neg_log_loss", cv=lacking(where)).fit(X, y)
    assert np.isnan(theirs.best_score_)
    search = GridSearchCV(model, grid, scoring=scorer, cv=lacking(where)).fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_score_ == search.cv_results_["mean_test_score"].max()
    assert search.score(X, y) == scorer(search.best_estimator_, X, y) == scorer(search, X, y)


def test_as_many_classes_but_others_are_not_scored_as_if_they_were_the_same(table):
    """Trained on ant and bee, scored on bee and cat: scikit-learn reads p(ant) as p(bee)."""
    X, y = table
    train, test = np.r_[0:30], np.r_[30:60]
    model = GaussianNB().fit(X[train], y[train])
    proba = model.predict_proba(X[test])
    theirs = get_scorer("neg_log_loss")(model, X[test], y[test])
    assert theirs == pytest.approx(-cross_entropy_loss(y[test], proba, labels=["bee", "cat"]))
    bee = -np.log(proba[:10, 1])  # ten bees, then twenty cats that were impossible
    ours = cross_entropy_scorer(model, X[test], y[test])
    assert ours == pytest.approx(-(bee.sum() + 20 * CLIPPED) / 30, abs=1e-12)


def test_scores_of_unseen_classes_follow_the_policy(table):
    X, y = table
    train, test = lacking("both")[0]
    model = GaussianNB().fit(X[train], y[train])
    assert cross_entropy_scorer(model, X[test], y[test]) == pytest.approx(-CLIPPED)
    assert CrossEntropyScorer(zero="inf")(model, X[test], y[test]) == -np.inf
    assert InformationGainScorer(zero="inf")(model, X[test], y[test]) == -np.inf


def test_leaving_one_out_is_scored(table):
    X, y = table
    scores = cross_val_score(GaussianNB(), X, y, scoring=cross_entropy_scorer, cv=LeaveOneOut())
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("base", [None, 2])
def test_scorers_are_the_functions_on_the_classes_of_the_estimator(base, table):
    X, y = table
    model = GaussianNB().fit(X, y)
    proba, weight = model.predict_proba(X), np.linspace(0, 1, 60)
    arguments = {"labels": model.classes_, "base": base, "sample_weight": weight}
    loss = CrossEntropyScorer(base=base)(model, X, y, sample_weight=weight)
    gain = InformationGainScorer(base=base)(model, X, y, sample_weight=weight)
    assert loss == -cross_entropy_loss(y, proba, **arguments)
    assert gain == information_gain_score(y, proba, **arguments)


def test_a_dictionary_of_scorers_works_beside_those_of_scikit_learn(table):
    X, y = table
    scoring = {
        "loss": cross_entropy_scorer,
        "gain": InformationGainScorer(base=2),
        "theirs": "neg_log_loss",
    }
    found = cross_validate(GaussianNB(), X, y, scoring=scoring, cv=StratifiedKFold(5))
    np.testing.assert_allclose(found["test_loss"], found["test_theirs"], **EXACT)
    # folds of four rows of each class: H(Y) = log 3
    np.testing.assert_allclose(
        found["test_gain"], (np.log(3) + found["test_loss"]) / np.log(2), **EXACT
    )
    search = GridSearchCV(
        GaussianNB(), {"var_smoothing": [1e-9, 1e3]}, scoring=scoring, refit="gain"
    ).fit(X, y)
    assert search.best_params_ == {"var_smoothing": 1e-9}


def test_calibration_makes_a_margin_scorable(table):
    X, y = table
    model = CalibratedClassifierCV(SVC(), ensemble=False).fit(X, y)
    assert information_gain_scorer(model, X, y) > 0


# ---------------------------------------------------------------- the scorers: refusals


@pytest.mark.parametrize(
    ("classes", "y"),
    [(["0", "1"], [0, 1]), ([0, 1], ["0", "1"]), ([0, 1], [0, "1"]), ([1.0, 2.0], [b"1", b"2"])],
)
def test_labels_of_another_kind_are_refused(classes, y):
    X = [[0], [1]]
    model = DummyClassifier().fit(X, classes)
    with pytest.raises(TypeError, match=r"y\[[01]\] is .* fitted on labels such as"):
        cross_entropy_scorer(model, X, np.array(y, dtype=object))


@pytest.mark.parametrize(
    ("classes", "y"),
    [([False, True], [0, 1]), ([0, 1], [0.0, 1.0]), ([0, 1], np.array([0, 1], dtype="uint8"))],
)
def test_numbers_and_booleans_are_one_kind(classes, y):
    X = [[0], [1]]
    model = DummyClassifier().fit(X, classes)
    assert cross_entropy_scorer(model, X, y) == pytest.approx(-np.log(2), abs=1e-15)


def test_a_missing_label_is_no_unseen_class():
    model = DummyClassifier().fit([[0], [1]], [0, 1])
    with pytest.raises(ValueError, match=r"y\[1\] is nan"):
        cross_entropy_scorer(model, [[0], [1]], [0.0, np.nan])


class WithoutClasses(BaseEstimator):
    """Gives probabilities and no labels."""

    def predict_proba(self, X):
        """Give the same to all."""
        return np.full((len(X), 2), 0.5)


X_MULTI, Y_MULTI = make_multilabel_classification(n_samples=40, n_classes=3, random_state=0)


@pytest.mark.parametrize("scorer", SCORERS)
@pytest.mark.parametrize(
    ("estimator", "y", "error", "message"),
    [
        (SVC(), Y_MULTI[:, 0], TypeError, "^SVC has no predict_proba; .*CalibratedClassifierCV"),
        (
            make_pipeline(StandardScaler(), SVC()),
            Y_MULTI[:, 0],
            TypeError,
            "^Pipeline ending in SVC has no predict_proba",
        ),
        (Ridge(), Y_MULTI[:, 0], TypeError, "^Ridge is a regressor"),
        (make_pipeline(Ridge()), Y_MULTI[:, 0], TypeError, "ending in Ridge is a regressor"),
        (GridSearchCV(Ridge(), {}), Y_MULTI[:, 0], TypeError, "GridSearchCV is a regressor"),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else "",
)
def test_an_estimator_that_cannot_be_scored_is_named(scorer, estimator, y, error, message):
    model = clone(estimator).fit(X_MULTI, y)
    with pytest.raises(error, match=message):
        scorer(model, X_MULTI, y)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(3, random_state=0),
        DecisionTreeClassifier(),
        ClassifierChain(GaussianNB()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_forecast_of_several_outputs_is_not_scored_against_one(estimator):
    model = clone(estimator).fit(X_MULTI, Y_MULTI)
    with pytest.raises(TypeError, match="predicts several outputs; give one column of y for each"):
        cross_entropy_scorer(model, X_MULTI, Y_MULTI[:, 0])


def test_an_estimator_without_classes_is_named():
    with pytest.raises(TypeError, match="WithoutClasses has no classes_"):
        cross_entropy_scorer(WithoutClasses(), [[0], [1]], [0, 1])


@pytest.mark.parametrize("options", [{"zero": "raise"}, {"base": 0.5}])
@pytest.mark.parametrize("kind", [CrossEntropyScorer, InformationGainScorer])
def test_a_scorer_refuses_options_when_it_is_made(kind, options):
    (name,) = options
    with pytest.raises(ValueError, match=f"{name} must be"):
        kind(**options)


# ----------------------------------------------------------- the scorers: as values


@pytest.mark.parametrize("kind", [CrossEntropyScorer, InformationGainScorer])
def test_scorers_are_values(kind):
    scorer = kind(base=2)
    assert repr(scorer) == f"{kind.__name__}(base=2, zero='clip')"
    assert eval(repr(scorer)) == scorer
    assert scorer == kind(base=2) != kind(base=2, zero="inf")
    assert len({scorer, kind(base=2), kind()}) == 2
    for twin in (
        pickle.loads(pickle.dumps(scorer)),
        copy.deepcopy(scorer),
        clone(scorer),
        clone(scorer, safe=False),
    ):
        assert twin == scorer
    assert CrossEntropyScorer() != InformationGainScorer()


@pytest.mark.parametrize("name", ["base", "zero", "_sample_weight_request", "other"])
def test_scorers_cannot_be_changed(name):
    with pytest.raises(FrozenInstanceError):
        setattr(cross_entropy_scorer, name, None)


def test_a_search_with_a_scorer_can_be_cloned():
    search = GridSearchCV(GaussianNB(), {}, scoring=InformationGainScorer(base=2))
    assert clone(search).scoring == InformationGainScorer(base=2)


# ----------------------------------------------------------- the scorers: routing


def neg_log_loss():
    """Fresh, since scikit-learn's scorers change when a request is set."""
    return get_scorer("neg_log_loss")


def test_a_request_needs_routing_as_in_scikit_learn():
    for scorer in (*SCORERS, neg_log_loss()):
        with pytest.raises(RuntimeError, match="enable_metadata_routing=True"):
            scorer.set_score_request(sample_weight=True)


@pytest.mark.parametrize("request_", [True, False, None, "score_weight"])
@pytest.mark.parametrize("scorer", SCORERS)
def test_a_request_makes_a_new_scorer(scorer, request_):
    with config_context(enable_metadata_routing=True):
        requesting = scorer.set_score_request(sample_weight=request_)
        theirs = neg_log_loss().set_score_request(sample_weight=request_)
        assert str(requesting.get_metadata_routing()) == str(theirs.get_metadata_routing())
        assert eval(repr(requesting)) == requesting
    assert scorer._sample_weight_request is None
    assert (requesting == scorer) == (request_ is None)
    assert pickle.loads(pickle.dumps(requesting)) == clone(requesting) == requesting
    assert type(requesting) is type(scorer)


def test_a_request_keeps_the_options():
    with config_context(enable_metadata_routing=True):
        scorer = CrossEntropyScorer(base=2, zero="inf").set_score_request(sample_weight=True)
    assert (scorer.base, scorer.zero) == (2, "inf")
    assert repr(scorer).endswith("(base=2, zero='inf').set_score_request(sample_weight=True)")


def test_a_request_by_an_illegal_name_is_refused():
    with (
        config_context(enable_metadata_routing=True),
        pytest.raises(ValueError, match="valid identifier"),
    ):
        cross_entropy_scorer.set_score_request(sample_weight="not a name")


def with_request(scorer, request):
    """Scorer with a request, or as it comes."""
    return scorer if request == "unset" else scorer.set_score_request(sample_weight=request)


def outcome(function):
    """Numbers that a call gives, or the kind of its error."""
    try:
        return function()
    except (UnsetMetadataPassedError, TypeError, ValueError) as error:
        return type(error)


def assert_same_outcome(ours, theirs):
    """Compare numbers, or the kind of the errors."""
    if isinstance(theirs, type):
        assert ours is theirs
    else:
        np.testing.assert_allclose(ours, theirs, **EXACT)


@pytest.mark.parametrize(
    ("routing", "request_"),
    [
        (False, "unset"),
        (True, "unset"),
        (True, True),
        (True, False),
        (True, None),
        (True, "score_weight"),
    ],
)
@pytest.mark.parametrize("several", [False, True], ids=["one scorer", "dictionary"])
@pytest.mark.parametrize("given_", [(), ("sample_weight",), ("sample_weight", "score_weight")])
def test_weights_are_routed_as_to_the_scorers_of_scikit_learn(
    routing, request_, several, given_, table
):
    X, y = table
    rng = np.random.default_rng(1)
    params = {name: rng.uniform(0.1, 2, 60) for name in given_}

    def scores(scorer):
        model = LogisticRegression(C=0.1)
        if routing:
            model = model.set_fit_request(sample_weight=True)
        scorer = with_request(scorer, request_)
        scoring = {"score": scorer} if several else scorer
        cv = StratifiedKFold(3)
        found = cross_validate(model, X, y, scoring=scoring, cv=cv, params=params or None)
        search = GridSearchCV(model, {"C": [0.1, 1]}, scoring=scoring, cv=cv, refit="score")
        search.fit(X, y, **params)
        results = search.cv_results_["mean_test_score"]
        return np.r_[found["test_score"], results, search.score(X, y)]

    with config_context(enable_metadata_routing=routing):
        ours = outcome(lambda: scores(cross_entropy_scorer))
        theirs = outcome(lambda: scores(neg_log_loss()))
    if SILENT_SCORERS and routing and request_ == "unset" and given_ == ("sample_weight",):
        theirs = UnsetMetadataPassedError
    assert_same_outcome(ours, theirs)


@pytest.mark.parametrize("several", [False, True], ids=["one scorer", "dictionary"])
def test_a_search_without_routing_gives_its_weights_to_the_scorer(several, table):
    """As scikit-learn does for its own, and asks a dictionary of scorers beforehand."""
    X, y = table
    weight = np.random.default_rng(1).uniform(0.1, 2, 60)

    def scores(scorer):
        scoring = {"score": scorer} if several else scorer
        grid, cv = {"var_smoothing": [1e-9, 1]}, StratifiedKFold(3)
        search = GridSearchCV(GaussianNB(), grid, scoring=scoring, cv=cv, refit="score")
        return search.fit(X, y, sample_weight=weight).cv_results_["mean_test_score"]

    np.testing.assert_allclose(scores(cross_entropy_scorer), scores(neg_log_loss()), **EXACT)


def test_an_unset_request_names_the_scorer(table):
    X, y = table
    with (
        config_context(enable_metadata_routing=True),
        pytest.raises(UnsetMetadataPassedError, match=r"CrossEntropyScorer.*\.set_score_request"),
    ):
        cross_validate(
            GaussianNB().set_fit_request(sample_weight=False),
            X,
            y,
            scoring=cross_entropy_scorer,
            params={"sample_weight": np.ones(60)},
        )
