"""The drawing opened fully contains exactly the nodes that run, whatever type of subgraph they are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.config.source import load_graph
from mpgraph.protos import calculator_pb2
from mpgraph.visualizer.model import DrawnGraph, DrawnNode
from mpgraph.visualizer.structure import structure_of

PASS_TWICE = """
input_stream: "IN:in"
output_stream: "OUT:out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "between" }
node { calculator: "PassThroughCalculator" name: "second" input_stream: "between" output_stream: "out" }
"""

SWITCH = """
input_stream: "IN:in"
output_stream: "OUT:out"
node {
  calculator: "SwitchContainer"
  input_stream: "in"
  output_stream: "out"
  options {
    [mediapipe.SwitchContainerOptions.ext] {
      contained_node { calculator: "PassThroughCalculator" }
      contained_node { calculator: "PassThroughCalculator" }
    }
  }
}
"""


@mp.register
class DrawnBuilt(mp.Subgraph):
    """Written with a GraphBuilder."""

    @classmethod
    def build(cls, graph: mp.GraphBuilder, options: Any) -> None:
        first = graph.node("PassThroughCalculator", graph.input("IN", int))
        graph.node("PassThroughCalculator", graph.input("UNUSED", int))
        graph.output("OUT", graph.node("DrawnFunction", IN=first, copies=2))


@mp.subgraph
def drawn_function(graph: mp.GraphBuilder, *, copies: int = 1) -> None:
    """Written by a function."""
    stream = graph.input("IN", int)
    for _ in range(copies):
        stream = graph.node("PassThroughCalculator", stream).output()
    graph.output("OUT", stream)


@mp.subgraph
def drawn_text(graph: mp.GraphBuilder) -> str:
    return PASS_TWICE


@mp.register
class DrawnGenerated(mp.Subgraph):
    """Derives its names from those of its node."""

    @classmethod
    def get_config(cls, node: Any) -> Any:
        entries = node.input_stream
        name = entries[0].rpartition(":")[2]
        config = calculator_pb2.CalculatorGraphConfig(
            input_stream=entries, output_stream=[f"OUT:{name}_out"], input_side_packet=["LEFT_OUT:left_out"]
        )
        config.node.add(
            calculator="PassThroughCalculator", input_stream=[name], output_stream=[f"{name}_copy"]
        )
        config.node.add(
            calculator="DrawnFunction", input_stream=[f"IN:{name}_copy"], output_stream=[f"OUT:{name}_out"]
        )
        return config


def using(calculator: str) -> str:
    """A graph that uses a subgraph twice, and once more inside another subgraph."""
    node = f'node {{ calculator: "{calculator}" input_stream: "IN:%s" output_stream: "OUT:%s" }}\n'
    outer = 'node { calculator: "Outer" input_stream: "IN:a" output_stream: "OUT:d" }'
    return 'input_stream: "a"\n' + node % ("a", "b") + node % ("b", "c") + outer


def outer_of(calculator: str) -> str:
    return (
        'type: "Outer" input_stream: "IN:in" output_stream: "OUT:out"\n'
        f'node {{ calculator: "{calculator}" input_stream: "IN:in" output_stream: "OUT:out" }}'
    )


def graph_file(folder: Path) -> str:
    (folder / "drawn_file.pbtxt").write_text(PASS_TWICE, encoding="utf-8")
    return "DrawnFile"


def binary_file(folder: Path) -> str:
    (folder / "drawn_binary.binarypb").write_bytes(load_graph(PASS_TWICE).config.SerializeToString())
    return "DrawnBinary"


def switch_file(folder: Path) -> str:
    (folder / "drawn_switch.pbtxt").write_text(SWITCH, encoding="utf-8")
    return "DrawnSwitch"


TYPES: dict[str, Callable[[Path], str]] = {
    "a file": graph_file,
    "a binary file": binary_file,
    "a SwitchContainer in a file": switch_file,
    "a class with build": lambda folder: "DrawnBuilt",
    "a function": lambda folder: "DrawnFunction",
    "a function that returns text": lambda folder: "DrawnText",
    "a class with get_config": lambda folder: "DrawnGenerated",
}


def leaves(graph: DrawnGraph) -> Iterator[DrawnNode]:
    for node in graph.nodes:
        if node.graph is None:
            yield node
        else:
            yield from leaves(node.graph)


def assert_same_nodes(drawn: DrawnGraph, model: Any) -> None:
    runs = sorted((node.name, node.config.calculator) for node in model.nodes)
    assert sorted((node.runtime_name, node.calculator) for node in leaves(drawn)) == runs


@pytest.mark.parametrize("make", TYPES.values(), ids=TYPES)
def test_drawing_has_the_nodes_that_run(
    make: Callable[[Path], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    calculator = make(tmp_path)
    (tmp_path / "outer.pbtxt").write_text(outer_of(calculator), encoding="utf-8")
    (tmp_path / "graph.pbtxt").write_text(using(calculator), encoding="utf-8")
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_path="graph.pbtxt")
    for source in ("graph.pbtxt", validated):
        structure = structure_of(source)
        assert not structure.diagnostics
        assert_same_nodes(structure.graph, validated.model)
        assert len(list(leaves(structure.graph))) >= 3
        assert all(node.kind == "calculator" and not node.note for node in leaves(structure.graph))


def test_drawing_has_the_nodes_that_run_of_graphs_passed_as_subgraphs() -> None:
    subgraphs = {"Given": PASS_TWICE, "Outer": outer_of("Given")}
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_config=using("Given"), subgraphs=subgraphs)
    assert_same_nodes(structure_of(validated).graph, validated.model)
    assert_same_nodes(structure_of(using("Given"), subgraphs=subgraphs).graph, validated.model)


def test_drawing_has_the_nodes_that_run_of_a_graph_builder() -> None:
    graph = mp.GraphBuilder()
    graph.output("OUT", graph.node(DrawnBuilt, IN=graph.input("IN", int)))
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_config=graph.build())
    assert_same_nodes(structure_of(graph).graph, validated.model)


def test_subgraph_written_in_python_has_the_lines_of_the_program() -> None:
    text = 'input_stream: "a" node { calculator: "DrawnFunction" input_stream: "IN:a" }'
    (node,) = structure_of(text).graph.nodes
    assert node.graph is not None and node.graph.file == __file__
    (inner,) = node.graph.nodes
    assert inner.location is not None and inner.location.file == __file__
    source = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert "PassThroughCalculator" in source[inner.location.line - 1]
    assert inner.location.end_line == inner.location.line


def test_text_of_programs_is_not_part_of_the_structure() -> None:
    structure = structure_of('node { calculator: "DrawnBuilt" }')
    assert list(structure.files) == ["<string>"]


def test_generated_graph_inside_another_is_drawn_with_the_names_of_its_text() -> None:
    outer = outer_of("DrawnGenerated")
    text = 'input_stream: "a" node { calculator: "Outer" input_stream: "IN:a" output_stream: "OUT:b" }'
    structure = structure_of(text, subgraphs=[outer])
    generated = structure.graph.nodes[0].graph.nodes[0].graph  # type: ignore[union-attr]
    assert generated is not None
    assert [port.name for port in generated.nodes[0].outputs] == ["in_copy"]
    assert generated.nodes[0].runtime_name == "outer__drawngenerated__PassThroughCalculator"
    assert not generated.side_inputs


def test_subgraph_that_cannot_run_is_opened_nevertheless() -> None:
    text = 'input_stream: "a" node { calculator: "DrawnFunction" input_stream: "WRONG:a" }'
    structure = structure_of(text)
    assert [diagnostic.code for diagnostic in structure.diagnostics] == ["unknown-port"]
    (inner,) = leaves(structure.graph)
    assert (inner.calculator, inner.runtime_name) == ("PassThroughCalculator", "")


def test_class_whose_graph_depends_on_prefixes_is_drawn_as_it_runs() -> None:
    @mp.register
    class DrawnUnstable(mp.Subgraph):
        """Has one node if its node's name has a prefix, two otherwise."""

        @classmethod
        def get_config(cls, node: Any) -> Any:
            config = calculator_pb2.CalculatorGraphConfig(input_stream=["IN:s0"], output_stream=["OUT:s1"])
            for index in range(1 if "__" in node.name else 2):
                names = {"input_stream": [f"s{index}"], "output_stream": [f"s{index + 1}"]}
                config.node.add(calculator="PassThroughCalculator", **names)
            return config

    text = 'input_stream: "a" node { calculator: "Outer" input_stream: "IN:a" }'
    validated = mp.ValidatedGraphConfig()
    validated.initialize(graph_config=text, subgraphs=[outer_of("DrawnUnstable")])
    assert_same_nodes(structure_of(validated).graph, validated.model)


def test_calculator_without_quotes_has_its_name_as_title() -> None:
    (node,) = structure_of("node { calculator: PassThroughCalculator }").graph.nodes
    assert node.calculator == "PassThroughCalculator"
