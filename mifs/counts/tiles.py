"""Codes in the layout that compiled kernels sweep over, tile by tile as they come to it."""

from __future__ import annotations

from threading import Lock
from typing import Self

import numpy as np

from mifs._kernels.counting import TILE_COLUMNS, Turns, tiled
from mifs._typing import IntArray


class Tiles:
    """Tiles of some columns, each laid out once one of its columns is asked for.

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
        self._is_done = np.zeros(-(-len(codes) // TILE_COLUMNS), dtype=bool)
        self._are_all_done = False
        self._lock = Lock()

    @classmethod
    def of_codes(cls, codes: IntArray, n_levels: int) -> Self | None:
        """Make room for the tiles of some codes, or none where a sweep gains nothing."""
        tiles = tiled(codes, n_levels, which=np.empty(0, dtype=np.int64))
        return None if tiles is None else cls(codes, n_levels, tiles)

    def of(self, places: IntArray, turns: Turns | None = None) -> IntArray:
        """Return the tiles, those of some columns laid out, by the turns of threads if given."""
        if self._are_all_done:
            return self._tiles
        with self._lock:  # who asks for the same tiles waits for them
            is_wanted = np.full(len(self._is_done), len(places) == len(self._codes))
            if not is_wanted[0]:
                is_wanted[places // TILE_COLUMNS] = True
            own = np.flatnonzero(is_wanted & ~self._is_done)
            if own.size:
                tiled(self._codes, self._n_levels, which=own, into=self._tiles, turns=turns)
                self._is_done[own] = True
                self._are_all_done = bool(self._is_done.all())
        return self._tiles
