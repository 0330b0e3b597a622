"""Gains, baselines, zeros, several outputs and errors, against closed forms and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.datasets import make_multilabel_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import d2_log_loss_score, log_loss
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from mifs.datasets import make_gaussian_classes
from mifs.metrics import (
    CrossEntropyScorer,
    InformationGainScorer,
    NormalizedInformationGainScorer,
    cross_entropy_loss,
    cross_entropy_scorer,
    information_gain,
    information_gain_score,
    information_gain_scorer,
    normalized_information_gain_score,
    normalized_information_gain_scorer,
)

# Sums of some hundred terms of at most 37 nats in double precision: rounding below 1e-12.
EXACT = {"rel": 0, "abs": 1e-12}
CLIPPED = -np.log(np.finfo(np.float64).eps)  # 36.04 nats
FUNCTIONS = [cross_entropy_loss, information_gain_score, normalized_information_gain_score]


def forecast(n_labels, n=60, seed=0):
    """Labels, all present, with a random forecast and weights."""
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(n_labels), rng.integers(0, n_labels, n - n_labels)]
    return y, rng.dirichlet(np.ones(n_labels), n), rng.uniform(0.1, 3, n)


# ------------------------------------------------------------- normalised, baselines


@pytest.mark.parametrize("n_labels", [2, 3, 7])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_normalised_gain_is_the_score_of_scikit_learn(n_labels, weighted):
    y, p, weight = forecast(n_labels)
    w = weight if weighted else None
    found = normalized_information_gain_score(y, p, sample_weight=w)
    assert found == pytest.approx(d2_log_loss_score(y, p, sample_weight=w), **EXACT)


@pytest.mark.parametrize("function", FUNCTIONS[1:])
def test_a_baseline_of_the_scored_shares_by_hand_is_the_default(function):
    y, p, weight = forecast(3)
    shares = np.bincount(y, weights=weight) / weight.sum()
    by_hand = function(y, p, sample_weight=weight, baseline=shares)
    assert by_hand == pytest.approx(function(y, p, sample_weight=weight), **EXACT)


def test_the_training_shares_cost_their_divergence_more():
    """CE0(train) - CE0(eval) = KL(eval || train), whatever the forecast."""
    y, p, _ = forecast(3)
    y_train = np.repeat([0, 1, 2], [50, 30, 20])
    train = information_gain_score(y, p, baseline="train", y_train=y_train)
    shares = np.bincount(y) / len(y)
    divergence = entropy(shares, [0.5, 0.3, 0.2])
    assert train - information_gain_score(y, p) == pytest.approx(divergence, **EXACT)
    assert divergence > 0


def test_labels_that_only_training_rows_have_take_their_share():
    found = information_gain(
        ["a"], [[1, 0]], labels=["a", "b"], baseline="train", y_train=list("abcc")
    )
    assert found.baseline == pytest.approx(np.log(4))
    assert found.gain == pytest.approx(np.log(4))


def test_one_class_has_a_gain_over_training_shares_and_no_share_of_nothing():
    """Where d2_log_loss_score is -1e15."""
    y, p = ["a", "a"], [[0.8, 0.2], [0.5, 0.5]]
    with pytest.warns(UndefinedMetricWarning, match="scored rows are of one class"):
        assert np.isnan(normalized_information_gain_score(y, p, labels=["a", "b"]))
    options = {"labels": ["a", "b"], "baseline": [0.5, 0.5]}
    assert information_gain_score(y, p, **options) == pytest.approx(
        np.log([1.6, 1]).mean(), **EXACT
    )
    assert np.isfinite(normalized_information_gain_score(y, p, **options))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"baseline": "test"}, 'baseline must be "eval", "train" or probabilities; got \'test\''),
        ({"baseline": "train"}, "go together"),
        ({"y_train": [0, 1]}, "go together"),
        ({"baseline": [0.5, 0.4]}, r"baseline is \[0\.5, 0\.4\]"),
        ({"baseline": [1.5, -0.5]}, r"baseline is \[1\.5, -0\.5\]"),
        ({"baseline": [0.2, 0.3, 0.5]}, r"baseline has shape \(3,\); .* each label, 2"),
    ],
)
def test_what_is_no_baseline_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        information_gain([0, 1], [0.5, 0.5], **options)


@given(st.integers(2, 5), st.integers(0, 10**6))
def test_the_result_and_the_scores_are_one(n_labels, seed):
    y, p, weight = forecast(n_labels, n=20, seed=seed)
    found = information_gain(y, p, sample_weight=weight)
    assert found.gain == information_gain_score(y, p, sample_weight=weight)
    assert found.cross_entropy == cross_entropy_loss(y, p, sample_weight=weight)
    assert found.normalized == normalized_information_gain_score(y, p, sample_weight=weight)
    assert found.gain == pytest.approx(found.baseline - found.cross_entropy, **EXACT)
    assert (found.n_zero, found.n_samples) == (0, 20)


# ------------------------------------------------------------------------- zeros


def test_mixing_bounds_the_loss_and_counts_the_zeros():
    y, p = [0, 1, 1, 0], [[1, 0], [0, 1], [1, 0], [0.5, 0.5]]
    losses = -np.log([0.9995, 0.9995, 0.0005, 0.5])
    assert cross_entropy_loss(y, p, zero="mix") == pytest.approx(losses.mean(), **EXACT)
    assert losses.max() == pytest.approx(np.log(2 * 1000))
    for zero, loss in (
        ("inf", np.inf),
        ("clip", (CLIPPED + np.log(2)) / 4),
        ("mix", losses.mean()),
    ):
        found = information_gain(y, p, zero=zero)
        assert found.n_zero == 1
        assert found.cross_entropy == pytest.approx(loss, rel=1e-12)
        assert np.isnan(found.standard_error) == (zero == "inf")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_zero_costs_the_same_in_every_dtype(dtype):
    """Where scikit-learn clips at the eps of the dtype."""
    p = np.array([[1, 0], [0, 1], [1, 0]], dtype=dtype)
    found = information_gain([0, 1, 1], p, zero="clip")
    assert found.cross_entropy == pytest.approx(CLIPPED / 3, **EXACT)


def test_a_zero_of_weight_zero_is_not_counted():
    found = information_gain([0, 1, 1], [[1, 0], [0, 1], [1, 0]], sample_weight=[1, 1, 0])
    assert (found.n_zero, found.n_samples, found.gain) == (0, 2, pytest.approx(np.log(2)))


def test_a_row_that_neither_forecast_nor_baseline_held_possible_gains_nothing():
    p = [[0.8, 0.2, 0], [0.8, 0.2, 0]]
    options = {"labels": [0, 1, 2], "baseline": [0.5, 0.5, 0]}
    assert information_gain_score([0, 2], p, **options) == pytest.approx(np.log(1.6) / 2)


def test_a_probability_too_small_for_a_float_is_no_zero():
    """The log-probabilities of naive Bayes go on where its probabilities end."""
    X, y = np.repeat([[0.0], [1.0]], 20, axis=0) @ np.ones((1, 300)), np.repeat([0, 1], 20)
    model = BernoulliNB(alpha=1e-3).fit(X, y)
    assert model.predict_proba(1 - X)[0, 0] == 0
    loss = -CrossEntropyScorer(zero="inf")(model, X, 1 - y)
    expected = -model.predict_log_proba(X)[np.arange(40), 1 - y].mean()
    assert loss == pytest.approx(expected, rel=1e-14)
    assert 1000 < loss < np.inf


# ---------------------------------------------------------------------- several outputs

X_MULTI, Y_MULTI = make_multilabel_classification(n_samples=80, n_classes=3, random_state=0)
P_MULTI = np.random.default_rng(0).uniform(0.05, 0.95, Y_MULTI.shape)


@pytest.mark.parametrize("weighted", [False, True])
def test_losses_of_several_outputs_are_summed(weighted):
    """Where scikit-learn's log_loss takes the rows of an indicator as one distribution."""
    weight = np.random.default_rng(1).uniform(0.1, 2, 80) if weighted else None
    each = [log_loss(y, p, sample_weight=weight) for y, p in zip(Y_MULTI.T, P_MULTI.T, strict=True)]
    tables = [np.column_stack([1 - p, p]) for p in P_MULTI.T]
    for proba in (P_MULTI, tables, np.array(tables), tuple(tables)):
        found = cross_entropy_loss(Y_MULTI, proba, sample_weight=weight)
        assert found == pytest.approx(sum(each), **EXACT)
    gains = [
        information_gain_score(y, p, sample_weight=weight)
        for y, p in zip(Y_MULTI.T, P_MULTI.T, strict=True)
    ]
    gain = information_gain_score(Y_MULTI, P_MULTI, sample_weight=weight)
    assert gain == pytest.approx(sum(gains), **EXACT)


