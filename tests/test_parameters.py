"""What a parameter may be: True is no number of columns, and no work is done by zero jobs."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from mifs import (
    BinnedMI,
    Discretizer,
    MutualInfoSelector,
    MutualInfoSelectorCV,
    NearestNeighborsMI,
    RankingDisplay,
    StabilitySelector,
    cross_val_information,
    mutual_info_classif,
    mutual_info_regression,
    pair_information,
    permutation_test,
)

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)

TRUTHS = {
    "n_features_to_select": lambda: MutualInfoSelector(n_features_to_select=True).fit(X, Y),
    "min_features_to_select": lambda: MutualInfoSelector(min_features_to_select=True).fit(X, Y),
    "n_jobs": lambda: MutualInfoSelector(n_jobs=True).fit(X, Y),
    "n_neighbors": lambda: mutual_info_classif(
        X, Y, mi_estimator=NearestNeighborsMI(n_neighbors=True)
    ),
    "n_bins": lambda: mutual_info_classif(X, Y, mi_estimator=BinnedMI(n_bins=np.True_)),
    "n_bins of bins": lambda: Discretizer(n_bins=True).fit(X, Y),
    "max_features": lambda: StabilitySelector(max_features=True).fit(X, Y),
    "max_features of a figure": lambda: RankingDisplay.from_estimator(
        MutualInfoSelector().fit(X, Y), max_features=True
    ),
    "n_pairs": lambda: pair_information(X, Y, n_pairs=True),
    "n_resamples": lambda: permutation_test(X[:, 0], Y, statistic=np.dot, n_resamples=True),
}


@pytest.mark.parametrize("name", TRUTHS)
def test_true_is_no_number(name):
    """Python takes it for 1, and one column would be selected of all."""
    with pytest.raises(ValueError, match=rf"{name.partition(' ')[0]}.*(?i:got) (np\.)?True"):
        TRUTHS[name]()


NO_JOBS = {
    "selector": lambda: MutualInfoSelector(n_jobs=0).fit(X, Y),
    "selector by a model": lambda: MutualInfoSelectorCV(LogisticRegression(), n_jobs=0).fit(X, Y),
    "stability": lambda: StabilitySelector(n_jobs=0).fit(X, Y),
    "classes": lambda: mutual_info_classif(X, Y, n_jobs=0),
    "numbers": lambda: mutual_info_regression(X, X[:, 0], n_jobs=0),
    "without threads": lambda: mutual_info_regression(
        X, X[:, 0], mi_estimator="gaussian", n_jobs=0
    ),
    "folds": lambda: cross_val_information(LogisticRegression(), X, Y, n_jobs=0),
}


@pytest.mark.parametrize("where", NO_JOBS)
def test_no_jobs_are_refused_by_name_and_the_message_says_what_is_allowed(where):
    with pytest.raises(ValueError, match=r"'?n_jobs'? .*must be .* None.*(?i:got) 0"):
        NO_JOBS[where]()
