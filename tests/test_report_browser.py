"""The HTML report in a real browser: themes, policy, keyboard, widths, accessibility, escaping.

Needs ``pip install -e '.[browser]'`` and an installed Chromium; is skipped without.
"""

import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from chromium import NARROW, WIDE, open_all, opened
from hostile import CORPUS, hostile_report
from sklearn.datasets import load_breast_cancer

from mifs import rank_features
from mifs.report import words

SCHEMES = ("light", "dark")
WIDTHS = (NARROW, 800, WIDE)
PAGES = ("titanic", "cancer", "one", "thousand", "classes", "nothing", "hostile")


def titanic():
    """Passengers as in the well-known table: gaps, an identifier, and a leak."""
    rng = np.random.default_rng(0)
    n = 600
    sex, cabin = rng.choice(["female", "male"], n, p=[0.35, 0.65]), rng.integers(1, 4, n)
    survived = (rng.random(n) < np.where(sex == "female", 0.85, 0.2) - 0.08 * cabin).astype(int)
    boat = np.where(survived == 1, rng.choice(["C", "13", "15", "4"], n), None)
    boat[rng.random(n) < 0.03] = None
    age = np.where(rng.random(n) < 0.2, np.nan, rng.gamma(6, 5, n).round())
    X = pd.DataFrame({"class": cabin, "sex": sex, "age": age, "boat": boat})
    X["fare"] = (80 / cabin * rng.gamma(2, 0.5, n)).round(2)
    X["name"] = [f"passenger {k}" for k in range(n)]
    return X, pd.Series(survived, name="survived")


def cancer():
    data = load_breast_cancer(as_frame=True)
    return data.data, pd.Series(data.target_names[data.target], name="diagnosis")


def numbers(n_columns, n_told):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, n_columns))
    y = pd.Series((x[:, :n_told].sum(axis=1) > 0).astype(int), name="y")
    return pd.DataFrame(x, columns=[f"x{k}" for k in range(n_columns)]), y


