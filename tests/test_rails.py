"""Guard rails: what is said of a column, and when nothing is."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

import mifs
from mifs import _frames
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
    "numbers as labels": ([str(i % 50) for i in range(N)], "^all 50 labels read as numbers: if "),
    "a bad cell among numbers": (
        [f"{x:.5f}" if i != 77 else "n/k" for i, x in enumerate(NOISE)],
        r"399 of 400 labels read as numbers, all but 'n/k' in row 77: if that means missing, "
        r"convert the column by pandas\.to_numeric\(errors='coerce'\)",
    ),
    "marks for missing numbers": (
        [str(i % 60) if i % 7 else "?" if i % 2 else f"no{i // 100}" for i in range(N)],
        r"60 of 65 labels read as numbers, all but 'no0' \(in 8 rows, first in row 0\), '[?]' \(in "
        r"[0-9]+ rows, first in row 7\) and 3 more: if these mean missing, ",
    ),
    "a decimal comma": (
        [f"{x:.3f}".replace(".", ",") for x in NOISE],
        "labels read as numbers with a decimal comma: .* decimal=',' of pandas.read_csv",
    ),
    "commas among plain numbers": (
        [str(i) if i % 50 else f"{i},5" for i in range(N)],
        "all 400 labels read as numbers with a decimal comma",
    ),
    "commas between thousands": (
        [f"{i * 997:,}" for i in range(N)],
        "all 400 labels read as numbers with commas between thousands",
    ),
    "dates": (
        [f"2024-01-{1 + i % 28:02}" for i in range(N)],
        r"^all 28 labels read as dates: if they are, convert the column by pandas\.to_datetime",
    ),
    "times and a mistake": (
        ["2023-02-29" if i == 5 else f"2024-01-{1 + i % 28:02}T10:00:00Z" for i in range(N)],
        "^28 of 29 labels read as dates, all but '2023-02-29' in row 5",
    ),
    "days first": (
        [f"{1 + i % 28}.{1 + i % 12:02}.2024" for i in range(N)],
        r"^all 84 labels read as dates such as '1\.01\.2024': if they are, convert the column by "
        r"pandas\.to_datetime\(format='%d\.%m\.%Y'\) and take it as numbers",
    ),
    "months first, and a time": (
        [f"{1 + i % 12}/{1 + i % 28}/24 1:05 PM" for i in range(N)],
        r"such as '1/1/24 1:05 PM': .*\(format='%m/%d/%y %I:%M %p'\)",
    ),
    "days or months first": (
        [f"{1 + i % 5:02}-{1 + i % 7:02}-2024" if i else "unknown" for i in range(N)],
        r"^35 of 36 labels read as dates such as '02-02-2024', all but 'unknown' in row 0: if .*"
        r"\(format='%d-%m-%Y' or '%m-%d-%Y', errors='coerce'\)",
    ),
    "names of months": (
        [f"{1 + i % 28}-{('Jan', 'FEB', 'mar')[i % 3]}-24" for i in range(N)],
        r"dates such as '1-Jan-24': .*\(format='%d-%b-%y'\)",
    ),
    "years first": (
        [f"2024/{1 + i % 12}/{1 + i % 28}T10:00:59" for i in range(N)],
        "'%Y/%m/%dT%H:%M:%S'",
    ),
    "per cent": (
        [f"{i % 50} %" for i in range(N)],
        "^all 50 labels read as numbers with a unit or currency such as '0 %': if they are, take "
        "the unit off",
    ),
    "dollars and a mistake": (
        [f"-${i:,}.50" if i else "free" for i in range(N)],
        r"399 of 400 labels read as numbers with a unit or currency such as '-\$1\.50', all but "
        "'free' in row 0",
    ),
    "a point that parts no thousands": (
        [f"{1 + i % 50}.{100 + i},5" if i else "1234.567" for i in range(N)],
        r"399 of 400 labels read as numbers with a decimal comma and points between thousands, "
        r"all but '1234\.567' in row 0",
    ),
    "euros": ([f"{i * 99:,} €".replace(",", ".") for i in range(N)], "or currency such as '0 €'"),
    "spaces between thousands": (
        [f"{i * 997:,}".replace(",", " ") for i in range(N)],
        "all 400 labels read as numbers with spaces between thousands: if they are, take the "
        r"spaces out \(Series.str.replace, then pandas.to_numeric; in a shell --thousands ' '\)$",
    ),
    "narrow spaces, a decimal comma and a mistake": (
        ["?", *(f"{i}\u202f000,5" for i in range(1, N))],
        "399 of 400 labels read as numbers with a decimal comma and spaces between thousands, ",
    ),
    "euros with spaces": (
        [f"{i * 997 + 0.5:,} €".replace(",", "\xa0").replace(".", ",") for i in range(N)],
        "all 400 labels read as numbers with a unit or currency such as '0,5 €'",
    ),
    "few fractions with a sign": (
        [f"{0.5 + i % 9}%" for i in range(N)],
        "^all 9 labels read as numbers with a unit or currency such as '0.5%'",
    ),
    "few fractions with a comma": ([f"{i % 20},{i % 2}" for i in range(N)], "with a decimal comma"),
    "few fractions and a mistake": (
        [f"{i % 20 / 4}" if i else "n/k" for i in range(N)],
        "^20 of 21 labels read as numbers, all but 'n/k' in row 0",
    ),
    "many levels": ([f"n{i % 250}" for i in range(N)], "250 levels by 2 of the target"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "message"), SAID.values(), ids=SAID)
def test_what_is_said_of_a_column(values, message):
    assert re.search(message, remarks_of(values))


SILENT = {
    "fractions that differ": NOISE,
    "whole numbers with repeats": np.arange(N) // 2,
    "a few labels": np.array(["a", "b", "c"])[np.arange(N) % 3],
    "labels of which many are numbers": [str(i % 50) if i % 7 else f"a{i % 50}" for i in range(N)],
    "a few versions": [f"2024-{i % 5}" for i in range(N)],
    "few labels that are numbers": [str(i % 5) for i in range(N)],
    "a strong column": Y + NOISE / 2,
    "missing at random": np.where(RNG.random(N) < 0.3, np.nan, NOISE),
    "missing twice, in one class": np.where(np.isin(np.arange(N), [0, 2]), np.nan, NOISE),
    "present twice, in one class": np.where(np.isin(np.arange(N), [0, 2]), 5.0, np.nan),
    "one value and missing ones": np.where(np.arange(N) % 3 == 0, np.nan, 1.0),
}


@pytest.mark.parametrize("flipped", [0.0, 0.02])
def test_that_a_missing_label_tells_more_than_the_corrected_column_is_said_with_both_numbers(
    flipped,
):
    """Labels that never repeat: what chance would show is taken off, and missingness with it."""
    rng = np.random.default_rng(0)
    y = rng.random(2000) < 0.4
    is_there = y ^ (rng.random(2000) < flipped)
    X = pd.DataFrame({"order": np.where(is_there, [f"O{i}" for i in range(2000)], None)})
    selector = mifs.MutualInfoSelector().fit(X, y)
    remark = selector.columns_[0].remarks[-1]
    says = r"missing alone tells (\d+)% of the target, more than the (\d+)% that the column tells"
    found = re.search(says, remark)
    alone = mifs.mutual_info(is_there, y) / mifs.entropy_of(y)
    assert int(found[1]) == round(100 * alone)
    assert int(found[2]) == round(100 * selector.relevance_[0] / mifs.entropy_of(y)) < 70
    assert remark.startswith("whether" if flipped else "present in one class of the target only, ")
    assert "nearly all" not in remark


@pytest.mark.parametrize("weights", [None, np.r_[np.ones(1999), 0.5]])
def test_that_a_missing_note_tells_what_no_note_does_is_said_with_what_to_do(weights):
    """Rows with a note are as mixed as all, so that labels which never repeat seem to tell none."""
    rng = np.random.default_rng(0)
    y = rng.random(2000) < 0.5
    is_there = rng.random(2000) < np.where(y, 0.7, 0.4)
    X = pd.DataFrame({"note": np.where(is_there, [f"note {i}" for i in range(2000)], None)})
    selector = mifs.MutualInfoSelector(n_features_to_select=1).fit(X, y, sample_weight=weights)
    last = selector.columns_[0].remarks[-1]
    if weights is not None:
        assert "identifier" in last  # weights that are no counts have no tests
        return
    says = (
        r"alone tells (\d+)% of the target, more than the (-?\d+)% that .*: make a column of that"
    )
    alone, told = map(int, re.search(says, last).groups())
    assert told < alone == round(100 * mifs.mutual_info(is_there, y) / mifs.entropy_of(y))


@pytest.mark.parametrize("values", SILENT.values(), ids=SILENT)
def test_nothing_is_said_of_an_ordinary_column(values):
    assert not remarks_of(values)


UNREAD = {
    "versions": [f"1.{i % 12}.{i % 20}" for i in range(N)],
    "versions by year": [f"2024.{1 + i % 9}.{1 + i % 9}" for i in range(N)],
    "addresses": [f"10.{i % 4}.{i % 12}.{i % 28}" for i in range(N)],
    "postcodes": [f"{i % 50:05}" for i in range(N)],
    "phone numbers": [f"555-{i % 12:02}-{i % 28:04}" for i in range(N)],
    "sort codes": [f"{i % 97:02}-{i % 50:02}-{i % 50:02}" for i in range(N // 4)] * 4,
    "numbers of a contract": [f"{1 + i % 12}/{1 + i % 28}/3024" for i in range(N)],
    "names of no month": [f"{1 + i % 28} {['Abc', 'Xyz'][i % 2]} 2024" for i in range(N)],
    "numbers of a phone": [f"{1 + i % 28:02} {1 + i % 12:02} 2024" for i in range(N)],
    "no days": [f"{30 + i % 2}.02.2024" for i in range(N)],
    "prices in words": [f"from ${i % 50}" for i in range(N)],
    "codes with a sign": [f"A{i % 50}%" for i in range(N)],
    "a few per cent": [f"{i % 4} %" for i in range(N)],
    "some per cent": [f"{i % 31},0 %" for i in range(N)],
    "a few thousands": [f"{1 + i % 9} 000" for i in range(N)],
    "a few thousand dollars": [f"${1 + i % 9},000.00" for i in range(N)],
    "groups of three after zero": [f"0 {i % 50:03}" for i in range(N)],
    "negative in parentheses": [f"({i % 50})" for i in range(N)],
    "thousands by a letter": [f"{i % 50}k" for i in range(N)],
    "dates of which many are none": [f"{1 + i % 50}.01.2024" for i in range(N)],
}


@pytest.mark.parametrize("values", UNREAD.values(), ids=UNREAD)
def test_labels_that_only_look_like_numbers_or_dates_are_not_said_to_be(values):
    assert "read as" not in remarks_of(values)


def test_labels_that_are_said_to_be_levels_draw_no_remark():
    assert not remarks_of([str(i // 8) for i in range(N)], discrete_features={"column": True})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            [f"{x:.5f}" if i != 77 else "n/k" for i, x in enumerate(NOISE)],
            "399 of 400 labels read as numbers, all but 'n/k' in row 77",
        ),
        (["1,5", "2,5"] * (N // 2), "all 2 labels read as numbers with a decimal comma"),
        (["1", "2"] * (N // 2), "all 2 labels read as numbers: "),
        (
            ["1", None, "n" * 50, "2"] * (N // 4),
            f"as '{'n' * 37}...' (in 100 rows, first in row 2). C",
        ),
        (["", None, "1", "2"] * (N // 4), "labels such as '' (in 100 rows, first in row 0). C"),
    ],
)
def test_labels_taken_as_numbers_are_refused_by_the_one_that_is_none(values, message):
    with pytest.raises(TypeError, match=re.escape(message)) as caught:
        remarks_of(values, discrete_features={"column": False})
    assert str(caught.value).startswith("discrete_features takes column 'column' as numbers, but ")


def test_a_report_without_values_names_no_label():
    labels = [f"{x:.5f}" if i != 77 else "n/k" for i, x in enumerate(NOISE)]
    X = pd.DataFrame({"column": labels, "three": [*"abc", *labels[3:]]})
    said = [warned.sentence for warned in mifs.rank_features(X, Y, values=False).warnings]
    assert any(
        remark.startswith("399 of 400 labels read as numbers, all but one:") for remark in said
    )
    assert any(
        remark.startswith("396 of 400 labels read as numbers, all but 4:") for remark in said
    )
    assert "n/k" not in mifs.rank_features(X, Y, values=False).to_text()


@pytest.mark.parametrize(
    ("odd", "options"),
    [
        (["-"], "--na -"),
        (["-n"], "--na=-n"),
        (["--"], "--na LABEL"),
        (["n/k", "not known"], "--na n/k --na 'not known'"),
        (["(none)"], "--na LABEL"),
        (["a\tb"], "--na LABEL"),
        (["x" * 50], "--na LABEL"),
        (["a", "b", "c"], "--na LABEL"),
    ],
    ids=["a dash", "an option", "no value", "a space", "brackets", "no print", "long", "many"],
)
def test_labels_that_may_mean_missing_are_named_as_a_shell_takes_them(odd, options):
    column = [*odd, *(f"{x:.5f}" for x in NOISE[len(odd) :])]
    assert f"(in a shell {options})" in remarks_of(column)


def test_a_report_without_values_shows_no_date_and_no_amount():
    days = [f"{1 + i % 28}.01.2024" for i in range(N)]
    X = pd.DataFrame({"day": days, "share": [f"{i % 50} %" for i in range(N)]})
    shown, hidden = (mifs.rank_features(X, Y, values=v).to_text(width=999) for v in (True, False))
    for example in ("dates such as '1.01.2024'", "numbers with a unit or currency such as '0 %'"):
        assert f"labels read as {example}: if" in shown
        what = example.partition(" such as")[0]
        assert f"labels read as {what}: if" in hidden
    assert "1.01.2024" not in hidden


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


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_why_labels_are_discrete_is_said_in_plain_words(library):
    if library == "pandas":
        columns = {
            "text": ["a", "b"] * 20,
            "category": pd.Categorical(["a", "b"] * 20),
            "ordered category": pd.cut(np.arange(40.0), 2),
            "boolean": [True, False] * 20,
        }
        X = pd.DataFrame(columns).assign(objects=pd.Series([True, None] * 20, dtype=object))
        words = [*columns, "boolean"]
    else:
        labels = pl.Series(["a", "b"] * 20)
        X = pl.DataFrame({"a": labels, "b": labels.cast(pl.Categorical), "c": [True, False] * 20})
        words = ["text", "category", "boolean"]
    frame = mifs.MutualInfoSelector(n_features_to_select=1).fit(X, Y[:40]).columns_frame()
    assert frame["why"].tolist() == words


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
    assert sorted(read) == [7, 299]


@pytest.mark.parametrize("made", [pd.DataFrame, pl.DataFrame, np.asarray, sparse.csc_array])
def test_equal_columns_are_read_once_each(monkeypatch, made):
    """Not again for every other one: hundreds of empty columns are what text and labels become."""
    rng = np.random.default_rng(0)
    columns = np.zeros((40, 60))
    columns[:, 50:55], columns[:, 57] = rng.normal(size=(40, 5)), 1
    columns[:, 55:57] = columns[:, 51:53]
    X = made(columns)
    reads = []
    for reader in ("array_column", "_frame_column"):
        read = getattr(_frames, reader)
        monkeypatch.setattr(_frames, reader, lambda *of, read=read: reads.append(1) or read(*of))
    names = [f"c{place}" for place in range(60)]
    if isinstance(X, pd.DataFrame):
        X.columns = names
    table = TypedTable(X, discrete_features="auto", names=names)
    assert len(list(table.stored() if table.is_sparse else table)) == 60
    reads.clear()
    expected = dict.fromkeys([*range(1, 50), 58, 59], 0) | {55: 51, 56: 52}
    assert table.duplicates() == expected
    assert len(reads) == 52 + 4  # the empty ones, and two pairs


def test_stored_values_in_other_rows_make_another_column():
    """Of a sparse table, though their values are the same; zeros that are stored do not."""
    rows, values = np.array([1, 2, 1, 3, 1, 2, 0]), np.array([1.0, 2, 1, 2, 1, 2, 0])
    X = sparse.csc_array((values, rows, np.array([0, 2, 4, 7])), shape=(5, 3))
    table = TypedTable(X, discrete_features=True, names=None)
    assert len(list(table.stored())) == 3
    assert table.duplicates() == {2: 0}
