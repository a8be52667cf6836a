from __future__ import annotations

from typing import Any

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
