"""Nearest-neighbour information: golden vectors, scikit-learn, known truths, invariances, ties."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import digamma, ndtri
from scipy.stats import chi2, rankdata
from sklearn.feature_selection._mutual_info import _compute_mi_cc, _compute_mi_cd

from mifs import datasets, neighbor_estimate
from mifs._kernels import neighbors as kernel
from mifs._kernels import ranks
from mifs._kernels.ranks import average_ranks, normal_scores
from mifs.counts import DiscreteVariable
from mifs.criteria import CRITERIA
from mifs.neighbors import (
    MixedVariable,
    NeighborInformation,
    NumberTable,
    Recipe,
    digammas,
    estimates,
    frenzel_pompe,
    ksg1,
    ksg2,
    measured,
    mesner_shalizi,
    ross,
)
from mifs.neighbors.scales import many_scales, scales
from mifs.search import FixedLength, forward_search

VALUES = Recipe(correction="miller_madow")
NOTHING = np.empty((200, 0))


def numbers(column, n_neighbors=3, transform="normal_scores"):
    return MixedVariable.of_numbers(column, n_neighbors=n_neighbors, transform=transform)


def classes(codes):
    levels, codes = np.unique(codes, return_inverse=True)
    return MixedVariable.discrete(DiscreteVariable(codes, len(levels)))


def variable(column):
    """A column of a data set: whole numbers are classes."""
    return classes(column) if len(np.unique(column)) <= 20 else numbers(column)


def golden():
    """Columns x, y, z and classes d of the golden vectors: arithmetic, no random numbers."""
    i = np.arange(1, 201)
    u, v, w = (i * step % 1 for step in (0.6180339887498949, 0.7548776662466927, 0.569840290998053))
    x = ndtri(u)
    y = 0.6 * x + 0.8 * ndtri(v)
    z = 0.5 * x + ndtri(w)
    d = (y + 0.5 * ndtri(w) > 0).astype(int) + (y > 1)
    return x[:, None], y[:, None], z[:, None], d


X, Y, Z, D = golden()
XZ = np.hstack([X, Z])

# ---------------------------------------------------------------- golden vectors

# For k = 1, 3, 5, 10; confirmed to 1e-15 with scikit-learn, NPEET, knncmi; in nats.
GOLDEN = {
    "KSG-1 x; y": (
        lambda k: ksg1(X, Y, n_neighbors=k),
        (0.089352936355, 0.077555795247, 0.094794674507, 0.093715540745),
    ),
    "KSG-2 x; y": (
        lambda k: ksg2(X, Y, n_neighbors=k),
        (-0.008654446636, 0.223953646682, 0.251910870608, 0.071136239912),
    ),
    "Ross x; d": (
        lambda k: ross(X, D, n_neighbors=k),
        (0.164835758945, 0.099857086510, 0.148520549353, 0.143424220024),
    ),
    "Ross (x, z); d": (
        lambda k: ross(XZ, D, n_neighbors=k),
        (0.186235890759, 0.186868475880, 0.234616201312, 0.243516279782),
    ),
    "Frenzel-Pompe x; y given z": (
        lambda k: frenzel_pompe(X, Y, Z, n_neighbors=k),
        (-0.434947244302, 0.149741373145, 0.233456404886, 0.198379488943),
    ),
    "Mesner-Shalizi x; y given z": (
        lambda k: mesner_shalizi(X, Y, Z, n_neighbors=k),
        (-0.286116801099, 0.220160427800, 0.278949087469, 0.216591833362),
    ),
    "Mesner-Shalizi x; y": (
        lambda k: mesner_shalizi(X, Y, NOTHING, n_neighbors=k),
        (0.227503057332, 0.126697538646, 0.132174541218, 0.118745403382),
    ),
    "KSG-1 (x, z); y": (
        lambda k: ksg1(XZ, Y, n_neighbors=k),
        (-0.437609846659, 0.188065980702, 0.291834193107, 0.254274539519),
    ),
}


@pytest.mark.parametrize("place", range(4), ids=["k=1", "k=3", "k=5", "k=10"])
@pytest.mark.parametrize("name", GOLDEN)
def test_golden_vectors(name, place):
    estimate, expected = GOLDEN[name]
    assert estimate((1, 3, 5, 10)[place]) == pytest.approx(expected[place], abs=1e-10)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_given_nothing_the_conditional_estimate_is_the_unconditional_one(k):
    assert frenzel_pompe(X, Y, NOTHING, n_neighbors=k) == ksg1(X, Y, n_neighbors=k)
    assert frenzel_pompe(X, D, NOTHING, n_neighbors=k) == ross(X, D, n_neighbors=k)


# ---------------------------------------------------------------- scikit-learn


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("k", [1, 3, 7])
def test_numbers_agree_with_scikit_learn(seed, k):
    x, noise = np.random.default_rng(seed).normal(size=(2, 500))
    y = 0.5 * x + noise
    expected = max(0.0, ksg1(x[:, None], y[:, None], n_neighbors=k))
    assert _compute_mi_cc(x, y, k) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("k", [1, 3, 7])
def test_classes_agree_with_scikit_learn(seed, n_classes, k):
    # Its brute force for small classes rounds distances, and then miscounts: classes of 100.
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(n_classes), 100)
    x = rng.normal(size=len(y)) + 0.3 * y
    expected = max(0.0, ross(x[:, None], y, n_neighbors=k))
    assert _compute_mi_cd(x, y, k) == pytest.approx(expected, abs=1e-10)


def test_a_class_of_few_members_has_fewer_neighbours_as_in_scikit_learn():
    rng = np.random.default_rng(0)
    y = np.r_[np.zeros(300), np.ones(300), [2, 2]].astype(int)
    x = rng.normal(size=len(y))
    assert _compute_mi_cd(x, y, 3) == pytest.approx(max(0, ross(x[:, None], y)), abs=1e-10)


# ---------------------------------------------------------------- kernels


@st.composite
def points(draw):
    """Points with ties and near ties, of numbers and steps of any size."""
    shape = draw(st.tuples(st.integers(2, 40), st.integers(1, 3)))
    kind = draw(st.sampled_from(["any", "grid", "offset", "tiny"]))
    if kind == "any":
        return draw(arrays(float, shape, elements=st.floats(-1e6, 1e6)))
    steps = draw(arrays(np.int64, shape, elements=st.integers(-5, 5)))
    scale = {"grid": 0.1, "offset": 1e-10, "tiny": 1e-300}[kind]
    return (1e5 if kind == "offset" else 0.0) + steps * scale


@given(points(), st.integers(1, 39), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_distances_and_counts_are_those_of_their_definition(table, k, strict, random):
    k = min(k, len(table) - 1)
    gaps = np.abs(table[:, None] - table[None]).max(axis=2)
    distance = kernel.kth_distance(table, k)
    np.testing.assert_array_equal(distance, np.sort(gaps, axis=1)[:, k])
    radius = np.array(random.sample(list(distance), len(distance)))[:, None]
    for reach in (distance[:, None], radius):
        inside = ((gaps < reach) | (gaps == 0)) if strict else gaps <= reach
        counts = kernel.count_within(table, reach[:, 0], strict=strict)
        np.testing.assert_array_equal(counts, inside.sum(axis=1))


@given(points(), st.integers(1, 39), st.data())
def test_groups_have_the_distances_and_counts_of_their_members(table, k, data):
    group = data.draw(arrays(np.int64, len(table), elements=st.integers(0, 3)))
    distance = kernel.kth_distance_in_groups(table, group, k)
    counts = kernel.count_within_groups(table, group, distance, strict=True)
    for code in np.unique(group):
        rows = group == code
        size = int(rows.sum())
        if size == 1:
            assert distance[rows] == 0
        else:
            own = kernel.kth_distance(table[rows], min(k, size - 1))
            np.testing.assert_array_equal(distance[rows], own)
        np.testing.assert_array_equal(
            counts[rows], kernel.count_within(table[rows], distance[rows], strict=True)
        )


@given(points(), st.integers(1, 39))
def test_the_box_of_neighbours_holds_all_at_the_distance_of_the_last(table, k):
    assume(table.shape[1] > 1)
    k = min(k, len(table) - 1)
    gaps = np.abs(table[:, None] - table[None])
    inside = gaps.max(axis=2) <= kernel.kth_distance(table, k)[:, None]
    x_side, y_side, n_inside = kernel.neighbor_rectangle(table[:, :1], table[:, 1:], k)
    np.testing.assert_array_equal(n_inside, inside.sum(axis=1) - 1)
    sides = np.where(inside[:, :, None], gaps, 0).max(axis=1)
    np.testing.assert_array_equal(x_side, sides[:, 0])
    np.testing.assert_array_equal(y_side, sides[:, 1:].max(axis=1, initial=0))


@given(arrays(float, st.integers(1, 30), elements=st.integers(-4, 4).map(float)))
def test_ranks_are_averages_and_scores_are_odd(values):
    below = (values[None] < values[:, None]).sum(axis=1)
    above = (values[None] > values[:, None]).sum(axis=1)
    np.testing.assert_array_equal(average_ranks(values), below - above)
    scores = normal_scores(values)
    np.testing.assert_array_equal(scores, -normal_scores(-values))
    expected = ndtri(((below - above) + len(values) + 1) / (2 * (len(values) + 1)))
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-14)


# ---------------------------------------------------------------- known truths

CASES = [
    ("make_channel", {}),
    ("make_channel", {"transition": [[0.7, 0.0, 0.3], [0.0, 0.7, 0.3]]}),
    ("make_channel", {"transition": [[1.0, 0.0], [0.5, 0.5]]}),
    ("make_channel", {"transition": np.eye(5) * 0.75 + 0.05}),
    ("make_parity", {"flip": 0.1}),
    ("make_conjunction", {}),
    ("make_chain", {}),
    *(("make_normal_pair", {"correlation": rho}) for rho in (0, 0.1, 0.3, 0.5, 0.6, 0.9)),
    *(("make_normal_pair", {"correlation": rho}) for rho in (0.99, 0.999)),
    ("make_normal_sum", {}),
    ("make_uniform_noise", {"half_width": 0.75}),
    ("make_gamma_exponential", {}),
    ("make_gamma_exponential", {"parameter": "mean"}),
    ("make_disc", {}),
    ("make_student_pair", {}),
    ("make_student_pair", {"df": 3.0, "correlation": 0.6}),
    ("make_gaussian_classes", {}),
    ("make_gaussian_classes", {"means": (-0.5, 0.5)}),
    ("make_gaussian_classes", {"means": (-2, 2)}),
    ("make_gaussian_classes", {"priors": (0.1, 0.9)}),
    ("make_gaussian_classes", {"means": (0, 0), "scales": (1, 3)}),
    ("make_uniform_classes", {}),
    ("make_integer_uniform", {}),
    ("make_integer_uniform", {"n_integers": 10}),
    ("make_atom_mixture", {}),
    ("make_exponential_poisson", {}),
    ("make_exponential_poisson", {"extra_zeros": 0.15}),
    ("make_labels", {}),
    ("make_labels", {"slope": 1.0, "intercept": -2.0}),
    ("make_labels", {"slope": 0.8 / 0.6, "link": "probit"}),
    ("make_sign_xor", {}),
    ("make_quadrants", {}),
    ("make_cosine", {}),
    ("make_absolute", {}),
    ("make_genotype", {}),
    ("make_zero_inflated_classes", {}),
    ("make_normal_mixture", {}),
]
# Sharp edges of the joint support are wider than a neighbourhood of three among 1000: the
# estimate is 0.04 to 0.07 nats too low. The documentation says so.
TOO_LOW = [
    ("make_uniform_noise", {"half_width": 0.1}),
    ("make_disc_labels", {}),
    ("make_product", {}),
]


def names_of(cases):
    return [f"{name[5:]}{''.join(f' {k}' for k in options)}" for name, options in cases]


def errors(name, options, seed):
    """Estimates less truths at n = 1000: each feature, all together, each given the other."""
    sample = getattr(datasets, name)(1000, random_state=seed, **options)
    x, y = [variable(column) for column in sample.X.T], variable(sample.y)
    found = [VALUES.information(feature, y) for feature in x]
    truth = list(sample.relevance)
    if len(x) == 2:
        found += [VALUES.information(x[0].joint(x[1]), y)]
        found += [VALUES.conditional(x[0], y, x[1]), VALUES.conditional(x[1], y, x[0])]
        truth += [sample.information, *sample.conditional_relevance]
    return np.subtract(found, truth)


def assert_within_tolerance(runs):
    """The mean lies within three standard errors and 0.02 nats of the truth."""
    standard_error = np.std(runs, axis=0, ddof=1) / np.sqrt(len(runs))
    assert (np.abs(np.mean(runs, axis=0)) <= 3 * standard_error + 0.02).all()


@pytest.mark.parametrize(("name", "options"), CASES, ids=names_of(CASES))
def test_the_estimate_is_the_truth_on_average_over_a_few_runs(name, options):
    assert_within_tolerance([errors(name, options, seed) for seed in range(4)])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), CASES, ids=names_of(CASES))
def test_the_estimate_is_the_truth_on_average(name, options):
    assert_within_tolerance([errors(name, options, seed) for seed in range(20)])


@pytest.mark.slow
@pytest.mark.xfail(reason="sharp edges of the support", strict=True)
@pytest.mark.parametrize(("name", "options"), TOO_LOW, ids=names_of(TOO_LOW))
def test_sharp_edges_are_estimated_without_bias(name, options):
    assert_within_tolerance([errors(name, options, seed) for seed in range(20)])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("make_normal_pair", {"correlation": 0.0}),
        ("make_normal_pair", {"correlation": 0.9}),
        ("make_student_pair", {}),
        ("make_student_pair", {"df": 3.0, "correlation": 0.6}),
    ],
)
def test_heavy_tails_and_exponents_of_the_scale_do_no_harm(name, options):
    runs = []
    for seed in range(10):
        sample = getattr(datasets, name)(500, random_state=seed, **options)
        x = np.exp(3 * sample.X[:, 0]) if name == "make_normal_pair" else sample.X[:, 0]
        runs.append(VALUES.information(numbers(x), numbers(sample.y)) - sample.information)
    # Raw data of these cases lose half of the information; scores none.
    assert_within_tolerance(runs)


def test_atoms_beside_a_density_at_200_samples():
    runs = []
    for seed in range(40):
        sample = datasets.make_atom_mixture(200, random_state=seed)
        x, y = numbers(sample.X[:, 0]), numbers(sample.y)
        runs.append([r.information(x, y) - sample.information for r in (VALUES, Recipe())])
    # the standard error over 40 runs is 0.01; other estimators are off by 0.26 to 0.33
    assert (np.abs(np.mean(runs, axis=0)) < 0.05).all()


def test_ksg2_is_within_a_fiftieth_of_the_truth():
    runs = []
    for seed in range(10):
        sample = datasets.make_normal_pair(1000, random_state=seed)
        recipe = Recipe(ksg=ksg2)
        found = recipe.information(numbers(sample.X[:, 0]), numbers(sample.y))
        runs.append(found - sample.information)
    assert_within_tolerance(runs)


# ---------------------------------------------------------------- rounding and ties


@pytest.mark.parametrize("step", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9])
def test_rounding_both_sides_changes_little(step, correlation):
    runs = []
    for seed in range(5):
        sample = datasets.make_normal_pair(1000, correlation=correlation, random_state=seed)
        x, y = (np.round(column / step) for column in (sample.X[:, 0], sample.y))
        runs.append(VALUES.information(numbers(x), numbers(y)) - sample.information)
    # Measured over 8 runs at n = 1000 and 3000: at most 0.05 off. A table of the rounded
    # values errs by up to 2 nats, jittered or strict neighbours by up to 1.
    assert abs(np.mean(runs)) < 0.08


@pytest.mark.parametrize("step", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("distance", [0.0, 0.5, 1.0])
def test_rounding_beside_classes_changes_little(step, distance):
    runs = []
    for seed in range(5):
        sample = datasets.make_gaussian_classes(
            1000, means=(-distance, distance), random_state=seed
        )
        x = np.round(sample.X[:, 0] / step)
        runs.append(VALUES.information(numbers(x), classes(sample.y)) - sample.information)
    assert_within_tolerance(runs)


@pytest.mark.parametrize("rounded", ["x", "z", "xz", "xyz"])
def test_rounding_changes_a_conditional_term_little(rounded):
    runs = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        x, z, w, noise = rng.normal(size=(4, 1000))
        columns = {"x": x, "y": x + z + noise, "z": z, "w": w}
        for name in rounded:
            columns[name] = np.round(columns[name] / 0.2)
        v = {name: numbers(column) for name, column in columns.items()}
        found = [VALUES.conditional(v[name], v["y"], v["z"]) for name in "xw"]
        runs.append(np.subtract(found, [0.5 * np.log(2), 0.0]))
    # Mesner and Shalizi's bias at n = 1000 and k = 3: 0.02 to 0.08 measured
    assert (np.abs(np.mean(runs, axis=0)) < 0.1).all()


def test_a_categorical_feature_of_many_levels_says_nothing_by_chance():
    rng = np.random.default_rng(0)
    runs = [
        Recipe().information(classes(rng.integers(100, size=300)), numbers(rng.normal(size=300)))
        for _ in range(20)
    ]
    assert_within_tolerance(np.array(runs))


def test_a_missing_value_is_an_atom_however_few_there_are():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 300))
    x[:2] = np.nan
    v = numbers(x)
    assert v.state.n_levels == 2
    assert v.is_free.tolist() == [[False], [True]]
    assert np.isfinite(Recipe().information(v, numbers(y)))
    x[y > 0] = np.nan  # missing is the sign of y, and says log 2 of it
    assert Recipe().information(numbers(x), numbers(y)) > 0.6


def test_a_column_of_missing_values_only_says_nothing():
    y = np.random.default_rng(0).normal(size=50)
    assert Recipe().information(numbers(np.full(50, np.nan)), numbers(y)) == 0.0


def test_without_ties_states_and_grids_play_no_part():
    x, y, z, d = golden()
    assert numbers(x[:, 0]).as_grid is None
    v = [numbers(column[:, 0], transform=None) for column in (x, y, z)]
    assert Recipe().information(v[0], v[1]) == ksg1(x, y)
    assert Recipe().information(v[0], classes(d)) == ross(x, d)
    assert Recipe().information(classes(d), v[0]) == ross(x, d)
    assert Recipe().information(v[0].joint(v[2]), classes(d)) == ross(XZ, d)
    assert Recipe().conditional(v[0], v[1], v[2]) == frenzel_pompe(x, y, z)
    assert Recipe().conditional(v[0], classes(d), v[2]) == frenzel_pompe(x, d, z)


def test_given_a_class_the_information_is_that_of_each_stratum():
    x, y, _, d = golden()
    parts = [(d == code) for code in range(3)]
    expected = sum(
        rows.mean() * Recipe().information(numbers(x[rows, 0]), numbers(y[rows, 0]))
        for rows in parts
    )
    found = Recipe().conditional(numbers(x[:, 0]), numbers(y[:, 0]), classes(d))
    assert found == pytest.approx(expected, abs=1e-14)


# ---------------------------------------------------------------- invariances


@pytest.fixture(scope="module")
def mixed_table():
    """Continuous, zero-inflated, rounded, discrete, constant and missing columns."""
    rng = np.random.default_rng(7)
    base = rng.normal(size=(6, 240))
    columns = [
        base[0],
        np.maximum(base[1], 0.0),
        np.round(base[2], 1),
        rng.integers(3, size=240).astype(float),
        np.full(240, 2.5),
        np.where(base[3] > 1, np.nan, base[4]),
        base[0] + 0.1 * base[5],
    ]
    return columns, [False, False, False, True, False, False, False], base[0] + base[1] + base[5]


def all_terms(columns, is_discrete, target, spread=map):
    """Every term that a criterion can ask for, of all columns, given column 0."""
    source = NeighborInformation(NumberTable(columns, is_discrete), target, spread=spread)
    rest = np.arange(len(columns)) > 0
    ((_, terms),) = source.pair((0,), rest)
    return np.concatenate(
        [
            source.relevance(),
            terms.joint_relevance,
            terms.conditional_relevance,
            terms.redundancy,
            terms.conditional_redundancy,
        ]
    )


@pytest.mark.parametrize("kind", ["numbers", "classes"])
def test_row_order_changes_no_digit(mixed_table, kind):
    columns, is_discrete, y = mixed_table
    prepare = numbers if kind == "numbers" else lambda y: classes(y > 0)
    expected = all_terms(columns, is_discrete, prepare(y))
    rows = np.random.default_rng(0).permutation(len(y))
    found = all_terms([column[rows] for column in columns], is_discrete, prepare(y[rows]))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("kind", ["numbers", "classes"])
@pytest.mark.parametrize(
    "change",
    [
        lambda column: column * 1e-10,
        lambda column: column * 2.0**40 + 0.0,
        np.exp,
        lambda column: -column,
        lambda column: -np.cbrt(column),
    ],
    ids=["scale 1e-10", "scale 1e12", "exp", "minus", "minus cube root"],
)
def test_strictly_monotone_maps_change_no_digit(mixed_table, kind, change):
    columns, is_discrete, y = mixed_table
    prepare = numbers if kind == "numbers" else lambda y: classes(y > 0)
    expected = all_terms(columns, is_discrete, prepare(y))
    found = all_terms([change(column) for column in columns], is_discrete, prepare(change(y) - 0.0))
    if kind == "classes":  # the classes of a mapped target are others; only columns are mapped
        found = all_terms([change(column) for column in columns], is_discrete, prepare(y))
    np.testing.assert_array_equal(found, expected)


def test_an_offset_of_1e10_changes_nothing_that_it_does_not_round_away():
    rng = np.random.default_rng(0)
    x = rng.integers(1 << 40, size=500) * 2.0**-10  # numbers that 1e10 + x holds exactly
    x, y = x[np.argsort(rng.normal(size=500))], rng.normal(size=500) + x / x.max()
    expected = Recipe().information(numbers(x), numbers(y))
    assert Recipe().information(numbers(1e10 + x), numbers(y)) == expected


def test_column_order_changes_no_digit(mixed_table):
    columns, is_discrete, y = mixed_table
    target = numbers(y)
    expected = NeighborInformation(NumberTable(columns, is_discrete), target).relevance()
    found = NeighborInformation(NumberTable(columns[::-1], is_discrete[::-1]), target).relevance()
    np.testing.assert_array_equal(found[::-1], expected)


def test_threads_change_no_digit(mixed_table):
    columns, is_discrete, y = mixed_table
    expected = all_terms(columns, is_discrete, numbers(y))
    with ThreadPoolExecutor(2) as pool:
        found = all_terms(columns, is_discrete, numbers(y), spread=pool.map)
    np.testing.assert_array_equal(found, expected)


@given(st.sampled_from([ksg1, ksg2]), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=30)
def test_estimates_are_symmetric_and_blind_to_row_order_even_on_a_grid(ksg, random, on_grid):
    x, y = (np.round(side) if on_grid else side for side in (X, Y))
    rows = np.array(random.sample(range(200), 200))
    assert ksg(x[rows], y[rows]) == ksg(x, y) == ksg(y, x)


def test_relabelled_classes_tie():
    x, _, z, d = golden()
    other = np.array([2, 0, 1])[d]
    assert ross(x, d) == ross(x, other)
    assert frenzel_pompe(x, d, z) == frenzel_pompe(x, other, z)


# ---------------------------------------------------------------- constants and small samples


@pytest.mark.parametrize("n_positive", [5, 50, 500])
def test_a_constant_column_tells_exactly_nothing_of_classes(n_positive):
    """scikit-learn issue 30772: it gives a constant more than the target's entropy."""
    y = np.zeros(1000)
    y[:n_positive] = 1
    for constant in (0.0, 1.0, 1e10, np.pi):
        x = numbers(np.full(1000, constant))
        assert Recipe().information(x, classes(y)) == 0.0
        assert VALUES.information(x, numbers(np.random.default_rng(0).normal(size=1000))) == 0.0


