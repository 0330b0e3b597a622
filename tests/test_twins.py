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
    names = re.findall(r'(?:#include|cdef extern from) "([\w.]+)"', path.read_text("utf-8"))
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
    if not wanted:
        line = next(line for line in printed.splitlines() if line.startswith("kernels"))
        assert ("compiled" in line) == bool(twins.TWINS)
