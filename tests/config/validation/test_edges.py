"""Streams and side packets between nodes, and the resulting order of the nodes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.config.validation.diagnostics import Diagnostic, diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import InternalError, MpgraphError, UnknownError


def passing(before: str, after: str, more: str = "") -> str:
    return f'node {{ calculator: "CfgPass" input_stream: "{before}" output_stream: "{after}" {more} }}\n'


BACK = 'input_stream_info { tag_index: ":0" back_edge: true }'

ERRORS: dict[str, tuple[type[MpgraphError], str]] = {
    passing("i", "i"): (UnknownError, 'Output Stream "i" defined twice.'),
    passing("i", "a") + passing("i", "a"): (UnknownError, 'Output Stream "a" defined twice.'),
    'node { calculator: "CfgSource" output_side_packet: "CONSTANT:s" }' * 2: (
        UnknownError,
        'Output Side Packet "s" defined twice.',
    ),
    passing("middel", "a") + passing("i", "middle"): (
        UnknownError,
        'Input Stream "middel" for node with sorted index 0 name CfgPass_1 does not have a corresponding '
        'output stream. Did you mean "middle"',
    ),
    passing("none", "a", BACK): (InternalError, 'Unable to find upstream edge for back edge "none"'),
    passing("a", "a"): (UnknownError, r"stream cycle detected in graph: \[CfgPass\]"),
    passing("a", "b") + passing("b", "a"): (
        UnknownError,
        r'cycle detected in graph: \[CfgPass_1, CfgPass_2\].*If "a" is meant to go back to node "CfgPass_1", '
        r'mark it there as a back edge: input_stream_info \{ tag_index: ":0" back_edge: true \}',
    ),
    'node { calculator: "CfgPass" input_side_packet: "a" output_side_packet: "a" }': (
        UnknownError,
        r"side packet cycle .* detected in graph: \[CfgPass\]",
    ),
}


@pytest.mark.parametrize("nodes", ERRORS)
def test_errors(nodes: str) -> None:
    kind, message = ERRORS[nodes]
    with pytest.raises(kind, match=message) as raised:
        validate(f'input_stream: "i"\n{nodes}')
    assert raised.value.location is not None and raised.value.location.line >= 2


def test_every_missing_name_is_reported() -> None:
    text = passing("x", "a") + passing("y", "b") + passing("x", "c")
    assert [error.message.split('"')[1] for error in diagnose(text)] == ["x", "y", "x"]


def test_two_graph_inputs_of_one_name() -> None:
    with pytest.raises(UnknownError, match='Output Stream "a" defined twice'):
        validate('input_stream: "A:a" input_stream: "B:a"')


def test_edges_have_producer_and_consumers() -> None:
    model = validate(
        'input_stream: "B:j" input_stream: "A:i"'
        'node { calculator: "CfgPass" input_stream: "Y:j" input_stream: "X:i" input_side_packet: "s" }'
        + passing("i", "o")
    )
    i, j, o = model.streams["i"], model.streams["j"], model.streams["o"]
    assert (i.producer, i.position, i.consumers) == (None, 0, [(0, 0), (1, 0)])
    assert (j.producer, j.position, j.consumers) == (None, 1, [(0, 1)])
    assert (o.producer, o.position, o.consumers) == (1, 0, [])
    assert model.side_packets["s"].consumers == [(0, 0)]
    assert model.required_side_packets == ["s"]


def test_sorted_nodes_keep_their_order() -> None:
    # The side branch at the end could come earlier, but nothing requires it.
    text = 'input_stream: "i"' + passing("i", "a") + passing("a", "b") + passing("i", "c")
    assert [node.outputs.names[0] for node in validate(text).nodes] == ["a", "b", "c"]


def test_nodes_are_sorted_by_streams_and_side_packets() -> None:
    text = (
        'input_stream: "i"'
        + passing("b", "c", 'input_side_packet: "s"')
        + passing("i", "b")
        + 'node { calculator: "CfgSource" output_side_packet: "CONSTANT:s" }'
        + passing("i", "d")
    )
    model = validate(text)
    assert [node.name for node in model.nodes] == ["CfgPass_1", "CfgSource", "CfgPass_2", "CfgPass_3"]
    assert [node.outputs.names for node in model.nodes] == [("b",), (), ("c",), ("d",)]
    assert [node.id for node in model.nodes] == [0, 1, 2, 3]
    assert model.streams["b"].consumers == [(2, 0)]


def test_back_edge_closes_a_loop() -> None:
    text = (
        'input_stream: "i"'
        'node { calculator: "CfgPass" input_stream: "i" input_stream: "L:back" output_stream: "a" '
        'output_stream: "x" input_stream_info { tag_index: "L" back_edge: true } }' + passing("a", "back")
    )
    model = validate(text)
    assert model.nodes[0].back_edges == [False, True]
    assert model.streams["back"].consumers == [(0, 1)]


def test_needless_back_edge_is_harmless() -> None:
    assert validate('input_stream: "i"' + passing("i", "a", BACK)).nodes[0].back_edges == [True]


@given(st.permutations(range(8)))
def test_chain_is_sorted_from_any_order(order: list[int]) -> None:
    text = 'input_stream: "s0"' + "".join(passing(f"s{n}", f"s{n + 1}") for n in order)
    model = validate(text)
    assert [node.inputs.names[0] for node in model.nodes] == [f"s{n}" for n in range(8)]
    assert [stream.producer for stream in model.streams.values()] == [None, *range(8)]


INNER = """
input_stream: "IN:x"
output_stream: "OUT:y"
node { calculator: "CfgPass" input_stream: "x" output_stream: "between" }
node { calculator: "CfgPass" input_stream: "between" input_stream: "x" output_stream: "y" output_stream: "z" }
"""


@pytest.fixture
def use(tmp_path: Path) -> Callable[[str], list[Diagnostic]]:
    """Returns the diagnostics of a graph beside `Inner`; all of them are in the graph's own file."""
    (tmp_path / "inner.pbtxt").write_text(INNER, "utf-8")
    (tmp_path / "outer.pbtxt").write_text(
        'input_stream: "IN:x"\noutput_stream: "OUT:y"\n'
        'node { calculator: "Inner" input_stream: "IN:x" output_stream: "OUT:y" }\n',
        "utf-8",
    )
    graph = tmp_path / "graph.pbtxt"

    def diagnostics(nodes: str) -> list[Diagnostic]:
        graph.write_text('input_stream: "image"\noutput_stream: "out"\n' + nodes, "utf-8")
        found = diagnose(graph)
        assert {one.file for one in found} <= {str(graph)}
        return found

    return diagnostics


