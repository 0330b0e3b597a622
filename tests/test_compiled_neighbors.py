"""The compiled searches of neighbours give what their NumPy twins do, bit for bit."""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

import mifs
from mifs._kernels import direct, neighbors, ranks
from mifs._kernels.twins import TWINS
from mifs.counts import DiscreteVariable
from mifs.neighbors import Recipe, estimates, variables
from mifs.neighbors import direct as direct_information
from mifs.neighbors.source import NeighborInformation, NumberTable
from mifs.neighbors.variables import MixedVariable

NAMES = {
    "ascending_order",
    "average_ranks",
    "ksg_sums",
    "kth_in_plane",
    "kth_in_space",
    "kth_on_line",
    "ross_sums",
    "within_in_groups",
    "within_in_plane",
    "within_in_space",
    "within_on_line",
}
pytestmark = [
    pytest.mark.usefixtures("simd"),
    pytest.mark.skipif(not set(TWINS) >= NAMES, reason="the extension was not built"),
]
EXTREME = [0.0, -0.0, 5e-324, -5e-324, 1e-300, 1.0, np.nextafter(1, 2), 1e150, -1e150]


def agree(name, *arrays, **options):
    twins = TWINS[name]
    expected = twins.numpy(*arrays, **options)
    found = twins.compiled(*arrays, **options)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected, strict=True)


def column(rng, n):
    """Numbers of one of the kinds that make a search hard."""
    kinds = [
        lambda: rng.normal(size=n),
        lambda: rng.integers(0, rng.integers(1, 2 * n + 2), n) * rng.choice([0.1, 1.0]),
        lambda: rng.standard_cauchy(n) ** 3,
        lambda: np.full(n, 3.0),
        lambda: 100 + 1e-13 * rng.normal(size=n),
        lambda: np.r_[rng.normal(size=n - 1), 1e300],  # beside which all share their leading bits
        lambda: rng.choice(EXTREME, n),
        lambda: np.linspace(-1, 1, n),
    ]
    return kinds[rng.integers(len(kinds))]()


seeds = st.integers(0, 2**32 - 1)
sizes = st.one_of(st.integers(1, 12), st.integers(13, 400))
ks = st.one_of(st.integers(1, 6), st.integers(7, 60))


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, st.booleans())
def test_orders_and_ranks_agree(seed, n, has_nan):
    rng = np.random.default_rng(seed)
    values = column(rng, n)
    if has_nan:
        values[rng.integers(n, size=2)] = np.nan
    agree("ascending_order", values)
    agree("average_ranks", values)


@pytest.mark.parametrize("n", [0, 4095, 4096, 20_000])
@pytest.mark.parametrize("kind", ["normal", "rounded", "one outlier", "sorted", "falling"])
def test_orders_agree_at_every_width_of_digits(n, kind):
    rng = np.random.default_rng(n)
    values = rng.normal(size=n)
    if n and kind == "one outlier":
        values[n // 2] = 1e300
    values = {
        "rounded": values.round(2),
        "sorted": np.sort(values),
        "falling": -np.sort(values),
    }.get(kind, values)
    agree("ascending_order", values)
    agree("average_ranks", values)


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, ks, st.sampled_from([1, 2, 10, 1000]), st.booleans())
def test_neighbours_on_a_line_agree(seed, n, k, n_groups, strict):
    rng = np.random.default_rng(seed)
    line, group = np.sort(column(rng, n)), rng.integers(n_groups, size=n)
    agree("kth_on_line", line, group, k)
    distance = TWINS["kth_on_line"].numpy(line, group, k)
    for radius in (distance, distance * rng.choice([0.0, 0.5, 40.0]), np.abs(column(rng, n))):
        agree("within_on_line", line, radius, strict=strict)
        agree("within_in_groups", line, group, radius, strict=strict)


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, ks, st.sampled_from(["independent", "near a line", "copies"]))
def test_neighbours_in_the_plane_agree(seed, n, k, relation):
    rng = np.random.default_rng(seed)
    n += 1  # one point has no neighbour
    x, y, place = np.sort(column(rng, n)), np.sort(column(rng, n)), rng.permutation(n)
    if relation != "independent":
        place = np.argsort(np.arange(n) + 3 * rng.normal(size=n))
    if relation == "copies":
        x, y = np.sort(x[rng.integers(n, size=n)]), np.sort(y[rng.integers(n, size=n)])
    agree("kth_in_plane", x, y, place, min(k, n - 1))


