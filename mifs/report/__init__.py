"""A finished selection as HTML, Markdown, JSON, frame and text."""

from mifs.report.report import Report

__all__ = ["Report"]
