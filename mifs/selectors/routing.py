"""Metadata given to `fit` and `score`, such as weights of rows: refused while no one can ask."""

from __future__ import annotations

from collections.abc import Iterable

from sklearn import get_config


def refuse_unrouted(method: str, names: Iterable[str], *, whom: str) -> None:
    """Raise for metadata that scikit-learn's routing would pass on, were it turned on."""
    if get_config()["enable_metadata_routing"]:
        return
    for name in names:
        msg = f"{method} got {name!r}, which needs metadata routing; turn it on with "
        msg += f"sklearn.set_config(enable_metadata_routing=True) and let {whom} request it."
        raise ValueError(msg)
