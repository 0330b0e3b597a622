"""Complementary halves of the rows, and what a selector makes of one half."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.base import clone

from mifs import _frames
from mifs._typing import AnyArray, BoolArray, FloatArray, IntArray
from mifs._validation import rows_of_metadata
from mifs.selectors.prefixes import clone_to_choose


def complementary_halves(
    classes: IntArray, n_pairs: int, rng: np.random.Generator
) -> Iterator[IntArray]:
    """Yield halves of the rows, each followed by its complement, with every class halved too.

    The odd rows of all classes are halved together; if the number of rows is odd, one is left out.
    """
    size = np.bincount(classes)
    first = np.cumsum(size) - size
    for _ in range(n_pairs):
        rows = rng.permutation(len(classes))
        rows = rows[np.argsort(classes[rows], kind="stable")]
        place = np.arange(len(rows)) - first[classes[rows]]
        is_odd = (place == size[classes[rows]] - 1) & (place % 2 == 0)
        odd = rng.permutation(rows[is_odd])
        # Neighbours go to different halves, and every class now has pairs of neighbours only.
        rows = np.concatenate([rows[~is_odd], odd])[: len(rows) // 2 * 2]
        yield np.sort(rows[::2])
        yield np.sort(rows[1::2])


def fitted_clone(
    selector: Any,
    X: Any,
    y: AnyArray | None,
    *,
    seed: int,
    metadata: Mapping[str, Any],
    describes: bool = True,
) -> Any:
    """Fit a clone; the seed takes the place of every random state that was not set."""
    selector = clone(selector) if describes else clone_to_choose(selector)
    unset = [
        name
        for name, value in selector.get_params().items()
        if value is None and name.split("__")[-1] == "random_state"
    ]
    return selector.set_params(**dict.fromkeys(unset, seed)).fit(X, y, **metadata)


def selection_of_half(
    selector: Any,
    X: Any,
    y: AnyArray | None,
    rows: IntArray,
    *,
    seed: int,
    metadata: Mapping[str, Any],
) -> tuple[BoolArray, FloatArray]:
    """Return which columns some of the rows select, and the rank of every column."""
    half, own = None if y is None else y[rows], rows_of_metadata(X, metadata, rows)
    kept = _frames.keep_rows(X, rows)
    fitted = fitted_clone(selector, kept, half, seed=seed, metadata=own, describes=False)
    support = np.asarray(fitted.get_support(), dtype=bool)
    return support, ranks_of(fitted, support)


def ranks_of(
    fitted: Any,
    support: BoolArray,
) -> FloatArray:
    """Rank every column, 1 the best and ties at their mean: by ranking, scores, or support."""
    for name, sign in (("ranking_", 1.0), ("scores_", -1.0)):
        values = np.asarray(getattr(fitted, name, None))
        if values.shape == support.shape and values.dtype.kind in "fiu":
            # A score that is nan says nothing for its column.
            return np.asarray(rankdata(np.nan_to_num(sign * values, nan=np.inf, posinf=np.inf)))
    return np.asarray(rankdata(~support))
