import pickle

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.exceptions import NotFittedError, UnsetMetadataPassedError
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    LeaveOneOut,
    ShuffleSplit,
    StratifiedKFold,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

import mifs
from mifs.selectors.prefixes import chosen_size, sizes_to_try, table_of_scores

ALL = mifs.MutualInfoSelector(n_features_to_select="all")


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def diabetes():
    return load_diabetes(return_X_y=True)


@pytest.fixture(scope="module")
def signal():
    """Two columns of signal among eight, two classes."""
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    X = rng.normal(size=(120, 8))
    X[:, [2, 5]] += 1.5 * y[:, None]
    return X, y


def _searched(found, X, y, **params):
    """The definition: a grid search over the size in a pipeline, with the same folds."""
    pipeline = make_pipeline(clone(found.selector or ALL), clone(found.estimator))
    name = pipeline.steps[0][0]
    grid = {f"{name}__n_features_to_select": found.cv_results_["n_features"].tolist()}
    cv = found.cv if found.cv is not None else 5
    return GridSearchCV(pipeline, grid, scoring=found.scorer_, cv=cv).fit(X, y, **params)


def _assert_as_searched(found, search):
    mine, theirs = found.cv_results_, search.cv_results_
    for name in ["mean_test_score", "std_test_score"]:
        np.testing.assert_allclose(mine[name], theirs[name], rtol=0, atol=1e-12 * _scale(mine))
    for fold in range(found.n_splits_):
        name = f"split{fold}_test_score"
        np.testing.assert_allclose(mine[name], theirs[name], rtol=0, atol=1e-12 * _scale(mine))
    best = search.best_estimator_[0]
    assert found.n_features_ == best.n_features_
    np.testing.assert_array_equal(found.selected_, best.selected_)


def _scale(results):
    """Scores such as a mean squared error are in the thousands, where 1e-12 is below rounding."""
    return max(1.0, np.abs(results["mean_test_score"]).max())


# --- the definition --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimator", "scoring", "sizes"),
    [
        (GaussianNB(), None, range(1, 13)),
        (make_pipeline(StandardScaler(), LogisticRegression()), None, [1, 3, 8, 30]),
        (DecisionTreeClassifier(max_depth=3, random_state=0), "accuracy", range(1, 9)),
        (LinearSVC(max_iter=20_000, dual=False), "roc_auc", [2, 4]),
        (GaussianNB(), "neg_brier_score", [1, 29]),
    ],
    ids=["bayes", "logistic", "tree", "margin", "brier"],
)
def test_classifiers_get_what_a_grid_search_over_pipelines_finds(estimator, scoring, sizes, cancer):
    X, y = cancer[0].to_numpy(), cancer[1].to_numpy()
    found = mifs.MutualInfoSelectorCV(
        estimator, selector=ALL, n_features_to_try=sizes, scoring=scoring, cv=3
    ).fit(X, y)
    _assert_as_searched(found, _searched(found, X, y))


@pytest.mark.parametrize(
    ("estimator", "scoring"),
    [(Ridge(0.01), None), (KNeighborsRegressor(9), "neg_mean_squared_error"), (Ridge(), "r2")],
)
def test_regressors_get_what_a_grid_search_over_pipelines_finds(estimator, scoring, diabetes):
    """By scores of any unit; without one, by their own, R2."""
    found = mifs.MutualInfoSelectorCV(
        estimator, scoring=scoring, cv=KFold(4, shuffle=True, random_state=1)
    ).fit(*diabetes)
    np.testing.assert_array_equal(found.cv_results_["n_features"], np.arange(1, 11))
    _assert_as_searched(found, _searched(found, *diabetes))


@pytest.mark.parametrize(
    "selector",
    [
        mifs.MutualInfoSelector("jmi", "all", mi_estimator=mifs.BinnedMI(3)),
        mifs.MutualInfoSelector("mrmr", "all", discrete_target=False),
        mifs.MutualInfoSelector("mim", "all", mi_estimator="knn"),
        mifs.MutualInfoSelector("cmim", "all", include=[7], exclude=[2, 0]),
        mifs.MutualInfoSelector("cmim", 4),
        mifs.MutualInfoSelector("cmim", 0.5),
    ],
    ids=["jmi", "mrmr", "knn", "include", "four", "half"],
)
def test_every_path_gets_what_a_grid_search_finds(selector, signal):
    found = mifs.MutualInfoSelectorCV(GaussianNB(), selector=selector, cv=3).fit(*signal)
    _assert_as_searched(found, _searched(found, *signal))


