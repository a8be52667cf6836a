"""The context: reading and writing by ports, and the errors for invalid ports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import mpgraph as mp

LOOSE = mp.Input("NUMBER", int)


class CtxOther(mp.Calculator):
    number = mp.Input("NUMBER", int)


Hook = Callable[["CtxProbe", mp.CalculatorContext], Any]


@mp.register
class CtxProbe(mp.Calculator):
    """Does what the service specifies."""

    number = mp.Input("NUMBER", int, optional=True)
    items = mp.Input("ITEM", str, repeated=True, optional=True)
    level = mp.SideInput("LEVEL", float, optional=True)
    out = mp.Output("OUT", mp.AnyType, optional=True)
    half = mp.Output("HALF", float, optional=True)

    @dataclass
    class Options:
        size: int = 3

    hook: Hook

    def process(self, cc: mp.CalculatorContext) -> Any:
        return CtxProbe.hook(self, cc)


PORTS = 'input_stream: "NUMBER:a" input_stream: "ITEM:0:b" input_stream: "ITEM:1:c" output_stream: "OUT:out"'


def probe(hook: Hook, ports: str = PORTS) -> list[Any]:
    """What a call of `process` emits when a carries 7 and b "x", c nothing."""
    CtxProbe.hook = hook
    text = f'input_stream: "a" input_stream: "b" input_stream: "c" node {{ calculator: "CtxProbe" {ports} }}'
    found: list[Any] = []
    with mp.CalculatorGraph(graph_config=text) as graph:
        if '"OUT:out"' in ports:
            graph.observe_output_stream("out", lambda _, packet: found.append(packet.payload))
        graph.start_run()
        graph.add_packet_to_input_stream("a", mp.make_packet(7, 0))
        graph.add_packet_to_input_stream("b", mp.make_packet("x", 0))
    return found


def test_reading() -> None:
    def read(node: CtxProbe, cc: mp.CalculatorContext) -> Any:
        assert cc[node.number] == 7 and cc.get(node.number) == 7 and cc.has(node.number)
        assert cc.get(node.level) is None and cc.get(node.level, 0.5) == 0.5
        assert cc.values(node.items) == ["x", None]
        assert [packet.payload for packet in cc.all(node.items)] == ["x", None]
        assert cc.options_as(node.Options).size == 3
        cc.emit(node.out, "read")
        cc.emit(node.half, 0.5)  # Not connected.

    assert probe(read) == ["read"]


def test_unconnected_ports() -> None:
    def read(node: CtxProbe, cc: mp.CalculatorContext) -> Any:
        assert cc.get(node.level) is None and cc.values(node.items) == [] and cc.all(node.items) == []
        cc.emit(node.out, cc.get(node.level, "none"))

    assert probe(read, 'input_stream: "NUMBER:a" output_stream: "OUT:out"') == ["none"]


ERRORS: list[tuple[Hook, str, str]] = [
    (lambda node, cc: cc["NUMBER"], "'NUMBER' is not a port of a calculator.", "attribute: cc[self.image]."),
    (lambda node, cc: cc.get("NUMBER"), "'NUMBER' is not a port of a calculator.", "cc.get(self.image)."),
    (lambda node, cc: cc[node.out], '"out" is an output stream, which cannot be read.', "with cc.emit()."),
    (lambda node, cc: cc.get(node.out), '"out" is an output stream, which cannot be read.', "cc.emit()."),
    (
        lambda node, cc: cc.emit(node.number, 1),
        "is an input stream, which cannot be written.",
        "Read it with",
    ),
    (lambda node, cc: cc.emit("OUT", 1), "'OUT' is not a port of a calculator.", "cc.emit(self.mask"),
    (lambda node, cc: cc.emit(mp.Output("OUT"), 1), "is not a class attribute.", "Declare it in the body"),
    (lambda node, cc: cc[LOOSE], f"{__file__}:13:1 is not a class attribute.", "Declare it in"),
    (
        lambda node, cc: cc.get(CtxOther.number),
        '"number" is an input stream of CtxOther, not of CtxProbe.',
        "",
    ),
    (lambda node, cc: cc[node.level], '"level" of node "CtxProbe" is not connected', "cc.get(self.level)"),
    (lambda node, cc: cc.options_as(int), "are an Options, not an int.", "cc.options_as(self.Options)."),
    (lambda node, cc: cc.emit(node.out, 1, index=1), "has no index 1 here.", "connects 1 of them"),
    (lambda node, cc: cc.forward(node.out, mp.make_packet(1, 0), index=-1), "has no index -1 here.", ""),
    (lambda node, cc: cc.emit(node.half, 0.5, 0.25), "A time is an int", "round(seconds * 1_000_000)"),
    (lambda node, cc: cc.emit(node.half, "x"), 'stores "string", but "float" was requested', ""),
    (lambda node, cc: cc.emit(node.half, 10**400), 'stores "int", but "float" was requested', ""),
]


@pytest.mark.parametrize(("hook", "complaint", "hint"), ERRORS)
def test_errors_with_location_and_hint(hook: Hook, complaint: str, hint: str) -> None:
    with pytest.raises(mp.MpgraphError) as raised:
        probe(hook, f'{PORTS} output_stream: "HALF:half"')
    assert complaint in str(raised.value) and hint in str(raised.value)
