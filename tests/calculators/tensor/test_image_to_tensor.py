from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.image.rotated_rect import RotatedRect
from mpgraph.calculators.tensor.image_to_tensor import check_roi, to_floats, to_integers
from mpgraph.formats.image import Image
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import ANY, normalized_rect, run, t

NAME = "ImageToTensorCalculator"
FLOATS = "output_tensor_float_range { min: 0 max: 255 } "
TOP_LEFT = "gpu_origin: TOP_LEFT "
PIXELS = ((np.arange(5 * 7 * 3) * 37) % 256).astype(np.uint8).reshape(5, 7, 3)
FRAME = ImageFrame.wrap(PIXELS.copy())
BYTES = np.arange(256, dtype=np.uint8).reshape(16, 16)


def size(width: int, height: int) -> str:
    return f"output_tensor_width: {width} output_tensor_height: {height} "


def sampled(image: Any, options: str = FLOATS, rect: Any = None, port: str = "IMAGE") -> Any:
    node = run(NAME, options, outputs=["TENSORS"]).send(port, image @ t(9))
    if rect is not None:
        node.send("NORM_RECT", rect @ t(9))
    [packet] = node.take("TENSORS")
    [tensor] = packet.payload
    assert packet.timestamp.value == 9
    return tensor


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            "border_mode: BORDER_ZERO",
            [
                [94, 130, 166, 192, 37, 74, 160, 197, 74, 66, 103, 140],
                [43, 80, 117, 203, 64, 101, 110, 147, 160, 149, 152, 87],
                [14, 41, 69, 150, 155, 192, 116, 93, 130, 154, 13, 40],
            ],
        ),
        (
            "keep_aspect_ratio: true border_mode: BORDER_REPLICATE",
            [
                [128, 125, 162, 142, 67, 104, 190, 227, 24, 93, 130, 167],
                [52, 89, 126, 212, 49, 86, 119, 156, 145, 134, 164, 96],
                [20, 57, 94, 141, 170, 207, 93, 85, 122, 203, 32, 69],
            ],
        ),
    ],
)
def test_rotated_rectangle_equals_mediapipe(options: str, expected: Any) -> None:
    # Recorded from MediaPipe 0.10.21 (ImageToTensorCalculator, then TensorsToFloatsCalculator).
    tensor = sampled(FRAME, FLOATS + size(4, 3) + options, normalized_rect(0.4, 0.6, 0.9, 0.7, 0.5))
    assert tensor.shape == (1, 3, 4, 3) and tensor.dtype == np.float32
    assert tensor.array.reshape(3, 12).tolist() == expected


def test_corners_are_mapped_to_corners() -> None:
    ramp = np.tile(np.arange(0, 240, 10, dtype=np.uint8), (8, 1))
    tensor = sampled(ImageFrame.wrap(ramp), FLOATS + size(8, 2))
    assert tensor.array[0, 0, :, 0].tolist() == [0, 30, 60, 90, 120, 150, 180, 210]


def test_pixels_are_rounded_to_bytes_before_scaling() -> None:
    image = ImageFrame.wrap(np.array([[0, 1]], np.uint8))
    tensor = sampled(image, "output_tensor_float_range { min: 0 max: 1 }" + size(8, 1))
    assert set(tensor.array.ravel().tolist()) == {0.0, float(np.float32(1 / 255))}


@pytest.mark.parametrize("make", [Image.wrap, ImageFrame.wrap])
def test_image_of_the_tensor_size_is_kept_pixel_for_pixel(make: Any) -> None:
    assert (sampled(make(PIXELS.copy())).array == PIXELS[None]).all()


@pytest.mark.parametrize(("channels", "kept"), [(1, 1), (3, 3), (4, 3)])
def test_alpha_is_dropped_and_gray_stays_gray(channels: int, kept: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, channels)).astype(np.uint8)
    assert (sampled(ImageFrame.wrap(pixels)).array[0] == pixels[..., :kept]).all()


@pytest.mark.parametrize(
    ("options", "dtype", "expected"),
    [
        ("output_tensor_float_range { min: -1 max: 1 }", np.float32, [-1.0, 1.0]),
        ("output_tensor_int_range { min: -128 max: 127 }", np.int8, [-128, 127]),
        ("output_tensor_uint_range { min: 0 max: 255 }", np.uint8, [0, 255]),
        ("output_tensor_int_range { min: 0 max: 100 }", np.uint8, [0, 100]),
    ],
)
def test_ranges(options: str, dtype: type, expected: Any) -> None:
    tensor = sampled(ImageFrame.wrap(np.array([[0, 255]], np.uint8)), options)
    assert tensor.dtype == dtype and tensor.array.ravel().tolist() == pytest.approx(expected, abs=1e-6)


