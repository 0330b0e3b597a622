"""Weights of rows, from the counts to the terms: weight k is k copies, weight 0 is no row."""

import tracemalloc

import naive
import numpy as np
import pytest
from conftest import counts_of, variable
from hypothesis import given
from hypothesis import strategies as st

from mifs._kernels import weighted_counts
from mifs._kernels.interpolated import RealStrata
from mifs.counts import CodeTable, DiscreteVariable, ScannedCounts, SparseCounts
from mifs.counts.blocks import Block
from mifs.counts.states import States
from mifs.counts.weighted import WeightedTarget
from mifs.discrete import CORRECTIONS, CountedInformation
from mifs.discrete.cells import CellSums, plug_in
from mifs.discrete.chance import ChanceMean
from mifs.discretization import cut_points
from mifs.weights import RowWeights

TERMS = (
    "relevance",
    "conditional_relevance",
    "joint_relevance",
    "redundancy",
    "conditional_redundancy",
    "plug_in_redundancy",
    "entropy",
    "joint_entropy",
)


def _source(columns, target, weights=None, correction="chance"):
    """Source of terms of coded columns whose rows have weights, those of weight 0 left out."""
    columns, target, kept = np.asarray(columns), np.asarray(target), None
    if weights is not None:
        kept, rows = RowWeights.of(np.asarray(weights, dtype=float))
        columns, target = columns[:, rows], target[rows]
    table = CodeTable([variable(column) for column in columns], weights=kept)
    return CountedInformation(table, variable(target), correction=correction)


def _terms(source, *, tests=True):
    """All terms of all columns with every column, and the p-values."""
    found = []
    for selected in range(source.n_features):
        everything = np.ones(source.n_features, dtype=bool)
        for columns, pair in source.pair((selected,), everything):
            values = [np.broadcast_to(getattr(pair, name), columns.shape) for name in TERMS]
            if tests:
                values.append(pair.independence.pvalue)
            found += [np.append(columns, np.concatenate(values)), [pair.selected_relevance]]
    return np.concatenate(found)


def _sample(seed, n, levels=(2, 5, 30)):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    return np.array([(y * (rng.random(n) < 0.3) + rng.integers(0, k, n)) % k for k in levels]), y


whole = st.lists(st.integers(0, 4), min_size=12, max_size=60).filter(lambda w: sum(w) > 2)


@given(whole, st.sampled_from(list(CORRECTIONS)))
def test_a_weight_of_k_is_k_copies_of_the_row(weights, correction):
    """Every term and p-value, bit for bit; a weight of 0 is no row."""
    X, y = _sample(len(weights), len(weights))
    weighted = _source(X, y, weights, correction)
    repeated = _source(X.repeat(weights, axis=1), y.repeat(weights), correction=correction)
    np.testing.assert_array_equal(_terms(weighted), _terms(repeated))
    np.testing.assert_array_equal(weighted.relevance(), repeated.relevance())
    tests = [source.independence() for source in (weighted, repeated)]
    np.testing.assert_array_equal(tests[0].pvalue, tests[1].pvalue)


@pytest.mark.parametrize("draw", ["whole", "fractions"])
@pytest.mark.parametrize("correction", CORRECTIONS)
def test_no_order_of_rows_changes_a_digit(correction, draw):
    """Also of fractions: their sums are whole multiples of a power of two."""
    rng = np.random.default_rng(1)
    X, y = _sample(0, 200)
    weights = rng.integers(0, 3, 200) if draw == "whole" else rng.random(200)
    rows = rng.permutation(200)
    plain = _source(X, y, weights, correction)
    moved = _source(X[:, rows], y[rows], weights[rows], correction)
    tests = draw == "whole"
    np.testing.assert_array_equal(_terms(moved, tests=tests), _terms(plain, tests=tests))


def test_fractions_of_a_repeated_row_add_up():
    """Three rows of 0.25, 0.25 and 0.5 are one of 1: no formula knows rows, only counts."""
    X, y = _sample(2, 50)
    split = np.tile([0.25, 0.25, 0.5], 50)
    whole = _source(X, y)
    found = _source(X.repeat(3, axis=1), y.repeat(3), split)
    # One scale of the fixed point is not the other's; each rounds at 1e-15 of a nat.
    np.testing.assert_allclose(
        _terms(found, tests=False), _terms(whole, tests=False), rtol=0, atol=1e-12
    )


