"""I(X; Y) of some columns straight from their numbers, where they all differ.

Such a column is continuous as a whole, and all that is to be found out is its order: its normal
scores are those of any other. That leaves one call of a kernel for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from mifs._kernels.direct import ksg_sums, ross_sums
from mifs._kernels.ranks import ascending_scores
from mifs._typing import FloatArray, IntArray
from mifs.neighbors.digammas import mean, psi, psi_table, psis
from mifs.neighbors.estimates import ksg1
from mifs.neighbors.mixed import Recipe, varies
from mifs.neighbors.variables import MixedVariable, Transform

Direct: TypeAlias = Callable[[FloatArray, Transform], list[float | None]]


def direct_information(recipe: Recipe, target: MixedVariable) -> Direct | None:
    """Return what measures columns of numbers with a target in one step.

    Parameters
    ----------
    recipe : Recipe
        How it is estimated.
    target : MixedVariable
        The target.

    Returns
    -------
    callable or None
        Of the numbers, a row for each column, and their transform: what `recipe.information` gives
        of each column, to the last digit, or None if two numbers are equal or one is NaN. None
        instead of it if the target is neither classes nor a column of distinct numbers.
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

    def measured(rows: FloatArray, transform: Transform) -> list[float | None]:
        sums = ksg_sums(rows, _line(n, transform), (order, in_order), k, table)
        return [None if total is None else mean(both - total, n) for total in sums]

    return measured


def _with_classes(codes: IntArray, k: int) -> Direct:
    """Measure by `ross`."""
    n, sizes = len(codes), np.bincount(codes)
    table, alone, sizes = psi_table(n), int((sizes == 1).sum()), sizes[sizes > 1]
    each = psi(n, n) - psis(sizes, n) + psis(np.minimum(k, sizes - 1), n)
    # A sample that is alone in its class has itself within its radius, 0, and adds nothing.
    rest = int((sizes * each).sum()) + alone * psi(1, n)

    def measured(rows: FloatArray, transform: Transform) -> list[float | None]:
        sums = ross_sums(rows, _line(n, transform), codes, k, table)
        return [None if total is None else mean(rest - total, n) for total in sums]

    return measured


def _line(n_samples: int, transform: Transform) -> FloatArray | None:
    """Numbers to measure distances of, in order; None of the column's own."""
    return None if transform is None else ascending_scores(n_samples)
