"""Random tables of two classes: draws of their information from tabulated laws.

A level of `a` rows among the `left` ones that are not dealt yet, `b` of them of the first class,
has K ~ hypergeometric(left, a, b) of that class; the next level then has what remains. Each such
draw is a stage: a row of cumulated probabilities for every `b`, and beside it what T grows by.
"""

import numpy as np
from scipy.special import gammaln, kl_div

from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray

FAINT = 1e-18  # of all outcomes; a uniform number of 53 bits does not see it


@twin("drawing")
def drawn_statistics(
    uniform: FloatArray, stages: IntArray, cumulated: FloatArray, growth: FloatArray
) -> FloatArray:
    """T of as many random tables as `uniform`, (n_stages, n_tables), has columns.

    The rows of `stages` are: the place of a stage's first row in the flat `cumulated` and `growth`,
    the length of its rows, and the row to begin with where a stratum begins, else -1. A stage
    whose draw is K in row b is followed by row b - K of the next.
    """
    total = np.zeros(uniform.shape[1])
    row = np.zeros(uniform.shape[1], dtype=np.int64)
    for u, (first, width, start) in zip(uniform, stages.tolist(), strict=True):
        if start >= 0:
            row = np.full(uniform.shape[1], start)
        base = first + row * width
        least, most = np.zeros(row.shape, dtype=np.int64), np.full(row.shape, width - 1)
        while (least < most).any():
            middle = (least + most) // 2
            is_beyond = cumulated[base + middle] <= u
            least = np.where(is_beyond & (least < most), middle + 1, least)
            most = np.where(is_beyond, most, middle)
        total += growth[base + least]
        row = row - least
    return total


def two_class_stages(levels: IntArray, b: int) -> list[tuple[FloatArray, FloatArray]]:
    """Stages of one stratum: cumulated probabilities and growth of T, (b + 1, longest draw).

    The largest level takes what the others leave; its share of T is in the last stage.
    """
    m, order = int(levels.sum()), np.sort(levels)
    left = m
    stages = []
    for place, a in enumerate(order[:-1].tolist()):
        row, k = np.arange(b + 1)[:, None], np.arange(min(a, b) + 1)
        growth = np.broadcast_to(_information(k, a, b, m), (b + 1, len(k)))
        if place == len(order) - 2:
            growth = growth + _information(np.maximum(row - k, 0), int(order[-1]), b, m)
        cumulated = np.cumsum(_probabilities(k, a, row, left), axis=1)
        cumulated /= np.maximum(cumulated[:, -1:], FAINT)  # no table has a row of zeros
        stages.append((cumulated, growth))
        left -= a
    return stages


def law_of_stages(
    stages: list[tuple[FloatArray, FloatArray]], most: int
) -> tuple[FloatArray, FloatArray] | None:
    """Values of T and their probabilities, each outcome by itself; None if they are too many."""
    row, value, p = np.array([len(stages[0][0]) - 1]), np.zeros(1), np.ones(1)
    for cumulated, growth in stages:
        k = np.arange(cumulated.shape[1])
        chance = p[:, None] * np.diff(cumulated, axis=1, prepend=0.0)[row]
        kept = chance > FAINT
        value = (value[:, None] + growth[row])[kept]
        row, p = (row[:, None] - k)[kept], chance[kept]
        if len(p) > most:
            return None
    return value, p


def _information(k: IntArray, a: int, b: int, m: int) -> FloatArray:
    """Share in T of a level with k of its rows in the first class; 0 where that cannot be."""
    k = np.minimum(k, a)
    mean = a * (b / m)
    return np.asarray(kl_div(k, mean) + kl_div(a - k, a - mean))


def _probabilities(k: IntArray, a: int, b: IntArray, m: int) -> FloatArray:
    """Hypergeometric probabilities of k in each row b; 0 where that cannot be."""
    can_be = (k <= b) & (b - k <= m - a) & (b <= m)
    rest = np.where(can_be, b - k, 0)
    ways = -gammaln(k + 1) - gammaln(a - k + 1)
    ways = ways - gammaln(rest + 1) - gammaln(np.maximum(m - a - rest, 0) + 1)
    drawn = gammaln(b + 1) + gammaln(np.maximum(m - b, 0) + 1)
    level = gammaln(a + 1) + gammaln(m - a + 1) - gammaln(m + 1)
    return np.where(can_be, np.exp(np.minimum(ways + drawn + level, 0.0)), 0.0)
