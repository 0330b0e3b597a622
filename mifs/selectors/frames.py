"""What a finished selection says: its ranking, why a column was left out, and what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from mifs._typing import FloatArray, IntArray
from mifs.encoding import ColumnInfo
from mifs.gate import ALONE, GateRecord
from mifs.search import SelectionPath, count_of
from mifs.standing import DIGITS, rounded
from mifs.units import base_of_unit, nats_per_unit, pvalue_words
from mifs.weights import RowWeights

if TYPE_CHECKING:
    import pandas as pd


def ranking_of(path: SelectionPath, relevance: FloatArray) -> IntArray:
    """Rank the chosen in order of choice, then the other candidates, then the excluded."""
    is_chosen = np.isin(np.arange(len(relevance)), path.order)
    never = np.isnan(path.last_score)
    score = rounded(np.where(never, relevance, path.last_score))
    rest = np.flatnonzero(~is_chosen)
    rest = rest[np.lexsort((rest, -score[rest], never[rest]))]
    ranking = np.empty(len(relevance), dtype=np.int64)
    ranking[np.concatenate([path.order, rest])] = np.arange(1, len(relevance) + 1)
    return ranking


def ranking_frame(
    path: SelectionPath,
    gate: GateRecord | None,
    relevance: FloatArray,
    ranking: IntArray,
    *,
    columns: Sequence[ColumnInfo],
    unit: str,
) -> pd.DataFrame:
    """Return every column with its rank and its terms, best first."""
    # Not at the top: users of other dataframes need not load it to select features.
    import pandas as pd  # noqa: PLC0415

    nats = nats_per_unit(base_of_unit(unit))
    score, score_header = path.last_score / nats, f"score [{unit}]"
    if not path.in_nats:  # but for the first, which is a relevance
        score, score_header = path.last_score.copy(), "score"
        score[path.order[:1]] = np.nan
    redundancy = np.full(len(columns), np.nan)
    redundancy[path.order] = path.redundancy
    found = {
        "rank": ranking,
        "feature": [column.name for column in columns],
        "kind": [column.kind for column in columns],
        "selected": np.isin(np.arange(len(columns)), path.order),
        # What rounding leaves of an exact zero is no information: 1e-12 is where scores tie.
        score_header: rounded(score),
        "score_is_bound": path.is_bound,
        f"relevance [{unit}]": rounded(relevance / nats),
        f"redundancy [{unit}]": rounded(redundancy / nats),
    }
    frame = pd.DataFrame(found)
    if gate is not None:
        frame["p alone"], frame["p given"] = gate.pvalue_alone, gate.pvalue_given
        if gate.interactions:
            frame["entered"] = _entered(path, gate, columns)
    return frame.sort_values("rank", ignore_index=True)


ENTERED = {"gate": "alone and given each", "context": "given others"}  # but pairs; as columns do


def _entered(path: SelectionPath, gate: GateRecord, columns: Sequence[ColumnInfo]) -> list[str]:
    """Say of each column how it passed its tests, of half a pair with which; else nothing."""
    entered = [""] * len(columns)
    for step, (column, stage) in enumerate(zip(path.order.tolist(), gate.stage, strict=True)):
        partner = gate.partner(step)
        entered[column] = ENTERED.get(stage, stage)
        if partner is not None:
            entered[column] = f"as a pair with {columns[path.order[partner]].name}"
    return entered


def why_not_frame(
    path: SelectionPath,
    gate: GateRecord | None,
    relevance: FloatArray,
    names: Sequence[str],
    unit: str,
) -> pd.DataFrame:
    """Return the columns that were left out, the most relevant first, each with its reason."""
    import pandas as pd  # noqa: PLC0415 - as above

    header = f"relevance [{unit}]"
    nats = nats_per_unit(base_of_unit(unit))
    rows = []
    for column in np.argsort(-relevance.round(DIGITS), kind="stable"):
        if column not in path.order:
            row = {"feature": names[column], header: round(relevance[column] / nats, DIGITS)}
            rows.append(row | _blocked(int(column), path, gate, names))
    return pd.DataFrame(rows, columns=["feature", header, *NOT_TESTED])


NOT_TESTED = {"reason": "", "p": np.nan, "level": np.nan, "method": "", "doubtful": False}


def _blocked(
    column: int, path: SelectionPath, gate: GateRecord | None, names: Sequence[str]
) -> dict[str, object]:
    """Return the test that kept a column out: in words, and its numbers."""
    if np.isnan(path.last_score[column]):
        return NOT_TESTED | {"reason": "excluded"}
    if gate is None:
        return NOT_TESTED | {"reason": f"not among the {count_of(len(path.order))} asked for"}
    # By the false discovery rate the level of the tests alone is not one number.
    level = gate.level if gate.error_control == "fwer" else np.nan
    what, pvalue = "alone", float(gate.pvalue_alone[column])
    method, doubt = gate.method_alone[column], gate.doubt_alone[column]
    if gate.is_screened[column] and gate.given[column] != ALONE:
        what, pvalue = f"given {names[gate.given[column]]}", float(gate.pvalue_given[column])
        method, doubt, level = gate.method_given[column], gate.doubt_given[column], gate.level
    return {
        "reason": f"{what}: {pvalue_words(pvalue)}",
        "p": pvalue,
        "level": level,
        "method": str(method),
        "doubtful": bool(doubt),
    }


def columns_frame(columns: Sequence[ColumnInfo]) -> pd.DataFrame:
    """Return how each column was taken."""
    import pandas as pd  # noqa: PLC0415 - as above

    rows = [
        {
            "feature": column.name,
            "kind": column.kind,
            "levels": column.n_levels,
            "missing": column.n_missing,
            "why": column.reason,
            "remarks": "; ".join(column.remarks),
        }
        for column in columns
    ]
    return pd.DataFrame(rows).astype({"levels": "Int64"})


CONDITIONS = (
    "It holds for rows that are exchangeable, and for bins that were made without the target. "
    "Nothing is promised of columns left out, nor that a column adds to two or more others{}, nor, "
    "of a column that was cut, that it adds to more than the bins of another."
)


def promise_of(
    path: SelectionPath, gate: GateRecord | None, weights: RowWeights | None, *, note: str
) -> str:
    """Return what may be said of a selection, and under which conditions; never more."""
    if gate is None:
        return "No promise: the length was asked for, and no column was tested."
    n_included, n_taken = gate.stage.count("included"), gate.stage.count("not tested")
    entered = len(path.order) - n_included - n_taken
    untested = ""
    if n_included:
        untested += f" {count_of(n_included)} included untested."
    if n_taken:
        untested += f" {count_of(n_taken)} taken all the same, without a promise."
    if entered == 0:
        none = f"No promise: no column may enter at an error rate of {gate.alpha:g}."
        return f"{none}{untested} {note}".rstrip()
    what = f"{entered} of {count_of(gate.n_tested)} selected."
    counted = "" if weights is None else _counted(weights)
    conditions = CONDITIONS.format(" than those of its tests" if _is_of_others(gate) else "")
    return f"{what} {_bound(gate)} {conditions}{counted}{untested} {note}".rstrip()


def _is_of_others(gate: GateRecord) -> bool:
    """Whether a column passed given two others, or as one of a pair."""
    return not {"context", "pair"}.isdisjoint(gate.stage)


def _counted(weights: RowWeights) -> str:
    """Say how many rows tests take them for."""
    return (
        f" Tests take sample_weight for counts, and {len(weights.multiples)} rows for "
        f"{weights.total:.0f}: other weights must sum to the number of independent rows."
    )


def _bound(gate: GateRecord) -> str:
    rate = f"{100 * gate.alpha:g} %"
    if gate.error_control == "fdr":
        return (
            f"They are of {gate.is_screened.sum()} that tell something of the target alone, of "
            f"which at most {rate} on average do not (permutation null, Benjamini-Hochberg over "
            f"{count_of(gate.n_tested)}, for tests that are independent or positively dependent; "
            f"{_tails(gate)}). No bound holds for the share among those selected."
        )
    more = ", with half of it kept for interactions" if gate.interactions else ""
    how, given = ",", "a column chosen before it"
    if _is_of_others(gate):
        how, given = (
            ", alone or with others,",
            "one column, or two together, that it was tested given",
        )
    return (
        f"Chance that any of them is unrelated to the target{how} or adds nothing to "
        f"{given}: at most {rate} (permutation null within levels, Bonferroni "
        f"over {count_of(gate.n_tested)}{more}; {_tails(gate)})."
    )


def _tails(gate: GateRecord) -> str:
    """Say where the p-values come from."""
    if gate.confirm is True and gate.error_control == "fwer":
        return "exact or drawn from random tables"
    return "analytic tails" if gate.confirm is False else "analytic tails, confirmed where in doubt"
