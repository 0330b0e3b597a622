"""Labels that are numbers or dates in writing: how to read them, and which do not read so."""

from __future__ import annotations

import datetime as dt
import math
import re
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from mifs._typing import AnyArray, BoolArray
from mifs.encoding.dates import style_of

NEARLY_ALL = 0.9  # of the distinct labels, from which on the others are likely to be misprints
NAMED, LONGEST = 2, 40  # labels that a message names, and characters of each
NA_LABEL = "--na LABEL"
THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?\s*")
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+\s*")
THOUSANDS_POINT = re.compile(r"\s*[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?\s*")
SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
THOUSANDS_SPACE = re.compile(rf"\s*[+-]?[1-9]\d{{0,2}}([{SPACES}]\d{{3}})+(\.\d*)?\s*")
THOUSANDS_SPACE_COMMA = re.compile(rf"\s*[+-]?[1-9]\d{{0,2}}([{SPACES}]\d{{3}})+(,\d*)?\s*")
DATE = re.compile(r"\s*(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d.*)?\s*")
PADDED = re.compile(r"0\d+")  # no number is written so, but postcodes and other codes are
BRACKETS = re.compile(r"[()]")  # which hold the options within a message
SIGNS = "%‰$€£¥₹"
UNSIGNED = rf"([^\s{SIGNS}](?:[^{SIGNS}]*[^\s{SIGNS}])?)"
SIGNED = re.compile(rf"\s*[+-]?(?:[{SIGNS}]\s*{UNSIGNED}|{UNSIGNED}\s*[{SIGNS}])\s*")


@dataclass(frozen=True)
class Writing:
    """What the labels of a column read as, and how to convert them.

    Attributes
    ----------
    what : str
        What they read as.
    is_date : bool
        Whether that is dates, and not numbers.
    how : str
        How to convert them.
    n_labels : int
        Distinct labels.
    odd : tuple of str
        The first of those that do not read so, each with its row.
    n_odd : int
        How many do not.
    example : str, default=""
        One that does, where what they read as does not show how they are written.
    na : str, default=""
        Options of a shell that take those that do not for missing, if all are named.
    """

    what: str
    is_date: bool
    how: str
    n_labels: int
    odd: tuple[str, ...]
    n_odd: int
    example: str = ""
    na: str = ""

    def __str__(self) -> str:
        """Say it, with the labels that do not read so."""
        more = [f"{self.n_odd - len(self.odd)} more"] if self.n_odd > len(self.odd) else []
        like = f" such as {self.example!r}" if self.example else ""
        odd = " and ".join((", ".join(self.odd), *more))
        return self._said(self.what + like, odd, self.na or NA_LABEL)

    def of_column(self, name: str) -> Writing:
        """Return the same with the column's name where an option of a shell takes it."""
        return replace(self, how=self.how.replace(" COLUMN", _value_of_option(name)))

    def without_values(self) -> str:
        """Say it without any label."""
        return self._said(self.what, "one" if self.n_odd == 1 else str(self.n_odd), NA_LABEL)

    def _said(self, what: str, odd: str, na: str) -> str:
        if not self.n_odd:
            return f"all {self.n_labels} labels read as {what}: if they are, {self.how}"
        means = "that means" if self.n_odd == 1 else "these mean"
        return (
            f"{self.n_labels - self.n_odd} of {self.n_labels} labels read as {what}, all but "
            f"{odd}: if {means} missing, {self.how.replace(NA_LABEL, na)}"
        )


@dataclass(frozen=True)
class _Form:
    """A way to write numbers or dates; `how` to convert all, or all but those in error."""

    what: str
    reads: Callable[[str], bool]
    how: str
    how_with_odd: str
    is_date: bool = False
    has_example: bool = False  # whether a label shows what the words do not


def is_number(label: str) -> bool:
    """Whether a label reads as a number.

    Parameters
    ----------
    label : str
        What is written.

    Returns
    -------
    bool
        True if Python reads it so.
    """
    try:
        float(label)
    except ValueError:
        return False
    return True


def _has_thousands(label: str) -> bool:
    return THOUSANDS.fullmatch(label) is not None or is_number(label)


def _has_decimal_comma(label: str) -> bool:
    return DECIMAL_COMMA.fullmatch(label) is not None or is_number(label)


