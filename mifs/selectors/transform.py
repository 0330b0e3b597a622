"""What every selector of the package does with a dataframe: the same library out, types kept."""

from __future__ import annotations

import warnings
from typing import Any

from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from mifs import _frames
from mifs._typing import AnyArray, BoolArray
from mifs._validation import keeps_library, refuse_ambiguous_names, with_strings

NONE_SELECTED = (  # the words of scikit-learn's own selectors
    "No features were selected: either the data is too noisy or the selection test too strict."
)


class FrameSelectorMixin(SelectorMixin):
    """Selector that keeps the columns of `support_`, with their types where it can."""

    n_features_in_: int
    support_: BoolArray
    _column_names: list[str] | None = None

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
            `fit`. If nothing is selected, a dataframe keeps its rows where its library can hold
            rows without columns, as pandas and pyarrow can, and polars in recent versions.
        """
        check_is_fitted(self)
        refuse_ambiguous_names(X)
        library = _frames.library_of(X)
        # Fitted to an array there are no names to find the columns of a dataframe by.
        knows_names = hasattr(self, "feature_names_in_") or self._has_numbers_of_fit(X)
        if library is not None and knows_names and keeps_library(self, library):
            X = validate_data(self, X, reset=False, skip_check_array=True)
            if not self.support_.any():
                warnings.warn(NONE_SELECTED, UserWarning, stacklevel=3)  # beyond set_output's own
            return _frames.keep_columns(X, self.support_)
        if library is None:
            X = self._checked_array(with_strings(X))
        return super().transform(X)

    def _has_numbers_of_fit(self, X: Any) -> bool:
        """Whether columns are called by the numbers of `fit`, of which scikit-learn knows nothing.

        Raises ValueError if they stand in another order.
        """
        known, names = self._column_names, _frames.names_of(X)
        if known is None or names is None or hasattr(self, "feature_names_in_"):
            return False
        if names != known and sorted(names) == sorted(known):
            msg = "The columns of X must be in the same order as they were in fit. Pass "
            msg += "X[fitted.columns], where fitted is the table of fit."
            raise ValueError(msg)
        return names == known

    def _names(self) -> list[str]:
        """Names of the columns; x0, x1, ... where they have none, as scikit-learn says it."""
        if self._column_names is not None:
            return self._column_names
        return [f"x{column}" for column in range(self.n_features_in_)]

    def _checked_array(self, X: Any) -> AnyArray:
        """Check the values of an array beyond scikit-learn's own check."""
        return X

    def _get_support_mask(self) -> BoolArray:
        check_is_fitted(self)
        return self.support_
