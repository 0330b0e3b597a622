"""The selector whose number of columns is the one that a model predicts best with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Self

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.metaestimators import available_if
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs import _frames
from mifs._typing import AnyArray, ArrayLike
from mifs._validation import (
    N_JOBS,
    HasMethods,
    StrOptions,
    columns_of,
    fit_context_of_meta,
    refuse_ambiguous_names,
    refuse_small_frame,
    refuse_strings,
)
from mifs._vectors import checked_target
from mifs.metrics import cross_entropy_scorer
from mifs.report.fitted import FittedSelector
from mifs.selectors.prefixes import (
    PrefixScores,
    Rule,
    chosen_size,
    path_of,
    prefix_mask,
    sizes_to_try,
    table_of_scores,
)
from mifs.selectors.reported import ReportMixin, prefix_of
from mifs.selectors.routing import refuse_unrouted
from mifs.selectors.selector import MutualInfoSelector
from mifs.selectors.transform import FrameSelectorMixin


def _estimator_has(method: str) -> Callable[[Any], bool]:
    """Return a check of whether the estimator, fitted or not, has a method."""

    def check(selector: Any) -> bool:
        getattr(getattr(selector, "estimator_", selector.estimator), method)
        return True

    return check


class MutualInfoSelectorCV(MetaEstimatorMixin, ReportMixin, FrameSelectorMixin, BaseEstimator):
    """Select as many features as an estimator predicts held-out rows best with.

    Each training fold gets one path of the selector. The estimator is fitted to every prefix of
    it and scored on the held-out fold; the mean score over the folds chooses the number of
    columns, which are then the first of the path on all rows.

    Parameters
    ----------
    estimator : estimator
        What the columns are for: a classifier, a regressor, or a pipeline that ends in one. It is
        cloned.
    selector : selector, default=None
        What finds the path. None is `MutualInfoSelector(n_features_to_select="all")`; "all" stands
        for as many columns as are tried. A number there, or the gate of "auto", ends the path
        earlier.
    n_features_to_try : "auto", "all" or list of int, default="auto"
        Numbers of columns to try. "auto": all up to 20, then each a quarter larger, 28 in all and
        100 columns at most. "all": every number. A number beyond the end of a path stands for
        the whole path, and one below the number of columns to `include` for these.
    rule : {"best", "one_standard_error"}, default="best"
        Which number is chosen: that with the highest mean score, or the fewest columns whose mean
        score is within one standard error of it. Of numbers that tie, the least.
    scoring : str, callable or None, default=None
        Score of a fitted estimator on held-out rows, the greater the better. None: for classifiers
        `mifs.cross_entropy_scorer`, minus the cross-entropy in nats; for others the `score` of the
        estimator, which is R2 for scikit-learn's regressors.
    cv : int, splitter or iterable, default=None
        Folds; None for five. A number makes them stratified if the estimator is a classifier.
    n_jobs : int, default=None
        Processes, each with a fold; -1 for all processors. The result does not depend on it.

    Attributes
    ----------
    n_features_ : int
        Number of selected columns.
    cv_results_ : dict of str to ndarray of shape (n_tried,)
        ``n_features``, ascending; ``mean_test_score``, ``std_test_score`` and ``standard_error``
        of the mean over the folds; and of each fold, ``split0_test_score`` and so on. In units of
        `scoring`; `pandas.DataFrame(cv_results_)` is a table.
    selected_ : ndarray of int of shape (n_features_,)
        Selected columns in order of choice.
    support_ : ndarray of bool of shape (n_features_in_,)
        Mask of the selected columns.
    ranking_ : ndarray of int of shape (n_features_in_,)
        That of `selector_`: 1 for the column chosen first.
    selector_ : selector
        The selector fitted to all rows; its path and `remarks_` reach to the largest number tried.
    estimator_ : estimator
        The estimator fitted to the selected columns of all rows.
    scorer_ : callable
        What scored.
    n_splits_ : int
        Number of folds.
    classes_ : ndarray of shape (n_classes,)
        Classes, if the estimator has them.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of str of shape (n_features_in_,)
        Names of the columns, if all were strings.

    See Also
    --------
    MutualInfoSelector : The path by itself; its "auto" ends it by tests and needs no estimator.
    StabilitySelector : How much a selection depends on the rows.
    cross_entropy_scorer : The default score of classifiers.

    Notes
    -----
    The numbers and scores are those of a grid search over `n_features_to_select` in a pipeline of
    selector and estimator, which would find the path anew for each. Cost that of one path a fold
    and one on all rows, and a fit of the estimator for each fold and number tried.

    `predict`, `predict_proba` and the like use `estimator_`, and `score` is that of `scoring`. The
    estimator gets the selected columns in the order of the table: of a dataframe as a dataframe,
    and of a sparse table as CSR, which it then has to take.

    The score of the chosen number is the best of many and so too good; score the whole in an outer
    cross-validation, as in ``cross_validate(MutualInfoSelectorCV(...), X, y)``. Where rows belong
    together, as those of one subject do, pass `groups` to `fit` with a splitter that does not part
    them. Other metadata, such as `sample_weight`, reaches each of the selector, the estimator and
    the scorer that requests it, if scikit-learn's metadata routing is on.

    Examples
    --------
    The target is the sum of two of three coins: both are needed, and a third column adds nothing.

    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> coins = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)] * 50)
    >>> y = coins[:, 0] + coins[:, 2]
    >>> selector = MutualInfoSelectorCV(DecisionTreeClassifier(random_state=0)).fit(coins, y)
    >>> selector.get_support(indices=True)
    array([0, 2])

    One coin leaves the other unknown, which costs log 2 nats; two leave nothing:

    >>> print((selector.cv_results_["mean_test_score"] / np.log(2)).round(2) + 0.0)
    [-1. 0. 0.]
    """

    classes_: AnyArray

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn's own convention
        "estimator": [HasMethods(["fit"])],
        "selector": [HasMethods(["fit", "get_support", "get_params", "set_params"]), None],
        "n_features_to_try": ["array-like", StrOptions({"auto", "all"})],
        "rule": [StrOptions({"best", "one_standard_error"})],
        "scoring": [str, callable, None],
        "cv": ["cv_object"],
        "n_jobs": [*N_JOBS, None],
    }

    def __init__(
        self,
        estimator: Any,
        *,
        selector: Any = None,
        n_features_to_try: ArrayLike | str = "auto",
        rule: Rule = "best",
        scoring: Any = None,
        cv: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.selector = selector
        self.n_features_to_try = n_features_to_try
        self.rule = rule
        self.scoring = scoring
        self.cv = cv
        self.n_jobs = n_jobs

    @fit_context_of_meta
    def fit(self, X: Any, y: Any, **params: Any) -> Self:
        """Choose the number of columns by cross-validation, then fit to all rows.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            Whatever the selector and the estimator take.
        y : array-like of shape (n_samples,)
            Classes, or numbers.
        **params : dict
            `groups` for the splitter; with metadata routing on, whatever is requested.

        Returns
        -------
        MutualInfoSelectorCV
            Itself.
        """
        routed = self._routed("fit", params)
        given, (X, y) = y, self._checked(X, y)
        sizes = sizes_to_try(self.n_features_to_try, self.n_features_in_)
        selector = self._selector_of_length(int(sizes[-1]), X)
        # First to all rows: what is wrong with them is said of the whole table.
        labelled = _frames.with_row_labels(y, given)
        self.selector_ = clone(selector).fit(X, labelled, **routed["selector"]["fit"])
        path = path_of(self.selector_)
        self.scorer_ = self._scorer()
        folds = PrefixScores(
            selector=selector,
            estimator=self.estimator,
            scorer=self.scorer_,
            sizes=np.unique(np.clip(sizes, self._n_columns("include", X), len(path))),
            to_selector=routed["selector"]["fit"],
            to_estimator=routed["estimator"]["fit"],
            to_scorer=routed["scorer"]["score"],
        )
        cv = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        scores = Parallel(n_jobs=self.n_jobs)(
            delayed(folds.of_fold)(X, y, train, test)
            for train, test in cv.split(X, y, **routed["splitter"]["split"])
        )
        self.n_splits_ = len(scores)
        self.cv_results_ = table_of_scores(folds.sizes, np.array(scores))
        self._store(path, chosen_size(self.cv_results_, self.rule))
        kept = _frames.keep_columns(X, self.support_)
        self.estimator_ = clone(self.estimator).fit(kept, y, **routed["estimator"]["fit"])
        self._store_classes()
        return self

    def _checked(self, X: Any, y: Any) -> tuple[Any, AnyArray]:
        """Check shapes and names; what the values must be, the selector knows."""
        name = type(self).__name__
        refuse_ambiguous_names(X)
        self._column_names = _frames.names_of(X)
        if _frames.is_frame(X):
            validate_data(self, X, y, skip_check_array=True)
            refuse_small_frame(X, name)
        else:
            refuse_strings(X, None)
            X = validate_data(
                self, X, accept_sparse="csr", ensure_all_finite=False, ensure_min_samples=2
            )
        return X, checked_target(X, y, name)

    def _selector(self) -> Any:
        if self.selector is None:
            return MutualInfoSelector(n_features_to_select="all")
        return self.selector

    def _selector_of_length(self, n_features: int, X: Any) -> Any:
        """Return the selector; if it is to choose all columns, made to end after so many."""
        selector = self._selector()
        if selector.get_params(deep=False).get("n_features_to_select") != "all":
            return selector
        available = self.n_features_in_ - self._n_columns("exclude", X)
        length = max(1, self._n_columns("include", X), min(n_features, available))
        return clone(selector).set_params(n_features_to_select=length)

    def _n_columns(self, parameter: str, X: Any) -> int:
        """Count the columns that the selector is told to include or to exclude."""
        wanted = getattr(self._selector(), parameter, None)
        return len(columns_of(wanted, X, parameter=parameter))

    def _scorer(self) -> Callable[..., float]:
        if self.scoring is None and is_classifier(self.estimator):
            return cross_entropy_scorer
        scorer: Callable[..., float] = check_scoring(self.estimator, scoring=self.scoring)
        return scorer

    def _store(self, path: AnyArray, n_features: int) -> None:
        """Set what the selector is known by."""
        self.n_features_ = n_features
        self.selected_ = path[:n_features].copy()
        self.support_ = prefix_mask(path, n_features, n_features=self.n_features_in_)
        self.ranking_ = self.selector_.ranking_.copy()

    def _as_reported(self) -> FittedSelector:
        """Return the path on all rows, ended where the folds said."""
        if not isinstance(self.selector_, MutualInfoSelector):
            msg = "A report is of the path of a MutualInfoSelector; this is one of "
            msg += f"{type(self.selector_).__name__}. cv_results_ has its scores."
            raise TypeError(msg)
        tried = self.cv_results_["n_features"]
        how = f"chosen by how {type(self.estimator).__name__} predicts held-out rows "
        how += f"(rule={self.rule!r}, {tried[0]} to {tried[-1]} columns tried)"
        return prefix_of(self.selector_, self.n_features_, how=how)

    def _store_classes(self) -> None:
        """Set `classes_`, and forget those of an earlier fit to another estimator."""
        self.__dict__.pop("classes_", None)
        if hasattr(self.estimator_, "classes_"):
            self.classes_ = self.estimator_.classes_

    def _kept(self, X: Any) -> Any:
        """Return the selected columns for the estimator: a dataframe of a dataframe."""
        check_is_fitted(self)
        if _frames.is_frame(X):
            X = validate_data(self, X, reset=False, skip_check_array=True)
        else:
            allow_nan = get_tags(self).input_tags.allow_nan
            finite = "allow-nan" if allow_nan else True
            X = validate_data(self, X, reset=False, accept_sparse="csr", ensure_all_finite=finite)
        return _frames.keep_columns(X, self.support_)

    @available_if(_estimator_has("predict"))
    def predict(self, X: Any) -> AnyArray:
        """Predict from the selected columns.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            A table with the columns seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,)
            Prediction of `estimator_`.
        """
        kept = self._kept(X)
        return self.estimator_.predict(kept)

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X: Any) -> AnyArray:
        """Forecast the probability of each class from the selected columns.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            A table with the columns seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Probabilities in the order of `classes_`.
        """
        kept = self._kept(X)
        return self.estimator_.predict_proba(kept)

    @available_if(_estimator_has("predict_log_proba"))
    def predict_log_proba(self, X: Any) -> AnyArray:
        """Forecast the logarithm of the probability of each class from the selected columns.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            A table with the columns seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Natural logarithms in the order of `classes_`.
        """
        kept = self._kept(X)
        return self.estimator_.predict_log_proba(kept)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X: Any) -> AnyArray:
        """Return the decision function of the estimator on the selected columns.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            A table with the columns seen in `fit`.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            As `estimator_` gives it.
        """
        kept = self._kept(X)
        return self.estimator_.decision_function(kept)

    def score(self, X: Any, y: ArrayLike, **params: Any) -> float:
        """Score the estimator on the selected columns by `scoring`.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            A table with the columns seen in `fit`.
        y : array-like of shape (n_samples,)
            True classes or numbers.
        **params : dict
            With metadata routing on, what the scorer requests.

        Returns
        -------
        float
            Score, in nats by default for classifiers; the greater the better.
        """
        kept = self._kept(X)
        routed = self._routed("score", params)
        return self.scorer_(self.estimator_, kept, y, **routed["scorer"]["score"])

    def _routed(self, method: str, params: dict[str, Any]) -> Mapping[str, Any]:
        """Return the metadata for each of those that asked; with routing off only groups pass."""
        if not params or get_config()["enable_metadata_routing"]:
            return process_routing(self, method, **params)
        others = [name for name in params if (method, name) != ("fit", "groups")]
        refuse_unrouted(method, others, whom="the selector, the estimator or the scorer")
        nothing: Mapping[str, Any] = {"fit": {}, "score": {}}
        whom = dict.fromkeys(("selector", "estimator", "scorer"), nothing)
        return {**whom, "splitter": {"split": params}}

    def get_metadata_routing(self) -> MetadataRouter:
        """Metadata that the selector, the estimator, the splitter and the scorer ask for.

        Returns
        -------
        MetadataRouter
            Routes of `fit` and of `score`.
        """
        fit = MethodMapping().add(caller="fit", callee="fit")
        split = MethodMapping().add(caller="fit", callee="split")
        score = MethodMapping().add(caller="fit", callee="score")
        score = score.add(caller="score", callee="score")
        # An iterable of folds asks for nothing, and looking through a generator would empty it.
        splitter = self.cv if hasattr(self.cv, "split") else check_cv()
        router = MetadataRouter(owner=self)
        router.add(selector=self._selector(), method_mapping=fit)
        router.add(estimator=self.estimator, method_mapping=fit)
        router.add(splitter=splitter, method_mapping=split)
        return router.add(scorer=self._scorer(), method_mapping=score)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        model, selector = get_tags(self.estimator), get_tags(self._selector())
        tags.estimator_type = model.estimator_type
        tags.classifier_tags = deepcopy(model.classifier_tags)
        tags.regressor_tags = deepcopy(model.regressor_tags)
        tags.target_tags.required = True
        tags.input_tags.allow_nan = model.input_tags.allow_nan and selector.input_tags.allow_nan
        tags.input_tags.sparse = model.input_tags.sparse and selector.input_tags.sparse
        return tags