def _has_both_marks(label: str) -> bool:
    if "." in label:
        return THOUSANDS_POINT.fullmatch(label) is not None
    return _has_decimal_comma(label)


def _has_spaces(label: str) -> bool:
    return THOUSANDS_SPACE.fullmatch(label) is not None or is_number(label)


def _has_spaces_and_comma(label: str) -> bool:
    return THOUSANDS_SPACE_COMMA.fullmatch(label) is not None or _has_decimal_comma(label)


def _is_date(label: str) -> bool:
    found = DATE.fullmatch(label)
    if found is None:
        return False
    try:
        dt.date.fromisoformat(found[1])
    except ValueError:
        return False
    return True


def _is_signed(label: str) -> bool:
    found = SIGNED.fullmatch(label)
    number = "" if found is None else found[1] or found[2]
    reads = (_has_thousands, _has_both_marks, _has_spaces, _has_spaces_and_comma)
    return bool(number) and any(one(number) for one in reads)


def has_fractions(labels: Iterable[str]) -> bool:
    """Whether a label reads as a number that is not whole, with marks and a sign or without.

    Parameters
    ----------
    labels : iterable of str
        What is written.

    Returns
    -------
    bool
        False of labels that read as no number.
    """
    return any(map(_is_fraction, labels))


def _is_fraction(label: str) -> bool:
    found = SIGNED.fullmatch(label)
    number = label if found is None else found[1] or found[2]
    if not is_number(number):
        number = re.sub(f"[{SPACES}]", "", number)
        if THOUSANDS.fullmatch(number):
            number = number.replace(",", "")
        elif THOUSANDS_POINT.fullmatch(number):
            number = number.replace(".", "")
        number = number.replace(",", ".")
    return is_number(number) and math.isfinite(float(number)) and float(number) % 1 != 0


_READ = "read the file with {} of pandas.read_csv (in a shell {})"
_SPACES = (
    "take the spaces out{} (Series.str.replace, then pandas.to_numeric{}; in a shell {}--thousands "
    "' '{})"
)
_COERCE = " with errors='coerce'"
_DATES = (
    "convert the column by pandas.to_datetime{} and take it as numbers (False of it in "
    "discrete_features; in a shell {}--continuous COLUMN), or make features of it, such as the "
    "weekday"
)
FORMS = (
    _Form(
        "numbers",
        is_number,
        "convert the column by pandas.to_numeric",
        "convert the column by pandas.to_numeric(errors='coerce') (in a shell --na LABEL)",
    ),
    _Form(
        "numbers with commas between thousands",
        _has_thousands,
        _READ.format("thousands=','", "--thousands ','"),
        _READ.format("thousands=',' and na_values", "--thousands ',' --na LABEL"),
    ),
    _Form(
        "numbers with a decimal comma",
        _has_decimal_comma,
        _READ.format("decimal=','", "--decimal ','"),
        _READ.format("decimal=',' and na_values", "--decimal ',' --na LABEL"),
    ),
    _Form(
        "numbers with a decimal comma and points between thousands",
        _has_both_marks,
        _READ.format("decimal=',' and thousands='.'", "--decimal ',' --thousands '.'"),
        _READ.format(
            "decimal=',', thousands='.' and na_values",
            "--decimal ',' --thousands '.' --na LABEL",
        ),
    ),
    _Form(
        "numbers with spaces between thousands",
        _has_spaces,
        _SPACES.format("", "", "", ""),
        _SPACES.format("", _COERCE, "", " --na LABEL"),
    ),
    _Form(
        "numbers with a decimal comma and spaces between thousands",
        _has_spaces_and_comma,
        _SPACES.format(" and put a point for the comma", "", "--decimal ',' ", ""),
        _SPACES.format(" and put a point for the comma", _COERCE, "--decimal ',' ", " --na LABEL"),
    ),
    _Form(
        "dates",
        _is_date,
        _DATES.format("", ""),
        _DATES.format("(errors='coerce')", "--na LABEL "),
        is_date=True,
    ),
)
_UNIT = "take the unit off (Series.str.strip, pandas.to_numeric{}; in a shell, in the file{})"
AMOUNTS = _Form(
    "numbers with a unit or currency",
    _is_signed,
    _UNIT.format("", ""),
    _UNIT.format(_COERCE, " and say --na LABEL"),
    has_example=True,
)


