"""The HTML report inside notebooks, whose own styles of tables and lists reach into it.

Needs ``pip install -e '.[browser]'`` and an installed Chromium; is skipped without.
"""

import pathlib

import pytest
from chromium import WIDE, open_all, opened
from sklearn.datasets import load_iris

from mifs import rank_features

STYLES = pathlib.Path(__file__).parent / "notebook_styles"
OUTPUT = "jp-RenderedHTMLCommon jp-RenderedHTML jp-OutputArea-output"
# The notebook's style, the attributes of its body, and whether what is shown must be dark.
NOTEBOOKS = {
    "JupyterLab, light": ("jupyterlab", 'data-jp-theme-light="true"', False),
    "JupyterLab, dark": ("jupyterlab", 'data-jp-theme-light="false"', True),
    "VS Code, light": ("vscode", 'class="vscode-light"', False),
    "VS Code, dark": ("vscode", 'class="vscode-dark"', True),
    "VS Code, high contrast": ("vscode", 'class="vscode-high-contrast"', True),
    "VS Code, high contrast light": (
        "vscode",
        'class="vscode-high-contrast vscode-high-contrast-light"',
        False,
    ),
    "documentation, light": ("documentation", 'data-theme="light"', False),
    "documentation, dark": ("documentation", 'data-theme="dark"', True),
}


@pytest.fixture(scope="module")
def fragment(browser):
    data = load_iris(as_frame=True)
    report = rank_features(data.data, data.target)
    return report._repr_mimebundle_()["text/html"]


def notebook(name, fragment):
    style, attributes, _ = NOTEBOOKS[name]
    css = (STYLES / f"{style}.css").read_text("utf-8")
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>t</title><style>{css}</style></head>'
        f'<body {attributes}><main class="{OUTPUT}">{fragment}</main></body></html>'
    )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_report_follows_the_theme_of_the_notebook_and_is_legible(browser, axe, fragment, name):
    """Though the system prefers the other; contrast is that over rows as the notebook paints."""
    is_dark = NOTEBOOKS[name][-1]
    system = "light" if is_dark else "dark"
    with opened(browser, notebook(name, fragment), scheme=system, width=2000) as page:
        open_all(page)
        paper = page.locator(".mifs-report").evaluate("one => getComputedStyle(one).background")
        assert ("rgb(20, 24, 29)" in paper) == is_dark
        assert axe(page, rules=["color-contrast"]) == []


LOOKS = """() => [...document.querySelectorAll('.mifs-report, .mifs-report *')].map(one => {
    const s = getComputedStyle(one)
    return [one.tagName, s.color, s.backgroundColor, s.textAlign, s.whiteSpace, s.tableLayout,
            s.paddingLeft, s.marginTop, s.fontSize, s.fontWeight, s.listStyleType].join()})"""


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_report_looks_in_a_notebook_as_it_does_alone(browser, fragment, name):
    scheme = "dark" if NOTEBOOKS[name][-1] else "light"
    alone = f'<!DOCTYPE html><html lang="en"><body><main>{fragment}</main></body></html>'
    with opened(browser, alone, scheme=scheme, width=WIDE) as page:
        expected = page.evaluate(LOOKS)
    with opened(browser, notebook(name, fragment), width=WIDE) as page:
        found = page.evaluate(LOOKS)
    assert [pair for pair in zip(found, expected, strict=True) if pair[0] != pair[1]] == []
