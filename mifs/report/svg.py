"""Geometry of the drawings of a page: lengths in per cent of the room there is, and tints."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mifs.report import words
from mifs.report.model import Contents

BAR_STEPS = 50  # lengths of a bar in a table
TINTS = 9  # of the redundancy map
STRONGEST = 45  # per cent of colour in the darkest tint: the number in it stays readable
LEAST_SCALE = 0.1  # of the map in any unit: what chance leaves must not look strong


@dataclass(frozen=True)
class Bar:
    """One step of the path, in per cent from the left; None of what is not known."""

    length: float
    floor: float | None
    joint: float | None


@dataclass(frozen=True)
class PathChart:
    """The choices as bars, and what stands at their ends."""

    bars: tuple[Bar, ...]
    end_label: str
    has_floor: bool
    has_joint: bool


def path_chart(contents: Contents) -> PathChart | None:
    """Return the bars of the path; None if nothing was chosen."""
    steps = contents.path[: words.MAX_RANKED]
    if not steps:
        return None
    is_information = bool(contents.score_unit)
    entropy = contents.headline.entropy
    amounts = [step.score for step in steps]
    if is_information:
        amounts += [step.joint for step in steps] + [step.floor for step in steps] + [entropy]
    largest = max((amount for amount in amounts if amount > 0), default=1.0)

    def along(amount: float) -> float:
        return round(100 * max(amount, 0.0) / largest, 1)

    def mark(amount: float) -> float | None:
        return along(amount) if is_information and not math.isnan(amount) else None

    bars = tuple(
        Bar(
            length=0.0 if math.isnan(step.score) else along(step.score),
            floor=mark(step.floor),
            joint=mark(step.joint),
        )
        for step in steps
    )
    is_entropy = is_information and entropy >= largest
    return PathChart(
        bars=bars,
        end_label="H(Y)" if is_entropy else words.number(largest),
        has_floor=any(bar.floor is not None for bar in bars),
        has_joint=any(bar.joint is not None for bar in bars),
    )


def bar_class(value: float, largest: float) -> str:
    """Name the length of a bar in a table, from "b0" to "b50"; a known trace is seen."""
    if not (value > 0 and largest > 0):
        return "b0"
    return f"b{max(1, round(BAR_STEPS * min(value / largest, 1.0)))}"


def tint_class(value: float, largest: float) -> str:
    """Name the tint of a pair of the redundancy map, from "h0" to "h9"."""
    if math.isnan(value):
        return "self"
    return f"h{round(TINTS * max(value, 0.0) / max(largest, LEAST_SCALE))}"
