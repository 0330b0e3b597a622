"""Forms of a finished ranking: two tables to read, and two for programs, with all digits."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from mifs.cli.ranking import Ranking
from mifs.cli.screen import GAP, Column, Screen
from mifs.report import Report
from mifs.report.words import count, printable, pvalue

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1  # of the JSON; it grows when a key changes its meaning or goes away
FOLD = 88  # places of a line of words on an ordinary screen


def as_table(ranking: Ranking, screen: Screen | None = None) -> str:
    """Return a headline, aligned columns, and why the ranking ended.

    At a terminal with bars and within its width; elsewhere with all columns and full names.
    """
    frame = ranking.frame
    if frame["selected"].all():
        frame = frame.drop(columns="selected")
    columns, width = [_column(frame, header) for header in _shown(frame)], FOLD
    left_out: list[str] = []
    if screen is not None:
        relevance = frame[f"relevance [{ranking.unit}]"].tolist()
        columns, left_out = screen.fitted(columns, relevance)
        width = min(FOLD, screen.width)
    rows = zip(*(column.lines() for column in columns), strict=True)
    lines = [(" " * GAP).join(row).rstrip() for row in rows]
    if left_out:
        lines += [
            "",
            *_folded(f"Wider screens and other formats show: {', '.join(left_out)}.", width),
        ]
    remarks = (
        line
        for remark in ranking.remarks
        for line in _folded(printable(remark), width, first="! ", later="  ")
    )
    ended = [ranking.ended] if screen is None else _folded(ranking.ended, width)
    return "\n".join(
        [*_headline(ranking), "", *lines, "", *ended, *_folded(ranking.promise, width), *remarks]
    )


def _column(frame: pd.DataFrame, header: str) -> Column:
    """Write one column: its name, its unit, and its values."""
    name, bracket, unit = header.partition("[")
    cells = _cells(frame, header)
    name = name.strip()
    return Column(name, (name, bracket + unit, *cells), is_text=_is_text(frame[header]))


def _folded(text: str, width: int, *, first: str = "", later: str = "") -> list[str]:
    """Fold a paragraph into lines that fit."""
    return textwrap.wrap(text, width=width, initial_indent=first, subsequent_indent=later)


def _headline(ranking: Ranking) -> tuple[str, str]:
    """Say what was ranked, in two lines that fit an ordinary screen."""
    table, n_levels = ranking.table, ranking.target_levels
    n_rows, n_columns = table.X.shape
    is_discrete = ranking.target_kind == "discrete"
    levels = f"{n_levels} classes" if is_discrete else f"cut into {n_levels} bins"
    total = None if table.weight is None else float(table.weight.sum())
    weights = "" if total is None else f", weights that sum to {count(total)}"
    return (
        f"{printable(table.source)}: {n_rows} rows{weights}, {n_columns} "
        f"column{'s' if n_columns > 1 else ''} and the target",
        f"target {printable(table.target)}: {levels}, "
        f"H(Y) = {ranking.target_entropy:.4f} {ranking.unit}; criterion {ranking.criterion}",
    )


def _as_csv(ranking: Ranking) -> str:
    return str(ranking.frame.to_csv(index=False, lineterminator="\n")).removesuffix("\n")


def _as_json(ranking: Ranking) -> str:
    frame = ranking.frame
    has_unit = f"score [{ranking.unit}]" in frame
    frame = frame.rename(columns=lambda header: header.partition(" [")[0])
    n_rows, n_columns = ranking.table.X.shape
    weight = ranking.table.weight
    document = {
        "schema_version": SCHEMA_VERSION,
        "source": ranking.table.source,
        "n_rows": n_rows,
        "n_columns": n_columns,
        "target": ranking.table.target,
        "target_kind": ranking.target_kind,
        "target_levels": ranking.target_levels,
        "target_entropy": ranking.target_entropy,
        "weight": None if weight is None else weight.name,
        "sum_of_weights": None if weight is None else float(weight.sum()),
        "unit": ranking.unit,
        "score_unit": ranking.unit if has_unit else None,
        "criterion": ranking.criterion,
        "ended": ranking.ended,
        "promise": ranking.promise,
        "remarks": list(ranking.remarks),
        "rows": frame.astype(object).where(frame.notna(), None).to_dict("records"),
    }
    return json.dumps(document, indent=2, allow_nan=False)


def _as_markdown(ranking: Ranking) -> str:
    frame, headers = ranking.frame, _shown(ranking.frame)
    lines = [
        headers,
        [":---" if _is_text(frame[header]) else "---:" for header in headers],
        *zip(*(_cells(frame, header) for header in headers), strict=True),
    ]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


FORMATS: dict[str, Callable[[Ranking], str]] = {
    "table": as_table,
    "csv": _as_csv,
    "json": _as_json,
    "markdown": _as_markdown,
}
WITHOUT_REMARKS = ("csv", "markdown")  # nothing but a table, so that remarks go to standard error


REPORT_FORMATS: dict[str, Callable[[Report], str]] = {
    "text": Report.to_text,
    "markdown": Report.to_markdown,
    "json": Report.to_json,
}


def _shown(frame: pd.DataFrame) -> list[str]:
    """Return the headers for readers: of a score that is a bound, its cell says so."""
    return [header for header in frame if header != "score_is_bound"]


def _cells(frame: pd.DataFrame, header: str) -> list[str]:
    """Write the values of one column to read; a score that is a bound stands after "<="."""
    if header.startswith("p "):
        return [pvalue(value, ".2g") for value in frame[header]]
    cells = [_cell(value) for value in frame[header]]
    if not header.startswith("score"):
        return cells
    are_bounds = frame["score_is_bound"]
    return [
        f"<= {cell}" if is_bound else cell for cell, is_bound in zip(cells, are_bounds, strict=True)
    ]


def _is_text(column: pd.Series) -> bool:
    """Whether cells stand on the left."""
    return column.dtype.kind not in "if"


def _cell(value: object) -> str:
    """Write one value; a number that was not measured is a dash."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "-" if math.isnan(value) else format(value, "z.4f")
    return printable(str(value))
