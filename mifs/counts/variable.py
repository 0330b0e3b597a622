"""A discrete variable: one code for each sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifs._typing import BoolArray, IntArray


@dataclass(frozen=True, eq=False)
class DiscreteVariable:
    """One code for each sample, ``0 <= codes < n_levels``."""

    codes: IntArray
    n_levels: int

    @classmethod
    def constant(cls, n_samples: int) -> DiscreteVariable:
        """Return the variable that says nothing: the condition of an unconditional term."""
        return cls(np.zeros(n_samples, dtype=np.uint8), 1)

    @classmethod
    def beside_missing(cls, present: DiscreteVariable, is_missing: BoolArray) -> DiscreteVariable:
        """Return the variable of all samples from that of some; missing is the last level."""
        dtype = np.min_scalar_type(present.n_levels)
        codes = np.full(len(is_missing), present.n_levels, dtype=dtype)
        codes[~is_missing] = present.codes
        return cls(codes, present.n_levels + 1)

    def narrowed(self) -> DiscreteVariable:
        """Return the same variable in as few bytes as its levels need.

        Raises
        ------
        ValueError
            If a code is not one of the levels: what counts them relies on it.
        """
        most = int(self.codes.max(initial=0))
        if most >= self.n_levels or int(self.codes.min(initial=0)) < 0:
            msg = f"Codes must lie from 0 to {self.n_levels - 1}, one less than the number of "
            msg += f"levels; got {int(self.codes.min())} to {most}."
            raise ValueError(msg)
        narrow = np.min_scalar_type(max(0, self.n_levels - 1))
        return DiscreteVariable(self.codes.astype(narrow, copy=False), self.n_levels)

    def of_rows(self, start: int, stop: int) -> DiscreteVariable:
        """Return the variable of some neighbouring samples."""
        return DiscreteVariable(self.codes[start:stop], self.n_levels)

    def joint(self, other: DiscreteVariable) -> DiscreteVariable:
        """Return the joint variable, whose levels are the pairs that occur."""
        if self.n_levels == other.n_levels == 1:  # two continuous variables: nothing to sort
            return self
        pair = self.codes.astype(np.int64) * other.n_levels + other.codes
        states, codes = np.unique(pair, return_inverse=True)
        return DiscreteVariable(codes, len(states))
