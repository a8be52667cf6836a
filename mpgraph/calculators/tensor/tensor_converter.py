"""TensorConverterCalculator: whole images and matrices as tensors."""

from __future__ import annotations

from mpgraph.calculators.tensor import normalization
from mpgraph.calculators.tensor.normalization import Normalization
from mpgraph.errors import FailedPreconditionError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp


@mp.register
class TensorConverterCalculator(mp.Calculator):
    """Converts images or matrices to float32 tensors of the same size.

    IMAGE: ImageFrame, SRGB, SRGBA, GRAY8 or VEC32F1; or MATRIX: Matrix.
    TENSORS: a list of one, (1, height, width, channels), or (1, rows, columns, 1) of a matrix.

    Options: pixels are scaled from 0..255 to -1..1, with `zero_center: false` to 0..1, to
    `output_tensor_float_range`, or with `use_custom_normalization` to value / `custom_div` - `custom_sub`;
    `flip_vertically`; `max_num_channels` (1, 3 or 4; further channels are dropped); `row_major_matrix`.
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    matrix = mp.Input("MATRIX", Matrix, optional=True)
    tensors = mp.Output("TENSORS", TENSORS)
    Options = mp.ProtoOptions("TensorConverterCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of IMAGE and MATRIX; a non-empty range, a divisor other than 0, one option to flip."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("IMAGE") != contract.inputs.has("MATRIX"),
            "TensorConverterCalculator takes exactly one input stream, IMAGE or MATRIX.",
        )
        normalization.check_options(contract)
        options = contract.options
        if options.HasField("flip_vertically") and options.HasField("gpu_origin"):
            raise FailedPreconditionError(
                "Cannot specify both flip_vertically and gpu_origin options.", hint="Remove one of them."
            )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._normalization = Normalization.from_options(cc.options)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.image):
            values = self._normalization.floats(cc[self.image])
        elif cc.has(self.matrix):
            values = self._normalization.matrix(cc[self.matrix])
        else:
            return
        cc.emit(self.tensors, [Tensor(values[None])])
