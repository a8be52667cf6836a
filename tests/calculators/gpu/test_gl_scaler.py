from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.arrays import INTS_2
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.framework.packet import make, make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import gl_scaler_calculator_pb2
from mpgraph.testing import run, t

NAME = "GlScalerCalculator"
PIXELS = np.random.default_rng(3).integers(0, 256, (6, 9, 3), np.uint8)
PADDINGS = ["VIDEO", "TOP_BOTTOM_PADDING", "LEFT_RIGHT_PADDING"]


def scaled(options: str, image: Any) -> Any:
    """The pixels of the output, without alpha."""
    [packet] = run(NAME, options).send("VIDEO", image @ t(0)).take("VIDEO")
    return packet.payload.to_frame().pixels[..., :3]


@pytest.mark.parametrize("quarters", [-1, 0, 1, 2, 3, 5])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("upside_down", [False, True])
def test_rotates_counter_clockwise_then_mirrors(
    on_gpu: Any, quarters: int, mirrored: bool, upside_down: bool
) -> None:
    flips = f"flip_horizontal: {str(mirrored).lower()} flip_vertical: {str(upside_down).lower()}"
    expected = np.rot90(PIXELS, quarters)
    expected = expected[:: -1 if upside_down else 1, :: -1 if mirrored else 1]
    assert (scaled(f"rotation: {90 * quarters} {flips}", on_gpu(PIXELS)) == expected).all()


def test_output_is_rgba_unless_it_keeps_the_format(on_gpu: Any) -> None:
    [packet] = run(NAME).send("VIDEO", on_gpu(PIXELS) @ t(0)).take("VIDEO")
    frame = packet.payload.to_frame()
    assert frame.image_format is ImageFormat.SRGBA
    assert (frame.pixels[..., :3] == PIXELS).all() and (frame.pixels[..., 3] == 255).all()
    node = run(NAME, "use_input_format_for_output: true").send("VIDEO", on_gpu(PIXELS) @ t(0))
    [packet] = node.take("VIDEO")
    assert packet.payload.image_format is ImageFormat.SRGB


def test_nearest_pixels(on_gpu: Any) -> None:
    options = "output_width: 18 output_height: 12 use_nearest_neighbor_interpolation: true"
    assert (scaled(options, on_gpu(PIXELS)) == PIXELS.repeat(2, 0).repeat(2, 1)).all()


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ("", (6, 9)),
        ("output_width: 4 output_height: 2", (2, 4)),
        ("output_width: 4", (6, 9)),  # One side alone counts for nothing.
        ("output_scale: 2", (12, 20)),
        ("output_scale: 1", (8, 8)),  # Even this rounds to multiples of 4.
        ("output_scale: 2 rotation: 90", (20, 12)),
        ("output_scale: 2 output_width: 4 output_height: 2", (2, 4)),
    ],
)
def test_output_size(on_gpu: Any, options: str, shape: tuple[int, int]) -> None:
    assert scaled(options, on_gpu(PIXELS)).shape[:2] == shape