def test_included_columns_are_in_and_excluded_ones_are_not(signal):
    """Numbers below those included stand for them."""
    selector = mifs.MutualInfoSelector("cmim", "all", include=[7, 6], exclude=[2])
    found = mifs.MutualInfoSelectorCV(GaussianNB(), selector=selector).fit(*signal)
    np.testing.assert_array_equal(found.cv_results_["n_features"], [2, 3, 4, 5, 6, 7])
    assert found.selected_[:2].tolist() == [7, 6]
    assert not found.support_[2]


class Counting(mifs.MutualInfoSelector):
    """Count the fits of all clones."""

    calls = 0

    def fit(self, X, y):
        type(self).calls += 1
        return super().fit(X, y)


class CountingBayes(GaussianNB):
    """Count the fits of all clones."""

    calls = 0

    def fit(self, X, y):
        type(self).calls += 1
        return super().fit(X, y)


def test_a_path_is_found_once_a_fold_whatever_is_tried(signal):
    """And once on all rows; the estimator is fitted once for each fold and number, and at last."""
    Counting.calls = CountingBayes.calls = 0
    selector = Counting(n_features_to_select="all")
    mifs.MutualInfoSelectorCV(CountingBayes(), selector=selector, cv=3).fit(*signal)
    assert Counting.calls == 3 + 1
    assert CountingBayes.calls == 3 * 8 + 1


def test_only_as_much_of_a_path_is_found_as_is_tried():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 130)), np.arange(60) % 2
    found = mifs.MutualInfoSelectorCV(GaussianNB(), cv=2).fit(X, y)
    assert len(found.selector_.selected_) == 100
    few = mifs.MutualInfoSelectorCV(GaussianNB(), cv=2, n_features_to_try=[1, 3]).fit(X, y)
    assert len(few.selector_.selected_) == 3
    np.testing.assert_array_equal(few.selector_.selected_, found.selector_.selected_[:3])


def test_the_gate_ends_the_path(signal):
    """In each fold where it will; what is beyond the end of a path is the whole path."""
    gate = mifs.MutualInfoSelector(min_features_to_select=1)
    found = mifs.MutualInfoSelectorCV(GaussianNB(), selector=gate, cv=5).fit(*signal)
    alone = clone(gate).fit(*signal)
    np.testing.assert_array_equal(
        found.cv_results_["n_features"], np.arange(1, alone.n_features_ + 1)
    )
    assert found.n_features_ <= alone.n_features_
    assert found.selector_.promise_ == alone.promise_
    X, y = signal
    for fold, (train, test) in enumerate(StratifiedKFold(5).split(X, y)):
        path = clone(gate).fit(X[train], y[train])
        columns = path.support_
        model = GaussianNB().fit(X[train][:, columns], y[train])
        whole = mifs.cross_entropy_scorer(model, X[test][:, columns], y[test])
        scores = found.cv_results_[f"split{fold}_test_score"]
        np.testing.assert_allclose(scores[len(path.selected_) - 1 :], whole, rtol=0, atol=1e-12)


def test_a_stability_selector_finds_paths_too(signal):
    stable = mifs.StabilitySelector(mifs.MutualInfoSelector("mim", 2), 6, threshold=0.0)
    found = mifs.MutualInfoSelectorCV(GaussianNB(), selector=stable, cv=3).fit(*signal)
    alone = clone(stable).fit(*signal)
    np.testing.assert_array_equal(found.selected_, alone.selected_[: found.n_features_])
    assert set(found.selected_) >= {2, 5}


