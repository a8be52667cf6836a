"""The pipeline as a whole: the model, and which of several errors is raised first."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.config.source import load_graph
from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import ConfigError, UnknownError

GRAPH = """
input_stream: "IMAGE:i"
output_stream: "OUT:o"
max_queue_size: 7
report_deadlock: true
node {
  calculator: "CfgGate"
  input_stream: "i"
  output_stream: "o"
  source_layer: 2
  buffer_size_hint: 3
  max_in_flight: 4
  options { [mediapipe.GateCalculatorOptions.ext] { allow: true } }
}
"""


def test_model_of_a_graph() -> None:
    model = validate(GRAPH)
    (node,) = model.nodes
    assert (node.name, node.calculator.__name__, node.options.allow) == ("CfgGate", "CfgGate", True)
    assert node.label == "[CfgGate, input stream: i, and output stream: o]"
    assert (node.source_layer, node.buffer_size_hint, node.max_in_flight) == (2, 3, 4)
    assert node.handler.name == "ImmediateInputStreamHandler"
    assert node.location is not None and node.location.line == 6
    assert (model.max_queue_size, model.report_deadlock) == (7, True)
    assert (model.graph_inputs.names, model.graph_outputs.names) == (("i",), ("o",))
    assert node.config == model.config.node[0]


def test_empty_graph() -> None:
    assert validate("").nodes == []


def test_given_config_is_not_changed() -> None:
    config = load_graph('num_threads: 2 node { calculator: "Sub" }').config
    before = config.SerializeToString()
    validate(config, subgraphs={"Sub": 'node { calculator: "CfgPass" }'})
    assert config.SerializeToString() == before


@pytest.mark.parametrize(
    ("graph", "own", "handler"),
    [
        ("", "", "ImmediateInputStreamHandler"),
        ("", "Own", "Own"),
        ("Graph", "", "Graph"),
        ("Graph", "Own", "Own"),
    ],
)
def test_input_stream_handlers(graph: str, own: str, handler: str) -> None:
    top = f'input_stream_handler {{ input_stream_handler: "{graph}" }}' if graph else ""
    inner = f'input_stream_handler {{ input_stream_handler: "{own}" }}' if own else ""
    text = f'input_stream: "i" {top} node {{ calculator: "CfgGate" input_stream: "i" {inner} }}'
    model = validate(text)
    assert model.nodes[0].handler.name == handler


def test_invalid_graph_port() -> None:
    with pytest.raises(
        ConfigError, match=r'^<string>:2:1: output_stream of the graph: "A:a:b" does not match name'
    ):
        validate('input_stream: "i"\noutput_stream: "A:a:b"')


def test_graph_outputs_need_no_producer() -> None:
    assert validate('output_stream: "nothing"').graph_outputs.names == ("nothing",)


def test_validate_raises_the_errors_of_the_first_failing_stage() -> None:
    # Contracts come before edges, which come before executors.
    text = (
        'executor { name: "gpu" } node { calculator: "CfgPass" input_stream: "x" } node { calculator: "No" }'
    )
    with pytest.raises(RuntimeError, match='Unable to find Calculator "No"') as raised:
        validate(text)
    assert "gpu" not in str(raised.value)
    with pytest.raises(UnknownError, match="corresponding output stream"):
        validate(text.replace('"No"', '"CfgPass"'))


def test_diagnose_reports_the_errors_of_all_stages() -> None:
    text = """
    executor { name: "gpu" }
    node { calculator: "CfgPass" input_stream: "x" }
    node { calculator: "No" output_stream: "from_no" }
    node { calculator: "CfgPass" input_stream: "from_no" }
    node { calculator: "CfgPass" input_stream: "Z:b:c" output_stream: "lost" }
    node { calculator: "CfgPass" input_stream: "lost" }
    """
    found = diagnose(text)
    assert [error.line for error in found] == [2, 3, 4, 6]


def test_diagnose_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert diagnose(GRAPH) == []
    assert len(diagnose("nodes {} noed {}")) == 2
    assert [found.code for found in diagnose(tmp_path / "none.pbtxt")] == ["no-file"]
    assert len(diagnose('node { calculator: "Bad" }', subgraphs={"Bad": "nodes {}"})) == 1


def test_all_errors_in_a_subgraph_file_are_reported(tmp_path: Path) -> None:
    (tmp_path / "bad_one.pbtxt").write_text("nodes {}\nnoed {}")
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('node { calculator: "BadOne" }')
    assert [error.line for error in diagnose(graph)] == [1, 2]
