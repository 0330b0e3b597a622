"""What figures say: the numbers of the selector, with their unit, on axes that read anywhere."""

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mifs import (
    BinnedMI,
    MutualInfoSelector,
    MutualInfoSelectorCV,
    NearestNeighborsMI,
    RankingDisplay,
    RedundancyDisplay,
    SelectionPathDisplay,
    StabilitySelector,
    mutual_info,
)
from mifs.plots.style import shortened

BIT = math.log(2)


@pytest.fixture(autouse=True)
def figures():
    """Draw without a screen, and close all figures after the test."""
    matplotlib = pytest.importorskip("matplotlib", reason="needs matplotlib, of the extra 'plot'")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


@pytest.fixture(scope="module")
def table():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def selector(table):
    """The gate's selection: 7 of 30 columns."""
    return MutualInfoSelector().fit(*table)


def drawn_by(display, selector, X, **options):
    """Draw any of the three, which differ in whether they need the table."""
    data = (X,) if display is RedundancyDisplay else ()
    return display.from_estimator(selector, *data, **options)


EVERY = pytest.mark.parametrize(
    "display", [RankingDisplay, SelectionPathDisplay, RedundancyDisplay]
)


def texts(labels):
    return [label.get_text() for label in labels]


# ---------------------------------------------------------------- what all of them do


@EVERY
def test_a_display_draws_into_the_axes_that_it_is_given(figures, table, selector, display):
    figure, ax = figures.subplots()
    drawn = drawn_by(display, selector, table[0], ax=ax)
    assert isinstance(drawn, display)
    assert drawn.ax_ is ax
    assert drawn.figure_ is figure
    assert len(figures.get_fignums()) == 1


@EVERY
def test_a_display_can_be_drawn_again(figures, table, selector, display):
    drawn = drawn_by(display, selector, table[0])
    first = drawn.figure_
    assert drawn.plot() is drawn
    assert drawn.figure_ is not first


@EVERY
def test_drawing_changes_no_setting(figures, table, selector, display):
    import matplotlib

    before = dict(matplotlib.rcParams), matplotlib.get_backend(), figures.isinteractive()
    drawn_by(display, selector, table[0])
    assert before == (dict(matplotlib.rcParams), matplotlib.get_backend(), figures.isinteractive())


@EVERY
@pytest.mark.parametrize("unit", ["bits", "nats", "hartleys"])
def test_every_axis_of_information_names_its_unit_and_how_it_was_measured(
    table, selector, display, unit
):
    drawn = drawn_by(display, selector, table[0], unit=unit)
    ax, *bars = drawn.figure_.axes
    labels = [ax.get_xlabel(), ax.get_ylabel(), *(bar.get_ylabel() for bar in bars)]
    (label,) = (label for label in labels if label)
    assert f"[{unit}]" in label
    assert label.endswith("corrected for chance")


@EVERY
def test_an_unknown_unit_is_refused(table, selector, display):
    with pytest.raises(ValueError, match=r"unit must be one of .*got 'bytes'"):
        drawn_by(display, selector, table[0], unit="bytes")


@EVERY
def test_an_unfitted_selector_is_refused(table, display):
    with pytest.raises(NotFittedError):
        drawn_by(display, MutualInfoSelector(), table[0])


@EVERY
@pytest.mark.parametrize("wrong", [StandardScaler, GaussianNB], ids=lambda kind: kind.__name__)
def test_what_fitted_no_path_is_refused(table, display, wrong):
    X, y = table
    with pytest.raises(TypeError, match="MutualInfoSelector is needed"):
        drawn_by(display, wrong().fit(X, y), X)


@EVERY
def test_a_pipeline_is_refused_in_favour_of_its_step(table, display):
    X, y = table
    fitted = make_pipeline(MutualInfoSelector(n_features_to_select=2), GaussianNB()).fit(X, y)
    with pytest.raises(TypeError, match="pass the step"):
        drawn_by(display, fitted, X)
    drawn_by(display, fitted[0], X)


@EVERY
@pytest.mark.parametrize("wrong", [MutualInfoSelector, "cmim", None])
def test_what_is_no_selector_is_refused(table, display, wrong):
    with pytest.raises(TypeError, match="fitted selector is needed"):
        drawn_by(display, wrong, table[0])


@EVERY
def test_without_matplotlib_the_error_says_what_to_install(monkeypatch, table, selector, display):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install matplotlib"):
        drawn_by(display, selector, table[0])


