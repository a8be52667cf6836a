"""Calculators for images in pages, beside those of Python on the GPU: the same node, options and images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import pytest
from graph_pages import Array, FileServer, png, portraits, run_in_python
from playwright.sync_api import Browser, Page

import mpgraph
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.framework.packet import make
from mpgraph.web.export import graph_files
from mpgraph.web.package_files import package_files

WIDTH, HEIGHT = 90, 60
PHOTO = cv2.resize(portraits()["portrait"], (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
OTHER = cv2.resize(PHOTO[:, ::-1], (40, 50), interpolation=cv2.INTER_AREA)
IMAGES = {"photo": PHOTO, "other": OTHER}

RUN = """async ({images, values, outputs}) => {
  const {Graph} = await import('/package/graph.js');
  const graph = await Graph.load('/graph.graph.json', {device: 'wasm', worker: false});
  const found = {};
  for (const stream of outputs) {
    graph.observeOutputStream(stream, ({value}) => {
      const one = Array.isArray(value) && value[0] instanceof Float32Array ? value[0] : value;
      const isImage = one instanceof ImageData;
      const data = isImage ? Array.from(one.data) : one instanceof Float32Array ? Array.from(one) : one;
      found[stream] = isImage ? {width: one.width, height: one.height, data} : {data};
    }, {format: 'image-data'});
  }
  await graph.startRun();
  for (const [stream, name] of Object.entries(images)) {
    const image = await createImageBitmap(await (await fetch(`/${name}.png`)).blob());
    await graph.addPacketToInputStream(stream, image, 0);
  }
  for (const [stream, value] of Object.entries(values)) await graph.addPacketToInputStream(stream, value, 0);
  await graph.waitUntilIdle();
  graph.close();
  return found;
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    files = {f"package/{name}": content for name, content in package_files().items()}
    server = FileServer({**files, **{f"{name}.png": png(pixels) for name, pixels in IMAGES.items()}})
    yield server
    server.close()


@pytest.fixture(scope="module")
def page(server: FileServer, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(server.url)
    yield page
    page.close()


def node(calculator: str, inputs: str, outputs: str, options: str) -> str:
    ports = [f'input_stream: "{port}"' for port in inputs.split()]
    ports += [f'output_stream: "{port}"' for port in outputs.split()]
    text = f"options {{ [mediapipe.{calculator}Options.ext] {{ {options} }} }}" if options else ""
    return f'node {{ calculator: "{calculator}" {" ".join(ports)} {text} }}'


TRANSFORM = ("ImageTransformationCalculator", "IMAGE_GPU:photo", "IMAGE_GPU:x")
SCALE = ("GlScalerCalculator", "VIDEO:photo", "VIDEO:x")
PADDED = ("GlScalerCalculator", "VIDEO:photo", "VIDEO:x TOP_BOTTOM_PADDING:t LEFT_RIGHT_PADDING:l")
TENSOR = ("ImageToTensorCalculator", "IMAGE_GPU:photo", "TENSORS:x")
RANGE = "output_tensor_float_range { min: -1 max: 1 } "

CASES: list[tuple[str, str, str, str]] = [
    (*TRANSFORM, "output_width: 45 output_height: 80"),
    (*TRANSFORM, "rotation_mode: ROTATION_90 flip_horizontally: true"),
    (*TRANSFORM, "rotation_mode: ROTATION_270 output_width: 50 output_height: 50"),
    (*TRANSFORM, "rotation_mode: ROTATION_180 flip_vertically: true"),
    (*TRANSFORM, "output_width: 100 output_height: 100 scale_mode: FIT padding_color { red: 9 blue: 200 }"),
    (*TRANSFORM, "output_width: 100 output_height: 100 scale_mode: FIT constant_padding: false"),
    (*TRANSFORM, "output_width: 100 output_height: 30 scale_mode: FILL_AND_CROP"),
    (*TRANSFORM, "output_width: 33 output_height: 44 interpolation_mode: NEAREST"),
    ("ImageTransformationCalculator", "IMAGE_GPU:photo FLIP_HORIZONTALLY:flag", "IMAGE_GPU:x", ""),
    ("ImageTransformationCalculator", "IMAGE_GPU:photo ROTATION_DEGREES:angle", "IMAGE_GPU:x", ""),
    (
        "ImageTransformationCalculator",
        "IMAGE_GPU:photo OUTPUT_DIMENSIONS:size",
        "IMAGE_GPU:x LETTERBOX_PADDING:p",
        "scale_mode: FIT",
    ),
    (*SCALE, "flip_horizontal: true"),
    (*SCALE, "rotation: 90 flip_vertical: true output_scale: 1.5"),
    (*SCALE, "output_scale: 1"),
    (*SCALE, "output_width: 31 output_height: 17 use_nearest_neighbor_interpolation: true"),
    (*PADDED, "output_width: 100 output_height: 100 scale_mode: FIT rotation: 270"),
    (*PADDED, "output_width: 200 output_height: 50 scale_mode: FIT"),
    (*PADDED, "output_width: 100 output_height: 100 scale_mode: FILL_AND_CROP"),
    ("GlScalerCalculator", "VIDEO:photo ROTATION:angle OUTPUT_DIMENSIONS:size", "VIDEO:x", ""),
    ("RecolorCalculator", "IMAGE_GPU:photo MASK_GPU:other", "IMAGE_GPU:x", "color { r: 20 b: 250 }"),
    (
        "RecolorCalculator",
        "IMAGE_GPU:photo MASK_GPU:other",
        "IMAGE_GPU:x",
        "color { g: 90 } invert_mask: true adjust_with_luminance: false",
    ),
    ("SetAlphaCalculator", "IMAGE_GPU:photo ALPHA_GPU:other", "IMAGE_GPU:x", ""),
    ("SetAlphaCalculator", "IMAGE_GPU:photo", "IMAGE_GPU:x", "alpha_value: 255"),
    ("BilateralFilterCalculator", "IMAGE_GPU:photo", "IMAGE_GPU:x", "sigma_color: 0.1 sigma_space: 4"),
    (
        "BilateralFilterCalculator",
        "IMAGE_GPU:other GUIDE_GPU:photo",
        "IMAGE_GPU:x",
        "sigma_color: 0.2 sigma_space: 2",
    ),
    (*TENSOR, RANGE + "output_tensor_width: 20 output_tensor_height: 30 gpu_origin: TOP_LEFT"),
    (*TENSOR, RANGE),
    (
        "ImageToTensorCalculator",
        "IMAGE_GPU:photo",
        "TENSOR:x LETTERBOX_PADDING:p",
        RANGE + "output_tensor_width: 40 output_tensor_height: 40 keep_aspect_ratio: true"
        " border_mode: BORDER_ZERO gpu_origin: TOP_LEFT",
    ),
    ("ImagePropertiesCalculator", "IMAGE_GPU:photo", "SIZE:x", ""),
    ("GpuBufferToImageFrameCalculator", "photo", "x", ""),
]

VALUES: dict[str, Any] = {"flag": True, "angle": 90, "size": [70, 40]}


@pytest.mark.parametrize(
    ("calculator", "inputs", "outputs", "options"), CASES, ids=[f"{case[0]}-{case[3]}" for case in CASES]
)
def test_same_result_as_in_python(
    server: FileServer, page: Page, calculator: str, inputs: str, outputs: str, options: str
) -> None:
    streams = [port.rpartition(":")[2] for port in inputs.split()]
    names = [port.rpartition(":")[2] for port in outputs.split()]
    ports = " ".join(f'input_stream: "{name}"' for name in streams)
    graph = f"{ports} {node(calculator, inputs, outputs, options)}"
    events: list[Any] = []
    for name in streams:
        if name in IMAGES:
            events.append((name, mpgraph.gpu.upload(frame(IMAGES[name])), 0))
        else:
            value = VALUES[name]
            events.append((name, make((70, 40), INT_PAIR) if name == "size" else value, 0))
    expected = run_in_python(graph, names, events)
    server.files.update(graph_files(graph, name="graph"))
    found = page.evaluate(
        RUN,
        {
            "images": {name: name for name in streams if name in IMAGES},
            "values": {name: VALUES[name] for name in streams if name in VALUES},
            "outputs": names,
        },
    )
    for name in names:
        [(value, _)] = expected[name]
        compare(found[name], value)


def frame(pixels: Array) -> Any:
    return mpgraph.ImageFrame(image_format=mpgraph.ImageFormat.SRGB, data=pixels)


def compare(found: Any, expected: Any) -> None:
    if isinstance(expected, list):
        [expected] = expected
    if isinstance(expected, (bool, float, int, tuple)):
        np.testing.assert_allclose(found["data"], expected, atol=1e-6)
        return
    if hasattr(expected, "array"):
        np.testing.assert_allclose(found["data"], expected.array.reshape(-1), atol=2e-3)
        return
    pixels = expected.to_frame().pixels if hasattr(expected, "to_frame") else expected.pixels
    assert (found["height"], found["width"]) == pixels.shape[:2]
    actual = np.array(found["data"]).reshape(found["height"], found["width"], 4)
    difference = np.abs(actual[..., : pixels.shape[2]] - pixels.astype(int))
    assert difference.max() <= 1 and (difference > 0).mean() < 0.02
