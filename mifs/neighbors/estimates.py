"""Nearest-neighbour estimates from prepared arrays, each one equation from its paper.

A continuous variable is an array of floats of shape (n_samples, n_dims), a discrete one an array
of codes of shape (n_samples,). psi is the digamma function, all distances are in the maximum norm,
and every result is in nats and unclipped. The order of rows does not change a digit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from scipy.special import digamma

from mifs._kernels import neighbors as kernel
from mifs._kernels.ranks import ascending_order
from mifs._typing import AnyArray, FloatArray, IntArray
from mifs.discrete.cells import fixed_point_scale, to_fixed_point
from mifs.neighbors.digammas import mean, psi, psi_sum, psis

Orders: TypeAlias = tuple[IntArray, IntArray]


def ksg1(
    x: FloatArray, y: FloatArray, *, n_neighbors: int = 3, orders: Orders | None = None
) -> float:
    r"""I(X; Y) of two continuous variables, by the first estimator of Kraskov et al. [1]_.

    Parameters
    ----------
    x, y : ndarray of float of shape (n_samples, n_x) and (n_samples, n_y)
        Paired samples, finite, on comparable scales, without repeated values.
    n_neighbors : int, default=3
        k, at least 1. Of n samples at most n - 1 are neighbours.
    orders : tuple of ndarray of int of shape (n_samples,), optional
        The orders that sort x and y, if each has one column and they are known.

    Returns
    -------
    float
        Estimate in nats, about zero on average, hence below zero as often, where X and Y are
        independent; at most psi(n) - psi(k).

    Notes
    -----
    With :math:`n_x(i)` the samples strictly nearer to :math:`x_i` than the k-th neighbour of
    :math:`(x_i, y_i)`, equation 8 is

    .. math:: \psi(k) + \psi(n) - \langle \psi(n_x + 1) + \psi(n_y + 1) \rangle .

    Cost O(n log n) in few dimensions. A large k lowers the variance and drowns strong relations;
    above about three dimensions the estimate falls towards zero.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information", Physical
       Review E 69, 066138 (2004). https://doi.org/10.1103/PhysRevE.69.066138

    Examples
    --------
    Normal variables of correlation 0.8 share -log(1 - 0.8**2) / 2 = 0.51 nats:

    >>> rng = np.random.default_rng(0)
    >>> x, noise = rng.normal(size=(2, 2000, 1))
    >>> round(ksg1(x, 0.8 * x + 0.6 * noise), 2)
    0.51
    """
    n = len(x)
    k = min(n_neighbors, n - 1)
    if k < 1:
        return 0.0
    total = n * (psi(k, n) + psi(n, n))
    if x.shape[1] == 1 and y.shape[1] == 1:
        lines = _Lines.of(x[:, 0], y[:, 0], orders)
        return mean(total - lines.psi_within(kernel.kth_in_plane(*lines, k)), n)
    points = np.hstack(_sorted_by(x, x, y))
    distance = kernel.kth_distance(points, k)
    for side in np.split(points, [x.shape[1]], axis=1):
        total -= psi_sum(kernel.count_within(side, distance, strict=True), n)
    return mean(total, n)


def ksg1_of_scales(
    x: FloatArray, y: FloatArray, *, scales: Sequence[int], orders: Orders
) -> list[float]:
    """`ksg1` of two columns for several k, which ascend, by one search for the farthest."""
    n = len(x)
    ks = [min(k, n - 1) for k in scales]
    if n < 2:
        return [0.0] * len(ks)
    lines = _Lines.of(x[:, 0], y[:, 0], orders)
    distances = kernel.kth_distances(np.column_stack([lines.x[lines.place], lines.y]), ks)
    return [
        mean(n * (psi(k, n) + psi(n, n)) - lines.psi_within(distance), n)
        for k, distance in zip(ks, distances, strict=True)
    ]


class _Lines(NamedTuple):
    """Numbers of x and of y, both sorted, and the place in x of each in the order of y."""

    x: FloatArray
    y: FloatArray
    place: IntArray

    @classmethod
    def of(cls, x: FloatArray, y: FloatArray, orders: Orders | None) -> _Lines:
        x_order, y_order = orders or (ascending_order(x), ascending_order(y))
        return cls(x[x_order], y[y_order], kernel.places(x_order)[y_order])

    def psi_within(self, distance: FloatArray) -> int:
        """Sum of the digammas of the counts in x and in y that are nearer than the distance."""
        n = len(self.x)
        total = psi_sum(kernel.within_on_line(self.y, distance, strict=True), n)
        in_order_of_x = np.empty(n)
        in_order_of_x[self.place] = distance
        return total + psi_sum(kernel.within_on_line(self.x, in_order_of_x, strict=True), n)


def ksg2(
    x: FloatArray,
    y: FloatArray,
    *,
    n_neighbors: int = 3,
    orders: Orders | None = None,  # noqa: ARG001 - the signature of `ksg1`
) -> float:
    r"""I(X; Y) of two continuous variables, by the second estimator of Kraskov et al. [1]_.

    Parameters
    ----------
    x, y : ndarray of float of shape (n_samples, n_x) and (n_samples, n_y)
        Paired samples, finite, on comparable scales, without repeated values.
    n_neighbors : int, default=3
        k, at least 1. Of n samples at most n - 1 are neighbours.
    orders : tuple of ndarray of int, optional
        Without effect.

    Returns
    -------
    float
        Estimate in nats; it varies more than that of `ksg1` where the relation is weak.

    Notes
    -----
    With :math:`n_x(i)` the other samples no farther from :math:`x_i` than the farthest, in x, of
    the k nearest neighbours of :math:`(x_i, y_i)`, equation 9 is

    .. math:: \psi(k) - 1/k + \psi(n) - \langle \psi(n_x) + \psi(n_y) \rangle .

    If several samples share the distance of the k-th neighbour, all of them are neighbours and k
    is their number, for that sample. The equation needs a continuous density: k counts at most
    one sample on each side of the box.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information", Physical
       Review E 69, 066138 (2004). https://doi.org/10.1103/PhysRevE.69.066138

    Examples
    --------
    Normal variables of correlation 0.8 share -log(1 - 0.8**2) / 2 = 0.51 nats:

    >>> rng = np.random.default_rng(0)
    >>> x, noise = rng.normal(size=(2, 2000, 1))
    >>> round(ksg2(x, 0.8 * x + 0.6 * noise), 1)
    0.5
    """
    n = len(x)
    k = min(n_neighbors, n - 1)
    if k < 1:
        return 0.0
    x_side, y_side, n_inside = kernel.neighbor_rectangle(x, y, k)
    inside = digamma(n_inside) - 1 / n_inside
    total = n * psi(n, n) + int(to_fixed_point(inside, fixed_point_scale(n)).sum())
    for side, reach in ((x, x_side), (y, y_side)):
        total -= psi_sum(kernel.count_within(side, reach, strict=False) - 1, n)
    return mean(total, n)


def ross(
    x: FloatArray, y: IntArray, *, n_neighbors: int = 3, order: IntArray | None = None
) -> float:
    r"""I(X; Y) of a continuous X and a discrete Y, by the estimator of Ross [1]_.

    Parameters
    ----------
    x : ndarray of float of shape (n_samples, n_x)
        Samples of the continuous variable, finite, without repeated values.
    y : ndarray of int of shape (n_samples,)
        Codes of the discrete one, from 0.
    n_neighbors : int, default=3
        k, at least 1. A class of at most k members has k one less than its size.
    order : ndarray of int of shape (n_samples,), optional
        The order that sorts x, if it has one column and that is known.

    Returns
    -------
    float
        Estimate in nats, about zero on average where X and Y are independent, whatever the number
        of classes.

    Notes
    -----
    With :math:`N_y(i)` the size of the class of sample i, and :math:`m(i)` the other samples, of
    any class, that are no farther from :math:`x_i` than its k-th neighbour in that class,

    .. math:: \langle \psi(n) + \psi(k) - \psi(N_y) - \psi(m) \rangle .

    If several samples of the class share the distance of the k-th neighbour, as repeated values
    do, k is the number of all of them. A sample that is alone in its class adds 0 to the mean:
    nothing is known of it. Cost O(n log n + k n) for one dimension.

    References
    ----------
    .. [1] B. C. Ross, "Mutual information between discrete and continuous data sets", PLoS ONE
       9(2), e87357 (2014). https://doi.org/10.1371/journal.pone.0087357

    Examples
    --------
    Two classes that do not overlap are told apart, which is worth log 2 = 0.69 nats:

    >>> x = np.random.default_rng(0).normal(size=(2000, 1))
    >>> y = np.repeat([0, 1], 1000)
    >>> round(ross(x + 20 * y[:, None], y), 2)
    0.69
    """
    n = len(x)
    sizes = np.bincount(y)
    y, among_own, among_all = _neighbors_in_classes(x, y, n_neighbors, order)
    if sizes.min() <= 1:
        known = sizes[y] > 1
        among_own = None if among_own is None else among_own[known]
        among_all = among_all[known]
        sizes = sizes[sizes > 1]
    each = psi(n, n) - psis(sizes, n)
    total = -psi_sum(among_all, n)
    if among_own is None:
        each += psis(np.minimum(n_neighbors, sizes - 1), n)
    else:
        total += psi_sum(among_own, n)
    return mean(total + int((sizes * each).sum()), n)


def _neighbors_in_classes(
    x: FloatArray, y: IntArray, k: int, order: IntArray | None
) -> tuple[IntArray, IntArray | None, IntArray]:
    """Codes in some order, and the samples within the k-th neighbour of the class, in that order.

    Those of the class, None where they are k or the rest of it, and those of any class.
    """
    if x.shape[1] == 1:
        order = ascending_order(x[:, 0]) if order is None else order
        line, y = x[:, 0][order], y[order]
        distance = kernel.kth_on_line(line, y, k)
        if (line[1:] == line[:-1]).any():
            among_own = kernel.within_in_groups(line, y, distance, strict=False) - 1
            return y, among_own, kernel.within_on_line(line, distance, strict=False) - 1
        return y, None, kernel.within_on_line(line, distance, strict=True)
    x, y = _sorted_by(x, x, y)
    distance = kernel.kth_distance_in_groups(x, y, k)
    if _has_repeats(x):
        among_own = kernel.count_within_groups(x, y, distance, strict=False) - 1
        return y, among_own, kernel.count_within(x, distance, strict=False) - 1
    # One less at the boundary and one more for the sample itself: the same, in less time.
    return y, None, kernel.count_within(x, distance, strict=True)


def frenzel_pompe(x: AnyArray, y: AnyArray, z: FloatArray, *, n_neighbors: int = 3) -> float:
    r"""I(X; Y | Z) given a continuous Z, by the estimator of Frenzel and Pompe [1]_.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples, n_dims) of float, or (n_samples,) of int
        Samples of a continuous variable, or codes of a discrete one.
    z : ndarray of float of shape (n_samples, n_z)
        Samples of the condition, finite, on the scale of the others.
    n_neighbors : int, default=3
        k, at least 1. Where fewer samples share the codes of one, all of these are neighbours.

    Returns
    -------
    float
        Estimate in nats, about zero on average where X says nothing of Y to one who knows Z. It
        falls towards zero as Z gets dimensions: above three it needs thousands of samples.

    Notes
    -----
    With the counts strictly nearer than the k-th neighbour of :math:`(x_i, y_i, z_i)`,

    .. math:: \psi(k) - \langle \psi(n_{xz} + 1) + \psi(n_{yz} + 1) - \psi(n_z + 1) \rangle .

    Samples with another code are infinitely far, as in [2]_; a sample that is alone with its
    codes adds 0. Given no Z at all, the equation is that of `ksg1` or of `ross`.

    References
    ----------
    .. [1] S. Frenzel, B. Pompe, "Partial mutual information for coupling analysis of multivariate
       time series", Physical Review Letters 99, 204101 (2007).
       https://doi.org/10.1103/PhysRevLett.99.204101
    .. [2] O.-C. Popescu et al., "Non-parametric conditional independence testing for mixed
       continuous-categorical variables" (2023). https://doi.org/10.48550/arXiv.2310.11132

    Examples
    --------
    X and Y that share nothing but Z share 0.06 nats in all, and nothing given Z:

    >>> rng = np.random.default_rng(0)
    >>> z, a, b = rng.normal(size=(3, 2000, 1))
    >>> abs(round(frenzel_pompe(z + a, z + b, z), 1))
    0.0
    """
    n = len(z)
    sides = _Sides.of(x, y, z)
    distance = kernel.kth_distance_in_groups(sides.joint, sides.cell, n_neighbors)
    k = np.minimum(n_neighbors, np.bincount(sides.cell) - 1)[sides.cell]
    known = k > 0
    total = psi_sum(k[known], n)
    for sign, counts in sides.counts(distance, strict=True):
        total += sign * psi_sum(counts[known], n)
    return mean(total, n)


def mesner_shalizi(x: AnyArray, y: AnyArray, z: FloatArray, *, n_neighbors: int = 3) -> float:
    r"""I(X; Y | Z) of numbers that repeat, by the estimator of Mesner and Shalizi [1]_.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples, n_dims) of float, or (n_samples,) of int
        Samples of a variable of numbers, or codes of a discrete one.
    z : ndarray of float of shape (n_samples, n_z)
        Samples of the condition; no columns for I(X; Y).
    n_neighbors : int, default=3
        k, at least 1. Where fewer samples share the codes of one, all of these are neighbours.

    Returns
    -------
    float
        Estimate in nats. Without repeated values it is too high, by about the mean of
        :math:`1 / n_x`: 0.04 nats of independent variables for k = 3 and 400 samples.

    Notes
    -----
    With k the number of samples no farther than the k-th neighbour of
    :math:`(x_i, y_i, z_i)`, and the other counts to the same distance, each without the sample,

    .. math:: \langle \psi(k) - \psi(n_{xz}) - \psi(n_{yz}) + \psi(n_z) \rangle ,

    and :math:`\psi(n)` for the last where there is no Z. The published estimator sets what is
    negative to zero; this one does not. Samples with another code are infinitely far.

    References
    ----------
    .. [1] O. C. Mesner, C. R. Shalizi, "Conditional mutual information estimation for mixed,
       discrete and continuous data", IEEE Transactions on Information Theory 67(1) (2021).
       https://doi.org/10.1109/TIT.2020.3024886

    Examples
    --------
    Rounding to a tenth takes little from the 0.51 nats of normal variables of correlation 0.8:

    >>> rng = np.random.default_rng(0)
    >>> x, noise = rng.normal(size=(2, 2000, 1))
    >>> y = 0.8 * x + 0.6 * noise
    >>> round(mesner_shalizi(x.round(1), y.round(1), np.empty((2000, 0))), 1)
    0.5
    """
    n = len(z)
    sides = _Sides.of(x, y, z)
    distance = kernel.kth_distance_in_groups(sides.joint, sides.cell, n_neighbors)
    known = np.bincount(sides.cell)[sides.cell] > 1
    others = kernel.count_within_groups(sides.joint, sides.cell, distance, strict=False) - 1
    total = psi_sum(others[known], n)
    for sign, counts in sides.counts(distance, strict=False):
        # The sample itself does not count, but all n do where there is no condition.
        own = int(sign < 0 or z.shape[1] > 0)
        total += sign * psi_sum(counts[known] - own, n)
    return mean(total, n)


def is_grid(points: FloatArray) -> bool:
    """Whether the numbers of some column occur twice on average, as those of a rounded one do."""
    return any(2 * (1 + (gap > 0).sum()) <= len(points) for gap in _gaps(points))


def _has_repeats(points: FloatArray) -> bool:
    """Whether two samples share a number, in any column: distances then tie."""
    return any((gap == 0).any() for gap in _gaps(points))


def _gaps(points: FloatArray) -> Iterator[FloatArray]:
    """Differences of consecutive numbers of each column."""
    for column in points.T:
        gap = np.diff(column)
        yield gap if (gap >= 0).all() else np.diff(column[ascending_order(column)])


@dataclass(frozen=True)
class _Sides:
    """Numbers and codes of X and Y beside the numbers of Z; what has no numbers has no columns."""

    x: FloatArray
    y: FloatArray
    z: FloatArray
    x_codes: IntArray
    y_codes: IntArray
    cell: IntArray  # code of the pair of codes

    @classmethod
    def of(cls, x: AnyArray, y: AnyArray, z: FloatArray) -> _Sides:
        x, x_codes = _values_and_codes(x)
        y, y_codes = _values_and_codes(y)
        pair = x_codes * (int(y_codes.max()) + 1) + y_codes
        return cls(x, y, z, x_codes, y_codes, np.unique(pair, return_inverse=True)[1])

    @property
    def joint(self) -> FloatArray:
        """All numbers."""
        return np.hstack([self.z, self.x, self.y])

    def counts(self, distance: FloatArray, *, strict: bool) -> Iterator[tuple[int, IntArray]]:
        """Sign in the estimate, and counts within the distance, of (X, Z), (Y, Z) and Z."""
        for numbers, codes in ((self.x, self.x_codes), (self.y, self.y_codes)):
            points = np.hstack([self.z, numbers])
            yield -1, kernel.count_within_groups(points, codes, distance, strict=strict)
        yield 1, kernel.count_within(self.z, distance, strict=strict)


def _values_and_codes(side: AnyArray) -> tuple[FloatArray, IntArray]:
    """Coordinates and codes of a variable that has the one or the other."""
    if side.ndim == 1:
        return np.empty((len(side), 0)), side.astype(np.int64)
    return side, np.zeros(len(side), dtype=np.int64)


def _sorted_by(key: FloatArray, *arrays: AnyArray) -> list[AnyArray]:
    """Rows in the order of the first coordinate: the kernels then walk through memory."""
    order = np.argsort(key[:, 0])
    return [array[order] for array in arrays]
