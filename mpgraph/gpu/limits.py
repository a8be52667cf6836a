"""The limits that are requested of a device: WebGPU's defaults, which every browser grants as well."""

from __future__ import annotations

from typing import Any

DEFAULT_LIMITS = {
    "max-texture-dimension-1d": 8192,
    "max-texture-dimension-2d": 8192,
    "max-texture-dimension-3d": 2048,
    "max-texture-array-layers": 256,
    "max-bind-groups": 4,
    "max-bind-groups-plus-vertex-buffers": 24,
    "max-bindings-per-bind-group": 1000,
    "max-dynamic-uniform-buffers-per-pipeline-layout": 8,
    "max-dynamic-storage-buffers-per-pipeline-layout": 4,
    "max-sampled-textures-per-shader-stage": 16,
    "max-samplers-per-shader-stage": 16,
    "max-storage-buffers-per-shader-stage": 8,
    "max-storage-textures-per-shader-stage": 4,
    "max-uniform-buffers-per-shader-stage": 12,
    "max-uniform-buffer-binding-size": 65536,
    "max-storage-buffer-binding-size": 128 << 20,
    "min-uniform-buffer-offset-alignment": 256,
    "min-storage-buffer-offset-alignment": 256,
    "max-vertex-buffers": 8,
    "max-buffer-size": 256 << 20,
    "max-vertex-attributes": 16,
    "max-vertex-buffer-array-stride": 2048,
    "max-inter-stage-shader-variables": 16,
    "max-color-attachments": 8,
    "max-color-attachment-bytes-per-sample": 32,
    "max-compute-workgroup-storage-size": 16384,
    "max-compute-invocations-per-workgroup": 256,
    "max-compute-workgroup-size-x": 256,
    "max-compute-workgroup-size-y": 256,
    "max-compute-workgroup-size-z": 64,
    "max-compute-workgroups-per-dimension": 65535,
}
"""https://www.w3.org/TR/webgpu/#limits, with wgpu's names."""

MAX_SIDE = DEFAULT_LIMITS["max-texture-dimension-2d"]
"""The longest side of an image on the GPU, in pixels."""

MAX_BINDING = DEFAULT_LIMITS["max-storage-buffer-binding-size"]
"""The most bytes of one buffer that a kernel can bind."""

MAX_GROUPS = DEFAULT_LIMITS["max-compute-workgroups-per-dimension"]
"""The most workgroups of a dispatch in each of x, y and z."""


def supported_limits(adapter: Any) -> dict[str, int]:
    """The default limits, or those of the adapter where it offers less."""
    granted: dict[str, int] = {}
    for name, value in DEFAULT_LIMITS.items():
        own = adapter.limits.get(name, value)
        granted[name] = max(value, own) if name.startswith("min-") else min(value, own) if own else 0
    return granted
