from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.video_header import VideoHeader
from mpgraph.framework.timestamp import Timestamp
from mpgraph.testing import run, t

NAME = "ImageTransformationCalculator"
# The image from which MediaPipe 0.10.21 computed the expected pixels below; one channel of it.
PIXELS = ((np.arange(5 * 7 * 3) * 37) % 256).astype(np.uint8).reshape(5, 7, 3)[:, :, 0]
FRAME = ImageFrame.wrap(PIXELS.copy())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            "rotation_mode: ROTATION_180",
            [
                [0, 0, 0, 0, 0, 0, 0],
                [0, 190, 79, 224, 113, 2, 147],
                [0, 181, 70, 215, 104, 249, 138],
                [0, 172, 61, 206, 95, 240, 129],
                [0, 163, 52, 197, 86, 231, 120],
            ],
        ),
        (
            "output_width: 4 output_height: 4 rotation_mode: ROTATION_90",
            [[0, 0, 0, 0], [108, 119, 130, 141], [137, 148, 159, 170], [167, 177, 188, 82]],
        ),
        (
            "output_width: 4 output_height: 6 scale_mode: FIT padding_color { red: 9 }",
            [
                [9, 9, 9, 9],
                [51, 168, 139, 110],
                [66, 183, 154, 124],
                [80, 109, 168, 139],
                [9, 9, 9, 9],
                [9, 9, 9, 9],
            ],
        ),
        (
            "output_width: 9 output_height: 6 rotation_mode: ROTATION_270 flip_horizontally: true",
            [
                [59, 120, 128, 135, 136, 114, 48, 0, 0],
                [88, 178, 186, 193, 181, 110, 27, 0, 0],
                [67, 137, 144, 151, 146, 104, 35, 0, 0],
                [60, 124, 131, 138, 146, 153, 78, 0, 0],
                [68, 139, 146, 153, 161, 168, 86, 0, 0],
                [47, 97, 104, 112, 119, 126, 65, 0, 0],
            ],
        ),
        # Rotation and mirroring without scaling are exact.
        ("", PIXELS),
        ("rotation_mode: ROTATION_90", np.rot90(PIXELS)),
        ("rotation_mode: ROTATION_270", np.rot90(PIXELS, 3)),
        ("flip_horizontally: true", PIXELS[:, ::-1]),
        ("flip_vertically: true", PIXELS[::-1]),
        ("flip_vertically: true flip_horizontally: true", PIXELS[::-1, ::-1]),
        ("rotation_mode: ROTATION_90 flip_vertically: true", np.rot90(PIXELS)[::-1]),
        ("output_width: 14 output_height: 10 interpolation_mode: NEAREST", PIXELS.repeat(2, 0).repeat(2, 1)),
    ],
)
def test_pixels_are_those_of_mediapipe(options: str, expected: Any) -> None:
    run(NAME, options).send("IMAGE", FRAME @ t(0)).expect("IMAGE", np.array(expected, np.uint8) @ t(0))


@pytest.mark.parametrize(
    ("shape", "image_format"),
    [((4, 6, 4), ImageFormat.SRGBA), ((4, 6), ImageFormat.GRAY16), ((4, 6), ImageFormat.VEC32F1)],
)
def test_format_is_kept(shape: Any, image_format: ImageFormat) -> None:
    options = "output_width: 3 output_height: 3 rotation_mode: ROTATION_90"
    frame = ImageFrame.wrap(np.ones(shape, image_format.dtype), image_format)
    [packet] = run(NAME, options).send("IMAGE", frame @ t(0)).take("IMAGE")
    assert packet.payload.image_format is image_format and packet.payload.pixels.shape[:2] == (3, 3)


def test_streams_keep_their_last_value() -> None:
    node = run(NAME, inputs=["IMAGE", "ROTATION_DEGREES"], outputs=["IMAGE"])
    node.send("ROTATION_DEGREES", 90 @ t(0)).send("IMAGE", FRAME @ t(0), FRAME @ t(1))
    node.bound("ROTATION_DEGREES", 2).expect("IMAGE", np.rot90(PIXELS) @ t(0), np.rot90(PIXELS) @ t(1))
    # 45 degrees are not supported and count as no rotation.
    node.send("ROTATION_DEGREES", 45 @ t(2)).send("IMAGE", FRAME @ t(2)).expect("IMAGE", PIXELS @ t(2))


