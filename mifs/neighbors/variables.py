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
from typing import Literal, TypeAlias

import numpy as np

from mifs._kernels.ranks import (
    ascending_order,
    ascending_scores,
    average_ranks,
    floats_to_compare,
    normal_scores,
    scores_of_ranks,
)
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
    is_prepared : bool
        Whether the numbers are prepared among all samples; not so for some of them.
    numbers : ndarray of float of shape (n_samples,) or None
        A column with atoms as it came, NaN where missing; None of any other variable.
    order : ndarray of int of shape (n_samples,) or None
        The order that sorts a column of which no two numbers are equal; None of any other variable.
    """

    state: DiscreteVariable
    values: FloatArray
    is_free: BoolArray
    transform: Transform = "normal_scores"
    as_grid: MixedVariable | None = None
    is_prepared: bool = True
    numbers: FloatArray | None = None
    order: IntArray | None = None

    @classmethod
    def discrete(cls, state: DiscreteVariable) -> MixedVariable:
        """Return the variable that has states only."""
        n = len(state.codes)
        narrow = state.codes.astype(np.min_scalar_type(state.n_levels))
        state = DiscreteVariable(narrow, state.n_levels)
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
        numbers = floats_to_compare(np.asarray(numbers))
        n = len(numbers)
        order = ascending_order(numbers)
        line = numbers[order]
        if n > 1 and (line[1:] > line[:-1]).all():  # false of NaN
            return cls._of_distinct(numbers, order, transform)
        ranks = average_ranks(numbers)
        occurs = np.bincount(ranks + n)[ranks + n]
        occurs[np.isnan(numbers)] = n  # missing is an atom, however few
        is_light = occurs > min(n_neighbors, n - 1)  # a constant is one, however few the samples
        is_heavy = occurs >= _heavy(n, n_neighbors)
        if not is_light.any():
            values = numbers if transform is None else scores_of_ranks(ranks)
            return cls._continuous(values, transform)
        variable = cls._with_atoms(numbers, is_light, transform)
        if int((is_light & ~is_heavy).sum()) <= FEW * n:
            return variable
        return replace(variable, as_grid=cls._with_atoms(numbers, is_heavy, transform))

    @classmethod
    def _of_distinct(
        cls, numbers: FloatArray, order: IntArray, transform: Transform
    ) -> MixedVariable:
        """Return a column of which no two numbers are equal, from the order that sorts it."""
        values = numbers
        if transform is not None:
            values = np.empty(len(numbers))
            values[order] = ascending_scores(len(numbers))
        return cls._continuous(values, transform, order)

    @classmethod
    def _continuous(
        cls, values: FloatArray, transform: Transform, order: IntArray | None = None
    ) -> MixedVariable:
        """Return a column of which every number is continuous."""
        state = DiscreteVariable.constant(len(values))
        is_free = np.ones((1, 1), dtype=bool)
        return cls(state, values[:, None], is_free, transform, order=order)

    @classmethod
    def _with_atoms(
        cls, numbers: FloatArray, is_atom: BoolArray, transform: Transform
    ) -> MixedVariable:
        """Return a column, some of whose samples are atoms; their states are in order of value."""
        n = len(numbers)
        atoms, atom_codes = np.unique(numbers[is_atom], return_inverse=True)
        codes = np.full(n, len(atoms), dtype=np.min_scalar_type(len(atoms) + 1))
        codes[is_atom] = atom_codes
        values = np.zeros((n, 1))
        values[~is_atom, 0] = _prepared(numbers[~is_atom], transform)
        is_free = np.zeros((len(atoms) + (not is_atom.all()), 1), dtype=bool)
        is_free[len(atoms) :] = True
        state = DiscreteVariable(codes, len(is_free))
        return cls(state, values, is_free, transform, numbers=numbers)

    @property
    def n_samples(self) -> int:
        """Number of samples."""
        return len(self.values)

    @property
    def n_dims(self) -> int:
        """Number of columns of numbers."""
        return self.values.shape[1]

    @property
    def column(self) -> FloatArray | None:
        """Numbers of one column, its atoms among them, on any monotone scale; None of others."""
        is_plain = self.n_dims == 1 and self.state.n_levels == 1 and self.is_free.all()
        return self.values[:, 0] if is_plain else self.numbers

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
        """Return some of the samples, given in ascending order."""
        if len(rows) == self.n_samples:
            return self
        state = DiscreteVariable(self.state.codes[rows], self.state.n_levels)
        as_grid = self.as_grid.take(rows) if self.as_grid else None
        return MixedVariable(
            state, self.values[rows], self.is_free, self.transform, as_grid, is_prepared=False
        )

    def numbers_of(self, rows: IntArray) -> FloatArray:
        """Return the free numbers of samples that share a state, prepared among themselves."""
        if not self.n_dims or not len(rows):
            return np.empty((len(rows), 0))
        is_free = self.is_free[self.state.codes[rows[0]]]
        if self.is_prepared and len(rows) == self.n_samples:
            return self.values if is_free.all() else self.values[:, is_free]
        columns = [
            _prepared(self.values[rows, place], self.transform) for place in np.flatnonzero(is_free)
        ]
        return np.column_stack([np.empty((len(rows), 0)), *columns])


def _prepared(values: FloatArray, transform: Transform) -> FloatArray:
    return values if transform is None else normal_scores(values)


def _heavy(n_samples: int, n_neighbors: int) -> int:
    """Occurrences from which an atom is heavy: two such atoms meet five times by chance.

    A tenth of the samples are always enough.
    """
    meets_five_times = math.sqrt(5 * n_samples)
    return min(n_samples, max(n_neighbors + 1, math.ceil(min(n_samples / 10, meets_five_times))))
