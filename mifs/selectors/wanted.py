"""What the user asks a selector for: columns to begin with or leave out, and where to end."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from mifs import _frames
from mifs._typing import BoolArray, IntArray
from mifs._validation import columns_of, generator_of, label_of
from mifs.gate import Gate, GatedDoor
from mifs.mi_estimators.base import Source
from mifs.search import Door, FixedLength, count_of


@dataclass(frozen=True, eq=False)
class Wanted:
    """Columns to select first, those to choose from after, and how many in all.

    Attributes
    ----------
    included : ndarray of int
        Columns to select first, in this order.
    candidates : ndarray of bool of shape (n_features,)
        Columns to choose from after.
    """

    included: IntArray
    candidates: BoolArray

    @classmethod
    def of(cls, include: Any, exclude: Any, X: Any) -> Wanted:
        """Return what `include` and `exclude` mean of a table; raise if both name a column."""
        included, excluded = (
            columns_of(wanted, X, parameter=parameter)
            for wanted, parameter in ((include, "include"), (exclude, "exclude"))
        )
        both = np.intersect1d(included, excluded)
        if both.size:
            label = label_of(both[0], _frames.names_of(X))
            msg = f"include and exclude both name {label}. Drop it from one."
            raise ValueError(msg)
        candidates = np.ones(X.shape[1], dtype=bool)
        candidates[included] = candidates[excluded] = False
        return cls(included, candidates)

    def length(self, n_features_to_select: float | str) -> int | None:
        """Length of the selection that `n_features_to_select` means; None for "auto"."""
        wanted, n_included = n_features_to_select, len(self.included)
        available, n_columns = int(self.candidates.sum()) + n_included, len(self.candidates)
        if available == 0:
            msg = f"exclude names all {n_columns} columns: none is left to select."
            raise ValueError(msg)
        if wanted == "auto":
            return None
        if wanted == "all":
            return available
        share = float(wanted) * available + 1e-9  # lest 0.29 of 100 be 28
        n_features = int(wanted) if isinstance(wanted, Integral) else max(1, int(share))
        if not n_included <= n_features <= available:
            msg = (
                f"n_features_to_select={wanted!r} asks for {count_of(n_features)}, but between "
                f"{max(1, n_included)} and {available} can be selected: X has "
                f"{n_columns}, {n_columns - available} are excluded and "
                f"{n_included} included. "
            )
            msg += (
                f"Ask for {n_included} or more, or shorten include."
                if n_features < n_included
                else "Pass 'all' for as many as there are."
            )
            raise ValueError(msg)
        return n_features


def door_of(
    selector: Any, n_features: int | None, information: Source, candidates: BoolArray
) -> Door:
    """Return what ends the search of a selector: a length, or the gate."""
    if selector.interactions and (n_features is not None or selector.error_control == "fdr"):
        msg = (
            "interactions=True needs n_features_to_select='auto' and error_control='fwer'; "
            f"got {selector.n_features_to_select!r} and {selector.error_control!r}."
        )
        raise ValueError(msg)
    if n_features is not None:
        return FixedLength(n_features)
    gate = Gate(
        alpha=selector.alpha,
        error_control=selector.error_control,
        interactions=selector.interactions,
        confirm=selector.confirm,
        min_features=min(selector.min_features_to_select, int(candidates.sum())),
    )
    return GatedDoor(gate, information, candidates, generator_of(selector.random_state))
