"""The four fields that list the ports of a node or a graph."""

from __future__ import annotations

from typing import Any, TypeAlias

from mpgraph.framework.ports import Input, Output, Port, SideInput, SideOutput

PortKind: TypeAlias = "type[Port[Any]]"

INPUT = "input_stream"
OUTPUT = "output_stream"
SIDE_INPUT = "input_side_packet"
SIDE_OUTPUT = "output_side_packet"

PORT_LISTS: dict[str, PortKind] = {
    INPUT: Input,
    OUTPUT: Output,
    SIDE_INPUT: SideInput,
    SIDE_OUTPUT: SideOutput,
}
"""The fields in MediaPipe's order, each with the class of the ports that it lists."""

PORT_ATTRIBUTES = {INPUT: "inputs", OUTPUT: "outputs", SIDE_INPUT: "side_inputs", SIDE_OUTPUT: "side_outputs"}
"""The attributes of nodes and contracts that hold the ports of each field."""
