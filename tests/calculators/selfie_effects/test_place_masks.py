from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.formats.image import Image
from mpgraph.gpu import upload
from mpgraph.testing import normalized_rect, run, t

NAME = "PlaceMasksCalculator"
SMALL = Image.wrap(np.zeros((90, 160, 3), np.uint8))
SIZE = (640, 360)
LEFT, RIGHT = normalized_rect(0.28, 0.5, 0.56, 1.0), normalized_rect(0.72, 0.5, 0.56, 1.0)


def smooth(seed: int) -> Any:
    x, y = np.meshgrid(np.linspace(0, 6, 64), np.linspace(0, 5, 64))
    return (0.5 + 0.5 * np.sin(x + seed) * np.cos(y)).astype(np.float32)


def held(mask: Image) -> tuple[Any, Any]:
    """The mask and the share of the previous one, with a mask at the left and the right held."""
    node = run(NAME, inputs=["MASKS", "NORM_RECTS", "NORM_RECTS_HELD", "SIZE", "IMAGE"], unread=False)
    node.send("MASKS", [mask] @ t(0)).send("NORM_RECTS", [LEFT] @ t(0)).send(
        "NORM_RECTS_HELD", [RIGHT] @ t(0)
    )
    node.send("SIZE", SIZE @ t(0)).send("IMAGE", SMALL @ t(0))
    [packet], [share] = node.take("MASK"), node.take("HELD")
    return packet.payload, share.payload


def placed(masks: list[Image], rects: list[Any]) -> Any:
    node = run(NAME, unread=False).send("MASKS", masks @ t(0)).send("NORM_RECTS", rects @ t(0))
    [packet] = node.send("SIZE", SIZE @ t(0)).send("IMAGE", SMALL @ t(0)).take("MASK")
    return packet.payload


def test_a_mask_of_the_whole_image_is_scaled() -> None:
    mask = placed([Image.wrap(np.full((64, 64), 0.25, np.float32))], [normalized_rect(0.5, 0.5, 1.0, 1.0)])
    assert (mask.width, mask.height) == (160, 90) and np.allclose(mask.pixels, 0.25)


def test_a_mirrored_mask_is_mirrored_back() -> None:
    plain = placed([Image.wrap(smooth(0))], [LEFT]).pixels
    rect = normalized_rect(0.28, 0.5, -0.56, 1.0)
    mirrored = placed([Image.wrap(np.ascontiguousarray(smooth(0)[:, ::-1]))], [rect]).pixels
    assert np.abs(plain - mirrored).max() < 1e-4
    assert plain[:, :88].any() and not plain[:, 91:].any()


def test_masks_are_placed_alike_on_the_gpu() -> None:
    masks = [Image.wrap(smooth(seed)) for seed in range(4)]
    mirrored = [normalized_rect(rect.x_center, 0.5, -0.56, 1.0) for rect in (LEFT, RIGHT)]
    rects = [LEFT, RIGHT, *mirrored]
    for count in (1, 2, 4):
        on_cpu = placed(masks[:count], rects[:count])
        on_gpu = placed([Image.from_gpu_buffer(upload(mask)) for mask in masks[:count]], rects[:count])
        assert on_gpu.uses_gpu()
        assert np.abs(on_cpu.pixels - on_gpu.pixels).max() < 0.02


def test_where_a_rectangle_is_held_the_mask_fades_out() -> None:
    flat = Image.wrap(np.full((64, 64), 0.5, np.float32))
    mask, share = (each.pixels for each in held(flat))
    assert np.allclose(mask[:, :70], 0.5) and (mask[:, 91:] < 0.01).all()
    assert (share[:, :70] < 0.01).all() and np.allclose(share[:, 91:], 1)
    assert np.allclose(mask + 0.5 * share, 0.5, atol=0.01)
    on_gpu = held(Image.from_gpu_buffer(upload(flat)))
    for one, other in zip((mask, share), on_gpu, strict=True):
        assert other.uses_gpu() and np.abs(one - other.pixels).max() < 0.02


def test_masks_may_come_from_several_networks() -> None:
    wide = Image.wrap(np.full((36, 64), 0.5, np.float32))
    node = run(
        NAME, inputs=["MASKS:0", "MASKS:1", "NORM_RECTS:0", "NORM_RECTS:1", "SIZE", "IMAGE"], unread=False
    )
    node.bound("MASKS:0", 1).bound("NORM_RECTS:0", 1)
    node.send("MASKS:1", [wide] @ t(0)).send("NORM_RECTS:1", [normalized_rect(0.5, 0.5, 1.0, 0.5)] @ t(0))
    [packet] = node.send("SIZE", SIZE @ t(0)).send("IMAGE", SMALL @ t(0)).take("MASK")
    assert (packet.payload.pixels[23:67] == 0.5).all() and not packet.payload.pixels[:22].any()


def test_there_is_a_rectangle_for_each_mask() -> None:
    node = run(NAME).send("MASKS", [Image.wrap(smooth(0))] @ t(0)).send("NORM_RECTS", [LEFT, RIGHT] @ t(0))
    node.send("SIZE", SIZE @ t(0)).send("IMAGE", SMALL @ t(0))
    node.expect_error("there are 1 MASKS and 2 NORM_RECTS")
