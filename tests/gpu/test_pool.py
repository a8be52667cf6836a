from __future__ import annotations

import gc
from typing import Any

from mpgraph.gpu import pool
from mpgraph.gpu.pool import Made, Pool, Slot

KEY = ("buffer", 100)


def make(key: tuple[Any, ...]) -> Made:
    return Made(object(), object(), key[1])


def test_what_came_back_is_used_again() -> None:
    memory = Pool(make)
    first = memory.take(KEY, 1)
    second = memory.take(KEY, 1)
    assert first is not second and memory.made == 2
    memory.release(first)
    assert memory.take(KEY, 1) is first and memory.made == 2


def test_other_sizes_are_made() -> None:
    memory = Pool(make)
    memory.release(memory.take(KEY, 1))
    assert memory.take(("buffer", 200), 1).size == 200 and memory.made == 2


def test_the_host_must_not_write_what_recorded_commands_still_use() -> None:
    memory = Pool(make)
    used = memory.take(KEY, 1)
    memory.release(used)
    assert memory.take(KEY, 1, host_writes=True) is not used
    assert memory.take(KEY, 2, host_writes=True) is used  # submitted meanwhile


def test_kernels_may_write_it_at_once() -> None:
    memory = Pool(make)
    used = memory.take(KEY, 1)
    memory.release(used)
    assert memory.take(KEY, 1) is used


def test_what_was_unused_longest_is_given_up(monkeypatch: Any) -> None:
    monkeypatch.setattr(pool, "MAX_FREE_BYTES", 250)
    memory = Pool(make)
    slots = [memory.take(KEY, 1) for _ in range(3)]
    for slot in slots:
        memory.release(slot)
    taken = {memory.take(KEY, 1) for _ in range(3)}
    assert slots[0] not in taken and set(slots[1:]) < taken and memory.made == 4


def test_clear_gives_up_all_that_is_free() -> None:
    memory = Pool(make)
    kept, freed = memory.take(KEY, 1), memory.take(KEY, 1)
    memory.release(freed)
    memory.clear(1)
    assert memory.take(KEY, 1) is not freed
    memory.release(kept)
    assert memory.take(KEY, 1) is kept


def test_cycles_of_garbage_give_back_whole_slots() -> None:
    class Payload:
        def __init__(self, memory: Pool) -> None:
            self.slot: Slot = memory.take(KEY, 1)
            self.memory = memory
            self.itself = self

        def __del__(self) -> None:
            self.memory.release(self.slot)

    memory = Pool(make)
    Payload(memory)
    gc.collect()
    assert memory.take(KEY, 1).resource is not None and memory.made == 1
