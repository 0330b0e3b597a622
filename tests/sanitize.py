"""Run the tests of the compiled kernels under the address and undefined-behaviour sanitizers.

One command, with gcc: ``python tests/sanitize.py``. It builds the kernels anew, in build/sanitized,
and passes on what it is given to pytest: files in the place of those of the compiled kernels, or
options such as ``-k binning``.
"""

import argparse
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]
BUILD = ROOT / "build" / "sanitized"
FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -g"


def build() -> None:
    """Build the whole package with the sanitizers' checks in it."""
    setup = "import setuptools; setuptools.setup()"
    where = ["--build-base", str(BUILD), "--build-lib", str(BUILD / "lib")]
    environment = os.environ | {"CFLAGS": FLAGS, "LDFLAGS": FLAGS}
    command = [sys.executable, "-c", setup, "-q", "build", *where, "build_ext", "--force"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def runtime(library: str) -> str:
    """Path of a sanitizer's library, which must be loaded before Python's own memory."""
    found = subprocess.run(
        ["gcc", f"-print-file-name={library}"], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def command(arguments: list[str]) -> list[str]:
    """Command line of the tests; pytest knows which of its arguments are files."""
    files = "testpaths=tests/test_compiled_*.py"  # never mifs: the build has modules of these names
    return [sys.executable, "-P", "-m", "pytest", "-q", "-o", files, *arguments]


def test(arguments: list[str]) -> int:
    """Run the tests on that build."""
    environment = os.environ | {
        "LD_PRELOAD": f"{runtime('libasan.so')} {runtime('libubsan.so')}",
        "ASAN_OPTIONS": "detect_leaks=0",  # the interpreter's own
        "PYTHONMALLOC": "malloc",  # so that arrays of Python's allocator have edges too
        "PYTHONPATH": str(BUILD / "lib"),
    }
    return subprocess.run(command(arguments), cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        usage="python tests/sanitize.py [-h] [argument of pytest ...]",
        description=__doc__,
        allow_abbrev=False,
    )
    _, given = parser.parse_known_args()
    build()
    sys.exit(test(given))
