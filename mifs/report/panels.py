"""A selected column against the target: its levels or bins, how many rows, and the target there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mifs._typing import AnyArray, BoolArray, FloatArray
from mifs.counts import DiscreteVariable
from mifs.discretization import column_cuts, level_codes
from mifs.encoding import TypedColumn
from mifs.report.model import Panel, PanelRow
from mifs.report.reading import Reading

MAX_PANELS, MAX_LEVELS, MAX_CLASSES, MAX_ORDERED = 30, 12, 6, 12


@dataclass(frozen=True, eq=False)
class TargetView:
    """What is shown of one output: the share of a class, or the mean of its numbers."""

    header: str
    values: FloatArray
    is_share: bool


def panels(reading: Reading, *, values: bool) -> tuple[Panel, ...]:
    """Return the first selected columns against the target; `values` shows levels and edges."""
    views = list(_views(reading, values=values))
    return tuple(_panel(reading, place, views, values) for place in reading.order[:MAX_PANELS])


def _views(reading: Reading, *, values: bool) -> Iterator[TargetView]:
    """Yield what is shown of the target."""
    for name, target in zip(reading.target_names, reading.targets, strict=True):
        if not target.is_discrete:
            yield TargetView(f"mean of {name}", target.values.astype(np.float64), is_share=False)
            continue
        coded = _in_order(target, level_codes(target.values))
        labels = _levels_of(target.values, coded, "class", values_shown=values)
        # A class such as "1" says nothing without its target.
        is_named = len(reading.targets) > 1 or (values and not all(map(_is_word, labels)))
        prefix = f"{name} = " if is_named else ""
        counts = np.bincount(coded.codes, _each(reading), minlength=coded.n_levels)
        if target.order is not None or target.values.dtype.kind in "iuf":
            for first, last in _ends_merged(counts):
                own = labels[first] if first == last else f"{labels[first]} to {labels[last]}"
                is_own = (first <= coded.codes) & (coded.codes <= last)
                yield TargetView(prefix + own, is_own.astype(np.float64), is_share=True)
            continue
        most = np.argsort(-counts, kind="stable")
        shown = most if len(most) <= MAX_CLASSES else most[: MAX_CLASSES - 1]
        for level in sorted(shown.tolist()):
            yield TargetView(
                prefix + labels[level], (coded.codes == level).astype(np.float64), is_share=True
            )
        if len(shown) < len(most):
            rest = ~np.isin(coded.codes, shown)
            label = f"{prefix}{len(most) - len(shown)} other classes"
            yield TargetView(label, rest.astype(np.float64), is_share=True)


def _ends_merged(counts: AnyArray) -> list[tuple[int, int]]:
    """Return the first and the last class of each group of neighbours, so many as are shown.

    The end that holds fewer rows with the class next to it is merged with that.
    """
    low, high = 0, len(counts) - 1
    while high - low + 1 > MAX_ORDERED:
        if counts[: low + 2].sum() <= counts[high - 1 :].sum():
            low += 1
        else:
            high -= 1
    inner = [(level, level) for level in range(low + 1, high)]
    return [(0, low), *inner, (high, len(counts) - 1)] if low < high else [(0, high)]


def _panel(reading: Reading, place: int, views: Sequence[TargetView], values: bool) -> Panel:
    """Return one column against the target."""
    column = reading.column(place)
    coded = _coded(reading, place, column)
    labels = _labels(reading, column, coded, values=values)
    counts = np.bincount(coded.codes, _each(reading), minlength=coded.n_levels)
    own = counts if column.is_missing is None else counts[:-1]
    shown = np.arange(len(own))
    if len(own) > MAX_LEVELS:
        shown = np.argsort(-own, kind="stable")[:MAX_LEVELS]
        shown = shown if column.order is None else np.sort(shown)
    parts: list[tuple[str, bool, BoolArray]] = [
        (labels[level], True, coded.codes == level) for level in shown.tolist()
    ]
    n_others = len(own) - len(shown)
    if n_others:
        parts.append((f"{n_others} others", False, ~np.isin(coded.codes, shown)))
    if column.is_missing is not None:
        if n_others:
            parts[-1] = (*parts[-1][:2], parts[-1][2] & ~column.is_missing)
        parts.append(("missing", False, column.is_missing))
    parts.append(("all rows", False, np.ones(len(coded.codes), dtype=bool)))
    return Panel(
        feature=reading.names[place],
        kind=reading.selector.columns_[place].kind,
        headers=tuple(view.header for view in views),
        are_shares=all(view.is_share for view in views),
        rows=tuple(_row(reading, views, *part) for part in parts),
        n_others=n_others,
    )


def _row(
    reading: Reading, views: Sequence[TargetView], label: str, is_value: bool, rows: BoolArray
) -> PanelRow:
    """Return how many rows there are, and the mean of what is shown of the target over them."""
    each = _each(reading)
    count = float(each[rows].sum())
    means = [
        float(np.average(view.values[rows], weights=each[rows])) if count else np.nan
        for view in views
    ]
    return PanelRow(label, is_value, count, count / float(each.sum()), tuple(means))


def _coded(reading: Reading, place: int, column: TypedColumn) -> DiscreteVariable:
    """Code a column as it was counted; missing is the last level."""
    if reading.counted:
        codes = reading.counted[0].table[place].codes  # a table has room for more levels
        return _in_order(column, DiscreteVariable(codes, int(codes.max()) + 1))
    return _in_order(column, reading.coding.encode(column, reading.weights))


def _in_order(column: TypedColumn, coded: DiscreteVariable) -> DiscreteVariable:
    """Return codes of an ordered type in its order, missing last; others as they are."""
    if column.order is None:
        return coded
    first = np.unique(coded.codes, return_index=True)[1]
    place_of = {label: place for place, label in enumerate(column.order)}
    labels = map(str, column.values[first].tolist())
    places = np.array([place_of.get(label, len(place_of)) for label in labels])
    if column.is_missing is not None:
        places[column.is_missing[first]] = len(place_of)
    return DiscreteVariable(np.argsort(np.argsort(places))[coded.codes], coded.n_levels)


def _labels(
    reading: Reading, column: TypedColumn, coded: DiscreteVariable, *, values: bool
) -> list[str]:
    """Say what each level or bin is."""
    missing = column.is_missing
    n_levels = coded.n_levels - (missing is not None)
    if column.is_discrete:
        present = slice(None) if missing is None else ~missing
        own = DiscreteVariable(coded.codes[present], n_levels)
        return _levels_of(column.values[present], own, "level", values_shown=values)
    if not values:
        return [f"bin {number}" for number in range(1, n_levels + 1)]
    if n_levels == 1:
        return ["all values"]
    cuts = column_cuts(
        column.values,
        missing,
        n_bins=reading.coding.n_bins,
        strategy=reading.coding.strategy,
        weights=reading.weights,
        classes=reading.counted[0].target.codes if reading.counted else None,
    )
    return _intervals(cuts)


def _levels_of(
    values: AnyArray, coded: DiscreteVariable, what: str, *, values_shown: bool
) -> list[str]:
    """Say what each level of a discrete column is, or only number it."""
    if not values_shown:
        return [f"{what} {number}" for number in range(1, coded.n_levels + 1)]
    _, first = np.unique(coded.codes, return_index=True)
    return _written(values[first].tolist())


def _intervals(cuts: AnyArray) -> list[str]:
    """Write bins; a value equal to an edge lies above it."""
    edges = _written(cuts.tolist())
    inner = [f"{low} to {high}" for low, high in pairwise(edges)]
    return [f"below {edges[0]}", *inner, f"{edges[-1]} and above"]


def _written(values: Sequence[object]) -> list[str]:
    """Write values with as few digits as tell them apart, from four on."""
    for digits in range(4, 17):
        texts = [_number(value, digits) for value in values]
        if len(set(texts)) == len(values):
            return texts
    return [str(value) for value in values]


def _number(value: object, digits: int) -> str:
    """Write a whole number in full, and a fraction with some digits."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.{digits}g}"
    return str(value)


def _is_word(label: str) -> bool:
    """Whether a label says something by itself: neither a number nor a truth value."""
    return any(map(str.isalpha, label)) and label not in {"True", "False", "nan"}


def _each(reading: Reading) -> FloatArray:
    """How often each row counts."""
    if reading.weights is None:
        return np.ones(len(reading.targets[0].values))
    return reading.weights.numbers
