"""What every generator returns, and the integrals from which some truths come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import entr, xlog1py, xlogy

from mifs._typing import AnyArray, FloatArray

RandomState: TypeAlias = int | np.random.Generator | None

NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True)
class KnownSample:
    """Samples, and what their columns share in truth.

    Attributes
    ----------
    X : ndarray of shape (n_samples, n_features)
        The features.
    y : ndarray of shape (n_samples,)
        The target: floats, or integers from 0 where it is discrete.
    information : float
        I(X; Y) of all features together, in nats.
    relevance : tuple of float
        I(X_j; Y) of each feature, in nats.
    """

    X: AnyArray
    y: AnyArray
    information: float
    relevance: tuple[float, ...]

    @property
    def conditional_relevance(self) -> tuple[float, float]:
        """I(X_j; Y | the other feature) of both, in nats, for samples of two features."""
        first, second = self.relevance
        return self.information - second, self.information - first


def one_feature(x: AnyArray, y: AnyArray, information: float) -> KnownSample:
    """Return samples of a single feature."""
    return KnownSample(x[:, None], y, float(information), (float(information),))


def entropy_of(probabilities: FloatArray) -> float:
    """Entropy of a distribution in nats."""
    return float(entr(probabilities).sum())


def entropy_of_coin(p: FloatArray | float) -> FloatArray:
    """Entropy of a coin in nats."""
    p = np.asarray(p)
    return -xlogy(p, p) - xlog1py(1 - p, -p)


def entropy_of_normal(variance: FloatArray | float) -> FloatArray:
    """Entropy of a normal density in nats."""
    return 0.5 * np.log(2 * np.pi * np.e * np.asarray(variance))


def integral(
    function: Callable[[FloatArray], FloatArray], low: float, high: float, *, n_panels: int = 400
) -> float:
    """Integral of a smooth function of an array, by the rule of Gauss and Legendre in panels."""
    nodes, weights = panels(low, high, n_panels=n_panels)
    return float(weights @ function(nodes))


def panels(low: float, high: float, *, n_panels: int = 400) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights of that rule."""
    half = (high - low) / n_panels / 2
    centres = low + half * (2 * np.arange(n_panels) + 1)
    return (centres[:, None] + half * NODES).ravel(), np.tile(half * WEIGHTS, n_panels)


def normal_density(
    x: FloatArray, mean: FloatArray | float, scale: FloatArray | float
) -> FloatArray:
    """Density of the normal distribution."""
    return np.exp(-0.5 * ((x - mean) / scale) ** 2) / (scale * np.sqrt(2 * np.pi))


def entropy_of_density(
    density: Callable[[FloatArray], FloatArray], low: float, high: float, *, n_panels: int = 400
) -> float:
    """Entropy of a density that is nothing outside an interval, in nats."""
    return -integral(lambda x: xlogy(p := density(x), p), low, high, n_panels=n_panels)


def entropy_of_mixture(means: FloatArray, scales: FloatArray | float, weights: FloatArray) -> float:
    """Entropy of a mixture of normal densities, in nats."""
    means, weights = np.atleast_1d(means), np.atleast_1d(weights)
    scales = np.broadcast_to(scales, means.shape)
    reach = 12 * scales.max()

    def density(x: FloatArray) -> FloatArray:
        total = np.zeros_like(x)
        for start in range(0, len(means), 64):  # many components, in blocks
            some = slice(start, start + 64)
            total += normal_density(x[:, None], means[some], scales[some]) @ weights[some]
        return total

    return entropy_of_density(density, float(means.min() - reach), float(means.max() + reach))


def refuse_outside(value: float, low: float, high: float, name: str) -> None:
    """Raise unless a parameter lies strictly within an interval."""
    if not low < value < high:
        msg = f"{name} must lie between {low:g} and {high:g}, ends excluded; got {value!r}."
        raise ValueError(msg)


def refuse_no_share(value: float, name: str) -> None:
    """Raise unless a parameter is a share, from 0 to 1."""
    if not 0 <= value <= 1:
        msg = f"{name} is a share and must be from 0 to 1; got {value!r}."
        raise ValueError(msg)
