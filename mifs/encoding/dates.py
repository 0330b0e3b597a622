"""Dates in writing with their parts in any order: how a column writes them, and which label is one.

Versions and phone numbers look alike. Therefore two digits of a year after points, and a year that
comes first before points, ask for two digits of the month and the day: 1.10.12 is no date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

YEARS = range(1700, 2200)  # others are likely parts of a number
NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: str(month) for month, name in enumerate(NAMES, start=1)}
DATE = re.compile(
    r"\s*(\d{4}|\d\d?)([./ -])(\d\d?|[A-Za-z]{3})\2(\d{4}|\d\d?)"
    r"(?:([T ])\d\d?:\d\d(:\d\d)?( ?[AP]M)?)?\s*"
)


@dataclass(frozen=True)
class DateStyle:
    """How the dates of a column are written, but for which of day and month comes first.

    Attributes
    ----------
    mark : str
        What parts day, month and year.
    year, month : {"%Y", "%y"}, {"%m", "%b"}
        The year and the month, as `strptime` calls them.
    is_year_first : bool
        Whether it comes first.
    time : str
        The time after the date as `strptime` calls it; empty without one.
    """

    mark: str
    year: str
    month: str
    is_year_first: bool
    time: str

    def forms(self) -> list[tuple[list[str], Callable[[str], bool]]]:
        """Return the forms that the dates may have, as `strptime` calls them, and what reads each.

        Returns
        -------
        list of tuple of list of str and callable
            Where day and month may change places, first what reads both ways.
        """
        choices = [("dmY", "mdY"), ("dmY",), ("mdY",)] if self.month == "%m" else [("dmY",)]
        choices = [("Ymd",)] if self.is_year_first else choices
        return [
            ([self._written(order) for order in orders], partial(self._reads, orders=orders))
            for orders in choices
        ]

    def _written(self, order: str) -> str:
        codes = {"Y": self.year, "m": self.month, "d": "%d"}
        return self.mark.join(codes[part] for part in order) + self.time

    def _reads(self, label: str, *, orders: tuple[str, ...]) -> bool:
        """Whether a label is a date of this style in each of some orders."""
        found = DATE.fullmatch(label)
        if found is None or _style(found) != self:
            return False
        month = MONTHS.get(found[3].lower(), found[3])
        parts = [int(part) for part in (found[1], month, found[4])]
        return all(_is_date(**dict(zip(order, parts, strict=True))) for order in orders)


def style_of(labels: Iterable[str]) -> DateStyle | None:
    """Return how the first label that could be a date is written; None if none could be.

    Parameters
    ----------
    labels : iterable of str
        Some labels of a column.

    Returns
    -------
    DateStyle or None
        Its style.

    Examples
    --------
    >>> [written for written, _ in style_of(["n/k", "31.01.2024"]).forms()]
    [['%d.%m.%Y', '%m.%d.%Y'], ['%d.%m.%Y'], ['%m.%d.%Y']]
    """
    for label in labels:
        found = DATE.fullmatch(label)
        style = None if found is None else _style(found)
        if style is not None:
            return style
    return None


def _style(found: re.Match[str]) -> DateStyle | None:
    """Return the style of what may be a date; None if it is none."""
    first, mark, second, third, before, seconds, half = found.groups()
    is_year_first = len(first) == 4
    year, day = (first, third) if is_year_first else (third, first)
    is_named = second.lower() in MONTHS
    if len(day) > 2 or len(year) == 1 or is_named == second.isdecimal():
        return None
    if mark == " " and not is_named:
        return None
    if mark == "." and (is_year_first or len(year) == 2) and len(day) + len(second) < 4:
        return None
    time = ""
    if before is not None:
        hours, half = ("%H", "") if half is None else ("%I", f"{half[:-2]}%p")
        time = f"{before}{hours}:%M{'' if seconds is None else ':%S'}{half}"
    code, month = "%y" if len(year) == 2 else "%Y", "%b" if is_named else "%m"
    return DateStyle(mark, code, month, is_year_first, time)


def _is_date(*, Y: int, m: int, d: int) -> bool:
    """Whether there is such a day; two digits of a year are of this century."""
    year = 2000 + Y if Y < 100 else Y
    if year not in YEARS:
        return False
    try:
        dt.date(year, m, d)
    except ValueError:
        return False
    return True
