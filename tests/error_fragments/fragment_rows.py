"""Rows of the tables of error fragments: calculators that provoke errors, and the check of a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from scripted_graphs import Hook, Scripted, ScriptedGraph

from mpgraph.errors import MpgraphError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.contract import Contract
from mpgraph.framework.ports import Input, Output, SideInput
from mpgraph.framework.registry import register
from mpgraph.framework.subgraph import Subgraph
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.protos import calculator_pb2


@register
class FragmentInts(Scripted):
    """Has an int input, an int output and an int side packet."""

    value = Input("", int, optional=True)
    base = SideInput("BASE", int, optional=True)
    out = Output("", int, optional=True)


@register
class FragmentStrings(Calculator):
    """Accepts strings and floats."""

    value = Input("", (str, float))


@register
class FragmentEither(Calculator):
    """Emits ints or strings."""

    value = Input("", int)
    out = Output("", (int, str))

    def process(self, cc: CalculatorContext) -> None:
        cc.outputs[0].add_packet(cc.packet(self.value))


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
        text = 'input_stream: "IN:x" node { calculator: "RtScript" input_stream: "x" }'
        return text_format.Parse(text, calculator_pb2.CalculatorGraphConfig())


@dataclass(frozen=True)
class Row:
    """A fragment of an error message, and what provokes the error."""

    section: str
    fragment: str
    error: type[Exception]
    text: str = ""
    """The graph; "" where `call` needs none."""
    events: Sequence[tuple[int, Any]] = ()
    """Packets for the stream "i"."""
    side: Mapping[str, Any] = field(default_factory=dict)
    does: Mapping[str, Hook] = field(default_factory=dict)
    """What the calculator of node "n" does, by stage."""
    call: Callable[[CalculatorGraph], Any] | None = None
    """Called with the graph, instead of running it."""
    content: bytes | None = None
    """The content of the file whose path is the side packet "path"."""
    has_location: bool = True
    """Whether the error must have a location: not if a call of the program is wrong rather than the graph."""


def provoke(row: Row, folder: Path) -> None:
    scripted = ScriptedGraph(row.text, False, {"n": {"process": lambda cc: None, **row.does}})
    try:
        if row.call is not None:
            row.call(scripted.graph)
            return
        side = dict(row.side)
        if row.content is not None:
            side["path"] = str(folder / "file.bin")
            (folder / "file.bin").write_bytes(row.content)
        scripted.start(**side).send("i", *row.events).finish()
    finally:
        scripted.graph.abandon()


IN = 'input_stream: "i" '
RUN = IN + 'node { name: "n" calculator: "RtScript" input_stream: "i" output_stream: "o" }'
SIDE = 'node { name: "n" calculator: "RtScript" output_side_packet: "o" }'


def node(body: str) -> str:
    return f'{IN}node {{ name: "n" calculator: {body} }}'


VE, RE = ValueError, RuntimeError
ANY = MpgraphError
"""For rows whose status in MediaPipe is not documented."""
PASS = '"RtScript" input_stream: "i" '
OPTIONS_A = "node_options { [type.googleapis.com/mediapipe.GateCalculatorOptions] { } } "


def check(row: Row, folder: Path) -> None:
    """Provoke the error, and check that MediaPipe's programs would recognize it and that it is located."""
    with pytest.raises(row.error) as raised:
        provoke(row, folder)
    text = str(raised.value)
    assert isinstance(raised.value, MpgraphError)
    assert row.fragment in text
    if row.has_location:
        assert re.search(r'<string>:\d+:\d+|node "\w+"', text)
