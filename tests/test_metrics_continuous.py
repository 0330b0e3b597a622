"""Continuous targets: normal scores and bins against closed forms, and the trap of raw scales."""

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import QuantileTransformer

from mifs.datasets import make_normal_pair
from mifs.metrics import (
    binned_target,
    cross_val_information,
    gaussian_information_gain_score,
    gaussian_information_gain_scorer,
)

EXACT = {"rel": 0, "abs": 1e-12}


def two_humps(n=4000):
    """Humps at -1 and 1 of width 0.2, and the hump of each row: log 2 nats in truth."""
    rng = np.random.default_rng(0)
    hump = rng.choice([-1.0, 1.0], n)
    return hump, hump + 0.2 * rng.normal(size=n)


# ------------------------------------------------------------------------- the trap


def test_the_raw_scale_overstates_two_humps():
    """-log(0.04 / 1.04) / 2 = 1.63 nats, where all there is are log 2 = 0.69."""
    hump, y = two_humps()
    raw = gaussian_information_gain_score(y, hump, transform=None)
    # residuals of 0.04 (1 +- 2 / sqrt(2n)) move half a logarithm by 0.02
    assert raw == pytest.approx(-0.5 * np.log(0.04 / 1.04), abs=0.03)
    assert raw > np.log(2) + 0.9


def test_normal_scores_and_bins_do_not():
    """Each half of a normal has variance 1 - 2/pi: at best -log(1 - 2/pi) / 2 = 0.506 nats."""
    hump, y = two_humps()
    half = np.sqrt(2 / np.pi)
    best = TransformedTargetRegressor(
        LinearRegression(),
        transformer=QuantileTransformer(n_quantiles=1000, output_distribution="normal"),
    )
    found = cross_val_information(best, hump[:, None], y)
    expected = -0.5 * np.log(1 - half**2)
    assert found.gain == pytest.approx(expected, abs=3 * found.standard_error)
    assert gaussian_information_gain_score(y, hump) < np.log(2)
    bins = cross_val_information(LogisticRegression(), hump[:, None], binned_target(y))
    assert bins.gain < np.log(2) + 3 * bins.standard_error
    assert bins.gain == pytest.approx(np.log(2), abs=0.05)  # its penalty costs 0.03


def test_a_skewed_target_is_understated_raw_and_not_by_normal_scores():
    """Lognormal, correlation 0.8: raw, the mean given x has 1 - R2 = 0.478 and 0.369 nats at best.

    By normal scores it is -log(0.36) / 2 = 0.511. Over 200 samples the spreads were 0.033 and
    0.013, the means 0.367 and 0.510.
    """
    x, noise = np.random.default_rng(0).normal(size=(2, 4000))
    y = np.exp(0.8 * x + 0.6 * noise)
    mean = np.exp(0.8 * x + 0.18)
    raw = gaussian_information_gain_score(y, mean, transform=None)
    scores = gaussian_information_gain_score(y, np.exp(0.8 * x))
    r_squared = (np.exp(0.64) - 1) / (np.exp(1) - 1)
    assert raw == pytest.approx(-0.5 * np.log(1 - r_squared), abs=3 * 0.033)
    assert scores == pytest.approx(0.511, abs=3 * 0.013)


# ------------------------------------------------------------------------- the score


def test_the_gain_is_that_of_r_squared():
    rng = np.random.default_rng(0)
    y, weight = rng.normal(size=50), rng.uniform(0.1, 2, 50)
    p = 0.5 * y + rng.normal(size=50)
    variance = np.average((y - np.average(y, weights=weight)) ** 2, weights=weight)
    residual = np.average((y - p) ** 2, weights=weight)
    options = {"transform": None, "sample_weight": weight}
    found = gaussian_information_gain_score(y, p, **options)
    assert found == pytest.approx(-0.5 * np.log(residual / variance), **EXACT)
    bits = gaussian_information_gain_score(y, p, base=2, **options)
    assert bits == pytest.approx(found / np.log(2), **EXACT)


