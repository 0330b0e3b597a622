"""All that a report says of a selector and its rows."""

from __future__ import annotations

import inspect
import platform
import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from mifs._typing import ArrayLike
from mifs._version import REQUIRED, __version__
from mifs.criteria import criterion_of
from mifs.mi_estimators import BinnedMI
from mifs.report.fitted import FittedSelector
from mifs.report.model import Contents, Headline, Parameter
from mifs.report.panels import panels
from mifs.report.ranking import (
    floor_level,
    joint_of_path,
    joint_of_selected,
    path_steps,
    ranked_features,
)
from mifs.report.reading import Reading
from mifs.report.reasons import redundancy_map, warned, why_not
from mifs.scan import spread_columns

ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]+")  # of an object, other in every run
MAX_VALUE = 200  # characters of a parameter


def contents_of(
    selector: Any,
    X: Any,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None,
    unit: str,
    values: bool,
) -> Contents:
    """Return what a report says.

    Parameters
    ----------
    selector : MutualInfoSelector or MutualInfoSelectorCV
        Fitted.
    X, y, sample_weight
        What it was fitted to.
    unit : {"bits", "nats", "hartleys"}
        Unit of every information.
    values : bool
        Whether levels and bin edges are shown.

    Returns
    -------
    Contents
        Everything, in the unit.
    """
    reading = Reading.of(selector, X, y, sample_weight, unit)
    with spread_columns(reading.source, reading.selector.n_jobs):
        return _contents(reading, values=values)


def _contents(reading: Reading, *, values: bool) -> Contents:
    """Measure what a report says; threads for it stand ready."""
    unit = reading.unit
    finished = reading.selector
    entropy, level = reading.entropy(), floor_level(reading)
    prefixes, remark = joint_of_path(reading)
    return Contents(
        unit=unit,
        score_unit=unit if finished.path_.in_nats else "",
        headline=_headline(reading, entropy),
        joint=joint_of_selected(prefixes, remark),
        warnings=warned(reading, values=values),
        ranking=ranked_features(reading, entropy),
        path=path_steps(reading, prefixes, level),
        floor_level=level,
        redundancy=redundancy_map(reading),
        why_not=why_not(reading),
        n_left_out=len(reading.names) - len(reading.order),
        panels=panels(reading, values=values),
        parameters=_parameters(finished),
        versions=_versions(),
        values=values,
    )


def _headline(reading: Reading, entropy: float) -> Headline:
    selector = reading.selector
    return Headline(
        task=_task(reading),
        target=", ".join(reading.target_names),
        n_outputs=len(reading.targets),
        n_rows=len(reading.targets[0].values),
        n_columns=len(reading.names),
        n_selected=len(reading.order),
        weight=None if reading.weights is None else float(reading.weights.total),
        entropy=reading.in_unit(entropy),
        is_cut=not all(target.is_discrete for target in reading.targets),
        criterion=_text(criterion_of(selector.criterion))
        if not isinstance(selector.criterion, str)
        else selector.criterion.lower(),
        mi_estimator=_text(reading.mi_estimator),
        ended=selector.path_.ended,
        promise=selector.promise_,
        error_control="" if selector.gate_ is None else selector.gate_.error_control,
    )


def _task(reading: Reading) -> str:
    """Say what kind of target there is."""
    n_outputs = len(reading.targets)
    if n_outputs > 1:
        how = {"joint": "as one joint target", "mean": "the mean over outputs"}
        return f"{n_outputs} outputs, {how[reading.selector.multi_target]}"
    if reading.selector.discrete_target_:
        n_classes = reading.coding.variable(reading.targets, reading.weights).n_levels
        return f"classification, {n_classes} classes"
    if not isinstance(reading.mi_estimator, BinnedMI):
        return "regression"
    n_bins = reading.coding.variable(reading.targets, reading.weights).n_levels
    return f"regression, target cut into {n_bins} bins"


def _parameters(selector: FittedSelector) -> tuple[Parameter, ...]:
    """Return the parameters of the selector in the order of its signature."""
    defaults = inspect.signature(type(selector)).parameters
    given = selector.get_params(deep=False)
    return tuple(
        Parameter(name, _text(given[name]), _text(given[name]) == _text(default.default))
        for name, default in defaults.items()
    )


def _text(value: Any) -> str:
    """Write a value in the same way in every run."""
    if inspect.isroutine(value):
        return str(getattr(value, "__qualname__", type(value).__name__))
    if isinstance(value, np.ndarray):
        value = value.tolist()
    text = ADDRESS.sub("", repr(value))
    if len(text) <= MAX_VALUE:
        return text
    half = MAX_VALUE // 2 - 2
    return f"{text[:half]} … {text[-half:]}"


def _versions() -> tuple[tuple[str, str], ...]:
    """Return what computed the report."""
    found = [("mifs", __version__), ("python", platform.python_version())]
    for name in REQUIRED:
        try:
            found.append((name, version(name)))
        except PackageNotFoundError:
            continue
    return tuple(found)