def test_streams_take_precedence_over_side_packets_and_those_over_options() -> None:
    side = {"FLIP_VERTICALLY": False, "FLIP_HORIZONTALLY": True}
    inputs = ["IMAGE", "FLIP_VERTICALLY"]
    node = run(NAME, "flip_vertically: true", side=side, inputs=inputs, outputs=["IMAGE"])
    node.send("IMAGE", FRAME @ t(0), FRAME @ t(1)).bound("FLIP_VERTICALLY", 1)
    node.expect("IMAGE", PIXELS[:, ::-1] @ t(0))
    node.send("FLIP_VERTICALLY", True @ t(1)).expect("IMAGE", PIXELS[::-1, ::-1] @ t(1))


def test_nothing_is_sent_without_dimensions() -> None:
    node = run(NAME).send("IMAGE", FRAME @ t(0), FRAME @ t(1)).send("OUTPUT_DIMENSIONS", (2, 3) @ t(0))
    node.expect("IMAGE", (lambda frame: (frame.width, frame.height) == (2, 3)) @ t(0))
    node.bound("OUTPUT_DIMENSIONS", 2).expect_nothing().settles("IMAGE", 1)


def test_dimensions_and_degrees_as_side_packets() -> None:
    options = "output_width: 50 output_height: 50 rotation_mode: ROTATION_90"
    node = run(NAME, options, side={"OUTPUT_DIMENSIONS": (3, 2), "ROTATION_DEGREES": 0})
    node.send("IMAGE", FRAME @ t(0)).expect("IMAGE", lambda frame: (frame.width, frame.height) == (3, 2))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("output_width: 14 output_height: 20 scale_mode: FIT", (0.0, 0.25, 0.0, 0.25)),
        (
            "output_width: 10 output_height: 7 scale_mode: FIT rotation_mode: ROTATION_90",
            (0.25, 0.0, 0.25, 0.0),
        ),
        ("output_width: 14 output_height: 20", (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_letterbox_padding_of_fit(options: str, expected: Any) -> None:
    node = run(NAME, options, outputs=["IMAGE", "LETTERBOX_PADDING"]).send("IMAGE", FRAME @ t(0))
    node.expect("IMAGE", ImageFrame @ t(0)).expect("LETTERBOX_PADDING", expected @ t(0))


def test_header_gets_the_new_size() -> None:
    prestream = Timestamp.PRESTREAM
    node = run(NAME, "rotation_mode: ROTATION_90", outputs=["IMAGE", "VIDEO_PRESTREAM"])
    node.send("VIDEO_PRESTREAM", VideoHeader(ImageFormat.SRGB, 640, 480, 29.97, 3.0) @ t(prestream))
    expected = VideoHeader(ImageFormat.SRGB, 480, 640, 29.97, 3.0) @ t(prestream)
    node.send("IMAGE", FRAME @ t(0)).expect("VIDEO_PRESTREAM", expected).expect("IMAGE", ImageFrame @ t(0))


@pytest.mark.parametrize(
    ("inputs", "outputs"), [([], []), (["OUTPUT_DIMENSIONS"], ["VIDEO_PRESTREAM"]), ([], ["IMAGE_GPU"])]
)
def test_header_that_could_be_wrong_is_refused(inputs: list[str], outputs: list[str]) -> None:
    inputs, outputs = ["IMAGE", "VIDEO_PRESTREAM", *inputs], ["IMAGE", *outputs]
    with pytest.raises(ValueError, match="GPU ports cannot" if "IMAGE_GPU" in outputs else "VIDEO_PRESTREAM"):
        run(NAME, inputs=inputs, outputs=outputs)


def transformed_on_gpu(options: str, image: Any) -> Any:
    [packet] = run(NAME, options).send("IMAGE_GPU", image @ t(0)).take("IMAGE_GPU")
    return packet.payload


def scaled(bilinear: Any, image: Any, width: int, height: int) -> Any:
    rows, columns = image.shape[:2]
    x, y = (np.arange(width) + 0.5) * columns / width, (np.arange(height) + 0.5) * rows / height
    return bilinear(image, x, y[:, None])


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (333, 517)])
@pytest.mark.parametrize(("width", "height"), [(517, 333), (100, 60)])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_gpu_scales_then_rotates_then_mirrors(
    on_gpu: Any,
    natural: Any,
    bilinear: Any,
    same_greys: Any,
    columns: int,
    rows: int,
    width: int,
    height: int,
    quarters: int,
) -> None:
    image = natural(rows, columns)
    options = f"output_width: {width} output_height: {height} rotation_mode: ROTATION_{quarters * 90} "
    inner = (height, width) if quarters % 2 else (width, height)
    rotated = np.rot90(scaled(bilinear, image, *inner), quarters)
    for flips, expected in (
        ("", rotated),
        ("flip_horizontally: true", rotated[:, ::-1]),
        ("flip_vertically: true", rotated[::-1]),
        ("flip_horizontally: true flip_vertically: true", rotated[::-1, ::-1]),
    ):
        assert same_greys(transformed_on_gpu(options + flips, on_gpu(image)).to_frame().pixels, expected)


