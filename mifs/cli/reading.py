"""From the words of a shell user to columns and a target."""

from __future__ import annotations

import argparse
import csv
import gzip
import importlib.util
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn.datasets import load_breast_cancer

from mifs._validation import nearest
from mifs.cli.faults import DataError, fault_of_file

if TYPE_CHECKING:
    import pandas as pd

TEXT_SUFFIXES = {".csv": ",", ".csv.gz": ",", ".tsv": "\t", ".tsv.gz": "\t"}
PARQUET_SUFFIXES = (".parquet", ".pq")
NAMES_SHOWN = 8  # in a message on a column that is not there
LONGEST_VALUE = 2**31 - 1  # characters; pandas reads longer ones than csv does unless told


@dataclass(frozen=True)
class Table:
    """Columns and target of a table, and what messages call them."""

    source: str
    target: str
    X: pd.DataFrame
    y: pd.Series


def source_of(args: argparse.Namespace) -> str:
    """Return what messages call the source of the table."""
    if args.demo:
        return "breast cancer data"
    return "standard input" if args.file == "-" else str(args.file)


def load(args: argparse.Namespace) -> Table:
    """Read the table that the arguments name and take it apart."""
    if args.demo:
        data = load_breast_cancer(as_frame=True)
        frame = data.data.assign(diagnosis=data.target_names[data.target])
        return _parted(frame, source_of(args), args.target or "diagnosis", args.exclude)
    if args.target is None:
        args.refuse("--target COLUMN is needed: what are the other columns to tell of?")
    source = source_of(args)
    with fault_of_file(source):
        frame = _read(args.file, args.sep)
    return _parted(frame, source, args.target, args.exclude)


def _read(file: str, own_sep: str | None) -> pd.DataFrame:
    """Read a file by what its name ends in, or standard input as CSV."""
    # Not at the top: neither the help nor a wrong option should wait for it.
    import pandas as pd  # noqa: PLC0415

    if file == "-":
        return _read_text(partial(io.BytesIO, sys.stdin.buffer.read()), sep=own_sep or ",")
    path = Path(file)  # a plain string may be a web address
    path.stat()  # raises in the system's words, which not every reader does
    name = path.name.lower()
    if name.endswith(PARQUET_SUFFIXES):
        if importlib.util.find_spec("pyarrow") is None:
            msg = "reading Parquet needs pyarrow: pip install pyarrow"
            raise ValueError(msg)
        return pd.read_parquet(path, engine="pyarrow")
    for suffix, sep in TEXT_SUFFIXES.items():
        if name.endswith(suffix):
            opener: Any = gzip.open if suffix.endswith(".gz") else open
            return _read_text(partial(opener, path, "rb"), sep=own_sep or sep)
    known = ", ".join((*TEXT_SUFFIXES, *PARQUET_SUFFIXES))
    msg = f"not a kind of file that is read: {known}. CSV of any name: mifs rank - < FILE"
    raise ValueError(msg)


def _read_text(opened: Callable[[], Any], *, sep: str) -> pd.DataFrame:
    """Read CSV or TSV; raise where pandas would drop values, or fill up a short row."""
    import pandas as pd  # noqa: PLC0415 - as above

    with opened() as file, warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame = pd.read_csv(
                file,
                sep=sep,
                index_col=False,  # else the first column may become row names, and vanish
                low_memory=False,  # the type of a column is that of all its rows
            )
        except pd.errors.ParserError as error:
            # Below Python 3.12 pandas can lose a Ctrl-C in here, and says only this of it.
            if "Calling read(nbytes) on source failed" in str(error):
                raise KeyboardInterrupt from error
            if "fields in line" in str(error):
                _refuse_ragged(opened, sep)
            raise
        except pd.errors.ParserWarning:
            _refuse_ragged(opened, sep)
            raise
    # csv takes twice as long as pandas. Where a row is short, its last value is missing; where
    # one is long, pandas has said so, unless it is the first.
    may_be_short = frame.iloc[:, -1].isna().any()
    _refuse_ragged(opened, sep, n_rows=None if may_be_short else 1)
    return frame


@contextmanager
def _long_values() -> Iterator[None]:
    """Let csv read values as long as pandas does; its limit is one for the whole process."""
    limit = csv.field_size_limit(LONGEST_VALUE)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _refuse_ragged(opened: Callable[[], Any], sep: str, *, n_rows: int | None = None) -> None:
    """Raise if one of the first rows, or of all, has not one value for each name."""
    with _long_values(), opened() as file:
        lines = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
        reader = csv.reader(lines, delimiter=sep)
        n_names, n_read, start = 0, 0, 1
        for row in reader:
            line, start = start, reader.line_num + 1  # a quoted value may take several
            if not row or (len(row) == 1 and row[0].isspace()):
                continue
            n_names = n_names or len(row)
            if len(row) != n_names:
                values = "1 value" if len(row) == 1 else f"{len(row)} values"
                msg = f"line {line} has {values}, but the first line names {n_names} columns. "
                msg += "Mend the line, or quote values that hold the separator."
                raise ValueError(msg)
            if n_read == n_rows:
                return
            n_read += 1


def _parted(frame: pd.DataFrame, source: str, target: str, exclude: Sequence[str]) -> Table:
    """Part the target from the columns, less those to leave out."""
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    names = list(frame.columns)
    if target not in names:
        parts = [char for char in ";\t|" if len(names) == 1 and char in names[0]]
        hint = f" Its lines seem to be parted by {parts[0]!r}: --sep {parts[0]!r}." if parts else ""
        raise DataError(f"{source} has no column {target!r}.{hint or _suggestion(target, names)}")
    if names.count(target) > 1:
        raise DataError(f"{source} has {names.count(target)} columns of the name {target!r}.")
    if not len(frame):
        raise DataError(f"{source} holds no rows.")
    X = frame.drop(columns=target)
    X = X.drop(columns=named(exclude, list(X.columns), "--exclude", source))
    if X.shape[1] == 0:
        raise DataError(f"{source} has no column to rank beside the target {target!r}.")
    return Table(source, target, X, frame[target])


def named(values: Sequence[str], names: list[str], option: str, source: str) -> list[str]:
    """Return the columns that the values of an option name, each once.

    A value is the name of a column, or else a line of CSV with several.
    """
    wanted = []
    for value in values:
        one_line = csv.reader([value], skipinitialspace=True)
        wanted += [value] if value in names else [name for line in one_line for name in line]
    for name in wanted:
        if name not in names:
            msg = f"{option} names {name!r}, which is no column to rank in {source}."
            raise DataError(msg + _suggestion(name, names))
    return list(dict.fromkeys(wanted))


def _suggestion(word: str, names: list[str]) -> str:
    """Return a sentence that offers the nearest names, or else the first few."""
    same = [name for name in names if name.casefold() == word.casefold()]
    near = nearest(same[0] if same else word, names)
    if near or not names:
        return near
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f" Its columns: {', '.join(map(repr, names[:NAMES_SHOWN]))}{more}."
