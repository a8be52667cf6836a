"""What a plan needs on any GPU: its constants in one array, and the workgroups of its dispatches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mpgraph.gpu.kernel import Groups, spread
from mpgraph.gpu.limits import DEFAULT_LIMITS
from mpgraph.gpu.shader import Shader, load_shader
from mpgraph.inference.webgpu.plan import Constant, Dispatch, Plan

KERNELS = Path(__file__).parent / "kernels"
"""The WGSL files of the kernels that dispatches name."""

_ALIGNMENT = DEFAULT_LIMITS["min-storage-buffer-offset-alignment"]

_ONE_GROUP_EACH = frozenset({"mean"})
"""Kernels that spend a workgroup, not an invocation, on each of their results."""


@dataclass(frozen=True)
class PackedConstants:
    """All constants of a plan in one array; `locations` are the offset and size of each in bytes."""

    values: npt.NDArray[np.float32] = field(repr=False)
    locations: Mapping[Constant, tuple[int, int]]


def pack_constants(plan: Plan) -> PackedConstants:
    """Put all constants into one array, each where a binding may begin."""
    whole = bytearray()
    locations: dict[Constant, tuple[int, int]] = {}
    for dispatch in plan.dispatches:
        for source in dispatch.sources:
            if isinstance(source, Constant) and source not in locations:
                whole += bytes(-len(whole) % _ALIGNMENT)
                locations[source] = (len(whole), source.data.nbytes)
                whole += source.data.tobytes()
    return PackedConstants(np.frombuffer(bytes(whole) or bytes(4), np.float32), locations)


def shader_of(dispatch: Dispatch) -> Shader:
    """The kernel of a dispatch."""
    return load_shader(dispatch.kernel, KERNELS)


def groups_of(dispatch: Dispatch) -> Groups:
    """The workgroups of a dispatch in x, y and z."""
    each = 1 if dispatch.kernel in _ONE_GROUP_EACH else shader_of(dispatch).workgroup[0]
    return spread(-(-dispatch.count // each))
