"""Mattes on the GPU: parts of images for networks, masks placed, steadied and refined.

The operations are those of `mpgraph.effects`, which describes them, on the same sizes and with the same
rounding to bytes. All functions raise GpuError if the GPU fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.gpu.context import GpuArray, Operand, texture_of
from mpgraph.gpu.pool import R32F
from mpgraph.gpu.shader import Parameter, load_shader
from mpgraph.gpu.warp import Affine, resize

Corners = tuple[float, float, float, float]
"""left, top, right, bottom, in pixels of an image."""

MOST_MASKS = 4
"""The number of masks that `place_masks` takes."""


def halved(image: GpuBuffer, sizes: Sequence[tuple[int, int]]) -> GpuBuffer:
    """The image reduced to some sizes (width, height) in turn, bilinearly: halves are means of 2x2 pixels."""
    for size in sizes:
        image = resize(image, *size)
    return image


def tile_tensor(
    image: GpuBuffer,
    width: int,
    height: int,
    box: Corners,
    *,
    mirrored: bool,
    step: int,
    level: float,
    most: float,
) -> GpuArray:
    """The part of an image in a box as (1, height, width, 3) float32 in 0..1, brightened if it is dark.

    step: the mean is that of every so many pixels and rows. level: the mean, in 0..255, up to which it is
    brightened, at most by the factor `most`.
    """
    source = texture_of(image)
    context = source.context
    across, down = (box[2] - box[0]) / width, (box[3] - box[1]) / height
    to_source = Affine(across, 0, box[0], 0, down, box[1])
    if mirrored:
        to_source = Affine(-across, 0, box[2], 0, down, box[1])
    sampling: dict[str, Parameter] = {**to_source.parameters(), "width": width, "height": height}
    with context.lock:
        gain, values = context.new_array((1,)), context.new_array((1, height, width, 3))
        kernel = context.kernel(load_shader("tile_gain"))
        context.dispatch(
            kernel, [gain, source], (1, 1, 1), {**sampling, "step": step, "level": level / 255, "most": most}
        )
        kernel = context.kernel(load_shader("tile_tensor"))
        context.dispatch(kernel, [values, source, gain], kernel.groups_over(width, height), sampling)
    return values


def place_masks(
    masks: Sequence[GpuBuffer],
    boxes: Sequence[Corners],
    mirrored: Sequence[bool],
    image_size: tuple[int, int],
    size: tuple[int, int],
    *,
    seen: float,
) -> GpuBuffer:
    """One mask of an image, VEC32F1 of `size` (width, height), from the red of masks of parts of it.

    masks: 1 to 4 of them, with the part that each shows. seen: the least value inside of these; see
    `mpgraph.effects.placement`.
    """
    textures = [texture_of(mask) for mask in masks]
    context = textures[0].context
    spare = MOST_MASKS - len(masks)
    corners = [*boxes, *[(0.0, 0.0, 0.0, 0.0)] * spare]
    parameters: dict[str, Parameter] = {
        "boxes_a": corners[0],
        "boxes_b": corners[1],
        "boxes_c": corners[2],
        "boxes_d": corners[3],
        "mirrored": [*map(float, mirrored), *[0.0] * spare],
        "image_width": image_size[0],
        "image_height": image_size[1],
        "count": len(masks),
        "seen": seen,
    }
    sources = [*textures, *[context.blank] * spare]
    return GpuBuffer(context.draw("place_masks", sources, *size, parameters, R32F), ImageFormat.VEC32F1)


def steady_mask(
    mask: GpuBuffer,
    image: GpuBuffer,
    old_mask: GpuBuffer,
    old_image: GpuBuffer,
    motion: Any,
    held: GpuBuffer | None,
    *,
    gain: float,
    keep: float,
    sigma: float,
    zero_is_unknown: bool,
) -> GpuBuffer:
    """A mask drawn towards the previous one where the image shows the same things; all of one size.

    motion: HxWx2 float32, and gain: see `mpgraph.effects.motion`. held: the share of the previous mask to
        add, if any.
    keep, sigma, zero_is_unknown: see `mpgraph.effects.steadiness`, in levels of 0..255.
    Returns VEC32F1.
    """
    now, before = texture_of(image), texture_of(old_image)
    context = now.context
    with context.lock:
        scale = image.width / motion.shape[1], image.height / motion.shape[0]
        shifts: list[Operand] = [
            context.upload_pixels(np.multiply(motion[..., axis], scale[axis], dtype=np.float32))
            for axis in range(2)
        ]
        moved = context.draw("moved_image", [before, *shifts], image.width, image.height, {})
        sources: list[Operand] = [now, moved, texture_of(mask), texture_of(old_mask), *shifts]
        parameters: dict[str, Parameter] = {
            "gain": gain,
            "keep": keep,
            "sigma": sigma / 255,
            "zero_is_unknown": int(zero_is_unknown),
            "holds": int(held is not None),
        }
        sources.append(context.blank if held is None else texture_of(held))
        target = context.draw("steady_mask", sources, image.width, image.height, parameters, R32F)
    return GpuBuffer(target, ImageFormat.VEC32F1)


def edge_matte(
    mask: GpuBuffer,
    image: GpuBuffer,
    sizes: Sequence[tuple[int, int]],
    *,
    radius: int,
    epsilon: float,
    reach: int,
    passes: int,
    stretch: tuple[float, float],
    certain: float,
    smoothing: GpuArray,
    hold: float,
    sampled: tuple[int, int, int],
    level: float,
) -> GpuBuffer:
    """A matte of the image's size, GRAY8, from a mask that is as large or smaller.

    sizes: to which the image is reduced in turn; at the last one the functions are fitted. radius, epsilon,
    reach, passes, stretch, certain: see `mpgraph.effects.edge`.
    smoothing: one value, the sum of radii of the video's last image, which becomes that of this one. hold,
        sampled (columns, rows, step), level (the noise for a quartile of 1): see `mpgraph.effects.noise`.
    """
    source, mask_texture = texture_of(image), texture_of(mask)
    context = source.context
    with context.lock:
        sampling: dict[str, Parameter] = dict(zip(("columns", "rows", "step"), sampled, strict=True))
        noise: dict[str, Parameter] = {"level": level, "scale": image.height / mask.height, "hold": hold}
        kernel = context.kernel(load_shader("guide_noise"))
        context.dispatch(kernel, [smoothing, source], (1, 1, 1), {**sampling, **noise})
        for number in range(2):
            source = context.draw(
                "smooth_guide", [source, smoothing], image.width, image.height, {"number": number}
            )
        columns, rows = sizes[-1]
        small = texture_of(halved(GpuBuffer(source, ImageFormat.SRGB), sizes))
        target = context.draw("scale_float_mask", [mask_texture], columns, rows, {}, R32F)
        target = context.draw("widen_mask", [target], columns, rows, {"certain": certain}, R32F)
        grid: dict[str, Parameter] = {"width": columns, "height": rows, "radius": radius}
        functions, means = (context.new_array((rows, columns, 4)) for _ in range(2))
        fit, mean = (context.kernel(load_shader(name)) for name in ("guided_fit", "guided_mean"))
        groups = fit.groups_over(columns, rows)
        for number in range(passes):
            if number:
                limits: dict[str, Parameter] = {"low": stretch[0], "high": stretch[1]}
                target = context.draw("guided_mask", [small, means], columns, rows, limits, R32F)
            context.dispatch(fit, [functions, small, target], groups, {**grid, "epsilon": epsilon})
            context.dispatch(mean, [means, functions], groups, grid)
        parameters = {"columns": columns, "rows": rows, "reach": reach}
        matte = context.draw(
            "guided_matte", [source, means, mask_texture], image.width, image.height, parameters
        )
    return GpuBuffer(matte, ImageFormat.GRAY8)
