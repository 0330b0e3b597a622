import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import gammaln, kl_div
from scipy.stats import chi2_contingency, fisher_exact, hypergeom, kstest, random_table
from sklearn.metrics.cluster import expected_mutual_information

from mifs._kernels.exact import two_by_two_tails
from mifs._kernels.moments import cell_moments, split_moments, windows
from mifs.significance import (
    NullMoments,
    NullTables,
    adjusted,
    confirm,
    exact_conditional_p_value,
    exact_p_value,
    independence_tests,
    information_statistic,
    moments_of_margins,
    p_value,
    permutation_moments,
    two_moment_p_value,
)

# ---------------------------------------------------------------- what is true, written naively


def rows_below(limits, total):
    """Every way to put `total` into cells of at most `limits`."""
    if len(limits) == 1:
        return [(total,)] if total <= limits[0] else []
    return [
        (first, *rest)
        for first in range(min(limits[0], total) + 1)
        for rest in rows_below(limits[1:], total - first)
    ]


def every_table(a, b):
    """Every table with level counts `a` and class counts `b`."""
    if len(a) == 1:
        return [(tuple(b),)]
    return [
        (row, *rest)
        for row in rows_below(b, a[0])
        for rest in every_table(a[1:], [y - x for x, y in zip(row, b, strict=True)])
    ]


def enumerated_law(a, b):
    """T and its probability for every table: prod a! prod b! / (n! prod k!)."""
    tables = np.array(every_table(list(a), list(b)))
    margins = gammaln(np.add(a, 1)).sum() + gammaln(np.add(b, 1)).sum() - gammaln(sum(a) + 1)
    p = np.exp(margins - gammaln(tables + 1).sum(axis=(1, 2)))
    mean = np.outer(a, b) / sum(a)
    return kl_div(tables, mean).sum(axis=(1, 2)), p


def random_statistics(a, b, size, seed):
    """T of `size` random tables."""
    rng = np.random.default_rng(seed)
    law = random_table(np.array(a), np.array(b))
    batches = itertools.repeat(5000, size // 5000)
    return np.concatenate([information_statistic(law.rvs(s, random_state=rng)) for s in batches])


def equal_levels(n, n_levels):
    return np.bincount(np.arange(n) % n_levels)


def skewness(moments):
    return float(moments.third) / float(moments.variance) ** 1.5


def counted(candidates, strata, target, shape):
    """Count coded columns by (candidate, stratum, level, class)."""
    _, n_levels, n_classes = shape
    out = np.zeros((len(candidates), *shape), dtype=np.int64)
    for i, x in enumerate(candidates):
        code = (strata * n_levels + x) * n_classes + target
        out[i] = np.bincount(code, minlength=out[i].size).reshape(shape)
    return out


margins = st.lists(st.integers(1, 6), min_size=2, max_size=4)


@st.composite
def margin_pairs(draw):
    """Level and class counts of one small table."""
    a = draw(margins)
    cuts = draw(st.lists(st.integers(0, sum(a)), min_size=1, max_size=2))
    return a, np.diff([0, *sorted(cuts), sum(a)]).tolist()


# ---------------------------------------------------------------- moments


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([5, 4, 3], [4, 5, 3]),
        ([30, 70], [50, 50]),
        (equal_levels(100, 30), [90, 10]),
        (equal_levels(2000, 5), [1000, 1000]),
        ([1990, 5, 5], [1000, 700, 300]),
        (np.ones(50, dtype=int), [25, 25]),
        (equal_levels(20_000, 10), equal_levels(20_000, 3)),
    ],
)
def test_mean_is_the_expected_mutual_information_of_scikit_learn(a, b):
    """Vinh, Epps, Bailey 2010; both in nats."""
    a, b = np.array(a), np.array(b)
    labels = np.repeat(np.arange(a.size), a), np.repeat(np.arange(b.size), b)
    table = np.zeros((a.size, b.size), dtype=np.int64)
    np.add.at(table, labels, 1)
    n = a.sum()
    expected = n * expected_mutual_information(table, n)
    # theirs sums numbers of the size n log n, which is where the 1e-15 n log n comes from
    assert_allclose(
        permutation_moments(table).mean, expected, rtol=1e-10, atol=1e-14 * n * math.log(n)
    )


