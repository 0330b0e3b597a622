"""Tiles are laid out once each, whoever asks first."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mifs.counts.tiles
from mifs._kernels.counting import Turns, tiled
from mifs._kernels.twins import TWINS
from mifs._threads import spread_over
from mifs.counts.tiles import Tiles

CODES = np.random.default_rng(0).integers(0, 10, (330, 500), dtype=np.uint8)
needs_build = pytest.mark.skipif("tiled" not in TWINS, reason="the kernels were not built")


@needs_build
def test_only_tiles_of_the_columns_asked_for_are_laid_out(monkeypatch):
    laid_out = []

    def noted(codes, n_levels, *, which, **options):
        laid_out.extend(which.tolist())
        return tiled(codes, n_levels, which=which, **options)

    monkeypatch.setattr(mifs.counts.tiles, "tiled", noted)
    tiles = Tiles.of_codes(CODES, 10)
    assert not laid_out
    for places in ([3, 60], [70, 250], [0, 65], [329], list(range(330))):
        found = tiles.of(np.array(places))
    assert laid_out == [0, 1, 3, 5, 2, 4]
    np.testing.assert_array_equal(found, tiled(CODES, 10))


@needs_build
def test_threads_wait_for_the_tiles_that_others_have_begun():
    """All tiles that a thread asked for are there when it has its answer."""
    expected = tiled(CODES, 10)
    for seed in range(20):
        tiles, rng = Tiles.of_codes(CODES, 10), np.random.default_rng(seed)
        asked = [np.sort(rng.choice(330, 40, replace=False)) for _ in range(8)]
        with ThreadPoolExecutor(4) as pool:
            for found, places in zip(pool.map(tiles.of, asked), asked, strict=True):
                for tile in np.unique(places // 64)[:-1]:
                    size = 500 * 32
                    own = slice(tile * size, (tile + 1) * size)
                    np.testing.assert_array_equal(found[own], expected[own])


@needs_build
@pytest.mark.parametrize(("n_levels", "n_behind"), [(2, 24), (10, 0), (20, 0)])
def test_a_crew_lays_out_what_one_thread_does(n_levels, n_behind):
    """Rows of a tile at a time; four tiles of two levels share each row."""
    codes = np.random.default_rng(0).integers(0, n_levels, (200, 10_000), dtype=np.uint8)
    expected = tiled(codes, n_levels)
    for _ in range(5):
        with spread_over(3) as spread:
            tiles = Tiles.of_codes(codes, n_levels)
            found = tiles.of(np.arange(200), Turns(spread.crew(3), 3, 32))
        n_bytes = len(expected) - n_behind
        np.testing.assert_array_equal(found[:n_bytes], expected[:n_bytes])


@needs_build
def test_tiles_that_a_thread_fails_to_lay_out_are_left_to_others(monkeypatch):
    tiles = Tiles.of_codes(CODES, 10)

    def failing(*_, **__):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(mifs.counts.tiles, "tiled", failing)
        with pytest.raises(MemoryError):
            tiles.of(np.arange(64))
    found, expected = tiles.of(np.arange(330)), tiled(CODES, 10)
    np.testing.assert_array_equal(found[: 5 * 500 * 32], expected[: 5 * 500 * 32])


def test_where_a_sweep_gains_nothing_there_are_none():
    """More levels than are swept, and NumPy's kernels."""
    assert Tiles.of_codes(CODES, 40) is None
