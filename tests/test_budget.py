"""Promised against delivered: closed forms, every reading, steps, and the figure."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, asdict, replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from scipy.stats import entropy
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingRegressor,
)
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import KFold, LeaveOneOut, RepeatedStratifiedKFold
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from mifs.budget import BudgetStep, InformationBudget, information_budget, measure
from mifs.datasets import make_gaussian_classes, make_normal_pair, make_quadrants
from mifs.encoding import TypedTable
from mifs.information import mutual_info_classif, neighbor_estimate
from mifs.metrics import cross_val_information
from mifs.mi_estimators import BinnedMI
from mifs.plots import InformationBudgetDisplay
from mifs.selectors import MutualInfoSelector, MutualInfoSelectorCV

EXACT = {"rel": 0, "abs": 1e-12}
QUADRANTS = make_quadrants(1500, random_state=8)
FOREST = RandomForestClassifier(200, min_samples_leaf=10, random_state=0)


@pytest.fixture(scope="module")
def stairs():
    """A class told by two of four named columns, the second weaker, and a budget of it."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 600)
    X = pd.DataFrame(rng.normal(size=(600, 4)), columns=["noise", "strong", "weak", "more"])
    X["strong"] += 1.6 * y
    X["weak"] += 0.9 * y
    pipeline = make_pipeline(
        StandardScaler(),
        MutualInfoSelector(n_features_to_select=3, discrete_target=True),
        GaussianNB(),
    )
    return X, y, pipeline, information_budget(pipeline, X, y)


# ------------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("seed", range(3))
def test_gain_forecast_promise_and_truth_are_in_order_within_three_errors(seed):
    sample = make_gaussian_classes(1000, random_state=seed)
    found = information_budget(GaussianNB(), sample.X, sample.y)
    assert found.gain <= found.forecast + 3 * found.wasted_error
    assert found.forecast <= sample.information + 3 * found.forecast_error
    assert abs(found.promised - sample.information) < 3 * found.promised_error
    assert found.entropy == pytest.approx(entropy(np.bincount(sample.y)), **EXACT)
    assert found.gain == pytest.approx(found.forecast - found.wasted, **EXACT)


def test_folds_of_several_jobs_are_those_of_one(stairs):
    X, y, pipeline, found = stairs
    np.testing.assert_equal(
        asdict(information_budget(pipeline, X, y, n_jobs=2)), asdict(found), strict=True
    )


def test_both_sides_are_what_the_functions_give(stairs):
    X, y, pipeline, found = stairs
    delivered = cross_val_information(pipeline, X, y)
    assert found.gain == pytest.approx(delivered.gain, **EXACT)
    assert found.gain_error == pytest.approx(delivered.standard_error, **EXACT)
    selected = StandardScaler().fit_transform(X[list(found.features)])
    assert found.promised == pytest.approx(neighbor_estimate(selected, y).raw, **EXACT)


def test_the_error_of_the_promise_is_the_spread_of_samples():
    """25 samples: their spread is known to 1 / sqrt(48) = 14 %, three of which and the excess of
    the jackknife, a quarter at 150 rows as measured, make 67 %.
    """
    found = [
        information_budget(DecisionTreeClassifier(max_depth=1), s.X, s.y, n_permutations=0)
        for s in (make_quadrants(300, random_state=seed) for seed in range(25))
    ]
    spread = np.std([each.promised for each in found], ddof=1)
    assert spread * 0.6 < np.mean([each.promised_error for each in found]) < spread * 1.67


def test_the_names_are_those_of_the_table_in_order_of_choice(stairs):
    _, _, _, found = stairs
    assert found.features[:2] == ("strong", "weak")
    assert [step.feature for step in found.steps] == list(found.features)


def test_an_array_has_names_by_number_and_no_selector_selects_all():
    found = information_budget(GaussianNB(), QUADRANTS.X[:200], QUADRANTS.y[:200])
    assert (found.features, found.steps) == (("x0", "x1"), ())
    assert found.n_folds == found.n_folds_agreeing == 5


