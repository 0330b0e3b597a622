"""Arguments of the command line."""

from __future__ import annotations

import argparse
import codecs
from collections.abc import Sequence
from typing import NoReturn

from mifs._version import __version__
from mifs.cli.output import FORMATS, REPORT_FORMATS
from mifs.cli.ranking import CONFIRM
from mifs.cli.reading import PARQUET_SUFFIXES, TEXT_SUFFIXES
from mifs.criteria import CRITERIA, criterion_of
from mifs.units import UNITS

DATES = "ISO8601"  # the form of dates in writing, as pandas calls it

ENDING = """\
rows in messages are counted from 0, the first below the line of names.

exit codes:
  0 done, 1 the data are at fault, 2 wrong usage, 130 interrupted
"""
EPILOG = f"""\
columns of the result:
  score        the criterion when the column was chosen, or when it was last a candidate;
               after "<=" what it could not exceed, of a column that could not be the best
  relevance    I(X; Y), corrected for chance: about 0 for a column that says nothing, and at
               most the entropy H(Y) of the target
  redundancy   mean I(X; W) with the columns W chosen before it
  p alone      p-value of independence of the target (auto only)
  p given      the largest given one column chosen before it (auto only)
  entered      how it passed its tests, of one of a pair with which (--interactions only)

examples:
  mifs rank --demo
  mifs rank houses.parquet --target price --n-features 5
  mifs rank people.csv --target income --exclude id,name --format json > ranking.json
  mifs rank survey.csv --target vote --weight scaled --n-features 10
  zcat people.csv.gz | mifs rank - --target income --all

{ENDING}"""

REPORT_EPILOG = f"""\
examples:
  mifs report --demo --html report.html
  mifs report people.csv --target income --exclude id,name --format markdown

{ENDING}"""


WEIGHT = (
    "how often each row counts: 2 as if it stood there twice, 0 leaves it out; the column is no "
    "candidate. Scale weights w that are no counts, as of a survey, to the number of independent "
    "rows, w * w.sum() / (w**2).sum(), and give --n-features: auto takes whole numbers only"
)


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all others of the program are."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"mifs: error: {message} (see {self.prog} --help)\n")


AUTO = {"alpha": 0.05, "error_control": "fwer", "confirm": "auto", "min_features": 1}  # defaults


