"""Variables of mixed kinds, and variables that are part discrete, part continuous."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln, xlogy

from mifs.datasets.known import (
    KnownSample,
    RandomState,
    entropy_of,
    entropy_of_coin,
    entropy_of_mixture,
    entropy_of_normal,
    normal_density,
    one_feature,
    panels,
    refuse_no_share,
    refuse_outside,
)

LOG_2 = math.log(2)


def make_integer_uniform(
    n_samples: int, *, n_integers: int = 5, random_state: RandomState = None
) -> KnownSample:
    r"""Uniform integer X below m, and Y uniform on (X, X + 2): :math:`\log m - (1 - 1/m) \log 2`.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    n_integers : int, default=5
        Number m of integers.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One discrete feature, a continuous target, and the information in nats.

    References
    ----------
    .. [1] W. Gao, S. Kannan, S. Oh, P. Viswanath, "Estimating mutual information for
       discrete-continuous mixtures" (2017). https://doi.org/10.48550/arXiv.1709.06212

    Examples
    --------
    >>> round(make_integer_uniform(5).information, 6)
    1.05492
    """
    rng = np.random.default_rng(random_state)
    x = rng.integers(n_integers, size=n_samples)
    y = x + 2 * rng.random(n_samples)
    return one_feature(x, y, math.log(n_integers) - (1 - 1 / n_integers) * LOG_2)


def make_genotype(
    n_samples: int,
    *,
    frequency: float = 0.5,
    effect: float = 1.0,
    random_state: RandomState = None,
) -> KnownSample:
    """Number of copies of an allele, 0 to 2, and a normal trait that grows with it.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    frequency : float, default=0.5
        Frequency of the allele.
    effect : float, default=1.0
        What a copy adds to the mean of the trait, in its standard deviations.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One discrete feature, a continuous target, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> round(make_genotype(5).information, 6)
    0.202443
    """
    refuse_no_share(frequency, "frequency")
    rng = np.random.default_rng(random_state)
    x = rng.binomial(2, frequency, size=n_samples)
    y = effect * x + rng.normal(size=n_samples)
    share = np.array([(1 - frequency) ** 2, 2 * frequency * (1 - frequency), frequency**2])
    entropy = entropy_of_mixture(effect * np.arange(3.0), 1.0, share)
    return one_feature(x, y, entropy - float(entropy_of_normal(1.0)))


def make_sign_xor(
    n_samples: int, *, noise: float = 0.5, random_state: RandomState = None
) -> KnownSample:
    r"""Y = (2 Z - 1) X + noise for a coin Z: given Z a line, without Z a cross.

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
        The features X, continuous, and Z, a coin that tells nothing on its own; the information
        in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> sample = make_sign_xor(5)
    >>> round(sample.information, 6), round(sample.relevance[0], 6), sample.relevance[1]
    (0.804719, 0.390106, 0.0)
    """
    refuse_outside(noise, 0.0, np.inf, "noise")
    rng = np.random.default_rng(random_state)
    x, added = rng.normal(size=(2, n_samples))
    z = rng.integers(2, size=n_samples)
    y = (2 * z - 1) * x + noise * added
    nodes, weights = panels(0.0, 10.0, n_panels=60)
    weights = 2 * weights * normal_density(nodes, 0.0, 1.0)
    half = np.full(2, 0.5)
    given = [entropy_of_mixture(np.array([-size, size]), noise, half) for size in nodes]
    single = float(entropy_of_normal(1 + noise**2)) - float(weights @ np.array(given))
    joint = 0.5 * math.log1p(noise**-2)
    return KnownSample(np.column_stack([x, z]), y, joint, (single, 0.0))


def make_zero_inflated_classes(
    n_samples: int,
    *,
    zeros: tuple[float, float] = (0.6, 0.3),
    shift: float = 1.0,
    random_state: RandomState = None,
) -> KnownSample:
    """One feature, zero or lognormal, whose zeros and whose mean depend on one of two classes.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    zeros : tuple of float, default=(0.6, 0.3)
        Share of zeros in each class.
    shift : float, default=1.0
        Difference of the means of the logarithms.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, classes 0 and 1 of equal shares, and the information in nats.

    Examples
    --------
    >>> round(make_zero_inflated_classes(5).information, 6)
    0.103287
    """
    rng = np.random.default_rng(random_state)
    share = np.asarray(zeros, dtype=float)
    y = rng.integers(2, size=n_samples)
    is_zero = rng.random(n_samples) < share[y]
    x = np.where(is_zero, 0.0, np.exp(shift * y + rng.normal(size=n_samples)))
    rest = 1 - share
    by_zeros = entropy_of_coin(share.mean()) - entropy_of_coin(share).mean()
    mixture = entropy_of_mixture(np.array([0.0, shift]), 1.0, rest / rest.sum())
    by_size = rest.mean() * (mixture - float(entropy_of_normal(1.0)))
    return one_feature(x, y, float(by_zeros + by_size))


def make_atom_mixture(
    n_samples: int,
    *,
    correlation: float = 0.9,
    flip: float = 0.1,
    random_state: RandomState = None,
) -> KnownSample:
    """Half of the samples a normal pair, half a pair of signs that mostly agree.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    correlation : float, default=0.9
        Of the normal pair.
    flip : float, default=0.1
        Share of the signs that disagree.
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
    .. [1] W. Gao, S. Kannan, S. Oh, P. Viswanath, "Estimating mutual information for
       discrete-continuous mixtures" (2017). https://doi.org/10.48550/arXiv.1709.06212

    Examples
    --------
    >>> round(make_atom_mixture(5).information, 6)
    1.292362
    """
    refuse_outside(correlation, -1.0, 1.0, "correlation")
    refuse_no_share(flip, "flip")
    rng = np.random.default_rng(random_state)
    x, noise = rng.normal(size=(2, n_samples))
    y = correlation * x + math.sqrt(1 - correlation**2) * noise
    sign = rng.choice([-1.0, 1.0], size=n_samples)
    other = np.where(rng.random(n_samples) < flip, -sign, sign)
    is_normal = rng.random(n_samples) < 0.5
    signs = LOG_2 - float(entropy_of_coin(flip))
    information = LOG_2 + (signs - 0.5 * math.log1p(-(correlation**2))) / 2
    return one_feature(np.where(is_normal, x, sign), np.where(is_normal, y, other), information)


def make_exponential_poisson(
    n_samples: int, *, extra_zeros: float = 0.0, random_state: RandomState = None
) -> KnownSample:
    """Exponential X and Y Poisson with mean X, some of the counts replaced by zero.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    extra_zeros : float, default=0.0
        Share of the counts that are replaced. These zeros are as all others, so that the
        information is below the share that is left times that without them.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One continuous feature, integer counts, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> round(make_exponential_poisson(5).information, 6)
    0.301245
    >>> round(make_exponential_poisson(5, extra_zeros=0.15).information, 6)
    0.229776
    """
    refuse_no_share(extra_zeros, "extra_zeros")
    rng = np.random.default_rng(random_state)
    x = rng.exponential(size=n_samples)
    y = np.where(rng.random(n_samples) < extra_zeros, 0, rng.poisson(x))
    counts = np.arange(120)
    is_zero = counts == 0
    marginal = (1 - extra_zeros) * 0.5 ** (counts + 1.0) + extra_zeros * is_zero
    root, weights = panels(0.0, 4.0)  # the terms are like x log x at 0, and smooth in its root
    rate, weights = root**3, weights * 3 * root**2
    given = np.exp(xlogy(counts, rate[:, None]) - rate[:, None] - gammaln(counts + 1.0))
    given = (1 - extra_zeros) * given + extra_zeros * is_zero
    lost = (weights * np.exp(-rate)) @ -xlogy(given, given).sum(axis=1)
    return one_feature(x, y, entropy_of(marginal) - float(lost))
