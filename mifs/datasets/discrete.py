"""Discrete features and a discrete target."""

from __future__ import annotations

import math

import numpy as np

from mifs._typing import ArrayLike, FloatArray
from mifs.datasets.known import KnownSample, RandomState, entropy_of, one_feature, refuse_no_share


def make_channel(
    n_samples: int,
    *,
    transition: ArrayLike = ((0.9, 0.1), (0.1, 0.9)),
    prior: ArrayLike | None = None,
    random_state: RandomState = None,
) -> KnownSample:
    """Symbols sent and received over a noisy channel.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    transition : array-like of shape (n_sent, n_received)
        Probability of each symbol received, given the one sent; by default a tenth is flipped.
    prior : array-like of shape (n_sent,), optional
        Shares of the symbols sent; left out, they are equal.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        One feature, the symbol sent; the symbol received; and the information in nats.

    Examples
    --------
    A channel that erases 3 of 10 bits keeps 0.7 of log 2 nats:

    >>> erasure = [[0.7, 0.0, 0.3], [0.0, 0.7, 0.3]]
    >>> round(make_channel(5, transition=erasure).information, 6)
    0.485203
    """
    rng = np.random.default_rng(random_state)
    channel = np.asarray(transition, dtype=float)
    n_sent, n_received = channel.shape
    share = np.full(n_sent, 1 / n_sent) if prior is None else np.asarray(prior, dtype=float)
    joint = share[:, None] * channel
    cell = rng.choice(joint.size, size=n_samples, p=joint.ravel())
    return one_feature(cell // n_received, cell % n_received, _information(joint))


def make_parity(
    n_samples: int, *, n_bits: int = 2, flip: float = 0.0, random_state: RandomState = None
) -> KnownSample:
    """Bits and their parity, some flipped: all of them tell all, fewer tell nothing.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    n_bits : int, default=2
        Number of bits, at least 2.
    flip : float, default=0.0
        Share of the parities that are flipped.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        The bits, their parity, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> sample = make_parity(5)
    >>> round(sample.information, 6), sample.relevance
    (0.693147, (0.0, 0.0))
    """
    refuse_no_share(flip, "flip")
    rng = np.random.default_rng(random_state)
    X = rng.integers(2, size=(n_samples, n_bits))
    y = (X.sum(axis=1) + (rng.random(n_samples) < flip)) % 2
    joint = math.log(2) - entropy_of(np.array([flip, 1 - flip]))
    return KnownSample(X, y, joint, (0.0,) * n_bits)


def make_conjunction(n_samples: int, *, random_state: RandomState = None) -> KnownSample:
    """Two bits, and whether both are set.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        Two features, their conjunction, and the information in nats.

    Examples
    --------
    >>> sample = make_conjunction(5)
    >>> round(sample.information, 6), round(sample.conditional_relevance[0], 6)
    (0.562335, 0.346574)
    """
    rng = np.random.default_rng(random_state)
    X = rng.integers(2, size=(n_samples, 2))
    single = _information(np.array([[0.5, 0.0], [0.25, 0.25]]))
    return KnownSample(X, X.prod(axis=1), entropy_of(np.array([0.25, 0.75])), (single, single))


def make_chain(
    n_samples: int, *, flip: float = 0.1, random_state: RandomState = None
) -> KnownSample:
    """Bits X, Z, Y, each a noisy copy of the one before: given Z, X tells nothing of Y.

    Parameters
    ----------
    n_samples : int
        Number of samples.
    flip : float, default=0.1
        Share of the bits that are flipped at each step.
    random_state : int, Generator or None, default=None
        Seed.

    Returns
    -------
    KnownSample
        The features X and Z, the target, and the information in nats.

    Raises
    ------
    ValueError
        If a parameter is outside its range.

    Examples
    --------
    >>> sample = make_chain(5)
    >>> round(sample.relevance[0], 6), sample.conditional_relevance[0]
    (0.221754, 0.0)
    """
    refuse_no_share(flip, "flip")
    rng = np.random.default_rng(random_state)
    x = rng.integers(2, size=n_samples)
    z = x ^ (rng.random(n_samples) < flip)
    y = z ^ (rng.random(n_samples) < flip)
    far, near = (
        _information(np.array([[1 - p, p], [p, 1 - p]]) / 2) for p in (2 * flip * (1 - flip), flip)
    )
    return KnownSample(np.column_stack([x, z]), y, near, (far, near))


def _information(joint: FloatArray) -> float:
    """I(X; Y) of a table of probabilities, in nats."""
    margins = [entropy_of(joint.sum(axis=axis)) for axis in (0, 1)]
    return sum(margins) - entropy_of(joint.ravel())
