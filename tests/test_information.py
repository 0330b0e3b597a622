import naive
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.feature_selection import SelectKBest, SelectPercentile
from sklearn.metrics import mutual_info_score

import mifs

UNITS = {"nats": None, "bits": 2, "hartleys": 10}
PLUG_IN = mifs.BinnedMI(correction=None)

weights = st.lists(st.floats(0.01, 1), min_size=2, max_size=8)


def _normal(weights):
    return np.array(weights) / np.sum(weights)


@pytest.mark.parametrize(
    ("unit", "value"), [("nats", 0.223144), ("bits", 0.321928), ("hartleys", 0.096910)]
)
def test_a_forecast_of_eighty_percent_costs_minus_log_of_it(unit, value):
    """-log 0.8, the article's first example, in its right unit."""
    found = mifs.cross_entropy([1, 0], [0.8, 0.2], base=UNITS[unit])
    assert found == pytest.approx(value, abs=5.1e-7)


@pytest.mark.parametrize(
    ("table", "unit", "value"),
    [
        ([[0.4, 0.1], [0.1, 0.4]], "bits", 0.278072),
        ([[0.4, 0.1], [0.1, 0.4]], "nats", 0.192745),
        ([[0.4, 0.1], [0.1, 0.4]], "hartleys", 0.083708),
        ([[0.3, 0.2], [0.2, 0.3]], "bits", 0.029049),
        ([[0.3, 0.2], [0.2, 0.3]], "nats", 0.020136),
        ([[0.45, 0.05], [0.05, 0.45]], "nats", 0.368064),  # binary symmetric channel, 0.1
        ([[0.5, 0.0], [0.25, 0.25]], "bits", 0.311278),  # Z-channel, 0.5
        ([[0.35, 0.15, 0.0], [0.0, 0.15, 0.35]], "bits", 0.7),  # erasure channel, 0.3
    ],
)
def test_joint_tables_have_the_known_information(table, unit, value):
    found = mifs.mutual_info_from_joint(table, base=UNITS[unit])
    assert found == pytest.approx(value, abs=5.1e-7)
    transposed = mifs.mutual_info_from_joint(np.transpose(table), base=UNITS[unit])
    assert transposed == pytest.approx(found, abs=1e-15)


@given(weights, weights)
def test_independence_has_exactly_no_information(p, q):
    """Not 1e-17: rounding is not information."""
    assert mifs.mutual_info_from_joint(np.outer(_normal(p), _normal(q))) == 0.0


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)), min_size=2, max_size=8))
def test_cross_entropy_is_entropy_and_divergence(pairs):
    """H(P, Q) = H(P) + KL(P || Q), and SciPy agrees with both."""
    p, q = (_normal(v) for v in zip(*pairs, strict=True))
    divergence = mifs.kl_divergence(p, q)
    assert mifs.cross_entropy(p, q) == pytest.approx(mifs.entropy(p) + divergence, abs=1e-12)
    assert mifs.entropy(p) == pytest.approx(stats.entropy(p), abs=1e-12)
    assert divergence == pytest.approx(stats.entropy(p, q), abs=1e-12)
    assert divergence >= 0.0