def test_baselines_of_several_outputs_are_probabilities_of_one():
    shares = Y_MULTI.mean(axis=0)
    by_hand = information_gain_score(Y_MULTI, P_MULTI, baseline=shares)
    train = information_gain_score(Y_MULTI, P_MULTI, baseline="train", y_train=Y_MULTI)
    assert by_hand == pytest.approx(information_gain_score(Y_MULTI, P_MULTI), **EXACT)
    assert train == pytest.approx(by_hand, **EXACT)


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(5, random_state=0),
        DecisionTreeClassifier(max_depth=2),
        KNeighborsClassifier(7),
        ClassifierChain(GaussianNB()),
        OneVsRestClassifier(LogisticRegression()),
        MultiOutputClassifier(LogisticRegression()),
    ],
    ids=lambda value: type(value).__name__,
)
def test_scorers_take_every_shape_of_several_outputs(estimator):
    model = estimator.fit(X_MULTI, Y_MULTI)
    proba = model.predict_proba(X_MULTI)
    found = -cross_entropy_scorer(model, X_MULTI, Y_MULTI)
    assert found == pytest.approx(cross_entropy_loss(Y_MULTI, proba, zero="clip"), **EXACT)


def test_an_output_that_was_constant_in_training_is_aligned_by_its_class():
    Y = Y_MULTI.copy()
    Y[:, 1] = 1
    model = RandomForestClassifier(5, random_state=0).fit(X_MULTI, Y)
    loss = -CrossEntropyScorer(zero="mix")(model, X_MULTI, Y_MULTI)
    missed = (Y_MULTI[:, 1] == 0).mean() * np.log(2000)  # classes 0, unseen, and 1
    hit = -(Y_MULTI[:, 1] == 1).mean() * np.log(0.9995)
    others = sum(
        cross_entropy_loss(Y_MULTI[:, k], model.predict_proba(X_MULTI)[k], zero="mix")
        for k in (0, 2)
    )
    assert loss == pytest.approx(missed + hit + others, rel=1e-12)


