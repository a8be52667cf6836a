from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame

GRAPH = """
    input_stream: "in" output_stream: "out"
    node {
      calculator: "BilateralFilterCalculator" input_stream: "IMAGE:in" output_stream: "IMAGE:out"
      options { [mediapipe.BilateralFilterCalculatorOptions.ext] { %s } }
    }"""


@pytest.mark.parametrize("channels", [1, 3])
def test_noise_goes_and_the_edge_stays(run: Any, channels: int) -> None:
    clean = np.full((40, 40, channels), 50.0)
    clean[:, 20:] = 200
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 6, clean.shape), 0, 255).astype(np.uint8)
    [(_, out)] = run(GRAPH % "sigma_color: 0.15 sigma_space: 4", [("in", 0, ImageFrame.wrap(noisy))])["out"]
    smooth = out.pixels.reshape(clean.shape).astype(float)
    assert smooth[:, 25:35].std() < noisy[:, 25:35].std() / 2
    assert smooth[:, 18].max() < 80 and smooth[:, 21].min() > 170


def test_an_even_window_of_twice_sigma_space(run: Any) -> None:
    # int(2 · 0.4) is 0, which OpenCV takes as a window that follows from sigma; the picture still comes.
    frame = ImageFrame.wrap(np.full((3, 4, 3), 9, np.uint8))
    [(_, out)] = run(GRAPH % "sigma_color: 0.1 sigma_space: 0.4", [("in", 0, frame)])["out"]
    assert (out.pixels == 9).all()


@pytest.mark.parametrize("shape", [(2, 2, 4), (2, 2)])
def test_pictures_it_cannot_take(run: Any, shape: Any) -> None:
    frame = ImageFrame.wrap(np.zeros(shape, np.uint8 if len(shape) == 3 else np.uint16))
    with pytest.raises(ValueError, match="1 or 3 channels"):
        run(GRAPH % "sigma_color: 0.1 sigma_space: 2", [("in", 0, frame)])


def test_a_negative_sigma_is_refused(run: Any) -> None:
    with pytest.raises(ValueError, match="sigma_space must not be negative"):
        run(GRAPH % "sigma_space: -1")


GUIDED = GRAPH.replace(
    'input_stream: "in" output', 'input_stream: "in" input_stream: "guide" output'
).replace('"IMAGE:in"', '"IMAGE:in" input_stream: "GUIDE:guide"')


def guided(run: Any, image: Any, guide: Any, options: str) -> Any:
    events = [("in", 0, ImageFrame.wrap(image)), ("guide", 0, ImageFrame.wrap(guide))]
    [(_, out)] = run(GUIDED % options, events)["out"]
    return out


@pytest.mark.parametrize("shape", [(31, 40), (31, 40, 3)])
@pytest.mark.parametrize("space", [0.4, 1, 2.5, 4])
def test_guided_by_itself_it_is_the_plain_filter(run: Any, shape: Any, space: float) -> None:
    image = np.random.default_rng(1).integers(0, 255, shape, np.uint8)
    options = f"sigma_color: 0.3 sigma_space: {space}"
    [(_, plain)] = run(GRAPH % options, [("in", 0, ImageFrame.wrap(image.copy()))])["out"]
    joint = guided(run, image.copy(), image.copy(), options)
    assert joint.image_format is plain.image_format
    assert np.abs(joint.pixels.astype(int) - plain.pixels).max() <= 1


def test_the_edges_are_those_of_the_guide(run: Any) -> None:
    image = np.zeros((20, 20), np.float32)
    image[:, 7:] = 1  # Three pixels off the guide's edge.
    guide = np.zeros((20, 20, 3), np.uint8)
    guide[:, 10:] = 255
    out = guided(run, image, guide, "sigma_color: 0.05 sigma_space: 6").pixels
    assert out.dtype == np.float32
    assert np.allclose(out[:, 10:], 1)
    assert (out[:, 0] < out[:, 5]).all() and (out[:, 8] < 0.9).all()


def test_a_small_mask_grows_to_the_size_of_the_guide(run: Any) -> None:
    guide = np.zeros((40, 60, 4), np.uint8)
    guide[:, 33:, :3] = 200
    guide[::2, :, 3] = 255  # Alpha is no edge.
    mask = np.zeros((10, 15), np.uint8)
    mask[:, 8:] = 255
    out = guided(run, mask, guide, "sigma_color: 0.1 sigma_space: 5")
    assert (out.width, out.height, out.channels) == (60, 40, 1)
    assert out.pixels[:, 31].max() < 90 < 160 < out.pixels[:, 34].min()
    assert (out.pixels[0] == out.pixels[21]).all()


def test_nothing_comes_without_the_guide(run: Any) -> None:
    image = ImageFrame.wrap(np.zeros((4, 4), np.uint8))
    options = GUIDED % "sigma_color: 0.1 sigma_space: 2"
    assert run(options, [("in", 0, image), ("guide", 1, image)])["out"] == []