def test_many_columns_without_a_selector_are_warned_of_before_any_fold(monkeypatch):
    y = QUADRANTS.y[:60]
    X = np.random.default_rng(0).integers(0, 3, (60, 101))

    def fold(*_):
        raise AssertionError

    monkeypatch.setattr(measure, "_fold", fold)
    said = "no selector, and all 101 columns .* Put a selector before the model"
    with pytest.warns(UserWarning, match=said), pytest.raises(AssertionError):
        information_budget(MultinomialNB(), X, y)
    with pytest.raises(AssertionError):  # and of no fewer, nor of what a selector chose
        information_budget(MultinomialNB(), X[:, :100], y)
    with pytest.raises(AssertionError):
        information_budget(make_pipeline(SelectKBest(k="all"), MultinomialNB()), X, y)


def test_a_table_is_read_once_for_each_selection_however_many_columns_it_has(monkeypatch):
    y = QUADRANTS.y[:60]
    X = np.random.default_rng(0).integers(0, 3, (60, 30))
    read, kept = [], TypedTable.kept
    monkeypatch.setattr(TypedTable, "kept", lambda table: read.append(table) or kept(table))
    information_budget(MultinomialNB(), X, y, n_permutations=0)
    assert len(read) == 1 + 5  # by all rows, and in each fold


def test_a_selector_without_an_order_has_no_steps(stairs):
    X, y, _, _ = stairs
    pipeline = make_pipeline(SelectKBest(mutual_info_classif, k=2), GaussianNB())
    found = information_budget(pipeline, X, y)
    assert (found.features, found.steps) == (("strong", "weak"), ())


def test_a_selector_that_predicts_selects(stairs):
    X, y, _, _ = stairs
    chooser = MutualInfoSelectorCV(GaussianNB(), n_features_to_try=[2])
    found = information_budget(make_pipeline(StandardScaler(), chooser), X, y, n_permutations=0)
    assert found.features == ("strong", "weak")
    assert [step.feature for step in found.steps] == list(found.features)
    assert found.steps[-1].delivered == pytest.approx(found.gain, **EXACT)
    alone = information_budget(chooser, X, y, n_permutations=0)
    assert (alone.features, alone.n_samples) == (found.features, 600)


def test_rows_scored_twice_make_no_error_smaller(stairs):
    X, y, _, _ = stairs
    once, twice = (
        information_budget(
            GaussianNB(),
            X,
            y,
            cv=RepeatedStratifiedKFold(n_splits=5, n_repeats=n, random_state=0),
            n_permutations=0,
        )
        for n in (1, 2)
    )
    # the entropy is the same number of the same rows
    assert twice.entropy_error == pytest.approx(once.entropy_error, rel=1e-12)
    # nearly the same forecasts, told twice: counted as rows the error would be smaller by 29 %
    assert twice.forecast_error == pytest.approx(once.forecast_error, rel=0.1)


def test_steps_add_up_and_end_in_the_whole(stairs):
    _, _, _, found = stairs
    assert sum(step.promised_added for step in found.steps) == pytest.approx(
        found.promised, **EXACT
    )
    assert sum(step.delivered_added for step in found.steps) == pytest.approx(found.gain, **EXACT)
    last = found.steps[-1]
    assert (last.promised, last.promised_error) == (found.promised, found.promised_error)
    assert last.delivered == pytest.approx(found.gain, **EXACT)
    strong, weak, useless = found.steps
    for step in (strong, weak):
        assert step.promised_added > step.promised_added_error
        assert step.delivered_added > 2 * step.delivered_added_error
    assert useless.delivered_added < 2 * useless.delivered_added_error
    assert useless.promised_added < 2 * useless.promised_added_error


def test_labels_in_a_column_and_labels_as_classes_have_a_budget():
    rng = np.random.default_rng(0)
    y = np.array(["no", "yes"])[rng.integers(0, 2, 300)]
    colour = np.where(rng.random(300) < 0.8, np.where(y == "yes", "red", "blue"), "green")
    X = pd.DataFrame({"noise": rng.normal(size=300), "colour": colour})
    pipeline = make_pipeline(
        MutualInfoSelector(n_features_to_select=1).set_output(transform="pandas"),
        OneHotEncoder(),
        LogisticRegression(C=100),
    )
    found = information_budget(pipeline, X, y)
    assert found.features == ("colour",)
    # a fifth of the rows tell nothing, the others all of H(Y)
    assert found.promised == pytest.approx(0.8 * found.entropy, abs=3 * found.promised_error)
    assert found.gain == pytest.approx(0.8 * found.entropy, abs=3 * found.gain_error)
    assert found.reading[0].startswith("The model delivers what the estimate sees")


