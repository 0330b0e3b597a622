"""Exact p-values by drawing tables with the margins of the one observed.

Small ones from tables that are drawn with a preference for a large T, and weighed accordingly.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainccinv, gammaln, xlogy
from scipy.stats import random_table

from mifs._kernels.drawing import (
    Proposal,
    chance_proposal,
    drawn_tables,
    joined,
    tilted_proposal,
)
from mifs._kernels.exact import tie_tolerance
from mifs._typing import ArrayLike, FloatArray, IntArray
from mifs.null_moments import as_strata, information_statistic, permutation_moments

FEW, PLAIN, TILTED = 400, 20, 200  # tables for each of the exceedances that are asked for
LARGEST_BATCH = 1 << 17  # numbers drawn at once: they stay in the cache
LARGEST_PLAN = 1 << 31  # cells times rows times the longest count, strata together: a second for Q
LEAST_COUNT = 256  # of the longest, so that memory has a bound: 64 MB
LARGEST_Q = 1 << 24  # cells times rows, where Q may take longer: 128 MB, and as much to make it
# Time of a cell of a table, and of a law at a number of rows, in that of a sum in Q.
SUMS_OF_A_CELL, SUMS_OF_A_LAW = 500, 125
NOTHING = np.zeros(0, dtype=np.int64)
SMALLEST = float(np.finfo(np.float64).tiny)  # p-values below it would be 0


@dataclass(frozen=True)
class Confirmation:
    """A p-value from random tables.

    Parameters
    ----------
    statistic : float
        T of the table, in nats.
    pvalue : float
        Valid whatever the table's size: its error is that of the draws alone.
    n_tables : int
        Tables drawn, plain and tilted.
    n_exceedances : int
        How many of them had at least the table's T. Of tilted tables many have: each counts in the
        p-value by its weight.
    method : str, default="random tables"
        How the p-value was found.
    """

    statistic: float
    pvalue: float
    n_tables: int
    n_exceedances: int
    method: str = "random tables"


def confirm(
    table: ArrayLike | Sequence[ArrayLike],
    *,
    threshold: float,
    rng: np.random.Generator,
    n_exceedances: int = 10,
) -> Confirmation:
    r"""P-value of one table by drawing tables with its margins, precise enough for a threshold.

    Parameters
    ----------
    table : array-like of int, shape (n_levels, n_classes) or (n_strata, n_levels, n_classes)
        Counts, >= 0; or a list of tables of unlike shape, one per stratum.
    threshold : float
        Level that the p-value will be held against, above 0 and at most 1.
    rng : numpy.random.Generator
        Source of the draws.
    n_exceedances : int, default=10
        Exceedances after which plain drawing stops, >= 1; tilted tables are 200 times as many.

    Returns
    -------
    Confirmation
        The p-value and what it rests on.

    Raises
    ------
    TypeError
        If `rng` is not a Generator.
    ValueError
        If `threshold` or `n_exceedances` is out of range.

    Notes
    -----
    One table per stratum is drawn, and their T are added. Drawing stops at the h-th exceedance,
    :math:`p = h / l` after :math:`l` tables [1]_, or after :math:`B = h / \text{threshold}` tables
    with :math:`b < h` exceedances, :math:`p = (b + 1) / (B + 1)` [2]_. Both make
    :math:`P(p \le a) \le a` under the null, for every a.

    Where B would be above 400 h, plain drawing ends at 20 h tables, and p-values below 1/20 come
    from N = 200 h tables of another law Q, under which T is on average what is reached with
    probability `threshold`. With the weights :math:`w = P / Q`, P being the law by chance,
    :math:`p = (w_{obs} + \sum_i w_i [T_i \ge T_{obs}]) / (N + 1)` [3]_, which keeps
    :math:`P(p \le a) \le a`, as Q depends on the margins and the threshold, but not on the table.
    So do both together: p is at most an a below 1/20 only if this p is; and at most an a from there
    on only if the h-th exceedance of plain tables takes at least h / a of them, or never comes.

    With h = 10, over 11 shapes of table and levels of 1e-7 to 1e-4, the standard error of a p-value
    at its level was 5 to 20 %, where plain tables have 32 %; 50 to 60 % where strata of several
    classes are very sparse (13 rows of ten classes, or levels of one row): there the weights vary,
    and a p-value of a fourth of the level is taken for one above it in one of 20 cases. A table
    costs 20 ns a cell, 50 where counts are near 100: 4 ms in all for 5 x 10, and 16 ms for 10
    strata of it. Q itself takes a second for 28,000 rows of 30 levels and ten classes, and plain
    tables are drawn where B of them take less, 0.1 µs a cell: at that size, from a threshold of
    5e-4 on. So they are where Q would take more than 128 MB, as of 56,000 such rows: then a small
    threshold takes minutes and more.

    References
    ----------
    .. [1] J. Besag, P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78, 301 (1991).
       https://doi.org/10.1093/biomet/78.2.301
    .. [2] B. Phipson, G. K. Smyth, "Permutation P-values should never be zero", Statistical
       Applications in Genetics and Molecular Biology 9, 39 (2010).
       https://doi.org/10.2202/1544-6115.1585
    .. [3] M. T. Harrison, "Conservative hypothesis tests and confidence intervals using importance
       sampling", Biometrika 99, 57 (2012). https://doi.org/10.1093/biomet/asr079

    Examples
    --------
    A table that its margins leave no choice about is never surprising; ten draws show it:

    >>> confirm([[3, 0], [5, 0]], threshold=0.05, rng=np.random.default_rng(0)).pvalue
    1.0
    """
    generator = _checked(rng)
    if not 0.0 < threshold <= 1.0 or n_exceedances < 1:
        msg = (
            "confirm needs 0 < threshold <= 1 and n_exceedances >= 1; got "
            f"{threshold!r} and {n_exceedances!r}. Pass the level the p-value will be held against."
        )
        raise ValueError(msg)
    strata = as_strata(table)
    statistic = float(information_statistic(strata).sum())
    bound = statistic - float(tie_tolerance(int(strata.sum())))
    small, large = _occupied(strata)
    n_plain, n_tilted = math.ceil(n_exceedances / threshold), TILTED * n_exceedances
    is_tilted = threshold < 1 / FEW and (
        not large or _pays([*small, *large], n_plain=n_plain, n_tilted=n_tilted)
    )
    n_plain = PLAIN * n_exceedances if is_tilted else n_plain
    drawn = found = 0
    for batch in _by_chance(small, large, n_plain, generator):
        hits = np.flatnonzero(batch >= bound)
        if found + hits.size >= n_exceedances:
            drawn += int(hits[n_exceedances - found - 1]) + 1
            return Confirmation(statistic, n_exceedances / drawn, drawn, n_exceedances)
        drawn, found = drawn + batch.size, found + hits.size
    if not is_tilted:
        return Confirmation(statistic, (found + 1) / (drawn + 1), drawn, found)
    t, log_weight = _tilted([*small, *large], _tilt(strata, threshold), n_tilted, generator)
    reached = t >= bound
    reached[0] = True  # the observed one itself
    log_p = float(np.logaddexp.reduce(log_weight[reached])) - math.log(n_tilted + 1)
    pvalue = max(math.exp(min(log_p, 0.0)), SMALLEST)
    return Confirmation(statistic, pvalue, drawn + n_tilted, found + int(reached[1:].sum()))


def _checked(rng: object) -> np.random.Generator:
    """Refuse a seed: it would give every stratum and every batch the same draws."""
    if not isinstance(rng, np.random.Generator):
        msg = f"rng must be a numpy.random.Generator; got {rng!r}. Use numpy.random.default_rng()."
        raise TypeError(msg)
    return rng


def _occupied(strata: IntArray) -> tuple[list[IntArray], list[IntArray]]:
    """Tables of the strata that can vary, margins in order; and those whose Q takes long.

    The order of levels and classes must not be that of what is observed, but of the margins alone.
    """
    small: list[IntArray] = []
    large: list[IntArray] = []
    size = 0
    for stratum in strata:
        levels, classes = _margins(stratum)
        rows, columns = (np.argsort(margin, kind="stable") for margin in (levels, classes))
        rows, columns = rows[levels[rows] > 0], columns[classes[columns] > 0]
        if len(rows) < 2 or len(columns) < 2:  # there is one table
            continue
        table = stratum[rows][:, columns]
        longest = max(LEAST_COUNT, min(int(levels.max()), int(classes.max())))
        size += table.size * int(levels.sum()) * longest
        (small if size <= LARGEST_PLAN else large).append(table)
    return small, large


def _pays(tables: list[IntArray], *, n_plain: int, n_tilted: int) -> bool:
    """Whether tables of Q take less time than plain ones, and Q no more memory than there may be.

    The time of a plain table is that of its cells, whatever the rows. Q takes two convolutions for
    each cell, and a law of every number of rows; and a table drawn from it weighs every count of a
    cell. All of that depends on the margins alone, so that p-values are valid either way.
    """
    n_cells = of_q = n_numbers = 0
    for table in tables:
        levels, classes = _margins(table)
        n_rows, widest = int(levels.sum()), int(levels.max() + classes.max())
        longest = min(int(levels.max()), int(classes.max()))
        n_cells += table.size
        n_numbers += table.size * n_rows
        drawn = n_tilted * (longest + SUMS_OF_A_CELL)
        of_q += table.size * (longest * widest + SUMS_OF_A_LAW * n_rows + drawn)
    return n_numbers <= LARGEST_Q and of_q <= n_plain * n_cells * SUMS_OF_A_CELL


class _Sampler:
    """Random tables with the margins of some, from a law of each of them.

    Parameters
    ----------
    tables : list of ndarray
        One table of each stratum; margins above 0.
    proposals : list of Proposal
        What to draw from.
    """

    def __init__(self, tables: list[IntArray], proposals: list[Proposal]) -> None:
        self._proposal = joined(proposals)
        self._given = np.concatenate([NOTHING, *(table[:-1, :-1].T.ravel() for table in tables)])
        rows = np.array([table.sum() for table in tables], dtype=np.int64)
        k = np.arange(rows.max(initial=0) + 1)
        self._of_count = np.array([xlogy(k, k), gammaln(k + 1)])
        margins = self._of_count[:, self._proposal.margins].sum(axis=1)
        self._t, self._log_ways = self._of_count[:, rows].sum(axis=1) - margins

    def batches(
        self, n_tables: int, rng: np.random.Generator, *, width: int = 1, starts_observed: bool
    ) -> Iterator[tuple[FloatArray, FloatArray]]:
        """T of tables and the logarithm of how much likelier each is by chance than here.

        In growing batches, `n_tables` in all; the first may be the one observed.
        """
        given = self._given if starts_observed else NOTHING
        n_inner = len(self._given)
        size, largest = 100, max(100, LARGEST_BATCH // max(width, n_inner))
        while n_tables > 0:
            size = min(size, n_tables)
            uniform = rng.random((size, n_inner))
            t, ways, number, power = drawn_tables(uniform, given, self._proposal, self._of_count)
            log_weight = np.log(number) + power * math.log(2) - ways - self._log_ways
            yield t + self._t, log_weight
            given, n_tables, size = NOTHING, n_tables - size, min(4 * size, largest)


def _by_chance(
    small: list[IntArray], large: list[IntArray], n_tables: int, rng: np.random.Generator
) -> Iterator[FloatArray]:
    """T of random tables in growing batches, `n_tables` in all."""
    sampler = _Sampler(small, [chance_proposal(*_margins(table)) for table in small])
    laws = [random_table(*_margins(table)) for table in large]
    width = max((table.size for table in large), default=1)
    for t, _ in sampler.batches(n_tables, rng, width=width, starts_observed=False):
        yield t + sum(information_statistic(law.rvs(t.size, random_state=rng)) for law in laws)


def _tilted(
    tables: list[IntArray], theta: float, n_tables: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """T and log weight, of the tables observed and then of random ones."""
    sampler = _Sampler(tables, [tilted_proposal(*_margins(table), theta) for table in tables])
    t, log_weight = zip(*sampler.batches(n_tables + 1, rng, starts_observed=True), strict=True)
    return np.concatenate(t), np.concatenate(log_weight)


def _margins(table: IntArray) -> tuple[IntArray, IntArray]:
    return table.sum(axis=1), table.sum(axis=0)


def _tilt(strata: IntArray, threshold: float) -> float:
    """Tilt under which T is on average what is reached with probability `threshold` by chance.

    Of the Pearson III law with the cumulants of T: it depends on the margins alone.
    """
    null = permutation_moments(strata)
    variance, third = float(null.variance), float(null.third)
    if variance == 0.0:
        return 0.0
    scale, shape = third / (2 * variance), 4 * variance**3 / third**2
    above_least = scale * float(gammainccinv(shape, threshold))
    return (1 - shape * scale / above_least) / scale
