"""Settings and data that several test files share."""

import pathlib

import chromium
import numpy as np
import pytest
from hypothesis import settings
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import KBinsDiscretizer

from mifs._kernels.twins import refresh_simd
from mifs.counts import CodeTable, Counts, DiscreteVariable
from mifs.counts.blocks import Block
from mifs.counts.states import States
from mifs.counts.weighted import WeightedTarget
from mifs.discrete import CountedInformation
from mifs.weights import RowWeights

# A loaded machine is slow, not wrong.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

collect_ignore_glob = ["benchmarks/*"]  # nothing there is a test; no second conftest.py beside this

SHARED_DATA = pathlib.Path(__file__).parents[2] / "shared" / "data"


def variable(values):
    """Code any values as a discrete variable."""
    levels, codes = np.unique(np.asarray(values), return_inverse=True)
    return DiscreteVariable(codes, len(levels))


def counted(columns, target, correction=None):
    """Build a source of terms from columns of any discrete values."""
    table = CodeTable([variable(column) for column in columns])
    return CountedInformation(table, variable(target), correction=correction)


def counts_of(codes, n_levels, z, y, weights=None):
    """Count coded columns, below one number of levels, with a condition and a target."""
    weighted = None if weights is None else WeightedTarget(y, RowWeights(weights))
    places = np.arange(len(codes))
    return Counts.of(Block(places, codes, n_levels), places, States(z, y, weighted))


@pytest.fixture(params=["baseline", "widest"])
def simd(request, monkeypatch):
    """Both kinds of vector instructions, where the processor has both: kernels go by the last."""
    with monkeypatch.context() as patch:
        patch.setenv("MIFS_SIMD", request.param)
        refresh_simd()
    yield
    refresh_simd()


@pytest.fixture
def left_behind(monkeypatch):
    """A table of which a search leaves columns behind, though so small a one takes no time."""
    monkeypatch.setattr("mifs.standing.SECONDS_OF_A_CALL", 0.0)
    monkeypatch.setattr("mifs.counts.blocks.SECONDS_OF_A_CODE", 1e-8)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 200)
    X = rng.integers(0, 5, (60, 200))
    for first in range(0, 30, 5):  # in groups that say much the same
        group = np.where(rng.random(200) < 0.3, y, X[first])
        for column in range(first, first + 5):
            X[column] = np.where(rng.random(200) < 0.7, group, X[column])
    return X.T, y


@pytest.fixture(scope="session")
def wdbc5():
    """Breast cancer in five equal-width bins, the data of FEAST's README: codes and classes."""
    X, y = load_breast_cancer(return_X_y=True)
    bins = KBinsDiscretizer(n_bins=5, encode="ordinal", strategy="uniform", subsample=None)
    return bins.fit_transform(X).astype(int), y


@pytest.fixture(scope="session")
def shared():
    """Read a set of the shared data folder, where that folder is present."""

    def read(name):
        path = SHARED_DATA / f"{name}.npz"
        if not path.exists():
            pytest.skip(f"needs {name}.npz of the shared data folder beside the project")
        with np.load(path) as arrays:
            return arrays["X"], arrays["y"]

    return read


@pytest.fixture(scope="session")
def browser():
    """Start one Chromium for all tests; without it, or what steers it, they are skipped."""
    steering = pytest.importorskip(
        "playwright.sync_api", reason="needs the extra: pip install -e '.[browser]'"
    )
    path = chromium.program()
    if path is None:
        pytest.skip(f"needs a browser: one of {', '.join(chromium.PROGRAMS)}")
    with steering.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def axe(browser):
    """Return what names the elements in which the accessibility checker finds fault."""
    checker = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="needs the extra: pip install '.[browser]'"
    ).Axe()

    def faults(page, rules=()):
        options = {"resultTypes": ["violations", "incomplete"]}
        if rules:
            options["runOnly"] = list(rules)
        found = checker.run(page, options=options).response
        doubts = [one for one in found["incomplete"] if one["id"] == "color-contrast"]
        return [
            (one["id"], node["target"], node["failureSummary"])
            for one in found["violations"] + doubts
            for node in one["nodes"]
        ]

    return faults
