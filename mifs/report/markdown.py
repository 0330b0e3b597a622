"""A report as Markdown, for a pull request, a wiki or a model card."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from mifs.report import answer, captions, words
from mifs.report.model import SELECTION_SAW, Contents

SPECIAL = re.compile(r"([\\`*_\[\]#+!|~$@])")  # "@" would call people on some sites


def as_markdown(contents: Contents, *, n_columns: int = words.N_COLUMNS) -> str:
    """Return a report as Markdown.

    Parameters
    ----------
    contents : Contents
        A report.
    n_columns : int, default=10
        Columns that a table is of at most.

    Returns
    -------
    str
        Headings from the second level on, and tables with pipes.

    Raises
    ------
    ValueError
        If the number of columns is not above zero.
    """
    head, shown = contents.headline, contents.first(words.checked_n_columns(n_columns))
    blocks = [
        f"## {words.TITLE} {escaped(words.name(head.target))}",
        table(["", ""], [[what, escaped(value)] for what, value in words.facts(contents)], "ll"),
        _gist(contents),
        _doubts(contents),
        words.unit_words(contents),
        escaped(head.ended),
        escaped(head.promise),
        f"> {SELECTION_SAW}",
        *_warnings(contents),
        "### Ranking",
        *_ranking(contents, shown),
        *_path(contents, shown),
        *_redundancy(shown),
        *_why_not(shown),
        *_panels(shown),
        *_terms(contents),
        *_parameters(contents),
        escaped(words.more_words(contents, n_columns, "to_markdown")),
        f"Computed by {', '.join(escaped(f'{n} {v}') for n, v in contents.versions)}.",
    ]
    return "\n\n".join(block for block in blocks if block)


def escaped(text: str) -> str:
    """Write a text so that neither Markdown nor the HTML within it reads anything into it."""
    return SPECIAL.sub(r"\\\1", html.escape(words.printable(text), quote=False))


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """Return a table; `align` has "l" or "r" for each column."""
    rules = [{"l": ":---", "r": "---:"}[side] for side in align]
    return "\n".join(f"| {' | '.join(line)} |" for line in (headers, rules, *rows))


def _name(text: str) -> str:
    return escaped(words.name(text))


def _gist(contents: Contents) -> str:
    opening, features, more, rest = answer.gist(contents)
    doubtful = answer.in_doubt(contents)
    marked = [_name(one) + (answer.IN_DOUBT if one in doubtful else "") for one in features]
    listed = f" {', '.join(marked)}{more}." if features else ""
    return f"**{opening}{':' if features else '.'}**{listed} {escaped(rest)}".strip()


def _doubts(contents: Contents) -> str:
    doubted, more, advice = answer.doubts(contents)
    listed = f"**In doubt: {', '.join(map(_name, doubted))}{more}.** " if doubted else ""
    return listed + escaped(advice)


def _warnings(contents: Contents) -> list[str]:
    if not contents.warnings:
        return []
    lines = []
    for warning in contents.warnings:
        first, more = words.named(warning.features)
        lines.append(
            f"- {', '.join(map(_name, first))}{more}: {escaped(words.sentence(warning.sentence))}"
        )
    return ["### Warnings", "\n".join(lines)]


def _ranking(contents: Contents, shown: Contents) -> list[str]:
    columns = words.ranking_columns(contents)
    rows = [
        [
            _name(feature.feature) if key == "feature" else words.ranking_cells(feature)[key]
            for _, key in columns
        ]
        for feature in shown.ranking
    ]
    align = "".join("l" if key in {"feature", "levels", "selected"} else "r" for _, key in columns)
    more = len(contents.ranking) - len(shown.ranking)
    return [
        table([header for header, _ in columns], [_escaped_below(row) for row in rows], align),
        f"… and {more} more" if more else "",
        captions.ranking(contents, has_bars=False),
    ]


def _escaped_below(row: list[str]) -> list[str]:
    """Write a p-value such as "<1e-300" so that no tag opens."""
    return [cell.replace("<", "&lt;") if cell.startswith("<") else cell for cell in row]


def _path(contents: Contents, shown: Contents) -> list[str]:
    if not contents.path:
        return []
    floor = f"noise floor [{contents.unit}]"
    headers = ["step", "feature", "how", words.unit_of_score(contents), floor]
    rows = [
        [
            str(step.step),
            _name(step.feature),
            escaped(words.entered(step)),
            *(words.number(value) for value in (step.score, step.floor, step.joint)),
        ]
        for step in shown.path
    ]
    path = table([*headers, f"joint [{contents.unit}]"], rows, "rllrrr")
    more = len(contents.path) - len(shown.path)
    left_out = f"… and {more} more" if more else ""
    return ["### Path", path, left_out, escaped(captions.path(contents)), captions.floor(contents)]


def _redundancy(contents: Contents) -> list[str]:
    shared = contents.redundancy
    if len(shared.features) < 2:
        return []
    n = len(shared.features)
    rows = [
        [str(place), _name(feature), *(words.number(value) for value in row)]
        for place, (feature, row) in enumerate(
            zip(shared.features, shared.values, strict=True), start=1
        )
    ]
    return [
        f"### What the selected share, I(X; W) [{contents.unit}]",
        table(["", "feature", *(str(k) for k in range(1, n + 1))], rows, "rl" + n * "r"),
        f"… and {shared.n_more} more selected" if shared.n_more else "",
        captions.shared(contents),
    ]


def _why_not(contents: Contents) -> list[str]:
    if not contents.why_not:
        return []
    unit = contents.unit
    headers = ["feature", f"relevance [{unit}]", f"left [{unit}]", "given", "blocked"]
    rows = [
        [
            _name(one.feature),
            words.number(one.relevance),
            words.number(one.left),
            words.NOT_MEASURED if one.redundant_with is None else _name(one.redundant_with),
            escaped(words.shortened(words.printable(words.blocked(one)), 2 * words.MAX_NAME)),
        ]
        for one in contents.why_not
    ]
    return [
        "### Why not?",
        table(headers, rows, "lrrll"),
        captions.left(contents).replace("|", r"\|"),
    ]


def _panels(contents: Contents) -> list[str]:
    blocks = []
    for panel in contents.panels:
        rows = [
            [
                _name(row.label) if row.is_value else f"*{row.label}*",
                words.count(row.count),
                words.percent(row.share).replace("<", "&lt;"),
                *(cell.replace("<", "&lt;") for cell in cells),
            ]
            for row, cells in zip(panel.rows, words.of_target(panel), strict=True)
        ]
        headers = ["", "rows", "share", *map(_name, panel.headers)]
        align = "l" + "r" * (len(headers) - 1)
        blocks += [f"#### {_name(panel.feature)} ({panel.kind})", table(headers, rows, align)]
    return blocks


def _terms(contents: Contents) -> list[str]:
    said = [*captions.columns(contents), *captions.terms(contents)]
    lines = [f"- **{escaped(term)}**: {escaped(meaning)}" for term, meaning in said]
    return ["### What the terms mean", "\n".join(lines)]


def _parameters(contents: Contents) -> list[str]:
    changed = [parameter for parameter in contents.parameters if not parameter.is_default]
    if not changed:
        return []
    rows = [[escaped(parameter.name), escaped(parameter.value)] for parameter in changed]
    return [
        "### Parameters that are not the default",
        table(["parameter", "value"], rows, "ll"),
    ]