@pytest.mark.parametrize("k", [1, 3, 5, 6, 40])
@pytest.mark.parametrize("noise", [0.0, 0.01, 0.3, 10.0])
def test_many_points_of_any_dependence_agree(k, noise):
    rng = np.random.default_rng(0)
    line = np.sort(rng.normal(size=3000))
    place = np.argsort(np.argsort(np.sin(3 * line) + noise * rng.normal(size=3000)))
    agree("kth_in_plane", line, np.sort(rng.standard_cauchy(3000)), place, k)


@settings(max_examples=200, deadline=None)
@given(
    seeds,
    sizes,
    st.lists(ks, min_size=1, max_size=4),
    st.integers(1, 6),
    st.sampled_from([1, 2, 10, 1000]),
)
def test_neighbours_in_space_agree(seed, n, ks, n_dims, n_groups):
    """Copies, groups without a point or of one, and k beyond the group are among them."""
    rng = np.random.default_rng(seed)
    points = np.column_stack([column(rng, n) for _ in range(n_dims)])
    if rng.integers(2):
        points = points[rng.integers(n, size=n)]
    start = neighbors.starts(rng.integers(n_groups, size=n))
    agree("kth_in_space", points, start, np.array(sorted(ks)))


@pytest.mark.parametrize("odd", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("which", ["numpy", "compiled"])
def test_points_that_are_not_finite_are_refused(which, odd):
    points, radius, start = np.zeros((20, 3)), np.ones(20), np.array([0, 20])
    points[19, 1] = odd
    lines = points[:, 0], points[:, 1], np.arange(20)
    for name, arrays, options in (
        ("kth_in_space", (points, start, np.array([3])), {}),
        ("within_in_space", (points, start, radius), {"strict": True}),
        ("within_in_plane", (*lines, start, radius), {"strict": True}),
    ):
        with pytest.raises(ValueError, match="finite"):
            getattr(TWINS[name], which)(*arrays, **options)


@pytest.mark.parametrize("n_dims", [2, 3, 5])
@pytest.mark.parametrize("noise", [0.0, 1e-9, 0.3, 10.0])
def test_many_points_in_space_agree(n_dims, noise):
    """By networks of every length, and by lists that are shortened and that are not."""
    rng = np.random.default_rng(0)
    points = np.sin(3 * rng.normal(size=(2000, 1))) + noise * rng.standard_cauchy((2000, n_dims))
    for ks in ([1], [2], [3], [4], [5], [6], [7], [8], [31], [32], [100], [3, 7, 16, 83, 300]):
        agree("kth_in_space", points, [0, 2000], np.array(ks))


def test_distances_that_no_double_holds_are_infinite():
    points = np.full((40, 3), 1e308)
    points[::2] *= -1
    agree("kth_in_space", points, [0, 40], np.array([5, 19, 20, 39]))


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, st.sampled_from([1, 2, 10, 1000]), st.booleans())
def test_counts_in_the_plane_agree(seed, n, n_groups, strict):
    """Groups without a point, and of one, are among them."""
    rng = np.random.default_rng(seed)
    group = rng.integers(n_groups, size=n)
    x, y = column(rng, n), column(rng, n)
    if rng.integers(2):
        x, y = x[rng.integers(n, size=n)], y[rng.integers(n, size=n)]
    x_order, y_order = np.lexsort([x, group]), np.lexsort([y, group])
    lines = x[x_order], y[y_order], neighbors.places(x_order)[y_order], neighbors.starts(group)
    for radius in (np.abs(column(rng, n)), np.abs(x - x[rng.integers(n, size=n)])):
        agree("within_in_plane", *lines, radius, strict=strict)


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, st.integers(1, 5), st.sampled_from([1, 2, 10, 1000]), st.booleans())
def test_counts_in_space_agree(seed, n, n_dims, n_groups, strict):
    rng = np.random.default_rng(seed)
    points = np.column_stack([column(rng, n) for _ in range(n_dims)])
    if rng.integers(2):
        points = points[rng.integers(n, size=n)]
    start = neighbors.starts(rng.integers(n_groups, size=n))
    to_others = np.abs(points - points[rng.integers(n, size=n)]).max(axis=1)
    for radius in (np.abs(column(rng, n)), to_others):
        agree("within_in_space", points, start, radius, strict=strict)


