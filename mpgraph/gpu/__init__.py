"""The GPU through WebGPU: images and tensors on it, and what calculators compute there.

    import mpgraph as mp

    buffer = mp.gpu.upload(mp.ImageFrame(mp.ImageFormat.SRGB, pixels))  # the payload of *_GPU streams
    frame = buffer.to_frame()  # waits for the GPU

wgpu (`pip install "mpgraph[gpu]"`) is imported when a graph first needs it. `mpgraph.gpu.context` describes
how commands are recorded and submitted, and how to write an operation.
"""

from __future__ import annotations

from mpgraph.gpu.adapter import ADAPTER_VARIABLE, AdapterInfo, adapters
from mpgraph.gpu.context import GPU_SERVICE, GpuContext
from mpgraph.gpu.shared_context import current, upload

__all__ = [
    "ADAPTER_VARIABLE",
    "GPU_SERVICE",
    "AdapterInfo",
    "GpuContext",
    "adapters",
    "current",
    "upload",
]