# --- what is chosen --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "best", "cautious"),
    [
        # Mean by size, then the standard error: the sample deviation of two folds over sqrt(2),
        # half of their distance.
        ([[0, 2, 3], [0, 2, 3]], 3, 3),
        ([[0, 2, 2.5], [0, 2, 3.5]], 3, 3),  # 2 < 3 - 0.5
        ([[0, 2, 2], [0, 2, 4]], 3, 2),  # 2 = 3 - 1, which is within
        ([[1, 2, 0], [1, 4, 6]], 2, 2),  # ties go to the fewest, with their own error of 1
        ([[5, 5, 5], [5, 5, 5]], 1, 1),
        ([[np.nan, 2, 3], [9, 2, 3]], 3, 3),  # a fold without a score rules a size out
        ([[np.nan, 2, 3], [9, 2, np.nan]], 2, 2),
        ([[-np.inf, 2, 1], [0, 2, 1]], 2, 2),
        ([[np.nan, -np.inf, -8], [9, -np.inf, -8]], 3, 3),
    ],
)
def test_the_rules_choose_by_mean_and_standard_error(scores, best, cautious):
    results = table_of_scores(np.array([1, 2, 3]), np.array(scores, dtype=float))
    assert chosen_size(results, "best") == best
    assert chosen_size(results, "one_standard_error") == cautious


def test_the_table_of_scores_has_the_names_and_numbers_of_a_grid_search():
    scores = np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]])
    results = table_of_scores(np.array([3, 7]), scores)
    assert list(results) == [
        "n_features",
        "mean_test_score",
        "std_test_score",
        "standard_error",
        "split0_test_score",
        "split1_test_score",
        "split2_test_score",
    ]
    np.testing.assert_allclose(results["mean_test_score"], [2, 1])
    np.testing.assert_allclose(results["std_test_score"], [np.sqrt(8 / 3), 0])
    np.testing.assert_allclose(results["standard_error"], [2 / np.sqrt(3), 0])
    assert pd.DataFrame(results).shape == (2, 7)


@pytest.mark.parametrize(
    ("wanted", "n_features", "sizes"),
    [
        ("auto", 3, [1, 2, 3]),
        ("auto", 20, list(range(1, 21))),
        ("auto", 30, [*range(1, 21), 25, 30]),
        ("auto", 5000, [*range(1, 21), 25, 31, 39, 49, 61, 76, 95, 100]),
        ("all", 4, [1, 2, 3, 4]),
        ([5, 1, 5], 9, [1, 5]),
        (range(2, 10, 3), 6, [2, 5, 6]),
        (np.array([50]), 7, [7]),
    ],
)
def test_sizes_to_try(wanted, n_features, sizes):
    assert sizes_to_try(wanted, n_features).tolist() == sizes


def test_fewer_columns_are_chosen_within_one_standard_error(diabetes):
    """And it is the first number whose mean is within it."""
    best, cautious = (
        mifs.MutualInfoSelectorCV(Ridge(0.01), rule=rule).fit(*diabetes)
        for rule in ("best", "one_standard_error")
    )
    mean, error = (best.cv_results_[name] for name in ("mean_test_score", "standard_error"))
    top = int(np.argmax(mean))
    assert best.n_features_ == top + 1
    assert cautious.n_features_ == 1 + np.argmax(mean >= mean[top] - error[top])
    assert cautious.n_features_ < best.n_features_
    np.testing.assert_array_equal(cautious.selected_, best.selected_[: cautious.n_features_])


def _nan_beyond(limit):
    """A score that is nan where more columns are used."""
    return lambda estimator, X, y: np.nan if X.shape[1] > limit else float(X.shape[1])


def test_a_size_without_a_score_is_never_chosen(signal):
    found = mifs.MutualInfoSelectorCV(GaussianNB(), scoring=_nan_beyond(5)).fit(*signal)
    assert found.n_features_ == 5
    with pytest.raises(ValueError, match=r"No number of features has a finite mean score.*larger"):
        mifs.MutualInfoSelectorCV(GaussianNB(), scoring=_nan_beyond(0)).fit(*signal)


def test_folds_of_one_row_are_scored_by_cross_entropy(signal):
    X, y = signal
    found = mifs.MutualInfoSelectorCV(GaussianNB(), cv=LeaveOneOut(), n_features_to_try=[1, 2]).fit(
        X[:20], y[:20]
    )
    assert found.n_splits_ == 20
    assert np.isfinite(found.cv_results_["mean_test_score"]).all()


# --- honesty ---------------------------------------------------------------------------------


