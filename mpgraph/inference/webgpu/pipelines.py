"""The kernels compiled for one GPU, each once however many models use it."""

from __future__ import annotations

import weakref
from typing import Any

from mpgraph.errors import GpuError
from mpgraph.gpu.context import GpuContext
from mpgraph.inference.webgpu.parameters import source_of

_made: weakref.WeakKeyDictionary[GpuContext, dict[str, Any]] = weakref.WeakKeyDictionary()


def pipeline_of(context: GpuContext, kernel: str) -> Any:
    """The compute pipeline of `kernels/NAME.wgsl`, its layout derived from the text.

    Raises:
        GpuError: the driver does not take it.
    """
    with context.lock:
        known = _made.setdefault(context, {})
        if kernel not in known:
            device = context.device
            try:
                module = device.create_shader_module(code=source_of(kernel), label=kernel)
                known[kernel] = device.create_compute_pipeline(
                    layout="auto", compute={"module": module, "entry_point": "main"}, label=kernel
                )
            except Exception as error:  # wgpu raises RuntimeError and errors of its own.
                raise GpuError(f'{context.info} does not take the kernel "{kernel}": {error}') from error
        return known[kernel]