def test_padding_and_matrix_describe_the_position_in_the_image() -> None:
    options = FLOATS + size(10, 10) + "keep_aspect_ratio: true"
    node = run(NAME, options, outputs=["TENSOR", "MATRIX", "LETTERBOX_PADDING"])
    node.send("IMAGE", FRAME @ t(0)).expect("LETTERBOX_PADDING", (0.0, 1 / 7, 0.0, 1 / 7) @ t(0))
    node.expect("TENSOR", (lambda tensor: tensor.shape == (1, 10, 10, 3)) @ t(0))
    [packet] = node.take("MATRIX")
    matrix = np.array(packet.payload).reshape(4, 4)
    assert matrix @ [0.5, 0.5, 0, 1] == pytest.approx([0.5, 0.5, 0, 1])
    assert matrix @ [0, 1 / 7, 0, 1] == pytest.approx([0, 0, 0, 1], abs=1e-6)


def test_nothing_is_sent_without_a_rectangle_or_for_an_empty_rectangle() -> None:
    node = run(NAME, FLOATS, inputs=["IMAGE", "NORM_RECT"], outputs=["TENSORS"])
    node.send("IMAGE", *(FRAME @ t(time) for time in range(3))).bound("NORM_RECT", 1)
    node.send("NORM_RECT", normalized_rect(0.5, 0.5, 0, 0) @ t(1)).expect_nothing().settles("TENSORS", 1)
    node.send("NORM_RECT", normalized_rect(0.5, 0.5, 1, 1) @ t(2)).expect("TENSORS", ANY @ t(2))


@pytest.mark.parametrize(
    "rect", [normalized_rect(0.5, 0.5, 0, 1), normalized_rect(0.5, 0.5, float("nan"), 1)]
)
def test_rectangle_without_pixels_is_reported(rect: Any) -> None:
    node = run(NAME, FLOATS, outputs=["TENSORS"]).send("IMAGE", FRAME @ t(0))
    node.send("NORM_RECT", rect @ t(0)).expect_error("ROI", ValueError)


@pytest.mark.parametrize(
    ("roi", "message"),
    [
        (RotatedRect.of(1, 1, 0, 2), "must be > 0"),
        (RotatedRect.of(1, 1, 3, -2), "must be > 0"),
        (RotatedRect.of(float("nan"), 1, 3, 2), "not finite"),
        (RotatedRect.of(1, 1, float("inf"), 2), "not finite"),
    ],
)
def test_check_roi_names_the_reason(roi: RotatedRect, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_roi(roi)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("", "Output tensor range is required"),
        ("output_tensor_float_range { min: 1 max: 1 }", "Valid output_tensor_float_range is required"),
        ("output_tensor_int_range { min: -129 max: 1 }", r"within \[-128, 127\]"),
        ("output_tensor_uint_range { min: 0 max: 256 }", r"within \[0, 255\]"),
        (FLOATS + "output_tensor_width: 0", "Valid output_tensor_width"),
        (FLOATS + "output_tensor_height: -3", "Valid output_tensor_height"),
    ],
)
def test_wrong_options_are_refused(options: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, options, inputs=["IMAGE"], outputs=["TENSORS"])


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        (["IMAGE"], ["TENSORS", "TENSOR"], "exactly one of the output streams"),
        (["IMAGE"], ["MATRIX"], "exactly one of the output streams"),
        (["IMAGE", "IMAGE_GPU"], ["TENSORS"], "exactly one of the input streams IMAGE and IMAGE_GPU"),
    ],
)
def test_ports_that_exclude_each_other_are_refused(
    inputs: list[str], outputs: list[str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        run(NAME, FLOATS, inputs=inputs, outputs=outputs)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 2), np.uint16), "SRGB, SRGBA and GRAY8 formats are supported, passed format: GRAY16"),
        (np.zeros((1, 40000), np.uint8), "40000x1 cannot be sampled"),
    ],
)
def test_unsuitable_images_are_reported(pixels: Any, message: str) -> None:
    node = run(NAME, FLOATS + size(2, 2), outputs=["TENSORS"])
    node.send("IMAGE", ImageFrame.wrap(pixels) @ t(0)).expect_error(message, ValueError)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-1.0, 1.0), (-0.3, 2.7), (0.0, 255.0), (5.0, 6.0)])
def test_to_floats_rounds_the_exact_line(low: float, high: float) -> None:
    values = to_floats(BYTES, low, high)
    assert values.dtype == np.float32 and values.shape == BYTES.shape
    memory = np.zeros(BYTES.shape, np.float32)
    assert to_floats(BYTES, low, high, memory) is memory and (memory == values).all()
    low32, scale = float(np.float32(low)), float((np.float32(high) - np.float32(low)) / np.float32(255))
    assert (values == (BYTES * scale + low32).astype(np.float32)).all()


@pytest.mark.parametrize(
    ("low", "high", "dtype"), [(0, 255, np.uint8), (-128, 127, np.int8), (0, 10, np.uint8), (-1, 1, np.int8)]
)
def test_to_integers_rounds(low: int, high: int, dtype: type) -> None:
    values = to_integers(BYTES, low, high)
    assert values.dtype == dtype
    np.testing.assert_allclose(values, BYTES / 255 * (high - low) + low, atol=0.5001)


