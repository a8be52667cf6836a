"""TensorsToSegmentationCalculator: a model's output as a mask."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.tensor import activation
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.arrays import INT_PAIR
from mpgraph.formats.image import Image
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu.context import GpuArray
from mpgraph.gpu.masks import mask_of
from mpgraph.gpu.warp import resize

# Activation
_SIGMOID = 1
_SOFTMAX = 2

_TOP_LEFT = 2  # GpuOrigin


@mp.register
class TensorsToSegmentationCalculator(mp.Calculator):
    """Converts the first tensor of a list to a mask and scales it bilinearly.

    TENSORS: a list whose first tensor is float32, (height, width, channels) or (1, height, width, channels);
        1 channel, or 2 for SOFTMAX.
    OUTPUT_SIZE: (width, height) of the mask; the tensor's own size if not connected.
    MASK: Image, VEC32F1; in 0..1 with an activation. Of a tensor on the GPU: SRGBA there, with the mask in
        red and alpha, rounded to bytes before it is scaled.

    Nothing is sent without tensors. Options: `activation` (NONE, SIGMOID, or SOFTMAX, of which the mask is
    channel `output_layer_index`) and `gpu_origin`: a mask on the GPU is flipped vertically unless it is
    TOP_LEFT.
    """

    tensors = mp.Input("TENSORS", TENSORS)
    size = mp.Input("OUTPUT_SIZE", INT_PAIR, optional=True)
    mask = mp.Output("MASK", Image)
    Options = mp.ProtoOptions("TensorsToSegmentationCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """With SOFTMAX, `output_layer_index` is 0 or 1."""
        super().get_contract(contract)
        options = contract.options
        contract.need(
            options.activation != _SOFTMAX or options.output_layer_index in (0, 1),
            f"output_layer_index is {options.output_layer_index}; SOFTMAX has the channels 0 and 1.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._activation = cc.options.activation
        self._channel = cc.options.output_layer_index
        self._flip = cc.options.gpu_origin != _TOP_LEFT

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        tensors = cc.get(self.tensors)
        if not tensors:
            return
        tensor = tensors[0]
        height, width, channels = _image_shape(tensor)
        self._check_channels(channels)
        size = cc[self.size] if cc.connected(self.size) else (width, height)
        if min(size) < 1:
            raise InvalidArgumentError(f"OUTPUT_SIZE is {size[0]}x{size[1]}; a mask needs pixels.")
        if isinstance(tensor.gpu, GpuArray):
            on_gpu = mask_of(
                tensor.gpu, width, height, activation=self._activation, channel=self._channel, flip=self._flip
            )
            cc.emit(self.mask, Image.from_gpu_buffer(resize(on_gpu, *size)))
            return
        mask = self._activated(tensor.array.reshape(height, width, channels))
        if size != (width, height):
            mask = cv2.resize(mask, size)
        cc.emit(self.mask, Image.wrap(mask, ImageFormat.VEC32F1))

    def _check_channels(self, channels: int) -> None:
        expected = 2 if self._activation == _SOFTMAX else 1
        if channels != expected:
            name = {_SIGMOID: "SIGMOID", _SOFTMAX: "SOFTMAX"}.get(self._activation, "NONE")
            raise InvalidArgumentError(
                f"The activation {name} takes {expected} channels, but the tensor has {channels}."
            )

    def _activated(self, values: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        if self._activation == _SOFTMAX:
            return activation.softmax_of_two(values, self._channel)
        plane = values[:, :, 0]
        return activation.sigmoid(plane) if self._activation == _SIGMOID else plane


def _image_shape(tensor: Tensor) -> tuple[int, int, int]:
    shape = tensor.shape
    if tensor.dtype != np.float32 or not (len(shape) == 3 or (len(shape) == 4 and shape[0] == 1)):
        raise InvalidArgumentError(
            "A mask is computed from a float32 tensor of shape (height, width, channels) or "
            f"(1, height, width, channels), not from {tensor}."
        )
    height, width, channels = shape[-3:]
    return height, width, channels
