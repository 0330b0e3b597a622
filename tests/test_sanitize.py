"""The command that runs tests under sanitizers: which files it has pytest take."""

import subprocess
import sys

import pytest
import sanitize


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["-k", "binning"], {"test_compiled_binning.py"}),
        (["tests/test_rails.py"], {"test_rails.py"}),
    ],
    ids=["an option alone", "a file"],
)
def test_files_are_those_of_the_compiled_kernels_unless_others_are_given(arguments, files):
    command = [*sanitize.command(arguments), "--collect-only", "-p", "no:cacheprovider"]
    found = subprocess.run(command, cwd=sanitize.ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in found.stdout.splitlines() if "::" in line]
    assert {line.partition("::")[0].rpartition("/")[2] for line in lines} == files


def test_help_is_shown_before_anything_is_built():
    command = [sys.executable, sanitize.__file__, "--help"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    assert "argument of pytest" in shown
