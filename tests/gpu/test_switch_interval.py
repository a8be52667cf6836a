from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from mpgraph.gpu import switch_interval


@pytest.fixture(autouse=True)
def default_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    yield
    sys.setswitchinterval(before)


def test_interval_is_short_from_the_first_graph_to_the_last() -> None:
    switch_interval.acquire()
    switch_interval.acquire()
    assert sys.getswitchinterval() == pytest.approx(switch_interval.INTERVAL)
    switch_interval.release()
    assert sys.getswitchinterval() == pytest.approx(switch_interval.INTERVAL)
    switch_interval.release()
    assert sys.getswitchinterval() == pytest.approx(0.005)


def test_shorter_interval_is_kept() -> None:
    sys.setswitchinterval(0.0001)
    switch_interval.acquire()
    assert sys.getswitchinterval() == pytest.approx(0.0001)
    switch_interval.release()
    assert sys.getswitchinterval() == pytest.approx(0.0001)


def test_interval_set_by_the_application_meanwhile_is_kept() -> None:
    switch_interval.acquire()
    sys.setswitchinterval(0.002)
    switch_interval.release()
    assert sys.getswitchinterval() == pytest.approx(0.002)
