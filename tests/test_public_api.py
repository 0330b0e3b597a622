import ast
import importlib
import pathlib
import re
import subprocess
import sys
from types import ModuleType

import pytest
from sklearn.utils.estimator_checks import check_estimator

import mifs

ROOT = pathlib.Path(__file__).parents[1]
FILES = sorted((ROOT / "mifs").rglob("*.py"))


def _run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)


def test_every_public_name_is_real_and_documented():
    """Each listed name exists once, and what can be called says what it does."""
    assert len(mifs.__all__) == len(set(mifs.__all__))
    for name in mifs.__all__:
        thing = getattr(mifs, name)
        if callable(thing):
            assert thing.__doc__, name


def test_the_lists_of_public_names_agree():
    """One for checkers of types, one for `import *`, and one that says where each name lives."""
    tree = ast.parse((ROOT / "mifs" / "__init__.py").read_text(encoding="utf-8"))
    seen = {
        alias.name: node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "mifs"
        for alias in node.names
    }
    assert set(seen) == set(mifs.__all__) <= set(dir(mifs))
    homes = {name: f"mifs.{module}" for name, module in mifs._HOME.items()}
    assert seen == homes | {
        "datasets": "mifs",
        "__version__": "mifs._version",
        "show_versions": "mifs._version",
    }
    with pytest.raises(AttributeError, match="no attribute 'Selektor'"):
        _ = mifs.Selektor


def test_importing_the_package_loads_what_is_asked_for_alone():
    """At first the version and the kernels; a selector then needs neither plots nor budgets."""
    asked = "print([m for m in sys.modules if m.startswith('mifs.') and m.count('.') == 1])"
    loaded = ast.literal_eval(_run(f"import sys, mifs; {asked}").stdout)
    assert set(loaded) <= {"mifs._version", "mifs._kernels", "mifs._typing"}
    loaded = ast.literal_eval(
        _run(f"import sys; from mifs import MutualInfoSelector; {asked}").stdout
    )
    assert not {f"mifs.{name}" for name in ("plots", "budget", "datasets")} & set(loaded)


HEAVY = "{m for m in ('pandas', 'matplotlib', 'polars', 'pyarrow', 'jinja2') if m in sys.modules}"


def test_importing_the_package_loads_no_dataframe_or_plot_library():
    """Beyond those that scikit-learn itself loads where they are installed."""
    found = _run(
        "import sys, sklearn.feature_selection, sklearn.metrics\n"
        f"before = {HEAVY}\nimport mifs\nprint({HEAVY} - before)"
    ).stdout
    assert found.strip() == "set()"


def test_a_fit_loads_no_other_dataframe_library():
    """A fit on a polars dataframe, and its transform."""
    found = _run(
        "import sys, polars as pl, sklearn.feature_selection, sklearn.metrics\n"
        f"before = {HEAVY}\nimport mifs\n"
        "X = pl.DataFrame({'a': [1, 2, 3, 4] * 9, 'b': ['x', 'y', 'x', 'x'] * 9})\n"
        "mifs.MutualInfoSelector().fit(X, [0, 1, 0, 1] * 9).transform(X)\n"
        f"print({HEAVY} - before)"
    ).stdout
    assert found.strip() == "set()"


def test_importing_the_package_changes_nothing_global():
    """No warning filter, no NumPy setting, no seed."""
    _run(
        "import warnings, numpy as np, sklearn.feature_selection\n"
        "before = warnings.filters[:], np.geterr(), np.random.get_state()[1].tolist()\n"
        "import mifs\n"
        "assert before == (warnings.filters[:], np.geterr(), np.random.get_state()[1].tolist())"
    )


def _imports(path):
    """Every import of a file, with the functions that it stands in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, node in inside


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_imports_the_face_of_the_package(path):
    """Circles come from package faces: the public names are for users."""
    modules = {name for name in mifs.__all__ if isinstance(getattr(mifs, name), ModuleType)}
    public = set(mifs.__all__) - {"__version__"} - modules
    for node, _ in _imports(path):
        if isinstance(node, ast.ImportFrom) and node.module == "mifs":
            assert not public & {alias.name for alias in node.names}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_third_party_imports_stand_inside_a_function(path):
    for node, is_inside in _imports(path):
        if is_inside:
            names = (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
            )
            allowed = {"pandas", "pyarrow", "matplotlib", "jinja2"}
            assert all(name.split(".")[0] in allowed for name in names)


def test_private_helpers_of_scikit_learn_are_named_in_one_file():
    """One place to mend when scikit-learn moves them."""
    private = re.compile(
        r"from sklearn\.[\w.]*\._\w+ import|from sklearn[\w.]* import [^#\n]*\b_\w+"
    )
    naming = [p.name for p in FILES if private.search(p.read_text(encoding="utf-8"))]
    assert naming == ["_validation.py"]


def test_files_are_small():
    """One idea a file: at most 450 lines, docstrings and all."""
    for path in FILES:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 450, path


def test_versions_are_shown(capsys):
    mifs.show_versions()
    shown = capsys.readouterr().out
    for name in ("mifs", "kernels", "python", "numpy", "scipy", "scikit-learn"):
        assert re.search(rf"^{name} +\S+", shown, re.MULTILINE)
    assert mifs.__version__ in shown


def test_the_code_of_the_readme_runs_and_prints_what_it_says(capsys):
    """Every Python block, in one namespace; the comment lines below a print are its output."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", readme, flags=re.S | re.M)
    assert blocks
    namespace = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), namespace)
        said = [line[2:] for line in block.splitlines() if line.startswith("# ")]
        printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert printed == said


def test_the_first_example_of_the_readme_stands_before_line_30():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert lines.index("```python") < 30


def test_the_readme_says_what_every_parameter_of_the_selector_is():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("| parameter |") :].partition("\n\n")[0]
    said = re.findall(r"`(\w+)`", "".join(re.findall(r"^\|.*?\|", table, flags=re.M)))
    assert sorted(said) == sorted(mifs.MutualInfoSelector().get_params())


def test_every_module_can_be_imported_alone():
    """No circle that only one order of imports survives."""
    for path in FILES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if not module.endswith("__main__"):
            importlib.import_module(module)


def test_check_estimator_reports_nothing_but_passes():
    """The summary that reviewers ask for."""
    results = check_estimator(mifs.MutualInfoSelector(), on_skip=None)
    assert {r["check_name"] for r in results if r["status"] != "passed"} <= {
        "check_array_api_input"
    }


def test_imports_point_down():
    """The contract of pyproject.toml: every file has a storey."""
    pytest.importorskip("importlinter", reason="needs import-linter, of the extra 'lint'")
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
