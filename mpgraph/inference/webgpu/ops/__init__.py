"""The operators that the GPU backend supports: name -> the rule that adds its dispatches to a plan."""

from __future__ import annotations

from collections.abc import Mapping

from mpgraph.inference.webgpu.ops import (
    attention,
    convolution,
    elementwise,
    moving,
    pooling,
    resizing,
)
from mpgraph.inference.webgpu.plan import Rule

OPS: Mapping[str, Rule] = {
    **attention.RULES,
    **convolution.RULES,
    **elementwise.RULES,
    **moving.RULES,
    **pooling.RULES,
    **resizing.RULES,
}
