"""Expectations over one hypergeometric cell: what the null law of information is made of.

A cell with level count ``a`` and class count ``b`` in a stratum of ``m`` rows holds
``K ~ hypergeometric(m, a, b)`` when rows are permuted. Two functions of ``K`` are averaged,
``h(K; mu) = K log(K / mu) - K + mu`` with ``mu = a b / m`` (one cell), and
``T(K) = h(K; mu) + h(a - K; a - mu)`` (a level's row of the table "class against rest").
Arrays only; everything depends on ``(a, b, m)`` alone, so callers pass unique triples.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from mifs._kernels.chance import K_LOG_K
from mifs._kernels.elementary import exp, log, log1p
from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray

LOG_TAIL = 41.45  # -log(1e-18): what lies further out cannot change a double
DOUBLE_FROM = 18.0  # variance from which a step of 2 is fine enough
SMOOTH_FROM = 3  # steps over which probabilities are no longer ratios
ELEMENTS = 1 << 16  # points of one chunk: its dozen temporaries stay in the cache


Margins: TypeAlias = tuple[IntArray, IntArray, IntArray]  # a, b and m of each cell
Grids: TypeAlias = tuple[IntArray, IntArray, IntArray, IntArray]  # of `windows`, and the order


def windows(a: IntArray, b: IntArray, m: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """First point, number of points and step of a grid that carries all but 1e-18 of each cell.

    Bernstein's and Serfling's inequalities bound the tails (Annals of Statistics 2:39, 1974). Away
    from the ends of the support the summands are smooth, and by Poisson's summation formula a grid
    of step ``sd / 2`` then gives the same sums as every integer, with error exp(-2 (2 pi)^2) =
    5e-35: a cell costs about 50 points, whatever its size. A step of 2 goes by ratios as one of 1
    does, from where a sum of independent counts of 0 and 1 allows it: the sum of probabilities errs
    by exp(-2 * 18) = 2e-16, moments of degree 4 by some thousand times that.
    """
    mean = a * (b / m)
    variance = mean * ((m - a) / m) * ((m - b) / np.maximum(m - 1, 1))
    reach = LOG_TAIL / 3 + np.sqrt(LOG_TAIL**2 / 9 + 2 * LOG_TAIL * variance)
    smallest = np.minimum(np.minimum(a, m - a), np.minimum(b, m - b))
    reach = np.minimum(reach, np.sqrt(LOG_TAIL / 2 * smallest * ((m - smallest + 1) / m))) + 1
    first, last = np.maximum(0, a + b - m), np.minimum(a, b)
    low = np.maximum(first, np.floor(mean - reach).astype(np.int64))
    high = np.minimum(last, np.ceil(mean + reach).astype(np.int64))
    step = np.maximum(1, (np.sqrt(variance) / 2).astype(np.int64))
    step[(low == first) | (high == last) | ((step == 2) & (variance < DOUBLE_FROM))] = 1
    return low, (high - low) // step + 1, step


def kinds_of(a: IntArray, step: IntArray) -> IntArray:
    """Number the kinds of grids, computed apart: by the step, and by where k log k is from."""
    kind = np.minimum(step, SMOOTH_FROM)
    return np.where((kind < SMOOTH_FROM) & (a >= len(K_LOG_K)), kind + SMOOTH_FROM, kind)


def grid_weights(
    low: IntArray, points: IntArray, step: IntArray, margins: tuple[IntArray, IntArray, IntArray]
) -> tuple[FloatArray, FloatArray]:
    """Points ``K`` and their probabilities, both of shape (longest grid, cells).

    All cells have step 1, all have 2, or all a larger one. Past the end of a cell's own grid the
    probability is 0 and ``K`` stays at the last point.
    """
    rank = np.arange(points.max())[:, None]
    k = (low + step * np.minimum(rank, points - 1)).astype(np.float64)
    longest = int(step.max())
    is_smooth = longest >= SMOOTH_FROM
    weights = _smooth_weights(k, *margins) if is_smooth else _ratio_weights(k, *margins, longest)
    weights[rank >= points] = 0.0
    return k, weights * (1.0 / weights.sum(axis=0))


def _ratio_weights(k: FloatArray, a: IntArray, b: IntArray, m: IntArray, step: int) -> FloatArray:
    """Hypergeometric probabilities of ``k`` that are 1 or 2 apart, relative to the first."""
    weights = np.empty_like(k)
    weights[0] = 1.0
    here, rest = k[:-1], m - a - b + 1.0
    above, below = (a - here) * (b - here), (here + 1) * (here + rest)
    if step == 2:
        here = here + 1.0
        above *= (a - here) * (b - here)
        below *= (here + 1) * (here + rest)
    np.divide(above, below, out=weights[1:])
    return np.cumprod(weights, axis=0, out=weights)


def _smooth_weights(k: FloatArray, a: IntArray, b: IntArray, m: IntArray) -> FloatArray:
    """Hypergeometric probabilities, up to a factor, by Stirling's series on the four cells.

    The windows it serves are clear of the ends, so near the mode all four counts exceed 80
    and the next term of the series is below 1e-16. The
    exponents are small sums of h, never differences of large log-factorials.
    """
    mean = a * (b / m)
    x = k - mean
    exponent = np.zeros_like(k)
    cells = (
        (k, mean, x),
        (a - k, a - mean, -x),
        (b - k, b - mean, -x),
        (k + (m - a - b), m - a - b + mean, x),
    )
    for count, expected, deviation in cells:
        inverse = 1.0 / count
        square = inverse * inverse
        series = inverse * (1 / 12 - square * (1 / 360 - square / 1260))
        exponent -= excess(count, expected, deviation) + 0.5 * log(count / expected) + series
    return exp(exponent)


def excess(count: FloatArray, expected: FloatArray, deviation: FloatArray) -> FloatArray:
    """h(count; expected), with ``deviation = count - expected`` known to its own precision.

    Written so, the rounding error is that of the deviation, not of the count.
    """
    # an empty cell's quotient may round to just below -1
    share = np.maximum(deviation / expected, -1.0)
    return count * log1p(share) - deviation


def hahn_polynomials(x: FloatArray, margins: Margins, degrees: int) -> list[FloatArray]:
    """Polynomials of degree 1 .. `degrees` in ``x = K - E K``, orthonormal under the law of K.

    Hahn's, by three terms of which the coefficients are known (Koekoek, Lesky, Swarttouw,
    "Hypergeometric Orthogonal Polynomials and Their q-Analogues", Springer 2010, section 9.5). A
    support of n + 1 points has no polynomial above degree n: 0 there.
    """
    a, b, m = (margin.astype(np.float64) for margin in margins)
    largest = np.minimum(np.minimum(a, m - a), np.minimum(b, m - b))
    before, current, length = np.zeros_like(x), np.ones_like(x), np.zeros_like(m)
    result = []
    for k in range(degrees):
        size, left = m - 2.0 * k, m + 1.0 - k
        with np.errstate(divide="ignore", invalid="ignore"):  # small supports have no such degree
            one, other = (a - k) * (b - k) / size, (m - a - k) * (m - b - k) / size
            square = one * other * ((k + 1.0) * left / ((size + 1.0) * (size - 1.0)))
            centre = (m - 2.0 * a) * (m - 2.0 * b) / (m * size) * (k * left / (size + 2.0))
        following = (x - np.where(size > 0, centre, 0.0)) * current
        if k:
            following -= length * before
        is_real = largest > k
        length = np.sqrt(np.where(is_real, square, 0.0))
        following *= np.divide(1.0, length, out=np.zeros_like(length), where=is_real)
        before, current = current, following
        result.append(current)
    return result


def _mean(p: FloatArray, values: FloatArray) -> FloatArray:
    """Sum over the grid (axis 0), cell by cell, from the first point to the last."""
    total: FloatArray = np.add.reduce(p * values, axis=0)
    return total


def cell_moments(a: IntArray, b: IntArray, m: IntArray, degrees: int) -> FloatArray:
    """Rows: E h, Var h, and t_k = E[h Q_k] for k = 1 .. `degrees`; one column per cell.

    Cells with ``a`` or ``b`` in ``{0, m}`` cannot vary: exactly 0.
    """
    return _spread(_cell_moments, a, b, m, degrees)


def split_moments(a: IntArray, b: IntArray, m: IntArray, degrees: int) -> FloatArray:
    """Rows: E T, Var T, t_k = E[T Q_k]; then with T and x = K - E K both centred
    E T^3, E T^2 x, E T x^2, E x^3, E T x, E x^2. One column per cell.

    T is a level's part of the table "this class against the rest"; for two classes that is
    the whole row. Cells with ``a`` or ``b`` in ``{0, m}`` cannot vary: exactly 0.
    """
    return _spread(_split_moments, a, b, m, degrees)


def _spread(
    moments: Callable[..., FloatArray], a: IntArray, b: IntArray, m: IntArray, degrees: int
) -> FloatArray:
    """Moments of the cells that can vary, and 0 for all others."""
    cells = np.flatnonzero((a > 0) & (a < m) & (b > 0) & (b < m))
    margins = a[cells], b[cells], m[cells]
    low, points, step = windows(*margins)
    order = np.lexsort((points, kinds_of(margins[0], step)))
    found = moments(margins, (low, points, step, order), degrees, K_LOG_K)
    out = np.zeros((len(found), a.size))
    out[:, cells] = found
    return out


@twin("moments")
def _cell_moments(margins: Margins, grids: Grids, degrees: int, k_log_k: FloatArray) -> FloatArray:
    """Moments of h over the grids of `windows`; those of one kind and like length are together.

    Of small levels, k log k is looked up.
    """
    step = grids[2]
    out = np.empty((2 + degrees, step.size))
    for cells, k, p in _chunks(margins, grids):
        a, b, m = own = _some(margins, cells)
        mean = a * (b / m)
        if kinds_of(a, step[cells])[0] < SMOOTH_FROM:
            h = k_log_k[k.astype(np.intp)] - k * (log(mean) + 1.0) + mean
        else:
            h = excess(k, mean, k - mean)
        out[:, cells], *_ = _projections(h, p, hahn_polynomials(k - mean, own, degrees))
    return out


@twin("moments")
def _split_moments(margins: Margins, grids: Grids, degrees: int, k_log_k: FloatArray) -> FloatArray:
    """Moments of T, as `_cell_moments` those of h; those of x alone are in closed form."""
    step = grids[2]
    out = np.empty((8 + degrees, step.size))
    for cells, k, p in _chunks(margins, grids):
        a, b, m = own = _some(margins, cells)
        mean = a * (b / m)
        x, left, rest = k - mean, a - k, a - mean
        if kinds_of(a, step[cells])[0] < SMOOTH_FROM:
            t = k_log_k[k.astype(np.intp)] + k_log_k[left.astype(np.intp)]
            t -= k * log(mean) + left * log(rest)
        else:
            t = excess(k, mean, x) + excess(left, rest, -x)
        projections, t, pt = _projections(t, p, hahn_polynomials(x, own, degrees))
        ptt, (xx, xxx) = pt * t, _moments_of_x(*own)
        third = [_mean(ptt, t), _mean(ptt, x), _mean(pt * x, x), xxx]
        out[:, cells] = [*projections, *third, _mean(pt, x), xx]
    return out


def _projections(
    f: FloatArray, p: FloatArray, q: list[FloatArray]
) -> tuple[list[FloatArray], FloatArray, FloatArray]:
    """E f, Var f and E[f Q_k]; and f less its mean, then with weights."""
    mean = _mean(p, f)
    centred = f - mean
    weighted = p * centred  # centred first, so nothing cancels
    rows = [mean, _mean(weighted, centred), *(_mean(weighted, qk) for qk in q)]
    return rows, centred, weighted


def _moments_of_x(a: IntArray, b: IntArray, m: IntArray) -> tuple[FloatArray, FloatArray]:
    """E x^2 and E x^3."""
    size = m.astype(np.float64)
    xx = a * b / size * ((m - a) * (m - b) / (size * (size - 1.0)))
    skew = (size - 2.0 * a) * (size - 2.0 * b) / (size * np.maximum(size - 2.0, 1.0))
    return xx, np.where(m > 2, xx * skew, 0.0)


def _some(margins: Margins, cells: IntArray) -> Margins:
    a, b, m = margins
    return a[cells], b[cells], m[cells]


def _chunks(margins: Margins, grids: Grids) -> Iterator[tuple[IntArray, FloatArray, FloatArray]]:
    """Cells with grids of like length together, with K and p."""
    low, points, step, order = grids
    # a chunk ends where its padded size would pass the limit, and where the kind of steps changes
    start = 0
    kinds = kinds_of(margins[0], step)[order]
    while start < order.size:
        stop = int(np.searchsorted(kinds, kinds[start], side="right"))
        fits = np.arange(1, stop - start + 1) * points[order[start:stop]] <= ELEMENTS
        part = order[start : start + max(1, int(np.count_nonzero(fits)))]
        start += part.size
        # a sum over the first axis runs from end to end only beside another column
        part = np.repeat(part, 2) if part.size == 1 else part
        k, p = grid_weights(low[part], points[part], step[part], _some(margins, part))
        yield part, k, p


def degree_weights(count: IntArray, m: IntArray, degrees: int) -> FloatArray:
    """``w_k``, with ``w_k^2 = [count]_k / [m - count]_k`` (falling factorials); rows k = 1, 2, ...

    0 where ``m - count < k``. Cells of two levels have correlation
    ``(-1)^k w_k(a) w_k(a')`` in degree k.
    """
    k = np.arange(degrees).reshape(-1, *([1] * count.ndim))
    above, below = np.maximum(count - k, 0), m - count - k
    ratio = np.divide(above, below, out=np.zeros(below.shape), where=below > 0)
    return np.sqrt(np.cumprod(ratio, axis=0))


@twin("moments")
def completed_rows(
    counts: IntArray,
    kept: tuple[IntArray, IntArray, FloatArray],
    strata: tuple[IntArray, IntArray],
    degrees: int,
    k_log_k: FloatArray,  # noqa: ARG001 - that of `split_moments`
) -> FloatArray:
    """Rows of levels in strata of two classes, also of those that are met for the first time.

    `counts` and `kept` are as of `summed_cumulants`, `strata` the counts of the first class and the
    sizes. A level whose slot is 0 gets a row after those that are kept, and its slot the number.
    """
    (first, slot, rows), (b, m) = kept, strata
    places, a, stratum = unknown_levels(counts, first, slot)
    all_rows = np.concatenate([rows, _binary_rows(a, b[stratum], m[stratum], degrees)])
    slot[places] = np.arange(len(rows), len(all_rows))
    return all_rows


def _binary_rows(a: IntArray, b: IntArray, m: IntArray, degrees: int) -> FloatArray:
    """What a level adds to the cumulants of a table of two classes, one row for each level.

    A level that occurs `a` times among `m` rows, `b` of them of the first class, adds E T, its own
    variance, w_k t_k of each degree k, and the six third moments of `split_moments`.
    """
    split = split_moments(a, b, m, degrees)
    mean, variance, t = split[0], split[1], split[2 : 2 + degrees]
    w, of_class = degree_weights(a, m, degrees), degree_weights(b, m, degrees)
    sign, squares = (-1) ** np.arange(1, degrees + 1)[:, None], t * t
    level = squares * (1 - sign * of_class**2) + sign * (t * of_class) ** 2
    own = np.sum((1 - sign * w**2) * level, axis=0) + (variance - np.sum(squares, axis=0))
    return np.ascontiguousarray(np.vstack([mean, own, w * t, split[2 + degrees :]]).T)


@twin("moments")
def unknown_levels(
    counts: IntArray, first: IntArray, slot: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Levels whose ``slot[first[s] + a]`` is 0, where they occur `a` times in stratum s.

    `counts` has shape (n_candidates, n_strata, n_levels). Of each pair that is met there is the
    place, `a` and s, in the order in which they are met first.
    """
    places = (counts + first[:, None]).ravel()
    met, at = np.unique(places[slot[places] == 0], return_index=True)
    met = met[at.argsort()]
    stratum = np.searchsorted(first, met, side="right") - 1
    return met, met - first[stratum], stratum
