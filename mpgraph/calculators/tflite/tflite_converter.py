"""TfLiteConverterCalculator: whole images and matrices as TfLiteTensors."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.calculators.tensor.normalization import Normalization, check_options
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.matrix import Matrix
from mpgraph.formats.tensor import TFLITE_TENSORS, Quantization, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.warp import Affine, sample_tensor

_WITH_ALPHA = 4


@mp.register
class TfLiteConverterCalculator(mp.Calculator):
    """Converts images or matrices to TfLiteTensors of the same size.

    IMAGE: ImageFrame, SRGB, SRGBA, GRAY8 or VEC32F1; or MATRIX: Matrix; or IMAGE_GPU: GpuBuffer, SRGB, SRGBA
        or GRAY8.
    TENSORS: a list of one, float32 (height, width, channels), or (rows, columns, 1) of a matrix.
    TENSORS_GPU: the same on the GPU, from IMAGE_GPU; always with `max_num_channels` channels, 4 only from
        SRGBA.

    Options: those of TensorConverterCalculator, and `use_quantized_tensors`: the unscaled bytes, uint8 with
    scale 1 and zero point 0; it has no effect on the GPU, as in MediaPipe.
    """

    image = mp.Input("IMAGE", ImageFrame, optional=True)
    matrix = mp.Input("MATRIX", Matrix, optional=True)
    image_gpu = mp.Input("IMAGE_GPU", GpuBuffer, optional=True)
    tensors = mp.Output("TENSORS", TFLITE_TENSORS, optional=True)
    tensors_gpu = mp.Output("TENSORS_GPU", TFLITE_TENSORS, optional=True)
    Options = mp.ProtoOptions("TfLiteConverterCalculatorOptions")
    timestamp_offset = 0
    input_stream_handler = "FixedSizeInputStreamHandler"

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Exactly one of IMAGE, IMAGE_GPU and MATRIX; the output in the same memory; a non-empty range."""
        super().get_contract(contract)
        contract.need(
            sum(map(contract.inputs.has, ("IMAGE", "IMAGE_GPU", "MATRIX"))) == 1,
            "TfLiteConverterCalculator takes exactly one input stream, IMAGE, IMAGE_GPU or MATRIX.",
        )
        images = [] if contract.inputs.has("MATRIX") else ["IMAGE"]
        choose_device(contract, images, ["TENSORS"], ["MATRIX"])
        check_options(contract)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._normalization = Normalization.from_options(cc.options)
        self._quantized = cc.options.use_quantized_tensors

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.image):
            tensor = self._of_frame(cc[self.image])
        elif cc.has(self.matrix):
            tensor = Tensor(self._normalization.matrix(cc[self.matrix]))
        elif cc.has(self.image_gpu):
            cc.emit(self.tensors_gpu, [self._on_gpu(cc[self.image_gpu])])
            return
        else:
            return
        cc.emit(self.tensors, [tensor])

    def _of_frame(self, frame: ImageFrame) -> Tensor:
        if not self._quantized:
            return Tensor(self._normalization.floats(frame))
        pixels = self._normalization.pixels(frame)
        if pixels.dtype != np.uint8:
            raise InvalidArgumentError(
                f"use_quantized_tensors takes images of bytes, not {frame.image_format.name}."
            )
        return Tensor(pixels, quantization=Quantization(1.0, 0))

    def _on_gpu(self, image: GpuBuffer) -> Tensor:
        normalization = self._normalization
        if image.image_format is ImageFormat.VEC32F1:
            raise InvalidArgumentError(
                f"Unsupported GPU input format {image.image_format.name}; supported are SRGB, SRGBA, GRAY8."
            )
        if normalization.max_channels == _WITH_ALPHA and image.image_format is not ImageFormat.SRGBA:
            raise InvalidArgumentError(
                "Num input channels is less than desired output: max_num_channels is 4, the image is "
                f"{image.image_format.name}."
            )
        upside_down = Affine(1, 0, 0, 0, -1, image.height)
        values = sample_tensor(
            image,
            image.width,
            image.height,
            upside_down if normalization.flip else Affine(1, 0, 0, 0, 1, 0),
            channels=normalization.max_channels,
            low=float(normalization.low),
            high=float(normalization.high),
            zero_border=False,
        )
        values.shape = values.shape[1:]
        return Tensor.on_gpu(values)