@pytest.mark.parametrize(
    ("a", "b", "mean", "variance"),
    [
        ((5, 4, 3), (4, 5, 3), 2.7911099332, 2.7190424738),
        ((2, 3, 2, 5), (5, 4, 3), 4.1944984062, 2.5430425318),
        ((5, 4, 3), (6, 6), 1.2866305007, 1.7392429500),
    ],
)
def test_mean_and_variance_are_those_of_complete_enumeration(a, b, mean, variance):
    """Printed to ten decimals, so good to 5e-11."""
    found = moments_of_margins(a, b)
    assert_allclose(found.mean, mean, rtol=0, atol=6e-11)
    assert_allclose(found.variance, variance, rtol=0, atol=6e-11)


@settings(deadline=None, max_examples=60)
@given(margin_pairs())
def test_every_small_table_has_the_enumerated_mean_and_variance(pair):
    """With as many degrees as the largest cell has, nothing is left out of the variance."""
    a, b = pair
    value, p = enumerated_law(a, b)
    mean = p @ value
    found = moments_of_margins(a, b, degrees=max(a))
    assert_allclose(found.mean, mean, rtol=1e-11, atol=1e-12)
    assert_allclose(found.variance, p @ (value - mean) ** 2, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize(("degrees", "worst"), [(4, 1.2e-3), (6, 5e-5)])
@pytest.mark.parametrize(
    ("a", "b"),
    [((12, 12, 11), (20, 15)), ((10, 9, 8), (9, 9, 9)), ((8, 7), (5, 5, 5)), ((7, 7), (9, 5))],
)
def test_few_degrees_are_enough_for_the_variance(a, b, degrees, worst):
    """What is neglected is the correlation between levels in higher degrees.

    The worst of 250 random small tables erred by 8e-4 with four degrees and 4e-5 with six, and
    (8, 7) x (5, 5, 5) by 1.1e-3 with four.
    """
    value, p = enumerated_law(a, b)
    variance = p @ (value - p @ value) ** 2
    assert_allclose(moments_of_margins(a, b, degrees=degrees).variance, variance, rtol=worst)


def test_moments_of_strata_add_up():
    tables = [[[3, 4], [5, 1], [2, 2]], [[7, 1], [1, 6]], [[1, 1]]]
    apart = [permutation_moments(table) for table in tables]
    together = permutation_moments(tables)
    for name in ("mean", "variance", "third"):
        total = sum(float(getattr(part, name)) for part in apart)
        assert_allclose(getattr(together, name), total, rtol=1e-14)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1], [1, 0]),
        ([7], [3, 4]),
        ([0, 7, 0], [3, 4]),
        ([3, 4], [7, 0]),
        ([3, 4], [0, 0, 7]),
        ([0, 0], [0, 0]),
    ],
    ids=["one row", "one level", "empty levels", "one class", "one class of three", "no rows"],
)
def test_margins_that_leave_no_choice_have_moments_of_exactly_zero(a, b):
    found = moments_of_margins(a, b)
    assert (found.mean, found.variance, found.third) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("b", [[500, 500], [900, 100], [400, 300, 300]])
def test_an_identifier_has_no_variance_and_is_never_surprising(b):
    """T is n H(Y) whatever the order; rounding must not be taken for a spread."""
    found = moments_of_margins(np.ones(1000, dtype=int), b)
    share = np.array(b) / 1000
    assert_allclose(found.mean, -1000 * np.sum(share * np.log(share)), rtol=1e-12)
    assert found.variance == found.third == 0.0
    assert p_value(found.mean, found) == 1.0


def test_one_pair_among_identifiers_keeps_its_small_variance():
    """T loses 2 log(2) when the pair is of two classes, with probability p = b0 b1 / C(n, 2)."""
    b = [990, 10]
    found = moments_of_margins([2, *[1] * 998], b)
    p = 990 * 10 / math.comb(1000, 2)
    assert_allclose(found.variance, p * (1 - p) * (2 * math.log(2)) ** 2, rtol=1e-9)


@settings(deadline=None, max_examples=40)
@given(margin_pairs(), st.randoms(use_true_random=False))
def test_names_of_levels_and_classes_do_not_matter(pair, random):
    a, b = pair
    first = moments_of_margins(a, b)
    second = moments_of_margins(random.sample(a, len(a)), random.sample(b, len(b)))
    for name in ("mean", "variance", "third"):
        assert_allclose(getattr(first, name), getattr(second, name), rtol=1e-11, atol=1e-12)


