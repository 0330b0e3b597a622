"""One question to a source about many candidates: in blocks of columns, over threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import TypeVar

import numpy as np

from mifs._threads import Spread, spread_over
from mifs._typing import BoolArray, IntArray
from mifs.terms import Information, PairTerms, Preparing, Priced, Spreading

R = TypeVar("R")

# To wake a thread takes about 6e-5 seconds, and to prepare a part 1e-4, while others wait.
LEAST_SECONDS_OF_A_PART = 5e-4
SECONDS_OF_A_PART = 2e-3  # where it hardly matters how many more there are
PARTS_OF_A_THREAD = 8  # so that threads end at about the same time, though others slow some down
TOGETHER = 64  # neighbours that a source may sweep over together: their codes share lines of cache


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
        parts = parts_of(candidates, seconds, spread, together=together)
    if len(parts) > 1 and isinstance(information, Preparing):
        information.prepare(selected)
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


def parts_of(
    candidates: BoolArray, seconds: float, spread: Spread, *, together: int = TOGETHER
) -> list[BoolArray]:
    """Part some columns into masks of about equal work.

    Parameters
    ----------
    candidates : ndarray of bool of shape (n_features,)
        The columns.
    seconds : float
        About how long one of them takes.
    spread : callable
        The threads: there are as many parts, or a few times as many where work is long.
    together : int, default=64
        Parts are cut at its multiples.

    Returns
    -------
    list of ndarray of bool of shape (n_features,)
        Masks of neighbours that together are the columns; one, if there is little to do.

    Examples
    --------
    200 columns of 10 microseconds each are two milliseconds, and cut at a multiple of 64:

    >>> class Two:
    ...     n_threads = 2
    >>> [int(part.sum()) for part in parts_of(np.ones(200, dtype=bool), 1e-5, Two())]
    [128, 72]
    """
    columns = np.flatnonzero(candidates)
    n_parts = _n_parts(len(columns) * seconds, int(getattr(spread, "n_threads", 2)))
    n_parts = min(n_parts, -(-len(columns) // together))
    if n_parts < 2:
        return [candidates]
    firsts = [int(columns[part * len(columns) // n_parts]) for part in range(1, n_parts)]
    cuts = [-(-first // together) * together for first in firsts]
    parts = []
    for start, stop in pairwise([0, *cuts, len(candidates)]):
        part = np.zeros_like(candidates)
        part[start:stop] = candidates[start:stop]
        parts.append(part)
    return [part for part in parts if part.any()]


def _n_parts(work: float, n_threads: int) -> int:
    """Parts of so many seconds of work: one for each thread, or some if they are long."""
    of_each = int(work / n_threads / SECONDS_OF_A_PART)
    n_parts = n_threads * min(max(of_each, 1), PARTS_OF_A_THREAD)
    return min(n_parts, int(work / LEAST_SECONDS_OF_A_PART))
