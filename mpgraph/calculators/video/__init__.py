"""Calculators that read and write video files."""

from __future__ import annotations

CALCULATORS = {
    "OpenCvVideoDecoderCalculator": "opencv_video_decoder",
    "OpenCvVideoEncoderCalculator": "opencv_video_encoder",
}
