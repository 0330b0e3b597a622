"""What the selector says of its target and of columns that passed no test, and of names."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight

from mifs import (
    BinnedMI,
    MutualInfoSelector,
    MutualInfoSelectorCV,
    StabilitySelector,
    rank_features,
)

N = 200
RNG = np.random.default_rng(0)
X = pd.DataFrame(RNG.normal(size=(N, 4)), columns=list("abcd"))
Y = pd.Series((X["a"] + RNG.normal(size=N) > 0).astype(int))
MADE = {
    "pandas": lambda table: table,
    "polars": pl.from_pandas,
    "pyarrow": lambda table: pa.Table.from_pandas(table, preserve_index=False),
}

SELECTORS = {
    "auto": MutualInfoSelector(min_features_to_select=2),
    "by a model": MutualInfoSelectorCV(LogisticRegression()),
    "stable": StabilitySelector(MutualInfoSelector(n_features_to_select=2), n_resamples=10),
}


def remarks(X, y, **parameters):
    selector = MutualInfoSelector(n_features_to_select=2).set_params(**parameters)
    return [r for r in selector.fit(X, y).remarks_ if r.startswith("the target: ")]


# ---------------------------------------------------------------- classes of a single row


@pytest.mark.parametrize(
    ("y", "advice"),
    [
        (np.arange(N), "discrete_target=False"),
        ([f"c{i}" for i in range(N)], "take another target"),
        (pd.date_range("2020-01-01", periods=N).strftime("%d.%m.%Y"), "make days of them"),
        (np.where(np.arange(N) < N // 2, 0, np.arange(N)), "discrete_target=False"),
        (np.column_stack([np.arange(N), np.arange(N) % 2]), "multi_target='mean'"),
    ],
    ids=["numbers", "labels", "dates", "half of the rows", "outputs"],
)
def test_classes_of_a_single_row_are_remarked_on_with_what_to_do(y, advice):
    (remark,) = remarks(X, y, discrete_target=True)
    assert "classes have a single row" in remark
    assert advice in remark


def test_a_target_of_labels_that_read_as_numbers_is_remarked_on():
    x = pd.DataFrame({"x": np.arange(200) % 5})
    y = [f"{i % 50}.5" for i in range(200)]
    y[77] = "n/k"
    (remark,) = MutualInfoSelector().fit(x, y).remarks_[-1:]
    assert remark.startswith(
        "the target: 50 of 51 labels read as numbers, all but 'n/k' in row 77: if that means "
        "missing, convert the column by pandas.to_numeric(errors='coerce')"
    )
    shown, hidden = (rank_features(x, y, values=values).to_text() for values in (True, False))
    assert "n/k" in shown
    assert "n/k" not in hidden
    assert "50 of 51 labels read as numbers, all but one:" in " ".join(hidden.split())


@pytest.mark.parametrize(
    ("y", "said"),
    [
        (
            ["1", "2", "n/k", "3", *map(str, range(4, 20))],
            "labels: 19 of 20 labels read as numbers",
        ),
        (["1", "no"] * 100, "'no' (in 100 rows, first in row 1). Take it as classes"),
        (
            ["2024-01-01"] * 9 + ["2024-01-02"],
            "'2024-01-01' (in 9 rows, first in row 0). Take it as classes",
        ),
    ],
)
def test_labels_taken_as_a_target_of_numbers_are_refused_by_one_that_is_none(y, said):
    x = pd.DataFrame({"x": np.arange(len(y)) % 5})
    with pytest.raises(ValueError, match=re.escape(f"as numbers, but it holds {said}")):
        MutualInfoSelector(discrete_target=False).fit(x, y)


def test_classes_that_repeat_and_targets_that_are_cut_draw_no_remark():
    assert remarks(X, Y) == []
    assert remarks(X, np.arange(N) // 2, discrete_target=True) == []
    assert remarks(X, X["a"]) == []
    assert remarks(X, np.arange(N), discrete_target=False) == []
    rare = np.where(np.arange(N) < 2, np.arange(N), 5)  # two of three classes
    assert remarks(X, rare) != []
    assert remarks(X, np.where(np.arange(N) < 1, 7, np.arange(N) % 2)) == []


def test_a_row_of_weight_two_is_two_rows_of_its_class():
    selector = MutualInfoSelector(n_features_to_select=2, discrete_target=True)
    once = selector.fit(X, np.arange(N), np.ones(N)).remarks_
    assert any("single row" in remark for remark in once)
    assert selector.fit(X, np.arange(N), np.full(N, 2)).remarks_ == ()


@pytest.mark.parametrize("weights", [0.5, 3.3, np.linspace(0.5, 5, N)], ids=["0.5", "3.3", "mixed"])
def test_a_row_of_a_fractional_weight_is_one_row_of_its_class(weights):
    """Fractions say how much a row counts, not how often it was seen; 0 still leaves it out."""
    plain = BinnedMI(correction=None)  # of which no scale of weights is remarked on
    selector = MutualInfoSelector(n_features_to_select=2, discrete_target=True, mi_estimator=plain)
    weights = np.broadcast_to(weights, N)
    (remark,) = selector.fit(X, np.arange(N), weights).remarks_
    assert remark.startswith("the target: 200 of 200 classes have a single row")
    pairs = np.arange(N) // 2
    assert selector.fit(X, pairs, weights).remarks_ == ()
    (remark,) = selector.fit(X, pairs, np.where(np.arange(N) % 2, 0, weights)).remarks_
    assert remark.startswith("the target: 100 of 100 classes have a single row")


def test_the_report_warns_of_the_target_too():
    report = rank_features(X, [f"c{i}" for i in range(N)], n_features_to_select=2)
    assert ("the target",) in [warning.features for warning in report.warnings]
    for text in (str(report), report.to_markdown(), report.to_json()):
        assert "200 of 200 classes have a single row" in text


def test_a_remark_on_the_target_takes_none_from_a_column_of_the_same_words():
    selector = MutualInfoSelector(n_features_to_select=2).fit(X.assign(one=1.0), Y)
    selector._target_remarks = ("constant",)
    (warning,) = selector.report(X.assign(one=1.0), Y).warnings
    assert warning.features == ("one", "the target")


# ---------------------------------------------------------------- rows in another order


def test_row_labels_of_the_target_in_another_order_are_remarked_on():
    """Rows are matched by place, as scikit-learn does; nothing is changed in silence."""
    other = RNG.permutation(N)
    for X_, y_ in ((X, Y.iloc[other]), (X.iloc[other], Y)):
        (remark,) = remarks(X_, y_)
        assert "y.loc[X.index]" in remark
    assert remarks(X, Y) == remarks(X.iloc[other], Y.iloc[other]) == []
    assert remarks(X.iloc[other], Y.iloc[other].to_numpy()) == []
    assert remarks(X.to_numpy(), Y.iloc[other]) == remarks(pl.from_pandas(X), Y.iloc[other]) == []
    assert remarks(X, Y.iloc[other].set_axis([f"r{i}" for i in range(N)])) == []
    assert remarks(X, Y.iloc[other].set_axis(np.arange(N) // 2)) == []
    two = pd.MultiIndex.from_arrays([other, other])
    assert remarks(X.set_index(two), Y) == []
    assert remarks(X.set_index(two), Y.set_axis(two[::-1])) != []


def test_row_labels_of_weights_in_another_order_are_remarked_on():
    other = np.random.default_rng(1).permutation(N)
    weights = pd.Series(np.arange(N) % 2 + 1.0)

    def said(X_, y_, weights_):
        selector = MutualInfoSelector(n_features_to_select=1).fit(X_, y_, weights_)
        return [remark for remark in selector.remarks_ if ".loc[" in remark]

    (remark,) = said(X, Y, weights[other])
    assert remark.startswith("the target: sample_weight's index holds the row labels of X")
    assert "pass sample_weight.loc[X.index]" in remark
    assert len(said(X, Y[other], weights[other])) == 2
    assert said(X, Y, weights) == said(X, Y, weights[other].to_numpy()) == []
    assert said(X.iloc[other], Y[other], weights[other]) == said(X, Y, list(weights)) == []
    assert said(X.to_numpy(), Y, weights[other]) == said(X, Y, pl.Series(weights)) == []
    assert said(X, Y, weights[other].set_axis([f"r{i}" for i in range(N)])) == []


@pytest.mark.parametrize("name", ["by a model", "stable"])
def test_selectors_of_selectors_pass_the_row_labels_on(name):
    """To the selector that is fitted to all rows, which remarks on them, in reports too."""
    selector, other = SELECTORS[name], np.random.default_rng(1).permutation(N)
    for y_ in (Y, Y.to_numpy(), Y.iloc[other].to_numpy(), Y.iloc[other].tolist()):
        assert not any("y.loc" in remark for remark in selector.fit(X, y_).selector_.remarks_)
    y_ = Y.iloc[other]
    assert "y.loc[X.index]" in selector.fit(X, y_).selector_.remarks_[-1]
    with pytest.warns(DataConversionWarning, match="column-vector"):
        selector.fit(X, y_.to_frame())
    if name == "by a model":
        selector.fit(X, y_)
        assert ("the target",) in [warning.features for warning in selector.report(X, y_).warnings]


def test_outputs_of_one_name_are_compared_by_their_rows_too():
    both = pd.concat([Y, Y], axis=1).set_axis(["q", "q"], axis=1)
    assert remarks(X, both) == []
    assert remarks(X, both[::-1]) != []


# ---------------------------------------------------------------- columns that passed no test


def test_columns_that_passed_no_test_are_remarked_on():
    noise = RNG.integers(0, 2, N)
    X_ = X.assign(one=1.0)[["one", "b", "c"]]
    selector = MutualInfoSelector().fit(X_, noise)
    (name,) = selector.get_feature_names_out()
    assert f"{name}: selected only to make up min_features_to_select=1" in selector.remarks_[-1]
    assert MutualInfoSelector(min_features_to_select=0).fit(X_, noise).remarks_ == ()
    constant = MutualInfoSelector().fit(X_[["one"]], noise)
    assert constant.remarks_[0] == "one: constant"
    assert constant.remarks_[1].startswith("one: selected only to make up")
    assert MutualInfoSelector(n_features_to_select=1).fit(X_, noise).remarks_ == ()
    two = MutualInfoSelector(min_features_to_select=2).fit(X, Y)
    assert two.remarks_[-1].startswith(f"{X.columns[two.selected_[1]]}: ")


# ---------------------------------------------------------------- names of columns


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=SELECTORS)
@pytest.mark.parametrize("fitted", MADE)
@pytest.mark.parametrize("given", MADE)
def test_names_are_checked_and_kept_whichever_library_comes(selector, fitted, given):
    selector.fit(MADE[fitted](X), Y)
    assert selector.feature_names_in_.tolist() == list("abcd")
    kept = selector.transform(MADE[given](X))
    assert type(kept) is type(MADE[given](X))
    names = getattr(kept, "column_names", getattr(kept, "columns", None))
    assert list(names) == selector.get_feature_names_out().tolist()
    with pytest.raises(ValueError, match="same order as they were in fit"):
        selector.transform(MADE[given](X[list("bacd")]))
    with pytest.raises(ValueError, match="Feature names unseen at fit time:\n- q"):
        selector.transform(MADE[given](X.rename(columns={"a": "q"})))


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=SELECTORS)
def test_columns_called_by_numbers_are_kept_and_their_order_is_checked(selector):
    table = X.set_axis(range(4), axis=1)
    kept = selector.fit(table, Y).transform(table)
    pd.testing.assert_frame_equal(kept, table.loc[:, selector.get_support()])
    with pytest.raises(ValueError, match="same order as they were in fit"):
        selector.transform(table[[1, 0, 2, 3]])
    assert isinstance(selector.transform(table.to_numpy()), np.ndarray)
    with pytest.warns(UserWarning, match="was fitted without feature names"):
        selector.transform(X)


@pytest.mark.parametrize("selector", SELECTORS.values(), ids=SELECTORS)
def test_columns_called_by_other_numbers_are_taken_by_place(selector):
    """Scikit-learn knows no names but strings; what has other names is given none."""
    selector.fit(X.set_axis(range(4), axis=1), Y)
    kept = selector.transform(X.set_axis(range(5, 9), axis=1))
    np.testing.assert_array_equal(kept, X.loc[:, selector.get_support()])
    assert isinstance(kept, np.ndarray)
    with pytest.raises(ValueError, match="X has 3 features"):
        selector.transform(X.set_axis(range(4), axis=1)[[0, 1, 2]])


def test_weights_that_make_many_rows_of_few_are_remarked_on_where_rows_are_tested():
    """Those of a survey: every column of noise seems to tell, as it would of so many rows."""
    rng = np.random.default_rng(0)
    X, y, weights = rng.normal(size=(300, 10)), np.arange(300) % 2, rng.integers(500, 1500, 300)
    (remark,) = MutualInfoSelector().fit(X, y, sample_weight=weights).remarks_
    assert remark.startswith(
        f"the target: sample_weight makes {weights.sum()} rows of 300, and tests"
    )
    assert "pass a number in n_features_to_select" in remark
    some_twice = 1 + (np.arange(300) % 6 == 0)
    for n_features, some in ((3, weights), ("auto", some_twice), ("auto", None)):
        selector = MutualInfoSelector("jmi", n_features).fit(X, y, sample_weight=some)
        assert "sample_weight" not in str(selector.remarks_)


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_fractions_that_stand_for_more_rows_than_are_independent_are_remarked_on(scale):
    """Those that balance classes sum to the number of rows, of which fewer are independent."""
    y = np.arange(N) % 10 == 0
    weights = scale * compute_sample_weight("balanced", y)
    selector = MutualInfoSelector(n_features_to_select=2)
    *_, remark = selector.fit(X, y, weights).remarks_
    assert remark.startswith(f"the target: sample_weight sums to {scale * N:g}, and leaves 72 ")
    right = weights * weights.sum() / (weights**2).sum()
    for some, correction in ((right, "chance"), (weights, None)):
        selector.set_params(mi_estimator=BinnedMI(correction=correction))
        assert "sample_weight" not in str(selector.fit(X, y, some).remarks_)
