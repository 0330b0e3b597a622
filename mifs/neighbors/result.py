"""An estimate together with what casts doubt on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma
from scipy.stats import entropy

from mifs._typing import BoolArray
from mifs.neighbors.estimates import is_grid
from mifs.neighbors.mixed import Recipe, with_atoms_or_grids
from mifs.neighbors.variables import MixedVariable

SATURATION = 0.8  # of the ceiling: above it strong relations are underestimated
MANY_DUPLICATES = 0.01  # of the rows: 5 % of copies add 0.06 nats to independent variables
# Of X, Y or Z. Among 3, 4, 5 numbers, 1,500 rows, spread 0.02 nats, a line with noise is estimated
# 0.01, 0.04, 0.08 nats too low, quadrants 0.04, 0.08, 0.12: at three it takes sharp edges.
MANY_DIMS = 3
FULL = 0.95  # of the entropy: an estimate above it cannot be much too low


@dataclass(frozen=True)
class NeighborEstimate:
    """Information by nearest neighbours, and whether to trust it.

    Attributes
    ----------
    raw : float
        The estimate in nats. About zero on average, hence below zero as often as above, where
        there is nothing to tell.
    ceiling : float
        psi(n) - psi(k) in nats, which no relation of two continuous variables exceeds; infinite
        where no sample has numbers on both sides.
    duplicate_share : float
        Share of the rows with a continuous number that equal an earlier row in everything.
    n_in_small_classes : int
        Samples whose own states hold at most k samples, so that fewer neighbours are known.
    n_unresolved : int
        Those of them that are alone there; they count as telling nothing.
    n_dims : tuple of int
        Numbers of columns of numbers of X, Y and Z.
    entropy : float, default=inf
        Of the samples' states in nats, the lesser of X and Y, which their information does not
        exceed; infinite where both have numbers. The estimate may, by little.
    """

    raw: float
    ceiling: float
    duplicate_share: float
    n_in_small_classes: int
    n_unresolved: int
    n_dims: tuple[int, int, int]
    entropy: float = np.inf

    def __repr__(self) -> str:
        """Say the first line of `str`; all numbers are attributes."""
        return f"NeighborEstimate({self._said})"

    def __str__(self) -> str:
        return "\n".join([self._said, *self.remarks])

    @property
    def _said(self) -> str:
        return f"{round(self.raw, 3) + 0.0:.3f} nats"  # no -0.000

    @property
    def value(self) -> float:
        """The estimate in nats, with zero for what is negative."""
        return max(0.0, self.raw)

    @property
    def is_saturated(self) -> bool:
        """Whether the estimate is so near its ceiling that the truth may be far above."""
        return self.raw > SATURATION * self.ceiling

    @property
    def remarks(self) -> tuple[str, ...]:
        """What casts doubt on the estimate, a sentence each; empty if nothing does."""
        x, y, z = self.n_dims
        return tuple(
            sentence
            for applies, sentence in (
                (
                    self.is_saturated,
                    f"The estimate, {self.raw:.3g} nats, is near its ceiling of {self.ceiling:.3g} "
                    "nats for so many samples and neighbours; the truth may be far above.",
                ),
                (
                    self.duplicate_share > MANY_DUPLICATES,
                    f"{self.duplicate_share:.1%} of the rows repeat an earlier one, which looks "
                    "like information; drop copies, and draw subsamples, not bootstrap samples.",
                ),
                (
                    self.n_in_small_classes > 0,
                    f"{self.n_in_small_classes} samples have a class, a repeated value or a gap "
                    f"that no more samples share than neighbours are wanted; {self.n_unresolved} "
                    "are alone there and count as telling nothing. Where it is the class, merge "
                    "rare classes; where values repeat as they were rounded, spread them, for "
                    "example X + 0.01 * (rng.random(X.shape) - 0.5) for two decimals.",
                ),
                (
                    max(x, y, z) > MANY_DIMS and self.raw < FULL * self.entropy,
                    f"{max(x, y)} numbers a side {f'and {z} in the condition ' if z else ''}are "
                    "many: the estimate can be too low, by more than its sampling error; take "
                    "fewer columns at a time.",
                ),
            )
            if applies
        )


def measured(
    recipe: Recipe, x: MixedVariable, y: MixedVariable, z: MixedVariable | None = None
) -> NeighborEstimate:
    """I(X; Y), or I(X; Y | Z), with its validity.

    Parameters
    ----------
    recipe : Recipe
        How it is estimated.
    x, y : MixedVariable
        The variables.
    z : MixedVariable, optional
        The condition.

    Returns
    -------
    NeighborEstimate
        Nats, unclipped, and flags.
    """
    raw = recipe.information(x, y) if z is None else recipe.conditional(x, y, z)
    return estimate_of(raw, recipe, x, y, z)


def estimate_of(
    raw: float,
    recipe: Recipe,
    x: MixedVariable,
    y: MixedVariable,
    z: MixedVariable | None = None,
) -> NeighborEstimate:
    """Return what `measured` does, for an estimate that is known already."""
    sides = with_atoms_or_grids(x, y) if z is None else with_atoms_or_grids(x, y, z)
    of_x, of_y = (_has_numbers(side) for side in sides[:2])
    everything = sides[0]
    for side in sides[1:]:
        everything = everything.joint(side)
    sizes = np.bincount(everything.state.codes)[everything.state.codes]
    is_small = (sizes <= recipe.n_neighbors) & _has_numbers(everything)
    n_both = int((of_x & of_y).sum())
    k = max(1, min(recipe.n_neighbors, n_both - 1))
    return NeighborEstimate(
        raw=raw,
        ceiling=float(digamma(n_both) - digamma(k)) if n_both else np.inf,
        duplicate_share=_duplicate_share(everything),
        n_in_small_classes=int(is_small.sum()),
        n_unresolved=int((is_small & (sizes == 1)).sum()),
        n_dims=(x.n_dims, y.n_dims, z.n_dims if z else 0),
        entropy=min(_entropy(side) for side in sides[:2]),
    )


def _entropy(variable: MixedVariable) -> float:
    """Entropy of a variable without continuous numbers; infinite of others."""
    has_numbers = _has_numbers(variable).any()
    return np.inf if has_numbers else float(entropy(np.bincount(variable.state.codes)))


def _has_numbers(variable: MixedVariable) -> BoolArray:
    """Whether each sample has a continuous number."""
    is_free = np.asarray(variable.is_free.any(axis=1))
    return is_free[variable.state.codes]


def _duplicate_share(everything: MixedVariable) -> float:
    """Share of the samples with a continuous number that equal an earlier one.

    On a grid equal samples are no copies, and their estimate expects them. Nor are they where
    equal numbers meet different states: copies never do, rounded numbers soon do.
    """
    rows = _has_numbers(everything)
    if not rows.any() or is_grid(everything.values[rows]):
        return 0.0
    table = np.column_stack([everything.state.codes, everything.values])[rows]
    table = table[np.lexsort(table.T)]
    is_equal = (table[1:, 1:] == table[:-1, 1:]).all(axis=1)
    is_same_state = table[1:, 0] == table[:-1, 0]
    if (is_equal & ~is_same_state).any():
        return 0.0
    return float((is_equal & is_same_state).sum() / len(table))