def test_numbers_are_read_without_loading_matplotlib():
    code = (
        "import sys, numpy as np, mifs\n"
        "X = np.arange(60).reshape(20, 3) % 4\n"
        "s = mifs.MutualInfoSelector(n_features_to_select=2).fit(X, X[:, 0] > 1)\n"
        "mifs.RankingDisplay.of_selector(s)\n"
        "mifs.SelectionPathDisplay.of_selector(s)\n"
        "mifs.RedundancyDisplay.of_selector(s, X)\n"
        "print('matplotlib' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@EVERY
def test_text_takes_its_colour_from_a_dark_style(figures, table, selector, display):
    with figures.style.context("dark_background"):
        drawn = drawn_by(display, selector, table[0])
        drawn.figure_.canvas.draw()
    ax = drawn.ax_
    ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
    numbers = [] if display is RedundancyDisplay else ax.texts  # these stand on their cells
    assert {text.get_color() for text in [*ticks, *numbers]} == {"white"}


@EVERY
def test_names_that_look_like_formulas_and_long_names_are_drawn(display):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 3, (200, 2)), columns=["$US $", "income " * 20 + "2019"])
    fitted = MutualInfoSelector(n_features_to_select=2).fit(X, X.sum(axis=1))
    drawn = drawn_by(display, fitted, X)
    drawn.figure_.canvas.draw()
    labels = " ".join(texts([*drawn.ax_.get_xticklabels(), *drawn.ax_.get_yticklabels()]))
    assert r"\$US \$" in labels
    assert "…" in labels


@pytest.mark.parametrize(
    ("name", "length", "expected"),
    [("short", 5, "short"), ("longer", 5, "lo…er"), ("longest", 4, "lo…t"), ("ab", 1, "…")],
)
def test_a_long_name_loses_its_middle(name, length, expected):
    assert shortened(name, length) == expected
    assert len(expected) <= length


# ---------------------------------------------------------------- ranking


def test_the_ranking_shows_the_columns_of_the_frame(selector):
    frame = selector.ranking_frame()
    display = RankingDisplay.from_estimator(selector)
    assert display.features == list(frame["feature"][:20])
    np.testing.assert_allclose(display.relevance, frame["relevance [bits]"][:20], atol=1e-12)
    assert display.step[:8].tolist() == [1, 2, 3, 4, 5, 6, 7, 0]
    labels = texts(display.ax_.get_yticklabels())
    assert labels[0] == "1. worst perimeter"
    assert labels[7] == frame["feature"][7]
    assert labels[-1] == "… and 10 more"
    values = texts(display.ax_.texts)
    assert values == [f"{value:.3f}" for value in display.relevance]
    low, high = display.ax_.get_ylim()
    assert low > high  # the best on top


def test_selected_bars_differ_from_the_others_by_more_than_colour(selector):
    bars = RankingDisplay.from_estimator(selector).ax_.patches
    filled = [bar.get_fill() for bar in bars]
    assert filled == [True] * 7 + [False] * 13
    assert {bar.get_hatch() for bar in bars[7:]} == {"////"}


def test_by_relevance_the_ranking_shows_what_was_passed_over(selector):
    display = RankingDisplay.from_estimator(selector, order="relevance", max_features=3)
    best = np.argsort(-selector.relevance_)[:3]
    assert display.features == list(selector.feature_names_in_[best])
    np.testing.assert_array_equal(display.relevance, selector.relevance_[best] / BIT)
    assert display.step.tolist() == [1, 5, 0]
    assert display.n_more == 27


def test_of_all_columns_there_are_no_more(selector):
    display = RankingDisplay.from_estimator(selector, max_features=30)
    assert len(display.ax_.get_yticklabels()) == 30


@pytest.mark.parametrize(
    ("option", "match"),
    [
        ({"max_features": 0}, "max_features must be a whole number of at least 1; got 0"),
        ({"max_features": 2.5}, "max_features .* got 2.5"),
        ({"order": "name"}, "order must be .* got 'name'"),
    ],
)
def test_the_ranking_refuses_what_it_cannot_show(selector, option, match):
    with pytest.raises(ValueError, match=match):
        RankingDisplay.from_estimator(selector, **option)


@pytest.mark.parametrize(
    ("estimator", "said"),
    [
        (BinnedMI(correction=None), "plug-in"),
        (BinnedMI(correction="miller_madow"), "corrected by Miller and Madow"),
        (NearestNeighborsMI(), "by nearest neighbours"),
        ("gaussian", "of the Gaussian copula"),
    ],
)
def test_the_axis_says_how_information_was_measured(table, estimator, said):
    X = table[0].iloc[:100]
    numbers = X["mean compactness"]  # a Gaussian copula has no room for classes
    fitted = MutualInfoSelector("mim", 2, mi_estimator=estimator).fit(X.iloc[:, :4], numbers)
    assert RankingDisplay.from_estimator(fitted).ax_.get_xlabel().endswith(f"[bits], {said}")


