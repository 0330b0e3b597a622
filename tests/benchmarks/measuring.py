"""Clocks, and processes of their own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
MARK = "= "  # before what a child found, as peers print as well
FEWEST, MOST = 3, 15  # repeats
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "POLARS_MAX_THREADS",
    ),
    "1",
)


class Timing(NamedTuple):
    """Seconds of some repeats."""

    median: float
    least: float


class Timed(NamedTuple):
    """Something to time; what `prepare` returns is made anew for each repeat, off the clock."""

    run: Callable[[Any], object]
    prepare: Callable[[], Any] = lambda: None


def in_turn(
    *calls: Timed, budget: float, clock: Callable[[], float] = time.process_time
) -> list[Timing]:
    """Times of several calls, each run in every round, so that other work disturbs all alike.

    Rounds go on until there are fifteen, or, from three on, `budget` seconds are used up.
    """
    seconds: list[list[float]] = [[] for _ in calls]
    began = time.perf_counter()
    for done in range(MOST):
        if done >= FEWEST and time.perf_counter() - began > budget:
            break
        for call, found in zip(calls, seconds, strict=True):
            prepared = call.prepare()
            start = clock()
            call.run(prepared)
            found.append(clock() - start)
    return [Timing(statistics.median(found), min(found)) for found in seconds]


class ChildError(Exception):
    """A child ended with an error; its last line."""


def alone(
    module: str,
    function: str,
    *arguments: object,
    limit: float | None = None,
) -> Iterator[Any]:
    """Yield what a generator of a module of this folder does, in a process of its own."""
    code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import json, {module}\n"
    code += f"for item in {module}.{function}(*json.loads(sys.argv[1])):\n"
    code += f"    print({MARK!r} + json.dumps(item, default=vars), flush=True)\n"
    # Imports are timed as of an installed package, whose bytecode is there.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", code, json.dumps(arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**inherited, **ONE_THREAD},
    )
    is_late = threading.Event()
    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True)
    reader.start()
    timer = threading.Timer(limit or threading.TIMEOUT_MAX, lambda: _end(process, is_late))
    timer.daemon = True
    timer.start()
    try:
        for line in process.stdout or ():
            if line.startswith(MARK):
                yield json.loads(line.removeprefix(MARK))
        failed = process.wait()
        reader.join()
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        (process.stdout or sys.stdin).close()
    if is_late.is_set():
        raise TimeoutError(f"ended at {limit:.0f} s")
    if failed:
        raise ChildError("".join(errors).strip().rpartition("\n")[2] or f"code {failed}")


def _end(process: subprocess.Popen[str], is_late: threading.Event) -> None:
    is_late.set()
    process.kill()
