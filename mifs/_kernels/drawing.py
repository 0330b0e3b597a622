"""Random tables with given margins, under chance or under a law that prefers a large T.

Class by class, and within a class level by level, an inner cell takes K of the rows that its level
and its class have left; the last level and the last class take what remains. Four tables of
positive numbers say how likely each K is: by the cell itself, and by what it leaves to the later
classes of its level, to the later levels of its class, and to the later levels of later classes.
Any such numbers make a law of all tables with these margins, the proposal, and each table's
probability is known.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, kl_div, xlogy

from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray

LEAST, MOST = 1e-65, 1e35  # of a number that says how likely: products of four stay finite
BIG = 1e20  # a product from here on gives its exponent away
# Of a convolution: from 10,000 values on BLAS would sum by threads, whose number changes digits.
VALUES_OF_A_PART = 8192


class Proposal(NamedTuple):
    """How likely each count of each inner cell is, in several strata.

    Attributes
    ----------
    sizes : ndarray of int, shape (n_strata, 6)
        Number of levels and of classes, and the widths of the four tables.
    margins : ndarray of int
        Of each stratum the level counts, then the class counts.
    likely : ndarray of float
        Of each stratum the four tables, (n_levels - 1, n_classes - 1, width).
    """

    sizes: IntArray
    margins: IntArray
    likely: FloatArray


@twin("drawing")
def drawn_tables(
    uniform: FloatArray, given: IntArray, proposal: Proposal, of_count: FloatArray
) -> FloatArray:
    """Four sums of each of as many tables as `uniform`, (n_tables, n_inner_cells), has rows.

    First, over all cells, the two rows of `of_count`, (2, largest count + 1). Then one over the
    probability that the table is drawn, as a number and the power of two to be multiplied by. If
    `given` is not empty, the first table is not drawn: it has these counts in its inner cells.
    """
    n_tables = len(uniform)
    found = np.zeros((4, n_tables))
    found[2] = 1.0
    cell = margin = place = 0
    for n_levels, n_classes, *widths in proposal.sizes.tolist():
        end = margin + n_levels + n_classes
        levels, classes = np.split(proposal.margins[margin:end], [n_levels])
        shape = n_levels - 1, n_classes - 1
        tables, margin = [], end
        for width in widths:
            n = shape[0] * shape[1] * width
            tables.append(proposal.likely[place : place + n].reshape(*shape, width))
            place += n
        x = np.repeat(levels[:, None], n_tables, axis=1)
        for j in range(shape[1]):
            s, left = np.full(n_tables, classes[j]), x.sum(axis=0)
            for i in range(shape[0]):
                q = _likely([table[i, j] for table in tables], x[i], s, left)
                cumulated = np.cumsum(q, axis=0)
                total = cumulated[-1]
                k = (cumulated <= uniform[:, cell] * total).sum(axis=0)
                k = np.minimum(k, np.minimum(x[i], s))
                if given.size:
                    k[0] = given[cell]
                found[2] *= total / q[k, np.arange(n_tables)]
                _give_exponent_away(found)
                found[:2] += of_count[:, k]
                left = left - x[i]
                x[i] -= k
                s = s - k
                cell += 1
            found[:2] += of_count[:, s]
            x[-1] -= s
        for rest in x:
            found[:2] += of_count[:, rest]
    return found


def _likely(tables: list[FloatArray], x: IntArray, s: IntArray, left: IntArray) -> FloatArray:
    """How likely each count is, (width, n_tables); 0 where that cannot be."""
    of_cell, of_level, of_class, of_both = tables
    k = np.arange(len(of_cell))[:, None]
    rest = left - x - s + k
    can_be = (k <= x) & (k <= s) & (rest >= 0)
    q = of_cell[:, None] * of_level[np.where(can_be, x - k, 0)]
    q = q * of_class[np.where(can_be, s - k, 0)] * of_both[np.where(can_be, rest, 0)]
    return np.where(can_be, q, 0.0)


def _give_exponent_away(found: FloatArray) -> None:
    big = found[2] > BIG
    found[2, big], exponent = np.frexp(found[2, big])
    found[3, big] += exponent


def chance_proposal(levels: IntArray, classes: IntArray) -> Proposal:
    """The law of one stratum when its rows are permuted: each K is hypergeometric."""
    a, b, m = levels, classes, int(levels.sum())
    later_levels, later_classes = m - np.cumsum(a)[:-1, None], m - np.cumsum(b)[:-1]
    means = (
        a[:-1, None] * (b[:-1] / m),
        a[:-1, None] * (later_classes / m),
        later_levels * (b[:-1] / m),
        later_levels * (later_classes / m),
    )
    widths = min(int(a.max()), int(b.max())), int(a.max()), int(b.max()), m
    tables = [
        np.exp(_log_poisson(np.arange(width + 1), mean[..., None]))
        for width, mean in zip(widths, means, strict=True)
    ]
    return _proposal(levels, classes, tables)


def tilted_proposal(levels: IntArray, classes: IntArray, theta: float) -> Proposal:
    r"""A law of one stratum that is near that of chance times :math:`\exp(\theta T)`.

    But for the margins, the cells of that law are independent: Poisson variables, tilted. With two
    classes, what a cell leaves to its class decides about all later levels, and the law is met.
    With more, what it leaves to its level, or to its class, is taken for the sum of the cells
    there, and what it leaves to both for as likely as by chance. In the last level but one, that is
    known to be left to the last level, and taken for the sum of the cells there.
    """
    a, b, m = levels, classes, int(levels.sum())
    mean = np.outer(a, b)[..., None] / m
    k = np.arange(min(int(a.max()), int(b.max())) + 1)
    tilted = theta * kl_div(k, mean) + _log_poisson(k, mean)
    can_be = k <= np.minimum.outer(a, b)[..., None]
    cell = np.where(can_be, np.exp(np.clip(tilted, np.log(LEAST), np.log(MOST))), 0.0)
    of_level = _sums_after(cell.swapaxes(0, 1), int(a.max())).swapaxes(0, 1)
    if len(b) == 2:
        other = np.maximum(a[:, None] - k, 0)
        both = cell[:, 0] * np.take_along_axis(of_level[:, 0], other, axis=1)
        both /= both.sum(axis=1, keepdims=True)
        of_class = _sums_after(both[:, None], int(b.max()))
        of_both = np.ones((len(a) - 1, 1, m + 1))
    else:
        of_class = _sums_after(cell, int(b.max()))
        later = (m - np.cumsum(a)[:-1, None]) * (1 - np.cumsum(b)[:-1] / m)
        of_both = np.empty((*later.shape, m + 1))
        for law, means in zip(of_both, later, strict=True):  # it is most of the memory
            law[:] = np.exp(_log_poisson(np.arange(m + 1), means[:, None]))
        of_both[-1, :, : of_level.shape[2]] = of_level[-1, :-1]
    inner = slice(len(a) - 1), slice(len(b) - 1)
    return _proposal(a, b, [cell[inner], of_level[inner], of_class[inner], of_both])


def joined(parts: list[Proposal]) -> Proposal:
    """Strata that are independent of each other."""
    none = Proposal(np.zeros((0, 6), np.int64), np.zeros(0, np.int64), np.zeros(0))
    return Proposal(*(np.concatenate(values) for values in zip(none, *parts, strict=True)))


def _proposal(levels: IntArray, classes: IntArray, tables: list[FloatArray]) -> Proposal:
    sizes = np.array([[len(levels), len(classes), *(table.shape[2] for table in tables)]])
    likely = np.concatenate([table.ravel() for table in tables])
    np.clip(likely, LEAST, MOST, out=likely)
    return Proposal(sizes, np.concatenate([levels, classes]), likely)


def _log_poisson(k: IntArray, mean: FloatArray) -> FloatArray:
    return np.asarray(xlogy(k, mean) - mean - gammaln(k + 1))


def _sums_after(cells: FloatArray, most: int) -> FloatArray:
    """For each place of the first axis, the law of the sum of the places after it, up to `most`."""
    n, others, _ = cells.shape
    law = np.zeros((n, others, most + 1))
    law[-1, :, 0] = 1.0
    for place in range(n - 1, 0, -1):
        for other in range(others):
            cell = cells[place, other]
            for start in range(0, cells.shape[2], VALUES_OF_A_PART):
                part = np.convolve(cell[start : start + VALUES_OF_A_PART], law[place, other])[
                    : most + 1 - start
                ]
                law[place - 1, other, start : start + len(part)] += part
    return law
