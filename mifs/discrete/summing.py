"""Choices in a row by scores that are sums of terms, with nothing between the scans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, Self

import numpy as np

from mifs._cached import cached_property
from mifs._kernels import CellTable
from mifs._kernels.summing import Scores, Term, add_terms, first_best
from mifs._threads import Spread
from mifs._typing import IntArray
from mifs.counts import Codes, CodeTable, DiscreteVariable
from mifs.counts.blocks import Block
from mifs.counts.states import States
from mifs.discrete.cells import ROUNDING
from mifs.discrete.chance import MOST_KEPT
from mifs.discrete.estimate import Estimate
from mifs.discrete.lowering import Known
from mifs.terms import Limits, Sums

ONE_STRATUM = np.zeros((1, 1), dtype=np.int64)
SECONDS_IN_A_ROW = 0.1  # about: then who watches hears of the choices


class KnownAndSpread(Known, Protocol):
    """What a source knows of its columns, and the threads that they are spread over."""

    spread: Spread


class _Part(NamedTuple):
    """Candidates of one block."""

    block: Block
    places: IntArray
    columns: IntArray

    def without(self, column: int) -> _Part:
        is_left = self.columns != column
        return self._replace(places=self.places[is_left], columns=self.columns[is_left])


class ScanByScan:
    """Columns of a table that are scanned with one selected variable after another.

    Parameters
    ----------
    table : CodeTable
        The columns.
    target : DiscreteVariable
        The target.
    estimate : Estimate
        What makes nats of counts.
    f : CellTable
        Its cell function, as kernels know it.
    """

    def __init__(
        self, table: CodeTable, target: DiscreteVariable, estimate: Estimate, f: CellTable
    ) -> None:
        self._table, self._y, self._estimate, self._f = table, target, estimate, f
        self._total = estimate.cells.scale * estimate.total
        self._n_sum = int(estimate.cells(np.array([table.n_samples]), axis=0))

    @classmethod
    def of(cls, table: Codes, target: DiscreteVariable, estimate: Estimate) -> Self | None:
        """Take a table of which kernels know the cell function and keep means by chance, or none.

        Its rows count once each, and its columns are stored densely.
        """
        f = estimate.cells.table
        if not isinstance(table, CodeTable) or table.weights is not None or f is None:
            return None
        n_places = table.n_samples + max((block.n_levels for block in table.groups), default=0)
        is_kept = not estimate.is_corrected or n_places <= MOST_KEPT
        return cls(table, target, estimate, f) if is_kept else None

    def choose(
        self, known: KnownAndSpread, name: str, columns: IntArray, sums: Sums, *, limits: Limits
    ) -> Sequence[int]:
        """Choose as `mifs.terms.Summing` says."""
        added = {"joint_relevance": self._joint_relevance, "redundancy": self._redundancy}
        if (add := added.get(name)) is None:
            return ()
        n_in_a_row = 1 + int(SECONDS_IN_A_ROW / max(1e-9, len(columns) * self._table.seconds))
        chosen: list[int] = []
        parts = self._parts(columns)
        while len(chosen) < min(limits.n_choices, n_in_a_row):
            best = first_best(sums.score, columns, limits.digits)
            if best < 0 or not self._table.is_for_kernels(z := self._table[best], self._y):
                break
            chosen.append(best)
            columns, parts = columns[columns != best], [part.without(best) for part in parts]
            n_terms = sums.n_terms + len(chosen) if sums.are_mean else 1
            scores = Scores(sums.score, sums.folded, sums.base, sums.factor, n_terms)
            for own, term in add(known, best, self._table.states(z, self._y), parts):
                add_terms(own, term, scores)
        return chosen

    def _parts(self, columns: IntArray) -> list[_Part]:
        is_wanted = np.zeros(self._table.n_features, dtype=bool)
        is_wanted[columns] = True
        places = [(block, is_wanted[block.columns].nonzero()[0]) for block in self._table.groups]
        return [_Part(block, own, block.columns[own]) for block, own in places if len(own)]

    def _joint_relevance(
        self, known: KnownAndSpread, selected: int, states: States, parts: list[_Part]
    ) -> Iterator[tuple[IntArray, Term]]:
        """I(X, Z; Y) = I(Z; Y) + I(X; Y | Z), of what the target and Z are known to sum to."""
        relevance, cell_sums = known.alone
        mean = self._estimate.chance_mean(states.table) if self._estimate.is_corrected else None
        rest = int(cell_sums[selected]), self._total, ROUNDING, float(relevance[selected])
        for block, places, columns in parts:
            asked = places, states, "zy", self._f
            sums, _ = block.sums(*asked, with_counts=False, chance=mean, spread=known.spread)
            counted = sums[0] - sums[1]
            yield columns, Term(counted if mean is None else counted - sums[2], *rest)

    def _redundancy(
        self, known: KnownAndSpread, selected: int, states: States, parts: list[_Part]
    ) -> Iterator[tuple[IntArray, Term]]:
        """I(X; Z), of what the levels of X and Z are known to sum to."""
        z_counts, x_sums = self._table.levels_of(selected), self._level_sums
        mean = self._estimate.chance_mean(z_counts[None]) if self._estimate.is_corrected else None
        rest = int(x_sums[selected]) - self._n_sum, self._total, ROUNDING, 0.0
        for block, places, columns in parts:
            asked = places, states, "z", self._f
            sums, _ = block.sums(*asked, with_counts=False, chance=None, spread=known.spread)
            counted = sums[1] - x_sums[columns]
            if mean is not None:
                counted -= mean(block.levels.of(places)[:, None], ONE_STRATUM)
            yield columns, Term(counted, *rest)

    @cached_property
    def _level_sums(self) -> IntArray:
        """Sum of F over the levels of every column, which the scan for the relevance counted."""
        sums = np.empty(self._table.n_features, dtype=np.int64)
        for block in self._table.groups:
            every = np.arange(len(block.columns))
            sums[block.columns] = block.levels.sums(every, self._estimate.cells)
        return sums
