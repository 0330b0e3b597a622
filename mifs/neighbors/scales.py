r"""The statistic of many scales, which finds weak, smooth and oscillating relations alike.

No single k does: the spread of an estimate by chance falls as :math:`1 / \sqrt{n k}`, so that a
weak relation needs a large k, and an oscillating one is gone where k spans a period. At the
coarsest scale, k = n, what is left of neighbours is the correlation of ranks.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaincinv

from mifs._kernels.ranks import average_ranks, scores_of_ranks
from mifs._typing import AnyArray, FloatArray
from mifs.gaussian import LARGEST_ATOM, explained
from mifs.neighbors.mixed import SMALLEST_SCALE, Recipe, with_atoms_or_grids
from mifs.neighbors.variables import MixedVariable

N_SCALES = 6
SPREADS = 2.0  # of an estimate by chance, which are taken off it
LEVEL = 0.99  # of the chi-square quantile that is taken off where degrees of freedom are known
LARGEST_WORK = 6000  # k * sqrt(n): large tables need no large k, and pay for it


def many_scales(recipe: Recipe, x: MixedVariable, y: MixedVariable) -> float:
    r"""Largest information over the scales, less what chance gives at each.

    Parameters
    ----------
    recipe : Recipe
        How parts are estimated; its k is not looked at.
    x, y : MixedVariable
        The variables.

    Returns
    -------
    float
        Nats, unclipped, to rank by: of a strong relation nearly its information, of none about
        zero. Exactly 0 if either is constant.

    Notes
    -----
    .. math:: \max\left(I_G,\ \max_k I_k - 2 / \sqrt{n k} + q_1\right),

    with the Gaussian information :math:`I_G` of normal scores. All but it pay for their larger
    spread: :math:`q_d` is what a chi-square of d degrees of freedom exceeds its mean by once in a
    hundred, over 2 n; whatever has d instead of one, as two discrete variables do, or the scores
    and a class, pays :math:`q_d - q_1`. Where states are counted and numbers searched, the spreads
    add up by their squares. :math:`I_G` is left out if a number fills more than a tenth of the
    samples, and is of those that lack none.
    """
    if _is_constant(x) or _is_constant(y):
        return 0.0
    n = x.n_samples
    counted = _excess(_degrees(x, y), n)
    if x.is_free.any() or y.is_free.any():
        ks = scales(n, n_classes=max(_n_classes(x), _n_classes(y)))
        found = [
            information - math.hypot(SPREADS / math.sqrt(n * k), counted)
            for k, information in zip(ks, recipe.of_scales(x, y, ks), strict=True)
        ]
    else:
        found = [recipe.information(x, y) - counted]
    return max(*found, _coarsest(x, y)) + _excess(1, n)


def scales(n_samples: int, *, n_classes: int = 1) -> list[int]:
    """Values of k in equal ratios from 3, to a fifth of the samples or two thirds of a class."""
    largest = n_samples / 5 if n_classes == 1 else 2 * n_samples / (3 * n_classes)
    largest = max(SMALLEST_SCALE, min(largest, LARGEST_WORK / math.sqrt(n_samples)))
    steps = np.geomspace(SMALLEST_SCALE, math.floor(largest), N_SCALES)
    return [int(k) for k in np.unique(np.rint(steps))]


def _coarsest(x: MixedVariable, y: MixedVariable) -> float:
    """Gaussian information less what chance gives; minus infinity where there is none."""
    first, second = _column_or_codes(x), _column_or_codes(y)
    if first is None or second is None or not (x.n_dims or y.n_dims):
        return -math.inf
    whole = ~(np.isnan(first) | np.isnan(second))
    first, second = first[whole], second[whole]
    if first.dtype.kind != "f":
        first, second = second, first
    scores = _scores(first)
    others = _scores(second) if second.dtype.kind == "f" else second
    if scores is None or others is None:
        return -math.inf
    found, degrees = explained(scores, others)
    most = math.log(min(len(np.unique(side)) for side in (first, second)))
    share = len(scores) / len(whole)
    return share * min(found, most) - _excess(degrees, len(whole))


def _column_or_codes(side: MixedVariable) -> AnyArray | None:
    """Numbers of a column, or codes of classes; None of anything else."""
    return side.column if side.n_dims else side.state.codes


def _scores(numbers: FloatArray) -> FloatArray | None:
    """Normal scores of a column; None if it is empty, or one value makes a step of its ranks."""
    n = len(numbers)
    ranks = average_ranks(numbers)
    if not n or np.bincount(ranks + n).max() > max(1, LARGEST_ATOM * n):
        return None
    return scores_of_ranks(ranks)


def _is_constant(side: MixedVariable) -> bool:
    return side.state.n_levels == 1 and not side.is_free.any()


def _n_classes(side: MixedVariable) -> int:
    """Number of classes, where neighbours are searched within each; 1 of numbers."""
    return 1 if side.is_free.any() else side.state.n_levels


def _degrees(x: MixedVariable, y: MixedVariable) -> int:
    """Degrees of freedom of the table of the states."""
    x, y = with_atoms_or_grids(x, y)
    return (x.state.n_levels - 1) * (y.state.n_levels - 1)


def _excess(degrees: int, n_samples: int) -> float:
    """Information above its mean by chance that is exceeded once in a hundred, in nats."""
    if not degrees:
        return 0.0
    return (2 * float(gammaincinv(degrees / 2, LEVEL)) - degrees) / (2 * n_samples)
