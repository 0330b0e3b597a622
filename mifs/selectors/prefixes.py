"""Prefixes of a path: which lengths to try, what each scores on a fold, and which one to keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from sklearn.base import clone

from mifs import _frames
from mifs._typing import AnyArray, ArrayLike, BoolArray, FloatArray, IntArray
from mifs._validation import rows_of_metadata

Rule = Literal["best", "one_standard_error"]

# Every size to 20, then each a quarter larger: a curve of scores is steep where it is short.
AUTO_SIZES = (*range(1, 21), 25, 31, 39, 49, 61, 76, 95, 100)


def sizes_to_try(wanted: ArrayLike | str, n_features: int) -> IntArray:
    """Return the sizes that `n_features_to_try` means, ascending, and none above all columns."""
    if isinstance(wanted, str):
        named = AUTO_SIZES if wanted == "auto" else range(1, n_features + 1)
        return np.unique(np.minimum(named, n_features))
    sizes = np.asarray(wanted)
    if sizes.ndim != 1 or sizes.size == 0 or sizes.dtype.kind not in "iu" or sizes.min() < 1:
        msg = f"n_features_to_try={wanted!r} must hold whole numbers from 1 on, such as "
        msg += "range(1, 21), or be 'auto' or 'all'."
        raise ValueError(msg)
    return np.unique(np.minimum(sizes, n_features))


@dataclass(frozen=True, kw_only=True)
class PrefixScores:
    """Scores of every prefix of the path of a training fold on its held-out rows.

    The path is found once a fold. A size beyond its end is the whole path.
    """

    selector: Any
    estimator: Any
    scorer: Callable[..., float]
    sizes: IntArray
    to_selector: Mapping[str, Any]  # metadata, one value a row
    to_estimator: Mapping[str, Any]
    to_scorer: Mapping[str, Any]

    def of_fold(self, X: Any, y: AnyArray, train: IntArray, test: IntArray) -> FloatArray:
        """Return a score for each size."""
        X_train, X_test = _frames.keep_rows(X, train), _frames.keep_rows(X, test)
        to_selector, to_estimator, to_scorer = (
            rows_of_metadata(X, metadata, rows)
            for metadata, rows in (
                (self.to_selector, train),
                (self.to_estimator, train),
                (self.to_scorer, test),
            )
        )
        path = path_of(clone_to_choose(self.selector).fit(X_train, y[train], **to_selector))
        scores: dict[int, float] = {}
        for size in np.unique(np.minimum(self.sizes, len(path))):
            columns = prefix_mask(path, int(size), n_features=X.shape[1])
            fitted = clone(self.estimator).fit(
                _frames.keep_columns(X_train, columns), y[train], **to_estimator
            )
            kept = _frames.keep_columns(X_test, columns)
            scores[int(size)] = float(self.scorer(fitted, kept, y[test], **to_scorer))
        return np.array([scores[min(int(size), len(path))] for size in self.sizes])


def clone_to_choose(selector: Any) -> Any:
    """Return a clone of a selector of which its choices alone are wanted, not what shows them."""
    copy = clone(selector)
    if hasattr(copy, "_describes"):
        copy._describes = False
    return copy


def path_of(fitted: Any) -> IntArray:
    """Return the columns that a fitted selector chose, in order; raise if it chose none."""
    name = type(fitted).__name__
    if not hasattr(fitted, "selected_") or not hasattr(fitted, "ranking_"):
        msg = f"{name} has no selected_ and ranking_, columns in order of choice. Pass a selector "
        msg += "that has, such as MutualInfoSelector or StabilitySelector."
        raise TypeError(msg)
    path = np.asarray(fitted.selected_)
    if path.size == 0:
        msg = f"{name} selected no column, and no estimator fits to none. Set its "
        msg += "min_features_to_select to 1."
        raise ValueError(msg)
    return path


def prefix_mask(path: IntArray, size: int, *, n_features: int) -> BoolArray:
    """Return the mask of the first columns of a path."""
    mask = np.zeros(n_features, dtype=bool)
    mask[path[:size]] = True
    return mask


def table_of_scores(sizes: IntArray, scores: FloatArray) -> dict[str, AnyArray]:
    """Return `cv_results_`: the scores of each fold, their mean and their spread, by size."""
    n_folds = len(scores)
    with np.errstate(invalid="ignore"):  # infinite scores have no spread
        deviation = scores.std(axis=0)
        spread = deviation / np.sqrt(n_folds - 1) if n_folds > 1 else np.full(len(sizes), np.nan)
        mean = scores.mean(axis=0)
    return {
        "n_features": sizes,
        "mean_test_score": mean,
        "std_test_score": deviation,
        "standard_error": spread,
        **{f"split{fold}_test_score": row for fold, row in enumerate(scores)},
    }


def chosen_size(results: Mapping[str, AnyArray], rule: Rule) -> int:
    """Return the size that a rule chooses; of sizes that tie, the least."""
    mean, standard_error = results["mean_test_score"], results["standard_error"]
    is_usable = np.isfinite(mean)
    if not is_usable.any():
        msg = "No number of features has a finite mean score, since each has a fold whose score is "
        msg += f"nan or infinite; their means are {mean}. Pass another scoring, or larger folds."
        raise ValueError(msg)
    best = int(np.argmax(np.where(is_usable, mean, -np.inf)))
    if rule == "one_standard_error":
        if np.isnan(standard_error[best]):
            msg = "rule='one_standard_error' needs two folds for a standard error, but cv gave one."
            msg += " Pass more folds, or rule='best'."
            raise ValueError(msg)
        best = int(np.argmax(is_usable & (mean >= mean[best] - standard_error[best])))
    return int(results["n_features"][best])
