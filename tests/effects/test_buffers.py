from __future__ import annotations

import numpy as np

from mpgraph.effects.buffers import Buffers, OutputPool


def address(array: np.ndarray) -> int:  # type: ignore[type-arg]
    return int(array.__array_interface__["data"][0])


def test_arrays_are_reused_once_nobody_refers_to_them() -> None:
    pool = OutputPool()
    first, second = pool.take((40, 50, 3)), pool.take((40, 50, 3))
    assert address(first) != address(second)
    used = address(first)
    del first
    assert address(pool.take((40, 50, 3))) == used


def test_a_view_keeps_an_array_from_being_reused() -> None:
    pool = OutputPool()
    array = pool.take((40, 50))
    part, used = array[10:, ::2], address(array)
    array.flags.writeable = False
    del array
    other = pool.take((40, 50))
    assert address(other) != used
    assert other.flags.writeable
    del part
    assert address(pool.take((40, 50))) == used


def test_arrays_of_another_size_are_given_up() -> None:
    pool = OutputPool()
    assert pool.take((2, 3)).shape == (2, 3)
    assert pool.take((3, 2), np.float32).dtype == np.float32
    assert pool.take((2, 3)).dtype == np.uint8


def test_more_arrays_than_the_pool_keeps_are_still_different() -> None:
    pool = OutputPool(size=2)
    arrays = [pool.take((5, 5)) for _ in range(6)]
    assert len({address(array) for array in arrays}) == 6


def test_buffers_are_kept_by_name_shape_and_dtype() -> None:
    buffers = Buffers()
    first = buffers.get("a", (4, 5), np.float32)
    assert buffers.get("a", (4, 5), np.float32) is first
    assert buffers.get("b", (4, 5), np.float32) is not first
    assert buffers.get("a", (4, 6), np.float32).shape == (4, 6)


def test_smaller_arrays_use_the_memory_of_larger_ones() -> None:
    buffers = Buffers()
    large = address(buffers.get("a", (40, 50, 3), np.uint8))
    small = buffers.get("a", (30, 50, 3), np.uint8)
    assert small.shape == (30, 50, 3) and small.flags.c_contiguous and address(small) == large
    assert address(buffers.get("a", (40, 50, 3), np.uint8)) == large
    assert buffers.get("a", (50, 50), np.float32).dtype == np.float32
