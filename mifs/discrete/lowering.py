"""The lazy search over counted columns: what its kernel takes, kept from choice to choice."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Protocol, Self

import numpy as np

from mifs._kernels.chance import K_LOG_K
from mifs._kernels.lazy import Given, Means, Nats, lower_best_first
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
        self._table, self._nats = table, nats
        self._y, self._n_y = np.ascontiguousarray(target.codes), target.n_levels
        self._means = self._new_means() if is_corrected else None
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
        if not _are_measured_together(least):
            table = table._replace(n_together=[1] * len(table.codes))
        with self._lock:  # means by chance are filled in by one search at a time
            if self._means is not None and self._means.n_places > self._most_places(order):
                self._means = self._new_means()
            given = Given(self._y, self._n_y, selected, own_sums, offset, self._means)
            return lower_best_first(table, given, least, columns, self._nats, limits=limits)

    def seconds_of_a_term(self, least: Least, alone: float) -> float:
        """About how long a term takes, by what it takes of a column alone."""
        return self._table.seconds_together(alone) if _are_measured_together(least) else alone

    def _new_means(self) -> Means:
        n_samples = self._table.n_samples
        return Means(self._table.n_features, is_kept=n_samples <= MOST_KEPT)

    def _most_places(self, order: Sequence[int]) -> int:
        """Twice as many as means given some columns take: then others are among them."""
        return 2 * len(order) * self._table.n_samples

    def _is_large(self, blocks: IntArray) -> bool:
        """Whether a table of any column with one of some blocks is."""
        n_levels = self._table.candidates.n_levels
        n_z = max(n_levels[block] for block in blocks)
        return is_sparse(n_z * self._n_y * max(n_levels), self._table.n_samples)


def _are_measured_together(least: Least) -> bool:
    """Whether columns beside each other are, where samples are few.

    Where no score has a cap, each column has to be measured, and many come near the best.
    """
    return bool(np.isinf(least.cap).all())
