"""The program: what it does with its arguments, its output and its exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from mifs.cli.arguments import build_parser, parsed
from mifs.cli.faults import DataError, one_line
from mifs.cli.output import FOLD, FORMATS, REPORT_FORMATS, WITHOUT_REMARKS, as_table
from mifs.cli.progress import Progress
from mifs.cli.ranking import fitted, ranked
from mifs.cli.reading import Table, load, source_of
from mifs.cli.reporting import reported
from mifs.cli.screen import Screen
from mifs.report.words import printable
from mifs.search import count_of

BAD_DATA, INTERRUPTED, CLOSED_PIPE = 1, 130, 141  # the last two as shells count signals


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the name of the program; those of the process if left out.

    Returns
    -------
    int
        0; 1 where the data are at fault, with one line on standard error; 130 after Ctrl-C;
        141 where nobody reads the output any more. Wrong usage leaves by SystemExit with 2.
    """
    parser = build_parser()
    args = parsed(parser, argv)
    try:
        if args.command is None:
            return _write(parser.format_help())
        return _write(_rank(args) if args.command == "rank" else _report(args))
    except DataError as error:
        print(f"mifs: error: {one_line(str(error))}", file=sys.stderr)
        return BAD_DATA
    except KeyboardInterrupt:
        return INTERRUPTED


def _rank(args: argparse.Namespace) -> str:
    """Do what ``mifs rank`` is asked, and return what it prints."""
    with Progress() as progress:
        progress.say(f"reading {source_of(args)}")
        table = load(args)
        progress.say(f"ranking {count_of(table.X.shape[1])}")
        ranking = ranked(table, args, progress)
    _say_dropped(table)
    if args.format in WITHOUT_REMARKS:
        for remark in ranking.remarks:
            print(f"mifs: warning: {printable(remark)}", file=sys.stderr)
    screen = Screen.of(sys.stdout)
    if args.format == "table" and screen is not None:
        return as_table(ranking, screen)
    return FORMATS[args.format](ranking)


def _report(args: argparse.Namespace) -> str:
    """Do what ``mifs report`` is asked, and return what it prints: nothing, if it wrote a page."""
    with Progress() as progress:
        progress.say(f"reading {source_of(args)}")
        table = load(args)
        progress.say(f"ranking {count_of(table.X.shape[1])}")
        selector = fitted(table, args, progress)
        report = reported(selector, table, args)
    _say_dropped(table)
    if args.html is None:
        screen = Screen.of(sys.stdout)
        if args.format == "text" and screen is not None:
            return report.to_text(width=min(FOLD, screen.width))
        return REPORT_FORMATS[args.format](report)
    try:
        report.write_html(args.html)
    except ImportError as error:
        raise DataError(str(error)) from error
    except OSError as error:
        raise DataError(f"{args.html}: {error.strerror}") from error
    return ""


def _say_dropped(table: Table) -> None:
    """Say how many rows were left out, where the output of programs may not."""
    if table.n_dropped:
        n_rows = len(table.y) + table.n_dropped
        msg = f"mifs: {table.n_dropped} of {n_rows} rows dropped, in which the target is missing; "
        print(f"{msg}the others are counted from 0", file=sys.stderr)


def _write(text: str) -> int:
    """Print the result and return the exit code."""
    if not text:
        return 0
    try:
        print(text.rstrip("\n"), flush=True)
    except BrokenPipeError:
        _forget_output()
        return CLOSED_PIPE
    except UnicodeEncodeError as error:
        msg = f"standard output takes {error.encoding} only. Set PYTHONIOENCODING=utf-8"
        raise DataError(msg) from error
    except OSError as error:
        _forget_output()
        raise DataError(f"standard output: {error.strerror}") from error
    return 0


def _forget_output() -> None:
    """Send what is still to be written nowhere, so that Python does not complain on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