@pytest.mark.parametrize("n_positive", [5, 50, 500])
def test_no_column_tells_more_than_the_entropy_of_the_classes(n_positive):
    """scikit-learn issue 30772, for columns that are almost constant, and for a perfect one."""
    y = np.zeros(1000)
    y[:n_positive] = 1
    share = n_positive / 1000
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    rng = np.random.default_rng(0)
    almost = np.zeros(1000)
    almost[rng.choice(1000, 10, replace=False)] = rng.normal(size=10)
    perfect = y * 10 + rng.random(1000)
    for column in (almost, perfect):
        assert measured(VALUES, numbers(column), classes(y)).value <= entropy + 1e-12


@pytest.mark.parametrize("n_samples", [1, 2, 3, 4, 40])
def test_a_constant_is_one_however_few_the_samples(n_samples):
    x, y, z = np.full(n_samples, 7.0), Y[:n_samples, 0], Z[:n_samples, 0]
    assert Recipe().information(numbers(x), numbers(y)) == 0.0
    assert Recipe().conditional(numbers(x), numbers(y), numbers(z)) == 0.0


@pytest.mark.parametrize("n_samples", [1, 2, 3, 4, 5])
def test_samples_fewer_than_neighbours_give_a_number(n_samples):
    x, y, z, d = (side[:n_samples] for side in golden())
    for found in (
        ksg1(x, y),
        ksg2(x, y),
        ross(x, d),
        frenzel_pompe(x, y, z),
        mesner_shalizi(x, y, z),
    ):
        assert np.isfinite(found)
    v = [numbers(side[:, 0]) for side in (x, y, z)]
    assert np.isfinite(Recipe().conditional(*v))


