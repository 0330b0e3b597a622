"""Information of any two variables, each part of it by the estimate that is valid there.

With X = (A, X'), where A is the state and X' the numbers of its density, and Y = (B, Y') likewise,

    I(X; Y) = I(A; B) + I(A; Y' | B) + I(X'; B | A) + I(X'; Y' | A, B),

exactly. The first part is counted, the next two are Ross's, the last is Kraskov's, each within the
samples of a state. Given numbers Z', all four are those of Frenzel and Pompe. On grids of rounded
numbers, where distances tie, those of Mesner and Shalizi stand in for both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mifs._kernels.neighbors import members
from mifs._typing import AnyArray, FloatArray, IntArray
from mifs.counts import CodeTable, DiscreteVariable
from mifs.discrete import CountedInformation
from mifs.neighbors.estimates import (
    frenzel_pompe,
    is_grid,
    ksg1,
    ksg1_of_scales,
    mesner_shalizi,
    ross,
)
from mifs.neighbors.variables import MixedVariable

SMALLEST_SCALE = 3


@dataclass(frozen=True)
class Recipe:
    """How each part is estimated.

    Attributes
    ----------
    n_neighbors : int
        k of every part that has neighbours.
    ksg : callable
        `ksg1` or `ksg2`: the estimate of two continuous parts.
    correction : {"chance", "miller_madow", None}
        Of the part that is counted: "chance" for scores, "miller_madow" for values.
    """

    n_neighbors: int = 3
    ksg: Callable[..., float] = ksg1
    correction: str | None = "chance"

    def information(self, x: MixedVariable, y: MixedVariable) -> float:
        """I(X; Y) in nats, unclipped; exactly 0 if either is constant."""
        if x.order is None:
            x, y = y, x
        if x.order is not None and (y.order is not None or not y.n_dims):
            return self._of_distinct(x, x.order, y)
        x, y = with_atoms_or_grids(x, y)
        return self._given_numbers(x, y, np.empty((x.n_samples, 0)))

    def of_scales(self, x: MixedVariable, y: MixedVariable, scales: Sequence[int]) -> list[float]:
        """`information` for each of several k in place of its own; these ascend."""
        if x.order is not None and y.order is not None and self.ksg is ksg1:
            orders = x.order, y.order
            return ksg1_of_scales(x.values, y.values, scales=scales, orders=orders)
        return [replace(self, n_neighbors=k).information(x, y) for k in scales]

    def conditional(self, x: MixedVariable, y: MixedVariable, z: MixedVariable) -> float:
        """I(X; Y | Z) in nats, unclipped: within the states of Z, given its numbers."""
        x, y, z = with_atoms_or_grids(x, y, z)
        return _mean(
            z.state,
            lambda rows: self._given_numbers(x.take(rows), y.take(rows), z.numbers_of(rows)),
        )

    def _of_distinct(self, x: MixedVariable, x_order: IntArray, y: MixedVariable) -> float:
        """I(X; Y) of a column without repeated numbers, and such a column or classes.

        It has one part, of which all is known that `_given_numbers` would look for.
        """
        k = self.n_neighbors
        if y.order is not None:
            return self.ksg(x.values, y.values, n_neighbors=k, orders=(x_order, y.order))
        if not varies(y.state.codes):
            return 0.0
        return ross(x.values, y.state.codes, n_neighbors=k, order=x_order)

    def _given_numbers(self, x: MixedVariable, y: MixedVariable, z: FloatArray) -> float:
        """I(X; Y | Z') for numbers Z' of any number of columns, by the chain rule."""
        a, b = x.state, y.state
        parts = [self._part(a.codes, b.codes, z)]
        if y.n_dims:
            parts.append(
                _mean(b, lambda rows: self._part(a.codes[rows], y.numbers_of(rows), z[rows]))
            )
        if x.n_dims:
            parts.append(
                _mean(a, lambda rows: self._part(x.numbers_of(rows), b.codes[rows], z[rows]))
            )
        if x.n_dims and y.n_dims:
            parts.append(
                _mean(
                    a.joint(b),
                    lambda rows: self._part(x.numbers_of(rows), y.numbers_of(rows), z[rows]),
                )
            )
        return math.fsum(parts)

    def _part(self, x: AnyArray, y: AnyArray, z: FloatArray) -> float:
        """Estimate for sides that are codes, of one axis, or numbers, of two."""
        if not (varies(x) and varies(y)):
            return 0.0
        k = self.n_neighbors
        if z.shape[1]:
            estimate = mesner_shalizi if any(_on_grid(x, y, z)) else frenzel_pompe
            return estimate(x, y, z, n_neighbors=k)
        if x.ndim == 1 and y.ndim == 1:
            return counted(x, y, correction=self.correction)
        if x.ndim == 1 or y.ndim == 1:
            values, codes = (x, y) if y.ndim == 1 else (y, x)
            return ross(values, codes, n_neighbors=k)
        if all(_on_grid(x, y)):
            return mesner_shalizi(x, y, z, n_neighbors=k)
        return self.ksg(x, y, n_neighbors=k)


def with_atoms_or_grids(
    x: MixedVariable, y: MixedVariable, *z: MixedVariable
) -> tuple[MixedVariable, ...]:
    """Return the variables with their light atoms as states, or as numbers where that is better.

    If both X and Y have light atoms, their table has more cells than samples. Given numbers,
    strata of a few samples tell nothing.
    """
    is_given_numbers = any(side.as_grid or side.is_free.any() for side in z)
    if is_given_numbers or (x.as_grid and y.as_grid):
        return tuple(variable.as_grid or variable for variable in (x, y, *z))
    return (x, y, *z)


def counted(x: IntArray, y: IntArray, *, correction: str | None) -> float:
    """I(X; Y) of codes, in nats."""
    first, second = (
        DiscreteVariable(codes, len(levels))
        for levels, codes in (np.unique(side, return_inverse=True) for side in (x, y))
    )
    source = CountedInformation(CodeTable([first]), second, correction=correction)
    return float(source.relevance()[0])


def varies(side: AnyArray) -> bool:
    """Whether there is anything to tell: two codes, or a number."""
    return bool((side != side[0]).any()) if side.ndim == 1 else side.shape[1] > 0


def _on_grid(*sides: AnyArray) -> Iterator[bool]:
    """Whether each side that has numbers has them on a grid."""
    return (is_grid(side) for side in sides if side.ndim > 1 and side.shape[1])


def _states(state: DiscreteVariable) -> Iterator[IntArray]:
    """Rows of each state that occurs."""
    return (rows for rows in members(state.codes) if len(rows))


def _mean(state: DiscreteVariable, within: Callable[[IntArray], float]) -> float:
    """Mean over all samples of an estimate within each state; exact in any order of the states."""
    total = math.fsum(len(rows) * within(rows) for rows in _states(state))
    return total / len(state.codes)
