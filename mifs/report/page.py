"""A report as one HTML page."""

from __future__ import annotations

from mifs.report.model import Contents


def as_html(contents: Contents, *, whole: bool) -> str:
    """Return a report as HTML."""
    raise ImportError(contents.unit + str(whole))
