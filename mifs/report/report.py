"""The report: a finished selection for people, in five forms, and for programs."""

from __future__ import annotations

import html
from dataclasses import dataclass, fields
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mifs._typing import ArrayLike
from mifs.report import words
from mifs.report.contents import contents_of
from mifs.report.document import as_json
from mifs.report.markdown import as_markdown
from mifs.report.model import Contents
from mifs.report.page import as_html
from mifs.report.text import WIDTH, as_text
from mifs.search import count_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Report(Contents):
    """A finished selection, and all that a reader must know of it.

    Make it by `rank_features`, or from a fitted selector by its method `report`. ``print(report)``
    shows it; a notebook shows it as HTML; `write_html` makes one file that needs no network and no
    script. Two runs give the same bytes: there is no time in it.

    Attributes
    ----------
    unit : str
        Unit of every information.
    score_unit : str
        Unit of the scores; empty for criteria that are ratios.
    headline : Headline
        Task, size, H(Y), how many were selected, and what is promised.
    joint : Joint
        Information of the selected together, of as many as it can be said of.
    warnings : tuple of Warned
        What casts doubt on columns: identifiers, possible leaks, copies, constants.
    ranking : tuple of RankedFeature
        Every column, best first.
    path : tuple of PathStep
        Each choice, its score, and the noise floor at it.
    floor_level : float
        Chance with which a column that adds nothing scores above the noise floor at a step.
    redundancy : RedundancyMap
        I(X; W) of the first 20 selected columns.
    why_not : tuple of WhyNot
        The 20 most relevant columns that were left out: the test that blocked each, the chosen
        column that leaves least of it, and how much.
    n_left_out : int
        How many were left out in all.
    panels : tuple of Panel
        The first 30 selected columns, level by level or bin by bin, against the target.
    parameters : tuple of Parameter
        Of the selector.
    versions : tuple of tuple of str
        Names and versions of what computed it.
    values : bool
        Whether levels and bin edges are shown.

    See Also
    --------
    rank_features : Fit and report in one call.
    information_budget : What a model delivers of it.

    Notes
    -----
    The relevance is that of the selector; the joint information of the first k selected is of
    their joint variable, and is left out from where chance alone would show a tenth of H(Y) in its
    table with the target: the truth grows with k, but the estimate from sparse tables falls short,
    by at most about as much as that.

    A column that adds nothing passes the noise floor at a step with a chance of at most
    `floor_level`: above it every term of the score lies beyond the upper quantile that it has when
    the column's values are permuted within the levels of the condition. The law is that of the
    p-values, and the level that of the gate, or `alpha` shared among all candidates. It is known
    of counted terms that are corrected for chance or not at all: of "mim" and "cmim" at the first
    40 steps, of others at the first, where the score is the relevance.
    """

    @classmethod
    def of(
        cls,
        selector: Any,
        X: Any,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        unit: str = "bits",
        values: bool = True,
    ) -> Self:
        """Report on a fitted selector, by its `n_jobs` threads; it is not fitted again.

        Parameters
        ----------
        selector : MutualInfoSelector or MutualInfoSelectorCV
            Fitted; its method `report` does the same.
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            The table that it was fitted to.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The target that it was fitted to.
        sample_weight : array-like of shape (n_samples,), optional
            The weights that it was fitted with.
        unit : {"bits", "nats", "hartleys"}, default="bits"
            Unit of every information; it stands in the headers.
        values : bool, default=True
            Whether levels, classes and bin edges are shown. False numbers them, so that the report
            tells names, counts and shares alone.

        Returns
        -------
        Report
            Of the selection.

        Raises
        ------
        TypeError
            If the selector is another one.
        ValueError
            If the rows are others, or the unit has another name.
        """
        contents = contents_of(
            selector, X, y, sample_weight=sample_weight, unit=unit, values=values
        )
        return cls(**{field.name: getattr(contents, field.name) for field in fields(contents)})

    def frame(self) -> pd.DataFrame:
        """Return the ranking.

        Returns
        -------
        pandas.DataFrame
            One row a column of X, best first, with the attributes of `RankedFeature`; units stand
            in the headers.
        """
        import pandas as pd  # noqa: PLC0415 - nobody else need load it

        unit = self.unit
        headers = {
            "why_kind": "why kind",
            "plug_in": f"plug-in [{unit}]",
            "relevance": f"relevance [{unit}]",
            "normalised": "of H(Y)",
            "score": words.unit_of_score(self),
            "redundancy": f"redundancy [{unit}]",
            "p_alone": "p alone",
            "p_given": "p given",
        }
        frame = pd.DataFrame([vars(feature) for feature in self.ranking])
        return frame.astype({"levels": "Int64"}).rename(columns=headers)

    def to_text(self, *, width: int = WIDTH, n_columns: int = words.N_COLUMNS) -> str:
        """Return what ``print(report)`` shows.

        Parameters
        ----------
        width : int, default=88
            Places at which words are folded; tables take what they need.
        n_columns : int, default=10
            Columns that a table is of at most; the selected come first.

        Returns
        -------
        str
            Lines for a terminal; no control character of a name is left in it.

        Raises
        ------
        ValueError
            If the number of columns is not above zero.
        """
        return as_text(self, width=width, n_columns=n_columns)

    def to_markdown(self, *, n_columns: int = words.N_COLUMNS) -> str:
        """Return the report for a pull request, a wiki or a model card.

        Parameters
        ----------
        n_columns : int, default=10
            Columns that a table is of at most; the selected come first.

        Returns
        -------
        str
            Markdown with tables.

        Raises
        ------
        ValueError
            If the number of columns is not above zero.
        """
        return as_markdown(self, n_columns=n_columns)

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the report for programs, with twelve digits.

        Parameters
        ----------
        indent : int or None, default=2
            Spaces a level; None for one line.

        Returns
        -------
        str
            An object with ``schema_version``, and the attributes of the report.
        """
        return as_json(self, indent=indent)

    def to_html(self) -> str:
        """Return the report as one page that needs neither network nor script.

        Returns
        -------
        str
            HTML in light and dark, readable without its style.

        Raises
        ------
        ImportError
            If jinja2 is not installed.
        """
        return as_html(self, whole=True)

    def write_html(self, path: str | PathLike[str]) -> None:
        """Write the page to a file, in UTF-8.

        Parameters
        ----------
        path : str or path
            Where to; a file that is there is replaced.

        Raises
        ------
        ImportError
            If jinja2 is not installed.
        """
        Path(path).write_text(self.to_html(), encoding="utf-8", newline="\n")

    def __str__(self) -> str:
        return as_text(self)

    def __repr__(self) -> str:
        head = self.headline
        return f"Report({head.n_selected} of {count_of(head.n_columns)} selected, in {self.unit})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Return what a notebook shows: HTML, and text where it cannot."""
        text = as_text(self)
        try:
            page = as_html(self, whole=False)
        except ImportError:
            page = f"<pre>{html.escape(text)}</pre>"
        bundle = {"text/plain": text, "text/html": page}
        kept = set(bundle if include is None else include) - set(exclude or ())
        return {kind: shown for kind, shown in bundle.items() if kind in kept}
