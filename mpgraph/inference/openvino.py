"""The backend `openvino`: Intel's OpenVINO on the CPU, the fastest; `pip install "mpgraph[openvino]"`.

It compiles a model for the machine, which takes 0.15 s for a small model. The result is stored in the user's
cache folder, so that later processes start in a third of that time.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from mpgraph.errors import InferenceError
from mpgraph.inference import blob_cache
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import NATIVE_ERRORS, Array, InferenceRunner, RunnerSettings
from mpgraph.inference.tensor_spec import TensorSpec
from mpgraph.io import native

_DEVICE = "CPU"
_ALIGNMENT = 64

_core_lock = threading.Lock()
_core: Any = None
_was_forked = False


class OpenvinoRunner(InferenceRunner):
    """A model compiled by OpenVINO.

    It computes in float32, as the model specifies. `allow_precision_loss` lets a CPU with bfloat16 use that
    instead, which costs about three digits.
    """

    backend = "openvino"
    default_threads = 4

    def __init__(self, model: TfliteModel, settings: RunnerSettings) -> None:
        super().__init__(model, settings.threads(self.default_threads))
        self._openvino = _import_openvino()
        self._settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": "1",
            "INFERENCE_NUM_THREADS": str(self.num_threads),
            "INFERENCE_PRECISION_HINT": "bf16" if settings.allow_precision_loss else "f32",
            # Pinned threads of several runners would share the same cores.
            "ENABLE_CPU_PINNING": "NO",
        }
        self._prepare([spec.shape for spec in model.inputs])

    def _prepare(self, shapes: Sequence[tuple[int, ...]]) -> None:
        try:
            compiled = _compile(self._openvino, self.model, shapes, self._settings)
            request = compiled.create_infer_request()
            inputs = [_Port(spec, port) for spec, port in _paired(self.model.inputs, compiled.inputs)]
            outputs = [_Port(spec, port) for spec, port in _paired(self.model.outputs, compiled.outputs)]
            for port in inputs:
                request.set_tensor(port.port, self._openvino.Tensor(port.memory, shared_memory=True))
            given = {name: port for port in inputs for name in port.port.get_names()}
            for port in outputs:
                same = next((given[name] for name in port.port.get_names() if name in given), None)
                if same is not None:  # An output that is an input: both names mean one tensor of the request.
                    port.memory = same.memory
                elif port.memory is not None:
                    request.set_tensor(port.port, self._openvino.Tensor(port.memory, shared_memory=True))
        except NATIVE_ERRORS as error:
            raise InferenceError(_reason(error)) from error
        self._request = request
        self._outputs = outputs
        self.inputs = tuple(port.spec for port in inputs)
        self.outputs = tuple(port.spec for port in outputs)
        self._views = [port.memory for port in inputs]

    def _compute(self) -> list[Array]:
        try:
            self._request.infer()
        except NATIVE_ERRORS as error:
            raise InferenceError(f'Running "{self.model.origin}" failed: {_reason(error)}') from error
        return [
            np.array(self._request.get_tensor(port.port).data if port.memory is None else port.memory)
            for port in self._outputs
        ]

    def _free(self) -> None:
        self._request = None
        self._outputs = []


class _Port:
    """An input or output of a compiled model, with our memory for it (None if its shape is dynamic)."""

    def __init__(self, spec: TensorSpec, port: Any) -> None:
        self.port = port
        self.memory: Any = None
        self.spec = spec
        if port.get_partial_shape().is_static:
            self.spec = replace(spec, shape=tuple(int(size) for size in port.get_shape()))
            self.memory = _aligned(self.spec)


def _paired(specs: Sequence[TensorSpec], ports: Sequence[Any]) -> list[tuple[TensorSpec, Any]]:
    """Each spec with its port: by name if names exist and are unique, else in order."""
    if len(specs) != len(ports):
        raise ValueError(f"OpenVINO finds {len(ports)} inputs or outputs where the model has {len(specs)}")
    by_name = {name: port for port in ports for name in port.get_names()}
    if len({spec.name for spec in specs}) == len(specs) and all(spec.name in by_name for spec in specs):
        ports = [by_name[spec.name] for spec in specs]
    pairs = list(zip(specs, ports, strict=True))
    for spec, port in pairs:
        if port.get_element_type().is_dynamic():
            raise ValueError(f"OpenVINO does not find out the type of the tensor {spec}")
        dtype = np.dtype(port.get_element_type().to_dtype())
        if dtype != spec.dtype:
            raise ValueError(f"OpenVINO converts the tensor {spec} to {dtype.name}")
    return pairs


def _reason(error: BaseException) -> str:
    """The last line of OpenVINO's message; the lines before it are locations in its source."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


