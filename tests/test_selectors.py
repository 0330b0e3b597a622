import pickle

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import mifs
from mifs.criteria import CRITERIA


@pytest.fixture(scope="module")
def cancer():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.mark.parametrize("name", CRITERIA)
def test_every_criterion_selects_from_a_real_table(name, cancer):
    """As many as asked, no duplicates, and the fitted attributes agree with each other."""
    X, y = cancer
    selector = mifs.MutualInfoSelector(name, 6).fit(X, y)
    assert len(set(selector.selected_)) == selector.n_features_ == 6
    np.testing.assert_array_equal(np.flatnonzero(selector.support_), np.sort(selector.selected_))
    np.testing.assert_array_equal(selector.ranking_[selector.selected_], np.arange(1, 7))
    assert sorted(selector.ranking_) == list(range(1, 31))
    assert selector.selected_[0] == np.argmax(selector.relevance_)
    assert np.isfinite(selector.scores_).all()


@pytest.mark.parametrize(
    ("wanted", "n_features"),
    [(1, 1), (7, 7), ("all", 30), (0.5, 15), (1.0, 30), (0.01, 1)],
)
def test_the_length_of_a_selection(wanted, n_features, cancer):
    """A number, a fraction, or all."""
    selector = mifs.MutualInfoSelector("mim", wanted).fit(*cancer)
    assert selector.n_features_ == n_features
    assert selector.transform(cancer[0]).shape == (569, n_features)


def test_columns_can_be_included_and_excluded_by_name_number_and_mask(cancer):
    X, y = cancer
    by_name = mifs.MutualInfoSelector(
        "jmi", 5, include=["mean texture"], exclude=["worst perimeter", "worst area"]
    ).fit(X, y)
    by_number = mifs.MutualInfoSelector("jmi", 5, include=[1], exclude=[22, -7]).fit(X, y)
    mask = np.isin(np.arange(30), [22, 23])
    by_mask = mifs.MutualInfoSelector("jmi", 5, include=[1], exclude=mask).fit(X, y)
    np.testing.assert_array_equal(by_name.selected_, by_number.selected_)
    np.testing.assert_array_equal(by_name.selected_, by_mask.selected_)
    assert by_name.selected_[0] == 1
    assert not by_name.support_[[22, 23]].any()
    assert set(by_name.ranking_[[22, 23]]) == {29, 30}  # the excluded come last


def test_included_columns_alone_can_be_the_selection(cancer):
    selector = mifs.MutualInfoSelector("jmi", 2, include=[3, 0]).fit(*cancer)
    np.testing.assert_array_equal(selector.selected_, [3, 0])


def test_binary_multiclass_and_continuous_targets_are_told_apart():
    """Labels and whole numbers are classes, fractions and many whole numbers are not."""
    X, y = load_diabetes(return_X_y=True)  # 214 whole numbers of 442 rows, as floats
    selector = mifs.MutualInfoSelector(n_features_to_select=2).fit(X, y)
    assert not selector.discrete_target_
    assert set(selector.selected_) == {2, 8}  # bmi and s5
    X, y = load_iris(return_X_y=True)
    names = load_iris().target_names
    by_number = mifs.MutualInfoSelector().fit(X, y)
    by_name = mifs.MutualInfoSelector().fit(X, names[y])
    assert by_number.discrete_target_
    np.testing.assert_array_equal(by_number.scores_, by_name.scores_)


@pytest.mark.parametrize(
    ("y", "is_discrete"),
    [
        (np.arange(100) % 2 == 0, True),
        (np.arange(100) % 2 * 1.0, True),
        (np.arange(100) % 33, False),
        (np.arange(1000) % 100, True),
        (np.arange(100) / 100, False),
        (np.array(["a", "b"] * 50), True),
        (np.array(["a", "b"] * 50, dtype=object), True),
        (pd.Series(["a", "b"] * 50, dtype="category"), True),
        (pd.Series([1, 2] * 50, dtype="Int64"), True),
        (pl.Series(["a", "b"] * 50), True),
    ],
)
def test_what_a_target_is_taken_for(y, is_discrete):
    X = np.random.default_rng(0).normal(size=(len(y), 2))
    assert mifs.MutualInfoSelector().fit(X, y).discrete_target_ == is_discrete


def test_the_kind_of_a_target_can_be_said():
    X, y = load_iris(return_X_y=True)
    as_number = mifs.MutualInfoSelector(discrete_target=False).fit(X, y)
    assert not as_number.discrete_target_


def test_the_kind_of_a_column_is_seen_and_can_be_said():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=100), rng.integers(0, 5, 100), rng.integers(0, 500, 100)])
    y = rng.integers(0, 2, 100)
    assert list(mifs.MutualInfoSelector().fit(X, y).discrete_features_) == [False, True, False]
    for said, kinds in (
        (True, [True, True, True]),
        (False, [False, False, False]),
        ([2], [False, False, True]),
        ([True, False, False], [True, False, False]),
    ):
        fitted = mifs.MutualInfoSelector(discrete_features=said).fit(X, y)
        assert list(fitted.discrete_features_) == kinds


