"""Convolutions: plain, depthwise, transposed, and FULLY_CONNECTED, a convolution of single pixels."""

from __future__ import annotations

from mpgraph.inference.operators import TRANSPOSE_CONV_BIAS, TransposeConvBias
from mpgraph.inference.schema import Padding
from mpgraph.inference.webgpu.network import Array, Operation
from mpgraph.inference.webgpu.plan import Constant, PlanBuilder, Rule, Value
from mpgraph.inference.webgpu.shapes import Pair, pad_last, window_parameters, windows

_PIXELS_AT_ONCE = 4


def _spatial_first(weights: Array) -> Constant:
    """Weights in OHWI as the kernels read them: HWIO, with both channel axes padded."""
    return Constant(pad_last(weights.transpose(1, 2, 3, 0), -2))


def _pointwise(plan: PlanBuilder, op: Operation, image: Value, weights: Array, target: Value) -> None:
    pixels, blocks = target.shape.pixels, target.shape.blocks
    bias = plan.bias(2, len(weights))
    parameters = {
        "count": -(-pixels // _PIXELS_AT_ONCE) * blocks,
        "pixels": pixels,
        "in_blocks": image.shape.blocks,
        "out_blocks": blocks,
        "activation": op.activation,
        "final_activation": op.final_activation,
    }
    addend = _addend(plan, op, target, bias)
    plan.emit("pointwise", target, image, _spatial_first(weights), bias, addend, **parameters)


def _addend(plan: PlanBuilder, op: Operation, target: Value, unused: Constant) -> Value | Constant:
    """The value added to the result; `unused` if there is none, since something must be bound."""
    if op.addend == -1:
        return unused
    addend = plan.values[op.addend]
    if addend.shape.nhwc != target.shape.nhwc:
        raise plan.refusal(f"{list(addend.shape.dims)} is added to {list(target.shape.dims)}")
    return addend


def _conv(plan: PlanBuilder, op: Operation) -> None:
    image, weights = plan.computed(0), plan.constant(1)
    out_channels, kernel_h, kernel_w, depth = weights.shape
    if depth != image.shape.channels:
        raise plan.refusal(f"it has groups of {depth} among {image.shape.channels} channels")
    if (kernel_h, kernel_w, op.option(1), op.option(2)) == (1, 1, 1, 1):
        target = plan.result((*image.shape.nhwc[:3], out_channels))
        _pointwise(plan, op, image, weights, target)
        return
    _slide(plan, op, "conv", _spatial_first(weights), (kernel_h, kernel_w), out_channels, dilation=4)


def _depthwise(plan: PlanBuilder, op: Operation) -> None:
    weights, channels = plan.constant(1), plan.computed(0).shape.channels
    _, kernel_h, kernel_w, out_channels = weights.shape
    if out_channels % channels:
        raise plan.refusal(f"it turns {channels} channels into {out_channels}")
    packed, size, multiplier = Constant(pad_last(weights)), (kernel_h, kernel_w), out_channels // channels
    _slide(plan, op, "depthwise", packed, size, out_channels, dilation=5, multiplier=multiplier)


def _slide(
    plan: PlanBuilder,
    op: Operation,
    kernel: str,
    weights: Constant,
    kernel_size: Pair,
    out_channels: int,
    *,
    dilation: int,
    multiplier: int = 1,
) -> None:
    """Slide a window over the image.

    dilation: the option with the horizontal dilation;
    the vertical dilation follows. multiplier: output channels for each input channel, of depthwise.
    """
    image = plan.computed(0)
    same = op.option(0, "b") == Padding.SAME
    stride = op.option(2), op.option(1)
    dilations = op.option(dilation + 1, "i", 1), op.option(dilation, "i", 1)
    out, pad = windows(image.shape, kernel_size, stride, same, dilations)
    target = plan.result((image.shape.nhwc[0], *out, out_channels))
    bias = plan.bias(2, out_channels)
    parameters = {
        **window_parameters(image.shape, target.shape, kernel_size, stride, pad, dilations),
        "activation": op.activation,
        "final_activation": op.final_activation,
        "multiplier": multiplier,
    }
    plan.emit(kernel, target, image, weights, bias, _addend(plan, op, target, bias), **parameters)


def _fully_connected(plan: PlanBuilder, op: Operation) -> None:
    image, weights = plan.computed(0), plan.constant(1)
    units, depth = weights.shape
    if op.option(1, "b") != 0:
        raise plan.refusal("its weights are shuffled")
    if image.shape.size % depth:
        raise plan.refusal(f"it has weights for {depth} numbers and receives {image.shape.size}")
    keeps_dims = bool(op.option(2, "b")) and image.shape.channels == depth
    rows = plan.reshaped(image, (image.shape.size // depth, depth))
    target = plan.result((*image.shape.dims[:-1], units) if keeps_dims else (*rows.shape.dims[:1], units))
    _pointwise(plan, op, rows, weights.reshape(units, 1, 1, depth), target)


def _transpose_conv(plan: PlanBuilder, op: Operation) -> None:
    same = op.option(0, "b") == Padding.SAME
    _, out_h, out_w, _ = (int(size) for size in plan.constant(0))
    _add_transpose_conv(plan, op, (2, 1, 3), (out_h, out_w), (op.option(2), op.option(1)), same)


def _transpose_conv_bias(plan: PlanBuilder, op: Operation) -> None:
    try:
        options = TransposeConvBias.parse(op.custom_options)
    except ValueError as error:
        raise plan.refusal(f"it {error}") from None
    _, height, width, _ = plan.shape(0).nhwc
    _, kernel_h, kernel_w, _ = plan.constant(1).shape
    out = options.output_size(height, width, kernel_h, kernel_w)
    strides = options.stride_h, options.stride_w
    _add_transpose_conv(plan, op, (0, 1, 2), out, strides, options.padding is Padding.SAME)


def _add_transpose_conv(
    plan: PlanBuilder,
    op: Operation,
    operands: tuple[int, int, int],
    out: Pair,
    strides: Pair,
    same: bool,
) -> None:
    """operands: the positions of the image, the weights and the bias among the operands."""
    image, weights = plan.computed(operands[0]), plan.constant(operands[1])
    batch, height, width, channels = image.shape.nhwc
    out_channels, kernel_h, kernel_w, depth = weights.shape
    if depth != channels:
        raise plan.refusal(f"it has weights for {depth} channels and receives {channels}")
    axes = zip((height, width), strides, (kernel_h, kernel_w), out, strict=True)
    # The padding is that of the inverse convolution, from the output's size to the input's.
    pad_h, pad_w = (
        max(0, (size - 1) * stride + kernel - out_size) // 2 if same else 0
        for size, stride, kernel, out_size in axes
    )
    target = plan.result((batch, *out, out_channels))
    parameters = window_parameters(image.shape, target.shape, (kernel_h, kernel_w), strides, (pad_h, pad_w))
    parameters["activation"] = op.activation
    bias = plan.bias(operands[2], out_channels)
    plan.emit("transpose_conv", target, image, _spatial_first(weights), bias, **parameters)


RULES: dict[str, Rule] = {
    "CONV_2D": _conv,
    TRANSPOSE_CONV_BIAS: _transpose_conv_bias,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _fully_connected,
    "TRANSPOSE_CONV": _transpose_conv,
}
