"""What a report says: numbers of the selector, and those that it measures itself."""

import inspect
import json
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from scipy.stats import pearson3
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest
from sklearn.naive_bayes import GaussianNB

from mifs import (
    BinnedMI,
    MutualInfoSelector,
    MutualInfoSelectorCV,
    NearestNeighborsMI,
    Report,
    StabilitySelector,
    conditional_mutual_info,
    mutual_info,
    rank_features,
)
from mifs.report import answer, captions, words
from mifs.report.model import SELECTION_SAW
from mifs.report.svg import bar_class, tint_class
from mifs.significance import moments_of_margins

LN2 = np.log(2)


@pytest.fixture(scope="module")
def cancer():
    data = load_breast_cancer(as_frame=True)
    return data.data, pd.Series(data.target_names[data.target], name="diagnosis")


@pytest.fixture(scope="module")
def fitted(cancer):
    return MutualInfoSelector().fit(*cancer)


@pytest.fixture(scope="module")
def report(cancer, fitted):
    return Report.of(fitted, *cancer)


@pytest.fixture
def people():
    """Labels with gaps, a copy, a constant and noise; 240 rows."""
    rng = np.random.default_rng(0)
    a, b, noise = rng.integers(0, 2, (3, 240))
    town = np.array([f"town {i}" for i in rng.integers(0, 20, 240)], dtype=object)
    town[:30] = None
    X = pd.DataFrame({"a": a, "a again": a, "b": b, "town": town, "one": 1, "noise": noise})
    return X, np.where(a + b > 1, "yes", "no")


# ---------------------------------------------------------------- the selector's numbers


def test_ranking_holds_the_numbers_of_the_selector(report, fitted):
    frame = fitted.ranking_frame(unit="bits")
    own = report.frame()
    for header in ("rank", "feature", "kind", "selected", "score [bits]", "relevance [bits]"):
        assert own[header].tolist() == frame[header].tolist()
    for header in ("redundancy [bits]", "p alone", "p given"):
        np.testing.assert_array_equal(own[header], frame[header])
    # 212 malignant and 357 benign
    p = 212 / 569
    entropy = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    assert report.headline.entropy == pytest.approx(entropy, abs=1e-11)
    np.testing.assert_allclose(own["of H(Y)"], frame["relevance [bits]"] / entropy, atol=1e-10)
    assert report.headline.promise == fitted.promise_
    assert report.headline.target == "diagnosis"


def test_plug_in_is_that_of_the_observed_shares(report, cancer):
    X, y = cancer
    plug_in = report.frame().set_index("feature")["plug-in [bits]"]
    for name in ("worst area", "texture error"):
        observed = mutual_info(X[name], y, base=2, mi_estimator=BinnedMI(correction=None))
        assert plug_in[name] == pytest.approx(observed, abs=1e-11)


def test_units_are_one_number_in_three_sizes(cancer, fitted, report):
    nats = Report.of(fitted, *cancer, unit="nats")
    assert nats.headline.entropy / LN2 == pytest.approx(report.headline.entropy)
    assert nats.joint.information / LN2 == pytest.approx(report.joint.information)
    for one, other in zip(nats.path, report.path, strict=True):
        assert one.score / LN2 == pytest.approx(other.score)
        assert one.floor / LN2 == pytest.approx(other.floor)
    assert "relevance [nats]" in nats.to_text()


def test_a_copy_is_left_out_because_of_its_twin_which_leaves_nothing(people):
    found = {one.feature: one for one in rank_features(*people).why_not}
    twin = found["a again"]
    assert twin.redundant_with == "a"
    assert twin.left == 0  # all of it is known given the twin
    assert twin.relevance > 0.2
    assert twin.reason.startswith("given a: p = ")


def test_why_not_gives_the_test_and_the_level_of_the_selector(report, fitted):
    frame = fitted.why_not_frame(unit="bits").head(len(report.why_not))
    for header in ("feature", "reason", "p", "level", "method", "doubtful"):
        assert [getattr(one, header) for one in report.why_not] == frame[header].tolist()


def test_left_is_the_conditional_information_of_a_fit_that_only_had_those(cancer, report):
    X, y = cancer
    one = report.why_not[0]
    pair = MutualInfoSelector("cmi", 2, include=[one.redundant_with, one.feature])
    pair.fit(X[[one.redundant_with, one.feature]], y)
    assert one.left == pytest.approx(pair.scores_[1] / LN2, abs=1e-11)


def test_redundancy_map_is_symmetric_and_that_of_the_columns(people):
    X, y = people
    shared = rank_features(X, y, n_features_to_select="all", exclude=["town"]).redundancy
    values = np.array(shared.values)
    np.testing.assert_array_equal(values, values.T)
    assert np.isnan(np.diag(values)).all()
    i, j = shared.features.index("a"), shared.features.index("b")
    measured = mutual_info(X["a"], X["b"], base=2)
    assert values[i, j] == pytest.approx(measured, abs=1e-11)


def test_warnings_are_of_all_columns(people):
    about = {warning.sentence: warning.features for warning in rank_features(*people).warnings}
    assert about["constant"] == ("one",)
    assert about["equal to a in every row"] == ("a again",)


# ---------------------------------------------------------------- measured for the report


