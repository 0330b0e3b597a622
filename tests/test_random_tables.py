"""Random tables: the laws they are drawn from, and p-values far below one over their number."""

import itertools
import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import poisson, random_table

import mifs._kernels.drawing
import mifs.random_tables
from mifs._kernels.drawing import chance_proposal, drawn_tables, joined, tilted_proposal
from mifs.null_moments import information_statistic
from mifs.significance import confirm, exact_p_value, independence_tests

SHAPES = [
    ([3, 4, 5], [2, 4, 6]),
    ([1, 2, 2, 3], [4, 4]),
    ([2, 6], [1, 3, 4]),
    ([1, 1, 2, 3], [1, 2, 2, 2]),
]


def splits(n, most):
    """All rows of n that stay below the counts `most`."""
    for row in itertools.product(*(range(min(n, top) + 1) for top in most)):
        if sum(row) == n:
            yield row


def all_tables(levels, classes):
    """Every table with these margins."""
    if len(levels) == 1:
        return [[tuple(classes)]]
    return [
        [row, *rest]
        for row in splits(levels[0], classes)
        for rest in all_tables(levels[1:], [c - r for c, r in zip(classes, row, strict=True)])
    ]


def enumerated(levels, classes):
    """Every table, its probability by chance, and its T."""
    tables = np.array(all_tables(list(levels), list(classes)))
    return tables, random_table(levels, classes).pmf(tables), information_statistic(tables)


def probability_drawn(tables, proposal):
    """Of each table: it is given, and the one over is what comes back."""
    nothing = np.zeros((2, tables[0].sum() + 1))
    uniform = np.zeros((1, tables[0][1:, 1:].size))
    found = [drawn_tables(uniform, t[:-1, :-1].T.ravel(), proposal, nothing)[:, 0] for t in tables]
    return np.array([math.ldexp(1 / number, -int(power)) for _, _, number, power in found])


# ---------------------------------------------------------------- what is drawn from


@pytest.mark.parametrize(("levels", "classes"), SHAPES)
def test_chance_gives_every_table_its_probability(levels, classes):
    tables, chance, _ = enumerated(levels, classes)
    proposal = joined([chance_proposal(np.array(levels), np.array(classes))])
    assert_allclose(probability_drawn(tables, proposal), chance, rtol=1e-12)


@pytest.mark.parametrize("theta", [0.0, 0.5, 1.2, 9.0])
@pytest.mark.parametrize(("levels", "classes"), SHAPES)
def test_a_proposal_is_a_law_of_all_tables(levels, classes, theta):
    tables, chance, t = enumerated(levels, classes)
    proposal = joined([tilted_proposal(np.array(levels), np.array(classes), theta)])
    drawn = probability_drawn(tables, proposal)
    assert_allclose(drawn.sum(), 1.0, rtol=1e-12)
    if len(classes) == 2:  # then it is the tilted law itself
        tilted = chance * np.exp(theta * t)
        assert_allclose(drawn, tilted / tilted.sum(), rtol=1e-11)
    elif theta < 9.0:  # it is near the tilted law, whose mean lies above that of chance
        tilted = chance * np.exp(theta * t)
        assert drawn @ t == pytest.approx(tilted @ t / tilted.sum(), rel=0.15)


def test_draws_follow_the_proposal():
    """Two strata, 20,000 tables: T and the weights have the mean of complete enumeration."""
    parts = [enumerated(*SHAPES[place]) for place in (0, 3)]
    laws = [tilted_proposal(np.array(a), np.array(b), 0.6) for a, b in (SHAPES[0], SHAPES[3])]
    drawn = [probability_drawn(p[0], joined([law])) for p, law in zip(parts, laws, strict=True)]
    k = np.arange(20)
    of_count = np.array([k * np.log(np.maximum(k, 1)), np.zeros(20)])
    n_inner = sum((len(a) - 1) * (len(b) - 1) for a, b in (SHAPES[0], SHAPES[3]))
    uniform = np.random.default_rng(0).random((20_000, n_inner))
    found = drawn_tables(uniform, np.zeros(0, np.int64), joined(laws), of_count)
    means = [
        q @ of_count[0][tables].sum(axis=(1, 2))
        for q, (tables, *_) in zip(drawn, parts, strict=True)
    ]
    assert abs(found[0].mean() - sum(means)) < 4 * found[0].std() / math.sqrt(20_000)
    # 1 / q averages to the number of tables
    inverse = found[2] * 2.0 ** found[3]
    assert abs(inverse.mean() - math.prod(len(q) for q in drawn)) < 4 * inverse.std() / 141


