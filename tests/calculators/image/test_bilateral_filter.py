from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.testing import run, t

NAME = "BilateralFilterCalculator"


def filtered(options: str, image: Any, guide: Any = None) -> Any:
    node = run(NAME, options).send("IMAGE", ImageFrame.wrap(image) @ t(0))
    if guide is not None:
        node.send("GUIDE", ImageFrame.wrap(guide) @ t(0))
    [packet] = node.take("IMAGE")
    return packet.payload


def filtered_on_gpu(options: str, image: Any, guide: Any = None) -> Any:
    node = run(NAME, options).send("IMAGE_GPU", image @ t(0))
    if guide is not None:
        node.send("GUIDE_GPU", guide @ t(0))
    [packet] = node.take("IMAGE_GPU")
    return packet.payload


@pytest.mark.parametrize("channels", [1, 3])
def test_noise_is_smoothed_and_edges_are_kept(channels: int) -> None:
    clean = np.full((40, 40, channels), 50.0)
    clean[:, 20:] = 200
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 6, clean.shape), 0, 255).astype(np.uint8)
    out = filtered("sigma_color: 0.15 sigma_space: 4", noisy)
    smooth = out.pixels.reshape(clean.shape).astype(float)
    assert smooth[:, 25:35].std() < noisy[:, 25:35].std() / 2
    assert smooth[:, 18].max() < 80 and smooth[:, 21].min() > 170


def test_window_of_zero_width_follows_from_sigma() -> None:
    # int(2 · 0.4) is 0, for which OpenCV derives the window from sigma.
    image = np.full((3, 4, 3), 9, np.uint8)
    node = run(NAME, "sigma_color: 0.1 sigma_space: 0.4").send("IMAGE", ImageFrame.wrap(image) @ t(0))
    node.expect("IMAGE", image @ t(0))


@pytest.mark.parametrize("pixels", [np.zeros((2, 2, 4), np.uint8), np.zeros((2, 2), np.uint16)])
def test_unsupported_formats_are_reported(pixels: Any) -> None:
    node = run(NAME, "sigma_color: 0.1 sigma_space: 2", outputs=["IMAGE"])
    node.send("IMAGE", ImageFrame.wrap(pixels) @ t(0)).expect_error("1 or 3 channels", ValueError)


def test_negative_sigma_is_refused() -> None:
    with pytest.raises(ValueError, match="sigma_space must not be negative"):
        run(NAME, "sigma_space: -1", inputs=["IMAGE"], outputs=["IMAGE"])


@pytest.mark.parametrize("shape", [(31, 40), (31, 40, 3)])
@pytest.mark.parametrize("space", [0.4, 1, 2.5, 4])
def test_guide_equal_to_the_image_gives_the_plain_filter(shape: Any, space: float) -> None:
    image = np.random.default_rng(1).integers(0, 255, shape, np.uint8)
    options = f"sigma_color: 0.3 sigma_space: {space}"
    plain, joint = filtered(options, image.copy()), filtered(options, image.copy(), image.copy())
    assert joint.image_format is plain.image_format
    assert np.abs(joint.pixels.astype(int) - plain.pixels).max() <= 1


def test_edges_are_those_of_the_guide() -> None:
    image = np.zeros((20, 20), np.float32)
    image[:, 7:] = 1  # Three pixels beside the guide's edge.
    guide = np.zeros((20, 20, 3), np.uint8)
    guide[:, 10:] = 255
    out = filtered("sigma_color: 0.05 sigma_space: 6", image, guide).pixels
    assert out.dtype == np.float32
    assert np.allclose(out[:, 10:], 1)
    assert (out[:, 0] < out[:, 5]).all() and (out[:, 8] < 0.9).all()


def test_small_mask_is_scaled_to_the_size_of_the_guide() -> None:
    guide = np.zeros((40, 60, 4), np.uint8)
    guide[:, 33:, :3] = 200
    guide[::2, :, 3] = 255  # Alpha is no edge.
    mask = np.zeros((10, 15), np.uint8)
    mask[:, 8:] = 255
    out = filtered("sigma_color: 0.1 sigma_space: 5", mask, guide)
    assert (out.width, out.height, out.channels) == (60, 40, 1)
    assert out.pixels[:, 31].max() < 90 < 160 < out.pixels[:, 34].min()
    assert (out.pixels[0] == out.pixels[21]).all()


def test_nothing_is_sent_without_the_guide() -> None:
    image = ImageFrame.wrap(np.zeros((4, 4), np.uint8))
    node = run(NAME, "sigma_color: 0.1 sigma_space: 2")
    node.send("IMAGE", image @ t(0)).send("GUIDE", image @ t(1)).expect_nothing("IMAGE")


