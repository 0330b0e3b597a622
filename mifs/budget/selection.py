"""What a fitted pipeline selects, and the model after or within its selector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.pipeline import Pipeline

from mifs import _frames
from mifs._cached import cached_property
from mifs._typing import IntArray
from mifs.encoding import TypedColumn, TypedTable


@dataclass(frozen=True, eq=False)
class Selection:
    """What a fitted pipeline selects: its columns among those that reach the selector."""

    head: Any  # what comes before the selector, fitted; None for nothing
    tail: Any  # what comes after it
    table: Any  # what reaches the selector
    order: IntArray
    has_order: bool
    is_of_all: bool = False  # there is no selector

    @classmethod
    def of(cls, fitted: Any, X: Any) -> Selection:
        """Selection of a fitted pipeline, seen in the rows of X."""
        head, selector, tail = _parts(fitted)
        if selector is None:
            return cls(None, tail, _through(None, X), np.arange(X.shape[1]), False, is_of_all=True)
        chosen = getattr(selector, "selected_", None)
        order = np.flatnonzero(selector.get_support()) if chosen is None else np.asarray(chosen)
        return cls(head, tail, _through(head, X), order, chosen is not None)

    def columns(self, n: int | None = None) -> list[TypedColumn]:
        """Return the first n selected columns, with their kinds."""
        return [self._typed[column] for column in self.order[:n]]

    @cached_property
    def _typed(self) -> list[TypedColumn]:
        table = self.table if _frames.is_frame(self.table) else np.asarray(self.table)
        return TypedTable(table, discrete_features="auto", names=None).kept()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the selected columns in order of choice."""
        names = _frames.names_of(self.table) or _names_out(self.head)
        return tuple(names[column] if names else f"x{column}" for column in self.order)


def _names_out(head: Any) -> list[str] | None:
    """Names that the steps before the selector give, where they all give some."""
    try:
        return [str(name) for name in head.get_feature_names_out()] if head is not None else None
    except AttributeError:
        return None


def _parts(fitted: Any) -> tuple[Any, Any, Any]:
    """What comes before the last selector, the selector, and the model after or within it."""
    steps = [step for _, step in fitted.steps] if isinstance(fitted, Pipeline) else [fitted]
    *before, last = steps
    if hasattr(last, "get_support") and hasattr(last, "estimator"):  # selects for its own model
        return (fitted[:-1] if before else None), last, last.estimator
    places = [place for place, step in enumerate(before) if hasattr(step, "get_support")]
    if not places:
        return None, None, fitted
    place = places[-1]
    return (fitted[:place] if place else None), steps[place], fitted[place + 1 :]


def _through(head: Any, X: Any) -> Any:
    """Table that reaches the selector."""
    table = X if head is None else head.transform(X)
    return table.toarray() if issparse(table) else table


def some_columns(table: Any, columns: IntArray) -> Any:
    """Return some columns of a table, as a table of the same kind."""
    if _frames.is_frame(table):
        return _frames.keep_columns(table, np.isin(np.arange(table.shape[1]), columns))
    return table[:, columns]