@pytest.mark.parametrize("name", ["Inner", "Outer"])
def test_typo_at_a_subgraph_is_the_users(use: Callable[[str], list[Diagnostic]], name: str) -> None:
    (one,) = use(f'node {{ calculator: "{name}" input_stream: "IN:imgae" output_stream: "OUT:out" }}')
    assert (one.line, one.column, one.code) == (3, 23 + len(name), "no-producer")
    assert f'"imgae" for node with sorted index 0 name {name} ' in one.message
    assert one.suggestion == 'Did you mean "image"?'


def test_second_producer_is_the_subgraphs_node(use: Callable[[str], list[Diagnostic]]) -> None:
    node = 'node { calculator: "Outer" input_stream: "IN:image" output_stream: "OUT:out" }\n'
    (one,) = use(node + node)
    assert (one.line, one.column, one.code) == (4, 53, "two-producers")
    assert "graph.pbtxt:3:53" in one.message and "inner" not in one.message


def test_cycle_through_a_subgraph_names_it_once(use: Callable[[str], list[Diagnostic]]) -> None:
    (one,) = use('node { calculator: "Outer" input_stream: "IN:out" output_stream: "OUT:out" }')
    assert (one.line, one.column, one.code) == (3, 28, "cycle")
    assert "[Outer]" in one.message and "PreviousLoopbackCalculator" in one.suggestion


def test_wrong_type_at_a_subgraph_is_located_at_its_node(tmp_path: Path) -> None:
    inner = 'input_stream: "IN:x"\nnode { calculator: "CfgInts" input_stream: "x" }'
    (tmp_path / "inner.pbtxt").write_text(inner, "utf-8")
    graph = tmp_path / "graph.pbtxt"
    graph.write_text(
        'node { calculator: "CfgSource" output_stream: "TEXT:t" }\n'
        'node { calculator: "Inner" input_stream: "IN:t" }',
        "utf-8",
    )
    (one,) = diagnose(graph)
    assert (one.file, one.line, one.column, one.code) == (str(graph), 2, 28, "type-mismatch")
