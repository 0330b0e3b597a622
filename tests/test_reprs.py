"""What a notebook and a prompt show of fitted estimators: short lines, and nothing computed."""

import re
import time

import numpy as np
import pytest
import sklearn
from sklearn.datasets import load_breast_cancer
from sklearn.naive_bayes import GaussianNB
from sklearn.utils.fixes import parse_version

from mifs import (
    Discretizer,
    MutualInfoSelector,
    MutualInfoSelectorCV,
    StabilitySelector,
    cross_val_information,
    information_budget,
    information_gain,
    neighbor_estimate,
)

SHOWS_ATTRIBUTES = parse_version(sklearn.__version__) >= parse_version("1.9")


@pytest.fixture(scope="module")
def table():
    return load_breast_cancer(return_X_y=True, as_frame=True)


ESTIMATORS = [
    MutualInfoSelector(),
    MutualInfoSelectorCV(GaussianNB(), n_features_to_try=[1, 2], cv=2),
    StabilitySelector(n_resamples=4),
    Discretizer(),
]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_html_reads_every_fitted_attribute_and_links_nowhere(table, estimator):
    X, y = table
    page = estimator.fit(X, y)._repr_html_()
    body = page[page.index("</style>") :]
    assert len(body) < 25_000  # characters
    assert estimator._get_doc_link() == ""  # there is no page to link to
    if SHOWS_ATTRIBUTES:
        fitted = [name for name in vars(estimator) if re.fullmatch(r"[a-z]\w*_", name)]
        assert all(name in body for name in fitted)


def test_html_of_many_columns_is_short_and_quick():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 2, (40, 10_000)), np.arange(40) % 2
    fitted = MutualInfoSelector("mim", 500).fit(X, y)
    start = time.perf_counter()
    page = fitted._repr_html_()
    assert time.perf_counter() - start < 1  # second; it takes about 0.01
    assert len(page[page.index("</style>") :]) < 60_000  # scikit-learn lists the selected names


def test_a_path_says_how_many_columns(table):
    assert repr(MutualInfoSelector().fit(*table).path_) == "SelectionPath(7 of 30)"


def test_what_a_stability_selection_found_is_said_in_few_digits(table):
    fitted = StabilitySelector(n_resamples=4).fit(*table)
    low, high = fitted.stability_.interval
    measure, bound = fitted.stability_.nogueira, fitted.error_bound_.worst_case
    assert repr(fitted.stability_) == f"Stability({measure:.2f}, {low:.2f} to {high:.2f})"
    assert repr(fitted.error_bound_) == f"ErrorBound({bound:.3g} from 0.75)"


@pytest.mark.parametrize("estimator", ESTIMATORS[:3], ids=lambda e: type(e).__name__)
def test_results_are_short_enough_that_scikit_learn_shows_them_whole(table, estimator):
    for name, value in vars(estimator.fit(*table)).items():
        if type(value).__module__.startswith("mifs") and name != "selector_":
            assert len(repr(value)) <= 30 or name == "scorer_", name  # longer loses its middle


def test_a_gate_says_how_many_entered_of_how_many_and_at_what_rate(table):
    X, y = table
    assert repr(MutualInfoSelector().fit(X, y).gate_) == "GateRecord(7 of 30, fwer 0.05)"
    noise = np.random.default_rng(0).integers(0, 2, (100, 3))
    none = MutualInfoSelector(alpha=0.01).fit(noise, np.arange(100) % 2)
    assert repr(none.path_) == "SelectionPath(1 of 3)"
    assert repr(none.gate_) == "GateRecord(0 of 3, fwer 0.01)"  # one was taken all the same
    empty = MutualInfoSelector(alpha=0.01, min_features_to_select=0)
    empty.fit(noise, np.arange(100) % 2)
    assert repr(empty.path_) == "SelectionPath(0 of 3)"


def test_a_column_says_its_kind_and_what_is_unusual():
    rows = np.random.default_rng(0).normal(size=(60, 2))
    rows[:, 1] = np.arange(60) % 3
    rows[:5, 1] = np.nan
    plain, odd = MutualInfoSelector().fit(rows, np.arange(60) % 2).columns_
    assert repr(plain) == "<'x0': continuous>"
    assert repr(odd) == "<'x1': discrete, 3 levels, 5 missing>"
    same = np.column_stack([rows[:, 0], rows[:, 0]])
    _, copy = MutualInfoSelector().fit(same, np.arange(60) % 2).columns_
    assert repr(copy) == "<'x1': continuous, 1 remark>"


def test_results_in_bits_show_no_bare_nats():
    """What a prompt shows names its unit; attributes are in nats."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(400, 2))
    y = X[:, 0] + rng.normal(size=400) > 0
    found, other = (
        cross_val_information(GaussianNB(), table, y, unit="bits") for table in (X, X[:, 1:])
    )
    assert repr(found) == f"CrossValInformation({str(found).splitlines()[0]})"
    assert f"gain {found.gain / np.log(2):.3f} ± " in repr(found)
    assert repr(found.minus(other)) == f"GainDifference({found.minus(other)})"
    assert " bits, p" in repr(found.minus(other))
    gain = information_gain([0, 1], [[0.8, 0.2], [0.2, 0.8]])
    assert repr(gain) == "InformationGain(gain 0.470 ± 0.000 of 0.693 nats, 2 rows)"
    budget = information_budget(GaussianNB(), X, y, n_permutations=0, steps=False)
    gained, promised = budget.gain / np.log(2), budget.promised / np.log(2)
    assert repr(budget).startswith(f"InformationBudget({gained:.3f} ± ")
    assert repr(budget).endswith(f" bits delivered of {promised:.3f} bits promised)")


def test_an_estimate_by_neighbours_says_its_unit_and_its_remarks():
    x, y = np.random.default_rng(0).normal(size=(2, 400))
    found = neighbor_estimate(x, x + y)
    assert str(found) == f"{found.raw:.3f} nats"
    assert repr(found) == f"NeighborEstimate({found.raw:.3f} nats)"
    saturated = neighbor_estimate(x, x)
    assert str(saturated).splitlines() == [f"{saturated.raw:.3f} nats", *saturated.remarks]
