"""Sparse tables at the doors: the container changes no digit."""

import numpy as np
import pytest
from conftest import SHARED_DATA
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags

import mifs
from mifs._sparse import StoredColumn
from mifs.encoding import TypedColumn, TypedStoredColumn

PCMAC = SHARED_DATA / "pcmac.npz"
FORMATS = [
    *(sparse.csr_array, sparse.csc_array, sparse.coo_array, sparse.bsr_array, sparse.lil_array),
    *(sparse.csr_matrix, sparse.csc_matrix, sparse.coo_matrix, sparse.bsr_matrix),
    *(sparse.lil_matrix, sparse.dia_array, sparse.dia_matrix),
    *(sparse.dok_array, sparse.dok_matrix),  # which are dicts, too
]

# The tests make tables of many diagonals.
pytestmark = pytest.mark.filterwarnings("ignore:Constructing a DIA matrix")


def mixed_table(n_samples=300):
    """Counts, one-hot columns, fractions, negative numbers, one column without zeros, one empty."""
    rng = np.random.default_rng(0)
    is_stored = rng.random((n_samples, 12)) < 0.2
    X = is_stored * rng.integers(1, 5, (n_samples, 12)).astype(float)
    X[:, 3] *= rng.random(n_samples)
    X[:, 4] *= rng.normal(size=n_samples)
    X[:, 5] *= rng.integers(1, 60, n_samples)
    X[:, 6] = rng.integers(1, 4, n_samples)
    X[:, 7] = 0
    y = (X[:, 0] + X[:, 3] + X[:, 4] > rng.normal(size=n_samples)).astype(int)
    return X, y


values_of_a_column = st.lists(
    st.sampled_from([0.0, 0.0, 0.0, -0.0, 1.0, 2.0, -1.0, 0.5, -0.25, 1e300, 3.0, 40.0]),
    min_size=2,
    max_size=60,
)


@given(
    values_of_a_column, st.booleans(), st.integers(2, 7), st.sampled_from(["quantile", "uniform"])
)
def test_a_sparse_column_has_the_codes_of_the_same_column_in_full(values, discrete, n_bins, how):
    values = np.array(values)
    rows = np.flatnonzero(values)
    column = StoredColumn(rows, values[rows], len(values) - len(rows))
    estimator = mifs.BinnedMI(n_bins, how)
    found = estimator.encode_stored(TypedStoredColumn(column, discrete))
    expected = estimator.encode(TypedColumn(values, discrete))
    np.testing.assert_array_equal(found.dense(len(values)).codes, expected.codes)
    assert found.n_levels == expected.n_levels


@pytest.mark.parametrize("discrete", [True, False])
def test_a_missing_value_is_the_last_level_of_a_sparse_column(discrete):
    values = np.array([0, 1, np.nan, 3, 0, np.nan, 2])
    rows = np.flatnonzero(values)
    column = StoredColumn(rows, values[rows], 2)
    is_missing = np.isnan(values)
    typed = TypedStoredColumn(column, discrete, np.isnan(column.with_zero()))
    found = mifs.BinnedMI(3).encode_stored(typed)
    present = mifs.BinnedMI(3).encode(TypedColumn(values[~is_missing], discrete))
    codes = found.dense(7).codes
    np.testing.assert_array_equal(codes[~is_missing], present.codes)
    assert (codes[is_missing] == present.n_levels).all()
    assert found.n_levels == present.n_levels + 1


@pytest.mark.parametrize("container", FORMATS)
@pytest.mark.parametrize("length", [6, "auto"])
def test_a_selection_is_that_of_the_dense_table(container, length):
    X, y = mixed_table()
    dense = mifs.MutualInfoSelector("jmi", length).fit(X, y)
    found = mifs.MutualInfoSelector("jmi", length).fit(container(X), y)
    np.testing.assert_array_equal(found.selected_, dense.selected_)
    np.testing.assert_array_equal(found.relevance_, dense.relevance_)
    np.testing.assert_array_equal(found.scores_, dense.scores_)
    np.testing.assert_array_equal(found.discrete_features_, dense.discrete_features_)
    reduced = found.transform(container(X))
    assert sparse.issparse(reduced)
    np.testing.assert_array_equal(reduced.toarray(), dense.transform(X))


