"""Curves and crosses: continuous relations without any correlation."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import xlogy

from mifs._typing import ArrayLike, FloatArray
from mifs.datasets.known import (
    KnownSample,
    RandomState,
    entropy_of_mixture,
    entropy_of_normal,
    normal_density,
    one_feature,
    panels,
    refuse_outside,
)


def make_cosine(
    n_samples: int, *, periods: int = 1, noise: float = 0.2, random_state: RandomState = None
) -> KnownSample:
    """Whole periods of a cosine of a uniform feature, and normal noise.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    periods : int, default=1
        How often the curve goes up and down; it does not change the information.
    noise : float, default=0.2
        Standard deviation of what is added.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> round(make_cosine(5).information, 6)
    1.154236
    """
    refuse_outside(noise, 0.0, np.inf, "noise")
    rng = np.random.default_rng(random_state)
    x = rng.random(n_samples)
    y = np.cos(2 * np.pi * periods * x) + noise * rng.normal(size=n_samples)
    angle, weights = panels(0.0, 1.0, n_panels=40)
    entropy = entropy_of_mixture(np.cos(np.pi * angle), noise, weights)
    return one_feature(x, y, entropy - float(entropy_of_normal(noise**2)))


def make_absolute(
    n_samples: int, *, noise: float = 0.25, random_state: RandomState = None
) -> KnownSample:
    """Absolute value of a normal feature, and normal noise: no correlation at all.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    noise : float, default=0.25
        Standard deviation of what is added.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> round(make_absolute(5).information, 6)
    0.897861
    """
    refuse_outside(noise, 0.0, np.inf, "noise")
    rng = np.random.default_rng(random_state)
    x = rng.normal(size=n_samples)
    y = np.abs(x) + noise * rng.normal(size=n_samples)
    size, weights = panels(0.0, 10.0, n_panels=60)
    weights = 2 * weights * normal_density(size, 0.0, 1.0)
    entropy = entropy_of_mixture(size, noise, weights)
    return one_feature(x, y, entropy - float(entropy_of_normal(noise**2)))


def make_product(
    n_samples: int, *, noise: float = 0.5, random_state: RandomState = None
) -> KnownSample:
    """Product of two normal features, and normal noise: together they tell far more than apart.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    noise : float, default=0.5
        Standard deviation of what is added.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        Two features, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> sample = make_product(5)
    >>> round(sample.information, 6), round(sample.relevance[0], 6)
    (0.733202, 0.151846)
    """
    refuse_outside(noise, 0.0, np.inf, "noise")
    rng = np.random.default_rng(random_state)
    X = rng.normal(size=(n_samples, 2))
    y = X.prod(axis=1) + noise * rng.normal(size=n_samples)
    x, weights = panels(-10.0, 10.0, n_panels=50)
    weights = weights * normal_density(x, 0.0, 1.0)
    variance = x**2 + noise**2
    entropy = entropy_of_mixture(np.zeros_like(x), np.sqrt(variance), weights)
    single = entropy - float(weights @ entropy_of_normal(variance))
    joint = entropy - float(entropy_of_normal(noise**2))
    return KnownSample(X, y, joint, (single, single))


def make_normal_mixture(
    n_samples: int,
    *,
    means: ArrayLike = ((0.0, 0.0), (0.0, 0.0)),
    correlations: ArrayLike = (0.9, -0.9),
    weights: ArrayLike = (0.5, 0.5),
    random_state: RandomState = None,
) -> KnownSample:
    """Mixture of normal pairs of unit variances; by default a cross without any correlation.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    means : array-like of shape (n_components, 2)
        Means of both variables.
    correlations : array-like of shape (n_components,)
        Correlation within each component.
    weights : array-like of shape (n_components,)
        Shares of the components.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, and the information in nats.

    Examples
    --------
    >>> round(make_normal_mixture(5).information, 6)
    0.408443
    """
    rng = np.random.default_rng(random_state)
    centre, rho, share = map(np.asarray, (means, correlations, weights))
    part = rng.choice(len(share), size=n_samples, p=share)
    x, noise = rng.normal(size=(2, n_samples))
    y = rho[part] * x + np.sqrt(1 - rho[part] ** 2) * noise
    marginals = sum(entropy_of_mixture(centre[:, side], 1.0, share) for side in (0, 1))
    return one_feature(
        centre[part, 0] + x, centre[part, 1] + y, marginals - _joint_entropy(centre, rho, share)
    )


def _joint_entropy(centre: FloatArray, rho: FloatArray, share: FloatArray) -> float:
    """Entropy of the mixture in the plane, in nats."""
    low, high = float(centre.min()) - 10, float(centre.max()) + 10
    x, weights = panels(low, high, n_panels=60)
    total = np.zeros((len(x), len(x)))
    for (first, second), r, w in zip(centre, rho, share, strict=True):
        given = normal_density(x, second + r * (x[:, None] - first), math.sqrt(1 - r**2))
        total += w * normal_density(x, first, 1.0)[:, None] * given
    return -float(weights @ xlogy(total, total) @ weights)
