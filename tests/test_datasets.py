"""The truths that generators state, against published tables, sampling and each other."""

import numpy as np
import pytest
from scipy.stats import entropy, kendalltau

from mifs import datasets

HALF_DIGIT = 5.1e-10  # the tables print nine digits

# Closed forms and integrals that were checked by grid doubling and by Monte Carlo; in nats.
INFORMATION = [
    ("make_channel", {}, 0.368064207),
    ("make_channel", {"transition": [[0.75, 0.25], [0.25, 0.75]]}, 0.130812036),
    ("make_channel", {"transition": [[0.7, 0.0, 0.3], [0.0, 0.7, 0.3]]}, 0.485203026),
    ("make_channel", {"transition": [[1.0, 0.0], [0.5, 0.5]]}, 0.215761554),
    ("make_channel", {"transition": np.eye(5) * 0.75 + 0.05}, 0.831776617),
    ("make_parity", {}, 0.693147181),
    ("make_parity", {"flip": 0.1}, 0.368064207),
    ("make_parity", {"n_bits": 3}, 0.693147181),
    ("make_conjunction", {}, 0.562335145),
    ("make_chain", {}, 0.368064207),
    ("make_normal_pair", {"correlation": 0.1}, 0.005025168),
    ("make_normal_pair", {"correlation": 0.3}, 0.047155340),
    ("make_normal_pair", {"correlation": 0.5}, 0.143841036),
    ("make_normal_pair", {"correlation": 0.6}, 0.223143551),
    ("make_normal_pair", {"correlation": 0.9}, 0.830365603),
    ("make_normal_pair", {"correlation": 0.99}, 1.958517774),
    ("make_normal_pair", {"correlation": 0.999}, 3.107554112),
    ("make_normal_sum", {}, 0.549306144),
    ("make_uniform_noise", {"half_width": 0.1}, 1.709437912),
    ("make_uniform_noise", {"half_width": 0.75}, 0.333333333),
    ("make_gamma_exponential", {}, 0.139910052),
    ("make_gamma_exponential", {"parameter": "mean"}, 0.128466022),
    ("make_disc", {}, 0.144729886),
    ("make_student_pair", {}, 0.224171428),
    ("make_student_pair", {"df": 3.0, "correlation": 0.6}, 0.265554962),
    ("make_gaussian_classes", {}, 0.336830820),
    ("make_gaussian_classes", {"means": (-0.5, 0.5)}, 0.111421482),
    ("make_gaussian_classes", {"means": (-2, 2)}, 0.632720194),
    ("make_gaussian_classes", {"priors": (0.1, 0.9)}, 0.142020406),
    ("make_gaussian_classes", {"means": (0, 0), "scales": (1, 3)}, 0.186494019),
    (
        "make_gaussian_classes",
        {
            "means": (0.4, 0.5, 0.8),
            "scales": (0.2, 0.3, 0.25),
            "priors": np.array([0.2, 1.0, 0.5]) / 1.7,
        },
        0.142263775,
    ),
    ("make_uniform_classes", {}, 0.101108918),
    ("make_integer_uniform", {}, 1.054920168),
    ("make_integer_uniform", {"n_integers": 10}, 1.678752630),
    ("make_atom_mixture", {}, 1.292362086),
    ("make_exponential_poisson", {}, 0.301244773),
    ("make_exponential_poisson", {"extra_zeros": 0.15}, 0.229775959),
    ("make_labels", {}, 0.231138302),
    ("make_labels", {"slope": 1.0, "intercept": -2.0}, 0.054164485),
    ("make_labels", {"slope": 0.8 / 0.6, "link": "probit"}, 0.266581376),
    ("make_sign_xor", {}, 0.804718956),
    ("make_quadrants", {}, 0.368064207),
    ("make_disc_labels", {}, 0.693147181),
    ("make_product", {}, 0.733202207),
    ("make_cosine", {}, 1.154235763),
    ("make_cosine", {"periods": 5}, 1.154235763),
    ("make_absolute", {}, 0.897861393),
    ("make_genotype", {}, 0.202443097),
    ("make_zero_inflated_classes", {}, 0.103287037),
    (
        "make_normal_mixture",
        {"means": [(-1, -1), (2, 0.5)], "correlations": (0.6, -0.4)},
        0.326809487,
    ),
    ("make_normal_mixture", {}, 0.408442550),
]
RELEVANCE = [
    ("make_parity", {"n_bits": 3}, (0.0, 0.0, 0.0)),
    ("make_conjunction", {}, (0.215761554, 0.215761554)),
    ("make_chain", {}, (0.221753694, 0.368064207)),
    ("make_normal_sum", {}, (0.202732554, 0.202732554)),
    ("make_sign_xor", {}, (0.390105967, 0.0)),
    ("make_quadrants", {}, (0.0, 0.0)),
    ("make_disc_labels", {}, (0.234245157, 0.234245157)),
    ("make_product", {}, (0.151846353, 0.151846353)),
]
GENERATORS = sorted(set(datasets.__all__) - {"KnownSample"})


