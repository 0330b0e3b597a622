"""Nearest neighbours: relevance, beside scikit-learn's functions of those names, and selections."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from made import MODES, numbers, shrunk, size
from measuring import Timed, in_turn
from row import Row
from sklearn import feature_selection

import mifs


class Case(NamedTuple):
    """A call, its bar, and how many of the columns scikit-learn is given."""

    n: int
    n_classes: int | None
    bar: float
    theirs: int
    short: str = ""


N_FEATURES = 100
CASES = [
    Case(100_000, 2, 100, 5, "mutual_info_classif, 2 classes"),
    Case(100_000, 10, 60, 5),
    Case(1_000, 10, 150, 50),
    Case(1_000, None, 25, 50),
    Case(10_000, None, 30, 20, "mutual_info_regression"),
    Case(100_000, None, 30, 5),
]


def rows(mode_name: str) -> Iterator[Row]:
    """One row a call; scikit-learn's time is that of some of the columns, for all of them."""
    mode = MODES[mode_name]
    for case in CASES:
        n, d = shrunk(case.n, N_FEATURES, mode)
        X, y = numbers(n, d, case.n_classes)
        name = "mutual_info_classif" if case.n_classes else "mutual_info_regression"
        ours, theirs = getattr(mifs, name), getattr(feature_selection, name)
        some = np.ascontiguousarray(X[:, : min(case.theirs, d)])
        ours(X[:, :2], y, mi_estimator="knn")
        calls = Timed(lambda _, f=ours, X=X, y=y: f(X, y, mi_estimator="knn"))
        peers = Timed(lambda _, f=theirs, X=some, y=y: f(X, y, random_state=0))
        timing, slower = in_turn(calls, peers, budget=2 * mode.seconds)
        peer_seconds = slower.median * d / some.shape[1]
        yield Row(
            job=f"knn, {case.n_classes} classes" if case.n_classes else "knn, numbers",
            size=size(n, d),
            seconds=timing.median,
            least=timing.least,
            peer="scikit-learn",
            peer_seconds=peer_seconds,
            figure=peer_seconds / timing.median,
            unit="× faster",
            bar=case.bar if n == case.n else None,
            is_most=False,
            note="scikit-learn is timed on 5 to 50 of the columns and taken in proportion.",
            short=case.short,
        )


def selections(mode_name: str) -> Iterator[Row]:
    """Whole fits, nearly all of which are conditional terms: each candidate with each column."""
    mode = MODES[mode_name]
    for n_classes in (2, None):
        n, d = shrunk(2_000, 50, mode)
        k = min(5, d)
        X, y = numbers(n, d, n_classes)
        selector = mifs.MutualInfoSelector("jmi", k, mi_estimator="knn")
        (timing,) = in_turn(Timed(lambda _, f=selector.fit, X=X, y=y: f(X, y)), budget=mode.seconds)
        ns = 1e9 * timing.median / (n * d * k)
        yield Row(
            job=f"knn jmi, {n_classes} classes" if n_classes else "knn jmi, numbers",
            size=size(n, d),
            k=k,
            seconds=timing.median,
            least=timing.least,
            ns=ns,
            figure=ns,
            unit="ns",
            note="Selections by nearest neighbours are whole fits.",
        )


def threads(mode_name: str) -> Iterator[Row]:
    """Two threads beside one."""
    mode = MODES[mode_name]
    n, d = shrunk(100_000, N_FEATURES, mode)
    X, y = numbers(n, d, 2)
    two, one = in_turn(
        *(
            Timed(lambda _, j=j: mifs.mutual_info_classif(X, y, mi_estimator="knn", n_jobs=j))
            for j in (2, 1)
        ),
        budget=mode.seconds,
        clock=time.perf_counter,
    )
    yield Row(
        job="threads, knn, 2 classes",
        size=size(n, d),
        threads=2,
        seconds=two.median,
        least=two.least,
        figure=one.median / two.median,
        unit="× one thread",
        bar=1.6 if n == 100_000 else None,
        is_most=False,
    )