def test_joint_information_of_both_halves_of_an_xor_is_one_bit():
    """Two coins, and whether they agree: nothing alone, one bit together, less chance's 3/2n."""
    coins = np.array([[a, b] for a in (0, 1) for b in (0, 1)] * 250)
    report = rank_features(coins, coins.sum(axis=1) == 1, n_features_to_select=2)
    assert [step.joint for step in report.path] == [
        pytest.approx(-1 / 2000 / LN2, abs=1e-5),
        pytest.approx(1 - 3 / 2000 / LN2, abs=1e-5),
    ]
    assert report.joint.n_features == 2
    assert not report.joint.remark


def test_joint_information_is_not_given_for_tables_too_large_to_count(report):
    known = [step.joint for step in report.path if not np.isnan(step.joint)]
    assert len(known) == report.joint.n_features < len(report.path)
    assert "too many to count" in report.joint.remark
    assert known == sorted(known)  # information cannot fall as columns are added


@pytest.mark.parametrize(("n_rows", "is_counted"), [(3000, True), (1500, False)])
def test_joint_information_is_given_where_it_is_short_by_about_a_tenth_at_most(n_rows, is_counted):
    """A sum modulo ten of two digits: 3.322 bits, the worst case, of which chance takes most."""
    digits = np.random.default_rng(0).integers(0, 10, (n_rows, 2))
    found = rank_features(digits, digits.sum(axis=1) % 10, n_features_to_select=2)
    assert found.joint.n_features == 1 + is_counted
    if is_counted:
        assert 0.89 * np.log2(10) < found.joint.information < np.log2(10)
    else:
        assert "by the first alone; all 2 hold as much or more" in words.joint_words(found)
        assert "Joint: of the first alone, as 2 columns together" in captions.path(found)


def test_where_the_joint_estimate_falls_the_most_is_said_and_that_it_cannot_fall():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"all": rng.integers(0, 2, 1000), "noise": rng.integers(0, 30, 1000)})
    found = rank_features(X, X["all"], n_features_to_select=2)
    first, both = (step.joint for step in found.path)
    assert both < first == found.joint.information
    assert found.joint.n_features == 1
    for said in (words.joint_words(found), captions.path(found)):
        assert "falls as columns are added, which information cannot" in said
    assert "The first alone tells" in answer.gist(found)[-1]


def test_floor_is_what_every_term_must_pass():
    """SciPy's Pearson III quantile with the law's moments, of each term of the least."""
    rng = np.random.default_rng(1)
    X = pd.DataFrame(rng.integers(0, 3, (400, 4)), columns=list("abcd"))
    y = (X["a"] + X["b"] + rng.integers(0, 2, 400)) > 2
    report = rank_features(X, y, n_features_to_select=2, unit="nats")
    (one, other), (first, second) = [X[step.feature] for step in report.path], report.path

    def quantile(*margins):
        law = moments_of_margins(*margins)
        skew = law.third / law.variance**1.5
        return pearson3.isf(report.floor_level, skew, scale=np.sqrt(law.variance)) / 400

    assert report.floor_level == 0.05 / 4
    assert first.floor == pytest.approx(quantile(np.bincount(one), np.bincount(y)), rel=1e-6)
    alone = mutual_info(other, y) - quantile(np.bincount(other), np.bincount(y))
    strata = [pd.crosstab(one, column).to_numpy() for column in (other, y)]
    given = conditional_mutual_info(other, y, one) - quantile(*strata)
    assert second.score - second.floor == pytest.approx(min(alone, given), rel=1e-6)


def test_there_is_no_floor_where_weights_make_more_rows_than_a_test_holds():
    """Those of a survey, which sum to the people of a country."""
    y, weights = np.arange(200) % 2, np.full(200, 2_000_000)
    found = rank_features(y[:, None], y, n_features_to_select=1, sample_weight=weights)
    assert np.isnan(found.path[0].floor)


def test_what_the_gate_lets_in_lies_above_the_floor(report, people):
    for found in (report, rank_features(*people)):
        assert all(step.score > step.floor for step in found.path)


def test_a_column_that_says_nothing_passes_the_floor_about_as_often_as_its_level():
    """120 columns at a chance of 0.1: 12 expected, and 3 to 23 in 999 of 1000 runs."""
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, 500)
    above = 0
    X = rng.integers(0, 4, (500, 120))
    relevance = MutualInfoSelector(n_features_to_select=1).fit(X, y).relevance_
    for column in range(120):
        one = rank_features(X[:, [column]], y, n_features_to_select=1, alpha=0.1, unit="nats")
        above += relevance[column] > one.path[0].floor
    assert 3 <= above <= 23


def test_panels_count_what_a_table_of_both_counts(people):
    X, y = people
    report = rank_features(X, y, include=["town"], n_features_to_select=3)
    panel = report.panels[0]
    assert panel.feature == "town"
    assert panel.headers == ("no", "yes")
    *levels, others, missing, everything = panel.rows
    assert len(levels) == 12
    assert (others.label, panel.n_others) == ("8 others", 8)
    assert (missing.label, missing.is_value, missing.count) == ("missing", False, 30)
    assert everything.count == sum(row.count for row in panel.rows[:-1]) == 240
    shares = pd.crosstab(X["town"], y, normalize="index")
    for row in levels:
        assert row.target == pytest.approx(tuple(shares.loc[row.label]))
    counts = X["town"].value_counts()
    assert [row.count for row in levels] == sorted(counts, reverse=True)[:12]


