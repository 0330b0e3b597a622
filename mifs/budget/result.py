"""The budget as a result: four amounts on one axis, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mifs.metrics.cross_validation import OF_CLASSES
from mifs.units import base_of_unit, nats_per_unit

if TYPE_CHECKING:
    import pandas as pd

N_ERRORS = 2  # standard errors that a difference must exceed to be said
NOTABLE = 0.25  # share of the promise that a forecast which ranks well holds at least
MATERIAL = 0.01  # nats below which a difference is of no consequence, however sure


@dataclass(frozen=True)
class BudgetStep:
    """One column more: what it promises and what it delivers; nats, with standard errors.

    Attributes
    ----------
    feature : str
        The column that is added, in the order in which all rows select.
    promised, promised_error : float
        I(columns so far; Y).
    promised_added, promised_added_error : float
        What this column adds to it, I(column; Y | those before).
    delivered, delivered_error : float
        Gain of the model on the columns so far: in each fold the first of its own selection.
    delivered_added, delivered_added_error : float
        What the last of them adds, paired; the error is corrected for shared training rows.
    is_of_labels : bool, default=False
        Whether the column holds labels, not numbers.
    """

    feature: str
    promised: float
    promised_error: float
    promised_added: float
    promised_added_error: float
    delivered: float
    delivered_error: float
    delivered_added: float
    delivered_added_error: float
    is_of_labels: bool = False


@dataclass(frozen=True)
class InformationBudget:
    """Information about the target: what there is, is promised, forecast and delivered.

    Every information is in nats; `unit` is that of the words and the frames.

    Attributes
    ----------
    entropy, entropy_error : float
        H(Y), and its standard error; nan for a continuous target.
    promised, promised_error : float
        Estimate of I(selected; Y), of the selection that all rows make; of classes at most their
        entropy, and not clipped below.
    promised_pvalue : float
        Of no information in the selections of the folds about the rows held out, by permutation;
        nan where it was not asked for, or folds are too small.
    forecast, forecast_error : float
        Information in the held-out forecasts, I(Y; forecast), cross-fitted: a lower bound.
    gain, gain_error : float
        What their probabilities deliver as they are: H(Y) less the held-out cross-entropy.
    wasted, wasted_error : float
        `forecast` minus `gain`, with the error of the paired rows.
    features : tuple of str
        Selected columns, in the order of choice where the selector has one.
    n_folds : int
        Folds.
    n_folds_agreeing : int
        How many of them selected the same columns as all rows.
    n_zero : int
        Held-out rows whose class was given probability 0.
    n_samples : int
        Rows.
    steps : tuple of BudgetStep
        Promised and delivered column by column; empty where it was not asked for, or there is no
        order.
    remarks : tuple of str
        What casts doubt on the numbers, a sentence each.
    unit : str
        Unit of words and frames.
    is_of_numbers : bool, default=False
        Whether a classifier was given a target that looks continuous.
    is_of_classes : bool, default=False
        Whether a regressor was given a target of few distinct values.
    folds_in_order : bool, default=False
        Whether `cv` was a number, so that folds are of neighbouring rows.
    """

    entropy: float
    entropy_error: float
    promised: float
    promised_error: float
    promised_pvalue: float
    forecast: float
    forecast_error: float
    gain: float
    gain_error: float
    wasted: float
    wasted_error: float
    features: tuple[str, ...]
    n_folds: int
    n_folds_agreeing: int
    n_zero: int
    n_samples: int
    steps: tuple[BudgetStep, ...]
    remarks: tuple[str, ...]
    unit: str
    is_of_numbers: bool = False
    is_of_classes: bool = False
    folds_in_order: bool = False

    @property
    def is_refuted(self) -> bool:
        """Whether a lower bound exceeds the promise by more than two standard errors."""
        bounds = ((self.forecast, self.forecast_error), (self.gain, self.gain_error))
        return any(
            bound - self.promised > N_ERRORS * np.hypot(error, self.promised_error)
            for bound, error in bounds
        )

    @property
    def reading(self) -> tuple[str, ...]:
        """What the numbers say and what to do about it, a sentence each."""
        if self.is_of_numbers:
            return (
                "y looks continuous, and a classifier takes each of its values for a class: use a "
                "regressor. Nothing else here is worth reading.",
            )
        if self.is_of_classes:
            return (f"{OF_CLASSES} Nothing else here is worth reading.",)
        falls = tuple(fall for fall in (self._fall_of_delivered, self._fall_of_promised) if fall)
        if self.is_refuted:
            return (*falls, self._refuted)
        if self._is_chance and not self._fall_of_delivered:
            return (
                *falls,
                "Nothing here can be told from chance: the columns may have been selected for "
                "their noise. Drop them.",
            )
        sentences = tuple(sentence for applies, sentence in self._findings if applies)
        return (*falls, *sentences) or (self._even,)

    @property
    def _even(self) -> str:
        """Sentence on a model that delivers what is promised; the error knows no bias."""
        if max(self.promised, self.gain) > self.entropy - MATERIAL:
            return "The model delivers H(Y), all that there is, within the errors."
        return (
            "The model delivers what the estimate sees in the columns, within the errors. The "
            "estimate can be low (sharp edges, many columns): a better model may still find more; "
            "what the columns do not hold must come from others."
        )

    @property
    def _fall_of_delivered(self) -> str:
        """Sentence on the column with which the model delivers less than without it, if any."""
        if (found := self._fall("delivered")) is None:
            return ""
        before, with_it, place = found
        fewer = ", or give it fewer levels" if self.steps[place].is_of_labels else ""
        return (
            f"The model delivers {before}, but with {self._named(place)} only {with_it}: leave "
            f"that column out{fewer}."
        )

    @property
    def _fall_of_promised(self) -> str:
        """Sentence on the column with which the estimate of the promise falls, if any."""
        if (found := self._fall("promised")) is None:
            return ""
        before, with_it, place = found
        return (
            f"The promise is {before}, but with {self._named(place)} only {with_it}. Information "
            "cannot fall "
            "as columns are added: here the estimate fails, and what is promised is at least as "
            "much as before."
        )

    def _fall(self, what: str) -> tuple[str, str, int] | None:
        """First step that is below the best before it by more than errors and trifles.

        In words: the best before it, and the step; and its place.
        """
        values = np.array([getattr(step, what) for step in self.steps])
        errors = np.array([getattr(step, f"{what}_error") for step in self.steps])
        for place in range(1, len(values)):
            best = int(values[:place].argmax())
            error = np.hypot(errors[best], errors[place])
            if values[best] - values[place] > max(MATERIAL, N_ERRORS * error):
                first = (
                    f"with {self.steps[0].feature}" if best == 0 else f"with the first {best + 1}"
                )
                return (
                    f"{self._told(values[best], errors[best])} {first}",
                    self._told(values[place], errors[place]),
                    place,
                )
        return None

    def _named(self, place: int) -> str:
        return f"{self.steps[place].feature} (column {place + 1})"

    @property
    def _is_worse_than_nothing(self) -> bool:
        """Whether the model delivers less than the shares of the classes do."""
        return self.gain < -max(MATERIAL, N_ERRORS * self.gain_error)

    @property
    def _harm_of_first(self) -> str:
        """Sentence on a first column that takes away, if no later one makes up for it."""
        if not (self.steps and self._is_worse_than_nothing):
            return ""
        value, error = self.steps[0].delivered, self.steps[0].delivered_error
        if value >= -max(MATERIAL, N_ERRORS * error):
            return ""
        return (
            f"With {self._named(0)} alone the model delivers {self._told(value, error)}, less "
            "than without any column: leave that column out."
        )

    @property
    def _no_step_falls(self) -> bool:
        """Whether steps were measured, and none is below nothing or one before it, error or not."""
        values = np.array([0.0, *(step.delivered for step in self.steps)])
        return len(self.steps) > 0 and bool(
            (values >= np.maximum.accumulate(values) - MATERIAL).all()
        )

    @property
    def _ranks_well(self) -> bool:
        """Whether the forecast surely holds something, and not a trifle of the promise."""
        is_sure = self.forecast > N_ERRORS * self.forecast_error
        return is_sure and self.forecast > NOTABLE * self.promised

    @property
    def _wasted_how(self) -> str:
        """Clause on how a forecast wastes what it holds, and what to do."""
        if not self._ranks_well:
            return (
                "it is surer than it has reason to be. Look at the columns for huge values, and "
                "try a smoother model"
            )
        fine = "; the columns are fine" if self._no_step_falls else ""
        how = "Recalibrate (CalibratedClassifierCV)"
        if np.isnan(self.entropy):
            how = "Put a line through its predictions (StackingRegressor with LinearRegression)"
        return f"it ranks well and says it badly. {how}{fine}"

    @property
    def _findings(self) -> tuple[tuple[bool, str], ...]:
        """What may be wrong: whether it is, and the sentence that says so."""
        # Else a column is at fault before the model is.
        is_whole = not self._fall_of_delivered and not self._harm_of_first
        guess, splitter = "by the shares of the classes", "StratifiedKFold"
        forecasts = "probabilities"
        if np.isnan(self.entropy):
            guess, splitter, forecasts = "the same for all rows", "KFold", "predictions"
        return (
            (bool(self._harm_of_first), self._harm_of_first),
            (
                self._is_worse_than_nothing,
                f"On held-out rows the model does worse than to guess {guess}.",
            ),
            (
                is_whole and self._is_more(self.promised, self.promised_error, self.forecast),
                f"The columns promise {self._told(self.promised, self.promised_error)}, of "
                f"which the forecast holds {self._told(self.forecast, self.forecast_error)}: "
                "the model does not use the rest, unless the columns were selected by these "
                "very rows and look better than they are. Try a richer model or interactions; "
                "if it overfits, a smoother one.",
            ),
            (
                is_whole
                and np.isfinite(self.wasted)
                and self.wasted > max(MATERIAL, N_ERRORS * self.wasted_error),
                f"The forecast holds {self._told(self.forecast, self.forecast_error)}, and its "
                f"{forecasts} waste {self._told(self.wasted, self.wasted_error)}: "
                f"{self._wasted_how}.",
            ),
            # The error of a few huge losses is itself unknown, so that it is not asked.
            (
                self.n_zero > 0 and self.wasted > MATERIAL,
                f"In {self.n_zero} of the held-out rows the class that came true had been "
                f"given probability 0: of the {self._told(self.forecast)} in the forecast "
                f"{self._told(self.gain)} are delivered, by a cost of such rows that is a "
                "convention. Smooth the probabilities: larger leaves, more neighbours, "
                "calibration.",
            ),
            (
                is_whole and self.folds_in_order and self._is_worse_than_nothing,
                "If the rows are in some order, folds of neighbouring rows mislead: pass a cv "
                f"that shuffles, such as {splitter}(5, shuffle=True, random_state=0).",
            ),
        )

    @property
    def _refuted(self) -> str:
        """Sentence on an estimate that lies below a lower bound."""
        bound = max((self.forecast, self.forecast_error), (self.gain, self.gain_error))
        return (
            f"The estimate of what the columns hold, {self._told(self.promised)}, is refuted: the "
            f"forecast holds {self._told(*bound)}, and no forecast holds more than the columns. "
            "Sharp edges, many columns and equal values take estimates down; believe the model."
        )

    @property
    def _is_chance(self) -> bool:
        """Whether neither side can be told from nothing."""
        is_promised = (
            self.promised > N_ERRORS * self.promised_error
            if np.isnan(self.promised_pvalue)
            else self.promised_pvalue <= 0.05
        )
        return not is_promised and not self.forecast > N_ERRORS * self.forecast_error

    def _is_more(self, value: float, error: float, other: float) -> bool:
        """Whether a value exceeds that of the forecast by more than errors and trifles."""
        return value - other > max(MATERIAL, N_ERRORS * np.hypot(error, self.forecast_error))

    def _told(self, value: float, error: float | None = None) -> str:
        """Return an amount in words, with its unit."""
        nats = nats_per_unit(base_of_unit(self.unit))
        spread = "" if error is None else f" ± {error / nats:.3f}"
        return f"{round(value / nats, 3) + 0.0:.3f}{spread} {self.unit}"  # no -0.000

    def frame(self, *, unit: str | None = None) -> pd.DataFrame:
        """Return the four amounts, from what there is to what is delivered.

        Parameters
        ----------
        unit : {"bits", "nats", "hartleys"}, optional
            Unit of every information; by default that of the budget. It stands in the headers.

        Returns
        -------
        pandas.DataFrame
            Columns ``amount``, ``value [bits]``, ``standard error [bits]`` and ``share of H(Y)``.
        """
        import pandas as pd  # noqa: PLC0415 - users of other dataframes need not load it

        unit = unit or self.unit
        nats = nats_per_unit(base_of_unit(unit))
        amounts = self.amounts()
        values = np.array([value for _, value, _ in amounts])
        return pd.DataFrame(
            {
                "amount": [name for name, _, _ in amounts],
                f"value [{unit}]": values / nats,
                f"standard error [{unit}]": np.array([error for _, _, error in amounts]) / nats,
                "share of H(Y)": values / self.entropy if self.entropy else np.nan,
            }
        )

    def amounts(self) -> tuple[tuple[str, float, float], ...]:
        """Name, value and standard error of each amount, in nats.

        Returns
        -------
        tuple of (str, float, float)
            Entropy, promised, in the forecast, delivered; that of a regressor is saved from the
            loss of a normal density.
        """
        start = "normal loss" if np.isnan(self.entropy) else "H(Y)"
        return (
            ("H(Y)", self.entropy, self.entropy_error),
            ("promised, I(selected; Y)", self.promised, self.promised_error),
            ("in the forecast, I(Y; forecast)", self.forecast, self.forecast_error),
            (f"delivered, {start} - cross-entropy", self.gain, self.gain_error),
        )

    def steps_frame(self, *, unit: str | None = None) -> pd.DataFrame:
        """Return one row for each column, in the order of choice.

        Parameters
        ----------
        unit : {"bits", "nats", "hartleys"}, optional
            Unit of every information; by default that of the budget. It stands in the headers.

        Returns
        -------
        pandas.DataFrame
            Columns ``feature``, and promised and delivered information, so far and added, each
            with its standard error.
        """
        import pandas as pd  # noqa: PLC0415 - as above

        unit = unit or self.unit
        nats = nats_per_unit(base_of_unit(unit))
        table: dict[str, list[str] | list[float]] = {"feature": [s.feature for s in self.steps]}
        for name in ("promised", "delivered"):
            for part in (name, f"{name}_added"):
                said = part.replace("_", " ")
                table[f"{said} [{unit}]"] = [getattr(s, part) / nats for s in self.steps]
                table[f"{said}, error [{unit}]"] = [
                    getattr(s, f"{part}_error") / nats for s in self.steps
                ]
        return pd.DataFrame(table)

    def __repr__(self) -> str:
        """Say what is delivered of what is promised; the numbers, in nats, are attributes."""
        delivered = self._told(self.gain, self.gain_error)
        return f"InformationBudget({delivered} delivered of {self._told(self.promised)} promised)"

    def __str__(self) -> str:
        known = [amount for amount in self.amounts() if not np.isnan(amount[1])]
        width = max(len(name) for name, _, _ in known) + 2
        return "\n".join(
            [
                f"{self.n_samples} rows, {self.n_folds} folds; ± one standard error",
                *(f"{name:<{width}}{self._told(value, error)}" for name, value, error in known),
                *self.reading,
                *self.remarks,
            ]
        )
