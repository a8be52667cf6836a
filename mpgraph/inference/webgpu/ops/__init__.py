"""The operators the GPU knows: name -> the rule that adds its dispatches to a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.ops import convolution, elementwise, moving, pooling, resizing, reshaping
from mpgraph.inference.webgpu.plan import Planner

Rule = Callable[[Planner, Operation], None]

OPS: Mapping[str, Rule] = {
    **convolution.RULES,
    **elementwise.RULES,
    **moving.RULES,
    **pooling.RULES,
    **reshaping.RULES,
    **resizing.RULES,
}
