"""Source of terms of several outputs, one by one: the mean over them of what each alone tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

import numpy as np

from mifs._cached import cached_property
from mifs._threads import Spread
from mifs._typing import BoolArray, FloatArray, IntArray
from mifs.other_tests import OtherTests
from mifs.terms import (
    Bounded,
    Detector,
    IndependenceTests,
    Information,
    Priced,
    Source,
    Spreading,
)

SECONDS_UNKNOWN = 1e-3  # of a source that does not say: no less than that of one it is asked for


class MeanInformation:
    """Source of information about several outputs: every term is its mean over them.

    Parameters
    ----------
    sources : sequence of Source
        The same columns with each output; at least one.
    tests : callable
        Returns the source of tests: of all outputs as one joint target, of which a column that
        passes for independent is so of each.
    same_columns : bool, default=True
        Whether the sources agree on the terms without Y, so that one of them is asked; False if
        each output has cut the columns for itself.

    Notes
    -----
    The mean over outputs does not see what only several of them tell together. Terms that more
    than one property of a pair needs are measured for each anew, so that no source need hold the
    counts of all candidates at once.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        tests: Callable[[], Information],
        same_columns: bool = True,
    ) -> None:
        self.sources = sources
        self.columns_known_to = sources[:1] if same_columns else sources
        self.n_features = sources[0].n_features
        self.n_samples = sources[0].n_samples
        self.is_corrected = all(source.is_corrected for source in sources)
        self._make_tests = tests
        self._spread: Spread = map

    def relevance(self) -> FloatArray:
        """Mean of I(X; Y) over the outputs Y, of every column, in nats."""
        return self._relevance

    @cached_property
    def _relevance(self) -> FloatArray:
        return mean_of(source.relevance() for source in self.sources)

    def detection(self) -> FloatArray:
        """Mean over the outputs of what ranks the columns if each is looked at alone."""
        return mean_of(
            source.detection() if isinstance(source, Detector) else source.relevance()
            for source in self.sources
        )

    @property
    def seconds(self) -> float:
        """About how long the terms of one candidate take, by all sources."""
        return sum(s.seconds if isinstance(s, Priced) else SECONDS_UNKNOWN for s in self.sources)

    @property
    def seconds_in_a_scan(self) -> float:
        """The same for each where most columns are asked for at once."""
        return sum(
            s.seconds_in_a_scan if isinstance(s, Priced) else SECONDS_UNKNOWN for s in self.sources
        )

    @property
    def spread(self) -> Spread:
        """Applies a function to blocks of columns; setting it sets that of the sources."""
        return self._spread

    @spread.setter
    def spread(self, spread: Spread) -> None:
        self._spread = spread
        for source in self.sources:
            if isinstance(source, Spreading):
                source.spread = spread

    def least_redundancy(self, selected: int) -> FloatArray | None:
        """What the mean of I(X; W) cannot fall below; None if a source does not know."""
        sources = [s for s in self.columns_known_to if isinstance(s, Bounded)]
        if len(sources) < len(self.columns_known_to):
            return None
        known = [s.least_redundancy(selected) for s in sources]
        least = [one for one in known if one is not None]
        return mean_of(least) if len(least) == len(known) else None

    def independence(self) -> IndependenceTests:
        """Tests of whether each column is independent of all outputs jointly."""
        return self.tests.independence()

    @cached_property
    def tests(self) -> Information:
        """The source of tests."""
        return self._make_tests()

    def remarks(self, columns: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """What casts doubt on the relevance of some columns with any output, each said once."""
        about: dict[int, tuple[str, ...]] = {}
        for source in self.sources:
            for column, sentences in source.remarks(columns).items():
                about[column] = tuple(dict.fromkeys((*about.get(column, ()), *sentences)))
        return about

    def pair(
        self, selected: tuple[int, ...], candidates: BoolArray
    ) -> Iterator[tuple[IntArray, MeanTerms]]:
        """Terms of the candidates with the joint variable of the selected columns."""
        columns = np.flatnonzero(candidates)
        if columns.size:
            yield columns, MeanTerms(self, selected, columns)


class MeanTerms:
    """Terms of some candidates X with the selected variable W, each a mean over the outputs Y.

    The sources give their blocks as they like, cut differently for outputs of few and of many
    classes; what is kept is one number a column.
    """

    def __init__(
        self, source: MeanInformation, selected: tuple[int, ...], columns: IntArray
    ) -> None:
        self._source = source
        self._selected = selected
        self._columns = columns

    @property
    def relevance(self) -> FloatArray:
        """I(X; Y)."""
        return self._source.relevance()[self._columns]

    @cached_property
    def selected_relevance(self) -> float:
        """I(W; Y)."""
        return self._of_selected("selected_relevance", self._source.sources)

    @cached_property
    def conditional_relevance(self) -> FloatArray:
        """I(X; Y | W)."""
        return self._mean("conditional_relevance", self._source.sources)

    @property
    def joint_relevance(self) -> FloatArray:
        """I(X, W; Y), by the chain rule."""
        return self.selected_relevance + self.conditional_relevance

    @cached_property
    def redundancy(self) -> FloatArray:
        """I(X; W)."""
        return self._mean("redundancy", self._source.columns_known_to)

    @cached_property
    def conditional_redundancy(self) -> FloatArray:
        """I(X; W | Y)."""
        return self._mean("conditional_redundancy", self._source.sources)

    @cached_property
    def plug_in_redundancy(self) -> FloatArray:
        """I(X; W) without any correction."""
        return self._mean("plug_in_redundancy", self._source.columns_known_to)

    @cached_property
    def entropy(self) -> FloatArray:
        """H(X)."""
        return self._mean("entropy", self._source.columns_known_to)

    @cached_property
    def selected_entropy(self) -> float:
        """H(W)."""
        return self._of_selected("selected_entropy", self._source.columns_known_to)

    @cached_property
    def joint_entropy(self) -> FloatArray:
        """H(X, W, Y)."""
        return self._mean("joint_entropy", self._source.sources)

    @cached_property
    def independence(self) -> IndependenceTests:
        """Tests of whether X is independent of all outputs jointly given W."""
        return self._tests.independence()

    def settled(self, level: float, rng: np.random.Generator, *, always: bool) -> tuple[float, str]:
        """P-value of the first candidate, made sure of where it stands near `level`, and how."""
        return self._tests.settled(level, rng, always=always)

    @property
    def _tests(self) -> OtherTests:
        return OtherTests(self._source.tests, self._selected, self._columns)

    def _mean(self, term: str, sources: Sequence[Source]) -> FloatArray:
        """Mean of a term over sources, in the order of the candidates."""
        return mean_of(self._of(term, source, self._columns) for source in sources)

    def _of_selected(self, term: str, sources: Sequence[Source]) -> float:
        """Mean of a term that all candidates share, asked of one of them."""
        return float(mean_of(self._of(term, source, self._columns[:1]) for source in sources)[0])

    def _of(self, term: str, source: Source, columns: IntArray) -> FloatArray:
        """One term by one source, in the order of some columns."""
        wanted = np.zeros(source.n_features, dtype=bool)
        wanted[columns] = True
        values = np.empty(source.n_features)
        for block, pair in source.pair(self._selected, wanted):
            values[block] = attrgetter(term)(pair)
        return values[columns]


def mean_of(terms: Iterable[FloatArray]) -> FloatArray:
    """Mean of some arrays, the same to the last digit in whichever order they come.

    Parameters
    ----------
    terms : iterable of ndarray of shape (n_candidates,)
        One array for each output; at least one.

    Returns
    -------
    ndarray of shape (n_candidates,)
        The mean over outputs.
    """
    return np.sort(np.stack(list(terms)), axis=0).mean(axis=0)
