from dataclasses import replace
from itertools import product

import naive
import numpy as np
import pytest
from conftest import counted, counts_of, variable
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from mifs.counts import CodeTable, DiscreteVariable
from mifs.discrete import CORRECTIONS, CountedInformation
from mifs.significance import independence_tests, settled


def _sample(seed, n=120, levels=(4, 3, 5)):
    """Three dependent variables."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, levels[0], n)
    w = (y + (rng.random(n) < 0.4) * rng.integers(0, levels[1], n)) % levels[1]
    x = (y + w + (rng.random(n) < 0.5) * rng.integers(0, levels[2], n)) % levels[2]
    return x, w, y


def _pair(x, w, y, correction):
    source = counted([x, w], y, correction)
    ((columns, terms),) = source.pair((1,), np.array([True, False]))
    np.testing.assert_array_equal(columns, [0])
    return terms


@pytest.mark.parametrize("seed", range(5))
def test_the_plug_in_is_scikit_learns(seed):
    """mutual_info_score, to 1e-12."""
    x, w, y = _sample(seed)
    relevance = counted([x, w], y).relevance()
    expected = [mutual_info_score(x, y), mutual_info_score(w, y)]
    np.testing.assert_allclose(relevance, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_correction_for_chance_takes_off_scikit_learns_mean(seed):
    """expected_mutual_information, to 1e-10."""
    x, w, y = _sample(seed)
    mean = expected_mutual_information(contingency_matrix(x, y), len(x))
    difference = counted([x, w], y).relevance()[0] - counted([x, w], y, "chance").relevance()[0]
    assert difference == pytest.approx(mean, abs=1e-10)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("correction", "term"), [(None, naive.plug_in), ("chance", naive.less_chance)]
)
def test_every_term_is_its_definition(seed, correction, term):
    """All terms of one pair, to 1e-12 (scikit-learn's mean is good to about 1e-13)."""
    x, w, y = _sample(seed)
    found = _pair(x, w, y, correction)
    naive_terms = naive.Terms(term, x, y, [w])
    expected = {
        "relevance": naive_terms.relevance,
        "selected_relevance": term(w, y),
        "conditional_relevance": naive_terms.given(w),
        "joint_relevance": naive_terms.joint_relevance(w),
        "redundancy": naive_terms.redundancy(w),
        "conditional_redundancy": naive_terms.conditional_redundancy(w),
        "plug_in_redundancy": naive.plug_in(x, w),
        "entropy": naive.entropy(x),
        "selected_entropy": naive.entropy(w),
        "joint_entropy": naive.entropy(x, w, y),
    }
    for name, value in expected.items():
        np.testing.assert_allclose(getattr(found, name), value, rtol=0, atol=1e-12, err_msg=name)


def test_miller_madow_gives_the_printed_values():
    """The table [[1, 2, 3], [6, 5, 4]] of the R package entropy's manual, in nats."""
    x = np.repeat([0, 0, 0, 1, 1, 1], [1, 2, 3, 6, 5, 4])
    y = np.repeat([0, 1, 2, 0, 1, 2], [1, 2, 3, 6, 5, 4])
    # plug-in .034504918061, Miller-Madow -.013114129559, mean by chance .056885452754
    assert counted([x], y).relevance()[0] == pytest.approx(0.034504918061, abs=1e-12)
    corrected = counted([x], y, "miller_madow").relevance()[0]
    assert corrected == pytest.approx(-0.013114129559, abs=1e-12)
    chance = counted([x], y, "chance").relevance()[0]
    assert chance == pytest.approx(0.034504918061 - 0.056885452754, abs=1e-11)


def test_a_fifteen_cell_table_gives_the_printed_values():
    """Five equal-frequency bins by three classes, n = 200: the golden vector, in nats."""
    table = np.array([[33, 6, 1], [22, 14, 4], [21, 18, 1], [15, 17, 8], [6, 16, 18]])
    x, y = (np.repeat(places, table.ravel()) for places in np.indices(table.shape).reshape(2, -1))
    assert counted([x], y).relevance()[0] == pytest.approx(0.148691304179, abs=1e-12)
    corrected = counted([x], y, "miller_madow").relevance()[0]
    assert corrected == pytest.approx(0.128691304179, abs=1e-12)
    chance = counted([x], y, "chance").relevance()[0]
    assert chance == pytest.approx(0.148691304179 - 0.020564362318, abs=1e-11)


def test_conditional_miller_madow_is_that_of_four_entropies():
    """Half a count an occupied cell: (K_xzy - K_xz - K_zy + K_z) / 2n taken off."""
    x, w, y = _sample(2)
    cells = [len(set(zip(*v, strict=True))) for v in ((x, w, y), (x, w), (w, y), (w,))]
    bias = (cells[0] - cells[1] - cells[2] + cells[3]) / (2 * len(x))
    difference = (
        _pair(x, w, y, None).conditional_relevance
        - _pair(x, w, y, "miller_madow").conditional_relevance
    )
    assert difference[0] == pytest.approx(bias, abs=1e-12)


@pytest.mark.parametrize("n", [20, 300, 5_000])
def test_an_identifier_has_no_corrected_information(n):
    """Its plug-in information is H(Y), and so is its mean by chance."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, n)
    assert counted([range(n)], y).relevance()[0] == pytest.approx(naive.entropy(y), abs=1e-12)
    # n roundings of the mean of one cell, each half a unit of the fixed point, below 1e-12.
    assert counted([range(n)], y, "chance").relevance()[0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_a_constant_has_exactly_no_information(correction):
    """Not rounded to zero: the sums cancel in whole numbers."""
    y = np.tile([0, 1, 2], 40)
    relevance = counted([np.ones(120), y], y, correction).relevance()
    assert relevance[0] == 0.0
    terms = _pair(np.ones(120), y, y, correction)
    assert terms.conditional_relevance[0] == terms.redundancy[0] == 0.0


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_a_copy_adds_exactly_nothing(correction):
    """I(X; Y | X) = 0."""
    x, _, y = _sample(4)
    assert _pair(x, x, y, correction).conditional_relevance[0] == 0.0


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_no_order_and_no_labels_change_a_digit(correction):
    """Rows, columns, levels, classes and strata permuted: the same bits."""
    rng = np.random.default_rng(5)
    X = rng.integers(0, 7, (30, 400))
    X[:10] = (X[:10] * (rng.random((10, 400)) < 0.3)) + 2
    y = X[0] % 3 + (rng.random(400) < 0.2)
    rows, columns = rng.permutation(400), rng.permutation(30)
    relabel = rng.permutation(10)
    plain = counted(X, y, correction)
    moved = counted(relabel[X[columns][:, rows]], relabel[y[rows]], correction)
    np.testing.assert_array_equal(moved.relevance(), plain.relevance()[columns])
    everything = np.ones(30, dtype=bool)
    for name in ("conditional_relevance", "redundancy", "conditional_redundancy", "joint_entropy"):
        found = [np.empty(30), np.empty(30)]
        for values, source, selected in (
            (found[0], plain, int(columns[4])),
            (found[1], moved, 4),
        ):
            for block, terms in source.pair((selected,), everything):
                values[block] = getattr(terms, name)
        np.testing.assert_array_equal(found[1], found[0][columns], err_msg=name)


def test_padded_levels_change_nothing():
    """A column of 17 levels is laid out as 18: the empty one adds to no sum."""
    rng = np.random.default_rng(6)
    x, y = rng.integers(0, 17, 600), rng.integers(0, 4, 600)
    for correction in CORRECTIONS:
        exact = CountedInformation(
            CodeTable([DiscreteVariable(x % 16, 16)]), variable(y), correction=correction
        )
        padded = CountedInformation(
            CodeTable([DiscreteVariable(x % 16, 37)]), variable(y), correction=correction
        )
        np.testing.assert_array_equal(exact.relevance(), padded.relevance())


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_occupied_cells_give_the_same_terms_as_the_whole_table(correction, monkeypatch):
    """Counting the occupied cells alone, as for identifiers, changes no digit."""
    rng = np.random.default_rng(8)
    X = [rng.integers(0, levels, 300) for levels in (2, 7, 60, 300, 5)]
    y = (X[1] + X[2]) % 3
    names = ("conditional_relevance", "redundancy", "conditional_redundancy", "joint_entropy")
    everything = np.ones(len(X), dtype=bool)

    def terms():
        found = np.empty((len(names), len(X), len(X)))
        for w in range(len(X)):
            for block, pair in counted(X, y, correction).pair((w,), everything):
                for place, name in enumerate(names):
                    found[place, w, block] = getattr(pair, name)
        return found

    dense = terms()
    monkeypatch.setattr("mifs.counts.is_sparse", lambda n_cells, n_samples: True)
    monkeypatch.setattr("mifs.counts.BLOCK_CELLS", 1)  # one candidate a block
    np.testing.assert_array_equal(terms(), dense)


def test_two_identifiers_are_no_obstacle():
    """12,000 levels each: their table of 3e8 cells is never laid out."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 12_000)
    signal = np.where(rng.random(12_000) < 0.2, 1 - y, y)
    source = counted([range(12_000), rng.permutation(12_000), signal], y, "chance")
    everything = np.ones(3, dtype=bool)
    for _, pair in source.pair((0,), everything):
        np.testing.assert_allclose(pair.conditional_relevance, 0, atol=1e-12)
        assert pair.independence.pvalue.min() == 1.0
    assert list(np.argsort(-source.relevance(), kind="stable")) == [2, 0, 1]


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_terms_are_the_same_in_whatever_order_they_are_asked_for(correction):
    """What a scan forms on its way depends on who asks first."""
    rng = np.random.default_rng(5)
    X = rng.integers(0, 4, (40, 90))
    y = (X[0] + X[1] > 3) + 0
    names = ("conditional_relevance", "redundancy", "joint_entropy", "conditional_redundancy")
    asked = np.ones(len(X), dtype=bool)
    ((_, fresh),) = counted(X, y, correction).pair((0,), asked)
    expected = {name: getattr(fresh, name) for name in names}
    for order in (names[::-1], names[1:], (*names[2:], names[0]), ("independence", *names)):
        ((_, pair),) = counted(X, y, correction).pair((0,), asked)
        found = {name: getattr(pair, name) for name in order}
        for name in set(order) & set(names):
            np.testing.assert_array_equal(found[name], expected[name])


@pytest.mark.parametrize("correction", CORRECTIONS)
def test_tests_of_all_columns_leave_the_relevance_known(correction):
    rng = np.random.default_rng(5)
    X, y = rng.integers(0, 4, (9, 60)), rng.integers(0, 2, 60)
    source, fresh = counted(X, y, correction), counted(X, y, correction)
    assert not source.knows_relevance
    source.independence()
    assert source.knows_relevance
    np.testing.assert_array_equal(source.relevance(), fresh.relevance())


def test_one_of_many_tests_is_found_again(monkeypatch):
    """A gate that makes sure of a column has its numbers, and none is computed anew."""
    rng = np.random.default_rng(5)
    X, y = rng.integers(0, 4, (9, 60)), rng.integers(0, 2, 60)
    source, fresh = counted(X, y, "chance"), counted(X, y, "chance")
    everything, only = np.ones(9, dtype=bool), np.arange(9) == 4
    ((_, many),) = source.pair((0,), everything)
    tests = many.independence
    ((_, again),) = source.pair((0,), only)
    ((_, first),) = fresh.pair((0,), only)
    expected = first.settled(1e-6, rng, always=False)
    monkeypatch.setattr("mifs.discrete.terms.independence_of_sums", None)
    assert again.settled(1e-6, rng, always=False) == expected == tests.one(4)[:2]


@pytest.mark.parametrize("n_levels", [2, 3, 8])
@pytest.mark.parametrize("n", [60, 400, 3000])
def test_a_test_is_made_sure_of_as_with_its_table(n, n_levels):
    """Where the margins say what follows, no table is counted; it would have said the same."""
    rng = np.random.default_rng(n + n_levels)
    X, y = rng.integers(0, n_levels, (6, n)), rng.integers(0, 2, n)
    X[3:] = np.where(rng.random((3, n)) < 0.1, y, X[3:])
    source = counted(X, y, None)
    for selected, column, level in product([(), (0,), (3,)], range(1, 6), [0.3, 1e-3, 1e-6]):
        z, target = source.condition(selected).variable, source.target
        table = counts_of(X[column : column + 1], n_levels, z, target).tables()[0]
        found = independence_tests(table[None]).one(0)
        for always in (False, True):
            ((_, pair),) = source.pair(selected, np.arange(6) == column)
            ours, theirs = np.random.default_rng(0), np.random.default_rng(0)
            got = pair.settled(level, ours, always=always)
            expected = settled(table, found, level=level, rng=theirs, always=always)
            assert got[0] == pytest.approx(expected[0], rel=1e-9)
            assert got[1] == expected[1]
            assert ours.random() == theirs.random()


def test_well_filled_strata_are_not_counted_to_make_sure(monkeypatch):
    rng = np.random.default_rng(5)
    X, y = rng.integers(0, 4, (2, 3000)), rng.integers(0, 2, 3000)
    source = counted(X, y, None)
    ((_, pair),) = source.pair((0,), np.arange(2) == 1)
    tests = pair.independence
    in_doubt = replace(tests, disagreement=np.ones(1, dtype=bool))
    source.condition((0,)).found.keep(np.array([1]), in_doubt)
    assert pair.settled(1.0, rng, always=False)[1] == "random tables"
    source.condition((0,)).found.keep(np.array([1]), tests)
    monkeypatch.setattr("mifs.discrete.terms.settled", None)
    assert pair.settled(1.0, rng, always=False) == tests.one(0)[:2]


def test_tests_of_many_columns_are_not_kept_of_every_condition(monkeypatch):
    """A scan of all pairs would hold them all: they grow with the square of the columns."""
    monkeypatch.setattr("mifs.discrete.source.KEPT_TESTS", 3 * 9)
    rng = np.random.default_rng(5)
    source = counted(rng.integers(0, 4, (9, 60)), rng.integers(0, 2, 60), "chance")
    for selected in range(9):
        ((_, pair),) = source.pair((selected,), np.ones(9, dtype=bool))
        assert len(pair.independence.pvalue) == 9
    kept = [source.condition((selected,)).found.of(0) is not None for selected in range(9)]
    assert kept == [False] * 6 + [True] * 3


def test_conditions_are_kept_for_as_many_rows_as_memory_has():
    """A condition that was let go is made again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mifs.discrete.source.CONDITION_ROWS", 3 * 60)
        rng = np.random.default_rng(5)
        source = counted(rng.integers(0, 4, (9, 60)), rng.integers(0, 2, 60))
        made = {selected: source.condition((selected,)) for selected in range(9)}
        again = [source.condition((selected,)) is made[selected] for selected in (8, 7, 6, 5)]
    assert again == [True, True, True, False]
