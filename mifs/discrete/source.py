"""Source of terms that counts coded columns: one table a candidate, every term from it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from threading import Lock

import numpy as np

from mifs._cached import cached_property
from mifs._threads import Spread
from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.counts import Codes, Counts, DiscreteVariable, ScannedCounts, SparseCounts
from mifs.discrete.cells import CORRECTIONS, ROUNDING, CellFunction, CellSums, plug_in
from mifs.discrete.chance import ChanceMean
from mifs.discrete.lowering import BestFirst
from mifs.other_tests import OtherTests
from mifs.scan import scan
from mifs.significance import NullTables, independence_of_sums, settled
from mifs.terms import IndependenceTests, Information, Least, Limits

# Of a table and of each of its samples: counted alone, or in a sweep over many columns. Measured.
SECONDS_OF_A_TABLE, SECONDS_OF_A_VALUE = 4e-7, 3.2e-10
SECONDS_OF_A_SWEPT_TABLE, SECONDS_OF_A_SWEPT_VALUE = 6e-8, 1.3e-10
CONDITION_ROWS = 1 << 24  # samples times conditions kept, each with a few bytes for some of them
_ONE_STRATUM = np.zeros(1, dtype=np.int64)


class CountedInformation:
    """Source of information that counts coded columns.

    Parameters
    ----------
    table : CodeTable or SparseCodeTable
        The columns.
    target : DiscreteVariable
        The target, coded.
    correction : {None, "miller_madow", "chance"}, default="chance"
        What is taken off the plug-in estimate.
    tests : callable, optional
        Returns a source of tests for the gate, if the codes have seen the target: no p-value of
        theirs holds. The counts themselves are tested if left out.

    Attributes
    ----------
    spread : callable, default=map
        Applies a function to blocks of columns, such as `mifs._threads.Threads`. It
        changes no digit.
    """

    def __init__(
        self,
        table: Codes,
        target: DiscreteVariable,
        *,
        correction: str | None = "chance",
        tests: Callable[[], Information] | None = None,
    ) -> None:
        self.table = table
        self.target = target.narrowed()
        self.n_features, self.n_samples = table.n_features, table.n_samples
        self.correction = CORRECTIONS[correction]
        self.is_corrected = self.correction.chance
        self._make_tests = tests
        self.spread: Spread = map
        self._lock = Lock()
        self._conditions: dict[tuple[int, ...], Condition] = {}
        self._last_joint: Condition | None = None
        table.refuse_large(target.n_levels)
        self.weights = table.weights
        self.unit = 1.0 if self.weights is None else self.weights.unit
        self.total = self.n_samples if self.weights is None else self.weights.total
        self.cells = self._sums_of(self.correction.cell)
        is_plug_in, is_corrected = self.correction.cell is plug_in, self.is_corrected
        self.plug_in_cells = self.cells if is_plug_in else self._sums_of(plug_in)
        self._search = BestFirst.of(table, self.target, self.cells, is_corrected=is_corrected)

    def _sums_of(self, cell: CellFunction) -> CellSums:
        return CellSums(cell, self.total, unit=self.unit, n_rows=self.n_samples)

    def chance_mean(self, y_counts: IntArray) -> ChanceMean:
        """Mean by chance of what is counted with class counts of shape (n_strata, n_y)."""
        return ChanceMean(y_counts, self.cells.scale, self.unit)

    def refuse_fractions(self) -> None:
        """Raise if rows have weights of which no test knows the null law."""
        if self.weights is not None:
            self.weights.refuse_fractions("A test", "Pass a number in n_features_to_select")

    def nats(self, fixed_point: IntArray) -> FloatArray:
        """Nats per sample from a sum in fixed point; what rounding leaves of zero is zero."""
        nats = fixed_point / (self.cells.scale * self.total)
        return np.where(np.abs(nats) < ROUNDING, 0.0, nats)

    def relevance(self) -> FloatArray:
        """I(X; Y) of every column, corrected, in nats."""
        return self.alone[0]

    @cached_property
    def alone(self) -> tuple[FloatArray, IntArray]:
        """I(X; Y) of every column, and the sum of F over X and Y, less that over X."""
        relevance, sums = np.empty(self.n_features), np.empty(self.n_features, dtype=np.int64)
        told = attrgetter("conditional_relevance", "_xzy_sum", "_xz_sum")
        for columns, found in scan(self, (), np.ones(self.n_features, dtype=bool), told):
            relevance[columns], sums[columns] = found[0], found[1] - found[2]
        return relevance, sums

    @property
    def knows_relevance(self) -> bool:
        """Whether I(X; Y) of every column has been computed, and need not be for one of them."""
        return "alone" in self.__dict__

    def independence(self) -> IndependenceTests:
        """Tests of whether each column is independent of Y."""
        if self.tests is not None:
            return self.tests.independence()
        self.refuse_fractions()
        everything = np.ones(self.n_features, dtype=bool)
        return IndependenceTests.of_blocks(scan(self, (), everything, attrgetter("independence")))

    @cached_property
    def tests(self) -> Information | None:
        """The source of tests, where it is another."""
        return None if self._make_tests is None else self._make_tests()

    def remarks(self, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:  # noqa: ARG002
        """What casts doubt on the relevance of some columns: counts need no remark."""
        return {}

    def pair(
        self, selected: tuple[int, ...], candidates: BoolArray
    ) -> Iterator[tuple[IntArray, CountedTerms]]:
        """Terms of the candidates with the joint variable of the selected columns."""
        condition = self.condition(selected)
        for columns, counts in self.table.counted(candidates, condition.variable, self.target):
            yield columns, CountedTerms(self, condition, columns, counts)

    def prepare(self, selected: tuple[int, ...]) -> None:
        """Find what threads would wait for each other to find."""
        self.table.prepare(self.condition(selected).variable, self.target)

    def lower(
        self, name: str, order: Sequence[int], columns: IntArray, least: Least, *, limits: Limits
    ) -> tuple[int, Sequence[int]] | None:
        """Find the best of many least terms, as `mifs.terms.Lowering` says."""
        if self._search is None:
            return None
        return self._search.lower(self, name, order, columns, least, limits=limits)

    def condition(self, selected: tuple[int, ...]) -> Condition:
        """What candidates share: kept for single columns, of which a lazy search asks again.

        Of several columns the last is kept, for the other threads and for one column more.
        """
        with self._lock:  # the threads that ask for it wait for the one that makes it
            if (kept := self._conditions.get(selected)) is not None:
                return kept
            if (last := self._last_joint) is not None and last.selected == selected:
                return last
            condition = Condition(self, self._joint(selected), selected)
            if len(selected) > 1:
                self._last_joint = condition
                return condition
            if len(self._conditions) > CONDITION_ROWS // self.n_samples:
                del self._conditions[next(iter(self._conditions))]
            self._conditions[selected] = condition
        return condition

    def _joint(self, selected: tuple[int, ...]) -> DiscreteVariable:
        """One variable of some columns, joined from the left: from the last one if it begins so."""
        if not selected:
            return _nothing(self)
        joint, n_joined = self.table[selected[0]], 1
        last = self._last_joint
        if last is not None and last.selected == selected[: len(last.selected)]:
            joint, n_joined = last.variable, len(last.selected)
        for column in selected[n_joined:]:
            joint = joint.joint(self.table[column])
        return joint

    @property
    def seconds(self) -> float:
        """About how long the terms of one candidate take."""
        return SECONDS_OF_A_TABLE + SECONDS_OF_A_VALUE * self.n_samples

    @property
    def seconds_in_a_scan(self) -> float:
        """The same for each where most columns are asked for at once."""
        return SECONDS_OF_A_SWEPT_TABLE + SECONDS_OF_A_SWEPT_VALUE * self.n_samples

    def least_redundancy(self, selected: int) -> FloatArray:
        """What I(X; S) cannot fall below, of every column X: minus its mean by chance.

        The correction of Miller and Madow takes off half a count for each cell that the table has
        beyond its margins, of which there are at most the product of their levels less one.
        """
        least, condition = np.zeros(self.n_features), self.condition((selected,))
        for columns, x_counts, stratum in self._margins if self._can_be_negative else ():
            if self.is_corrected:
                least[columns] = -self.nats(condition.chance_of_z(x_counts, stratum))
            else:
                n_levels = (x_counts > 0).sum(axis=tuple(range(1, x_counts.ndim)))
                n_z = np.count_nonzero(condition.zy.sum(axis=1))
                least[columns] = -0.5 * (n_levels - 1) * (n_z - 1) / self.total
        return least

    @property
    def _can_be_negative(self) -> bool:
        return self.is_corrected or self.correction.cell is not plug_in

    @cached_property
    def _margins(self) -> list[tuple[IntArray, IntArray, IntArray]]:
        """Columns, the counts of their levels, and the one stratum of these."""
        nothing, everything = _nothing(self), np.ones(self.n_features, dtype=bool)
        blocks = self.table.counted(everything, nothing, nothing)
        return [(columns, *counts.levels_within("")) for columns, counts in blocks]


class Condition:
    """What all candidates share in their terms with one selected variable Z.

    Threads share it without a lock: each of its values is the same whoever computes it, so that at
    worst some are computed twice.
    """

    def __init__(
        self,
        source: CountedInformation,
        variable: DiscreteVariable,
        selected: tuple[int, ...] = (),
    ) -> None:
        # It is kept by the source: two that kept each other would be freed late.
        self.source: CountedInformation = weakref.proxy(source)
        self.variable = variable
        self.selected = selected
        weights = None if source.weights is None else source.weights.multiples
        nothing, y = _nothing(source), source.target
        own = Counts.of(variable.codes[None], variable.n_levels, nothing, y, weights=weights)
        self.zy = own.project("xy")[0]

    @cached_property
    def relevance(self) -> float:
        """I(Z; Y), corrected, in nats."""
        if len(self.selected) == 1 and self.source.knows_relevance:
            return float(self.source.relevance()[self.selected[0]])
        cells = self.source.cells
        total = cells(self.zy, axis=(0, 1)) - self.z_sum - self.y_sum + self.n_sum
        if self.source.is_corrected:
            total = total - self.source.chance_mean(self._y[None])(self._z[None], _ONE_STRATUM)[0]
        return float(self.source.nats(total))

    @cached_property
    def entropy(self) -> float:
        """H(Z) of the observed shares."""
        total = self.source.plug_in_cells(self._z, axis=0)
        return float(np.log(self.source.total) - self.source.nats(total))

    @property
    def _z(self) -> IntArray:
        return self.zy.sum(axis=1)

    @property
    def _y(self) -> IntArray:
        return self.zy.sum(axis=0)

    @cached_property
    def zy_sum(self) -> IntArray:
        """Sum of F over the table of Z and Y; the others are those of its margins."""
        return self.source.cells(self.zy, axis=(0, 1))

    @cached_property
    def z_sum(self) -> IntArray:
        """Sum of F over the levels of Z."""
        return self.source.cells(self._z, axis=0)

    @cached_property
    def y_sum(self) -> IntArray:
        """Sum of F over the classes of Y."""
        return self.source.cells(self._y, axis=0)

    @cached_property
    def n_sum(self) -> IntArray:
        """F of the number of samples."""
        return self.source.cells(self.zy.sum(keepdims=True), axis=(0, 1))

    @cached_property
    def null(self) -> NullTables:
        """Null law of n I(X; Y | Z), X permuted within the levels of Z."""
        return NullTables(self.zy)

    @cached_property
    def chance_of_y_given_z(self) -> ChanceMean:
        """Mean of n I(X; Y | Z), X permuted within the levels of Z."""
        return self.source.chance_mean(self.zy)

    @cached_property
    def chance_of_z(self) -> ChanceMean:
        """Mean of n I(X; Z), X permuted."""
        return self.source.chance_mean(self._z[None])

    @cached_property
    def chance_of_z_given_y(self) -> ChanceMean:
        """Mean of n I(X; Z | Y), X permuted within the classes of Y."""
        return self.source.chance_mean(self.zy.T)


def _nothing(source: CountedInformation) -> DiscreteVariable:
    return DiscreteVariable.constant(source.table.n_samples)


class CountedTerms:
    """Terms of a block of candidates X with one selected variable Z, each from the same counts.

    Every term is corrected on its own: three different null hypotheses have three means.
    """

    def __init__(
        self,
        source: CountedInformation,
        condition: Condition,
        columns: IntArray,
        counts: Counts | ScannedCounts | SparseCounts,
    ) -> None:
        self._condition = condition
        self._source = source
        self._columns = columns
        self._counts = counts

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
        total = self._xzy_sum - self._xz_sum - c.zy_sum + c.z_sum
        if self._source.is_corrected:
            total = total - c.chance_of_y_given_z(*self._counts.levels_within("z"))
        return self._source.nats(total)

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
        total = self._xz_sum - self._sum("x") - c.z_sum + c.n_sum
        if self._source.is_corrected:
            total = total - c.chance_of_z(*self._counts.levels_within(""))
        return self._source.nats(total)

    @cached_property
    def conditional_redundancy(self) -> FloatArray:
        """I(X; Z | Y)."""
        c = self._condition
        yx_sum = self._sum("yx")  # first: it takes whole tables, from which the other follows
        total = self._xzy_sum - yx_sum - c.zy_sum + c.y_sum
        if self._source.is_corrected:
            total = total - c.chance_of_z_given_y(*self._counts.levels_within("y"))
        return self._source.nats(total)

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
        self._source.refuse_fractions()
        statistic = self._statistic  # first, as its counts give those of the levels
        levels, _ = self._counts.levels_within("z")
        if levels.ndim != 3:
            levels = self._counts.tables().sum(axis=3)
        may_be_exact = levels.shape[1] == 1 and ((levels > 0).sum(axis=2) == 2).any()
        tables = self._counts.tables()[:, 0] if may_be_exact else None
        return independence_of_sums(
            statistic, self._condition.null.moments_of_counts(levels), tables
        )

    @property
    def _statistic(self) -> FloatArray:
        """T, n times the plug-in I(X; Y | Z), in nats."""
        source, zy = self._source, self._condition.zy
        f = source.cells if source.correction.cell is plug_in else source.plug_in_cells
        total = self._counts.sums("zyx", f) - self._counts.sums("zx", f)
        total = total - f(zy, axis=(0, 1)) + f(zy.sum(axis=1), axis=0)
        return np.maximum(total / f.scale, 0.0)

    def settled(self, level: float, rng: np.random.Generator, *, always: bool) -> tuple[float, str]:
        """P-value of the first candidate, made sure of where it stands near `level`, and how."""
        if self._tests is not None:
            return self._tests.settled(level, rng, always=always)
        tests, table = self.independence, self._counts.tables()[0]
        found = (float(tests.pvalue[0]), str(tests.method[0]), bool(tests.disagreement[0]))
        return settled(table, found, level=level, rng=rng, always=always)

    @property
    def _tests(self) -> OtherTests | None:
        tests = self._source.tests
        selected = self._condition.selected
        return None if tests is None else OtherTests(tests, selected, self._columns)

    @cached_property
    def _xzy_sum(self) -> IntArray:
        return self._sum("zyx")

    @cached_property
    def _xz_sum(self) -> IntArray:
        return self._sum("zx")

    def _sum(self, kept: str) -> IntArray:
        s = self._source
        return self._counts.sums(kept, s.cells, keeps_levels=s.is_corrected)

    def _entropy(self, kept: str) -> FloatArray:
        total = self._counts.sums(kept, self._source.plug_in_cells)
        return np.log(self._source.total) - self._source.nats(total)
