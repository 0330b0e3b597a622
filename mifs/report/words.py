"""How names, numbers and columns of tables are written, whatever the form of a report."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from numbers import Integral

from mifs.report.model import Contents, Panel, PathStep, RankedFeature, WhyNot
from mifs.search import count_of
from mifs.units import pvalue_text

TITLE = "Feature selection for"  # and the target's name
NOT_MEASURED = "-"
AT_MOST = "≤"  # before a score that is a bound
MAX_NAME = 40  # characters of a name that are shown
MAX_SENTENCE = 240  # of a warning, which may quote a name
MAX_RANKED = 100  # rows of a ranking on a page; frame and JSON hold all
N_COLUMNS = 10  # that a table of text is of, unless told
MAX_DECIMALS = 15  # of a mean of the target
MAX_NAMED = 10  # columns that a warning names


def printable(text: str) -> str:
    """Escape what would break a line, turn its direction or speak to the terminal.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        The same, with such characters as Python writes them.
    """
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def shortened(text: str, length: int = MAX_NAME) -> str:
    """Cut the middle out of a long text.

    Parameters
    ----------
    text : str
        Anything.
    length : int, default=40
        Characters that are left at most.

    Returns
    -------
    str
        Its beginning and end.
    """
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[-(length - 1 - head) :]}"


def name(text: str) -> str:
    """Return a name as a reader may see it: printable, and not too long."""
    return shortened(printable(text))


def is_known(value: float) -> bool:
    """Whether a number was measured."""
    return not math.isnan(value)


def number(value: float, digits: int = 3) -> str:
    """Write a number; a dash if it was not measured.

    Parameters
    ----------
    value : float
        Anything.
    digits : int, default=3
        Decimals.

    Returns
    -------
    str
        Never minus zero.
    """
    return NOT_MEASURED if math.isnan(value) else format(value, f"z.{digits}f")


def of_target(panel: Panel) -> list[list[str]]:
    """Write what a panel shows of the target: shares, or means as far apart as they lie.

    Parameters
    ----------
    panel : Panel
        A column against the target.

    Returns
    -------
    list of list of str
        The cells of each row.
    """
    if panel.are_shares:
        return [[percent(value) for value in row.target] for row in panel.rows]
    columns = list(zip(*(row.target for row in panel.rows), strict=True))
    decimals = [_decimals(values) for values in columns]
    return [
        [number(value, digits) for value, digits in zip(row.target, decimals, strict=True)]
        for row in panel.rows
    ]


def _decimals(values: Sequence[float]) -> int:
    """Return how many decimals tell means apart: four digits of their spread."""
    known = [value for value in values if not math.isnan(value)]
    spread = max(known, default=0.0) - min(known, default=0.0)
    if not spread > 0:
        spread = abs(known[0]) if known else 0.0
    return min(max(0, 3 - math.floor(math.log10(spread))), MAX_DECIMALS) if spread > 0 else 0


def percent(share: float) -> str:
    """Write a share in per cent; less than a thousandth is no zero."""
    if math.isnan(share):
        return NOT_MEASURED
    return "<0.1 %" if 0 < share < 0.001 else f"{100 * share:z.1f} %"


def pvalue(value: float, spec: str = ".2g") -> str:
    """Write a p-value, with two digits unless told; a dash without one."""
    return NOT_MEASURED if math.isnan(value) else pvalue_text(value, spec)


def count(value: float) -> str:
    """Write a number of rows, which weights may have made a fraction."""
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.4g}"


def unit_of_score(contents: Contents) -> str:
    """Return the header of scores."""
    return f"score [{contents.score_unit}]" if contents.score_unit else "score"


def ranking_columns(contents: Contents) -> list[tuple[str, str]]:
    """Return the columns of a ranking that hold something: a header, and a key of `ranking_cells`.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    list of tuple of str
        Headers with their units, and keys.
    """
    unit = contents.unit
    columns = [
        ("rank", "rank"),
        ("feature", "feature"),
        ("selected", "selected"),
        (f"relevance [{unit}]", "relevance"),
        ("of H(Y)", "normalised"),
        (f"plug-in [{unit}]", "plug_in"),
        (unit_of_score(contents), "score"),
        (f"redundancy [{unit}]", "redundancy"),
        ("p alone", "p_alone"),
        ("p given", "p_given"),
        ("levels or bins", "levels"),
        ("missing", "missing"),
    ]
    numbers = ("plug_in", "normalised", "redundancy", "p_alone", "p_given")
    empty = {
        key
        for key in numbers
        if all(math.isnan(getattr(feature, key)) for feature in contents.ranking)
    }
    if not any(feature.missing for feature in contents.ranking):
        empty.add("missing")
    return [column for column in columns if column[1] not in empty]


def ranking_cells(feature: RankedFeature) -> dict[str, str]:
    """Return the cells of one row of a ranking, the name apart."""
    return {
        "rank": str(feature.rank),
        "selected": "yes" if feature.selected else "no",
        "levels": _levels(feature),
        "missing": percent(feature.missing),
        "plug_in": number(feature.plug_in),
        "relevance": number(feature.relevance),
        "normalised": percent(feature.normalised),
        "score": _score(feature),
        "redundancy": number(feature.redundancy),
        "p_alone": pvalue(feature.p_alone),
        "p_given": pvalue(feature.p_given),
    }


def has_bounds(contents: Contents) -> bool:
    """Whether the score of any column is a bound."""
    return any(feature.score_is_bound for feature in contents.ranking)


def _score(feature: RankedFeature) -> str:
    """Write a score; one that is a bound so that it is not taken for a measurement."""
    written = number(feature.score)
    return f"{AT_MOST} {written}" if feature.score_is_bound else written


def _levels(feature: RankedFeature) -> str:
    """Say how many levels or bins a column has; of one that was measured uncut, that it is."""
    if feature.levels is None:
        return "uncut"
    what = "level" if feature.kind == "discrete" else "bin"
    return f"{feature.levels} {what}{'' if feature.levels == 1 else 's'}"


def facts(contents: Contents) -> list[tuple[str, str]]:
    """Return the headline, a line each: what, and its value. The target's name is as it came.

    Parameters
    ----------
    contents : Contents
        A report.

    Returns
    -------
    list of tuple of str
        What, and its value.
    """
    head, unit = contents.headline, contents.unit
    rows = f"{head.n_rows} rows x {count_of(head.n_columns)}"
    if head.weight is not None:
        rows += f", weights that sum to {count(head.weight)}"
    lines = [("task", head.task), ("table", rows)]
    if not math.isnan(head.entropy):
        lines.append(("H(Y)", f"{number(head.entropy)} {unit}"))
    lines += [
        ("selected", f"{head.n_selected} of {count_of(head.n_columns)}"),
        ("joint information", joint_words(contents)),
        ("criterion", head.criterion),
        ("measured by", head.mi_estimator),
    ]
    return lines


def joint_words(contents: Contents) -> str:
    """Say what the selected hold together, and of how many of them that can be said."""
    joint, head = contents.joint, contents.headline
    if not joint.n_features:
        return joint.remark or "nothing is selected"
    of_entropy = f", {percent(joint.information / head.entropy)} of H(Y)"
    amount = f"{number(joint.information)} {contents.unit}"
    if joint.information <= 0:
        amount += ", where 0 or less means that nothing was shown"
    elif not math.isnan(head.entropy):
        amount += of_entropy
    if not joint.remark:
        return amount
    which = "alone" if joint.n_features == 1 else f"{joint.n_features} together"
    return (
        f"{amount}, by the first {which}; all {head.n_selected} hold as much or more, but "
        f"{joint.remark}"
    )


def entered(step: PathStep) -> str:
    """Say how a column entered the selection, and of one of a pair with which."""
    if step.partner is not None:
        return f"passed as a pair with {name(step.partner)}"
    ways = {"gate": "passed the tests", "context": "passed given others"}
    return ways.get(step.how, step.how)


def header(text: str) -> str:
    """Return a header that breaks nowhere but before its unit or an "or"."""
    name, bracket, unit = text.partition(" [")
    kept = name.replace(" ", "\N{NO-BREAK SPACE}").replace("-", "\N{NON-BREAKING HYPHEN}")
    kept = kept.replace("\N{NO-BREAK SPACE}or", " or")
    return kept + bracket + unit


def checked_n_columns(n_columns: int) -> int:
    """Return how many columns a table is of at most; raise if it is no number above zero."""
    if not isinstance(n_columns, Integral) or n_columns < 1:
        msg = f"n_columns must be a whole number above zero; got {n_columns!r}."
        raise ValueError(msg)
    return int(n_columns)


def more_words(contents: Contents, n_columns: int, method: str) -> str:
    """Say how to see the columns that tables leave out; nothing where they hold all."""
    if len(contents.ranking) <= n_columns:
        return ""
    return contents.advice(
        f"Tables show the first {count_of(n_columns)}: {method}(n_columns={len(contents.ranking)}) "
        "shows the others, too; frame() and to_json() hold all."
    )


def unit_words(contents: Contents) -> str:
    """Say what one unit of information is."""
    coin = "One bit is what the toss of a fair coin tells: the answer to an even yes-or-no question"
    others = {"nats": "one nat is 1.443 bits", "hartleys": "one hartley is 3.322 bits"}
    other = others.get(contents.unit)
    return f"{coin}; {other}." if other else f"{coin}."


def coin_words(contents: Contents) -> str:
    """Say what a fair coin has, to hold H(Y) against."""
    coins = {"bits": "1 bit", "nats": "0.693 nats", "hartleys": "0.301 hartleys"}
    return f"a fair coin has {coins[contents.unit]}"


def blocked(one: WhyNot) -> str:
    """Say which test blocked a column, and what its p-value was held against."""
    where, _, found = one.reason.rpartition(": p = ")
    if not where or math.isnan(one.p):
        return one.reason
    is_given = one.redundant_with is not None and where == f"given {one.redundant_with}"
    where = "given it" if is_given else where
    doubt = ", in doubt" if one.doubtful else ""
    if math.isnan(one.level):
        return f"{where}: p = {found}{doubt}"
    return f"{where}: p = {' > '.join(_told_apart(one.p, one.level))}{doubt}"


def _told_apart(one: float, other: float) -> tuple[str, str]:
    """Write two p-values with as few digits as show which is larger, from two on."""
    for digits in range(2, 17):
        texts = f"{one:.{digits}g}", f"{other:.{digits}g}"
        if float(texts[0]) != float(texts[1]):
            break
    return texts


def sentence(text: str) -> str:
    """Return a sentence as a reader may see it; a long name may stand in it."""
    return shortened(printable(text), MAX_SENTENCE)


def named(features: Sequence[str]) -> tuple[Sequence[str], str]:
    """Return the first few names, and how many more there are in words."""
    more = len(features) - MAX_NAMED
    return features[:MAX_NAMED], f" and {more} more" if more > 0 else ""


def places(text: str) -> int:
    """Places that a text takes on the screen: two for a wide character, none for an accent."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
