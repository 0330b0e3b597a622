"""What the figures were measured on."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

import numpy as np
import sklearn

from mifs._kernels.twins import in_use


def processor() -> str:
    """Model name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def caches() -> str:
    """Caches of the first core, where the system tells them."""
    found = []
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = (
            (folder / name).read_text(encoding="utf-8").strip()
            for name in ("level", "type", "size")
        )
        found.append(f"L{level}{kind[0].lower() if kind != 'Unified' else ''} {size}")
    return ", ".join(found) or "unknown"


def described() -> str:
    """Machine, versions, kernels, date, and how busy the machine is, in one line."""
    load = f"load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return "; ".join(
        [
            datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
            f"{processor()}, {platform.machine()}, {os.cpu_count()} cores, caches {caches()}",
            f"{platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}, "
            f"scikit-learn {sklearn.__version__}",
            f"kernels {in_use()}",
            *([load] if load else []),
        ]
    )