def test_guide_of_16_bits_is_reported() -> None:
    node = run(NAME, "sigma_color: 0.1 sigma_space: 2", outputs=["IMAGE"])
    node.send("IMAGE", ImageFrame.wrap(np.zeros((4, 4), np.uint8)) @ t(0))
    node.send("GUIDE", ImageFrame.wrap(np.zeros((4, 4), np.uint16)) @ t(0))
    node.expect_error("GUIDE of uint8 or float32, not GRAY16", ValueError)


def coarse(bilinear: Any, image: Any, guide: Any, color: float, space: float) -> Any:
    """Compute the filter of MediaPipe's shader, which samples every step-th position of the window."""
    height, width = guide.shape[:2]
    step = max(np.float32(1), np.float32(0.66) * np.sqrt(np.float32(space)))
    offset = np.float32(-space) + (step / 2 if step > 1 else np.float32(0))
    offsets = []
    while offset <= space:
        offsets.append(float(offset))
        offset += step
    x, y = np.arange(width) + 0.5, (np.arange(height) + 0.5)[:, None]
    texel = np.array([1 / width, 1 / height])
    total, sums = np.zeros((height, width, 1)), np.zeros((height, width, 3))

    def gaussian(square: Any, sigma: float) -> Any:
        return np.exp(-0.5 * square / (4 * sigma * sigma + 1e-6))

    for dy in offsets:
        for dx in offsets:
            neighbor = bilinear(guide, x + dx, y + dy)
            value = bilinear(image, (x + dx) * image.shape[1] / width, (y + dy) * image.shape[0] / height)
            near = gaussian(np.sum((np.array([dx, dy]) * texel) ** 2), texel.max() * space)
            alike = gaussian(np.sum((neighbor - guide) ** 2, axis=-1, keepdims=True), color)
            total += near * alike
            sums += near * alike * value
    return sums / total


@pytest.mark.parametrize(("shape", "space"), [((1, 1), 2), ((333, 517), 1.5), ((40, 61), 3), ((31, 20), 11)])
def test_gpu_follows_the_shader(
    on_gpu: Any, bilinear: Any, same_greys: Any, shape: tuple[int, int], space: float
) -> None:
    image = np.random.default_rng(2).integers(0, 256, (*shape, 3), np.uint8)
    out = filtered_on_gpu(f"sigma_color: 0.2 sigma_space: {space}", on_gpu(image))
    assert out.image_format is ImageFormat.SRGBA
    pixels = out.to_frame().pixels
    assert (pixels[..., 3] == 255).all()
    assert same_greys(pixels[..., :3], coarse(bilinear, image / 255, image / 255, 0.2, space) * 255)


@pytest.mark.parametrize("size", [(10, 15), (64, 33)])
def test_gpu_output_has_edges_and_size_of_the_guide(
    on_gpu: Any, bilinear: Any, same_greys: Any, size: tuple[int, int]
) -> None:
    source = np.random.default_rng(2)
    mask = source.integers(0, 256, (*size, 4), np.uint8)
    guide = source.integers(0, 256, (40, 61, 3), np.uint8)
    out = filtered_on_gpu("sigma_color: 0.15 sigma_space: 4", on_gpu(mask), on_gpu(guide))
    expected = coarse(bilinear, mask[..., :3] / 255, guide / 255, 0.15, 4) * 255
    assert (out.width, out.height) == (61, 40)
    assert same_greys(out.to_frame().pixels[..., :3], expected)


@pytest.mark.parametrize("options", ["", "sigma_space: 6", "sigma_color: 0.5"])
def test_gpu_keeps_a_pixel_unlike_its_neighbors(on_gpu: Any, options: str) -> None:
    image = np.random.default_rng(2).integers(0, 256, (9, 9, 3), np.uint8)
    image[4, 4] = 255
    assert (filtered_on_gpu(options, on_gpu(image)).to_frame().pixels[4, 4] == 255).all()


def test_gpu_sends_nothing_without_the_guide(on_gpu: Any) -> None:
    image = on_gpu(np.zeros((4, 4, 3), np.uint8))
    node = run(NAME, "sigma_color: 0.1 sigma_space: 2")
    node.send("IMAGE_GPU", image @ t(0)).send("GUIDE_GPU", image @ t(1)).expect_nothing("IMAGE_GPU")


def test_ports_of_both_devices_are_refused() -> None:
    with pytest.raises(ValueError, match="CPU and GPU ports cannot be mixed"):
        run(NAME, inputs=["IMAGE_GPU", "GUIDE"], outputs=["IMAGE_GPU"])