def _rarer_forms(labels: Iterable[str]) -> Iterator[_Form]:
    """Yield amounts, and dates written as the first of these labels that could be one."""
    yield AMOUNTS
    style = style_of(labels)
    for written, reads in [] if style is None else style.forms():
        said = " or ".join(map(repr, written))
        in_shell = f"--date-format {said} "
        yield _Form(
            "dates",
            reads,
            _DATES.format(f"(format={said})", in_shell),
            _DATES.format(f"(format={said}, errors='coerce')", f"--na LABEL {in_shell}"),
            is_date=True,
            has_example=True,
        )


def writing_of(
    values: AnyArray, labels: Collection[str], is_missing: BoolArray | None = None
) -> Writing | None:
    """Return what nearly all labels of a column read as, if anything.

    Parameters
    ----------
    values : ndarray of str of shape (n_samples,)
        The column.
    labels : collection of str
        Each label once, in order of the first row that holds it.
    is_missing : ndarray of bool of shape (n_samples,), optional
        Rows without a label.

    Returns
    -------
    Writing or None
        The form that reads most of them; None if each fails for more than one in ten.
    """
    most = int((1 - NEARLY_ALL) * len(labels) + 1e-9)
    best, odd = _best_form(FORMS, labels, most)
    if best is None:
        best, odd = _best_form(_rarer_forms(islice(labels, most + 1)), labels, most)
    if best is None or (not best.is_date and any(map(PADDED.fullmatch, labels))):
        return None
    shown = next(label for label in labels if best.reads(label)) if best.has_example else ""
    return Writing(
        what=best.what,
        is_date=best.is_date,
        how=best.how_with_odd if odd else best.how,
        n_labels=len(labels),
        odd=tuple(in_row(label, values, is_missing) for label in odd[:NAMED]),
        n_odd=len(odd),
        example=shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}...",
        na=_options_of_missing(odd),
    )


def _options_of_missing(labels: Collection[str]) -> str:
    """Return the options of a shell that take labels for missing; none of many, or long ones."""
    if len(labels) > NAMED or not all(map(_can_be_said, labels)):
        return ""
    return " ".join(f"--na{_value_of_option(label)}" for label in labels)


def _can_be_said(label: str) -> bool:
    """Whether a message can hold a label as the value of an option; Python drops two dashes."""
    is_short = len(label) <= LONGEST and label != "--"
    return is_short and label.isprintable() and not BRACKETS.search(label)


def _value_of_option(value: str) -> str:
    """Return a value as a shell takes it after the name of an option."""
    # One that begins as an option does, and stands by itself, would be taken for one.
    begins_as_option = value.startswith("-") and value != "-"
    return f"{'=' if begins_as_option else ' '}{shlex.quote(value)}"


def _best_form(
    forms: Iterable[_Form], labels: Collection[str], most: int
) -> tuple[_Form | None, list[str]]:
    """Return the form that leaves the fewest labels unread, not more than the most, and those."""
    best, odd = None, list(labels)
    for form in forms:
        unread = _unread(labels, form.reads, most)
        if len(unread) < min(len(odd), most + 1):
            best, odd = form, unread
        if not odd:
            break
    return best, odd


def _unread(labels: Iterable[str], reads: Callable[[str], bool], most: int) -> list[str]:
    """Return the labels that a form does not read; those after one too many are not looked at."""
    unread = []
    for label in labels:
        if not reads(label):
            unread.append(label)
            if len(unread) > most:
                break
    return unread


def in_row(label: str, values: AnyArray, is_missing: BoolArray | None = None) -> str:
    """Return a label with its row, or the first of its rows, as a message says it.

    Parameters
    ----------
    label : str
        One label of the column.
    values : ndarray of str of shape (n_samples,)
        The column.
    is_missing : ndarray of bool of shape (n_samples,), optional
        Rows without a label.

    Returns
    -------
    str
        Such as "'n/k' in row 7".
    """
    is_here = values == label
    rows = np.flatnonzero(is_here if is_missing is None else is_here & ~is_missing)
    shown = label if len(label) <= LONGEST else f"{label[: LONGEST - 3]}..."
    where = f"in row {rows[0]}"
    if len(rows) > 1:
        where = f"(in {len(rows)} rows, first in row {rows[0]})"
    return f"{shown!r} {where}"