def parsed(parser: argparse.ArgumentParser, argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse arguments, refuse those that would do nothing beside others, and fill in defaults."""
    args, unknown = parser.parse_known_args(argv)
    if unknown:
        refuse = parser.error if args.command is None else args.refuse
        refuse(f"unrecognized arguments: {' '.join(unknown)}")
    if args.command is None:
        return args
    said = [name for name in AUTO if getattr(args, name) is not None]
    if args.interactions:
        said.append("interactions")
    if args.n_features != "auto" and said:
        option = f"--{said[0].replace('_', '-')}"
        args.refuse(f"{option} needs --n-features auto, but --n-features is {args.n_features}")
    if args.interactions and args.error_control == "fdr":
        args.refuse("--interactions needs --error-control fwer, but --error-control is fdr")
    if args.decimal == args.thousands:
        args.refuse(f"--decimal and --thousands must differ; both are {args.decimal!r}")
    if args.date_format != DATES and not args.continuous and args.target_kind != "numbers":
        args.refuse("--date-format needs --continuous or --target-kind numbers: what are dates?")
    for name in AUTO.keys() - said:
        setattr(args, name, AUTO[name])
    return args


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="mifs",
        description="Rank and select features by the information they share with a target.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"mifs {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    rank = commands.add_parser(
        "rank",
        help="rank the columns of a table",
        description="Rank the columns of a table by what they tell of one of them, the target.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    rank.set_defaults(refuse=rank.error)
    _add_file_arguments(rank)
    _add_column_arguments(rank)
    _add_selection_arguments(rank)
    _add_gate_arguments(rank)
    _add_jobs_argument(rank)
    _add_output_arguments(rank)
    report = commands.add_parser(
        "report",
        help="rank the columns of a table, and explain the selection",
        description="Rank the columns of a table, and say what was selected, what was not, why, "
        "and what to worry about.",
        epilog=REPORT_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    report.set_defaults(refuse=report.error)
    _add_file_arguments(report)
    _add_column_arguments(report)
    _add_selection_arguments(report)
    _add_gate_arguments(report)
    _add_jobs_argument(report)
    _add_report_arguments(report)
    return parser


def _add_file_arguments(rank: argparse.ArgumentParser) -> None:
    which = rank.add_mutually_exclusive_group(required=True)
    suffixes = " ".join((*TEXT_SUFFIXES, *PARQUET_SUFFIXES))
    which.add_argument("file", nargs="?", metavar="FILE", help=f"{suffixes}, or - to read CSV")
    which.add_argument("--demo", action="store_true", help="rank a bundled data set instead")
    rank.add_argument(
        "--sep",
        type=_sep,
        metavar="CHAR",
        help="what parts the values of a line of CSV, such as ';' or '\\t' (default: a comma, "
        "and a tab in .tsv)",
    )
    rank.add_argument(
        "--decimal",
        type=_mark,
        default=".",
        metavar="CHAR",
        help="what parts the decimals of a number in CSV (default: a point)",
    )
    rank.add_argument(
        "--thousands",
        type=_mark,
        metavar="CHAR",
        help="what parts its thousands; a space is one that does not break, too (default: nothing)",
    )
    rank.add_argument(
        "--na",
        action="append",
        default=[],
        metavar="LABEL",
        help="take this value of CSV as missing, beside those such as an empty one, NA and null; "
        "repeatable",
    )
    rank.add_argument(
        "--encoding",
        type=_encoding,
        default="utf-8",
        metavar="NAME",
        help="how characters of CSV are written, such as utf-16 or cp1252 (default: utf-8)",
    )


def _add_column_arguments(rank: argparse.ArgumentParser) -> None:
    rank.add_argument("--target", metavar="COLUMN", help="what the other columns are to tell of")
    rank.add_argument("--weight", metavar="COLUMN", help=WEIGHT)
    rank.add_argument(
        "--target-kind",
        choices=("auto", "classes", "numbers"),
        default="auto",
        help="whether each value of the target is a class, or numbers are cut into bins",
    )
    rank.add_argument(
        "--drop-missing-target",
        action="store_true",
        help="leave out the rows in which the target is missing, and say how many these are",
    )
    for name, help_text in (
        ("--include", "select these first, in this order"),
        ("--exclude", "leave these out, as if the table did not hold them"),
        ("--discrete", "take every distinct value of these as a level"),
        ("--continuous", "take these as numbers, and dates such as 2024-01-31 too"),
    ):
        rank.add_argument(
            name,
            action="append",
            default=[],
            metavar="COLUMN[,COLUMN...]",
            help=f"{help_text}; repeatable; quote a name that holds a comma: '\"a,b\",c'",
        )
    rank.add_argument(
        "--date-format",
        default=DATES,
        metavar="FORMAT",
        help="how dates in writing are read that are to be numbers, such as %%d/%%m/%%Y of "
        "27/12/1976 (default: as 1976-12-27)",
    )
    rank.add_argument(
        "--missing",
        choices=("level", "error"),
        default="level",
        help="whether a missing value is a level of its own or an error (default: level)",
    )


def _add_selection_arguments(rank: argparse.ArgumentParser) -> None:
    rank.add_argument(
        "--criterion",
        type=_criterion,
        default="cmim",
        metavar="NAME",
        help=f"what scores a candidate (default: cmim): {', '.join(CRITERIA)}",
    )
    rank.add_argument(
        "--n-features",
        type=_n_features,
        default="auto",
        metavar="N",
        help="how many to select: a number, a fraction such as 0.2, all, or auto, which stops at "
        "a stated error rate (default: auto)",
    )
    rank.add_argument(
        "--n-bins",
        type=_n_bins,
        default="auto",
        metavar="N",
        help="bins of a continuous column (default: auto, 5 below 1000 rows and 10 from there)",
    )


def _add_gate_arguments(rank: argparse.ArgumentParser) -> None:
    """Add what is said of `--n-features auto`; `parsed` fills in what is not said."""
    rank.add_argument(
        "--alpha",
        type=_alpha,
        metavar="RATE",
        help="error rate of auto: chance that any column selected is unrelated (default: 0.05)",
    )
    rank.add_argument(
        "--error-control",
        choices=("fwer", "fdr"),
        help="what --alpha bounds: that chance, or the share of unrelated columns among those "
        "significant alone (default: fwer)",
    )
    rank.add_argument(
        "--confirm",
        choices=tuple(CONFIRM),
        help="whether auto makes sure of its tests by random tables: where in doubt, always, or "
        "never, which is fastest (default: auto)",
    )
    rank.add_argument(
        "--min-features",
        type=_min_features,
        metavar="N",
        help="how many auto selects though none may enter, without a promise (default: 1)",
    )
    rank.add_argument(
        "--interactions",
        action="store_true",
        help="let auto look for columns that tell something only together",
    )


def _add_jobs_argument(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--jobs",
        type=_n_jobs,
        metavar="N",
        help="threads over which columns are spread, -1 for all processors; the result does not "
        "depend on it (default: 1)",
    )


def _add_output_arguments(rank: argparse.ArgumentParser) -> None:
    rank.add_argument("--all", action="store_true", help="show the columns not selected, too")
    rank.add_argument("--unit", choices=UNITS, default="bits", help="default: bits")
    rank.add_argument(
        "--format",
        choices=FORMATS,
        default="table",
        help="default: table; csv and markdown hold the columns alone, and warnings go to standard "
        "error",
    )


def _add_report_arguments(report: argparse.ArgumentParser) -> None:
    report.add_argument("--unit", choices=UNITS, default="bits", help="default: bits")
    where = report.add_mutually_exclusive_group()
    where.add_argument("--html", metavar="FILE", help="write one page of HTML to this file")
    where.add_argument(
        "--format",
        choices=REPORT_FORMATS,
        default="text",
        help="what is printed without --html (default: text)",
    )
    report.add_argument(
        "--hide-values",
        action="store_true",
        help="number levels, classes and bins, and show no value of the table",
    )


def _sep(text: str) -> str:
    """Read a separator; a shell hands on a tab as two characters."""
    char = "\t" if text == r"\t" else text
    if len(char) == 1 and char not in '"\r\n':
        return char
    msg = f"one character is needed, or '\\t' for a tab; got {text!r}"
    raise argparse.ArgumentTypeError(msg)


def _mark(text: str) -> str:
    """Read what stands between the digits of a number."""
    if len(text) == 1 and not text.isalnum() and text not in '"+-\r\n':
        return text
    msg = f"one character is needed, such as a comma; got {text!r}"
    raise argparse.ArgumentTypeError(msg)


def _encoding(text: str) -> str:
    """Check the name of an encoding."""
    try:
        "".encode(text)
    except (LookupError, UnicodeError) as error:
        msg = f"no encoding is called {text!r}; such as utf-8, utf-16, cp1252, latin-1"
        raise argparse.ArgumentTypeError(msg) from error
    return codecs.lookup(text).name


def _criterion(text: str) -> str:
    """Check the name of a criterion."""
    try:
        criterion_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text.lower()


def _n_features(text: str) -> int | float | str:
    """Read a number of columns, a fraction of them, or a word."""
    if text in {"all", "auto"}:
        return text
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if number >= 1 if kind is int else 0 < number <= 1:
            return number
    msg = f"a number from 1 on, a fraction such as 0.2, all or auto is needed; got {text!r}"
    raise argparse.ArgumentTypeError(msg)


def _min_features(text: str) -> int:
    """Read a number of columns, or none."""
    if text.isdecimal():
        return int(text)
    msg = f"a whole number from 0 on is needed; got {text!r}"
    raise argparse.ArgumentTypeError(msg)


def _alpha(text: str) -> float:
    """Read an error rate."""
    try:
        rate = float(text)
    except ValueError:
        rate = 0.0
    if not 0 < rate < 1:
        msg = f"a rate between 0 and 1 is needed; got {text!r}"
        raise argparse.ArgumentTypeError(msg)
    return rate


def _n_jobs(text: str) -> int:
    """Read a number of threads; below zero it counts back from all processors."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number:
        return number
    msg = f"a whole number from 1 on, or -1 for all processors, is needed; got {text!r}"
    raise argparse.ArgumentTypeError(msg)


def _n_bins(text: str) -> int | str:
    """Read a number of bins, or the word for a choice by the number of rows."""
    if text == "auto":
        return text
    if text.isdecimal() and int(text) >= 2:
        return int(text)
    msg = f"a whole number from 2 on, or auto, is needed; got {text!r}"
    raise argparse.ArgumentTypeError(msg)
