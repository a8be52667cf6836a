"""InferenceCalculatorXnnpack: runs a TfLite model on the CPU, always with the fast kernels."""

from __future__ import annotations

from mpgraph.calculators.tensor.inference_on_cpu import InferenceOnCpu
from mpgraph.framework.registry import register


@register
class InferenceCalculatorXnnpack(InferenceOnCpu):
    """Runs a TfLite model on the CPU by XNNPACK. Ports and options are those of `InferenceNode`."""

    always_xnnpack = True
