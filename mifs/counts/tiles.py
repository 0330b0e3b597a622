"""Codes in the layout that compiled kernels sweep over, tile by tile as they come to it."""

from __future__ import annotations

from threading import Condition
from typing import Self

import numpy as np

from mifs._kernels.counting import TILE_COLUMNS, tiled
from mifs._typing import IntArray

VALUES_AT_ONCE = 1 << 18  # so that threads that want the same tiles share the work


class Tiles:
    """Tiles of some columns, each laid out by the first thread that asks for one of its columns.

    Parameters
    ----------
    codes : ndarray of int of shape (n_columns, n_samples)
        Codes.
    n_levels : int
        Number of levels.
    tiles : ndarray of uint8
        Where the tiles go, as `tiled` makes it; see `of_codes`.
    """

    def __init__(self, codes: IntArray, n_levels: int, tiles: IntArray) -> None:
        self._codes, self._n_levels, self._tiles = codes, n_levels, tiles
        self._is_begun, self._is_done = np.zeros((2, -(-len(codes) // TILE_COLUMNS)), dtype=bool)
        self._n_at_once = max(1, VALUES_AT_ONCE // (TILE_COLUMNS * max(1, codes.shape[1])))
        self.are_all_done = False
        self._change = Condition()

    @classmethod
    def of_codes(cls, codes: IntArray, n_levels: int) -> Self | None:
        """Make room for the tiles of some codes, or none where a sweep gains nothing."""
        tiles = tiled(codes, n_levels, which=np.empty(0, dtype=np.int64))
        return None if tiles is None else cls(codes, n_levels, tiles)

    def of(self, places: IntArray) -> IntArray:
        """Return the tiles, those of some columns laid out."""
        if self.are_all_done:
            return self._tiles
        is_wanted = np.zeros(len(self._is_done), dtype=bool)
        is_wanted[places // TILE_COLUMNS] = True
        wanted = np.flatnonzero(is_wanted)
        while not self._is_done[wanted].all():
            with self._change:
                own = wanted[~self._is_begun[wanted]][: self._n_at_once]
                self._is_begun[own] = True
                if not own.size:
                    self._change.wait_for(lambda: self._is_settled(wanted))
            if own.size:
                self._lay_out(own)
        return self._tiles

    def _is_settled(self, wanted: IntArray) -> bool:
        """Whether nobody is at some tiles: all are done, or who was has left one."""
        return bool(self._is_done[wanted].all() or not self._is_begun[wanted].all())

    def _lay_out(self, own: IntArray) -> None:
        is_done = False
        try:
            tiled(self._codes, self._n_levels, which=own, into=self._tiles)
            is_done = True
        finally:  # else others would wait for what does not come
            with self._change:
                self._is_begun[own] = self._is_done[own] = is_done
                self.are_all_done = bool(self._is_done.all())
                self._change.notify_all()
