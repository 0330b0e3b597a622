"""What candidates are counted against: a condition and a target, one number for each sample."""

from __future__ import annotations

from itertools import pairwise
from threading import Lock

import numpy as np

from mifs._cached import cached_property
from mifs._kernels import grouped, joint_counts, weighted_counts
from mifs._typing import IntArray
from mifs.counts.variable import DiscreteVariable
from mifs.counts.weighted import WeightedTarget


class States:
    """What every candidate is counted against: Z and Y, each sample's pair of them as one number.

    A state fits 31 bits: tables of more cells are counted by what occurs. Rows count once each, or
    by the weights of a weighted target.
    """

    def __init__(
        self, z: DiscreteVariable, y: DiscreteVariable, weighted: WeightedTarget | None = None
    ) -> None:
        self.n_z, self.n_y, self.n_zy = z.n_levels, y.n_levels, z.n_levels * y.n_levels
        self.y = y
        self.z_variable = z
        self.weighted = weighted
        self._groups: dict[str, tuple[IntArray, IntArray]] = {}
        self._parts: list[tuple[int, States]] = []
        self._lock = Lock()  # threads that share the states wait for the one that finds them

    @cached_property
    def z(self) -> IntArray:
        """State of Z alone."""
        return self.z_variable.codes.astype(np.int32, copy=False)

    @cached_property
    def zy(self) -> IntArray:
        """State of Z and Y, Y changing faster."""
        if self.n_y == 1:
            return self.z
        if self.n_z == 1:
            return self.y.codes.astype(np.int32)
        narrow = np.min_scalar_type(self.n_zy - 1)
        state = np.multiply(self.z_variable.codes, self.n_y, dtype=narrow, casting="unsafe")
        np.add(state, self.y.codes, out=state, casting="unsafe")
        return state.astype(np.int32)

    @cached_property
    def by_parts(self) -> States:
        """States of Z and the parts of a weighted target, whose rows count once each."""
        parts = self.y if self.weighted is None else self.weighted.parts
        return States(self.z_variable, parts)

    @cached_property
    def table(self) -> IntArray:
        """Counts of Z and Y, (n_z, n_y): the sizes of the groups of rows, if these were found."""
        first, shape = np.zeros(1, dtype=np.int64), (self.n_z, self.n_y)
        if self.weighted is not None:
            multiples = self.weighted.weights.multiples
            return weighted_counts(self.y.codes[None], first, self.z, shape, multiples)[0]
        if self._parts:
            return np.sum([part.table for _, part in self._parts], axis=0)
        if (found := self._groups.get("zy")) is not None:
            start, _ = found
            of_blocks = (start[1:] - start[:-1]).reshape(-1, self.n_z, self.n_y)
            return of_blocks[0] if len(of_blocks) == 1 else of_blocks.sum(axis=0)
        return joint_counts(self.y.codes[None], first, self.z, shape)[0].astype(np.int64)

    def numbered(self, of: str) -> tuple[IntArray, int]:
        """Return the states of "z" or "zy", and how many there are."""
        return (self.z, self.n_z) if of == "z" else (self.zy, self.n_zy)

    def are(self, z: DiscreteVariable, y: DiscreteVariable) -> bool:
        """Whether they are those of a condition and a target."""
        return self.z_variable is z and self.y is y

    def groups(self, of: str) -> tuple[IntArray, IntArray]:
        """Rows in the order of their states, found once for all columns."""
        with self._lock:
            if of not in self._groups:
                self._groups[of] = grouped(*self.numbered(of))
            return self._groups[of]

    def parted(self, n_parts: int) -> list[tuple[int, States]]:
        """States of neighbouring rows, as equal in number as can be, and the first row of each.

        They are parted once, whatever number is asked for later, and not at all where one is, or
        where they have been grouped as a whole: nobody groups them twice.
        """
        with self._lock:
            if n_parts > 1 and not self._parts and not self._groups:
                n_rows, z, y = len(self.y.codes), self.z_variable, self.y
                cuts = [part * n_rows // n_parts for part in range(n_parts + 1)]
                self._parts = [
                    (start, States(z.of_rows(start, stop), y.of_rows(start, stop)))
                    for start, stop in pairwise(cuts)
                ]
            return self._parts
