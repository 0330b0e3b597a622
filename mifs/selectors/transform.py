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
            A table with the columns seen in `fit`; a dataframe may hold any values.

        Returns
        -------
        array, sparse array or matrix, or dataframe, of shape (n_samples, n_features_)
            Of a dataframe one of the same library, its columns with their types and its row
            labels, unless `set_output` asks for another.
        """
        check_is_fitted(self)
        refuse_ambiguous_names(X)
        library = _frames.library_of(X)
        # Fitted to an array there are no names to find the columns of a dataframe by.
        knows_names = hasattr(self, "feature_names_in_")
        if library is not None and knows_names and keeps_library(self, library):
            X = validate_data(self, X, reset=False, skip_check_array=True)
            return _frames.keep_columns(X, self.support_)
        if library is None:
            X = self._checked_array(with_strings(X))
        return super().transform(X)

    def _checked_array(self, X: Any) -> AnyArray:
        """Check the values of an array beyond scikit-learn's own check."""
        return X

    def _get_support_mask(self) -> BoolArray:
        check_is_fitted(self)
        return self.support_