def test_a_class_of_one_member_counts_as_telling_nothing():
    x, _, _, _ = golden()
    assert ross(x, np.arange(200)) == 0.0
    y = np.r_[np.zeros(100), np.ones(100)].astype(int)
    with_single = ross(np.vstack([x + 5 * y[:, None], [[99.0]]]), np.r_[y, 2])
    # 200 of 201 samples are told apart, as before; psi(201) and psi(200) differ by 0.005
    assert with_single == pytest.approx(ross(x + 5 * y[:, None], y) * 200 / 201, abs=0.01)


# ---------------------------------------------------------------- multi-scale


def test_scales_go_from_three_to_a_fifth_or_two_thirds_of_a_class():
    assert scales(100) == [3, 4, 6, 9, 14, 20]
    assert scales(300, n_classes=2) == [3, 6, 12, 25, 50, 100]
    assert scales(5) == [3]
    # large tables pay k * sqrt(n) at most 6000
    assert scales(10_000)[-1] == 60
    assert scales(1_000_000)[-1] == 6


def chance(degrees):
    """What a chi-square exceeds its mean by once in a hundred, by its quantile in scipy."""
    return (chi2.ppf(0.99, degrees) - degrees) / 2


def test_the_statistic_of_many_scales_is_the_largest_information_less_chance():
    x, y, _, _ = golden()
    v = [numbers(side[:, 0], transform=None) for side in (x, y)]
    # of golden pairs the Gaussian information is the largest: .2092 nats, in robince/gcmi
    assert many_scales(Recipe(), *v) == pytest.approx(0.209210247649, abs=1e-12)


