"""The command line: mifs rank FILE --target COLUMN."""

from mifs.cli.program import main

__all__ = ["main"]