def test_what_happens_though_it_was_impossible_costs_infinity():
    assert mifs.cross_entropy([0.5, 0.5], [1, 0]) == np.inf
    assert mifs.kl_divergence([0.5, 0.5], [1, 0]) == np.inf
    assert mifs.cross_entropy([1, 0], [1, 0]) == 0.0
    assert mifs.kl_divergence([1, 0], [0.5, 0.5], base=2) == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mifs.entropy([0.5, -0.1, 0.6]), r"p is not a .*: entry 1 is negative \(-0\.1\)"),
        (lambda: mifs.entropy([0.5, np.nan]), "p is not a distribution: entry 1 is NaN"),
        (lambda: mifs.entropy([np.inf, 0]), "entry 0 is infinite"),
        (lambda: mifs.entropy([0.5, 0.4]), r"sum to 0\.9, not to 1.*p / p\.sum\(\)"),
        (lambda: mifs.entropy([]), "p is empty"),
        (lambda: mifs.entropy([3, 7]), "sum to 10, not to 1"),
        (lambda: mifs.cross_entropy([0.5, 0.5], [0.5, 0.6]), r"q is not a .* sum to 1\.1"),
        (lambda: mifs.cross_entropy([0.5, 0.5], [1]), r"same shape; got \(2,\) and \(1,\)"),
        (lambda: mifs.kl_divergence([1.0], [0.5, 0.5]), r"same shape; got \(1,\) and \(2,\)"),
        (
            lambda: mifs.mutual_info_from_joint([[0.5, 0.6], [-0.1, 0.0]]),
            r"table is not a distribution: entry \(1, 0\) is negative",
        ),
        (lambda: mifs.mutual_info_from_joint([0.5, 0.5]), r"one axis for X .* got 1 axes"),
        (lambda: mifs.entropy([0.5, 0.5], base=1), "base must be a number above 1"),
        (lambda: mifs.entropy([0.5, 0.5], base=-2), "base must be a number above 1"),
    ],
)
def test_what_is_no_distribution_is_refused_with_its_place(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_samples_give_the_numbers_of_mitoolbox():
    """Its README, in bits: I .0200, H(x) .9710, H(x, y) 1.9219."""
    x, y = [1, 0, 1, 1, 0], [1, 1, 1, 0, 0]
    assert mifs.mutual_info(x, y, mi_estimator=PLUG_IN, base=2) == pytest.approx(0.0200, abs=6e-5)
    assert mifs.entropy_of(x, correction=None, base=2) == pytest.approx(0.9710, abs=6e-5)
    both = mifs.entropy_of(np.column_stack([x, y]), correction=None, base=2)
    assert both == pytest.approx(1.9219, abs=6e-5)


def test_samples_give_the_numbers_of_an_independent_program():
    """The doctests of ITMO_FS, in nats."""
    assert mifs.entropy_of([1, 2, 3, 4, 5], correction=None) == pytest.approx(1.609438, abs=1e-6)
    x, y = [1, 2, 3, 1, 2, 3, 1, 2, 3], [1, 1, 2, 2, 3, 3, 4, 4, 5]
    assert mifs.mutual_info(x, y, mi_estimator=PLUG_IN) == pytest.approx(0.482481, abs=1e-6)
    x, y, z = (1, 3, 2, 1), (2, 2, 2, 1), (3, 3, 2, 2)
    conditional = mifs.conditional_mutual_info(x, y, z, mi_estimator=PLUG_IN)
    assert conditional == pytest.approx(0.346574, abs=1e-6)
    joint = mifs.mutual_info(np.column_stack([x, z]), y, mi_estimator=PLUG_IN)
    # I(x, z; y) by the chain rule, from the same program's I(z; y)
    assert joint == pytest.approx(naive.plug_in(z, y) + conditional, abs=1e-12)


def test_the_entropies_of_the_manual_of_the_r_package():
    """Counts (4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1): ML 1.968382408729, Miller-Madow 2.152592935044."""
    x = np.repeat(np.arange(11), [4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1])
    assert mifs.entropy_of(x, correction=None) == pytest.approx(1.968382408729, abs=1e-12)
    corrected = mifs.entropy_of(x, correction="miller_madow")
    assert corrected == pytest.approx(2.152592935044, abs=1e-12)


sample = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 2)), min_size=2, max_size=60
).map(lambda rows: tuple(map(list, zip(*rows, strict=True))))


@given(sample)
def test_the_plug_in_of_samples_is_scikit_learns(xyz):
    x, y, _ = xyz
    found = mifs.mutual_info(x, y, mi_estimator=PLUG_IN)
    assert found == pytest.approx(mutual_info_score(x, y), abs=1e-12)


@given(sample)
def test_information_is_symmetric_and_between_zero_and_the_entropies(xyz):
    """0 <= I(X; Y) = I(Y; X) <= min(H(X), H(Y)), exactly up to the fixed point."""
    x, y, _ = xyz
    found = mifs.mutual_info(x, y, mi_estimator=PLUG_IN)
    assert found == mifs.mutual_info(y, x, mi_estimator=PLUG_IN)
    least = min(mifs.entropy_of(x, correction=None), mifs.entropy_of(y, correction=None))
    assert -1e-15 <= found <= least + 1e-15


@given(sample)
def test_the_chain_rule(xyz):
    """I(X, Z; Y) = I(Z; Y) + I(X; Y | Z)."""
    x, y, z = xyz
    joint = mifs.mutual_info(np.column_stack([x, z]), y, mi_estimator=PLUG_IN)
    given_z = mifs.conditional_mutual_info(x, y, z, mi_estimator=PLUG_IN)
    first = mifs.mutual_info(z, y, mi_estimator=PLUG_IN)
    assert joint == pytest.approx(first + given_z, abs=1e-13)


