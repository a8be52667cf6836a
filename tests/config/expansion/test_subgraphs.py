"""Expansion of subgraphs. The flat graphs expected here are those of MediaPipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import ConfigError, InternalError, UnknownError
from mpgraph.framework.registry import register
from mpgraph.framework.subgraph import Subgraph
from mpgraph.protos import calculator_pb2

TWICE = """
type: "Twice"
input_stream: "IN:in"
output_stream: "OUT:out"
node { calculator: "CfgPass" input_stream: "in" output_stream: "middle" }
node { calculator: "CfgPass" input_stream: "middle" output_stream: "out" }
"""


@register
class CfgGenerated(Subgraph):
    """Generates a node for each untagged input of its node."""

    @classmethod
    def get_config(cls, node: Any) -> Any:
        config = calculator_pb2.CalculatorGraphConfig(input_stream=node.input_stream)
        for stream in node.input_stream:
            config.node.add(calculator="CfgPass", input_stream=[stream])
        return config


@register
class CfgEndless(Subgraph):
    """Contains itself, always with other options."""

    @classmethod
    def get_config(cls, node: Any) -> Any:
        config = calculator_pb2.CalculatorGraphConfig()
        for _ in range(2):
            inner = config.node.add(calculator="CfgEndless")
            inner.node_options.add(type_url="x", value=b"x" * len(node.node_options[0].value) + b"x")
        return config


@register
class CfgFailing(Subgraph):
    """Raises while it generates its graph."""

    @classmethod
    def get_config(cls, node: Any) -> Any:
        raise KeyError("nothing")


def flat(text: str, *subgraphs: str) -> list[str]:
    """The nodes after expansion, each as `name Calculator(inputs -> outputs)`."""
    lines = []
    for node in validate(text, subgraphs=subgraphs).config.node:
        inputs = ", ".join([*node.input_stream, *node.input_side_packet])
        outputs = ", ".join([*node.output_stream, *node.output_side_packet])
        lines.append(f"{node.name} {node.calculator}({inputs} -> {outputs})".lstrip())
    return lines


def test_names_are_prefixed_and_ports_connected() -> None:
    text = 'input_stream: "i" node { calculator: "Twice" input_stream: "IN:i" output_stream: "OUT:o" }'
    assert flat(text, TWICE) == [
        "twice__CfgPass_1 CfgPass(i -> twice__middle)",
        "twice__CfgPass_2 CfgPass(twice__middle -> o)",
    ]


def test_nodes_have_the_path_of_subgraphs_around_them() -> None:
    outer = 'type: "Outer" input_stream: "x" node { calculator: "Twice" name: "t" input_stream: "IN:x" }'
    text = 'input_stream: "i"\nnode { calculator: "Outer" input_stream: "i" }'
    node = validate(text, subgraphs=[outer, TWICE]).nodes[0]
    assert [(use.name, use.type) for use in node.path] == [("Outer", "Outer"), ("outer__t", "Twice")]
    assert str(node.path[0].location) == "<string>:2:1"


def test_prefix_replaces_special_characters() -> None:
    text = 'input_stream: "i" node { calculator: "Twice" name: "My node.1:x" input_stream: "IN:i" }'
    assert flat(text, TWICE) == [
        "my_node_1_x__CfgPass_1 CfgPass(i -> my_node_1_x__middle)",
        "my_node_1_x__CfgPass_2 CfgPass(my_node_1_x__middle -> my_node_1_x__out)",
    ]


def test_repeated_subgraphs_are_numbered_and_appended() -> None:
    text = """
    input_stream: "i"
    node { calculator: "Twice" input_stream: "IN:i" output_stream: "OUT:a" }
    node { calculator: "Twice" input_stream: "IN:i" output_stream: "OUT:b" }
    node { calculator: "CfgPass" input_stream: "i" output_stream: "c" }
    """
    assert [line.split("(")[0] for line in flat(text, TWICE)] == [
        "CfgPass",
        "twice_1__CfgPass_1 CfgPass",
        "twice_1__CfgPass_2 CfgPass",
        "twice_2__CfgPass_1 CfgPass",
        "twice_2__CfgPass_2 CfgPass",
    ]


def test_nested_prefixes_are_added_once() -> None:
    outer = """
    type: "Outer" input_stream: "x" output_stream: "y" input_side_packet: "S:s"
    node { calculator: "Twice" input_stream: "IN:x" output_stream: "OUT:y" }
    node { calculator: "CfgPass" name: "own" input_side_packet: "s" }
    """
    text = 'input_stream: "i" node { calculator: "Outer" input_stream: "i" input_side_packet: "S:side" }'
    assert flat(text, outer, TWICE) == [
        "outer__own CfgPass(side -> )",
        "outer__twice__CfgPass_1 CfgPass(i -> outer__twice__middle)",
        "outer__twice__CfgPass_2 CfgPass(outer__twice__middle -> outer__y)",
    ]


def test_unconnected_inputs_are_removed_inside() -> None:
    subgraph = """
    type: "Optional" input_stream: "A:a" input_stream: "B:b" input_side_packet: "S:s"
    node { calculator: "CfgPass" input_stream: "A:a" input_stream: "B:b" input_side_packet: "s" }
    """
    text = 'input_stream: "i" node { calculator: "Optional" input_stream: "B:i" }'
    assert flat(text, subgraph) == ["optional__CfgPass CfgPass(B:i -> )"]


def test_node_may_connect_fewer_indexes() -> None:
    subgraph = """
    type: "Many" input_stream: "A:0:a" input_stream: "A:1:b"
    node { calculator: "CfgPass" input_stream: "a" input_stream: "b" }
    """
    text = 'input_stream: "i" node { calculator: "Many" input_stream: "A:i" }'
    assert flat(text, subgraph) == ["many__CfgPass CfgPass(i -> )"]


def test_registered_classes_and_packages_are_found() -> None:
    streams = 'input_stream: "i" input_stream: "j"'
    text = f'{streams} node {{ calculator: "CfgGenerated" {streams} }}'
    assert flat(text) == ["cfggenerated__CfgPass_1 CfgPass(i -> )", "cfggenerated__CfgPass_2 CfgPass(j -> )"]
    inner = 'node { calculator: "CfgPass" }'
    model = validate('package: "a.b" node { calculator: "Sub" }', subgraphs={"a.Sub": inner, "Sub": ""})
    assert [node.name for node in model.nodes] == ["sub__CfgPass"]


def test_passed_graphs_take_precedence_over_registered_classes() -> None:
    assert flat('node { calculator: "CfgGenerated" }', 'type: "CfgGenerated" node { calculator: "CfgPass" }')
    assert flat('node { calculator: "CfgPass" }', 'type: "CfgPass" node { calculator: "CfgSource" }') == [
        "cfgpass__CfgSource CfgSource( -> )"
    ]
    with pytest.raises(ConfigError, match="needs a type"):
        validate("", subgraphs=["node {}"])


def test_graph_level_fields_of_subgraphs_are_ignored() -> None:
    subgraph = """
    type: "Sub" num_threads: 3 max_queue_size: 5 executor { name: "own" }
    input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }
    node { calculator: "CfgPass" executor: "outer" }
    """
    text = 'executor { name: "outer" } node { calculator: "Sub" executor: "ignored" }'
    model = validate(text, subgraphs=[subgraph])
    assert [(spec.name, spec.num_threads) for spec in model.executors] == [("outer", 0), ("", 0)]
    assert (model.nodes[0].executor, model.nodes[0].handler.name) == ("outer", "DefaultInputStreamHandler")
    assert model.max_queue_size == 0


def test_expansion_is_idempotent() -> None:
    text = 'input_stream: "i" node { calculator: "Twice" input_stream: "IN:i" output_stream: "OUT:o" }'
    once = validate(text, subgraphs=[TWICE]).config
    assert validate(once).config == once


def test_option_values_apply_inside_subgraphs() -> None:
    gate = "[type.googleapis.com/mediapipe.GateCalculatorOptions] { allow: %s }"
    subgraph = f"""
    type: "Gated" input_stream: "x"
    graph_options {{ {gate % "false"} }}
    node {{
        calculator: "CfgGate" input_stream: "x"
        node_options {{ {gate % "false"} }} option_value: "allow:allow"
    }}
    """
    node = 'input_stream: "i" node { calculator: "Gated" input_stream: "i" %s }'
    assert not validate(node % "", subgraphs=[subgraph]).nodes[0].options.allow
    given = f"node_options {{ {gate % 'true'} }}"
    assert validate(node % given, subgraphs=[subgraph]).nodes[0].options.allow


PORT_ERRORS = {
    'input_stream: "IM:i"': 'input streams of subgraph node Twice: Tag "IM" does not exist in the subgraph',
    'input_stream: ["IN:0:i", "IN:1:i"]': 'Tag "IN" has 2 indexes in the subgraph node but has only 1',
    'output_stream: "OUR:o"': 'output streams .*: Tag "OUR" does not exist.*Did you mean "OUT"',
    'input_side_packet: "S:s"': 'input side packets of subgraph node Twice: Tag "S" does not exist',
    'output_side_packet: "s"': 'output side packets of subgraph node Twice: Tag "" does not exist',
    'input_stream: "in:i"': 'input streams of subgraph node Twice: "in:i" does not match name',
    "source_layer: 1": 'Subgraph "Twice" has a field that is only applicable to calculators: "source_layer"',
    'buffer_size_hint: 1 name: "n"': 'Subgraph "n" has a field that is only applicable to calculators',
    'input_stream_info { tag_index: "IN" }': "only applicable to calculators",
    "output_stream_handler {}": "only applicable to calculators",
    "options { [acme.Unknown.ext] {} }": "of no known type",
}


@pytest.mark.parametrize("port", PORT_ERRORS)
def test_error_at_the_subgraph_node(port: str) -> None:
    text = f'input_stream: "i"\nnode {{\n calculator: "Twice"\n {port}\n}}'
    with pytest.raises(ConfigError, match=PORT_ERRORS[port]) as raised:
        validate(text, subgraphs=[TWICE])
    assert raised.value.location is not None and raised.value.location.line == 4


def test_error_inside_is_located_in_the_subgraphs_file(tmp_path: Path) -> None:
    (tmp_path / "inner.pbtxt").write_text(
        'input_stream: "x"\nnode {\n calculator: "CfgStrs"\n input_stream: "y"\n}'
    )
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('input_stream: "i" node { calculator: "Inner" input_stream: "i" }')
    with pytest.raises(UnknownError, match=r'Input Stream "inner__y" .* name inner__CfgStrs') as raised:
        validate(graph)
    assert str(raised.value).startswith(f"{tmp_path / 'inner.pbtxt'}:4:2: ")


def test_index_gap_after_removing_an_input_is_an_error() -> None:
    subgraph = """
    type: "Gap" input_stream: "A:a" input_stream: "B:b"
    node { calculator: "CfgPass" input_stream: "X:0:a" input_stream: "X:1:b" }
    """
    text = 'input_stream: "i" node { calculator: "Gap" input_stream: "B:i" }'
    with pytest.raises(UnknownError, match=r"Not all indexes were assigned names.*gap__CfgPass\" in Gap"):
        validate(text, subgraphs=[subgraph])


def test_recursive_subgraph_is_an_error() -> None:
    one = 'type: "One" node { calculator: "Two" }'
    two = 'type: "Two" node { calculator: "One" }'
    with pytest.raises(ConfigError, match='Subgraph "One" contains itself: One > Two > One'):
        validate('node { calculator: "One" }', subgraphs=[one, two])


@pytest.mark.parametrize(("levels", "accepted"), [(100, True), (101, False)])
def test_the_depth_of_nesting_is_limited(levels: int, accepted: bool) -> None:
    ports = 'input_stream: "in" output_stream: "out"'
    subgraphs = [
        f'type: "Level{i}" {ports} node {{ calculator: "{inner}" {ports} }}'
        for i, inner in enumerate([*(f"Level{i}" for i in range(2, levels + 1)), "CfgPass"], 1)
    ]
    text = f'{ports} node {{ calculator: "Level1" {ports} }}'
    if accepted:
        validate(text, subgraphs=subgraphs)
        return
    with pytest.raises(ConfigError, match=r'"Level101" is inside more than 100 others: \.\.\. > Level91 > '):
        validate(text, subgraphs=subgraphs)


def test_endless_expansion_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mpgraph.config.expansion.subgraphs.MAX_NODES", 500)
    text = 'node { calculator: "CfgEndless" node_options { type_url: "x" value: "x" } }'
    with pytest.raises(ConfigError, match="more than 500 nodes"):
        validate(text)


def test_failing_class_and_packet_factory() -> None:
    with pytest.raises(UnknownError, match=r"test_subgraphs\.py:\d+:\d+: KeyError: 'nothing'.*CfgFailing"):
        validate('node { calculator: "CfgFailing" }')
    with pytest.raises(InternalError, match="packet_factory"):
        validate('node { calculator: "Made" }', subgraphs=['type: "Made" packet_factory {}'])


def test_diagnosis_continues_after_failed_expansion() -> None:
    text = """
    node { calculator: "Twice" input_stream: "IM:i" output_stream: "OUT:o" }
    node { calculator: "CfgPass" input_stream: "o" }
    node { calculator: "CfgPas" }
    """
    problems = [str(found) for found in diagnose(text, subgraphs=[TWICE])]
    assert len(problems) == 2
    assert 'Tag "IM" does not exist' in problems[0]
    assert 'Unable to find Calculator "CfgPas". Did you mean "CfgPass"' in problems[1]


def test_expansion_of_the_selfie_graph(checkout: Path) -> None:
    graph = checkout / "graphs" / "selfie_segmentation" / "selfie_segmentation_cpu.pbtxt"
    p = "selfiesegmentationcpu__"
    s = f"{p}switchcontainer__"
    loader = f"{p}selfiesegmentationmodelloader__"
    model = validate(graph)
    assert [node.name for node in model.nodes] == [
        "FlowLimiterCalculator",
        f"{p}TfLiteCustomOpResolverCalculator",
        f"{p}ImagePropertiesCalculator",
        f"{s}SwitchDemuxCalculator",
        f"{s}ImageToTensorCalculator_1",
        f"{s}ImageToTensorCalculator_2",
        f"{s}SwitchMuxCalculator",
        f"{loader}switchcontainer__SwitchDemuxCalculator",
        f"{loader}switchcontainer__ConstantSidePacketCalculator_1",
        f"{loader}switchcontainer__ConstantSidePacketCalculator_2",
        f"{loader}switchcontainer__SwitchMuxCalculator",
        f"{loader}LocalFileContentsCalculator",
        f"{loader}TfLiteModelCalculator",
        f"{p}inferencecalculator__{p}InferenceCalculator",
        f"{p}TensorsToSegmentationCalculator",
        f"{p}FromImageCalculator",
        "RecolorCalculator",
    ]
    assert f"{s}c0__throttled_input_video" in model.streams
    assert f"{s}c0__{p}input_tensors" in model.streams
    assert model.required_side_packets == []
    assert model.nodes[0].config.name == ""
