from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mpgraph.effects.motion import Carrier, Motion


def scene(width: int = 320, height: int = 180) -> Any:
    noise = np.random.default_rng(4).integers(64, 192, (23, 40, 3), np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def shifted(image: Any, right: int, down: int) -> Any:
    move = np.array([[1, 0, right], [0, 1, down]], float)
    size = image.shape[1], image.shape[0]
    return cv2.warpAffine(image, move, size, borderMode=cv2.BORDER_REPLICATE)


def test_the_first_image_has_no_motion() -> None:
    motion = Motion()
    assert motion.next(scene()) is None
    assert motion.next(scene()) is not None
    motion.forget()
    assert motion.next(scene()) is None


def test_after_a_cut_there_is_no_motion() -> None:
    motion = Motion()
    motion.next(scene())
    other = np.zeros_like(scene())
    other[:, 160:] = 255
    assert motion.next(other) is None
    assert motion.next(other) is not None


def test_what_rests_stays_where_it_is() -> None:
    motion = Motion()
    motion.next(scene())
    field = motion.next(scene())
    assert field is not None and not field.any()
    mask = np.random.default_rng(1).random((180, 320)).astype(np.float32)
    [carried] = Carrier().carried(field, np.s_[:90, 160:], mask)
    assert (carried == mask[:90, 160:]).all()


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (90, 90)])
@pytest.mark.parametrize("move", [(6, 0), (-3, 4)])
def test_what_moves_is_carried_along(size: tuple[int, int], move: tuple[int, int]) -> None:
    before = scene(*size)
    after = shifted(before, *move)
    mask = np.zeros(before.shape[:2], np.float32)
    mask[40:70, 30:60] = 1
    motion = Motion()
    motion.next(before)
    field = motion.next(after)
    assert field is not None
    image, carried = Carrier().carried(field, np.s_[:, :], cv2.cvtColor(before, cv2.COLOR_RGB2RGBA), mask)
    image = image[..., :3]
    [part] = Carrier().carried(field, np.s_[20:80, 10:], mask)
    assert (part == carried[20:80, 10:]).all()
    inside = slice(16, -16), slice(16, -16)
    assert np.abs(carried - shifted(mask, *move))[inside].mean() < 0.02
    assert cv2.absdiff(image, after)[inside].mean() < 0.5 * cv2.absdiff(before, after)[inside].mean()


def test_brightness_that_changes_is_no_motion() -> None:
    motion = Motion()
    motion.next(scene())
    field = motion.next((scene() * np.float32(0.85)).astype(np.uint8))
    assert field is not None and not field.any()
    assert motion.gain == pytest.approx(0.85, abs=0.01)


def test_brightness_is_the_same_when_somebody_bright_comes_in() -> None:
    motion, after = Motion(), scene()
    motion.next(scene())
    after[:, :100] = 255
    motion.next(after)
    assert motion.gain == pytest.approx(1, abs=0.01)
