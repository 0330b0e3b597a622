"""Generators of samples whose information is known: for tests, lessons and checks of your own."""

from mifs.datasets.classes import (
    make_disc_labels,
    make_gaussian_classes,
    make_labels,
    make_quadrants,
    make_uniform_classes,
)
from mifs.datasets.continuous import (
    make_disc,
    make_gamma_exponential,
    make_normal_pair,
    make_normal_sum,
    make_student_pair,
    make_uniform_noise,
)
from mifs.datasets.curves import (
    make_absolute,
    make_cosine,
    make_normal_mixture,
    make_product,
)
from mifs.datasets.discrete import make_chain, make_channel, make_conjunction, make_parity
from mifs.datasets.known import KnownSample
from mifs.datasets.mixtures import (
    make_atom_mixture,
    make_exponential_poisson,
    make_genotype,
    make_integer_uniform,
    make_sign_xor,
    make_zero_inflated_classes,
)

__all__ = [
    "KnownSample",
    "make_absolute",
    "make_atom_mixture",
    "make_chain",
    "make_channel",
    "make_conjunction",
    "make_cosine",
    "make_disc",
    "make_disc_labels",
    "make_exponential_poisson",
    "make_gamma_exponential",
    "make_gaussian_classes",
    "make_genotype",
    "make_integer_uniform",
    "make_labels",
    "make_normal_mixture",
    "make_normal_pair",
    "make_normal_sum",
    "make_parity",
    "make_product",
    "make_quadrants",
    "make_sign_xor",
    "make_student_pair",
    "make_uniform_classes",
    "make_uniform_noise",
    "make_zero_inflated_classes",
]
