"""From a checked table and its target to typed columns: which of them are discrete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from mifs import _frames
from mifs._typing import AnyArray, ArrayLike
from mifs._validation import as_vector, columns_of
from mifs.weights import RowWeights

Kind = bool | Literal["auto"]
ROWS_OF_A_CLASS = 10  # fewer a value on average, and many whole numbers are no classes


@dataclass(frozen=True, eq=False)
class TypedColumn:
    """Values of one column, and whether every distinct value of it is a level."""

    values: AnyArray
    is_discrete: bool


class TypedTable:
    """Columns of a checked table, read one by one, each with its kind.

    Parameters
    ----------
    X : ndarray of numbers or dataframe, of shape (n_samples, n_features)
        The table.
    discrete_features : "auto", bool, or list of columns
        Columns whose distinct values are levels.
    names : sequence, optional
        Names of the columns.
    weights : RowWeights, optional
        How often each row counts; once if left out.

    Attributes
    ----------
    is_discrete : ndarray of bool of shape (n_features,)
        Which columns are taken as discrete; known once they have been read.
    """

    def __init__(
        self,
        X: Any,
        *,
        discrete_features: Any,
        names: Sequence[Any] | None,
        weights: RowWeights | None = None,
    ) -> None:
        self._X = X
        self.weights = weights
        self._kinds = _kinds(discrete_features, names, X.shape[1])
        self.names = names
        self.is_discrete = np.zeros(X.shape[1], dtype=bool)

    def __iter__(self) -> Iterator[TypedColumn]:
        is_frame = _frames.is_frame(self._X)
        read = _frames.frame_columns if is_frame else _frames.array_columns
        for place, column in enumerate(read(self._X)):
            kind = self._kinds[place]
            auto = column.is_label or (kind == "auto" and _frames.looks_discrete(column.values))
            self.is_discrete[place] = auto if kind == "auto" else column.is_label or kind
            yield TypedColumn(column.values, bool(self.is_discrete[place]))

    def kept(self) -> list[TypedColumn]:
        """Return all columns at once; those of an array are views of it, not copies."""
        if _frames.is_frame(self._X):
            return list(self)
        return [
            TypedColumn(self._X[:, place], column.is_discrete) for place, column in enumerate(self)
        ]


def _kinds(
    discrete_features: Any,
    names: Sequence[Any] | None,
    n_features: int,
) -> list[Kind]:
    """What the user says of each column: discrete, continuous, or nothing."""
    if isinstance(discrete_features, str) and discrete_features == "auto":
        return ["auto"] * n_features
    if isinstance(discrete_features, bool | np.bool_):
        return [bool(discrete_features)] * n_features
    places = columns_of(
        discrete_features, names=names, n_features=n_features, parameter="discrete_features"
    )
    is_discrete = np.zeros(n_features, dtype=bool)
    is_discrete[places] = True
    return list(map(bool, is_discrete))


def typed_target(
    y: ArrayLike, *, discrete_target: Kind, weights: RowWeights | None = None
) -> TypedColumn:
    """Check the target, and say whether it is taken as classes.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Classes or numbers.
    discrete_target : bool or "auto"
        Whether every distinct value is a class. "auto": labels and booleans are; so are whole
        numbers with at most 32 distinct values, and those of an integer type with more, if each
        occurs ten times on average.
    weights : RowWeights, optional
        How often each row counts; once if left out.

    Returns
    -------
    TypedColumn
        The target.

    Raises
    ------
    ValueError
        If there is a single class or value, a value is missing, or fractions are given as
        classes.
    """
    values = as_vector(y, "y")
    is_auto = discrete_target == "auto"
    is_discrete = looks_like_classes(values, weights) if is_auto else bool(discrete_target)
    if is_discrete and _has_fractions(values):
        first = _plain(values[values != np.floor(values)])
        msg = (
            f"y is to be taken as classes, but it holds fractions such as {first!r}. Take it as "
            "continuous (discrete_target=False, mutual_info_regression), or turn it into labels."
        )
        raise ValueError(msg)
    if not is_discrete and values.dtype.kind not in "fiub":
        msg = f"y is to be taken as numbers, but it holds {_plain(values)!r}. "
        msg += "Pass discrete_target=True."
        raise ValueError(msg)
    if (values == values[0]).all():
        what = "a single class" if is_discrete else "a single value"
        msg = f"y holds {what}, {_plain(values)!r}, in all {len(values)} rows: "
        msg += "nothing can tell of it."
        raise ValueError(msg)
    return TypedColumn(values, is_discrete)


def looks_like_classes(values: AnyArray, weights: RowWeights | None = None) -> bool:
    """Whether every distinct value is better taken as a level than cut into bins.

    Parameters
    ----------
    values : ndarray of shape (n_samples,)
        Numbers or labels.
    weights : RowWeights, optional
        How often each row counts; once if left out.

    Returns
    -------
    bool
        True for labels, booleans, whole numbers with at most 32 distinct values, and those of an
        integer type with more, if each occurs ten times on average.

    Examples
    --------
    >>> looks_like_classes(np.arange(100) % 40), looks_like_classes(np.arange(1000) % 40)
    (False, True)
    """
    if values.dtype.kind not in "fiu" or _frames.looks_discrete(values):
        return True
    n_distinct = len(np.unique(values))
    n_samples = len(values) if weights is None else weights.total
    return values.dtype.kind != "f" and n_samples >= ROWS_OF_A_CLASS * n_distinct


def _has_fractions(values: AnyArray) -> bool:
    return values.dtype.kind == "f" and bool((values != np.floor(values)).any())


def _plain(values: AnyArray) -> object:
    """Return the first value as Python's own, which a message shows without NumPy's type."""
    return values[:1].tolist()[0]
