"""Whole selections are the same, bit for bit, on every kind of kernels."""

import os
import subprocess
import sys

import pytest

from mifs._kernels import twins

PROGRAM = """
import hashlib
import numpy as np
from mifs import BinnedMI, MutualInfoSelector

def columns(n, d, seed):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    X = rng.normal(size=(n, d))
    X[:, ::4] += 0.5 * y[:, None]
    X[:, 1::5] = np.round(2 * X[:, 1::5])
    X[:, 2] = rng.integers(0, 300, n)
    X[rng.random((n, d)) < 0.03] = np.nan
    X[:, 3] = X[:, 0]
    return X, y, rng.integers(1, 4, n)

def digest(selector, X, y, **weights):
    path = selector.fit(X, y, **weights).path_
    named = (path.order, path.score, path.last_score, path.relevance, path.redundancy)
    seen = b"".join(np.ascontiguousarray(values).tobytes() for values in named)
    seen += selector.relevance_.tobytes() + str(path.n_tables).encode()
    if hasattr(selector, "gate_"):
        seen += repr(selector.why_not_frame().values.tolist()).encode()
    return hashlib.sha256(seen).hexdigest()[:16]

tall, short, wide = columns(3000, 40, 0), columns(90, 200, 1), columns(400, 150, 2)
print(digest(MutualInfoSelector("jmi", 6), *tall[:2]))
print(digest(MutualInfoSelector("cmim"), *tall[:2]))
print(digest(MutualInfoSelector("cmim", 6), *wide[:2]))
print(digest(MutualInfoSelector("mrmr", 6), *tall[:2], sample_weight=tall[2]))
print(digest(MutualInfoSelector("jmi", 6), *tall[:2], sample_weight=1 + 0.25 * tall[1]))
print(digest(MutualInfoSelector("jmi", 6), *tall[:2], sample_weight=np.linspace(0.1, 2, 3000)))
print(digest(MutualInfoSelector("mrmr", 6), *wide[:2]))
print(digest(MutualInfoSelector("jmi", 6, mi_estimator=BinnedMI(correction=None)), *short[:2]))
print(digest(MutualInfoSelector("jmi", 6), (wide[0] > 0.5).astype(int), wide[1]))
print(digest(MutualInfoSelector("iwfs", 4, discrete_features=[2]), *wide[:2]))
broad = columns(600, 900, 3)  # a scan of it takes so long that columns are left behind
for name in ("cmim", "jmim", "njmim"):
    for estimator in (BinnedMI(), BinnedMI(correction=None)):
        print(digest(MutualInfoSelector(name, 8, mi_estimator=estimator), *broad[:2]))
print(digest(MutualInfoSelector("cmim", 3, mi_estimator="knn"), wide[0][:, :12], wide[1]))
"""


def printed(**environment):
    """What the program prints with the kernels that the environment chooses."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MIFS_")}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=plain | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


@pytest.mark.skipif(not twins.TWINS, reason="the extensions were not built, or are not wanted")
def test_a_selection_does_not_depend_on_the_kernels():
    """NumPy, compiled for any processor, and for the one at hand: scores, ties, tests, tables."""
    numpy = printed(MIFS_KERNELS="numpy")
    assert len(set(numpy)) == len(numpy)
    assert printed() == numpy
    assert printed(MIFS_SIMD="baseline") == numpy


def test_kernels_of_no_such_name_are_refused():
    """A misspelt wish would be a report of the wrong kernels."""
    with pytest.raises(AssertionError, match="MIFS_KERNELS is 'foo'"):
        printed(MIFS_KERNELS="foo")
