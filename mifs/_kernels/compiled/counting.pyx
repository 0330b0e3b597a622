# cython: language_level=3, boundscheck=False, wraparound=False, initializedcheck=False, embedsignature=True
"""Face of the C kernels that count: arrays in, arrays out."""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t


cdef extern from "simd.h" nogil:
    const char *simd_name()

cdef extern from "counting_kernel.h" nogil:
    void histogram_u8(const uint8_t *, const int32_t *, int64_t, int32_t *)


def simd():
    """Name of the vector instructions in use."""
    return simd_name().decode()