@pytest.mark.parametrize("scale", [1.0, 0.25, 1e4, 1e-1])
def test_the_plug_in_knows_shares_only(scale):
    """Weighted shares by NumPy's histogram, whatever the weights sum to."""
    rng = np.random.default_rng(3)
    X, y = _sample(3, 300)
    weights = scale * rng.random(300)
    for column, found in zip(X, _source(X, y, weights, None).relevance(), strict=True):
        joint = np.zeros((30, 3))
        np.add.at(joint, (column, y), weights / weights.sum())
        independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0)
        met = joint > 0
        expected = (joint[met] * np.log(joint[met] / independent[met])).sum()
        assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_a_constant_has_exactly_no_information_under_fractions(correction):
    y = np.tile([0, 1, 2], 40)
    weights = np.random.default_rng(4).random(120)
    source = _source([np.ones(120, dtype=int), y], y, weights, correction)
    assert source.relevance()[0] == 0.0
    ((_, pair),) = source.pair((1,), np.array([True, False]))
    assert pair.conditional_relevance[0] == pair.redundancy[0] == 0.0


DIGITS = 30
SCALE = 2.0**40


def _mean(a, b, n_digits=DIGITS):
    """Mean by chance of n I, of levels of weights `a` and classes of weights `b`."""
    levels, classes = (np.rint(np.ldexp(x, n_digits)).astype(int) for x in (a, b))
    mean = ChanceMean(classes[None], SCALE, 2.0**-n_digits)
    return mean(levels[None, None], np.zeros((1, 1), dtype=int))[0] / SCALE


@pytest.mark.parametrize("places_of_a_count", [0, 64])
@pytest.mark.parametrize("n_digits", [1, 3, 40])
def test_the_mean_of_fractions_is_that_of_all_ways_to_round_them(
    monkeypatch, n_digits, places_of_a_count
):
    """Against the hypergeometric law by SciPy, cell by cell; with a constant, which has none."""
    monkeypatch.setattr("mifs._kernels.interpolated.PLACES_OF_A_COUNT", places_of_a_count)
    rng = np.random.default_rng(n_digits)
    for n_z, n_y, n_x, size in (
        (1, 2, 2, 0.3),
        (3, 3, 4, 2),
        (2, 1, 3, 1),
        (4, 5, 2, 9),
        (2, 30, 2, 1),
    ):
        z, y, x = (rng.integers(0, n, 40) for n in (n_z, n_y, n_x))
        weights = np.rint(size * rng.random(40) * 2**n_digits).astype(int) + 1
        zy, zx = np.zeros((n_z, n_y), dtype=int), np.zeros((2, n_z, n_x), dtype=int)
        np.add.at(zy, (z, y), weights)
        np.add.at(zx[0], (z, x), weights)
        zx[1, :, 0] = zy.sum(axis=1)
        found = ChanceMean(zy, SCALE, 2.0**-n_digits)(zx, np.arange(n_z)[:, None]) / SCALE
        expected = sum(
            naive.interpolated_information(*np.array([a, b, sum(of_y)]) / 2.0**n_digits)
            for of_x, of_y in zip(zx[0], zy, strict=True)
            for a in of_x
            for b in of_y
        )
        # The fixed point rounds each of a few hundred means to 2**-40.
        np.testing.assert_allclose(found, [expected, 0.0], rtol=1e-12, atol=300 * 2.0**-41)


def test_strata_keep_no_span_of_classes_that_do_not_occur():
    """What is kept grows with the rows, not with strata times classes times classes."""
    counts = np.zeros((500, 300), dtype=int)
    counts[np.arange(500), np.arange(500) % 300] = np.arange(500) % 16 + 1
    real = RealStrata.of(counts, 3)
    sizes, _, classes, _ = real.strata
    assert len(sizes) == 3 * 500  # size and class are rounded up at the same time
    assert len(classes) <= 3 * 500


