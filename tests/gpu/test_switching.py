from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from mpgraph.gpu import switching


@pytest.fixture(autouse=True)
def default_interval() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    yield
    sys.setswitchinterval(before)


def test_it_is_short_from_the_first_graph_to_the_last() -> None:
    switching.begin()
    switching.begin()
    assert sys.getswitchinterval() == pytest.approx(switching.INTERVAL)
    switching.end()
    assert sys.getswitchinterval() == pytest.approx(switching.INTERVAL)
    switching.end()
    assert sys.getswitchinterval() == pytest.approx(0.005)


def test_a_shorter_one_stays() -> None:
    sys.setswitchinterval(0.0001)
    switching.begin()
    assert sys.getswitchinterval() == pytest.approx(0.0001)
    switching.end()
    assert sys.getswitchinterval() == pytest.approx(0.0001)


def test_what_somebody_else_sets_meanwhile_stays() -> None:
    switching.begin()
    sys.setswitchinterval(0.002)
    switching.end()
    assert sys.getswitchinterval() == pytest.approx(0.002)