@pytest.mark.parametrize("map_", [np.exp, lambda v: v**3, lambda v: 5 * v - 2])
def test_a_rising_map_of_both_changes_nothing_where_predictions_are_numbers_that_occur(map_):
    rng = np.random.default_rng(0)
    y = rng.normal(size=100)
    p = rng.choice(y, 100)
    mapped = gaussian_information_gain_score(map_(y), map_(p))
    assert mapped == pytest.approx(gaussian_information_gain_score(y, p), **EXACT)


def test_every_number_exactly_is_infinite_and_the_mean_is_nothing():
    y = np.arange(11.0)
    assert gaussian_information_gain_score(y, y) == np.inf
    assert gaussian_information_gain_score(y, np.full(11, 5.0)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("correlation", [0.3, 0.8, 0.95])
def test_the_line_delivers_the_information_of_normals_within_three_errors(correlation):
    sample = make_normal_pair(2000, correlation=correlation, random_state=0)
    found = cross_val_information(LinearRegression(), sample.X, sample.y)
    assert abs(found.gain - sample.information) < 3 * found.standard_error
    assert np.isnan(found.normalized)


@pytest.mark.parametrize("n_bins", [5, 10])
def test_bins_deliver_no_more_than_the_information(n_bins):
    sample = make_normal_pair(2000, correlation=0.8, random_state=0)
    y = binned_target(sample.y, n_bins=n_bins)
    model = RandomForestClassifier(100, min_samples_leaf=20, random_state=0)
    found = cross_val_information(model, sample.X, y, zero="mix")
    assert found.baseline == pytest.approx(np.log(n_bins), **EXACT)
    assert 0.3 < found.gain < sample.information + 3 * found.standard_error


def test_bins_hold_equal_numbers_and_equal_values_share_one():
    y = np.random.default_rng(0).permutation(100).astype(float)
    assert np.bincount(binned_target(y, n_bins=4)).tolist() == [25] * 4
    assert binned_target([1, 1, 1, 2], n_bins=2).tolist() == [0, 0, 0, 1]


def test_the_scorer_is_the_score_of_predictions():
    sample = make_normal_pair(300, correlation=0.8, random_state=0)
    model = RandomForestRegressor(10, random_state=0).fit(sample.X, sample.y)
    weight = np.linspace(0.1, 1, 300)
    found = gaussian_information_gain_scorer(model, sample.X, sample.y, sample_weight=weight)
    expected = gaussian_information_gain_score(
        sample.y, model.predict(sample.X), sample_weight=weight
    )
    assert found == expected
    scores = cross_val_score(
        LinearRegression(), sample.X, sample.y, scoring=gaussian_information_gain_scorer
    )
    assert (scores > 0.2).all()


@pytest.mark.parametrize(
    ("y", "p", "options", "message"),
    [
        ([1, 1], [1, 2], {}, r"y_true is 1\.0 in all 2 rows"),
        ([1, np.nan], [1, 2], {}, "y_true contains NaN"),
        ([1, 2], [1, np.inf], {}, "y_pred contains infinity"),
        ([1, 2, 3], [1, 2], {}, "y_true has 3 rows and y_pred 2"),
        ([1, 2], [1, 2], {"transform": "ranks"}, "transform must be .* got 'ranks'"),
        ([1, 2], [1, 2], {"sample_weight": [0, 0]}, "sample_weight is 0"),
    ],
)
def test_what_are_no_predictions_is_refused(y, p, options, message):
    with pytest.raises(ValueError, match=message):
        gaussian_information_gain_score(y, p, **options)


@pytest.mark.parametrize("n_bins", [1, 4])
def test_a_number_of_bins_out_of_range_is_refused(n_bins):
    with pytest.raises(ValueError, match=f"got {n_bins}"):
        binned_target([1.0, 2.0, 3.0], n_bins=n_bins)
