"""The definitions, written straight from the formulas: the specification of the fast code.

Everything takes columns of any hashable values. `term` is the estimate of one information: the
plug-in, or the plug-in less its mean by chance as scikit-learn computes it.
"""

import math
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import numpy as np
from scipy.special import xlogy
from scipy.stats import hypergeom
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information


def entropy(*columns):
    """H of the joint variable of some columns, in nats."""
    rows = list(zip(*columns, strict=True))
    n = len(rows)
    return -sum(c / n * math.log(c / n) for c in Counter(rows).values())


def plug_in(x, y):
    """I(X; Y) = H(X) + H(Y) - H(X, Y)."""
    return entropy(x) + entropy(y) - entropy(x, y)


def less_chance(x, y):
    """I(X; Y) less its mean over all tables with the same margins."""
    table = contingency_matrix(x, y)
    return mutual_info_score(x, y) - expected_mutual_information(table, len(x))


def conditional(term, x, y, z):
    """I(X; Y | Z), each stratum of Z with its own estimate."""
    x, y, z = map(np.asarray, (x, y, z))
    return sum(np.mean(z == level) * term(x[z == level], y[z == level]) for level in np.unique(z))


def ratio(information, entropy):
    """Information over entropy; where there is no entropy there is no information."""
    return information / entropy if entropy > 0 else 0.0


def joint(columns):
    """One label for each row of some columns."""
    return np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1]


class Terms:
    """Every term of one candidate with the selected columns, by the chosen estimate."""

    def __init__(self, term, x, y, selected):
        self.term, self.x, self.y, self.selected = term, x, y, selected

    @property
    def relevance(self):
        return self.term(self.x, self.y)

    def given(self, w):
        return conditional(self.term, self.x, self.y, w)

    def redundancy(self, w):
        return self.term(self.x, w)

    def conditional_redundancy(self, w):
        return conditional(self.term, self.x, w, self.y)

    def joint_relevance(self, w):
        return self.term(w, self.y) + self.given(w)

    def sum(self, of):
        return sum(of(w) for w in self.selected)

    def least(self, of):
        return min(of(w) for w in self.selected)

    def normalised(self, w):
        return ratio(self.joint_relevance(w), entropy(self.x, w, self.y))


def _dcsf(t):
    def of(w):
        return t.given(w) + (t.joint_relevance(w) - t.relevance) - t.redundancy(w)

    return t.sum(of)


def _iwfs(t):
    def of(w):
        both = entropy(t.x) + entropy(w)
        return (1 + ratio(2 * t.redundancy(w), both)) * (1 + ratio(t.given(w) - t.relevance, both))

    return math.prod(of(w) for w in t.selected)


# Where a formula has a bracket I(X; W) - I(X; W | Y), it is written on the target's side: the
# same for the plug-in, and one null hypothesis for the corrected estimate.
CRITERIA = {
    "mim": lambda t: t.relevance,
    "mifs": lambda t: t.relevance - t.sum(t.redundancy),
    "mrmr": lambda t: t.relevance - t.sum(t.redundancy) / len(t.selected),
    "jmi": lambda t: t.sum(t.joint_relevance),
    "jmim": lambda t: t.least(t.joint_relevance),
    "njmim": lambda t: t.least(t.normalised),
    "disr": lambda t: t.sum(t.normalised),
    "cmim": lambda t: min(t.relevance, t.least(t.given)),
    "cife": lambda t: t.relevance + t.sum(lambda w: t.given(w) - t.relevance),
    "icap": lambda t: t.relevance - t.sum(lambda w: max(0, t.relevance - t.given(w))),
    "condred": lambda t: t.relevance + t.sum(t.conditional_redundancy),
    "betagamma": lambda t: t.relevance - t.sum(t.redundancy) + t.sum(t.conditional_redundancy),
    "cmi": lambda t: conditional(t.term, t.x, t.y, joint(t.selected)),
    "cfr": lambda t: t.sum(lambda w: t.given(w) + (t.given(w) - t.relevance)),
    "dcsf": _dcsf,
    "mri": lambda t: (
        t.relevance + 2 / (len(t.selected) + 1) * t.sum(lambda w: t.given(w) - t.relevance)
    ),
    "iwfs": _iwfs,
}


def expected_information(a, b, m):
    """Mean of K log(K / mu) - K + mu, K hypergeometric(m, a, b), mu = a b / m."""
    k, mu = np.arange(min(a, b) + 1), a * b / m
    return (hypergeom.pmf(k, m, a, b) * (xlogy(k, k / mu) - k + mu)).sum()


def interpolated_information(a, b, m):
    """The same of real margins: one draw rounds each of them up or down to a whole one."""
    margins = [Fraction(float(x)) for x in (a, b, m)]
    up_from = [1 - x + math.floor(x) for x in margins]
    mean = 0.0
    for start, end in pairwise(sorted({Fraction(0), Fraction(1), *up_from})):
        whole = [math.floor(x) + (start >= u) for x, u in zip(margins, up_from, strict=True)]
        if min(whole) > 0:
            mean += float(end - start) * expected_information(*whole)
    return mean
