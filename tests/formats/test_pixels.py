"""Common behavior of ImageFrame and Image: copies, views, rows, positions and refusals."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.pixels import Pixels

SRGB = mp.ImageFormat.SRGB
CLASSES = [mp.ImageFrame, mp.Image]
both = pytest.mark.parametrize("cls", CLASSES)
HOLDABLE = [f for f in mp.ImageFormat if f.name not in ("UNKNOWN", "YCBCR420P", "YCBCR420P10")]


def ramp(height: int, width: int, channels: int = 3, dtype: Any = np.uint8) -> np.ndarray[Any, Any]:
    """Pixels that all differ, as far as a byte can."""
    shape = (height, width, channels) if channels > 1 else (height, width)
    return (np.arange(height * width * channels) % 251).astype(dtype).reshape(shape)


@both
@pytest.mark.parametrize("image_format", HOLDABLE)
def test_every_format_keeps_its_pixels(cls: type[Pixels], image_format: mp.ImageFormat) -> None:
    data = ramp(4, 5, image_format.channels, image_format.dtype)
    made = cls.wrap(data.copy(), image_format)
    assert np.array_equal(made.numpy_view(), data)
    assert made.numpy_view().dtype == image_format.dtype
    assert (made.width, made.height, made.channels) == (5, 4, image_format.channels)
    assert (made.image_format, made.byte_depth) == (image_format, image_format.byte_depth)
    assert not made.is_empty()


@both
def test_programs_cannot_create_sbgra(cls: type[Pixels]) -> None:
    with pytest.raises(RuntimeError, match="Unsupported ImageFormat: SBGRA"):
        cls(mp.ImageFormat.SBGRA, ramp(4, 5, 4))


@both
def test_later_changes_of_the_array_have_no_effect(cls: type[Pixels]) -> None:
    data = ramp(4, 4)
    before = data.copy()
    made = cls(SRGB, data)
    data[:] = 0
    assert np.array_equal(made.numpy_view(), before)


@both
@pytest.mark.parametrize("width", [4, 5])
def test_views_are_read_only(cls: type[Pixels], width: int) -> None:
    view = cls(SRGB, ramp(2, width)).numpy_view()
    with pytest.raises(ValueError, match="assignment destination is read-only"):
        view[0, 0, 0] = 1


@both
def test_slices_may_be_given(cls: type[Pixels]) -> None:
    bgr = ramp(6, 8)
    made = cls(SRGB, bgr[1:5, 2:6, ::-1])
    assert np.array_equal(made.numpy_view(), bgr[1:5, 2:6, ::-1])
    assert made.numpy_view().flags.c_contiguous


@both
def test_one_channel_may_have_an_axis_of_its_own(cls: type[Pixels]) -> None:
    made = cls(mp.ImageFormat.GRAY8, ramp(2, 3, 1)[:, :, np.newaxis])
    assert made.numpy_view().shape == (2, 3)


@both
@pytest.mark.parametrize(("width", "step"), [(4, 12), (5, 16), (6, 20), (7, 24), (8, 24)])
def test_rows_of_a_copy_start_at_multiples_of_four(cls: type[Pixels], width: int, step: int) -> None:
    made = cls(SRGB, ramp(2, width))
    assert made.step == step
    assert made.is_contiguous() == (step == 3 * width)
    assert made.is_aligned(4) and made.is_aligned(1)
    assert made.is_aligned(8) == (step % 8 == 0)


@both
@pytest.mark.parametrize("boundary", [0, 3, -4])
def test_boundaries_are_powers_of_two(cls: type[Pixels], boundary: int) -> None:
    with pytest.raises(InvalidArgumentError, match="power of 2"):
        cls(SRGB, ramp(2, 4)).is_aligned(boundary)


@both
def test_contiguous_view_keeps_the_image_alive(cls: type[Pixels]) -> None:
    made = cls(SRGB, ramp(2, 4))
    alive = weakref.ref(made)
    view = made.numpy_view()
    expected = view.copy()
    del made
    gc.collect()
    assert alive() is not None
    assert np.array_equal(view, expected)
    del view
    gc.collect()
    assert alive() is None


@both
def test_padded_view_keeps_only_the_pixels(cls: type[Pixels]) -> None:
    made = cls(SRGB, ramp(2, 5))
    assert made.numpy_view() is made.numpy_view()
    alive = weakref.ref(made)
    view = made.numpy_view()
    del made
    gc.collect()
    assert alive() is None
    assert np.array_equal(view, ramp(2, 5))


@both
def test_numpy_accepts_images_as_arrays(cls: type[Pixels]) -> None:
    made = cls(SRGB, ramp(2, 4))
    assert np.array_equal(np.asarray(made), ramp(2, 4))
    assert np.shares_memory(np.asarray(made), made.pixels)


@both
@given(height=st.integers(1, 4), width=st.integers(1, 6), data=st.data())
def test_positions(cls: type[Pixels], height: int, width: int, data: st.DataObject) -> None:
    pixels = ramp(height, width)
    made = cls(SRGB, pixels)
    where = data.draw(st.tuples(st.integers(-1, height), st.integers(-1, width), st.integers(-1, 3)))
    if all(0 <= index < size for index, size in zip(where, pixels.shape, strict=True)):
        assert made[where] == pixels[where]
        assert type(made[where]) is int
    else:
        with pytest.raises(IndexError, match="out of bounds"):
            _ = made[where]


@both
def test_positions_with_one_channel(cls: type[Pixels]) -> None:
    made = cls(mp.ImageFormat.VEC32F1, np.float32([[0.1, 2]]))
    assert made[0, 1] == 2.0
    assert made[[0, 0]] == np.float32(0.1)
    with pytest.raises(IndexError, match="index dimension mismatch: 3"):
        _ = made[0, 0, 0]
    with pytest.raises(IndexError, match="index 2 is out of bounds for axis 1 with size 2"):
        _ = made[0, 2]


@both
@pytest.mark.parametrize("where", [(0, 0), (), (0, 0, 0, 0)])
def test_positions_of_the_wrong_length_are_refused(cls: type[Pixels], where: tuple[int, ...]) -> None:
    with pytest.raises(IndexError, match=f"Invalid index dimension: {len(where)}"):
        _ = cls(SRGB, ramp(2, 4))[where]


@both
@pytest.mark.parametrize("where", [0, "a", (0.5, 0, 0), (slice(None), 0, 0), None])
def test_invalid_positions_are_refused(cls: type[Pixels], where: Any) -> None:
    with pytest.raises(TypeError):
        _ = cls(SRGB, ramp(2, 4))[where]


@both
@pytest.mark.parametrize(
    ("image_format", "dtype", "words"),
    [
        (SRGB, np.uint16, "uint16 image data should be one of the GRAY16, SRGB48 and SRGBA64"),
        (mp.ImageFormat.GRAY16, np.uint8, "uint8 image data should be one of the SRGB, SRGBA"),
        (SRGB, np.float32, "float32 image data should be one of the VEC32F1, VEC32F2 and VEC32F4"),
    ],
)
def test_dtype_of_another_format_is_refused(
    cls: type[Pixels], image_format: mp.ImageFormat, dtype: type, words: str
) -> None:
    """MediaPipe's class for this is RuntimeError; ValueError is what it is."""
    for kind in (RuntimeError, ValueError):
        with pytest.raises(kind, match=words):
            cls(image_format=image_format, data=np.zeros((2, 3, 3), dtype))


