"""The tables that are measured, the same for everyone, and how large they are in each mode."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

N_BINS = 10
GROUP = 5  # columns that share a source
TELLING = 10  # sources that say something of the target


class Mode(NamedTuple):
    """How much is done."""

    values: int  # at most, of a table that is selected from
    columns: int  # at most
    seconds: float  # for the repeats of one row
    limit: float  # seconds of a peer
    shape_of_peers: tuple[int, int]
    of_scaling: int  # greatest n, and n * d, where growth is shown


MODES = {
    "full": Mode(10**8, 10**4, 10.0, 120.0, (2_000, 500), 10**6),
    "quick": Mode(2 * 10**6, 10**4, 0.5, 15.0, (500, 60), 10**5),
    "tiny": Mode(10**4, 20, 0.0, 15.0, (200, 12), 10**4),
}


def shrunk(n: int, d: int, mode: Mode) -> tuple[int, int]:
    """Make the longer side shorter until the table is small enough."""
    d = min(d, mode.columns)
    if n * d <= mode.values:
        return n, d
    if n > d:
        return mode.values // d, d
    return n, mode.values // n


def size(n: int, d: int) -> str:
    """A shape in words."""
    return f"{n:,} × {d:,}"


def floats(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns in groups that share a source, and two classes of which ten groups tell little.

    Columns are drawn one by one, so that making the table takes little more memory than it has.
    """
    rng = np.random.default_rng(0)
    X = np.empty((n, d))
    signal = np.zeros(n)
    for column in range(d):
        if column % GROUP == 0:
            source = rng.standard_normal(n)
            if column < GROUP * TELLING:
                signal += source
        X[:, column] = source + rng.standard_normal(n)
    signal += 2 * np.sqrt(TELLING) * rng.standard_normal(n)
    return X, (signal > np.median(signal)).astype(np.int64)


def codes(n: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Ten equal-frequency bins of every column, a row of the result each, and the classes."""
    X, y = floats(n, d)
    result = np.empty((d, n), dtype=np.uint8)
    for column in range(d):
        edges = np.quantile(X[:, column], np.arange(1, N_BINS) / N_BINS)
        result[column] = np.searchsorted(edges, X[:, column], side="right")
    return result, y


def numbers(n: int, d: int, n_classes: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Normal columns, and a number or some classes of equal frequency that the first tells of."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((n, d))
    y = X[:, 0] + rng.standard_normal(n)
    if n_classes is None:
        return X, y
    return X, np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
