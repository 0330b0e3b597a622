"""Variables with a discrete and a continuous part, prepared for a search of neighbours.

A value that occurs more often than there are neighbours has mass, not density: no distance to a
neighbour measures it. Such an atom becomes a state; what has no atom stays a number.

Rounded numbers are atoms everywhere. Beside a partner without light atoms that does no harm: each
state is a class of Ross's estimate. Two rounded columns, however, make a table with more cells
than samples. There only heavy atoms stay states; the others are numbers on a grid again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import ndtri

from mifs._kernels.neighbors import average_ranks
from mifs._typing import AnyArray, BoolArray, FloatArray, IntArray
from mifs.counts import DiscreteVariable

Transform: TypeAlias = Literal["normal_scores"] | None
FEW = 0.05  # of the samples on light atoms: they change an estimate by less than its spread


@dataclass(frozen=True)
class MixedVariable:
    """State and numbers of every sample; each state says which of the numbers are continuous.

    A discrete variable has states and no numbers, a continuous one a single state in which all
    numbers are free, a column with zeros two states, of which one has no free number.

    Attributes
    ----------
    state : DiscreteVariable
        The discrete part.
    values : ndarray of float of shape (n_samples, n_dims)
        The numbers; those that are not free are not looked at.
    is_free : ndarray of bool of shape (n_levels, n_dims)
        Which numbers are continuous in each state.
    transform : {"normal_scores", None}
        What is done to the numbers of a part before its neighbours are searched.
    as_grid : MixedVariable or None
        The same variable with its light atoms left among the numbers, for a partner that has
        light atoms too; None if there are few.
    """

    state: DiscreteVariable
    values: FloatArray
    is_free: BoolArray
    transform: Transform = "normal_scores"
    as_grid: MixedVariable | None = None

    @classmethod
    def discrete(cls, state: DiscreteVariable) -> MixedVariable:
        """Return the variable that has states only."""
        n = len(state.codes)
        return cls(state, np.empty((n, 0)), np.empty((state.n_levels, 0), dtype=bool))

    @classmethod
    def of_numbers(
        cls, numbers: AnyArray, *, n_neighbors: int, transform: Transform = "normal_scores"
    ) -> MixedVariable:
        """Return a column of numbers, its atoms found.

        Parameters
        ----------
        numbers : ndarray of shape (n_samples,)
            Finite numbers, or NaN where a value is missing: an atom too.
        n_neighbors : int
            A number that occurs more often is an atom.
        transform : {"normal_scores", None}, default="normal_scores"
            Whether numbers are replaced by the normal scores of their average ranks.
        """
        numbers = np.asarray(numbers, dtype=np.float64)
        every = cls._with_atoms(numbers, n_neighbors + 1, transform)
        heavy = cls._with_atoms(numbers, _heavy(len(numbers), n_neighbors), transform)
        n_light = heavy.n_continuous - every.n_continuous
        if n_light <= FEW * len(numbers):
            return every
        return replace(every, as_grid=heavy)

    @classmethod
    def _with_atoms(cls, numbers: FloatArray, size: int, transform: Transform) -> MixedVariable:
        """Return a column in which a number that occurs `size` times or more is an atom."""
        atom = _atoms(numbers, size)
        free = atom < 0
        n_atoms = int(atom.max(initial=-1)) + 1
        values = np.zeros((len(numbers), 1))
        values[free, 0] = _prepared(numbers[free], transform)
        is_free = np.zeros((n_atoms + bool(free.any()), 1), dtype=bool)
        is_free[n_atoms:] = True
        state = DiscreteVariable(np.where(free, n_atoms, atom), len(is_free))
        return cls(state, values, is_free, transform)

    @property
    def n_continuous(self) -> int:
        """Number of samples with a free number."""
        return int(self.is_free.any(axis=1)[self.state.codes].sum())

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.values)

    @property
    def n_dims(self) -> int:
        """Number of columns of numbers."""
        return self.values.shape[1]

    def joint(self, other: MixedVariable) -> MixedVariable:
        """Return the joint variable; its states are the pairs of states that occur."""
        state = self.state.joint(other.state)
        first = np.zeros(state.n_levels, dtype=np.intp)
        first[state.codes] = np.arange(self.n_samples)  # any sample of the state will do
        is_free = [side.is_free[side.state.codes[first]] for side in (self, other)]
        as_grid = None
        if self.as_grid or other.as_grid:
            as_grid = (self.as_grid or self).joint(other.as_grid or other)
        return MixedVariable(
            state,
            np.hstack([self.values, other.values]),
            np.hstack(is_free),
            self.transform if self.n_dims else other.transform,
            as_grid,
        )

    def take(self, rows: IntArray) -> MixedVariable:
        """Return some of the samples."""
        state = DiscreteVariable(self.state.codes[rows], self.state.n_levels)
        as_grid = self.as_grid.take(rows) if self.as_grid else None
        return MixedVariable(state, self.values[rows], self.is_free, self.transform, as_grid)

    def numbers_of(self, rows: IntArray) -> FloatArray:
        """Return the free numbers of samples that share a state, prepared among themselves."""
        values = self.values[rows]
        if not self.n_dims or not len(rows):
            return values[:, :0]
        columns = values[:, self.is_free[self.state.codes[rows[0]]]]
        if len(rows) == self.n_samples:  # prepared among themselves already
            return columns
        return np.column_stack(
            [columns[:, :0], *(_prepared(column, self.transform) for column in columns.T)]
        )


def normal_scores(values: FloatArray) -> FloatArray:
    """Quantiles of the normal distribution at (average rank) / (n + 1), odd in the ranks.

    A strictly increasing map of the values changes no digit, a decreasing one only the sign.
    """
    ranks = average_ranks(values)
    return np.sign(ranks) * _upper_scores(len(values))[np.abs(ranks)]


@lru_cache(maxsize=16)
def _upper_scores(n_samples: int) -> FloatArray:
    """Scores of the doubled, centred ranks 0 to n - 1."""
    return ndtri((n_samples + 1 + np.arange(n_samples)) / (2 * (n_samples + 1)))


def _prepared(values: FloatArray, transform: Transform) -> FloatArray:
    return values if transform is None else normal_scores(values)


def _heavy(n_samples: int, n_neighbors: int) -> int:
    """Occurrences that make an atom heavy: a tenth of the samples, or, where that is fewer, so
    many that two such atoms meet five times by chance.
    """
    meets_five_times = math.sqrt(5 * n_samples)
    return max(n_neighbors + 1, math.ceil(min(n_samples / 10, meets_five_times)))


def _atoms(numbers: FloatArray, size: int) -> IntArray:
    """Number of the atom that each value is, in ascending order; -1 where it is none."""
    atom = np.full(len(numbers), -1, dtype=np.int64)
    present = ~np.isnan(numbers)
    n = int(present.sum())
    ranks = average_ranks(numbers[present]) + n  # 1 to 2 n - 1, equal for equal values
    repeated = np.bincount(ranks) >= size
    number = np.cumsum(repeated) - 1
    atom[present] = np.where(repeated[ranks], number[ranks], -1)
    atom[~present] = repeated.sum()
    return atom