# ---------------------------------------------------------------- p-values


@pytest.mark.parametrize(
    ("levels", "classes", "spread"),
    [
        ([30, 40], [35, 35], 0.084),
        ([6, 6, 6, 6], [12, 12], 0.074),
        ([5, 5, 5, 5], [8, 6, 6], 0.156),
        ([4, 5, 6], [4, 5, 6], 0.182),
        ([10, 12, 14], [10, 12, 14], 0.090),
    ],
)
def test_small_p_values_are_those_of_complete_enumeration(levels, classes, spread):
    """At the level, which is near 1e-4.

    The relative spread over seeds was measured with 400 of them. Of 25, its own error is 14 %, and
    the mean lies within 4 / 5 of it. Up to 4 % above was measured: the observed table's weight.
    """
    tables, chance, t = enumerated(levels, classes)
    order = np.argsort(t)
    tail = chance[order][::-1].cumsum()[::-1]
    at = np.flatnonzero(tail <= 1e-4)[0]
    first = np.flatnonzero(t[order] > t[order[at]] - 1e-9)[0]  # tables of equal T count
    p, table = tail[first], tables[order[at]]
    found = [confirm(table, threshold=p, rng=np.random.default_rng(seed)) for seed in range(25)]
    pvalue = np.array([one.pvalue for one in found])
    assert pvalue.std() < 1.5 * spread * p
    assert (1 - 0.8 * spread) * p < pvalue.mean() < (1.04 + 0.8 * spread) * p
    assert {one.n_tables for one in found} == {2200}
    assert min(one.n_exceedances for one in found) > 20  # of plain tables, none


def test_small_p_values_of_strata_are_those_of_their_convolution():
    """Three strata of unlike shape; the spread over 400 seeds was 10 %."""
    shapes = ([5, 5], [4, 6]), ([3, 4, 5], [2, 4, 6]), ([2, 3, 3], [4, 4])
    strata = [[[4, 1], [0, 5]], [[2, 1, 0], [0, 3, 1], [0, 0, 5]], [[2, 0], [2, 1], [0, 3]]]
    law = {0.0: 1.0}
    for shape in shapes:
        _, chance, t = enumerated(*shape)
        sums = {}
        for (value, p), (more, q) in itertools.product(
            law.items(), zip(t.round(9).tolist(), chance, strict=True)
        ):
            sums[round(value + more, 9)] = sums.get(round(value + more, 9), 0.0) + p * q
        law = sums
    rng = np.random.default_rng(0)
    found = confirm(strata, threshold=1e-4, rng=rng)
    p = sum(q for value, q in law.items() if value >= found.statistic - 1e-6)
    assert found.pvalue == pytest.approx(p, rel=0.4)


def test_the_level_is_kept_at_every_level():
    """Every table by its probability, so that no draw of the null is needed.

    With one exceedance instead of ten all is rough, and the share of p-values at most a is still
    at most a; eight seeds give that share an error of a few per cent.
    """
    for levels, classes in (([4, 4, 4], [5, 4, 3]), ([3, 3, 3, 3], [6, 6])):
        tables, chance, _ = enumerated(levels, classes)
        found = np.array(
            [
                [
                    confirm(table, threshold=1e-3, n_exceedances=1, rng=rng).pvalue
                    for rng in map(np.random.default_rng, range(8))
                ]
                for table in tables
            ]
        )
        for a in (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3):
            assert chance @ (found <= a).mean(axis=1) <= 1.15 * a


def test_p_values_near_the_level_are_told_apart():
    """Half a level is below it, and twice a level above; tables of two by two have exact ones."""
    tables = np.array([[[20 + k, 20 - k], [20 - k, 20 + k]] for k in range(5, 12)])
    exact = exact_p_value(tables)
    for at, table in enumerate(tables):
        for threshold in (0.5 * exact[at], 2 * exact[at]):
            if threshold > 2e-3:
                continue
            rng = np.random.default_rng(at)
            found = confirm(table, threshold=threshold, rng=rng)
            assert found.pvalue == pytest.approx(exact[at], rel=0.4)
            assert (found.pvalue <= threshold) == (exact[at] <= threshold)


