"""The backend `webgpu`: runs a model on the GPU, in WGSL kernels, through Vulkan, Metal or DX12.

    network   the flatbuffer's operators and tensors, constants as arrays
    fusing    an activation joins the operator before it
    ops/      one row an operator: which kernel, with which parameters, into which shape
    plan      the list of dispatches for given input shapes; knows no GPU
    memory    which values may share a buffer, since they never live at once
    executor  a plan's buffers and pipelines on one device; records one frame into a command encoder
    runner    the backend's face for arrays in main memory

Values are float32 with the channels last, in blocks of four: value (n, y, x, c) is lane c % 4 of the vec4
((n * height + y) * width + x) * blocks + c / 4. Fewer than four dimensions count as the last ones.
"""

from __future__ import annotations

from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import InferenceRunner


def create(
    model: TfliteModel, *, num_threads: int | None, cores: int, use_xnnpack: bool, allow_precision_loss: bool
) -> InferenceRunner:
    """Load `model` onto the GPU; raises ImportError without wgpu, InferenceError if it cannot run there."""
    from mpgraph.inference.webgpu.runner import WebgpuRunner

    return WebgpuRunner(model)
