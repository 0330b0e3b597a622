"""A report as HTML: one page or one fragment, with neither script nor network."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from mifs.report import answer, captions, words
from mifs.report.model import SELECTION_SAW, Contents
from mifs.report.svg import BAR_STEPS, STRONGEST, TINTS, bar_class, path_chart, tint_class

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_TITLE = 1000  # characters of a name that a pointer reads


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
        The same bytes for the same report. No element has an id, so that any number of reports,
        and the same one twice, may stand on one page.

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
            answer=answer,
            captions=captions,
            reminder=SELECTION_SAW,
            shown=shown,
            warned=frozenset(name for warning in contents.warnings for name in warning.features),
            largest=max(amounts, default=0.0),
            path=path_chart(contents),
            most_shared=_most_shared(contents),
            bar=bar_class,
            tint=tint_class,
            bar_steps=BAR_STEPS,
            tints=TINTS,
            strongest=STRONGEST,
            title=title,
        )
    )
    return page


def title(text: str) -> str:
    """Return what a pointer over a name reads: all of it, if it was cut; else nothing."""
    full = words.printable(text)
    return words.shortened(full, MAX_TITLE) if full != words.name(text) else ""


def _most_shared(contents: Contents) -> float:
    """Return the largest information that two selected columns share; 0 without a pair."""
    values = [value for row in contents.redundancy.values for value in row]
    return max((value for value in values if not math.isnan(value)), default=0.0)


@cache
def _environment() -> Environment:
    """Return what reads the templates; jinja2 is loaded only to write HTML."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - optional
    except ImportError as error:
        msg = "A report as HTML needs jinja2: pip install jinja2"
        raise ImportError(msg) from error
    return Environment(
        loader=PackageLoader("mifs.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
