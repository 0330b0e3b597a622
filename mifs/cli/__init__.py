"""The command line: mifs rank and mifs report, of FILE --target COLUMN."""

from mifs.cli.program import main

__all__ = ["main"]
