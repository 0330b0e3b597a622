"""Columns of a sparse table: what is stored of each, never the table laid out in full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from mifs._typing import AnyArray, IntArray


@dataclass(frozen=True, eq=False)
class StoredColumn:
    """One column: the rows that differ from zero, and their values.

    Attributes
    ----------
    rows : ndarray of int of shape (n_stored,)
        Rows, each at most once.
    values : ndarray of shape (n_stored,)
        Their values, NaN among them where missing, none of them zero.
    n_zeros : int
        Number of all other rows.
    """

    rows: IntArray
    values: AnyArray
    n_zeros: int

    def with_zero(self) -> AnyArray:
        """Return the stored values, and after them one zero if the column has any."""
        return np.append(self.values, self.values.dtype.type(0)) if self.n_zeros else self.values

    def dense(self) -> AnyArray:
        """Return a value for every row."""
        return self.rows_of(self.values)

    def rows_of(self, stored: AnyArray) -> AnyArray:
        """Return an array for every row from one for the stored rows; zero in all others."""
        values = np.zeros(len(self.rows) + self.n_zeros, dtype=stored.dtype)
        values[self.rows] = stored[: len(self.rows)]
        return values


def is_sparse(X: Any) -> bool:
    """Whether X is a sparse array or matrix of SciPy."""
    return bool(sparse.issparse(X))


def with_rows(X: Any) -> Any:
    """Return a table whose rows can be taken: a sparse one as CSR, any other as it is."""
    return X.tocsr() if is_sparse(X) else X


def in_columns(X: Any) -> Any:
    """Return a sparse table column by column, duplicates summed; the table stays as it is."""
    csc = X.tocsc()
    if not csc.has_canonical_format:
        csc = csc.copy() if csc is X or np.shares_memory(csc.data, X.data) else csc
        csc.sum_duplicates()
    return csc


def stored_column(csc: Any, place: int) -> StoredColumn:
    """Return one column of what `in_columns` returned."""
    start, end = csc.indptr[place : place + 2]
    rows, values = csc.indices[start:end], csc.data[start:end]
    is_other = values != 0
    if not is_other.all():
        rows, values = rows[is_other], values[is_other]
    return StoredColumn(rows, values, csc.shape[0] - len(rows))


def n_bad_stored(X: Any, find: Callable[[AnyArray], AnyArray]) -> dict[int, int]:
    """Return how often a test such as `numpy.isnan` is true in each column, where it ever is."""
    coordinates = X.tocoo()
    bad = np.bincount(coordinates.col[find(coordinates.data)], minlength=X.shape[1])
    return {int(column): int(bad[column]) for column in np.flatnonzero(bad)}
