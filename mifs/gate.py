"""The gate: which candidates may enter at a stated error rate, and what stands in the others' way.

A candidate may enter if it is significant on its own and given each column chosen before it. Fix
for every column X one hypothesis: X is independent of the target, or is so given one column s(X).
Both tests of X are fixed in advance, so the chance that any X enters whose hypothesis is true is
at most the sum of their levels, whatever the path, the criterion, and the dependence among columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from scipy.stats import false_discovery_control

from mifs._typing import BoolArray, FloatArray, IntArray, StrArray
from mifs.pair_scan import Pair, refuse_many_pairs, significant_pairs
from mifs.search import best_of, count_of
from mifs.terms import IndependenceTests, Information

GATE_SHARE, CONTEXT_SHARE, PAIR_SHARE = 0.5, 0.25, 0.25  # of alpha, with interactions
# Where the two smooth tails agree, the exact one was at most 13 times larger: a p-value so far
# below a level needs no other method, the first where a table is not two by two. Where they
# disagree, there is no such bound.
SMOOTH_DOUBT, DOUBT, FAR_TAIL = 30.0, 1000.0, 1e-30
ALONE = -1  # in the place of a column: the test without a condition
Stage = Literal["gate", "context", "pair", "included", "not tested"]
METHOD = "<U13"  # room for the longest name of a method


@dataclass(frozen=True)
class Gate:
    """What must be shown before a column may enter.

    Parameters
    ----------
    alpha : float, default=0.05
        Error rate of the whole selection.
    error_control : {"fwer", "fdr"}, default="fwer"
        "fwer": the chance that any column enters without reason is at most `alpha`. "fdr": of the
        columns that enter, the expected share that tell nothing alone is.
    interactions : bool, default=False
        Whether to go on, when no column may enter by itself, with columns that tell something
        given two, and with pairs that tell something together. Half of `alpha` is kept for it.
    confirm : bool or "auto", default="auto"
        Whether p-values of what is about to enter are drawn from random tables: always, never
        beyond what is exact, or where the smooth tail is not to be trusted.
    min_features : int, default=1
        Columns to choose though none may enter; without a promise.
    """

    alpha: float = 0.05
    error_control: Literal["fwer", "fdr"] = "fwer"
    interactions: bool = False
    confirm: bool | Literal["auto"] = "auto"
    min_features: int = 1


@dataclass(frozen=True, eq=False)
class GateRecord:
    """What the gate found: the tests of every column, and which of them blocked it.

    Attributes
    ----------
    alpha : float
        Error rate of the whole selection.
    error_control : {"fwer", "fdr"}
        What the rate is of.
    interactions : bool
        Whether contexts of two columns and pairs were tried.
    confirm : bool or "auto"
        Whether what was about to enter was made sure of.
    level : float
        What each p-value of the gate was held against.
    is_screened : ndarray of bool of shape (n_features,)
        Whether each column was significant alone.
    n_tested : int
        Columns that were candidates.
    pvalue_alone : ndarray of shape (n_features,)
        P-value of each column's independence of the target.
    pvalue_given : ndarray of shape (n_features,)
        Largest p-value of it given one column chosen before; nan if it was never asked.
    given : ndarray of int of shape (n_features,)
        The column of that test; -1 where there is none.
    method_alone, method_given : ndarray of str of shape (n_features,)
        How the p-values were found: "exact", "three-moment" or "random tables".
    doubt_alone, doubt_given : ndarray of bool of shape (n_features,)
        Whether the p-value is analytic, and two approximations of it differ by more than a
        factor 3.
    stage : tuple of str
        How each chosen column entered, in order: "gate", "context", "pair", "included", or "not
        tested" for those that were taken though none might enter.
    """

    alpha: float
    error_control: str
    interactions: bool
    confirm: bool | Literal["auto"]
    level: float
    n_tested: int
    is_screened: BoolArray
    pvalue_alone: FloatArray
    pvalue_given: FloatArray
    given: IntArray
    method_alone: StrArray
    method_given: StrArray
    doubt_alone: BoolArray
    doubt_given: BoolArray
    stage: tuple[Stage, ...]

    def partner(self, step: int) -> int | None:
        """Return the step, from 0, that chose the other column of a pair; None without one."""
        if step >= len(self.stage) or self.stage[step] != "pair":
            return None
        is_first = self.stage[:step].count("pair") % 2 == 0
        return step + 1 if is_first else step - 1

    def __repr__(self) -> str:
        """Say how many columns entered by their tests, of how many; the arrays are attributes."""
        n_entered = sum(stage not in ("included", "not tested") for stage in self.stage)
        rate = f"{self.error_control} {self.alpha:g}"
        return f"GateRecord({n_entered} of {self.n_tested}, {rate})"


class GatedDoor:
    """The door of one search: it keeps, for every column, the test that stands most in its way.

    Parameters
    ----------
    gate : Gate
        What must be shown.
    information : Information
        What knows the tests.
    candidates : ndarray of bool of shape (n_features,)
        Columns that may be chosen, and are tested.
    rng : numpy.random.Generator
        Where random tables come from.
    """

    learns: ClassVar[bool] = True

    def __init__(
        self,
        gate: Gate,
        information: Information,
        candidates: BoolArray,
        rng: np.random.Generator,
    ) -> None:
        self.gate, self.information, self.candidates, self.rng = gate, information, candidates, rng
        tests = information.independence()
        n_features = len(tests.pvalue)
        self.alone, self.method_alone = tests.pvalue.copy(), tests.method.astype(METHOD)
        self.given = np.full(n_features, np.nan)
        self.given_by = np.full(n_features, ALONE)
        self.method_given = np.full(n_features, "", dtype=METHOD)
        self.doubt_alone = tests.disagreement.copy()
        self.doubt_given = np.zeros(n_features, dtype=bool)
        self.n_tested = max(1, int(candidates.sum()))
        self.stages: list[Stage] = []
        self.interactions = Interactions(self) if gate.interactions else None
        self.alpha = gate.alpha * (GATE_SHARE if gate.interactions else 1.0)
        self.is_screened, self.level = self._screen()
        # Of every column, alone and given each chosen one: whether no other method could turn the
        # test. Then it is not asked for again.
        is_smooth = tests.method == "three-moment"  # more levels or classes than two
        self._sure_below = self.level / np.where(is_smooth, SMOOTH_DOUBT, DOUBT)
        self._beyond_doubt = {ALONE: self._is_beyond_doubt(tests, np.arange(n_features))}

    def _screen(self) -> tuple[BoolArray, float]:
        """Return which columns are significant alone, and the level of the other tests."""
        if self.gate.error_control == "fwer":
            level = self.alpha / self.n_tested
            return self.candidates & (self.alone <= level), level
        screened = self.candidates.copy()
        screened[screened] = false_discovery_control(self.alone[screened]) <= self.alpha
        return screened, self.alpha / max(1, int(screened.sum()))

    def hopeful(self, is_open: BoolArray, order: Sequence[int]) -> BoolArray:
        """Columns that nothing stands in the way of yet.

        All that are open, while interactions are looked for or some must be taken untested.
        """
        if self.interactions is not None or len(order) < self.gate.min_features:
            return is_open
        return is_open & self._may_enter()

    def admit(self, scores: FloatArray, is_open: BoolArray, order: Sequence[int]) -> Sequence[int]:
        """Give the best of the columns that may enter, once its tests are made sure of."""
        while (may_enter := self._may_enter() & is_open).any():
            best = best_of(scores, may_enter)
            if self._is_settled(best, order):
                self.stages.append("gate")
                return (best,)
        if self.interactions is not None:
            columns, stage = self.interactions.admit(is_open, order)
            if columns:
                self.stages += [stage] * len(columns)
                return columns
        if len(order) < self.gate.min_features and is_open.any():
            self.stages.append("not tested")
            return (best_of(scores, is_open),)
        return ()

    def is_closed(self, is_open: BoolArray, order: Sequence[int]) -> bool:
        """Whether nothing can enter, whatever the next scan would tell."""
        return not self.hopeful(is_open, order).any()

    def learn(self, selected: int, columns: IntArray, tests: IndependenceTests) -> None:
        """Test the candidates given the column that was chosen last; keep the worst p-value."""
        sure = self._beyond_doubt.setdefault(selected, np.zeros(len(self.alone), dtype=bool))
        sure[columns] = self._is_beyond_doubt(tests, columns)
        is_worse = ~(tests.pvalue <= self.given[columns])  # true of nan, the first time
        worse = columns[is_worse]
        self.given[worse], self.given_by[worse] = tests.pvalue[is_worse], selected
        self.method_given[worse] = tests.method[is_worse]
        self.doubt_given[worse] = tests.disagreement[is_worse]

    def why(self, is_open: BoolArray, order: Sequence[int]) -> str:
        """Say that no other column may enter, or that none might."""
        rate = f"at {self.gate.error_control} {self.gate.alpha:g}"
        n_taken = self.stages.count("not tested")
        left = "no other may enter" if is_open.any() or n_taken else "none is left"
        if n_taken == len(self.stages):
            left = "no column may enter"
        taken = f"; {count_of(n_taken)} taken all the same, as asked" if n_taken else ""
        return f"{count_of(len(order))} chosen: {left} {rate}{taken}."

    def record(self, order: Sequence[int]) -> GateRecord:
        """Return what was found, once the search has ended."""
        included: list[Stage] = ["included"] * (len(order) - len(self.stages))
        return GateRecord(
            alpha=self.gate.alpha,
            error_control=self.gate.error_control,
            interactions=self.gate.interactions,
            confirm=self.gate.confirm,
            level=self.level,
            n_tested=self.n_tested,
            is_screened=self.is_screened,
            pvalue_alone=self.alone,
            pvalue_given=self.given,
            given=self.given_by,
            method_alone=self.method_alone,
            method_given=self.method_given,
            doubt_alone=self.doubt_alone,
            doubt_given=self.doubt_given,
            stage=(*included, *self.stages),
        )

    def settled(self, column: int, given: tuple[int, ...], level: float) -> tuple[float, str]:
        """P-value of a column given some others, made sure of near a level, and how."""
        only = np.arange(len(self.alone)) == column
        ((_, pair),) = self.information.pair(given, only)
        if self.gate.confirm is False:
            return float(pair.independence.pvalue[0]), str(pair.independence.method[0])
        return pair.settled(level, self.rng, always=self.gate.confirm is True)

    def _is_beyond_doubt(self, tests: IndependenceTests, columns: IntArray) -> BoolArray:
        return tests.pvalue < np.where(tests.disagreement, FAR_TAIL, self._sure_below[columns])

    def _may_enter(self) -> BoolArray:
        return self.is_screened & ~(self.given > self.level)

    def _is_settled(self, column: int, order: Sequence[int]) -> bool:
        """Make sure of every test of a column that is about to enter; note the one that fails."""
        if self.gate.confirm is False:
            return True
        is_sure = self.gate.confirm == "auto" and self._beyond_doubt[ALONE][column]
        if self.gate.error_control == "fwer" and not is_sure:
            pvalue, method = self.settled(column, (), self.level)
            self.alone[column], self.method_alone[column] = pvalue, method
            self.doubt_alone[column] &= method == "three-moment"
            if pvalue > self.level:
                self.is_screened[column] = False
                return False
        for selected in order:
            if self.gate.confirm == "auto" and self._beyond_doubt[selected][column]:
                continue
            pvalue, method = self.settled(column, (selected,), self.level)
            is_worst = pvalue > self.given[column]
            if is_worst or self.given_by[column] == selected:
                self.given[column], self.given_by[column] = pvalue, selected
                self.method_given[column] = method
                self.doubt_given[column] &= method == "three-moment"
            if pvalue > self.level:
                return False
        return True


class Interactions:
    """What may enter when no column may by itself: columns given two, and pairs.

    Half of alpha is the gate's, a quarter each is for these two stages. Contexts share theirs: the
    first chosen column by itself has half, and each as one of two 1/6, 1/12, 1/20, ..., which sum
    to the other half.
    """

    def __init__(self, door: GatedDoor) -> None:
        self.door = door
        remedy = "Exclude columns, or leave interactions=False."
        refuse_many_pairs(door.n_tested, door.information.n_samples, remedy=remedy)
        self._context: dict[int, FloatArray] = {}
        self._paired: list[int] = []  # chosen columns whose pairs have been conditions
        self._pairs: list[Pair] | None = None

    def admit(self, is_open: BoolArray, order: Sequence[int]) -> tuple[Sequence[int], Stage]:
        """Give a column that tells something given two, or else a pair that does together."""
        if order and is_open.any():
            column = self._of_context(is_open, order)
            if column is not None:
                return (column,), "context"
        return self._of_pairs(is_open, order), "pair"

    def _of_context(self, is_open: BoolArray, order: Sequence[int]) -> int | None:
        """Column of the smallest p-value in some context, if that is small enough."""
        self._extend_context(is_open, order)
        level = CONTEXT_SHARE * self.door.gate.alpha / self.door.n_tested
        weights = context_weights(len(order))
        weighted = np.stack([self._context[c] for c in order]) * weights[:, None]
        weighted[:, ~is_open] = np.inf
        while weighted.min() <= level:
            t, column = (int(v) for v in np.unravel_index(weighted.argmin(), weighted.shape))
            others: list[tuple[int, ...]] = [(order[t], w) for w in order if w != order[t]]
            others = others or [(order[t],)]
            own_level = level / float(weights[t])
            if all(self.door.settled(column, g, own_level)[0] <= own_level for g in others):
                return column
            weighted[t, column] = np.inf
        return None

    def _extend_context(self, is_open: BoolArray, order: Sequence[int]) -> None:
        """Keep, for each chosen column c, the largest p-value given c and one other chosen."""
        if len(order) == 1:
            self._context = {order[0]: self._given((order[0],), is_open)}
            return
        for c in order[len(self._paired) :]:
            self._context[c] = np.zeros(len(is_open))
            for w in self._paired:
                # A column that failed in both contexts once need not be asked again.
                level = CONTEXT_SHARE * self.door.gate.alpha / self.door.n_tested
                alive = (self._context[c] <= level) | (self._context[w] <= level)
                pvalue = self._given((c, w), is_open & alive)
                for member in (c, w):
                    np.maximum(self._context[member], pvalue, out=self._context[member])
            self._paired.append(c)

    def _given(self, selected: tuple[int, ...], is_open: BoolArray) -> FloatArray:
        pvalue = np.ones(len(is_open))
        for columns, pair in self.door.information.pair(selected, is_open):
            pvalue[columns] = pair.independence.pvalue
        return pvalue

    def _of_pairs(self, is_open: BoolArray, order: Sequence[int]) -> Sequence[int]:
        """Pair of the smallest p-value that also tells something given each chosen column."""
        n = self.door.n_tested
        level = PAIR_SHARE * self.door.gate.alpha / max(1, n * (n - 1) // 2)
        if self._pairs is None:
            silent = is_open & (self.door.alone > self.door.level)
            self._pairs = significant_pairs(self.door.information, silent, level)
        for *_, i, j in self._pairs:
            if not (is_open[i] and is_open[j]):
                continue
            tests = [
                (a, (b, *w)) for a, b in ((i, j), (j, i)) for w in [(), *((s,) for s in order)]
            ]
            if all(self.door.settled(a, given, level)[0] <= level for a, given in tests):
                return (i, j)
        return ()


def context_weights(n_chosen: int) -> IntArray:
    """Divisors of the level of each chosen column as a context.

    Parameters
    ----------
    n_chosen : int
        Number of chosen columns, at least 1.

    Returns
    -------
    ndarray of int of shape (n_chosen,)
        2 for one column by itself; 6, 12, 20, ... for each as one of two. The inverses of all that
        can ever be used sum to one.

    Examples
    --------
    >>> context_weights(1), context_weights(3)
    (array([2]), array([ 6, 12, 20]))
    """
    place = np.arange(2, n_chosen + 2)
    return np.array([2]) if n_chosen == 1 else place * (place + 1)
