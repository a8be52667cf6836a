from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from mpgraph.cli.frames.overlap import overlapped


def test_items_come_in_order_through_all_steps() -> None:
    def slow_for_even(value: int) -> int:
        time.sleep(0.002 * (value % 2 == 0))
        return value + 1

    assert list(overlapped(range(20), slow_for_even, lambda value: value * 10)) == [
        10 * (value + 1) for value in range(20)
    ]


def test_no_items() -> None:
    assert list(overlapped([], str)) == []


def test_none_is_an_item_like_any_other() -> None:
    assert list(overlapped([None, 1, None], lambda value: value)) == [None, 1, None]


def test_steps_work_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=10)

    def meet(value: int) -> int:
        meeting.wait()
        return value

    # The two steps wait for each other: possible only while both have a frame.
    source = iter(range(4))
    made = overlapped(
        source, lambda value: meet(value) if value else value, lambda v: meet(v) if v < 3 else v
    )
    assert list(made) == [0, 1, 2, 3]


def test_only_a_few_items_are_taken_ahead() -> None:
    taken = 0

    def count() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    with closing(overlapped(count(), lambda value: value, depth=3)) as results:
        next(results)
        time.sleep(0.02)
        assert taken <= 4


@pytest.mark.parametrize("broken", ["source", "step"])
def test_errors_arrive_at_their_place(broken: str) -> None:
    def source() -> Iterator[int]:
        yield from range(3)
        if broken == "source":
            raise ValueError("here")

    def step(value: int) -> int:
        if broken == "step" and value == 2:
            raise ValueError("here")
        return value

    seen: list[int] = []
    with pytest.raises(ValueError, match="here"):
        seen.extend(overlapped(source(), step))
    got = overlapped(source(), step)
    assert [next(got), next(got)] == [0, 1]
    got.close()


def test_closing_waits_for_the_threads() -> None:
    before = threading.active_count()
    results = overlapped(iter(range(100)), lambda value: value, lambda value: value)
    next(results)
    assert threading.active_count() > before
    results.close()
    assert threading.active_count() == before
