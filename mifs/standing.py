"""Where the candidates of a search stand: their scores, or what these cannot exceed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.criteria import Criterion
from mifs.scan import scan
from mifs.terms import (
    Bounded,
    IndependenceTests,
    Information,
    Least,
    Limits,
    Lowering,
    PairTerms,
    Priced,
    Summing,
    Sums,
)

DIGITS = 12  # scores are compared after rounding to them: rounding must not decide between twins
TIE = 4 * 10.0**-DIGITS  # scores that far apart are told apart
# What a sum of redundancies and its bound may differ by in their roundings, for each of them.
SLACK = 1e-11
# To ask a source at all takes about so long; candidates that take no longer are asked together.
SECONDS_OF_A_CALL = 1e-4
CALLS_OF_A_CHOICE = 20  # that the calls of a lazy choice take the time of, with what decides them
SCANS_WITH_LAYOUT = 2.4  # that the first scan of many columns takes the time of
MOST_LAID_OUT = 1 << 26  # values; for more, memory comes anew from the system, which takes longer
SCANS_TO_LOSE = 3  # before scores that only fall are no longer sought lazily
MOST_TERMS = 1 << 20  # of choices in a row
MOST_TIMES = 16  # of those: the call itself is little beside, and what is not needed costs more

EVERY = slice(None)

Learn: TypeAlias = Callable[[int, IntArray, IndependenceTests], None]


def rounded(scores: FloatArray) -> FloatArray:
    """Scores as they are compared: to 1e-12, but those as they are that floats cannot hold so.

    Parameters
    ----------
    scores : ndarray of shape (n_features,)
        Scores; those of a criterion of one's own may have any size.

    Returns
    -------
    ndarray of shape (n_features,)
        What ties is equal.
    """
    with np.errstate(over="ignore"):  # NumPy multiplies by 1e12, and leaves infinity
        found = np.round(scores, DIGITS)
    return np.where(np.isinf(found), scores, found)


class Standing:
    """What a search knows of the score of every candidate.

    Parameters
    ----------
    criterion : Criterion
        What scores.
    information : Information
        What knows the terms.
    is_lazy : bool, default=True
        Whether candidates that cannot be the best are left behind, where the criterion and the
        source say enough to tell, and until that takes longer than to measure them all; and whether
        a source may make choices by itself.

    Attributes
    ----------
    score : ndarray of shape (n_features,)
        Criterion of each column that is up to date; of one that was left behind, what it cannot
        exceed.
    is_behind : ndarray of bool of shape (n_features,)
        Which those are.
    n_tables : int
        How many candidates were measured with a selected column.

    Notes
    -----
    A column's terms with the selected ones are merged in the order of choice, so that those it has
    are always with the first of them, `_age` in number, and its score is the same to the last bit
    whenever it is brought up to date.
    """

    def __init__(
        self, criterion: Criterion, information: Information, *, is_lazy: bool = True
    ) -> None:
        self.criterion = criterion.bind(information)
        self.information = information
        self.alone = self.criterion.alone(information)
        self.score = self.alone.copy()
        self.is_behind = np.zeros(len(self.alone), dtype=bool)
        self.n_tables = self._n_needed = 0
        self._price = information if is_lazy and isinstance(information, Priced) else None
        self._n_together = n_together(self._price)
        self._age = np.zeros(len(self.alone), dtype=np.int64)
        rest = self.criterion.best_rest(None) if is_lazy else None
        self._falls = rest is not None
        self._is_lazy, self._saved = is_lazy, 0.0
        self._floor = None
        if is_lazy and rest is None and isinstance(information, Bounded):
            self._floor, rest = _Floor(information, len(self.alone)), 0.0
        self._folded = np.full(len(self.alone), np.nan if rest is None else rest)
        self._sum_of = self.criterion.sum_of if is_lazy else None
        self._lowering: tuple[Lowering, str, Least] | None = None
        self._scans_unbounded, self._seconds_of_a_term = False, 0.0
        name = self.criterion.least_of if is_lazy else None
        if name is not None and isinstance(information, Lowering):
            cap = self.criterion.score(self.alone, np.full(len(self.alone), np.inf), 1)
            if not np.isnan(cap).any():  # a criterion that scores nan is told so by the search
                least = Least(cap, self._folded, self._age)
                self._lowering = information, name, least
                self._seconds_of_a_term = information.seconds_of_a_term(least)
                self._scans_unbounded = bool(np.isinf(cap).any()) and self._is_scan_cheap

    def _is_soon_done(self, n_asked: int) -> bool:
        """Whether to measure all takes no longer than to ask: then each score is worth knowing."""
        n_calls = CALLS_OF_A_CHOICE if self._lowering is None else 1
        return self._price is not None and (
            n_asked * self._price.seconds_in_a_scan < n_calls * SECONDS_OF_A_CALL
        )

    @property
    def _is_scan_cheap(self) -> bool:
        """Whether a scan of many columns costs less than to look for their terms one by one."""
        n_values = self.information.n_samples * len(self.alone)
        if (price := self._price) is None or n_values > MOST_LAID_OUT:
            return False
        return self._seconds_of_a_term > SCANS_WITH_LAYOUT * price.seconds_in_a_scan

    def choose_among(
        self, asked: BoolArray, order: Sequence[int], *, n_choices: int = 0
    ) -> Sequence[int]:
        """Make sure of the best of some columns; leave those behind that cannot reach it.

        Those of the highest bounds are brought up to date first, with one selected column at a
        time, and are left again once they fall below the best that is known.

        Up to `n_choices` columns may be chosen before that, one after another: each the first of
        the highest rounded score, and never where all columns tied. They are returned.
        """
        columns = np.flatnonzero(asked)
        is_lazy = self._is_lazy and not self._is_soon_done(len(columns))
        if not is_lazy or not self._can_bound(order):
            self.catch_up(asked, order)
            return self._add_up(columns, len(order), n_choices)
        lowered = self._lower(columns, order, n_choices)
        seconds, chosen = lowered or (self._choose_among(columns, order), ())
        n_selected = len(order) + len(chosen)
        np.copyto(self.score, self._bound(EVERY, n_selected), where=asked)
        np.copyto(self.is_behind, self._age < n_selected, where=asked)
        self.is_behind[list(chosen)] = False
        self._is_lazy = self._has_paid(seconds, len(columns), 1 + len(chosen))
        return chosen

    def _add_up(self, columns: IntArray, n_terms: int, n_choices: int) -> Sequence[int]:
        """Let a source choose among columns that are up to date, where scores are sums."""
        how, source = self._sum_of, self.information
        if how is None or n_choices < 1 or not isinstance(source, Summing):
            return ()
        base = self.alone if how.adds_relevance else np.zeros(len(self.alone))
        sums = Sums(self.score, self._folded, base, how.factor, n_terms, how.is_mean)
        limits = Limits(TIE, DIGITS, n_choices, MOST_TERMS)
        chosen = source.add_up(how.term, columns, sums, limits=limits)
        _refuse_wrong(chosen, columns, limits, f"{type(source).__name__}.add_up()")
        n_left = len(columns) - np.arange(1, len(chosen) + 1)
        self.n_tables += int(n_left.sum())
        self._age[columns] = n_terms + len(chosen)
        return chosen

    def _lower(
        self, columns: IntArray, order: Sequence[int], n_choices: int
    ) -> tuple[float, Sequence[int]] | None:
        """Let a source find the best that can; say about how long it took, and what it chose."""
        if self._lowering is None:
            return None
        (source, name, least), n_scanned = self._lowering, 0
        if self._scans_unbounded:  # nothing tells these apart: once, for all of them
            self._scans_unbounded = False
            unbounded = columns[np.isinf(self._bound(columns, len(order)))]
            if n_scanned := len(unbounded):
                self._fold(self._mask(unbounded), order)
        limits = self._limits(len(columns), n_choices)
        lowered = source.lower(name, order, columns, least, limits=limits)
        if lowered is None:
            return None
        n_tables, chosen = lowered
        _refuse_wrong(chosen, columns, limits, f"{type(source).__name__}.lower()")
        self.n_tables += n_tables
        if (price := self._price) is None:
            return 0.0, chosen
        seconds = n_tables * self._seconds_of_a_term + n_scanned * price.seconds_in_a_scan
        return seconds, chosen

    def _limits(self, n_asked: int, n_choices: int) -> Limits:
        """Let a source choose until it may not have paid, or what is left would be soon done."""
        seconds = self._seconds_of_a_term
        if (price := self._price) is None or not seconds * price.seconds_in_a_scan:
            return Limits(TIE, DIGITS, n_choices, MOST_TERMS)
        n_long = int(n_asked - SECONDS_OF_A_CALL / price.seconds_in_a_scan)
        most_terms = SCANS_TO_LOSE * n_asked * price.seconds_in_a_scan / seconds
        n_choices = max(0, min(n_choices, n_long))
        return Limits(TIE, DIGITS, n_choices, int(min(most_terms, MOST_TERMS)))

    def _choose_among(self, columns: IntArray, order: Sequence[int]) -> float:
        """Ask for some columns at a time; say about how long it took."""
        seconds, n_selected, so_far = -SECONDS_OF_A_CALL, len(order), self.n_tables
        price = 0.0 if self._price is None else self._price.seconds
        age, bound = self._age[columns], self._rounded(columns, n_selected)
        best, size = -np.inf, self._size(self._n_needed // 2)
        while (behind := np.flatnonzero((age < n_selected) & (bound >= best))).size:
            if seconds > self._most_seconds(len(columns)):  # scans of what is left will take less
                self.catch_up(self._mask(columns), order)
                break
            first = behind[np.argmax(bound[behind])]
            group = behind[age[behind] == age[first]]
            if bound[first] < np.inf:  # else nothing tells them apart
                group = _highest(bound, group, size)
            self._fold(self._mask(columns[group]), order)
            seconds += len(group) * price + SECONDS_OF_A_CALL
            age[group] += 1
            bound[group] = self._rounded(columns[group], n_selected)
            if age[first] == n_selected:
                best = max(best, bound[group].max())
            if best > -np.inf:
                size = self._size(2 * size)
        self._n_needed = self.n_tables - so_far
        return seconds

    def _most_seconds(self, n_asked: int) -> float:
        """How long a choice may take before what it needs is measured by scans."""
        if self._price is None:
            return np.inf
        n_scans = SCANS_TO_LOSE if self._floor is None else 1
        return n_scans * n_asked * self._price.seconds_in_a_scan

    def catch_up(
        self, asked: BoolArray, order: Sequence[int], *, learn: Learn | None = None
    ) -> None:
        """Bring some columns up to date; let a door learn their tests given the last selected."""
        while (youngest := (ages := self._age[asked]).min(initial=len(order))) < len(order):
            behind = asked if ages.max() == youngest else asked & (self._age == youngest)
            self._fold(behind, order, learn=learn)
        # Of all of them: a criterion of one's own may hold candidates against each other.
        score = self.criterion.score(self.alone, self._folded, len(order))
        np.copyto(self.score, score, where=asked)
        self.is_behind &= ~asked

    def _can_bound(self, order: Sequence[int]) -> bool:
        """Whether bounds are known, those with the selected columns among them."""
        if self._floor is None:
            return self._falls
        is_known = self._floor.learn(order)
        if not is_known or self.criterion.best_rest(self._floor.rest) is None:
            self._floor = None
        return self._floor is not None

    def _fold(self, asked: BoolArray, order: Sequence[int], learn: Learn | None = None) -> None:
        """Merge the next term into those of some columns, which have as many."""
        age = int(self._age[asked.argmax()])
        term = self._term(asked, order, age, learn)
        self._age += asked
        if self.criterion.conditions_on == "all":
            self._age[asked] = len(order)
        is_first = age == 0 or self.criterion.conditions_on != "each"
        folded = term if is_first else self.criterion.fold(self._folded, term)
        np.copyto(self._folded, folded, where=asked)
        if self._floor is not None:
            self._floor.forget(asked, age)

    def _term(
        self, asked: BoolArray, order: Sequence[int], age: int, learn: Learn | None
    ) -> FloatArray:
        """Measure the next term of some columns, and in the same pass the tests of a door."""
        term = np.full(len(self._age), np.nan)
        looks_at_each = self.criterion.conditions_on == "each"

        def measure(pair: PairTerms) -> tuple[FloatArray | None, IndependenceTests | None]:
            # Tests first: what they count, the terms need not count again.
            tests = pair.independence if learn is not None else None
            return self.criterion.term(pair) if looks_at_each else None, tests

        if looks_at_each or learn is not None:
            for block, (own, tests) in scan(self.information, (order[age],), asked, measure):
                self.n_tables += len(block)
                if own is not None:
                    term[block] = own
                if learn is not None and tests is not None:
                    learn(order[age], block, tests)
        if self.criterion.conditions_on == "all":
            for block, own in scan(self.information, tuple(order), asked, self.criterion.term):
                self.n_tables += len(block)
                term[block] = own
        return term

    def _mask(self, columns: IntArray) -> BoolArray:
        mask = np.zeros(len(self._age), dtype=bool)
        mask[columns] = True
        return mask

    def _bound(self, columns: IntArray | slice, n_selected: int) -> FloatArray:
        """What the scores of some columns cannot exceed; exact of those that are up to date."""
        folded = self._folded[columns]
        if self._floor is not None:
            rest = self.criterion.best_rest(self._floor.rest[columns])
            is_behind = self._age[columns] < n_selected
            folded = np.where(is_behind, self.criterion.fold(folded, rest), folded)
        return self.criterion.score(self.alone[columns], folded, n_selected)

    def _has_paid(self, seconds: float, n_asked: int, n_choices: int = 1) -> bool:
        """Whether it is worth going on, by the time that scans of all that were asked for take.

        Scores that only fall part soon: of the first choices most columns had no bound yet, and
        later ones need few. Sums with a floor part ever less, as what is left to look at grows, so
        that a choice that took longer than a scan will be followed by others.
        """
        if (price := self._price) is None:
            return True
        scan_takes = n_asked * price.seconds_in_a_scan
        saved = n_choices * scan_takes - seconds
        if self._floor is not None:
            return saved >= 0
        self._saved += saved
        return self._saved >= -SCANS_TO_LOSE * scan_takes

    def _size(self, n_expected: int) -> int:
        """How many to ask for at once, if so many may be needed."""
        return min(max(self._n_together, n_expected), MOST_TIMES * self._n_together)

    def _rounded(self, columns: IntArray, n_selected: int) -> FloatArray:
        return rounded(self._bound(columns, n_selected))


class _Floor:
    """What the redundancies that were not looked at sum to at least, for every column."""

    def __init__(self, information: Bounded, n_features: int) -> None:
        self.rest = np.zeros(n_features)
        self._information = information
        self._least: list[FloatArray] = []  # with each selected column

    def learn(self, order: Sequence[int]) -> bool:
        """Add the selected columns that are new; return whether the source knows of them."""
        for selected in order[len(self._least) :]:
            least = self._information.least_redundancy(selected)
            if least is None:
                return False
            self._least.append(least - SLACK)
            self.rest += self._least[-1]
        return True

    def forget(self, asked: BoolArray, place: int) -> None:
        """Leave out the redundancy of some columns with one selected, which is known now."""
        if place < len(self._least):
            self.rest[asked] -= self._least[place][asked]


def n_together(price: Priced | None) -> int:
    """Candidates that take hardly longer than one.

    Parameters
    ----------
    price : Priced or None
        What measures them, if it knows its price.

    Returns
    -------
    int
        One, if nobody knows the price.
    """
    if price is None:
        return 1
    # Whatever threads there are: which columns are left behind must not depend on them.
    return 1 + int(SECONDS_OF_A_CALL / price.seconds)


def _refuse_wrong(chosen: Sequence[int], columns: IntArray, limits: Limits, by: str) -> None:
    """Raise if a source did not choose some of the columns that it was asked about, each once."""
    is_wrong = len(set(chosen)) < len(chosen) or len(chosen) > limits.n_choices
    place = np.minimum(columns.searchsorted(chosen), len(columns) - 1)
    if is_wrong or (len(chosen) and (columns[place] != chosen).any()):
        msg = f"{by} chose {list(chosen)}: at most {limits.n_choices} of the columns that it was "
        msg += "asked about, each once."
        raise ValueError(msg)


def _highest(bound: FloatArray, group: IntArray, size: int) -> IntArray:
    """Of some columns those of the highest bounds."""
    if len(group) <= size:
        return group
    return group[np.argpartition(-bound[group], size - 1)[:size]]
