"""Which of two twins is in use: the compiled function, where it was built, or the NumPy one.

The NumPy function is the specification: it says what is computed, and tests hold the compiled one
to it bit for bit. `MIFS_KERNELS=numpy` in the environment, before the import, takes it everywhere,
and no extension is loaded; `MIFS_SIMD=baseline` keeps the compiled one from what only newer
processors can.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Twins(NamedTuple):
    """Two functions with one meaning."""

    numpy: Callable[..., Any]
    compiled: Callable[..., Any]


EXTENSIONS = (
    "binning",
    "chance",
    "counting",
    "drawing",
    "lazy",
    "moments",
    "neighbors",
    "ranks",
    "summing",
)
TWINS: dict[str, Twins] = {}  # by name, those of which both are there
LOADED: dict[str, ModuleType] = {}  # extensions by name
ABSENT: dict[str, str] = {}  # the others, and why
NOT_BUILT = "not built in the folder that mifs is imported from"


def twin(extension: str) -> Callable[[F], F]:
    """Mark a NumPy kernel of which the extension of that name may hold a compiled twin."""
    module = None if is_numpy_wanted() else _loaded(extension)

    def choose(numpy: F) -> F:
        compiled: F | None = getattr(module, numpy.__name__, None)
        if compiled is None:
            return numpy
        TWINS[numpy.__name__] = Twins(numpy, compiled)
        return compiled

    return choose


def is_numpy_wanted() -> bool:
    """Whether the environment asks for the NumPy kernels."""
    wanted = os.environ.get("MIFS_KERNELS", "")
    if wanted not in ("", "numpy"):
        msg = f"MIFS_KERNELS is {wanted!r} in the environment; it can be 'numpy', or be left out."
        raise ValueError(msg)
    return wanted == "numpy"


def in_use() -> str:
    """Say which kernels work, and why not the others, for a report of a problem."""
    if is_numpy_wanted():
        return "NumPy (MIFS_KERNELS=numpy)"
    for extension in EXTENSIONS:
        _loaded(extension)
    names_of: dict[str, list[str]] = {}
    for name, reason in sorted(ABSENT.items()):
        names_of.setdefault(reason, []).append(name)
    absent = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in names_of.items())
    if not LOADED:
        return f"NumPy ({absent})"
    names = {module.simd() for module in LOADED.values() if hasattr(module, "simd")}
    compiled = ", ".join(["compiled", *sorted(names)])
    return f"{compiled}; NumPy for {absent}" if absent else compiled


def refresh_simd() -> None:
    """Have all extensions choose their vector instructions anew, by the environment; for tests."""
    for module in LOADED.values():
        if hasattr(module, "refresh_simd"):
            module.refresh_simd()


def _loaded(extension: str) -> ModuleType | None:
    """Import an extension once; each is optional, and may be missing or fail on its own."""
    name = f"mifs._kernels.compiled.{extension}"
    if extension not in LOADED and extension not in ABSENT:
        try:
            LOADED[extension] = importlib.import_module(name)
        except ImportError as error:
            is_missing = isinstance(error, ModuleNotFoundError) and error.name == name
            ABSENT[extension] = NOT_BUILT if is_missing else str(error)
    return LOADED.get(extension)
