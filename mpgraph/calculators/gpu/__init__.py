"""Calculators that copy images to the GPU and back, and transform them there."""

from __future__ import annotations

CALCULATORS = {
    "GlScalerCalculator": "gl_scaler",
    "GpuBufferToImageFrameCalculator": "gpu_buffer_to_image_frame",
    "ImageFrameToGpuBufferCalculator": "image_frame_to_gpu_buffer",
}
