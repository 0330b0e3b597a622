"""What a shell user sees: results on one stream, faults in one line on the other, exit codes."""

import csv
import gzip
import html
import io
import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.datasets import load_breast_cancer

from mifs import BinnedMI, MutualInfoSelector, __version__
from mifs.cli import faults, main, progress, ranking, reading
from mifs.criteria import CRITERIA

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def demo():
    """The bundled table, its target, and a selector that was fitted by hand."""
    data = load_breast_cancer(as_frame=True)
    y = data.target_names[data.target]
    return data.data, y, MutualInfoSelector().fit(data.data, y)


@pytest.fixture
def table():
    """Two columns that tell of y, one that repeats, one that says nothing; 120 rows."""
    rng = np.random.default_rng(0)
    a, b, noise = rng.integers(0, 2, (3, 120))
    y = np.where(a + b > 1, "yes", "no")
    labels = np.where(b == 1, "on", "off")
    return pd.DataFrame({"a": a, "b": labels, "a again": a, "noise": noise, "y": y})


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *argv):
    """Run the command line in this process: exit code, output, errors."""
    try:
        code = main(argv)
    except SystemExit as leaving:
        code = leaving.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def features(out):
    """Names in the order of a ranking in CSV."""
    return list(pd.read_csv(io.StringIO(out))["feature"])


