"""What estimates by neighbours sum over the samples of a column, straight from its values.

Of a column of distinct numbers nothing but their order is to be found out, where distances are
those of its normal scores. The compiled twins do all of it in one call for some columns.
"""

import numpy as np

from mifs._kernels.neighbors import kth_in_plane, kth_on_line, places, within_on_line
from mifs._kernels.ranks import ascending_order
from mifs._kernels.twins import twin
from mifs._typing import FloatArray, IntArray


@twin("neighbors")
def ross_sums(
    rows: FloatArray, line: FloatArray | None, group: IntArray, k: int, table: IntArray
) -> list[int | None]:
    """Sum of ``table[m]``, m samples being nearer to each than its k-th neighbour of its group.

    The sample itself is one of them. There is a sum for each row, which holds the values of a
    column. `line` holds the numbers to measure distances of, ascending, if they are not the values.
    None if two values are equal, one is NaN, or `table` is too short.
    """
    return [_ross_sum(values, line, group, k, table) for values in rows]


def _ross_sum(
    values: FloatArray, line: FloatArray | None, group: IntArray, k: int, table: IntArray
) -> int | None:
    order = ascending_order(values)
    own = _distinct(values[order])
    if own is None:
        return None
    line = own if line is None else line
    distance = kth_on_line(line, group[order], k)
    return _sum_of(table, within_on_line(line, distance, strict=True))


@twin("neighbors")
def ksg_sums(
    rows: FloatArray,
    line: FloatArray | None,
    y: tuple[IntArray, FloatArray],
    k: int,
    table: IntArray,
) -> list[int | None]:
    """Sum of ``table[m]`` over both sides, m samples being nearer than the k-th in the plane.

    `y` is the order that sorts the other side, and its numbers in that order.
    """
    return [_ksg_sum(values, line, y, k, table) for values in rows]


def _ksg_sum(
    values: FloatArray,
    line: FloatArray | None,
    y: tuple[IntArray, FloatArray],
    k: int,
    table: IntArray,
) -> int | None:
    y_order, y_line = y
    order = ascending_order(values)
    own = _distinct(values[order])
    if own is None:
        return None
    line = own if line is None else line
    place = places(order)[y_order]
    distance = kth_in_plane(line, y_line, place, k)
    in_y = _sum_of(table, within_on_line(y_line, distance, strict=True))
    in_order_of_x = np.empty(len(values))
    in_order_of_x[place] = distance
    in_x = _sum_of(table, within_on_line(line, in_order_of_x, strict=True))
    return None if in_x is None or in_y is None else in_x + in_y


def _distinct(line: FloatArray) -> FloatArray | None:
    """Return sorted numbers if they all differ; NaN does from nothing."""
    is_ascending = (line[1:] > line[:-1]).all() and not np.isnan(line[:1]).any()
    return line if is_ascending else None


def _sum_of(table: IntArray, counts: IntArray) -> int | None:
    return int(table[counts].sum()) if counts.max() < len(table) else None