SIZES = ("low", "mid", "high", "none")  # the last is met nowhere


def pandas_sizes(labels):
    return pd.Series(pd.Categorical(labels, SIZES, ordered=True))


def arrow_sizes(labels):
    places = pa.array([None if label is None else SIZES.index(label) for label in labels])
    return pa.chunked_array([pa.DictionaryArray.from_arrays(places, pa.array(SIZES), ordered=True)])


@pytest.mark.parametrize(
    ("series", "frame"),
    [
        (pandas_sizes, pd.DataFrame),
        (lambda labels: pl.Series(labels, dtype=pl.Enum(SIZES)), pl.DataFrame),
        (arrow_sizes, pa.table),
    ],
)
@pytest.mark.parametrize("values", [True, False])
def test_ordered_levels_and_classes_are_listed_in_their_order(series, frame, values):
    labels = ["low", "mid", "high", None] * 40
    classes = ["high", "low", "mid", "low"] * 40
    one = rank_features(frame({"size": series(labels)}), series(classes), values=values)
    panel = one.panels[0]
    heads, rows = SIZES[:3], SIZES[:3]
    if not values:
        heads, rows = (tuple(f"{what} {i}" for i in (1, 2, 3)) for what in ("class", "level"))
    assert panel.headers == heads
    assert tuple(row.label for row in panel.rows) == (*rows, "missing", "all rows")
    shares = [row.target for row in panel.rows]
    assert shares == [(0, 0, 1), (1, 0, 0), (0, 1, 0), (1, 0, 0), (0.5, 0.25, 0.25)]
    plain = rank_features(pd.DataFrame({"size": labels}), classes)
    assert one.ranking[0].relevance == plain.ranking[0].relevance
    assert [row.label for row in plain.panels[0].rows[:3]] == ["high", "low", "mid"]


def test_many_ordered_levels_and_numbers_that_are_classes_keep_their_order():
    months = [f"m{month}" for month in range(1, 16)]
    labels = np.repeat(months, range(20, 5, -1))[::-1]
    grades = pd.Categorical(np.where(np.char.str_len(labels) > 2, 1, 2), [3, 2, 1], ordered=True)
    X = pd.DataFrame({"month": pd.Categorical(labels, months, ordered=True)})
    for y in (grades, pd.Series(grades), pd.DataFrame({"y": grades, "z": grades})):
        panel = rank_features(X, y).panels[0]
        assert [row.label for row in panel.rows] == [*months[:12], "3 others", "all rows"]
        assert [header[-1] for header in panel.headers[:2]] == ["2", "1"]


@pytest.mark.parametrize("as_type", [float, "ordered"])
def test_many_ordered_classes_keep_their_ends_and_merge_neighbours_only_if_room_is_short(as_type):
    """The worst and the best wine are few, and what is asked for."""

    def headers(n_rows_of, *, values=True):
        labels = list(range(3, 3 + len(n_rows_of)))
        y = pd.Series(np.repeat(labels, n_rows_of), name="quality")
        X = pd.DataFrame({"x": np.arange(len(y)) % 4})
        if as_type == "ordered":
            y = pd.Series(pd.Categorical(y, labels, ordered=True), name="quality")
        else:
            y = y.astype(as_type)
        panel = rank_features(X, y, n_features_to_select=1, values=values).panels[0]
        assert sum(panel.rows[-1].target) == pytest.approx(1)
        return [header.removeprefix("quality = ") for header in panel.headers]

    assert headers([10, 50, 300, 200, 80, 30, 5]) == ["3", "4", "5", "6", "7", "8", "9"]
    inner = list(map(str, range(5, 16)))
    assert headers([1, 2, *[20] * 11]) == ["3 to 4", *inner]
    assert headers([5, 5, *[20] * 11, 4, 3]) == ["3 to 4", *inner[:-1], "15 to 17"]
    assert headers([1, 2, *[20] * 11], values=False)[:2] == ["class 1 to class 2", "class 3"]


def test_panels_of_numbers_give_the_mean_of_the_target_in_each_bin():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    report = rank_features(X, y, n_features_to_select=1)
    panel = report.panels[0]
    assert panel.headers == ("mean of target",)
    edge = float(panel.rows[0].label.removeprefix("below "))
    below = X[panel.feature] < edge
    # The label has few digits: of 442 rows at most two lie between it and the cut.
    assert panel.rows[0].count == pytest.approx(below.sum(), abs=2)
    assert panel.rows[-1].target == (pytest.approx(y.mean()),)
    assert report.headline.task == "regression, target cut into 5 bins"


# ---------------------------------------------------------------- every kind of table


def numbers():
    return load_iris(return_X_y=True)


def normals():
    X = np.random.default_rng(0).normal(size=(150, 4))
    return X, X @ [1, 2, 0, 1]


