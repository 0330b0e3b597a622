"""A report whose advice names options of the program."""

from __future__ import annotations

import argparse
from dataclasses import replace

from mifs.cli.faults import in_shell
from mifs.cli.reading import Table
from mifs.report import Report
from mifs.selectors import MutualInfoSelector


class _ShellReport(Report):
    """A report for a reader who has options, and no parameters."""

    def advice(self, sentence: str) -> str:
        return in_shell(sentence)


def reported(selector: MutualInfoSelector, table: Table, args: argparse.Namespace) -> Report:
    """Report on a selector that was fitted to a table as the arguments say."""
    report = _ShellReport.of(
        selector,
        table.X,
        table.y,
        sample_weight=table.weight,
        unit=args.unit,
        values=not args.hide_values,
    )
    headline = replace(report.headline, promise=in_shell(report.headline.promise))
    warnings = (
        replace(warning, sentence=in_shell(warning.sentence, decimal=args.decimal))
        for warning in report.warnings
    )
    return replace(report, headline=headline, warnings=tuple(warnings))
