"""Logarithm and exponential of nothing but sums, products, quotients and bits.

Every processor and compiler rounds those alike, so these functions have the same bits everywhere,
which the ones of a library have not. Methods and coefficients are those of FreeBSD's msun (Sun
Microsystems, 1993); errors stay below one unit in the last place.
"""

import numpy as np

from mifs._typing import FloatArray

LN2_HIGH, LN2_LOW, INVERSE_LN2 = (
    6.93147180369123816490e-01,
    1.90821492927058770002e-10,
    1 / np.log(2),
)
LOG = (  # of the odd part, s = f / (2 + f), in powers of s**2
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
EXP = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
SMALLEST = 1e-300  # in the place of zero, whose logarithm is always taken zero times
LEAST_EXPONENT = -700.0
_ONE, _ROOT_HALF = np.uint64(0x3FF0000000000000), np.uint64(0x3FE6A09E00000000)
_FRACTION, _EXPONENT = np.uint64(0x000FFFFFFFFFFFFF), np.uint64(52)
_INTEGER = 6755399441055744.0  # 1.5 * 2**52: added, it leaves a whole number in the last bits


def log1p(x: FloatArray) -> FloatArray:
    """log(1 + x) for x >= -1; at -1 some large negative number."""
    u = np.maximum(x + 1.0, SMALLEST)
    lost = (x - (u - 1.0)) / u
    return _log(u, lost)


def log(x: FloatArray) -> FloatArray:
    """log(x) for x > 0."""
    return _log(np.maximum(x, SMALLEST), np.zeros_like(x))


def _log(u: FloatArray, lost: FloatArray) -> FloatArray:
    """log(u) + lost, where the second is small."""
    bits = u.view(np.uint64) + (_ONE - _ROOT_HALF)
    k = (bits >> _EXPONENT).astype(np.float64) - 1023.0
    f = ((bits & _FRACTION) + _ROOT_HALF).view(np.float64) - 1.0
    half = 0.5 * f * f
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (LOG[1] + w * (LOG[3] + w * LOG[5]))
    odd = z * (LOG[0] + w * (LOG[2] + w * (LOG[4] + w * LOG[6])))
    found: FloatArray = s * (half + (odd + even)) + (k * LN2_LOW + lost) - half + f + k * LN2_HIGH
    return found


def exp(x: FloatArray) -> FloatArray:
    """e**x for x of -700 to 700, and at -700 below it."""
    x = np.maximum(x, LEAST_EXPONENT)
    shifted = x * INVERSE_LN2 + _INTEGER
    k = shifted - _INTEGER
    high, low = x - k * LN2_HIGH, k * LN2_LOW
    r = high - low
    z = r * r
    c = r - z * (EXP[0] + z * (EXP[1] + z * (EXP[2] + z * (EXP[3] + z * EXP[4]))))
    y = 1.0 + (r * c / (2.0 - c) - low + high)
    return (y.view(np.uint64) + (shifted.view(np.uint64) << _EXPONENT)).view(np.float64)
