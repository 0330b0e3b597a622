"""Speed and memory of relevance by nearest neighbours, beside scikit-learn in the same run.

Not collected with the tests, whose other processes would disturb it; run it alone:
python -m pytest tests/benchmarks/neighbors.py
"""

import time
import tracemalloc

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from mifs.counts import DiscreteVariable
from mifs.neighbors import MixedVariable, NeighborInformation, NumberTable

N_SAMPLES, N_FEATURES = 10_000, 50


def seconds(function, repeats=3):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_SAMPLES, N_FEATURES))
    return X, X[:, 0] + rng.normal(size=N_SAMPLES)


def relevance(X, target):
    return NeighborInformation(NumberTable(list(X.T), [False] * X.shape[1]), target).relevance()


def of_kind(y, n_classes):
    """The target, prepared, and what scikit-learn takes and calls."""
    if n_classes is None:
        return MixedVariable.of_numbers(y, n_neighbors=3), y, mutual_info_regression
    codes = np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
    target = MixedVariable.discrete(DiscreteVariable(codes, n_classes))
    return target, codes, mutual_info_classif


@pytest.mark.parametrize(("n_classes", "at_least"), [(2, 8), (10, 8), (None, 2)])
def test_relevance_is_faster_than_scikit_learns(table, n_classes, at_least):
    X, y = table
    target, labels, peer = of_kind(y, n_classes)
    ours = seconds(lambda: relevance(X, target))
    theirs = seconds(lambda: peer(X, labels, random_state=0))
    assert theirs / ours >= at_least


@pytest.mark.parametrize("n_classes", [2, 10, None])
def test_relevance_takes_a_hundred_bytes_a_row(table, n_classes):
    X, y = table
    target, _, _ = of_kind(y, n_classes)
    relevance(X, target)
    tracemalloc.start()
    relevance(X, target)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak / N_SAMPLES <= 100
