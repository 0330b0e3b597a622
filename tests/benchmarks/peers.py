"""Other packages of pip that select by mutual information, each behind one small function.

None is needed, and none is part of the project: one that is missing is said to be.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
from greedy import CHOSEN, Codes
from made import MODES, codes, size
from measuring import ChildError, alone, in_turn
from row import Row

WARM_UP = (50, 8, 2)  # rows, columns and chosen ones of a first call, which may compile


class Peer(NamedTuple):
    """A package."""

    package: str  # that pip installs
    module: str
    criteria: tuple[str, ...]
    k: int
    what: str  # it computes, where that is something else
    select: Callable[[str, np.ndarray, np.ndarray, int], object]


def fast_select(criterion: str, X: np.ndarray, y: np.ndarray, k: int) -> object:
    from fast_select import mRMR

    return mRMR(n_features_to_select=k, backend="cpu").fit(X, y)


def mrmr_selection(criterion: str, X: np.ndarray, y: np.ndarray, k: int) -> object:
    import pandas as pd
    from mrmr import mrmr_classif

    table = pd.DataFrame(X.astype(np.float64))
    return mrmr_classif(table, pd.Series(y), k, n_jobs=1, show_progress=False)


def mrmrs(criterion: str, X: np.ndarray, y: np.ndarray, k: int) -> object:
    import polars as pl
    from mrmrs import mrmr

    table = pl.DataFrame(X.astype(np.float64), schema=[str(c) for c in range(X.shape[1])])
    return mrmr(table, pl.Series(y), k, "classification")


def scikit_feature(criterion: str, X: np.ndarray, y: np.ndarray, k: int) -> object:
    from skfeature.function.information_theoretical_based import CMIM, JMI, MRMR

    select = {"jmi": JMI.jmi, "mrmr": MRMR.mrmr, "cmim": CMIM.cmim}[criterion]
    return select(X, y, mode="index", n_selected_features=k)


def itmo_fs(criterion: str, X: np.ndarray, y: np.ndarray, k: int) -> object:
    from ITMO_FS.filters.multivariate import MultivariateFilter

    return MultivariateFilter(criterion.upper(), k).fit(X, y)


ALL = ("jmi", "mrmr", "cmim")
NO_MI = "F statistic and correlation, no mutual information"
PEERS = {
    "fast-select": Peer("fast-select", "fast_select", ("mrmr",), CHOSEN, "", fast_select),
    "mrmr_selection": Peer("mrmr_selection", "mrmr", ("mrmr",), CHOSEN, NO_MI, mrmr_selection),
    "mrmrs": Peer("mrmrs", "mrmrs", ("mrmr",), CHOSEN, NO_MI, mrmrs),
    "scikit-feature": Peer("skfeature-chappers", "skfeature", ALL, 5, "", scikit_feature),
    "ITMO_FS": Peer("ITMO_FS", "ITMO_FS", ALL, 5, "", itmo_fs),
}


def rows(mode_name: str) -> Iterator[Row]:
    """One row for each peer and criterion that it has, beside ours in the same minute."""
    mode = MODES[mode_name]
    n, d = mode.shape_of_peers
    made = Codes(n, d)
    for name, peer in PEERS.items():
        for criterion in peer.criteria:
            row = Row(
                job=f"{criterion}, {name}",
                size=size(n, d),
                k=min(peer.k, d),
                peer=name,
                unit="× faster",
                note=f"{name}: {peer.what}." if peer.what else "",
                short="mRMR, 20 chosen" if name == "fast-select" else "",
            )
            yield _raced(row, peer, criterion, made, mode_name)


def _raced(row: Row, peer: Peer, criterion: str, made: Codes, mode_name: str) -> Row:
    if find_spec(peer.module) is None:
        return replace(row, note=f"{row.peer}: not installed (`pip install {peer.package}`).")
    mode = MODES[mode_name]
    (ours,) = in_turn(made.selection(criterion, row.k), budget=mode.seconds)
    row = replace(row, seconds=ours.median, least=ours.least)
    arguments = (row.peer, criterion, *mode.shape_of_peers, row.k)
    try:
        seconds = next(alone("peers", "seconds_of", *arguments, limit=mode.limit))
    except TimeoutError:
        slower = f"{row.peer}, {criterion}: ended after {mode.limit:.0f} s, compiling included."
        return replace(row, note=slower)
    except ChildError as failure:
        return replace(row, note=f"{row.peer}, {criterion}: failed ({failure}).")
    return replace(row, peer_seconds=seconds, figure=seconds / ours.median)


def seconds_of(name: str, criterion: str, n: int, d: int, k: int) -> Iterator[float]:
    """CPU time of the second call of a peer, on the codes that everyone has."""
    select = PEERS[name].select
    few, classes = codes(*WARM_UP[:2])
    select(criterion, np.ascontiguousarray(few.T, dtype=np.int64), classes, WARM_UP[2])
    columns, y = codes(n, d)
    X = np.ascontiguousarray(columns.T, dtype=np.int64)
    start = time.process_time()
    select(criterion, X, y, k)
    yield time.process_time() - start
