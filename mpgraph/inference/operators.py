"""Operands and options of the usual operators, from tensorflow/lite/kernels and schema.fbs.

Other operators are not checked, and a model that has one counts as a model without static shapes.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from mpgraph.inference import schema
from mpgraph.inference.schema import Padding

TRANSPOSE_CONV_BIAS = "Convolution2DTransposeBias"
"""MediaPipe's transposed convolution with a bias; see `lowering`."""

CUSTOM_PADDINGS = {1: Padding.SAME, 2: Padding.VALID}
"""TfLitePadding in the options of MediaPipe's operators -> Padding in schema.fbs."""

_ANY = sys.maxsize


@dataclass(frozen=True)
class Operands:
    """The number of an operator's inputs, of which the first `least` are required, and of its outputs.

    The others may be missing: not be there, or -1, except that RESHAPE's shape may not be -1.
    """

    least: int
    most: int
    outputs: int = 1


@dataclass(frozen=True)
class Window:
    """The options of an operator with a sliding window. sizes: slot -> default; all must be positive."""

    options_type: int
    sizes: Mapping[int, int]


_ONE_INPUT = """
ABS AVERAGE_POOL_2D CAST CEIL COS DEPTH_TO_SPACE DEQUANTIZE ELU EXP FLOOR GELU HARD_SWISH L2_NORMALIZATION
L2_POOL_2D LEAKY_RELU LOG LOGISTIC LOG_SOFTMAX MAX_POOL_2D NEG QUANTIZE RELU RELU6 RELU_N1_TO_1 ROUND RSQRT
SIN SOFTMAX SPACE_TO_DEPTH SQRT SQUARE SQUEEZE TANH
"""
_TWO_INPUTS = """
ADD BATCH_MATMUL BROADCAST_TO DIV EXPAND_DIMS FILL MAXIMUM MEAN MINIMUM MIRROR_PAD MUL PAD POW PRELU
REDUCE_MAX REDUCE_MIN RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR SQUARED_DIFFERENCE SUB SUM TILE TRANSPOSE
"""

OPERANDS: Mapping[str, Operands] = {
    **{name: Operands(1, 1) for name in _ONE_INPUT.split()},
    **{name: Operands(2, 2) for name in _TWO_INPUTS.split()},
    "BATCH_TO_SPACE_ND": Operands(3, 3),
    "CONCATENATION": Operands(1, _ANY),
    "CONV_2D": Operands(2, 3),
    "DENSIFY": Operands(1, 1),
    # Without its bias, XNNPACK ends the process; converters always write one.
    "DEPTHWISE_CONV_2D": Operands(3, 3),
    "FULLY_CONNECTED": Operands(2, 3, 2),
    "PADV2": Operands(3, 3),
    "RESHAPE": Operands(1, 2),
    "SCATTER_ND": Operands(3, 3),
    "SPACE_TO_BATCH_ND": Operands(3, 3),
    "SPLIT": Operands(2, 2, _ANY),
    "STRIDED_SLICE": Operands(4, 5),
    "TRANSPOSE_CONV": Operands(3, 4),
    TRANSPOSE_CONV_BIAS: Operands(3, 3),
}
"""Operators whose output shapes depend only on the input shapes and the values of integer inputs."""

COUNTS: Mapping[str, int] = {"SPLIT": schema.SPLIT_OPTIONS}
"""Operators whose options, of this type, begin with the number of their outputs."""

SCALED: Mapping[str, tuple[int, int]] = {
    "ADD": (1, 1 << 14),
    "BATCH_MATMUL": (0, 0),
    "QUANTIZE": (0, 0),
    "SQUARED_DIFFERENCE": (2, 1 << 12),
    "SUB": (1, 1 << 14),
}
"""Operators whose kernels end the process for quantized operands without a scale.

They do so, too, unless each operand has a single scale, and the largest of the inputs, to this power, is less
than that of the output times this factor: the fixed point arithmetic of add.cc and squared_difference.cc in
tensorflow/lite. 0: never.
"""

_STRIDES = {1: 0, 2: 0}

WINDOWS: Mapping[str, Window] = {
    "AVERAGE_POOL_2D": Window(schema.POOL_2D_OPTIONS, {**_STRIDES, 3: 0, 4: 0}),
    "CONV_2D": Window(schema.CONV_2D_OPTIONS, {**_STRIDES, 4: 1, 5: 1}),
    "LOCAL_RESPONSE_NORMALIZATION": Window(schema.LOCAL_RESPONSE_NORMALIZATION_OPTIONS, {0: 0}),
    "DEPTHWISE_CONV_2D": Window(schema.DEPTHWISE_CONV_2D_OPTIONS, {**_STRIDES, 5: 1, 6: 1}),
    "L2_POOL_2D": Window(schema.POOL_2D_OPTIONS, {**_STRIDES, 3: 0, 4: 0}),
    "MAX_POOL_2D": Window(schema.POOL_2D_OPTIONS, {**_STRIDES, 3: 0, 4: 0}),
    "TRANSPOSE_CONV": Window(schema.TRANSPOSE_CONV_OPTIONS, _STRIDES),
}


class TransposeConvBias(NamedTuple):
    """The options of MediaPipe's transposed convolution."""

    padding: Padding
    stride_w: int
    stride_h: int

    @classmethod
    def parse(cls, raw: bytes) -> TransposeConvBias:
        """Read the operator's custom options.

        Raises:
            ValueError: they are not those that MediaPipe writes. The message begins with "has".
        """
        if len(raw) < 12:
            raise ValueError(f"has {len(raw)} bytes of options, not 12")
        padding, stride_w, stride_h = struct.unpack_from("<3i", raw)
        if padding not in CUSTOM_PADDINGS or stride_w < 1 or stride_h < 1:
            raise ValueError(f"has padding {padding}, strides {stride_w} and {stride_h}")
        return cls(CUSTOM_PADDINGS[padding], stride_w, stride_h)

    def output_size(self, height: int, width: int, kernel_h: int, kernel_w: int) -> tuple[int, int]:
        """The height and width of the output for an input and a kernel of these sizes."""

        def along(size: int, kernel: int, stride: int) -> int:
            cut = max(0, kernel - (size - 1) % stride - 1) if self.padding is Padding.SAME else 0
            return stride * (size - 1) + kernel - cut

        return along(height, kernel_h, self.stride_h), along(width, kernel_w, self.stride_w)