@both
@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.int8, bool, np.float16, ">u2"])
def test_dtype_without_a_format_is_refused(cls: type[Pixels], dtype: Any) -> None:
    with pytest.raises(TypeError, match="uint8, uint16 or float32"):
        cls(image_format=mp.ImageFormat.GRAY16, data=np.zeros((2, 3), dtype))


@both
@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3), (3,), (1, 2, 3, 3), ()])
def test_wrong_shape_is_refused(cls: type[Pixels], shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidArgumentError, match=r"SRGB data must have the shape \(height, width, 3\)"):
        cls(image_format=SRGB, data=np.zeros(shape, np.uint8))


@both
@pytest.mark.parametrize(
    ("image_format", "data"),
    [(1, ramp(2, 3)), (None, ramp(2, 3)), ("SRGB", ramp(2, 3)), (SRGB, None), (SRGB, [[[1, 2, 3]]])],
)
def test_arguments_of_other_classes(cls: type[Pixels], image_format: Any, data: Any) -> None:
    with pytest.raises(TypeError, match="must be a"):
        cls(image_format=image_format, data=data)


@both
@pytest.mark.parametrize("shape", [(0, 3, 3), (3, 0, 3), (0, 0, 3)])
def test_empty_image(cls: type[Pixels], shape: tuple[int, ...]) -> None:
    made = cls(SRGB, np.zeros(shape, np.uint8))
    assert made.is_empty()
    assert made.numpy_view().shape == shape


@both
def test_attributes_cannot_be_set(cls: type[Pixels]) -> None:
    with pytest.raises(AttributeError):
        cls(SRGB, ramp(2, 3)).width = 7  # type: ignore[misc]


@both
def test_wrap_copies_nothing(cls: type[Pixels]) -> None:
    data = ramp(2, 5)
    made = cls.wrap(data)
    assert made.pixels is data
    assert not data.flags.writeable
    assert made.image_format is SRGB
    assert made.is_contiguous()
    assert made.step == 15


@both
def test_wrap_takes_a_format(cls: type[Pixels]) -> None:
    assert cls.wrap(ramp(2, 5), mp.ImageFormat.LAB8).image_format is mp.ImageFormat.LAB8
    with pytest.raises(InvalidArgumentError, match="GRAY8 data must have the shape"):
        cls.wrap(ramp(2, 5), mp.ImageFormat.GRAY8)


@both
def test_wrap_makes_rows_contiguous(cls: type[Pixels]) -> None:
    made = cls.wrap(ramp(4, 6)[:, ::2])
    assert made.pixels.flags.c_contiguous
    assert np.array_equal(made.pixels, ramp(4, 6)[:, ::2])


def test_sharing_between_classes() -> None:
    frame = mp.ImageFrame(SRGB, ramp(2, 5))
    image = mp.Image.from_frame(frame)
    assert image.pixels is frame.pixels
    assert (image.step, image.image_format) == (frame.step, SRGB)
    assert image.to_frame().pixels is frame.pixels


@both
def test_realigned(cls: type[Pixels]) -> None:
    shared = cls.wrap(ramp(2, 5).copy())
    aligned = shared.realigned()
    assert aligned.pixels is shared.pixels
    assert aligned.step == 16
    assert aligned.realigned() is aligned


@both
def test_realigned_copies_a_writable_array(cls: type[Pixels]) -> None:
    data = ramp(2, 4)
    made = cls.wrap(data.view()).realigned()
    data[:] = 0
    assert np.array_equal(made.numpy_view(), ramp(2, 4))


@both
def test_repr(cls: type[Pixels]) -> None:
    assert repr(cls(SRGB, ramp(2, 5))) == f"<mpgraph.{cls.__name__} 5x2 SRGB>"