@given(st.lists(st.integers(1, 50), min_size=2, max_size=4), st.integers(1, 49))
def test_the_mean_of_fractions_is_that_of_whole_weights_where_they_are_whole(b, a):
    """Bit for bit."""
    levels = np.array([a, sum(b) - a]) if a < sum(b) else np.array([sum(b)])
    whole = ChanceMean(np.array([b]), SCALE)(levels[None, None].astype(np.int32), None)
    assert _mean(levels, np.array(b)) == whole / SCALE


def test_columns_of_many_levels_and_fractions_take_memory_for_these_not_for_their_pairs():
    """4 MB, or 21 by the NumPy kernels (measured); each of 4,000 levels with each would be 128."""
    rng = np.random.default_rng(0)
    X, y, weights = rng.integers(0, 4000, (2, 8000)), np.arange(8000) % 2, rng.random(8000) + 0.5
    source = _source(X, y, weights)
    tracemalloc.start()
    ((_, pair),) = source.pair((0,), np.array([False, True]))
    assert abs(pair.conditional_relevance[0]) < 0.1
    assert abs(pair.redundancy[0]) < 0.2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32e6


def test_columns_of_too_many_weights_are_refused(monkeypatch):
    """Where each class has a size of its own, there are as many kinds of classes as spans."""
    monkeypatch.setattr("mifs._kernels.interpolated.MOST_CLASSES", 10)
    X, y = _sample(0, 200)
    with pytest.raises(MemoryError, match=r"a column of \d+ levels, whose sample_weight are fract"):
        _source(X, y, np.arange(200) + 0.5).relevance()


real = st.integers(1 << DIGITS - 7, 200 << DIGITS).map(lambda multiple: multiple / 2**DIGITS)


@given(real, real, real)
def test_the_mean_of_fractions_is_symmetric_and_continuous(a, b, rest):
    """No jump at a step of 2**-30 in any margin."""
    m, step = max(a, b) + rest, 2.0**-DIGITS
    here = _mean([a, m - a], [b, m - b])
    # Eight cells, each rounded to 2**-40 at each of up to four ways of rounding.
    assert _mean([b, m - b], [a, m - a]) == pytest.approx(here, abs=32 * 2.0**-41)
    near = [
        _mean([a + step, m - a], [b, m - b + step]),
        _mean([a - step, m - a], [b, m - b - step]),
    ]
    # Between whole margins that differ by one, a cell's mean changes by at most log m, 7 nats.
    np.testing.assert_allclose(near, here, rtol=0, atol=4 * 3 * 7 * step)


def test_a_single_row_of_weight_below_one_takes_its_share():
    """Its mean by chance is a H(Y), as for a row that meets a class of share q with chance q."""
    b, a = np.array([20.0, 30.0, 50.0]), 0.25
    classes, levels = np.ldexp([b], 2).astype(int), np.array([[[1, 0]]])
    found = ChanceMean(classes, SCALE, 0.25)(levels, np.zeros((1, 1), dtype=int))[0] / SCALE
    assert found == pytest.approx(-a * (b / 100 * np.log(b / 100)).sum(), abs=3 * 2.0**-41)


def test_large_margins_are_interpolated_like_small_ones():
    """The closed form of filled tables, (levels - 1) (classes - 1) / 2, whatever the digits."""
    for m in (1.1e4, 1.1e7, 1.1e10):
        found = _mean([m * 5 / 11 + 0.5, m * 6 / 11 - 0.5], [m * 0.4 + 0.5, m * 0.6 - 0.5], 2)
        # and (A - 1) (B - 1) / (12 m), A and B the sums of m over each margin: 9.6 / (12 m)
        assert found == pytest.approx(0.5, abs=2 / m + 4 * 2.0**-40)


def _score_of_noise(weights, n_levels, rng, n_columns=400):
    """Mean score of columns that say nothing, its standard error, and the mean of the plug-in."""
    n = len(weights)
    y = rng.integers(0, 3, n)
    X = rng.integers(0, n_levels, (n_columns, n))
    score = _source(X, y, weights).relevance()
    raw = _source(X, y, weights, None).relevance()
    return score.mean(), score.std() / np.sqrt(n_columns), raw.mean()