CASES = {
    "an array": (numbers, {}),
    "a sparse array": (lambda: (sparse.csr_array(numbers()[0].round()), numbers()[1]), {}),
    "nearest neighbours": (numbers, {"mi_estimator": NearestNeighborsMI()}),
    "a Gaussian copula": (normals, "gaussian"),
    "a ratio": (numbers, {"criterion": "disr", "n_features_to_select": 3}),
    "bins that saw the target": (numbers, {"mi_estimator": BinnedMI(strategy="mdlp")}),
    "Miller and Madow": (numbers, {"mi_estimator": BinnedMI(correction="miller_madow")}),
    "the joint of two outputs": (lambda: (numbers()[0], np.c_[numbers()[1] > 0, numbers()[1]]), {}),
    "the mean of two outputs": (
        lambda: (numbers()[0], np.c_[numbers()[1], numbers()[0][:, 0]]),
        {"multi_target": "mean"},
    ),
    "nothing selected": (
        lambda: (np.random.default_rng(0).normal(size=(50, 2)), np.arange(50) % 2),
        {"min_features_to_select": 0},
    ),
    "a false discovery rate": (numbers, {"error_control": "fdr"}),
    "weights": (numbers, {"sample_weight": np.arange(150) % 3}),
    "fractions as weights": (
        numbers,
        {"sample_weight": np.arange(150) / 75, "n_features_to_select": 2},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_form_is_made_of_every_kind_of_table(case):
    make, options = CASES[case]
    options = {"mi_estimator": options} if isinstance(options, str) else options
    X, y = make()
    report = rank_features(X, y, **options)
    assert len(report.frame()) == X.shape[1]
    assert SELECTION_SAW in report.to_html()
    assert json.loads(report.to_json())["schema_version"] == 1
    for form in (report.to_text(), report.to_markdown(), report.to_html()):
        assert "nan" not in form.replace("finance", "")


def test_weights_are_rows_given_as_often():
    X, y = numbers()
    weights = np.arange(150) % 3
    one = rank_features(X, y, sample_weight=weights)
    other = rank_features(np.repeat(X, weights, axis=0), np.repeat(y, weights))
    for part in ("path", "redundancy", "why_not", "joint"):
        assert repr(getattr(one, part)) == repr(getattr(other, part))
    assert one.headline.weight == other.headline.n_rows == weights.sum()


def test_two_runs_give_the_same_bytes(people):
    def forms(report):
        return report.to_text(), report.to_markdown(), report.to_json(), report.to_html()

    assert forms(rank_features(*people)) == forms(rank_features(*people))


def test_columns_of_a_callable_have_no_address_in_the_report(people):
    X, y = people

    def kinds(table):
        return {"a": True}

    report = rank_features(X, y, discrete_features=kinds, random_state=np.random.default_rng(0))
    assert "0x" not in report.to_json().replace("0x,", "")


def test_hidden_values_are_in_no_form(people):
    X, y = people
    open_report = rank_features(X, y, include=["town"])
    hidden = rank_features(X, y, include=["town"], values=False)
    for form in (Report.to_text, Report.to_markdown, Report.to_json, Report.to_html):
        assert "town 1" in form(open_report)
        assert "town 1" not in form(hidden)
        assert "class 2" in form(hidden)
    numbers_hidden = rank_features(*numbers(), values=False)
    assert [row.label for row in numbers_hidden.panels[0].rows[:2]] == ["bin 1", "bin 2"]


# ---------------------------------------------------------------- refusals


def test_other_rows_are_refused(cancer, fitted):
    X, y = cancer
    said = "X and y are not what the selector was fitted to: column '[a-z ]+' tells .* nats here"
    with pytest.raises(ValueError, match=said):
        Report.of(fitted, X.iloc[::-1].reset_index(drop=True), y)
    with pytest.raises(ValueError, match="X has other columns than the 30"):
        Report.of(fitted, X.iloc[:, :5], y)
    with pytest.raises(ValueError, match="unit must be one of"):
        Report.of(fitted, X, y, unit="shannons")


def test_classes_that_changed_their_names_are_refused(cancer):
    X, y = cancer
    codes = (np.asarray(y) == y[0]).astype(int)
    selector = MutualInfoSelector().fit(X, codes)
    for other in (1 - codes, codes + 1, y):
        with pytest.raises(ValueError, match="tells as much, but y holds other values"):
            selector.report(X, other)
    for same in (codes.astype(float), codes.tolist(), pd.Series(codes), codes == 1):
        assert selector.report(X, same).headline.n_rows == len(y)


def test_numbers_on_another_scale_are_refused():
    X, y = numbers()
    selector = MutualInfoSelector(discrete_target=False).fit(X, y)
    assert selector.report(X, y).headline.is_cut
    with pytest.raises(ValueError, match="but y holds other values"):
        selector.report(X, 2 * np.asarray(y))


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        (SelectKBest(), "SelectKBest"),
        (StabilitySelector(n_resamples=2), "StabilitySelector"),
        (MutualInfoSelector, "MutualInfoSelector"),
    ],
    ids=["other", "many paths", "class"],
)
def test_other_selectors_are_refused(cancer, selector, name):
    with pytest.raises(TypeError, match=f"or MutualInfoSelectorCV; got {name}. Of a pipeline"):
        Report.of(selector, *cancer)


def test_what_is_not_fitted_reports_nothing(cancer):
    for selector in (MutualInfoSelector(), MutualInfoSelectorCV(GaussianNB())):
        with pytest.raises(NotFittedError, match="not fitted yet"):
            selector.report(*cancer)


# ---------------------------------------------------------------- scores that are bounds