def shell(*argv, **options):
    """Start a process of its own, from the root of the project."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "mifs", *argv]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen(command, env=environment, **streams)


# ---------------------------------------------------------------- what is printed


def test_the_name_alone_prints_the_help(capsys):
    code, out, err = run(capsys)
    assert (code, err) == (0, "")
    assert out.startswith("usage: mifs")
    assert "rank" in out


def test_the_version_is_that_of_the_package(capsys):
    assert run(capsys, "--version") == (0, f"mifs {__version__}\n", "")


def test_the_help_names_every_criterion_and_every_option(capsys):
    code, out, _ = run(capsys, "rank", "--help")
    assert code == 0
    words = set(re.findall(r"[\w-]+", out))
    assert set(CRITERIA) <= words
    for command in ("rank", "report"):
        assert "rows in messages are counted from 0" in run(capsys, command, "--help")[1]
    assert {"--target", "--demo", "--include", "--exclude", "--n-bins", "--all"} <= words


def test_the_demo_prints_an_aligned_table_with_its_units(capsys, demo):
    X, _, selector = demo
    code, out, err = run(capsys, "rank", "--demo")
    assert (code, err) == (0, "")
    table, _, words = out.rpartition("\n\n")
    source, target, _, names, units, *rows = table.splitlines()
    ended, *promise = words.splitlines()
    assert source == "breast cancer data: 569 rows, 30 columns and the target"
    # 212 malignant and 357 benign
    p = 212 / 569
    entropy = -(p * math.log2(p) + (1 - p) * math.log2(1 - p))
    assert target == f"target diagnosis: 2 classes, H(Y) = {entropy:.4f} bits; criterion cmim"
    assert names.split() == [
        *("rank", "feature", "kind"),
        *("score", "relevance", "redundancy", "p", "alone", "p", "given"),
    ]
    assert units.split() == ["[bits]"] * 3
    assert ended == selector.path_.ended
    assert " ".join(promise) == selector.promise_
    assert len(rows) == selector.n_features_
    assert {len(row) for row in rows} == {len(names)}
    found = [re.split(r"\s{2,}", row.strip()) for row in rows]
    assert [row[1] for row in found] == list(X.columns[selector.selected_])
    bits = selector.scores_ / math.log(2)
    assert [row[3] for row in found] == [f"{score:.4f}" for score in bits]


def test_json_holds_the_numbers_of_the_selector(capsys, demo):
    X, _, selector = demo
    code, out, err = run(capsys, "rank", "--demo", "--unit", "nats", "--format", "json", "--all")
    assert (code, err) == (0, "")
    document = json.loads(out)
    rows = pd.DataFrame(document.pop("rows"))
    entropy = document.pop("target_entropy")
    assert 0 < entropy < math.log(2)
    assert document == {
        "schema_version": 1,
        "source": "breast cancer data",
        "n_rows": 569,
        "n_columns": 30,
        "target": "diagnosis",
        "target_kind": "discrete",
        "target_levels": 2,
        "weight": None,
        "sum_of_weights": None,
        "unit": "nats",
        "score_unit": "nats",
        "criterion": "cmim",
        "ended": selector.path_.ended,
        "promise": selector.promise_,
        "remarks": [],
    }
    order = [list(X.columns).index(name) for name in rows["feature"]]
    n = selector.n_features_
    assert order[:n] == list(selector.selected_)
    # To the twelve decimals that the ranking keeps, and of them every digit.
    np.testing.assert_array_equal(rows["relevance"], selector.relevance_[order].round(12))
    np.testing.assert_array_equal(rows["rank"], selector.ranking_[order])
    np.testing.assert_array_equal(rows["selected"], selector.support_[order])
    np.testing.assert_array_equal(rows["score"][:n], selector.scores_.round(12))
    assert math.isnan(rows["redundancy"][0])  # null: the first had none before it


def test_json_says_that_a_ratio_has_no_unit(capsys):
    _, out, _ = run(capsys, "rank", "--demo", "--criterion", "njmim", "--format", "json")
    assert json.loads(out)["score_unit"] is None


@pytest.mark.parametrize("unit", ["bits", "nats", "hartleys"])
def test_csv_comes_back_as_the_frame_of_the_selector(capsys, demo, unit):
    _, _, selector = demo
    _, out, _ = run(capsys, "rank", "--demo", "--all", "--format", "csv", "--unit", unit)
    rows = list(csv.DictReader(io.StringIO(out)))
    expected = selector.ranking_frame(unit=unit)
    assert list(rows[0]) == list(expected)
    for header in expected:
        found = [row[header] for row in rows]
        if expected[header].dtype == float:  # digit for digit; empty where nothing was measured
            found = [float(cell or "nan") for cell in found]
            np.testing.assert_array_equal(found, expected[header])
        else:
            assert found == list(map(str, expected[header]))


@pytest.mark.usefixtures("in_folder")
def test_markdown_is_a_table_with_escaped_bars(capsys, table):
    table.rename(columns={"b": "a|b"}).to_csv("t.csv", index=False)
    _, out, err = run(
        capsys, "rank", "t.csv", "--target", "y", "--format", "markdown", "--n-features", "1"
    )
    header, rule, row = out.splitlines()
    assert err == ""
    assert header.startswith("| rank | feature | kind | selected | score [bits] | relevance")
    assert set(rule) <= set("|:- ")
    cells = re.split(r"(?<!\\)\|", row)
    assert len(cells) == len(header.split("|")) == len(rule.split("|"))
    assert cells[2] == r" a\|b "
    assert float(cells[5]) > 0.1


def test_markdown_is_rounded_as_the_table_is(capsys):
    argv = ("rank", "--demo", "--n-features", "5")
    _, table, _ = run(capsys, *argv)
    _, markdown, _ = run(capsys, *argv, "--format", "markdown")
    numbers = partial(re.findall, r"-?\d+\.\d+")
    assert numbers(markdown) == numbers(table.partition("rank")[2])


@pytest.mark.parametrize(
    ("criterion", "passes"), [("jmi", True), ("cmim", False), ("njmim", False)]
)
@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_scores_above_the_entropy_are_said_to_be_no_information(capsys, criterion, passes, form):
    argv = ("rank", "--demo", "--n-features", "5", "--criterion", criterion, "--format", form)
    code, out, err = run(capsys, *argv)
    assert code == 0
    said = "scores above H(Y) = 0.9526 bits are no information about the target"
    assert (said in " ".join((out + err).split())) == passes
    assert (said in err) == (passes and form == "markdown")


@pytest.mark.usefixtures("in_folder")
def test_all_adds_the_columns_that_are_not_selected(capsys, table):
    table.to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--n-features", "2", "--format", "csv")
    _, few, _ = run(capsys, *argv)
    _, every, _ = run(capsys, *argv, "--all")
    assert every.startswith(few)
    assert sorted(features(every)) == ["a", "a again", "b", "noise"]


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_a_column_that_one_cell_ruined_is_named_though_not_selected(capsys, form):
    """Else the only column that tells of the target would vanish without a word."""
    y = np.arange(400) % 2
    income = [f"{2000 + 7 * i + 5000 * (i % 2)}.5" for i in range(400)]
    income[77] = "n.a.x"
    frame = pd.DataFrame({"income": income, "also": np.where(y == 1, "x", "y"), "y": y})
    frame["copy"] = frame["also"]
    frame.to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--format", form)
    code, out, err = run(capsys, *argv)
    assert code == 0
    said = "income: 399 of 400 labels read as numbers, all but 'n.a.x' in row 77"
    if form == "json":
        assert any(remark.startswith(said) for remark in json.loads(out)["remarks"])
    elif form == "table":
        assert f"! {said}" in " ".join(out.split())
    else:
        assert "labels" not in out
        assert all(line.startswith("mifs: warning: ") for line in err.splitlines())
        assert f"mifs: warning: {said}" in err
    copied = "copy: equal to also in every row"
    assert copied not in out + err
    _, out, err = run(capsys, *argv, "--all")
    assert copied in out + err


@pytest.mark.usefixtures("in_folder")
def test_names_neither_break_a_line_nor_speak_to_the_terminal(capsys, table):
    renamed = table.rename(columns={"a": "line\nbreak", "b": "\x1b[31mred", "noise": "日本"})
    renamed.to_csv("t.csv", index=False)
    _, out, _ = run(capsys, "rank", "t.csv", "--target", "y", "--n-features", "all")
    assert "\x1b" not in out
    names, _units, first, second, third, fourth = out.splitlines()[3:9]
    assert r"line\nbreak" in out
    assert r"\x1b[31mred" in out
    # A Japanese character takes two places: its line has two characters less.
    lengths = [len(line) + 2 * ("日本" in line) for line in (first, second, third, fourth)]
    assert lengths == [len(names)] * 4


# ---------------------------------------------------------------- what is read


def write_gzip(frame, path):
    path.write_bytes(gzip.compress(frame.to_csv(index=False).encode()))


WRITERS = {
    "t.csv": lambda frame, path: frame.to_csv(path, index=False),
    "T.CSV": lambda frame, path: frame.to_csv(path, index=False),
    "t.csv.gz": write_gzip,
    "t.tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    "bom.csv": lambda frame, path: frame.to_csv(path, index=False, encoding="utf-8-sig"),
    "t.parquet": lambda frame, path: frame.to_parquet(path),
    "t.PQ": lambda frame, path: frame.to_parquet(path),
}


@pytest.mark.parametrize("file", WRITERS)
def test_every_kind_of_file_gives_the_ranking_of_its_table(capsys, in_folder, table, file):
    WRITERS[file](table, in_folder / file)
    code, out, err = run(capsys, "rank", file, "--target", "y", "--format", "csv")
    assert (code, err) == (0, "")
    selector = MutualInfoSelector().fit(table.drop(columns="y"), table["y"])
    assert features(out) == list(selector.feature_names_in_[selector.selected_])


def test_a_dash_reads_standard_input(capsys, monkeypatch, table):
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(table.to_csv(index=False).encode()))
    )
    code, out, _ = run(capsys, "rank", "-", "--target", "y")
    assert code == 0
    assert out.startswith("standard input: 120 rows, 4 columns and the target\n")


@pytest.mark.usefixtures("in_folder")
def test_labels_grades_and_truths_are_discrete_and_a_numeric_target_is_cut(capsys):
    rng = np.random.default_rng(1)
    price = rng.normal(size=200)
    cut = np.digitize(price, [-0.5, 0.5])
    frame = pd.DataFrame(
        {
            "grade": pd.Categorical.from_codes(cut, ["low", "mid", "high"], ordered=True),
            "label": np.array(["x", "y", "z"])[cut],
            "truth": price > 0,
            "whole": pd.array(cut, dtype="Int64"),
            "number": price,
            "price": price,
        }
    )
    frame.to_parquet("t.parquet")
    code, out, err = run(capsys, "rank", "t.parquet", "--target", "price", "--all")
    assert (code, err) == (0, "")
    assert "target price: cut into 5 bins, H(Y) = " in out  # five of 200 rows
    kinds = dict(re.findall(r"^ +\d+  (\w+) +(\w+)", out, flags=re.MULTILINE))
    discrete = dict.fromkeys(("grade", "label", "truth", "whole"), "discrete")
    assert kinds == {**discrete, "number": "continuous"}


@pytest.mark.usefixtures("in_folder")
def test_column_numbers_of_a_parquet_file_are_names_too(capsys, table):
    table.set_axis(range(5), axis=1).to_parquet("t.parquet")
    argv = ("rank", "t.parquet", "--target", "4", "--include", "3", "--format", "csv")
    code, out, _ = run(capsys, *argv)
    assert code == 0
    assert features(out)[0] == 3


# ---------------------------------------------------------------- what is selected


@pytest.mark.parametrize(
    ("n_features", "expected"),
    [("3", 3), ("0.2", 6), ("1.0", 30), ("1", 1), ("all", 30), ("1e-9", 1)],
)
def test_the_number_of_features_is_a_count_a_fraction_or_all(capsys, n_features, expected):
    argv = ("rank", "--demo", "--n-features", n_features, "--format", "csv")
    _, out, _ = run(capsys, *argv)
    assert len(features(out)) == expected


@pytest.mark.parametrize("criterion", ["jmi", "JMI", "mrmr_quotient"])
def test_the_criterion_and_the_bins_reach_the_selector(capsys, demo, criterion):
    X, y, _ = demo
    argv = ("rank", "--demo", "--criterion", criterion, "--n-bins", "3", "--format", "csv")
    _, out, _ = run(capsys, *argv)
    selector = MutualInfoSelector(criterion, mi_estimator=BinnedMI(n_bins=3)).fit(X, y)
    assert features(out) == list(X.columns[selector.selected_])


COMMAS = pd.DataFrame(
    [[i % 2, i % 3, i % 5, i % 7, i % 2] for i in range(60)],
    columns=["income, net", "age", "sex", "a,b", "y"],
)


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize(
    ("values", "first"),
    [
        (["sex"], ["sex"]),
        (["sex,age"], ["sex", "age"]),
        (["sex, age"], ["sex", "age"]),
        (["sex", "age"], ["sex", "age"]),
        (["sex", "sex,age"], ["sex", "age"]),  # said twice, meant once
        (["a,b"], ["a,b"]),  # a column's whole name comes before a list
        (['"a,b",sex'], ["a,b", "sex"]),
        (['age,"income, net"'], ["age", "income, net"]),
    ],
)
def test_included_columns_come_first_even_if_their_names_hold_commas(capsys, values, first):
    COMMAS.to_csv("t.csv", index=False)
    options = [word for value in values for word in ("--include", value)]
    argv = ["rank", "t.csv", "--target", "y", *options, "--format", "csv"]
    code, out, _ = run(capsys, *argv)
    assert code == 0
    assert features(out)[: len(first)] == first


@pytest.mark.usefixtures("in_folder")
def test_excluded_columns_are_not_looked_at(capsys, table):
    frame = table.assign(gap=[None, *[1.0] * 119], day=pd.Timestamp("2020-01-01"))
    frame.to_parquet("t.parquet")
    argv = ("rank", "t.parquet", "--target", "y", "--all", "--format", "csv")
    code, out, err = run(capsys, *argv, "--exclude", "gap,day", "--exclude", "a")
    assert (code, err) == (0, "")
    assert sorted(features(out)) == ["a again", "b", "noise"]


def test_the_demo_takes_another_target(capsys):
    _, out, _ = run(capsys, "rank", "--demo", "--target", "mean radius", "--format", "json")
    document = json.loads(out)
    assert document["target_kind"] == "continuous"
    assert document["rows"][0]["feature"] == "mean area"  # a function of the radius, nearly


def test_missing_values_and_kinds_are_taken_as_said_and_leaks_are_named(capsys, tmp_path):
    table = tmp_path / "boats.csv"
    rows = [f"{n % 50},{'A' if n % 2 else ''},{n % 2}" for n in range(200)]
    table.write_text("\n".join(["n,boat,survived", *rows]))
    options = [str(table), "--target", "survived", "--format", "json", "--n-features", "all"]
    code, _, err = run(capsys, "rank", *options, "--continuous", "boat")
    assert code == 1
    assert "takes column 'boat' as numbers, but it holds labels such as 'A'" in err
    code, out, err = run(capsys, "rank", *options, "--discrete", "n")
    assert (code, err) == (0, "")
    document = json.loads(out)
    kinds = {row["feature"]: row["kind"] for row in document["rows"]}
    assert kinds == {"boat": "discrete", "n": "discrete"}
    assert any(remark.startswith("boat: present in one class") for remark in document["remarks"])
    _, out, _ = run(capsys, "rank", *options)
    kinds = {row["feature"]: row["kind"] for row in json.loads(out)["rows"]}
    assert kinds["n"] == "continuous"


def test_what_auto_shows_and_takes_is_as_asked(capsys):
    def document(*options):
        return json.loads(run(capsys, "rank", "--demo", "--format", "json", *options)[1])

    assert "confirmed where in doubt" in document()["promise"]
    assert "analytic tails)" in document("--confirm", "never")["promise"]
    assert "drawn from random tables" in document("--confirm", "always")["promise"]
    assert "at fdr 0.05" in document("--error-control", "fdr")["ended"]
    hard = ("--alpha", "1e-300")
    assert document(*hard, "--min-features", "0")["rows"] == []
    assert len(document(*hard, "--min-features", "2")["rows"]) == 2


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_pvalue_below_all_floats_is_no_zero(capsys, form):
    n = 4000
    frame = pd.DataFrame({"a": np.arange(n) % 2, "b": np.arange(n) % 3, "y": np.arange(n) % 2})
    frame.to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--all", "--format")
    shown = run(capsys, *argv, form)[1]
    assert "<1e-300" in shown
    assert "0.0e+00" not in shown
    assert json.loads(run(capsys, *argv, "json")[1])["rows"][0]["p alone"] == 0.0


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("last_line", ["", "1\n"], ids=["read", "refused"])
def test_long_values_are_read_and_leave_the_limit_of_csv_as_it_was(capsys, in_folder, last_line):
    """The limit is one for all that a process reads."""
    limit = csv.field_size_limit()
    text = "x" * (limit + 1)
    (in_folder / "t.csv").write_text(f"a,y\n{text},1\nb,2\n{text},1\nb,2\n{last_line}")
    code, _, err = run(capsys, "rank", "t.csv", "--target", "y", "--all")
    assert code == (1 if last_line else 0), err
    assert ("line 6 has 1 value" in err) == bool(last_line)
    assert csv.field_size_limit() == limit


FILES = {
    "ok.csv": "a,b,survived\n1,2,x\n2,1,y\n1,1,x\n2,2,y\n",
    "nothing.csv": "",
    "header.csv": "a,b,y\n",
    "alone.csv": "y\n1\n2\n",
    "one_row.csv": "a,y\n1,2\n",
    "one_class.csv": "a,y\n1,x\n2,x\n3,x\n",
    "gap.csv": "a,b,y\n1,,x\n2,1,y\n1,,x\n",
    "target_gap.csv": "a,y\n1,x\n2,\n3,x\n",
    "infinite.csv": "a,y\n0.5,x\ninf,y\n1.5,x\n",
    "ragged.csv": "a,y\n1,2\n1,2,3\n",
    "names.csv": "a,y\n1,2,3\n4,5,6\n",
    "short.csv": 'a,b,y\n1,"two\nlines",x\n\n2,1,y\n2\n1,2,x\n',
    "quote.csv": 'a,y\n"1,2\n3,4\n',
    "blank.csv": "\n \n\n",
    "quotes.csv": 'a,y\n"1\n1",2\n\n3,"4\n5,6\n',
    "ended.csv": "a,y\n1,2,\n\n3,4,\n",
    "ended_once.csv": "a,y\n1,2,\n3,4\n",
    "two_marks.csv": "a,b,y\n1;2;0\n3;4;1\n",
    "commas.csv": "a, x;b, z, w;y\n1;2;0\n3;4;1\n",
    "le.csv": "ä,y\n1,2\n".encode("utf-16-le"),
    "be.csv": "a,y\n1,2\n".encode("utf-16-be"),
    "bytes.csv": b"\xff\0\0\0" * 200,
    "latin.csv": "é,y\n1,2\n".encode("latin-1"),
    "utf16.csv": "a,y\n1,2\n".encode("utf-16"),
    "again.csv": 'a,"b",a,b,y,a.1\n1,2,3,4,5,6\n',
    "again_target.csv": "y,b,y\n1,2,3\n4,5,6\n",
    "again.tsv": "a\ta\ty\n1\t2\t3\n",
    "again.csv.gz": gzip.compress(b"\xef\xbb\xbfa,a,y\n1,2,3\n"),
    "europe.csv": "a;b;y\n1,5;x, y;0\n2,5;x;1\n",
    "cell.csv": "a,y\n" + "".join(f"{i}.5,{i % 2}\n" for i in range(40)) + "n/k,1\n",
    "labels.csv": "a,y\nred,1\n" + "blue,0\n" * 3,
    "no_target.csv": "a,y\n1,\n2,\n",
    "table.xlsx": "",
    "bad.csv.gz": "a,y\n1,2\n",
    "cut.csv.gz": gzip.compress(b"a,y\n" + b"1,2\n" * 500)[:-12],
    "bad.parquet": "a,y\n1,2\n",
    "wide.csv": ",".join(f"column{i}" for i in range(20)) + "\n" + ",".join("1" * 20) + "\n",
}

BAD_DATA = [  # arguments after "rank", and what the line must say
    ("missing.csv --target y", "missing.csv: No such file or directory"),
    ("missing.parquet --target y", "missing.parquet: No such file or directory"),
    ("folder.csv --target y", "folder.csv: Is a directory"),
    ("table.xlsx --target y", "table.xlsx: not a kind of file that is read: .csv, .csv.gz, .tsv,"),
    ("nothing.csv --target y", "nothing.csv: empty: its first line must name the columns"),
    ("blank.csv --target y", "blank.csv: empty: its first line must name the columns"),
    ("header.csv --target y", "header.csv holds no rows."),
    ("alone.csv --target y", "no column to rank beside the target 'y'"),
    ("ok.csv --target survived --exclude a,b", "no column to rank beside the target 'survived'"),
    ("one_row.csv --target y", "one_row.csv: it holds a single class, 2, in all 1 rows"),
    ("ok.csv --target survivd", "ok.csv has no column 'survivd'. Did you mean 'survived'?"),
    ("ok.csv --target SURVIVED", "has no column 'SURVIVED'. Did you mean 'survived'?"),
    ("ok.csv --target zzz", "has no column 'zzz'. Its columns: 'a', 'b', 'survived'."),
    ("wide.csv --target q", "'column7' and 12 more."),
    ("ok.csv --target survived --include c", "--include names 'c', which is no column to rank"),
    ("ok.csv --target survived --include survived", "--include names 'survived', which is no"),
    ("ok.csv --target survived --exclude c", "--exclude names 'c', which is no column to rank"),
    ("ok.csv --target survived --include b,a --exclude a", "'a' is named by both --include and --"),
    (
        "ok.csv --target survived --discrete a --exclude a",
        "by both --discrete and --exclude: leave",
    ),
    ("ok.csv --target survived --continuous a --exclude a", "'a' is named by both --continuous"),
    (
        "ok.csv --target survived --n-features 5",
        "ok.csv: --n-features 5 asks for 5 columns, but between 1 and 2 can be selected: it has 2, "
        "0 are excluded and 0 included. Say --n-features all for as many as there are.",
    ),
    (
        "ok.csv --target survived --include a,b --n-features 1",
        "0 are excluded and 2 included. Ask for 2 or more, or shorten --include.",
    ),
    ("ok.csv --target survived --target-kind numbers", "as classes (--target-kind classes)."),
    (
        "cell.csv --target a --target-kind numbers",
        "it is to be taken as numbers, but it holds labels: 40 of 41 labels read as numbers, all "
        "but 'n/k' in row 40: if that means missing, say --na n/k.",
    ),
    ("infinite.csv --target a --target-kind classes", "it contains infinity in 1 of 3 rows, first"),
    ("one_class.csv --target y", "one_class.csv: it holds a single class, 'x', in all 3 rows"),
    (
        "gap.csv --target y --missing error",
        "column 'b' (2 of 3 rows). Fill or drop these rows first, or pass --missing level.",
    ),
    ("target_gap.csv --target y", "first in row 1. Drop these rows by --drop-missing-target."),
    ("no_target.csv --target y --drop-missing-target", "no value of the target 'y' in all 2 rows"),
    (
        "target_gap.csv --target y",
        "target 'y' of target_gap.csv: it contains NaN or None in 1 of 3",
    ),
    ("infinite.csv --target y", "it contains infinity in column 'a' (1 of 3 rows, first in row"),
    ("ragged.csv --target y", "line 3 has 3 values, but the first line names 2 columns"),
    ("names.csv --target y", "line 2 has 3 values, but the first line names 2 columns"),
    ("short.csv --target y", "line 6 has 1 value, but the first line names 3 columns"),
    ("quote.csv --target y", "quote.csv: a quote that opens in the row from line 2 on is never"),
    ("quotes.csv --target y", "quotes.csv: a quote that opens in the row from line 5 on is never"),
    ("ended.csv --target y", "line 2 has 3 values, but the first line names 2 columns. All lines"),
    ("ended_once.csv --target y", "names 2 columns. Mend the line, or quote values that hold"),
    (
        "two_marks.csv --target y",
        "line 2 has 1 value, but the first line names 3 columns. The first line is parted by ',', "
        "this one by ';': part all by one.",
    ),
    ("commas.csv --target y", "names 4 columns. Its lines seem to be parted by ';': --sep ';'."),
    ("le.csv --target y", "not utf-8, but utf-16-le, as its zero bytes show: --encoding utf-16-le"),
    ("be.csv --target y --encoding cp1252", "not cp1252, but utf-16-be, as its zero bytes show: "),
    ("bytes.csv --target y", "bytes.csv: not utf-8: name how it is written by --encoding"),
    ("utf16.csv --target y --encoding latin-1", "not iso8859-1, but utf-16, as its first two"),
    ("latin.csv --target y", "latin.csv: not utf-8: name how it is written by --encoding, such as"),
    ("latin.csv --target y --encoding utf-16", "latin.csv: not utf-16: name how it is written by"),
    (
        "utf16.csv --target y",
        "not utf-8, but utf-16, as its first two bytes say: --encoding utf-16",
    ),
    (
        "again.csv --target y --exclude a,b",
        "again.csv: 2 column names are used more than once: 'a', 'b'. Rename the columns",
    ),
    (
        "again_target.csv --target y",
        "1 column name is used more than once: 'y'. Rename the",
    ),
    ("again.tsv --target y", "1 column name is used more than once: 'a'."),
    ("again.csv.gz --target y", "1 column name is used more than once: 'a'."),
    ("again.parquet --target y --continuous a", "again.parquet: "),  # some readers refuse it
    ("ok.csv --target survived --sep ;", "'survived'. Its lines seem to be parted by ',': --sep"),
    ("again.tsv --target y --sep ,", "has no column 'y'. Its lines seem to be parted by '\\t': "),
    ("ok.csv --target survived --exclude aa", "no column to rank in ok.csv. Did you mean 'a'?"),
    (
        "europe.csv --target y",
        "europe.csv: line 2 has 3 values, but the first line names 1 column. Its lines seem to be "
        "parted by ';': --sep ';'.",
    ),
    (
        "europe.csv --target y --sep ; --continuous a",
        "all 2 labels read as numbers with a decimal comma: if they are, say --decimal ','.",
    ),
    (
        "cell.csv --target y --continuous a",
        "cell.csv: --continuous takes column 'a' as numbers, but it holds labels: 40 of 41 labels "
        "read as numbers, all but 'n/k' in row 40: if that means missing, say --na n/k.",
    ),
    (
        "labels.csv --target y --continuous a",
        "such as 'red' in row 0. Numbers are written as 1.5, dates as YYYY-MM-DD or as "
        "--date-format says: name the form, or what means missing by --na, or leave out "
        "--continuous.",
    ),
    ("bad.csv.gz --target y", "bad.csv.gz: Not a gzipped file"),
    ("cut.csv.gz --target y", "cut.csv.gz: Compressed file ended"),
    ("bad.parquet --target y", "bad.parquet: "),
    ("day.parquet --target y", "Column 'day' holds dates (type datetime64"),
    (
        "day.parquet --target day",
        "Take them as numbers by --target-kind numbers, or make labels of them.",
    ),
    (
        "day.parquet --target y",
        "Take them as numbers with --continuous 'day', make features of them, such as the weekday, "
        "or leave them out by --exclude.",
    ),
]


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory):
    """A folder with everything that can be wrong with a table."""
    folder = tmp_path_factory.mktemp("bad")
    for name, content in FILES.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "folder.csv").mkdir()
    days = pd.date_range("2020-01-01", periods=3)
    pd.DataFrame({"day": days, "y": list("aba")}).to_parquet(folder / "day.parquet")
    again = pa.table([[1, 2], [3, 4], [5, 6]], names=["a", "a", "y"])
    pq.write_table(again, folder / "again.parquet")
    return folder


@pytest.mark.parametrize(("line", "says"), BAD_DATA, ids=[line for line, _ in BAD_DATA])
def test_bad_data_is_one_line_and_exit_code_one(capsys, monkeypatch, bad_files, line, says):
    monkeypatch.chdir(bad_files)
    code, out, err = run(capsys, "rank", *line.split())
    assert (code, out) == (1, "")
    assert err.startswith("mifs: error: ")
    assert says in err
    assert err.index("\n") == len(err) - 1
    assert "np." not in err  # a value is quoted as the file has it


@pytest.mark.parametrize("seed", range(60))
def test_a_row_of_another_length_is_always_found(seed):
    """Pandas alone fills up a short row, and lets a first long one pass if its end is empty."""
    rng = np.random.default_rng(seed)
    values = ["1", "", "x", '"a,b"', '"two\nlines"', '"say ""so"""', " "]
    rows = [["a", "b", "y"], *(list(rng.choice(values, 3)) for _ in range(6))]
    rows[3] = ["1", "2", ""] if seed % 2 else ["1", "2", "3"]
    if seed % 3:
        rows[rng.integers(1, 7)] = list(rng.choice(values, rng.choice([2, 4, 5])))
    lines = [",".join(row) + "\n" * rng.integers(1, 3) for row in rows]
    text = "".join(lines).encode()
    read = partial(reading._read_text, partial(io.BytesIO, text), reading.Writing())
    odd = next((place for place, row in enumerate(rows) if len(row) != 3), None)
    if odd is None:
        assert read().shape == (6, 3)
        return
    line = "".join(lines[:odd]).count("\n") + 1
    with pytest.raises(ValueError, match=rf"^line {line} has {len(rows[odd])} values, but the"):
        read()


