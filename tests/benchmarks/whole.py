"""What a user waits for beside the selection: a whole fit, the import, and memory."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from functools import partial

import numpy as np
from greedy import CHOSEN, LARGE, WIDE, Codes, compared
from made import MODES, N_BINS, floats, numbers, shrunk, size
from measuring import Timed, alone, in_turn
from row import Row

import mifs

try:
    import resource
except ImportError:  # Windows
    resource = None

STATEMENTS = ("import mifs", "from mifs import MutualInfoSelector")
BYTES_OF_MAXRSS = 1 if sys.platform == "darwin" else 1024


def fits(mode_name: str) -> Iterator[Row]:
    """`fit` from float64, beside the selection alone from ready codes, both corrected."""
    mode = MODES[mode_name]
    n, d = shrunk(*WIDE, mode)
    k, made = min(CHOSEN, d), Codes(n, d)
    X, y = floats(n, d)
    selector = mifs.MutualInfoSelector("jmi", n_features_to_select=k, mi_estimator=binned())
    fit = Timed(lambda _: selector.fit(X, y))
    whole, alone_ = in_turn(fit, made.selection("jmi", k, "chance"), budget=2 * mode.seconds)
    row = Row(
        job="fit, jmi, float64",
        size=size(n, d),
        k=k,
        unit="× the selection",
        bar=3.0 if (n, d) == WIDE else None,
        short="whole fit from float64, JMI, 20 chosen",
    )
    yield compared(row, whole, alone_)
    rng = np.random.default_rng(0)
    for kind, weights in (
        ("whole weights, 1 to 3", rng.integers(1, 4, n)),
        ("one weight a class", np.where(y == 1, 0.7, 1.4)),
        ("weights that all differ", rng.random(n)),
    ):
        weighted = Timed(partial(lambda weights, _: selector.fit(X, y, weights), weights))
        row = Row(f"fit, {kind}", size(n, d), k=k, unit="× without weights")
        yield compared(row, *in_turn(weighted, fit, budget=2 * mode.seconds))


def binned() -> mifs.BinnedMI:
    """The bins that the codes have."""
    return mifs.BinnedMI(n_bins=N_BINS)


def imports(mode_name: str) -> Iterator[Row]:
    """What importing adds where NumPy and scikit-learn are imported already."""
    repeats = 11 if mode_name == "full" else 3
    for statement in STATEMENTS:
        found = [next(alone("importing", "seconds_of", statement)) for _ in range(repeats)]
        yield Row(
            job=statement,
            size="",
            seconds=statistics.median(found),
            least=min(found),
            figure=statistics.median(found),
            unit="s",
            bar=0.05 if statement == "import mifs" else None,
            note="Imports are timed after `import numpy, sklearn.feature_selection`.",
        )


def memory(mode_name: str) -> Iterator[Row]:
    """Peaks beyond the input, each in a process of its own."""
    n, d = shrunk(*LARGE, MODES[mode_name])
    is_whole = (n, d) == LARGE
    for job, unit, bar in (
        ("codes", "bytes/value", 2.0),
        ("float64", "bytes/value", 2.0),
        ("knn, classes", "% of the input", 25.0),
        ("knn, numbers", "% of the input", 25.0),
    ):
        name = f"memory, {job}"
        if resource is None:
            yield Row(name, size(n, d), note="Memory needs Python's resource module.")
            continue
        seconds, beyond, held = next(alone("whole", "grown", job, n, d))
        per = n * d if unit == "bytes/value" else held / 100
        yield Row(
            job=name,
            size=size(n, d),
            seconds=seconds,
            figure=beyond / per,
            unit=unit,
            bar=bar if is_whole else None,
            note="Memory is what a call adds to the peak (ru_maxrss) of a process that holds its "
            "input: one byte a value for codes, eight for the others.",
            short="memory beyond codes of one byte, JMI" if job == "codes" else "",
        )


def grown(job: str, n: int, d: int) -> Iterator[tuple[float, int, int]]:
    """Seconds of one call, what it adds to the peak of this process, and bytes of its input."""
    run, X, y = _call_of(job, n, d)
    few = slice(0, 1_000)
    run(X[few], y[few])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    run(X, y)
    seconds = time.process_time() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield seconds, (after - before) * BYTES_OF_MAXRSS, X.nbytes


def _call_of(job: str, n: int, d: int):
    """What is called, and its input."""
    if job.startswith("knn"):
        n_classes = 2 if job == "knn, classes" else None
        score = mifs.mutual_info_classif if n_classes else mifs.mutual_info_regression
        X, y = numbers(n, d, n_classes)
        return (lambda X, y: score(X, y, mi_estimator="knn")), X, y
    k = min(CHOSEN, d)
    is_coded = job == "codes"
    selector = mifs.MutualInfoSelector(
        "jmi",
        n_features_to_select=k,
        mi_estimator=binned(),
        discrete_features=True if is_coded else "auto",
    )
    if is_coded:
        rng = np.random.default_rng(0)
        X, y = np.empty((n, d), dtype=np.uint8), rng.integers(0, 2, n)
        for column in range(d):
            X[:, column] = rng.integers(0, N_BINS, n, dtype=np.uint8)
        return selector.fit, X, y
    X, y = floats(n, d)
    return selector.fit, X, y
