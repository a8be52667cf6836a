from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.effects.looking import Look, LookOut

STILL = np.random.default_rng(0).integers(60, 90, (180, 320, 3), np.uint8)


def looks(images: list[Any], every: int = 15, motion: float = 24, mask: Any = None) -> list[Look]:
    look_out = LookOut(every, motion)
    return [look_out.decide(image, mask) for image in images]


def test_looks_at_first_and_then_every_so_often() -> None:
    found = looks([STILL] * 12, every=5)
    assert found[0] is Look.AFRESH
    assert [i for i, look in enumerate(found) if look is Look.YES] == [5, 10]


def test_looks_when_something_moves_where_nobody_is_known() -> None:
    moved = STILL.copy()
    moved[60:120, 100:160] = 250
    assert looks([STILL, STILL, moved])[2] is Look.YES
    assert looks([STILL, STILL, moved], motion=0)[2] is Look.NO
    people = np.zeros((180, 320), np.float32)
    people[50:130, 90:170] = 1
    assert looks([STILL, STILL, moved], mask=people)[2] is Look.NO


def test_motion_everywhere_does_not_cost_a_look_a_frame() -> None:
    random = np.random.default_rng(1)
    images: list[Any] = [
        np.kron(random.integers(60, 160, (18, 32, 3)), np.ones((10, 10, 1))).astype(np.uint8)
        for _ in range(100)
    ]
    found = looks(images)
    assert 8 <= sum(look is not Look.NO for look in found) <= 15


def test_cuts_and_new_sizes_start_afresh() -> None:
    assert looks([STILL, STILL, 255 - STILL])[2] is Look.AFRESH
    assert looks([STILL, STILL[:90]])[1] is Look.AFRESH


def test_a_camera_that_adapts_is_no_cut() -> None:
    brighter = (STILL.astype(int) + 60).astype(np.uint8)
    assert looks([STILL, STILL, brighter])[2] is not Look.AFRESH
