"""Calculators from images to tensors, through models, and back."""

from __future__ import annotations

CALCULATORS: dict[str, str] = {}

SUBGRAPHS: dict[str, str] = {
    "InferenceCalculator": "inference_calculator",
}