def test_tables_shared_by_candidates_give_each_its_own_moments():
    """Filled in two calls, with counts in common and new ones."""
    rng = np.random.default_rng(0)
    b = np.array([[30, 20], [5, 45], [0, 0], [1, 0]])
    a = np.stack([rng.multinomial(m, [0.25] * 4, size=7) for m in b.sum(axis=1)], axis=1)
    shared = NullTables(b)
    shared.moments(a[:3])
    together = shared.moments(a)
    for i, levels in enumerate(a):
        alone = moments_of_margins(levels, b)
        assert_allclose(together.mean[i], alone.mean, rtol=1e-13)
        assert_allclose(together.variance[i], alone.variance, rtol=1e-12)
        assert_allclose(together.third[i], alone.third, rtol=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "m"),
    [
        *((100, 500, 1000), (150, 4000, 10_000), (140, 5500, 10_000)),  # steps of 2
        *(
            (400, 1000, 2000),
            (1000, 1000, 2000),
            (5000, 3000, 20_000),
            (20_000, 200_000, 1_000_000),
        ),
    ],
)
def test_a_coarse_grid_gives_the_sums_over_every_integer(a, b, m):
    """Poisson's summation formula; the full sum, in extended precision, by ratios from the mode."""
    cell = tuple(np.array([v]) for v in (a, b, m))
    assert windows(*cell)[2][0] > 1
    mode = (a + 1) * (b + 1) // (m + 2)
    up = np.arange(mode, min(a, b), dtype=np.longdouble)
    down = np.arange(mode, max(0, a + b - m), -1, dtype=np.longdouble)
    above = np.cumprod((a - up) * (b - up) / ((up + 1) * (m - a - b + up + 1)))
    below = np.cumprod(down * (m - a - b + down) / ((a - down + 1) * (b - down + 1)))
    k = np.concatenate([down[::-1] - 1, [mode], up + 1])
    p = np.concatenate([below[::-1], [1], above])
    p /= p.sum()
    mean = np.longdouble(a) * b / m
    x = k - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        h = np.where(k > 0, k * np.log(k / mean), 0) - x
        t = h + np.where(k < a, (a - k) * np.log((a - k) / (a - mean)), 0) + x
    eh, et = p @ h, p @ t
    found = cell_moments(*cell, 4)[:, 0]
    # rounding of deviations of the size sd <= 56, against E h of about 1/2
    assert_allclose(found[:2], [eh, p @ (h - eh) ** 2], rtol=1e-12)
    found = split_moments(*cell, 4)[:, 0]
    assert_allclose(found[:2], [et, p @ (t - et) ** 2], rtol=1e-12)
    c = t - et
    third = [p @ f for f in (c**3, c * c * x, c * x * x, x**3, c * x, x * x)]
    sd = math.sqrt(p @ x**2)
    scale = [1, sd, sd**2, sd**3, sd, sd**2]
    assert_allclose(found[6:] / scale, np.divide(third, scale), rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize(
    ("b", "a", "formula", "simulated"),
    [
        ([90, 10], equal_levels(100, 30), 0.77, 0.82),
        ([95, 5], equal_levels(100, 30), 1.48, 1.60),
        ([980, 20], equal_levels(1000, 100), 0.64, 0.66),
        ([90, 10], equal_levels(100, 50), 1.07, 1.11),
    ],
)
def test_skewness_of_a_rare_class_is_seen(b, a, formula, simulated):
    """The gamma law through two moments would have .24, .18, .10, .17."""
    found = moments_of_margins(a, b)
    assert_allclose(skewness(found), formula, atol=0.01)
    drawn = random_statistics(a, b, 100_000, seed=1)
    skew = np.mean((drawn - drawn.mean()) ** 3) / drawn.std() ** 3
    # four standard errors of a skewness from 1e5 heavy-tailed draws, measured .02
    assert_allclose(skew, simulated, atol=0.06)
    assert_allclose(skewness(found), skew, rtol=0.1)


@pytest.mark.parametrize(
    ("b", "n_levels"),
    [([82, 6, 6, 6], 30), ([90, 5, 5], 30), ([270, 8, 8, 7, 7], 30)],
    ids=["82/6/6/6", "90/5/5", "90/2.5 x 4"],
)
def test_skewness_of_several_rare_classes_is_that_of_their_weighted_splits(b, n_levels):
    """Measured .773 of .755, 1.066 of 1.121, .54 of .53; the rarest split alone gives .20, .47."""
    a = equal_levels(sum(b), n_levels)
    drawn = random_statistics(a, b, 100_000, seed=2)
    skew = np.mean((drawn - drawn.mean()) ** 3) / drawn.std() ** 3
    assert_allclose(skewness(moments_of_margins(a, b)), skew, rtol=0.12)


@pytest.mark.parametrize("b", [[1000, 1000], [800, 600, 600], [500, 500, 400, 300, 300]])
def test_well_filled_tables_have_the_cumulants_of_half_a_chi_square(b):
    """df/2, df/2, df: the error is of the order of the inverse expected counts, 1/60 here."""
    found = moments_of_margins(equal_levels(2000, 5), b)
    df = 4 * (len(b) - 1)
    assert_allclose([found.mean, found.variance, found.third], [df / 2, df / 2, df], rtol=0.06)


# ---------------------------------------------------------------- p-values


def test_p_values_of_five_by_two_are_those_of_enumeration():
    """Two hundred rows, five levels of 40, classes of 100: measured ratios .97 to 1.00."""
    k = np.arange(41)
    t = kl_div(k, 20) + kl_div(40 - k, 20)
    weight = np.exp(gammaln(41) - gammaln(k + 1) - gammaln(41 - k))
    last = 100 - sum(np.ix_(k, k, k, k))
    real = (last >= 0) & (last <= 40)
    last = last[real]
    value = sum(np.ix_(t, t, t, t))[real] + t[last]
    p = (weight[:, None] * weight)[:, :, None, None] * (weight[:, None] * weight)
    p = p[real] * weight[last]
    order = np.argsort(-value)
    value, tail = value[order], np.cumsum(p[order])
    tail /= tail[-1]
    moments = moments_of_margins([40] * 5, [100, 100])
    for level in (1e-2, 1e-4, 1e-6, 1e-8):
        # the tail up to the last of equal values
        at = np.searchsorted(tail, level)
        exact = tail[np.searchsorted(-value, -(value[at] - 1e-9), side="right") - 1]
        assert 0.9 < p_value(value[at], moments) / exact < 1.1


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_exact_p_of_two_by_two_is_the_hypergeometric_sum(data):
    m = data.draw(st.integers(2, 150))
    a, b = data.draw(st.integers(1, m - 1)), data.draw(st.integers(1, m - 1))
    k = np.arange(max(0, a + b - m), min(a, b) + 1)
    tables = np.stack([[k, a - k], [b - k, m - a - b + k]]).transpose(2, 0, 1)
    mass, t = hypergeom.pmf(k, m, a, b), information_statistic(tables)
    # distinct values of T this small are further apart than 1e-9, equal ones closer than 1e-12
    expected = [min(1.0, mass[t >= value - 1e-9].sum()) for value in t]
    # scipy's probabilities are good to 1e-12
    assert_allclose(exact_p_value(tables), expected, rtol=1e-10)


@pytest.mark.parametrize("k", [50, 55, 62, 80])
def test_exact_p_of_even_classes_is_fishers(k):
    """With classes of equal size both order tables by the distance from the mean."""
    table = np.array([[k, 100 - k], [200 - k, 100 + k]])
    assert_allclose(exact_p_value(table[None])[0], fisher_exact(table).pvalue, rtol=1e-9)


def test_exact_p_of_a_large_table_is_the_normal_tail():
    """A million rows, k two sd above the mean: 2 (1 - Phi(z)), with z at the middle of the step."""
    k = 200_490
    table = [[[k, 400_000 - k], [500_000 - k, 100_000 + k]]]
    z = (490 - 0.5) / math.sqrt(400_000 * 0.6 / 4)
    assert_allclose(exact_p_value(table)[0], math.erfc(z / math.sqrt(2)), rtol=1e-3)


def test_an_exact_p_is_attained_with_exactly_its_own_probability():
    """P(p <= p0) = p0 for every attainable p0, which is uniformity for a discrete law."""
    for m, a, b in [(60, 30, 30), (60, 12, 25), (62, 31, 22), (1000, 300, 20)]:
        k = np.arange(max(0, a + b - m), min(a, b) + 1)
        tables = np.stack([[k, a - k], [b - k, m - a - b + k]]).transpose(2, 0, 1)
        p, mass = exact_p_value(tables), hypergeom.pmf(k, m, a, b)
        for value in p:
            assert_allclose(mass[p <= value * (1 + 1e-12)].sum(), value, rtol=1e-9)


def test_two_moments_alone_would_be_anti_conservative_for_two_by_two():
    """Sixty-two rows, classes 40 and 22: .50 and .33 of the exact p at 1e-2 and 1e-4."""
    k = np.arange(23)
    tables = np.stack([[k, 31 - k], [22 - k, 9 + k]]).transpose(2, 0, 1)
    exact = exact_p_value(tables)
    found = two_moment_p_value(information_statistic(tables), permutation_moments(tables[0]))
    far = (exact < 2e-2) & (exact > 1e-5)
    assert (found[far] / exact[far]).max() < 0.75


@pytest.mark.parametrize(
    ("n", "n_levels", "b"),
    [
        (60, 5, [20, 20, 20]),
        (200, 5, [100, 100]),
        (100, 5, [20] * 5),
        (100, 10, [50, 50]),
        (300, 30, [150, 150]),
        (300, 30, [270, 30]),
        (1000, 10, [100] * 10),
        (2000, 30, [1000, 400, 300, 200, 100]),
    ],
)
def test_p_values_are_uniform_under_the_null(n, n_levels, b):
    """Kolmogorov-Smirnov over 1000 independent tables."""
    a = equal_levels(n, n_levels)
    p = p_value(random_statistics(a, b, 5000, seed=3)[:1000], moments_of_margins(a, b))
    assert kstest(p, "uniform").pvalue > 0.01


# size / alpha at .05, .01, 1e-3 as measured with 2e5 tables and the three-moment tail
SIZES = [
    (100, 10, [50, 50], (1.0, 1.1, 1.1)),
    (100, 5, [20] * 5, (1.0, 1.0, 0.9)),
    (100, 10, [10] * 10, (0.9, 0.8, 0.75)),
    (100, 30, [90, 10], (0.95, 1.0, 1.1)),
    (300, 30, [270, 30], (1.0, 1.0, 1.0)),
    (100, 30, [82, 6, 6, 6], (1.0, 0.9, 0.8)),
    (200, 5, [150, 30, 15, 5], (1.0, 0.9, 0.75)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("n", "n_levels", "b", "expected"), SIZES)
def test_the_tail_is_calibrated(n, n_levels, b, expected):
    """Within four standard errors and a fifth of the sizes measured."""
    a = equal_levels(n, n_levels)
    p = p_value(random_statistics(a, b, 200_000, seed=4), moments_of_margins(a, b))
    for alpha, size in zip((0.05, 0.01, 1e-3), expected, strict=True):
        error = 4 * math.sqrt(1 / (alpha * p.size))
        assert np.mean(p <= alpha) / alpha == pytest.approx(size, abs=error + 0.2)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "n_levels", "b"), [(1000, 5, [500, 500]), (100, 5, [20] * 5)])
