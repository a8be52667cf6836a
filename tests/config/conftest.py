"""Small calculators for graphs that are only validated, never run."""

from __future__ import annotations

from typing import Any

from mpgraph.framework.calculator import Calculator
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.ports import Input, Output, SideInput, SideOutput
from mpgraph.framework.registry import register


@register
class CfgPass(Calculator):
    """Any ports; each output has the type of the input at the same index."""

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        for inputs, outputs in (
            (contract.inputs, contract.outputs),
            (contract.side_inputs, contract.side_outputs),
        ):
            contract.need(len(outputs) in (0, len(inputs)), "CfgPass must use matching tags and indexes.")
            for spec in inputs:
                spec.set_any()
            for index, spec in enumerate(outputs):
                spec.set_same_as(inputs[index])


@register
class CfgInts(Calculator):
    """int to str; a side packet may replace the input."""

    value = Input("", int)
    base = SideInput("BASE", int, optional=True)
    text = Output("TEXT", str, optional=True)


@register
class CfgStrs(Calculator):
    """Accepts strings, and at EITHER also floats."""

    value = Input("", str, optional=True)
    either = Input("EITHER", (str, float), optional=True)


@register
class CfgSource(Calculator):
    """Emits strings and the side packet that a loop may start with."""

    text = Output("TEXT", str, optional=True)
    constant = SideOutput("CONSTANT", int, optional=True)


@register
class CfgGate(Calculator):
    """Has options of a MediaPipe type, and sets an input stream handler."""

    value = Input("")
    out = Output("", same_as=value, optional=True)
    Options = ProtoOptions("GateCalculatorOptions")
    input_stream_handler = "ImmediateInputStreamHandler"


@register
class CfgBroken(Calculator):
    """Fails in its contract with an error that is not mpgraph's."""

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        found: dict[str, Any] = {}
        found["missing"]
