from __future__ import annotations

import zlib
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.image.sampling import (
    BORDER_REPLICATE,
    BORDER_ZERO,
    SamplingMap,
    affine_map,
    nearest_perspective_map,
    perspective_map,
)

Array = npt.NDArray[Any]


def noise(height: int, width: int, channels: int = 3) -> Array:
    values = np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, channels))
    return values.astype(np.uint8)


def sampled_slowly(image: Array, x: int, y: int, border: int) -> list[int]:
    """The pixel at x/32, y/32, bilinear with weights of 15 bits, like OpenCV's for bytes."""

    def pixel(row: int, column: int) -> Array:
        if border == BORDER_REPLICATE:
            row, column = np.clip(row, 0, image.shape[0] - 1), np.clip(column, 0, image.shape[1] - 1)
        elif not (0 <= row < image.shape[0] and 0 <= column < image.shape[1]):
            return np.zeros(image.shape[2], np.int64)
        return image[row, column].astype(np.int64)

    column, row, right, down = x >> 5, y >> 5, x & 31, y & 31
    total = (
        pixel(row, column) * (32 - right) * (32 - down)
        + pixel(row, column + 1) * right * (32 - down)
        + pixel(row + 1, column) * (32 - right) * down
        + pixel(row + 1, column + 1) * right * down
    )
    return ((total * 32 + (1 << 14)) >> 15).tolist()


@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    target=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    center=st.tuples(st.floats(-5, 45, width=32), st.floats(-5, 45, width=32)),
    box=st.tuples(st.floats(1, 60, width=32), st.floats(1, 60, width=32)),
    rotation=st.floats(-4, 4, width=32),
    border=st.sampled_from([BORDER_ZERO, BORDER_REPLICATE]),
)
@settings(max_examples=40)
def test_rotated_rectangle_is_sampled_at_its_geometric_positions(
    size: tuple[int, int],
    target: tuple[int, int],
    center: tuple[float, float],
    box: tuple[float, float],
    rotation: float,
    border: int,
) -> None:
    image = noise(*size)
    width, height = target
    rect = RotatedRect.of(*center, *box, rotation)
    sampling = perspective_map(rect.onto(width, height), width, height)
    result = sampling.sample(image, border)
    assert result.shape == (height, width, 3)
    assert sampling.fraction is not None
    x = sampling.whole[..., 0].astype(int) * 32 + (sampling.fraction & 31)
    y = sampling.whole[..., 1].astype(int) * 32 + (sampling.fraction >> 5)
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    along = (columns / width - 0.5) * box[0]
    across = (rows / height - 0.5) * box[1]
    np.testing.assert_allclose(
        x / 32, center[0] + np.cos(rotation) * along - np.sin(rotation) * across, atol=0.017
    )
    np.testing.assert_allclose(
        y / 32, center[1] + np.sin(rotation) * along + np.cos(rotation) * across, atol=0.017
    )
    for row, column in [(0, 0), (height - 1, width - 1), (height // 2, width // 3)]:
        assert result[row, column].tolist() == sampled_slowly(
            image, int(x[row, column]), int(y[row, column]), border
        )


def test_corners_are_mapped_to_corners_without_a_half_pixel() -> None:
    whole = RotatedRect.of(320, 180, 640, 360)
    sampling = perspective_map(whole.onto(64, 36), 64, 36)
    assert sampling.whole[0, 0].tolist() == [0, 0]
    assert sampling.whole[-1, -1].tolist() == [630, 350]
    assert sampling.fraction is not None and not sampling.fraction.any()


# The checksums below are those of `ramp` warped by cv2.warpPerspective and cv2.warpAffine of OpenCV 4.11.


def ramp(height: int, width: int, channels: int) -> Array:
    values = (np.arange(height * width * channels) * 37) % 251
    return values.astype(np.uint8).reshape(height, width, channels)


def test_perspective_equals_opencv_4() -> None:
    source = np.array([[5, 50], [11, 7], [40, 3], [44, 55]], np.float32)
    target = np.array([[0, 40], [0, 0], [90, 0], [90, 40]], np.float32)
    sampling = perspective_map(cv2.getPerspectiveTransform(source, target), 90, 40)
    assert zlib.crc32(sampling.sample(ramp(61, 47, 3), BORDER_ZERO).tobytes()) == 2891937145


@pytest.mark.parametrize(("width", "checksum"), [(333, 3756828714), (517, 2509456726), (1000, 2018920124)])
def test_ties_between_two_32nds_equal_opencv_4(width: int, checksum: int) -> None:
    # width · 32 / 256 · x is a tie for many x; the order of the sums decides which way it is rounded.
    rect = RotatedRect.of(width / 2, 8, width, 16)
    sampling = perspective_map(rect.onto(256, 16), 256, 16)
    assert zlib.crc32(sampling.sample(ramp(16, width, 1), BORDER_ZERO).tobytes()) == checksum


def test_rotation_equals_opencv_4() -> None:
    rotation = cv2.getRotationMatrix2D((23.5, 30.5), 33, 1.0)
    assert (
        zlib.crc32(affine_map(rotation, 47, 61).sample(ramp(61, 47, 3), BORDER_ZERO).tobytes()) == 2582370794
    )


def test_nearest_maps_pixel_centers_to_pixel_centers() -> None:
    image = noise(20, 30)
    rect = RotatedRect.of(15, 10, 6, 4)
    cut = nearest_perspective_map(rect.onto(6, 4), 6, 4).sample(image, BORDER_ZERO)
    assert (cut == image[8:12, 12:18]).all()


def test_affine_map_shifts_by_whole_pixels() -> None:
    image = noise(5, 6)
    shift = np.array([[1.0, 0, 2], [0, 1, -1]])
    moved = affine_map(shift, 6, 5).sample(image, BORDER_ZERO)
    assert (moved[:4, 2:] == image[1:, :4]).all()
    assert not moved[:, :2].any() and not moved[4:].any()


def test_singular_matrix_samples_one_position() -> None:
    flat = affine_map(np.zeros((2, 3)), 3, 2)
    assert isinstance(flat, SamplingMap)
    assert not flat.whole.any()
