from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph.errors import ConfigError
from mpgraph.formats.image import Image
from mpgraph.gpu import upload
from mpgraph.testing import run, t

NAME = "SteadyMaskCalculator"
SECOND = 1_000_000
SCENE: Any = np.random.default_rng(2).integers(40, 200, (45, 80, 3), np.uint8)


def masks(
    images: list[Any],
    times: list[int],
    options: str = "",
    on_gpu: bool = False,
    unknown: int = 0,
    **setup: Any,
) -> Any:
    """The results for masks of 0.2, 0.8, 0.2 ...; unknown: rows at the top of every other one that are 0."""

    def placed(pixels: Any) -> Image:
        image = Image.wrap(pixels)
        return Image.from_gpu_buffer(upload(image)) if on_gpu else image

    node = run(NAME, options, unread=False, **setup)
    for i, (image, time) in enumerate(zip(images, times, strict=True)):
        values = np.full(image.shape[:2], 0.8 if i % 2 else 0.2, np.float32)
        values[: unknown if i % 2 == 0 else 0] = 0
        node.send("MASK", placed(values) @ t(time)).send("IMAGE", placed(image.copy()) @ t(time))
    return [packet.payload.pixels for packet in node.take("MASK")]


def test_what_rests_keeps_its_mask() -> None:
    first, second = masks([SCENE, SCENE], [0, 33_333], "keep: 0.5")
    assert np.allclose(first, 0.2) and np.allclose(second, 0.5, atol=1e-3)


@pytest.mark.parametrize(
    ("images", "times", "side"),
    [
        ([SCENE, 255 - SCENE], [0, 33_333], {}),
        ([SCENE, SCENE], [0, 2 * SECOND], {}),
        ([SCENE, SCENE[:20]], [0, 33_333], {}),
        ([SCENE, SCENE], [0, 33_333], {"USE_PREVIOUS": False}),
    ],
    ids=["cut", "gap", "size", "stills"],
)
@pytest.mark.parametrize("on_gpu", [False, True])
def test_the_previous_mask_is_dropped(images: Any, times: Any, side: Any, on_gpu: bool) -> None:
    assert np.allclose(masks(images, times, on_gpu=on_gpu, side=side)[1], 0.8, atol=0.02)


def test_masks_are_equal_on_the_gpu() -> None:
    random = np.random.default_rng(7)
    images = [
        np.clip(SCENE + random.normal(0, 3, SCENE.shape) + i, 0, 255).astype(np.uint8) for i in range(5)
    ]
    images[3][:, 40:] = SCENE[:, 39::-1][:, :40]
    times = [33_333 * i for i in range(5)]
    options, unknown = "zero_is_unknown: true", 15
    on_cpu, on_gpu = (
        masks(images, times, options, on_gpu=on_gpu, unknown=unknown) for on_gpu in (False, True)
    )
    # The previous mask moves by a fraction of a pixel.
    assert (on_cpu[1][:12] == np.float32(0.8)).all() and not on_cpu[2][:12].any()
    for one, other in zip(on_cpu, on_gpu, strict=True):
        # At the border of what is unknown, how positions are rounded decides for whole pixels.
        difference = np.abs(one - other)
        assert (difference > 0.06).mean() < 0.015 and np.median(difference) < 0.002


@pytest.mark.parametrize("on_gpu", [False, True])
def test_the_previous_mask_stays_where_it_is_held(on_gpu: bool) -> None:
    node = run(NAME, "keep: 0", inputs=["MASK", "HELD", "IMAGE"], unread=False)
    for time, value, share in ((0, 0.8, 0.0), (33_333, 0.1, 0.5)):
        for port, pixels in (("MASK", value), ("HELD", share), ("IMAGE", SCENE.copy())):
            if port != "IMAGE":
                pixels = np.full(SCENE.shape[:2], pixels, np.float32)
            image = Image.wrap(pixels)
            node.send(port, (Image.from_gpu_buffer(upload(image)) if on_gpu else image) @ t(time))
    assert np.allclose(node.take("MASK")[1].payload.pixels, 0.5, atol=1e-3)


def test_sizes_must_match() -> None:
    node = run(NAME).send("MASK", Image.wrap(np.zeros((2, 3), np.float32)) @ t(0))
    node.send("IMAGE", Image.wrap(SCENE.copy()) @ t(0)).expect_error("MASK is 3x2, IMAGE 80x45")


@pytest.mark.parametrize(("options", "message"), [("keep: 2", "in 0..1"), ("sigma: 0", "must be positive")])
def test_options_are_checked(options: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        masks([], [], options)
