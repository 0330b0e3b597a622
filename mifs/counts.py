"""Discrete variables, tables of them, and their counts: values that add and project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from mifs._kernels import joint_counts
from mifs._typing import BoolArray, IntArray
from mifs.weights import RowWeights

BLOCK_VALUES = 1 << 22  # codes copied for one block of candidates: 4 MB
BLOCK_CELLS = 1 << 19  # cells of one block of candidates: 4 MB of counts
# With more cells than that for each sample, finding the occupied ones by a sort is cheaper than
# laying all of them out.
CELLS_PER_SAMPLE = 64
MAX_CELLS = 1 << 26  # of the table of a column with the target: more says nothing


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
        codes = np.full(len(is_missing), present.n_levels, dtype=np.int64)
        codes[~is_missing] = present.codes
        return cls(codes, present.n_levels + 1)

    def joint(self, other: DiscreteVariable) -> DiscreteVariable:
        """Return the joint variable, whose levels are the pairs that occur."""
        if self.n_levels == other.n_levels == 1:  # two continuous variables: nothing to sort
            return self
        pair = self.codes.astype(np.int64) * other.n_levels + other.codes
        states, codes = np.unique(pair, return_inverse=True)
        return DiscreteVariable(codes, len(states))


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each level of each candidate X meets each state of a condition Z and a target Y.

    `xzy` has shape (n_candidates, n_z, n_y, n_x). Counts of two sets of samples add up to the
    counts of both.
    """

    xzy: IntArray

    @classmethod
    def of(
        cls,
        candidates: IntArray,
        n_levels: int,
        z: DiscreteVariable,
        y: DiscreteVariable,
        *,
        weights: IntArray | None = None,
    ) -> Counts:
        """Count candidates of shape (n_candidates, n_samples), all coded below `n_levels`.

        Each sample counts once, or as often as `weights` of shape (n_samples,) say.
        """
        state = z.codes.astype(np.int64) * y.n_levels + y.codes
        xzy = joint_counts(candidates, state, z.n_levels * y.n_levels, n_levels, weights)
        return cls(xzy.reshape(len(candidates), z.n_levels, y.n_levels, n_levels))

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.xzy + other.xzy)

    def cells(self, kept: str) -> IntArray:
        """Counts of the cells of the variables in `kept`; shape (n_candidates, n_cells)."""
        table = self.project(kept)
        return table.reshape(len(table), -1)

    def levels_within(self, strata: str) -> tuple[IntArray, IntArray]:
        """Counts of the levels of X in every stratum, and the stratum of each."""
        table = self.project(strata + "x")
        table = table.reshape(len(table), -1, table.shape[-1])
        return table, np.arange(table.shape[1])[:, None]

    def tables(self) -> IntArray:
        """Tables of X and Y in every stratum of Z; shape (n_candidates, n_z, n_x, n_y)."""
        return self.xzy.transpose(0, 1, 3, 2)

    def project(self, kept: str) -> IntArray:
        """Return the counts of the variables in `kept`, such as "zy", with axes in that order.

        A result that keeps "x" has the candidates as its first axis; one that drops it is the
        same for every candidate and is given once.
        """
        axes = {"z": 1, "y": 2, "x": 3}
        dropped = tuple(axis for name, axis in axes.items() if name not in kept)
        left = [name for name in axes if name in kept]
        order = [left.index(name) for name in kept]
        if "x" not in kept:
            return np.transpose(self.xzy[0].sum(axis=tuple(a - 1 for a in dropped)), order)
        table = self.xzy.sum(axis=dropped) if dropped else self.xzy
        return np.transpose(table, [0, *(1 + i for i in order)])


@dataclass(frozen=True, eq=False)
class SparseCounts:
    """The occupied cells of one candidate: the same sums as `Counts`, whatever the levels.

    For tables with far more cells than samples, such as those of two identifiers.
    """

    x: DiscreteVariable
    z: DiscreteVariable
    y: DiscreteVariable
    weights: IntArray | None = None

    def cells(self, kept: str) -> IntArray:
        """Counts of the occupied cells of the variables in `kept`; shape (1, n_occupied)."""
        return self._counted(kept)[1][None]

    def levels_within(self, strata: str) -> tuple[IntArray, IntArray]:
        """Counts of the levels of X in every stratum, and the stratum of each."""
        state, counts = self._counted(strata + "x")
        return counts[None], state // self.x.n_levels

    def tables(self) -> IntArray:
        """Tables of X and Y in every stratum of Z, (1, n_z, n_x, n_y), levels named anew in each.

        A stratum of a few samples has few levels, and their names mean nothing to a test.
        """
        pairs, codes = np.unique(self._state("zx"), return_inverse=True)
        stratum = pairs // self.x.n_levels
        first = np.searchsorted(stratum, stratum)
        level = np.arange(len(pairs)) - first
        table = np.zeros((1, self.z.n_levels, level.max() + 1, self.y.n_levels), dtype=np.int64)
        one = 1 if self.weights is None else self.weights
        np.add.at(table[0], (self.z.codes, level[codes], self.y.codes), one)
        return table

    def _counted(self, kept: str) -> tuple[IntArray, IntArray]:
        """Return the states that occur, and how often each does."""
        if self.weights is None:
            return np.unique(self._state(kept), return_counts=True)
        states, codes = np.unique(self._state(kept), return_inverse=True)
        return states, np.bincount(codes, self.weights.astype(np.float64)).astype(np.int64)

    def _state(self, kept: str) -> IntArray:
        """One number for each combination of the variables in `kept`, the last changing fastest."""
        variables = {"x": self.x, "y": self.y, "z": self.z}
        state = np.zeros(len(self.x.codes), dtype=np.int64)
        for name in kept:
            state = state * variables[name].n_levels + variables[name].codes
        return state


