"""Nodes and ports: connections, and the location of errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sample_calculators import BuildJoin, BuildSame, BuildScale, BuildText, Unregistered, build_add, refused

import mpgraph as mp
from mpgraph.config.text.binding import ConfigErrors

Build = Callable[[mp.GraphBuilder, Any, Any], Any]


@pytest.fixture
def graph() -> mp.GraphBuilder:
    return mp.GraphBuilder()


def inputs(graph: mp.GraphBuilder, position: int = 0) -> list[str]:
    return list(graph.build().node[position].input_stream)


def test_ways_to_connect(graph: mp.GraphBuilder) -> None:
    a, b, c = (graph.input(name, int) for name in "abc")
    graph.node(BuildJoin, a, b, IN=c)
    node = graph.node("BuildJoin").connect(a).connect(IN=[b])
    c >> node.input("IN")
    a >> graph.node(BuildJoin, IN=[b, c]) >> graph.node(BuildJoin, c).input("IN")
    b >> graph.node(BuildJoin).input(BuildJoin.values, 0)
    d = graph.node(BuildJoin)
    b >> d.input("IN:1")
    a >> d.input("IN", 0)
    assert inputs(graph, 0) == inputs(graph, 1) == ["IN:0:a", "IN:1:b", "IN:2:c"]
    assert inputs(graph, 2) == ["IN:0:b", "IN:1:c", "IN:2:a"]
    assert inputs(graph, 3) == ["IN:0:c", "IN:1:build_join_total_2"]
    assert inputs(graph, 4) == ["IN:b"]
    assert inputs(graph, 5) == ["IN:0:a", "IN:1:b"]


def test_side_packets(graph: mp.GraphBuilder) -> None:
    factor = graph.side_input("f", int)
    x = graph.input("x", int)
    factor >> graph.node(BuildScale, x).side_input(BuildScale.factor)
    graph.node(BuildScale, x, FACTOR=factor)
    text = graph.node(BuildText, graph.input("t", str))
    text.side_output("SIZE") >> graph.node(BuildScale, x).side_input("FACTOR")
    assert [list(node.input_side_packet) for node in graph.build().node] == [
        ["FACTOR:f"],
        ["FACTOR:f"],
        [],
        ["FACTOR:size"],
    ]


def test_back_edges(graph: mp.GraphBuilder) -> None:
    join = graph.node(BuildJoin, graph.input("x", int))
    added = graph.node(build_add, join)
    added >> join.input("IN", 1, back_edge=True)
    (info,) = graph.build().node[0].input_stream_info
    assert info.tag_index == "IN:1" and info.back_edge


def test_node_stands_for_its_only_output(graph: mp.GraphBuilder) -> None:
    x = graph.input("x", int)
    assert graph.node(BuildScale, x).output() is not None  # TRACE is optional
    graph.output("a", graph.node(BuildJoin, x))
    with refused("node BuildText has no output stream"):
        graph.node(BuildText).output()
    with refused("node BuildText has no output stream"):
        graph.output("b", graph.node(BuildText))
    with refused("node SelfieSegmentationCpu has no output side packet"):
        graph.node("SelfieSegmentationCpu").side_output()


@pytest.mark.parametrize(
    ("match", "build"),
    [
        ('has no input stream "VALEU". Did you mean "VALUE"', lambda g, x, s: g.node(BuildScale, VALEU=x)),
        (
            'no output stream "SCALE". Did you mean "SCALED"',
            lambda g, x, s: g.node(BuildScale).output("SCALE"),
        ),
        ("It has 'TEXT'", lambda g, x, s: g.node(BuildText).input("QQQ")),
        ("it has an input side packet of that tag", lambda g, x, s: g.node(BuildScale, FACTOR=x)),
        ("it has an input stream of that tag", lambda g, x, s: g.node(BuildScale, VALUE=s)),
        ("has no input stream VALUE:1", lambda g, x, s: g.node(BuildScale).input("VALUE", 1)),
        ("has no input stream without a tag", lambda g, x, s: g.node(BuildScale).input()),
        ("is not an input stream", lambda g, x, s: g.node(BuildScale).input(BuildScale.scaled)),
        ("not by 7", lambda g, x, s: g.node(BuildScale).input(7)),
        ('"Value" is not a port', lambda g, x, s: g.node(BuildScale).input("Value")),
        (
            "graph input x carries int, but input stream TEXT of node BuildText takes str",
            lambda g, x, s: x >> g.node(BuildText),
        ),
        ("carries int, but the cast takes str", lambda g, x, s: x.cast(str)),
        ("carries int, but the loop takes str", lambda g, x, s: x >> g.loop(str)),
        ("carries int, but", lambda g, x, s: g.node(build_add, x) >> g.node(BuildText).input("TEXT")),
        ("carries int, but", lambda g, x, s: g.node(BuildSame, x) >> g.node(BuildText).input("TEXT")),
        ("carries int, but", lambda g, x, s: g.node(BuildJoin, x).output("COPY") >> g.node(BuildText)),
        (
            "has a producer already: graph input x, connected at .*py",
            lambda g, x, s: x >> g.node(BuildScale, x).input("VALUE"),
        ),
        (
            "cannot be connected: every input stream of node BuildScale is connected",
            lambda g, x, s: g.node(BuildScale, x, x),
        ),
        (
            "cannot be connected: node BuildText has no input side packet",
            lambda g, x, s: g.node(BuildText, s),
        ),
        (
            "takes a stream; side packet s is a side packet",
            lambda g, x, s: s >> g.node(BuildScale).input("VALUE"),
        ),
        ("output o of the graph takes a stream", lambda g, x, s: s >> g.output("o")),
        ("output OUT of the graph is graph input x already", lambda g, x, s: x >> g.output("OUT", x)),
        ("A loop is closed by a stream", lambda g, x, s: s >> g.loop()),
        ("This loop was closed at .*, by graph input x", lambda g, x, s: x >> (x >> g.loop())),
        ("belongs to another graph", lambda g, x, s: mp.GraphBuilder().node(BuildScale, x)),
        ("belongs to another graph", lambda g, x, s: mp.GraphBuilder().output("o", x)),
        ("belongs to another graph", lambda g, x, s: mp.GraphBuilder().node(BuildScale, g.node(BuildSame))),
        ("can only be sent into a port, a node or a graph's output, not into 3", lambda g, x, s: x >> 3),
        (
            "VALUE=3 is not a stream or side packet.* VALUE=graph.constant.3",
            lambda g, x, s: g.node(BuildScale, VALUE=3),
        ),
        ("value. Write VALUE= for the port", lambda g, x, s: g.node(BuildScale, value=x)),
        ("Unregistered is not registered.*@mpgraph.register", lambda g, x, s: g.node(Unregistered)),
        ("A node needs a calculator or subgraph.*not 42", lambda g, x, s: g.node(42)),
    ],
)
def test_errors_are_located_at_the_call(match: str, build: Build) -> None:
    graph = mp.GraphBuilder()
    x, side = graph.input("x", int), graph.side_input("s", int)
    code = build.__code__
    with pytest.raises(mp.MpgraphError, match=match) as caught:
        build(graph, x, side)
    location = caught.value.location
    assert location is not None and (location.file, location.line) == (__file__, code.co_firstlineno)


def test_outputs_of_an_unknown_calculator(graph: mp.GraphBuilder) -> None:
    node = graph.node("NotYetKnown")
    graph.output("first", node)
    graph.output("second", node.output(index=1))
    other = graph.node("NotYetKnown", name="other")
    graph.output("mask", other.output("MASK"))
    assert other.output() is other.output("MASK")
    assert [list(each.output_stream) for each in graph.build().node] == [["first", "second"], ["MASK:mask"]]


def test_cyclic_types_are_resolved(graph: mp.GraphBuilder) -> None:
    first = graph.node(BuildSame)
    second = graph.node(BuildSame, first)
    second >> first
    assert first.output().type is mp.AnyType
    second >> graph.node(BuildText)
    one, two = graph.loop(), graph.loop()
    one >> two
    two >> one
    assert one.type is mp.AnyType and "the loop of" in str(two)
    with pytest.raises(ConfigErrors, match="never closed"):
        graph.build()


def test_cast_sets_the_type(graph: mp.GraphBuilder) -> None:
    anything = graph.input("x")
    anything.cast(int)
    with refused("graph input x carries int"):
        anything >> graph.node(BuildText)


def test_failed_call_changes_nothing(graph: mp.GraphBuilder) -> None:
    x = graph.input("x", int)
    for attempt in (lambda: graph.output("OUT", 3), lambda: graph.node(BuildText, x)):  # type: ignore[arg-type]
        with pytest.raises(mp.MpgraphError):
            attempt()
    graph.output("OUT", x)
    assert graph.text() == 'input_stream: "x"\noutput_stream: "OUT:x"\n'


def test_unfinished_parts_are_reported_at_once(graph: mp.GraphBuilder) -> None:
    graph.output("nothing")
    scale = graph.node(BuildScale, graph.loop(int))
    same = graph.node(BuildSame)
    same >> graph.node(BuildText)
    graph.input("x", int) >> same
    graph.node(BuildText)
    graph.node(BuildJoin).connect(graph.input("IN:y")).input("IN", 5)._receive(
        scale.output(), scale._location
    )
    with pytest.raises(ConfigErrors) as caught:
        graph.build()
    found = [(error.location.line, error.message) for error in caught.value.errors if error.location]
    first = graph._location.line
    assert all(line > first for line, _ in found)
    texts = "\n".join(text for _, text in found)
    for part in (
        "This loop is never closed",
        "Nothing is connected to output nothing of the graph",
        'node BuildText needs its input stream "TEXT". Connect it: TEXT=stream',
        "output stream of node BuildSame carries int, but input stream TEXT of node BuildText takes str",
        "input stream IN:5 of node BuildJoin is used, but IN:4 is not",
    ):
        assert part in texts
    assert len(found) == 5


def test_repr_of_handles(graph: mp.GraphBuilder) -> None:
    node = graph.node(BuildScale, name="twice")
    assert repr(node) == 'node "twice" (BuildScale)'
    assert repr(node.output("SCALED")) == '<stream output stream SCALED of node "twice" (BuildScale)>'
    assert repr(graph.side_input("MODEL")) == "<side packet side packet MODEL>"
