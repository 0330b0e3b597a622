"""The columns in order, the path of the choices with its noise floor, and what all tell jointly."""

from __future__ import annotations

import numpy as np
from scipy.special import gammainccinv

from mifs._typing import FloatArray, IntArray
from mifs.counts import DiscreteVariable
from mifs.criteria import CMIM, criterion_of
from mifs.discrete import CountedInformation
from mifs.mi_estimators import BinnedMI, NearestNeighborsMI
from mifs.report.model import Joint, PathStep, RankedFeature
from mifs.report.reading import Reading
from mifs.significance import NullMoments, moments_of_margins

MAX_FLOORS = 40  # steps whose floor is known: each asks all columns chosen before it
# Share of H(Y) that chance shows in a joint table, about (states - 1) (classes - 1) / 2n nats, from
# which on it is not counted. Chance is taken off in full, though a table that tells much has less
# of it. Measured on known tables of 2 or 3 columns (5 or 10 levels; 2, 3 or 10 classes; none, weak
# and strong dependence, functions; 8 samples of each): up to this share the estimate was too low by
# 0.3 % of H(Y) in the median of 190, by 4 % in a tenth, and by 11 % at most, of a function; never
# too high beyond its spread. Between this share and twice it, by 4 % and at most 23 %.
MAX_CHANCE = 0.1
FALLS = "the estimate falls as columns are added, which information cannot"
NEIGHBOR_COLUMNS = 3  # given more numbers than these, nearest neighbours fall to zero


def ranked_features(reading: Reading, entropy: float) -> tuple[RankedFeature, ...]:
    """Return every column, best first; `entropy` in nats."""
    frame = reading.selector.ranking_frame(unit=reading.unit)
    score = next(header for header in frame if str(header).startswith("score"))
    relevance = f"relevance [{reading.unit}]"
    place_of = np.argsort(reading.selector.ranking_)
    plug_in, levels = _plug_in(reading), _levels(reading)
    n_rows = len(reading.targets[0].values)
    features = []
    for place, row in zip(place_of.tolist(), frame.to_dict("records"), strict=True):
        info = reading.selector.columns_[place]
        features.append(
            RankedFeature(
                rank=int(row["rank"]),
                feature=row["feature"],
                selected=bool(row["selected"]),
                kind=info.kind,
                why_kind=info.reason,
                levels=levels[place],
                missing=info.n_missing / n_rows,
                plug_in=reading.in_unit(plug_in[place]),
                relevance=row[relevance],
                normalised=row[relevance] * reading.nats / entropy,
                score=row[score],
                score_is_bound=bool(row["score_is_bound"]),
                redundancy=row[f"redundancy [{reading.unit}]"],
                p_alone=row.get("p alone", np.nan),
                p_given=row.get("p given", np.nan),
            )
        )
    return tuple(features)


def _plug_in(reading: Reading) -> FloatArray:
    """I(X; Y) of the observed shares in nats, of columns that are counted."""
    found = [
        CountedInformation(one.table, one.target, correction=None).relevance()
        for one in reading.counted
    ]
    return np.mean(found, axis=0) if found else np.full(len(reading.names), np.nan)


def _levels(reading: Reading) -> list[int | None]:
    """Distinct values, or bins; missing is not among them."""
    columns, counted = reading.selector.columns_, reading.counted
    return [
        info.n_levels
        if info.kind == "discrete" or not counted
        else int(counted[0].table[place].codes.max()) + 1 - (info.n_missing > 0)
        for place, info in enumerate(columns)
    ]


def joint_of_path(reading: Reading) -> tuple[list[float], str]:
    """I(S; Y) of every prefix of the path in the unit, and why not of all.

    A joint table of few rows a cell is nearly all chance, and what is left once that is taken off
    falls as columns are added, which information cannot: nothing is said of such tables, nor of
    more than three columns by neighbours.
    """
    order, found, remark = reading.order, list[float](), ""
    joint, entropy = None, reading.entropy()
    for n_chosen in range(1, len(order) + 1):
        if reading.counted:
            coded = reading.counted[0].table[order[n_chosen - 1]]
            joint = coded if joint is None else joint.joint(coded)
            remark = _saturated(reading, joint, entropy, n_chosen)
            value = np.nan if remark else _counted_joint(reading, joint)
        else:
            if isinstance(reading.mi_estimator, NearestNeighborsMI) and n_chosen > NEIGHBOR_COLUMNS:
                remark = f"nearest neighbours fall short from {n_chosen} columns on"
            value = np.nan if remark else _measured_joint(reading, order[:n_chosen])
        if remark:
            break
        found.append(reading.in_unit(value))
    return found + [np.nan] * (len(order) - len(found)), remark


def _saturated(reading: Reading, joint: DiscreteVariable, entropy: float, n_chosen: int) -> str:
    """Say so where the table of the joint variable is too large for its rows."""
    n_rows = reading.counted[0].estimate.total
    n_classes = max(one.target.n_levels for one in reading.counted)
    chance = (joint.n_levels - 1) * (n_classes - 1) / (2 * n_rows)
    if n_chosen == 1 or chance <= MAX_CHANCE * entropy:
        return ""
    return (
        f"{n_chosen} columns together have {joint.n_levels} states by {n_classes} of the target, "
        f"too many to count in {n_rows:g} rows"
    )