@given(sample, st.randoms(use_true_random=False))
def test_relabelling_and_the_order_of_rows_change_no_digit(xyz, random):
    """For every correction, conditional or not."""
    x, y, z = map(np.array, xyz)
    order = np.array(random.sample(range(len(x)), len(x)))
    labels = np.array(random.sample(["a", "b", "c", "d", "e"], 5))
    for correction in (None, "miller_madow", "chance"):
        estimator = mifs.BinnedMI(correction=correction)
        plain = mifs.conditional_mutual_info(x, y, z, mi_estimator=estimator)
        moved = mifs.conditional_mutual_info(
            labels[x][order], labels[y][order], labels[z][order], mi_estimator=estimator
        )
        assert moved == plain


@given(sample)
def test_merging_levels_never_adds_information(xyz):
    """Data processing: I(f(X); Y) <= I(X; Y)."""
    x, y, _ = xyz
    merged = [value // 2 for value in x]
    fine = mifs.mutual_info(x, y, mi_estimator=PLUG_IN)
    assert mifs.mutual_info(merged, y, mi_estimator=PLUG_IN) <= fine + 1e-13


@pytest.mark.parametrize(("n_bins", "truth"), [(2, 0.08643345), (5, 0.17550004), (10, 0.20300445)])
def test_binned_normals_have_the_information_of_their_bins(n_bins, truth):
    """Correlation 0.6 in equal-frequency bins: the exact limits, not those of the variables."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000)
    y = 0.6 * x + 0.8 * rng.normal(size=20_000)
    found = mifs.mutual_info(x, y, mi_estimator=mifs.BinnedMI(n_bins, correction="miller_madow"))
    # sd of the plug-in at n = 20,000, measured over 40 seeds: .002 (2 bins) to .004 (10 bins)
    assert found == pytest.approx(truth, abs=0.012)


@pytest.mark.parametrize("n_bins", [5, 10])
def test_the_corrections_have_the_known_bias(n_bins):
    """Two normal classes, n = 60, 150 data sets: plug-in too high, chance near the truth."""
    truth = {5: 0.3217, 10: 0.3329}[n_bins]
    printed = {5: (0.037, 0.018, 0.002), 10: (0.065, 0.030, -0.020)}[n_bins]
    rng = np.random.default_rng(1)
    biases = np.zeros((150, 3))
    for run in range(150):
        y = rng.integers(0, 2, 60)
        x = rng.normal(size=60) + 2.0 * y - 1.0
        for place, correction in enumerate((None, "miller_madow", "chance")):
            estimator = mifs.BinnedMI(n_bins, correction=correction)
            biases[run, place] = mifs.mutual_info(x, y, mi_estimator=estimator) - truth
    # Both means have a standard error of about .006 (sd .075 of one estimate, 150 runs).
    np.testing.assert_allclose(biases.mean(axis=0), printed, rtol=0, atol=0.025)


def test_one_estimate_has_one_value_at_every_door():
    """The function of two samples and that of the columns of a table."""
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 5, 80), rng.integers(0, 3, 80)
    assert mifs.mutual_info_classif(x[:, None], y)[0] == mifs.mutual_info(x, y)


def test_an_identifier_shares_nothing():
    """Its plug-in information is all of H(Y), and so is Miller and Madow's."""
    names, coin = [f"u{i}" for i in range(1000)], [0, 1] * 500
    assert mifs.mutual_info(names, coin) == pytest.approx(0, abs=1e-12)
    assert mifs.mutual_info(names, coin, mi_estimator=PLUG_IN, base=2) == pytest.approx(1)


def test_units_divide_the_same_number():
    x, y = [0, 0, 1, 1, 2, 2, 2], [1, 1, 0, 0, 1, 0, 1]
    for call in (
        lambda base: mifs.mutual_info(x, y, base=base),
        lambda base: mifs.conditional_mutual_info(x, y, y[::-1], base=base),
        lambda base: mifs.entropy_of(x, base=base),
        lambda base: mifs.entropy([0.2, 0.8], base=base),
    ):
        assert call(2) == pytest.approx(call(None) / np.log(2), rel=1e-15)
        assert call(10) == pytest.approx(call(None) / np.log(10), rel=1e-15)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mifs.mutual_info([1, 2], [1, 2, 3]), ValueError, "inconsistent"),
        (
            lambda: mifs.mutual_info([1.5, np.inf], [1, 2]),
            ValueError,
            "x contains infinity in 1",
        ),
        (lambda: mifs.mutual_info(["a", 1], [1, 2]), TypeError, "mixes strings and other values"),
        (lambda: mifs.mutual_info([], []), ValueError, "empty"),
        (lambda: mifs.mutual_info([1j, 2], [1, 2]), TypeError, "complex128"),
        (
            lambda: mifs.mutual_info([1, 2], [1, 2], discrete_x="yes"),
            ValueError,
            "discrete_x must be True, False or 'auto'; got 'yes'",
        ),
        (
            lambda: mifs.mutual_info(["a", "b"], [1, 2], discrete_x=False),
            ValueError,
            "x holds 'a', which is no number",
        ),
        (lambda: mifs.mutual_info([1, 2], [1, 2], base="bits"), ValueError, "2 for bits"),
        (lambda: mifs.mutual_info([1, 2], [1, 2], mi_estimator="ksg"), ValueError, "'binned'"),
        (lambda: mifs.mutual_info([1, 2], [1, 2], mi_estimator=3), TypeError, "got 3"),
        (
            lambda: mifs.mutual_info([1, 2], [1, 2], mi_estimator=mifs.BinnedMI(n_bins=0)),
            ValueError,
            "n_bins",
        ),
        (lambda: mifs.entropy_of([1, 2], correction="chance"), ValueError, "'miller_madow' or"),
        (
            lambda: mifs.mutual_info(
                np.arange(1e5), np.arange(1e5), discrete_x=True, discrete_y=True
            ),
            ValueError,
            "1.0e[+]10 cells.*discrete_features=False",
        ),
    ],
)
def test_bad_samples_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_column_scores_go_where_scikit_learns_go():
    """SelectKBest and SelectPercentile, classification and regression."""
    X, y = load_breast_cancer(return_X_y=True)
    kept = SelectKBest(mifs.mutual_info_classif, k=3).fit(X, y).get_support(indices=True)
    assert set(kept) == set(np.argsort(-mifs.mutual_info_classif(X, y), kind="stable")[:3])
    X, y = load_diabetes(return_X_y=True)
    selected = SelectPercentile(mifs.mutual_info_regression, percentile=20).fit(X, y)
    assert set(selected.get_support(indices=True)) == {2, 8}  # bmi and s5, the known pair


