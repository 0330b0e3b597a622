"""What the command line shows at a terminal: bars, and no line wider than the screen."""

import io
import re

import numpy as np
import pandas as pd
import pytest

from mifs.cli import main
from mifs.cli.screen import Screen, width_of

BLOCKS = "▏▎▍▌▋▊▉█"


class Terminal(io.TextIOWrapper):
    """What was written to a terminal of some encoding."""

    def __init__(self, encoding):
        super().__init__(io.BytesIO(), encoding=encoding, newline="\n")

    def isatty(self):
        return True


def at_terminal(monkeypatch, *argv, command="rank", columns=120, encoding="utf-8"):
    """Run the command line with a terminal as standard output: its lines."""
    terminal = Terminal(encoding)
    with monkeypatch.context() as patch:
        patch.setenv("COLUMNS", str(columns))
        patch.setattr("sys.stdout", terminal)
        assert main([command, *argv]) == 0
    return terminal.buffer.getvalue().decode(encoding).split("\n")[:-1]


@pytest.fixture
def wide_names(tmp_path):
    """A file whose columns have long names that differ at their ends."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    flips = {2001: 0.05, 2002: 0.15, 2003: 0.3}
    columns = {
        f"mean concentration of nitrate in the year {year}": y ^ (rng.random(200) < flip)
        for year, flip in flips.items()
    }
    path = tmp_path / "t.csv"
    pd.DataFrame(
        columns | {"日本の大きな数字の列の名前です": rng.integers(0, 2, 200), "y": y}
    ).to_csv(path, index=False)
    return str(path)


def test_bars_stand_beside_the_relevance_and_are_as_long_as_it_is_large(monkeypatch):
    lines = at_terminal(monkeypatch, "--demo")
    rows = [line for line in lines if re.match(r" +\d+  ", line)]
    assert len(rows) == 7
    relevance = np.array([float(re.findall(r"\d\.\d{4}", row)[1]) for row in rows])
    bars = [re.search(f"[{BLOCKS}]+", row).group() for row in rows]
    lengths = np.array([8 * (len(bar) - 1) + 1 + BLOCKS.index(bar[-1]) for bar in bars])
    assert lengths.max() == 16 * 8  # eighths of 16 places
    # Half an eighth by rounding, and what four decimals of the largest and of it leave out.
    np.testing.assert_allclose(lengths, relevance / relevance.max() * 16 * 8, atol=0.5 + 0.03)
    assert "worst concave points" in lines[7]
    assert not any("show:" in line for line in lines)


@pytest.mark.parametrize("columns", [200, 120, 100, 90, 80, 70, 60, 50])
def test_no_line_is_wider_than_the_screen(monkeypatch, wide_names, columns):
    options = (wide_names, "--target", "y", "--n-features", "all", "--include")
    lines = at_terminal(monkeypatch, *options, "日本の大きな数字の列の名前です", columns=columns)
    table = lines[2:]  # the path of the file has its own length
    assert max(map(width_of, table)) <= columns
    assert any(BLOCKS[-1] in line for line in table)
    shown = next((line for line in lines if "show:" in line), "")
    assert ("kind" in lines[3]) == (not shown)
    if columns < 110:  # the beginning and the end of a name remain
        assert re.search(r"mean.*….*2001", "\n".join(lines))


def test_columns_that_do_not_fit_are_named(monkeypatch):
    lines = at_terminal(monkeypatch, "--demo", columns=80)
    assert "Wider screens and other formats show: kind, p given." in lines
    assert "kind" not in lines[3]
    assert "worst concave points" in "\n".join(lines)  # 20 places stay readable


def test_a_terminal_without_blocks_has_ascii_alone(monkeypatch, tmp_path):
    path = tmp_path / "t.csv"
    pd.DataFrame({"a" * 40: [0, 1] * 50, "y": [0, 1] * 50}).to_csv(path, index=False)
    options = (str(path), "--target", "y")
    (row,) = (
        line
        for line in at_terminal(monkeypatch, *options, columns=80, encoding="ascii")
        if re.match(r" +\d+  ", line)
    )
    assert re.search(r"a+\.\.a+", row)
    assert re.search(r" #{16}( |$)", row) or re.search(r" #{8,15}( |$)", row)


def test_no_colour_is_ever_sent(monkeypatch):
    """So that NO_COLOR asks for nothing new."""
    for value in ("", "1"):
        monkeypatch.setenv("NO_COLOR", value)
        assert "\x1b" not in "".join(at_terminal(monkeypatch, "--demo"))


def test_a_pipe_gets_full_names_and_no_bars(capsys, monkeypatch, wide_names):
    monkeypatch.setenv("COLUMNS", "50")
    assert main(["rank", wide_names, "--target", "y"]) == 0
    out = capsys.readouterr().out
    assert "mean concentration of nitrate in the year 2001" in out
    assert not re.search(f"[{BLOCKS}…]", out)


@pytest.mark.parametrize("form", ["csv", "json", "markdown"])
def test_other_formats_are_the_same_at_a_terminal(capsys, monkeypatch, form):
    argv = ("--demo", "--format", form)
    lines = at_terminal(monkeypatch, *argv, columns=50)
    assert main(["rank", *argv]) == 0
    assert capsys.readouterr().out == "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("share", "blocks", "hashes"),
    [
        (1.0, "████", "####"),
        (0.5, "██", "##"),
        (1 / 32, "▏", ""),  # an eighth of a place
        (0.53125, "██▏", "##"),
        (0.0, "", ""),
        (-0.1, "", ""),  # less than chance
        (float("nan"), "", ""),
    ],
)
def test_a_bar_is_drawn_in_eighths_or_whole_places(share, blocks, hashes):
    assert Screen(80, has_blocks=True).bar(share, 4) == blocks
    assert Screen(80, has_blocks=False).bar(share, 4) == hashes


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefgh", 5, "ab…gh"),
        ("abcdefgh", 6, "abc…gh"),
        ("日本語日本語", 7, "日…語"),  # two places each
    ],
)
def test_a_long_name_loses_its_middle(text, width, expected):
    assert Screen(80, has_blocks=True).shortened(text, width) == expected
    assert width_of(expected) <= width


def test_nowhere_to_print_is_no_screen():
    assert Screen.of(None) is None


def test_words_of_a_report_fold_to_the_screen(monkeypatch):
    for columns, widest in ((50, 50), (300, 88)):
        lines = at_terminal(monkeypatch, "--demo", command="report", columns=columns)
        words = lines[: lines.index("Ranking")]
        assert widest - 10 < max(map(width_of, words)) <= widest