BAD_USAGE = [
    ("rank", "one of the arguments FILE --demo is required"),
    ("rank a.csv", "--target COLUMN is needed"),
    ("rank a.csv --demo", "not allowed with"),
    ("rank --demo --criterion cmin", "No criterion is called 'cmin'. Did you mean cmi or cmim"),
    ("rank --demo --n-features 0", "--n-features: a number from 1 on, a fraction"),
    ("rank --demo --n-features 1.5", "got '1.5'"),
    ("rank --demo --n-features nan", "got 'nan'"),
    ("rank --demo --n-features some", "got 'some'"),
    ("rank --demo --n-bins 1", "--n-bins: a whole number from 2 on, or auto, is needed; got '1'"),
    ("rank --demo --sep ;;", "--sep: one character is needed, or '\\t' for a tab; got ';;'"),
    ("rank --demo --decimal 1", "--decimal: one character is needed, such as a comma; got '1'"),
    ("rank a.csv --target y --thousands .", "--decimal and --thousands must differ; both are '.'"),
    ("rank --demo --encoding utf-9", "--encoding: no encoding is called 'utf-9'; such as utf-8"),
    ("rank --demo --encoding rot13", "--encoding: no encoding is called 'rot13'; such as utf-8"),
    ("rank --demo --min-features -1", "a whole number from 0 on is needed; got '-1'"),
    ("rank --demo --confirm maybe", "invalid choice: 'maybe'"),
    ("rank --demo --jobs 0", "--jobs: a whole number from 1 on, or -1 for all processors"),
    ("report --demo --jobs two", "got 'two'"),
    (
        "rank --demo --n-features 3 --alpha 0.05",
        "--alpha needs --n-features auto, but --n-features",
    ),
    (
        "rank --demo --n-features all --error-control fwer",
        "--error-control needs --n-features auto",
    ),
    ("report --demo --n-features 0.2 --confirm never", "auto, but --n-features is 0.2"),
    ("rank --demo --n-features 3 --min-features 1", "--min-features needs --n-features auto"),
    ("rank --demo --n-features 3 --interactions", "--interactions needs --n-features auto, but"),
    ("rank --demo --interactions --error-control fdr", "--interactions needs --error-control fwer"),
    ("rank --demo --sep ;", "--na and --encoding say how CSV is written, and --demo reads none"),
    ("rank a.csv --target y --date-format %Y", "--date-format needs --continuous or --target-kind"),
    ("rank --demo --unit byte", "invalid choice: 'byte'"),
    ("rank --demo --format xml", "invalid choice: 'xml'"),
    ("rank --demo --bogus", "unrecognized arguments: --bogus (see mifs rank --help)"),
    ("report t.csv --target y --exclude a b", "unrecognized arguments: b (see mifs report --help)"),
    ("--bogus", "unrecognized arguments: --bogus (see mifs --help)"),
    ("sort", "invalid choice: 'sort'"),
]