def test_a_dataframe_with_labels_is_scored_as_it_is():
    """Strings, categories and booleans are levels; names choose which numbers are too."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    noise = rng.normal(size=200)
    colour = np.where(y == 1, "red", "blue")
    frame = pd.DataFrame(
        {"colour": colour, "kind": pd.Categorical(colour), "flag": y == 1, "noise": noise}
    )
    scores = mifs.mutual_info_classif(frame, y)
    assert scores[0] == scores[1] == scores[2] > 0.6
    assert abs(scores[3]) < 0.05
    as_levels = mifs.mutual_info_classif(frame, y, discrete_features=["noise"])
    assert as_levels[3] == pytest.approx(0, abs=1e-12)  # an identifier


def test_a_column_that_is_constant_has_exactly_no_information_at_any_size():
    """scikit-learn issue 30772: it gives 0.0245 nats where H(Y) is 0.0079."""
    y = np.zeros(100_000, dtype=int)
    y[:100] = 1
    assert mifs.mutual_info_classif(np.full((100_000, 1), 3.7), y)[0] == 0.0


@pytest.mark.parametrize(
    ("X", "y", "error", "message"),
    [
        (pd.DataFrame({"a": [1.0, 2.0]})[[]], [0, 1], ValueError, r"0 feature"),
        (pd.DataFrame({"a": []}), [], ValueError, r"0 sample"),
        (pd.DataFrame({"a": [1.0]}), [0], ValueError, r"1 sample"),
        (pd.DataFrame({"a": [1.0, 2.0], 3: [1, 2]}), [0, 1], TypeError, r"mix strings and other"),
        ([[0.1], [0.2]], [0.1, 0.7], ValueError, r"fractions such as 0.1.*mutual_info_regression"),
        ([["a"], [1]], [0, 1], TypeError, r"Column 0 mixes strings"),
    ],
)
def test_bad_tables_are_refused_by_the_column_functions(X, y, error, message):
    with pytest.raises(error, match=message):
        mifs.mutual_info_classif(X, y)
