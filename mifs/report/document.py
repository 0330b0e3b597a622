"""A report as JSON, with all digits, for programs."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

from mifs.report.model import SELECTION_SAW, Contents

SCHEMA_VERSION = 1  # it grows when a key changes its meaning or goes away
DIGITS = 12  # significant ones: what lies below is rounding, and other on other machines


def as_json(contents: Contents, *, indent: int | None) -> str:
    """Return a report as JSON.

    Parameters
    ----------
    contents : Contents
        A report.
    indent : int or None
        Spaces a level; None for one line.

    Returns
    -------
    str
        An object whose keys are the attributes of a report; null is what was not measured.
    """
    document = {"schema": "mifs.report", "schema_version": SCHEMA_VERSION}
    document |= {"reminder": SELECTION_SAW} | _plain(contents)
    return json.dumps(document, indent=indent, allow_nan=False)


def _plain(value: Any) -> Any:
    """Return dictionaries, lists, text and numbers in the place of what a report is made of."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
