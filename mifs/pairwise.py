"""Source of terms that measures variable by variable: one estimate a candidate and term.

What counting does for a whole block of columns at once, other estimates do pair by pair. Here is
what they share: which estimate stands for which term, and what none of them can give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import ClassVar, Generic, NoReturn, Protocol, TypeVar

import numpy as np

from mifs._cached import cached_property
from mifs._threads import Spread, of_parts, parts_of
from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.other_tests import OtherTests
from mifs.terms import IndependenceTests, Information

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)
V_contra = TypeVar("V_contra", contravariant=True)


class Table(Protocol[V_co]):
    """Variables by number; each may be prepared when it is asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, column: int, /) -> V_co: ...


class Measure(Protocol[V_contra]):
    """Estimates of information, in nats, unclipped, about zero where there is none."""

    def information(self, x: V_contra, y: V_contra, /) -> float:
        """I(X; Y)."""

    def conditional(self, x: V_contra, y: V_contra, z: V_contra, /) -> float:
        """I(X; Y | Z)."""


class PairwiseInformation(Generic[V]):
    """Source of information that measures one candidate at a time.

    Relevance and redundancy are estimates of I(X; Y) and I(X; W), conditional terms those of
    I(X; Y | W): never the difference of two estimates, whose biases differ and tilt a ranking
    towards redundant columns. The joint relevance is I(W; Y) + I(X; Y | W), so that the part of W
    is the same for all candidates.

    Parameters
    ----------
    table : sequence of variables
        The columns.
    target : variable
        The target.
    measure : Measure
        What estimates.
    n_samples : int
        Number of rows.
    joint : callable
        Makes one variable of several; of none, one that says nothing.
    tests : callable, optional
        Returns a source of tests for the gate, such as one that counts the columns in bins.
    spread : callable, default=map
        Applies a function to every column where each is looked at alone, such as
        `mifs._threads.Threads`; who asks for pairs spreads them. It changes no digit.
    """

    is_corrected = True  # an estimate is zero on average where there is nothing to tell
    seconds_of_a_value: ClassVar[float]  # about how long it takes of one sample of one candidate
    says: ClassVar[str]  # begins the sentence that says what cannot be had

    def __init__(
        self,
        table: Table[V],
        target: V,
        measure: Measure[V],
        *,
        n_samples: int,
        joint: Callable[[Sequence[V]], V],
        tests: Callable[[], Information] | None = None,
        spread: Spread = map,
    ) -> None:
        self.table = table
        self.target = target
        self.measure = measure
        self.n_features = len(table)
        self.n_samples = n_samples
        self.joint = joint
        self._make_tests = tests
        self.spread = spread
        self._lock = Lock()
        self._last: tuple[tuple[int, ...], V] | None = None

    @property
    def seconds(self) -> float:
        """About how long the terms of one candidate take."""
        return self.seconds_of_a_value * self.n_samples

    @property
    def seconds_in_a_scan(self) -> float:
        """The same: each candidate is measured by itself."""
        return self.seconds

    def relevance(self) -> FloatArray:
        """I(X; Y) of every column in nats."""
        return self._relevance

    @cached_property
    def _relevance(self) -> FloatArray:
        return self.each(lambda column: self.relevance_of(self.table[column]))

    def relevance_of(self, x: V) -> float:
        """I(X; Y) of one column, or whatever else is to rank the columns."""
        return self.measure.information(x, self.target)

    def remarks(self, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:  # noqa: ARG002
        """What casts doubt on the relevance of some columns: nothing that could be seen."""
        return {}

    def independence(self) -> IndependenceTests:
        """Tests of whether each column is independent of Y, by the source of tests."""
        return self.tests.independence()

    @cached_property
    def tests(self) -> Information:
        """The source of tests."""
        if self._make_tests is None:
            msg = f"{self.says} no tests of independence; pass a source of `tests`, or a number as "
            msg += "n_features_to_select."
            raise ValueError(msg)
        return self._make_tests()

    def pair(
        self, selected: tuple[int, ...], candidates: BoolArray
    ) -> Iterator[tuple[IntArray, PairwiseTerms[V]]]:
        """Terms of the candidates with the joint variable of the selected columns."""
        columns = np.flatnonzero(candidates)
        if columns.size:
            yield columns, PairwiseTerms(self, selected, columns)

    def each(self, measure: Callable[[int], float]) -> FloatArray:
        """Measure every column by itself."""
        return self.in_parts(lambda columns: [measure(column) for column in columns])

    def in_parts(self, measure: Callable[[Sequence[int]], Sequence[float]]) -> FloatArray:
        """Measure all columns, in parts that are worth a thread."""
        parts = parts_of(np.arange(self.n_features), self.seconds, self.spread)
        found = of_parts(lambda part: measure(part.tolist()), parts, self.spread)
        return np.array([value for values in found for value in values])

    def variable_of(self, selected: tuple[int, ...]) -> V:
        """One variable of the selected columns; the last is kept, for threads that ask at once."""
        with self._lock:  # the others wait for the one that makes it
            if self._last is None or self._last[0] != selected:
                self._last = selected, self.joint([self.table[column] for column in selected])
            return self._last[1]


class PairwiseTerms(Generic[V]):
    """Terms of some candidates X with the selected variable W, each measured when asked."""

    def __init__(
        self, source: PairwiseInformation[V], selected: tuple[int, ...], columns: IntArray
    ) -> None:
        self._source = source
        self._selected = selected
        self._columns = columns

    @property
    def relevance(self) -> FloatArray:
        """I(X; Y)."""
        return self._source.relevance()[self._columns]

    @cached_property
    def selected_relevance(self) -> float:
        """I(W; Y)."""
        return self._source.measure.information(self._w, self._source.target)

    @cached_property
    def conditional_relevance(self) -> FloatArray:
        """I(X; Y | W)."""
        measure, y, w = self._source.measure, self._source.target, self._w
        return self._each(lambda x: measure.conditional(x, y, w))

    @property
    def joint_relevance(self) -> FloatArray:
        """I(X, W; Y), by the chain rule."""
        return self.selected_relevance + self.conditional_relevance

    @cached_property
    def redundancy(self) -> FloatArray:
        """I(X; W)."""
        measure, w = self._source.measure, self._w
        return self._each(lambda x: measure.information(x, w))

    @cached_property
    def conditional_redundancy(self) -> FloatArray:
        """I(X; W | Y)."""
        measure, y, w = self._source.measure, self._source.target, self._w
        return self._each(lambda x: measure.conditional(x, w, y))

    @property
    def plug_in_redundancy(self) -> FloatArray:
        """Not to be had: an unclipped estimate can be negative."""
        self._refuse("information that is never negative, to divide by", "mrmr")

    @property
    def entropy(self) -> FloatArray:
        """Not to be had: a continuous variable has no entropy, only a density's."""
        self._refuse("entropy H(X), to divide by", "cife")

    @property
    def selected_entropy(self) -> float:
        """Not to be had: a continuous variable has no entropy, only a density's."""
        self._refuse("entropy H(W), to divide by", "cife")

    @property
    def joint_entropy(self) -> FloatArray:
        """Not to be had: a continuous variable has no entropy, only a density's."""
        self._refuse("joint entropy H(X, W, Y), to divide by", "jmi")

    @cached_property
    def independence(self) -> IndependenceTests:
        """Tests of whether X is independent of Y given W, by the source of tests."""
        return self._tests.independence()

    def settled(self, level: float, rng: np.random.Generator, *, always: bool) -> tuple[float, str]:
        """P-value of the first candidate, made sure of where it stands near `level`, and how."""
        return self._tests.settled(level, rng, always=always)

    @property
    def _tests(self) -> OtherTests:
        return OtherTests(self._source.tests, self._selected, self._columns)

    @property
    def _w(self) -> V:
        return self._source.variable_of(self._selected)

    def _each(self, measure: Callable[[V], float]) -> FloatArray:
        table = self._source.table
        return np.array([measure(table[column]) for column in self._columns.tolist()])

    def _refuse(self, term: str, instead: str) -> NoReturn:
        msg = f"{self._source.says} no {term}, as this criterion does; use criterion={instead!r}, "
        msg += 'or mi_estimator="binned".'
        raise ValueError(msg)
