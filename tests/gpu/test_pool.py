from __future__ import annotations

import gc
from typing import Any

import pytest

from mpgraph.gpu.context import GpuMemory
from mpgraph.gpu.pool import MAX_FREE_BYTES, Pool

KEY = ("buffer", 256)


class Finalizable:
    """Like an object of wgpu: of no use once its finalizer has run."""

    def __init__(self) -> None:
        self.ended = False

    def __del__(self) -> None:
        self.ended = True


@pytest.fixture
def pool() -> Any:
    return Pool(lambda key: (Finalizable(), None, key[1]))


def test_returned_slot_is_reused(pool: Any) -> None:
    first, other = pool.take(KEY, 1), pool.take(KEY, 1)
    pool.release(first)
    assert pool.take(("buffer", 512), 1) is not first
    assert pool.take(KEY, 1) is first and first is not other
    assert pool.created == 3


def test_host_writes_avoid_slots_that_unsubmitted_commands_use(pool: Any) -> None:
    slot = pool.take(KEY, 1)
    pool.release(slot)
    assert pool.take(KEY, 1, host_writes=True) is not slot
    assert pool.take(KEY, 2, host_writes=True) is slot


def test_payload_in_a_reference_cycle_returns_a_working_slot(pool: Any) -> None:
    payload = GpuMemory(pool, pool.take(KEY, 1))
    cycle: list[Any] = [payload]
    cycle.append(cycle)
    del payload, cycle
    gc.collect()
    slot = pool.take(KEY, 2)
    assert pool.created == 1 and not slot.resource.ended


def test_longest_unused_slot_is_given_up_first(pool: Any) -> None:
    half = MAX_FREE_BYTES // 2
    slots = [pool.take(("buffer", half), 1), pool.take(("buffer", half), 1), pool.take(KEY, 1)]
    for submission, slot in enumerate(slots, 1):
        pool.release(slot)
        pool.take(("buffer", 1), submission)
    resources = [slot.resource for slot in slots]
    del slots, slot
    assert pool.take(("buffer", half), 9).resource is resources[1]
    assert pool.take(KEY, 9).resource is resources[2]
    assert pool.take(("buffer", half), 9).resource is not resources[0]


def test_clear_gives_up_all_free_slots(pool: Any) -> None:
    slot = pool.take(KEY, 1)
    pool.release(slot)
    pool.clear(1)
    assert pool.take(KEY, 2) is not slot
