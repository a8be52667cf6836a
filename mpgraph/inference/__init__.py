"""Runs TensorFlow Lite models: one interface, several runtimes behind it.

    model = load_model(path.read_bytes(), origin=str(path))
    with create_runner(model) as runner:
        (mask,) = runner.run([pixels])

A runtime is imported when `create_runner` first needs it.
"""

from __future__ import annotations

from mpgraph.inference.backend import BACKEND_VARIABLE, BackendStatus, backends, create_runner
from mpgraph.inference.lowering import lower
from mpgraph.inference.model import TfliteModel, load_model
from mpgraph.inference.runner import InferenceRunner
from mpgraph.inference.tensor_spec import QuantizationSpec, TensorSpec

__all__ = [
    "BACKEND_VARIABLE",
    "BackendStatus",
    "InferenceRunner",
    "QuantizationSpec",
    "TensorSpec",
    "TfliteModel",
    "backends",
    "create_runner",
    "load_model",
    "lower",
]