@pytest.mark.parametrize("mixture", [(0.5, 1.5), (1.0, 3.0), (0.2, 1.0, 4.0)])
@pytest.mark.parametrize(("n", "n_levels"), [(1_000, 5), (4_000, 10)])
def test_columns_that_say_nothing_score_zero_by_the_number_of_independent_rows(
    mixture, n, n_levels
):
    """Weights that sum to (sum w)**2 / sum w**2; to n, they leave what their spread adds."""
    rng = np.random.default_rng(0)
    weights = rng.choice(mixture, n)
    independent = weights * weights.sum() / (weights**2).sum()
    score, error, raw = _score_of_noise(independent, n_levels, rng)
    assert abs(score) < 4 * error
    mean_one = weights * n / weights.sum()
    score, error, raw = _score_of_noise(mean_one, n_levels, rng)
    # The plug-in is 1 + cv**2 times what n rows of weight 1 would have.
    spread = 1 - 1 / (mean_one**2).mean()
    # Beyond the noise, terms of the next order: a hundredth of the plug-in at these sizes.
    assert score == pytest.approx(spread * raw, abs=4 * error + 0.01 * raw)


@pytest.mark.parametrize("n_candidates", [1, 3, 700])
def test_weighted_counts_are_those_of_one_increment_a_sample(n_candidates):
    """In blocks smaller and larger than the cache; nothing is rounded below 2**53."""
    rng = np.random.default_rng(5)
    codes, state = rng.integers(0, 4, (n_candidates, 300)), rng.integers(0, 2, 300)
    weights = rng.integers(1, 2**44, 300)
    expected = np.zeros((n_candidates, 2, 4), dtype=int)
    np.add.at(expected, (np.arange(n_candidates)[:, None], state, codes), weights)
    found = weighted_counts(codes, np.arange(n_candidates), state, (2, 4), weights)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("kept", ["x", "zx", "yx", "zyx"])
def test_occupied_cells_are_weighted_as_the_whole_table(kept):
    rng = np.random.default_rng(6)
    x, z, y = (variable(rng.integers(0, k, 80)) for k in (7, 4, 3))
    weights = rng.integers(1, 9, 80)
    whole = counts_of(x.codes[None], x.n_levels, z, y, weights)
    occupied = SparseCounts(x, z, y, weights)
    cells = whole.cells(kept)
    np.testing.assert_array_equal(np.sort(cells[cells > 0]), np.sort(occupied.cells(kept)[0]))
    assert occupied.tables().sum() == whole.tables().sum() == weights.sum()


WEIGHTS = {
    "one": lambda y, rng: np.full(len(y), 3),
    "of classes": lambda y, rng: np.array([2**40, 3, 5])[y],
    "few": lambda y, rng: rng.choice([1, 2, 7 * 2**40], len(y)),
    "all distinct": lambda y, rng: 1 + rng.permutation(len(y)),
}


@pytest.mark.parametrize("n_levels", [2, 3, 20, 40, 300])
@pytest.mark.parametrize("of_weights", WEIGHTS)
@pytest.mark.parametrize("are_parts", [True, False, None])
def test_a_block_counts_by_weights_whatever_the_way(monkeypatch, n_levels, of_weights, are_parts):
    """By the parts of classes and row by row, with tiles and before there are any."""
    rng, n = np.random.default_rng(n_levels), 3_000
    codes = rng.integers(0, n_levels, (80, n)).astype(np.min_scalar_type(n_levels - 1))
    y = rng.choice([0, 2], n)  # no row is of the second class, nor of the third level of Z
    z, target = DiscreteVariable(rng.choice([0, 1, 3], n), 4), DiscreteVariable(y, 3)
    weights = WEIGHTS[of_weights](y, rng)
    if are_parts is not None:
        monkeypatch.setattr(WeightedTarget, "has_few_parts", lambda *_: are_parts)
        monkeypatch.setattr("mifs.counts.blocks.PART_CELLS", 64 * 12 * n_levels)
    expected = np.zeros((80, 4, 3, n_levels), dtype=np.int64)
    np.add.at(expected, (np.arange(80)[:, None], z.codes, y, codes), weights)
    block, states = Block(np.arange(80), codes, n_levels), _states(z, target, weights)
    for places in (np.arange(80), np.arange(80), np.arange(3, 60), np.array([5, 70])):
        counts = block.count(places, states, "zy")
        np.testing.assert_array_equal(counts.reshape(len(places), 4, 3, -1), expected[places])
        of_z = block.count(places, states, "z")
        np.testing.assert_array_equal(of_z, expected[places].sum(axis=2))
    np.testing.assert_array_equal(states.table, expected[0].sum(axis=2))