def test_nothing_leaks_into_an_outer_cross_validation():
    """Pure noise, 500 columns of 100 rows: nothing gained beyond 2 standard errors of 20 folds.

    Columns chosen on all rows seem to gain some by far more than that.
    """
    selector = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3, n_features_to_try=[1, 2, 5, 10])
    honest, leaking = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(100, 500)), rng.permutation(np.arange(100) % 2)
        chosen = SelectKBest(k=10).fit_transform(X, y)
        for table, gains in ((X, honest), (chosen, leaking)):
            gains.append(_gains_on_outer_folds(selector, table, y))
    for gains, is_leak in ((honest, False), (leaking, True)):
        folds = np.concatenate(gains)
        z = folds.mean(axis=0) / (folds.std(axis=0, ddof=1) / np.sqrt(len(folds)))
        assert ((z > 2) == is_leak).all()


def _gains_on_outer_folds(selector, X, y):
    """Information in nats and accuracy beyond chance, of five folds."""
    cv = StratifiedKFold(5, shuffle=True, random_state=0)
    scoring = {"gain": mifs.information_gain_scorer, "accuracy": "accuracy"}
    nested = cross_validate(selector, X, y, cv=cv, scoring=scoring)
    return np.column_stack([nested["test_gain"], nested["test_accuracy"] - 0.5])


def test_held_out_rows_do_not_touch_the_path_of_a_fold(signal):
    """Other values in them change nothing of what the estimator is fitted to in that fold."""
    X, y = signal
    other = X.copy()
    other[60:] = np.random.default_rng(1).normal(size=(60, 8))
    fold = (np.arange(60), np.arange(60, 120))
    for first, second in zip(
        *(_first_rows_of_fits(table, y, fold) for table in (X, other)), strict=True
    ):
        np.testing.assert_array_equal(first, second)


class Recording(GaussianNB):
    """Keep the first row of every table that a clone is fitted to."""

    seen = []  # noqa: RUF012 - shared by all clones

    def fit(self, X, y):
        type(self).seen.append(X[0].copy())
        return super().fit(X, y)


def _first_rows_of_fits(X, y, fold):
    Recording.seen = []
    mifs.MutualInfoSelectorCV(Recording(), n_features_to_try=[1, 2, 3], cv=[fold]).fit(X, y)
    return Recording.seen[:3]


# --- as scikit-learn's users expect ----------------------------------------------------------


def test_it_predicts_by_the_estimator_on_the_selected_columns(signal):
    X, y = signal
    found = mifs.MutualInfoSelectorCV(LogisticRegression(), cv=3).fit(X, y)
    model = LogisticRegression().fit(found.transform(X), y)
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        np.testing.assert_array_equal(
            getattr(found, method)(X), getattr(model, method)(found.transform(X))
        )
    np.testing.assert_array_equal(found.classes_, [0, 1])
    expected = mifs.cross_entropy_scorer(model, found.transform(X), y)
    assert found.score(X, y) == pytest.approx(expected, abs=1e-12)
    assert is_classifier(found)


def test_a_regressor_has_the_methods_of_a_regressor(diabetes):
    unfitted = mifs.MutualInfoSelectorCV(Ridge(), cv=3)
    found = clone(unfitted).fit(*diabetes)
    assert is_regressor(found)
    assert not hasattr(found, "classes_")
    for selector in (unfitted, found):
        assert hasattr(selector, "predict")
        assert not hasattr(selector, "predict_proba")
        assert not hasattr(selector, "decision_function")
    assert found.score(*diabetes) == pytest.approx(
        Ridge()
        .fit(found.transform(diabetes[0]), diabetes[1])
        .score(found.transform(diabetes[0]), diabetes[1])
    )


def test_what_is_fitted_is_forgotten_with_another_estimator(signal):
    found = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3).fit(*signal)
    found.set_params(estimator=Ridge()).fit(*signal)
    assert not hasattr(found, "classes_")
    with pytest.raises(NotFittedError):
        clone(found).predict(signal[0])