@pytest.mark.parametrize(("line", "says"), BAD_USAGE, ids=[line for line, _ in BAD_USAGE])
def test_wrong_usage_is_one_line_and_exit_code_two(capsys, line, says):
    code, out, err = run(capsys, *line.split())
    assert (code, out) == (2, "")
    assert err.startswith("mifs: error: ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "option", ["--sep ;", "--decimal ,", "--thousands ,", "--na x", "--encoding utf-16"]
)
def test_to_say_how_parquet_is_written_is_wrong_usage(capsys, monkeypatch, bad_files, option):
    monkeypatch.chdir(bad_files)
    code, out, err = run(capsys, "rank", "day.parquet", "--target", "y", *option.split())
    assert (code, out) == (2, "")
    assert f"{option.split()[0]}" in err
    assert "say how CSV is written, and day.parquet is Parquet" in err
    assert err.count("\n") == 1


def test_parquet_without_pyarrow_says_what_to_install(capsys, monkeypatch, bad_files):
    monkeypatch.chdir(bad_files)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = run(capsys, "rank", "day.parquet", "--target", "y")
    assert code == 1
    assert "pip install pyarrow" in err
    assert err.count("\n") == 1


def broken_expression(*_):
    return np.ones(2) + np.ones(3)


def broken_key(*_):
    return {}["no such key"]


