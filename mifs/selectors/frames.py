"""What a finished selection says: its ranking, why a column was left out, and what is promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from mifs._typing import FloatArray, IntArray, StrArray
from mifs.gate import ALONE, GateRecord
from mifs.search import DIGITS, SelectionPath, count_of
from mifs.units import base_of_unit, nats_per_unit

if TYPE_CHECKING:
    import pandas as pd


def ranking_of(path: SelectionPath, relevance: FloatArray) -> IntArray:
    """Rank the chosen in order of choice, then the other candidates, then the excluded."""
    is_chosen = np.isin(np.arange(len(relevance)), path.order)
    never = np.isnan(path.last_score)
    score = np.round(np.where(never, relevance, path.last_score), DIGITS)
    rest = np.flatnonzero(~is_chosen)
    rest = rest[np.lexsort((rest, -score[rest], never[rest]))]
    ranking = np.empty(len(relevance), dtype=np.int64)
    ranking[np.concatenate([path.order, rest])] = np.arange(1, len(relevance) + 1)
    return ranking


def ranking_frame(
    path: SelectionPath,
    gate: GateRecord | None,
    relevance: FloatArray,
    *,
    names: Sequence[str],
    kinds: StrArray,
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
    redundancy = np.full(len(names), np.nan)
    redundancy[path.order] = path.redundancy
    columns = {
        "rank": ranking_of(path, relevance),
        "feature": names,
        "kind": kinds,
        "selected": np.isin(np.arange(len(names)), path.order),
        score_header: score,
        f"relevance [{unit}]": relevance / nats,
        f"redundancy [{unit}]": redundancy / nats,
    }
    # What rounding leaves of an exact zero is no information: 1e-12 is where scores tie.
    frame = pd.DataFrame(columns).round(DIGITS)
    if gate is not None:
        frame["p alone"], frame["p given"] = gate.pvalue_alone, gate.pvalue_given
    return frame.sort_values("rank", ignore_index=True)


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
            reason, pvalue, method, doubt = _blocked(int(column), path, gate, names)
            row = {"feature": names[column], header: round(relevance[column] / nats, DIGITS)}
            rows.append(row | {"reason": reason, "p": pvalue, "method": method, "doubtful": doubt})
    columns = ["feature", header, "reason", "p", "method", "doubtful"]
    return pd.DataFrame(rows, columns=columns)


def _blocked(
    column: int, path: SelectionPath, gate: GateRecord | None, names: Sequence[str]
) -> tuple[str, float, str, bool]:
    """Return the test that kept a column out: in words, its p-value, its method, its doubt."""
    if np.isnan(path.last_score[column]):
        return "excluded", np.nan, "", False
    if gate is None:
        return f"not among the {count_of(len(path.order))} asked for", np.nan, "", False
    doubt = bool(gate.is_doubtful[column])
    if gate.given[column] != ALONE and not gate.pvalue_given[column] <= gate.level:
        pvalue, method = float(gate.pvalue_given[column]), str(gate.method_given[column])
        return f"given {names[gate.given[column]]}: p = {pvalue:.2g}", pvalue, method, doubt
    pvalue, method = float(gate.pvalue_alone[column]), str(gate.method_alone[column])
    return f"alone: p = {pvalue:.2g}", pvalue, method, doubt


def remarks_of(remarks: Mapping[int, Sequence[str]], names: Sequence[str]) -> tuple[str, ...]:
    """Return each remark once, with the columns that it is about."""
    about: dict[str, list[str]] = {}
    for column, sentences in remarks.items():
        for sentence in sentences:
            about.setdefault(sentence, []).append(names[column])
    return tuple(f"{', '.join(columns)}: {sentence}" for sentence, columns in about.items())


def promise_of(
    path: SelectionPath, gate: GateRecord | None, *, n_included: int, note: str = ""
) -> str:
    """Return what may be said of a selection, and under which conditions; never more."""
    if gate is None:
        return "No promise: the length was asked for, and no column was tested."
    n_untested = gate.stage.count("not tested")
    entered = len(path.order) - n_untested
    if entered == 0:
        return (
            f"No promise: no column may enter at an error rate of {gate.alpha:g}. {note}".rstrip()
        )
    what = f"{entered} of {gate.n_tested} columns selected."
    if n_untested:
        what += f" {count_of(n_included)} included untested."
    return f"{what} {_bound(gate)} {CONDITIONS} {note}".rstrip()


CONDITIONS = (
    "It holds for rows that are exchangeable, and for bins that were made without the target. "
    "Nothing is promised of columns left out, nor that a column adds to two or more others."
)


def _bound(gate: GateRecord) -> str:
    rate = f"{100 * gate.alpha:g} %"
    if gate.error_control == "fdr":
        return (
            f"Of those that enter, at most {rate} on average are unrelated to the target "
            f"(permutation null, Benjamini-Hochberg over {gate.n_tested} columns, for tests that "
            "are independent or positively dependent)."
        )
    stages = set(gate.stage) - {"not tested", "gate"}
    more = ", with half of it kept for interactions" if gate.interactions else ""
    given = "one or two columns" if stages else "a column"
    how = ", alone or as a pair," if "pair" in stages else ""
    return (
        f"Chance that any of them is unrelated to the target{how or ','} or adds nothing to "
        f"{given} chosen before it: at most {rate} (permutation null within levels, Bonferroni "
        f"over {gate.n_tested} columns{more}, {_tails(gate)})."
    )


def _tails(gate: GateRecord) -> str:
    """Say where the p-values come from."""
    return "analytic tails" if gate.confirm is False else "analytic tails, confirmed where in doubt"
