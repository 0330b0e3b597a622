"""From the words of a shell user to columns and a target."""

from __future__ import annotations

import argparse
import codecs
import csv
import gzip
import importlib.util
import io
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sklearn.datasets import load_breast_cancer

from mifs._validation import nearest, refuse_repeated
from mifs.cli.faults import DataError, fault_of_file
from mifs.cli.weights import weight_of
from mifs.encoding.labels import SPACES

if TYPE_CHECKING:
    import pandas as pd

TEXT_SUFFIXES = {".csv": ",", ".csv.gz": ",", ".tsv": "\t", ".tsv.gz": "\t"}
PARQUET_SUFFIXES = (".parquet", ".pq")
NAMES_SHOWN = 8  # in a message on a column that is not there
SEPARATORS = ",;\t|"
SNIFFED = 1024  # bytes
LONGEST_VALUE = 2**31 - 1  # characters; pandas reads longer ones than csv does unless told


@dataclass(frozen=True)
class Writing:
    """How a table of CSV is written: separator, marks within numbers, missing values, bytes."""

    sep: str = ","
    decimal: str = "."
    thousands: str | None = None
    missing: tuple[str, ...] = ()
    encoding: str = "utf-8"


@dataclass(frozen=True)
class Table:
    """Columns, target and weights of a table, what messages call them, and rows dropped of it."""

    source: str
    target: str
    X: pd.DataFrame
    y: pd.Series
    n_dropped: int = 0
    weight: pd.Series | None = None  # how often each row counts


def source_of(args: argparse.Namespace) -> str:
    """Return what messages call the source of the table."""
    if args.demo:
        return "breast cancer data"
    return "standard input" if args.file == "-" else str(args.file)


def load(args: argparse.Namespace) -> Table:
    """Read the table that the arguments name and take it apart."""
    if args.demo:
        _refuse_writing(args, "--demo reads none")
        data = load_breast_cancer(as_frame=True)
        frame = data.data.assign(diagnosis=data.target_names[data.target])
        return _parted(frame, args, args.target or "diagnosis")
    if args.target is None:
        args.refuse("--target COLUMN is needed: what are the other columns to tell of?")
    with fault_of_file(source_of(args)):
        frame = _read(args)
    return _parted(frame, args, args.target)


def _read(args: argparse.Namespace) -> pd.DataFrame:
    """Read a file by what its name ends in, or standard input as CSV."""
    # Not at the top: neither the help nor a wrong option should wait for it.
    import pandas as pd  # noqa: PLC0415

    writing = _writing_of(args)
    if args.file == "-":
        opened = partial(io.BytesIO, sys.stdin.buffer.read())
        return _read_text(opened, writing)
    path = Path(args.file)  # a plain string may be a web address
    path.stat()  # raises in the system's words, which not every reader does
    name = path.name.lower()
    if name.endswith(PARQUET_SUFFIXES):
        if importlib.util.find_spec("pyarrow") is None:
            msg = "reading Parquet needs pyarrow: pip install pyarrow"
            raise ValueError(msg)
        _refuse_writing(args, f"{args.file} is Parquet")
        return pd.read_parquet(path, engine="pyarrow")
    if name.endswith(tuple(TEXT_SUFFIXES)):
        opener: Any = gzip.open if name.endswith(".gz") else open
        return _read_text(partial(opener, path, "rb"), writing)
    known = ", ".join((*TEXT_SUFFIXES, *PARQUET_SUFFIXES))
    msg = f"not a kind of file that is read: {known}. CSV of any name: mifs rank - < FILE"
    raise ValueError(msg)


def _writing_of(args: argparse.Namespace) -> Writing:
    return Writing(_sep_of(args), args.decimal, args.thousands, tuple(args.na), args.encoding)


def _sep_of(args: argparse.Namespace) -> str:
    """Return what parts the values of a line: as said, or as the name of the file has it."""
    name = str(args.file).lower()
    usual = (sep for suffix, sep in TEXT_SUFFIXES.items() if name.endswith(suffix))
    return args.sep or next(usual, ",")


def _refuse_writing(args: argparse.Namespace, what: str) -> None:
    """Refuse to be told how CSV is written where none is read."""
    if args.sep or _writing_of(args) != Writing():
        options = "--sep, --decimal, --thousands, --na and --encoding"
        args.refuse(f"{options} say how CSV is written, and {what}")


