"""Columns of one number of levels, which kernels count together, by threads if there is a lot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import pairwise
from threading import Lock

import numpy as np

from mifs._kernels import (
    CellTable,
    Sweep,
    joint_counts,
    scanned_sums,
    tabled_sums,
    weighted_counts,
)
from mifs._kernels.counting import (
    BLOCKED_STATES,
    ROWS_OF_A_BLOCK,
    TILE_COLUMNS,
    Scanned,
    Turns,
    swept_together,
)
from mifs._threads import Spread, Threads, n_parts_of
from mifs._typing import IntArray
from mifs.counts.levels import LevelCounts, LevelMean
from mifs.counts.states import States
from mifs.counts.tiles import Tiles
from mifs.counts.weighted import WeightedTarget

# Measured, as are the rules by which kernels choose: _kernels/compiled/ways.h.
SCANS_WITHOUT_TILES = 1  # that of the relevance, after which many searches are lazy
# Of a column in a sweep over many, and of each of its values, those of two levels in bits.
SECONDS_OF_A_COLUMN, SECONDS_OF_A_CODE, SECONDS_OF_A_BIT = 6e-8, 1.3e-10, 1e-11
SOON_TILED = 1000  # samples: of no more, to lay codes out and sweep once takes less than to count
# Samples: of no more, a strip of columns takes as long as a few of them, by seconds of a value.
SOON_TOGETHER, SECONDS_OF_A_CODE_TOGETHER = 255, 2.5e-10
FEW_COLUMNS = 16  # so many histograms cost what a sweep does, and the order of rows for it
ROWS_OF_A_WEIGHTED_CELL = 5  # or more: parts of classes are swept, each of rows of one weight
PART_CELLS = 1 << 19  # of some columns: 2 MB of counts
# Threads take columns in turns, whole strips of a sweep. Rows are parted instead where turns are
# too few to be shared evenly, and where to add up the tables of the parts takes little.
COLUMNS_OF_A_TURN, TURNS_OF_A_THREAD, ROWS_OF_A_CELL = 8, 4, 200


class Block:
    """Some columns of a table, with the same number of levels.

    Attributes
    ----------
    columns : ndarray of int of shape (n_candidates,)
        Their places in the table.
    codes : ndarray of int of shape (n_candidates, n_samples)
        Their codes.
    n_levels : int
        Number of levels.
    levels : LevelCounts
        What is known of how often these occur.
    """

    def __init__(self, columns: IntArray, codes: IntArray, n_levels: int) -> None:
        self.columns, self.codes, self.n_levels = columns, codes, n_levels
        self.levels = LevelCounts(len(columns), n_levels)
        self._tiles: Tiles | None = None
        self._is_tried = False  # to lay them out
        # To be scanned before there are tiles:
        self._n_left = SCANS_WITHOUT_TILES * len(columns) if codes.shape[1] > SOON_TILED else 0
        self._lock = Lock()

    def count(self, places: IntArray, states: States, of: str, spread: Spread = map) -> IntArray:
        """Count some of the columns with states "z" or "zy"; (n_places, n_states, n_levels)."""
        if states.weighted is not None:
            counts = self._count_weighted(places, states, states.weighted, spread)
            if of == "z":
                return counts.sum(axis=2)
            return counts.reshape(len(places), states.n_zy, self.n_levels)
        if parts := self._parts_of_rows(places, states, spread):
            return self._count_by_rows(places, parts, of, spread)
        turns, (state, n_states) = self._turns(places, spread), states.numbered(of)
        shape, by = (n_states, self.n_levels), self._sweep(places, states, of, turns)
        return joint_counts(self.codes, places, state, shape, sweep=by, turns=turns)

    def sums(
        self,
        places: IntArray,
        states: States,
        of: str,
        f: CellTable,
        *,
        with_counts: bool,
        chance: LevelMean | None,
        spread: Spread = map,
    ) -> Scanned:
        """Sums of F over the cells of some of the columns, and their counts with Z, if wanted.

        A third sum is that of the means by chance, if these are.
        """
        shape = states.n_z, (states.n_y if of == "zy" else 1), self.n_levels
        if states.weighted is not None or self._parts_of_rows(places, states, spread):
            tables = self.count(places, states, of, spread).reshape(-1, *shape)
            return _sums_of_tables(tables, f, chance)
        turns, (state, _) = self._turns(places, spread), states.numbered(of)
        by = self._sweep(places, states, of, turns)
        with nullcontext() if chance is None else chance.lent() as means:
            return scanned_sums(
                *(self.codes, places, state, shape, f),
                sweep=by,
                with_counts=with_counts,
                chance=means,
                turns=turns,
            )

    def _count_weighted(
        self, places: IntArray, states: States, weighted: WeightedTarget, spread: Spread
    ) -> IntArray:
        """Count by weights, row by row or part by part; (n_places, n_z, n_y, n_levels)."""
        n_z, n_y, n_levels = states.n_z, states.n_y, self.n_levels
        if len(places) >= FEW_COLUMNS and weighted.has_few_parts(self._most_parts(n_z)):
            return self._count_parts(places, states, weighted, spread)
        shape, multiples = (n_z * n_y, n_levels), weighted.weights.multiples
        counts = weighted_counts(self.codes, places, states.zy, shape, multiples)
        return counts.reshape(len(places), n_z, n_y, n_levels)

    def _most_parts(self, n_z: int) -> int:
        """Parts of classes for which to sweep over them takes less than to go row by row."""
        if swept_together(self.n_levels) == 1:
            return 0
        n_cells = self.codes.shape[1] // ROWS_OF_A_WEIGHTED_CELL
        return min(n_cells // self.n_levels, BLOCKED_STATES) // n_z

    def _count_parts(
        self, places: IntArray, states: States, weighted: WeightedTarget, spread: Spread
    ) -> IntArray:
        """Count parts of the classes, few columns at a time where parts are many, and add up."""
        by_parts, n_z, n_levels = states.by_parts, states.n_z, self.n_levels
        size = max(swept_together(n_levels), PART_CELLS // (by_parts.n_zy * n_levels))
        found = []
        for some in neighbours(places, size):
            counts = self.count(some, by_parts, "zy", spread)
            found.append(weighted.added(counts.reshape(len(some), n_z, -1, n_levels)))
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _turns(self, places: IntArray, spread: Spread) -> Turns | None:
        """Turns of threads at some of the columns, where that takes less than one thread does."""
        n_threads = self._n_threads(places, spread)
        if n_threads < 2 or not isinstance(spread, Threads):
            return None
        return Turns(spread.crew(n_threads), n_threads, self._columns_of_a_turn)

    def _n_threads(self, places: IntArray, spread: Spread) -> int:
        """Threads that some of the columns are enough work for."""
        n_most = getattr(spread, "n_threads", 1)
        return min(n_parts_of(len(places) * self.seconds, spread), n_most)

    def _count_by_rows(
        self, places: IntArray, parts: list[tuple[int, States]], of: str, spread: Spread
    ) -> IntArray:
        """Count parts of the rows each by itself, which thereby group themselves, and add up."""
        tiles = self._tiles_for(places, self._turns(places, spread))

        def of_part(part: tuple[int, States]) -> IntArray:
            first_row, states = part
            state, n_states = states.numbered(of)
            sweep = None if tiles is None else (tiles, *states.groups(of))
            shape = n_states, self.n_levels
            return joint_counts(self.codes, places, state, shape, first_row=first_row, sweep=sweep)

        total, *others = spread(of_part, parts)
        for counts in others:
            total += counts
        return total

    def _parts_of_rows(
        self, places: IntArray, states: States, spread: Spread
    ) -> list[tuple[int, States]]:
        """Parts of the rows to count each by itself; none where columns are parted instead."""
        n_rows, n_turns = self.codes.shape[1], -(-len(places) // self._columns_of_a_turn)
        n_parts = min(n_parts_of(len(places) * self.seconds, spread), n_rows // ROWS_OF_A_BLOCK)
        are_enough = n_turns >= TURNS_OF_A_THREAD * getattr(spread, "n_threads", 1)
        rows_of_a_cell = n_rows / max(1, n_parts * states.n_zy * self.n_levels)
        if n_parts < 2 or are_enough or rows_of_a_cell < ROWS_OF_A_CELL:
            return []
        return states.parted(n_parts)

    @property
    def _columns_of_a_turn(self) -> int:
        """Whole strips of a sweep: threads that shared one would each count all of it."""
        return max(COLUMNS_OF_A_TURN, swept_together(self.n_levels))

    @property
    def n_together(self) -> int:
        """Columns beside each other that a lazy search may measure at once; one where it may not.

        Of few samples many columns come near the best by chance.
        """
        n_columns, n_samples = self.codes.shape
        is_worth = 2 < self.n_levels < n_samples <= SOON_TOGETHER and n_columns >= FEW_COLUMNS
        return swept_together(self.n_levels) if is_worth else 1

    def seconds_together(self, alone: float) -> float:
        """About how long a column takes that a lazy search measures, by what it takes alone."""
        of_a_column = SECONDS_OF_A_CODE_TOGETHER * self.codes.shape[1]
        return alone if self.n_together == 1 else of_a_column

    def all_tiled(self) -> IntArray | None:
        """Return the codes in the layout of a sweep, all of them, if there is one."""
        return self._tiles_for(np.arange(len(self.columns)), None)

    @property
    def seconds(self) -> float:
        """About how long a column takes where most of them are counted at once."""
        of_a_value = SECONDS_OF_A_BIT if self.n_levels == 2 else SECONDS_OF_A_CODE
        return SECONDS_OF_A_COLUMN + of_a_value * self.codes.shape[1]

    def _sweep(
        self, places: IntArray, states: States, of: str, turns: Turns | None = None
    ) -> Sweep | None:
        """What a sweep goes by for some columns, if there are enough for one."""
        tiles = self._tiles_for(places, turns)
        return None if tiles is None else (tiles, *states.groups(of))

    def _tiles_for(self, places: IntArray, turns: Turns | None) -> IntArray | None:
        """Return the codes in the layout that the compiled kernels sweep over, or None.

        It takes as long as a scan or two, and as much memory as the codes or half of it: nothing
        for a search that scans all columns of many samples once, and then asks for some here and
        there.
        """
        if len(places) < FEW_COLUMNS:
            return None
        with self._lock:
            if not self._is_tried and places[-1] - places[0] < 2 * len(places):
                if self._n_left <= 0:  # once: where a sweep gains nothing there are none
                    self._tiles, self._is_tried = Tiles.of_codes(self.codes, self.n_levels), True
                self._n_left -= len(places)
        return None if self._tiles is None else self._tiles.of(places, turns)


def neighbours(places: IntArray, size: int) -> Iterator[IntArray]:
    """Part places, which ascend, so that each part is of at most so many columns in a row.

    No tile is in two parts, where parts are larger.
    """
    size -= size % TILE_COLUMNS if size > TILE_COLUMNS else 0
    n_columns = int(places[-1]) + 1 if len(places) else 0
    if 0 < n_columns <= size:
        yield places
        return
    borders = np.searchsorted(places, np.arange(0, n_columns + size, size))
    for start, stop in pairwise(borders.tolist()):
        if start < stop:
            yield places[start:stop]


def _sums_of_tables(
    xzy: IntArray, f: CellTable, chance: LevelMean | None
) -> tuple[IntArray, IntArray]:
    """Sums from whole tables, and the counts with Z."""
    sums, xz = tabled_sums(xzy, f)
    if chance is None:
        return sums, xz
    return np.vstack([sums, chance(xz, np.arange(xz.shape[1])[:, None])]), xz
