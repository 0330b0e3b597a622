"""What the selected share with each other, and why the relevant others were left out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mifs._typing import FloatArray
from mifs.encoding import writing_of_classes
from mifs.gate import ALONE
from mifs.report.model import RedundancyMap, Warned, WhyNot
from mifs.report.reading import Reading
from mifs.scan import scan
from mifs.terms import PairTerms

MAX_MAP, MAX_WHY_NOT = 20, 20  # columns of the map, and of those left out


def redundancy_map(reading: Reading) -> RedundancyMap:
    """Return I(X; W) of the first selected columns, each pair measured once."""
    columns = reading.order[:MAX_MAP]
    values = np.full((len(columns), len(columns)), np.nan)
    place_of = {column: place for place, column in enumerate(columns)}
    for place, column in enumerate(columns[:-1]):
        later = np.zeros(len(reading.names), dtype=bool)
        later[columns[place + 1 :]] = True
        for block, shared in scan(reading.source, (column,), later, _redundancy):
            for other, value in zip(block.tolist(), shared.tolist(), strict=True):
                values[place, place_of[other]] = values[place_of[other], place] = value
    return RedundancyMap(
        features=tuple(reading.names[column] for column in columns),
        values=tuple(tuple(reading.in_unit(value) for value in row) for row in values),
        n_more=len(reading.order) - len(columns),
    )


def why_not(reading: Reading) -> tuple[WhyNot, ...]:
    """Return the most relevant columns that were left out, each with its reason."""
    relevance, chosen = reading.selector.relevance_, set(reading.order)
    out = [c for c in np.argsort(-relevance.round(12), kind="stable").tolist() if c not in chosen]
    out = [column for column in out if relevance[column].round(12) > 0][:MAX_WHY_NOT]
    frame = reading.selector.why_not_frame(unit=reading.unit)
    left = _left(reading, out)
    reasons = []
    for place, (column, row) in enumerate(zip(out, frame.to_dict("records"), strict=False)):
        best = _redundant_with(reading, column, left[:, place], row["reason"])
        reasons.append(
            WhyNot(
                feature=reading.names[column],
                relevance=row[f"relevance [{reading.unit}]"],
                reason=row["reason"],
                p=row["p"],
                level=row["level"],
                method=row["method"],
                doubtful=bool(row["doubtful"]),
                redundant_with=None if best is None else reading.names[reading.order[best]],
                left=np.nan if best is None else reading.in_unit(left[best, place]),
            )
        )
    return tuple(reasons)


def _left(reading: Reading, out: list[int]) -> FloatArray:
    """I(X; Y | W) in nats, a row for each chosen W and a column for each X left out."""
    left = np.full((len(reading.order), len(out)), np.nan)
    if not out:
        return left
    mask = np.isin(np.arange(len(reading.names)), out)
    place_of = {column: place for place, column in enumerate(out)}
    for row, column in zip(left, reading.order, strict=True):
        for block, told in scan(reading.source, (column,), mask, _conditional_relevance):
            row[[place_of[other] for other in block.tolist()]] = told
    return left


def _redundancy(pair: PairTerms) -> FloatArray:
    return pair.redundancy


def _conditional_relevance(pair: PairTerms) -> FloatArray:
    return pair.conditional_relevance


def _redundant_with(reading: Reading, column: int, left: FloatArray, reason: str) -> int | None:
    """Place in the path of the column that blocked one, or else leaves least of it."""
    gate = reading.selector.gate_
    if gate is not None and reason.startswith("given ") and gate.given[column] != ALONE:
        return reading.order.index(int(gate.given[column]))
    if not len(left) or np.isnan(left).all():
        return None
    best = int(np.nanargmin(left.round(12)))
    return best if left[best] < reading.selector.relevance_[column] else None


def warned(reading: Reading, *, values: bool) -> tuple[Warned, ...]:
    """Return each remark once, with the columns, of all, or the target, that it is about.

    Without `values` no remark holds a label.
    """
    own = reading.source.remarks(reading.order)
    about: dict[str, list[str]] = {}
    for place, info in enumerate(reading.selector.columns_):
        sentences: Iterable[str] = (*info.remarks, *own.get(place, ()))
        for sentence in sentences:
            about.setdefault(sentence, []).append(reading.names[place])
    for sentence in reading.selector._target_remarks:
        about.setdefault(sentence, []).append("the target")
    hidden = {} if values else _without_values(reading)
    return tuple(
        Warned(hidden.get(sentence, sentence), tuple(names)) for sentence, names in about.items()
    )


def _without_values(reading: Reading) -> dict[str, str]:
    """Return for each remark that holds labels the same without any."""
    of_columns = (info.writing for info in reading.selector.columns_)
    writings = (*of_columns, *map(writing_of_classes, reading.targets))
    return {str(writing): writing.without_values() for writing in writings if writing is not None}
