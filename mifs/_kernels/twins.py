"""Which of two twins is in use: the compiled function, where it was built, or the NumPy one.

The NumPy function is the specification: it says what is computed, and tests hold the compiled one
to it bit for bit. `MIFS_KERNELS=numpy` in the environment, before the import, takes it everywhere;
`MIFS_SIMD=baseline` keeps the compiled one from what only newer processors can.
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


TWINS: dict[str, Twins] = {}  # by name, those of which both are there


def twin(extension: str) -> Callable[[F], F]:
    """Mark a NumPy kernel of which the extension of that name may hold a compiled twin."""
    module = _built(extension)

    def choose(numpy: F) -> F:
        compiled: F | None = getattr(module, numpy.__name__, None)
        if compiled is None:
            return numpy
        TWINS[numpy.__name__] = Twins(numpy, compiled)
        return numpy if is_numpy_wanted() else compiled

    return choose


def is_numpy_wanted() -> bool:
    """Whether the environment asks for the NumPy kernels."""
    return os.environ.get("MIFS_KERNELS", "") == "numpy"


def in_use() -> str:
    """Say which kernels work, for a report of a problem."""
    if is_numpy_wanted():
        return "NumPy (MIFS_KERNELS=numpy)"
    counting = _built("counting")
    if counting is None:
        return "NumPy (no compiled ones: built without a C compiler)"
    return f"compiled, {counting.simd()}"


def _built(extension: str) -> ModuleType | None:
    try:
        return importlib.import_module(f"mifs._kernels.compiled.{extension}")
    except ImportError:
        return None
