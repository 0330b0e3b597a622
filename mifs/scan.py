"""One question to a source about many candidates: in blocks of columns, over threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from mifs._threads import Spread, spread_over
from mifs._typing import BoolArray, IntArray
from mifs.terms import Information, PairTerms, Priced, Spreading

R = TypeVar("R")

SECONDS_OF_A_SCAN = 1e-3  # below that a thread costs more than it saves
SECONDS_OF_A_PART = 2.5e-4  # below that to ask for it does
PARTS_OF_A_THREAD = 4  # so that threads end at about the same time
TOGETHER = 32  # neighbours that a source may count in one sweep stay in one part


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

    def of_part(part: BoolArray) -> list[tuple[IntArray, R]]:
        return [(columns, measure(pair)) for columns, pair in information.pair(selected, part)]

    spread: Spread = getattr(information, "spread", map)
    parts = [candidates]
    if spread is not map and isinstance(information, Priced):
        seconds = information.seconds_in_a_scan
        # What takes as long alone is not swept, and each column may go to another thread.
        together = TOGETHER if seconds < information.seconds else 1
        parts = parts_of(candidates, seconds, n_parts_over(spread), together=together)
    # One part is measured here: to hand it over and wait would take longer.
    for blocks in spread(of_part, parts) if len(parts) > 1 else map(of_part, parts):
        yield from blocks


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


def n_parts_over(spread: Spread) -> int:
    """Parts of some work at most, so that all threads end at about the same time.

    Parameters
    ----------
    spread : callable
        The threads.

    Returns
    -------
    int
        A few for each of them.
    """
    return PARTS_OF_A_THREAD * int(getattr(spread, "n_threads", 2))


def parts_of(
    candidates: BoolArray, seconds: float, n_parts: int, *, together: int = TOGETHER
) -> list[BoolArray]:
    """Part some columns into masks of about equal work; into one, if that is a millisecond.

    Parameters
    ----------
    candidates : ndarray of bool of shape (n_features,)
        The columns.
    seconds : float
        About how long one of them takes.
    n_parts : int
        How many parts at most.
    together : int, default=32
        Parts are cut at its multiples.

    Returns
    -------
    list of ndarray of bool of shape (n_features,)
        Masks of neighbours that together are the columns; at least one.

    Examples
    --------
    200 columns of 10 microseconds each are two milliseconds, and cut at multiples of 32:

    >>> [int(part.sum()) for part in parts_of(np.ones(200, dtype=bool), 1e-5, 4)]
    [64, 64, 32, 40]
    """
    columns = np.flatnonzero(candidates)
    work = len(columns) * seconds
    n_parts = int(min(n_parts, work / SECONDS_OF_A_PART, -(-len(columns) // together)))
    if work < SECONDS_OF_A_SCAN or n_parts < 2:
        return [candidates]
    cuts = columns[np.arange(1, n_parts) * len(columns) // n_parts]
    cuts = -(-cuts // together) * together
    part_of = np.searchsorted(cuts, np.arange(len(candidates)), side="right")
    parts = [candidates & (part_of == part) for part in range(n_parts)]
    return [part for part in parts if part.any()]