def test_a_score_that_is_a_bound_is_marked_in_every_form(left_behind):
    selector = MutualInfoSelector("cmim", 5).fit(*left_behind)
    found = selector.report(*left_behind)
    by_rank = np.argsort(selector.ranking_)
    are_bounds = selector.path_.is_bound[by_rank].tolist()
    assert 0 < sum(are_bounds) < 55  # the others were measured to the end
    assert selector.ranking_frame()["score_is_bound"].tolist() == are_bounds
    assert found.frame()["score_is_bound"].tolist() == are_bounds
    rows = json.loads(found.to_json())["ranking"]
    assert [row["score_is_bound"] for row in rows] == are_bounds
    marked = [f"≤ {one.score:z.3f}" for one in found.ranking if one.score_is_bound]
    for form in (found.to_text(n_columns=60), found.to_markdown(n_columns=60)):
        assert re.findall(r"≤ -?[\d.]+", form) == marked
    pytest.importorskip("jinja2", reason="needs jinja2, of the extra 'report'")
    assert re.findall(r"<td>(≤ -?[\d.]+)</td>", found.to_html()) == marked


def test_captions_speak_of_bounds_where_there_are_any(left_behind, report):
    found = MutualInfoSelector("cmim", 5).fit(*left_behind).report(*left_behind)
    assert "then the others by their last score or a bound of it." in captions.ranking(found)
    assert captions.ranking(found).endswith('"≤": a bound.')
    said = dict(captions.columns(found))
    assert said["rank"].endswith("follow by their last score or a bound of it.")
    assert "what it could not exceed" in said["score [bits]"]
    assert "then the others by their last score." in captions.ranking(report)
    assert "≤" not in report.to_text()
    assert not report.frame()["score_is_bound"].any()


# ---------------------------------------------------------------- the method of selectors


def all_forms(report):
    """Every form, as bytes."""
    return report.to_text(), report.to_markdown(), report.to_json(), report.frame().to_csv()


@pytest.mark.parametrize(
    "options",
    [{}, {"unit": "nats"}, {"values": False}],
    ids=["default", "nats", "values hidden"],
)
def test_the_method_is_the_report_of_the_selector(cancer, fitted, options):
    by_model = MutualInfoSelectorCV(GaussianNB(), n_features_to_try=[1, 2, 4], cv=2).fit(*cancer)
    for selector in (fitted, by_model):
        report = Report.of(selector, *cancer, **options)
        assert all_forms(selector.report(*cancer, **options)) == all_forms(report)
        pytest.importorskip("jinja2", reason="needs jinja2, of the extra 'report'")
        assert selector.report(*cancer, **options).to_html() == report.to_html()


def test_one_call_takes_every_parameter_of_the_selector():
    own = inspect.signature(MutualInfoSelector).parameters
    given = inspect.signature(rank_features).parameters
    assert {name: one.default for name, one in own.items()} == {
        name: given[name].default for name in own
    }


def test_the_method_takes_the_weights_of_fit(people):
    X, y = people
    weights = np.random.default_rng(1).integers(0, 3, len(y))
    fitted = MutualInfoSelector().fit(X, y, weights)
    report = fitted.report(X, y, sample_weight=weights)
    assert all_forms(report) == all_forms(rank_features(X, y, sample_weight=weights))
    with pytest.raises(ValueError, match="Pass the rows, target and sample_weight of `fit`"):
        fitted.report(X, y)


def test_a_selection_by_cross_validation_reports_the_prefix_that_the_folds_chose(cancer):
    X, y = cancer
    by_model = MutualInfoSelectorCV(GaussianNB(), rule="one_standard_error").fit(X, y)
    report = by_model.report(X, y)
    selected = X.columns[by_model.selected_].tolist()
    assert [step.feature for step in report.path] == selected
    assert report.headline.n_selected == by_model.n_features_ < len(by_model.selector_.selected_)
    assert [f.rank for f in report.ranking] == sorted(by_model.ranking_)
    by_rank = X.columns[np.argsort(by_model.ranking_)].tolist()
    assert [f.feature for f in report.ranking] == by_rank
    assert [f.feature for f in report.ranking if f.selected] == selected
    chosen = "chosen by how GaussianNB predicts held-out rows (rule='one_standard_error', 1 to 30"
    assert f"No promise: the length was {chosen} columns tried)" in report.headline.promise
    assert f"2 columns of a path of 30, {chosen} columns tried)." == report.headline.ended
    assert len(by_model.selector_.path_.order) == 30  # reporting cut a copy


def test_the_gate_of_a_path_that_the_folds_left_whole_is_reported(cancer):
    gated = MutualInfoSelectorCV(GaussianNB(), selector=MutualInfoSelector(), n_features_to_try=[7])
    report = gated.fit(*cancer).report(*cancer)
    assert report.headline.promise == gated.selector_.promise_
    assert report.path[0].how == "gate"


def test_a_selection_by_cross_validation_along_another_path_is_refused(cancer):
    X, y = cancer[0].iloc[:, :4], cancer[1]
    stable = StabilitySelector(MutualInfoSelector("mim", 2), n_resamples=2)
    by_model = MutualInfoSelectorCV(GaussianNB(), selector=stable, cv=2).fit(X, y)
    with pytest.raises(TypeError, match="this is one of StabilitySelector"):
        by_model.report(X, y)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "length", "shown"),
    [("abc", 3, "abc"), ("abcdefg", 5, "ab…fg"), ("x" * 10_000, 40, "x" * 19 + "…" + "x" * 20)],
)
def test_long_names_lose_their_middle(text, length, shown):
    assert words.shortened(text, length) == shown


