"""Resizing, bilinear or to the nearest pixel, to a size in a constant operand."""

from __future__ import annotations

from functools import partial

from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import PlanBuilder, Rule


def _resize(plan: PlanBuilder, op: Operation, is_nearest: int) -> None:
    """Both modes have the options align_corners and half_pixel_centers, bilinear after two unused slots.

    For the nearest pixel TfLite adds half a pixel to the output position only, and rounds if corners are
    aligned, where it otherwise truncates (reference_ops::ResizeNearestNeighbor).
    """
    image = plan.computed(0)
    batch, in_h, in_w, channels = image.shape.nhwc
    out_h, out_w = (int(size) for size in plan.constant(1))
    first = 0 if is_nearest else 2
    aligned, centered = op.option(first, "b"), op.option(first + 1, "b")

    def scale(size: int, out_size: int) -> float:
        return (size - 1) / (out_size - 1) if aligned and out_size > 1 else size / out_size

    target = plan.result((batch, out_h, out_w, channels))
    plan.emit(
        "resize",
        target,
        image,
        in_h=in_h,
        in_w=in_w,
        out_h=out_h,
        out_w=out_w,
        in_blocks=image.shape.blocks,
        out_blocks=image.shape.blocks,
        is_nearest=is_nearest,
        rounds=int(is_nearest and aligned),
        scale_h=scale(in_h, out_h),
        scale_w=scale(in_w, out_w),
        half_in=0.5 if centered else 0.0,
        half_out=0.5 if centered and not is_nearest else 0.0,
    )


RULES: dict[str, Rule] = {
    "RESIZE_BILINEAR": partial(_resize, is_nearest=0),
    "RESIZE_NEAREST_NEIGHBOR": partial(_resize, is_nearest=1),
}
