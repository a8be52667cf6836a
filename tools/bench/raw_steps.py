"""The four necessary steps of selfie segmentation, without any framework.

Sample the image into the model's input, scale it to 0..1, run the model in the same library with the
same number of threads as mpgraph does, and scale the mask up. The additional time of a graph is its overhead.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mpgraph.framework.resources import shipped_models
from mpgraph.inference import BACKEND_VARIABLE, create_runner, load_model, lower

MODELS = ("selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite")

Array = Any


class RawSteps:
    """process(image) -> mask, for one model; the sampling tables are cached for the last image size."""

    def __init__(self, model: int) -> None:
        file = shipped_models() / MODELS[model]
        stock = load_model(file.read_bytes(), origin=file.name)
        with create_runner(stock) as runner:
            threads, backend = runner.num_threads, runner.backend
            self._height, self._width = runner.inputs[0].shape[1:3]
        data = lower(stock).data
        self._input: Array
        self._invoke: Callable[[], Array]
        if os.environ.get(BACKEND_VARIABLE, backend) == "openvino":
            self._input, self._invoke = _openvino(data, threads)
        else:
            self._input, self._invoke = _interpreter(f"{_PACKAGES[backend]}.interpreter", data, threads)
        self._size = (0, 0)
        self._maps: tuple[Array, Array]

    def process(self, image: Array) -> Array:
        """Return the HxW float32 mask of an HxWx3 uint8 image."""
        height, width = image.shape[:2]
        if self._size != (width, height):
            self._size = (width, height)
            self._maps = _sampling_maps(width, height, self._width, self._height)
        small = cv2.remap(image, *self._maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        np.multiply(small, np.float32(1 / 255), out=self._input[0])
        return cv2.resize(self._invoke()[0, :, :, 0], (width, height))


_PACKAGES = {"litert": "ai_edge_litert", "tflite_runtime": "tflite_runtime"}


def _interpreter(module: str, data: bytes, threads: int) -> tuple[Array, Callable[[], Array]]:
    interpreter = import_module(module).Interpreter(model_content=data, num_threads=threads)
    interpreter.allocate_tensors()
    view = interpreter.tensor(interpreter.get_input_details()[0]["index"])()
    out = interpreter.get_output_details()[0]["index"]
    # The public invoke() raises while a view of the input exists.
    native = interpreter._interpreter

    def invoke() -> Array:
        native.Invoke()
        return interpreter.get_tensor(out)

    return view, invoke


def _openvino(data: bytes, threads: int) -> tuple[Array, Callable[[], Array]]:
    openvino = import_module("openvino")
    core = openvino.Core()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.tflite"
        file.write_bytes(data)
        compiled = core.compile_model(
            core.read_model(str(file)),
            "CPU",
            {
                "PERFORMANCE_HINT": "LATENCY",
                "NUM_STREAMS": "1",
                "INFERENCE_NUM_THREADS": str(threads),
                "INFERENCE_PRECISION_HINT": "f32",
                "ENABLE_CPU_PINNING": "NO",
            },
        )
    request = compiled.create_infer_request()
    out = request.get_output_tensor(0).data

    def invoke() -> Array:
        request.infer()
        return out

    return request.get_input_tensor(0).data, invoke


def _sampling_maps(width: int, height: int, to_width: int, to_height: int) -> tuple[Array, Array]:
    """Tables that map corners to corners without a half-pixel shift, in 32nds of a pixel."""
    x = np.rint(32 * np.arange(to_width) * width / to_width).astype(int)[None, :]
    y = np.rint(32 * np.arange(to_height) * height / to_height).astype(int)[:, None]
    x, y = np.broadcast_arrays(x, y)
    whole = np.stack([x >> 5, y >> 5], -1).astype(np.int16)
    return whole, ((y & 31) * 32 + (x & 31)).astype(np.uint16)
