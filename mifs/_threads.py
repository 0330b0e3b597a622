"""Threads that stand ready for the length of one fit, and the rule by which there are any."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeAlias

from joblib import effective_n_jobs
from joblib.parallel import get_active_backend

# Applies a function to each of some items, in their order, as the built-in `map` does.
Spread: TypeAlias = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


def n_threads_of(n_jobs: int | None) -> int:
    """Threads that a number of jobs means, as scikit-learn counts them.

    Parameters
    ----------
    n_jobs : int or None
        None is one, or what `joblib.parallel_config` says; -1 is all processors.

    Returns
    -------
    int
        One within a job of joblib, such as a fold of a grid search: what is parallel outside is
        not made so once more inside.
    """
    backend, _ = get_active_backend()
    return 1 if backend.nesting_level else int(effective_n_jobs(n_jobs))


class Threads:
    """Threads as a `map`: it applies a function to each of some items, in their order.

    Parameters
    ----------
    n_threads : int
        How many, at least one. They sleep where there is nothing to do.
    """

    def __init__(self, n_threads: int) -> None:
        self.n_threads = n_threads
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(n_threads, "mifs", self._mark)

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
        # Threads that waited for others of the same few might wait for ever.
        is_within = getattr(self._own, "is_within", False)
        return map(function, items) if is_within else self._pool.map(function, items)

    def _mark(self) -> None:
        self._own.is_within = True

    def end(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)


@contextmanager
def spread_over(n_jobs: int | None) -> Iterator[Spread]:
    """Threads that stand ready for some work, as a `map`; the built-in one if they are one.

    Parameters
    ----------
    n_jobs : int or None
        As in `n_threads_of`.

    Yields
    ------
    Spread
        Good until the context ends, and then the threads do.
    """
    n_threads = n_threads_of(n_jobs)
    if n_threads == 1:
        yield map
        return
    threads = Threads(n_threads)
    try:
        yield threads
    finally:
        threads.end()
