"""Names that try to be code, markup, another direction or a terminal's command."""

import numpy as np
import pandas as pd

from mifs import rank_features

CORPUS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "{{71*89}}{% raw %}",
    "&lt;b&gt;",
    "javascript:alert(1)",
    "`|*_[x](y)",
    "\u202eabc\u202c\u200f",
    "a\x00b",
    "\x1b[31mred\x07\r\n",
    "\u2028b",
    "x" * 10_000,
    "' onmouseover='alert(1)",
    "宽的名字",
]


def hostile_report():
    """Report of a table whose names, levels, classes and parameters are all the corpus."""
    rng = np.random.default_rng(0)
    levels = np.array(CORPUS, dtype=object)
    y = rng.integers(0, len(CORPUS), 600)
    X = pd.DataFrame({name: rng.integers(0, 2, 600) for name in CORPUS[1:]})
    X.insert(0, CORPUS[0], levels[(y + rng.integers(0, 3, 600)) % len(CORPUS)])
    target = pd.Series(levels[y], name=CORPUS[1])
    return rank_features(X, target, include=CORPUS[1:3], n_features_to_select="all")
