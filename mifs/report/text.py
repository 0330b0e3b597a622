"""A report for the terminal: aligned columns, and bars beside their numbers."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from mifs.report import answer, captions, words
from mifs.report.model import SELECTION_SAW, Contents, Panel

WIDTH = 88  # of paragraphs, unless told; tables take what they need
BAR = 20  # characters of the longest bar
EIGHTHS = " ▏▎▍▌▋▊▉"


def as_text(contents: Contents, *, width: int = WIDTH, n_columns: int = words.N_COLUMNS) -> str:
    """Return a report as text.

    Parameters
    ----------
    contents : Contents
        A report.
    width : int, default=88
        Places of a line of words.
    n_columns : int, default=10
        Columns that a table is of at most.

    Returns
    -------
    str
        Lines without trailing space, and without a new line at the end.

    Raises
    ------
    ValueError
        If the number of columns is not above zero.
    """
    shown = contents.first(words.checked_n_columns(n_columns))
    shared = f"What the selected share, I(X; W) [{contents.unit}]"
    parts = [
        _head(contents, width),
        _section("Warnings", _warnings(contents, width)),
        _section("Ranking", _ranking(contents, shown, width)),
        _section("Path", _path(contents, shown, width)),
        _section(shared, _redundancy(shown, width)),
        _section("Why not?", _why_not(shown, width)),
        *(_section(f"{words.name(p.feature)} ({p.kind})", _panel(p)) for p in shown.panels),
        _section("What the terms mean", _terms(contents, width)),
        _section("Parameters that are not the default", _parameters(contents)),
        _folded(words.more_words(contents, n_columns, "to_text"), width),
    ]
    versions = ", ".join(f"{name} {version}" for name, version in contents.versions)
    parts.append(_folded(f"Computed by {versions}.", width))
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


def _folded(text: str, width: int, *, first: str = "", later: str = "") -> list[str]:
    return textwrap.wrap(text, width=width, initial_indent=first, subsequent_indent=later)


def _head(contents: Contents, width: int) -> list[str]:
    head = contents.headline
    title = f"{words.TITLE} {words.name(head.target)}"
    facts = words.facts(contents)
    longest = max(len(what) for what, _ in facts)
    indent = " " * (longest + 2)
    lines = [title, "=" * words.places(title)]
    for what, value in facts:
        first = f"{what:<{longest}}  "
        lines += _folded(words.printable(value), width, first=first, later=indent)
    opening, features, more, rest = answer.gist(contents)
    doubtful = answer.in_doubt(contents)
    marked = [words.name(one) + (answer.IN_DOUBT if one in doubtful else "") for one in features]
    listed = f": {', '.join(marked)}{more}" if features else ""
    told = f"{opening}{listed}. {rest}".strip()
    doubted, more, advice = answer.doubts(contents)
    if doubted:
        advice = f"In doubt: {', '.join(map(words.name, doubted))}{more}. {advice}"
    said = (told, advice, words.unit_words(contents), head.ended, head.promise, SELECTION_SAW)
    for sentence in filter(None, said):
        lines += ["", *_folded(words.printable(sentence), width)]
    return lines


def _warnings(contents: Contents, width: int) -> list[str]:
    lines: list[str] = []
    for warning in contents.warnings:
        first, more = words.named(warning.features)
        about = ", ".join(map(words.name, first)) + more
        text = f"{about}: {words.sentence(warning.sentence)}"
        lines += _folded(text, width, first="! ", later="  ")
    return lines


def _ranking(contents: Contents, shown: Contents, width: int) -> list[str]:
    columns = words.ranking_columns(contents)
    largest = max((feature.relevance for feature in shown.ranking), default=0.0)
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
        for feature in shown.ranking
    ]
    left = {place for place, (_, key) in enumerate(columns) if key in {"feature", "levels"}}
    lines = aligned([*(header for header, _ in columns), ""], rows, {*left, len(columns)})
    more = len(contents.ranking) - len(shown.ranking)
    lines += [f"... and {more} more"] if more else []
    return [*lines, *_folded(captions.ranking(contents), width)]


def _path(contents: Contents, shown: Contents, width: int) -> list[str]:
    if not contents.path:
        return []
    largest = max((step.score for step in shown.path if not math.isnan(step.score)), default=0)
    floor = f"noise floor [{contents.unit}]"
    headers = ["step", "feature", "how", words.unit_of_score(contents), floor]
    rows = [
        [
            str(step.step),
            words.name(step.feature),
            words.entered(step),
            words.number(step.score),
            words.number(step.floor),
            words.number(step.joint),
            bar(step.score, largest),
        ]
        for step in shown.path
    ]
    lines = aligned([*headers, f"joint [{contents.unit}]", ""], rows, {1, 2, 6})
    more = len(contents.path) - len(shown.path)
    lines += [f"... and {more} more"] if more else []
    said = f"{captions.path(contents)} {captions.floor(contents)}".strip()
    return [*lines, *_folded(said, width)]


def _redundancy(contents: Contents, width: int) -> list[str]:
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
    lines += [f"... and {shared.n_more} more selected"] if shared.n_more else []
    return [*lines, *_folded(captions.shared(contents), width)]


def _why_not(contents: Contents, width: int) -> list[str]:
    if not contents.why_not:
        return []
    unit = contents.unit
    headers = ["feature", f"relevance [{unit}]", f"left [{unit}]", "given", "blocked"]
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
    return [*lines, *_folded(captions.left(contents), width)]


def _panel(panel: Panel) -> list[str]:
    headers = ["", "rows", "share", *map(words.name, panel.headers)]
    rows = [
        [
            words.name(row.label),
            words.count(row.count),
            words.percent(row.share),
            *cells,
        ]
        for row, cells in zip(panel.rows, words.of_target(panel), strict=True)
    ]
    return aligned(headers, rows, {0})


def _terms(contents: Contents, width: int) -> list[str]:
    said = [*captions.columns(contents), *captions.terms(contents)]
    return [line for term, meaning in said for line in _meaning(term, meaning, width)]


def _meaning(term: str, meaning: str, width: int) -> list[str]:
    return _folded(f"{term}: {meaning}", width, later="  ")


def _parameters(contents: Contents) -> list[str]:
    changed = [parameter for parameter in contents.parameters if not parameter.is_default]
    return [f"{p.name}={words.printable(p.value)}" for p in changed]
