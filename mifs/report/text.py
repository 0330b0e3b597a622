"""A report for the terminal: aligned columns, and bars beside their numbers."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from mifs.report import words
from mifs.report.model import SELECTION_SAW, Contents, Panel

WIDTH = 88  # of paragraphs; tables take what they need
BAR = 20  # characters of the longest bar
_LEFT = "Left: what the column tells once the chosen one beside it is known"
EIGHTHS = " ▏▎▍▌▋▊▉"


def as_text(contents: Contents) -> str:
    """Return a report as text.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    str
        Lines without trailing space, and without a new line at the end.
    """
    parts = [
        _head(contents),
        _section("Warnings", _warnings(contents)),
        _section("Ranking", _ranking(contents)),
        _section("Path", _path(contents)),
        _section(f"What the selected share, I(X; W) [{contents.unit}]", _redundancy(contents)),
        _section("Why not?", _why_not(contents)),
        *(_section(f"{words.name(p.feature)} ({p.kind})", _panel(p)) for p in contents.panels),
        _section("Parameters that are not the default", _parameters(contents)),
    ]
    versions = ", ".join(f"{name} {version}" for name, version in contents.versions)
    parts.append([*_folded(f"Computed by {versions}.")])
    lines = [line.rstrip() for part in parts if part for line in (*part, "")]
    return "\n".join(lines[:-1])


def bar(value: float, largest: float) -> str:
    """Draw a number as a bar; nothing for what is not above zero."""
    if not (value > 0 and largest > 0):
        return ""
    eighths = round(8 * BAR * value / largest)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def aligned(headers: Sequence[str], rows: Sequence[Sequence[str]], left: set[int]) -> list[str]:
    """Return a table whose columns have one width each; those in `left` stand on the left."""
    columns = []
    for place, cells in enumerate(zip(headers, *rows, strict=True)):
        widths = [words.places(cell) for cell in cells]
        pads = [" " * (max(widths) - width) for width in widths]
        columns.append(
            [
                cell + pad if place in left else pad + cell
                for cell, pad in zip(cells, pads, strict=True)
            ]
        )
    return ["  ".join(line) for line in zip(*columns, strict=True)]


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [title, "-" * words.places(title), *lines] if lines else []


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, width=WIDTH)


def _head(contents: Contents) -> list[str]:
    head = contents.headline
    title = f"What tells of {words.name(head.target)}"
    facts = words.facts(contents)
    width = max(len(what) for what, _ in facts)
    indent = " " * (width + 2)
    lines = [title, "=" * words.places(title)]
    for what, value in facts:
        lines += textwrap.wrap(
            words.printable(value),
            width=WIDTH,
            initial_indent=f"{what:<{width}}  ",
            subsequent_indent=indent,
        )
    opening, features, more, rest = words.gist(contents)
    listed = f": {', '.join(map(words.name, features))}{more}" if features else ""
    answer = f"{opening}{listed}. {rest}".strip()
    for sentence in (answer, words.unit_words(contents), head.ended, head.promise, SELECTION_SAW):
        lines += ["", *_folded(words.printable(sentence))]
    return lines


def _warnings(contents: Contents) -> list[str]:
    lines: list[str] = []
    for warning in contents.warnings:
        first, more = words.named(warning.features)
        about = ", ".join(map(words.name, first)) + more
        lines += textwrap.wrap(
            f"{about}: {words.sentence(warning.sentence)}",
            width=WIDTH,
            initial_indent="! ",
            subsequent_indent="  ",
        )
    return lines


def _ranking(contents: Contents) -> list[str]:
    columns = words.ranking_columns(contents)
    shown = contents.ranking[: words.MAX_RANKED]
    largest = max((feature.relevance for feature in shown), default=0.0)
    rows = [
        [
            *(
                words.name(feature.feature)
                if key == "feature"
                else words.ranking_cells(feature)[key]
                for _, key in columns
            ),
            bar(feature.relevance, largest),
        ]
        for feature in shown
    ]
    left = {place for place, (_, key) in enumerate(columns) if key in {"feature", "kind"}}
    lines = aligned([*(header for header, _ in columns), ""], rows, {*left, len(columns)})
    more = len(contents.ranking) - len(shown)
    return [*lines, f"... and {more} more"] if more else lines


def _path(contents: Contents) -> list[str]:
    if not contents.path:
        return []
    largest = max((step.score for step in contents.path if not math.isnan(step.score)), default=0)
    headers = ["step", "feature", "how", words.unit_of_score(contents), "noise floor"]
    rows = [
        [
            str(step.step),
            words.name(step.feature),
            words.entered(step.how),
            words.number(step.score),
            words.number(step.floor),
            words.number(step.joint),
            bar(step.score, largest),
        ]
        for step in contents.path
    ]
    lines = aligned([*headers, f"joint [{contents.unit}]", ""], rows, {1, 2, 6})
    return [*lines, *_folded(words.floor_words(contents))]


def _redundancy(contents: Contents) -> list[str]:
    shared = contents.redundancy
    if len(shared.features) < 2:
        return []
    headers = ["", "", *(str(place) for place in range(1, len(shared.features) + 1))]
    rows = [
        [str(place), words.name(feature), *(words.number(value) for value in row)]
        for place, (feature, row) in enumerate(
            zip(shared.features, shared.values, strict=True), start=1
        )
    ]
    lines = aligned(headers, rows, {1})
    return [*lines, f"... and {shared.n_more} more selected"] if shared.n_more else lines


def _why_not(contents: Contents) -> list[str]:
    if not contents.why_not:
        return []
    headers = ["feature", "relevance", "left", "given", "blocked"]
    rows = [
        [
            words.name(one.feature),
            words.number(one.relevance),
            words.number(one.left),
            words.NOT_MEASURED if one.redundant_with is None else words.name(one.redundant_with),
            words.shortened(words.printable(words.blocked(one)), 2 * words.MAX_NAME),
        ]
        for one in contents.why_not
    ]
    lines = aligned(headers, rows, {0, 3, 4})
    return [*lines, *_folded(f"{_LEFT} [{contents.unit}]. {words.why_words(contents)}".strip())]


def _panel(panel: Panel) -> list[str]:
    write = words.percent if panel.are_shares else words.number
    headers = ["", "rows", "share", *map(words.name, panel.headers)]
    rows = [
        [
            words.name(row.label),
            words.count(row.count),
            words.percent(row.share),
            *(write(value) for value in row.target),
        ]
        for row in panel.rows
    ]
    return aligned(headers, rows, {0})


def _parameters(contents: Contents) -> list[str]:
    changed = [parameter for parameter in contents.parameters if not parameter.is_default]
    return [f"{p.name}={words.printable(p.value)}" for p in changed]
