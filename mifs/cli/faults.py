"""Faults of the user's data, as one line each; everything else is a bug and shows its traceback."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import extract_tb

ADVICE = {  # what messages say to those who call Python, and what a shell has for it
    r"\bsample_weight \* sample_weight\.sum\(\) / \(sample_weight\*\*2\)\.sum\(\)": (
        "w * w.sum() / (w**2).sum()"
    ),
    r"\bsample_weight (?=(?:sums to|makes|leaves) \d)": "--weight ",
    r"\bTests take sample_weight for": "Tests take --weight for",
    r"\b(P|p)ass a number in n_features_to_select\b": r"\1ass a number to --n-features",
    r"\bneed a number in n_features_to_select\b": "need a number in --n-features",
    r"\bn_features_to_select='?([\w.]+)'?": r"--n-features \1",
    r"\berror_control='(\w+)'": r"--error-control \1",
    r"\bmissing='level'": "--missing level",
    r"\bdiscrete_target=False, mutual_info_regression": "--target-kind numbers",
    r"\bTake it as classes \(.*?\)(, or make days of its dates \(.*?\))?": (
        "Name the form of dates by --date-format, or take it as classes (--target-kind classes)"
    ),
    r"\bdiscrete_features=\{('.*?'|\".*?\"): False\}": r"--continuous \1",
    r"\bdiscrete_features takes": "--continuous takes",
    r"\bX (has \d|contains NaN|contains infinity)": r"it \1",
    r"\bleave (it|them) out of X\b": r"leave \1 out by --exclude",
    r"\bnumbers, such as days, .*?, or make": "numbers by --target-kind numbers, or make",
    r"\bPass 'all' for": "Say --n-features all for",
    r"\bshorten include\b": "shorten --include",
    r"\bConvert it first: pandas\.to_numeric, pandas\.to_datetime\.": (
        "Numbers are written as 1.5, dates as YYYY-MM-DD or as --date-format says: name the form, "
        "or what means missing by --na, or leave out --continuous."
    ),
    r"\bconvert the column by pandas\.to_numeric(?!\()": "write them as numbers in the file",
    r"\b(?:convert|read) the (?:column|file) [^(]*(?:\(.*?\) )?\(in a shell (.*?)\)": r"say \1",
    # The name of the column may hold brackets.
    r"\bconvert the column .*?\(False of it in discrete_features; in a shell (.*?)\), or make": (
        r"take it as numbers by \1, or make"
    ),
    r"\btake the spaces out[^(]* \(.*?; in a shell (.*?)\)": r"say \1",
    r"\(Series\.str\.strip, .*?; in a shell, (.*?)\)": r"\1",
    r"\(discrete_target=False; in a shell (.*?)\)": r"(\1)",
    r"\bmin_features_to_select=": "--min-features ",
    r"\bDrop these rows, or give the missing value a label of its own\.": (
        "Drop these rows by --drop-missing-target."
    ),
    r"\bMutualInfoSelectorCV finds how many\b": "--n-features N selects as many as you say",
    r"\(exclude=\[…\]\)": "(--exclude)",
    r"\bthe selector's why_not_frame\(\) holds all\b": "mifs rank --all shows the p-values of all",
    r"\bto_\w+\(n_columns=\d+\) shows the others, too; frame\(\) and to_json\(\) hold all\b": (
        "mifs rank --all shows the others, too; --format json holds all"
    ),
    r"\bvalues=False": "--hide-values",
    r"\b(information_budget|pair_information)\b": r"\1 in Python",
}
WRONG_DECIMAL = "leave out --decimal, or, if points part thousands, say --thousands '.'"


class DataError(Exception):
    """What is wrong with the user's data."""


@contextmanager
def fault_of_file(where: str) -> Iterator[None]:
    """Turn what a reader says of a file into one line that names the file."""
    try:
        yield
    except (OSError, ValueError, TypeError, EOFError, zlib.error) as error:
        message = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{where}: {message}") from error


@contextmanager
def fault_of_values(where: str, *, decimal: str = ".") -> Iterator[None]:
    """Turn a refusal of values into one line that says where they are.

    A refusal is raised in so many words. An error that happens inside an expression is a bug.
    The mark between decimals is as `in_shell` takes it.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        line = extract_tb(error.__traceback__)[-1].line
        if line and not line.startswith("raise"):
            raise
        raise DataError(f"{where}: {in_shell(str(error), decimal=decimal)}") from error


def in_shell(message: str, *, decimal: str = ".") -> str:
    """Name the options of the program where a message names parameters of the library.

    With another mark between decimals than a point, `decimal`, it may be the cause, and it is not
    to be advised again.
    """
    for said, option in ADVICE.items():
        message = re.sub(said, option, message)
    if decimal == ".":
        return message
    said = f"--decimal {decimal!r}"
    message = message.replace("write them as numbers in the file", WRONG_DECIMAL)
    message = message.replace(
        f"say --thousands {decimal!r}", f"leave out {said}, and say --thousands {decimal!r}"
    )
    return message.replace(f"{said} --", "--")


def one_line(text: str) -> str:
    """Fold the lines of a message, as a parser's or a file name's, into one."""
    return " ".join(text.split())
