"""The command of the benchmarks, at sizes that say nothing about speed."""

import pathlib
import runpy
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "benchmarks"
PAGE = "# Title\n\n<!-- benchmarks -->\nlast time\n<!-- /benchmarks -->\n\nThe rest.\n"


@pytest.fixture
def row(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import row

    return row


@pytest.fixture
def showing(row):
    import showing

    return showing


def benchmarks(*arguments):
    """Run the command as the README gives it, on the package that the tests are of."""
    return subprocess.run(
        [sys.executable, str(FOLDER), *map(str, arguments)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_job_that_is_named_runs_and_is_written_where_told(tmp_path):
    page, table = tmp_path / "README.md", tmp_path / "table.md"
    page.write_text(PAGE, encoding="utf-8")
    done = benchmarks("--tiny", "cmim", "--readme", page, "--markdown", table)
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stdout
    assert "\ncmim " in done.stdout
    assert "\n| cmim |" in table.read_text(encoding="utf-8")
    assert "\njmi " not in done.stdout
    written = page.read_text(encoding="utf-8")
    assert written.startswith("# Title\n\n<!-- benchmarks -->\n")
    assert written.endswith("<!-- /benchmarks -->\n\nThe rest.\n")
    assert "| CMIM, 20 chosen |" in written
    assert "last time" not in written


@pytest.mark.slow
def test_every_job_runs():
    done = benchmarks("--tiny")
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stdout


def test_an_unknown_job_is_named_with_those_that_there_are(row, capsys):
    command = runpy.run_path(str(FOLDER / "__main__.py"))
    with pytest.raises(SystemExit):
        command["asked"](["knm"])
    assert "no job is called knm; there are knn, jmi" in capsys.readouterr().err


def test_to_write_twice_changes_nothing(showing, row, tmp_path):
    page = tmp_path / "README.md"
    page.write_text(PAGE, encoding="utf-8")
    rows = [row.Row("jmi", "10 x 2", 2, seconds=0.5, ns=0.3, unit="ns", figure=0.3, short="JMI")]
    showing.write_between(page, showing.short(rows, "a machine"))
    once = page.read_text(encoding="utf-8")
    showing.write_between(page, showing.short(rows, "a machine"))
    assert page.read_text(encoding="utf-8") == once


def test_a_page_without_markers_is_refused(showing, tmp_path):
    page = tmp_path / "README.md"
    page.write_text("# Title\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must have one line <!-- benchmarks -->"):
        showing.write_between(page, "text")


def test_the_short_table_has_twelve_rows_at_most(showing, row):
    rows = [row.Row("jmi", "1 x 1", figure=1.0, short=f"row {number}") for number in range(20)]
    assert showing.short(rows, "a machine").count("\n| row ") == 12


@pytest.mark.parametrize(
    ("figure", "bar", "is_most", "holds"),
    [
        (0.34, 0.34, True, True),
        (0.35, 0.34, True, False),
        (100.0, 100.0, False, True),
        (99.0, 100.0, False, False),
        (None, 1.0, True, None),
        (1.0, None, True, None),
    ],
)
def test_a_bar_holds_when_it_is_reached(row, figure, bar, is_most, holds):
    assert row.Row("jmi", "1 x 1", figure=figure, bar=bar, is_most=is_most).holds is holds


def test_praznik_is_compared_by_what_a_bincount_takes_on_either_machine(row):
    """0.3 ns beside 1 ns here, 5.1 beside 1.7 there: three tenths, and three."""
    found = row.Row("jmi", "1 x 1", ns=0.3, reference=1.0, there=5.1)
    assert found.in_bincounts == pytest.approx(0.3)
    assert found.praznik_in_bincounts == pytest.approx(3.0)
