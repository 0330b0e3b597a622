"""The lazy search over counted columns: what its kernel takes, kept from choice to choice."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from threading import Lock
from typing import Protocol, Self

import numpy as np

from mifs._kernels.chance import K_LOG_K, Chance
from mifs._kernels.lazy import Given, Nats, lower_best_first
from mifs._typing import FloatArray, IntArray
from mifs.counts import Codes, CodeTable, DiscreteVariable, is_sparse
from mifs.discrete.cells import ROUNDING
from mifs.discrete.chance import MOST_KEPT
from mifs.discrete.estimate import Estimate
from mifs.terms import Least, Limits

KNOWN_TERMS = "conditional_relevance", "joint_relevance"


class Known(Protocol):
    """What a source knows of its columns."""

    @property
    def alone(self) -> tuple[FloatArray, IntArray]:
        """I(X; Y) of every column, and the sum of F over X and Y, less that over X."""


class BestFirst:
    """Columns of a table that are measured one at a time, with one selected variable each.

    Parameters
    ----------
    table : CodeTable
        The columns.
    target : DiscreteVariable
        The target.
    nats : Nats
        What turns counts into nats.
    is_corrected : bool
        Whether the mean by chance is taken off.
    """

    def __init__(
        self, table: CodeTable, target: DiscreteVariable, nats: Nats, *, is_corrected: bool
    ) -> None:
        self._table, self._nats, self._is_corrected = table, nats, is_corrected
        self._y, self._n_y = np.ascontiguousarray(target.codes), target.n_levels
        self._chance: dict[int, Chance] = {}  # given each column of the last order
        self._lock = Lock()

    @classmethod
    def of(cls, table: Codes, target: DiscreteVariable, estimate: Estimate) -> Self | None:
        """Take a table whose rows count once each and whose columns are stored densely, or none."""
        cells = estimate.cells
        if not isinstance(table, CodeTable) or table.weights is not None or cells.table is None:
            return None
        nats = Nats(cells.table, K_LOG_K, cells.scale * cells.total, ROUNDING)
        return cls(table, target, nats, is_corrected=estimate.is_corrected)

    def lower(
        self,
        known: Known,
        name: str,
        order: Sequence[int],
        columns: IntArray,
        least: Least,
        *,
        limits: Limits,
    ) -> tuple[int, list[int]] | None:
        """Lower terms as `mifs.terms.Lowering` says; None where a table would be too large."""
        selected, table = np.array(order, dtype=np.int64), self._table.candidates
        if name not in KNOWN_TERMS or self._is_large(table.block[selected]):
            return None
        relevance, own_sums = known.alone
        offset = relevance if name == "joint_relevance" else np.zeros(len(relevance))
        if self._is_large(np.arange(len(table.codes))):
            limits = limits._replace(n_choices=0)  # what is chosen would have to be looked at
        with self._lock:  # means by chance are filled in by one search at a time
            chance = self._chance_given(order) if self._is_corrected else None
            given = Given(self._y, self._n_y, selected, own_sums, offset, chance, MOST_KEPT)
            n_terms, chosen = lower_best_first(
                table, given, least, columns, self._nats, limits=limits
            )
            self._chance = dict(zip([*order, *chosen], chance or (), strict=False))
        return n_terms, chosen

    def _is_large(self, blocks: IntArray) -> bool:
        """Whether a table of any column with one of some blocks is."""
        n_levels = self._table.candidates.n_levels
        n_z = max(n_levels[block] for block in blocks)
        return is_sparse(n_z * self._n_y * max(n_levels), self._table.n_samples)

    def _chance_given(self, order: Sequence[int]) -> list[Chance]:
        """What is kept of the last order, as far as this one is the same."""
        return [self._chance[column] for column in takewhile(self._chance.__contains__, order)]