@pytest.mark.parametrize(
    ("bug", "error"), [(broken_expression, ValueError), (broken_key, KeyError)]
)
def test_a_bug_in_the_fit_shows_its_traceback(monkeypatch, bug, error):
    monkeypatch.setattr(ranking.MutualInfoSelector, "fit", bug)
    with pytest.raises(error):
        main(["rank", "--demo"])


def test_a_refusal_keeps_the_error_that_it_speaks_for():
    refusal = ValueError("first\n  second")
    with (
        pytest.raises(faults.DataError, match="here: first") as caught,
        faults.fault_of_values("here"),
    ):
        raise refusal
    assert caught.value.__cause__ is refusal


# ---------------------------------------------------------------- pipes, signals, terminals


def test_a_process_of_its_own_prints_the_same(capsys):
    with shell("rank", "--demo") as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.decode() == run(capsys, "rank", "--demo")[1]


@pytest.mark.skipif(os.name != "posix", reason="pipes close in this way on POSIX only")
def test_a_closed_pipe_ends_quietly():
    with shell("rank", "--demo") as process:
        process.stdout.close()
        err = process.stderr.read()
        process.wait(timeout=60)
    assert (process.returncode, err) == (141, b"")  # 128 + SIGPIPE, as a shell counts


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_one_line():
    with open("/dev/full", "w") as full, shell("rank", "--demo", stdout=full) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err == b"mifs: error: standard output: No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is a signal on POSIX only")
def test_an_interrupt_ends_without_a_traceback():
    with shell("rank", "-", "--target", "y", stdin=subprocess.PIPE) as p:
        # More than a pipe holds: writing ends when reading has begun, and then waits for more.
        p.stdin.write(b"a,y\n" + b"1,2\n" * 100_000)
        p.stdin.flush()
        p.send_signal(signal.SIGINT)
        out, err = p.communicate(timeout=60)
    assert (p.returncode, out, err) == (130, b"", b"")


@pytest.mark.usefixtures("in_folder")
def test_output_that_cannot_hold_a_name_is_one_line(capsys, monkeypatch, table):
    table.rename(columns={"a": "é"}).to_csv("t.csv", index=False)
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    code, _, err = run(capsys, "rank", "t.csv", "--target", "y")
    assert code == 1
    assert "PYTHONIOENCODING=utf-8" in err
    assert err.count("\n") == 1


class Terminal:
    """A pseudo terminal in the place of standard error, until one asks what it showed."""

    def __init__(self, monkeypatch):
        pty = pytest.importorskip("pty", reason="pseudo terminals are POSIX's")
        self._reader, writer = pty.openpty()
        self._stream = os.fdopen(writer, "w")
        monkeypatch.setattr("sys.stderr", self._stream)

    def shown(self):
        print("the end", file=self._stream, flush=True)  # or reading nothing would wait for ever
        with os.fdopen(self._reader, "rb", buffering=0) as reader:
            text = b""
            while not text.endswith(b"the end\r\n"):
                text += reader.read(1000)
        self._stream.close()
        return text.decode().removesuffix("the end\r\n")


def slow_fit(monkeypatch):
    """Let a fit last until the line on progress has had time to appear."""
    fit = MutualInfoSelector.fit

    def fit_and_wait(selector, X, y, sample_weight):
        fit(selector, X, y, sample_weight)
        time.sleep(0.3)
        return selector

    monkeypatch.setattr(MutualInfoSelector, "fit", fit_and_wait)


def test_long_work_shows_one_line_at_a_terminal_and_clears_it(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress, "INTERVAL", 0.02)
    slow_fit(monkeypatch)
    terminal = Terminal(monkeypatch)
    assert main(["rank", "--demo", "--n-features", "4"]) == 0
    shown = terminal.shown()
    assert "\n" not in shown
    states = shown.split("\r")
    if hasattr(MutualInfoSelector, "set_callbacks"):
        assert any(state.startswith("mifs: selected 4 of 4 columns, 0 s") for state in states)
    assert states[-2] == " " * max(map(len, states[:-2]))
    assert states[-1] == ""  # the cursor stands where it stood


def test_a_fault_comes_after_the_line_is_cleared(monkeypatch, in_folder):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    (in_folder / "one_class.csv").write_text(FILES["one_class.csv"])
    terminal = Terminal(monkeypatch)
    assert main(["rank", "one_class.csv", "--target", "y"]) == 1
    *_, fault, end = terminal.shown().split("\r")
    assert fault.startswith("mifs: error: ")
    assert end == "\n"  # which a terminal puts a carriage return before


def test_short_work_shows_nothing_at_a_terminal(monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 60.0)
    terminal = Terminal(monkeypatch)
    assert main(["rank", "--demo"]) == 0
    assert terminal.shown() == ""


def test_long_work_shows_nothing_in_a_pipe(capsys, monkeypatch):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    slow_fit(monkeypatch)
    code, _, err = run(capsys, "rank", "--demo")
    assert (code, err) == (0, "")


@pytest.mark.usefixtures("in_folder")
def test_another_separator_can_be_named_and_is_guessed_in_the_error(capsys):
    """The files of half of Europe."""
    with open("t.csv", "w", encoding="utf-8") as file:
        file.write("a;b;y\n" + "1;2;0\n3;4;1\n" * 20)
    code, _, err = run(capsys, "rank", "t.csv", "--target", "y")
    assert code == 1
    assert "--sep ';'" in err
    code, out, _ = run(capsys, "rank", "t.csv", "--target", "y", "--sep", ";")
    assert code == 0
    assert "40 rows, 2 columns and the target" in out


@pytest.mark.usefixtures("in_folder")
def test_names_that_only_look_numbered_and_empty_ones_are_no_repetition(capsys, monkeypatch):
    """Exports of spreadsheets end with commas, and other tools number names themselves."""
    text = "a,a.1,,A, a,y,\n" + "1,2,0,1,5,0,\n3,4,0,2,6,1,\n" * 20
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, _ = run(capsys, "rank", "-", "--target", "y", "--all", "--format", "csv")
    assert code == 0
    assert set(features(out)) == {"a", "a.1", "Unnamed: 2", "A", " a", "Unnamed: 6"}
    text = text.replace("a.1", "a", 1)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    code, out, err = run(capsys, "rank", "-", "--target", "y", "--all")
    assert (code, out) == (1, "")
    assert "standard input: 1 column name is used more than once: 'a'." in err


@pytest.mark.usefixtures("in_folder")
def test_marks_within_numbers_missing_values_and_encodings_can_be_named(capsys):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    frame = pd.DataFrame({"größe": (2000 + 300 * rng.normal(size=200) + 600 * y).round(2), "y": y})
    written = [f"{x:,.2f}".translate(str.maketrans(",.", ".,")) for x in frame["größe"]]
    written[77] = "n/k"
    frame.assign(größe=written).to_csv("t.csv", index=False, sep=";", encoding="utf-16")
    argv = (
        "rank",
        "t.csv",
        "--target",
        "y",
        "--sep",
        ";",
        "--encoding",
        "UTF16",
        "--format",
        "csv",
    )
    code, out, _ = run(capsys, *argv, "--decimal", ",", "--thousands", ".", "--na", "n/k")
    assert code == 0
    frame["größe"] = frame["größe"].where(frame.index != 77)
    (expected,) = MutualInfoSelector().fit(frame[["größe"]], y).relevance_
    read = pd.read_csv(io.StringIO(out))
    assert read["kind"].tolist() == ["continuous"]
    assert read["relevance [bits]"][0] == pytest.approx(expected / math.log(2), abs=1e-9)


