"""The lazy search over counted columns: what its kernel takes, kept from choice to choice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Protocol, Self

import numpy as np

from mifs._kernels.chance import K_LOG_K
from mifs._kernels.lazy import Given, Nats, lower_best_first
from mifs._typing import IntArray
from mifs.counts import Codes, CodeTable, DiscreteVariable, is_sparse
from mifs.discrete.cells import ROUNDING, CellSums
from mifs.discrete.chance import ChanceMean
from mifs.terms import Least

KNOWN_TERMS = "conditional_relevance", "joint_relevance"


class Selected(Protocol):
    """What is known of a selected variable Z."""

    variable: DiscreteVariable

    @property
    def relevance(self) -> float:
        """I(Z; Y)."""

    @property
    def zy_sum(self) -> IntArray:
        """Sum of F over the table of Z and Y."""

    @property
    def z_sum(self) -> IntArray:
        """Sum of F over the levels of Z."""

    @property
    def chance_of_y_given_z(self) -> ChanceMean:
        """Mean of n I(X; Y | Z), X permuted within the levels of Z."""


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

    Notes
    -----
    The states of each variable of the last order with the target stay, one byte a sample where they
    are fewer than 256.
    """

    def __init__(
        self,
        table: CodeTable,
        target: DiscreteVariable,
        nats: Nats,
        *,
        is_corrected: bool,
    ) -> None:
        self._table, self._target = table, target
        self._nats, self._is_corrected = nats, is_corrected
        self._given: dict[int, Given] = {}
        self._lock = Lock()

    @classmethod
    def of(
        cls, table: Codes, target: DiscreteVariable, cells: CellSums, *, is_corrected: bool
    ) -> Self | None:
        """Take a table whose rows count once each and whose columns are stored densely, or none."""
        if not isinstance(table, CodeTable) or table.weights is not None or cells.table is None:
            return None
        nats = Nats(cells.table, K_LOG_K, cells.scale * cells.total, ROUNDING)
        return cls(table, target, nats, is_corrected=is_corrected)

    def lower(
        self,
        name: str,
        order: Sequence[int],
        selected: Callable[[tuple[int, ...]], Selected],
        columns: IntArray,
        least: Least,
        *,
        slack: float,
    ) -> int | None:
        """Nats columns as `mifs.terms.Lowering` says; None where a table would be too large."""
        if name not in KNOWN_TERMS:
            return None
        with self._lock:  # means by chance are filled in by one search at a time
            for column in order:
                if column not in self._given:
                    if self._is_large(self._table[column].n_levels):
                        return None
                    self._given[column] = self._given_of(selected((column,)))
            self._given = {column: self._given[column] for column in order}
            given = list(self._given.values())
            if name == "conditional_relevance":
                given = [one._replace(offset=0.0) for one in given]
            table = self._table.candidates
            return lower_best_first(table, given, least, columns, self._nats, slack=slack)

    def _is_large(self, n_z: int) -> bool:
        n_levels = max(self._table.candidates.n_levels)
        return is_sparse(n_z * self._target.n_levels * n_levels, self._table.n_samples)

    def _given_of(self, selected: Selected) -> Given:
        """What a term takes that has the relevance of Z in it."""
        z, y = selected.variable, self._target
        # of 256 states the number of classes itself may not fit a byte
        state = z.codes.astype(np.min_scalar_type(z.n_levels * y.n_levels))
        state *= state.dtype.type(y.n_levels)
        np.add(state, y.codes, out=state, casting="unsafe")
        return Given(
            state,
            (z.n_levels, y.n_levels),
            int(selected.zy_sum - selected.z_sum),
            selected.relevance,
            selected.chance_of_y_given_z.parts if self._is_corrected else None,
        )
