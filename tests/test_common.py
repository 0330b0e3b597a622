"""What scikit-learn asks of every estimator; only nearest neighbours refuse weights of rows."""

import pytest
from sklearn.feature_selection import VarianceThreshold
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

import mifs

ESTIMATORS = [
    mifs.MutualInfoSelector(),
    mifs.MutualInfoSelector("jmi", 0.5, mi_estimator=mifs.BinnedMI(3, "uniform", None)),
    mifs.MutualInfoSelector(n_features_to_select=1, mi_estimator="knn"),
    mifs.MutualInfoSelector(mi_estimator=mifs.BinnedMI(strategy="mdlp")),
    mifs.MutualInfoSelector("mrmr", mi_estimator=mifs.NearestNeighborsMI(1, None, "ksg2")),
    mifs.StabilitySelector(n_resamples=2),
    mifs.StabilitySelector(VarianceThreshold(), 2, threshold="mean", max_features=2),
    mifs.MutualInfoSelectorCV(LogisticRegression(), cv=2, n_features_to_try=[1, 3]),
    mifs.MutualInfoSelectorCV(Ridge(), rule="one_standard_error", cv=3),
    mifs.Discretizer(),
    mifs.Discretizer(strategy="uniform", n_bins=4),
    mifs.Discretizer(strategy="mdlp"),
]

# Useful, and not among those that scikit-learn runs by itself.
BY_HAND = [
    "check_dataframe_column_names_consistency",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_param_validation",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
    "check_inplace_ensure_writeable",
    "check_get_feature_names_out_error",
]


NO_WEIGHTS = dict.fromkeys(
    (
        "check_sample_weights_list",
        "check_sample_weights_not_overwritten",
        "check_sample_weight_equivalence_on_dense_data",
    ),
    "nearest neighbours refuse weights other than 0 and 1: copies of rows look like information",
)


def _refused(estimator):
    """What an estimator refuses on purpose: nothing, but for weights of nearest neighbours."""
    mi_estimator = estimator.get_params().get("mi_estimator")
    has_neighbors = mi_estimator == "knn" or isinstance(mi_estimator, mifs.NearestNeighborsMI)
    return NO_WEIGHTS if has_neighbors else {}


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=_refused)
def test_scikit_learns_checks_pass(estimator, check):
    check(estimator)


# The checks themselves fit one of a dataframe and its array and transform the other.
@pytest.mark.filterwarnings("ignore:X (has|does not have valid) feature names:UserWarning")
@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("name", BY_HAND)
def test_the_checks_that_have_to_be_called_pass(name, estimator):
    getattr(estimator_checks, name)(type(estimator).__name__, estimator)
