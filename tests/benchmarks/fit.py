"""What a fit costs beside its selection: `python tests/benchmarks/fit.py`.

Prints, for a wide and a long table of floats, the CPU time of a whole fit, of the selection alone
from ready codes, and of each stage before and after it in ns per value of X; the peak of memory
beyond X; and what importing adds to importing NumPy and scikit-learn.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from itertools import chain

import numpy as np

import mifs
from mifs import _frames
from mifs._kernels.twins import in_use
from mifs.counts import CodeTable, DiscreteVariable
from mifs.criteria import CRITERIA
from mifs.discrete import CountedInformation
from mifs.encoding import TypedTable, checked_table
from mifs.mi_estimators.binned import blocks_of
from mifs.search import FixedLength, forward_search
from mifs.selectors.rails import Rails

N_SELECTED = 20
SHAPES = ((10_000, 1_000), (1_000_000, 100))
IMPORTS = ("import mifs", "from mifs import MutualInfoSelector")
BEFORE = "import numpy, sklearn.base, sklearn.feature_selection"


def seconds_of(
    call: Callable[..., object], repeats: int = 5, prepare: Callable[[], object] | None = None
) -> float:
    """Least CPU time of some runs: the one that other work on the machine disturbed least.

    Each run gets what `prepare` makes, whose time is not counted.
    """
    seconds = []
    for _ in range(repeats):
        prepared = () if prepare is None else (prepare(),)
        start = time.thread_time()
        call(*prepared)
        seconds.append(time.thread_time() - start)
    return min(seconds)


def data(n_samples: int, n_features: int) -> tuple[np.ndarray, np.ndarray]:
    """Normal columns, a tenth of them shifted by a fair binary target."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n_samples)
    X = rng.normal(size=(n_samples, n_features))
    X[:, ::10] += 0.3 * y[:, None] * rng.random(-(-n_features // 10))
    return X, y


def exhaust(items: object) -> None:
    """Take all items of an iterable and keep none."""
    for _ in items:
        pass


def stored_codes(encode: Callable[..., list[DiscreteVariable]], table: TypedTable) -> CodeTable:
    """Code a table and store it, as a fit does."""
    coded = chain.from_iterable(map(encode, blocks_of(table.in_place())))
    return CodeTable(coded, n_expected=table.n_features)


def seconds_of_stages(X: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """CPU time of each stage; those that contain another are given without it."""
    estimator, target = mifs.BinnedMI(), DiscreteVariable(y.astype(np.uint8), 2)

    _, facts = checked_table(X, missing="level")

    def typed() -> TypedTable:
        return TypedTable(X, discrete_features="auto", names=None, facts=facts)

    table = typed()
    variables = [estimator.encode(column) for column in table]

    def selection(codes: CodeTable) -> None:
        information = CountedInformation(codes, target)
        forward_search(CRITERIA["jmi"](), information, door=FixedLength(N_SELECTED))

    rails = Rails(table, target, np.zeros(X.shape[1]), is_comparable=True)
    read = seconds_of(lambda: exhaust(_frames.array_columns(X, facts=facts, may_be_views=True)))
    kinds = seconds_of(lambda: exhaust(typed().in_place()))
    coded = seconds_of(lambda: exhaust(map(estimator.encode_block, blocks_of(typed().in_place()))))
    stored = seconds_of(lambda: stored_codes(estimator.encode_block, typed()))
    return {
        "check": seconds_of(lambda: checked_table(X, missing="level")),
        "read": read,
        "kinds": kinds - read,
        "cut, code": coded - kinds,
        "store": stored - coded,
        "rails": seconds_of(rails.columns),
        "selection": seconds_of(selection, repeats=3, prepare=lambda: CodeTable(variables)),
    }


def bytes_beyond(X: np.ndarray, y: np.ndarray, selector: mifs.MutualInfoSelector) -> float:
    """Peak of memory that a fit takes, in bytes per value of X."""
    tracemalloc.start()
    selector.fit(X, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / X.size


def print_fit(n_samples: int, n_features: int) -> None:
    """Print one shape."""
    X, y = data(n_samples, n_features)
    selector = mifs.MutualInfoSelector("jmi", N_SELECTED)
    stages = seconds_of_stages(X, y)
    whole = seconds_of(lambda: selector.fit(X, y), repeats=3)
    selection = stages.pop("selection")
    print(f"\n{n_samples} x {n_features}, float64, jmi, {N_SELECTED} columns")
    print(
        f"  whole fit {whole:.3f} s, selection alone {selection:.3f} s: {whole / selection:.2f} x"
    )
    each = {**stages, "other": whole - selection - sum(stages.values())}
    print("  ns/value: " + ", ".join(f"{name} {1e9 * s / X.size:.2f}" for name, s in each.items()))
    sort = seconds_of(lambda: np.sort(X[:, 0])) / n_samples
    print(f"  np.sort of a column: {1e9 * sort:.2f} ns/value")
    print(f"  peak beyond X: {bytes_beyond(X, y, selector):.2f} bytes/value")


def print_imports() -> None:
    """Print what importing adds; bytecode is written, as by an installer."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    print(f"\nafter `{BEFORE}`, median of 10 processes")
    for what in IMPORTS:
        code = f"import time; {BEFORE}\nt = time.process_time(); {what}\n"
        code += "print(time.process_time() - t)"
        command = [sys.executable, "-c", code]
        seconds = [
            float(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
            for _ in range(11)
        ]
        print(f"  {what}: {statistics.median(seconds[1:]):.4f} s CPU")


if __name__ == "__main__":
    print(f"{platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    print(f"kernels: {in_use()}")
    print_imports()
    for shape in SHAPES:
        print_fit(*shape)
