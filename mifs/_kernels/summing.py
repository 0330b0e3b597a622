"""Scores that are sums of terms: what a term adds to each, and which is the best."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray


class Term(NamedTuple):
    """A term of some columns, as sums in fixed point, and what makes nats of them."""

    counted: IntArray
    constant: int  # to take off
    total: float  # units of the fixed point in a nat a sample
    rounding: float  # nats that are none
    offset: float  # nats to add


class Scores(NamedTuple):
    """Scores of all columns, ``base + factor * (folded / n_terms)``; the first two are changed."""

    score: FloatArray
    folded: FloatArray  # sums of terms
    base: FloatArray
    factor: float
    n_terms: float  # 1.0 where their mean is not taken


@twin("summing")
def add_terms(columns: IntArray, term: Term, scores: Scores) -> None:
    """Add a term to those of some columns, and score these."""
    nats = (term.counted - term.constant) / term.total
    folded = scores.folded[columns] + (
        term.offset + np.where(np.abs(nats) < term.rounding, 0.0, nats)
    )
    scores.folded[columns] = folded
    scores.score[columns] = scores.base[columns] + scores.factor * (folded / scores.n_terms)


@twin("summing")
def first_best(score: FloatArray, columns: IntArray, digits: int) -> int:
    """First of some columns whose rounded score is the highest; -1 if all tie, or one is NaN."""
    rounded = np.round(score[columns], digits)
    if np.isnan(rounded).any() or not (rounded != rounded[:1]).any():
        return -1
    return int(columns[np.argmax(rounded)])