def _states(z, y, weights):
    return States(z, y, WeightedTarget(y, RowWeights(weights)))


@pytest.mark.parametrize("of_weights", WEIGHTS)
@pytest.mark.parametrize("are_parts", [True, False])
def test_a_target_falls_into_parts_of_one_class_and_weight(of_weights, are_parts):
    """As many as occur; where there may be only fewer, they are too many."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 200)
    weights = WEIGHTS[of_weights](y, rng)
    n_parts = len(set(zip(y.tolist(), weights.tolist(), strict=True)))
    target = WeightedTarget(variable(y), RowWeights(weights))
    assert target.has_few_parts(n_parts - (not are_parts)) == are_parts
    assert target.parts.n_levels == n_parts
    sums = target.added(np.bincount(target.parts.codes)[:, None])
    np.testing.assert_array_equal(sums[:, 0], np.bincount(y, weights))


@pytest.mark.parametrize("n_sorted", [100, 5_000])
def test_weights_are_many_wherever_their_rows_are(n_sorted):
    """Among the first rows, or behind many of one weight."""
    weights = np.concatenate([np.ones(n_sorted, dtype=int), np.arange(1, 2_001)])
    target = WeightedTarget(variable(np.arange(len(weights)) % 2), RowWeights(weights))
    assert not target.has_few_parts(1_000)
    assert target.has_few_parts(4_000)


@pytest.mark.parametrize("total", [2**31 - 1, 2**31, 2**40])
@pytest.mark.parametrize("correction", CORRECTIONS)
def test_weights_are_counted_in_as_many_bits_as_their_sum_needs(total, correction):
    """Weights of whole numbers, as many as fit counts of rows, and more."""
    X, y = _sample(3, 60)
    weights = np.random.default_rng(3).integers(1, 9, 60).astype(float)
    weights[7] += total - weights.sum()
    source = _source(X, y, weights, correction)
    (_, counts), *_ = source.table.counted(np.ones(3, dtype=bool), source._joint(()), source.target)
    assert isinstance(counts, ScannedCounts) == (total < 2**31)
    by_halves = _source(X, y, weights / 2**20, None)  # fractions, and terms without a scale
    if correction is None:
        found, expected = (_terms(of, tests=False) for of in (source, by_halves))
        np.testing.assert_allclose(found, expected, atol=1e-7)
    assert np.isfinite(_terms(source, tests=False)).all()


@given(whole, st.integers(2, 6), st.sampled_from(["quantile", "uniform"]), st.booleans())
def test_weighted_bins_are_those_of_repeated_rows(weights, n_bins, strategy, has_ties):
    """Also where runs of ties cross an edge."""
    weights = np.array(weights)
    values = np.random.default_rng(len(weights)).normal(size=len(weights))
    values = np.round(values) if has_ties else values
    repeated = cut_points(values.repeat(weights), n_bins=n_bins, strategy=strategy)
    met = weights > 0
    found = cut_points(values[met], n_bins=n_bins, strategy=strategy, weights=weights[met])
    np.testing.assert_array_equal(found, repeated)


def test_bins_do_not_depend_on_the_scale_of_weights():
    """Also where the products with the number of bins leave 64 bits."""
    rng = np.random.default_rng(7)
    values, weights = rng.normal(size=100), rng.integers(1, 9, 100)
    small = cut_points(values, n_bins=37, weights=weights)
    np.testing.assert_array_equal(cut_points(values, n_bins=37, weights=weights * 2**42), small)
    np.testing.assert_array_equal(cut_points(values, n_bins=37, weights=weights * 2**50), small)
    whole = np.round(9 * values).astype(np.int64)
    many = cut_points(whole, n_bins=2**18, weights=weights)
    np.testing.assert_array_equal(cut_points(whole, n_bins=2**18, weights=weights * 2**52), many)
    np.testing.assert_array_equal(many, np.unique(whole)[1:])


@pytest.mark.parametrize("cells", [(3, 10), (1, 1)])
def test_a_large_sum_goes_beyond_the_table_of_cell_values(cells):
    """A billion samples in a few cells, by the definition."""
    counts = np.array([*cells, 10**9 - sum(cells)])
    sums = CellSums(plug_in, int(counts.sum()))
    expected = (counts * np.log(counts)).sum()
    assert sums(counts, axis=0) / sums.scale == pytest.approx(expected, rel=1e-14)


def test_a_large_sum_of_weights_takes_no_large_memory():
    """A million copies of each row: the plug-in of the shares, chance being next to nothing."""
    X, y = _sample(8, 60)
    found = _source(X, y, np.full(60, 1_000_000)).relevance()
    expected = [naive.plug_in(column, y) for column in X]
    # The mean by chance of 90 cells: about 60 / (2 * 6e7) nats
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_values_that_are_kept_and_those_computed_anew_are_the_same(correction, monkeypatch):
    """Whether a table of them would be large changes no digit."""
    X, y = _sample(10, 100)
    weights = np.random.default_rng(10).integers(1, 9, 100)
    kept = _terms(_source(X, y, weights, correction))
    monkeypatch.setattr("mifs.discrete.cells.LARGEST_TABLE", 1)
    monkeypatch.setattr("mifs.discrete.chance.MOST_KEPT", 0)
    np.testing.assert_array_equal(_terms(_source(X, y, weights, correction)), kept)


def test_weights_become_whole_multiples():
    weights, rows = RowWeights.of(np.array([0.75, 0.0, 2.0, 1.5]))
    np.testing.assert_array_equal(weights.multiples, [3, 8, 6])
    np.testing.assert_array_equal(rows, [0, 2, 3])
    assert (weights.unit, weights.total, weights.is_whole) == (0.25, 4.25, False)
    assert RowWeights.of(np.array([1.0, 0.0, 1.0]))[0] is None
    twos, _ = RowWeights.of(np.full(3, 2.0))
    assert (twos.unit, twos.total) == (1.0, 6)


@given(st.lists(st.floats(0.5, 1e6), min_size=4, max_size=50))
def test_weights_are_kept_to_52_digits_of_their_sum(values):
    """And their order does not matter."""
    values = np.array(values)
    weights, rows = RowWeights.of(values)
    if weights is not None:
        np.testing.assert_allclose(
            weights.multiples * weights.unit, values[rows], rtol=0, atol=2.0**-52 * values.sum()
        )
        assert RowWeights.of(values[::-1])[0].unit == weights.unit
        assert weights.multiples.sum() < 2**53


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([0.05] * 10, "sums to 0.5.*Scale it to sum to the number of independent rows"),
        ([2.0**52, 1.0], "sums to 4.5e.15.*Scale it"),
        ([0.01, 1.01, 0.02], "leaves 1.06 independent rows: row 1 has 97% of its sum, 1.04"),
    ],
)
def test_sums_that_are_no_number_of_rows_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        RowWeights.of(np.array(values))


def test_tests_refuse_more_rows_than_they_have_places_for():
    """Weights of a survey, each thousands of persons; a number of columns needs no test."""
    X, y = _sample(9, 40)
    with pytest.raises(
        ValueError, match=r"makes 4e\+09 of 40; it takes at most 2\.68e\+08\. Pass a"
    ):
        _source(X, y, np.full(40, 1e8)).independence()
    assert len(_source(X, y, np.full(40, 1e8)).relevance()) == 3


def test_tests_refuse_fractions_and_name_both_ways_out():
    X, y = _sample(9, 40)
    source = _source(X, y, np.tile([0.5, 1.5], 20))
    pattern = r"fractions such as 0\.5\..*n_features_to_select, or give whole-number weights"
    with pytest.raises(ValueError, match=pattern):
        source.independence()
    ((_, pair),) = source.pair((1,), np.array([True, False, False]))
    with pytest.raises(ValueError, match=pattern):
        _ = pair.independence
