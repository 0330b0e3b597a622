"""Distances to the k-th neighbour and counts within them, in the maximum norm, exact to the bit.

A sample lies within a radius if the difference of the two numbers, as rounded by the machine,
does. Every function here decides by that one comparison, so that a count never depends on how it
is found. `searchsorted(x, x - radius)` alone does not: the subtraction rounds a second time, and
the neighbour that set the radius may fall on the wrong side of it.

Points have shape (n_samples, n_dims). On a line and in the plane they are sorted; elsewhere they
are put in a tree. All functions are a little faster where the first coordinate ascends already.

Most compiled ones work on lines: n finite numbers that ascend, and what belongs to them in their
order. Those in space take finite points, group after group. Radii are not negative.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.spatial import cKDTree

from mifs._kernels.ranks import ascending_order
from mifs._kernels.twins import twin
from mifs._typing import BoolArray, FloatArray, IntArray

LEAF_SIZE = 12  # measured; from 8 to 16 the time is the same
QUERY_ROWS = 1 << 16  # of one query: its results take twice the memory of the distances
LARGE_GROUP = 300  # members, on average, from which each is searched in the plane by itself
BLOCK_ROWS = 1 << 11  # of temporary arrays, which then stay in the cache


def kth_distance(points: FloatArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour, for 1 <= k < n_samples."""
    if points.shape[1] == 1:
        one_group = np.zeros(len(points), dtype=np.uint8)
        return kth_distance_in_groups(points, one_group, k)
    if points.shape[1] == 2:
        distance = np.empty(len(points))
        x, y = points.T
        x_order, y_order = ascending_order(x), ascending_order(y)
        place = places(x_order)[y_order]
        distance[y_order] = kth_in_plane(x[x_order], y[y_order], place, k)
        return distance
    return kth_distances(points, [k])[0]


def kth_distances(points: FloatArray, ks: Sequence[int]) -> FloatArray:
    """Distances to several of its neighbours, a row for each k; these ascend."""
    return kth_in_space(points, np.array([0, len(points)]), np.array(ks))


def kth_distance_in_groups(points: FloatArray, group: IntArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour of the same group.

    In a group of k members or fewer it is that to the farthest; of a point that is alone, 0, as
    are all distances of points of no dimension.
    """
    distance = np.zeros(len(points))
    if points.shape[1] == 1:
        order = ascending_order(points[:, 0])
        distance[order] = kth_on_line(points[order, 0], group[order], k)
    elif points.shape[1] == 2 and len(points) >= LARGE_GROUP * len(np.bincount(group)):
        for rows in members(group):
            if len(rows) > 1:
                distance[rows] = kth_distance(points[rows], min(k, len(rows) - 1))
    elif points.shape[1] > 1:
        order = _grouped(group, np.arange(len(points)))
        distance[order] = kth_in_space(points[order], starts(group), np.array([k]))[0]
    return distance


def count_within(points: FloatArray, radius: FloatArray, *, strict: bool) -> IntArray:
    """Number of points, itself included, that are nearer to each point than its radius.

    Points at the very radius count if `strict` is false; those at distance 0 always do.
    """
    if points.shape[1] == 1:
        counts = np.empty(len(points), dtype=np.intp)
        order = ascending_order(points[:, 0])
        counts[order] = within_on_line(points[order, 0], radius[order], strict=strict)
        return counts
    one_group = np.zeros(len(points), dtype=np.uint8)
    return count_within_groups(points, one_group, radius, strict=strict)


def count_within_groups(
    points: FloatArray, group: IntArray, radius: FloatArray, *, strict: bool
) -> IntArray:
    """Number of points of the same group, itself included, that are nearer than the radius."""
    if points.shape[1] == 0:
        return np.bincount(group)[group]
    counts = np.empty(len(points), dtype=np.intp)
    if points.shape[1] == 1:
        order = ascending_order(points[:, 0])
        line, radius = points[order, 0], radius[order]
        counts[order] = within_in_groups(line, group[order], radius, strict=strict)
    elif points.shape[1] == 2:
        x, y = points.T
        x_order, order = (_grouped(group, ascending_order(side)) for side in (x, y))
        lines = x[x_order], y[order], places(x_order)[order]
        counts[order] = within_in_plane(*lines, starts(group), radius[order], strict=strict)
    else:
        order = _grouped(group, np.arange(len(points)))
        counts[order] = within_in_space(points[order], starts(group), radius[order], strict=strict)
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


def starts(group: IntArray) -> IntArray:
    """Where each group begins if group follows group, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(np.bincount(group))])


def places(order: IntArray) -> IntArray:
    """Place of each sample in an order."""
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order))
    return place


def _grouped(group: IntArray, order: IntArray) -> IntArray:
    """Order that puts group after group and keeps the given order in each of them."""
    narrow = group[order].astype(np.min_scalar_type(int(group.max(initial=0))))
    return order[np.argsort(narrow, kind="stable")]


