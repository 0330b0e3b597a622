"""Guard rails: what is said of a column, and when nothing is."""

import re

import numpy as np
import pandas as pd
import pytest

import mifs
from mifs.encoding import TypedTable

N = 400
Y = np.tile([0, 1], N // 2)
RNG = np.random.default_rng(0)
NOISE = RNG.normal(size=N)
WEAK = NOISE + Y


def remarks_of(values, y=Y, **parameters):
    """What is said of a column beside one of noise."""
    X = pd.DataFrame({"noise": RNG.normal(size=N), "column": values})
    selector = mifs.MutualInfoSelector(n_features_to_select=1, **parameters).fit(X, y)
    return " | ".join(selector.columns_[1].remarks)


SAID = {
    "labels that differ": ([f"n{i}" for i in range(N)], "an identifier: 400 distinct values"),
    "whole numbers that differ": (RNG.permutation(N) + 7, "an identifier: 400 distinct values"),
    "the target": (Y * 10, "tells 100% of the target: make sure"),
    "present in one class": (np.where(Y == 1, NOISE, np.nan), "was it filled in afterwards"),
    "missing in one class": (np.where((Y == 1) & (NOISE > 0), np.nan, WEAK), "missing in one"),
    "mostly missing in one": (
        np.where((Y == 1) ^ (np.arange(N) // 2 % 20 == 0), np.nan, NOISE),
        r"whether it is missing alone tells \d+% of the target, nearly all that the column tells: ",
    ),
    "constant": (np.full(N, 3), "^constant$"),
    "constant fraction": (np.full(N, 0.5), "^constant$"),
    "constant label": (["x"] * N, "^constant$"),
    "all missing": ([None] * N, "^all missing$"),
    "numbers as labels": ([str(i % 50) for i in range(N)], "its labels all read as numbers"),
    "many levels": ([f"n{i % 250}" for i in range(N)], "250 levels by 2 of the target"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "message"), SAID.values(), ids=SAID)
def test_what_is_said_of_a_column(values, message):
    assert re.search(message, remarks_of(values))


SILENT = {
    "fractions that differ": NOISE,
    "whole numbers with repeats": np.arange(N) // 2,
    "a few labels": np.array(["a", "b", "c"])[np.arange(N) % 3],
    "labels of which some are numbers": [str(i % 50) if i % 7 else "no" for i in range(N)],
    "few labels that are numbers": [str(i % 5) for i in range(N)],
    "a strong column": Y + NOISE / 2,
    "missing at random": np.where(RNG.random(N) < 0.3, np.nan, NOISE),
    "missing twice, in one class": np.where(np.isin(np.arange(N), [0, 2]), np.nan, NOISE),
    "present twice, in one class": np.where(np.isin(np.arange(N), [0, 2]), 5.0, np.nan),
    "one value and missing ones": np.where(np.arange(N) % 3 == 0, np.nan, 1.0),
}


@pytest.mark.parametrize("values", SILENT.values(), ids=SILENT)
def test_nothing_is_said_of_an_ordinary_column(values):
    assert not remarks_of(values)


def test_thirty_rows_name_nobody():
    """So few labels may all differ: at most 32 are no identifier."""
    X = pd.DataFrame({"name": [f"n{i}" for i in range(32)]})
    selector = mifs.MutualInfoSelector(n_features_to_select=1).fit(X, Y[:32])
    assert "identifier" not in " ".join(selector.columns_[0].remarks)


def test_copies_are_named_with_what_they_copy():
    """As numbers, whatever their type; with the same values missing."""
    hole = np.where(np.arange(N) % 3 == 0, np.nan, np.arange(N) % 7)
    other_hole = np.where(np.arange(N) % 3 == 1, np.nan, np.arange(N) % 7)
    X = pd.DataFrame(
        {
            "first": WEAK,
            "copy": WEAK,
            "whole": np.arange(N) % 7,
            "as float": (np.arange(N) % 7).astype(float),
            "hole": hole,
            "same hole": pd.array(hole, dtype="Float64").astype("Int64"),
            "other hole": other_hole,
            "nearly": np.r_[WEAK[:-1], 0],
        }
    )
    selector = mifs.MutualInfoSelector(n_features_to_select=3).fit(X, Y)
    copies = {c.name: r for c in selector.columns_ for r in c.remarks if "equal to" in r}
    assert copies == {
        "copy": "equal to first in every row",
        "as float": "equal to whole in every row",
        "same hole": "equal to hole in every row",
    }


def test_remarks_of_selected_columns_are_collected():
    X = pd.DataFrame({"weak": WEAK, "leak": Y, "name": [f"n{i}" for i in range(N)]})
    selector = mifs.MutualInfoSelector(n_features_to_select=1).fit(X, Y)
    assert selector.remarks_ == (
        "leak: tells 100% of the target: make sure that it is known before the target",
    )
    frame = selector.columns_frame()
    assert list(frame.columns) == ["feature", "kind", "levels", "missing", "why", "remarks"]
    assert frame["kind"].tolist() == ["continuous", "discrete", "discrete"]
    assert frame["remarks"][2].startswith("looks like an identifier")


def test_columns_of_few_ones_are_not_compared_two_by_two(monkeypatch):
    """All are zero in most rows; comparing each with each took minutes for thousands of them."""
    X = np.zeros((600, 300))
    X[np.arange(300) * 2 + 1, np.arange(300)] = 1
    X[:, 299] = X[:, 7]
    table = TypedTable(X, discrete_features="auto", names=None)
    assert len(list(table)) == 300
    read = []
    whole = TypedTable.column
    monkeypatch.setattr(TypedTable, "column", lambda self, j: read.append(j) or whole(self, j))
    assert table.duplicates() == {299: 7}
    assert read == [299, 7]
