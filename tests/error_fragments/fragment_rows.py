"""Rows of the tables of error fragments: calculators that provoke errors, and the check of a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format

from mpgraph.errors import MpgraphError
from mpgraph.framework import packet as packets
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.packet import Packet, make_packet
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register
from mpgraph.framework.subgraph import Subgraph
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import calculator_pb2

Action = Callable[[CalculatorContext], Any]
DOES: dict[str, Action] = {}
"""The functions that the calculators of the row under test run, by stage."""


@register
class FragmentScript(Calculator):
    """Has any ports, and runs the functions of the row."""

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        super().get_contract(contract)
        for specs in (contract.inputs, contract.outputs, contract.side_inputs, contract.side_outputs):
            for spec in specs:
                spec.set_any()

    def open(self, cc: CalculatorContext) -> Any:
        return DOES["open"](cc) if "open" in DOES else None

    def process(self, cc: CalculatorContext) -> Any:
        return DOES["process"](cc) if "process" in DOES else None

    def close(self, cc: CalculatorContext) -> Any:
        return DOES["close"](cc) if "close" in DOES else None


@register
class FragmentInts(Calculator):
    """Has an int input, an int output and an int side packet."""

    value = Input("", int, optional=True)
    base = SideInput("BASE", int, optional=True)
    out = Output("", int, optional=True)

    def process(self, cc: CalculatorContext) -> Any:
        return DOES["process"](cc) if "process" in DOES else None


@register
class FragmentStrings(Calculator):
    """Has a string input and a float input."""

    value = Input("", (str, float))


@register
class FragmentEither(Calculator):
    """Emits ints or strings."""

    value = Input("", int)
    out = Output("", (int, str))

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs[0].add_packet(cc.packet(self.value))


@register
class FragmentSlow(FragmentScript):
    """Takes some time for each packet."""

    blocking = True


@register
class FragmentService(Calculator):
    """Requires a service that nothing provides."""

    @classmethod
    def get_contract(cls, contract: Contract) -> None:
        super().get_contract(contract)
        contract.use_service("fragment_service")


@register
class FragmentSub(Subgraph):
    """A subgraph with one input."""

    @classmethod
    def get_config(cls, node: Any) -> Any:
        text = 'input_stream: "IN:x" node { calculator: "FragmentScript" input_stream: "x" }'
        return text_format.Parse(text, calculator_pb2.CalculatorGraphConfig())


@dataclass(frozen=True)
class Row:
    """A fragment of an error message, and what provokes the error."""

    section: str
    fragment: str
    kind: type[Exception]
    text: str = ""
    """The graph; "" where `call` needs none."""
    events: Sequence[tuple[int, Any]] = ()
    """Packets for the stream "i"."""
    side: Mapping[str, Any] = field(default_factory=dict)
    does: Mapping[str, Action] = field(default_factory=dict)
    call: Callable[[CalculatorGraph], Any] | None = None
    """Called with the graph, instead of running it."""
    content: bytes | None = None
    """The content of the file whose path is the side packet "path"."""
    place: bool = True
    """Whether the error has a location: not if the program's call is wrong, rather than the graph."""


def packet_at(value: Any, t: int) -> Packet:
    made = packets.empty() if value is None else value if isinstance(value, Packet) else make_packet(value)
    return packets.make(made.payload, made.type, t)


def provoke(row: Row, folder: Path) -> None:
    graph = CalculatorGraph(graph_config=row.text)
    try:
        if row.call is not None:
            row.call(graph)
            return
        side = dict(row.side)
        if row.content is not None:
            side["path"] = str(folder / "file.bin")
            (folder / "file.bin").write_bytes(row.content)
        graph.start_run({name: v if isinstance(v, Packet) else make_packet(v) for name, v in side.items()})
        for t, value in row.events:
            graph.add_packet_to_input_stream("i", packet_at(value, t))
        graph.close()
    finally:
        graph.abandon()


IN = 'input_stream: "i" '
RUN = IN + 'node { name: "n" calculator: "FragmentScript" input_stream: "i" output_stream: "o" }'
SIDE = 'node { name: "n" calculator: "FragmentScript" output_side_packet: "o" }'


def node(body: str) -> str:
    return f'{IN}node {{ name: "n" calculator: {body} }}'


VE, RE = ValueError, RuntimeError
ANY = MpgraphError
"""For rows whose status in MediaPipe is not documented."""
PASS = '"FragmentScript" input_stream: "i" '
OPTIONS_A = "node_options { [type.googleapis.com/mediapipe.GateCalculatorOptions] { } } "


def check(row: Row, folder: Path) -> None:
    """Provoke the error, and check that MediaPipe's programs would recognize it and that it is located."""
    DOES.clear()
    DOES.update(row.does)
    with pytest.raises(row.kind) as raised:
        provoke(row, folder)
    text = str(raised.value)
    assert isinstance(raised.value, MpgraphError)
    assert row.fragment in text
    if row.place:
        assert re.search(r'<string>:\d+:\d+|node "\w+"', text)
