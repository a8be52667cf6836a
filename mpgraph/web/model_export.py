"""Models for pages: the plan that WebGPU and wasm both follow, and the weights."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mpgraph.errors import InternalError
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.webgpu.buffers import BufferLayout, lay_out
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.packing import PackedConstants, groups_of, pack_constants, shader_of
from mpgraph.inference.webgpu.plan import Constant, Dispatch, Storage, Value
from mpgraph.inference.webgpu.planning import make_plan


@dataclass(frozen=True)
class ExportedModel:
    """A model's files. weights: float16 if that loses nothing (see `plan`), else float32."""

    name: str
    plan: dict[str, Any] = field(repr=False)
    weights: bytes = field(repr=False)

    @property
    def plan_file(self) -> str:
        """The name of the plan's file."""
        return f"{self.name}.plan.json"

    @property
    def weights_file(self) -> str:
        """The name of the weights' file."""
        return f"{self.name}.weights"

    def files(self) -> dict[str, bytes]:
        """Both files by name."""
        text = json.dumps(self.plan, separators=(",", ":"))
        return {self.plan_file: text.encode(), self.weights_file: self.weights}


def export_model(model: TfliteModel, name: str) -> ExportedModel:
    """Plan a model for the input shapes it declares.

    Raises:
        InferenceError: an operator is not supported, or not in this form, or there is control flow.
    """
    plan = make_plan(read_network(model), [spec.shape for spec in model.inputs])
    layout, constants = lay_out(plan), pack_constants(plan)
    with np.errstate(over="ignore"):
        halves = constants.values.astype(np.float16)
    is_exact = bool(np.array_equal(halves.astype(np.float32), constants.values))
    weights = halves if is_exact else constants.values
    return ExportedModel(
        name,
        {
            "name": name,
            "buffers": list(layout.sizes),
            "weights": {"type": weights.dtype.name, "count": weights.size},
            "inputs": [_endpoint(value, layout) for value in plan.inputs],
            "outputs": [_endpoint(value, layout) for value in plan.outputs],
            "dispatches": [_dispatch(each, layout, constants) for each in plan.dispatches],
        },
        weights.tobytes(),
    )


def _endpoint(value: Value, layout: BufferLayout) -> dict[str, Any]:
    return {"buffer": layout.slots[value.storage], "shape": list(value.shape.dims)}


def _dispatch(dispatch: Dispatch, layout: BufferLayout, constants: PackedConstants) -> dict[str, Any]:
    layout_of_parameters = shader_of(dispatch).parameters
    if layout_of_parameters is None:
        raise InternalError(f"The kernel {dispatch.kernel} has no parameters.")
    words = np.frombuffer(layout_of_parameters.pack(dispatch.parameters), "<i4")

    def operand(source: Storage | Constant) -> int | list[int]:
        if isinstance(source, Constant):
            return list(constants.locations[source])
        return layout.slots[source]

    return {
        "kernel": dispatch.kernel,
        "target": layout.slots[dispatch.target],
        "sources": [operand(source) for source in dispatch.sources],
        "groups": list(groups_of(dispatch)),
        "parameters": words.tolist(),
    }
