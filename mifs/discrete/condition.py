"""What all candidates share that are measured with one selected variable."""

from __future__ import annotations

import numpy as np

from mifs._cached import cached_property
from mifs._typing import IntArray
from mifs.counts import Codes, DiscreteVariable
from mifs.discrete.chance import ChanceMean
from mifs.discrete.estimate import Estimate
from mifs.discrete.found import FoundTests
from mifs.significance import NullTables

_ONE_STRATUM = np.zeros(1, dtype=np.int64)


class Condition:
    """What all candidates share in their terms with one selected variable Z.

    Threads share it without a lock: each of its values is the same whoever computes it, so that at
    worst some are computed twice.
    """

    def __init__(
        self,
        estimate: Estimate,
        table: Codes,
        variable: DiscreteVariable,
        target: DiscreteVariable,
        *,
        selected: tuple[int, ...] = (),
        known: tuple[float, int] | None = None,  # relevance and cell_sum, from a scan
    ) -> None:
        self._estimate, self._table, self._known = estimate, table, known
        self.variable, self._target = variable, target
        self.selected, self.found = selected, FoundTests()

    @cached_property
    def zy(self) -> IntArray:
        """Counts of Z and Y, (n_z, n_y): there once a scan has grouped the rows by them."""
        return self._table.joint(self.variable, self._target)

    @cached_property
    def relevance(self) -> float:
        """I(Z; Y), corrected, in nats."""
        if self._known is not None:
            return self._known[0]
        total = self.zy_sum - self.z_sum - self.y_sum + self.n_sum
        if self._estimate.is_corrected:
            chance = self._estimate.chance_mean(self._y[None])
            total = total - chance(self._z[None], _ONE_STRATUM)[0]
        return float(self._estimate.nats(total))

    @cached_property
    def entropy(self) -> float:
        """H(Z) of the observed shares."""
        return float(self._estimate.entropy(self._estimate.plug_in_cells(self._z, axis=0)))

    @property
    def _z(self) -> IntArray:
        return self.zy.sum(axis=1)

    @property
    def _y(self) -> IntArray:
        return self.zy.sum(axis=0)

    @cached_property
    def zy_sum(self) -> IntArray:
        """Sum of F over the table of Z and Y; the others are those of its margins."""
        return self._estimate.cells(self.zy, axis=(0, 1))

    @cached_property
    def z_sum(self) -> IntArray:
        """Sum of F over the levels of Z."""
        return self._estimate.cells(self._z, axis=0)

    @cached_property
    def cell_sum(self) -> IntArray | int:
        """Sum of F over the table of Z and Y, less that over the levels of Z."""
        return self.zy_sum - self.z_sum if self._known is None else self._known[1]

    @cached_property
    def plug_in_sum(self) -> IntArray | int:
        """The same of the F of the plug-in."""
        if self._estimate.is_plug_in:
            return self.cell_sum
        f = self._estimate.plug_in_cells
        return f(self.zy, axis=(0, 1)) - f(self._z, axis=0)

    @cached_property
    def y_sum(self) -> IntArray:
        """Sum of F over the classes of Y."""
        return self._estimate.cells(self._y, axis=0)

    @cached_property
    def n_sum(self) -> IntArray:
        """F of the number of samples."""
        return self._estimate.cells(self.zy.sum(keepdims=True), axis=(0, 1))

    @cached_property
    def null(self) -> NullTables:
        """Null law of n I(X; Y | Z), X permuted within the levels of Z."""
        return NullTables(self.zy)

    def let_go(self) -> None:
        """Drop what a gate has asked for, at the end of a scan, or of a part of one.

        The tables are as long as the rows, so that those of many conditions would fill the memory;
        and the next condition has theirs in the same place, where a new one takes longer than all
        else about them. Who comes back, or asks part by part, has them made again.
        """
        if self.__dict__.pop("null", None) is not None:
            self.__dict__.pop("chance_of_y_given_z", None)

    @cached_property
    def chance_of_y_given_z(self) -> ChanceMean:
        """Mean of n I(X; Y | Z), X permuted within the levels of Z."""
        return self._estimate.chance_mean(self.zy)

    @cached_property
    def chance_of_z(self) -> ChanceMean:
        """Mean of n I(X; Z), X permuted."""
        return self._estimate.chance_mean(self._z[None])

    @cached_property
    def chance_of_z_given_y(self) -> ChanceMean:
        """Mean of n I(X; Z | Y), X permuted within the classes of Y."""
        return self._estimate.chance_mean(self.zy.T)
