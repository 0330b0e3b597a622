"""The rows as text, as Markdown, and as the short table of the README."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from row import BINCOUNT_THERE, Row

BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
MOST_SHORT = 12
DASH = "-"


def digits(value: float | None) -> str:
    """Three digits, or two."""
    if value is None:
        return DASH
    if abs(value) >= 99.95:
        return f"{value:.0f}"
    return f"{value:#.2g}" if abs(value) < 1 else f"{value:#.3g}"


def time_of(seconds: float | None) -> str:
    """Seconds in the unit that they are a number of."""
    if seconds is None:
        return DASH
    return f"{digits(1e3 * seconds)} ms" if seconds < 0.995 else f"{digits(seconds)} s"


def figure_of(row: Row) -> str:
    """What is judged."""
    if row.figure is None:
        return DASH
    space = "" if row.unit.startswith("%") else " "
    return f"{digits(row.figure)}{space}{row.unit}"


def bar_of(row: Row) -> str:
    """What it is held against."""
    return DASH if row.bar is None else f"{'<=' if row.is_most else '>='} {row.bar:g}"


def holds(row: Row) -> str:
    """Whether it is reached."""
    return {None: DASH, True: "yes", False: "NO"}[row.holds]


def whole(value: int | None) -> str:
    """A count."""
    return DASH if value is None else f"{value:,}"


def tables_of(row: Row) -> str:
    """Tables needed, and the share that they are of a plain search's."""
    if row.tables is None or not row.plain_tables:
        return DASH
    return f"{row.tables:,} ({row.tables / row.plain_tables:.0%})"


COLUMNS: dict[str, Callable[[Row], str]] = {
    "job": lambda r: r.job,
    "size": lambda r: r.size or DASH,
    "k": lambda r: whole(r.k),
    "threads": lambda r: whole(r.threads),
    "median": lambda r: time_of(r.seconds),
    "least": lambda r: time_of(r.least),
    "figure": figure_of,
    "bar": bar_of,
    "holds": holds,
    "ns": lambda r: digits(r.ns),
    "bincount": lambda r: digits(r.bincount),
    "histogram": lambda r: digits(r.histogram),
    "plain": lambda r: digits(r.plain),
    "in bincounts": lambda r: digits(r.in_bincounts),
    "praznik there": lambda r: digits(r.praznik_in_bincounts),
    "tables": tables_of,
    "peer": lambda r: f"{r.peer} {time_of(r.peer_seconds)}" if r.peer else DASH,
}
WIDTHS = [26, 18, 4, 7, 8, 8, 22, 7, 5, 6, 8, 9, 5, 12, 13, 14, 24]
LEGEND = (
    "Times are CPU seconds of one thread, or wall time of more; ns, np.bincount, the histogram "
    "(the compiled kernel's path for one column, in four tables or by comparison, with no sweep) "
    "and the plain one (in C, an increment a sample; where there is a compiler) are per sample, "
    'candidate and step. "In bincounts" divides ns by one np.bincount of 10,000 rows '
    'in the same run; "praznik there" is the same of praznik 13 on another machine, where '
    "np.bincount took "
    f"{BINCOUNT_THERE} ns: its published figure, not measured here. "
    "Selections are from ready codes, laid out for the kernels on the clock, and without the "
    "redundancies that describe a path: those, k (k - 1) / 2 tables, are part of a fit. Tables are "
    "those that the search needed, and their share of a plain search's."
)


def line(row: Row | None) -> str:
    """One line of the text; the heading without a row."""
    cells = list(COLUMNS) if row is None else [cell(row) for cell in COLUMNS.values()]
    padded = [
        text.ljust(width) if place < 2 or place == len(cells) - 1 else text.rjust(width)
        for place, (text, width) in enumerate(zip(cells, WIDTHS, strict=True))
    ]
    return " ".join(padded).rstrip()


def notes(rows: Sequence[Row]) -> list[str]:
    """What must be known beside the figures, each once."""
    return list(dict.fromkeys(row.note for row in rows if row.note))


def markdown(rows: Sequence[Row], described: str) -> str:
    """The whole table."""
    lines = [described, "", LEGEND, "", _cells(list(COLUMNS)), _cells(["---"] * len(COLUMNS))]
    lines += [_cells([cell(row) for cell in COLUMNS.values()]) for row in rows]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes(rows))]) + "\n"


def short(rows: Sequence[Row], described: str) -> str:
    """The table of the README: rows that have a short name."""
    shown = [row for row in rows if row.short and row.figure is not None][:MOST_SHORT]
    lines = [described + ".", "", _cells(["job", "rows × columns", "time", "that is", "beside"])]
    lines.append(_cells(["---"] * 5))
    for row in shown:
        time = DASH if row.seconds is None else time_of(row.seconds)
        lines.append(_cells([row.short, row.size, time, that_is(row), beside(row)]))
    return "\n".join(lines)


def that_is(row: Row) -> str:
    """The figure in words."""
    if row.ns is not None and row.unit in ("ns", "ms"):
        return f"{digits(row.ns)} ns a value and step"
    return figure_of(row)


def beside(row: Row) -> str:
    """What was measured in the same run."""
    found = []
    if row.tables is not None and row.tables != row.plain_tables:
        found.append(f"{row.tables:,} of {row.plain_tables:,} tables")
    if row.bincount is not None:
        found.append(f"`np.bincount` {digits(row.bincount)} ns")
    if row.histogram is not None:
        found.append(f"one-column histogram {digits(row.histogram)} ns")
    if row.plain is not None:
        found.append(f"plain histogram in C {digits(row.plain)} ns")
    if row.peer_seconds is not None:
        found.append(f"{row.peer} {time_of(row.peer_seconds)}")
    return ", ".join(found) or DASH


def write_between(path: Path, text: str) -> None:
    """Put a text between the markers of a file, in the place of what stood there."""
    page = path.read_text(encoding="utf-8")
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if len(pattern.findall(page)) != 1:
        raise ValueError(f"{path} must have one line {BEGIN} and, below it, one line {END}.")
    block = f"{BEGIN}\n{text.strip()}\n{END}"
    path.write_text(pattern.sub(lambda _: block, page), encoding="utf-8")


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
