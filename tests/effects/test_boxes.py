from __future__ import annotations

import pytest

from mpgraph.effects.boxes import Box, union, whole_view


def test_size() -> None:
    assert (Box(1, 2, 4, 8).width, Box(1, 2, 4, 8).height) == (3, 6)


def test_what_is_inside_an_image() -> None:
    assert Box(-5, 2, 4, 80).inside(100, 50) == (0, 2, 4, 50)
    assert Box(-5, 60, -1, 80).inside(100, 50) == (0, 50, 0, 50)


def test_a_share_of_the_way() -> None:
    assert Box(0, 0, 10, 10).towards(Box(4, 0, 10, 20), 0.25) == (1, 0, 10, 12.5)


def test_unions() -> None:
    one = Box(0, 5, 2, 9)
    assert union(None, None) is None
    assert union(one, None) is one and union(None, one) is one
    assert union(one, Box(1, 1, 4, 4)) == one.united_with(Box(1, 1, 4, 4)) == (0, 1, 4, 9)


def test_the_view_of_the_whole() -> None:
    assert whole_view(1280, 720) == (0, 0, 1280, 720)
    tall = whole_view(90, 160)
    assert (tall.top, tall.bottom) == (0, 160) and tall.width / 160 == pytest.approx(16 / 9)
