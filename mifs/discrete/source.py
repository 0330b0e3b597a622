"""Source of terms that counts coded columns: one table a candidate, every term from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from threading import Lock
from typing import Any, TypeVar

import numpy as np

from mifs._cached import cached_property
from mifs._threads import Spread
from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.counts import Codes, DiscreteVariable
from mifs.discrete.condition import Condition
from mifs.discrete.estimate import Estimate
from mifs.discrete.lowering import BestFirst
from mifs.discrete.summing import ScanByScan
from mifs.discrete.terms import CountedTerms
from mifs.scan import scan
from mifs.terms import IndependenceTests, Information, Least, Limits, Sums

R = TypeVar("R")

# Of a table that is counted alone, and of each of its samples. Measured.
SECONDS_OF_A_TABLE, SECONDS_OF_A_VALUE = 2.5e-7, 3.2e-10
CONDITION_ROWS = 1 << 24  # samples times conditions kept, each with a few bytes for some of them
KEPT_TESTS = 1 << 20  # of columns given one, some 70 bytes each: all pairs would fill the memory


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
        table.refuse_large(target.n_levels)
        self.table, self.target = table, target.narrowed()
        self.n_features, self.n_samples = table.n_features, table.n_samples
        self.estimate = Estimate(correction, table.n_samples, table.weights)
        self.is_corrected = self.estimate.is_corrected
        self.spread: Spread = map
        self._make_tests = tests
        self._lock = Lock()
        self._conditions: dict[tuple[int, ...], Condition] = {}
        self._tested: deque[Condition] = deque()  # whose tests may be asked for again
        self._last_joint: Condition | None = None
        self._search = BestFirst.of(table, self.target, self.estimate)
        self._scans = ScanByScan.of(table, self.target, self.estimate)

    def refuse_tests(self) -> None:
        """Raise if rows have weights of which no test knows the null law."""
        if self.table.weights is not None:
            self.table.weights.refuse_tests("Pass a number in n_features_to_select")

    def relevance(self) -> FloatArray:
        """I(X; Y) of every column, corrected, in nats."""
        return self.alone[0]

    @cached_property
    def alone(self) -> tuple[FloatArray, IntArray]:
        """I(X; Y) of every column, and the sum of F over X and Y, less that over X."""
        return self._scanned_alone(lambda _: None)[0]

    def _scanned_alone(
        self, told: Callable[[Any], R]
    ) -> tuple[tuple[FloatArray, IntArray], list[tuple[IntArray, R]]]:
        """Scan all columns for `alone`, and for what else is told of them."""
        relevance, sums = np.empty(self.n_features), np.empty(self.n_features, dtype=np.int64)
        blocks: list[tuple[IntArray, R]] = []

        def measure(pair: Any) -> tuple[R, FloatArray, IntArray]:
            first = told(pair)  # what takes whole tables has all sums from them
            return first, pair.conditional_relevance, pair.cell_sum

        for columns, found in scan(self, (), np.ones(self.n_features, dtype=bool), measure):
            blocks.append((columns, found[0]))
            where = columns if len(columns) < self.n_features else slice(None)
            relevance[where], sums[where] = found[1:]
        return (relevance, sums), blocks

    @property
    def knows_relevance(self) -> bool:
        """Whether I(X; Y) of every column has been computed, and need not be for one of them."""
        return "alone" in self.__dict__

    def independence(self) -> IndependenceTests:
        """Tests of whether each column is independent of Y."""
        if self.tests is not None:
            return self.tests.independence()
        self.refuse_tests()
        # The relevance, which a search asks for next, is known by then.
        self.alone, blocks = self._scanned_alone(attrgetter("independence"))
        return IndependenceTests.of_blocks(blocks)

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
        z = condition.variable
        for columns, counts in self.table.counted(candidates, z, self.target, spread=self.spread):
            yield columns, CountedTerms(self, condition, columns, counts)
        condition.let_go()

    def spreads(self, selected: tuple[int, ...]) -> bool:
        """Whether kernels count, which is spread over threads inside: nobody asks part by part."""
        return self.table.is_for_kernels(self.condition(selected).variable, self.target)

    def lower(
        self, name: str, order: Sequence[int], columns: IntArray, least: Least, *, limits: Limits
    ) -> tuple[int, Sequence[int]] | None:
        """Find the best of many least terms, as `mifs.terms.Lowering` says."""
        if self._search is None:
            return None
        return self._search.lower(self, name, order, columns, least, limits=limits)

    def add_up(self, name: str, columns: IntArray, sums: Sums, *, limits: Limits) -> Sequence[int]:
        """Choose by sums of terms, as `mifs.terms.Summing` says."""
        if self._scans is None or not self.knows_relevance:
            return ()
        return self._scans.choose(self, name, columns, sums, limits=limits)

    def condition(self, selected: tuple[int, ...]) -> Condition:
        """What candidates share: kept for single columns, of which a lazy search asks again.

        Of several columns the last is kept, for the other threads and for one column more.
        """
        with self._lock:  # the threads that ask for it wait for the one that makes it
            if (kept := self._conditions.get(selected)) is not None:
                return kept
            if (last := self._last_joint) is not None and last.selected == selected:
                return last
            condition = self._new_condition(selected)
            if len(selected) > 1:
                self._last_joint = condition
                return condition
            if len(self._conditions) >= max(1, CONDITION_ROWS // self.n_samples):
                del self._conditions[next(iter(self._conditions))]
            self._conditions[selected] = condition
            self._tested.append(condition)
            if len(self._tested) > max(1, KEPT_TESTS // self.n_features):
                self._tested.popleft().found.forget()
        return condition

    def _new_condition(self, selected: tuple[int, ...]) -> Condition:
        known = None
        if len(selected) == 1 and self.knows_relevance:
            relevance, cell_sums = self.alone
            known = float(relevance[selected[0]]), int(cell_sums[selected[0]])
        joint, target = self._joint(selected), self.target
        return Condition(self.estimate, self.table, joint, target, selected=selected, known=known)

    def _joint(self, selected: tuple[int, ...]) -> DiscreteVariable:
        """One variable of some columns, joined from the left: from the last one if it begins so."""
        if not selected:
            return DiscreteVariable.constant(self.table.n_samples)
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

    def seconds_of_a_term(self, least: Least) -> float:
        """The same of a term that `lower` measures: less where columns are measured together."""
        search = self._search
        return self.seconds if search is None else search.seconds_of_a_term(least, self.seconds)

    @property
    def seconds_in_a_scan(self) -> float:
        """The same for each where most columns are asked for at once."""
        return self.table.seconds

    def least_redundancy(self, selected: int) -> FloatArray:
        """What I(X; S) cannot fall below, of every column X: minus its mean by chance.

        The correction of Miller and Madow takes off half a count for each cell that the table has
        beyond its margins, of which there are at most the product of their levels less one.
        """
        least, condition = np.zeros(self.n_features), self.condition((selected,))
        can_be_negative = self.is_corrected or not self.estimate.is_plug_in
        for columns, x_counts, stratum in self._margins if can_be_negative else ():
            if self.is_corrected:
                least[columns] = -self.estimate.nats(condition.chance_of_z(x_counts, stratum))
            else:
                n_levels = (x_counts > 0).sum(axis=tuple(range(1, x_counts.ndim)))
                n_z = np.count_nonzero(condition.zy.sum(axis=1))
                least[columns] = -0.5 * (n_levels - 1) * (n_z - 1) / self.estimate.total
        return least

    @cached_property
    def _margins(self) -> list[tuple[IntArray, IntArray, IntArray]]:
        """Columns, the counts of their levels, and the one stratum of these."""
        nothing, everything = self._joint(()), np.ones(self.n_features, dtype=bool)
        blocks = self.table.counted(everything, nothing, nothing)
        return [(columns, *counts.levels_within("")) for columns, counts in blocks]