@pytest.mark.parametrize(
    ("value", "written"),
    [(np.nan, "-"), (0.0, "0.0 %"), (0.0004, "<0.1 %"), (0.5, "50.0 %"), (1, "100.0 %")],
)
def test_shares_are_never_rounded_to_nothing(value, written):
    assert words.percent(value) == written


def test_repr_is_short_and_str_is_the_text(report):
    assert repr(report) == "Report(7 of 30 columns selected, in bits)"
    assert str(report) == report.to_text()


def test_text_that_no_file_can_hold_is_written_in_escapes():
    assert words.printable("a\ud800\x00\x1b\u202e") == r"a\ud800\x00\x1b\u202e"


def test_the_first_words_answer_which_how_many_and_how_much(report, people):
    opening, features, more, rest = answer.gist(report)
    assert opening == (
        "7 columns of 30 are shown to tell something, alone and given any one before"
    )
    assert list(features) == [step.feature for step in report.path]
    assert more == ""
    assert rest == (
        "None of the other 23 passed these tests, in 569 rows; more may still serve a model: "
        "MutualInfoSelectorCV finds how many. "
        "The first 2 together tell 0.714 of the 0.953 bits that there are to know (75.0 %). "
        "information_budget measures what all of them promise together, and what a model delivers."
    )
    assert "are selected" in answer.gist(rank_features(*people, n_features_to_select=2))[0]
    X = people[0][["noise"]]
    forced = rank_features(X, people[1])
    assert answer.gist(forced)[-1].startswith("It was not shown to tell anything of the target. It")
    rng = np.random.default_rng(10)  # a column of noise that comes out above zero
    noise = rank_features(pd.DataFrame({"noise": rng.normal(size=200)}), rng.integers(0, 2, 200))
    assert "It seems to tell 0.009 of the 0.995 bits" in answer.gist(noise)[-1]
    none = rank_features(X, people[1], min_features_to_select=0)
    nothing = "No column was shown to tell anything of the target"
    assert answer.gist(none) == (nothing, (), "", "")
    for form in (none.to_text(), none.to_markdown(), none.to_html()):
        assert f"{nothing}." in form.replace("**", "")


def test_the_first_words_of_a_false_discovery_rate_are_those_of_the_promise(people):
    found = rank_features(*people, error_control="fdr")
    opening, _, _, rest = answer.gist(found)
    assert opening.endswith("are selected, of those found to tell something alone")
    assert rest.startswith("The rate of error is of all that were so found; no bound holds for")
    assert "No bound holds for the share among those selected" in found.headline.promise


def test_an_estimate_below_zero_is_said_to_show_nothing():
    rng = np.random.default_rng(0)
    X, y = pd.DataFrame({"noise": rng.normal(size=200)}), rng.integers(0, 2, 200)
    found = rank_features(X, y, include=["noise"])
    assert found.joint.information < 0
    rest = answer.gist(found)[-1]
    assert "What it tells is estimated at -0." in rest
    assert rest.endswith("bits; 0 or less means that nothing was shown.")
    assert "%" not in rest
    assert words.joint_words(found).endswith("bits, where 0 or less means that nothing was shown")