def _counted_joint(reading: Reading, joint: DiscreteVariable) -> float:
    """I(S; Y) in nats of a joint variable of codes."""
    return float(
        np.mean(
            [
                reading.coding.source_of([joint], one.target, ["selected"], reading.weights)
                .relevance()
                .item()
                for one in reading.counted
            ]
        )
    )


def _measured_joint(reading: Reading, columns: list[int]) -> float:
    """I(S; Y) in nats, measured without bins."""
    estimator = reading.mi_estimator
    x = estimator.variable([reading.column(place) for place in columns], reading.weights)
    targets = [estimator.variable(group, reading.weights) for group in reading.groups]
    return float(
        np.mean(
            [
                estimator.source_of([x], y, ["selected"], reading.weights).relevance()
                for y in targets
            ]
        )
    )


def joint_of_selected(prefixes: list[float], remark: str) -> Joint:
    """Return the prefix of which most may be said: all of the selected hold as much or more."""
    known = [value for value in prefixes if not np.isnan(value)]
    best = max(range(len(known)), key=lambda place: (known[place], place), default=-1)
    if best < len(known) - 1:
        remark = FALLS
    return Joint(best + 1, known[best] if known else np.nan, remark)


def path_steps(reading: Reading, prefixes: list[float], level: float) -> tuple[PathStep, ...]:
    """Return the choices, each with what chance would score there."""
    path, gate, order = reading.selector.path_, reading.selector.gate_, reading.order
    unit = reading.nats if path.in_nats else 1.0
    # Of a ratio the first is chosen by relevance, which is no score.
    scores = [
        np.nan if not path.in_nats and step == 0 else round(float(score) / unit, 12)
        for step, score in enumerate(path.score)
    ]
    return tuple(
        PathStep(
            step=step + 1,
            feature=reading.names[column],
            score=scores[step],
            floor=reading.in_unit(_floor(reading, step, level)),
            joint=prefixes[step],
            how="as asked" if gate is None else gate.stage[step],
            partner=_partner(reading, step),
        )
        for step, column in enumerate(order)
    )


def _partner(reading: Reading, step: int) -> str | None:
    """Return the other column of a pair, if the column of a step entered as one of a pair."""
    gate = reading.selector.gate_
    partner = None if gate is None else gate.partner(step)
    return None if partner is None else reading.names[reading.order[partner]]


def floor_level(reading: Reading) -> float:
    """Chance that a column which adds nothing scores above the floor at one step.

    The level of the gate's tests; without one, `alpha` shared among the candidates.
    """
    selector = reading.selector
    if selector.gate_ is not None and selector.gate_.error_control == "fwer":
        return float(selector.gate_.level)
    return float(selector.alpha / max(1, int((~np.isnan(selector.path_.last_score)).sum())))


def _floor(reading: Reading, step: int, level: float) -> float:
    """Score in nats that a column which adds nothing passes with at most a chance.

    Known where the score is one counted term, or, as of "cmim", the least of several. A score
    above it is one of which every term lies above its own upper quantile; so whichever condition
    leaves the column nothing to say, the chance of passing is at most the level.
    """
    path = reading.selector.path_
    if len(reading.counted) != 1 or not path.in_nats or step >= MAX_FLOORS:
        return np.nan
    if reading.weights is not None and not reading.weights.has_tests:
        return np.nan
    (source,), column = reading.counted, reading.order[step]
    only = np.arange(source.n_features) == column
    margins = []
    for condition in _conditions(reading, step):
        z, term = DiscreteVariable.constant(source.n_samples), source.relevance()[column]
        if condition:
            ((_, pair),) = source.pair(condition, only)
            z, term = source.table[condition[0]], pair.conditional_relevance[0]
        margins.append(float(term) - _quantile(reading, source.table[column], z, level))
    return float(path.score[step]) - min(margins, default=np.nan)


def _conditions(reading: Reading, step: int) -> list[tuple[int, ...]]:
    """Return the conditions of the terms that a score is the least of; none if it is another."""
    criterion, before = criterion_of(reading.selector.criterion), reading.order[:step]
    if not before or criterion.conditions_on == "nothing":
        return [()]
    return [(), *((column,) for column in before)] if isinstance(criterion, CMIM) else []


def _quantile(reading: Reading, x: DiscreteVariable, z: DiscreteVariable, level: float) -> float:
    """Upper quantile of I(X; Y | Z) in nats under permutation, by the law of the p-values."""
    (source,) = reading.counted
    weights = None if reading.weights is None else reading.weights.multiples
    law = moments_of_margins(*(_margin(z, one, weights) for one in (x, source.target)))
    if law.variance <= 0:
        return np.nan
    correction = reading.coding.correction
    if correction not in {"chance", None} or not isinstance(reading.mi_estimator, BinnedMI):
        return np.nan
    centre = 0.0 if correction == "chance" else float(law.mean)
    return float(centre + _distance(law, level)) / source.estimate.total


def _distance(law: NullMoments, level: float) -> float:
    """How far above its mean the statistic lies with a chance: `significance.p_value` inverted."""
    shape = 4 * law.variance**3 / law.third**2
    return float(np.sqrt(law.variance / shape) * (gammainccinv(shape, level) - shape))


def _margin(z: DiscreteVariable, one: DiscreteVariable, weights: IntArray | None) -> IntArray:
    """Counts of a variable within the levels of a condition."""
    cells = z.codes.astype(np.int64) * one.n_levels + one.codes
    counts = np.bincount(cells, weights, minlength=z.n_levels * one.n_levels)
    return counts.astype(np.int64).reshape(z.n_levels, one.n_levels)
