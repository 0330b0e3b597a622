"""Time of MutualInfoSelectorCV, beside a grid search over the same sizes in the same run.

Not collected with the tests, whose other processes would disturb it; run it alone:
python -m pytest -s tests/benchmarks/selector_cv.py
"""

import time

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline

import mifs

N_SAMPLES, N_FEATURES = 2_000, 500


def timed(fit):
    start = time.perf_counter()
    fitted = fit()
    return fitted, time.perf_counter() - start


@pytest.fixture(scope="module")
def table():
    """Normal columns, a tenth of them shifted by a fair binary target."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, N_SAMPLES)
    X = rng.normal(size=(N_SAMPLES, N_FEATURES))
    X[:, ::10] += 0.3 * y[:, None] * rng.random(N_FEATURES // 10)
    return X, y


@pytest.mark.parametrize("estimator", [GaussianNB(), LogisticRegression()], ids=["bayes", "logit"])
def test_it_takes_at_most_a_fifth_of_a_grid_search_that_finds_the_same(estimator, table):
    """All 28 default sizes, five folds."""
    found, seconds = timed(lambda: mifs.MutualInfoSelectorCV(estimator).fit(*table))
    sizes = found.cv_results_["n_features"].tolist()
    pipeline = Pipeline([("select", mifs.MutualInfoSelector()), ("model", estimator)])
    grid = {"select__n_features_to_select": sizes}
    search = GridSearchCV(pipeline, grid, scoring=mifs.cross_entropy_scorer, cv=5)
    search, searched = timed(lambda: search.fit(*table))
    print(
        f"\n{type(estimator).__name__}, {N_SAMPLES} x {N_FEATURES}, {len(sizes)} sizes, 5 folds: "
        f"{seconds:.2f} s, grid search {searched:.2f} s, ratio {searched / seconds:.1f}"
    )
    assert found.n_features_ == search.best_params_["select__n_features_to_select"]
    np.testing.assert_allclose(
        found.cv_results_["mean_test_score"],
        search.cv_results_["mean_test_score"],
        rtol=0,
        atol=1e-12,
    )
    assert searched >= 5 * seconds