def test_a_dataframe_with_labels_is_selected_from_as_it_is():
    """Pandas and polars give the same scores, and transform keeps their columns."""
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 300)
    data = {
        "noise": rng.normal(size=300),
        "colour": np.where(rng.random(300) < 0.2, "green", np.where(y == 1, "red", "blue")),
        "flag": (y == 1) ^ (rng.random(300) < 0.3),
        "count": rng.integers(0, 9, 300),
    }
    of_pandas = mifs.MutualInfoSelector("jmi", 2).fit(pd.DataFrame(data), y)
    of_polars = mifs.MutualInfoSelector("jmi", 2).fit(pl.DataFrame(data), y)
    np.testing.assert_array_equal(of_pandas.relevance_, of_polars.relevance_)
    assert list(of_pandas.get_feature_names_out()) == ["colour", "flag"]
    frame = of_pandas.set_output(transform="pandas").transform(pd.DataFrame(data))
    assert list(frame.columns) == ["colour", "flag"]
    assert frame["flag"].dtype == bool


@pytest.mark.parametrize("criterion", CRITERIA)
def test_dtypes_and_strides_change_nothing(criterion):
    """The same numbers as float64, float32, int, unsigned, Fortran order, or read-only."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, (120, 6))
    y = (X[:, 0] + X[:, 1] + rng.integers(0, 3, 120)) % 3
    expected = mifs.MutualInfoSelector(criterion, 4).fit(X, y)
    read_only = X.copy()
    read_only.flags.writeable = False
    for same in (
        X.astype(float),
        X.astype(np.float32),
        X.astype(np.uint8),
        np.asfortranarray(X),
        np.repeat(X, 2, axis=1)[:, ::2],
        read_only,
        X.tolist(),
    ):
        found = mifs.MutualInfoSelector(criterion, 4).fit(same, y)
        np.testing.assert_array_equal(found.scores_, expected.scores_)


@pytest.mark.parametrize("scale", [1e-10, 1e10])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_scale_and_offset_change_nothing(scale, offset, cancer):
    """Equal-frequency bins depend on the order of values alone."""
    X, y = cancer[0].to_numpy(), cancer[1]
    expected = mifs.MutualInfoSelector().fit(X, y)
    moved = (X + offset) * scale
    if offset:
        X = X + offset  # may round two values to one, in both tables alike
        expected = mifs.MutualInfoSelector().fit(X, y)
    found = mifs.MutualInfoSelector().fit(moved, y)
    np.testing.assert_array_equal(found.selected_, expected.selected_)


def test_nothing_of_the_input_is_changed_or_kept(cancer):
    X, y = cancer[0].to_numpy().copy(), cancer[1].to_numpy().copy()
    before = X.copy(), y.copy()
    selector = mifs.MutualInfoSelector().fit(X, y)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])
    assert len(pickle.dumps(selector)) < 10_000


def test_a_fitted_selector_survives_pickle_joblib_and_clone(cancer, tmp_path):
    selector = mifs.MutualInfoSelector("jmi", 4, mi_estimator=mifs.BinnedMI(7)).fit(*cancer)
    joblib.dump(selector, tmp_path / "selector")
    for copy in (pickle.loads(pickle.dumps(selector)), joblib.load(tmp_path / "selector")):
        np.testing.assert_array_equal(copy.transform(cancer[0]), selector.transform(cancer[0]))
        assert copy.path_.ended == selector.path_.ended
    assert clone(selector).get_params()["mi_estimator__n_bins"] == 7


def test_a_grid_search_reaches_criterion_size_and_bins(cancer):
    """Scored by cross-entropy; the string "binned" gives way to an object by itself."""
    X, y = cancer
    pipeline = Pipeline(
        [
            ("select", mifs.MutualInfoSelector()),
            ("scale", StandardScaler()),
            ("model", LogisticRegression()),
        ]
    )
    grid = {
        "select__criterion": ["jmi", CRITERIA["mifs"](0.5)],
        "select__n_features_to_select": [2, 8],
        "select__mi_estimator__n_bins": [3, "auto"],
    }
    search = GridSearchCV(pipeline, grid, scoring=mifs.cross_entropy_scorer, cv=3).fit(X, y)
    scores = search.cv_results_["mean_test_score"]
    assert np.isfinite(scores).all()
    assert search.best_params_["select__n_features_to_select"] == 8
    # Eight columns of this set leave a held-out cross-entropy well below 0.15 nats.
    assert -0.15 < search.best_score_ < 0


def test_parallel_workers_find_the_same(cancer):
    pipeline = make_pipeline(mifs.MutualInfoSelector(), StandardScaler(), LogisticRegression())
    grid = {"mutualinfoselector__n_features_to_select": [1, 5]}
    results = [
        GridSearchCV(pipeline, grid, scoring=mifs.information_gain_scorer, cv=2, n_jobs=n_jobs)
        .fit(*cancer)
        .cv_results_["mean_test_score"]
        for n_jobs in (1, 2)
    ]
    np.testing.assert_array_equal(*results)


def test_output_follows_set_output(cancer):
    X, y = cancer
    selector = mifs.MutualInfoSelector("mim", 3).fit(X, y)
    assert isinstance(selector.transform(X), pd.DataFrame)
    array = X.to_numpy()
    assert isinstance(clone(selector).fit_transform(array, y), np.ndarray)
    polars = selector.set_output(transform="polars").transform(X)
    assert isinstance(polars, pl.DataFrame)
    selector.set_output(transform="pandas")
    assert list(selector.transform(X).columns) == list(selector.get_feature_names_out())
    # scikit-learn's contract: the columns of the table, in the order of the table
    kept = X.columns[np.sort(selector.selected_)]
    assert list(selector.get_feature_names_out()) == list(kept)


def test_the_ranking_frame_says_rank_terms_and_unit(cancer):
    X, y = cancer
    selector = mifs.MutualInfoSelector("mrmr", 5).fit(X, y)
    bits = selector.ranking_frame()
    nats = selector.ranking_frame(unit="nats")
    assert list(bits.columns) == [
        "rank",
        "feature",
        "kind",
        "selected",
        "score [bits]",
        "score_is_bound",
        "relevance [bits]",
        "redundancy [bits]",
    ]
    assert list(bits["rank"]) == list(range(1, 31))
    assert list(bits["feature"][:5]) == list(X.columns[selector.selected_])
    score = bits["score [bits]"][:5] * np.log(2)
    np.testing.assert_allclose(score, selector.scores_, rtol=0, atol=1e-12)
    for name in ("relevance", "redundancy"):
        found, expected = bits[f"{name} [bits]"], nats[f"{name} [nats]"]
        np.testing.assert_allclose(found * np.log(2), expected, rtol=0, atol=1e-12)
    difference = nats["relevance [nats]"] - nats["redundancy [nats]"]
    score = nats["score [nats]"][1:5]
    np.testing.assert_allclose(score, difference[1:5], rtol=0, atol=3e-12)
    assert bits["redundancy [bits]"][5:].isna().all()
    with pytest.raises(ValueError, match="unit must be one of 'nats', 'bits', 'hartleys'"):
        selector.ranking_frame(unit="bit")


def test_a_ratio_has_no_unit():
    """DISR is information over entropy: the header says so."""
    selector = mifs.MutualInfoSelector("disr", "all").fit(*load_iris(return_X_y=True))
    frame = selector.ranking_frame()
    assert "score" in frame.columns
    assert np.isnan(frame["score"][0])  # the first is chosen by relevance, in nats
    assert list(frame["feature"]) == [f"x{column}" for column in selector.selected_]


def test_progress_is_told_to_the_callbacks_of_scikit_learn(cancer):
    pytest.importorskip("sklearn.callback", reason="callbacks came with scikit-learn 1.9")

    class Counter:
        steps = 0

        def setup(self, estimator, context):
            self.expected = context.max_subtasks

        def teardown(self, estimator, context):
            pass

        def on_fit_task_begin(self, estimator, context):
            pass

        def on_fit_task_end(self, estimator, context):
            self.steps += context.parent is not None

    counter = Counter()
    mifs.MutualInfoSelector("jmi", 4).set_callbacks(counter).fit(*cancer)
    assert counter.steps == counter.expected == 4


def _table(rng):
    return rng.normal(size=(40, 3)), rng.integers(0, 2, 40)


NAMES = ["age", "income", "height"]

# (parameters, change of X and y, error, what the message must say)
BAD = [
    (
        {"missing": "error"},
        lambda X, y: (np.where(X > 2, np.nan, X), y),
        ValueError,
        r"X contains NaN in column",
    ),
    ({}, lambda X, y: (np.where(X > 2, np.inf, X), y), ValueError, r"X contains infinity in col"),
    (
        {"missing": "error"},
        lambda X, y: (pd.DataFrame(X, columns=NAMES).mask(X > 1.5), y),
        ValueError,
        r"NaN or missing values in column '\w+' \(\d+ of 40 rows\)",
    ),
    (
        {"missing": "error"},
        lambda X, y: (pl.DataFrame({"age": [1.0, None] * 20, "b": X[:, 1]}), y),
        ValueError,
        r"missing values in column 'age' \(20 of 40 rows\)",
    ),
    (
        {},
        lambda X, y: (pd.DataFrame({"age": [1.0, np.inf] * 20}), y),
        ValueError,
        r"X contains infinity in column 'age' \(20 of 40 rows, first in row 1\)",
    ),
    (
        {},
        lambda X, y: (np.where(X > 1, "red", X.astype(object)), y),
        TypeError,
        r"Column 0 mixes strings and other values, such as 'red' and",
    ),
    (
        {},
        lambda X, y: (pd.DataFrame({"born": pd.date_range("2020", periods=40)}), y),
        TypeError,
        r"Column 'born' holds dates \(type datetime64.*discrete_features=\{'born': False\}",
    ),
    (
        {},
        lambda X, y: (pl.DataFrame({"parts": [[1], [2, 3]] * 20}), y),
        TypeError,
        r"Column 'parts' has the type List",
    ),
    ({}, lambda X, y: (X, np.where(y == 1, np.nan, 0)), ValueError, r"y contains NaN or None in"),
    ({}, lambda X, y: (X, ["a", None] * 20), ValueError, r"y contains NaN or None in 20 of 40"),
    ({}, lambda X, y: (X, [1.5, np.inf] * 20), ValueError, r"y contains infinity in 20 of 40 rows"),
    ({}, lambda X, y: (X, ["a", 1] * 20), TypeError, r"y mixes strings and other values"),
    ({}, lambda X, y: (X, y[:-1]), ValueError, r"inconsistent numbers of samples: \[40, 39\]"),
    ({}, lambda X, y: (X[:0], y[:0]), ValueError, r"0 sample"),
    ({}, lambda X, y: (X[:, :0], y), ValueError, r"0 feature"),
    ({}, lambda X, y: (X[:1], y[:1]), ValueError, r"1 sample.*minimum of 2"),
    ({}, lambda X, y: (pd.DataFrame(X[:1]), y[:1]), ValueError, r"1 sample.*minimum of 2"),
    ({}, lambda X, y: (pd.DataFrame(X)[[]], y), ValueError, r"0 feature"),
    ({}, lambda X, y: (X[:, 0], y), ValueError, r"Expected 2D array"),
    ({}, lambda X, y: (X, None), ValueError, r"requires y to be passed"),
    ({}, lambda X, y: (X, y[:, None, None]), ValueError, r"dim 3, while dim <= 2"),
    ({"multi_target": "sum"}, None, ValueError, r"multi_target"),
    ({}, lambda X, y: (X, np.zeros(40)), ValueError, r"y holds a single class, 0.0, in all 40"),
    ({}, lambda X, y: (X, np.full(40, 0.5)), ValueError, r"y holds a single value, 0.5"),
    (
        {"discrete_target": True},
        lambda X, y: (X, X[:, 0]),
        ValueError,
        r"y is to be taken as classes, but it holds fractions .*discrete_target=False",
    ),
    (
        {"discrete_target": False},
        lambda X, y: (X, np.array(["no", "yes"])[y]),
        ValueError,
        r"y is to be taken as numbers, but it holds '\w+'.*mutual_info_classif\)\.",
    ),
    (
        {"discrete_target": False},
        lambda X, y: (X, np.array(["2024-01-31", "2024-02-01"])[y]),
        ValueError,
        r"holds '2024-.*mutual_info_classif\), or make days of its dates \(pandas.to_datetime\)\.",
    ),
    (
        {},
        lambda X, y: (pd.DataFrame(X, columns=["a", "b", "a"]), y),
        ValueError,
        r"1 column name is used more than once: 'a'",
    ),
    (
        {},
        lambda X, y: (pd.DataFrame(X, columns=["a", 1, 2]), y),
        TypeError,
        r"Column names mix strings and other values, such as 'a' and 1",
    ),
    (
        {},
        lambda X, y: (
            pd.DataFrame(X, columns=pd.MultiIndex.from_product([["a"], ["b", "c", "d"]])),
            y,
        ),
        ValueError,
        r"must be single strings; got the tuple \('a', 'b'\)",
    ),
    ({"n_features_to_select": 4}, None, ValueError, r"asks for 4 columns, but between 1 and 3"),
    ({"n_features_to_select": 0}, None, ValueError, r"n_features_to_select"),
    ({"n_features_to_select": 1.5}, None, ValueError, r"n_features_to_select"),
    ({"n_features_to_select": "some"}, None, ValueError, r"n_features_to_select"),
    (
        {"n_features_to_select": 1, "include": [0, 1]},
        None,
        ValueError,
        r"asks for 1 column, but between 2 and 3",
    ),
    ({"criterion": "jmmi"}, None, ValueError, r"No criterion is called 'jmmi'. Did you mean jmi"),
    ({"criterion": 3}, None, TypeError, r"a name or a Criterion object; got 3"),
    ({"mi_estimator": "bins"}, None, ValueError, r"'binned', .*, or an object; got 'bins'"),
    ({"mi_estimator": mifs.BinnedMI(n_bins=1)}, None, ValueError, r"n_bins"),
    ({"mi_estimator": mifs.BinnedMI(correction="mm")}, None, ValueError, r"correction"),
    ({"include": ["age"]}, None, ValueError, r"the name 'age', but the columns of X have no names"),
    ({"exclude": [3]}, None, ValueError, r"exclude holds 3, which is no column of X: it has 3"),
    ({"exclude": [0, 1, 2]}, None, ValueError, r"exclude names all 3 columns"),
    ({"exclude": [0, 0]}, None, ValueError, r"exclude names a column twice"),
    ({"include": [1], "exclude": [1]}, None, ValueError, r"include and exclude both name column 1"),
    ({"exclude": [True, False]}, None, ValueError, r"one value for each of the 3 columns"),
    ({"discrete_features": "all"}, None, ValueError, r"discrete_features"),
    ({"discrete_features": [5]}, None, ValueError, r"discrete_features holds 5"),
    (
        {"discrete_features": ["hieght"]},
        lambda X, y: (pd.DataFrame(X, columns=NAMES), y),
        ValueError,
        r"'hieght', which is no column of X. Did you mean 'height'",
    ),
    (
        {"discrete_features": True, "discrete_target": True},
        lambda X, y: (np.arange(100_000)[:, None], np.arange(100_000)),
        ValueError,
        r"column 0 \(100000 levels\) with the target \(100000 classes\).*discrete_features",
    ),
]


@pytest.mark.parametrize(("parameters", "change", "error", "message"), BAD)
def test_bad_input_is_refused_by_name(parameters, change, error, message):
    """The message names the column, the value, and the parameter that mends it."""
    X, y = _table(np.random.default_rng(0))
    X[0], y[0] = 3.0, 1  # at least one value that the changes replace
    X, y = change(X, y) if change else (X, y)
    with pytest.raises(error, match=message):
        mifs.MutualInfoSelector(**parameters).fit(X, y)


def test_an_unfitted_selector_says_so():
    with pytest.raises(NotFittedError):
        mifs.MutualInfoSelector().ranking_frame()


def test_a_dataframe_keeps_its_library_and_its_types():
    """Polars in, polars out: Float32, Int8, Boolean and String stay what they are."""
    frame = pl.DataFrame(
        {
            "a": pl.Series([0.5, 0.5, 1.5, 1.5] * 10, dtype=pl.Float32),
            "b": pl.Series([0, 1, 0, 1] * 10, dtype=pl.Int8),
            "c": [True, False, False, True] * 10,
            "d": ["x", "y", "y", "x"] * 10,
        }
    )
    y = [0, 1, 1, 0] * 10
    selector = mifs.MutualInfoSelector(n_features_to_select="all")
    kept = selector.set_output(transform="polars").fit(frame, y).transform(frame)
    assert kept.schema == frame.schema
    selector = mifs.MutualInfoSelector(n_features_to_select=1).set_output(transform="pandas")
    of_pandas = selector.fit_transform(frame.to_pandas(), y)
    assert list(of_pandas.columns) == ["c"]
    assert of_pandas["c"].dtype == bool


LIBRARIES = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
}


def _noise():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(50, 2)), columns=["a", "b"], index=range(7, 57))
    return frame, np.arange(50) % 2


NONE = mifs.MutualInfoSelector(min_features_to_select=0)
NONE_STABLE = mifs.StabilitySelector(NONE, 2, min_features_to_select=0)


@pytest.mark.parametrize("selector", [NONE, NONE_STABLE], ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_dataframe_of_no_selected_column_keeps_its_rows(library, selector):
    """Of polars as far as it can, which came to hold rows without columns late."""
    X, y = _noise()
    X = LIBRARIES[library](X)
    selector = clone(selector).fit(X, y)
    with pytest.warns(UserWarning, match="No features were selected"):
        kept = selector.transform(X)
    n_rows = X.drop(X.columns).height if library == "polars" else 50
    assert type(kept) is type(X)
    assert kept.shape == (n_rows, 0)
    selector.set_output(transform="pandas")
    with pytest.warns(UserWarning, match="No features were selected"):
        kept = selector.transform(X)
    assert isinstance(kept, pd.DataFrame)
    assert kept.shape == (50, 0)
    if library == "pandas":
        pd.testing.assert_index_equal(kept.index, X.index)


@pytest.mark.filterwarnings("ignore:No features were selected:UserWarning")
@pytest.mark.parametrize("output", ["default", "pandas"])
@pytest.mark.parametrize("columns", [["a", "b"], [0, 1], [1, 0]])
def test_no_selected_column_leaves_the_others_of_a_union_their_rows(columns, output):
    X, y = _noise()
    X.columns = columns
    for union in (
        make_union(clone(NONE), FunctionTransformer(feature_names_out="one-to-one")),
        make_column_transformer(
            (clone(NONE), columns), ("passthrough", [columns[0]]), verbose_feature_names_out=False
        ),
    ):
        kept = union.set_output(transform=output).fit_transform(X, y)
        assert kept.shape[0] == 50
        if output == "pandas":
            pd.testing.assert_index_equal(kept.index, X.index)


def test_missing_values_are_named_in_transform_too():
    X, y = _table(np.random.default_rng(0))
    selector = mifs.MutualInfoSelector(missing="error").fit(X, y)
    X[3, 1] = np.nan
    with pytest.raises(
        ValueError, match=r"X contains NaN in column 1 \(1 of 40 rows, first in row 3\)"
    ):
        selector.transform(X)


def test_columns_with_numbers_for_names_keep_them_in_the_ranking():
    X, y = _table(np.random.default_rng(0))
    frame = pd.DataFrame(X, columns=[2020, 2021, 2022])
    ranking = mifs.MutualInfoSelector().fit(frame, y).ranking_frame()
    assert sorted(ranking["feature"]) == ["2020", "2021", "2022"]


@pytest.mark.parametrize(
    ("names", "parameters", "readings"),
    [
        ([1, 0], {"exclude": [0]}, "exclude holds 0.*: '0' for .* called 0, or '1' .* at place 0"),
        ([1, 0], {"include": [1]}, "include holds 1.*: '1' for .* called 1, or '0' .* at place 1"),
        ([1, 0], {"exclude": [-1]}, "exclude holds -1.* string: '0' for the one at place -1"),
        (
            [1, 0],
            {"discrete_features": {0: False}},
            "discrete_features holds 0.*'1' for the one at",
        ),
        ([1, 0], {"discrete_features": [1]}, "discrete_features holds 1"),
        ([1, 0], {"discrete_features": lambda X: list(X.columns)}, "discrete_features holds 1"),
        ([2020, 2021], {"include": [0]}, "include holds 0.* string: '2020' for the one at place 0"),
        ([2020, 2021], {"include": [2021]}, "holds 2021.* string: '2021' for the one called 2021"),
        ([0.5, 1.5], {"include": np.array([1])}, "string: '1.5' for the one at place 1"),
    ],
)
def test_a_number_that_is_not_the_place_of_the_name_is_refused(names, parameters, readings):
    X, y = _noise()
    with pytest.raises(ValueError, match=readings):
        mifs.MutualInfoSelector(n_features_to_select=1, **parameters).fit(
            X.set_axis(names, axis=1), y
        )


@pytest.mark.parametrize(
    ("names", "include", "place"),
    [
        ([0, 1, 2], [2], 2),
        ([0, 1, 2], [-1], 2),
        ([2, 1, 0], [1], 1),
        ([2, 1, 0], ["0"], 2),
        ([2, 1, 0], [True, False, False], 0),
        (["2", "1", "0"], [0], 0),
    ],
)
def test_a_column_called_by_a_number_is_found_by_place_where_that_is_its_name(
    names, include, place
):
    X, y = _table(np.random.default_rng(0))
    selector = mifs.MutualInfoSelector(n_features_to_select=1, include=include)
    assert selector.fit(pd.DataFrame(X, columns=names), y).selected_.tolist() == [place]


def test_a_failed_change_of_parameters_changes_nothing():
    selector = mifs.MutualInfoSelector()
    with pytest.raises(ValueError, match="bad"):
        selector.set_params(mi_estimator__bad=3)
    assert selector.mi_estimator == "binned"


@pytest.mark.parametrize("share", [0.29, 0.57, 0.58])
def test_a_fraction_is_not_rounded_down_by_the_binary_system(share):
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 2, (30, 100)), rng.integers(0, 2, 30)
    selector = mifs.MutualInfoSelector("mim", share).fit(X, y)
    assert selector.n_features_ == round(100 * share)


@pytest.mark.parametrize(
    "values",
    [
        np.array([2**63 + 5, 2**63 + 5, 2**63 + 7, 2**63 + 7] * 9, dtype=np.uint64),
        np.array([-(2**62), 2**62, 2**62 + 1, 2**62 + 2] * 9),
        np.array([-1.7e308, 1.7e308, -1.7e308, 1.7e308] * 9),
        np.array([-128, 127, -128, 127] * 9, dtype=np.int8),
    ],
)
@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
def test_numbers_at_the_ends_of_their_types_are_told_apart(values, strategy):
    """No overflow, and no two whole numbers that are one float."""
    y = values > np.sort(values)[len(values) // 2 - 1]
    expected = mifs.entropy_of(y)
    for discrete in (True, False):
        if strategy == "uniform" and not discrete and values.dtype.kind == "i":
            continue  # equal widths of unequal distances merge what lies together
        selector = mifs.MutualInfoSelector(
            discrete_features=discrete, mi_estimator=mifs.BinnedMI(5, strategy, None)
        ).fit(values[:, None], y)
        if not (strategy == "uniform" and values.dtype == np.uint64 and not discrete):
            assert selector.relevance_[0] == pytest.approx(expected, abs=1e-12)


# ---------------------------------------------------------------- by nearest neighbours

BY_NEIGHBOURS = ["mim", "mifs", "mrmr", "jmi", "jmim", "cmim", "cife", "icap"]


def _mixed(n=400):
    """A label, a count with zeros, two numbers of which y is made, noise, and y."""
    rng = np.random.default_rng(0)
    a, b, noise, error = rng.normal(size=(4, n))
    colour = np.array(["red", "green", "blue"])[rng.integers(3, size=n)]
    zeros = np.where(rng.random(n) < 0.4, 0.0, np.exp(rng.normal(size=n)))
    y = a + b + (colour == "red") + 0.5 * zeros + 0.5 * error
    return pd.DataFrame({"colour": colour, "zeros": zeros, "a": a, "b": b, "noise": noise}), y


@pytest.mark.parametrize("kind", ["numbers", "classes"])
@pytest.mark.parametrize("criterion", BY_NEIGHBOURS)
def test_neighbours_select_from_a_mixed_table_for_any_target(criterion, kind):
    """No bins: continuous stays continuous, labels stay labels."""
    X, y = _mixed()
    target = y if kind == "numbers" else np.digitize(y, np.quantile(y, [1 / 3, 2 / 3]))
    selector = mifs.MutualInfoSelector(criterion, 4, mi_estimator="knn").fit(X, target)
    assert set(selector.get_feature_names_out()[:4]) >= {"a", "b"}
    assert list(selector.discrete_features_) == [True, False, False, False, False]
    assert np.isfinite(selector.scores_).all()
    assert selector.promise_.startswith("No promise")
    function = mifs.mutual_info_regression if kind == "numbers" else mifs.mutual_info_classif
    np.testing.assert_array_equal(selector.relevance_, function(X, target, mi_estimator="knn"))


@pytest.mark.parametrize(
    ("criterion", "instead"),
    [("disr", "jmi"), ("njmim", "jmi"), ("mrmr_quotient", "mrmr"), ("iwfs", "cife")],
)
@pytest.mark.parametrize("mi_estimator", ["knn", "gaussian"])
def test_what_has_no_entropy_is_refused_with_an_alternative(criterion, instead, mi_estimator):
    X, y = _mixed()
    selector = mifs.MutualInfoSelector(criterion, 2, mi_estimator=mi_estimator)
    message = rf"give(s)? no .*; use criterion='{instead}', or mi_estimator=\"binned\"."
    with pytest.raises(ValueError, match=message):
        selector.fit(X[["a", "b", "noise"]], y)


def test_many_scales_rank_and_measure_no_pair():
    X, y = _mixed()
    scales = mifs.NearestNeighborsMI("multiscale")
    ranked = mifs.MutualInfoSelector("mim", mi_estimator=scales).fit(X, y)
    assert {"a", "b"} <= set(ranked.get_feature_names_out()) <= set(X.columns[:4])
    with pytest.raises(ValueError, match='criterion="mim"'):
        mifs.MutualInfoSelector("cmim", 2, mi_estimator=scales).fit(X, y)


def test_relevance_alone_is_ranked_by_many_scales_and_reported_at_three_neighbours():
    X, y = _mixed()
    selector = mifs.MutualInfoSelector("mim", "all", mi_estimator="knn").fit(X, y)
    three = mifs.MutualInfoSelector("mim", "all", mi_estimator=mifs.NearestNeighborsMI(3))
    np.testing.assert_array_equal(selector.relevance_, three.fit(X, y).relevance_)
    many = mifs.NearestNeighborsMI("multiscale")
    scores = mifs.MutualInfoSelector("mim", "all", mi_estimator=many).fit(X, y).scores_
    np.testing.assert_array_equal(selector.scores_, scores)
    assert (selector.scores_ != selector.relevance_[selector.selected_]).any()
    np.testing.assert_array_equal(three.scores_, three.relevance_[three.selected_])
    assert {"score [bits]", "relevance [bits]"} <= set(selector.ranking_frame())
    # a criterion that looks at pairs too has one estimate for all of its terms
    paired = mifs.MutualInfoSelector("jmi", 2, mi_estimator="knn").fit(X, y)
    assert paired.scores_[0] == paired.relevance_.max()


@pytest.mark.parametrize("mi_estimator", ["knn", "gaussian"])
@pytest.mark.parametrize("options", [{}, {"interactions": True}, {"error_control": "fdr"}])
def test_the_gate_of_neighbours_tests_the_columns_in_bins_and_says_so(mi_estimator, options):
    """The same p-values alone as with bins, whatever the order of choice."""
    X, y = _mixed()
    X = X[["a", "b", "noise"]]
    binned = mifs.MutualInfoSelector(confirm=False, **options).fit(X, y)
    selector = mifs.MutualInfoSelector(confirm=False, mi_estimator=mi_estimator, **options)
    selector.fit(X, y)
    assert set(selector.get_feature_names_out()) == {"a", "b"}
    np.testing.assert_array_equal(selector.gate_.pvalue_alone, binned.gate_.pvalue_alone)
    assert "The tests are of the columns and the target in bins" in selector.promise_
    assert "in bins of equal frequency" not in binned.promise_
    assert "p given" in selector.ranking_frame()
    assert list(selector.why_not_frame()["feature"]) == ["noise"]


def test_a_promise_says_how_many_rows_the_weights_make():
    """A thousand for each row of noise: every column seems to tell, as it would of so many."""
    X, y = np.random.default_rng(0).normal(size=(300, 10)), np.arange(300) % 2
    selector = mifs.MutualInfoSelector()
    promise = selector.fit(X, y, sample_weight=np.full(300, 1000)).promise_
    assert "Tests take sample_weight for counts, and 300 rows for 300000: other weights" in promise
    assert "sample_weight" not in selector.fit(X, y, sample_weight=np.ones(300)).promise_


def test_a_promise_that_is_none_says_what_was_tested_too():
    X, y = np.random.default_rng(3).normal(size=(2, 100, 1))
    selector = mifs.MutualInfoSelector(mi_estimator="knn").fit(X, y[:, 0])
    assert selector.promise_.startswith("No promise: no column may enter")
    assert "in bins" in selector.promise_


@pytest.mark.parametrize("criterion", ["jmi", "mrmr"])
def test_monotone_maps_and_the_order_of_rows_change_no_digit_by_neighbours(criterion):
    """Nor do the order of columns, an offset of 1e10, a scale of 1e-10, or the frame."""
    X, y = _mixed()
    numbers, y = X.drop(columns="colour").to_numpy(), np.exp(y)
    selector = mifs.MutualInfoSelector(criterion, 3, mi_estimator="knn")
    expected = clone(selector).fit(numbers, y)
    rng = np.random.default_rng(1)
    rows, columns = rng.permutation(400), rng.permutation(4)
    cases = {
        "rows": (numbers[rows], y[rows]),
        "maps": (np.column_stack([numbers[:, 0], *(np.sinh(numbers[:, 1:]).T)]), np.log(y)),
        "falling": (-numbers, -y),
        "scale": (numbers * 1e-10, y * 1e10),
        "float32 order": (np.asfortranarray(numbers), y.tolist()),
        "frame": (pl.DataFrame(numbers, schema=["0", "1", "2", "3"]), y),
    }
    for name, (table, target) in cases.items():
        found = clone(selector).fit(table, target)
        np.testing.assert_array_equal(found.selected_, expected.selected_, err_msg=name)
        np.testing.assert_array_equal(found.scores_, expected.scores_, err_msg=name)
        np.testing.assert_array_equal(found.relevance_, expected.relevance_, err_msg=name)
    moved = clone(selector).fit(numbers[:, columns], y)
    np.testing.assert_array_equal(columns[moved.selected_], expected.selected_)
    np.testing.assert_array_equal(moved.scores_, expected.scores_)


def test_an_offset_of_1e10_changes_nothing_that_it_does_not_round_away():
    X, y = _mixed()
    numbers = np.round(X[["a", "b", "noise"]].to_numpy() * 2**16) / 2**16  # exact beside 1e10
    selector = mifs.MutualInfoSelector("cmim", 2, mi_estimator="knn")
    near, far = clone(selector).fit(numbers, y), clone(selector).fit(numbers + 1e10, y)
    np.testing.assert_array_equal(near.scores_, far.scores_)
    np.testing.assert_array_equal(near.relevance_, far.relevance_)


def test_a_constant_column_is_worth_exactly_nothing_to_neighbours():
    """scikit-learn issue 30772, through the selector."""
    y = np.arange(1000) < 5
    X = np.column_stack([np.full(1000, 3.7), np.random.default_rng(0).normal(size=1000)])
    selector = mifs.MutualInfoSelector("cmim", "all", mi_estimator="knn").fit(X, y)
    assert selector.relevance_[0] == 0.0
    assert (selector.relevance_ <= mifs.entropy_of(y)).all()
    assert selector.scores_[list(selector.selected_).index(0)] <= 0.0


def test_a_copy_adds_nothing_by_the_gaussian_copula():
    """Given itself a column is known, so that no covariance has to be inverted."""
    X, y = _mixed()
    table = X[["a", "b"]].assign(copy=-np.exp(X["a"]))
    selector = mifs.MutualInfoSelector("cmim", 2, mi_estimator="gaussian", include=["a"])
    selector.fit(table, y)
    assert list(selector.selected_) == [0, 1]
    assert selector.relevance_[2] == selector.relevance_[0] > 0.1
    assert selector.path_.last_score[2] == 0.0
    with pytest.raises(ValueError, match="one is a function of the others"):
        mifs.MutualInfoSelector("mrmr", 3, mi_estimator="gaussian").fit(table, y)


def test_remarks_name_the_columns_whose_values_are_in_doubt():
    X, y = _mixed()
    assert mifs.MutualInfoSelector("mim", 2, mi_estimator="knn").fit(X, y).remarks_ == ()
    assert mifs.MutualInfoSelector("mim", 2).fit(X, y).remarks_ == ()
    saturated = X.assign(twin=y**3)
    selector = mifs.MutualInfoSelector("mim", 2, mi_estimator="knn").fit(saturated, y)
    (remark,) = selector.remarks_
    assert remark.startswith("twin: The estimate, ")
    rare = np.repeat([0, 1, 2], [200, 198, 2])
    (remark,) = mifs.MutualInfoSelector("mim", 2, mi_estimator="knn").fit(X, rare).remarks_[:1]
    assert "merge rare classes" in remark


def test_a_grid_search_reaches_the_neighbours_of_a_name():
    X, y = _mixed()
    selector = mifs.MutualInfoSelector(mi_estimator="knn")
    selector.set_params(mi_estimator__n_neighbors=5, mi_estimator__transform=None)
    assert selector.mi_estimator.get_params() == mifs.NearestNeighborsMI(5, None).get_params()
    copied = pickle.loads(pickle.dumps(selector.fit(X, y)))
    np.testing.assert_array_equal(copied.scores_, selector.scores_)
