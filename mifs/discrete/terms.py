"""Terms of many candidates with one selected variable, all from the same counts."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from mifs._cached import cached_property
from mifs._typing import FloatArray, IntArray
from mifs.counts import Counts, ScannedCounts, SparseCounts
from mifs.discrete.chance import ChanceMean
from mifs.discrete.condition import Condition
from mifs.discrete.estimate import Estimate
from mifs.other_tests import OtherTests
from mifs.significance import EXPECTED_MEMBERS, independence_of_sums, settled
from mifs.terms import IndependenceTests, Information


class Whole(Protocol):
    """What terms take from the source of all columns."""

    estimate: Estimate

    @property
    def tests(self) -> Information | None:
        """The source of tests, where it is another."""

    def relevance(self) -> FloatArray:
        """I(X; Y) of every column."""

    def refuse_tests(self) -> None:
        """Raise if rows have weights of which no test knows the null law."""


class CountedTerms:
    """Terms of a block of candidates X with one selected variable Z, each from the same counts.

    Every term is corrected on its own: three different null hypotheses have three means.
    """

    def __init__(
        self,
        source: Whole,
        condition: Condition,
        columns: IntArray,
        counts: Counts | ScannedCounts | SparseCounts,
    ) -> None:
        self._source, self._estimate, self._condition = source, source.estimate, condition
        self._columns, self._counts = columns, counts
        self._sums: dict[str, IntArray] = {}

    @property
    def relevance(self) -> FloatArray:
        """I(X; Y)."""
        return self._source.relevance()[self._columns]

    @property
    def selected_relevance(self) -> float:
        """I(Z; Y)."""
        return self._condition.relevance

    @cached_property
    def conditional_relevance(self) -> FloatArray:
        """I(X; Y | Z)."""
        c = self._condition
        mean = c.chance_of_y_given_z if self._estimate.is_corrected else None
        total = self._sum("zyx", mean) - self._sum("zx") - c.cell_sum
        if mean is not None:
            total = total - self._counts.means_within_z(mean)
        return self._estimate.nats(total)

    @property
    def cell_sum(self) -> IntArray:
        """Sum of F over the cells of X, Z and Y, less that over those of X and Z."""
        return self._sum("zyx") - self._sum("zx")

    @property
    def joint_relevance(self) -> FloatArray:
        """I(X, Z; Y), by the chain rule, so that the part of Z is the same for all candidates.

        The mean by chance of the joint table would take more off beside a Z of many levels.
        """
        return self.selected_relevance + self.conditional_relevance

    @cached_property
    def redundancy(self) -> FloatArray:
        """I(X; Z)."""
        c = self._condition
        total = self._sum("zx") - self._sum("x") - c.z_sum + c.n_sum
        if self._estimate.is_corrected:
            total = total - c.chance_of_z(*self._counts.levels_within(""))
        return self._estimate.nats(total)

    @cached_property
    def conditional_redundancy(self) -> FloatArray:
        """I(X; Z | Y)."""
        c = self._condition
        yx_sum = self._sum("yx")  # first: it takes whole tables, from which the other follows
        total = self._sum("zyx") - yx_sum - c.zy_sum + c.y_sum
        if self._estimate.is_corrected:
            total = total - c.chance_of_z_given_y(*self._counts.levels_within("y"))
        return self._estimate.nats(total)

    @cached_property
    def plug_in_redundancy(self) -> FloatArray:
        """I(X; Z) of the observed shares."""
        return self.entropy + self.selected_entropy - self._entropy("zx")

    @cached_property
    def entropy(self) -> FloatArray:
        """H(X) of the observed shares."""
        return self._entropy("x")

    @cached_property
    def selected_entropy(self) -> float:
        """H(Z) of the observed shares."""
        return self._condition.entropy

    @cached_property
    def joint_entropy(self) -> FloatArray:
        """H(X, Z, Y) of the observed shares."""
        return self._entropy("zyx")

    @cached_property
    def independence(self) -> IndependenceTests:
        """Tests of whether X is independent of Y given Z."""
        if self._tests is not None:
            return self._tests.independence()
        self._source.refuse_tests()
        statistic = self._statistic  # first, as its counts give those of the levels
        levels, _ = self._counts.levels_within("z")
        if levels.ndim != 3:
            levels = self._counts.tables().sum(axis=3)
        may_be_exact = levels.shape[1] == 1 and ((levels > 0).sum(axis=2) == 2).any()
        tables = self._counts.tables()[:, 0] if may_be_exact else None
        moments = self._condition.null.moments_of_counts(levels)
        found = independence_of_sums(statistic, moments, tables)
        self._condition.found.keep(self._columns, found)
        return found

    @property
    def _statistic(self) -> FloatArray:
        """T, n times the plug-in I(X; Y | Z), in nats."""
        f, sums = self._estimate.plug_in_cells, self._counts.sums
        total = sums("zyx", f) - sums("zx", f) - self._condition.plug_in_sum
        return np.maximum(total / f.scale, 0.0)

    def settled(self, level: float, rng: np.random.Generator, *, always: bool) -> tuple[float, str]:
        """P-value of the first candidate, made sure of where it stands near `level`, and how."""
        if self._tests is not None:
            return self._tests.settled(level, rng, always=always)
        found = self._condition.found.of(self._columns[0]) or self.independence.one(0)
        pvalue, method, is_doubtful = found
        if pvalue > level or not (always or is_doubtful or self._may_be_sparse):
            return pvalue, method  # as it would be with the table, which need not be counted
        return settled(self._counts.tables()[0], found, level=level, rng=rng, always=always)

    @property
    def _may_be_sparse(self) -> bool:
        """Whether the first candidate has few levels or strata few members, by their margins."""
        levels, _ = self._counts.levels_within("")
        n_levels = np.count_nonzero(levels[0])
        return bool(n_levels < 3 or self._condition.zy.min() < EXPECTED_MEMBERS * n_levels)

    @property
    def _tests(self) -> OtherTests | None:
        tests = self._source.tests
        selected = self._condition.selected
        return None if tests is None else OtherTests(tests, selected, self._columns)

    def _sum(self, kept: str, chance: ChanceMean | None = None) -> IntArray:
        if kept not in self._sums:
            f = self._estimate.cells
            self._sums[kept] = self._counts.sums(kept, f, keeps_levels=False, chance=chance)
        return self._sums[kept]

    def _entropy(self, kept: str) -> FloatArray:
        return self._estimate.entropy(self._counts.sums(kept, self._estimate.plug_in_cells))