def test_the_far_tail_is_calibrated(n, n_levels, b):
    """A million tables: 100 beyond 1e-4 and 10 beyond 1e-5 in expectation, +- 3 sd."""
    a = equal_levels(n, n_levels)
    p = p_value(random_statistics(a, b, 1_000_000, seed=8), moments_of_margins(a, b))
    for alpha, factor in ((1e-4, 1.45), (1e-5, 2.3)):
        assert np.mean(p <= alpha) / alpha < factor


def test_two_moments_fail_for_a_rare_class_and_the_flag_says_so():
    """30 x 2, n = 100, minority .1: size / alpha of two moments is 5 at 1e-3."""
    a, b = equal_levels(100, 30), [90, 10]
    drawn, moments = random_statistics(a, b, 100_000, seed=5), moments_of_margins(a, b)
    assert 4 < np.mean(two_moment_p_value(drawn, moments) <= 1e-3) / 1e-3 < 6.5
    assert 0.6 < np.mean(p_value(drawn, moments) <= 1e-3) / 1e-3 < 1.5
    table = np.column_stack([a, np.zeros_like(a)])
    table[:3] = [[1, 3], [1, 3], [0, 4]]
    tests = independence_tests(table[None])
    assert tests.method[0] == "three-moment"
    assert tests.disagreement[0]
    assert not independence_tests([[[20, 5], [9, 9], [5, 20]]]).disagreement[0]


