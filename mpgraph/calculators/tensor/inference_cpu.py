"""InferenceCalculatorCpu: runs a TfLite model on the CPU."""

from __future__ import annotations

from mpgraph.calculators.tensor.inference_on_cpu import InferenceOnCpu
from mpgraph.framework.registry import register


@register
class InferenceCalculatorCpu(InferenceOnCpu):
    """Runs a TfLite model on the CPU. Ports and options are those of `InferenceNode`."""
