"""Version of the package, and of what it stands on."""

from __future__ import annotations

import importlib.metadata
import platform
import sys

from mifs._kernels.twins import in_use

__version__ = "0.1.0.dev0"

REQUIRED = ("numpy", "scipy", "scikit-learn", "pandas", "narwhals")
OPTIONAL = ("polars", "pyarrow", "matplotlib")


def show_versions() -> None:
    """Print what a report of a problem should say: versions, system, and kernels in use.

    Examples
    --------
    >>> show_versions()  # doctest: +ELLIPSIS
    mifs...
    """
    rows = [("mifs", __version__), ("kernels", in_use()), ("python", platform.python_version())]
    rows += [("system", platform.platform())]
    rows += [(name, _installed(name)) for name in REQUIRED + OPTIONAL]
    sys.stdout.writelines(f"{name:<14}{version}\n" for name, version in rows)


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