def test_to_integers_returns_bytes_in_their_own_range_unchanged() -> None:
    assert to_integers(BYTES, 0, 255) is BYTES


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 5, 3)])
def test_scaling_keeps_the_shape(shape: tuple[int, ...]) -> None:
    pixels = np.full(shape, 255, np.uint8)
    np.testing.assert_allclose(to_floats(pixels, -1, 1), np.ones(shape), atol=1e-6)
    assert to_integers(pixels, -128, 127).shape == shape


def sampled_slowly(
    bilinear: Any, image: Any, box: tuple[float, ...], width: int, height: int, zero: bool
) -> Any:
    """The GPU's sampling: pixel centers to pixel centers. box: center and size in pixels, rotation."""
    center_x, center_y, box_width, box_height, rotation = box
    x = ((np.arange(width) + 0.5) / width - 0.5) * box_width
    y = (((np.arange(height) + 0.5) / height - 0.5) * box_height)[:, None]
    cosine, sine = np.cos(rotation), np.sin(rotation)
    x, y = center_x + x * cosine - y * sine, center_y + x * sine + y * cosine
    if zero:
        image, x, y = np.pad(image, ((1, 1), (1, 1), (0, 0))), x + 1, y + 1
        x, y = np.clip(x, 0, image.shape[1]), np.clip(y, 0, image.shape[0])
    return bilinear(image, x, y)


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (333, 517)])
@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("port", ["IMAGE", "IMAGE_GPU"])
def test_gpu_samples_whole_images(
    on_gpu: Any, bilinear: Any, columns: int, rows: int, channels: int, port: str
) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (rows, columns, channels), np.uint8)
    image = Image.from_gpu_buffer(on_gpu(pixels)) if port == "IMAGE" else on_gpu(pixels)
    options = size(256, 144) + "output_tensor_float_range { min: -1 max: 1 } " + TOP_LEFT
    tensor = sampled(image, options, port=port)
    box = (columns / 2, rows / 2, columns, rows, 0)
    expected = sampled_slowly(bilinear, pixels, box, 256, 144, zero=False)[..., :3] / 255 * 2 - 1
    assert tensor.gpu is not None and tensor.shape == (1, 144, 256, 3) and tensor.dtype == np.float32
    np.testing.assert_allclose(tensor.array[0], expected, atol=2e-4)


@pytest.mark.parametrize("border", ["ZERO", "REPLICATE"])
@pytest.mark.parametrize("rotation", [0, 0.5])
def test_gpu_samples_rectangles_beyond_the_edge(
    on_gpu: Any, bilinear: Any, border: str, rotation: float
) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (51, 33, 3), np.uint8)
    options = f"{FLOATS} {TOP_LEFT} {size(40, 30)} border_mode: BORDER_{border}"
    rect = normalized_rect(0.2, 0.5, 0.8, 1.2, rotation)
    tensor = sampled(on_gpu(pixels), options, rect, "IMAGE_GPU")
    box = (0.2 * 33, 0.5 * 51, 0.8 * 33, 1.2 * 51, rotation)
    expected = sampled_slowly(bilinear, pixels, box, 40, 30, zero=border == "ZERO")
    np.testing.assert_allclose(tensor.array[0], expected, atol=0.05)


@pytest.mark.parametrize("origin", ["", "gpu_origin: CONVENTIONAL"])
def test_gpu_images_are_upside_down_by_default(on_gpu: Any, origin: str) -> None:
    tensor = sampled(on_gpu(PIXELS), FLOATS + origin, port="IMAGE_GPU")
    np.testing.assert_allclose(tensor.array[0], PIXELS[::-1], atol=1e-3)


def test_gpu_padding_and_matrix_equal_those_of_the_cpu(on_gpu: Any) -> None:
    options = FLOATS + TOP_LEFT + size(8, 8) + "keep_aspect_ratio: true"
    outputs = ["TENSOR", "LETTERBOX_PADDING", "MATRIX"]
    cpu = run(NAME, options, outputs=outputs).send("IMAGE", FRAME @ t(0)).expect("TENSOR", ANY)
    gpu = run(NAME, options, outputs=outputs).send("IMAGE_GPU", on_gpu(PIXELS) @ t(0))
    gpu.expect("TENSOR", lambda tensor: tensor.shape == (1, 8, 8, 3))
    for port in ("LETTERBOX_PADDING", "MATRIX"):
        gpu.expect(port, *cpu.take(port), tolerance=0)


def test_gpu_quantization_and_formats_are_refused(on_gpu: Any) -> None:
    integers = "output_tensor_uint_range { min: 0 max: 255 }"
    with pytest.raises(ValueError, match="doesn't support quantization"):
        run(NAME, integers, inputs=["IMAGE_GPU"], outputs=["TENSORS"])
    node = run(NAME, integers, outputs=["TENSORS"])
    node.send("IMAGE", Image.from_gpu_buffer(on_gpu(PIXELS)) @ t(0))
    node.expect_error("doesn't support quantization", ValueError)
    node = run(NAME, FLOATS, outputs=["TENSORS"])
    node.send("IMAGE_GPU", on_gpu(np.zeros((2, 2), np.float32)) @ t(0))
    node.expect_error("passed format: VEC32F1", ValueError)
