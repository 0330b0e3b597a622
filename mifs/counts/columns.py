"""Tables of coded columns, which count themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from mifs._cached import cached_property
from mifs._kernels.lazy import Candidates
from mifs._threads import Spread
from mifs._typing import BoolArray, IntArray
from mifs.counts.blocks import Block, neighbours
from mifs.counts.states import States
from mifs.counts.tables import Counts, ScannedCounts, SparseCounts
from mifs.counts.variable import DiscreteVariable
from mifs.counts.weighted import WeightedTarget
from mifs.weights import RowWeights

BLOCK_CELLS = 1 << 19  # cells of one part of the candidates: 2 MB of counts
PART_BYTES = 1 << 25  # of codes that are held twice; the system takes so much back at once
# With more cells than that for each sample, finding the occupied ones by a sort is cheaper than
# laying all of them out.
CELLS_PER_SAMPLE = 64
MOST_CELLS = (1 << 31) - 1  # that are numbered in 32 bits
MAX_CELLS = 1 << 26  # of the table of a column with the target: more says nothing


class Codes(Protocol):
    """Coded columns that count themselves: what a source of counted terms asks."""

    n_features: int
    n_samples: int
    weights: RowWeights | None

    @property
    def seconds(self) -> float:
        """About how long a column takes where most of them are counted at once."""

    def __getitem__(self, column: int) -> DiscreteVariable:
        """Return one column, in the place of a condition."""

    def counted(
        self,
        wanted: BoolArray,
        z: DiscreteVariable,
        y: DiscreteVariable,
        *,
        spread: Spread = map,
    ) -> Iterator[tuple[IntArray, Counts | ScannedCounts | SparseCounts]]:
        """Yield the columns of a mask in blocks, each with its counts with a condition Z and Y.

        Kernels count by the threads of `spread`.
        """

    def joint(self, z: DiscreteVariable, y: DiscreteVariable) -> IntArray:
        """Count a condition with a target, shape (n_z, n_y)."""

    def is_for_kernels(self, z: DiscreteVariable, y: DiscreteVariable) -> bool:
        """Whether kernels count all columns with a condition and a target, and sum their cells."""

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
    n_expected : int, default=0
        How many columns there will be, where that is known: most are then stored as they come.

    Attributes
    ----------
    groups : list of Block
        The columns of each number of levels.
    """

    def __init__(
        self,
        variables: Iterable[DiscreteVariable],
        names: Sequence[str] | None = None,
        weights: RowWeights | None = None,
        *,
        n_expected: int = 0,
    ) -> None:
        occurring: list[int] = []
        self.n_samples = 0
        growing: dict[int, _GrowingBlock] = {}
        for place, variable in enumerate(variables):
            occurring.append(variable.n_levels)
            self.n_samples, width = len(variable.codes), _width(variable.n_levels)
            if width not in growing:
                # Two blocks may have all columns; what they leave empty takes no memory.
                n_left = max(0, n_expected - place) if len(growing) < 2 else 0
                growing[width] = _GrowingBlock(width, n_left)
            growing[width].append(place, variable)
        self.n_features, self._occurring = len(occurring), np.array(occurring, dtype=np.int64)
        self.weights = weights
        self.names = range(self.n_features) if names is None else names
        self._last_states: States | None = None
        self._last_weighted: WeightedTarget | None = None
        self.groups = [growing[width].block() for width in sorted(growing)]

    def __getitem__(self, column: int) -> DiscreteVariable:
        block, place = self._where(column)
        return DiscreteVariable(block.codes[place], block.n_levels)

    def levels_of(self, column: int) -> IntArray:
        """Return how often each level occurs of a column that was counted with anything."""
        block, place = self._where(column)
        return block.levels.of(np.array([place]))[0]

    def _where(self, column: int) -> tuple[Block, int]:
        for block in self.groups:
            place = int(np.searchsorted(block.columns, column))
            if place < len(block.columns) and block.columns[place] == column:
                return block, place
        raise IndexError(column)

    def counted(
        self,
        wanted: BoolArray,
        z: DiscreteVariable,
        y: DiscreteVariable,
        *,
        spread: Spread = map,
    ) -> Iterator[tuple[IntArray, Counts | ScannedCounts | SparseCounts]]:
        """Yield the columns of a mask in blocks, each with its counts with a condition Z and Y.

        Kernels count by the threads of `spread`; with weights who asks does so part by part.
        """
        states, weights = self.states(z, y), self.weights
        for block, places in self.blocks(wanted, states.n_zy):
            columns = block.columns[places]
            if is_sparse(states.n_zy * block.n_levels, self.n_samples):
                x = DiscreteVariable(block.codes[places[0]], block.n_levels)
                multiples = None if weights is None else weights.multiples
                yield columns, SparseCounts(x, z, y, multiples)
            elif weights is None:
                yield columns, ScannedCounts(block, places, states, spread)
            elif weights.are_few_rows:
                yield columns, ScannedCounts(block, places, states)
            else:
                yield columns, Counts.of(block, places, states)

    @cached_property
    def seconds(self) -> float:
        """About how long a column takes, on average, where most of them are counted at once."""
        return self._mean([block.seconds for block in self.groups])

    def seconds_together(self, alone: float) -> float:
        """The same where columns beside each other are measured at once, if they are."""
        return self._mean([block.seconds_together(alone) for block in self.groups])

    def _mean(self, seconds: Sequence[float]) -> float:
        sizes = [len(block.columns) for block in self.groups]
        total = sum(n * of_block for n, of_block in zip(sizes, seconds, strict=True))
        return total / max(1, self.n_features)

    def is_for_kernels(self, z: DiscreteVariable, y: DiscreteVariable) -> bool:
        """Whether rows count once each and no table has too many cells to be laid out."""
        n_cells = z.n_levels * y.n_levels * max((b.n_levels for b in self.groups), default=0)
        return self.weights is None and not is_sparse(n_cells, self.n_samples)

    def joint(self, z: DiscreteVariable, y: DiscreteVariable) -> IntArray:
        """Count a condition with a target, shape (n_z, n_y)."""
        if (states := self._last_states) is not None and states.are(z, y):
            return states.table
        return States(z, y, self._weighted(y)).table

    def states(self, z: DiscreteVariable, y: DiscreteVariable) -> States:
        """States of a condition and a target; the last ones are kept for who asks part by part."""
        if (states := self._last_states) is None or not states.are(z, y):
            states = self._last_states = States(z, y, self._weighted(y))
        return states

    def _weighted(self, y: DiscreteVariable) -> WeightedTarget | None:
        """Return a target with the weights of rows, if they have any; the last one is kept."""
        if self.weights is None:
            return None
        if (weighted := self._last_weighted) is None or weighted.y is not y:
            weighted = self._last_weighted = WeightedTarget(y, self.weights)
        return weighted

    def blocks(self, wanted: BoolArray, n_states: int) -> Iterator[tuple[Block, IntArray]]:
        """Yield the columns of a mask in parts that are counted in one call, as places of blocks.

        The cells of a part, for `n_states` states of the other side, take no more than a few
        megabytes.
        """
        for block in self.groups:
            places = wanted[block.columns].nonzero()[0]
            size = max(1, BLOCK_CELLS // (n_states * block.n_levels))
            for some in neighbours(places, size):
                yield block, some

    @cached_property
    def candidates(self) -> Candidates:
        """All columns as a kernel takes them that looks at one at a time."""
        groups, n_together = self.groups, [group.n_together for group in self.groups]
        block, place = np.zeros(self.n_features, dtype=np.int64), np.arange(self.n_features)
        for number, group in enumerate(groups if len(groups) > 1 else ()):
            block[group.columns], place[group.columns] = number, np.arange(len(group.columns))
        tiles = [g.all_tiled() if n > 1 else None for g, n in zip(groups, n_together, strict=True)]
        codes, n_levels = [g.codes for g in groups], [g.n_levels for g in groups]
        return Candidates(codes, n_levels, block, place, n_together, tiles)

    def refuse_large(self, n_classes: int) -> None:
        """Raise if the table of a column with a target of many classes is one that says nothing."""
        refuse_large(self._occurring, self.names, n_classes)


class _GrowingBlock:
    """Columns of one number of levels, of which few are held twice while they are put together.

    If it is known how many may come, each is copied to its place at once and let go of. The next
    then take its memory again, which costs less than what the system has to clear first.
    """

    def __init__(self, n_levels: int, n_expected: int) -> None:
        self._n_levels, self._dtype = n_levels, np.min_scalar_type(max(0, n_levels - 1))
        self._n_expected = n_expected
        self._stored: IntArray | None = None
        self._places: list[int] = []
        self._parts: list[IntArray] = []
        self._loose: list[DiscreteVariable] = []

    def append(self, place: int, variable: DiscreteVariable) -> None:
        """Take the next column."""
        self._places.append(place)
        if variable.codes.dtype != self._dtype:
            codes = variable.narrowed().codes.astype(self._dtype, copy=False)
            variable = DiscreteVariable(codes, variable.n_levels)
        if self._n_expected:
            variable = self._in_place(variable)
        self._loose.append(variable)
        n_most = self._n_expected or PART_BYTES // max(1, variable.codes.nbytes)
        if len(self._loose) >= n_most:
            self._put_together()

    def _in_place(self, variable: DiscreteVariable) -> DiscreteVariable:
        if self._stored is None:
            self._stored = np.empty((self._n_expected, len(variable.codes)), dtype=self._dtype)
        row = self._stored[len(self._loose)]
        row[:] = variable.codes
        return DiscreteVariable(row, variable.n_levels)

    def _put_together(self) -> None:
        """Make one part of the loose columns; raise if a code is not one of its levels."""
        if self._stored is None:
            part = np.stack([variable.codes for variable in self._loose])
        else:
            is_half_empty = 2 * len(self._loose) < len(self._stored)
            part = self._stored[: len(self._loose)]
            part = part.copy() if is_half_empty else part
        levels = [variable.n_levels for variable in self._loose]
        if (is_wrong := part.max(axis=1, initial=0) >= levels).any():
            self._loose[int(np.argmax(is_wrong))].narrowed()  # says which code
        self._parts.append(part)
        self._loose.clear()
        self._stored, self._n_expected = None, 0

    def block(self) -> Block:
        """Return the columns; nothing is left here."""
        if self._loose:
            self._put_together()
        codes = self._parts.pop(0) if len(self._parts) == 1 else self._joined()
        return Block(np.array(self._places, dtype=np.int64), codes, self._n_levels)

    def _joined(self) -> IntArray:
        """Put the parts into one array, and let go of each at once."""
        shape = len(self._places), self._parts[0].shape[1]
        codes, row = np.empty(shape, dtype=self._parts[0].dtype), 0
        while self._parts:
            part = self._parts.pop(0)
            codes[row : row + len(part)] = part
            row += len(part)
        return codes


def refuse_large(n_levels: IntArray, names: Sequence[Any], n_classes: int) -> None:
    """Raise if the table of a column of many levels with the target is one that says nothing."""
    column = int(np.argmax(n_levels))
    n_cells = int(n_levels[column]) * n_classes
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
    return n_cells > min(max(CELLS_PER_SAMPLE * n_samples, BLOCK_CELLS), MOST_CELLS)


def _width(n_levels: int) -> int:
    """Levels to lay out for a column: exact up to 16, then in steps of an eighth.

    Columns of nearly as many levels share a block; a level that never occurs adds nothing to any
    sum over cells.
    """
    step = 1 << max(0, (n_levels - 1).bit_length() - 4)
    return -(-n_levels // step) * step