@pytest.mark.usefixtures("in_folder")
def test_a_mark_that_parts_thousands_leaves_dates_alone(capsys):
    """To take out every point would make 31.12.2024 a number, and say so to nobody."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, 300) + 99 * y, unit="D")
    frame = pd.DataFrame({"day": days.strftime("%d.%m.%Y"), "y": y})
    amounts = np.where(rng.random(300) < 0.5, 1234567.5, 12.25) + rng.integers(0, 9, 300)
    written = pd.Series([f"{x:,.2f}".translate(str.maketrans(",.", ".,")) for x in amounts])
    frame["amount"] = written.where(frame.index != 5)
    frame["rupees"] = [f"{10 + x % 90}.34.567" for x in range(300)]
    frame["code"] = [f"{10 + x % 90},34.567" for x in range(300)]
    frame.to_csv("t.csv", index=False, sep=";")
    argv = ("rank", "t.csv", "--target", "y", "--sep", ";", "--all", "--format", "json")
    marks = ("--decimal", ",", "--thousands", ".")
    _, out, _ = run(capsys, *argv, *marks)
    found = {row["feature"]: row for row in json.loads(out)["rows"]}
    assert "labels read as dates such as '" in " ".join(json.loads(out)["remarks"])
    assert {name: row["kind"] for name, row in found.items()} == {
        "day": "discrete",
        "amount": "continuous",
        "rupees": "continuous",
        "code": "discrete",  # a point among the decimals
    }
    _, out, _ = run(capsys, *argv, *marks, "--continuous", "day", "--date-format", "%d.%m.%Y")
    assert json.loads(out)["rows"][0]["feature"] == "day"
    assert json.loads(out)["rows"][0]["relevance"] > 0.7


@pytest.mark.usefixtures("in_folder")
def test_numbers_with_a_mark_are_those_without_it(capsys):
    """Powers of ten, and a number that means missing however it is written, among them."""
    rng = np.random.default_rng(0)
    amounts = rng.integers(-9, 9, 90) * 1000.5
    marked = [f"{x:,.2f}" for x in amounts]
    plain = [f"{x:.2f}" for x in amounts]
    for written, few in ((marked, ("-9,999.0", "1.2E+06", " 5")), (plain, ("-9999", "1.2e6", "5"))):
        column = [*written, *np.repeat(few, 10)]
        frame = pd.DataFrame({"self": column, "y": np.arange(120) % 2})
        frame.to_csv("marked.csv" if written is marked else "plain.csv", index=False)
    shown = [
        json.loads(run(capsys, "rank", *argv, "--target", "y", "--na=-9999", "--format", "json")[1])
        for argv in (("marked.csv", "--thousands", ","), ("plain.csv",))
    ]
    assert shown[0]["rows"] == shown[1]["rows"]
    assert shown[0]["rows"][0]["kind"] == "continuous"
    Path("marked.csv").write_text('a,y\n"1,000",0\ninf,1\n"2,000",0\n', encoding="utf-8")
    code, _, err = run(capsys, "rank", "marked.csv", "--thousands", ",", "--target", "y")
    assert code == 1
    assert "infinity in column 'a'" in err


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("mark", [" ", "'", "_", "^", "\u2019", "\u00a0", "\u202f"])
def test_any_mark_may_part_thousands(capsys, mark):
    amounts = [f"{x * 37.5:,.1f}".replace(",", mark) for x in range(200)]
    frame = pd.DataFrame({f"a{mark}b": amounts, "y": np.arange(200) // 100})
    frame.to_csv("t.csv", index=False, encoding="utf-8-sig")
    argv = ("rank", "t.csv", "--target", "y", "--thousands", mark, "--format", "json")
    (row,) = json.loads(run(capsys, *argv)[1])["rows"]
    assert (row["feature"], row["kind"]) == (f"a{mark}b", "continuous")


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("space", [" ", "\xa0", "\u202f"])
def test_a_space_that_parts_thousands_may_be_one_that_does_not_break(capsys, space):
    amounts = [f"{x:,}".replace(",", space) for x in range(470, 47000, 470)]
    pd.DataFrame({"a": amounts, "y": [0, 1] * 49 + [1]}).to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--format", "json")
    _, out, _ = run(capsys, *argv)
    assert "if they are, say --thousands ' '" in " ".join(json.loads(out)["remarks"])
    _, out, _ = run(capsys, *argv, "--thousands", " ")
    assert json.loads(out)["rows"][0]["kind"] == "continuous"
    assert "read as numbers" not in " ".join(json.loads(out)["remarks"])


@pytest.mark.usefixtures("in_folder")
def test_one_of_a_pair_names_the_other_and_what_measures_both_is_said_to_be_python(capsys):
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.normal(size=(100, 12))).add_prefix("x")
    X.assign(y=((X["x3"] > 0) ^ (X["x7"] > 0)).astype(int)).to_csv("t.csv", index=False)
    options = ("t.csv", "--target", "y", "--interactions")
    _, out, _ = run(capsys, "rank", *options, "--all", "--format", "csv")
    assert pd.read_csv(io.StringIO(out))["entered"].dropna().tolist() == [
        "as a pair with x7",
        "as a pair with x3",
    ]
    assert "as a pair with x7" in run(capsys, "rank", *options)[1]
    said = " ".join(run(capsys, "report", *options)[1].split())
    assert "pair_information in Python measures what they tell together" in said
    assert "information_budget in Python measures what all of them promise" in said


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("name", ["day", "first day (of it's)", "day, first", "-d", "$day"])
def test_advice_on_a_column_can_be_pasted_into_a_shell(capsys, name):
    days = pd.date_range("2024-01-01", periods=99).strftime("%d.%m.%Y")
    pd.DataFrame({name: days, "y": [0, 1] * 49 + [1]}).to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--format", "json")
    _, out, _ = run(capsys, *argv)
    found = re.search(
        "take it as numbers by (.*), or make features", " ".join(json.loads(out)["remarks"])
    )
    _, out, _ = run(capsys, *argv, *shlex.split(found[1]))
    assert json.loads(out)["rows"][0]["kind"] == "continuous"


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("form", ["table", "csv", "json", "markdown"])
def test_rows_without_a_target_are_dropped_when_asked_and_counted(capsys, form):
    frame = pd.DataFrame({"a": [0, 1, 2, 3] * 30, "y": ["x", None, "y", "x"] * 30})
    frame.to_csv("gaps.csv", index=False)
    frame.dropna().to_csv("whole.csv", index=False)
    options = ("--target", "y", "--format", form)
    code, out, err = run(capsys, "rank", "gaps.csv", *options, "--drop-missing-target")
    assert code == 0
    assert err.startswith("mifs: 30 of 120 rows dropped, in which the target is missing; ")
    code, expected, err = run(capsys, "rank", "whole.csv", *options, "--drop-missing-target")
    warned = ["mifs: warning: a: tells 98%"] if form in {"csv", "markdown"} else []
    assert (code, [line[:27] for line in err.splitlines()]) == (0, warned)
    assert out.replace("gaps.csv", "whole.csv") == expected
    code, _, err = run(capsys, "report", "gaps.csv", "--target", "y", "--drop-missing-target")
    assert (code, err[:20]) == (0, "mifs: 30 of 120 rows")


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("option", ["--continuous", "--target-kind"])
def test_dates_in_writing_are_numbers_where_so_named(capsys, option):
    days = pd.date_range("2024-01-05", periods=90)
    frame = pd.DataFrame({"day": days.astype(str), "y": np.arange(90) // 30})
    frame.to_csv("t.csv", index=False)
    frame.assign(day=days).to_parquet("t.parquet")
    argv = ("day", "--target", "y") if option == "--continuous" else ("numbers", "--target", "day")
    frame.assign(day=frame["day"].astype("category")).to_parquet("c.parquet")
    days = pd.Series(days.tz_localize("UTC")).dt.tz_convert("Europe/Berlin")
    frame.assign(day=days).to_parquet("zone.parquet")
    frame.assign(day=frame["day"].where(frame.index > 0)).to_csv("gap.csv", index=False)
    options = ("--drop-missing-target",) if option == "--target-kind" else ()
    for file in ("t.csv", "t.parquet", "c.parquet", "zone.parquet", "gap.csv"):
        code, out, _ = run(capsys, "rank", file, *options, option, *argv, "--format", "json")
        assert code == 0
        found = json.loads(out)
        kind = found["target_kind"] if option == "--target-kind" else found["rows"][0]["kind"]
        assert kind == "continuous"
        assert found["rows"][0]["relevance"] > 0.5
    if option == "--target-kind":
        assert "in 1 of 90 rows" in run(capsys, "rank", "gap.csv", option, *argv)[2]


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("written", ["%d/%m/%Y", "%m.%d.%y"])
def test_dates_of_other_forms_are_read_where_the_form_is_named(capsys, written):
    days = pd.Series(pd.date_range("2024-01-05", periods=90))
    frame = pd.DataFrame({"born": days.dt.strftime(written), "y": np.arange(90) // 30})
    frame.to_csv("t.csv", index=False)
    frame.assign(born=days).to_csv("iso.csv", index=False)
    options = ("--continuous", "born", "--format", "json")
    argv = ("rank", "t.csv", "--target", "y", *options)
    code, _, err = run(capsys, *argv)
    assert code == 1
    assert "labels read as dates such as '" in err
    assert f"take it as numbers by --date-format '{written}' --continuous born" in err
    assert run(capsys, *argv, "--date-format", "%Y/%m/%d")[0] == 1
    code, out, _ = run(capsys, *argv, "--date-format", written)
    assert code == 0
    _, expected, _ = run(capsys, "rank", "iso.csv", "--target", "y", *options)
    assert json.loads(out)["rows"] == json.loads(expected)["rows"]
    argv = ("--target", "born", "--target-kind", "numbers", "--date-format", written)
    assert "cut into" in run(capsys, "rank", "t.csv", *argv)[1]
    assert "Name the form of dates by --date-format" in run(capsys, "rank", "t.csv", *argv[:-2])[2]


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize(
    ("values", "options", "advice"),
    [
        ("20.3##,67 1.2##.567,8 45,5", "", "say --decimal ',' --thousands '.'"),
        ("20.3##,67 1.2##.567,8 45,5", "--decimal ,", "say --thousands '.'"),
        ("##,67 -##,5 n/k", "", "say --decimal ',' --na n/k"),
        ("##,67 -##,5 n/k", "--decimal ,", "say --na n/k"),
        ("20.3##,67 ##,5 n/k", "", "say --decimal ',' --thousands '.' --na n/k"),
        ("20.## 1.2##", "--decimal ,", "leave out --decimal, or, if points part thousands, say"),
        ("20,3##.5 ##", "--decimal ,", "leave out --decimal ',', and say --thousands ','"),
        ("20,3##.5 ##", "", "say --thousands ','"),
        ("20~3##.5 ##", "", "say --thousands ' '"),
        ("20~3##,5 ##,5", "", "say --decimal ',' --thousands ' '"),
        ("20~3##,5 ##,5 n/k", "--decimal ,", "say --thousands ' ' --na n/k"),
        ("1_0##", "", "write them as numbers in the file"),
    ],
)
def test_marks_advised_are_all_that_lack_and_none_that_was_said(capsys, values, options, advice):
    written = (value.replace("##", str(i)) for i in range(10, 70) for value in values.split())
    frame = pd.DataFrame({"a": [value.replace("~", " ") for value in written]})
    frame["y"] = np.arange(len(frame)) % 2
    frame.to_csv("t.csv", index=False, sep=";")
    argv = ("rank", "t.csv", "--target", "y", "--sep", ";", *options.split())
    for more in (("--format", "json"), ("--continuous", "a")):
        code, out, err = run(capsys, *argv, *more)
        said = err if code else " ".join(json.loads(out)["remarks"])
        assert f": if they are, {advice}" in said or f": if that means missing, {advice}" in said
        assert "pandas" not in said


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("label", ["-", "---", "not known", "it's", "-n"])
def test_the_option_that_a_remark_advises_of_missing_labels_is_taken(capsys, label):
    numbers = np.random.default_rng(0).normal(size=200).round(4).astype(str)
    numbers[::3] = label
    pd.DataFrame({"a": numbers, "y": np.arange(200) % 2}).to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--all", "--format", "json")
    remarks = json.loads(run(capsys, *argv)[1])["remarks"]
    (advised,) = (one.partition("missing, say ")[2] for one in remarks if "missing, say " in one)
    code, out, _ = run(capsys, *argv, *shlex.split(advised))
    assert code == 0
    assert json.loads(out)["rows"][0]["kind"] == "continuous"


@pytest.mark.usefixtures("in_folder")
def test_remarks_advise_by_options(capsys):
    numbers = [f"{i},5" for i in range(60)]
    days = pd.date_range("2024-01-05", periods=60).astype(str)
    frame = pd.DataFrame({"day": days, "number": numbers, "y": np.arange(60) % 2})
    frame["some"] = [f"{i}.5" for i in range(59)] + ["n/k"]
    frame["born"] = pd.to_datetime(frame["day"]).dt.strftime("%d.%m.%Y")
    frame["share"] = [f"{i} %" for i in range(59)] + ["n/k"]
    frame["X has"] = frame["some"]
    frame.to_csv("t.csv", index=False)
    out = run(capsys, "rank", "t.csv", "--target", "y", "--all", "--format", "json")[1]
    remarks = " ".join(json.loads(out)["remarks"])
    for said in (
        "read as dates: if they are, take it as numbers by --continuous day, or make features",
        "read as numbers with a decimal comma: if they are, say --decimal ','",
        "read as numbers, all but 'n/k' in row 59: if that means missing, say --na n/k",
        "dates such as '05.01.2024': if they are, take it as numbers by --date-format '%d.%m.%Y' "
        "--continuous born, or make features",
        "numbers with a unit or currency such as '0 %', all but 'n/k' in row 59: if that means "
        "missing, take the unit off in the file and say --na n/k",
        "selected only to make up --min-features 1: no test shows",
        "X has: 59 of 60 labels read as numbers",
    ):
        assert said in remarks
    assert "pandas" not in remarks


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("form", ["table", "csv", "json", "report"])
def test_a_target_that_names_the_rows_is_named(capsys, form):
    frame = pd.DataFrame({"who": [f"no {i}" for i in range(200)], "a": np.arange(200) % 3})
    frame.to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--format", form) if form != "report" else ("report", "t.csv")
    code, out, err = run(capsys, *argv, "--target", "who")
    said = " ".join(f"{out} {err}".split())
    assert code == 0
    assert "200 of 200 classes have a single row, which shows nothing: if they name the " in said
    name = "Feature selection for who" if form == "report" else "the target 'who': 200 of 200"
    assert name in said


@pytest.mark.usefixtures("in_folder")
def test_a_tab_can_be_named_as_the_error_writes_it(capsys):
    r"""Shells hand on '\t' as two characters."""
    with open("t.csv", "w", encoding="utf-8") as file:
        file.write("a\tb\ty\n" + "1\t2\t0\n3\t4\t1\n" * 20)
    assert r"--sep '\t'" in run(capsys, "rank", "t.csv", "--target", "y")[2]
    assert run(capsys, "rank", "t.csv", "--target", "y", "--sep", r"\t")[0] == 0


@pytest.mark.usefixtures("in_folder")
def test_the_kind_of_the_target_can_be_said(capsys):
    """An age is a number, though each occurs often."""
    with open("t.csv", "w", encoding="utf-8") as file:
        file.write("a,age\n" + "".join(f"{i % 7},{20 + i % 50}\n" for i in range(1000)))
    for kind, shown in (("auto", "50 classes"), ("numbers", "cut into 10 bins")):
        code, out, _ = run(capsys, "rank", "t.csv", "--target", "age", "--target-kind", kind)
        assert code == 0
        assert shown in out


@pytest.mark.usefixtures("in_folder")
def test_auto_finds_a_pair_only_when_asked_for_interactions(capsys):
    """Balanced parity: no column tells anything alone."""
    with open("t.csv", "w", encoding="utf-8") as file:
        file.write(
            "a,b,c,y\n"
            + "".join(f"{i & 1},{i >> 1 & 1},{i >> 2 & 1},{(i ^ i >> 1) & 1}\n" for i in range(400))
        )
    code, out, _ = run(capsys, "rank", "t.csv", "--target", "y", "--format", "json")
    assert code == 0
    assert json.loads(out)["promise"].startswith("No promise")
    _, out, _ = run(capsys, "rank", "t.csv", "--target", "y", "--interactions", "--format", "csv")
    assert features(out) == ["a", "b"]
    assert run(capsys, "rank", "t.csv", "--target", "y", "--alpha", "2")[0] == 2


@pytest.mark.usefixtures("in_folder")
def test_a_score_that_is_a_bound_says_so(capsys, left_behind):
    X, y = left_behind
    table = pd.DataFrame(X).add_prefix("x").assign(y=y)
    table.to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--n-features", "5", "--all", "--format")
    _, out, _ = run(capsys, *argv, "csv")
    n_bounds = int(pd.read_csv(io.StringIO(out))["score_is_bound"].sum())
    assert 0 < n_bounds < 55
    _, out, _ = run(capsys, *argv, "json")
    assert sum(row["score_is_bound"] for row in json.loads(out)["rows"]) == n_bounds
    for form in ("table", "markdown"):
        _, out, _ = run(capsys, *argv, form)
        assert len(re.findall(r"<= -?\d", out)) == n_bounds
        assert "score_is_bound" not in out


@pytest.mark.parametrize("command", ["rank", "report"])
@pytest.mark.parametrize("jobs", ["2", "-1"])
def test_jobs_reach_the_selector_and_change_nothing(capsys, monkeypatch, command, jobs):
    seen = []

    def remembering(*given, **options):
        seen.append(options["n_jobs"])
        return MutualInfoSelector(*given, **options)

    monkeypatch.setattr(ranking, "MutualInfoSelector", remembering)
    form = ("--n-features", "3", "--format", "json")
    _, one, _ = run(capsys, command, "--demo", *form)
    _, many, _ = run(capsys, command, "--demo", "--jobs", jobs, *form)
    assert seen == [None, int(jobs)]
    one, many = json.loads(one), json.loads(many)
    assert one.pop("parameters", None) != many.pop("parameters", "") or command == "rank"
    assert one == many


# ---------------------------------------------------------------- mifs report


def test_a_report_is_that_of_the_python_object(capsys, demo):
    X, y, _ = demo
    diagnosis = pd.Series(y, name="diagnosis")
    selector = MutualInfoSelector().fit(X, diagnosis)
    report = selector.report(X, diagnosis, unit="nats")
    for form, text in (
        ("text", report.to_text()),
        ("markdown", report.to_markdown()),
        ("json", report.to_json()),
    ):
        argv = ("report", "--demo", "--unit", "nats", "--format", form)
        code, out, err = run(capsys, *argv)
        assert (code, err) == (0, "")
        advised = {"text": 6, "markdown": 3, "json": 0}[form]  # lines with advice to a shell
        assert len(set(text.splitlines()) - set(out.splitlines())) == advised
        # but for that advice, and where lines of text are folded, not a word differs
        said, expected = (" ".join(one.replace("\\", "").split()) for one in (out, text))
        assert said == faults.in_shell(expected)


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize("form", ["text", "markdown", "json", "html"])
def test_a_report_advises_options_and_no_words_of_python(capsys, form):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, 200), unit="D")
    frame = pd.DataFrame(rng.integers(0, 2, (200, 30)) | y[:, None]).add_prefix("x")
    frame = frame.assign(day=days.astype(str), price=rng.normal(size=200).round(3).astype(str))
    frame["price"] = frame["price"].where(frame.index != 5, "n/k").str.replace(".", ",")
    frame.assign(leak=y, y=y).to_csv("t.csv", index=False)
    where = ("--html", "t.html") if form == "html" else ("--format", form)
    code, out, err = run(capsys, "report", "t.csv", "--target", "y", "--hide-values", *where)
    assert (code, err) == (0, "")
    if form == "html":
        out = html.unescape(re.sub(r"<[^>]+>", "", Path("t.html").read_text(encoding="utf-8")))
    said = " ".join(out.replace("\\\\", "").split()).replace("\\", "")
    said = said.partition("Computed by")[0].partition("Parameters")[0].partition('"parameters"')[0]
    assert "--decimal ',' --na LABEL" in said
    assert "take it as numbers by --continuous day" in said
    if form != "json":
        assert "or only labels the rows, leave it out (--exclude) and run again" in said
        assert "--n-features N selects as many as you say" in said
        assert "mifs rank --all shows the p-values of all" in said
    if form in {"text", "markdown"}:
        assert "mifs rank --all shows the others, too; --format json holds all" in said
    for word in ("pandas", "exclude=", "_frame(", "to_json", "Selector", "values=", "discrete_f"):
        assert word not in said


def test_a_page_is_written_and_nothing_printed(capsys, table, in_folder):
    table.to_csv("table.csv", index=False)
    argv = ("report", "table.csv", "--target", "y", "--html", "page.html")
    assert run(capsys, *argv) == (0, "", "")
    page = Path("page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "a again" in page
    assert ">on<" in page
    assert run(capsys, *argv, "--hide-values") == (0, "", "")
    assert ">on<" not in Path("page.html").read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_one_line(capsys, in_folder):
    code, out, err = run(capsys, "report", "--demo", "--html", "no folder/page.html")
    assert (code, out) == (1, "")
    assert err == "mifs: error: no folder/page.html: No such file or directory\n"


def test_a_report_without_a_target_is_wrong_usage(capsys):
    code, _, err = run(capsys, "report", "table.csv")
    assert code == 2
    assert err.startswith("mifs: error: --target COLUMN is needed")


@pytest.fixture
def weighted(table, in_folder):
    """A file of rows with their counts, one of the rows themselves, and one of wrong weights."""
    times = np.arange(len(table)) % 4
    with_times = table.assign(times=times)
    with_times.to_csv("t.csv", index=False)
    table.loc[table.index.repeat(times)].to_csv("repeated.csv", index=False)
    wrong = {
        "share": times / 2,
        "below": np.where(times == 2, -1, times),
        "word": np.where(times == 3, "many", times.astype(str)),
        "gap": np.where(times == 1, np.nan, times),
        "endless": np.where(times == 1, np.inf, times),
        "none": 0,
        "day": "2024-01-31",
    }
    with_times.assign(**wrong).to_csv("wrong.csv", index=False)
    return with_times


@pytest.mark.parametrize("options", [(), ("--n-features", "all"), ("--target-kind", "classes")])
def test_weights_count_rows_as_often_as_they_say(weighted, capsys, options):
    argv = ("--target", "y", "--format", "json", "--all", *options)
    document = json.loads(run(capsys, "rank", "t.csv", "--weight", "times", *argv)[1])
    repeated = json.loads(run(capsys, "rank", "repeated.csv", *argv)[1])
    assert document["rows"] == repeated["rows"]
    assert document["target_entropy"] == repeated["target_entropy"]
    assert (document["weight"], document["sum_of_weights"]) == ("times", 180)
    assert repeated["weight"] is repeated["sum_of_weights"] is None
    said = " ".join([document["promise"], *document["remarks"]])
    assert "sample_weight" not in said
    assert "n_features_to_select" not in said
    assert options[:1] == ("--n-features",) or "Tests take --weight for counts" in said


def test_a_headline_says_what_the_weights_sum_to(weighted, capsys):
    _, out, _ = run(capsys, "rank", "t.csv", "--target", "y", "--weight", "times")
    assert out.startswith("t.csv: 120 rows, weights that sum to 180, 4 columns and the target\n")


def test_a_report_counts_weights_too_and_names_options(weighted, capsys):
    argv = ("report", "t.csv", "--target", "y", "--weight", "times", "--format", "json")
    code, out, _ = run(capsys, *argv)
    assert code == 0
    assert json.loads(out)["headline"]["weight"] == 180
    assert "sample_weight" not in out
    assert "--weight makes 180 rows of 90" in out


def test_weights_of_rows_without_a_target_may_be_missing(weighted, capsys):
    weighted.loc[5, ["y", "times"]] = None
    weighted.to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--weight", "times", "--format", "json")
    code, out, _ = run(capsys, *argv, "--drop-missing-target")
    assert code == 0
    assert json.loads(out)["sum_of_weights"] == 179


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("below", "'below', which is -1, below 0, in row 2. A weight says how often"),
        ("word", "'word', which is 'many', no number, in row 3. A weight says"),
        ("day", "'day', which is '2024-01-31', no number, in row 0. A weight says"),
        ("gap", "'gap', which is missing in row 1. A weight says how often a row counts"),
        ("endless", "'endless', which is infinite in row 1. A weight says how often"),
        ("none", "'none', which is 0 in all rows. A weight says how often a row counts"),
        ("share", "'share', which is 0.5, a fraction, in row 1. --n-features auto tests"),
        ("time", "'time', which is no column of wrong.csv. Did you mean 'times'?"),
    ],
)
@pytest.mark.parametrize("command", ["rank", "report"])
def test_wrong_weights_are_named(weighted, capsys, command, column, said):
    code, out, err = run(capsys, command, "wrong.csv", "--target", "y", "--weight", column)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"--weight names {said}" in err


def test_dates_and_the_target_are_no_weights(weighted, capsys):
    weighted.assign(day=pd.Timestamp("2024-01-31")).to_parquet("t.parquet")
    _, _, err = run(capsys, "rank", "t.parquet", "--target", "y", "--weight", "day")
    assert "which is '2024-01-31 00:00:00', no number, in row 0" in err
    code, _, err = run(capsys, "rank", "t.csv", "--target", "y", "--weight", "y")
    assert code == 1
    assert "'y' is named by --weight, and is the target of t.csv." in err


def test_fractions_need_a_number_of_columns_and_their_scale_is_remarked_on(weighted, capsys):
    argv = ("rank", "wrong.csv", "--target", "y", "--exclude", "below,word,gap,endless,none,day")
    argv = (*argv, "--weight", "share", "--n-features", "2", "--format", "json")
    code, out, _ = run(capsys, *argv)
    assert code == 0
    assert json.loads(out)["sum_of_weights"] == 90
    weighted.assign(share=weighted["times"] * 50 + 0.5).to_csv("wrong.csv", index=False)
    argv = ("rank", "wrong.csv", "--target", "y", "--weight", "share", "--n-features", "2")
    _, out, _ = run(capsys, *argv)
    out = re.sub(r"\s+", " ", out)
    assert "the target 'y': --weight sums to 9060, and leaves" in out
    assert "scale it, to w * w.sum() / (w**2).sum()" in out


def test_what_the_library_refuses_of_weights_names_the_option(weighted, capsys):
    weighted.assign(tiny=weighted["times"] / 1000).to_csv("t.csv", index=False)
    argv = ("rank", "t.csv", "--target", "y", "--weight", "tiny", "--n-features", "2")
    code, _, err = run(capsys, *argv)
    assert code == 1
    assert "--weight sums to 0.18, as if" in err
    assert "w * w.sum() / (w**2).sum(). Fractions need a number in --n-features." in err