def test_the_first_words_say_no_more_than_the_tests_show():
    """One half of a XOR was included; the other passes given it, or both pass as a pair."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 2, (400, 3)), columns=["a", "b", "noise"])
    y = X["a"] ^ X["b"]
    pair = answer.gist(rank_features(X, y, interactions=True))
    assert pair[0] == "2 columns of 3 are shown to tell something, some only with others"
    assert pair[-1].startswith("The other did not pass these tests, in 400 rows; more may")
    included = answer.gist(rank_features(X.assign(y=y), y, include=["noise"]))
    assert included[0] == "2 columns of 4 are selected"
    assert included[-1].startswith("The included were not tested. None of the other 2 passed")
    whole = answer.gist(rank_features(pd.DataFrame({"y": y}), y))
    assert whole[0] == "1 column of 1 is shown to tell something"
    assert "passed" not in whole[-1]


def test_one_of_a_pair_names_the_other_and_the_first_words_name_what_measures_both():
    """Alone each scores as noise does, which would look like a mistake."""
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.normal(size=(100, 12))).add_prefix("x")
    y = ((X["x3"] > 0) ^ (X["x7"] > 0)).astype(int)
    selector = MutualInfoSelector(interactions=True).fit(X, y)
    assert selector.get_feature_names_out().tolist() == ["x3", "x7"]
    frame = selector.ranking_frame()
    assert frame["entered"].tolist() == ["as a pair with x7", "as a pair with x3", *[""] * 10]
    report = selector.report(X, y)
    assert [step.partner for step in report.path] == ["x7", "x3"]
    assert [words.entered(step) for step in report.path] == [
        "passed as a pair with x7",
        "passed as a pair with x3",
    ]
    assert answer.gist(report)[-1].endswith(
        "x3 and x7 entered as a pair: pair_information measures what they tell together. "
        "information_budget measures what all of them promise together, and what a model delivers."
    )
    for text in (report.to_text(n_columns=1), report.to_markdown(), report.to_html()):
        assert "passed as a pair with x7" in text.replace("\\", "")
        assert "pair_information" in text.replace("\\", "")
    assert '"partner": "x7"' in report.to_json()
    weights = np.r_[np.ones(99), 2.0]
    weighted = MutualInfoSelector(interactions=True).fit(X, y, sample_weight=weights)
    said = answer.gist(weighted.report(X, y, sample_weight=weights))[-1]
    assert "pair_information" in said
    assert "information_budget" not in said  # it takes no weights


def test_more_columns_than_the_rows_can_count_are_left_to_the_budget_of_a_model():
    rng = np.random.default_rng(2)
    X, y = pd.DataFrame(rng.normal(size=(60, 30))).add_prefix("x"), rng.integers(0, 3, 60)
    X["x0"] += 3 * y
    X["x1"] += 3 * (y == 1)
    X["x2"] -= 3 * (y == 2)
    said = answer.gist(rank_features(X, y))[-1]
    assert "The first alone tells" in said
    assert said.endswith(
        "information_budget measures what all of them promise together, and what a model delivers."
    )
    assert "information_budget" not in answer.gist(rank_features(X[["x0"]], y))[-1]


def test_bits_of_a_target_that_was_cut_are_said_to_be_those_of_its_bins():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(500, 2)), columns=["a", "b"])
    y = X["a"] + rng.normal(size=500)
    said = answer.gist(rank_features(X, y))[-1]
    assert "of the 2.322 bits that the bins of the target hold (" in said
    assert "there are to know" in answer.gist(rank_features(X, y > 0))[-1]
    assert "There is to know of the bins, H(Y)" in rank_features(X, y).to_html()


def test_the_selected_in_doubt_are_named_with_what_to_do(people, report):
    X, y = people
    leaking = rank_features(X.assign(leak=np.where(y == y[0], 1.0, np.nan)), y)
    assert any("leak" in warning.features for warning in leaking.warnings)
    doubted, more, advice = answer.doubts(leaking)
    assert (list(doubted), more) == (["leak"], "")
    assert advice.startswith("Read why under Warnings. If it was filled in after the target")
    assert advice.endswith(
        "leave it out (exclude=[…]) and run again; columns left out because of it: a, a again, b."
    )
    assert ": leak (in doubt). None" in leaking.to_text(width=300)
    assert ":** leak (in doubt). None" in leaking.to_markdown()
    assert "<bdi>leak</bdi> (in doubt)." in leaking.to_html()
    assert "In doubt: leak. Read why" in leaking.to_text()
    assert "**In doubt: leak.** Read why" in leaking.to_markdown()
    assert answer.doubts(report) == (
        (),
        "",
        answer.NO_WARNINGS,
    )  # a report says what was looked for
    for form in (report.to_text(width=300), report.to_markdown(), report.to_html()):
        assert answer.NO_WARNINGS in form


def test_a_column_that_only_may_be_misread_is_not_taken_for_a_leak(people):
    X, y = people
    share = [f"{50 * (y[i] == y[0]) + i % 40} %" for i in range(len(y))]
    X = X.assign(share=share)[["share", "a"]]
    report = rank_features(X, y, include=["share"])
    doubted, _, advice = answer.doubts(report)
    assert list(doubted) == ["share"]
    assert advice.startswith("Read why under Warnings")
    assert "filled in" not in advice
    assert "run again" not in advice


def test_one_column_is_no_columns(people):
    X, y = people
    report = rank_features(X[["a"]], y, include=["a"])
    assert repr(report) == "Report(1 of 1 column selected, in bits)"
    page = re.sub("<[^>]+>", "", report.to_html())
    for form in (report.to_text(), report.to_markdown(), page):
        facts = form.partition("Bonferroni")[0]
        assert "1 of 1 column" in facts.replace("\N{NO-BREAK SPACE}", " ")
        assert "1 columns" not in facts


def test_a_refusal_is_written_with_as_many_digits_as_show_it(report):
    """0.05 / 30 is 0.001666...; a p-value of 0.00170 rounds to the same two digits."""
    (symmetry,) = (one for one in report.why_not if one.feature == "mean symmetry")
    assert words.pvalue(symmetry.p) == words.pvalue(symmetry.level) == "0.0017"
    shown = words.blocked(symmetry).rpartition("p = ")[2].split(" > ")
    assert float(shown[0]) > float(shown[1]) == pytest.approx(0.05 / 30, rel=0.01)


@pytest.mark.parametrize(
    ("y", "headers"),
    [
        (pd.Series([0, 1] * 30, name="ill"), ("ill = 0", "ill = 1")),
        (pd.Series([False, True] * 30, name="ill"), ("ill = False", "ill = True")),
        (pd.Series(["no", "yes"] * 30, name="ill"), ("no", "yes")),
    ],
)
def test_classes_that_say_nothing_by_themselves_bear_the_name_of_the_target(y, headers):
    x = pd.DataFrame({"x": y.to_numpy() == y[1]})
    assert rank_features(x, y).panels[0].headers == headers


@pytest.mark.parametrize(
    ("criterion", "said"),
    [
        (
            "cmim",
            "Score: the least that the column tells, alone or given any one chosen before it; so",
        ),
        ("cmi", "Score: what the column tells given all that were chosen before it."),
        ("cife", "Score: what cife gave it when it was chosen; so scores do not add up"),
    ],
)
def test_the_path_says_what_its_scores_are(people, criterion, said):
    found = rank_features(*people, criterion=criterion, n_features_to_select=2)
    assert captions.path(found).startswith(said)


def test_a_score_that_passes_the_entropy_is_said_to_be_no_information(cancer, report):
    """The criterion "jmi" sums over the chosen, so that its scores pass H(Y); "cmim" never does."""
    summed = rank_features(*cancer, criterion="jmi", n_features_to_select=5)
    assert max(step.score for step in summed.path) > summed.headline.entropy
    for form in (summed.to_text(width=2000), summed.to_markdown(), summed.to_html()):
        assert "A score above H(Y) is no information about Y" in form
        assert "do not add up to the joint information and may pass H(Y)." in form
    assert "above H(Y)" not in report.to_text(width=2000)


@pytest.mark.parametrize(
    ("y", "written"),
    [
        (np.array([149841.667, 180000.5, 250123.25] * 20), ["149842", "180000", "250123"]),
        (np.array([0.0012345, 0.0023, 0.0034] * 20), ["0.001234", "0.002300", "0.003400"]),
        (np.array([2001.25, 2002.5, 2003.75] * 20), ["2001.250", "2002.500", "2003.750"]),
    ],
)
def test_means_have_as_many_digits_as_tell_them_apart(y, written):
    x = np.array([0, 1, 2] * 20)[:, None]
    found = rank_features(x, y, discrete_target=False)
    (panel,) = found.panels
    assert panel.headers == ("mean of y",)  # the only target of an array
    assert [row[0] for row in words.of_target(panel)][:3] == written
    for form in (found.to_text(), found.to_markdown(), found.to_html()):
        assert all(mean in form for mean in written)


def test_terms_of_the_promise_are_explained_where_they_stand(report, people):
    terms = [term for term, _ in captions.terms(report)]
    assert terms == [
        *("fwer", "permutation null", "within levels", "Bonferroni", "analytic tails"),
        *("confirmed where in doubt", "exchangeable"),
    ]
    asked = rank_features(*people, n_features_to_select=2)
    assert captions.terms(asked) == []
    for form in (report.to_text(width=300), report.to_markdown(), report.to_html()):
        assert "no series in time, no subject met twice" in form


def test_tables_of_text_are_of_as_many_columns_as_asked(report):
    """Ten unless told; of each form the end says how to see the others, where there are any."""
    assert len(report.ranking) == 30
    for make, name, dots in (
        (report.to_text, "to_text(n_columns=30)", "..."),
        (report.to_markdown, r"to\_markdown(n\_columns=30)", "…"),
    ):
        short, whole = make(), make(n_columns=30)
        assert f"{dots} and 20 more" in short
        assert name in " ".join(short.splitlines()[-5:])
        assert name not in whole
        assert all(feature.feature in whole for feature in report.ranking)
        assert len(whole.splitlines()) > len(short.splitlines()) + 20
        path = make(n_columns=2).partition("Path")[2].partition("What the selected share")[0]
        assert f"{dots} and 5 more" in path
        with pytest.raises(ValueError, match="n_columns must be"):
            make(n_columns=0)


def test_text_folds_its_words_to_a_width(report):
    paragraph = report.to_text(width=50).split("Ranking\n")[0].splitlines()
    assert 40 < max(map(len, paragraph)) <= 50


@pytest.mark.parametrize(
    ("unit", "one", "coin"),
    [
        ("bits", "One bit is", "1 bit"),
        ("nats", "one nat is 1.443 bits", "0.693 nats"),
        ("hartleys", "one hartley is 3.322 bits", "0.301 hartleys"),
    ],
)
def test_units_are_explained_by_a_coin(people, unit, one, coin):
    report = rank_features(*people, unit=unit)
    assert one in words.unit_words(report)
    assert words.coin_words(report) == f"a fair coin has {coin}"
    assert words.unit_words(report) in report.to_html()


@pytest.mark.parametrize("unit", ["bits", "nats"])
def test_every_header_of_information_says_its_unit(people, unit):
    found = rank_features(*people, unit=unit)
    for form in (found.to_text(), found.to_markdown()):
        for header in ("score", "noise floor", "joint", "relevance", "left", "redundancy"):
            assert f"{header} [{unit}]" in form
            assert not re.search(rf"\| {header} \||  {header}(  |$)", form, flags=re.M)


def test_headers_break_only_before_their_unit():
    assert words.header("noise floor [bits]") == "noise\N{NO-BREAK SPACE}floor [bits]"
    assert words.header("plug-in [nats]") == "plug\N{NON-BREAKING HYPHEN}in [nats]"


@pytest.mark.parametrize(
    ("value", "largest", "name"),
    [
        (0.0, 1, "b0"),
        (-1.0, 1, "b0"),
        (np.nan, 1, "b0"),
        (1e-9, 1, "b1"),
        (0.5, 1, "b25"),
        (1.0, 1, "b50"),
        (2.0, 1, "b50"),
        (1.0, 0, "b0"),
    ],
)
def test_bars_have_lengths_from_nothing_to_all(value, largest, name):
    assert bar_class(value, largest) == name


@pytest.mark.parametrize(
    ("value", "largest", "name"),
    [(np.nan, 1, "self"), (-0.1, 1, "h0"), (1.0, 1, "h9"), (0.01, 0.01, "h1")],
)
def test_what_chance_leaves_of_redundancy_has_hardly_a_tint(value, largest, name):
    assert tint_class(value, largest) == name
