"""Speed and memory of relevance by nearest neighbours, beside scikit-learn in the same run.

Not collected with the tests, whose other processes would disturb it. The table:
python tests/benchmarks/neighbors.py
The bars below, which hold with the compiled kernels, and smaller ones without:
python -m pytest tests/benchmarks/neighbors.py

Times are of whole calls on numbers of type float64, the least CPU time of one thread over some
repeats; scikit-learn's of fewer columns, a column each.
"""

import os
import pathlib
import resource
import subprocess
import sys
import time
import tracemalloc

import numpy as np
import pytest
from sklearn import feature_selection

import mifs
from mifs._kernels.twins import TWINS, in_use
from mifs.counts import DiscreteVariable
from mifs.neighbors import MixedVariable, NeighborInformation, NumberTable

# Rows, columns, classes (None: a number), columns of scikit-learn's call; the ratio to reach with
# the compiled kernels, and with NumPy alone.
ROWS = [
    (1_000, 100, 2, 20, 100, 10),
    (1_000, 100, 10, 20, 150, 10),
    (10_000, 100, 2, 10, 100, 10),
    (100_000, 100, 2, 3, 100, 10),
    (100_000, 100, 10, 3, 60, 10),
    (1_000, 100, None, 20, 25, 2),
    (10_000, 100, None, 10, 30, 2),
    (100_000, 50, None, 3, 30, 2),
]
NAMES = ["rows", "columns", "classes", "ns_each", "ms", "theirs_ms", "ratio", "at_least"]


def seconds(function, repeats):
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def data(n, d, n_classes):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, d))
    y = X[:, 0] + rng.normal(size=n)
    if n_classes:
        y = np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
    return X, y


def measured(n, d, n_classes, d_theirs):
    """Milliseconds a column of ours and of scikit-learn's."""
    X, y = data(n, d, n_classes)
    name = "mutual_info_classif" if n_classes else "mutual_info_regression"
    ours, theirs = getattr(mifs, name), getattr(feature_selection, name)
    some = np.ascontiguousarray(X[:, :d_theirs])
    ours(X[:, :2], y, mi_estimator="knn")
    our_time = min(
        seconds(lambda: ours(X, y, mi_estimator="knn"), 2 if n > 10_000 else 7) for _ in "12"
    )
    their_time = seconds(lambda: theirs(some, y, random_state=0), 2)
    return 1e3 * our_time / d, 1e3 * their_time / d_theirs


def bar(row):
    return row[4] if "kth_in_plane" in TWINS and not in_use().startswith("NumPy") else row[5]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_relevance_is_faster_than_scikit_learns(row):
    ours, theirs = measured(*row[:4])
    assert theirs / ours >= bar(row)


@pytest.mark.parametrize("n_classes", [2, 10, None])
def test_relevance_takes_a_hundred_bytes_a_row(n_classes):
    X, y = data(10_000, 50, n_classes)
    target = MixedVariable.of_numbers(y, n_neighbors=3)
    if n_classes:
        target = MixedVariable.discrete(DiscreteVariable(y, n_classes))
    table = NumberTable(list(X.T), [False] * X.shape[1])
    NeighborInformation(table, target).relevance()
    tracemalloc.start()
    NeighborInformation(table, target).relevance()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak / len(X) <= 100


def grown(n, d, n_classes):
    """Share of the table's memory that a call adds to the peak of the process."""
    X, y = data(n, d, n_classes)
    score = mifs.mutual_info_classif if n_classes else mifs.mutual_info_regression
    few = slice(0, 1000)
    score(X[few], y[few], mi_estimator="knn")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    score(X, y, mi_estimator="knn")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (after - before) * 1024 / X.nbytes


def grown_alone(*shape):
    """The same in a process of its own, whose peak nothing else has reached before."""
    here = pathlib.Path(__file__).parent
    paths = [str(here), str(here.parents[1]), os.environ.get("PYTHONPATH", "")]
    return float(
        subprocess.run(
            [sys.executable, "-c", f"import neighbors; print(neighbors.grown(*{shape}))"],
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )


@pytest.mark.parametrize("n_classes", [2, None])
def test_a_million_rows_take_a_quarter_of_the_table(n_classes):
    assert grown_alone(1_000_000, 100, n_classes) <= 0.25


def main():
    print(f"kernels: {in_use()}; least CPU time of one thread, whole calls; ms a column")
    line = "{:>8} {:>8} {:>8} {:>10} {:>9} {:>9} {:>7} {:>9}".format
    print(line(*NAMES))
    for row in ROWS:
        ours, theirs = measured(*row[:4])
        n, d, n_classes = row[:3]
        print(
            line(
                n,
                d,
                n_classes or "number",
                f"{1e6 * ours / n:.1f}",
                f"{ours:.3f}",
                f"{theirs:.2f}",
                f"{theirs / ours:.0f}",
                bar(row),
            ),
            flush=True,
        )
    for n_classes in (2, None):
        share = grown_alone(1_000_000, 100, n_classes)
        print(f"peak memory of 1e6 x 100, {n_classes or 'number'}: input + {share:.1%}")


if __name__ == "__main__":
    main()
