"""Which kernels are in use, and that a build from a source archive has all of theirs."""

import os
import pathlib
import re
import subprocess
import sys
import tomllib

import pytest

from mifs._kernels import twins

ROOT = pathlib.Path(__file__).parents[1]
EXTENSIONS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"][
    "ext-modules"
]


def _included(path):
    """Headers of ours that a source includes, and those that they do."""
    names = re.findall(
        r'(?:include|#define BODY|cdef extern from) "([\w.]+)"', path.read_text("utf-8")
    )
    found = {path.parent / name for name in names}
    return found.union(*(_included(header) for header in found))


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda extension: extension["name"])
def test_a_source_archive_holds_every_header(extension):
    """What is not named is left out, and the install would go on with NumPy, silently."""
    headers = set().union(*(_included(ROOT / source) for source in extension["sources"]))
    named = {ROOT / name for name in extension.get("depends", ())}
    assert headers == named


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda extension: extension["name"])
def test_every_extension_is_optional_and_built_alike(extension):
    """An install without a compiler succeeds; no fused multiply-add changes a digit."""
    assert extension["optional"]
    assert extension["extra-compile-args"] == ["-O3", "-g0", "-ffp-contract=off"]


@pytest.mark.parametrize(("wanted", "said"), [("numpy", "NumPy (MIFS_KERNELS=numpy)"), ("", "")])
def test_the_environment_chooses_the_kernels(wanted, said):
    """And a report of a problem says which they are."""
    program = "import mifs; mifs.show_versions()"
    environment = os.environ | {"MIFS_KERNELS": wanted}
    printed = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert said in printed
    if not wanted and not twins.is_numpy_wanted():
        line = next(line for line in printed.splitlines() if line.startswith("kernels"))
        assert ("compiled" in line) == bool(twins.TWINS)


def test_every_extension_is_known_by_name():
    """Else a report of a problem would leave it out."""
    names = {extension["name"].rpartition(".")[2] for extension in EXTENSIONS}
    assert set(twins.EXTENSIONS) == names


BROKEN = """
import sys
from mifs._kernels import twins
class Broken:
    def find_spec(self, name, path=None, target=None):
        if name.endswith(".binning"):
            raise ImportError("undefined symbol")
        if name.endswith(".ranks"):
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Broken())
print(twins.in_use())
"""


@pytest.mark.skipif(not twins.TWINS, reason="the extensions were not built, or are not wanted")
def test_what_is_missing_is_said_with_its_error():
    """Each is optional on its own; one that fails is not one that was not built."""
    run = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("compiled, ")
    assert run.stdout.endswith(f"; NumPy for binning: undefined symbol; ranks: {twins.NOT_BUILT}\n")


def test_no_extension_is_loaded_where_numpy_is_wanted():
    """One that crashes can be passed by."""
    program = (
        "import sys, mifs, mifs.neighbors; print([m for m in sys.modules if '.compiled' in m])"
    )
    environment = os.environ | {"MIFS_KERNELS": "numpy"}
    printed = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert printed.strip() == "[]"