@pytest.mark.parametrize("quarters", range(4))
def test_gpu_rotates_exactly_without_scaling(on_gpu: Any, quarters: int) -> None:
    image = np.random.default_rng(2).integers(0, 256, (517, 333, 3), np.uint8)
    frame = transformed_on_gpu(f"rotation_mode: ROTATION_{quarters * 90}", on_gpu(image)).to_frame()
    assert frame.image_format is ImageFormat.SRGB and (frame.pixels == np.rot90(image, quarters)).all()


def test_gpu_passes_the_image_on_if_nothing_changes(on_gpu: Any) -> None:
    image = on_gpu(PIXELS)
    assert transformed_on_gpu("", image) is image


def test_gpu_takes_the_nearest_pixel(on_gpu: Any) -> None:
    options = "output_width: 14 output_height: 10 interpolation_mode: NEAREST"
    out = transformed_on_gpu(options, on_gpu(PIXELS))
    assert (out.to_frame().pixels == PIXELS.repeat(2, 0).repeat(2, 1)).all()


def test_gpu_fit_leaves_a_border(on_gpu: Any) -> None:
    image = on_gpu(np.full((4, 8, 3), 50, np.uint8))
    size = "output_width: 8 output_height: 8 scale_mode: FIT "
    node = run(
        NAME,
        size + "padding_color { red: 1 green: 2 blue: 3 }",
        outputs=["IMAGE_GPU", "LETTERBOX_PADDING"],
    )
    node.send("IMAGE_GPU", image @ t(0)).expect("LETTERBOX_PADDING", (0.0, 0.25, 0.0, 0.25) @ t(0))
    [packet] = node.take("IMAGE_GPU")
    pixels = packet.payload.to_frame().pixels
    assert (pixels[2:6] == 50).all() and (pixels[[0, 1, 6, 7]] == (1, 2, 3)).all()
    assert (transformed_on_gpu(size + "constant_padding: false", image).to_frame().pixels == 50).all()


def test_gpu_fill_and_crop_fills_and_crops(on_gpu: Any) -> None:
    image = np.arange(4 * 8, dtype=np.uint8).reshape(4, 8)
    out = transformed_on_gpu("output_width: 4 output_height: 4 scale_mode: FILL_AND_CROP", on_gpu(image))
    assert (out.to_frame().pixels == image[:, 2:6]).all()


def test_gpu_uses_the_values_of_streams(on_gpu: Any) -> None:
    image = on_gpu(PIXELS)
    node = run(NAME).send("FLIP_VERTICALLY", True @ t(0), False @ t(1))
    first, second = node.send("IMAGE_GPU", image @ t(0), image @ t(1)).take("IMAGE_GPU")
    assert (first.payload.to_frame().pixels == PIXELS[::-1]).all() and second.payload is image


def test_gpu_limits_the_size(on_gpu: Any) -> None:
    node = run(NAME, "output_width: 8193 output_height: 2", outputs=["IMAGE_GPU"])
    node.send("IMAGE_GPU", on_gpu(PIXELS) @ t(0)).expect_error(
        "An image of 8193x2 pixels does not fit", ValueError
    )