def test_missing_values_tell_what_they_tell():
    """A feature that is missing in one class alone and says nothing else holds all of H(Y)."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    X = np.column_stack([rng.normal(size=400), np.where(y == 1, np.nan, rng.normal(size=400))])
    pipeline = make_pipeline(
        MutualInfoSelector(n_features_to_select=1), HistGradientBoostingClassifier()
    )
    found = information_budget(pipeline, X, y)
    assert found.features == ("x1",)
    assert found.promised == pytest.approx(found.entropy, abs=3 * found.promised_error + 0.01)
    assert found.gain == pytest.approx(found.entropy, abs=0.01)


def test_sparse_columns_are_measured_as_dense_ones():
    X, y = QUADRANTS.X[:300], QUADRANTS.y[:300]
    dense, sparse = (
        information_budget(LogisticRegression(), Z, y, n_permutations=0) for Z in (X, csr_array(X))
    )
    assert sparse.promised == dense.promised
    assert sparse.gain == pytest.approx(dense.gain, abs=1e-6)  # other steps of the same solver


def test_a_disagreement_of_the_folds_is_said():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100, 50)), rng.integers(0, 2, 100)
    pipeline = make_pipeline(MutualInfoSelector(n_features_to_select=3), GaussianNB())
    found = information_budget(pipeline, X, y, steps=False)
    assert found.n_folds_agreeing < 5
    n_others = 5 - found.n_folds_agreeing
    assert f"{n_others} of 5 folds selected other columns" in found.remarks[-1]


def test_folds_of_a_row_have_no_p_value():
    found = information_budget(GaussianNB(), QUADRANTS.X[:60], QUADRANTS.y[:60], cv=LeaveOneOut())
    assert np.isnan(found.promised_pvalue)
    assert found.n_folds == 60


def test_a_regressor_has_a_budget_in_normal_scores():
    sample = make_normal_pair(1000, correlation=0.8, random_state=0)
    found = information_budget(LinearRegression(), sample.X, sample.y)
    assert np.isnan(found.entropy)
    for value, error in (
        (found.promised, found.promised_error),
        (found.forecast, found.forecast_error),
        (found.gain, found.gain_error),
    ):
        assert abs(value - sample.information) < 3 * error
    assert found.gain == pytest.approx(found.forecast - found.wasted, **EXACT)
    assert "delivers what the estimate sees" in found.reading[0]


# ----------------------------------------------------------------------- the readings


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (LogisticRegression(), ["does not use the rest"]),
        (FOREST, ["delivers what the estimate sees"]),
        (KNeighborsClassifier(15), ["does not use the rest", "Recalibrate", "Smooth"]),
    ],
    ids=["line", "forest", "neighbours"],
)
def test_models_of_the_quadrants_are_read_as_published(model, words):
    found = information_budget(model, QUADRANTS.X, QUADRANTS.y, unit="nats")
    assert abs(found.promised - QUADRANTS.information) < 3 * found.promised_error
    assert found.promised_pvalue == 0.01
    assert len(found.reading) == len(words)
    assert all(word in said for word, said in zip(words, found.reading, strict=True))


def test_noise_selected_by_the_same_rows_is_told_from_information():
    """The rows held out say what the rows that selected cannot."""
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(200, 300)), rng.integers(0, 2, 200)
    pipeline = make_pipeline(MutualInfoSelector(n_features_to_select=3), LogisticRegression())
    found = information_budget(pipeline, X, y, steps=False)
    assert found.promised_pvalue > 0.05
    assert found.gain < 2 * found.gain_error
    assert found.reading[0].startswith("Nothing here can be told from chance")


def test_an_estimate_below_a_lower_bound_is_refuted():
    """Forty columns, each telling a little: neighbours see less of it than a sum does."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 1000)
    X = rng.normal(size=(1000, 40)) + 0.4 * y[:, None]
    found = information_budget(LogisticRegression(), X, y, n_permutations=0)
    assert found.is_refuted
    assert "is refuted" in found.reading[0]
    assert any("40 numbers a side are many" in remark for remark in found.remarks)


