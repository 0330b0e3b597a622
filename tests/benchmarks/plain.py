"""A plain histogram in C, an increment a sample, for the figures to stand beside."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

SOURCE = """
#include <stdint.h>
#include <string.h>

void histograms(const uint8_t *codes, const int32_t *state, int64_t n_columns, int64_t n,
                int32_t n_states, int32_t n_levels, int32_t *counts) {
    for (int64_t c = 0; c < n_columns; c++, codes += n) {
        memset(counts, 0, sizeof(int32_t) * n_states * n_levels);
        for (int64_t i = 0; i < n; i++) counts[state[i] * n_levels + codes[i]]++;
    }
}
"""


@cache
def library() -> ctypes.CDLL | None:
    """The function, compiled as kernels are; None where there is no compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plain.so"
        command = [compiler, "-O3", "-shared", "-fPIC", "-x", "c", "-", "-o", str(path)]
        subprocess.run(command, input=SOURCE, text=True, check=True)
        return ctypes.CDLL(str(path))


def histograms(columns: np.ndarray, state: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Count the levels of every column with the states; the counts of the last one."""
    counts = np.empty(shape, dtype=np.int32)
    codes, states, into = (ctypes.c_void_p(a.ctypes.data) for a in (columns, state, counts))
    library().histograms(codes, states, *map(ctypes.c_int64, columns.shape), *shape, into)
    return counts
