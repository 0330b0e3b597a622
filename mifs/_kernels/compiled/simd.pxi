"""Which vector instructions an extension uses; included by each that has a choice."""

cdef extern from "simd.h" nogil:
    enum: SIMD_AVX2
    int simd_level()
    void choose_simd()


def simd():
    """Name of the vector instructions in use."""
    return "AVX2" if simd_level() == SIMD_AVX2 else "portable baseline"


def refresh_simd():
    """Choose the vector instructions by the environment: on import, and anew in tests."""
    choose_simd()


refresh_simd()