def test_it_is_a_step_and_an_end_of_pipelines_and_is_searched(signal):
    step = make_pipeline(mifs.MutualInfoSelectorCV(GaussianNB(), cv=3), LogisticRegression())
    assert step.fit(*signal).score(*signal) > 0.8
    end = make_pipeline(StandardScaler(), mifs.MutualInfoSelectorCV(GaussianNB(), cv=3))
    assert (end.fit(*signal).predict(signal[0]) == signal[1]).mean() > 0.8
    grid = {
        "selector__criterion": ["mim", "jmi"],
        "estimator__var_smoothing": [1e-9, 1e-2],
        "rule": ["best", "one_standard_error"],
    }
    inner = mifs.MutualInfoSelectorCV(GaussianNB(), selector=ALL, cv=3)
    assert set(GridSearchCV(inner, grid, cv=2).fit(*signal).best_params_) == set(grid)


def test_it_is_pickled_cloned_and_shown(signal):
    unfitted = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3, rule="one_standard_error")
    assert "GaussianNB" in unfitted._repr_html_()
    found = unfitted.fit(*signal)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.predict(signal[0]), found.predict(signal[0]))
    assert "n_features_" in found._repr_html_()
    assert clone(found).get_params()["rule"] == "one_standard_error"
    assert repr(clone(found)) == repr(unfitted)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_the_number_of_jobs_changes_nothing_and_nothing_is_said(backend, signal, capfd):
    alone = mifs.MutualInfoSelectorCV(GaussianNB()).fit(*signal)
    with joblib.parallel_config(backend):
        together = mifs.MutualInfoSelectorCV(GaussianNB(), n_jobs=2).fit(*signal)
    for name, values in alone.cv_results_.items():
        np.testing.assert_array_equal(together.cv_results_[name], values)
    assert capfd.readouterr() == ("", "")


def test_neither_the_parts_nor_the_data_are_changed(signal):
    X, y = signal[0].copy(), signal[1].copy()
    selector, estimator = clone(ALL), GaussianNB()
    mifs.MutualInfoSelectorCV(estimator, selector=selector).fit(X, y)
    assert not hasattr(selector, "selected_")
    assert not hasattr(estimator, "classes_")
    assert selector.n_features_to_select == "all"
    np.testing.assert_array_equal(X, signal[0])


# --- tables of every kind --------------------------------------------------------------------


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table], ids=["pandas", "polars", "arrow"]
)
def test_dataframes_give_what_arrays_give(make, signal):
    X, y = signal
    table = make({f"c{i}": column for i, column in enumerate(X.T)})
    found = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3).fit(table, y)
    plain = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3).fit(X, y)
    np.testing.assert_array_equal(found.selected_, plain.selected_)
    for name, values in plain.cv_results_.items():
        np.testing.assert_allclose(found.cv_results_[name], values, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found.predict(table), plain.predict(X))
    assert found.score(table, y) == pytest.approx(plain.score(X, y))
    if make is not pa.table:  # scikit-learn knows no such output
        library = "pandas" if make is pd.DataFrame else "polars"
        assert isinstance(found.set_output(transform=library).transform(table), make)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_labels_go_to_a_pipeline_that_takes_them(make):
    """It sees the columns by name and with their types."""
    rng = np.random.default_rng(0)
    y = np.arange(120) % 2
    codes = np.where(rng.random(120) < 0.2, 1 - y, y)
    labels = np.array(["no", "yes"])[codes]
    table = make({"a": rng.normal(size=120), "label": labels, "b": rng.normal(size=120)})
    encode = make_column_transformer(
        (
            OneHotEncoder(
                sparse_output=False
            ),  # beside polars scikit-learn 1.7 fails on sparse ones
            lambda X: [name for name in X.columns if name == "label"],
        ),
        remainder="passthrough",
    )
    found = mifs.MutualInfoSelectorCV(
        make_pipeline(encode, LogisticRegression()), rule="one_standard_error"
    ).fit(table, y)
    assert list(found.get_feature_names_out()) == ["label"]
    np.testing.assert_array_equal(found.predict(table), codes)


def test_types_of_pandas_are_kept_for_the_estimator():
    rng = np.random.default_rng(0)
    y = np.arange(90) % 3
    table = pd.DataFrame({"size": rng.normal(size=90), "kind": pd.Categorical(list("abc") * 30)})
    encode = make_column_transformer(
        (OneHotEncoder(), make_column_selector(dtype_include="category")), remainder="passthrough"
    )
    found = mifs.MutualInfoSelectorCV(
        make_pipeline(encode, LogisticRegression()), n_features_to_try=[2]
    ).fit(table, y)
    assert found.score(table, y) > -0.3