def _read_text(opened: Callable[[], Any], writing: Writing) -> pd.DataFrame:
    """Read CSV or TSV; raise where pandas would drop values, or fill up a short row."""
    import pandas as pd  # noqa: PLC0415 - as above

    _refuse_utf16(opened, writing.encoding)
    read: Any = partial(
        pd.read_csv,
        sep=writing.sep,
        decimal=writing.decimal,
        na_values=list(writing.missing),
        encoding=writing.encoding,
        index_col=False,  # else the first column may become row names, and vanish
        low_memory=False,  # the type of a column is that of all its rows
    )
    mark = writing.thousands
    with opened() as file, opened() as again, warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame: pd.DataFrame = read(file)
            without = None if mark is None else read(_unmarked(again, writing), thousands=mark)
        except pd.errors.ParserError as error:
            # Below Python 3.12 pandas can lose a Ctrl-C in here, and says only this of it.
            if "Calling read(nbytes) on source failed" in str(error):
                raise KeyboardInterrupt from error
            if "fields in line" in str(error):
                _refuse_ragged(opened, writing)
            if "EOF inside string" in str(error):
                raise ValueError(_open_quote(opened, writing)) from error
            raise
        except pd.errors.EmptyDataError as error:
            msg = "empty: its first line must name the columns, and each other one hold a row"
            raise ValueError(msg) from error
        except pd.errors.ParserWarning:
            _refuse_ragged(opened, writing)
            raise
        except UnicodeError as error:
            msg = (
                f"not {writing.encoding}: name how it is written by --encoding, such as cp1252 or "
            )
            raise ValueError(f"{msg}latin-1") from error
    # csv takes twice as long as pandas. Where a row is short, its last value is missing; where
    # one is long, pandas has said so, unless it is the first.
    may_be_short = frame.iloc[:, -1].isna().any()
    _refuse_ragged(opened, writing, n_rows=None if may_be_short else 1)
    _refuse_repeated_names(opened, writing)
    return frame if mark is None else _with_thousands(frame, without, mark)


def _refuse_repeated_names(opened: Callable[[], Any], writing: Writing) -> None:
    """Raise where two columns share a name, which pandas numbers, as it does empty ones."""
    with _rows(opened, writing) as rows:
        _, names = next(rows, (1, list[str]()))
        refuse_repeated(filter(None, names))


def _unmarked(file: Any, writing: Writing) -> Any:
    """Return a file, less marks between thousands that pandas would miss: it looks for one byte.

    The narrow space of French is such a one, and so is the apostrophe of Swiss typesetters.
    """
    missed = [mark for mark in _marks(writing.thousands or "") if not mark.isascii()]
    if not missed:
        return file
    text = file.read().decode(writing.encoding)
    for mark in missed:
        text = text.replace(mark, "")
    return io.StringIO(text, newline="")


def _marks(thousands: str) -> str:
    """Return what may stand between thousands: a space means those that do not break, too."""
    return SPACES if thousands == " " else thousands


def _with_thousands(frame: pd.DataFrame, without: pd.DataFrame, mark: str) -> pd.DataFrame:
    """Return a table with the numbers of one read without the mark, where it parts thousands.

    To read without it is to take it out wherever it stands, and 31.12.2024 for 31 million.
    """
    marks = re.escape(_marks(mark))
    groups = rf"\s*[+-]?\d{{1,3}}(?:[{marks}]\d\d\d?)*[{marks}]\d{{3}}"  # of two digits in India
    is_read = re.compile(rf"[^{marks}]*|{groups}(?:\D[^{marks}]*)?").fullmatch
    without = without.set_axis(frame.columns, axis=1)  # a name may hold the mark
    names = [
        name
        for name, values in frame.items()
        if values.dtype.kind == "O"
        and without[name].dtype.kind in "iuf"
        and all(map(is_read, values.dropna().tolist()))  # a Series yields them one by one
    ]
    frame[names] = without[names]
    return frame