def made(name, n_samples=5, random_state=0, **options):
    return getattr(datasets, name)(n_samples, random_state=random_state, **options)


@pytest.mark.parametrize(("name", "options", "nats"), INFORMATION)
def test_the_information_is_that_of_the_table(name, options, nats):
    assert made(name, **options).information == pytest.approx(nats, abs=HALF_DIGIT)


@pytest.mark.parametrize(("name", "options", "nats"), RELEVANCE)
def test_the_relevance_of_each_feature_is_that_of_the_table(name, options, nats):
    assert made(name, **options).relevance == pytest.approx(nats, abs=HALF_DIGIT)


@pytest.mark.parametrize(
    ("name", "nats"),
    [("make_conjunction", 0.346573590), ("make_normal_sum", 0.346573590), ("make_chain", 0.0)],
)
def test_the_conditional_relevance_follows_by_the_chain_rule(name, nats):
    assert made(name).conditional_relevance[0] == pytest.approx(nats, abs=1e-9)


@pytest.mark.parametrize("name", GENERATORS)
def test_every_generator_gives_paired_finite_samples_that_a_seed_repeats(name):
    first, second, other = made(name, 50), made(name, 50), made(name, 50, random_state=1)
    assert first.X.shape == (50, len(first.relevance))
    assert first.y.shape == (50,)
    assert np.isfinite(first.X).all()
    assert np.isfinite(first.y).all()
    np.testing.assert_array_equal(first.X, second.X)
    np.testing.assert_array_equal(first.y, second.y)
    assert not np.array_equal(first.X, other.X) or not np.array_equal(first.y, other.y)
    assert all(0 <= nats <= first.information for nats in first.relevance)


@pytest.mark.parametrize("correlation", [-0.7, 0.0, 0.5])
def test_samples_of_a_normal_pair_have_the_correlation_asked_for(correlation):
    sample = made("make_normal_pair", 20_000, correlation=correlation)
    found = kendalltau(sample.X[:, 0], sample.y).statistic
    # Kendall's tau of normal variables; its standard error is below 2 / (3 sqrt(n)) = 0.005
    assert found == pytest.approx(2 / np.pi * np.arcsin(correlation), abs=4 * 0.005)


@pytest.mark.parametrize("name", ["make_channel", "make_parity", "make_conjunction", "make_chain"])
def test_discrete_samples_share_what_is_stated(name):
    sample = made(name, 200_000)
    codes = sample.X @ (2 ** np.arange(sample.X.shape[1]))
    joint = np.histogram2d(codes, sample.y, bins=(np.arange(9) - 0.5, np.arange(9) - 0.5))[0]
    margins = entropy(joint.sum(axis=0)) + entropy(joint.sum(axis=1))
    # the spread of a plug-in value is below 1 / sqrt(n) = 0.0022 nats
    assert margins - entropy(joint.ravel()) == pytest.approx(sample.information, abs=0.009)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("make_normal_pair", {"correlation": 1.0}),
        ("make_parity", {"flip": 1.5}),
        ("make_cosine", {"noise": 0.0}),
        ("make_student_pair", {"df": -1.0}),
    ],
)
def test_a_parameter_out_of_range_is_named_with_its_value(name, options):
    ((parameter, value),) = options.items()
    with pytest.raises(ValueError, match=f"{parameter}.*{value}"):
        made(name, **options)


def test_flipping_half_of_the_labels_leaves_nothing():
    assert made("make_quadrants", flip=0.5).information == pytest.approx(0.0, abs=1e-15)
    assert made("make_quadrants", flip=0.0).information == pytest.approx(np.log(2))
