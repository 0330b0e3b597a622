"""Continuous features and classes."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import expit, ndtr, xlogy

from mifs._typing import ArrayLike
from mifs.datasets.known import (
    KnownSample,
    RandomState,
    entropy_of_coin,
    entropy_of_mixture,
    entropy_of_normal,
    normal_density,
    one_feature,
    panels,
    refuse_no_share,
)

LOG_2 = math.log(2)


def make_gaussian_classes(
    n_samples: int,
    *,
    means: ArrayLike = (-1.0, 1.0),
    scales: ArrayLike = (1.0, 1.0),
    priors: ArrayLike = (0.5, 0.5),
    random_state: RandomState = None,
) -> KnownSample:
    """One normal feature whose mean and spread depend on the class.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    means, scales : array-like of shape (n_classes,)
        Mean and standard deviation within each class.
    priors : array-like of shape (n_classes,)
        Shares of the classes, which sum to 1.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, the classes, and the information in nats.

    Examples
    --------
    >>> round(make_gaussian_classes(5).information, 6)
    0.336831
    """
    rng = np.random.default_rng(random_state)
    m, s, share = (np.asarray(values, dtype=float) for values in (means, scales, priors))
    y = rng.choice(len(share), size=n_samples, p=share)
    x = m[y] + s[y] * rng.normal(size=n_samples)
    within = float(share @ entropy_of_normal(s**2))
    return one_feature(x, y, entropy_of_mixture(m, s, share) - within)


def make_uniform_classes(
    n_samples: int,
    *,
    lows: ArrayLike = (0.0, 0.1, 0.2),
    highs: ArrayLike = (1.0, 1.2, 1.3),
    priors: ArrayLike = (0.2 / 1.7, 1.0 / 1.7, 0.5 / 1.7),
    random_state: RandomState = None,
) -> KnownSample:
    """One feature, uniform on an interval that depends on the class.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    lows, highs : array-like of shape (n_classes,)
        Ends of the intervals; by default the square waves of Ross.
    priors : array-like of shape (n_classes,)
        Shares of the classes, which sum to 1.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, the classes, and the information in nats.

    References
    ----------
    .. [1] B. C. Ross, "Mutual information between discrete and continuous data sets", PLoS ONE
       9(2), e87357 (2014). https://doi.org/10.1371/journal.pone.0087357

    Examples
    --------
    >>> round(make_uniform_classes(5).information, 6)
    0.101109
    """
    rng = np.random.default_rng(random_state)
    low, high, share = (np.asarray(values, dtype=float) for values in (lows, highs, priors))
    y = rng.choice(len(share), size=n_samples, p=share)
    x = rng.uniform(low[y], high[y])
    ends = np.unique(np.r_[low, high])
    middle, width = (ends[1:] + ends[:-1]) / 2, np.diff(ends)
    inside = (low[:, None] < middle) & (middle < high[:, None])
    density = share @ (inside / (high - low)[:, None])
    within = float(share @ np.log(high - low))
    return one_feature(x, y, -float(width @ xlogy(density, density)) - within)


def make_labels(
    n_samples: int,
    *,
    slope: float = 2.0,
    intercept: float = 0.0,
    link: Literal["logistic", "probit"] = "logistic",
    random_state: RandomState = None,
) -> KnownSample:
    """Binary labels whose probability is a curve of one normal feature.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    slope, intercept : float
        Of the line that goes through the link.
    link : {"logistic", "probit"}, default="logistic"
        The curve from the line to the probability.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, labels 0 and 1, and the information in nats.

    Examples
    --------
    >>> round(make_labels(5).information, 6)
    0.231138
    """
    rng = np.random.default_rng(random_state)
    curve = {"logistic": expit, "probit": ndtr}[link]
    x = rng.normal(size=n_samples)
    y = (rng.random(n_samples) < curve(intercept + slope * x)).astype(np.int64)
    nodes, weights = panels(-10.0, 10.0)
    weights = weights * normal_density(nodes, 0.0, 1.0)
    p = curve(intercept + slope * nodes)
    information = entropy_of_coin(weights @ p) - weights @ entropy_of_coin(p)
    return one_feature(x, y, float(information))


def make_quadrants(
    n_samples: int, *, flip: float = 0.1, random_state: RandomState = None
) -> KnownSample:
    """Whether two normal features have the same sign, some labels flipped: neither tells alone.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    flip : float, default=0.1
        Share of the labels that are flipped.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        Two features, labels 0 and 1, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> sample = make_quadrants(5)
    >>> round(sample.information, 6), sample.relevance
    (0.368064, (0.0, 0.0))
    """
    refuse_no_share(flip, "flip")
    rng = np.random.default_rng(random_state)
    X = rng.normal(size=(n_samples, 2))
    y = (X.prod(axis=1) > 0) ^ (rng.random(n_samples) < flip)
    joint = LOG_2 - float(entropy_of_coin(flip))
    return KnownSample(X, y.astype(np.int64), joint, (0.0, 0.0))


def make_disc_labels(n_samples: int, *, random_state: RandomState = None) -> KnownSample:
    """Whether two normal features lie in the disc that holds half of them.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        Two features, labels 0 and 1, and the information in nats.

    Examples
    --------
    >>> sample = make_disc_labels(5)
    >>> round(sample.information, 6), round(sample.relevance[0], 6)
    (0.693147, 0.234245)
    """
    rng = np.random.default_rng(random_state)
    X = rng.normal(size=(n_samples, 2))
    y = ((X**2).sum(axis=1) < 2 * LOG_2).astype(np.int64)
    # With x = r sin(t) the probability is smooth in t up to the rim; outside it is zero.
    angle, weights = panels(-math.pi / 2, math.pi / 2)
    radius = math.sqrt(2 * LOG_2)
    weights = weights * radius * np.cos(angle) * normal_density(radius * np.sin(angle), 0.0, 1.0)
    p = 2 * ndtr(radius * np.cos(angle)) - 1
    single = LOG_2 - float(weights @ entropy_of_coin(p))
    return KnownSample(X, y, LOG_2, (single, single))
