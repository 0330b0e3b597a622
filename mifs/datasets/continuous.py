"""A continuous feature and a continuous target of a known family."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from scipy.special import betaln, digamma, gammaln, kve, xlogy

from mifs._typing import FloatArray
from mifs.datasets.known import (
    KnownSample,
    RandomState,
    one_feature,
    panels,
    refuse_outside,
)


def make_normal_pair(
    n_samples: int, *, correlation: float = 0.6, random_state: RandomState = None
) -> KnownSample:
    r"""Two normal variables: :math:`I = -\frac12 \log(1 - \rho^2)`.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    correlation : float, default=0.6
        Correlation, between -1 and 1.
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
    >>> round(make_normal_pair(5, correlation=0.6).information, 6)
    0.223144
    """
    refuse_outside(correlation, -1.0, 1.0, "correlation")
    rng = np.random.default_rng(random_state)
    x, noise = rng.normal(size=(2, n_samples))
    y = correlation * x + math.sqrt(1 - correlation**2) * noise
    return one_feature(x, y, -0.5 * math.log1p(-(correlation**2)))


def make_normal_sum(
    n_samples: int,
    *,
    weights: Sequence[float] = (1.0, 1.0),
    noise: float = 1.0,
    random_state: RandomState = None,
) -> KnownSample:
    r"""Weighted sum of independent normal features and normal noise.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    weights : sequence of float, default=(1.0, 1.0)
        Weight of each feature in the target; 0 for one that says nothing.
    noise : float, default=1.0
        Standard deviation of what is added.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        As many features as weights, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    Given one of two equal features, the other tells more:

    >>> sample = make_normal_sum(5)
    >>> [round(float(v), 6) for v in (sample.relevance[0], sample.conditional_relevance[0])]
    [0.202733, 0.346574]
    """
    refuse_outside(noise, 0.0, np.inf, "noise")
    rng = np.random.default_rng(random_state)
    w = np.asarray(weights, dtype=np.float64)
    X = rng.normal(size=(n_samples, len(w)))
    y = X @ w + noise * rng.normal(size=n_samples)
    variance = (w**2).sum() + noise**2
    relevance = -0.5 * np.log1p(-(w**2) / variance)
    return KnownSample(
        X, y, 0.5 * math.log(variance / noise**2), tuple(float(v) for v in relevance)
    )


def make_uniform_noise(
    n_samples: int, *, half_width: float = 0.1, random_state: RandomState = None
) -> KnownSample:
    r"""Uniform X on (0, 1) and Y = X + uniform noise on (-e, e).

    :math:`I = e - \log 2e` for e up to one half, and :math:`1 / 4e` above.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    half_width : float, default=0.1
        Half width e of the noise.
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
    >>> round(make_uniform_noise(5, half_width=0.75).information, 6)
    0.333333
    """
    refuse_outside(half_width, 0.0, np.inf, "half_width")
    rng = np.random.default_rng(random_state)
    x = rng.random(n_samples)
    y = x + rng.uniform(-half_width, half_width, n_samples)
    e = half_width
    return one_feature(x, y, e - math.log(2 * e) if e <= 0.5 else 1 / (4 * e))


def make_gamma_exponential(
    n_samples: int,
    *,
    shape: float = 3.4,
    parameter: Literal["rate", "mean"] = "rate",
    random_state: RandomState = None,
) -> KnownSample:
    r"""Gamma X, and Y exponential with X as its rate or its mean.

    With the rate, :math:`I = \psi(s) - \log s + 1/s`.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    shape : float, default=3.4
        Shape s of the gamma distribution.
    parameter : {"rate", "mean"}, default="rate"
        What X is to Y. The two are often mixed up; their information differs.
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
    >>> round(make_gamma_exponential(5).information, 6)
    0.13991
    >>> round(make_gamma_exponential(5, parameter="mean").information, 6)
    0.128466
    """
    refuse_outside(shape, 0.0, np.inf, "shape")
    rng = np.random.default_rng(random_state)
    x = rng.gamma(shape, size=n_samples)
    unit = rng.exponential(size=n_samples)
    if parameter == "rate":
        return one_feature(x, unit / x, digamma(shape) - math.log(shape) + 1 / shape)

    def density_of_root(t: FloatArray) -> FloatArray:
        # The density of sqrt(Y), which has no pole at 0; the log of the Jacobian is added below.
        log_bessel = np.log(kve(shape - 1, 2 * t)) - 2 * t
        return np.exp(math.log(4) + shape * np.log(t) + log_bessel - gammaln(shape))

    nodes, weights = panels(0.0, 60.0, n_panels=2000)
    p = density_of_root(nodes)
    entropy = float(weights @ (p * np.log(2 * nodes) - xlogy(p, p)))
    return one_feature(x, unit * x, entropy - 1 - digamma(shape))


def make_disc(n_samples: int, *, random_state: RandomState = None) -> KnownSample:
    r"""Uniform on the unit disc: not correlated, and :math:`I = \log \pi - 1`.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, and the information in nats.

    Examples
    --------
    >>> round(make_disc(5).information, 6)
    0.14473
    """
    rng = np.random.default_rng(random_state)
    radius, angle = np.sqrt(rng.random(n_samples)), 2 * np.pi * rng.random(n_samples)
    return one_feature(radius * np.cos(angle), radius * np.sin(angle), math.log(math.pi) - 1)


def make_student_pair(
    n_samples: int, *, df: float = 1.0, correlation: float = 0.0, random_state: RandomState = None
) -> KnownSample:
    r"""Two variables of a Student distribution: heavy tails, and dependent though uncorrelated.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    df : float, default=1.0
        Degrees of freedom.
    correlation : float, default=0.0
        Correlation of the normal variables that are divided.
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

    References
    ----------
    .. [1] R. B. Arellano-Valle, J. E. Contreras-Reyes, M. G. Genton, "Shannon entropy and mutual
       information for multivariate skew-elliptical distributions", Scandinavian Journal of
       Statistics 40:42-62 (2013). https://doi.org/10.1111/j.1467-9469.2011.00774.x

    Examples
    --------
    The uncorrelated Cauchy pair shares log(8 pi) - 3 nats:

    >>> round(make_student_pair(5).information, 6)
    0.224171
    """
    refuse_outside(correlation, -1.0, 1.0, "correlation")
    refuse_outside(df, 0.0, np.inf, "df")
    rng = np.random.default_rng(random_state)
    x, noise = rng.normal(size=(2, n_samples))
    y = correlation * x + math.sqrt(1 - correlation**2) * noise
    divisor = np.sqrt(rng.chisquare(df, n_samples) / df)
    excess = digamma((df + 1) / 2) - digamma(df / 2)
    tails = math.log(df / (2 * math.pi)) + 2 * betaln(0.5, df / 2) - (2 + df) / df
    information = tails + (1 + df) * excess - 0.5 * math.log1p(-(correlation**2))
    return one_feature(x / divisor, y / divisor, information)