def classes():
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 10, 500)
    X = pd.DataFrame({f"level of {k}": kind // k + rng.integers(0, 2, 500) for k in range(1, 7)})
    return X, pd.Series([f"class number {k}" for k in kind], name="kind")


MADE = {
    "titanic": lambda: rank_features(*titanic()),
    "cancer": lambda: rank_features(*cancer()),
    "one": lambda: rank_features(*numbers(1, 1)),
    "thousand": lambda: rank_features(*numbers(1000, 3)),
    "classes": lambda: rank_features(*classes(), n_features_to_select="all"),
    "nothing": lambda: rank_features(
        numbers(3, 1)[0], np.arange(200) % 2, min_features_to_select=0
    ),
    "hostile": hostile_report,
}


@pytest.fixture(scope="session")
def report(browser):
    """Make each report once, and none where there is no browser."""
    made = {}

    def of(name):
        if name not in made:
            made[name] = MADE[name]()
        return made[name]

    return of


# ---------------------------------------------------------------- themes, policy, network


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_asks_for_nothing_and_breaks_no_policy(browser, report, scheme, script):
    with opened(browser, report("titanic").to_html(), scheme=scheme, script=script) as page:
        assert page.locator("h1").inner_text() == "Feature selection for survived"
        assert page.locator("table").count() >= 6
        paper = page.locator(".mifs-report").evaluate("one => getComputedStyle(one).background")
        assert ("rgb(255, 255, 255)" in paper) == (scheme == "light")
        whole = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
        assert whole in paper
        assert page.asked == []
        assert page.said == []


# As wide as its tables: of text that is scrolled out of sight the checker cannot tell the contrast.
UNFOLDED = ".mifs-report.mifs-report.mifs-report.mifs-report { max-width: none; }"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["titanic", "cancer", "classes", "nothing", "hostile"])
def test_accessibility_checker_finds_no_fault(browser, report, axe, name, scheme):
    """axe-core, with its rule of contrast, and all that can be opened open."""
    with opened(browser, report(name).to_html(), scheme=scheme, width=3000) as page:
        page.add_style_tag(content=UNFOLDED)
        open_all(page)
        assert axe(page) == []


def test_accessibility_checker_finds_no_fault_on_a_phone(browser, report, axe):
    """Where tables scroll."""
    with opened(browser, report("titanic").to_html(), width=NARROW) as page:
        open_all(page)
        assert [one for one in axe(page) if one[0] != "color-contrast"] == []


# ---------------------------------------------------------------- keyboard


FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one)
    const box = one.getBoundingClientRect()
    if (one === document.body) return null
    return {tag: one.tagName, text: one.ariaLabel ?? one.innerText, line: style.outlineStyle,
            width: parseFloat(style.outlineWidth), inside: box.top < innerHeight && box.bottom > 0}
}"""


def test_tab_reaches_all_that_opens_or_scrolls_and_shows_where_it_is(browser, report):
    with opened(browser, report("titanic").to_html(), width=NARROW) as page:
        wanted = page.locator("summary:visible, .scroll:visible, a:visible")
        wanted = wanted.evaluate_all("all => all.map(one => one.ariaLabel ?? one.innerText)")
        reached = []
        for _ in wanted:
            page.keyboard.press("Tab")
            focused = page.evaluate(FOCUSED)
            assert focused["line"] == "solid"
            assert focused["width"] >= 2
            assert focused["inside"]
            reached.append(focused["text"])
        assert reached == wanted
        assert len(reached) >= 8
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED) is None


SCROLLED = """one => new Promise(done => {
    const look = left => {
        if (one.scrollLeft > 0 || !left) done(one.scrollLeft > 0)
        else setTimeout(look, 20, left - 1)
    }
    look(100)
})"""


def test_enter_opens_and_arrows_scroll(browser, report):
    with opened(browser, report("cancer").to_html(), width=NARROW) as page:
        for details in page.locator("details").all():
            was_open = details.evaluate("one => one.open")
            details.locator("summary").focus()
            page.keyboard.press("Enter")
            assert details.evaluate("one => one.open") != was_open
        ranking = page.get_by_role("group", name="Ranking")
        ranking.focus()
        assert ranking.evaluate("one => one.scrollWidth > one.clientWidth")
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        assert ranking.evaluate(SCROLLED)


# ---------------------------------------------------------------- several on a page


OUTSIDE = (
    "<p>before</p><table><caption>c</caption><tr><td><i class='b9 h9 t'>x</i></td></tr></table>"
)
STYLES = """() => {
    const sizes = /^(block|inline|perspective|transform|height|width)/
    return [...document.querySelectorAll('body > :not(.mifs-report), body > table *')].map(one => {
        const style = getComputedStyle(one)
        return [...style].filter(key => !sizes.test(key)).map(key => key + style[key]).join()
    })
}"""


def test_reports_on_one_page_share_no_id_and_leak_no_style(browser, report):
    one, other = (report(name)._repr_mimebundle_()["text/html"] for name in ("cancer", "titanic"))
    with opened(browser, OUTSIDE) as page:
        alone = page.evaluate(STYLES)
    with opened(browser, OUTSIDE + one + other + one) as page:
        assert page.evaluate(STYLES) == alone
        assert page.locator(".mifs-report").count() == 3
        assert page.locator("[id], [for], [aria-labelledby], a").count() == 0  # nor anchors
        heights = page.locator(".mifs-report").evaluate_all("all => all.map(x => x.clientHeight)")
        assert heights[0] == heights[2]


# ---------------------------------------------------------------- sizes


def test_a_thousand_columns_show_a_hundred_and_a_count(browser, report):
    with opened(browser, report("thousand").to_html()) as page:
        rows = page.get_by_role("group", name="Ranking").locator("tbody tr")
        assert rows.count() == words.MAX_RANKED
        assert page.get_by_text("… and 900 more.").is_visible()


def test_one_column_is_a_report(browser, report):
    with opened(browser, report("one").to_html()) as page:
        assert page.get_by_role("group", name="Ranking").locator("tbody tr").count() == 1
        assert "1 column of 1 is shown to tell something: x0" in page.locator(".gist").inner_text()
        assert page.get_by_role("group", name="What the selected share").count() == 0


OVERHANG = """width => [...document.querySelectorAll('.mifs-report *')].filter(
    one => !one.closest('.scroll') && one.getBoundingClientRect().right > width + 0.5
).map(one => one.outerHTML)"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_as_wide_as_its_window(browser, report, name, width):
    with opened(browser, report(name).to_html(), width=width) as page:
        open_all(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.evaluate(OVERHANG, width) == []


BARS = """() => [...document.querySelectorAll('[aria-label="Ranking"] td i')].map(one => [
    parseFloat(one.parentElement.innerText), parseFloat(getComputedStyle(one).backgroundSize)])"""
BARE = """() => [...document.querySelectorAll('td i, td svg')].filter(one => {
    const cell = one.closest('td')
    return !/[0-9-]/.test(cell.innerText || cell.previousElementSibling.innerText)
}).length"""


def test_every_bar_has_its_number_beside_it_and_its_length(browser, report):
    with opened(browser, report("cancer").to_html()) as page:
        open_all(page)
        assert page.evaluate(BARE) == 0
        bars = np.array(page.evaluate(BARS))
        # A length is a whole multiple of 2 %, a number has three decimals.
        expected = 100 * bars[:, 0] / bars[:, 0].max()
        expected = np.where(bars[:, 0] > 0, np.maximum(expected, 2), 0)  # a trace is seen
        np.testing.assert_allclose(bars[:, 1], expected, rtol=0, atol=1.2 + 0.1)


def test_page_is_readable_without_its_style(browser, report):
    bare = re.sub(r"<style>.*?</style>", "", report("cancer").to_html(), flags=re.S)
    with opened(browser, bare) as page:
        assert page.get_by_role("cell", name="0.635").first.is_visible()
        assert "7 columns of 30 are shown to tell" in page.locator(".mifs-report").inner_text()
        assert page.locator("td i").first.bounding_box()["width"] == 0


# ---------------------------------------------------------------- escaping


@pytest.mark.parametrize("script", [True, False])
def test_hostile_names_are_shown_and_run_nothing(browser, report, script):
    with opened(browser, report("hostile").to_html(), script=script, policy=None) as page:
        if script:
            open_all(page)
        shown = page.locator("bdi").all_text_contents()
        assert {words.name(name) for name in CORPUS} <= set(shown)
        assert page.locator("script, img, b, .mifs-report [onmouseover]").count() == 0
        assert page.title().startswith(f"Feature selection for {words.name(CORPUS[1])} ")
        assert page.asked == []
        assert page.said == []


# ---------------------------------------------------------------- without a browser


@pytest.mark.parametrize(
    ("lack", "reason"),
    [
        ("import os; os.environ['PATH'] = ''", "needs a browser: one of chromium"),
        ("import sys; sys.modules['playwright'] = None", "needs the extra: pip install"),
    ],
)
def test_without_a_browser_the_tests_are_skipped_and_say_so(lack, reason):
    if "PATH" in lack:
        pytest.importorskip("playwright", reason="needs the extra: pip install '.[browser]'")
    options = ["-q", "-p", "no:cacheprovider", __file__, "-k", "thousand_columns"]
    code = f"{lack}\nimport pytest\nraise SystemExit(pytest.main({options}))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    assert f"{reason}" in found.stdout
    assert "1 skipped" in found.stdout