def test_a_promise_of_four_numbers_says_that_it_can_be_low():
    """Two columns of noise take the estimate of the quadrants further down than its error tells."""
    noise = np.random.default_rng(2).normal(size=(1500, 2))
    X = np.column_stack([QUADRANTS.X, noise])
    found = information_budget(GaussianNB(), X, QUADRANTS.y, n_permutations=0)
    assert QUADRANTS.information - found.promised > 2 * found.promised_error
    assert any("4 numbers a side are many: the estimate can be too low" in r for r in found.remarks)


def test_columns_that_tell_classes_apart_promise_their_entropy_and_no_more():
    """The estimate is too high by (K - 1) / 2n nats, and an estimate at its ceiling is not low."""
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, 100)
    shift = 1.5 * (np.add.outer(y, np.arange(10)) % 3 - 1)
    X = rng.normal(size=(100, 10)) + shift
    found = information_budget(GaussianNB(), X, y)
    assert neighbor_estimate(X, y).raw > found.entropy
    assert found.promised == pytest.approx(found.entropy, **EXACT)
    assert found.promised_error > 0
    assert not any("too low" in said for said in (*found.remarks, *found.reading))
    steps = information_budget(MutualInfoSelectorCV(GaussianNB()), X, y, n_permutations=0).steps
    assert max(step.promised for step in steps) <= found.entropy + EXACT["abs"]


EVEN = InformationBudget(
    entropy=0.69,
    entropy_error=0.01,
    promised=0.3,
    promised_error=0.02,
    promised_pvalue=0.01,
    forecast=0.3,
    forecast_error=0.02,
    gain=0.3,
    gain_error=0.02,
    wasted=0.0,
    wasted_error=0.005,
    features=("a",),
    n_folds=5,
    n_folds_agreeing=5,
    n_zero=0,
    n_samples=1000,
    steps=(),
    remarks=(),
    unit="nats",
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["delivers what"]),
        ({"promised": 0.35}, ["delivers what"]),  # 0.05 is below 2 * 0.028
        ({"promised": 0.36}, ["does not use the rest"]),
        ({"gain": 0.2, "wasted": 0.1}, ["Recalibrate"]),
        ({"gain": 0.295, "wasted": 0.005, "wasted_error": 0.001}, ["delivers what"]),
        # a forecast that holds a trifle of the promise, or nothing surely, does not rank well
        (
            {"forecast": 0.05, "gain": -0.15, "wasted": 0.2},
            ["shares of the classes.", "does not use", "surer than it has reason to be"],
        ),
        (
            {"forecast": 0.1, "forecast_error": 0.06, "promised": 0.2, "gain": 0.0, "wasted": 0.1},
            ["surer than it has reason to be"],
        ),
        (
            {"gain": -0.1, "wasted": 0.4, "folds_in_order": True},
            ["shares of the classes.", "ranks well", "such as StratifiedKFold(5, shuffle"],
        ),
        (
            {"gain": -0.1, "wasted": 0.4, "folds_in_order": True, "entropy": np.nan},
            ["guess the same for all rows.", "ranks well", "such as KFold(5, shuffle"],
        ),
        ({"promised": 0.5, "gain": 0.1, "wasted": 0.2}, ["does not use", "Recalibrate"]),
        ({"gain": 0.2, "wasted": 0.1, "wasted_error": 0.07}, ["delivers what"]),
        ({"gain": 0.2, "wasted": 0.1, "wasted_error": 0.07, "n_zero": 2}, ["In 2 of the held-out"]),
        ({"gain": 0.295, "wasted": 0.005, "n_zero": 2}, ["delivers what"]),
        ({"promised": 0.24}, ["refuted"]),
        ({"promised": 0.25}, ["delivers what"]),
        ({"forecast": 0.0, "gain": 0.0, "promised_pvalue": 0.3}, ["from chance"]),
        ({"forecast": 0.0, "gain": 0.0}, ["does not use the rest"]),
        (
            {"forecast": 0.0, "gain": 0.0, "promised": 0.03, "promised_pvalue": np.nan},
            ["from chance"],
        ),
    ],
)
def test_the_reading_follows_the_numbers(changes, words):
    found = replace(EVEN, **changes)
    assert len(found.reading) == len(words)
    assert all(word in said for word, said in zip(words, found.reading, strict=True))