def test_rows_and_columns_are_taken_by_place_not_by_label(signal):
    """An index that repeats or is out of order says nothing, and names may be whole numbers."""
    X, y = pd.DataFrame(signal[0]), pd.Series(signal[1])
    plain = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3).fit(*signal)
    X.columns = list(range(8))[::-1]
    X.index = y.index = np.arange(120)[::-1] // 3
    found = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3).fit(X, y)
    np.testing.assert_array_equal(found.selected_, plain.selected_)
    np.testing.assert_array_equal(found.predict(X), plain.predict(signal[0]))


def test_labels_of_the_target_may_be_strings(signal):
    X, y = signal
    found = mifs.MutualInfoSelectorCV(GaussianNB()).fit(X, np.array(["ham", "spam"])[y].tolist())
    assert found.classes_.tolist() == ["ham", "spam"]
    assert set(found.predict(X)) == {"ham", "spam"}


# --- metadata --------------------------------------------------------------------------------


class Weighted(mifs.MutualInfoSelector):
    """Keep the weights that each fit gets."""

    seen = []  # noqa: RUF012 - shared by all clones

    def fit(self, X, y, sample_weight=None):
        type(self).seen.append(None if sample_weight is None else np.asarray(sample_weight))
        return super().fit(X, y)


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("routing")
def test_weights_go_to_those_that_request_them(signal):
    """To all rows, to the training rows of each fold, and to the scorer, as a grid search does."""
    X, y = signal
    weight = np.random.default_rng(0).random(120)
    found = mifs.MutualInfoSelectorCV(
        GaussianNB().set_fit_request(sample_weight=True),
        selector=Weighted(n_features_to_select="all").set_fit_request(sample_weight=True),
        scoring=mifs.cross_entropy_scorer.set_score_request(sample_weight=True),
        cv=3,
    )
    Weighted.seen = []
    found.fit(X, y, sample_weight=weight)
    trained = [train for train, _ in StratifiedKFold(3).split(X, y)]
    for rows, seen in zip([np.arange(120), *trained], Weighted.seen, strict=True):
        np.testing.assert_array_equal(weight[rows], seen)
    _assert_as_searched(found, _searched(found, X, y, sample_weight=weight))
    unweighted = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3).fit(X, y)
    assert (found.cv_results_["mean_test_score"] != unweighted.cv_results_["mean_test_score"]).all()
    direct = found.scorer_(found.estimator_, found.transform(X), y, sample_weight=weight)
    assert found.score(X, y, sample_weight=weight) == direct


@pytest.mark.usefixtures("routing")
def test_weights_that_nobody_requested_are_refused(signal):
    with pytest.raises(UnsetMetadataPassedError, match="sample_weight"):
        mifs.MutualInfoSelectorCV(GaussianNB()).fit(*signal, sample_weight=np.ones(120))


@pytest.mark.usefixtures("routing")
def test_weights_of_an_outer_cross_validation_arrive(signal):
    X, y = signal
    Weighted.seen = []
    selector = mifs.MutualInfoSelectorCV(
        GaussianNB().set_fit_request(sample_weight=False),
        selector=Weighted(n_features_to_select="all").set_fit_request(sample_weight=True),
        scoring=mifs.cross_entropy_scorer.set_score_request(sample_weight=False),
        cv=2,
    )
    weight = np.arange(120.0)
    cross_validate(selector, X, y, cv=2, params={"sample_weight": weight})
    assert [len(seen) for seen in Weighted.seen] == [60, 30, 30] * 2


