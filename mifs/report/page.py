"""A report as HTML: one page or one fragment, with neither script nor network."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

from mifs.report import words
from mifs.report.document import as_json
from mifs.report.model import SELECTION_SAW, Contents
from mifs.report.svg import map_chart, path_chart

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_TITLE = 1000  # characters of a name that a pointer reads
BAR = 72  # pixels of the longest bar in a table


def as_html(contents: Contents, *, whole: bool) -> str:
    """Return a report as HTML.

    Parameters
    ----------
    contents : Contents
        A report.
    whole : bool
        Whether to return a page; a notebook takes a fragment.

    Returns
    -------
    str
        The same bytes for the same report; all ids hold a hash of what it says.

    Raises
    ------
    ImportError
        If jinja2 is not installed.
    """
    shown = contents.ranking[: words.MAX_RANKED]
    amounts = [feature.relevance for feature in shown]
    amounts += [one.relevance for one in contents.why_not]
    page: str = (
        _environment()
        .get_template("page.html.j2" if whole else "report.html.j2")
        .render(
            report=contents,
            words=words,
            key=_key(contents),
            reminder=SELECTION_SAW,
            shown=shown,
            largest=max(amounts, default=0.0),
            path=path_chart(contents),
            map=map_chart(contents),
            bar=bar,
            bar_width=BAR,
            title=title,
        )
    )
    return page


def bar(value: float, largest: float) -> float:
    """Length in pixels of a bar in a table."""
    return round(BAR * value / largest, 1) if value > 0 and largest > 0 else 0.0


def title(text: str) -> str:
    """Return what a pointer over a name reads: all of it, if it was cut; else nothing."""
    full = words.printable(text)
    return words.shortened(full, MAX_TITLE) if full != words.name(text) else ""


def _key(contents: Contents) -> str:
    """Return a hash of what a report says, lest two on one page share ids."""
    return hashlib.sha256(as_json(contents, indent=None).encode()).hexdigest()[:10]


@cache
def _environment() -> Environment:
    """Return what reads the templates; jinja2 is loaded only to write HTML."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - optional
    except ImportError as error:
        msg = "A report as HTML needs jinja2: pip install mifs[report]"
        raise ImportError(msg) from error
    return Environment(
        loader=PackageLoader("mifs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