def dependent_strata(n, n_levels, rng):
    """S drives Y, with class shares .1 to .9."""
    strata = rng.integers(0, n_levels, n)
    return strata, (rng.random(n) < np.linspace(0.1, 0.9, n_levels)[strata]).astype(int)


def noisy_copies(strata, n_levels, n_copies, rng):
    """Copy S with a fifth of their values drawn anew."""
    drawn = rng.integers(0, n_levels, (n_copies, strata.size))
    return np.where(rng.random(drawn.shape) < 0.2, drawn, strata)


def conditional_p_values(n, n_levels, n_targets, n_copies, rng):
    """Three- and two-moment p of I(X; Y | S), X a copy of S."""
    found = []
    for _ in range(n_targets):
        strata, target = dependent_strata(n, n_levels, rng)
        copies = noisy_copies(strata, n_levels, n_copies, rng)
        counts = counted(copies, strata, target, (n_levels, n_levels, 2))
        moments = NullTables(counts[0].sum(axis=1)).moments(counts.sum(axis=3))
        t = information_statistic(counts).sum(axis=1)
        found.append([p_value(t, moments), two_moment_p_value(t, moments)])
    return np.concatenate(found, axis=1)


@pytest.mark.parametrize(("n", "n_levels"), [(100, 5), (300, 5), (300, 30)])
def test_conditional_p_values_hold_when_the_stratum_drives_both(n, n_levels):
    """X and Y depend strongly, but not given S. Measured: 1.0 at .05, .4 to 1.0 below."""
    p, _ = conditional_p_values(n, n_levels, 40, 250, np.random.default_rng(6))
    for alpha, most in ((0.05, 1.1), (0.01, 1.0), (1e-3, 1.1)):
        assert np.mean(p <= alpha) / alpha < most + 4 * math.sqrt(1 / (alpha * p.size))
    assert np.mean(p <= 0.05) / 0.05 > 0.7