def test_meta_selectors_show_their_own_choice(table):
    X, y = table
    X = X.iloc[:, :6]
    stable = StabilitySelector(MutualInfoSelector(n_features_to_select=2), 10).fit(X, y)
    display = RankingDisplay.from_estimator(stable)
    order = np.argsort(stable.ranking_)
    assert display.features == list(X.columns[order])
    assert (display.step > 0).sum() == stable.n_features_
    np.testing.assert_array_equal(display.relevance, stable.selector_.relevance_[order] / BIT)


# ---------------------------------------------------------------- path


def test_the_path_shows_the_score_of_each_step(selector):
    display = SelectionPathDisplay.from_estimator(selector)
    line, *_ = display.ax_.lines
    np.testing.assert_array_equal(line.get_ydata(), selector.scores_ / BIT)
    names = selector.feature_names_in_[selector.selected_]
    labels = texts(display.ax_.get_xticklabels())
    assert labels == [f"{step}. {name}" for step, name in enumerate(names, 1)]
    assert display.ax_.get_ylabel().startswith("score of cmim [bits]")
    assert display.is_tested.all()


def test_the_floor_is_the_best_score_that_a_test_kept_out(selector):
    display = SelectionPathDisplay.from_estimator(selector)
    frame = selector.ranking_frame()
    best = frame[~frame["selected"]].nlargest(1, "score [bits]").iloc[0]
    assert display.floor == pytest.approx(best["score [bits]"], abs=1e-12)  # rounded there
    assert display.floor_feature == best["feature"]
    assert f"best kept out: {best['feature']}" in texts(display.ax_.get_legend().get_texts())


def test_excluded_columns_are_no_noise(table):
    X, y = table
    fitted = MutualInfoSelector(exclude=["worst area"]).fit(X, y)
    display = SelectionPathDisplay.of_selector(fitted)
    assert display.floor_feature != "worst area"


def test_without_a_gate_there_is_no_floor_and_no_test(table):
    fitted = MutualInfoSelector(n_features_to_select=3).fit(*table)
    display = SelectionPathDisplay.from_estimator(fitted)
    assert np.isnan(display.floor)
    assert not display.is_tested.any()
    assert display.ax_.get_legend() is None


def test_columns_taken_without_a_test_are_hollow(table):
    X, y = table
    fitted = MutualInfoSelector(include=["mean symmetry"]).fit(X, y)
    display = SelectionPathDisplay.from_estimator(fitted)
    assert not display.is_tested[0]
    assert display.is_tested[1:].all()
    tested, hollow = display.ax_.collections
    assert len(tested.get_offsets()) == len(display.features) - 1
    np.testing.assert_array_equal(hollow.get_facecolor()[0], [1, 1, 1, 1])  # of the axes


def test_a_ratio_has_no_unit_and_its_first_step_no_score(table):
    X, y = table
    fitted = MutualInfoSelector("njmim", 4).fit(X, y)
    display = SelectionPathDisplay.from_estimator(fitted)
    assert np.isnan(display.values[0])
    np.testing.assert_array_equal(display.values[1:], fitted.scores_[1:])
    assert display.ax_.get_ylabel().startswith("score of njmim [ratio, no unit]")


def test_the_scores_of_cmi_add_up_to_the_joint_information(table):
    X, y = table
    fitted = MutualInfoSelector("cmi", 3, mi_estimator=BinnedMI(correction=None)).fit(X, y)
    display = SelectionPathDisplay.from_estimator(fitted, kind="cumulated", unit="nats")
    joint = mutual_info(
        X.iloc[:, fitted.selected_], y, mi_estimator=BinnedMI(correction=None)
    )  # of the joint cells: the chain rule, exactly
    assert display.values[-1] == pytest.approx(joint, rel=1e-9)
    assert display.ax_.get_ylabel().startswith("I(chosen; Y) [nats]")


@pytest.mark.parametrize(
    ("kind", "match"),
    [("cumulated", "needs criterion=\"cmi\".*got 'cmim'"), ("sum", "kind must be .* got 'sum'")],
)
def test_scores_that_add_up_to_nothing_are_not_summed(selector, kind, match):
    with pytest.raises(ValueError, match=match):
        SelectionPathDisplay.from_estimator(selector, kind=kind)


