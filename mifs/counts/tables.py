"""Contingency tables of candidates with a condition and a target: values that add and project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mifs._cached import cached_property
from mifs._kernels import CellTable, tabled_sums
from mifs._threads import Spread
from mifs._typing import IntArray
from mifs.counts.blocks import Block
from mifs.counts.levels import CellSum, LevelMean
from mifs.counts.states import States
from mifs.counts.variable import DiscreteVariable


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each level of each candidate X meets each state of a condition Z and a target Y.

    `xzy` has shape (n_candidates, n_z, n_y, n_x). Counts of two sets of samples add up to the
    counts of both.
    """

    xzy: IntArray

    @classmethod
    def of(cls, block: Block, places: IntArray, states: States, spread: Spread = map) -> Counts:
        """Count some columns of a block with a condition and a target."""
        xzy = block.count(places, states, "zy", spread)
        return cls(xzy.reshape(len(places), states.n_z, states.n_y, block.n_levels))

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.xzy.astype(np.int64) + other.xzy)  # those of a kernel have 32 bits

    def sums(
        self,
        kept: str,
        f: CellSum,
        *,
        keeps_levels: bool = True,  # noqa: ARG002 - all tables are here
        chance: LevelMean | None = None,  # noqa: ARG002 - as above
    ) -> IntArray:
        """Sum of a cell function over the cells of the variables in `kept`, per candidate."""
        return f(self.cells(kept), axis=-1)

    def means_within_z(self, mean: LevelMean) -> IntArray:
        """Sum of the means by chance of the levels of X in every stratum of Z, per candidate."""
        return mean(*self.levels_within("z"))

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


class ScannedCounts:
    """Counts of some columns of a block, each taken only when and as far as it is asked for.

    The same sums as `Counts`. Sums of a cell function are formed while the counts are in the
    cache, and with them those of the means by chance that sums are told of; of the tables, only the
    counts with Z stay, and these where sums are told to keep them. Whoever asks for whole tables
    first has the sums from them.
    """

    def __init__(
        self, block: Block, places: IntArray, states: States, spread: Spread = map
    ) -> None:
        self._block, self._places, self._states = block, places, states
        self._spread = spread
        self._sums: dict[tuple[str, int], IntArray] = {}
        self._xz: IntArray | None = None
        self._means: tuple[LevelMean, IntArray] | None = None

    def sums(
        self,
        kept: str,
        f: CellSum,
        *,
        keeps_levels: bool = True,
        chance: LevelMean | None = None,
    ) -> IntArray:
        """Sum of a cell function over the cells of the variables in `kept`, per candidate."""
        if kept == "x":
            if not self._block.levels.are_summed(self._places, f):
                self._learn_levels()
            return self._block.levels.sums(self._places, f)
        if kept == "yx" or f.table is None:
            return self._whole.sums(kept, f)
        if (kept, id(f)) not in self._sums:
            with_y = kept == "zyx" or "_whole" in self.__dict__
            sums = self._scan(f, f.table, with_y=with_y, with_counts=keeps_levels, chance=chance)
            self._sums |= {(name, id(f)): of_name for name, of_name in sums.items()}
        return self._sums[kept, id(f)]

    def means_within_z(self, mean: LevelMean) -> IntArray:
        """Sum of the means by chance of the levels of X in every stratum of Z, per candidate."""
        if self._means is None or self._means[0] is not mean:
            self._means = mean, mean(*self.levels_within("z"))
        return self._means[1]

    def levels_within(self, strata: str) -> tuple[IntArray, IntArray]:
        """Counts of the levels of X in every stratum, and the stratum of each."""
        if strata == "z":
            table = self._with_z
        elif strata == "":
            self._learn_levels()
            table = self._block.levels.of(self._places)[:, None]
        else:
            return self._whole.levels_within(strata)
        return table, np.arange(table.shape[1])[:, None]

    def tables(self) -> IntArray:
        """Tables of X and Y in every stratum of Z; shape (n_candidates, n_z, n_x, n_y)."""
        return self._whole.tables()

    @cached_property
    def _whole(self) -> Counts:
        return Counts.of(self._block, self._places, self._states, self._spread)

    def _learn_levels(self) -> None:
        """Have the block know how often the levels occur."""
        if not self._block.levels.are_known(self._places):
            with_z = self._with_z
            levels = with_z[:, 0] if with_z.shape[1] == 1 else with_z.sum(axis=1, dtype=np.int32)
            self._block.levels.keep(self._places, levels)

    @property
    def _with_z(self) -> IntArray:
        """Counts with Z, (n_candidates, n_z, n_levels)."""
        if self._xz is None:
            self._xz = self._block.count(self._places, self._states, "z", self._spread)
        return self._xz

    def _scan(
        self,
        f: CellSum,
        by: CellTable,
        *,
        with_y: bool,
        with_counts: bool,
        chance: LevelMean | None,
    ) -> dict[str, IntArray]:
        """Count, and form sums of a cell function, which kernels know, on the way."""
        are_levels = self._states.n_z == 1  # of all columns, as for their relevance
        if "_whole" in self.__dict__:
            sums, self._xz = tabled_sums(self._whole.xzy, by)
        else:
            of = "zy" if with_y else "z"
            with_counts = with_counts or (are_levels and chance is not None)  # for other means
            if chance is not None and not chance.is_kept:
                with_counts, chance = True, None
            asked = self._places, self._states, of, by
            sums, xz = self._block.sums(
                *asked, with_counts=with_counts, chance=chance, spread=self._spread
            )
            self._xz = self._xz if xz is None else xz
            self._means = self._means if chance is None else (chance, sums[2])
        if are_levels:  # nobody need count them again
            self._block.levels.keep_sums(self._places, f, sums[1])
            if self._xz is not None:
                self._learn_levels()
        return {"zyx": sums[0], "zx": sums[1]} if with_y else {"zx": sums[1]}


@dataclass(frozen=True, eq=False)
class SparseCounts:
    """The occupied cells of one candidate: the same sums as `Counts`, whatever the levels.

    For tables with far more cells than samples, such as those of two identifiers.
    """

    x: DiscreteVariable
    z: DiscreteVariable
    y: DiscreteVariable
    weights: IntArray | None = None

    def sums(
        self,
        kept: str,
        f: CellSum,
        *,
        keeps_levels: bool = True,  # noqa: ARG002 - they are counted anew
        chance: LevelMean | None = None,  # noqa: ARG002 - as above
    ) -> IntArray:
        """Sum of a cell function over the occupied cells of the variables in `kept`; shape (1,)."""
        return f(self.cells(kept), axis=-1)

    def means_within_z(self, mean: LevelMean) -> IntArray:
        """Sum of the means by chance of the levels of X in every stratum of Z; shape (1,)."""
        return mean(*self.levels_within("z"))

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