def test_groups_go_to_the_splitter(signal):
    """With routing off, as to scikit-learn's RFECV, and on."""
    X, y = signal
    groups = np.arange(120) // 40
    found = mifs.MutualInfoSelectorCV(GaussianNB(), cv=GroupKFold(3)).fit(X, y, groups=groups)
    _assert_as_searched(found, _searched(found, X, y, groups=groups))
    with sklearn.config_context(enable_metadata_routing=True):
        routed = clone(found).fit(X, y, groups=groups)
        outer = mifs.MutualInfoSelectorCV(GaussianNB(), cv=LeaveOneGroupOut())
        cross_validate(outer, X, y, cv=GroupKFold(3), params={"groups": groups})
    np.testing.assert_array_equal(
        routed.cv_results_["mean_test_score"], found.cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize("is_on", [False, True])
def test_folds_may_come_from_a_generator(is_on, signal):
    X, y = signal
    folds = StratifiedKFold(3).split(X, y)
    with sklearn.config_context(enable_metadata_routing=is_on):
        found = mifs.MutualInfoSelectorCV(GaussianNB(), cv=folds).fit(X, y)
    same = mifs.MutualInfoSelectorCV(GaussianNB(), cv=3).fit(X, y)
    np.testing.assert_array_equal(
        found.cv_results_["mean_test_score"], same.cv_results_["mean_test_score"]
    )


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_features_to_try": []}, ValueError, r"n_features_to_try=\[\] must hold whole numbers"),
        ({"n_features_to_try": [0, 2]}, ValueError, r"n_features_to_try=\[0, 2\] must hold"),
        ({"n_features_to_try": [1.5]}, ValueError, r"such as range\(1, 21\)"),
        ({"n_features_to_try": "some"}, ValueError, "'n_features_to_try' parameter"),
        ({"rule": "1se"}, ValueError, "'rule' parameter"),
        ({"scoring": ["accuracy"]}, ValueError, "'scoring' parameter"),
        ({"selector": SelectKBest(k=2)}, TypeError, "SelectKBest has no selected_ and ranking_"),
        (
            {"estimator": LinearSVC(dual=False)},
            TypeError,
            "LinearSVC has no predict_proba",
        ),
        (
            {"rule": "one_standard_error", "cv": ShuffleSplit(1, random_state=0)},
            ValueError,
            "needs two folds for a standard error",
        ),
        (
            {"selector": mifs.MutualInfoSelector("mim", "all", exclude=list(range(8)))},
            ValueError,
            "exclude names all 8 columns",
        ),
        (
            {"selector": mifs.MutualInfoSelector("mim", "all", include=["age"])},
            ValueError,
            "include holds the name 'age'",
        ),
        ({"selector": mifs.MutualInfoSelector("none", "all")}, ValueError, "'none'"),
    ],
)
def test_what_makes_no_sense_is_refused(options, error, message, signal):
    options = {"estimator": GaussianNB()} | options
    with pytest.raises(error, match=message):
        mifs.MutualInfoSelectorCV(**options).fit(*signal)


def test_a_path_without_a_column_is_refused():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 3)), np.arange(60) % 2
    selector = mifs.MutualInfoSelector(min_features_to_select=0)
    with pytest.raises(ValueError, match="MutualInfoSelector selected no column"):
        mifs.MutualInfoSelectorCV(GaussianNB(), selector=selector).fit(X, y)


def test_strings_in_lists_are_refused():
    with pytest.raises(ValueError, match="holds the string 'a'"):
        mifs.MutualInfoSelectorCV(GaussianNB()).fit([["a", 1], ["b", 2]], [0, 1])


def test_columns_called_by_numbers_are_included_and_excluded_by_name(signal):
    X, y = pd.DataFrame(signal[0]).rename(columns=lambda place: place + 2020), signal[1]
    options = {"n_features_to_select": "all", "include": ["2021"], "exclude": ["2020"]}
    selector = mifs.MutualInfoSelector(**options)
    found = mifs.MutualInfoSelectorCV(GaussianNB(), selector=selector).fit(X, y)
    assert found.selected_[0] == 1
    assert 0 not in found.selected_
    selector.set_params(include=[1])
    with pytest.raises(ValueError, match=r"include holds 1, .* string: '2021' for the one at pla"):
        mifs.MutualInfoSelectorCV(GaussianNB(), selector=selector).fit(X, y)


@pytest.mark.parametrize("method", ["fit", "score"])
def test_metadata_without_routing_is_refused_with_the_way_to_turn_it_on(method, signal):
    found = mifs.MutualInfoSelectorCV(GaussianNB()).fit(*signal)
    with pytest.raises(ValueError, match=rf"{method} got 'sample_weight'.*enable_metadata_routing"):
        getattr(found, method)(*signal, sample_weight=np.ones(120))
    with pytest.raises(ValueError, match="score got 'groups'"):
        found.score(*signal, groups=np.ones(120))
