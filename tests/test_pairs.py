import numpy as np
import pandas as pd
import pytest
from conftest import counted
from scipy.stats import entropy

import mifs
from mifs.gate import Gate, GatedDoor
from mifs.pair_scan import significant_pairs
from mifs.significance import exact_conditional_p_value, independence_tests


def _cut_xor(seed, n=500, n_noise=50, flip=0.1):
    """XOR of two 4-level columns cut in half, flipped with a small chance, among noise."""
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (n, 2 + n_noise))
    return X, (X[:, 0] > 1) ^ (X[:, 1] > 1) ^ (rng.random(n) < flip)


def _tables(x, z, y):
    """Counts of shape (n_z, n_x, n_y)."""
    table = np.zeros((z.max() + 1, x.max() + 1, y.max() + 1), dtype=int)
    np.add.at(table, (z, x, y), 1)
    return table


@pytest.mark.parametrize("seed", range(3))
def test_a_balanced_xor_is_found_among_noise(seed):
    """I(i, j; Y) = log 2 - H(0.1), of which no column tells anything alone."""
    X, y = _cut_xor(seed)
    pairs = mifs.pair_information(X, y, n_pairs=5)
    assert pairs.columns[0].tolist() == [0, 1]
    assert pairs.is_significant.tolist() == [True, False, False, False, False]
    known = np.log(2) - entropy([0.1, 0.9])
    # sd of the plug-in: sqrt(0.9 * 0.1 / 500) * log(9) = 0.03
    assert pairs.joint[0] == pytest.approx(known, abs=3 * 0.03)
    assert pairs.interaction[0] == pytest.approx(known, abs=3 * 0.03)
    assert (pairs.n_tested, pairs.level) == (52 * 51 // 2, 0.05 / (52 * 51 // 2))


@pytest.mark.parametrize("correction", ["chance", None])
def test_every_pair_is_what_single_questions_say(correction):
    """Joint and interaction information by the chain rule, p of each direction by its table."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 3, (120, 5))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + rng.integers(0, 2, 120)) % 3
    estimator = mifs.BinnedMI(correction=correction)
    pairs = mifs.pair_information(X, y, mi_estimator=estimator, alpha=1e-9)
    alone = mifs.mutual_info_classif(X, y, mi_estimator=estimator)
    assert len(pairs.columns) == 10
    for (i, j), joint, interaction, pvalue in zip(
        pairs.columns, pairs.joint, pairs.interaction, pairs.pvalue, strict=True
    ):
        both = [(X[:, i], X[:, j], alone[j]), (X[:, j], X[:, i], alone[i])]
        wanted = [
            relevance + mifs.conditional_mutual_info(x, y, z, mi_estimator=estimator)
            for x, z, relevance in both
        ]
        assert joint == pytest.approx(np.mean(wanted), abs=1e-12)
        assert interaction == pytest.approx(joint - alone[i] - alone[j], abs=1e-12)
        tests = [independence_tests(_tables(x, z, y)[None]).pvalue[0] for x, z, _ in both]
        assert pvalue == pytest.approx(max(tests), rel=1e-9)
    assert (np.diff(pairs.pvalue) >= 0).all()


@pytest.mark.parametrize("n_best", [1, 3, 20, 300])
def test_keeping_the_best_pairs_gives_the_first_of_all(n_best):
    """190 pairs; what is dropped on the way is never missed."""
    rng = np.random.default_rng(1)
    X = rng.integers(0, 3, (20, 200))
    y = (X[0] + X[1] + X[2] * X[3]) % 2
    source, every = counted(X, y), np.ones(20, dtype=bool)
    everything = significant_pairs(source, every, 1.0)
    assert len(everything) == 190
    assert significant_pairs(source, every, 1.0, n_best=n_best) == everything[:n_best]
    level = everything[7].pvalue
    assert significant_pairs(source, every, level) == everything[:8]


def test_pairs_whose_p_values_underflow_are_ranked_by_what_each_adds():
    """Three noisy copies of the three bits of Y; all p are zero, and 0 adds the least."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, (20_000, 3))
    X = np.where(rng.random(bits.shape) < [0.2, 0.1, 0.01], 1 - bits, bits)
    pairs = mifs.pair_information(X, bits @ [1, 2, 4])
    assert (pairs.pvalue == 0).all()
    assert pairs.columns[0].tolist() == [1, 2]


def test_the_order_of_the_columns_only_renames_the_pairs():
    X, y = _cut_xor(3, n_noise=8)
    order = np.random.default_rng(0).permutation(10)
    plain = mifs.pair_information(X, y, n_pairs=45)
    moved = mifs.pair_information(X[:, order], y, n_pairs=45)
    np.testing.assert_array_equal(np.sort(order[moved.columns], axis=1), plain.columns)
    np.testing.assert_allclose(moved.joint, plain.joint, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(moved.pvalue, plain.pvalue)


def test_binary_pairs_near_the_level_are_summed_exactly():
    """Two binary columns of 60 rows, whose smooth tail would be too small."""
    z, x = np.repeat([0, 1], 30), np.tile([0, 1], 30)
    y = x ^ z
    y[[0, 1, 2, 7, 31, 32, 33, 38, 44, 50, 9, 15, 20, 45]] ^= 1
    pairs = mifs.pair_information(np.column_stack([x, z]), y)
    wanted = max(
        exact_conditional_p_value(_tables(x, z, y)), exact_conditional_p_value(_tables(z, x, y))
    )
    smooth = max(independence_tests(_tables(a, b, y)[None]).pvalue[0] for a, b in ((x, z), (z, x)))
    assert pairs.method.tolist() == ["exact"]
    assert pairs.pvalue[0] == pytest.approx(wanted, rel=1e-12)
    assert pairs.pvalue[0] > smooth


@pytest.mark.parametrize("n_levels", [2, 4])
def test_noise_has_no_significant_pair_but_by_chance(n_levels):
    """Share of 60 tables with any, at most alpha + 3 se; the larger of two p is conservative."""
    rng = np.random.default_rng(n_levels)
    found = 0
    for _ in range(60):
        X, y = rng.integers(0, n_levels, (100, 8)), rng.integers(0, 2, 100)
        found += mifs.pair_information(X, y, n_pairs=3).is_significant.any()
    assert found <= 60 * 0.05 + 3 * np.sqrt(60 * 0.05 * 0.95)


@pytest.mark.parametrize(("unit", "size"), [("nats", 1.0), ("bits", np.log(2))])
def test_the_frame_says_names_and_units(unit, size):
    X, y = _cut_xor(0, n_noise=3)
    table = pd.DataFrame(X, columns=list("abcde"))
    pairs = mifs.pair_information(table, y, n_pairs=2)
    frame = pairs.frame(unit=unit)
    assert list(frame.columns) == [
        "first", "second", f"joint [{unit}]", f"interaction [{unit}]",
        "p", "method", "doubtful", "significant",
    ]  # fmt: skip
    assert frame.loc[0, ["first", "second"]].tolist() == ["a", "b"]
    np.testing.assert_allclose(frame[f"joint [{unit}]"] * size, pairs.joint, rtol=1e-15)


def test_numbers_and_labels_go_together():
    """The sign of a number by a label: neither tells anything alone."""
    rng = np.random.default_rng(0)
    number, label = rng.normal(size=400), rng.choice(["left", "right"], 400)
    X = pd.DataFrame({"noise": rng.normal(size=400), "label": label, "number": number})
    pairs = mifs.pair_information(X, (number > 0) == (label == "left"))
    assert pairs.columns[0].tolist() == [1, 2]
    assert pairs.is_significant.tolist() == [True, False, False]


def test_a_refused_budget_says_its_size():
    with pytest.raises(ValueError, match=r"pairs of 40 columns are 780, times the rows 7.8e\+04"):
        mifs.pair_information(np.eye(100, 40), np.arange(100) % 2, budget=5e4)


def test_the_gate_refuses_by_the_same_words():
    source = counted(np.eye(10, 30, dtype=int), np.arange(30) % 2)
    source.n_samples = 10**9
    with pytest.raises(ValueError, match=r"pairs of 10 columns are 45, .* interactions=False"):
        GatedDoor(
            Gate(interactions=True), source, np.ones(10, dtype=bool), np.random.default_rng(0)
        )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n_pairs": 0}, "n_pairs must be a whole number of at least 1; got 0"),
        ({"n_pairs": 2.0}, "n_pairs must be a whole number of at least 1; got 2.0"),
        ({"alpha": 0.0}, "alpha must lie between 0 and 1; got 0.0"),
        ({"alpha": "5 %"}, "alpha must lie between 0 and 1; got '5 %'"),
        ({"budget": -1}, "budget must be a number above 0, pairs times rows; got -1"),
        ({"X": [[1], [2], [3]]}, "X has a single column; a pair needs two"),
        ({"X": [[1, 2], [2, np.inf], [3, 4]]}, "infinity in column 1"),
        ({"y": [1, 1, 1]}, "a single class"),
    ],
)
def test_bad_input_is_refused(changed, message):
    given = {"X": [[1, 2], [2, 1], [3, 4]], "y": [0, 1, 0]} | changed
    with pytest.raises(ValueError, match=message):
        mifs.pair_information(given.pop("X"), given.pop("y"), **given)