def test_a_path_that_was_cut_shows_where(table):
    X, y = table
    fitted = MutualInfoSelectorCV(GaussianNB(), n_features_to_try=[1, 2, 8], cv=3).fit(X, y)
    display = SelectionPathDisplay.from_estimator(fitted)
    assert len(display.features) == 8
    assert display.n_kept == fitted.n_features_ < 8
    assert f"first {display.n_kept} kept" in texts(display.ax_.get_legend().get_texts())


def test_a_path_without_a_step_is_an_empty_figure_with_its_floor():
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 3, (100, 3)), rng.integers(0, 2, 100)
    fitted = MutualInfoSelector(alpha=1e-6, min_features_to_select=0).fit(X, y)
    display = SelectionPathDisplay.from_estimator(fitted)
    display.figure_.canvas.draw()
    assert display.features == []
    assert display.floor == pytest.approx(fitted.relevance_.max() / BIT, abs=1e-11)  # rounded
    assert not (RankingDisplay.from_estimator(fitted).step > 0).any()


def test_a_long_path_has_numbers_instead_of_names():
    X = np.random.default_rng(0).integers(0, 3, (100, 40))
    fitted = MutualInfoSelector("mim", "all").fit(X, X[:, 0])
    ax = SelectionPathDisplay.from_estimator(fitted).ax_
    assert ax.get_xlabel() == "columns chosen"
    assert not ax.texts


# ---------------------------------------------------------------- redundancy


def test_each_cell_holds_what_its_pair_shares(table, selector):
    X, _ = table
    display = RedundancyDisplay.from_estimator(selector, X)
    names = selector.feature_names_in_[selector.selected_]
    assert display.features == list(names)
    expected = mutual_info(X[names[3]], X[names[1]], base=2)
    assert display.redundancy[3, 1] == display.redundancy[1, 3] == pytest.approx(expected)
    assert np.isnan(display.redundancy.diagonal()).all()
    lower = [display.redundancy[row, column] for row in range(1, 7) for column in range(row)]
    assert texts(display.ax_.texts) == [f"{value:.2f}" for value in lower]
    (_, bar) = display.figure_.axes
    assert bar.get_ylabel().startswith("redundancy I(X; W) [bits]")


def test_the_mean_of_the_cells_is_the_redundancy_of_the_path(table, selector):
    """Which averages over the columns chosen before."""
    display = RedundancyDisplay.of_selector(selector, table[0], unit="nats")
    means = [display.redundancy[step, :step].mean() for step in range(1, 7)]
    np.testing.assert_allclose(means, selector.path_.redundancy[1:], rtol=1e-9)


def test_many_selected_columns_are_cut(table):
    X, y = table
    fitted = MutualInfoSelector(n_features_to_select=6).fit(X, y)
    display = RedundancyDisplay.from_estimator(fitted, X, max_features=4)
    assert display.redundancy.shape == (4, 4)
    assert display.features == list(X.columns[fitted.selected_[:4]])
    assert display.ax_.get_xlabel() == "… and 2 more"


@pytest.mark.parametrize("library", ["numpy", "polars", "sparse"])
def test_any_table_gives_the_same_map(library):
    X = np.random.default_rng(1).integers(0, 4, (300, 4)).astype(float)
    X[:, 3] = X[:, 0] + X[:, 1]
    fitted = MutualInfoSelector(n_features_to_select=3).fit(X, X[:, 3] + X[:, 2])
    expected = RedundancyDisplay.of_selector(fitted, X).redundancy
    if library == "polars":
        polars = pytest.importorskip("polars", reason="needs polars, of the extra 'test'")
        frame = polars.DataFrame(X, schema=list("abcd"))
        refitted = MutualInfoSelector(n_features_to_select=3).fit(frame, X[:, 3] + X[:, 2])
        found = RedundancyDisplay.of_selector(refitted, frame).redundancy
    else:
        table = csr_array(X) if library == "sparse" else X
        found = RedundancyDisplay.of_selector(fitted, table).redundancy
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "estimator", ["knn", "gaussian", BinnedMI(strategy="mdlp")], ids=["knn", "gaussian", "mdlp"]
)
def test_every_mi_estimator_maps_its_columns(table, estimator):
    X, numbers = table[0].iloc[:150, :4], table[0]["mean compactness"][:150]
    fitted = MutualInfoSelector("mim", 3, mi_estimator=estimator).fit(X, numbers)
    display = RedundancyDisplay.of_selector(fitted, X)
    upper = display.redundancy[np.triu_indices(3, 1)]
    assert np.isfinite(upper).all()
    assert (upper > 0).any()