@pytest.mark.parametrize("noise", [0.0, 0.3, 10.0])
def test_whole_branches_of_a_tree_are_counted(noise):
    """Radii of some clusters reach from no other point to all of them."""
    rng = np.random.default_rng(0)
    points = rng.integers(3, size=(2000, 3)) + noise * rng.normal(size=(2000, 3))
    points = points[np.argsort(points[:, 0], kind="stable")]
    radius = np.repeat(10 ** rng.uniform(-3, 2, size=50), 40)
    agree("within_in_space", points, [0, 2000], radius, strict=False)


@pytest.mark.parametrize("n", [128, 129, 1000, 5000])
@pytest.mark.parametrize("noise", [0.0, 0.3, 10.0])
def test_boxes_of_any_width_count_alike(n, noise):
    """From a few points to all of them; the table of blocks is of use from 129 on."""
    rng = np.random.default_rng(n)
    line = np.sort(rng.normal(size=n))
    place = np.argsort(np.argsort(np.sin(3 * line) + noise * rng.normal(size=n)))
    radius = 10 ** rng.uniform(-4, 1, size=n)
    agree("within_in_plane", line, np.sort(rng.uniform(size=n)), place, [0, n], radius, strict=True)


@settings(max_examples=150, deadline=None)
@given(seeds, sizes, ks, st.booleans(), st.booleans())
def test_sums_over_the_samples_of_a_column_agree(seed, n, k, has_line, is_short):
    """None where values repeat, are missing, or the table is too short for a count."""
    rng = np.random.default_rng(seed)
    n += 1
    rows, y = np.array([column(rng, n) for _ in range(rng.integers(1, 4))]), column(rng, n)
    rows[0, rng.integers(n)] = rng.choice([np.nan, 0.5], p=[0.2, 0.8])
    line = np.sort(rng.normal(size=n)) if has_line else None
    table = rng.integers(2**40, size=n // 4 + 1 if is_short else n + 1)
    order = np.argsort(y, kind="stable")
    for name, other, rank in (
        ("ross_sums", rng.integers(rng.choice([1, 2, 10, 1000]), size=n), k),
        ("ksg_sums", (order, y[order]), min(k, n - 1)),
    ):
        twins = TWINS[name]
        expected = twins.numpy(rows, line, other, rank, table)
        assert twins.compiled(rows, line, other, rank, table) == expected


def test_any_layout_and_read_only_arrays_are_taken():
    rng = np.random.default_rng(0)
    wide = rng.normal(size=(300, 3))
    wide.flags.writeable = False
    agree("ascending_order", wide[:, 1])
    agree("ascending_order", wide[::-2, 1])
    agree("average_ranks", wide.astype(np.float32)[:, 0].astype(np.float64))
    lines = np.sort(wide, axis=0)
    lines.flags.writeable = False
    for dtype in (np.uint8, np.int16, np.int64):
        group = np.arange(300, dtype=dtype) % 3
        agree("kth_on_line", lines[:, 1], group, 3)
        agree("within_in_groups", lines[:, 1], group, np.abs(wide[:, 0]), strict=True)
    agree("within_on_line", lines[:, 1], np.abs(wide[:, 0]), strict=False)
    agree("kth_in_plane", lines[:, 0], lines[::1, 1], rng.permutation(300)[::-1], 3)
    agree("kth_in_space", wide, np.array([0, 100, 300], dtype=np.int32), [2, 3])
    agree("kth_in_space", wide[::-1, ::2], [0, 300], np.array([40], dtype=np.int16))
    place, radius = rng.permutation(300)[::-1], np.abs(wide[:, 0])
    agree("within_in_space", wide[::-1, ::2], [0, 100, 300], radius[::-1], strict=True)
    start = np.array([0, 300], dtype=np.int32)
    agree("within_in_plane", lines[:, 0], lines[:, 1], place, start, radius, strict=False)


def swap_in(monkeypatch, which):
    """Put one of the twins in the place of both."""
    for module in (ranks, neighbors, direct, direct_information, estimates, variables):
        for name in NAMES & set(vars(module)):
            monkeypatch.setattr(module, name, getattr(TWINS[name], which))


@pytest.mark.parametrize("n_classes", [2, 7, None])
@pytest.mark.parametrize("n_neighbors", [1, 3, "multiscale"])
def test_scores_of_columns_do_not_depend_on_the_twin(monkeypatch, n_classes, n_neighbors):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 8))
    X[:, 1] = X[:, 1].round(1)
    X[:, 2] = np.maximum(X[:, 2], 0)
    X[:, 3] = X[:, 3].astype(np.float32) // 0.01
    X[3, 4] = np.nan
    y = X[:, 0] + rng.normal(size=150)
    if n_classes:
        y = np.digitize(y, np.quantile(y, np.arange(1, n_classes) / n_classes))
    score = mifs.mutual_info_classif if n_classes else mifs.mutual_info_regression
    found = []
    for which in ("numpy", "compiled"):
        swap_in(monkeypatch, which)
        found.append(score(X, y, mi_estimator="knn", n_neighbors=n_neighbors))
    np.testing.assert_array_equal(found[0], found[1], strict=True)


