"""How a report is written: as HTML that is safe, readable and accessible, and as golden files.

Write the golden files anew after a change that is meant, and read their diff:
``MIFS_UPDATE_GOLDEN=1 python -m pytest tests/test_report_forms.py -k golden``
"""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from hostile import CORPUS, hostile_report
from sklearn.datasets import load_iris

from mifs import Report, rank_features
from mifs.report.svg import STRONGEST

GOLDEN = pathlib.Path(__file__).parent / "golden"
VOID = {"meta", "rect", "line", "circle", "br"}
CONTRAST = 4.5  # of text, by WCAG 2.2, level AA


class Page(HTMLParser):
    """What stands in a page; raises where tags do not match."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)

    def named(self, tag):
        return [attrs for name, attrs, _ in self.tags if name == tag]


def iris():
    data = load_iris(as_frame=True)
    return data.data, pd.Series(data.target_names[data.target], name="species")


@pytest.fixture(scope="module")
def report():
    found = rank_features(*iris())
    return dataclasses.replace(found, versions=(("mifs", "of this test"),))


@pytest.fixture(scope="module")
def page(report):
    return report.to_html()


# ---------------------------------------------------------------- golden files


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("report.txt", Report.to_text),
        ("report.md", Report.to_markdown),
        ("report.json", Report.to_json),
        ("report.html", Report.to_html),
    ],
)
def test_report_is_that_of_the_golden_file(report, name, form):
    text, path = form(report), GOLDEN / name
    if os.environ.get("MIFS_UPDATE_GOLDEN"):
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
    golden = path.read_text(encoding="utf-8").removesuffix("\n")
    if name.endswith("json"):
        assert_alike(json.loads(text), json.loads(golden))
    else:
        assert text == golden


def assert_alike(one, other):
    """The same document, but for roundings of other machines."""
    if isinstance(one, dict):
        assert list(one) == list(other)
        one, other = list(one.values()), list(other.values())
    if isinstance(one, list):
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            assert_alike(*pair)
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-6, abs=1e-9)
    else:
        assert one == other


# ---------------------------------------------------------------- no code, no network


def test_page_holds_no_script_and_asks_for_nothing(page):
    found = Page(page)
    tags = {tag for tag, _, _ in found.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "a", "base"}
    for _, attrs, _ in found.tags:
        assert not [name for name in attrs if name.startswith("on")]
        assert not set(attrs) & {"src", "href", "srcset", "xlink:href", "action", "style"}
    assert "url(" not in page
    assert "@import" not in page
    assert "http" not in page.replace("http-equiv", "")


def test_page_forbids_all_but_its_own_style(page):
    policy = next(m for m in Page(page).named("meta") if "http-equiv" in m)
    assert policy["content"] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@pytest.mark.parametrize("whole", [True, False])
def test_page_is_well_formed(report, whole):
    text = report.to_html() if whole else report._repr_mimebundle_()["text/html"]
    assert text.startswith("<!DOCTYPE html>" if whole else "<div")
    assert Page(text).named("div")[0]["class"] == "mifs-report"


@pytest.fixture(scope="module")
def hostile():
    return hostile_report()


def test_hostile_names_are_text_in_html(hostile):
    text = hostile.to_html()
    found = Page(text)
    assert not {tag for tag, _, _ in found.tags} & {"script", "img", "b"}
    for _, attrs, _ in found.tags:
        assert not [name for name in attrs if name.startswith("on")]
    shown = "".join(found.text)
    for name in ("<script>alert(1)</script>", "{{71*89}}{% raw %}", "&lt;b&gt;", "宽的名字"):
        assert name in shown
    assert "6319" not in text
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u200e\u200f\u202a-\u202e]", text)
    assert "x" * 50 not in shown
    assert any("x" * 400 in (attrs.get("title") or "") for attrs in found.named("bdi"))
    text.encode("utf-8")


def test_hostile_names_do_not_speak_to_the_terminal(hostile):
    for form in (hostile.to_text(), hostile.to_markdown()):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u202a-\u202e\u200f]", form)
        assert "x" * 50 not in form
        form.encode("utf-8")


def test_hostile_names_open_no_tag_and_no_cell_in_markdown(hostile):
    text = hostile.to_markdown()
    assert not re.search(r"<\s*/?\s*(script|img|style|b)", text)
    for block in re.findall(r"(?:^\|.*\n)+", text, flags=re.M):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def test_json_holds_names_as_they_are(hostile):
    names = {feature["feature"] for feature in json.loads(hostile.to_json())["ranking"]}
    assert set(CORPUS) == names


# ---------------------------------------------------------------- readable by everyone


def test_every_table_has_a_caption_and_every_header_a_scope(page):
    found = Page(page)
    assert len(found.named("caption")) == len(found.named("table")) >= 6
    assert all(attrs["scope"] in {"row", "col"} for attrs in found.named("th"))


def test_every_drawing_is_described_or_hidden(page):
    for attrs in Page(page).named("svg"):
        is_described = attrs.get("role") == "img" and len(attrs["aria-label"]) > 20
        assert is_described or attrs.get("aria-hidden") == "true"


def test_all_numbers_stand_in_tables_that_need_no_style(page, report):
    """Sites that strip style and drawings leave tables and text."""
    bare = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", page, flags=re.S)
    cells = {text.strip() for text in Page(bare).text}
    for feature in report.ranking:
        assert f"{feature.relevance:.3f}" in cells
        assert feature.feature in cells
    for step in report.path:
        assert f"{step.score:.3f}" in cells
    for row in report.redundancy.values:
        assert {f"{value:.3f}" for value in row if not np.isnan(value)} <= cells


def luminance(colour):
    channels = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(over, under, opacity):
    parts = [
        round(opacity * int(over[k : k + 2], 16) + (1 - opacity) * int(under[k : k + 2], 16))
        for k in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast_in_both_themes(page, scheme):
    block = page.split(f"color-scheme: {scheme};")[1].split("}")[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    pairs = [("ink", "paper"), ("ink", "raised"), ("muted", "paper"), ("muted", "raised")]
    pairs += [("accent", "paper"), ("warn-ink", "warn-paper")]
    for ink, paper in pairs:
        assert contrast(colours[ink], colours[paper]) >= CONTRAST, (ink, paper)
    cell = mixed(colours["strong"], colours["paper"], STRONGEST / 100)
    assert contrast(colours["ink"], cell) >= CONTRAST
    for mark in ("strong", "second", "third"):
        assert contrast(colours[mark], colours["paper"]) >= 3  # what is no text


def test_no_element_has_an_id_so_that_a_report_may_stand_twice_on_a_page(page):
    for _, attrs, _ in Page(page).tags:
        assert not set(attrs) & {"id", "for", "aria-labelledby", "aria-describedby"}


def test_a_hundred_features_take_less_than_300_kilobytes(tmp_path):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 150))
    y = X[:, :5].sum(axis=1) > 0
    for n_features, n_selected in ((100, "all"), (150, 20)):
        names = [f"a name of an ordinary length {k}" for k in range(n_features)]
        table = pd.DataFrame(X[:, :n_features], columns=names)
        found = rank_features(table, y, n_features_to_select=n_selected)
        found.write_html(tmp_path / "page.html")
        size = (tmp_path / "page.html").stat().st_size
        assert size < 300_000
    assert "… and 50 more." in found.to_html()
    assert "... and 50 more" in found.to_text(n_columns=100)
    assert len(json.loads(found.to_json())["ranking"]) == 150


@pytest.mark.parametrize("n_selected", [50, 100])
def test_ten_classes_of_columns_with_levels_take_less_than_300_kilobytes(n_selected):
    """The largest page of a hundred columns: all panels, all levels, all classes that are shown."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(400, 100))
    levels = np.array([f"a level {k}" for k in range(12)], dtype=object)
    X = pd.DataFrame({f"a measurement of the number {k:03d}": hidden[:, k] for k in range(100)})
    for name in X.columns[:50]:
        X[name] = levels[np.clip((2 * X[name] + 6).astype(int), 0, 11)]
    classes = pd.qcut(hidden[:, :4].sum(axis=1), 10, labels=False)
    y = pd.Series([f"class {k}" for k in classes], name="kind")
    found = rank_features(X, y, n_features_to_select=n_selected)
    assert len(found.panels) == 30
    assert len(found.to_html().encode()) < 300_000


def test_a_notebook_gets_text_and_html(report):
    bundle = report._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert set(report._repr_mimebundle_(include={"text/plain"})) == {"text/plain"}
    assert set(report._repr_mimebundle_(exclude={"text/plain"})) == {"text/html"}


def test_without_jinja2_a_page_says_what_to_install_and_a_notebook_shows_text():
    code = (
        "import sys; sys.modules['jinja2'] = None\n"
        "import numpy as np, mifs\n"
        "x = np.arange(40) % 2\n"
        "report = mifs.rank_features(np.c_[x, 1 - x], x)\n"
        "assert report._repr_mimebundle_()['text/html'].startswith('<pre>Feature selection for')\n"
        "try:\n    report.to_html()\n"
        "except ImportError as error:\n    print(error)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "A report as HTML needs jinja2: pip install jinja2\n"


def test_templates_are_files_of_the_package():
    names = {path.name for path in (files("mifs.report") / "templates").iterdir()}
    assert names == {"page.html.j2", "report.html.j2", "macros.html.j2", "style.css.j2"}
