"""Calculators that copy images to the GPU and back."""

from __future__ import annotations

CALCULATORS = {
    "GpuBufferToImageFrameCalculator": "gpu_buffer_to_image_frame",
    "ImageFrameToGpuBufferCalculator": "image_frame_to_gpu_buffer",
}
