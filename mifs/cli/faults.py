"""Faults of the user's data, as one line each; everything else is a bug and shows its traceback."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import extract_tb


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
def fault_of_values(where: str) -> Iterator[None]:
    """Turn a refusal of values into one line that says where they are.

    A refusal is raised in so many words. An error that happens inside an expression is a bug.
    """
    try:
        yield
    except (ValueError, TypeError) as error:
        line = extract_tb(error.__traceback__)[-1].line
        if line and not line.startswith("raise"):
            raise
        raise DataError(f"{where}: {error}") from error


def one_line(text: str) -> str:
    """Fold the lines of a message, as a parser's or a file name's, into one."""
    return " ".join(text.split())
