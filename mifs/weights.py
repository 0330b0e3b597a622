"""Weights of rows: how often each row counts, in whole multiples of a power of two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mifs._cached import cached_property
from mifs._typing import BoolArray, FloatArray, IntArray

DIGITS = 52  # binary ones of the sum: float64 adds whole numbers below 2**53 in any order alike
LEAST_SUM = 2.0
INT32_MAX = (1 << 31) - 1
MOST_TESTED = 1 << 28  # rows: a test has a place for each count that a level may have


@dataclass(frozen=True, eq=False)
class RowWeights:
    """How often each row counts: ``multiples * unit``.

    Sums of multiples are exact whatever the order of rows, and a weight of k is counted as k
    copies of its row.

    Attributes
    ----------
    multiples : ndarray of int of shape (n_rows,)
        Above 0; their sum is below 2**53.
    unit : float
        1 for whole-number weights, else a power of two.
    """

    multiples: IntArray
    unit: float = 1.0

    @classmethod
    def of(cls, weights: FloatArray) -> tuple[RowWeights | None, IntArray]:
        """Return the weights of the rows that count, and which rows these are.

        Parameters
        ----------
        weights : ndarray of shape (n_rows,)
            Finite, none below 0, not all 0.

        Returns
        -------
        weights : RowWeights or None
            Of the rows that count; None if each counts once, as without weights.
        rows : ndarray of int
            The rows of a weight above 0, in order.

        Raises
        ------
        ValueError
            If the sum is too large to be exact, or, of fractions, too small to be a number of
            rows.

        Notes
        -----
        Fractions are rounded to 52 binary digits of the sum; such as 0.5 and 1.5 are exact.

        Examples
        --------
        >>> found, rows = RowWeights.of(np.array([0.5, 0.0, 1.5]))
        >>> found.multiples, found.unit, found.total, rows
        (array([1, 3]), 0.5, 2.0, array([0, 2]))
        """
        total = math.fsum(weights)  # exact, so that no order of rows changes the unit
        is_whole = bool((weights == np.floor(weights)).all())
        if not is_whole and total < LEAST_SUM:
            _refuse_one_row(weights, total)
        _refuse_sum(total, is_whole=is_whole)
        unit = 1.0 if is_whole else 2.0 ** (math.frexp(total)[1] - DIGITS)
        multiples = np.rint(weights / unit).astype(np.int64)
        rows = np.flatnonzero(multiples)
        multiples = multiples[rows]
        if not is_whole:
            ones = int(np.bitwise_or.reduce(multiples))
            spare = min((ones & -ones).bit_length() - 1, -round(math.log2(unit)))
            multiples, unit = multiples >> spare, unit * 2.0**spare
        is_one = unit == 1.0 and bool((multiples == 1).all())
        return None if is_one else cls(multiples, unit), rows

    @property
    def is_whole(self) -> bool:
        """Whether every weight is a whole number."""
        return self.unit == 1.0

    @cached_property
    def are_few_rows(self) -> bool:
        """Whether they are rows repeated, so few that counts of them fit 32 bits."""
        return self.is_whole and self.total <= INT32_MAX

    @property
    def has_tests(self) -> bool:
        """Whether tests know the null law: of counts of rows, which are not too many."""
        return self.is_whole and self.total <= MOST_TESTED

    @property
    def n_independent(self) -> float:
        """Number of independent rows that a mean has the variance of (Kish 1965)."""
        return independent_rows(self.numbers)

    @property
    def numbers(self) -> FloatArray:
        """The weights themselves."""
        return self.multiples.astype(np.float64) * self.unit

    @property
    def total(self) -> float:
        """Their sum, which takes the place of the number of rows in every formula."""
        n_units = int(self.multiples.sum())
        return n_units if self.is_whole else n_units * self.unit

    def of_rows(self, rows: BoolArray | IntArray) -> RowWeights:
        """Return the weights of some rows, at the same scale.

        Parameters
        ----------
        rows : ndarray of bool of shape (n_rows,), or of int
            The rows to keep, as a mask or by number.

        Returns
        -------
        RowWeights
            Of these rows.
        """
        return RowWeights(self.multiples[rows], self.unit)

    def refuse_tests(self, remedy: str) -> None:
        """Raise if the weights are no counts of rows, of which alone tests know the null law.

        Parameters
        ----------
        remedy : str
            What else can be done, as a sentence.

        Raises
        ------
        ValueError
            If a weight is a fraction, quoting it, or they sum to more rows than a test holds.
        """
        if not self.is_whole:
            weights = self.multiples * self.unit
            first = float(weights[weights != np.floor(weights)][0])
            msg = f"A test counts rows, and sample_weight holds fractions such as {first!r}. "
            msg += f"{remedy}, or give whole-number weights: how often each row occurs."
            raise ValueError(msg)
        if self.total > MOST_TESTED:
            msg = f"A test counts rows, and sample_weight makes {self.total:.3g} of "
            msg += f"{len(self.multiples)}; it takes at most {MOST_TESTED:.3g}. {remedy}, or give "
            msg += "weights that are no more than how often each row occurs."
            raise ValueError(msg)


def independent_rows(weights: FloatArray) -> float:
    """Square of the sum of weights, by the sum of their squares.

    Parameters
    ----------
    weights : ndarray of shape (n_rows,)
        Not all 0.

    Returns
    -------
    float
        From 1 to the number of rows, whatever the scale of the weights.

    Examples
    --------
    >>> independent_rows(np.array([2.0, 2.0, 2.0])), independent_rows(np.array([1.0, 0.0]))
    (3.0, 1.0)
    """
    shares = weights / weights.max()  # lest squares overflow
    return float(math.fsum(shares) ** 2 / math.fsum(shares**2))


def _refuse_one_row(weights: FloatArray, total: float) -> None:
    """Raise where no scale would help: a small sum that is nearly that of one row."""
    row, n_independent = int(np.argmax(weights)), independent_rows(weights)
    if n_independent < LEAST_SUM:
        msg = (
            f"sample_weight leaves {n_independent:.3g} independent rows: row {row} has "
            f"{weights[row] / total:.0%} of its sum, {total:.6g}. Give other rows more weight, or "
            "leave that row out."
        )
        raise ValueError(msg)


def _refuse_sum(total: float, *, is_whole: bool) -> None:
    if total >= 2.0**DIGITS:
        msg = f"sample_weight sums to {total:.3g}; 2**52 and more is no exact number of rows. "
        msg += "Scale it to sum to the number of independent rows."
        raise ValueError(msg)
    if not is_whole and total < LEAST_SUM:
        msg = (
            f"sample_weight sums to {total:.6g}, as if there were no more rows than that. Scale it "
            "to sum to the number of independent rows: sample_weight * sample_weight.sum() / "
            "(sample_weight**2).sum(). Fractions need a number in n_features_to_select."
        )
        raise ValueError(msg)
