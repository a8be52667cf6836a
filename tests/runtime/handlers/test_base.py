"""How a node gets its handler."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input
from mpgraph.framework.registry import register

IMMEDIATE = 'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }'
DEFAULT = 'input_stream_handler { input_stream_handler: "DefaultInputStreamHandler" }'


@register
class RtAsksForImmediate(Calculator):
    """Asks for a handler in its contract."""

    x = Input("X")
    y = Input("Y")
    input_stream_handler = "ImmediateInputStreamHandler"

    def process(self, cc: CalculatorContext) -> None:
        cc.service("calls").append((cc.node_name, "process", cc.t, []))


@pytest.mark.parametrize(
    ("of_node", "of_graph", "is_immediate"),
    [("", "", True), (DEFAULT, "", False), ("", DEFAULT, False), (IMMEDIATE, DEFAULT, True)],
)
def test_node_before_graph_before_contract(
    stage: Any, of_node: str, of_graph: str, is_immediate: bool
) -> None:
    text = f"""
      input_stream: "x" input_stream: "y" {of_graph}
      node {{ name: "a" calculator: "RtAsksForImmediate" input_stream: "X:x" input_stream: "Y:y" {of_node} }}
    """
    play = stage(text).start().send("x", 1).idle()
    assert bool(play.called("a")) == is_immediate
