"""Tables of coded columns that are mostly zero: only what is stored is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mifs._kernels import stored_counts
from mifs._threads import Spread
from mifs._typing import BoolArray, IntArray
from mifs.counts import (
    BLOCK_CELLS,
    Counts,
    DiscreteVariable,
    SparseCounts,
    is_sparse,
    refuse_large,
)
from mifs.counts.blocks import SECONDS_OF_A_CODE, SECONDS_OF_A_COLUMN
from mifs.counts.states import States
from mifs.counts.weighted import WeightedTarget
from mifs.weights import RowWeights

BLOCK_STORED = 1 << 18  # stored codes counted at once: a few megabytes of cell numbers


@dataclass(frozen=True, eq=False)
class SparseVariable:
    """One code for each sample: a code for each stored row, and that of zero for all others.

    Attributes
    ----------
    rows : ndarray of int of shape (n_stored,)
        Rows with a stored code, each at most once.
    codes : ndarray of int of shape (n_stored,)
        Their codes, ``0 <= codes < n_levels``.
    zero : int
        Code of every other row.
    n_levels : int
        Number of levels, that of zero among them if it occurs.
    """

    rows: IntArray
    codes: IntArray
    zero: int
    n_levels: int

    @classmethod
    def of_dense(cls, variable: DiscreteVariable, rows: IntArray) -> SparseVariable:
        """Return what a variable is that has one code in all rows but some."""
        others = np.ones(len(variable.codes), dtype=bool)
        others[rows] = False
        first = int(np.argmax(others))
        zero = int(variable.codes[first]) if others[first] else 0
        return cls(rows, variable.codes[rows], zero, variable.n_levels)

    def dense(self, n_samples: int) -> DiscreteVariable:
        """Return the variable with a code for every sample."""
        codes = np.full(n_samples, self.zero, dtype=np.min_scalar_type(self.n_levels - 1))
        codes[self.rows] = self.codes
        return DiscreteVariable(codes, self.n_levels)


class SparseCodeTable:
    """Coded columns of which only the rows that differ from zero are stored.

    Counts are those of a `CodeTable` of the same columns, cell by cell, and so is every term, to
    the last digit; the statistic of a test may differ by its rounding, as more empty cells are laid
    out. One column at a time is laid out in full, where it is a condition. What is counted at once
    has at most a few megabytes of stored codes and of cells.

    Parameters
    ----------
    variables : iterable of SparseVariable
        The columns, in order. Rows whose code is that of zero are dropped; four bytes are kept for
        the row of each other one, and one for its code in columns of at most 256 levels.
    n_samples : int
        Number of samples.
    names : sequence of str, optional
        What error messages call the columns; their numbers if left out.
    weights : RowWeights, optional
        How often each row counts; once if left out.
    """

    def __init__(
        self,
        variables: Iterable[SparseVariable],
        n_samples: int,
        names: Sequence[str] | None = None,
        weights: RowWeights | None = None,
    ) -> None:
        self.weights = weights
        kept = [_without_zeros(variable, n_samples) for variable in variables]
        self._occurring = [variable.n_levels for variable in kept]
        self.n_features = len(kept)
        self.n_samples = n_samples
        self.names = range(len(kept)) if names is None else names
        # Coarse steps: columns are counted together, and a level that never occurs adds nothing.
        self.n_levels = np.array(
            [1 << (n - 1).bit_length() for n in self._occurring], dtype=np.int64
        )
        self._groups = [
            _Group.of(np.flatnonzero(self.n_levels == width), kept, int(width))
            for width in np.unique(self.n_levels)
        ]

    def __getitem__(self, column: int) -> DiscreteVariable:
        for group in self._groups:
            place = np.searchsorted(group.columns, column)
            if place < len(group.columns) and group.columns[place] == column:
                return group.variable(int(place)).dense(self.n_samples)
        raise IndexError(column)

    def joint(self, z: DiscreteVariable, y: DiscreteVariable) -> IntArray:
        """Count a condition with a target, shape (n_z, n_y)."""
        weighted = None if self.weights is None else WeightedTarget(y, self.weights)
        return States(z, y, weighted).table

    def counted(
        self,
        wanted: BoolArray,
        z: DiscreteVariable,
        y: DiscreteVariable,
        *,
        spread: Spread = map,  # noqa: ARG002 - who asks does so part by part
    ) -> Iterator[tuple[IntArray, Counts | SparseCounts]]:
        """Yield the columns of a mask in blocks, each with its counts with a condition Z and Y.

        Cost O(stored codes of the wanted columns + cells), beside O(n_samples) for all of them.
        """
        n_states = z.n_levels * y.n_levels
        state = z.codes.astype(np.intp) * y.n_levels + y.codes
        weights = None if self.weights is None else self.weights.multiples
        totals = np.bincount(state, weights, minlength=n_states).astype(np.intp)
        for group in self._groups:
            places = np.flatnonzero(wanted[group.columns])
            if is_sparse(n_states * group.n_levels, self.n_samples):
                for place in places:
                    x = group.variable(int(place)).dense(self.n_samples)
                    yield group.columns[[place]], SparseCounts(x, z, y, weights)
                continue
            for some in group.blocks(places, n_states):
                stored, length = group.stored(some)
                rows = group.rows[stored]
                counts = stored_counts(
                    group.codes[stored],
                    length,
                    group.zero[some],
                    state[rows],
                    totals,
                    n_levels=group.n_levels,
                    weights=None if weights is None else weights[rows],
                )
                shape = (len(some), z.n_levels, y.n_levels, group.n_levels)
                yield group.columns[some], Counts(counts.reshape(shape))

    @property
    def seconds(self) -> float:
        """About how long a column takes where most of them are counted at once."""
        return SECONDS_OF_A_COLUMN + SECONDS_OF_A_CODE * self.n_samples

    def is_for_kernels(
        self,
        z: DiscreteVariable,  # noqa: ARG002 - with any condition and target it is the same
        y: DiscreteVariable,  # noqa: ARG002 - as above
    ) -> bool:
        """Never: what is stored is counted by NumPy."""
        return False

    def refuse_large(self, n_classes: int) -> None:
        """Raise if the table of a column with a target of many classes is one that says nothing."""
        refuse_large(np.array(self._occurring), self.names, n_classes)


@dataclass(frozen=True, eq=False)
class _Group:
    """Columns with the same number of levels, their stored codes one after another."""

    columns: IntArray  # (n_columns,), their places in the table
    rows: IntArray  # (n_stored,)
    codes: IntArray  # (n_stored,)
    first: IntArray  # (n_columns + 1,), where the stored codes of each column begin
    zero: IntArray  # (n_columns,), the code of zero
    occurring: IntArray  # (n_columns,), levels that each column has
    n_levels: int  # that are laid out for all of them

    @classmethod
    def of(cls, columns: IntArray, variables: Sequence[SparseVariable], n_levels: int) -> _Group:
        own = [variables[column] for column in columns]
        codes = [variable.codes for variable in own]
        return cls(
            columns,
            np.concatenate([variable.rows for variable in own]),
            np.concatenate(codes).astype(np.min_scalar_type(n_levels - 1)),
            np.concatenate([[0], np.cumsum([len(some) for some in codes])]),
            np.array([variable.zero for variable in own], dtype=np.intp),
            np.array([variable.n_levels for variable in own], dtype=np.intp),
            n_levels,
        )

    def variable(self, place: int) -> SparseVariable:
        """Return one of the columns."""
        own = slice(self.first[place], self.first[place + 1])
        zero, n_levels = int(self.zero[place]), int(self.occurring[place])
        return SparseVariable(self.rows[own], self.codes[own], zero, n_levels)

    def blocks(self, places: IntArray, n_states: int) -> list[IntArray]:
        """Split some columns into blocks of bounded memory."""
        length = self.first[places + 1] - self.first[places]
        share = length / BLOCK_STORED + n_states * self.n_levels / BLOCK_CELLS
        block = np.floor(np.cumsum(share))
        return [some for some in np.split(places, np.flatnonzero(np.diff(block)) + 1) if len(some)]

    def stored(self, places: IntArray) -> tuple[IntArray, IntArray]:
        """Return where the stored codes of some columns are, and how many each column has."""
        length = self.first[places + 1] - self.first[places]
        end = np.cumsum(length)
        shift = self.first[places] - (end - length)
        return np.arange(length.sum()) + np.repeat(shift, length), length


def _without_zeros(variable: SparseVariable, n_samples: int) -> SparseVariable:
    """Return the same variable with the codes of zero, as of a bin around it, left implied."""
    other = variable.codes != variable.zero
    return SparseVariable(
        variable.rows[other].astype(np.int32 if n_samples < 1 << 31 else np.int64),
        variable.codes[other].astype(np.min_scalar_type(max(1, variable.n_levels - 1))),
        variable.zero,
        variable.n_levels,
    )
