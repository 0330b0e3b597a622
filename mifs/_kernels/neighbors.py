"""Distances to the k-th neighbour and counts within them, in the maximum norm, exact to the bit.

A sample lies within a radius if the difference of the two numbers, as rounded by the machine,
does. Every function here decides by that one comparison, so that a count never depends on how it
is found. `searchsorted(x, x - radius)` alone does not: the subtraction rounds a second time, and
the neighbour that set the radius may fall on the wrong side of it.

Points have shape (n_samples, n_dims). On a line they are sorted; elsewhere they are put in a tree.
All functions are a little faster where the first coordinate ascends already.
"""

import numpy as np
from scipy.spatial import cKDTree

from mifs._typing import BoolArray, FloatArray, IntArray

LEAF_SIZE = 12


def kth_distance(points: FloatArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour, for 1 <= k < n_samples."""
    if points.shape[1] == 1:
        one_group = np.zeros(len(points), dtype=np.uint8)
        return kth_distance_in_groups(points, one_group, k)[0]
    # The point itself, or one at the same place, is the first that the tree finds.
    return _tree(points).query(points, [k + 1], p=np.inf)[0][:, 0]


def kth_distance_in_groups(
    points: FloatArray, group: IntArray, k: int
) -> tuple[FloatArray, IntArray]:
    """Distance of each point to its k-th neighbour of the same group, and the k of each point.

    In a group of k members or fewer, k is one less than its size; a point that is alone has k = 0
    and the distance 0. All points of no dimension are at distance 0.
    """
    sizes = np.bincount(group)
    k_of_each = np.minimum(k, sizes - 1)[group]
    distance = np.zeros(len(points))
    if points.shape[1] == 1:
        order = _grouped(group, _ascending(points[:, 0]))
        distance[order] = _kth_on_lines(points[order, 0], sizes, k)
    elif points.shape[1] > 1:
        for rows in members(group):
            if len(rows) > 1:
                distance[rows] = kth_distance(points[rows], min(k, len(rows) - 1))
    return distance, k_of_each


def count_within(points: FloatArray, radius: FloatArray, *, strict: bool) -> IntArray:
    """Number of points, itself included, that are nearer to each point than its radius.

    Points at the very radius count if `strict` is false; those at distance 0 always do.
    """
    if points.shape[1] == 0:
        return np.full(len(points), len(points))
    if points.shape[1] == 1:
        order = _ascending(points[:, 0])
        counts = np.empty(len(points), dtype=np.intp)
        counts[order] = _count_on_line(points[order, 0], radius[order], strict=strict)
        return counts
    reach = np.nextafter(radius, 0.0) if strict else radius
    return _tree(points).query_ball_point(points, reach, p=np.inf, return_length=True)


def count_within_groups(
    points: FloatArray, group: IntArray, radius: FloatArray, *, strict: bool
) -> IntArray:
    """Number of points of the same group, itself included, that are nearer than the radius."""
    if points.shape[1] == 0:
        return np.bincount(group)[group]
    counts = np.empty(len(points), dtype=np.intp)
    for rows in members(group):
        counts[rows] = count_within(points[rows], radius[rows], strict=strict)
    return counts


def neighbor_rectangle(
    x: FloatArray, y: FloatArray, k: int
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Half sides, in x and in y, of the box about each point that its k neighbours span.

    All points at the distance of the k-th neighbour belong to the box, so that it does not
    depend on the order of rows; the last result is how many neighbours are in it.
    """
    n_samples, n_x = x.shape
    points = np.hstack([x, y])
    tree = _tree(points)
    x_side, y_side, n_inside = np.empty(n_samples), np.empty(n_samples), np.empty(n_samples, int)
    rows, reach = np.arange(n_samples), k
    while len(rows):
        reach = min(reach, n_samples - 1)
        some = points[rows]
        distance, found = tree.query(some, np.arange(1, min(reach + 2, n_samples) + 1), p=np.inf)
        inside = distance <= distance[:, [k]]
        gap = np.abs(points[found] - some[:, None]) * inside[:, :, None]
        x_side[rows] = gap[:, :, :n_x].max(axis=(1, 2))
        y_side[rows] = gap[:, :, n_x:].max(axis=(1, 2))
        n_inside[rows] = inside.sum(axis=1) - 1
        # Where all that were found are inside, there may be more at the same distance.
        rows = rows[inside.all(axis=1)] if reach < n_samples - 1 else rows[:0]
        reach *= 2
    return x_side, y_side, n_inside


def members(group: IntArray) -> list[IntArray]:
    """Rows of each group, group by group, ascending; no group is empty."""
    order = _grouped(group, np.arange(len(group)))
    return np.split(order, np.cumsum(np.bincount(group))[:-1])


def average_ranks(values: FloatArray) -> IntArray:
    """Twice the average rank of each value, less n + 1: an integer, and odd in the values.

    The smallest of n distinct values has 1 - n, the largest n - 1, and equal values their mean.
    """
    order = _ascending(values)
    line = values[order]
    starts = np.flatnonzero(np.r_[True, line[1:] != line[:-1]])
    ends = np.r_[starts[1:], len(line)]
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.repeat(starts + ends - len(line), ends - starts)
    return ranks


def _ascending(values: FloatArray) -> IntArray:
    """Order that sorts the values; at no cost where they are sorted already."""
    if (values[1:] >= values[:-1]).all():
        return np.arange(len(values))
    return np.argsort(values)


def _grouped(group: IntArray, order: IntArray) -> IntArray:
    """Order that puts group after group and keeps the given order in each of them."""
    narrow = group[order].astype(np.min_scalar_type(int(group.max(initial=0))))
    return order[np.argsort(narrow, kind="stable")]


def _tree(points: FloatArray) -> cKDTree:
    return cKDTree(points, leafsize=LEAF_SIZE, compact_nodes=False, balanced_tree=False)


def _kth_on_lines(line: FloatArray, sizes: IntArray, k: int) -> FloatArray:
    """Distance to the k-th neighbour in groups that follow one another, each sorted.

    The k nearest are among k + 1 consecutive members that hold the point, so the distance is the
    least, over those windows, of the larger way to either end.
    """
    n = len(line)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    last = np.repeat(np.cumsum(sizes) - 1, sizes)
    distance = np.maximum(line - line[first], line[last] - line)
    if n <= k:
        return distance
    left = line[: n - k]
    right = np.where(first[: n - k] == first[k:], line[k:], np.inf)  # no window across groups
    for place in range(k + 1):
        here = slice(place, place + n - k)
        ways = np.maximum(line[here] - left, right - line[here])
        np.minimum(distance[here], ways, out=distance[here])
    return distance


def _count_on_line(line: FloatArray, radius: FloatArray, *, strict: bool) -> IntArray:
    """Number of the sorted values within the radius of each of them."""
    below = _first_within(line, radius, strict=strict)
    # Negated and turned round, what lies above lies below; negation is exact.
    above = _first_within(-line[::-1], radius[::-1], strict=strict)[::-1]
    return len(line) - above - below


def _first_within(line: FloatArray, radius: FloatArray, *, strict: bool) -> IntArray:
    """Place of the first of the sorted values within the radius below each of them."""

    def is_within(rows: IntArray | slice, place: IntArray) -> BoolArray:
        way = line[rows] - line[place]
        return (way < radius[rows]) | (way <= 0.0) if strict else way <= radius[rows]

    n = len(line)
    first = np.searchsorted(line, line - radius, side="right" if strict else "left")
    np.minimum(first, n - 1, out=first)
    before = np.maximum(first - 1, 0)
    every = slice(None)
    is_wrong = ~is_within(every, first) | ((first > 0) & is_within(every, before))
    rows = np.flatnonzero(is_wrong)
    # What is within rises once from false to true along the line: halve the way to that place.
    low, high = np.zeros(len(rows), dtype=np.intp), rows.copy()
    while (low < high).any():
        middle = (low + high) // 2
        within = is_within(rows, middle)
        high = np.where(within, middle, high)
        low = np.where(within, low, np.minimum(middle + 1, high))
    first[rows] = high
    return first