def _aligned(spec: TensorSpec) -> Array:
    """Zeros at an address aligned for vector loads."""
    size = int(np.prod(spec.shape, dtype=np.int64)) * spec.dtype.itemsize
    memory = np.zeros(size + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + size].view(spec.dtype).reshape(spec.shape)


def _compile(
    openvino: Any, model: TfliteModel, shapes: Sequence[tuple[int, ...]], settings: Mapping[str, object]
) -> Any:
    core = _shared_core(openvino)
    parts = (
        model.sha256,
        shapes,
        sorted(settings.items()),
        openvino.get_version(),
        core.get_property(_DEVICE, "FULL_DEVICE_NAME"),
    )
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    stored = blob_cache.load("openvino", key)
    if stored is not None:
        try:
            return core.import_model(stored, _DEVICE, dict(settings))
        except NATIVE_ERRORS:
            pass  # Written by another build with the same version string: compile again.
    compiled = core.compile_model(_read(core, model, shapes), _DEVICE, dict(settings))
    exported = io.BytesIO()
    compiled.export_model(exported)
    blob_cache.store("openvino", key, exported.getvalue())
    return compiled


def _read(core: Any, model: TfliteModel, shapes: Sequence[tuple[int, ...]]) -> Any:
    # OpenVINO reads .tflite only from files.
    with tempfile.TemporaryDirectory(prefix="mpgraph-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "model.tflite"
        file.write_bytes(model.data)
        network = core.read_model(str(file))
    pairs = _paired(model.inputs, network.inputs)
    if any(
        port.get_partial_shape().is_dynamic or tuple(port.get_shape()) != shape
        for (_, port), shape in zip(pairs, shapes, strict=True)
    ):
        network.reshape({port: list(shape) for (_, port), shape in zip(pairs, shapes, strict=True)})
    return network


def _shared_core(openvino: Any) -> Any:
    """The process's Core: creating one reads the list of plugins from disk."""
    global _core
    if _was_forked:
        raise InferenceError(
            "OpenVINO was used by the process that this one was forked from, and does not survive that.",
            hint='Start processes with multiprocessing.get_context("spawn"), or fork before using it.',
        )
    with _core_lock:
        if _core is None:
            _core = openvino.Core()
        return _core


def _leave_to_parent() -> None:
    """In a forked child: the library has lost its threads."""
    global _core, _core_lock, _was_forked
    _core_lock = threading.Lock()
    if _core is not None:
        native.never_free(_core)
        _core, _was_forked = None, True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)


def _import_openvino() -> Any:
    """Import OpenVINO without its model converter, which reports each import to a telemetry service.

    The package imports the converter if possible, so this makes it impossible for the moment. That also
    saves 50 ms, urllib and http. `openvino.tools.ovc` can be imported by name afterwards.
    """
    with _core_lock:
        converter = "openvino.tools.ovc"
        if "openvino" in sys.modules or converter in sys.modules:
            return import_module("openvino")
        sys.modules[converter] = None  # type: ignore[assignment]
        try:
            return import_module("openvino")
        finally:
            del sys.modules[converter]
