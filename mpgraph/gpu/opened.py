"""The GPUs that are open: one context for each choice, shared by all graphs of the process."""

from __future__ import annotations

import os
import threading

from mpgraph.gpu.adapter import ADAPTER_VARIABLE
from mpgraph.gpu.context import GpuContext

_contexts: dict[str, GpuContext] = {}
_opening = threading.Lock()


def current(wanted: str | None = None) -> GpuContext:
    """The context of the GPU that `wanted`, or else MPGRAPH_GPU_ADAPTER, names; opened on first use.

    Raises:
        GpuError: wgpu is not installed, or there is no such GPU.
    """
    asked = os.environ.get(ADAPTER_VARIABLE, "") if wanted is None else wanted
    with _opening:
        found = _contexts.get(asked)
        if found is None or found.lost:
            found = _contexts[asked] = GpuContext(asked)
        return found
