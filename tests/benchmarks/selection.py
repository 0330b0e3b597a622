"""Time and memory of a whole selection: `python tests/benchmarks/selection.py`.

Prints one table for codes that are ready (ns per sample, candidate and step, beside one
np.bincount of the same table in the same run, and the tables needed of those that a plain search
counts), one for two threads, and one for whole fits from a float64 array.
"""

from __future__ import annotations

import platform
import time
import tracemalloc
from collections.abc import Callable

import numpy as np

import mifs
from mifs.counts import CodeTable, DiscreteVariable
from mifs.criteria import CRITERIA
from mifs.discrete import CountedInformation
from mifs.gate import Gate, GatedDoor
from mifs.scan import spread_columns
from mifs.search import FixedLength, forward_search

N_BINS = 10


def best_of(call: Callable[[], object], repeats: int = 3) -> float:
    """Least seconds of some runs: the one that other work on the machine disturbed least."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def data(n_samples: int, n_features: int) -> tuple[np.ndarray, np.ndarray]:
    """Normal columns, a tenth of them shifted by a fair binary target."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n_samples)
    X = rng.normal(size=(n_samples, n_features))
    X[:, ::10] += 0.3 * y[:, None] * rng.random(-(-n_features // 10))
    return X, y


def codes(X: np.ndarray) -> CodeTable:
    """Ten equal-frequency bins of every column."""
    table = mifs.Discretizer(n_bins=N_BINS).fit_transform(X)
    return CodeTable([DiscreteVariable(column, N_BINS) for column in table.T])


def seconds_of_bincount(n_samples: int) -> float:
    """One np.bincount of a table of a candidate with a selected column and the target."""
    cells = np.random.default_rng(0).integers(0, 2 * N_BINS * N_BINS, n_samples)
    calls = max(1, 10**6 // n_samples)
    return best_of(lambda: [np.bincount(cells) for _ in range(calls)]) / calls


def print_selections() -> None:
    """Print the cost of each criterion on ready codes, at sizes of each shape."""
    print(f"{'criterion':<10}{'n':>9}{'d':>7}{'k':>4}{'correction':>12}", end="")
    print(f"{'seconds':>9}{'ns/value/step':>15}{'bincount':>10}{'tables':>8}{'of plain':>9}")
    shapes = [("jmi", 10_000, 1_000, 20), ("mrmr", 10_000, 1_000, 20), ("cmim", 10_000, 1_000, 20)]
    shapes += [("jmi", 1_000, 1_000, 20), ("jmi", 100_000, 100, 20), ("jmi", 100, 10_000, 20)]
    shapes += [("jmi", 10_000, 100, 20), ("jmi", 10_000, 1_000, 40)]  # linear in d, in k
    shapes += [("jmim", 10_000, 1_000, 20), ("cmim", 100, 10_000, 20), ("cmim", 10**6, 100, 20)]
    for name, n, d, k in shapes:
        X, y = data(n, d)
        table, target = codes(X), DiscreteVariable(y, 2)
        for correction in (None, "chance"):

            def search(table=table, target=target, name=name, k=k, correction=correction):
                source = CountedInformation(table, target, correction=correction)
                door = FixedLength(k)
                return forward_search(CRITERIA[name](), source, door=door, describes=False)

            seconds, n_tables = best_of(search), search().n_tables
            share = n_tables / sum(d - step for step in range(1, k))
            per_value = 1e9 * seconds / (n * d * k)
            bincount = 1e9 * seconds_of_bincount(n) / n
            print(f"{name:<10}{n:>9}{d:>7}{k:>4}{correction or 'none':>12}", end="")
            print(f"{seconds:>9.3f}{per_value:>15.2f}{bincount:>10.2f}{n_tables:>8}{share:>9.0%}")


def print_threads() -> None:
    """Print what a second thread saves, from a plain path on ready codes."""
    print(f"{'threads':<10}{'n':>9}{'d':>7}{'k':>4}{'one':>9}{'two':>9}{'speed-up':>10}")
    for n, d in ((2_000, 500), (10_000, 1_000), (100_000, 100), (1_000_000, 20)):
        X, y = data(n, d)
        source = CountedInformation(codes(X), DiscreteVariable(y, 2))

        def search(n_jobs: int, source=source):
            with spread_columns(source, n_jobs):
                forward_search(CRITERIA["jmi"](), source, door=FixedLength(10), describes=False)

        one, two = best_of(lambda: search(1)), best_of(lambda: search(2))
        print(f"{'jmi':<10}{n:>9}{d:>7}{10:>4}{one:>9.3f}{two:>9.3f}{one / two:>10.2f}")


def print_gate() -> None:
    """Print what the gate adds to the path of the same length that it stops."""
    print(f"{'gate':<10}{'n':>9}{'d':>7}{'k':>4}{'seconds':>9}{'of the path alone':>19}{'fit':>9}")
    for n, d in ((2_000, 500), (10_000, 1_000)):
        X, y = data(n, d)
        table, target = codes(X), DiscreteVariable(y, 2)
        everything, rng = np.ones(d, dtype=bool), np.random.default_rng(0)

        def search(fixed: int | None, table=table, target=target, everything=everything, rng=rng):
            source = CountedInformation(table, target)
            door = FixedLength(fixed) if fixed else GatedDoor(Gate(), source, everything, rng)
            return forward_search(CRITERIA["jmi"](), source, door=door)

        k = len(search(None).order)
        gated, alone = best_of(lambda: search(None)), best_of(lambda k=k: search(k))
        fit = best_of(lambda X=X, y=y: mifs.MutualInfoSelector("jmi").fit(X, y))
        print(f"{'jmi':<10}{n:>9}{d:>7}{k:>4}{gated:>9.3f}{gated / alone:>19.2f}{fit:>9.3f}")


def print_fits() -> None:
    """Print time and memory of `fit` from a float64 array, and of the selection within it."""
    print(f"{'fit':<10}{'n':>9}{'d':>7}{'k':>4}{'seconds':>9}{'bytes/value beyond X':>22}")
    for n, d in ((10_000, 1_000), (1_000, 1_000), (100_000, 100)):
        X, y = data(n, d)
        selector = mifs.MutualInfoSelector("jmi", 20, mi_estimator=mifs.BinnedMI(N_BINS))
        seconds = best_of(lambda selector=selector, X=X, y=y: selector.fit(X, y))
        tracemalloc.start()
        selector.fit(X, y)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        print(f"{'jmi':<10}{n:>9}{d:>7}{20:>4}{seconds:>9.3f}{peak / X.size:>22.2f}")


if __name__ == "__main__":
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    print_selections()
    print_threads()
    print_gate()
    print_fits()
