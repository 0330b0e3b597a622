"""What one measurement found, and the bar that it is held against."""

from __future__ import annotations

from dataclasses import dataclass

# praznik 13 and np.bincount on the machine on which praznik was measured, published with the bars:
# 10,000 rows, a table of 200 cells, ns a row.
BINCOUNT_THERE = 1.7


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    job, size : str
        What was done, and to what: "10,000 x 1,000".
    k, threads : int or None
        Columns chosen, and threads.
    seconds, least : float or None
        Median and minimum of the repeats: CPU time of one thread, wall time of more.
    ns : float or None
        Nanoseconds per sample, candidate and step.
    bincount, histogram, plain : float or None
        Nanoseconds per sample of one np.bincount of such a table, and of one column of the
        compiled histogram and of a plain one in C, in the same run.
    reference : float or None
        np.bincount at 10,000 rows, ns a row, in the same run: the measure of the machine.
    there : float or None
        praznik's `ns` on another machine; not measured here.
    peer, peer_seconds : str and float or None
        What else did the job, and how long it took.
    figure, unit : float or None and str
        What is judged.
    bar, is_most : float or None and bool
        The bar, and whether the figure must not be above it or not below.
    tables, plain_tables : int or None
        Candidates measured with a chosen column, and how many a search that is not lazy measures.
    note : str
        What else must be known; for a row without a figure, why.
    short : str
        Name in the short table; "" keeps it out.
    """

    job: str
    size: str
    k: int | None = None
    threads: int | None = 1
    seconds: float | None = None
    least: float | None = None
    ns: float | None = None
    bincount: float | None = None
    histogram: float | None = None
    plain: float | None = None
    reference: float | None = None
    there: float | None = None
    peer: str = ""
    peer_seconds: float | None = None
    figure: float | None = None
    unit: str = ""
    bar: float | None = None
    is_most: bool = True
    tables: int | None = None
    plain_tables: int | None = None
    note: str = ""
    short: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the figure reaches the bar; None where there is nothing to judge."""
        if self.figure is None or self.bar is None:
            return None
        return self.figure <= self.bar if self.is_most else self.figure >= self.bar

    @property
    def in_bincounts(self) -> float | None:
        """`ns` as a multiple of one np.bincount."""
        return None if self.ns is None or self.reference is None else self.ns / self.reference

    @property
    def praznik_in_bincounts(self) -> float | None:
        """The same of praznik, there."""
        return None if self.there is None else self.there / BINCOUNT_THERE
