"""Tables of any library and type: the same values give the same result, bit for bit."""

import copy
import pathlib
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mifs

FEW = settings(max_examples=15)
N = 60
DATA = pathlib.Path(__file__).parents[2] / "shared" / "data"


def fit(X, y, **parameters):
    return mifs.MutualInfoSelector(n_features_to_select="all", **parameters).fit(X, y)


def said(selector):
    """What must not depend on how a table is stored."""
    columns = [(c.kind, c.n_levels, c.n_missing, c.remarks) for c in selector.columns_]
    return selector.relevance_.tolist(), selector.selected_.tolist(), columns


@st.composite
def tables(draw):
    """Columns of numbers, whole numbers, booleans and labels with None for missing, and classes."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    y = rng.integers(0, 3, N)
    y[:2] = 0, 1
    columns = {
        "number": (rng.normal(size=N) + y).round(draw(st.integers(1, 3))),
        "whole": rng.integers(0, 2, N) * 40 + y,
        "flag": rng.random(N) < 0.3 + 0.2 * y,
        "label": np.array(["red", "green", "", "blue"])[rng.integers(0, 4, N) * y % 4],
    }
    share = draw(st.sampled_from([0, 0.2, 0.9]))
    for name, values in columns.items():
        values = values.tolist()  # noqa: PLW2901
        columns[name] = [v if rng.random() >= share else None for v in values]
    return columns, y


def as_pandas(columns):
    types = {"number": "float64", "whole": "float64", "flag": "object", "label": "object"}
    return pd.DataFrame({k: pd.Series(v, dtype=types[k]) for k, v in columns.items()})


def as_nullable(columns):
    types = {"number": "Float64", "whole": "Int64", "flag": "boolean", "label": "string"}
    return pd.DataFrame({k: pd.array(v, dtype=types[k]) for k, v in columns.items()})


def as_arrow(columns):
    types = ["double[pyarrow]", "int64[pyarrow]", "bool[pyarrow]", "string[pyarrow]"]
    return pd.DataFrame({k: pd.Series(v, dtype=t) for (k, v), t in zip(columns.items(), types)})  # noqa: B905


def as_category(columns):
    return as_nullable(columns).astype({"label": "category"})


def as_polars(columns):
    types = [pl.Float64, pl.Int32, pl.Boolean, pl.String]
    return pl.DataFrame(columns, schema=dict(zip(columns, types, strict=True)))


def as_polars_nan(columns):
    floats = {k: pl.col(k).cast(pl.Float64).fill_null(np.nan) for k in ("number", "whole")}
    return as_polars(columns).with_columns(**floats, label=pl.col("label").cast(pl.Categorical))


def as_pyarrow(columns):
    return as_polars(columns).to_arrow()


def as_objects(columns):
    missing = [None, np.nan, pd.NA, pd.NaT]
    rows = pd.DataFrame(columns, dtype=object)
    places = np.argwhere(rows.isna().to_numpy())
    table = rows.to_numpy(copy=True)
    for turn, (row, column) in enumerate(places):
        table[row, column] = missing[turn % 4]
    return table


LIBRARIES = [
    as_nullable, as_arrow, as_category, as_polars, as_polars_nan, as_pyarrow, as_objects
]  # fmt: skip


@FEW
@given(tables())
def test_the_library_of_a_table_changes_nothing(table):
    """Pandas of four kinds, polars with null and with NaN, pyarrow, NumPy with all that misses."""
    columns, y = table
    expected = said(fit(as_pandas(columns), y))
    for library in LIBRARIES:
        found = said(fit(library(columns), y))
        if library is not as_objects:
            assert found == expected, library.__name__
        else:
            assert found[:2] == expected[:2]
            assert [c[:3] for c in found[2]] == [c[:3] for c in expected[2]]


@FEW
@given(tables(), st.sampled_from(["binned", "knn"]))
def test_the_type_of_numbers_changes_nothing(table, mi_estimator):
    """Where the values fit into the type."""
    rng = np.random.default_rng(0)
    y = table[1]
    X = np.column_stack([rng.integers(0, 2, N), rng.integers(0, 100, N), y * 30])
    expected = said(fit(X, y, mi_estimator=mi_estimator))
    for dtype in (np.int8, np.uint8, np.int32, np.uint64, np.float32, np.float64):
        assert said(fit(X.astype(dtype), y, mi_estimator=mi_estimator)) == expected
        frame = pd.DataFrame(X.astype(dtype), columns=["x0", "x1", "x2"])
        assert said(fit(frame, y, mi_estimator=mi_estimator)) == expected
        assert said(fit(pl.from_pandas(frame), y, mi_estimator=mi_estimator)) == expected
    flags = pd.DataFrame(X, columns=["x0", "x1", "x2"]).astype({"x0": bool})
    assert said(fit(flags, y, mi_estimator=mi_estimator)) == expected


@FEW
@given(tables(), st.sampled_from(["binned", "knn"]), st.permutations(range(4)))
def test_the_order_of_columns_permutes_the_scores(table, mi_estimator, order):
    columns, y = table
    X = as_pandas(columns)
    one = fit(X, y, mi_estimator=mi_estimator)
    other = fit(X.iloc[:, order], y, mi_estimator=mi_estimator)
    assert other.relevance_.tolist() == one.relevance_[list(order)].tolist()
    assert [c.kind for c in other.columns_] == [one.columns_[place].kind for place in order]


@FEW
@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_of_levels_change_nothing(table, random):
    """Scores are sums over cells: in another order of cells they round otherwise, by 1e-12."""
    columns, y = table
    X = as_pandas(columns)
    one = fit(X, y)
    rows = list(range(N))
    random.shuffle(rows)
    assert said(fit(X.iloc[rows], y[rows])) == said(one)
    names = {"red": "zinc", "green": "a", "": "m", "blue": "b"}
    renamed = X.assign(label=X["label"].map(names, na_action="ignore").astype(object))
    other = fit(renamed, np.array(["x", "c", "k"])[y])
    np.testing.assert_allclose(other.relevance_, one.relevance_, rtol=0, atol=1e-12)
    assert said(other)[2] == said(one)[2]


@FEW
@given(tables(), st.sampled_from(["binned", "knn"]))
def test_missing_labels_are_a_label_of_their_own(table, mi_estimator):
    """The hand-coded level sorts last, as the built one."""
    columns, y = table
    coded = {
        "flag": [str(v) if v is not None else "~" for v in columns["flag"]],
        "label": [v if v is not None else "~" for v in columns["label"]],
    }
    X = as_pandas(columns)[["flag", "label"]]
    expected = fit(pd.DataFrame(coded), y, mi_estimator=mi_estimator)
    found = fit(X, y, mi_estimator=mi_estimator)
    assert found.relevance_.tolist() == expected.relevance_.tolist()
    assert found.selected_.tolist() == expected.selected_.tolist()


@FEW
@given(tables())
def test_missing_numbers_are_a_level_above_the_bins(table):
    """Against bins made by hand, and one more; the Discretizer has the same codes."""
    columns, y = table
    X = as_pandas(columns)[["number"]]
    codes = mifs.Discretizer().fit_transform(X)
    present = X["number"].notna().to_numpy()
    by_hand = np.full((N, 1), 99)
    if present.any():
        by_hand[present] = mifs.Discretizer().fit_transform(X[present])
    assert (
        np.unique(codes, return_inverse=True)[1] == np.unique(by_hand, return_inverse=True)[1]
    ).all()
    expected = fit(by_hand, y, discrete_features=True).relevance_
    assert fit(X, y, discrete_features=False).relevance_.tolist() == expected.tolist()


def test_missing_numbers_are_an_atom_to_neighbours():
    """All present values equal: what is left to tell is whether one is missing, log 2."""
    y = np.tile([0, 1], 200)
    x = np.where(y == 1, np.nan, 0.5)[:, None]
    value = mifs.mutual_info_classif(x, y, mi_estimator="knn", discrete_features=False)
    state = mifs.mutual_info_classif(np.isnan(x), y, mi_estimator="knn")
    assert value.tolist() == state.tolist()
    noise = np.random.default_rng(0).normal(size=(400, 1))
    x = np.where(y[:, None] == 1, np.nan, noise)
    assert mifs.mutual_info_classif(x, y, mi_estimator="knn") == pytest.approx(np.log(2), abs=0.01)


@pytest.mark.parametrize("mi_estimator", ["binned", "knn"])
def test_minus_zero_is_zero(mi_estimator):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, N)
    x = np.where(rng.random(N) < 0.5, 0.0, rng.normal(size=N).round(1))
    signed = np.where((x == 0) & (rng.random(N) < 0.5), -0.0, x)
    X = pd.DataFrame({"a": x, "b": signed})
    selector = fit(X, y, mi_estimator=mi_estimator)
    assert selector.relevance_[0] == selector.relevance_[1]
    assert "equal to a in every row" in selector.columns_[1].remarks


@FEW
@given(tables(), st.sampled_from([as_pandas, as_category, as_polars, as_objects]))
def test_nothing_is_changed_and_a_pickle_is_the_same(table, library):
    columns, y = table
    X = library(columns)
    before, target = copy.deepcopy(X), y.copy()
    selector = mifs.MutualInfoSelector(n_features_to_select=2).fit(X, y)
    restored = pickle.loads(pickle.dumps(selector))
    assert said(restored) == said(selector)
    out = restored.transform(X)
    same = (
        pd.DataFrame(X).equals(pd.DataFrame(before)) if library is as_objects else X.equals(before)
    )
    assert same
    assert (y == target).all()
    if library is not as_objects:
        names = list(np.array(list(columns))[selector.get_support()])
        assert type(out) is type(X)
        assert out.equals(X[names])


def test_types_and_row_labels_come_out_as_they_went_in():
    n = 20
    y = np.tile([0, 1], n // 2)
    frame = pd.DataFrame(
        {
            "small": pd.Series(y, dtype="int8"),
            "nullable": pd.array([*y[:-1], None], dtype="Int16"),
            "category": pd.Categorical(np.array(["x", "y"])[y]),
            "single": y.astype(np.float32),
            "flag": y == 1,
        }
    ).set_index(np.arange(n) * 10)
    out = fit(frame, y).transform(frame)
    pd.testing.assert_frame_equal(out, frame)
    schema = {"a": pl.Float32, "b": pl.Int8, "c": pl.Boolean, "d": pl.Categorical, "e": pl.Date}
    table = pl.DataFrame({"a": y, "b": y, "c": y == 1, "d": [str(v) for v in y]})
    table = table.with_columns(e=pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 1, n)))
    table = table.cast(schema)
    selector = fit(table, y, discrete_features={"e": False})
    assert selector.transform(table).schema == table.schema
    arrow = table.to_arrow()
    assert fit(arrow, y, discrete_features={"e": False}).transform(arrow).schema == arrow.schema


def test_set_output_is_obeyed():
    y = np.tile([0, 1], 10)
    table = pl.DataFrame({"a": y, "b": y * 2.0})
    selector = fit(table, y)
    assert isinstance(selector.transform(table), pl.DataFrame)
    assert isinstance(selector.set_output(transform="pandas").transform(table), pd.DataFrame)
    assert isinstance(selector.set_output(transform="polars").transform(table), pl.DataFrame)
    frame = table.to_pandas()
    assert isinstance(selector.transform(frame), pl.DataFrame)
    assert isinstance(selector.set_output(transform="default").transform(frame), pd.DataFrame)


@pytest.mark.parametrize("mi_estimator", ["binned", "knn"])
def test_columns_that_say_nothing_work_and_are_flagged(mi_estimator):
    """All missing, constant, or with a single level in this fold."""
    y = np.tile([0, 1], N // 2)
    X = pd.DataFrame(
        {
            "none": [None] * N,
            "nan": np.nan,
            "one": 1.5,
            "fold": pd.Categorical(["x"] * N, categories=["x", "y"]),
            "good": y * 1.0,
        }
    )
    selector = fit(X, y, mi_estimator=mi_estimator)
    said_of = {c.name: c.remarks for c in selector.columns_}
    assert said_of["none"] == said_of["nan"] == ("all missing",)
    assert said_of["one"] == said_of["fold"] == ("constant",)
    assert selector.relevance_[:4].tolist() == [0, 0, 0, 0]
    assert selector.selected_[0] == 4
    auto = mifs.MutualInfoSelector(mi_estimator=mi_estimator).fit(X, y)
    assert auto.get_feature_names_out().tolist() == ["good"]


TARGETS = {
    "titanic": "survived", "adult": "income", "ames": "SalePrice", "credit_g": "credit",
    "mushroom": "label", "income_survey": "INCOME", "california_housing": "median_house_value",
}  # fmt: skip


def real(name):
    """A real table by pandas and by polars, without its target; skipped where it is absent."""
    path = DATA / f"{name}.parquet"
    if not path.exists():
        pytest.skip(f"needs {name}.parquet of the shared data folder beside the project")
    drop = [TARGETS[name], *(["split"] if name == "adult" else [])]
    frame, table = pd.read_parquet(path), pl.read_parquet(path)
    return frame.drop(columns=drop), table.drop(drop), table[TARGETS[name]]


@pytest.mark.parametrize("name", TARGETS)
def test_real_tables_are_the_same_to_pandas_and_polars(name):
    """As they were read, with labels, missing values and all."""
    frame, table, y = real(name)
    one = mifs.MutualInfoSelector(n_features_to_select=8).fit(frame, y.to_pandas())
    other = mifs.MutualInfoSelector(n_features_to_select=8).fit(table, y)
    assert said(one) == said(other)
    assert not set(one.get_feature_names_out()) & {"Order", "PID"}  # of ames


def test_the_leaks_and_identifiers_of_titanic_are_flagged():
    """Boats and bodies were known afterwards; families share a ticket, which tells of survival."""
    _, table, y = real("titanic")
    selector = mifs.MutualInfoSelector().fit(table, y)
    assert not {"ticket", "name"} & set(selector.get_feature_names_out())
    # Names tell nothing; once others add less than nothing too, they are chosen of a few left.
    assert selector.relevance_[table.columns.index("name")] < 0
    remarks = {c.name: " ".join(c.remarks) for c in selector.columns_}
    assert "was it filled in afterwards" in remarks["boat"]
    assert "was it filled in afterwards" in remarks["body"]
    assert "looks like an identifier" in remarks["name"]
