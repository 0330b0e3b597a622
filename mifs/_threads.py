"""Threads that stand ready for fits, asleep in between, and the rule by which there are any."""

from __future__ import annotations

import atexit
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from time import sleep
from typing import Any, TypeAlias

import numpy as np
from joblib.parallel import ThreadingBackend, get_active_backend

from mifs._kernels.counting import Crew
from mifs._typing import IntArray

# Applies a function to each of some items, in their order, as the built-in `map` does.
Spread: TypeAlias = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]

# To wake a thread takes about 6e-5 seconds, and to prepare a part 1e-4, while others wait.
LEAST_SECONDS_OF_A_PART = 5e-4
SECONDS_OF_A_PART = 2e-3  # where it hardly matters how many more there are
PARTS_OF_A_THREAD = 8  # so that threads end at about the same time, though others slow some down


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
    if n_jobs == 1:
        return 1
    backend, n_configured = get_active_backend()
    n_wanted = n_configured if n_jobs is None else n_jobs
    # Those of processes would warn in a worker of a pool, where threads do no harm.
    return 1 if backend.nesting_level else int(ThreadingBackend().effective_n_jobs(n_wanted))


class Threads:
    """Threads as a `map`: they apply a function to each of some items, in their order.

    Who calls works too, and the others help: one that wakes late finds nothing left, and is not
    waited for.

    Parameters
    ----------
    n_threads : int
        How many, with the one that calls; another fit may change it. The others start once there
        is something for them to do, and sleep where there is not.
    """

    def __init__(self, n_threads: int) -> None:
        self.n_threads = n_threads
        self._crew = Crew()
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        self._helpers: list[threading.Thread] = []
        self._lock = threading.Lock()

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
        call = _Call(function, items)
        n_helpers = max(0, min(self.n_threads, len(call.results)) - 1)
        self._start(n_helpers)
        for _ in range(n_helpers):
            self._calls.put(call)
        self._crew.call(n_helpers)
        return call.answered()

    def crew(self, n_threads: int) -> Crew:
        """Return the others, to help a kernel with work for so many, of which one is who calls."""
        self._start(n_threads - 1)
        return self._crew

    def _start(self, n_helpers: int) -> None:
        with self._lock:
            for number in range(len(self._helpers), n_helpers):
                # A daemon: an interrupt can come before `end`, and the interpreter is to exit then.
                helper = threading.Thread(
                    target=self._stand_ready, name=f"mifs_{number}", daemon=True
                )
                self._helpers.append(helper)
                helper.start()

    def _stand_ready(self) -> None:
        while self._crew.stand_ready():
            call = self._calls.get()
            call.help()
            del call  # lest it be kept until the next one comes

    def stand(self) -> bool:
        """Whether all that started are there; a fork leaves its child none."""
        return all(helper.is_alive() for helper in self._helpers)

    def end(self) -> None:
        """End the threads."""
        self._crew.end()
        for helper in self._helpers:
            if helper.is_alive():  # one whose start was interrupted cannot be joined, but ends too
                helper.join()


class _Call:
    """A function of some items, each of which goes to the first thread that has time for it.

    A call within another ends too, whichever threads both share: one waits only for items that
    others have begun, and who has begun one takes no more of other calls until it is done.
    """

    def __init__(self, function: Callable[[Any], Any], items: Iterable[Any]) -> None:
        self._function = function
        self._left = deque(enumerate(items))
        self.results: list[Any] = [None] * len(self._left)
        self._errors: dict[int, BaseException] = {}
        self._n_helped: SimpleQueue[int] = SimpleQueue()

    def help(self) -> None:
        """Work on what is left, and say how much that was."""
        if n_done := self._work():
            self._n_helped.put(n_done)

    def answered(self) -> list[Any]:
        """Work on what is left, wait for what others have begun, and return all results."""
        n_missing = len(self.results) - self._work()
        while n_missing:
            n_missing -= self._n_helped.get()
        if self._errors:
            raise self._errors[min(self._errors)]
        return self.results

    def _work(self) -> int:
        """Take item by item, until none is left; return how many."""
        n_done = 0
        while self._left:
            try:
                place, item = self._left.popleft()
            except IndexError:  # another thread was faster
                break
            n_done += 1
            if min(tuple(self._errors), default=place) < place:
                continue  # what comes after an error is not wanted; what comes before it may raise
            try:
                self.results[place] = self._function(item)
            except BaseException as error:  # raised by the thread that called
                self._errors[place] = error
        return n_done


_idle: list[Threads] = []  # no more than worked at once; no lock, which a fork might copy held


def _taken() -> Threads | None:
    """Take threads that are idle, the last that came."""
    try:  # not a look before: another thread may take the last ones
        return _idle.pop()
    except IndexError:
        return None


def end_idle() -> None:
    """End the threads that no fit is at."""
    while threads := _taken():
        threads.end()
        sleep(1e-4)  # Python 3.12 does not wait until all is gone, and would warn of a fork


atexit.register(end_idle)
if hasattr(os, "register_at_fork"):  # not on Windows; some may come back before the fork itself
    os.register_at_fork(before=end_idle, after_in_child=_idle.clear)


@contextmanager
def spread_over(n_jobs: int | None) -> Iterator[Spread]:
    """Threads that nobody else has, for some work, as a `map`; the built-in one if they are one.

    Parameters
    ----------
    n_jobs : int or None
        As in `n_threads_of`.

    Yields
    ------
    Spread
        Good until the context ends, when the threads go to sleep; after an error they end.
    """
    n_threads = n_threads_of(n_jobs)
    if n_threads == 1:
        yield map
        return
    threads = _taken() or Threads(n_threads)
    threads.n_threads = n_threads
    try:
        yield threads
    except BaseException:  # such as an interrupt, while they were started or called
        threads.end()
        raise
    if threads.stand():
        _idle.append(threads)


def parts_of(columns: IntArray, seconds: float, spread: Spread) -> list[IntArray]:
    """Part some columns into neighbours of about equal work.

    Parameters
    ----------
    columns : ndarray of int of shape (n_columns,)
        The columns, ascending.
    seconds : float
        About how long one of them takes.
    spread : callable
        The threads: there are as many parts, or a few times as many where work is long.

    Returns
    -------
    list of ndarray of int
        The columns in their order; one part, if there is little to do or nobody to share it.

    Examples
    --------
    200 columns of 10 microseconds each are two milliseconds:

    >>> class Two:
    ...     n_threads = 2
    >>> [len(part) for part in parts_of(np.arange(200), 1e-5, Two())]
    [100, 100]
    """
    n_parts = min(n_parts_of(len(columns) * seconds, spread), max(1, len(columns)))
    return np.array_split(columns, n_parts)


def of_parts(
    function: Callable[[IntArray], Any], parts: list[IntArray], spread: Spread
) -> Iterable[Any]:
    """Apply a function to some parts; one is done here: to hand it over and wait takes longer."""
    return spread(function, parts) if len(parts) > 1 else map(function, parts)


def n_parts_of(seconds: float, spread: Spread) -> int:
    """Parts of some seconds of work: one for each thread, or a few if they are long."""
    if spread is map:
        return 1
    n_threads = int(getattr(spread, "n_threads", 2))
    of_each = int(seconds / n_threads / SECONDS_OF_A_PART)
    n_parts = n_threads * min(max(of_each, 1), PARTS_OF_A_THREAD)
    return max(1, min(n_parts, int(seconds / LEAST_SECONDS_OF_A_PART)))
