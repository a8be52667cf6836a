from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.effects.matte import fitted, hard_matte, mask_image, soft_matte


def test_matte_edge_follows_the_image_edge(
    disc_image: npt.NDArray[np.uint8], disc_mask: npt.NDArray[np.float32]
) -> None:
    off_by_three = np.roll(disc_mask, 3, axis=1)
    matte = soft_matte(disc_image, off_by_three)
    person = disc_image[..., 0] > 110
    wrong_before = ((off_by_three > 0.5) != person).mean()
    wrong_after = ((matte > 127) != person).mean()
    assert wrong_before > 0.01
    assert wrong_after < 0.5 * wrong_before


def test_confident_mask_values_saturate_in_the_matte() -> None:
    flat = np.full((64, 64, 3), 90, np.uint8)
    for value, low, high in ((0.1, 0, 0), (0.95, 255, 255), (0.5, 60, 200)):
        matte = soft_matte(flat, np.full((64, 64), value, np.float32))
        assert low <= matte.min() and matte.max() <= high


@pytest.mark.parametrize("size", [(1, 1), (333, 517), (720, 1280)])
def test_any_size_gives_a_matte_of_that_size(size: tuple[int, int]) -> None:
    matte = soft_matte(np.zeros((*size, 3), np.uint8), np.ones(size, np.float32))
    assert matte.shape == size and matte.dtype == np.uint8 and matte.min() == 255


def test_hard_matte_is_opaque_only_above_the_threshold() -> None:
    mask = np.array([[0.0, 0.5, 0.500001, 1.0]], np.float32)
    assert hard_matte(mask, 0.5).tolist() == [[0, 0, 255, 255]]


def test_mask_image_saturates() -> None:
    mask = np.array([[-0.1, 0.0, 0.5, 1.0, 1.2]], np.float32)
    assert mask_image(mask).tolist() == [[0, 0, 128, 255, 255]]


@pytest.mark.parametrize(
    ("size", "side", "result"),
    [((1280, 720), 512, (512, 288)), ((100, 50), 512, (100, 50)), ((9000, 1), 90, (90, 1))],
)
def test_fitting_keeps_proportions_and_never_enlarges(
    size: tuple[int, int], side: int, result: tuple[int, int]
) -> None:
    assert fitted(*size, side) == result
