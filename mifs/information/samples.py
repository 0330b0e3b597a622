"""Information of samples: paired values in, nats out."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_consistent_length

from mifs._typing import ArrayLike
from mifs._validation import as_array, as_vector
from mifs.counts import CodeTable, DiscreteVariable
from mifs.discrete import CORRECTIONS
from mifs.encoding import Kind, looks_like_classes
from mifs.mi_estimators import BinnedMI, mi_estimator_of
from mifs.units import nats_per_unit


def entropy_of(x: ArrayLike, *, correction: str | None = None, base: float | None = None) -> float:
    r"""Entropy H(X) of a discrete sample.

    Parameters
    ----------
    x : array-like of shape (n_samples,) or (n_samples, n_columns)
        Every distinct value is a level; several columns are one joint variable.
    correction : {None, "miller_madow"}, default=None
        None for the plug-in, the entropy of the observed shares: too low on average, but never
        above the log of the number of levels. "miller_madow" takes that bias off to first order.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.

    Returns
    -------
    float
        Never negative.

    Raises
    ------
    ValueError
        If `x` is empty or holds a missing value, or `correction` is neither.

    Notes
    -----
    Numbers are not cut into bins: a column of distinct values has the entropy log n. With K
    levels that occur in n samples, Miller and Madow add (K - 1) / 2n nats.

    Examples
    --------
    Half heads, half tails: one bit.

    >>> round(entropy_of(["heads", "tails"] * 50, base=2), 12)
    1.0
    """
    if correction not in {None, "miller_madow"}:
        msg = f"correction of an entropy must be 'miller_madow' or None; got {correction!r}."
        raise ValueError(msg)
    variable = _joint(x, "x", BinnedMI(), discrete=True)
    counts = np.bincount(variable.codes)
    n = len(variable.codes)
    cell = CORRECTIONS[correction].cell
    information = cell(np.array(n)) - cell(counts).sum()
    return float(information / n / nats_per_unit(base)) + 0.0


def mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    mi_estimator: str | BinnedMI = "binned",
    discrete_x: Kind = "auto",
    discrete_y: Kind = "auto",
    base: float | None = None,
) -> float:
    r"""Mutual information I(X; Y) of two samples.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_columns)
        Paired samples, numbers or labels. Several columns are one joint variable.
    mi_estimator : str or MI estimator, default="binned"
        "binned" is `BinnedMI()`, which takes the mean by chance off;
        ``BinnedMI(correction=None)`` is the plug-in, ``BinnedMI(correction="miller_madow")``
        the plug-in less its bias to first order.
    discrete_x, discrete_y : bool or "auto", default="auto"
        Whether every distinct value is a level. "auto": labels and booleans are discrete; so are
        whole numbers with at most 32 distinct values, and those of an integer type with more, if
        each occurs ten times on average; other numbers are cut into bins.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.

    Returns
    -------
    float
        Symmetric in x and y; at most the smaller of the two entropies. Corrected for chance it is
        zero on average at independence, not clipped, and too low by at most the mean by chance
        where dependence is strong; the plug-in is never negative.

    Raises
    ------
    ValueError
        If the lengths differ, a value is missing or infinite, or the table would have more than
        67 million cells.

    Notes
    -----
    .. math:: I(X; Y) = \sum_{xy} \frac{n_{xy}}{n} \log \frac{n \, n_{xy}}{n_x n_y} - c

    with the correction c. Cost O(n) once coded. The information of a binned sample converges to
    that of its bins, which is lower than that of the continuous variables.

    Examples
    --------
    A copy shares all that it has, one bit; the plug-in sees no more and no less.

    >>> coin = ["heads", "tails"] * 50
    >>> round(mutual_info(coin, coin, mi_estimator=BinnedMI(correction=None), base=2), 12)
    1.0
    """
    estimator = mi_estimator_of(mi_estimator)
    check_consistent_length(x, y)
    first = _joint(x, "x", estimator, discrete=discrete_x)
    second = _joint(y, "y", estimator, discrete=discrete_y)
    source = estimator.source(CodeTable([first], names=["x"]), second)
    return float(source.relevance()[0] / nats_per_unit(base))


def conditional_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    z: ArrayLike,
    *,
    mi_estimator: str | BinnedMI = "binned",
    discrete_x: Kind = "auto",
    discrete_y: Kind = "auto",
    discrete_z: Kind = "auto",
    base: float | None = None,
) -> float:
    r"""Conditional mutual information I(X; Y | Z) of three samples.

    Parameters
    ----------
    x, y, z : array-like of shape (n_samples,) or (n_samples, n_columns)
        Samples that belong together, numbers or labels. Several columns are one joint variable.
    mi_estimator : str or MI estimator, default="binned"
        As in `mutual_info`.
    discrete_x, discrete_y, discrete_z : bool or "auto", default="auto"
        Whether every distinct value is a level, as in `mutual_info`.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.

    Returns
    -------
    float
        What X tells of Y to one who knows Z. A corrected estimate is not clipped.

    Raises
    ------
    ValueError
        If the lengths differ, a value is missing or infinite, or the table would have more than
        67 million cells.

    Notes
    -----
    .. math:: I(X; Y \mid Z) = \sum_z \frac{n_z}{n} I(X; Y \mid Z = z) ,

    each stratum with its own correction; a stratum of one sample adds nothing.

    Examples
    --------
    Of two coins and whether they agree, any one is settled by the other two, and by no single
    one: a bit, and nothing.

    >>> import numpy as np
    >>> first, second = np.repeat([0, 1], 50), np.tile([0, 1], 50)
    >>> agree = first == second
    >>> plug_in = BinnedMI(correction=None)
    >>> round(conditional_mutual_info(first, agree, second, mi_estimator=plug_in, base=2), 12)
    1.0
    >>> round(mutual_info(first, agree, mi_estimator=plug_in, base=2), 12)
    0.0
    """
    estimator = mi_estimator_of(mi_estimator)
    check_consistent_length(x, y, z)
    table = CodeTable(
        [
            _joint(x, "x", estimator, discrete=discrete_x),
            _joint(z, "z", estimator, discrete=discrete_z),
        ],
        names=["x", "z"],
    )
    source = estimator.source(table, _joint(y, "y", estimator, discrete=discrete_y))
    ((_, terms),) = source.pair((1,), np.array([True, False]))
    return float(terms.conditional_relevance[0] / nats_per_unit(base))


def _joint(x: ArrayLike, name: str, estimator: BinnedMI, *, discrete: Kind) -> DiscreteVariable:
    """Code a sample; several columns become one joint variable."""
    if discrete not in {True, False, "auto"}:
        msg = f"discrete_{name} must be True, False or 'auto'; got {discrete!r}."
        raise ValueError(msg)
    array = as_array(x, name)
    columns = [array] if array.ndim <= 1 else list(array.T)
    joint = None
    for column in columns:
        values = as_vector(column, name)
        if not len(values):
            msg = f"{name} is empty; at least one sample is needed."
            raise ValueError(msg)
        if discrete is False and values.dtype.kind not in "fiub":
            msg = f"{name} holds {str(values[0])!r}, which cannot be cut into bins: leave "
            msg += f"discrete_{name} out, or set it True."
            raise ValueError(msg)
        auto = looks_like_classes(values)
        variable = estimator.encode(values, discrete=auto if discrete == "auto" else discrete)
        joint = variable if joint is None else joint.joint(variable)
    if joint is None:
        msg = f"{name} has no columns."
        raise ValueError(msg)
    return joint