@pytest.mark.slow
def test_the_third_cumulant_must_be_summed_over_unlike_strata():
    """A filled stratum beside an ID-like one, whose T is large but hardly varies.

    The totals' gamma law has nearly no skewness left.
    """
    strata = [([40, 40, 40], [60, 60]), ([2, *[1] * 98], [50, 50])]
    parts = [moments_of_margins(*stratum) for stratum in strata]
    moments = NullMoments(
        *(sum(getattr(part, name) for part in parts) for name in ("mean", "variance", "third"))
    )
    drawn = sum(
        random_statistics(*stratum, 200_000, seed=7 + i) for i, stratum in enumerate(strata)
    )
    # measured 55 and 1.9, with a standard error of .3 in the second
    assert np.mean(two_moment_p_value(drawn, moments) <= 1e-4) / 1e-4 > 20
    assert np.mean(p_value(drawn, moments) <= 1e-4) / 1e-4 < 3.2


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=3))
def test_exact_conditional_p_is_bounded_by_the_sums_over_all_strata(cells):
    """Between P(T >= t) and P(T >= t - .01), enumerated over the product of the strata."""
    strata = np.array(cells).reshape(-1, 2, 2)
    values, masses = np.zeros(1), np.ones(1)
    for table in strata:
        m, a, b = table.sum(), table[0].sum(), table[:, 0].sum()
        if not m:
            continue
        k = np.arange(max(0, a + b - m), min(a, b) + 1)
        tables = np.stack([[k, a - k], [b - k, m - a - b + k]]).transpose(2, 0, 1)
        values = np.add.outer(values, information_statistic(tables)).ravel()
        masses = np.multiply.outer(masses, hypergeom.pmf(k, m, a, b)).ravel()
    t = information_statistic(strata).sum()
    exact, wide = (masses[values >= t - slack].sum() for slack in (1e-9, 0.01 + 1e-9))
    # 1e-10: rounding of scipy's probabilities
    assert exact * (1 - 1e-10) <= exact_conditional_p_value(strata) <= wide * (1 + 1e-10)


