"""The kernels for images in WebAssembly, against the WGSL of the same name with the same parameters.

Those of models are compared in tests/inference/webgpu/ops, with whole networks of one operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from exact_network import compute
from wasm_kernels import ABSENT, kernels, run_image_kernel, run_plan

from mpgraph.framework.resources import read_resource
from mpgraph.gpu import current, shader
from mpgraph.gpu.context import GpuArray, GpuTexture
from mpgraph.gpu.shader import Parameter, load_shader, shader_names
from mpgraph.gpu.warp import Affine, from_rectangle, rotation, scaling, shift
from mpgraph.inference import load_model
from mpgraph.inference.webgpu import packing
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.planning import make_plan

Array = npt.NDArray[Any]

NOISE = np.random.default_rng(7)
ONLY_PYTHON = {"smooth_float_mask", "unpack", "premultiply"}
"""Kernels whose work the package does otherwise on the CPU."""


def image(width: int, height: int) -> Array:
    """Noise whose neighbours are similar: an error of 1e-5 pixels in a position must not change a byte."""
    coarse = NOISE.integers(0, 256, (2 + height // 6, 2 + width // 6, 4)).astype(float)
    y, x = np.mgrid[:height, :width] / 6
    top, left = y.astype(int), x.astype(int)
    down, across = (y - top)[..., None], (x - left)[..., None]
    above = coarse[top, left] * (1 - across) + coarse[top, left + 1] * across
    below = coarse[top + 1, left] * (1 - across) + coarse[top + 1, left + 1] * across
    return (above * (1 - down) + below * down).astype(np.uint8)


PHOTO = image(61, 43)
SMALL = image(16, 9)


def on_gpu(
    name: str, sources: Sequence[Array], width: int, height: int, parameters: Mapping[str, Parameter]
) -> Array:
    context = current()
    uploaded: list[GpuTexture | GpuArray] = [
        context.upload_pixels(source) if source.dtype == np.uint8 else context.upload_array(source)
        for source in sources
    ]
    return context.draw(name, uploaded, width, height, dict(parameters)).read()


def compare(
    name: str, sources: Sequence[Array], width: int, height: int, parameters: Mapping[str, Parameter]
) -> Array:
    """Compute with both, and return the result. Roundings may differ by one level where they are close."""
    expected = on_gpu(name, sources, width, height, parameters)
    actual = run_image_kernel(name, sources, width, height, parameters)
    assert actual.shape == expected.shape == (height, width, 4)
    difference = np.abs(actual.astype(int) - expected)
    assert difference.max() <= 1 and (difference > 0).mean() < 0.01
    return actual


def test_every_kernel_is_there() -> None:
    own = {*shader_names(shader.FOLDER), *shader_names(packing.KERNELS)}
    assert kernels().names() == own - ABSENT - ONLY_PYTHON | {"unpremultiply"}


MAPS = {
    "larger": (150, 90, scaling(61 / 150, 43 / 90)),
    "smaller": (31, 20, scaling(61 / 31, 43 / 20)),
    "much smaller": (5, 4, scaling(61 / 5, 43 / 4)),
    "mirrored": (61, 43, Affine(-1, 0, 61, 0, 1, 0)),
    "upside down": (61, 43, Affine(1, 0, 0, 0, -1, 43)),
    "cut out": (20, 20, shift(17, 9)),
    "beyond the edges": (90, 70, shift(-10.3, -7.8)),
    "turned": (43, 61, shift(30.5, 21.5).after(rotation(np.pi / 2)).after(shift(-21.5, -30.5))),
    "rectangle": (37, 29, from_rectangle((30.0, 20.0), (50.0, 25.0), 0.7, 37, 29)),
    "odd width": (33, 17, scaling(61 / 33, 43 / 17)),
}


@pytest.mark.parametrize("case", MAPS)
@pytest.mark.parametrize("method", [0, 1, 2])
@pytest.mark.parametrize("has_border", [False, True])
def test_warp(case: str, method: int, has_border: bool) -> None:
    width, height, to_source = MAPS[case]
    color = (0.2, 0.4, 0.6, 0.8) if has_border else (0, 0, 0, 0)
    parameters = {**to_source.parameters(), "color": color, "method": method, "border": has_border}
    compare("warp", [PHOTO], width, height, parameters)


@pytest.mark.parametrize("case", MAPS)
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("zero_border", [False, True])
def test_sample_tensor(case: str, channels: int, zero_border: bool) -> None:
    width, height, to_source = MAPS[case]
    parameters: dict[str, Parameter] = {
        **to_source.parameters(),
        "channels": channels,
        "zero_border": zero_border,
        "scale": 2.0,
        "offset": -1.0,
    }
    context = current()
    with context.lock:
        target = context.new_array((height, width, channels))
        kernel = context.kernel(load_shader("sample_tensor"))
        sizes = {"width": width, "height": height}
        groups = kernel.groups_over(width, height)
        context.dispatch(kernel, [target, context.upload_pixels(PHOTO)], groups, {**parameters, **sizes})
    actual = run_image_kernel("sample_tensor", [PHOTO], width, height, parameters, channels=channels)
    np.testing.assert_allclose(actual, target.read(), atol=2e-4)


def tensor(height: int, width: int, channels: int) -> Array:
    return NOISE.normal(0, 3, (height, width, channels)).astype(np.float32)


@pytest.mark.parametrize(("activation", "channels"), [(0, 1), (1, 1), (2, 2)])
@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("flip", [False, True])
def test_mask(activation: int, channels: int, channel: int, flip: bool) -> None:
    scores = tensor(11, 19, channels) if activation else NOISE.uniform(-0.2, 1.2, (11, 19, 1)).astype("f4")
    parameters = {
        "activation": activation,
        "channel": channel,
        "flip": flip,
        "uses_previous": False,
        "ratio": 0.0,
    }
    mask = compare("mask", [scores, np.zeros((1, 1, 4), np.uint8)], 19, 11, parameters)
    if activation == 1:
        probability = 1 / (1 + np.exp(-scores[:: -1 if flip else 1, :, 0].astype(float)))
        assert np.abs(mask[..., 0] / 255 - probability).max() < 0.51 / 255
    assert (mask[..., 0] == mask[..., 3]).all() and not mask[..., 1:3].any()


@pytest.mark.parametrize("size", [(61, 43), (16, 9), (7, 80)])
def test_smooth_mask(size: tuple[int, int]) -> None:
    compare("smooth_mask", [PHOTO, image(*size)], 61, 43, {"ratio": 0.9})


@pytest.mark.parametrize("mask", [SMALL, PHOTO, image(200, 3)], ids=["small", "same", "wide"])
@pytest.mark.parametrize("channel", [0, 3])
@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("luminance", [False, True])
def test_recolor(mask: Array, channel: int, invert: bool, luminance: bool) -> None:
    color = [0.1, 0.5, 1.0, 1.0]
    parameters: dict[str, Parameter] = {
        "color": color,
        "mask_channel": channel,
        "invert": invert,
        "luminance": luminance,
    }
    actual = compare("recolor", [PHOTO, mask], 61, 43, parameters)
    if mask is PHOTO:
        weight = PHOTO[..., channel, None] / 255
        weight = 1 - weight if invert else weight
        if luminance:
            weight = weight * (PHOTO[..., :3] @ (0.299, 0.587, 0.114))[..., None] / 255
        expected = PHOTO * (1 - weight) + np.array(color) * 255 * weight
        assert np.abs(actual - expected).max() < 0.51


@pytest.mark.parametrize("mask", [SMALL, PHOTO, None], ids=["small", "same", "none"])
def test_set_alpha(mask: Array | None) -> None:
    parameters = {"uses_mask": mask is not None, "alpha": 0.4}
    actual = compare("set_alpha", [PHOTO, PHOTO if mask is None else mask], 61, 43, parameters)
    assert (actual[..., :3] == PHOTO[..., :3]).all()
    if mask is None:
        assert (actual[..., 3] == 102).all()
    elif mask is PHOTO:
        assert (actual[..., 3] == PHOTO[..., 0]).all()


def test_overlay() -> None:
    layer = image(61, 43)
    layer[..., 3] = 255 - layer[..., :3].max(axis=2)
    actual = compare("overlay", [PHOTO, layer], 61, 43, {})
    assert (actual[..., 3] == 255).all()


def test_premultiply() -> None:
    """Only on the GPU: how images go onto canvases there."""
    actual = on_gpu("premultiply", [PHOTO], 61, 43, {})
    expected = PHOTO * np.where([1, 1, 1, 0], PHOTO[..., 3:] / 255, 1)
    assert np.abs(actual - expected).max() < 0.51


def test_unpremultiply() -> None:
    """The only function without WGSL: canvases take images so."""
    straight = image(61, 43)
    straight[..., 3].flat[::7], straight[..., 3].flat[::5] = 0, 255
    alpha = straight[..., 3:].astype(float)
    multiplied = np.rint(straight * np.where([1, 1, 1, 0], alpha / 255, 1)).astype(np.uint8)
    wasm = kernels()
    wasm.reset()
    source, target = wasm.write(multiplied), wasm.allocate(multiplied.nbytes)
    wasm.call("unpremultiply", target, source, 61 * 43)
    actual = wasm.read(target, multiplied.shape, np.uint8)
    expected = np.minimum(multiplied[..., :3] * 255.0 / np.maximum(alpha, 1), 255)
    assert np.abs(actual[..., :3] - expected).max() <= 0.51 and (actual[..., 3] == straight[..., 3]).all()


@pytest.mark.parametrize("guide", [PHOTO, image(30, 50)], ids=["same", "other"])
@pytest.mark.parametrize(("sigma_color", "sigma_space"), [(0.1, 1.0), (0.2, 5.0), (0.0001, 3.0)])
def test_bilateral(guide: Array, sigma_color: float, sigma_space: float) -> None:
    step = max(1.0, 0.66 * sigma_space**0.5)
    parameters = {
        "sigma_color": sigma_color,
        "sigma_space": sigma_space,
        "step": step,
        "start": -sigma_space + (step / 2 if step > 1 else 0.0),
    }
    compare("bilateral", [PHOTO, guide], guide.shape[1], guide.shape[0], parameters)


@pytest.mark.parametrize("name", ["selfie_segmentation", "selfie_segmentation_landscape"])
def test_models(name: str, portrait: Callable[[int, int], Array]) -> None:
    model = load_model(read_resource(f"models/{name}.tflite"), origin=f"{name}.tflite")
    _, height, width, _ = model.inputs[0].shape
    values = portrait(width, height)
    plan = make_plan(read_network(model), [values.shape])
    [actual] = run_plan(plan, [values])
    np.testing.assert_allclose(actual, compute(model, values), atol=5e-4)
