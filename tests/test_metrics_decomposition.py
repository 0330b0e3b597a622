"""Parts of the cross-entropy against closed forms and a naive isotonic fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.isotonic import IsotonicRegression

from mifs.datasets import make_gaussian_classes
from mifs.metrics import (
    cross_entropy_decomposition,
    cross_entropy_loss,
    discrimination_scorer,
    information_gain_score,
)

EXACT = {"rel": 0, "abs": 1e-12}  # sums of a few thousand terms of at most 37 nats


def parts_of(y, p, **options):
    """Uncertainty, discrimination and miscalibration."""
    found = cross_entropy_decomposition(y, p, **options)
    return found.uncertainty, found.discrimination, found.miscalibration


@given(
    st.integers(2, 4),
    st.integers(0, 10**6),
    st.sampled_from(["cross_fitted", "isotonic"]),
    st.booleans(),
)
def test_the_parts_add_up(n_labels, seed, recalibration, weighted):
    """CE = UNC - DSC + MCB, and the gain is DSC - MCB, to 1e-12."""
    n_labels = 2 if recalibration == "isotonic" else n_labels
    rng = np.random.default_rng(seed)
    y = np.r_[np.arange(n_labels), rng.integers(0, n_labels, 30)]
    p = rng.dirichlet(np.ones(n_labels), len(y))
    options = {"sample_weight": rng.uniform(0, 2, len(y)) if weighted else None}
    uncertainty, told, wasted = parts_of(y, p, recalibration=recalibration, **options)
    loss = cross_entropy_loss(y, p, **options)
    assert uncertainty - told + wasted == pytest.approx(loss, **EXACT)
    assert told - wasted == pytest.approx(information_gain_score(y, p, **options), **EXACT)
    shares = np.bincount(y, weights=options["sample_weight"])
    assert uncertainty == pytest.approx(entropy(shares), **EXACT)


def overconfident(n):
    """Says 0.9 and is right in 6 of 10 rows."""
    y = np.tile([1] * 6 + [0] * 4 + [0] * 6 + [1] * 4, n // 20)
    return y, np.tile([0.9] * 10 + [0.1] * 10, n // 20)


def test_isotonic_parts_of_an_overconfident_forecast_are_its_closed_form():
    uncertainty, told, wasted = parts_of(*overconfident(200), recalibration="isotonic")
    assert uncertainty == pytest.approx(np.log(2), **EXACT)
    assert told == pytest.approx(np.log(2) - entropy([0.6, 0.4]), **EXACT)
    assert wasted == pytest.approx(entropy([0.6, 0.4], [0.9, 0.1]), **EXACT)


def test_cross_fitted_parts_of_an_overconfident_forecast_come_near_it():
    """Two numbers fitted to other rows cost 2 / 2n = 0.0005 nats, or a few times it."""
    _, told, wasted = parts_of(*overconfident(2000))
    assert told == pytest.approx(np.log(2) - entropy([0.6, 0.4]), abs=2e-3)
    assert wasted == pytest.approx(entropy([0.6, 0.4], [0.9, 0.1]), abs=2e-3)


def test_the_isotonic_fit_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    p = np.round(rng.random(300), 2)
    y, weight = (rng.random(300) < p**2).astype(int), rng.uniform(0.1, 2, 300)
    fit = IsotonicRegression(y_min=0, y_max=1).fit(p, y, sample_weight=weight).predict(p)
    expected = cross_entropy_loss(y, np.clip(fit, 0, 1), sample_weight=weight)
    found = cross_entropy_decomposition(
        y, p, recalibration="isotonic", sample_weight=weight, zero="clip"
    )
    assert found.cross_entropy - found.miscalibration == pytest.approx(expected, abs=1e-9)
    assert found.discrimination >= 0 <= found.miscalibration


@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_a_calibrated_forecast_wastes_nothing_and_a_sharpened_one_does(n_labels):
    """K + 1 parameters of n rows cost about (K + 1) / 2n = 0.001 nats, and three errors."""
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(n_labels), 3000)
    y = (p.cumsum(axis=1) < rng.random((3000, 1))).sum(axis=1)
    calibrated = cross_entropy_decomposition(y, p)
    assert abs(calibrated.miscalibration) < 0.001 + 3 * calibrated.miscalibration_error
    sharp = p**3 / (p**3).sum(axis=1, keepdims=True)
    sharpened = cross_entropy_decomposition(y, sharp, zero="clip")
    assert sharpened.miscalibration > 0.1
    # probabilities near 0 are mixed before they are scaled, which loses a little
    assert sharpened.discrimination == pytest.approx(calibrated.discrimination, abs=0.03)


def test_discrimination_is_the_information_of_the_forecast_within_three_errors():
    sample = make_gaussian_classes(4000, random_state=1)
    score = sample.X @ np.ones(sample.X.shape[1])  # any rising map of the log-odds will do
    score = sample.X[:, 0] if sample.X.shape[1] == 1 else score
    found = cross_entropy_decomposition(sample.y, 1 / (1 + np.exp(-3 * score - 1)))
    assert found.discrimination < sample.information + 3 * found.discrimination_error
    assert found.miscalibration > 3 * found.miscalibration_error


def test_cross_fitting_reads_no_chance_as_information_and_isotonic_does():
    """Of 50 noise forecasts of 500 rows: one block in log n, each half a nat of n."""
    rng = np.random.default_rng(0)
    found = {"cross_fitted": [], "isotonic": []}
    for _ in range(50):
        y, p = rng.integers(0, 2, 500), rng.random(500)
        for recalibration, values in found.items():
            values.append(parts_of(y, p, recalibration=recalibration)[1])
    cross_fitted, isotonic = (np.array(values) for values in found.values())
    assert cross_fitted.mean() < 2 * cross_fitted.std() / np.sqrt(50)
    assert isotonic.min() >= 0
    # the spread of one is 0.003, of the mean 0.0005, and log n counts blocks to first order only
    assert isotonic.mean() == pytest.approx(np.log(500) / 1000, abs=0.002)


def test_zeros_enter_cross_entropy_and_miscalibration_alone():
    y, p = np.r_[overconfident(200)[0], 1], np.r_[overconfident(200)[1], 0]
    as_it_is = cross_entropy_decomposition(y, p)
    clipped = cross_entropy_decomposition(y, p, zero="clip")
    assert as_it_is.cross_entropy == as_it_is.miscalibration == np.inf
    assert np.isnan(as_it_is.miscalibration_error)
    assert as_it_is.discrimination == clipped.discrimination
    assert np.isfinite(clipped.miscalibration_error)
    assert as_it_is.n_zero == clipped.n_zero == 1


def test_a_perfect_forecast_tells_all():
    """Its slope is held by the prior, so that a trifle is missing; a sure map misses nothing."""
    y = np.tile([0, 1, 2], 40)
    found = cross_entropy_decomposition(y, np.eye(3)[y])
    assert found.cross_entropy == 0
    assert found.discrimination == pytest.approx(np.log(3), abs=0.01)


def test_parts_of_several_outputs_are_summed():
    rng = np.random.default_rng(0)
    Y, P = rng.integers(0, 2, (100, 3)), rng.uniform(0.1, 0.9, (100, 3))
    each = np.array([parts_of(y, p) for y, p in zip(Y.T, P.T, strict=True)])
    assert parts_of(Y, P) == pytest.approx(each.sum(axis=0), **EXACT)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recalibration": "platt"}, "recalibration must be .* got 'platt'"),
        ({"recalibration": "isotonic"}, "of two labels, and there are 3"),
        ({"n_folds": 1}, "n_folds must be at least 2; got 1"),
        ({"zero": "raise"}, "zero must be"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        cross_entropy_decomposition([0, 1, 2], np.full((3, 3), 1 / 3), **options)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_few_rows_have_parts(n):
    """Even folds of no other row, which leave the forecast as it is."""
    uncertainty, told, wasted = parts_of([0, 1, 1][:n], [[0.8, 0.2]] * n, labels=[0, 1])
    assert np.isfinite([uncertainty, told, wasted]).all()


def test_discrimination_has_a_scorer():
    class Fixed:
        classes_ = np.array([0, 1])

        def predict_proba(self, X):
            return np.column_stack([1 - X, X])

    y, p = overconfident(200)
    expected = cross_entropy_decomposition(y, p).discrimination
    assert discrimination_scorer(Fixed(), p, y) == pytest.approx(expected, **EXACT)
