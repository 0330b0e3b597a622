"""How surprising a table's information is: p-values under permutation within strata.

T is n times the plug-in information in nats. Two-by-two tables get the exact tail; all others a
Pearson III tail with the exact mean and variance and a third cumulant; what is about to matter
can be confirmed by random tables. Each p-value says which of the three it is.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaincc
from scipy.stats import false_discovery_control

from mifs._kernels.exact import strata_tail, two_by_two_tails
from mifs._typing import ArrayLike, BoolArray, FloatArray, IntArray
from mifs.null_moments import (
    NullMoments,
    NullTables,
    as_counts,
    as_strata,
    information_statistic,
    moments_of_margins,
    permutation_moments,
)
from mifs.random_tables import Confirmation, confirm
from mifs.terms import IndependenceTests

__all__ = [
    "Confirmation",
    "IndependenceTests",
    "NullMoments",
    "NullTables",
    "adjusted",
    "confirm",
    "exact_conditional_p_value",
    "exact_p_value",
    "independence_of_sums",
    "independence_tests",
    "information_statistic",
    "moments_of_margins",
    "p_value",
    "permutation_moments",
    "settled",
    "two_moment_p_value",
]

EXACT, THREE_MOMENT, RANDOM_TABLES = "exact", "three-moment", "random tables"
BINARY_DOUBT, SPARSE_DOUBT = 1000.0, 30.0  # how far below a level the smooth tail is not trusted
FAR_TAIL = 1e-30  # 65 nats of T and more: the approximations part there, but nothing is near
EXPECTED_MEMBERS = 5  # of a class in a level, from which on a stratum is well filled
DISAGREEMENT = 3.0  # ratio of the two analytic p-values from which neither is to be trusted


def p_value(statistic: ArrayLike, moments: NullMoments) -> FloatArray:
    r"""P(T >= statistic) from mean, variance and third cumulant (Pearson III tail).

    Parameters
    ----------
    statistic : array-like of float
        T in nats.
    moments : NullMoments
        Null cumulants of T, of a shape that fits.

    Returns
    -------
    ndarray of float
        Between 0 and 1; 1 where the variance is 0.

    Notes
    -----
    :math:`p = Q(k, k + \sqrt{k}\,(T - E)/\sqrt{V})` with the shape :math:`k = 4 V^3 / \kappa_3^2`
    and Q the regularised upper incomplete gamma function. An approximation: over 12 shapes of
    table the share of null tables below .01, 1e-3 and 1e-4 was at most 1.05, 1.4 and 1.5 times that
    level, and far below it where tables are sparse; below .05 it was up to 1.65 times (30 x 2,
    n = 100, a class of 5 %), as such tables have few values. Two-by-two tables and strata have too
    few for any smooth tail: use `exact_p_value` and `exact_conditional_p_value`.

    References
    ----------
    .. [1] P. W. Mielke, K. J. Berry, "Permutation Methods: A Distance Function Approach",
       2nd edition, Springer (2007).

    Examples
    --------
    With mean 1, variance 1 and third cumulant 2 the law is the exponential one, whose tail at 3 is
    ``exp(-3) = 0.049787``:

    >>> law = NullMoments(mean=np.array(1.0), variance=np.array(1.0), third=np.array(2.0))
    >>> round(float(p_value(3.0, law)), 6)
    0.049787
    """
    free = moments.variance > 0
    variance = np.where(free, moments.variance, 1.0)
    shape = 4 * variance**3 / np.where(free, moments.third, 1.0) ** 2
    distance = (np.asarray(statistic) - moments.mean) / np.sqrt(variance)
    argument = np.maximum(shape + np.sqrt(shape) * distance, 0.0)
    return np.where(free, gammaincc(shape, argument), 1.0)


def two_moment_p_value(statistic: ArrayLike, moments: NullMoments) -> FloatArray:
    """P(T >= statistic) from mean and variance alone, by a gamma law: the cross-check.

    Parameters
    ----------
    statistic : array-like of float
        T in nats.
    moments : NullMoments
        Null cumulants of T, of a shape that fits; the third is not used.

    Returns
    -------
    ndarray of float
        Between 0 and 1; 1 where the variance is 0. Too small where a class is rare in a table of
        many levels, and where strata are unlike.

    Examples
    --------
    Mean 1 and variance 1 give the exponential law, whose tail at 3 is ``exp(-3) = 0.049787``:

    >>> law = NullMoments(mean=np.array(1.0), variance=np.array(1.0), third=np.array(9.0))
    >>> round(float(two_moment_p_value(3.0, law)), 6)
    0.049787
    """
    free = moments.variance > 0
    mean = np.where(free, moments.mean, 1.0)
    scale = np.where(free, moments.variance, 1.0) / mean
    shape = mean / scale
    return np.where(free, gammaincc(shape, np.maximum(statistic, 0.0) / scale), 1.0)


def exact_p_value(tables: ArrayLike) -> FloatArray:
    """P(T >= T observed) of two-by-two tables, by summing the hypergeometric law.

    Parameters
    ----------
    tables : array-like of int, shape (n_tables, 2, 2)
        Counts, >= 0. Margins may differ between tables.

    Returns
    -------
    ndarray of float, shape (n_tables,)
        Above 0, at most 1; 1 where a level or a class is empty. Values of T that differ by less
        than their rounding error count as equal, which can only raise a p-value. Relative error
        about 1e-15 n log(n).

    Raises
    ------
    ValueError
        If the tables are not two by two.

    Examples
    --------
    Of the 70 ways to choose the four rows of the first level, two separate the classes:

    >>> exact_p_value([[[4, 0], [0, 4]]]) * 70
    array([2.])
    """
    counts = as_counts(tables)
    if counts.ndim != 3 or counts.shape[1:] != (2, 2):
        msg = (
            f"tables must have shape (n_tables, 2, 2); got {counts.shape}. Use "
            "independence_tests for tables of other shapes."
        )
        raise ValueError(msg)
    k, a, b = counts[:, 0, 0], counts[:, 0].sum(axis=1), counts[:, :, 0].sum(axis=1)
    m = counts.sum(axis=(1, 2))
    free = (a > 0) & (a < m) & (b > 0) & (b < m)
    result = np.ones(len(counts))
    # binary candidates share few margins: each distinct table is summed once
    distinct, back = np.unique(np.column_stack([k, a, b, m])[free], axis=0, return_inverse=True)
    result[free] = two_by_two_tails(*distinct.T)[back]
    return result


def exact_conditional_p_value(table: ArrayLike | Sequence[ArrayLike]) -> float:
    """P(T >= T observed) of one table in two-by-two strata, by convolving their laws.

    Parameters
    ----------
    table : array-like of int, shape (n_strata, 2, 2)
        Counts, >= 0.

    Returns
    -------
    float
        At most 1, and never below the exact value: tables that fall short of the observed T by
        less than 0.01 nats count as reaching it.

    Raises
    ------
    ValueError
        If a stratum is not two by two.

    Notes
    -----
    The law of a few small strata has few values, and no smooth tail follows it: for two binary
    strata of 60 or 200 rows in all the three-moment p is too small by a factor of 4 to 6 on
    average where it says 1e-4. Cost about ``100 T n_strata**2`` times the values of a count.

    Examples
    --------
    Two strata that separate the classes, each with probability 2 / 70, and nothing comes near:

    >>> round(exact_conditional_p_value([[[4, 0], [0, 4]], [[0, 4], [4, 0]]]) * 35**2, 6)
    1.0
    """
    strata = as_strata(table)
    if strata.shape[1:] != (2, 2):
        msg = (
            f"table must have shape (n_strata, 2, 2); got {strata.shape}. Use confirm for strata "
            "of other shapes."
        )
        raise ValueError(msg)
    a, b, m = strata[:, 0].sum(axis=1), strata[:, :, 0].sum(axis=1), strata.sum(axis=(1, 2))
    free = (a > 0) & (a < m) & (b > 0) & (b < m)
    if not free.any():
        return 1.0
    return strata_tail(strata[free, 0, 0], a[free], b[free], m[free])


def independence_tests(counts: ArrayLike, *, null: NullTables | None = None) -> IndependenceTests:
    """Test each candidate's independence of the target, given the stratum.

    Parameters
    ----------
    counts : array-like of int, shape (n_candidates, [n_strata,] n_levels, n_classes)
        Counts, >= 0, of all candidates against one target; absent levels are 0.
    null : NullTables, optional
        Tables of this target's class counts, to be reused over several calls.

    Returns
    -------
    IndependenceTests
        Exact for two occupied levels against two occupied classes without strata, and where
        nothing can vary; three moments otherwise.

    Raises
    ------
    ValueError
        If `counts` has another number of dimensions, or the candidates' class counts differ.

    Examples
    --------
    A candidate equal to a target of four and four, and one with as much of each class in each
    level:

    >>> tests = independence_tests([[[4, 0], [0, 4]], [[2, 2], [2, 2]]])
    >>> tests.pvalue.round(6), tests.method
    (array([0.028571, 1.      ]), array(['exact', 'exact'], dtype='<U12'))
    """
    tables = as_counts(counts)
    if tables.ndim not in {3, 4} or not len(tables):
        msg = (
            "counts must have shape (n_candidates, n_levels, n_classes) or (n_candidates, "
            f"n_strata, n_levels, n_classes); got {tables.shape}. Add an axis for one candidate."
        )
        raise ValueError(msg)
    if tables.ndim == 3:
        tables = tables[:, None]
    classes = tables.sum(axis=2)
    if (classes != classes[0]).any():
        msg = (
            "counts must have the same class counts for every candidate; they differ. Count all "
            "candidates on the same rows."
        )
        raise ValueError(msg)
    null = NullTables(classes[0]) if null is None else null
    statistic = information_statistic(tables).sum(axis=1)
    single = tables[:, 0] if tables.shape[1] == 1 else None
    return independence_of_sums(statistic, null.moments(tables.sum(axis=3)), single)


def independence_of_sums(
    statistic: FloatArray, moments: NullMoments, tables: IntArray | None
) -> IndependenceTests:
    """Tests from what the counts have been summed to.

    Parameters
    ----------
    statistic : ndarray of shape (n_candidates,)
        T in nats.
    moments : NullMoments
        Null cumulants of T.
    tables : ndarray of int of shape (n_candidates, n_levels, n_classes), or None
        Counts, if there is one stratum: those of two levels and two classes are tested exactly.

    Returns
    -------
    IndependenceTests
        As of `independence_tests`.

    Examples
    --------
    Under the exponential law the tail at 3 is ``exp(-3) = 0.049787``:

    >>> law = NullMoments(np.ones(1), np.ones(1), 2 * np.ones(1))
    >>> independence_of_sums(np.array([3.0]), law, None).pvalue.round(6)
    array([0.049787])
    """
    pvalue = p_value(statistic, moments)
    rough = two_moment_p_value(statistic, moments)
    disagreement = np.maximum(pvalue, rough) > DISAGREEMENT * np.minimum(pvalue, rough)
    exact = moments.variance == 0
    if tables is not None:
        small, pairs = _two_by_two(tables)
        if small.any():
            pvalue[small] = exact_p_value(pairs)
            exact |= small
    method = np.where(exact, EXACT, THREE_MOMENT)
    return IndependenceTests(statistic, pvalue, method, disagreement & ~exact)


def settled(
    table: IntArray,
    found: tuple[float, str, bool],
    *,
    level: float,
    rng: np.random.Generator,
    always: bool,
) -> tuple[float, str]:
    """P-value of one table in strata, made sure of where the smooth tail may mislead at a level.

    Parameters
    ----------
    table : ndarray of int, shape (n_strata, n_levels, n_classes)
        Counts.
    found : tuple of float, str and bool
        Its p-value by `independence_tests`, the method, and whether two approximations disagree.
    level : float
        What the p-value will be held against.
    rng : numpy.random.Generator
        Where random tables come from.
    always : bool
        Whether to draw random tables also where the smooth tail is to be trusted.

    Returns
    -------
    pvalue : float
        Exact for binary strata; drawn where a stratum is sparse and the value near the level.
    method : str
        "exact", "three-moment" or "random tables".

    Notes
    -----
    Two levels by two classes in small strata have few values: there the smooth tail was up to 13
    times too small (n = 60, at 1e-5) where the approximations agree, and millions of times with a
    rare class, where they do not. So values above a thousandth of the level, or in doubt and
    above 1e-30, are summed exactly. A stratum is sparse if a class has fewer than 5 expected
    members a level; values within a factor 30 of the level are then drawn, and those in doubt
    within a factor 1000: some thousand tables by `confirm`, however small the level.

    Examples
    --------
    An exact p-value is passed through:

    >>> table, rng = np.array([[[4, 0], [0, 4]]]), np.random.default_rng(0)
    >>> settled(table, (2 / 70, "exact", False), level=0.05, rng=rng, always=True)
    (0.02857142857142857, 'exact')
    """
    pvalue, method, is_doubtful = found
    if method == EXACT or pvalue > level:
        return pvalue, method
    levels, classes = table.sum(axis=2), table.sum(axis=1)
    is_met, has_rows = levels.any(axis=0), classes.any(axis=0)
    if is_met.sum() == 2 == has_rows.sum():
        occupied = table[:, is_met][:, :, has_rows]
        least = FAR_TAIL if is_doubtful else level / BINARY_DOUBT
        if always or pvalue > least:
            return exact_conditional_p_value(occupied), EXACT
        return pvalue, method
    least = level / (BINARY_DOUBT if is_doubtful else SPARSE_DOUBT)
    if always or (pvalue > least and (is_doubtful or _is_sparse(levels, classes))):
        return confirm(table, threshold=level, rng=rng).pvalue, RANDOM_TABLES
    return pvalue, method


def _is_sparse(levels: IntArray, classes: IntArray) -> bool:
    """Whether some class has fewer than 5 expected members a level in a stratum that can vary."""
    if classes.min() >= EXPECTED_MEMBERS * levels.shape[1]:  # soon told, of most
        return False
    n_levels = (levels > 0).sum(axis=1)
    varies = (n_levels > 1) & ((classes > 0).sum(axis=1) > 1)
    rarest = np.where(classes > 0, classes, classes.max(initial=1) + 1).min(axis=1)
    return bool((rarest[varies] < EXPECTED_MEMBERS * n_levels[varies]).any())


def _two_by_two(tables: IntArray) -> tuple[BoolArray, IntArray]:
    """Which tables have two occupied levels and classes, and these as (n, 2, 2)."""
    occupied = tables.sum(axis=2) > 0
    classes = np.flatnonzero(tables[0].sum(axis=0))
    small = (occupied.sum(axis=1) == 2) & (classes.size == 2)
    pairs = tables[small][occupied[small]].reshape(-1, 2, tables.shape[2])
    return small, pairs[:, :, classes]


def adjusted(pvalues: ArrayLike, method: str = "bh") -> FloatArray:
    """P-values adjusted for the false discovery rate.

    Parameters
    ----------
    pvalues : array-like of float, shape (n_tests,)
        Between 0 and 1.
    method : {"bh", "by"}, default="bh"
        Benjamini-Hochberg, for independent or positively dependent tests, or
        Benjamini-Yekutieli, for any dependence.

    Returns
    -------
    ndarray of float, shape (n_tests,)
        Rejecting those at most alpha keeps the expected share of false rejections below alpha.

    Raises
    ------
    ValueError
        If `method` is neither, or a p-value is outside [0, 1].

    References
    ----------
    .. [1] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal
       Statistical Society B 57, 289 (1995). https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
    .. [2] Y. Benjamini, D. Yekutieli, "The control of the false discovery rate in multiple testing
       under dependency", Annals of Statistics 29, 1165 (2001).
       https://doi.org/10.1214/aos/1013699998

    Examples
    --------
    The smallest of four counts four times, the next twice:

    >>> adjusted([0.01, 0.02, 0.5, 0.9])
    array([0.04      , 0.04      , 0.66666667, 0.9       ])
    """
    values = np.asarray(pvalues, dtype=np.float64)
    if method not in {"bh", "by"}:
        msg = f"method must be 'bh' or 'by'; got {method!r}."
        raise ValueError(msg)
    if not ((values >= 0) & (values <= 1)).all():
        wrong = values[~((values >= 0) & (values <= 1))][0]
        msg = f"pvalues must lie between 0 and 1; got {wrong!r}. Drop tests that have no p-value."
        raise ValueError(msg)
    return np.asarray(false_discovery_control(values, method=method))
