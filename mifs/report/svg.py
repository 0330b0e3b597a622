"""Geometry of the two drawings of a page: where everything stands, in pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mifs.report import words
from mifs.report.model import Contents

LABEL, PLOT, VALUE = 230, 640, 70  # widths of names, bars and numbers
ROW, TOP = 26, 28  # height of a row, and of what stands above the first
CELL = 52
MAX_STEPS = 40
LEAST_SCALE = 0.1  # of the map in any unit: what chance leaves must not look strong
STRONGEST = 0.45  # opacity of the darkest cell: the number in it stays readable


@dataclass(frozen=True)
class Bar:
    """One step of the path."""

    label: str
    value: str
    y: int
    width: float  # of the bar
    floor: float | None  # from the left, of the mark
    joint: float | None


@dataclass(frozen=True)
class PathChart:
    """The choices, as bars from the top down."""

    width: int
    height: int
    zero: int  # where bars start
    end: int  # where the axis ends
    bars: tuple[Bar, ...]
    end_label: str
    has_floor: bool
    has_joint: bool
    n_more: int
    summary: str


@dataclass(frozen=True)
class Cell:
    """One pair of the redundancy map."""

    x: int
    y: int
    value: str
    opacity: float


@dataclass(frozen=True)
class MapChart:
    """The redundancy map, as a square of cells."""

    width: int
    height: int
    labels: tuple[tuple[str, int], ...]  # of rows, and where
    numbers: tuple[tuple[int, int], ...]  # of columns, and where
    cells: tuple[Cell, ...]
    summary: str


def path_chart(contents: Contents) -> PathChart | None:
    """Return the bars of the path; None if nothing was chosen."""
    steps = contents.path[:MAX_STEPS]
    if not steps:
        return None
    is_information = bool(contents.score_unit)
    amounts = [step.score for step in steps]
    entropy = contents.headline.entropy
    if is_information:
        amounts += [step.joint for step in steps] + [step.floor for step in steps] + [entropy]
    largest = max((amount for amount in amounts if amount > 0), default=1.0)

    def along(amount: float) -> float:
        return round(PLOT * max(amount, 0.0) / largest, 1)

    def mark(amount: float) -> float | None:
        return LABEL + along(amount) if is_information and not math.isnan(amount) else None

    bars = tuple(
        Bar(
            label=words.shortened(words.printable(step.feature), 30),
            value=words.number(step.score),
            y=TOP + ROW * place,
            width=0.0 if math.isnan(step.score) else along(step.score),
            floor=mark(step.floor),
            joint=mark(step.joint),
        )
        for place, step in enumerate(steps)
    )
    is_entropy = is_information and not math.isnan(entropy) and entropy >= largest
    return PathChart(
        width=LABEL + PLOT + VALUE,
        height=TOP + ROW * len(bars) + 6,
        zero=LABEL,
        end=LABEL + PLOT,
        bars=bars,
        end_label=f"H(Y) = {words.number(entropy)} {contents.unit}" if is_entropy else "",
        has_floor=any(bar.floor is not None for bar in bars),
        has_joint=any(bar.joint is not None for bar in bars),
        n_more=len(contents.path) - len(bars),
        summary=(
            f"Path of {len(contents.path)} choices: {words.unit_of_score(contents)} from "
            f"{words.number(steps[0].score)} at the first to {words.number(steps[-1].score)} at "
            f"step {len(steps)}. The table below holds the numbers."
        ),
    )


def map_chart(contents: Contents) -> MapChart | None:
    """Return the cells of the redundancy map; None with fewer than two columns."""
    shared = contents.redundancy
    n = len(shared.features)
    if n < 2:
        return None
    known = [value for row in shared.values for value in row if not math.isnan(value)]
    largest = max(known)
    scale = max(largest, LEAST_SCALE)
    cells = tuple(
        Cell(
            x=LABEL + CELL * column,
            y=TOP + ROW * row,
            value=words.number(value, 2),
            opacity=round(STRONGEST * max(value, 0.0) / scale, 3),
        )
        for row, values in enumerate(shared.values)
        for column, value in enumerate(values)
        if row != column
    )
    return MapChart(
        width=LABEL + CELL * n + 4,
        height=TOP + ROW * n + 4,
        labels=tuple(
            (f"{words.shortened(words.printable(feature), 26)}  {place + 1}", TOP + ROW * place)
            for place, feature in enumerate(shared.features)
        ),
        numbers=tuple((place + 1, LABEL + CELL * place + CELL // 2) for place in range(n)),
        cells=cells,
        summary=(
            f"Redundancy of {n} selected columns, in pairs: from {words.number(min(known))} to "
            f"{words.number(largest)} {contents.unit}. The table below holds the numbers."
        ),
    )
