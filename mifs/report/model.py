"""What a report says, as plain values: no rendering, no estimation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

SELECTION_SAW = (
    "The selection saw these rows: what it found looks better on them than it is. Judge a model on "
    "rows that were held out, with the selector inside the pipeline."
)


@dataclass(frozen=True)
class Headline:
    """What was selected from what.

    Attributes
    ----------
    task : str
        Kind of the target, in words.
    target : str
        What the target is called.
    n_outputs, n_rows, n_columns, n_selected : int
        Numbers of targets, rows, columns, and selected columns.
    weight : float or None
        Sum of the weights of the rows; None without weights.
    entropy : float
        H(Y) of the classes, or of the bins, in the unit; nan where the MI estimator does not cut
        a continuous target, so that nothing may be held against it.
    is_cut : bool
        Whether that is of bins, and not of classes.
    criterion, mi_estimator : str
        What scored, and how terms were measured.
    ended : str
        Why the path has its length.
    promise : str
        What may be said of the selection, and its conditions.
    error_control : {"fwer", "fdr", ""}
        What the tests bound; empty where no column was tested.
    """

    task: str
    target: str
    n_outputs: int
    n_rows: int
    n_columns: int
    n_selected: int
    weight: float | None
    entropy: float
    is_cut: bool
    criterion: str
    mi_estimator: str
    ended: str
    promise: str
    error_control: str


@dataclass(frozen=True)
class Joint:
    """Information that the first selected columns hold together.

    Attributes
    ----------
    n_features : int
        How many of the first selected columns it is of.
    information : float
        I(S; Y) in the unit, corrected as the MI estimator says; nan if not to be said.
    remark : str
        Why it is not of all that are selected; empty if it is.
    """

    n_features: int
    information: float
    remark: str


@dataclass(frozen=True)
class Parameter:
    """One parameter of the selector, as it was written."""

    name: str
    value: str
    is_default: bool


@dataclass(frozen=True)
class RankedFeature:
    """One column and what was measured of it; information in the unit, nan where not measured.

    Attributes
    ----------
    rank : int
        1 for the column chosen first.
    feature : str
        Its name.
    selected : bool
        Whether it was.
    kind : str
        "discrete" or "continuous".
    why_kind : str
        Why it was taken so.
    levels : int or None
        Distinct values, or bins of a column that was cut; None of one that was measured uncut.
    missing : float
        Share of the rows without a value, between 0 and 1.
    plug_in : float
        I(X; Y) of the observed shares.
    relevance : float
        I(X; Y), corrected as the MI estimator says, not clipped.
    normalised : float
        Relevance over H(Y).
    score : float
        Criterion at its choice, or when it was last a candidate.
    score_is_bound : bool
        Whether `score` is what the criterion could not exceed instead: of a column that the search
        left behind since it could not be the best.
    redundancy : float
        Mean I(X; W) with the columns W chosen before it.
    p_alone, p_given : float
        P-values of its independence of the target, alone and the largest given one chosen before.
    """

    rank: int
    feature: str
    selected: bool
    kind: str
    why_kind: str
    levels: int | None
    missing: float
    plug_in: float
    relevance: float
    normalised: float
    score: float
    score_is_bound: bool
    redundancy: float
    p_alone: float
    p_given: float


@dataclass(frozen=True)
class PathStep:
    """One choice of the path.

    Attributes
    ----------
    step : int
        Counted from 1.
    feature : str
        What was chosen.
    score : float
        Criterion at the choice; in the unit, if it is information.
    floor : float
        What a column that adds nothing passes with a chance of at most the level; nan where no law
        is known.
    joint : float
        I(S; Y) of all chosen so far; nan from where it is not to be trusted.
    how : str
        How it entered: "gate", "context", "pair", "included", "not tested", or "as asked".
    partner : str or None
        The other column of a pair; None of a column that entered otherwise.
    """

    step: int
    feature: str
    score: float
    floor: float
    joint: float
    how: str
    partner: str | None


@dataclass(frozen=True)
class RedundancyMap:
    """Information that selected columns share with each other.

    Attributes
    ----------
    features : tuple of str
        The first selected columns.
    values : tuple of tuple of float
        I(X; W) in the unit, corrected; nan on the diagonal.
    n_more : int
        Selected columns that the map leaves out.
    """

    features: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    n_more: int


@dataclass(frozen=True)
class WhyNot:
    """Why a relevant column was left out.

    Attributes
    ----------
    feature : str
        Its name.
    relevance : float
        I(X; Y) in the unit.
    reason : str
        The test that blocked it, in words.
    p, level : float
        Its p-value, and what that was held against; nan without a test.
    method : str
        How the p-value was found.
    doubtful : bool
        Whether analytic approximations of it disagree.
    redundant_with : str or None
        The chosen column that leaves least of it.
    left : float
        I(X; Y | W) given that column W, in the unit.
    """

    feature: str
    relevance: float
    reason: str
    p: float
    level: float
    method: str
    doubtful: bool
    redundant_with: str | None
    left: float


@dataclass(frozen=True)
class PanelRow:
    """One level or bin of a column: how many rows, and the target there."""

    label: str
    is_value: bool  # False of "missing" and "others", which are no value of the column
    count: float
    share: float
    target: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """A selected column against the target.

    Attributes
    ----------
    feature, kind : str
        The column.
    headers : tuple of str
        What `PanelRow.target` holds: shares of classes, or means of numbers.
    are_shares : bool
        Whether all of them are shares.
    rows : tuple of PanelRow
        Levels or bins, missing, others, and all rows at the end.
    n_others : int
        Levels that "others" holds.
    """

    feature: str
    kind: str
    headers: tuple[str, ...]
    are_shares: bool
    rows: tuple[PanelRow, ...]
    n_others: int


@dataclass(frozen=True)
class Warned:
    """What casts doubt on some columns."""

    sentence: str
    features: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class Contents:
    """All that a report says.

    Attributes
    ----------
    unit : str
        Of every information.
    score_unit : str
        Of the scores; empty for criteria that are ratios.
    headline : Headline
        What was selected from what.
    joint : Joint
        What the selected hold together.
    warnings : tuple of Warned
        What casts doubt on columns, of all columns.
    ranking : tuple of RankedFeature
        Every column, best first.
    path : tuple of PathStep
        The choices.
    floor_level : float
        Chance with which a column that adds nothing scores above the floor at a step.
    redundancy : RedundancyMap
        What the selected share.
    why_not : tuple of WhyNot
        The most relevant columns that were left out.
    n_left_out : int
        How many were left out in all.
    panels : tuple of Panel
        The first selected columns against the target.
    parameters : tuple of Parameter
        Of the selector.
    versions : tuple of tuple of str
        Names and versions of what computed it.
    values : bool
        Whether levels and bin edges are shown.
    """

    unit: str
    score_unit: str
    headline: Headline
    joint: Joint
    warnings: tuple[Warned, ...]
    ranking: tuple[RankedFeature, ...]
    path: tuple[PathStep, ...]
    floor_level: float
    redundancy: RedundancyMap
    why_not: tuple[WhyNot, ...]
    n_left_out: int
    panels: tuple[Panel, ...]
    parameters: tuple[Parameter, ...]
    versions: tuple[tuple[str, str], ...]
    values: bool

    def advice(self, sentence: str) -> str:
        """Return advice in words of the reader; those of Python, unless a subclass has others.

        Parameters
        ----------
        sentence : str
            Such as what to do, and which parameter does it.

        Returns
        -------
        str
            The same here.
        """
        return sentence

    def first(self, n_columns: int) -> Self:
        """Return it with the first columns of every table.

        Parameters
        ----------
        n_columns : int
            Columns that a table is of at most.

        Returns
        -------
        Contents
            The same headline, and shorter tables.
        """
        shared = self.redundancy
        n_shared = len(shared.features[:n_columns])
        shorter = RedundancyMap(
            features=shared.features[:n_shared],
            values=tuple(row[:n_shared] for row in shared.values[:n_shared]),
            n_more=shared.n_more + len(shared.features) - n_shared,
        )
        return replace(
            self,
            ranking=self.ranking[:n_columns],
            path=self.path[:n_columns],
            redundancy=shorter,
            why_not=self.why_not[:n_columns],
            panels=self.panels[:n_columns],
        )
