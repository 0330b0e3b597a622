"""I(X; Y) of a column straight from its numbers, where they all differ.

Such a column is continuous as a whole, and all that is to be found out is its order: its normal
scores are those of any other. That leaves one call of a kernel for each column.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from mifs._kernels.direct import ksg_sum, ross_sum
from mifs._kernels.ranks import ascending_scores
from mifs._typing import FloatArray, IntArray
from mifs.neighbors.digammas import mean, psi, psi_table, psis
from mifs.neighbors.estimates import ksg1
from mifs.neighbors.mixed import Recipe, varies
from mifs.neighbors.variables import MixedVariable, Transform

Direct: TypeAlias = Callable[[FloatArray, Transform], float | None]


def direct_information(recipe: Recipe, target: MixedVariable) -> Direct | None:
    """Return what measures a column of numbers with a target in one step.

    Parameters
    ----------
    recipe : Recipe
        How it is estimated.
    target : MixedVariable
        The target.

    Returns
    -------
    callable or None
        Of the numbers and their transform: what `recipe.information` gives, to the last digit, or
        None if two numbers are equal or one is NaN. None instead of it if the target is neither
        classes nor a column of distinct numbers.
    """
    n, k = target.n_samples, recipe.n_neighbors
    if n < 2:
        return None
    if target.order is not None and recipe.ksg is ksg1:
        return _with_numbers(target.values[:, 0], target.order, min(k, n - 1))
    if not target.n_dims and varies(target.state.codes):
        return _with_classes(target.state.codes.astype(np.int32), k)
    return None


def _with_numbers(y: FloatArray, order: IntArray, k: int) -> Direct:
    """Measure by `ksg1`."""
    n, in_order = len(y), y[order]
    table, both = psi_table(n), n * (psi(k, n) + psi(n, n))

    def measured(numbers: FloatArray, transform: Transform) -> float | None:
        total = ksg_sum(numbers, _line(n, transform), (order, in_order), k, table)
        return None if total is None else mean(both - total, n)

    return measured


def _with_classes(codes: IntArray, k: int) -> Direct:
    """Measure by `ross`."""
    n, sizes = len(codes), np.bincount(codes)
    table, alone, sizes = psi_table(n), int((sizes == 1).sum()), sizes[sizes > 1]
    each = psi(n, n) - psis(sizes, n) + psis(np.minimum(k, sizes - 1), n)
    # A sample that is alone in its class has itself within its radius, 0, and adds nothing.
    rest = int((sizes * each).sum()) + alone * psi(1, n)

    def measured(numbers: FloatArray, transform: Transform) -> float | None:
        total = ross_sum(numbers, _line(n, transform), codes, k, table)
        return None if total is None else mean(rest - total, n)

    return measured


def _line(n_samples: int, transform: Transform) -> FloatArray | None:
    """Numbers to measure distances of, in order; None of the column's own."""
    return None if transform is None else ascending_scores(n_samples)