def test_few_values_in_binary_strata_need_the_exact_p():
    """Sixty rows, S and X binary, class shares .1 and .9: the three-moment size at 1e-4 is 5.8
    (.5) by enumeration, the exact one at most 1.
    """
    rng = np.random.default_rng(9)
    sizes = []
    for _ in range(60):
        strata, target = dependent_strata(60, 2, rng)
        observed = counted(noisy_copies(strata, 2, 1, rng), strata, target, (2, 2, 2))[0]
        a, b = observed[:, 0].sum(axis=1), observed[:, :, 0].sum(axis=1)
        m = observed.sum(axis=(1, 2))
        ks = [np.arange(max(0, s), e + 1) for s, e in zip(a + b - m, np.minimum(a, b), strict=True)]
        k = np.array(list(itertools.product(*ks)))
        mass = np.prod(hypergeom.pmf(k, m, a, b), axis=1)
        tables = np.stack([k, a - k, b - k, m - a - b + k], axis=-1).reshape(len(k), 2, 2, 2)
        p = p_value(information_statistic(tables).sum(axis=1), permutation_moments(observed))
        near = np.flatnonzero((p <= 1e-2) & (p > 1e-7))
        exact = np.array([exact_conditional_p_value(tables[i]) for i in near])
        certain = mass[p <= 1e-7].sum()
        sizes.append([mass[p <= 1e-4].sum(), certain + mass[near[exact <= 1e-4]].sum()])
    three, exact = np.mean(sizes, axis=0) / 1e-4
    assert three > 3
    assert exact < 1


def test_tests_say_how_each_p_value_was_found():
    counts = [
        [[10, 2], [3, 9], [0, 0]],
        [[5, 4], [5, 4], [3, 3]],
        [[0, 0], [13, 11], [0, 0]],
        [[8, 0], [0, 0], [5, 11]],
    ]
    tests = independence_tests(counts)
    assert tests.method.tolist() == ["exact", "three-moment", "exact", "exact"]
    assert tests.pvalue[2] == 1.0
    assert_allclose(tests.pvalue[0], exact_p_value([[[10, 2], [3, 9]]])[0])
    assert_allclose(tests.pvalue[3], exact_p_value([[[8, 0], [5, 11]]])[0])
    g = chi2_contingency(counts[1], correction=False, lambda_="log-likelihood").statistic
    assert_allclose(tests.statistic[1], g / 2)


def test_one_stratum_and_no_strata_are_the_same_test():
    counts = np.array([[[5, 4], [5, 4], [3, 3]], [[6, 6], [6, 3], [1, 2]]])
    flat, deep = independence_tests(counts), independence_tests(counts[:, None])
    assert_array_equal(flat.pvalue, deep.pvalue)


# ---------------------------------------------------------------- random tables


def test_strata_that_leave_no_choice_change_no_confirmation():
    """SciPy 1.17 draws negative counts for a table of one row or column; none is drawn here."""
    table = np.array([[[9, 2], [3, 8]]])
    forced = np.concatenate([table, [[[7, 0], [5, 0]], [[4, 3], [0, 0]], [[0, 0], [0, 0]]]])
    found = [confirm(t, threshold=0.01, rng=np.random.default_rng(2)) for t in (table, forced)]
    assert found[0].pvalue == pytest.approx(found[1].pvalue, rel=0.2)
    assert found[1].pvalue == pytest.approx(exact_p_value(table)[0], rel=0.5)


def test_random_tables_agree_with_the_exact_p():
    """Ten thousand draws of p = .02: a standard error of 7 %. From 1/400 on they are plain."""
    table = np.array([[20, 10], [11, 20]])
    exact = exact_p_value(table[None])[0]
    found = confirm(table, threshold=1e-2, n_exceedances=400, rng=np.random.default_rng(0))
    assert found.n_exceedances == 400
    assert_allclose(found.pvalue, exact, rtol=4 / math.sqrt(400))
    assert_allclose(found.pvalue, 400 / found.n_tables)


def test_drawing_stops_at_ten_exceedances_or_at_the_budget():
    rng = np.random.default_rng(0)
    common = confirm([[5, 5], [6, 5]], threshold=1e-4, rng=rng)
    assert (common.n_exceedances, common.method) == (10, "random tables")
    assert common.n_tables < 100
    never = confirm([[30, 0], [0, 30]], threshold=1e-2, rng=rng)
    assert (never.n_tables, never.n_exceedances) == (1000, 0)
    assert never.pvalue == 1 / 1001


def test_a_seed_gives_the_same_confirmation():
    strata = [[[5, 2], [2, 5]], [[4, 1, 0], [0, 2, 5]]]
    first, second = (confirm(strata, threshold=0.01, rng=np.random.default_rng(3)) for _ in "ab")
    assert first == second


