"""TfLiteConverterCalculator: whole pictures and matrices as TfLiteTensors."""

from __future__ import annotations

import numpy as np

from mpgraph.calculator_base import Calculator
from mpgraph.calculators.tensor import normalization
from mpgraph.calculators.tensor.normalization import Normalization
from mpgraph.context import CalculatorContext
from mpgraph.contract import Contract
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.formats.tensor import Quantization, Tensor
from mpgraph.formats.tflite_tensor import TFLITE_TENSORS
from mpgraph.options import ProtoOptions
from mpgraph.ports import Input, Output
from mpgraph.registry import register


@register
class TfLiteConverterCalculator(Calculator):
    """Turns pictures or matrices into TfLiteTensors of the same size.

    IMAGE (ImageFrame: SRGB, SRGBA, GRAY8, VEC32F1) or MATRIX, exactly one of them.
    TENSORS: a list of one, float32 (height, width, channels), or (rows, columns, 1) for a matrix.

    Options as TensorConverterCalculator's, and `use_quantized_tensors`: the bytes as they are, uint8
    with scale 1 and zero point 0.
    """

    image = Input("IMAGE", ImageFrame, optional=True)
    matrix = Input("MATRIX", Matrix, optional=True)
    tensors = Output("TENSORS", TFLITE_TENSORS)
    Options = ProtoOptions("TfLiteConverterCalculatorOptions")
    timestamp_offset = 0
    input_stream_handler = "FixedSizeInputStreamHandler"

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        """Check the input and the options."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("IMAGE") != contract.inputs.has("MATRIX"),
            "TfLiteConverterCalculator takes exactly one input stream, IMAGE or MATRIX.",
        )
        normalization.check_options(contract)

    def open(self, cc: CalculatorContext) -> None:
        """Take the options."""
        self._normalization = Normalization.from_options(cc.options)
        self._quantized = cc.options.use_quantized_tensors

    def process(self, cc: CalculatorContext) -> None:
        """Convert one picture or matrix."""
        if cc.has(self.image):
            tensor = self._of_picture(cc[self.image])
        elif cc.has(self.matrix):
            tensor = Tensor(self._normalization.matrix(cc[self.matrix]))
        else:
            return
        cc.emit(self.tensors, [tensor])

    def _of_picture(self, frame: ImageFrame) -> Tensor:
        if not self._quantized:
            return Tensor(self._normalization.floats(frame))
        pixels = self._normalization.pixels(frame)
        if pixels.dtype != np.uint8:
            raise InvalidArgumentError(
                f"use_quantized_tensors takes pictures of bytes, not {frame.image_format.name}."
            )
        return Tensor(pixels, quantization=Quantization(1.0, 0))
