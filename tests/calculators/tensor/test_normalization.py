from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.tensor.normalization import Normalization
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.protos import message_class

BYTES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4) * 11


def normalization(**options: Any) -> Normalization:
    return Normalization.from_options(message_class("mediapipe.TensorConverterCalculatorOptions")(**options))


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        ({}, -1, 1),
        ({"zero_center": False}, 0, 1),
        ({"output_tensor_float_range": {"min": -3.5, "max": 7}}, -3.5, 7),
        ({"use_custom_normalization": True, "custom_div": 127.5, "custom_sub": 1}, -1, 1),
        ({"use_custom_normalization": True, "custom_div": 1, "custom_sub": 0}, 0, 255),
    ],
)
def test_ranges(options: dict[str, Any], low: float, high: float) -> None:
    scaling = normalization(**options)
    assert (scaling.low, scaling.high) == (low, high)
    expected = BYTES[..., :3] * ((high - low) / 255) + low
    np.testing.assert_allclose(scaling.floats(ImageFrame.wrap(BYTES.copy())), expected, rtol=1e-6, atol=1e-6)


def test_float_pixels_are_also_divided_by_255() -> None:
    frame = ImageFrame.wrap(np.array([[0, 255, 510]], np.float32))
    assert normalization(zero_center=False).floats(frame).ravel().tolist() == [0, 1, 2]


@pytest.mark.parametrize(("kept", "expected"), [(1, 1), (3, 3), (4, 4)])
def test_channels_beyond_the_limit_are_dropped(kept: int, expected: int) -> None:
    frame = ImageFrame.wrap(BYTES.copy())
    assert (normalization(max_num_channels=kept).pixels(frame) == BYTES[..., :expected]).all()


def test_gray_images_keep_a_channel_axis_and_rows_can_be_flipped() -> None:
    frame = ImageFrame.wrap(BYTES[..., 0].copy())
    flipped = normalization(flip_vertically=True).pixels(frame)
    assert flipped.shape == (2, 3, 1) and (flipped[..., 0] == BYTES[::-1, :, 0]).all()
    assert flipped.flags.c_contiguous


@pytest.mark.parametrize(("row_major", "expected"), [(False, [1, 4, 2, 5, 3, 6]), (True, [1, 2, 3, 4, 5, 6])])
def test_matrices_are_stored_column_by_column_by_default(row_major: bool, expected: list[float]) -> None:
    values = normalization(row_major_matrix=row_major).matrix(Matrix([[1, 2, 3], [4, 5, 6]]))
    assert values.shape == (2, 3, 1) and values.ravel().tolist() == expected


def test_unsupported_formats_are_refused() -> None:
    with pytest.raises(ValueError, match="Unsupported CPU input format GRAY16"):
        normalization().floats(ImageFrame.wrap(np.zeros((2, 2), np.uint16)))
