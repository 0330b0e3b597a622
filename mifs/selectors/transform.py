"""What every selector of the package does with a dataframe: the same library out, types kept."""

from __future__ import annotations

from typing import Any

from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs import _frames
from mifs._typing import AnyArray, BoolArray
from mifs._validation import keeps_library, refuse_ambiguous_names, with_strings


class FrameSelectorMixin(SelectorMixin):
    """Selector that keeps the columns of `support_`, with their types where it can."""

    support_: BoolArray

    def transform(self, X: Any) -> Any:
        """Keep the selected columns, in the order of the table.

        Parameters
        ----------
        X : array, sparse array or matrix, or dataframe, of shape (n_samples, n_features)
            A table with the columns seen in `fit`; a dataframe may hold any values. Columns called
            by other numbers than those of `fit` are taken by place, as scikit-learn takes them.

        Returns
        -------
        array, sparse array or matrix, or dataframe, of shape (n_samples, n_features_)
            Of a dataframe one of the same library, its columns with their types and its row
            labels, unless `set_output` asks for another; an array where names are not those of
            `fit`.
        """
        check_is_fitted(self)
        refuse_ambiguous_names(X)
        library = _frames.library_of(X)
        # Fitted to an array there are no names to find the columns of a dataframe by.
        knows_names = hasattr(self, "feature_names_in_") or self._has_numbers_of_fit(X)
        if library is not None and knows_names and keeps_library(self, library):
            X = validate_data(self, X, reset=False, skip_check_array=True)
            return _frames.keep_columns(X, self.support_)
        if library is None:
            X = self._checked_array(with_strings(X))
        return super().transform(X)

    def _has_numbers_of_fit(self, X: Any) -> bool:
        """Whether columns are called by the numbers of `fit`, of which scikit-learn knows nothing.

        Raises ValueError if they stand in another order.
        """
        known, names = getattr(self, "_column_names", None), _frames.names_of(X)
        if known is None or names is None or hasattr(self, "feature_names_in_"):
            return False
        if names != known and sorted(names) == sorted(known):
            msg = "The columns of X must be in the same order as they were in fit. Pass "
            msg += "X[fitted.columns], where fitted is the table of fit."
            raise ValueError(msg)
        return names == known

    def _checked_array(self, X: Any) -> AnyArray:
        """Check the values of an array beyond scikit-learn's own check."""
        return X

    def _get_support_mask(self) -> BoolArray:
        check_is_fitted(self)
        return self.support_
