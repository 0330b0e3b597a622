"""From a table and its target to typed columns: which of them are discrete, and why."""

from mifs.encoding.columns import (
    ColumnInfo,
    Kind,
    Missing,
    TypedColumn,
    TypedStoredColumn,
)
from mifs.encoding.labels import Writing
from mifs.encoding.table import TypedTable, checked_table
from mifs.encoding.target import (
    are_dates,
    looks_like_classes,
    typed_target,
    typed_targets,
    writing_of_classes,
)

__all__ = [
    "ColumnInfo",
    "Kind",
    "Missing",
    "TypedColumn",
    "TypedStoredColumn",
    "TypedTable",
    "Writing",
    "are_dates",
    "checked_table",
    "looks_like_classes",
    "typed_target",
    "typed_targets",
    "writing_of_classes",
]