def test_what_is_common_needs_few_tables_at_any_level():
    """Half of all tables reach a T near its median: ten of some twenty."""
    found = confirm([[9, 6], [6, 9]], threshold=1e-9, rng=np.random.default_rng(0))
    assert found.n_tables < 60
    assert found.pvalue == 10 / found.n_tables


def test_a_table_far_beyond_its_level_has_a_small_p_value_above_zero():
    """300 rows a class, and each level has one class: e to the -976 by chance, less than floats."""
    found = confirm(np.diag([300, 300, 300]), threshold=1e-5, rng=np.random.default_rng(0))
    assert 0.0 < found.pvalue < 1e-300


def test_a_stratum_too_large_for_memory_is_drawn_plainly(monkeypatch):
    """As many tables as ten exceedances take at the level."""
    table = [[12, 2, 1], [2, 9, 4], [1, 5, 9]]
    tilted = confirm(table, threshold=1e-3, rng=np.random.default_rng(0))
    monkeypatch.setattr(mifs.random_tables, "LARGEST_PLAN", 0)
    monkeypatch.setattr(mifs.random_tables, "LARGEST_Q", 0)
    plain = confirm(table, threshold=1e-3, rng=np.random.default_rng(0))
    assert plain.n_tables == 10_000
    assert plain.n_exceedances < 10
    assert tilted.pvalue < 1e-3
    # the exceedances of plain tables are Poisson
    assert 1e-6 < poisson.cdf(plain.n_exceedances, 10_000 * tilted.pvalue) < 1 - 1e-6


@pytest.mark.parametrize("n_strata", [1, 2])
def test_of_large_strata_is_drawn_what_takes_less_time(monkeypatch, n_strata):
    """Ten over the level plain ones, or the law of 6,000 rows and 220 for each exceedance."""
    monkeypatch.setattr(mifs.random_tables, "LARGEST_PLAN", 0)
    table = np.array([[1587, 1413], [1413, 1587]])
    (exact,) = exact_p_value(table[None])
    strata = [table, *[[[4, 0], [3, 0]]] * (n_strata - 1)]  # a stratum without a choice
    plain = confirm(strata, threshold=1e-3, rng=np.random.default_rng(0))
    rng = np.random.default_rng(0)
    tilted = confirm(strata, threshold=1e-5, rng=rng, n_exceedances=50)
    assert plain.n_tables == 10_000
    assert tilted.n_tables == 11_000
    # over 200 seeds the sd is 0.048, and the farthest is off by 0.14
    assert tilted.pvalue == pytest.approx(exact, rel=0.2)


def test_many_rows_of_many_levels_take_few_tables_at_a_small_level():
    """12,000 rows of 30 x 10; the smooth tail is as good as exact there."""
    rng = np.random.default_rng(3)
    levels, classes = rng.dirichlet(np.ones(30)), rng.dirichlet(np.ones(10))
    signal = 1 + 0.2 * np.outer(np.cos(np.arange(30)), np.cos(np.arange(10)))
    p = np.outer(levels, classes) * signal
    table = rng.multinomial(12_000, p.ravel() / p.sum()).reshape(30, 10)
    found = confirm(table, threshold=1e-7, rng=rng)
    assert found.n_tables == 2_200
    smooth = independence_tests(table[None]).pvalue[0]
    assert found.pvalue == pytest.approx(smooth, rel=0.3)  # five times the sd over 16 seeds, 0.06


def test_a_long_convolution_is_the_sum_of_its_parts(monkeypatch):
    """Parts are short of what BLAS spreads over threads; one of all is what NumPy gives."""
    levels, classes = np.array([40, 50, 60]), np.array([70, 80])
    whole = tilted_proposal(levels, classes, 0.5)
    monkeypatch.setattr(mifs._kernels.drawing, "VALUES_OF_A_PART", 7)
    for parts, one in zip(tilted_proposal(levels, classes, 0.5), whole, strict=True):
        assert_allclose(parts, one, rtol=1e-13)  # roundings of at most 81 terms: 1e-14
