"""A table at a terminal: bars beside its numbers, and no line wider than the screen."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, TextIO

GAP = 2  # places between two columns
BAR, LEAST_BAR = 16, 8  # places of the longest bar, and what is left of it before a column goes
NAME, LEAST_NAME = 20, 8  # places that a name keeps before a column goes, and after
SPARE = ("kind", "p given", "p alone", "redundancy", "entered")  # columns that go, in this order
EIGHTHS = "▏▎▍▌▋▊▉█"


@dataclass(frozen=True)
class Column:
    """One column of a table as text: its name, its unit and its cells."""

    name: str
    cells: tuple[str, ...]  # the name and the unit first
    is_text: bool

    @property
    def width(self) -> int:
        """Places of its widest cell."""
        return max(map(width_of, self.cells))

    def lines(self) -> list[str]:
        """Cells of one width: text on the left, numbers on the right."""
        pads = [" " * (self.width - width_of(cell)) for cell in self.cells]
        pairs = zip(self.cells, pads, strict=True)
        return [cell + pad if self.is_text else pad + cell for cell, pad in pairs]


@dataclass(frozen=True)
class Screen:
    """A terminal: how wide it is, and what it can write.

    Attributes
    ----------
    width : int
        Places in a line.
    has_blocks : bool
        Whether it can write blocks and an ellipsis; if not, bars are of "#".
    """

    width: int
    has_blocks: bool

    @classmethod
    def of(cls, stream: TextIO | None) -> Self | None:
        """Return the terminal that a stream writes to; None where it goes anywhere else."""
        if stream is None or not stream.isatty():
            return None
        try:
            f"{EIGHTHS}…".encode(stream.encoding or "ascii")
        except UnicodeEncodeError:
            return cls(shutil.get_terminal_size().columns, has_blocks=False)
        return cls(shutil.get_terminal_size().columns, has_blocks=True)

    def bar(self, share: float, width: int) -> str:
        """Return a bar of a share of the width: in eighths of a place, or in whole ones."""
        if not share > 0:  # nothing beyond chance, or not measured
            return ""
        if not self.has_blocks:
            return "#" * round(share * width)
        full, rest = divmod(round(share * width * len(EIGHTHS)), len(EIGHTHS))
        return EIGHTHS[-1] * full + (EIGHTHS[rest - 1] if rest else "")

    def shortened(self, text: str, width: int) -> str:
        """Return a text with its middle left out, where it is wider than so many places."""
        if width_of(text) <= width:
            return text
        gap = "…" if self.has_blocks else ".."
        tail = (width - len(gap)) // 2
        ending = _beginning(text[::-1], tail)[::-1]
        return _beginning(text, width - len(gap) - tail) + gap + ending

    def fitted(
        self, columns: Sequence[Column], relevance: Sequence[float]
    ) -> tuple[list[Column], list[str]]:
        """Return the columns with bars of the relevance, as wide as the screen at most.

        Long names lose their middle first, then bars some length, then whole columns go, whose
        names are returned too.
        """
        names = next(column.width for column in columns if _is_name(column))
        least = min(names, NAME)
        kept, left_out, room = list(columns), [], self._room(columns)
        for spare in SPARE:
            if room >= least + GAP + LEAST_BAR:
                break
            left_out += [column.name for column in kept if column.name == spare]
            kept = [column for column in kept if column.name != spare]
            room = self._room(kept)
        names = min(names, max(least, room - GAP - BAR))
        bar = min(BAR, max(LEAST_BAR, room - GAP - names))
        names = min(names, max(LEAST_NAME, room - GAP - bar))
        parts = (part for column in kept for part in self._parts(column, names, bar, relevance))
        return list(parts), [column.name for column in columns if column.name in left_out]

    def _room(self, columns: Sequence[Column]) -> int:
        """Places for names and bars beside the other columns."""
        return self.width - sum(column.width + GAP for column in columns if not _is_name(column))

    def _parts(
        self, column: Column, names: int, bar: int, relevance: Sequence[float]
    ) -> tuple[Column, ...]:
        """Return a column, its names shortened, or with bars beside it."""
        if _is_name(column):
            cells = tuple(self.shortened(cell, names) for cell in column.cells)
            return (replace(column, cells=cells),)
        if column.name != "relevance":
            return (column,)
        longest = max((value for value in relevance if value > 0), default=1.0)
        bars = (self.bar(value / longest, bar) for value in relevance)
        return (column, Column("", ("", "", *bars), is_text=True))


def width_of(text: str) -> int:
    """Places that a text takes on the screen."""
    return sum(map(_places, text))


def _places(char: str) -> int:
    """Places that a character takes on the screen: two for a wide one, none for an accent."""
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _beginning(text: str, width: int) -> str:
    """Return as much of a text as fits into some places."""
    used = 0
    for place, char in enumerate(text):
        used += _places(char)
        if used > width:
            return text[:place]
    return text


def _is_name(column: Column) -> bool:
    return column.name == "feature"
