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


def test_motion_everywhere_is_usual_but_somebody_who_enters_is_not() -> None:
    random = np.random.default_rng(1)
    images: list[Any] = [STILL.copy() for _ in range(60)]
    for i, image in enumerate(images):
        image[:10] = np.kron(random.integers(60, 160, (1, 32, 3)), np.ones((10, 10, 1)))
        image[60:, max(20 * (i - 40), 0) : max(20 * (i - 39), 0)] = 250
    found = looks(images, every=1000)
    assert sum(look is Look.YES for look in found[:40]) <= 3
    entering = [i for i, look in enumerate(found[40:]) if look is Look.YES]
    assert entering[0] <= 1 and len(entering) >= 2


def test_looks_run_out() -> None:
    flashing: list[Any] = [STILL.copy() for _ in range(200)]
    for i in range(10, 200, 4):
        flashing[i][60:120, 100:160] = 250
    found = looks(flashing, every=1000)
    assert 3 <= sum(look is Look.YES for look in found) <= 3 + 200 / 20


def test_cuts_and_new_sizes_start_afresh() -> None:
    assert looks([STILL, STILL, 255 - STILL])[2] is Look.AFRESH
    assert looks([STILL, STILL[:90]])[1] is Look.AFRESH


def test_a_camera_that_adapts_is_no_cut() -> None:
    brighter = (STILL.astype(int) + 60).astype(np.uint8)
    assert looks([STILL, STILL, brighter])[2] is not Look.AFRESH
