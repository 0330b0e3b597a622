"""The command line: mifs rank FILE --target COLUMN."""

from __future__ import annotations


def main() -> int:
    """Run the command line and return its exit code."""
    return 0
