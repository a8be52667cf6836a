"""The names that calculators are written with, in one import; MediaPipe has a header of this name.

    from mpgraph.framework import calculator_framework as mp

Users write `import mpgraph as mp`. Built-in calculators cannot, since the top package is above theirs; this
module lets them be written in the same way.
"""

from __future__ import annotations

from mpgraph.framework.calculator import STOP, Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.override import override
from mpgraph.framework.packet import Packet
from mpgraph.framework.packet_type import AnyType, message_type
from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput
from mpgraph.framework.registry import register
from mpgraph.framework.subgraph import Subgraph
from mpgraph.framework.timestamp import Timestamp

__all__ = [
    "STOP",
    "AnyType",
    "Calculator",
    "CalculatorContext",
    "Contract",
    "Input",
    "Output",
    "Packet",
    "Port",
    "ProtoOptions",
    "SideInput",
    "SideOutput",
    "Subgraph",
    "Timestamp",
    "message_type",
    "override",
    "register",
]
