"""TfLiteTensorsToSegmentationCalculator: a model's two scores per pixel as a mask."""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from mpgraph.calculators.gpu.device_choice import choose_device
from mpgraph.calculators.tensor.activation import softmax_of_two
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.gpu_buffer import GpuBuffer
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.formats.tensor import TFLITE_TENSORS, Tensor
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import GPU_SERVICE, GpuContext
from mpgraph.gpu.context import GpuArray
from mpgraph.gpu.masks import SOFTMAX, mask_of
from mpgraph.gpu.warp import resize

Mask = npt.NDArray[np.float32]

_CHANNELS = 2
_EPSILON = np.float32(0.001)
_LOG_2 = np.float32(math.log(2))


@mp.register
class TfLiteTensorsToSegmentationCalculator(mp.Calculator):
    """Computes a mask from two scores per pixel, and mixes it with the previous mask.

    TENSORS: a list of one, float32, tensor_height x tensor_width x 2.
    REFERENCE_IMAGE: ImageFrame, whose size the mask takes; the tensor's size if not connected.
    PREV_MASK: ImageFrame, the previous mask, of any size, uint8; its first channel is used.
    MASK: ImageFrame, SRGBA; the probability of channel `output_layer_index` in red and alpha, 0..255, and 0
        in green and blue.
    TENSORS_GPU, REFERENCE_IMAGE_GPU, PREV_MASK_GPU, MASK_GPU: the same on the GPU, where probabilities are
        rounded to bytes rather than truncated, and where, as in MediaPipe's shader, the edges of the previous
        mask are aligned with the centers of the tensor's outer pixels.

    Nothing is sent without tensors. Options: `tensor_width`, `tensor_height`, `tensor_channels` (all
    required; 2 channels), `output_layer_index`, `combine_with_previous_ratio` (the weight of the previous
    mask where the new mask is uncertain), `flip_vertically`.
    """

    tensors = mp.Input("TENSORS", TFLITE_TENSORS, optional=True)
    reference = mp.Input("REFERENCE_IMAGE", ImageFrame, optional=True)
    previous = mp.Input("PREV_MASK", ImageFrame, optional=True)
    mask = mp.Output("MASK", ImageFrame, optional=True)
    tensors_gpu = mp.Input("TENSORS_GPU", TFLITE_TENSORS, optional=True)
    reference_gpu = mp.Input("REFERENCE_IMAGE_GPU", GpuBuffer, optional=True)
    previous_gpu = mp.Input("PREV_MASK_GPU", GpuBuffer, optional=True)
    mask_gpu = mp.Output("MASK_GPU", GpuBuffer, optional=True)
    Options = mp.ProtoOptions("TfLiteTensorsToSegmentationCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """All ports in host memory or all on the GPU; the tensor's size is set, and it has 2 channels."""
        super().get_contract(contract)
        choose_device(contract, ["TENSORS"], ["MASK"], ["REFERENCE_IMAGE", "PREV_MASK"])
        options = contract.options
        contract.need(options.tensor_width > 0, "Missing tensor_width option.")
        contract.need(options.tensor_height > 0, "Missing tensor_height option.")
        contract.need(
            options.tensor_channels == _CHANNELS,
            f"tensor_channels is {options.tensor_channels}: Only two channel input tensor is supported.",
        )
        contract.need(options.output_layer_index in (0, 1), "output_layer_index must be 0 or 1.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.connected(self.tensors_gpu):
            self._process_on_gpu(cc)
            return
        tensors = cc.get(self.tensors)
        if tensors is None:
            return
        options = cc.options
        probability = softmax_of_two(
            _scores(tensors, options.tensor_height, options.tensor_width), options.output_layer_index
        )
        previous = cc.get(self.previous)
        if previous is not None:
            probability = combined(
                probability,
                _first_channel(previous, options.tensor_width, options.tensor_height),
                options.combine_with_previous_ratio,
            )
        # Truncated, not rounded; and clamped, since mixing may leave 0..1 by a rounding error.
        byte = np.clip(probability * np.float32(255), 0, 255).astype(np.uint8)
        if options.flip_vertically:
            byte = cv2.flip(byte, 0)
        zero = np.zeros_like(byte)
        mask = cv2.merge((byte, zero, zero, byte))
        if cc.connected(self.reference):
            reference = cc[self.reference]
            mask = cv2.resize(mask, (reference.width, reference.height))
        cc.emit(self.mask, ImageFrame.wrap(mask, ImageFormat.SRGBA))

    def _process_on_gpu(self, cc: mp.CalculatorContext) -> None:
        tensors = cc.get(self.tensors_gpu)
        if tensors is None:
            return
        options = cc.options
        width, height = options.tensor_width, options.tensor_height
        mask = mask_of(
            _scores_on_gpu(tensors, height, width, cc.service(GPU_SERVICE)),
            width,
            height,
            activation=SOFTMAX,
            channel=options.output_layer_index,
            previous=cc.get(self.previous_gpu),
            ratio=options.combine_with_previous_ratio,
            flip=options.flip_vertically,
        )
        if cc.connected(self.reference_gpu):
            reference = cc[self.reference_gpu]
            mask = resize(mask, reference.width, reference.height)
        cc.emit(self.mask_gpu, mask)


def combined(new: Mask, old: Mask, ratio: float) -> Mask:
    """Move the new mask towards the old mask where it is uncertain; all in 0..1, float32.

    certainty a = 1 - entropy(new) in bits, clamped to 0..1, then a · (2 - a);
    mixed = new · a + old · (1 - a); result = mixed · ratio + new · (1 - ratio).
    """
    entropy = new * np.log(new + _EPSILON) + (1 - new) * np.log(1 - new + _EPSILON)
    certainty = np.clip(1 + entropy / _LOG_2, 0, 1)
    certainty *= 2 - certainty
    mixed = new * certainty + old * (1 - certainty)
    weight = np.float32(ratio)
    result: Mask = mixed * weight + (1 - weight) * new
    return result


def _scores(tensors: list[Tensor], height: int, width: int) -> Mask:
    shape = (height, width, _CHANNELS)
    _check_scores(tensors, shape)
    return tensors[0].array.reshape(shape)


def _scores_on_gpu(tensors: list[Tensor], height: int, width: int, context: GpuContext) -> GpuArray:
    _check_scores(tensors, (height, width, _CHANNELS))
    values = tensors[0].gpu
    return values if isinstance(values, GpuArray) else context.upload_array(tensors[0].array)


def _check_scores(tensors: list[Tensor], shape: tuple[int, int, int]) -> None:
    if len(tensors) != 1 or tensors[0].dtype != np.float32 or math.prod(tensors[0].shape) != math.prod(shape):
        raise InvalidArgumentError(f"TENSORS must be one float32 tensor of {shape}, not {tensors}.")


def _first_channel(mask: ImageFrame, width: int, height: int) -> Mask:
    pixels = mask.pixels
    if pixels.dtype != np.uint8:
        raise InvalidArgumentError(f"PREV_MASK must be uint8, not {mask.image_format.name}.")
    if pixels.ndim == 3:
        pixels = np.ascontiguousarray(pixels[:, :, 0])
    return cv2.resize(pixels, (width, height)) / np.float32(255)
