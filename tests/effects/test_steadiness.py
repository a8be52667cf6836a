from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.effects.steadiness import SteadyMask

SCENE: Any = np.random.default_rng(2).integers(40, 200, (90, 160, 3), np.uint8)


def mask_of(value: float) -> Any:
    return np.full((90, 160), value, np.float32)


def test_the_first_mask_passes_unchanged() -> None:
    mask = mask_of(0.3)
    assert SteadyMask().next(mask, SCENE) is mask


def test_what_rests_keeps_its_mask() -> None:
    steady = SteadyMask(keep=0.9)
    steady.next(mask_of(0.2), SCENE)
    assert steady.next(mask_of(0.8), SCENE)[45, 80] == pytest.approx(0.26, abs=1e-3)


def test_where_nobody_has_looked_nothing_rests() -> None:
    before, after = mask_of(0.2), mask_of(0.8)
    before[:, :40] = after[:, 120:] = 0
    for unknown, expected in ((True, (0.8, 0)), (False, (0.08, 0.18))):
        steady = SteadyMask(keep=0.9, zero_is_unknown=unknown)
        steady.next(before, SCENE)
        result = steady.next(after, SCENE)
        assert (result[45, 20], result[45, 140]) == pytest.approx(expected, abs=1e-3)
        assert result[45, 80] == pytest.approx(0.26, abs=1e-3)


def test_what_moves_follows_at_once() -> None:
    steady = SteadyMask()
    steady.next(mask_of(0.2), SCENE)
    moved = SCENE.copy()
    moved[:, :80] = np.random.default_rng(3).integers(40, 200, (90, 80, 3))
    result = steady.next(mask_of(0.8), moved)
    assert result[45, 40] == pytest.approx(0.8, abs=0.02)
    assert result[45, 140] == pytest.approx(0.26, abs=1e-3)


def test_colors_of_equal_brightness_are_motion() -> None:
    steady = SteadyMask()
    steady.next(mask_of(0.2), np.full_like(SCENE, (200, 40, 40)))
    green = np.full_like(SCENE, (40, 122, 40))
    assert steady.next(mask_of(0.8), green).mean() == pytest.approx(0.8, abs=0.02)


def test_brightness_that_changes_everywhere_is_no_motion() -> None:
    steady = SteadyMask()
    steady.next(mask_of(0.2), SCENE)
    brighter = (SCENE * np.float32(1.2)).astype(np.uint8)
    assert steady.next(mask_of(0.8), brighter).mean() < 0.35


def test_what_moves_takes_its_mask_along() -> None:
    smooth = cv2.resize(SCENE[:23, :40], (160, 90), interpolation=cv2.INTER_CUBIC)
    before = mask_of(0)
    before[30:60, 50:90] = 1
    steady = SteadyMask(keep=0.9)
    steady.next(before, smooth)
    result = steady.next(mask_of(0), np.roll(smooth, 4, axis=1))
    assert result[45, 92] > 0.5 and result[45, 51] < 0.4 and result[45, 70] > 0.6


def test_the_previous_mask_stays_where_it_is_held() -> None:
    held = mask_of(0)
    held[:, 80:], held[:, 70:80] = 1, 0.5
    steady = SteadyMask(keep=0)
    steady.next(mask_of(0.6), SCENE)
    result = steady.next(0.2 * (1 - held), SCENE, held)
    assert (result[45, 20], result[45, 75], result[45, 140]) == pytest.approx((0.2, 0.4, 0.6), abs=1e-2)


def test_noise_averages_out() -> None:
    random = np.random.default_rng(5)
    steady = SteadyMask()
    changes: list[Any] = []
    for _ in range(30):
        noisy = (mask_of(0.5) + random.normal(0, 0.1, (90, 160))).astype(np.float32)
        image = np.clip(SCENE + random.normal(0, 2, SCENE.shape), 0, 255).astype(np.uint8)
        changes.append(steady.next(noisy, image).copy())
    assert np.abs(np.diff(changes[10:], axis=0)).mean() < 0.02


@pytest.mark.parametrize("other", [255 - SCENE, SCENE[:, ::-1]])
def test_a_cut_starts_again(other: Any) -> None:
    steady = SteadyMask()
    steady.next(mask_of(0.2), SCENE)
    result = steady.next(mask_of(0.8), np.ascontiguousarray(other))
    assert result.mean() == pytest.approx(0.8, abs=0.02)


def test_another_size_starts_again() -> None:
    steady = SteadyMask()
    steady.next(mask_of(0.2), SCENE)
    smaller = mask_of(0.8)[:45]
    assert (steady.next(smaller, SCENE[:45]) == smaller).all()
