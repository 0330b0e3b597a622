"""Tests that were found: a gate comes back to one of many, to make sure of it."""

from __future__ import annotations

import numpy as np

from mifs._typing import IntArray
from mifs.terms import IndependenceTests


class FoundTests:
    """Tests of columns given one condition, block by block."""

    def __init__(self) -> None:
        self._blocks: dict[int, tuple[IntArray, IndependenceTests]] = {}  # by the first column

    def keep(self, columns: IntArray, tests: IndependenceTests) -> None:
        """Take the tests of a block; those of one that begins with the same column are let go."""
        self._blocks[int(columns[0])] = columns, tests

    def forget(self) -> None:
        """Let go of all; who asks has them computed again."""
        self._blocks.clear()

    def of(self, column: int) -> tuple[float, str, bool] | None:
        """P-value of a column, its method, and whether two approximations disagree; or None."""
        for columns, tests in tuple(self._blocks.values()):  # threads may add to them
            place = int(np.searchsorted(columns, column))
            if place < len(columns) and columns[place] == column:
                return tests.one(place)
        return None