def test_missing_values_and_labels_are_mapped():
    X = pd.DataFrame({"a": ["x", "y", None, "y"] * 30, "b": [1.5, np.nan, 2.5, 3.5] * 30})
    fitted = MutualInfoSelector(n_features_to_select=2).fit(X, ["p", "q", "q", "r"] * 30)
    assert np.isfinite(RedundancyDisplay.of_selector(fitted, X).redundancy[0, 1])


@pytest.mark.parametrize(
    ("n_features", "options", "match"),
    [
        (1, {}, r"two selected columns at least; the selector has 1"),
        (3, {"max_features": 1}, "max_features must be a whole number of at least 2.*got 1"),
    ],
)
def test_a_map_needs_a_pair(table, n_features, options, match):
    X, y = table
    fitted = MutualInfoSelector(n_features_to_select=n_features).fit(X, y)
    with pytest.raises(ValueError, match=match):
        RedundancyDisplay.from_estimator(fitted, X, **options)


def test_another_table_is_refused(table, selector):
    with pytest.raises(ValueError, match="feature names should match"):
        RedundancyDisplay.of_selector(selector, table[0].rename(columns={"mean radius": "r"}))


def test_columns_that_share_nothing_are_drawn():
    X = np.array([[a, b] for a in (0, 1) for b in (0, 1)] * 50)
    fitted = MutualInfoSelector(n_features_to_select=2).fit(X, X.sum(axis=1))
    display = RedundancyDisplay.from_estimator(fitted, X)
    display.figure_.canvas.draw()
    assert texts(display.ax_.texts) == ["0.00"]
    assert display.ax_.images[0].get_clim() == (0, 0.1)  # noise does not fill the scale


@pytest.mark.parametrize("correction", ["chance", None])
def test_a_map_of_weighted_rows_is_that_of_the_report_and_of_copies(table, correction):
    X, y = table[0].iloc[:, :6], table[1]
    times = np.arange(len(X)) % 3
    estimator = BinnedMI(correction=correction)
    fitted = MutualInfoSelector(n_features_to_select=4, mi_estimator=estimator).fit(X, y, times)
    display = RedundancyDisplay.from_estimator(fitted, X, sample_weight=times)
    reported = fitted.report(X, y, sample_weight=times).redundancy.values
    np.testing.assert_allclose(display.redundancy, np.array(reported, dtype=float), atol=1e-12)
    copies = RedundancyDisplay.of_selector(
        fitted, X.loc[X.index.repeat(times)], sample_weight=np.ones(times.sum())
    )
    np.testing.assert_array_equal(display.redundancy, copies.redundancy)
    fractions = RedundancyDisplay.of_selector(fitted, X, sample_weight=times / 2).redundancy
    if correction is None:
        np.testing.assert_allclose(fractions, display.redundancy, atol=1e-12)


@pytest.mark.parametrize("times", [2, 0], ids=["counted twice", "left out"])
def test_after_a_fit_with_weights_a_map_needs_them(table, times):
    X, y = table
    weights = np.where(np.arange(len(X)) % 2, 1, times)
    fitted = MutualInfoSelector(n_features_to_select=3).fit(X, y, weights)
    with pytest.raises(ValueError, match=r"fitted with sample_weight.*Pass the weights.*or ones"):
        RedundancyDisplay.from_estimator(fitted, X)
    expected = fitted.report(X, y, sample_weight=weights).redundancy.values[0][1]
    display = RedundancyDisplay.of_selector(fitted, X, sample_weight=weights)
    assert display.redundancy[0, 1] == pytest.approx(expected)
    fitted.fit(X, y, np.ones(len(X)))  # which are none
    assert RedundancyDisplay.of_selector(fitted, X).redundancy.shape == (3, 3)


def test_a_map_takes_weights_as_fit_does(table, selector):
    X, y = table
    with pytest.raises(ValueError, match="sample_weight is -1 in row 0"):
        RedundancyDisplay.of_selector(selector, X, sample_weight=np.r_[-1, np.ones(len(X) - 1)])
    kept = np.arange(len(X)) < 150
    fitted = MutualInfoSelector("mim", 3, mi_estimator="knn").fit(X[kept], y[kept])
    expected = RedundancyDisplay.of_selector(fitted, X[kept]).redundancy
    found = RedundancyDisplay.of_selector(fitted, X, sample_weight=kept).redundancy
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="takes no sample_weight but 0 and 1"):
        RedundancyDisplay.of_selector(fitted, X, sample_weight=kept + 1)
