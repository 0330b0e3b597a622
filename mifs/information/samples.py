"""Information of samples: paired values in, nats out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from mifs._frames import array_columns, frame_columns, is_frame
from mifs._typing import AnyArray, ArrayLike, BoolArray
from mifs._validation import distinct_names, weighted_rows
from mifs._vectors import as_array, refuse_infinity
from mifs.discrete import CORRECTIONS
from mifs.encoding import Kind, TypedColumn, looks_like_classes
from mifs.mi_estimators import BinnedMI, MIEstimator, NearestNeighborsMI, mi_estimator_of
from mifs.neighbors import NeighborEstimate
from mifs.units import nats_per_unit
from mifs.weights import RowWeights


def entropy_of(
    x: ArrayLike,
    *,
    correction: str | None = None,
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Entropy H(X) of a discrete sample.

    Parameters
    ----------
    x : array-like of shape (n_samples,) or (n_samples, n_columns)
        Every distinct value is a level, missing too; several columns are one joint variable.
    correction : {None, "miller_madow"}, default=None
        None for the plug-in, the entropy of the observed shares: too low on average, but never
        above the log of the number of levels. "miller_madow" takes that bias off to first order.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row occurs, as in `mutual_info`.

    Returns
    -------
    float
        Never negative.

    Raises
    ------
    ValueError
        If `x` is empty, or `correction` is neither.

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
    weights, (columns,) = _paired(sample_weight, (x, "x", True))
    variable = BinnedMI().variable(columns)
    each = np.ones(len(variable.codes)) if weights is None else weights.multiples * weights.unit
    counts = np.bincount(variable.codes, each)
    n = len(each) if weights is None else weights.total
    cell = CORRECTIONS[correction].cell
    information = cell(np.array(n)) - cell(counts).sum()
    return float(information / n / nats_per_unit(base)) + 0.0


def mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    *,
    mi_estimator: str | MIEstimator[Any] = "binned",
    discrete_x: Kind = "auto",
    discrete_y: Kind = "auto",
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
) -> float:
    r"""Mutual information I(X; Y) of two samples.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_columns)
        Paired samples, numbers or labels. Several columns are one joint variable: for "knn" and
        "gaussian" a vector. A missing value is a level of its own, or an atom beside numbers.
    mi_estimator : str or MI estimator, default="binned"
        "binned" is `BinnedMI()`, which takes the mean by chance off;
        ``BinnedMI(correction=None)`` is the plug-in, ``BinnedMI(correction="miller_madow")``
        the plug-in less its bias to first order. "knn" is `NearestNeighborsMI()`, without bins;
        "gaussian" is `GaussianCopulaMI()`, for monotone relations.
    discrete_x, discrete_y : bool or "auto", default="auto"
        Whether every distinct value is a level. "auto": labels and booleans are discrete; so are
        whole numbers with at most 32 distinct values, and those of an integer type with more, if
        each occurs ten times on average; other numbers are cut into bins, or measured as they
        are.
    base : float, optional
        Base of the logarithm: left out for nats, 2 for bits, 10 for hartleys.
    sample_weight : array-like of shape (n_samples,), optional
        How often each row occurs, with "binned": 2 is a row given twice, 0 one left out. Their sum
        is the number of rows of every correction; see Notes.

    Returns
    -------
    float
        Symmetric in x and y, but for ``BinnedMI(strategy="mdlp")``, which cuts x by y. It is zero
        on average at independence and not clipped, so that it can be negative, but for the
        plug-in. From counts it is at most the smaller of the two entropies, and too low by at most
        the mean by chance where dependence is strong.

    Raises
    ------
    ValueError
        If the lengths differ, a value is infinite, or the table would have more than
        67 million cells.

    Notes
    -----
    .. math:: I(X; Y) = \sum_{xy} \frac{n_{xy}}{n} \log \frac{n \, n_{xy}}{n_x n_y} - c

    with the correction c, from counts. Cost O(n) once coded. The information of a binned sample
    converges to that of its bins, which is lower than that of the continuous variables.
    `neighbor_estimate` gives the value of "knn" with what casts doubt on it.

    Weights that are no counts, such as those of a survey, should sum to the number of independent
    rows that they leave, ``w.sum()**2 / (w**2).sum()`` (Kish): scaled to sum to n, what says
    nothing scores above zero, as copies of rows do, by a share of the plug-in that is
    ``1 - n / (w**2).sum()``: a fifth of it for weights of 0.5 and 1.5. Fractions are exact in the
    plug-in; the mean by chance is then linear between those of whole counts. Well-filled tables of
    independent variables so scaled score zero to a hundredth of the plug-in; strata of about ten
    rows with levels of few rows each, to a tenth.

    Examples
    --------
    A copy shares all that it has, one bit; the plug-in sees no more and no less.

    >>> coin = ["heads", "tails"] * 50
    >>> round(mutual_info(coin, coin, mi_estimator=BinnedMI(correction=None), base=2), 12)
    1.0

    Normal variables of correlation 0.8 share -log(1 - 0.8**2) / 2 = 0.51 nats, of which bins keep
    less:

    >>> x, noise = np.random.default_rng(0).normal(size=(2, 2000))
    >>> y = 0.8 * x + 0.6 * noise
    >>> round(mutual_info(x, y, mi_estimator="knn"), 2), round(mutual_info(x, y), 2)
    (0.5, 0.45)
    """
    estimator = mi_estimator_of(mi_estimator)
    sides = (x, "x", discrete_x), (y, "y", discrete_y)
    weights, (of_x, of_y) = _paired(sample_weight, *sides)
    second = estimator.variable(of_y, weights)
    first = estimator.variable(of_x, weights, target=second)
    source = estimator.source_of([first], second, names=["x"], weights=weights)
    return float(source.relevance()[0] / nats_per_unit(base))


def conditional_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    z: ArrayLike,
    *,
    mi_estimator: str | MIEstimator[Any] = "binned",
    discrete_x: Kind = "auto",
    discrete_y: Kind = "auto",
    discrete_z: Kind = "auto",
    base: float | None = None,
    sample_weight: ArrayLike | None = None,
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
    sample_weight : array-like of shape (n_samples,), optional
        How often each row occurs, as in `mutual_info`.

    Returns
    -------
    float
        What X tells of Y to one who knows Z. A corrected estimate is not clipped.

    Raises
    ------
    ValueError
        If the lengths differ, a value is infinite, or the table would have more than
        67 million cells.

    Notes
    -----
    .. math:: I(X; Y \mid Z) = \sum_z \frac{n_z}{n} I(X; Y \mid Z = z) ,

    each stratum with its own correction; a stratum of one sample adds nothing. Of a continuous Z
    the strata of "binned" are bins, in which Z still varies; "knn" knows Z as a number.
    ``BinnedMI(strategy="mdlp")`` cuts x and z by y.

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
    sides = (x, "x", discrete_x), (y, "y", discrete_y), (z, "z", discrete_z)
    weights, (of_x, of_y, of_z) = _paired(sample_weight, *sides)
    second = estimator.variable(of_y, weights)
    first, given = (estimator.variable(side, weights, target=second) for side in (of_x, of_z))
    source = estimator.source_of([first, given], second, names=["x", "z"], weights=weights)
    ((_, terms),) = source.pair((1,), np.array([True, False]))
    return float(terms.conditional_relevance[0] / nats_per_unit(base))


def neighbor_estimate(
    x: ArrayLike,
    y: ArrayLike,
    z: ArrayLike | None = None,
    *,
    mi_estimator: str | NearestNeighborsMI = "knn",
    discrete_x: Kind = "auto",
    discrete_y: Kind = "auto",
    discrete_z: Kind = "auto",
) -> NeighborEstimate:
    r"""Mutual information I(X; Y) or I(X; Y | Z) by nearest neighbours, with its validity.

    Parameters
    ----------
    x, y : array-like of shape (n_samples,) or (n_samples, n_columns)
        Samples that belong together, numbers or labels. Several columns are one vector.
    z : array-like of shape (n_samples,) or (n_samples, n_columns), optional
        The condition.
    mi_estimator : "knn" or NearestNeighborsMI, default="knn"
        How it is measured.
    discrete_x, discrete_y, discrete_z : bool or "auto", default="auto"
        Whether every distinct value is a level, as in `mutual_info`.

    Returns
    -------
    NeighborEstimate
        ``raw`` is what `mutual_info` gives in nats, ``value`` the same with zero for what is
        negative, ``ceiling`` what no estimate exceeds, and ``remarks`` what casts doubt on it, a
        sentence each.

    Raises
    ------
    ValueError
        If the lengths differ, or a value is infinite.
    TypeError
        If the MI estimator has no neighbours.

    Notes
    -----
    The ceiling of two continuous variables is :math:`\psi(n) - \psi(k)`; near it the truth may be
    far above. Copies of rows look like information, small classes leave few neighbours, and many
    dimensions take the estimate towards zero: each is counted.

    Examples
    --------
    A line of 1000 points has infinite information, and no estimate can tell:

    >>> x = np.arange(1000.0)
    >>> result = neighbor_estimate(x, 2 * x)
    >>> round(result.raw, 2) == round(result.ceiling, 2) == 5.98
    True
    >>> result.is_saturated
    True
    """
    estimator = mi_estimator_of(mi_estimator)
    if not isinstance(estimator, NearestNeighborsMI):
        msg = f"neighbor_estimate needs NearestNeighborsMI; got {mi_estimator!r}. Use mutual_info."
        raise TypeError(msg)
    given = [] if z is None else [(z, "z", discrete_z)]
    sides = [(x, "x", discrete_x), (y, "y", discrete_y), *given]
    _, columns = _paired(None, *sides)
    return estimator.measured(*map(estimator.variable, columns))


def _paired(
    sample_weight: ArrayLike | None, *sides: tuple[ArrayLike, str, Kind]
) -> tuple[RowWeights | None, list[list[TypedColumn]]]:
    """Return the weights of the rows that count, and these rows of the columns of each side."""
    check_consistent_length(*(values for values, _, _ in sides))
    for values, _, _ in sides:
        distinct_names(values)
    tables = [x if is_frame(x) else as_array(x, name) for x, name, _ in sides]
    weights, *tables = weighted_rows(sample_weight, *tables)
    return weights, [
        _columns(table, name, discrete=discrete, weights=weights)
        for table, (_, name, discrete) in zip(tables, sides, strict=True)
    ]


def _columns(
    x: ArrayLike, name: str, *, discrete: Kind, weights: RowWeights | None = None
) -> list[TypedColumn]:
    """Check a sample, and say of each of its columns whether it is discrete."""
    if discrete not in {True, False, "auto"}:
        msg = f"discrete_{name} must be True, False or 'auto'; got {discrete!r}."
        raise ValueError(msg)
    columns = []
    for values, is_missing in _values_of(x, name):
        present = values if is_missing is None else values[~is_missing]
        if not len(values):
            msg = f"{name} is empty; at least one sample is needed."
            raise ValueError(msg)
        if discrete is False and values.dtype.kind not in "fiub" and len(present):
            msg = f"{name} holds {str(present[0])!r}, which is no number: leave "
            msg += f"discrete_{name} out, or set it True."
            raise ValueError(msg)
        own = weights
        if weights is not None and is_missing is not None:
            own = weights.of_rows(~is_missing)
        is_discrete = looks_like_classes(present, own) if discrete == "auto" else discrete
        columns.append(TypedColumn(values, is_discrete, is_missing))
    if not columns:
        msg = f"{name} has no columns."
        raise ValueError(msg)
    return columns


def _values_of(x: ArrayLike, name: str) -> Iterator[tuple[AnyArray, BoolArray | None]]:
    """Yield the columns of a sample, and where each is missing."""
    if is_frame(x):
        columns = frame_columns(x)
    else:
        array = as_array(x, name)
        if array.ndim not in {1, 2}:
            msg = f"{name} must have shape (n_samples,) or (n_samples, n_columns); got "
            msg += f"{array.shape}."
            raise ValueError(msg)
        refuse_infinity(array, name)
        table = array[:, np.newaxis] if array.ndim == 1 else array
        columns = array_columns(table, [name] * table.shape[1])
    for column in columns:
        if column.sort in {"date", "duration"}:
            msg = f"{name} holds {column.sort}s (type {column.type_name}). Turn them into numbers "
            msg += "first."
            raise TypeError(msg)
        yield column.values, column.is_missing