@pytest.mark.parametrize(
    ("options", "top_bottom", "left_right"),
    [
        ("output_width: 6 output_height: 5", 0.1, 0.0),
        ("output_width: 5 output_height: 2", 0.0, 0.2),
        ("output_width: 5 output_height: 6 rotation: 90", 0.0, 0.1),
        ("output_width: 18 output_height: 12", 0.0, 0.0),
    ],
)
def test_fit_leaves_a_transparent_border(
    on_gpu: Any, options: str, top_bottom: float, left_right: float
) -> None:
    image = on_gpu(np.full((6, 9, 3), 50, np.uint8))
    node = run(NAME, options + " scale_mode: FIT", outputs=PADDINGS).send("VIDEO", image @ t(0))
    [vertical], [horizontal] = node.take("TOP_BOTTOM_PADDING"), node.take("LEFT_RIGHT_PADDING")
    assert vertical.payload == pytest.approx(top_bottom, abs=1e-6)
    assert horizontal.payload == pytest.approx(left_right, abs=1e-6)
    [packet] = node.take("VIDEO")
    pixels = packet.payload.to_frame().pixels
    height, width = pixels.shape[:2]
    centre = pixels[height // 2, width // 2]
    assert tuple(centre) == (50, 50, 50, 255)
    is_bordered = top_bottom * height >= 1 or left_right * width >= 1
    assert tuple(pixels[0, 0]) == ((0, 0, 0, 0) if is_bordered else (50, 50, 50, 255))


def test_fill_and_crop(on_gpu: Any) -> None:
    options = "output_width: 6 output_height: 6 scale_mode: FILL_AND_CROP"
    pixels = np.zeros((6, 10, 3), np.uint8)
    pixels[:] = np.arange(10)[:, None] * 20
    node = run(NAME, options, outputs=PADDINGS).send("VIDEO", on_gpu(pixels) @ t(0))
    node.expect("TOP_BOTTOM_PADDING", 0.0 @ t(0)).expect("LEFT_RIGHT_PADDING", 0.0 @ t(0))
    [packet] = node.take("VIDEO")
    assert (packet.payload.to_frame().pixels[..., :3] == pixels[:, 2:8]).all()


def test_streams_take_precedence_over_side_packets_and_those_over_options(on_gpu: Any) -> None:
    image = on_gpu(PIXELS)
    dimensions = make((9, 6), INTS_2)
    node = run(NAME, "rotation: 90", side={"ROTATION": 180, "OUTPUT_DIMENSIONS": dimensions})
    node.send("ROTATION", 0 @ t(0)).bound("ROTATION", 2)
    first, second = node.send("VIDEO", image @ t(0), image @ t(1)).take("VIDEO")
    for packet in (first, second):  # The rotation is kept.
        assert (packet.payload.to_frame().pixels[..., :3] == PIXELS).all()
    [packet] = run(NAME, side={"ROTATION": 180}).send("VIDEO", image @ t(0)).take("VIDEO")
    assert (packet.payload.to_frame().pixels[..., :3] == PIXELS[::-1, ::-1]).all()


def test_options_as_a_side_packet(on_gpu: Any) -> None:
    given = gl_scaler_calculator_pb2.GlScalerCalculatorOptions(flip_horizontal=True)
    node = run(NAME, "flip_vertical: true", side={"OPTIONS": given}).send("VIDEO", on_gpu(PIXELS) @ t(0))
    [packet] = node.take("VIDEO")
    assert (packet.payload.to_frame().pixels[..., :3] == PIXELS[::-1, ::-1]).all()


def test_nothing_is_sent_where_the_dimensions_are_missing(on_gpu: Any) -> None:
    image = on_gpu(PIXELS)
    node = run(NAME).send("OUTPUT_DIMENSIONS", (3, 2) @ t(1)).bound("OUTPUT_DIMENSIONS", 2)
    [packet] = node.send("VIDEO", image @ t(0), image @ t(1)).take("VIDEO")
    assert packet.timestamp.value == 1 and packet.payload.to_frame().pixels.shape == (2, 3, 4)


def test_images_and_untagged_streams(on_gpu: Any) -> None:
    mirrored = PIXELS[:, ::-1]
    [packet] = run(NAME, "flip_horizontal: true").send("", on_gpu(PIXELS) @ t(0)).take("")
    assert (packet.payload.to_frame().pixels[..., :3] == mirrored).all()
    # In host memory, it is uploaded.
    image = Image.wrap(PIXELS, ImageFormat.SRGB)
    [packet] = run(NAME, "flip_horizontal: true").send("IMAGE", image @ t(0)).take("IMAGE")
    assert packet.payload.uses_gpu() and (packet.payload.to_frame().pixels[..., :3] == mirrored).all()


def test_contract() -> None:
    with pytest.raises(RuntimeError, match="exactly one input stream for images"):
        run(NAME, inputs=["VIDEO", "IMAGE"], outputs=["VIDEO"])
    with pytest.raises(RuntimeError, match="exactly one output stream for images"):
        run(NAME, inputs=["VIDEO"], outputs=["TOP_BOTTOM_PADDING", "LEFT_RIGHT_PADDING"])
    with pytest.raises(RuntimeError, match="both or neither"):
        run(NAME, inputs=["VIDEO"], outputs=["VIDEO", "TOP_BOTTOM_PADDING"])


def test_errors(on_gpu: Any) -> None:
    node = run(NAME, "rotation: 45", outputs=["VIDEO"]).send("VIDEO", on_gpu(PIXELS) @ t(0))
    node.expect_error("rotation must be a multiple of 90; 45 was provided")
    node = (
        run(NAME, inputs=["VIDEO", "ROTATION"], outputs=["VIDEO"])
        .send("ROTATION", 90 @ t(0))
        .bound("VIDEO", 1)
    )
    node.expect_error("There is no image at this timestamp")


# What @mediapipe/selfie_segmentation 0.1.1675465747 runs, as text.
GRAPH_OF_THE_NPM_PACKAGE = """
input_stream: "input_frames_gpu"
max_queue_size: 100
executor { type: "ApplicationThreadExecutor" }
node {
  name: "ConstantSidePacketCalculatorModelSelection"
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:model_selection"
  options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { int_value: 0 } } }
}
node {
  calculator: "GlScalerCalculator"
  input_stream: "VIDEO:input_frames_gpu"
  output_stream: "VIDEO:image_transformed"
  options { [mediapipe.GlScalerCalculatorOptions.ext] { flip_horizontal: true } }
}
node {
  calculator: "SelfieSegmentationGpu"
  input_stream: "IMAGE:image_transformed"
  output_stream: "SEGMENTATION_MASK:segmentation_mask"
  input_side_packet: "MODEL_SELECTION:model_selection"
}
"""


def test_graph_of_the_npm_package_runs(on_gpu: Any) -> None:
    image = on_gpu(np.random.default_rng(5).integers(0, 256, (48, 64, 3), np.uint8))
    found: dict[str, Any] = {}
    with CalculatorGraph(graph_config=GRAPH_OF_THE_NPM_PACKAGE) as graph:
        for name in ("image_transformed", "segmentation_mask"):
            graph.observe_output_stream(name, lambda name, packet: found.update({name: packet.payload}))
        graph.start_run()
        graph.add_packet_to_input_stream("input_frames_gpu", make_packet(image).at(0))
        graph.close_all_packet_sources()
        graph.wait_until_done()
    mirrored, mask = (found[name].to_frame().pixels for name in ("image_transformed", "segmentation_mask"))
    assert (mirrored[..., :3] == image.to_frame().pixels[:, ::-1]).all()
    assert mask.shape == (48, 64, 4)