def test_a_guide_of_16_bits_is_refused(run: Any) -> None:
    image, guide = np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint16)
    with pytest.raises(ValueError, match="GUIDE of uint8 or float32, not GRAY16"):
        guided(run, image, guide, "sigma_color: 0.1 sigma_space: 2")


def on_gpu_graph(options: str, guide: bool = False) -> str:
    streams = 'input_stream: "in"' + ' input_stream: "guide"' * guide
    ports = 'input_stream: "IMAGE_GPU:in"' + ' input_stream: "GUIDE_GPU:guide"' * guide
    return f"""
        {streams} output_stream: "out"
        node {{
          calculator: "BilateralFilterCalculator" {ports} output_stream: "IMAGE_GPU:out"
          options {{ [mediapipe.BilateralFilterCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def coarse(bilinear: Any, image: Any, guide: Any, color: float, space: float) -> Any:
    """The window of every step-th place, weighted as MediaPipe's shader does, in its own words."""
    height, width = guide.shape[:2]
    step = max(np.float32(1), np.float32(0.66) * np.sqrt(np.float32(space)))
    place = np.float32(-space) + (step / 2 if step > 1 else np.float32(0))
    places = []
    while place <= space:
        places.append(float(place))
        place += step
    x, y = np.arange(width) + 0.5, (np.arange(height) + 0.5)[:, None]
    texel = np.array([1 / width, 1 / height])
    total, sums = np.zeros((height, width, 1)), np.zeros((height, width, 3))

    def gaussian(square: Any, sigma: float) -> Any:
        return np.exp(-0.5 * square / (4 * sigma * sigma + 1e-6))

    for dy in places:
        for dx in places:
            there = bilinear(guide, x + dx, y + dy)
            value = bilinear(image, (x + dx) * image.shape[1] / width, (y + dy) * image.shape[0] / height)
            near = gaussian(np.sum((np.array([dx, dy]) * texel) ** 2), texel.max() * space)
            alike = gaussian(np.sum((there - guide) ** 2, axis=-1, keepdims=True), color)
            total += near * alike
            sums += near * alike * value
    return sums / total


@pytest.mark.parametrize(("shape", "space"), [((1, 1), 2), ((333, 517), 1.5), ((40, 61), 3), ((31, 20), 11)])
def test_on_the_gpu_it_follows_the_shader(
    run: Any, on_gpu: Any, bilinear: Any, same_greys: Any, shape: tuple[int, int], space: float
) -> None:
    image = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    [(_, out)] = run(on_gpu_graph(f"sigma_color: 0.2 sigma_space: {space}"), [("in", 0, on_gpu(image))])[
        "out"
    ]
    assert out.image_format is ImageFormat.SRGBA
    pixels = out.to_frame().pixels
    assert (pixels[..., 3] == 255).all()
    assert same_greys(pixels[..., :3], coarse(bilinear, image / 255, image / 255, 0.2, space) * 255)


@pytest.mark.parametrize("size", [(10, 15), (64, 33)])
def test_on_the_gpu_a_guide_has_the_edges_and_the_size(
    run: Any, on_gpu: Any, bilinear: Any, same_greys: Any, size: tuple[int, int]
) -> None:
    source = np.random.default_rng(2)
    mask, guide = (
        source.integers(0, 256, (*size, 4), np.uint8),
        source.integers(0, 256, (40, 61, 3), np.uint8),
    )
    text = on_gpu_graph("sigma_color: 0.15 sigma_space: 4", guide=True)
    [(_, out)] = run(text, [("in", 0, on_gpu(mask)), ("guide", 0, on_gpu(guide))])["out"]
    expected = coarse(bilinear, mask[..., :3] / 255, guide / 255, 0.15, 4) * 255
    assert (out.width, out.height) == (61, 40)
    assert same_greys(out.to_frame().pixels[..., :3], expected)


@pytest.mark.parametrize("options", ["", "sigma_space: 6", "sigma_color: 0.5"])
def test_on_the_gpu_a_pixel_like_no_other_stays(run: Any, on_gpu: Any, options: str) -> None:
    image = np.random.default_rng(2).integers(0, 256, (9, 9, 3), np.uint8)
    image[4, 4] = 255
    [(_, out)] = run(on_gpu_graph(options), [("in", 0, on_gpu(image))])["out"]
    assert (out.to_frame().pixels[4, 4] == 255).all()


def test_on_the_gpu_nothing_comes_without_the_guide(run: Any, on_gpu: Any) -> None:
    picture = on_gpu(np.zeros((4, 4, 3), np.uint8))
    text = on_gpu_graph("sigma_color: 0.1 sigma_space: 2", guide=True)
    assert run(text, [("in", 0, picture), ("guide", 1, picture)])["out"] == []


def test_both_places_cannot_be_mixed(run: Any) -> None:
    text = on_gpu_graph("", guide=True).replace("GUIDE_GPU", "GUIDE")
    with pytest.raises(ValueError, match="CPU and GPU ports cannot be mixed"):
        run(text)