def test_tables_with_duplicates_explicit_zeros_and_unsorted_rows_are_read_and_not_changed():
    X, y = mixed_table()
    stored = sparse.coo_array(X)
    rows = np.concatenate([stored.row, stored.row, np.arange(20)])
    columns = np.concatenate([stored.col, stored.col, np.full(20, 7)])
    data = np.concatenate([stored.data / 2, stored.data / 2, np.zeros(20)])
    order = np.random.default_rng(0).permutation(len(rows))
    rows, columns, data = rows[order], columns[order], data[order]
    by_column = np.argsort(columns, kind="stable")
    indptr = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=X.shape[1]))])
    messy = sparse.csc_array((data[by_column], rows[by_column], indptr), shape=X.shape)
    before = [array.copy() for array in (messy.data, messy.indices, messy.indptr)]
    found = mifs.mutual_info_classif(messy, y)
    np.testing.assert_array_equal(found, mifs.mutual_info_classif(X, y))
    for array, old in zip((messy.data, messy.indices, messy.indptr), before, strict=True):
        np.testing.assert_array_equal(array, old)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float32])
def test_the_type_of_the_numbers_changes_nothing(dtype):
    X, y = mixed_table()
    X = X[:, [0, 1, 2, 6]].astype(dtype)
    found = mifs.mutual_info_classif(sparse.csr_array(X), y)
    np.testing.assert_array_equal(found, mifs.mutual_info_classif(X, y))


def test_functions_take_sparse_tables():
    X, y = mixed_table()
    table, number = sparse.csr_array(X), X.sum(axis=1)
    np.testing.assert_array_equal(
        mifs.mutual_info_regression(table, number), mifs.mutual_info_regression(X, number)
    )
    for found, expected in zip(
        mifs.mutual_info_test(table, y), mifs.mutual_info_test(X, y), strict=True
    ):
        # The statistic is a sum of floats, here over more empty cells.
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("container", FORMATS)
def test_stability_selection_takes_sparse_tables(container):
    X, y = mixed_table()
    selector = mifs.StabilitySelector(mifs.MutualInfoSelector("mrmr", 4), 4, random_state=0)
    dense = selector.fit(X, y).frequencies_
    np.testing.assert_array_equal(selector.fit(container(X), y).frequencies_, dense)


def counts():
    """A table of counts with a class that they tell, as MultinomialNB takes it."""
    rng = np.random.default_rng(1)
    X = (rng.random((150, 6)) < 0.3) * rng.integers(1, 4, (150, 6)).astype(float)
    return X, (X[:, 0] + X[:, 2] + rng.random(150) > 1.5).astype(int)


@pytest.mark.parametrize("container", FORMATS)
def test_the_number_of_columns_is_chosen_in_a_sparse_table_as_in_the_dense_one(container):
    X, y = counts()
    dense = mifs.MutualInfoSelectorCV(MultinomialNB(), cv=3).fit(X, y)
    found = mifs.MutualInfoSelectorCV(MultinomialNB(), cv=3).fit(container(X), y)
    np.testing.assert_array_equal(found.selected_, dense.selected_)
    for name, scores in dense.cv_results_.items():
        np.testing.assert_allclose(found.cv_results_[name], scores, rtol=1e-12)
    reduced = found.transform(container(X))
    assert sparse.issparse(reduced)
    np.testing.assert_array_equal(reduced.toarray(), dense.transform(X))
    np.testing.assert_array_equal(found.predict(container(X)), dense.predict(X))
    assert found.score(container(X), y) == pytest.approx(dense.score(X, y))
    assert str(found.report(container(X), y)) == str(dense.report(X, y))


class OfRows(MultinomialNB):
    """Take nothing but CSR."""

    def fit(self, X, y):
        assert X.format == "csr"
        return super().fit(X, y)

    def predict_proba(self, X):
        assert X.format == "csr"
        return super().predict_proba(X)


