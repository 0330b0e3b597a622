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

from mifs._kernels.ranks import ascending_order
from mifs._typing import BoolArray, FloatArray, IntArray

LEAF_SIZE = 12  # measured; from 8 to 16 the time is the same
QUERY_ROWS = 1 << 16  # of one query: its results take twice the memory of the distances
BLOCK_ROWS = 1 << 11  # of temporary arrays, which then stay in the cache


def kth_distance(points: FloatArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour, for 1 <= k < n_samples."""
    if points.shape[1] == 1:
        one_group = np.zeros(len(points), dtype=np.uint8)
        return kth_distance_in_groups(points, one_group, k)
    tree = _tree(points)
    distance = np.empty(len(points))
    for start in range(0, len(points), QUERY_ROWS):
        rows = slice(start, start + QUERY_ROWS)
        # The point itself, or one at the same place, is the first that the tree finds.
        distance[rows] = tree.query(points[rows], [k + 1], p=np.inf)[0][:, 0]
    return distance


def kth_distance_in_groups(points: FloatArray, group: IntArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour of the same group.

    In a group of k members or fewer it is that to the farthest; of a point that is alone, 0, as
    are all distances of points of no dimension.
    """
    if points.shape[1] == 1:
        order = _grouped(group, ascending_order(points[:, 0]))
        in_order = _kth_on_lines(points[order, 0], np.bincount(group), k)
        distance = np.empty(len(points))
        distance[order] = in_order
        return distance
    distance = np.zeros(len(points))
    if points.shape[1] > 1:
        for rows in members(group):
            if len(rows) > 1:
                distance[rows] = kth_distance(points[rows], min(k, len(rows) - 1))
    return distance


def count_within(points: FloatArray, radius: FloatArray, *, strict: bool) -> IntArray:
    """Number of points, itself included, that are nearer to each point than its radius.

    Points at the very radius count if `strict` is false; those at distance 0 always do.
    """
    if points.shape[1] == 0:
        return np.full(len(points), len(points))
    if points.shape[1] == 1:
        return _count_on_line(points[:, 0], radius, strict=strict)
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
    occurs = np.flatnonzero(sizes)
    ends = np.cumsum(sizes)[occurs]
    sizes = sizes[occurs]
    distance = line - np.repeat(line[ends - sizes], sizes)
    np.maximum(distance, np.repeat(line[ends - 1], sizes) - line, out=distance)
    if n <= k:
        return distance
    group = np.repeat(np.arange(len(sizes), dtype=np.min_scalar_type(len(sizes))), sizes)
    left = line[: n - k]
    right = np.where(group[: n - k] == group[k:], line[k:], np.inf)  # no window across groups
    for place in range(k + 1):
        here = slice(place, place + n - k)
        farther = right - line[here]
        np.maximum(farther, line[here] - left, out=farther)
        np.minimum(distance[here], farther, out=distance[here])
    return distance


def _count_on_line(values: FloatArray, radius: FloatArray, *, strict: bool) -> IntArray:
    """Number of the values within the radius of each of them."""
    n = len(values)
    order = ascending_order(values)
    line = values[order]
    flipped = -line[::-1]  # what lies above lies below here; negation is exact
    counts = np.empty(n, dtype=np.intp)
    for start in range(0, n, BLOCK_ROWS):
        place = np.arange(start, min(start + BLOCK_ROWS, n))
        reach = radius[order[place]]
        below = _first_within(line, place, reach, strict=strict)
        above = _first_within(flipped, n - 1 - place, reach, strict=strict)
        counts[order[place]] = n - above - below
    return counts


def _first_within(
    line: FloatArray, place: IntArray, radius: FloatArray, *, strict: bool
) -> IntArray:
    """Place of the first of the sorted values within the radius below some of them."""
    values = line[place]
    first = np.searchsorted(line, values - radius, side="right" if strict else "left")
    np.minimum(first, place, out=first)  # each is within its own radius
    found = _is_within(values - line[first], radius, strict=strict)
    missed = _is_within(values - line[first - 1], radius, strict=strict) & (first > 0)
    wrong = np.flatnonzero(missed | ~found)
    # What is within rises once from false to true along the line: halve the way to that place.
    values, radius = values[wrong], radius[wrong]
    low, high = np.zeros(len(wrong), dtype=np.intp), place[wrong]
    while (low < high).any():
        middle = (low + high) // 2
        within = _is_within(values - line[middle], radius, strict=strict)
        low = np.where(within, low, np.minimum(middle + 1, high))
        high = np.where(within, middle, high)
    first[wrong] = high
    return first


def _is_within(way: FloatArray, radius: FloatArray, *, strict: bool) -> BoolArray:
    return (way < radius) | (way <= 0.0) if strict else way <= radius
