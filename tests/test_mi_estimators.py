"""Parameter objects: what each measures at every door, against scikit-learn and known truth."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.feature_selection import GenericUnivariateSelect, SelectKBest, SelectPercentile
from sklearn.feature_selection import mutual_info_classif as sklearns_classif
from sklearn.feature_selection import mutual_info_regression as sklearns_regression

import mifs
from mifs.counts import CodeTable
from mifs.datasets import make_gaussian_classes, make_normal_pair, make_normal_sum, make_sign_xor
from mifs.discrete import CountedInformation
from mifs.discretization import codes_of, level_codes
from mifs.encoding import TypedTable
from mifs.mi_estimators import MI_ESTIMATORS, mi_estimator_of
from mifs.supervised_binning import mdlp_cut_points

AS_SKLEARN = mifs.NearestNeighborsMI(transform=None, correction=None)


def standardised(seed, n=500, d=4):
    """Columns of unit variance without ties, numbers that depend on some, and three classes."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = X[:, 0] + X[:, 1] ** 2 + 0.5 * rng.normal(size=n)
    y = (y - y.mean()) / y.std()
    return X, y, np.digitize(y, [-0.5, 0.5])


# ---------------------------------------------------------------- scikit-learn's numbers


@pytest.mark.parametrize("k", [1, 3, 7])
@pytest.mark.parametrize("seed", range(3))
def test_numbers_without_a_transform_are_scikit_learns(seed, k):
    """But for its zeros; classes of more than 100, since its brute force rounds in smaller ones."""
    X, y, classes = standardised(seed)
    for ours, theirs, target in (
        (mifs.mutual_info_regression, sklearns_regression, y),
        (mifs.mutual_info_classif, sklearns_classif, classes),
    ):
        found = ours(X, target, n_neighbors=k, mi_estimator=AS_SKLEARN)
        expected = theirs(X, target, n_neighbors=k, random_state=0)
        np.testing.assert_allclose(np.maximum(found, 0), expected, rtol=0, atol=1e-10)