def test_what_oscillates_has_the_largest_estimate_of_neighbours_less_chance():
    sample = datasets.make_cosine(300, periods=5, random_state=0)
    v = numbers(sample.X[:, 0]), numbers(sample.y)
    found = [Recipe(n_neighbors=k).information(*v) - 2 / np.sqrt(300 * k) for k in scales(300)]
    expected = max(found) + chance(1) / 300
    assert many_scales(Recipe(), *v) == pytest.approx(expected, abs=1e-12)


def test_two_discrete_variables_pay_for_their_degrees_of_freedom():
    rng = np.random.default_rng(0)
    x, y = rng.integers(4, size=300), rng.integers(3, size=300)
    expected = Recipe().information(classes(x), classes(y)) - (chance(6) - chance(1)) / 300
    assert many_scales(Recipe(), classes(x), classes(y)) == pytest.approx(expected, abs=1e-12)


COLUMNS = {
    "numbers": lambda rng: rng.normal(size=300),
    "rounded": lambda rng: rng.normal(size=300).round(1),
    "zeros": lambda rng: rng.normal(size=300) * (rng.random(300) < 0.6),
    "missing": lambda rng: np.where(rng.random(300) < 0.2, np.nan, rng.normal(size=300)),
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("target", ["numbers", "rounded", "classes"])
def test_many_scales_see_neither_monotone_maps_nor_the_order_of_rows(column, target):
    rng = np.random.default_rng(0)
    x = COLUMNS[column](rng)
    y = np.nan_to_num(x) + rng.normal(size=300)
    y = y.round(1) if target == "rounded" else y
    make = (lambda values: classes(values > 0)) if target == "classes" else numbers
    found = many_scales(Recipe(), numbers(x), make(y))
    assert found > 0.05
    rows = rng.permutation(300)
    assert many_scales(Recipe(), numbers(x[rows]), make(y[rows])) == found
    assert many_scales(Recipe(), numbers(np.exp(x)), make(y)) == found
    # neighbours of mirrored numbers are the same, as are their scores but for the sign
    assert many_scales(Recipe(), numbers(-x), make(y)) == found
    assert many_scales(Recipe(), make(y), numbers(x)) == pytest.approx(found, abs=1e-12)


@pytest.mark.parametrize("target", ["numbers", "classes"])
def test_many_scales_find_nothing_in_constants(target):
    y = np.random.default_rng(0).normal(size=60)
    y = numbers(y) if target == "numbers" else classes(y > 0)
    assert many_scales(Recipe(), numbers(np.ones(60)), y) == 0.0
    assert many_scales(Recipe(), classes(np.zeros(60, dtype=int)), y) == 0.0


def test_a_copy_has_no_more_than_the_logarithm_of_its_values():
    x = np.random.default_rng(0).normal(size=100)
    # no scale can tell more than 100 samples apart
    assert many_scales(Recipe(), numbers(x), numbers(x**3)) == pytest.approx(np.log(100), abs=1e-12)
    many = classes(np.arange(100))  # each sample its own class: nothing is known
    assert many_scales(Recipe(), many, numbers(x)) <= 0.0


def test_many_scales_rank_strong_relations_by_their_information():
    """A cosine of 0.94 nats above a line of 0.14, though the line stands out more from chance."""
    cosine = datasets.make_cosine(2000, periods=5, noise=0.3, random_state=0)
    line = datasets.make_normal_pair(2000, correlation=0.5, random_state=0)
    first, second = (
        many_scales(Recipe(), numbers(sample.X[:, 0]), numbers(sample.y))
        for sample in (cosine, line)
    )
    assert first > 2 * second
    assert second == pytest.approx(line.information, abs=0.05)  # three spreads of 2000 samples


DETECTION = {  # name: generator, its options, samples
    "normal .2, 300": ("make_normal_pair", {"correlation": 0.2}, 300),
    "normal .2, 1000": ("make_normal_pair", {"correlation": 0.2}, 1000),
    "cosine, 100": ("make_cosine", {"noise": 1.0}, 100),
    "five cosines, 300": ("make_cosine", {"periods": 5, "noise": 0.5}, 300),
    "five cosines, 1000": ("make_cosine", {"periods": 5, "noise": 0.5}, 1000),
    "shift .5, 60": ("make_gaussian_classes", {"means": (-0.25, 0.25)}, 60),
    "shift .5, 200": ("make_gaussian_classes", {"means": (-0.25, 0.25)}, 200),
    "shift .5, 600": ("make_gaussian_classes", {"means": (-0.25, 0.25)}, 600),
    "scale 1.7, 200": ("make_gaussian_classes", {"means": (0, 0), "scales": (1, 1.7)}, 200),
    "bimodal, 600": ("bimodal", {}, 600),
    "t2 shift .6, 200": ("student", {}, 200),
}


def detectable(case, seed):
    """A relevant column and its target."""
    name, options, n = DETECTION[case]
    if name.startswith("make"):
        sample = getattr(datasets, name)(n, random_state=seed, **options)
        return sample.X[:, 0], sample.y
    rng = np.random.default_rng(seed)
    y = rng.integers(2, size=n)
    if name == "student":
        return rng.standard_t(2, size=n) + 0.6 * y, y
    z = rng.normal(size=n)  # two peaks with the mean and variance of the other class
    return np.where(y == 1, 0.9 * rng.choice([-1, 1], size=n) + np.sqrt(0.19) * z, z), y


def binned(x, y, n_bins):
    """Information of cells of equal frequency, less its mean by chance."""
    is_class = y.dtype.kind == "i"
    cells = [
        classes(side)
        if side is y and is_class
        else classes((rankdata(side) - 0.5) * n_bins // len(side))
        for side in (x, y)
    ]
    return Recipe().information(*cells)


@pytest.mark.slow
@pytest.mark.parametrize("case", DETECTION)
def test_many_scales_find_what_the_best_single_estimate_finds(case):
    """Share of pairs in which a relevant column outranks an irrelevant one, of 300 samples."""
    n_repeats, n = 300, DETECTION[case][2]
    scores = {}
    for seed in range(n_repeats):
        x, y = detectable(case, seed)
        noise = np.random.default_rng(10_000 + seed).normal(size=n)
        is_class = y.dtype.kind == "i"
        target = classes(y) if is_class else numbers(y)
        for column in (x, noise):
            v = numbers(column), target
            scores.setdefault("many", []).append(many_scales(Recipe(), *v))
            for k in {3, 10, n // 10}:
                scores.setdefault(k, []).append(Recipe(n_neighbors=k).information(*v))
            for n_bins in (2, 3, 5, 10, 20) if is_class else (3, 5, 10):
                scores.setdefault(f"{n_bins} bins", []).append(binned(column, y, n_bins))
    wins = {
        name: np.array(values[::2])[:, None] > np.array(values[1::2])
        for name, values in scores.items()
    }
    best = max(wins, key=lambda name: wins[name].mean() if name != "many" else -1)
    gap = wins["many"].astype(float) - wins[best]
    # the standard error of a U statistic of two samples: from the means by row and by column
    error = np.sqrt((gap.mean(axis=0).var() + gap.mean(axis=1).var()) / n_repeats)
    assert gap.mean() >= -0.03 - error, f"{wins['many'].mean():.3f} and {wins[best].mean():.3f}"
    assert error <= 0.02  # .017 was measured in the noisiest case, of 60 samples


# ---------------------------------------------------------------- results


def test_a_result_tells_when_it_is_near_its_ceiling():
    x = np.random.default_rng(0).normal(size=300)
    same = measured(VALUES, numbers(x), numbers(x**3))
    assert same.raw == pytest.approx(digamma(300) - digamma(3), abs=1e-12)
    assert same.ceiling == pytest.approx(digamma(300) - digamma(3), abs=1e-12)
    assert same.is_saturated
    assert "ceiling" in same.remarks[0]


def test_a_result_without_doubts_has_no_remarks():
    x, y, _, d = golden()
    assert measured(VALUES, numbers(x[:, 0]), numbers(y[:, 0])).remarks == ()
    assert measured(VALUES, numbers(x[:, 0]), classes(d)).remarks == ()


def test_a_bootstrap_sample_is_flagged_for_its_copies():
    rng = np.random.default_rng(0)
    rows = rng.integers(500, size=500)
    x, y = rng.normal(size=(2, 500))[:, rows]
    result = measured(VALUES, numbers(x), numbers(y))
    # a share 1 / e of all samples is never drawn, and as many are copies
    assert result.duplicate_share == pytest.approx(np.exp(-1), abs=0.05)
    assert "subsamples" in result.remarks[-1]


def test_rounded_numbers_are_no_copies():
    sample = datasets.make_normal_pair(1000, random_state=0)
    x, y = np.round(sample.X[:, 0], 1), np.round(sample.y, 1)
    assert measured(VALUES, numbers(x), numbers(y)).duplicate_share < 0.01


def test_small_classes_are_counted():
    x, _, _, d = golden()
    d = np.r_[3, 4, 4, d[3:]]
    result = measured(VALUES, numbers(x[:, 0]), classes(d))
    assert (result.n_in_small_classes, result.n_unresolved) == (3, 1)
    assert "3 samples" in result.remarks[0]


def test_rounded_numbers_that_tell_nothing_do_once_they_are_spread_as_the_remark_says():
    """Over 200 draws of the noise, the difference was -0.001, standard deviation 0.0065."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 4))
    y = (X.sum(axis=1) + rng.normal(size=400) > 0) + 0
    rounded = X.round(1)
    as_read = neighbor_estimate(rounded, y)
    assert as_read.raw == 0.0
    assert "repeat as they were rounded, spread them" in as_read.remarks[0]
    spread = rounded + 0.1 * (rng.random(X.shape) - 0.5)
    expected = neighbor_estimate(X, y).raw
    found = neighbor_estimate(spread, y).raw
    assert found == pytest.approx(expected, abs=0.001 + 4 * 0.0065)


def test_many_dimensions_are_remarked():
    rng = np.random.default_rng(0)
    columns = [numbers(column) for column in rng.normal(size=(6, 100))]
    joint = columns[0]
    for column in columns[1:4]:
        joint = joint.joint(column)
    result = measured(VALUES, columns[4], columns[5], joint)
    assert result.n_dims == (1, 1, 4)
    assert "4 in the condition" in result.remarks[-1]


def test_results_are_clipped_only_when_asked_and_frozen():
    rng = np.random.default_rng(3)
    results = [measured(VALUES, *map(numbers, rng.normal(size=(2, 100)))) for _ in range(20)]
    assert any(result.raw < 0 for result in results)
    assert all(result.value == max(0, result.raw) for result in results)
    with pytest.raises(FrozenInstanceError):
        results[0].raw = 1.0


# ---------------------------------------------------------------- the source


@pytest.fixture(scope="module")
def problem():
    """Two columns that add up, a copy of the first, and noise."""
    rng = np.random.default_rng(0)
    a, b, copied, noise, other = rng.normal(size=(5, 400))
    y = a + b + 0.5 * noise
    return [a, b, a + 0.2 * copied, other], y


@pytest.mark.parametrize("kind", ["numbers", "classes"])
@pytest.mark.parametrize(
    "criterion", ["mim", "mifs", "mrmr", "jmi", "jmim", "cmim", "cife", "icap", "cmi"]
)
def test_criteria_select_what_adds_up(problem, criterion, kind):
    columns, y = problem
    target = numbers(y) if kind == "numbers" else classes(y > 0)
    source = NeighborInformation(NumberTable(columns, [False] * 4), target)
    path = forward_search(CRITERIA[criterion](), source, door=FixedLength(3))
    assert 3 not in path.order[:2]
    if criterion != "mim":  # it alone cannot see that the copy adds nothing
        assert 1 in path.order[:2]
    assert np.isfinite(path.score).all()


@pytest.mark.parametrize("criterion", ["disr", "njmim", "mrmr_quotient", "iwfs"])
def test_criteria_that_divide_by_entropy_are_refused_with_an_alternative(problem, criterion):
    columns, y = problem
    source = NeighborInformation(NumberTable(columns, [False] * 4), numbers(y))
    with pytest.raises(ValueError, match=r"^Nearest neighbours give no .*; use criterion='"):
        forward_search(CRITERIA[criterion](), source, door=FixedLength(2))


def test_the_multiscale_source_ranks_and_refuses_pairs(problem):
    columns, y = problem
    table = NumberTable(columns, [False] * 4)
    source = NeighborInformation(table, numbers(y), is_multiscale=True)
    assert source.relevance().argmin() == 3
    np.testing.assert_array_equal(source.detection(), source.relevance())
    with pytest.raises(ValueError, match="n_neighbors=3"):
        forward_search(CRITERIA["jmi"](), source, door=FixedLength(2))


def test_values_differ_from_scores_where_counts_are_corrected():
    rng = np.random.default_rng(0)
    x, y = rng.integers(2, size=(2, 300))
    y = np.where(rng.random(300) < 0.7, x, y)
    source = NeighborInformation(NumberTable([x, rng.normal(size=300)], [True, False]), classes(y))
    value, score = source.value(), source.relevance()
    assert value[0] != score[0]
    assert value[1] == score[1]


def test_a_table_of_labels_and_integers_is_taken_as_it_comes():
    rng = np.random.default_rng(0)
    labels = np.array(list("abc"))[rng.integers(3, size=200)]
    table = NumberTable([labels, rng.integers(1000, size=200)], [True, False])
    y = (labels == "a") + rng.normal(size=200)
    relevance = NeighborInformation(table, numbers(y)).relevance()
    assert relevance[0] > 0.05
    assert relevance[0] == Recipe().information(classes(labels), numbers(y))


def test_what_is_kept_in_tables_for_small_samples_is_the_same_computed_afresh(monkeypatch):
    x, y = np.random.default_rng(0).normal(size=(2, 500, 1))
    kept = estimates.ksg1(x, y), ranks.normal_scores(x[:, 0])
    for module in (digammas, ranks):
        monkeypatch.setattr(module, "TABLE_ROWS", 64)
    assert estimates.ksg1(x, y) == kept[0]
    np.testing.assert_array_equal(ranks.normal_scores(x[:, 0]), kept[1])
