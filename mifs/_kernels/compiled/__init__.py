"""Compiled twins of the kernels: Cython faces, C bodies. An install without a compiler has none."""