def test_mixed_tables_without_a_transform_have_scikit_learns_numbers():
    """Discrete columns by name in the mask: counted with classes, and Ross's with numbers."""
    X, y, classes = standardised(0)
    X[:, 3] = np.digitize(X[:, 3] + X[:, 0], [-1, 0, 1])
    for ours, theirs, target in (
        (mifs.mutual_info_regression, sklearns_regression, y),
        (mifs.mutual_info_classif, sklearns_classif, classes),
    ):
        options = {"discrete_features": [3], "n_neighbors": 3, "copy": True, "random_state": 0}
        found = ours(X, target, **options, n_jobs=2, mi_estimator=AS_SKLEARN)
        expected = theirs(X, target, **options)
        np.testing.assert_allclose(np.maximum(found, 0), expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("univariate", [SelectKBest, SelectPercentile, GenericUnivariateSelect])
def test_scores_by_neighbours_go_where_scikit_learns_go(univariate):
    X, y, _ = standardised(0)

    def score(X, y):
        return mifs.mutual_info_regression(X, y, mi_estimator="knn")

    options = {"k": 2} if univariate is SelectKBest else {}
    if univariate is SelectPercentile:
        options = {"percentile": 50}
    if univariate is GenericUnivariateSelect:
        options = {"mode": "k_best", "param": 2}
    assert set(univariate(score, **options).fit(X, y).get_support(indices=True)) == {0, 1}


def test_threads_change_no_digit_of_the_scores():
    X, y, _ = standardised(0)
    one = mifs.mutual_info_regression(X, y, mi_estimator="knn")
    many = mifs.mutual_info_regression(X, y, mi_estimator="knn", n_jobs=-1)
    np.testing.assert_array_equal(one, many)


# ---------------------------------------------------------------- scikit-learn issue 30772


@pytest.mark.parametrize(("n", "n_positive"), [(100_000, 100), (1000, 5), (1000, 500)])
@pytest.mark.parametrize("mi_estimator", ["knn", "binned", AS_SKLEARN])
def test_a_constant_column_says_exactly_nothing_and_none_more_than_there_is(
    n, n_positive, mi_estimator
):
    """Where scikit-learn gives 0.0245 nats, and H(Y) is 0.0079."""
    y = np.arange(n) < n_positive
    X = np.column_stack([np.full(n, 3.7), np.random.default_rng(0).normal(size=n), y])
    scores = mifs.mutual_info_classif(X, y, mi_estimator=mi_estimator)
    assert scores[0] == 0.0
    assert (scores <= mifs.entropy_of(y) + 1e-12).all()
    by_number = mifs.mutual_info_classif(
        X, y, discrete_features=False, mi_estimator=mi_estimator, n_neighbors=3
    )
    assert by_number[0] == 0.0
    assert (by_number <= mifs.entropy_of(y) + 1e-12).all()


# ---------------------------------------------------------------- known truth


@pytest.mark.parametrize("mi_estimator", ["knn", "gaussian", mifs.NearestNeighborsMI(3, None)])
def test_normal_pairs_have_the_known_information(mi_estimator):
    """-log(1 - rho**2) / 2; the tables of the study say +.018(.031) at n = 1000 for k = 3."""
    sample = make_normal_pair(1000, correlation=0.6, random_state=0)
    found = mifs.mutual_info(sample.X, sample.y, mi_estimator=mi_estimator)
    assert found == pytest.approx(sample.information, abs=0.02 + 3 * 0.031)


def test_the_second_estimator_and_more_neighbours_reach_the_number():
    sample = make_normal_pair(300, correlation=0.6, random_state=0)
    x, y = sample.X[:, 0], sample.y
    found = {
        mifs.mutual_info(x, y, mi_estimator=mifs.NearestNeighborsMI(k, None, estimator))
        for k in (1, 3)
        for estimator in ("ksg1", "ksg2")
    }
    assert len(found) == 4


def test_a_table_of_two_columns_is_one_vector():
    """I(X_1, X_2; Y), and the unit divides it."""
    sample = make_normal_sum(1000, random_state=0)
    for mi_estimator in ("knn", "gaussian"):
        found = mifs.mutual_info(sample.X, sample.y, mi_estimator=mi_estimator)
        assert found == pytest.approx(sample.information, abs=0.1)
        bits = mifs.mutual_info(sample.X, sample.y, mi_estimator=mi_estimator, base=2)
        assert bits == pytest.approx(found / np.log(2), rel=1e-14)


@pytest.mark.parametrize("mi_estimator", ["knn", "gaussian"])
def test_conditional_information_is_what_a_column_adds(mi_estimator):
    sample = make_normal_sum(1000, random_state=0)
    x, z = sample.X.T
    found = mifs.conditional_mutual_info(x, sample.y, z, mi_estimator=mi_estimator)
    assert found == pytest.approx(sample.conditional_relevance[0], abs=0.1)


def test_a_sign_that_a_number_hides_is_seen_given_it():
    """Classes beside numbers, in each place; the truth is given by an integral."""
    sample = make_sign_xor(1000, random_state=0)
    x, z = sample.X.T
    found = mifs.conditional_mutual_info(x, sample.y, z, mi_estimator="knn")
    assert found == pytest.approx(sample.conditional_relevance[0], abs=0.1)


def test_functions_and_columns_and_selectors_have_one_value():
    X, y, classes = standardised(0)
    for mi_estimator in ("knn", "binned", mifs.NearestNeighborsMI(5, None, "ksg2")):
        for target, function in (
            (y, mifs.mutual_info_regression),
            (classes, mifs.mutual_info_classif),
        ):
            table = function(X, target, mi_estimator=mi_estimator)
            single = [mifs.mutual_info(x, target, mi_estimator=mi_estimator) for x in X.T]
            selector = mifs.MutualInfoSelector("mim", 1, mi_estimator=mi_estimator)
            np.testing.assert_array_equal(table, single)
            np.testing.assert_array_equal(table, selector.fit(X, target).relevance_)


def test_the_multiscale_statistic_ranks_what_three_neighbours_do_not():
    """A weak shift of classes; the study has .84 for k = 3 and 1.00 for the best k."""
    wins = {3: 0, "multiscale": 0}
    for seed in range(20):
        sample = make_gaussian_classes(600, means=(-0.25, 0.25), random_state=seed)
        noise = np.random.default_rng(1000 + seed).normal(size=600)
        X = np.column_stack([sample.X[:, 0], noise])
        for k in wins:
            scores = mifs.mutual_info_classif(X, sample.y, n_neighbors=k, mi_estimator="knn")
            wins[k] += int(scores[0] > scores[1])
    assert wins["multiscale"] >= max(18, wins[3])


# ---------------------------------------------------------------- bins that look at the target

MDLP = mifs.BinnedMI(strategy="mdlp", correction=None)


def test_supervised_bins_of_iris_hold_the_published_information_at_every_door():
    """Six digits printed; the target itself is not cut."""
    X, y = load_iris(return_X_y=True)
    published = [0.452129, 0.267275, 0.940285, 0.955436]
    table = mifs.mutual_info_classif(X, y, mi_estimator=MDLP)
    np.testing.assert_allclose(table, published, rtol=0, atol=5e-7)
    single = [mifs.mutual_info(x, y, mi_estimator=MDLP) for x in X.T]
    np.testing.assert_allclose(single, table, rtol=0, atol=1e-12)
    selector = mifs.MutualInfoSelector("mim", 1, mi_estimator=MDLP).fit(X, y)
    np.testing.assert_array_equal(selector.relevance_, table)


def test_a_condition_is_cut_by_the_target_too():
    """Its terms are those of columns that a Discretizer has cut."""
    X, y = load_iris(return_X_y=True)
    codes = mifs.Discretizer(strategy="mdlp").fit_transform(X, y)
    found = mifs.conditional_mutual_info(X[:, 0], y, X[:, 2], mi_estimator=MDLP)
    cut = mifs.conditional_mutual_info(codes[:, 0], y, codes[:, 2], mi_estimator=MDLP)
    assert found == cut
    assert mifs.mutual_info(y, X[:, 2], mi_estimator=MDLP) != mifs.mutual_info(
        X[:, 2], y, mi_estimator=MDLP
    )


def test_the_classes_of_numbers_are_their_bins_of_equal_frequency():
    """I(X; Y) of a rising function is the entropy of four bins; of noise it is exactly nothing."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    mi_estimator = mifs.BinnedMI(4, "mdlp", None)
    found = mifs.mutual_info_regression(X, np.exp(X[:, 0]), mi_estimator=mi_estimator)
    np.testing.assert_allclose(found, [np.log(4), 0.0], rtol=0, atol=1e-12)


def test_missing_values_are_a_level_beside_the_supervised_bins_of_the_others():
    """The cuts are those of the rows that are there."""
    X, y = load_iris(return_X_y=True)
    x = X[:, 2].copy()
    x[::7] = np.nan
    there = ~np.isnan(x)
    codes = np.full(len(x), -1)
    codes[there] = codes_of(x[there], mdlp_cut_points(x[there], y[there]))
    found = mifs.mutual_info_classif(x[:, None], y, mi_estimator=MDLP)
    np.testing.assert_array_equal(found, mifs.mutual_info(codes, y, mi_estimator=MDLP))


def test_supervised_bins_are_optimistic_where_they_cut_noise():
    """No correction knows that the bins looked: of 4000 columns 13 in 1000 were cut, and scored
    .10 nats at least.
    """
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(50, 1000)), rng.integers(0, 2, size=50)
    scores = mifs.mutual_info_classif(X, y, mi_estimator=mifs.BinnedMI(strategy="mdlp"))
    assert 0 < np.count_nonzero(scores) < 30
    assert scores[scores != 0].min() > 0.1


def test_the_gate_never_looks_at_bins_that_looked_at_the_target():
    """All its p-values are those of bins of equal frequency, as many as were asked for."""
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:, :8]
    options = {"confirm": False, "alpha": 0.001}
    supervised = mifs.MutualInfoSelector(mi_estimator=mifs.BinnedMI(4, "mdlp"), **options)
    blind = mifs.MutualInfoSelector(mi_estimator=mifs.BinnedMI(4), **options)
    supervised.fit(X, y), blind.fit(X, y)
    np.testing.assert_array_equal(supervised.gate_.pvalue_alone, blind.gate_.pvalue_alone)
    assert (supervised.relevance_ != blind.relevance_).all()
    assert supervised.promise_.endswith("that looked at the target only order what may enter.")
    assert "only order" not in blind.promise_
    codes = mifs.Discretizer(n_bins=4).fit_transform(X)
    for column, given in enumerate(supervised.gate_.given):
        if given >= 0 and supervised.gate_.method_given[column] == "three-moment":
            strata = CodeTable([level_codes(codes[:, c]) for c in (column, given)])
            source = CountedInformation(strata, level_codes(y))
            ((_, pair),) = source.pair((1,), np.array([True, False]))
            found = supervised.gate_.pvalue_given[column]
            assert pair.independence.pvalue[0] == pytest.approx(found, rel=1e-12)


def test_a_permutation_before_the_cut_gives_a_valid_test_of_supervised_bins():
    """P(p <= .2) is at most .2; nearly all statistics of noise are equal, and so p is 1."""
    rng = np.random.default_rng(0)

    def statistic(x, y):
        return mifs.mutual_info(x, y, mi_estimator=MDLP)

    pvalues = [
        mifs.permutation_test(
            rng.normal(size=30), rng.integers(0, 2, 30), statistic=statistic, n_resamples=19
        ).pvalue
        for _ in range(40)
    ]
    assert np.mean(np.array(pvalues) <= 0.2) <= 0.2
    x = rng.normal(size=60)
    y = rng.normal(size=60) < 2 * x
    assert mifs.permutation_test(x, y, statistic=statistic, n_resamples=99).pvalue == 0.01
    shared = mifs.shared_null(x[:, None], y, statistic=statistic, n_resamples=99)
    assert shared.pvalue[0] == 0.01


# ---------------------------------------------------------------- validity


def test_an_estimate_says_what_casts_doubt_on_it():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 400))
    plain = mifs.neighbor_estimate(x, y)
    assert plain.remarks == ()
    assert plain.raw == mifs.mutual_info(x, y, mi_estimator="knn")
    assert plain.value == max(0.0, plain.raw)
    rows = rng.integers(400, size=400)
    assert "draw subsamples" in mifs.neighbor_estimate(x[rows], y[rows]).remarks[0]
    classes = np.repeat([0, 1, 2], [398, 1, 1])
    small = mifs.neighbor_estimate(x, classes)
    assert small.n_in_small_classes == small.n_unresolved == 2
    given = mifs.neighbor_estimate(x, y, rng.normal(size=(400, 4)))
    assert given.n_dims == (1, 1, 4)
    assert "many" in given.remarks[0]


@pytest.mark.parametrize(("n_numbers", "is_low"), [(3, False), (4, True)])
def test_the_caveat_of_many_numbers_stands_where_smooth_relations_too_are_low(n_numbers, is_low):
    """A column of correlation 0.8 among noise: 0.51 nats, the bias beside the spread."""
    missed = []
    for seed in range(20):
        X = np.random.default_rng(seed).normal(size=(1500, n_numbers + 1))
        found = mifs.neighbor_estimate(X[:, :-1], 0.8 * X[:, 0] + 0.6 * X[:, -1])
        missed.append(found.raw + np.log(0.6))
        assert any("too low" in said for said in found.remarks) == is_low
    assert (np.mean(missed) < -np.std(missed, ddof=1)) == is_low


def test_rounded_numbers_beside_classes_are_no_copies():
    """Equal numbers of different classes: no row was copied."""
    sample = make_gaussian_classes(500, random_state=0)
    assert mifs.neighbor_estimate(sample.X.round(3), sample.y).remarks == ()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x, y: mifs.NearestNeighborsMI(0), ValueError, "n_neighbors"),
        (lambda x, y: mifs.NearestNeighborsMI("many"), ValueError, "n_neighbors"),
        (lambda x, y: mifs.NearestNeighborsMI(transform="ranks"), ValueError, "transform"),
        (lambda x, y: mifs.NearestNeighborsMI(estimator="ksg3"), ValueError, "estimator"),
        (lambda x, y: mifs.NearestNeighborsMI(correction="mm"), ValueError, "correction"),
        (lambda x, y: "nn", ValueError, "'binned', 'knn', 'gaussian', or an object; got 'nn'"),
    ],
)
def test_bad_parameters_are_refused(call, error, message):
    x, y = np.random.default_rng(0).normal(size=(2, 50))
    with pytest.raises(error, match=message):
        mifs.mutual_info(x, y, mi_estimator=call(x, y))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda x, y: mifs.mutual_info(x, y, mi_estimator=mifs.NearestNeighborsMI("multiscale")),
            ValueError,
            "a statistic that ranks columns, no information; pass a number",
        ),
        (
            lambda x, y: mifs.neighbor_estimate(x, y, mi_estimator="binned"),
            TypeError,
            "needs NearestNeighborsMI; got 'binned'. Use mutual_info",
        ),
        (
            lambda x, y: mifs.mutual_info(x, y > 0, mi_estimator="gaussian"),
            ValueError,
            'A sample is discrete.*"knn" or "binned"',
        ),
        (
            lambda x, y: mifs.mutual_info_classif(x[:, None], y > 0, mi_estimator="gaussian"),
            ValueError,
            'y is taken as classes.*"knn"',
        ),
        (
            lambda x, y: mifs.mutual_info_regression(
                pd.DataFrame({"a": x, "b": x > 0}), y, mi_estimator="gaussian"
            ),
            ValueError,
            "Column 'b' is discrete",
        ),
        (
            lambda x, y: mifs.mutual_info_regression(
                np.column_stack([x, np.maximum(x, 0)]), y, mi_estimator="gaussian"
            ),
            ValueError,
            r"Column 1 has one value in \d+ of 50 samples",
        ),
        (
            lambda x, y: mifs.mutual_info_regression(y[:, None] ** 3, y, mi_estimator="gaussian"),
            ValueError,
            "Of column 0, y, one is a function of the others.*leave out one",
        ),
        (
            lambda x, y: mifs.mutual_info_test(x[:, None], y, mi_estimator="knn"),
            ValueError,
            "counted in bins; got mi_estimator='knn'.*permutation_test",
        ),
        (
            lambda x, y: mifs.mutual_info(x, y[:-1], mi_estimator="knn"),
            ValueError,
            "inconsistent",
        ),
        (
            lambda x, y: mifs.mutual_info(np.where(x > 1, np.nan, x), y, mi_estimator="gaussian"),
            ValueError,
            r"misses \d+ of \d+ values",
        ),
        (
            lambda x, y: mifs.mutual_info(["a"] * 50, y, discrete_x=False, mi_estimator="knn"),
            ValueError,
            "x holds 'a', which is no number",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused_with_an_alternative(call, error, message):
    x, y = np.random.default_rng(0).normal(size=(2, 50))
    with pytest.raises(error, match=message):
        call(x, y)


# ---------------------------------------------------------------- objects


@pytest.mark.parametrize("name", MI_ESTIMATORS)
def test_a_name_stands_for_the_defaults(name):
    estimator = mi_estimator_of(name)
    assert repr(estimator) == f"{type(estimator).__name__}()"
    assert clone(estimator).get_params() == estimator.get_params()


def test_the_columns_of_an_array_are_kept_as_views_of_it():
    X = np.random.default_rng(0).normal(size=(100, 70))
    kept = TypedTable(X, discrete_features="auto", names=None).kept()
    assert all(np.shares_memory(column.values, X) for column in kept)


@pytest.mark.parametrize("order", ["C", "F"])
def test_fractions_may_stay_where_they_are_and_are_coded_alike(order):
    """Columns of whole numbers among them, of missing values, and of shorter floats."""
    X = np.random.default_rng(0).normal(size=(4000, 90))
    X[:, 84], X[3, 86] = np.round(X[:, 84]), np.nan  # in the second block
    X = np.asarray(X, order=order)
    table = TypedTable(X, discrete_features="auto", names=None)
    in_place, apart = list(table.in_place()), list(table)
    assert np.shares_memory(in_place[0].values, X)
    assert all(column.values.flags.c_contiguous for column in apart)
    blocks = mifs.BinnedMI().encode_block(in_place)
    for coded, column in zip(blocks, apart, strict=True):
        np.testing.assert_array_equal(coded.codes, mifs.BinnedMI().encode(column).codes)
    short = TypedTable(X.astype(np.float32), discrete_features="auto", names=None)
    for wide, column in zip(short.in_place(), short, strict=True):
        np.testing.assert_array_equal(wide.values, column.values)
        assert (wide.values.dtype, column.values.dtype) == (np.float64, np.float32)


def test_n_neighbors_of_a_call_leaves_the_object_as_it_is():
    X, y, _ = standardised(0)
    estimator = mifs.NearestNeighborsMI(5)
    ten = mifs.mutual_info_regression(X, y, n_neighbors=10, mi_estimator=estimator)
    assert estimator.n_neighbors == 5
    expected = mifs.mutual_info_regression(X, y, mi_estimator=mifs.NearestNeighborsMI(10))
    np.testing.assert_array_equal(ten, expected)
    with pytest.raises(ValueError, match="n_neighbors"):
        mifs.mutual_info_regression(X, y, n_neighbors=0, mi_estimator="knn")