def _tree(points: FloatArray) -> cKDTree:
    return cKDTree(points, leafsize=LEAF_SIZE, compact_nodes=False, balanced_tree=False)


@twin("neighbors")
def kth_on_line(line: FloatArray, group: IntArray, k: int) -> FloatArray:
    """Distance of each number of a line to its k-th neighbour of the same group.

    The k nearest are among k + 1 consecutive members that hold the number, so the distance is the
    least, over those windows, of the larger way to either end.
    """
    order = _grouped(group, np.arange(len(line)))
    distance = np.empty(len(line))
    distance[order] = _kth_side_by_side(line[order], np.bincount(group), k)
    return distance


def _kth_side_by_side(line: FloatArray, sizes: IntArray, k: int) -> FloatArray:
    """Distance to the k-th neighbour in groups that follow one another, each sorted."""
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


@twin("neighbors")
def within_on_line(line: FloatArray, radius: FloatArray, *, strict: bool) -> IntArray:
    """Number of the numbers of a line, itself included, that are nearer to each than its radius.

    Those at the very radius count if `strict` is false; those that equal it always do.
    """
    n = len(line)
    flipped = -line[::-1]  # what lies above lies below here; negation is exact
    counts = np.empty(n, dtype=np.intp)
    for start in range(0, n, BLOCK_ROWS):
        place = np.arange(start, min(start + BLOCK_ROWS, n))
        reach = radius[place]
        below = _first_within(line, place, reach, strict=strict)
        above = _first_within(flipped, n - 1 - place, reach, strict=strict)
        counts[place] = n - above - below
    return counts


@twin("neighbors")
def within_in_groups(
    line: FloatArray, group: IntArray, radius: FloatArray, *, strict: bool
) -> IntArray:
    """Number of the members of its group, itself included, that are nearer than the radius."""
    counts = np.empty(len(line), dtype=np.intp)
    for rows in members(group):
        counts[rows] = within_on_line(line[rows], radius[rows], strict=strict)
    return counts


@twin("neighbors")
def kth_in_plane(x_line: FloatArray, y_line: FloatArray, place: IntArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour, for 1 <= k < n_samples.

    Point i is number i of the line of y and number ``place[i]`` of that of x.
    """
    return _kth_by_tree(np.column_stack([y_line, x_line[place]]), np.array([k]))[0]


@twin("neighbors")
def kth_in_space(points: FloatArray, start: IntArray, ks: IntArray) -> FloatArray:
    """Distances of each point to some of its neighbours of the same group, a row for each k.

    In a group of k members or fewer it is that to the farthest; of a point that is alone, 0.
    Numbers k ascend. Group follows group: group g begins at ``start[g]`` and ends at the next.
    """
    distance = np.zeros((len(ks), len(points)))
    for first, end in pairwise(start):
        if end - first > 1:
            nearest = np.minimum(ks, end - first - 1)
            distance[:, first:end] = _kth_by_tree(points[first:end], nearest)
    return distance


@twin("neighbors")
def within_in_plane(
    x_line: FloatArray,
    y_line: FloatArray,
    place: IntArray,
    start: IntArray,
    radius: FloatArray,
    *,
    strict: bool,
) -> IntArray:
    """Number of points of the same group, itself included, that are nearer than the radius.

    Point i is number i of the line of y and number ``place[i]`` of that of x. Group follows group
    in both lines, which ascend in each; group g begins at ``start[g]`` and ends at the next.
    """
    points = np.column_stack([y_line, x_line[place]])
    return _within_by_trees(points, start, radius, strict=strict)


@twin("neighbors")
def within_in_space(
    points: FloatArray, start: IntArray, radius: FloatArray, *, strict: bool
) -> IntArray:
    """Number of points of the same group, itself included, that are nearer than the radius.

    Group follows group: group g begins at ``start[g]`` and ends at the next.
    """
    return _within_by_trees(points, start, radius, strict=strict)


def _within_by_trees(
    points: FloatArray, start: IntArray, radius: FloatArray, *, strict: bool
) -> IntArray:
    reach = np.nextafter(radius, 0.0) if strict else radius
    counts = np.empty(len(points), dtype=np.intp)
    for first, end in pairwise(start):
        rows = slice(first, end)
        if first < end:
            tree = _tree(points[rows])
            counts[rows] = tree.query_ball_point(
                points[rows], reach[rows], p=np.inf, return_length=True
            )
    return counts


def _kth_by_tree(points: FloatArray, ks: IntArray) -> FloatArray:
    """Distances of each point to some of its neighbours, for 1 <= k < n_samples."""
    tree = _tree(points)
    distance = np.empty((len(ks), len(points)))
    for start in range(0, len(points), QUERY_ROWS):
        rows = slice(start, start + QUERY_ROWS)
        # The point itself, or one at the same place, is the first that the tree finds.
        distance[:, rows] = tree.query(points[rows], ks + 1, p=np.inf)[0].T
    return distance


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