@pytest.mark.parametrize(
    ("y", "p", "options", "message"),
    [
        (Y_MULTI, P_MULTI[:, :2], {}, "y_true has 3 columns and y_proba 2"),
        (Y_MULTI + 1, P_MULTI, {}, r"y_true\[\d+\] column 0 is 2"),
        (Y_MULTI, P_MULTI, {"labels": [0, 1]}, "leave labels out"),
        (Y_MULTI, 2 * P_MULTI, {}, "probabilities lie within"),
    ],
)
def test_what_is_no_forecast_of_several_outputs_is_refused(y, p, options, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy_loss(y, p, **options)


# --------------------------------------------------------------------------- errors


def test_the_error_is_that_of_a_mean():
    y, p, _ = forecast(3)
    losses = -np.log(p[np.arange(60), y])
    found = information_gain(y, p)
    assert found.cross_entropy_error == pytest.approx(losses.std(ddof=1) / np.sqrt(60), rel=1e-12)


def test_rows_repeated_in_groups_have_the_error_of_the_groups():
    y, p, _ = forecast(3)
    once = information_gain(y, p)
    thrice = information_gain(
        np.repeat(y, 3), np.repeat(p, 3, axis=0), groups=np.repeat(np.arange(60), 3)
    )
    for name in ("gain", "standard_error", "cross_entropy_error", "normalized_error"):
        assert getattr(thrice, name) == pytest.approx(getattr(once, name), rel=1e-12)


def test_errors_are_the_spread_of_samples():
    """400 samples; the standard deviation of 400 is known to 1 / sqrt(800) = 3.5 %, 4 of which
    and the spread of the errors themselves, 1 %, make 15 %.
    """
    rng = np.random.default_rng(0)
    gains, shares, errors, share_errors = [], [], [], []
    for _ in range(400):
        x = rng.normal(size=300)
        p = 1 / (1 + np.exp(-2 * x - 0.5))
        found = information_gain((rng.random(300) < p).astype(int), p)
        gains.append(found.gain)
        shares.append(found.normalized)
        errors.append(found.standard_error)
        share_errors.append(found.normalized_error)
    assert np.mean(errors) == pytest.approx(np.std(gains), rel=0.15)
    assert np.mean(share_errors) == pytest.approx(np.std(shares), rel=0.15)


def test_the_right_forecast_delivers_the_information_within_three_errors():
    sample = make_gaussian_classes(4000, random_state=0)
    log_odds = LogisticRegression(C=1e6).fit(sample.X, sample.y)
    found = information_gain(sample.y, log_odds.predict_proba(sample.X))
    assert abs(found.gain - sample.information) < 3 * found.standard_error


# ----------------------------------------------------------- scorers with a baseline


def test_a_scorer_takes_one_baseline_for_all_folds():
    X, y = np.zeros((4, 1)), np.array(["a", "a", "a", "b"])
    model = DecisionTreeClassifier().fit(X, y)
    scorer = InformationGainScorer(baseline={"b": 0.5, "a": 0.5})
    expected = np.log([1.5, 1.5, 1.5, 0.5]).mean()
    assert scorer(model, X, y) == pytest.approx(expected, **EXACT)
    assert scorer(model, X[:1], y[:1]) == pytest.approx(np.log(1.5), **EXACT)
    assert eval(repr(scorer)) == scorer
    assert hash(scorer) == hash(InformationGainScorer(baseline=(("b", 0.5), ("a", 0.5))))


@pytest.mark.parametrize("kind", [InformationGainScorer, NormalizedInformationGainScorer])
@pytest.mark.parametrize("baseline", ["train", {"a": 0.5, "b": 0.6}])
def test_a_scorer_refuses_a_baseline_that_it_cannot_have(kind, baseline):
    with pytest.raises(ValueError, match="baseline"):
        kind(baseline=baseline)


def test_the_normalised_scorer_says_that_one_class_has_no_share():
    X, y = np.zeros((4, 1)), np.array([0, 0, 1, 1])
    model = DecisionTreeClassifier().fit(X, y)
    with pytest.warns(UndefinedMetricWarning, match="one class"):
        assert np.isnan(normalized_information_gain_scorer(model, X[:2], y[:2]))
    assert information_gain_scorer(model, X[:2], y[:2]) == pytest.approx(np.log(0.5))
