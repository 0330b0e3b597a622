import numpy as np
import pytest
from scipy.optimize import brentq

from mifs.error_bounds import _largest_tail, error_bound

# R package stabs 0.6-4, stabsel_parameters(cutoff = 0.6, p = 100, q = .., B = 50), as printed in
# its own regression tests: "none", "unimodal", "r-concave".
STABS = [
    (1, 0.05, 0.02631579, 0.006971364),
    (2, 0.2, 0.1052632, 0.03342845),
    (3, 0.45, 0.2368421, 0.08691176),
    (4, 0.8, 0.4210526, 0.1637231),
    (5, 1.25, 0.6578947, 0.2605329),
    (6, 1.8, 0.9473684, 0.3820466),
    (7, 2.45, 1.289474, 0.5295188),
    (8, 3.2, 1.684211, 0.7042719),
    (9, 4.05, 2.131579, 0.9077127),
    (10, 5.0, 2.631579, 1.141338),
]


@pytest.mark.parametrize(("q", "worst_case", "unimodal", "r_concave"), STABS)
def test_bounds_agree_with_those_of_stabs(q, worst_case, unimodal, r_concave):
    bound = error_bound(q, n_features=100, threshold=0.6, n_pairs=50)
    assert bound.worst_case == pytest.approx(worst_case, rel=1e-12)
    assert bound.unimodal == pytest.approx(unimodal, rel=5e-7)  # seven digits are printed
    # R stops its search for the maximum within 1e-4 of an interval that ends at 1e5 for small q,
    # so its maximum is a little low; ours is never lower than it by more than its digits.
    assert -5e-7 < bound.r_concave / r_concave - 1 < (4e-3 if q < 4 else 4e-6)


@pytest.mark.parametrize(
    ("q", "p", "threshold", "expected"),
    [(6, 200, 0.6, 0.174), (7, 200, 0.6, 0.248), (7, 200, 0.62, 0.196), (7, 200, 0.61, 0.219)],
)
def test_r_concave_bounds_agree_with_other_tests_of_stabs(q, p, threshold, expected):
    bound = error_bound(q, n_features=p, threshold=threshold, n_pairs=50)
    assert round(bound.r_concave, 3) == expected


def test_a_unimodal_bound_above_three_quarters_agrees_with_stabs():
    """Cutoff 0.96, q = 3, p = 10 is printed as 0.176."""
    bound = error_bound(3, n_features=10, threshold=0.96, n_pairs=50)
    assert round(bound.unimodal, 3) == 0.176


# Found by scipy's SLSQP over all laws on 0..n whose power is convex, from random starts: an
# optimiser that knows nothing of the shape of the best law. Constraints were met within 1e-6.
BRUTE = [
    (0.5, 2, 6, -2.0, 0.133151),
    (0.5, 3, 6, -2.0, 0.065785),
    (0.5, 6, 6, -2.0, 0.008574),
    (1.0, 3, 8, -2.0, 0.150502),
    (1.0, 5, 8, -2.0, 0.061830),
    (1.0, 8, 8, -2.0, 0.010147),
    (0.05, 4, 6, -2.0, 0.002966),
    (0.3, 2, 8, -4.0, 0.065582),
]


@pytest.mark.parametrize(("mean", "least", "n", "power", "expected"), BRUTE)
def test_the_largest_tail_is_what_a_blind_search_finds(mean, least, n, power, expected):
    assert _largest_tail(mean, least, n, power) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("power", [-2.0, -4.0])
def test_no_random_concave_law_has_a_larger_tail(power):
    """Laws a + b i + sum of hinges, to the power, cut at a random k and tuned to the mean."""
    rng = np.random.default_rng(0)
    n, mean, least = 10, 0.8, 4
    largest = _largest_tail(mean, least, n, power)
    tails = []
    for _ in range(300):
        k = int(rng.integers(least, n + 1))
        i = np.arange(k + 1)
        hinges = rng.exponential(size=k + 1) * (rng.random(k + 1) < 0.2)
        base = i * rng.exponential() + np.maximum(i[:, None] - i, 0) @ hinges

        def law(log_a, base=base):
            weights = (np.exp(log_a) + base) ** power
            return weights / weights.sum()

        if i @ law(20.0) > mean:
            tails.append(
                law(brentq(lambda x, i=i, law=law: i @ law(x) - mean, -20, 20))[least:].sum()
            )
    assert len(tails) > 200
    assert max(tails) <= largest * (1 + 1e-9)
    assert max(tails) > 0.9 * largest  # the search was not a weak one


def test_stronger_assumptions_give_smaller_bounds():
    for q in (0.1, 1, 7.3, 25):
        for threshold in (0.51, 0.6, 0.75, 0.9, 1.0):
            for n_pairs in (1, 3, 50):
                bound = error_bound(q, n_features=50, threshold=threshold, n_pairs=n_pairs)
                assert 0 <= bound.r_concave <= bound.unimodal <= bound.worst_case <= 50


def test_a_threshold_counts_as_the_next_frequency_that_occurs():
    """Of six halves, 0.7 is reached by five, as 5/6 is."""
    low, high = (
        error_bound(2, n_features=20, threshold=threshold, n_pairs=3) for threshold in (0.7, 5 / 6)
    )
    assert low == high


@pytest.mark.parametrize(
    ("q", "p", "threshold", "bounds"),
    [
        (0, 10, 0.75, (0, 0, 0)),  # nothing is ever selected
        (10, 10, 0.75, (10, 10, 10)),  # everything is
        (1, 1, 0.75, (1, 1, 1)),
        (3, 10, 0.5, (10, 10, 10)),  # the theorem begins above one half
        (3, 10, 0.0, (10, 10, 10)),
    ],
)
def test_bounds_at_the_ends(q, p, threshold, bounds):
    bound = error_bound(q, n_features=p, threshold=threshold, n_pairs=5)
    assert (bound.worst_case, bound.unimodal, bound.r_concave) == bounds


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 10, 0.6, 5), "mean_selected=-1 must lie between 0 and n_features=10"),
        ((11, 10, 0.6, 5), "mean_selected=11"),
        ((float("nan"), 10, 0.6, 5), "mean_selected=nan"),
        ((1, 10, 1.1, 5), "threshold=1.1 is no frequency"),
        ((1, 0, 0.6, 5), "n_features=0"),
        ((1, 10, 0.6, 0), "n_pairs=0"),
    ],
)
def test_numbers_that_no_selection_has_are_refused(arguments, message):
    q, p, threshold, n_pairs = arguments
    with pytest.raises(ValueError, match=message):
        error_bound(q, n_features=p, threshold=threshold, n_pairs=n_pairs)
