"""Information of distributions that are known: probabilities in, nats out."""

from __future__ import annotations

import numpy as np
from scipy.special import entr, rel_entr, xlogy

from mifs._typing import AnyArray, ArrayLike, FloatArray
from mifs.units import nats_per_unit

ROUNDING = 8 * np.finfo(float).eps  # of a sum of p log(p / q) whose true value is zero


def entropy(p: ArrayLike, *, base: float | None = None) -> float:
    r"""Entropy H(P), the mean surprise of a distribution.

    Parameters
    ----------
    p : array-like of any shape
        Probabilities that sum to one; a table is taken as one joint distribution.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.

    Returns
    -------
    float
        Never negative; zero for a certain outcome; at most log of the number of outcomes.

    Raises
    ------
    ValueError
        If `p` is not a distribution, saying where, or `base` is not above 1.

    Notes
    -----
    .. math:: H(P) = -\sum_i p_i \log p_i, \qquad 0 \log 0 = 0 .

    Examples
    --------
    A fair coin holds one bit:

    >>> entropy([0.5, 0.5], base=2)
    1.0
    """
    return float(entr(_distribution(p, "p")).sum() / nats_per_unit(base))


def cross_entropy(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> float:
    r"""Cross-entropy H(P, Q), the mean surprise of a forecast Q where P is the truth.

    Parameters
    ----------
    p, q : array-like of the same shape
        Probabilities of the truth and of the forecast, each summing to one.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.

    Returns
    -------
    float
        At least H(P), and equal to it only where Q is P; infinite where an outcome that happens
        was forecast as impossible.

    Raises
    ------
    ValueError
        If either is not a distribution, saying which and where, or the shapes differ.

    Notes
    -----
    .. math:: H(P, Q) = -\sum_i p_i \log q_i = H(P) + KL(P \| Q) .

    Examples
    --------
    The truth is certain and its forecast was 0.8: -log 0.8 in three units.

    >>> [round(cross_entropy([1, 0], [0.8, 0.2], base=base), 6) for base in (None, 2, 10)]
    [0.223144, 0.321928, 0.09691]
    """
    p, q = _two_distributions(p, q)
    return float(_no_minus_zero(-xlogy(p, q).sum()) / nats_per_unit(base))


def kl_divergence(p: ArrayLike, q: ArrayLike, *, base: float | None = None) -> float:
    r"""Kullback-Leibler divergence KL(P‖Q), what a forecast Q costs beyond the truth P.

    Parameters
    ----------
    p, q : array-like of the same shape
        Probabilities of the truth and of the forecast, each summing to one.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.

    Returns
    -------
    float
        Never negative; zero only where Q is P; infinite where Q is zero and P is not. It is not
        symmetric.

    Raises
    ------
    ValueError
        If either is not a distribution, saying which and where, or the shapes differ.

    Notes
    -----
    .. math:: KL(P \| Q) = \sum_i p_i \log \frac{p_i}{q_i} .

    Examples
    --------
    A certain outcome, forecast by a fair coin, costs one bit:

    >>> kl_divergence([1, 0], [0.5, 0.5], base=2)
    1.0
    """
    p, q = _two_distributions(p, q)
    return _rounded_to_zero(float(rel_entr(p, q).sum())) / nats_per_unit(base)


def mutual_info_from_joint(table: ArrayLike, *, base: float | None = None) -> float:
    r"""Mutual information I(X; Y) of a joint distribution.

    Parameters
    ----------
    table : array-like of shape (n_x, n_y)
        Joint probabilities that sum to one.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.

    Returns
    -------
    float
        Never negative; exactly zero at independence; the same for the transposed table.

    Raises
    ------
    ValueError
        If `table` has not two dimensions or is not a distribution, saying where.

    Notes
    -----
    .. math:: I(X; Y) = \sum_{xy} p(x, y) \log \frac{p(x, y)}{p(x) p(y)} .

    A result within rounding of zero is returned as zero.

    Examples
    --------
    Two worked tables of the field, in bits; independence shares nothing:

    >>> round(mutual_info_from_joint([[0.4, 0.1], [0.1, 0.4]], base=2), 6)
    0.278072
    >>> round(mutual_info_from_joint([[0.3, 0.2], [0.2, 0.3]], base=2), 6)
    0.029049
    >>> mutual_info_from_joint([[0.18, 0.12], [0.42, 0.28]])
    0.0
    """
    p = np.asarray(table, dtype=np.float64)
    if p.ndim != 2:
        msg = f"table must have one axis for X and one for Y; got {p.ndim} axes, shape {p.shape}."
        raise ValueError(msg)
    _refuse_not_a_distribution(p, "table")
    information = rel_entr(p, np.outer(p.sum(axis=1), p.sum(axis=0))).sum()
    return _rounded_to_zero(float(information)) / nats_per_unit(base)


def _distribution(p: ArrayLike, name: str) -> FloatArray:
    array = np.asarray(p, dtype=np.float64)
    _refuse_not_a_distribution(array, name)
    return array


def _refuse_not_a_distribution(p: AnyArray, name: str) -> None:
    """Raise unless all entries are probabilities and sum to one within 1e-6, saying where not."""
    if p.size == 0:
        msg = f"{name} is empty; a distribution needs at least one probability."
        raise ValueError(msg)
    for what, bad in (("NaN", np.isnan(p)), ("negative", p < 0), ("infinite", np.isinf(p))):
        if bad.any():
            place = tuple(int(i) for i in np.argwhere(bad)[0])
            where = place[0] if len(place) == 1 else place
            msg = f"{name} is not a distribution: entry {where} is {what} ({p[place]})."
            raise ValueError(msg)
    total = float(p.sum())
    if abs(total - 1.0) > 1e-6:
        msg = f"{name} is not a distribution: its entries sum to {total:.9g}, not to 1. "
        msg += f"Divide counts by their sum: {name} / {name}.sum()."
        raise ValueError(msg)


def _two_distributions(p: ArrayLike, q: ArrayLike) -> tuple[FloatArray, FloatArray]:
    first, second = _distribution(p, "p"), _distribution(q, "q")
    if first.shape != second.shape:
        msg = f"p and q must have the same shape; got {first.shape} and {second.shape}."
        raise ValueError(msg)
    return first, second


def _rounded_to_zero(information: float) -> float:
    return information if information > ROUNDING else 0.0


def _no_minus_zero(value: float) -> float:
    return value + 0.0