@pytest.mark.parametrize("digits", [1, 8])
def test_estimates_do_not_depend_on_the_twin(monkeypatch, digits):
    """Of numbers and of classes, some of one sample, with repeated values and without."""
    rng = np.random.default_rng(0)
    x, y, z, w = rng.normal(size=(4, 200, 1)).round(digits)
    classes = np.unique(np.r_[rng.integers(4, size=196), 4:8], return_inverse=True)[1]
    found = []
    for which in ("numpy", "compiled"):
        swap_in(monkeypatch, which)
        found.append(
            [
                estimate(*sides, n_neighbors=k)
                for k in (3, 7, 40)
                for estimate, *sides in (
                    (estimates.frenzel_pompe, x, y, z),
                    (estimates.frenzel_pompe, x, classes, np.hstack([z, w])),
                    (estimates.mesner_shalizi, x, y, z),
                    (estimates.mesner_shalizi, classes, y, z),
                    (estimates.ross, np.hstack([x, z, w]), classes),
                    (estimates.ksg1, np.hstack([x, z]), y),
                )
            ]
        )
    assert found[0] == found[1]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 300])
def test_several_scales_are_each_by_itself(n):
    rng = np.random.default_rng(n)
    x = rng.normal(size=n)
    y = x + rng.normal(size=n)
    sides = [MixedVariable.of_numbers(side, n_neighbors=3) for side in (x, y)]
    each = [Recipe(n_neighbors=k).information(*sides) for k in (1, 3, 7, 90)]
    assert Recipe().of_scales(*sides, [1, 3, 7, 90]) == each


def test_conditional_terms_need_no_tree_of_another_package(monkeypatch):
    monkeypatch.setattr(neighbors, "cKDTree", None)
    x, y, z = np.random.default_rng(0).normal(size=(3, 100, 1))
    estimates.frenzel_pompe(x, y, np.hstack([z, x + z]))
    estimates.mesner_shalizi(x, (y[:, 0] > 0).astype(int), z)