@dataclass(frozen=True, eq=False)
class Block:
    """Some columns of a table, with the same number of levels."""

    columns: IntArray  # (n_candidates,), their places in the table
    codes: IntArray  # (n_candidates, n_samples)
    n_levels: int


class Codes(Protocol):
    """Coded columns that count themselves: what a source of counted terms asks."""

    n_features: int
    n_samples: int
    weights: RowWeights | None

    def __getitem__(self, column: int) -> DiscreteVariable:
        """Return one column, in the place of a condition."""

    def counted(
        self, wanted: BoolArray, z: DiscreteVariable, y: DiscreteVariable
    ) -> Iterator[tuple[IntArray, Counts | SparseCounts]]:
        """Yield the columns of a mask in blocks, each with its counts with a condition Z and Y."""

    def refuse_large(self, n_classes: int) -> None:
        """Raise if the table of a column with a target of many classes is one that says nothing."""


class CodeTable:
    """Coded columns, stored column by column and grouped by their number of levels.

    Parameters
    ----------
    variables : iterable of DiscreteVariable
        The columns, in order. One byte a value is kept for columns of at most 256 levels.
    names : sequence of str, optional
        What error messages call the columns; their numbers if left out.
    weights : RowWeights, optional
        How often each row counts; once if left out.
    """

    def __init__(
        self,
        variables: Iterable[DiscreteVariable],
        names: Sequence[str] | None = None,
        weights: RowWeights | None = None,
    ) -> None:
        widths, columns, self._occurring = [], [], []
        for variable in variables:
            self._occurring.append(variable.n_levels)
            widths.append(_width(variable.n_levels))
            columns.append(variable.codes.astype(np.min_scalar_type(widths[-1] - 1)))
        self.n_levels = np.array(widths, dtype=np.int64)
        self.n_features = len(columns)
        self.n_samples = len(columns[0]) if columns else 0
        self.weights = weights
        self.names = range(len(columns)) if names is None else names
        self._groups = []
        for width in np.unique(self.n_levels):
            places = np.flatnonzero(self.n_levels == width)
            self._groups.append(
                Block(places, np.stack([columns[place] for place in places]), int(width))
            )

    def __getitem__(self, column: int) -> DiscreteVariable:
        for group in self._groups:
            place = np.searchsorted(group.columns, column)
            if place < len(group.columns) and group.columns[place] == column:
                return DiscreteVariable(group.codes[place], group.n_levels)
        raise IndexError(column)

    def counted(
        self, wanted: BoolArray, z: DiscreteVariable, y: DiscreteVariable
    ) -> Iterator[tuple[IntArray, Counts | SparseCounts]]:
        """Yield the columns of a mask in blocks, each with its counts with a condition Z and Y."""
        n_states = z.n_levels * y.n_levels
        weights = None if self.weights is None else self.weights.multiples
        for block in self.blocks(wanted, n_states):
            if is_sparse(n_states * block.n_levels, self.n_samples):
                x = DiscreteVariable(block.codes[0], block.n_levels)
                yield block.columns, SparseCounts(x, z, y, weights)
            else:
                counts = Counts.of(block.codes, block.n_levels, z, y, weights=weights)
                yield block.columns, counts

    def blocks(self, wanted: BoolArray, n_states: int) -> Iterator[Block]:
        """Yield the columns of a mask in blocks that are counted in one call.

        Neither the codes of a block nor its cells, for `n_states` states of the other side, take
        more than a few megabytes.
        """
        for group in self._groups:
            n_cells = n_states * group.n_levels
            rows = np.flatnonzero(wanted[group.columns])
            size = max(1, min(BLOCK_VALUES // self.n_samples, BLOCK_CELLS // n_cells))
            for start in range(0, len(rows), size):
                chosen = rows[start : start + size]
                yield Block(group.columns[chosen], group.codes[chosen], group.n_levels)

    def refuse_large(self, n_classes: int) -> None:
        """Raise if the table of a column with a target of many classes is one that says nothing."""
        refuse_large(self._occurring, self.names, n_classes)


def refuse_large(n_levels: Sequence[int], names: Sequence[Any], n_classes: int) -> None:
    """Raise if the table of a column of many levels with the target is one that says nothing."""
    column = int(np.argmax(n_levels))
    n_cells = n_levels[column] * n_classes
    if n_cells > MAX_CELLS:
        msg = (
            f"The table of column {names[column]!r} ({n_levels[column]} levels) with the target "
            f"({n_classes} classes) would have {n_cells:.1e} cells; at most "
            f"{MAX_CELLS:.1e} are allowed. Cut numbers into bins (discrete_features=False, "
            "discrete_target=False), merge rare levels, or leave the column out."
        )
        raise ValueError(msg)


def is_sparse(n_cells: int, n_samples: int) -> bool:
    """Whether a table has so many cells that only the occupied ones should be counted."""
    return n_cells > max(CELLS_PER_SAMPLE * n_samples, BLOCK_CELLS)


def _width(n_levels: int) -> int:
    """Levels to lay out for a column: exact up to 16, then in steps of an eighth.

    Columns of nearly as many levels share a block; a level that never occurs adds nothing to any
    sum over cells.
    """
    step = 1 << max(0, (n_levels - 1).bit_length() - 4)
    return -(-n_levels // step) * step