def test_an_estimator_gets_sparse_columns_of_a_sparse_table():
    X, y = counts()
    selector = mifs.MutualInfoSelectorCV(OfRows(), cv=2).fit(sparse.csc_array(X), y)
    assert selector.predict_proba(sparse.coo_array(X)).shape == (150, 2)


def test_who_takes_no_sparse_table_says_so():
    X, y = counts()
    X = sparse.csr_array(X)
    with pytest.raises(TypeError, match=r"Sparse data was passed.*toarray"):
        mifs.MutualInfoSelectorCV(GaussianNB()).fit(X, y)
    neighbors = mifs.MutualInfoSelector(n_features_to_select="all", mi_estimator="knn")
    with pytest.raises(TypeError, match=r"'binned'.*toarray"):
        mifs.MutualInfoSelectorCV(MultinomialNB(), selector=neighbors).fit(X, y)
    for estimator, selector, is_taken in (
        (MultinomialNB(), None, True),
        (GaussianNB(), None, False),
        (MultinomialNB(), neighbors, False),
    ):
        tags = get_tags(mifs.MutualInfoSelectorCV(estimator, selector=selector))
        assert tags.input_tags.sparse == is_taken
    laid_out = FunctionTransformer(lambda table: table.toarray(), accept_sparse=True)
    mifs.MutualInfoSelectorCV(make_pipeline(laid_out, GaussianNB()), cv=2).fit(X, y)


@pytest.mark.parametrize("container", FORMATS)
def test_rows_of_any_sparse_table_are_held_out(container):
    X, y = counts()
    pipeline = make_pipeline(mifs.MutualInfoSelector("jmi", 2), MultinomialNB())
    for measured, name in (
        (lambda table: mifs.cross_val_information(pipeline, table, y), "gain"),
        (lambda table: mifs.information_budget(pipeline, table, y, n_permutations=0), "promised"),
    ):
        found, expected = measured(container(X)), measured(X)
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-12)


@pytest.mark.parametrize(("bad", "what"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_a_value_that_is_no_number_is_refused_with_its_column(bad, what):
    X, y = mixed_table()
    X[3:5, 4] = bad
    with pytest.raises(ValueError, match=rf"{what} in column 4 \(2 of 300 rows, first in row 3\)"):
        mifs.MutualInfoSelector(missing="error").fit(sparse.csr_array(X), y)


def test_missing_values_of_a_sparse_table_are_those_of_the_dense_one():
    X, y = mixed_table()
    X[3:25, 4] = X[40:70, 1] = np.nan
    dense = mifs.MutualInfoSelector("jmi", 5).fit(X, y)
    found = mifs.MutualInfoSelector("jmi", 5).fit(sparse.csr_array(X), y)
    np.testing.assert_array_equal(found.relevance_, dense.relevance_)
    np.testing.assert_array_equal(found.selected_, dense.selected_)


@pytest.mark.parametrize("name", ["knn", "gaussian"])
def test_estimators_that_need_every_value_say_so(name):
    X, y = mixed_table()
    with pytest.raises(TypeError, match=r"'binned'.*toarray"):
        mifs.mutual_info_classif(sparse.csr_array(X), y, mi_estimator=name)


@pytest.mark.skipif(not PCMAC.exists(), reason="needs pcmac.npz of the shared data folder")
def test_words_of_two_news_groups_are_selected_as_from_the_dense_table():
    """1943 messages, 3289 words, 93185 stored counts."""
    with np.load(PCMAC) as stored:
        parts = stored["X_data"], stored["X_indices"], stored["X_indptr"]
        X, y = sparse.csr_array(parts, shape=tuple(stored["X_shape"])), stored["y"]
    found = mifs.MutualInfoSelector(n_features_to_select=8).fit(X, y)
    dense = mifs.MutualInfoSelector(n_features_to_select=8).fit(X.toarray(), y)
    np.testing.assert_array_equal(found.selected_, dense.selected_)
    np.testing.assert_array_equal(found.scores_, dense.scores_)
    # Each leaves columns of its own behind, with bounds for their scores.
    is_known = ~(found.path_.is_bound | dense.path_.is_bound)
    last = [selector.path_.last_score[is_known] for selector in (found, dense)]
    np.testing.assert_array_equal(last[0], last[1])