def test_an_even_budget_claims_no_more_than_the_estimate_sees():
    """At the sharp edges of the sign of a product neighbours see 0.60 of 0.685 bits."""
    rng = np.random.default_rng(1)
    a = rng.normal(size=(1500, 3))
    y = np.sign(a[:, 0] * a[:, 1]) + 0.8 * a[:, 2] + 0.5 * rng.normal(size=1500) > 0
    solved = np.column_stack([a[:, 0] * a[:, 1] > 0, a[:, 2]])
    promised = information_budget(GaussianNB(), a, y, n_permutations=0, steps=False)
    better = cross_val_information(LogisticRegression(C=100), solved, y)
    assert promised.promised + 2 * promised.promised_error < 0.685 * np.log(2)
    assert better.gain > promised.promised + promised.promised_error
    even = replace(promised, forecast=promised.promised, gain=promised.promised, wasted=0.0)
    (said,) = even.reading
    assert "what the estimate sees in the columns" in said
    assert "can be low" in said
    assert "not from a better model" not in said


def test_of_a_model_that_delivers_all_of_the_entropy_no_more_is_asked():
    for promised, gain in ((0.69, 0.66), (0.65, 0.69)):
        (said,) = replace(EVEN, promised=promised, forecast=gain, gain=gain).reading
        assert said == "The model delivers H(Y), all that there is, within the errors."


def step(feature, promised, delivered):
    """One column more; what it added is not asked."""
    nothing = dict.fromkeys(
        ("promised_added", "promised_added_error", "delivered_added", "delivered_added_error"), 0.0
    )
    return BudgetStep(
        feature,
        promised=promised,
        promised_error=0.02,
        delivered=delivered,
        delivered_error=0.02,
        **nothing,
    )


@pytest.mark.parametrize(
    ("promised", "delivered", "words"),
    [
        ([0.2, 0.3], [0.2, 0.3], ["delivers what"]),
        ([0.3, 0.25], [0.3, 0.25], ["delivers what"]),  # 0.05 is below 2 * 0.028
        ([0.2, 0.3, 0.3], [0.25, 0.3, 0.2], ["with the first 2, but with c (column 3) only 0.2"]),
        ([0.2, 0.3, 0.3], [0.3, 0.2, 0.3], ["0.300 ± 0.020 nats with a, but with b (column 2)"]),
        ([0.4, 0.3, 0.3], [0.1, 0.2, 0.3], ["Information cannot fall"]),
        ([0.4, 0.3, 0.3], [0.3, 0.2, 0.1], ["leave that column out", "Information cannot fall"]),
    ],
)
def test_a_column_that_takes_away_is_named(promised, delivered, words):
    steps = tuple(map(step, "abc", promised, delivered))
    found = replace(EVEN, steps=steps)
    assert len(found.reading) == len(words)
    assert all(word in said for word, said in zip(words, found.reading, strict=True))


def test_neither_the_model_nor_the_columns_are_blamed_for_one_column():
    """Beside a column that harms, "the columns are fine" and "a richer model" are wrong advice."""
    steps = step("a", 0.3, 0.3), step("b", 0.3, -0.2)
    found = replace(EVEN, gain=-0.2, forecast=0.05, wasted=0.25, steps=steps)
    assert "leave that column out" in found.reading[0]
    assert "guess by the shares" in found.reading[1]
    assert len(found.reading) == 2
    unseen = replace(EVEN, gain=0.2, wasted=0.1)
    assert unseen.reading[0].endswith(
        "Recalibrate (CalibratedClassifierCV)."
    )  # nobody looked at the columns
    seen = replace(unseen, steps=steps[:1])
    assert seen.reading[0].endswith("(CalibratedClassifierCV); the columns are fine.")
    within = replace(seen, steps=(steps[0], replace(steps[1], delivered_error=0.4)))
    assert within.reading[0].endswith(
        "Recalibrate (CalibratedClassifierCV)."
    )  # a step falls, if within its error
    chance = replace(found, forecast=0.0, promised_pvalue=0.5)
    assert "leave that column out" in chance.reading[0]
    assert not any("Drop them" in said for said in chance.reading)


def test_a_regressor_that_overfits_is_told_of_a_line_that_ends_the_waste():
    rng = np.random.default_rng(0)
    X, noise = rng.normal(size=(600, 3)), rng.normal(size=600)
    y = X[:, 0] + noise
    tree = DecisionTreeRegressor(min_samples_leaf=3, random_state=0)
    lined = StackingRegressor([("model", tree)], LinearRegression())
    before, after = (information_budget(model, X, y, n_permutations=0) for model in (tree, lined))
    (advice,) = [said for said in before.reading if "waste" in said]
    assert "its predictions waste" in advice
    assert advice.endswith(
        "Put a line through its predictions (StackingRegressor with LinearRegression)."
    )
    assert before.wasted > 3 * before.wasted_error
    assert abs(after.wasted) < 0.01
    assert not any("waste" in said for said in after.reading)


