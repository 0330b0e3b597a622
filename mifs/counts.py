"""Discrete variables, tables of them, and their counts: values that add and project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mifs._kernels import joint_counts
from mifs._typing import BoolArray, IntArray

BLOCK_VALUES = 1 << 22  # codes copied for one block of candidates: 4 MB
BLOCK_CELLS = 1 << 19  # cells of one block of candidates: 4 MB of counts
MAX_CELLS = 1 << 26  # of one table: 512 MB of counts


@dataclass(frozen=True)
class DiscreteVariable:
    """One code for each sample, ``0 <= codes < n_levels``."""

    codes: IntArray
    n_levels: int

    @classmethod
    def constant(cls, n_samples: int) -> DiscreteVariable:
        """Return the variable that says nothing: the condition of an unconditional term."""
        return cls(np.zeros(n_samples, dtype=np.uint8), 1)

    def joint(self, other: DiscreteVariable) -> DiscreteVariable:
        """Return the joint variable, whose levels are the pairs that occur."""
        pair = self.codes.astype(np.int64) * other.n_levels + other.codes
        states, codes = np.unique(pair, return_inverse=True)
        return DiscreteVariable(codes, len(states))


@dataclass(frozen=True)
class Counts:
    """How often each level of each candidate X meets each state of a condition Z and a target Y.

    `xzy` has shape (n_candidates, n_z, n_y, n_x). Counts of two sets of samples add up to the
    counts of both.
    """

    xzy: IntArray

    @classmethod
    def of(
        cls, candidates: IntArray, n_levels: int, z: DiscreteVariable, y: DiscreteVariable
    ) -> Counts:
        """Count candidates of shape (n_candidates, n_samples), all coded below `n_levels`."""
        state = z.codes.astype(np.int64) * y.n_levels + y.codes
        xzy = joint_counts(candidates, state, z.n_levels * y.n_levels, n_levels)
        return cls(xzy.reshape(len(candidates), z.n_levels, y.n_levels, n_levels))

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.xzy + other.xzy)

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


@dataclass(frozen=True)
class Block:
    """Some columns of a table, with the same number of levels."""

    columns: IntArray  # (n_candidates,), their places in the table
    codes: IntArray  # (n_candidates, n_samples)
    n_levels: int


class CodeTable:
    """Coded columns, stored column by column and grouped by their number of levels.

    Parameters
    ----------
    variables : iterable of DiscreteVariable
        The columns, in order. One byte a value is kept for columns of at most 256 levels.
    names : sequence of str, optional
        What error messages call the columns; their numbers if left out.
    """

    def __init__(
        self, variables: Iterable[DiscreteVariable], names: Sequence[str] | None = None
    ) -> None:
        widths, columns = [], []
        for variable in variables:
            widths.append(_width(variable.n_levels))
            columns.append(variable.codes.astype(np.min_scalar_type(widths[-1] - 1)))
        self.n_levels = np.array(widths, dtype=np.int64)
        self.n_features = len(columns)
        self.n_samples = len(columns[0])
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

    def blocks(self, wanted: BoolArray, n_states: int) -> Iterator[Block]:
        """Yield the columns of a mask in blocks that are counted in one call.

        Neither the codes of a block nor its cells, for `n_states` states of the other side, take
        more than a few megabytes.
        """
        for group in self._groups:
            n_cells = n_states * group.n_levels
            rows = np.flatnonzero(wanted[group.columns])
            if len(rows) and n_cells > MAX_CELLS:
                name = self.names[group.columns[rows[0]]]
                raise ValueError(_too_large(name, group.n_levels, n_states))
            size = max(1, min(BLOCK_VALUES // self.n_samples, BLOCK_CELLS // n_cells))
            for start in range(0, len(rows), size):
                chosen = rows[start : start + size]
                yield Block(group.columns[chosen], group.codes[chosen], group.n_levels)


def _width(n_levels: int) -> int:
    """Levels to lay out for a column: exact up to 16, then in steps of an eighth.

    Columns of nearly as many levels share a block; a level that never occurs adds nothing to any
    sum over cells.
    """
    step = 1 << max(0, (n_levels - 1).bit_length() - 4)
    return -(-n_levels // step) * step


def _too_large(name: object, n_levels: int, n_states: int) -> str:
    """Say, before memory is asked for, which table no machine should hold."""
    return (
        f"The table of column {name!r} ({n_levels} levels) with {n_states} states of the other "
        f"side would hold {n_states * n_levels:.1e} cells (at most {MAX_CELLS:.1e} are allowed). "
        "Treat it as continuous (discrete_features, discrete_x), so that it is cut into n_bins, "
        "merge its rare levels, or leave it out."
    )
