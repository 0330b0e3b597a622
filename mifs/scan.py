"""One question to a source about many candidates: in blocks of columns, over threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from mifs._threads import Spread, parts_of, spread_over
from mifs._typing import BoolArray, IntArray
from mifs.terms import Information, PairTerms, Priced, Spreading

R = TypeVar("R")


def scan(
    information: Information,
    selected: tuple[int, ...],
    candidates: BoolArray,
    measure: Callable[[PairTerms], R],
) -> Iterator[tuple[IntArray, R]]:
    """Measure the terms of some candidates with the joint variable of the selected columns.

    A source that has a price and a spread is asked by several threads, each for some of the
    columns. Which ones changes no digit, as each column has terms of its own.

    Parameters
    ----------
    information : Information
        What knows the terms.
    selected : tuple of int
        The condition; of none, the empty one.
    candidates : ndarray of bool of shape (n_features,)
        Columns to measure.
    measure : callable
        What is wanted of the terms. It runs in the threads; only its result is kept.

    Yields
    ------
    tuple of ndarray of int and result
        The columns of each block, and what was measured.
    """

    def of_part(columns: IntArray) -> list[tuple[IntArray, R]]:
        part = np.zeros_like(candidates)
        part[columns] = True
        return [(columns, measure(pair)) for columns, pair in information.pair(selected, part)]

    spread: Spread = getattr(information, "spread", map)
    parts: list[IntArray] = []
    if spread is not map:
        parts = _parts_for(information, selected, candidates, spread)
    if len(parts) < 2:
        for columns, pair in information.pair(selected, candidates):
            yield columns, measure(pair)
        return
    for blocks in spread(of_part, parts):
        yield from blocks


def _parts_for(
    information: Information, selected: tuple[int, ...], candidates: BoolArray, spread: Spread
) -> list[IntArray]:
    """Parts to ask for; none, if the source spreads its work, or nobody knows how much it is."""
    spreads = getattr(information, "spreads", None)  # of SpreadInside: isinstance takes 2e-5 s
    if (spreads is not None and spreads(selected)) or not isinstance(information, Priced):
        return []
    return parts_of(candidates.nonzero()[0], information.seconds_in_a_scan, spread)


@contextmanager
def spread_columns(information: Information, n_jobs: int | None) -> Iterator[None]:
    """Threads over which a source spreads its columns, for some work.

    Parameters
    ----------
    information : Information
        The source; one that cannot spread its columns is left as it is.
    n_jobs : int or None
        As in `mifs._threads.n_threads_of`.

    Yields
    ------
    None
        Nothing: the source has the threads until the context ends.
    """
    if not isinstance(information, Spreading):
        yield
        return
    with spread_over(n_jobs) as spread:
        information.spread = spread
        try:
            yield
        finally:
            information.spread = map
