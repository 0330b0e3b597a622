"""Tiles are laid out once each, whoever asks first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import mifs.counts.tiles
from mifs._kernels.counting import tiled
from mifs._kernels.twins import TWINS
from mifs.counts.tiles import Tiles

CODES = np.random.default_rng(0).integers(0, 10, (330, 500), dtype=np.uint8)
needs_build = pytest.mark.skipif("tiled" not in TWINS, reason="the kernels were not built")


@needs_build
def test_only_tiles_of_the_columns_asked_for_are_laid_out(monkeypatch):
    laid_out = []

    def noted(codes, n_levels, *, which, into=None):
        laid_out.extend(which.tolist())
        return tiled(codes, n_levels, which=which, into=into)

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
def test_threads_lay_out_bits_side_by_side():
    """Four tiles of two levels share each row, and threads begin them at once."""
    expected = tiled(CODES % 2, 2)[:-24]
    for _ in range(20):
        tiles = Tiles.of_codes(CODES % 2, 2)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(tiles.of, np.arange(0, 330, 64)[:, None]))
        np.testing.assert_array_equal(found[0][:-24], expected)


@needs_build
def test_tiles_that_a_thread_fails_to_lay_out_are_left_to_others(monkeypatch):
    """They wait for it, and not for ever."""
    tiles = Tiles.of_codes(CODES, 10)
    begun, waited_for = threading.Event(), threading.Event()

    def failing(codes, n_levels, *, which, into):
        if threading.current_thread().name == "fails":
            begun.set()
            assert waited_for.wait(30)
            raise MemoryError
        waited_for.set()  # by who has laid out the others by now, or is about to
        return tiled(codes, n_levels, which=which, into=into)

    def fail():
        with pytest.raises(MemoryError):
            tiles.of(np.arange(64))

    monkeypatch.setattr(mifs.counts.tiles, "tiled", failing)
    thread = threading.Thread(target=fail, name="fails")
    thread.start()
    assert begun.wait(30)
    found, expected = tiles.of(np.arange(330)), tiled(CODES, 10)
    thread.join()
    np.testing.assert_array_equal(found[: 5 * 500 * 32], expected[: 5 * 500 * 32])


def test_where_a_sweep_gains_nothing_there_are_none():
    """More levels than are swept, and NumPy's kernels."""
    assert Tiles.of_codes(CODES, 40) is None
