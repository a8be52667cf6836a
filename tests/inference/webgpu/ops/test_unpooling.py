from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InferenceError

Array = npt.NDArray[Any]
SAME, VALID = 1, 2


def options(padding: int, stride: int, kernel: int) -> bytes:
    return struct.pack("<5i", padding, stride, stride, kernel, kernel)


def pooled(picture: Array, stride: int, kernel: int, pad: int, out: tuple[int, int]) -> tuple[Array, Array]:
    """Maxima and their places, from the definition."""
    _, height, width, channels = picture.shape
    most, places = np.zeros((1, *out, channels), np.float32), np.zeros((1, *out, channels), np.float32)
    for y, x, c in np.ndindex(*out, channels):
        window = {
            ky * kernel + kx: picture[0, y * stride - pad + ky, x * stride - pad + kx, c]
            for ky, kx in np.ndindex(kernel, kernel)
            if 0 <= y * stride - pad + ky < height and 0 <= x * stride - pad + kx < width
        }
        places[0, y, x, c] = max(window, key=lambda place: window[place])
        most[0, y, x, c] = window[int(places[0, y, x, c])]
    return most, places


@pytest.mark.parametrize(
    ("size", "channels", "stride", "kernel", "padding", "pad", "out"),
    [
        ((8, 6), 8, 2, 2, SAME, 0, (4, 3)),
        ((7, 5), 5, 2, 2, SAME, 0, (4, 3)),
        ((7, 5), 3, 2, 3, SAME, 1, (4, 3)),
        ((7, 5), 4, 1, 3, VALID, 0, (5, 3)),
    ],
)
def test_maxima_and_their_places(
    compare: Any,
    noise: Any,
    size: tuple[int, int],
    channels: int,
    stride: int,
    kernel: int,
    padding: int,
    pad: int,
    out: tuple[int, int],
) -> None:
    picture = noise(1, *size, channels) - 5
    model = compare.build(
        "MaxPoolingWithArgmax2D",
        [picture],
        outputs=[(1, 1, 1, 1)] * 2,
        custom_options=options(padding, stride, kernel),
    )
    for got, wanted in zip(
        compare.gpu(model, [picture]), pooled(picture, stride, kernel, pad, out), strict=True
    ):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize(("stride", "kernel"), [(2, 2), (3, 2), (3, 3), (1, 1)])
def test_values_go_back_to_their_places(compare: Any, noise: Any, stride: int, kernel: int) -> None:
    values = noise(1, 4, 3, 6)
    places = np.random.default_rng(1).integers(0, kernel**2, values.shape)
    wanted = np.zeros((1, 4 * stride, 3 * stride, 6), np.float32)
    for y, x, c in np.ndindex(4, 3, 6):
        ky, kx = divmod(int(places[0, y, x, c]), kernel)
        wanted[0, y * stride + ky, x * stride + kx, c] = values[0, y, x, c]
    inputs = [values, places.astype(np.float32)]
    model = compare.build("MaxUnpooling2D", inputs, custom_options=options(VALID, stride, kernel))
    (got,) = compare.gpu(model, inputs)
    np.testing.assert_array_equal(got, wanted)


def test_windows_that_overlap(compare: Any) -> None:
    """Windows of three, two apart: the middle column belongs to both, and the later one counts."""
    values = np.array([[[[1], [2]]]], np.float32)
    inputs = [values, np.array([[[[2], [0]]]], np.float32)]
    model = compare.build("MaxUnpooling2D", inputs, custom_options=options(VALID, 2, 3))
    (got,) = compare.gpu(model, inputs)
    assert got[0, :, :, 0].tolist() == [[0, 0, 2, 0], [0, 0, 0, 0]]


def test_options_that_make_no_sense_are_told(compare: Any, noise: Any) -> None:
    model = compare.build("MaxUnpooling2D", [noise(1, 2, 2, 4)] * 2, custom_options=b"1234")
    with pytest.raises(InferenceError, match="options are not five integers"):
        compare.gpu(model, [noise(1, 2, 2, 4)] * 2)
    model = compare.build("MaxUnpooling2D", [noise(1, 2, 2, 4)] * 2, custom_options=options(3, 1, 1))
    with pytest.raises(InferenceError, match=r"options are \(3, 1, 1, 1, 1\)"):
        compare.gpu(model, [noise(1, 2, 2, 4)] * 2)