def test_a_column_of_a_level_a_row_takes_away():
    """Four in five tickets are one of a kind: on held-out rows they are noise to a model."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    X = pd.DataFrame({"sex": np.where(rng.random(400) < 0.85, y, 1 - y)})
    X["ticket"] = [f"t{number}" for number in rng.integers(0, 300, 400)]
    model = OneHotEncoder(handle_unknown="ignore"), LogisticRegression(C=100)
    selector = MutualInfoSelector(include=["sex", "ticket"], n_features_to_select=2)
    found = information_budget(make_pipeline(selector, *model), X, y, n_permutations=0)
    assert "but with ticket (column 2) only" in found.reading[0]
    assert found.reading[0].endswith("leave that column out, or give it fewer levels.")
    assert "columns are fine" not in str(found)


# scikit-learn 1.7 warns of a target of many values wherever it looks at one.
@pytest.mark.filterwarnings("ignore:The number of unique classes is greater:UserWarning")
def test_a_classifier_of_numbers_is_told_so_first_and_once():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = np.round(20 * X[:, 0])
    found = information_budget(GaussianNB(), X, y, cv=KFold(5), n_permutations=0)
    assert found.is_of_numbers
    assert len(found.reading) == 1
    assert found.reading[0].startswith("y looks continuous")
    assert "use a regressor" in found.reading[0]
    assert str(found).endswith(found.reading[0])  # no remarks on numbers that mean nothing
    assert not information_budget(GaussianNB(), X, y > 0, n_permutations=0).is_of_numbers
    with pytest.raises(ValueError, match="use a regressor, or turn y into labels"):
        information_budget(GaussianNB(), X, y / 10)


def test_remarks_on_many_classes_are_cut_short():
    rng = np.random.default_rng(0)
    y = np.arange(60) // 6
    found = information_budget(
        GaussianNB(), rng.normal(size=(60, 2)), y, cv=KFold(5), n_permutations=0
    )
    assert sum(remark.startswith("Class ") for remark in found.remarks) == 3
    assert any(remark.endswith("more such remarks.") for remark in found.remarks)


@pytest.mark.parametrize("values", [[0, 1], [False, True], [3.0, 4.0, 5.0], [0.25, 0.5]])
def test_a_regressor_of_classes_is_told_so_first_and_only(values):
    """A coin, seen with a little noise, seemed to tell four bits."""
    rng = np.random.default_rng(0)
    y = np.array(values)[rng.integers(0, len(values), 1000)]
    X = (y + 0.02 * rng.normal(size=1000))[:, None]
    found = information_budget(LinearRegression(), X, y, n_permutations=0)
    assert found.forecast > np.log(len(values))
    assert found.is_of_classes
    assert len(found.reading) == 1
    assert found.reading[0].startswith("y looks like classes")
    assert str(found).endswith(found.reading[0])
    assert not information_budget(LinearRegression(), X, X[:, 0], n_permutations=0).is_of_classes


def test_a_first_column_that_harms_is_named_and_no_forecast_praised():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    wild = rng.standard_cauchy(500) * 1e6
    X = pd.DataFrame({"wild": wild, "good": y + 0.5 * rng.normal(size=500)})
    bare = information_budget(GaussianNB(), X, y, n_permutations=19)
    selector = MutualInfoSelector(include=["wild"], n_features_to_select=2)
    found = information_budget(make_pipeline(selector, GaussianNB()), X, y, n_permutations=19)
    assert any(said.startswith("With wild (column 1) alone") for said in found.reading)
    for each in (bare, found):
        assert "ranks well" not in str(each)
        assert "columns are fine" not in str(each)
        assert "fewer levels" not in str(each)
    assert "in some order" in bare.reading[-1]
    assert "in some order" not in str(replace(bare, folds_in_order=False))


# ------------------------------------------------------------------ frames and refusals


def test_frames_carry_their_unit(stairs):
    _, _, _, found = stairs
    bits, nats = found.frame(), found.frame(unit="nats")
    assert list(bits) == ["amount", "value [bits]", "standard error [bits]", "share of H(Y)"]
    np.testing.assert_allclose(bits["value [bits]"] * np.log(2), nats["value [nats]"], rtol=1e-15)
    assert bits["share of H(Y)"][0] == 1
    steps = found.steps_frame()
    assert list(steps)[:3] == ["feature", "promised [bits]", "promised, error [bits]"]
    assert len(steps) == 3


def test_the_budget_in_words(stairs):
    _, _, _, found = stairs
    lines = str(found).splitlines()
    assert lines[0] == "600 rows, 5 folds; ± one standard error"
    assert lines[1].startswith("H(Y)")
    assert lines[1].endswith("bits")
    assert lines[5] == found.reading[0]
    assert str(replace(EVEN, forecast=-1e-9)).count("-0.000") == 0


def test_a_budget_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        EVEN.gain = 1.0


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"unit": "bit"}, ValueError, "unit must be one of"),
        ({"zero": "raise"}, ValueError, "zero must be"),
        ({"mi_estimator": BinnedMI()}, TypeError, "needs NearestNeighborsMI"),
        ({"y": np.zeros(200)}, ValueError, "single class"),
        ({"y": np.eye(200)[:, :2]}, ValueError, "y has 2 columns; make one budget for each"),
        ({"estimator": "line"}, TypeError, "estimator has no fit; got 'line'"),
        ({"estimator": MutualInfoSelector()}, TypeError, "estimator predicts nothing; got Mutual"),
        ({"y": np.arange(3)}, ValueError, "inconsistent numbers of samples"),
    ],
)
def test_what_has_no_budget_is_refused(options, error, message):
    options = {"estimator": GaussianNB(), "y": QUADRANTS.y[:200]} | options
    with pytest.raises(error, match=message):
        information_budget(X=QUADRANTS.X[:200], **options)


# --------------------------------------------------------------------------- the figure


@pytest.fixture
def figures():
    """Draw without a screen, and close what was drawn."""
    matplotlib = pytest.importorskip("matplotlib", reason="needs matplotlib, of the extra 'plot'")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_the_figure_has_a_bar_for_each_amount_in_its_unit(figures, stairs):
    _, _, _, found = stairs
    display = InformationBudgetDisplay.from_budget(found)
    assert display.figure_ is display.ax_.figure
    widths = [bar.get_width() for bar in display.ax_.patches]
    np.testing.assert_allclose(widths, found.frame()["value [bits]"])
    assert "[bits]" in display.ax_.get_xlabel()
    assert [text.get_text() for text in display.ax_.get_yticklabels()] == list(
        found.frame()["amount"]
    )


def test_the_figure_of_the_steps(figures, stairs):
    X, y, pipeline, found = stairs
    _, ax = figures.subplots()
    display = InformationBudgetDisplay.from_budget(found, kind="steps", ax=ax)
    assert display.ax_ is ax
    assert ax.get_xticklabels()[0].get_text() == "+ strong"
    assert "[bits]" in ax.get_ylabel()
    measured = InformationBudgetDisplay.from_estimator(pipeline, X, y, unit="nats", kind="steps")
    assert measured.budget.gain == found.gain
    assert "[nats]" in measured.ax_.get_ylabel()


def test_a_continuous_target_has_no_bar_for_its_entropy(figures):
    display = InformationBudgetDisplay(replace(EVEN, entropy=np.nan)).plot()
    assert len(display.ax_.patches) == 3
    assert display.ax_.get_yticklabels()[-1].get_text() == "delivered, normal loss - cross-entropy"


@pytest.mark.parametrize(("kind", "message"), [("bars", "kind must be"), ("steps", "no steps")])
def test_what_cannot_be_drawn_is_refused(kind, message):
    with pytest.raises(ValueError, match=message):
        InformationBudgetDisplay(EVEN).plot(kind=kind)


def test_matplotlib_is_loaded_only_to_draw():
    code = (
        "import sys, mifs\n"
        "from mifs.datasets import make_quadrants\n"
        "from sklearn.naive_bayes import GaussianNB, MultinomialNB\n"
        "s = make_quadrants(60, random_state=0)\n"
        "budget = mifs.information_budget(GaussianNB(), s.X, s.y)\n"
        "mifs.InformationBudgetDisplay(budget)\n"
        "print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