@pytest.mark.parametrize("is_discrete", [False, True])
def test_a_known_order_changes_no_digit(is_discrete):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 200, 1))
    if is_discrete:
        codes = (x[:, 0] + y[:, 0] > 0).astype(int)
        assert estimates.ross(y, codes, order=np.argsort(y[:, 0])) == estimates.ross(y, codes)
    else:
        orders = np.argsort(x[:, 0]), np.argsort(y[:, 0])
        assert estimates.ksg1(x, y, orders=orders) == estimates.ksg1(x, y)


@pytest.mark.parametrize("transform", ["normal_scores", None])
@pytest.mark.parametrize("n_classes", [2, 40, None])
@pytest.mark.parametrize("together", [1, 3, 4])
def test_columns_measured_directly_have_the_same_digits(
    monkeypatch, n_classes, transform, together
):
    """A class of a single sample, and a column that repeats a number, are among them."""
    monkeypatch.setattr("mifs.neighbors.source.BLOCK_VALUES", 200 * together)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    X[1, 3] = X[0, 3]
    y = X[:, 0] + rng.normal(size=200)
    if n_classes:
        y = np.unique((n_classes * ndtr(y)).astype(int), return_inverse=True)[1]
        y[5] = y.max() + 1
        target = MixedVariable.discrete(DiscreteVariable(y, y.max() + 1))
    else:
        target = MixedVariable.of_numbers(y, n_neighbors=3, transform=transform)
    table = NumberTable(list(X.T), [False] * 4, transform=transform)
    source = NeighborInformation(table, target)
    expected = [Recipe().information(table[place], target) for place in range(4)]
    assert source.relevance().tolist() == expected


def test_kernels_run_side_by_side_in_threads():
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(8, 20_000))
    target = MixedVariable.of_numbers(columns[0] + rng.normal(size=20_000), n_neighbors=3)
    expected, found = [], [None] * len(columns)

    def relevance(place):
        x = MixedVariable.of_numbers(columns[place], n_neighbors=3)
        return Recipe().information(x, target)

    def keep(place):
        found[place] = relevance(place)

    expected = [relevance(place) for place in range(len(columns))]
    threads = [threading.Thread(target=keep, args=[place]) for place in range(len(columns))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


LINE, PLACES = np.arange(4.0), np.arange(4)
SPACE = np.arange(12.0).reshape(4, 3)


@pytest.mark.skipif("kth_in_space" not in TWINS, reason="the kernels were not built")
@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("kth_in_space", (SPACE, [0, 5], [1]), "groups must follow"),
        ("kth_in_space", (SPACE, [0, 3, 2, 4], [1]), "groups must follow"),
        ("kth_in_space", (SPACE, [0, 4], [2, 1]), "ascend"),
        ("kth_in_space", (SPACE, [0, 4], [0]), "ascend"),
        ("kth_in_space", (SPACE[:, :0], [0, 4], [1]), "coordinate"),
        ("within_in_space", (SPACE, [0, 4], LINE[:3]), "radii"),
        ("within_in_space", (SPACE, [1, 4], LINE), "groups must follow"),
        ("within_in_plane", (LINE, LINE, PLACES + 1, [0, 4], LINE), "places"),
        ("within_in_plane", (LINE, LINE[:3], PLACES, [0, 4], LINE), "places"),
        ("within_in_plane", (LINE, LINE, PLACES, [], LINE), "groups must follow"),
        ("within_on_line", (LINE, LINE[:3]), "radii"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name, arguments, says):
    """Where a pointer would leave them."""
    options = {"strict": True} if name.startswith("within") else {}
    arrays = [np.asarray(each) for each in arguments]
    with pytest.raises(ValueError, match=says):
        TWINS[name].compiled(*arrays, **options)