def test_confirmation_keeps_its_level_under_the_null():
    """400 null tables at .05: .05 plus three standard errors of .011; strata are added."""
    rng = np.random.default_rng(8)
    laws = [random_table([5, 5, 5, 5], [16, 4]), random_table([10, 10], [9, 11])]
    hits = 0
    for _ in range(400):
        strata = [law.rvs(random_state=rng) for law in laws]
        hits += confirm(strata, threshold=0.05, rng=rng).pvalue <= 0.05
    assert hits / 400 < 0.085


# ---------------------------------------------------------------- many tests, and errors


def test_adjusted_p_values_are_those_of_the_step_up_rule():
    """Least over j >= i of p_j n / j; Yekutieli's times 1 + 1/2 + ... + 1/n."""
    p = np.array([0.001, 0.02, 0.03, 0.8])
    step_up = np.minimum.accumulate((p * 4 / np.arange(1, 5))[::-1])[::-1]
    assert_allclose(adjusted(p), step_up)
    assert_allclose(adjusted(p, "by"), np.minimum(1, step_up * (1 + 1 / 2 + 1 / 3 + 1 / 4)))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: NullTables([1, 2]), ValueError, r"shape \(n_strata, n_classes\); got shape \(2,"),
        (lambda: NullTables([[1, -2]]), ValueError, "counts >= 0"),
        (lambda: NullTables([[0.5, 1.5]]), TypeError, "got dtype float64"),
        (lambda: NullTables([[1, 2]]).moments([[1, 2]]), ValueError, r"got \(1, 2\)"),
        (lambda: moments_of_margins([1, 1], [1, 2]), ValueError, "add up"),
        (lambda: permutation_moments([1, 2]), ValueError, "parts of shape"),
        (lambda: exact_p_value([[1, 2], [3, 4]]), ValueError, r"got \(2, 2\)"),
        (lambda: exact_conditional_p_value([[1, 2, 3], [3, 4, 3]]), ValueError, r"\(1, 2, 3\)"),
        (lambda: independence_tests([[1, 2], [3, 4]]), ValueError, r"got \(2, 2\)"),
        (lambda: independence_tests([[[1, 1]], [[2, 0]]]), ValueError, "same class counts"),
        (lambda: adjusted([0.1], "holm"), ValueError, "'holm'"),
        (lambda: adjusted([0.1, 1.5]), ValueError, "1.5"),
        (lambda: confirm([[1, 1]], threshold=0.1, rng=0), TypeError, "got 0"),
        (
            lambda: confirm([[1, 1]], threshold=0.0, rng=np.random.default_rng(0)),
            ValueError,
            "got 0.0",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_value(call, error, says):
    with pytest.raises(error, match=says):
        call()


def test_a_law_that_is_a_point_gives_p_one():
    law = NullMoments(np.array([0.0, 3.0]), np.zeros(2), np.zeros(2))
    assert_array_equal(p_value([0.0, 3.0], law), [1.0, 1.0])
    assert_array_equal(two_moment_p_value([0.0, 3.0], law), [1.0, 1.0])


def test_moments_of_a_level_do_not_depend_on_how_many_are_asked_for_at_once():
    """To the bit: threads ask for other numbers of them."""
    rng = np.random.default_rng(0)
    zy = rng.integers(100, 400, (1, 40))
    n = int(zy.sum())
    first = rng.integers(200, 1400, 900)
    levels = np.stack([first, n - first], axis=1)[:, None]
    at_once, few = NullTables(zy), NullTables(zy)
    expected = at_once.moments_of_counts(levels)
    for start in range(0, 900, 9):
        found = few.moments_of_counts(levels[start : start + 9])
        for name, values in vars(expected).items():
            assert_array_equal(getattr(found, name), values[start : start + 9])


def test_exact_p_values_do_not_depend_on_how_many_are_asked_for_at_once():
    """Nor is one alone summed in another order."""
    rng = np.random.default_rng(0)
    tables = rng.integers(1, 40, (200, 2, 2))
    cells = tables[:, 0, 0], tables[:, 0].sum(axis=1), tables[:, :, 0].sum(axis=1)
    margins = (*cells, tables.sum(axis=(1, 2)))
    one_by_one = [two_by_two_tails(*(each[[i]] for each in margins))[0] for i in range(200)]
    assert_array_equal(one_by_one, two_by_two_tails(*margins))