def _refuse_utf16(opened: Callable[[], Any], encoding: str) -> None:
    """Raise where the first bytes show UTF-16: encodings of one byte read it as nonsense."""
    if encoding.startswith(("utf-16", "utf-32")):
        return
    with opened() as file:
        head = file.read(SNIFFED)
    first, second = head[::2].count(0), head[1::2].count(0)  # zeros of the two bytes of each pair
    if head[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        name, witness = "utf-16", "first two bytes say"
    elif max(first, second) > len(head) / 4 and 10 * min(first, second) < max(first, second):
        name, witness = "utf-16-be" if first > second else "utf-16-le", "zero bytes show"
    else:
        return
    msg = f"not {encoding}, but {name}, as its {witness}: --encoding {name}"
    raise ValueError(msg)


@contextmanager
def _rows(opened: Callable[[], Any], writing: Writing) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Open CSV, and yield its rows but empty ones, each with the number of its first line."""
    encoding = "utf-8-sig" if writing.encoding == "utf-8" else writing.encoding
    limit = csv.field_size_limit(LONGEST_VALUE)  # one for the whole process
    try:
        with opened() as file:
            lines = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
            yield _numbered(lines, writing.sep)
    finally:
        csv.field_size_limit(limit)


def _numbered(lines: Iterable[str], sep: str) -> Iterator[tuple[int, list[str]]]:
    reader, start = csv.reader(lines, delimiter=sep), 1
    for row in reader:
        line, start = start, reader.line_num + 1  # a quoted value may take several
        if row and not (len(row) == 1 and row[0].isspace()):
            yield line, row


def _open_quote(opened: Callable[[], Any], writing: Writing) -> str:
    """Say where a quote opens that no other closes: in the last row, which holds all the rest."""
    with _rows(opened, writing) as rows:
        line = max((line for line, _ in rows), default=1)
    return (
        f"a quote that opens in the row from line {line} on is never closed. Close it, or write a "
        "quote that is part of a value twice, and the whole value in quotes."
    )


def _refuse_ragged(
    opened: Callable[[], Any], writing: Writing, *, n_rows: int | None = None
) -> None:
    """Raise if one of the first rows, or of all, has not one value for each name."""
    with _rows(opened, writing) as rows:
        _, names = next(rows, (1, list[str]()))
        for line, row in islice(rows, n_rows):
            if len(row) != len(names):
                values = "1 value" if len(row) == 1 else f"{len(row)} values"
                columns = "1 column" if len(names) == 1 else f"{len(names)} columns"
                msg = f"line {line} has {values}, but the first line names {columns}."
                raise ValueError(msg + _mend(names, row, rows, writing.sep))


def _mend(
    names: Sequence[str], row: Sequence[str], others: Iterable[tuple[int, list[str]]], sep: str
) -> str:
    """Return a sentence on how to mend a row of another length, by what the rows below it are."""
    other = _other_separator(names, row, sep=sep)
    if other:
        return other
    for char in SEPARATORS:
        if char != sep and "".join(row).count(char) == len(names) - 1 > 0:
            return f" The first line is parted by {sep!r}, this one by {char!r}: part all by one."
    if len(row) == len(names) + 1 and all(
        len(each) == len(row) and not each[-1]
        for each in chain([row], (each for _, each in others))
    ):
        return f" All lines from there on end with {sep!r}: remove it from them."
    return " Mend the line, or quote values that hold the separator."


def _other_separator(names: Sequence[str], row: Sequence[str] = (), *, sep: str) -> str:
    """Return a sentence that offers a separator, if the first line holds one more often.

    Or else as often as a row of another length: the names may hold what now parts them.
    """
    for char in SEPARATORS.replace(sep, ""):
        n_names, n_row = "".join(names).count(char), "".join(row).count(char)
        if n_names >= len(names) or 0 < n_names == n_row:
            return f" Its lines seem to be parted by {char!r}: --sep {char!r}."
    return ""


def _parted(frame: pd.DataFrame, args: argparse.Namespace, target: str) -> Table:
    """Part the target from the columns, less the columns and rows to leave out."""
    source = source_of(args)
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    names = list(frame.columns)
    if target not in names:
        hint = _other_separator(names, sep=_sep_of(args)) or _suggestion(target, names)
        raise DataError(f"{source} has no column {target!r}.{hint}")
    with fault_of_file(source):
        refuse_repeated(names)
    if not len(frame):
        raise DataError(f"{source} holds no rows.")
    n_rows = len(frame)
    if args.drop_missing_target:
        frame = frame[frame[target].notna()]
        if not len(frame):
            raise DataError(f"{source} has no value of the target {target!r} in all {n_rows} rows.")
    weight = _weight(frame, args, target)
    X = frame.drop(columns=[target, *([] if weight is None else [weight.name])])
    excluded = named(args.exclude, list(X.columns), "--exclude", source)
    _refuse_excluded(excluded, args, list(X.columns), source)
    X = X.drop(columns=excluded)
    if X.shape[1] == 0:
        raise DataError(f"{source} has no column to rank beside the target {target!r}.")
    for name in named(args.continuous, list(X.columns), "--continuous", source):
        X[name] = _dates(X[name], args.date_format)
    y = _days(frame[target], args.date_format) if args.target_kind == "numbers" else frame[target]
    return Table(source, target, X, y, n_rows - len(frame), weight)


def _weight(frame: pd.DataFrame, args: argparse.Namespace, target: str) -> pd.Series | None:
    """Return how often each row counts, if a column says so."""
    name, names, source = args.weight, list(frame.columns), source_of(args)
    if name is None:
        return None
    if name == target:
        raise DataError(f"{name!r} is named by --weight, and is the target of {source}.")
    if name not in names:
        msg = f"--weight names {name!r}, which is no column of {source}."
        raise DataError(msg + _suggestion(name, names))
    return weight_of(frame[name], source, is_auto=args.n_features == "auto")


def _refuse_excluded(
    excluded: Sequence[str], args: argparse.Namespace, names: list[str], source: str
) -> None:
    """Raise where an option names what is to be left out."""
    for option in ("--include", "--discrete", "--continuous"):
        for name in named(getattr(args, option[2:]), names, option, source):
            if name in excluded:
                raise DataError(f"{name!r} is named by both {option} and --exclude: leave out one.")


def _dates(values: pd.Series, written: str) -> pd.Series:
    """Return dates for labels that are all written so; all else as it is."""
    import pandas as pd  # noqa: PLC0415 - as above

    if values.dtype.kind != "O" or not all(isinstance(value, str) for value in values.dropna()):
        return values
    try:
        return pd.to_datetime(values, format=written)
    except (ValueError, TypeError):
        return values


def _days(values: pd.Series, written: str) -> pd.Series:
    """Return days since the first for dates and durations; all else as it is."""
    import pandas as pd  # noqa: PLC0415 - as above

    dates = _dates(values, written)
    return (dates - dates.min()) / pd.Timedelta(days=1) if dates.dtype.kind in "mM" else values


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
