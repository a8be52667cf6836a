"""Options passed in Python."""

from __future__ import annotations

from typing import Any

import pytest
from sample_calculators import BuildScale, Mode, build_add, refused

import mpgraph as mp
from mpgraph.config.options import node_options
from mpgraph.protos import message_class


def options_of(*args: Any, **kwargs: Any) -> Any:
    """The options that the node's calculator receives."""
    graph = mp.GraphBuilder()
    graph.node(BuildScale, graph.input("x", int), *args, **kwargs)
    return node_options(graph.build().node[0], BuildScale)


PART = BuildScale.Options.Part


@pytest.mark.parametrize(
    "given",
    [
        {"options": BuildScale.Options(by=3, mode=Mode.EXACT, names=["a"], parts=[PART(2.0)])},
        {"options": {"by": 3, "mode": "EXACT", "names": ("a",), "parts": [{"weight": 2}]}},
        {"by": 3, "mode": Mode.EXACT, "names": ["a"], "parts": [PART(2.0)], "part": PART()},
        {"options": {"by": 1, "mode": 1, "names": ["a"]}, "by": 3, "parts": [PART(2.0)], "shape": None},
    ],
)
def test_ways_to_pass_options(given: dict[str, Any]) -> None:
    assert options_of(**given) == BuildScale.Options(3, Mode.EXACT, names=["a"], parts=[PART(2.0)])


def test_default_values_are_not_written() -> None:
    graph = mp.GraphBuilder()
    graph.node(BuildScale, graph.input("x", int), options=BuildScale.Options(by=2, names=["a"]))
    assert '[type.googleapis.com/mediapipe.BuildScaleOptions] {\n      names: "a"\n    }' in graph.text()


def test_messages() -> None:
    graph = mp.GraphBuilder()
    gate = message_class("mediapipe.GateCalculatorOptions")(allow=True)
    graph.node("GateCalculator", options=gate)
    graph.node("GateCalculator", allow=True, initial_gate_state="GATE_ALLOW")
    graph.node("BuildUnknown", options=message_class("mediapipe.Color")(r=1))
    first, second, third = graph.build().node
    extension = gate.DESCRIPTOR.extensions_by_name["ext"]
    assert first.options.Extensions[extension] == gate
    assert second.options.Extensions[extension].initial_gate_state == 2
    assert third.node_options[0].type_url == "type.googleapis.com/mediapipe.Color"


def test_messages_within_messages() -> None:
    gate = message_class("mediapipe.GateCalculatorOptions")(allow=True)
    graph = mp.GraphBuilder()
    nodes = [{"calculator": "GateCalculator", "options": gate}, {"node_options": [gate]}]
    switch = message_class("mediapipe.SwitchContainerOptions")()
    graph.node("SwitchContainer", contained_node=nodes, select=1)
    options = graph.build().node[0].options.Extensions[switch.DESCRIPTOR.extensions_by_name["ext"]]
    assert options.select == 1
    assert options.contained_node[0].options.Extensions[gate.DESCRIPTOR.extensions_by_name["ext"]] == gate
    assert options.contained_node[1].node_options[0].value == gate.SerializeToString()


def test_maps() -> None:
    graph = mp.GraphBuilder()
    detections = graph.input("detections")
    graph.node("DetectionLabelIdToTextCalculator", detections, label_items={3: {"name": "x"}})
    options = message_class("mediapipe.DetectionLabelIdToTextCalculatorOptions")
    extension = options.DESCRIPTOR.extensions_by_name["ext"]
    assert graph.build().node[0].options.Extensions[extension].label_items[3].name == "x"


def test_errors() -> None:
    graph = mp.GraphBuilder()
    with refused('mediapipe.BuildScaleOptions has no option "shap". Did you mean "shape"'):
        graph.node(BuildScale, shap=3)
    with refused("Option \"by\" of mediapipe.BuildScaleOptions cannot be 'x'"):
        graph.node(BuildScale, by="x")
    with refused("Option \"names\" .* cannot be 'x': expected a list"):
        graph.node(BuildScale, names="x")
    with refused('BuildScale: "by" takes a number from 1 to 9, found 11'):
        graph.node(BuildScale, options=BuildScale.Options(by=11))
    with refused('BuildScale: "shape" takes one of round, square, found rond. Did you mean "round"'):
        graph.node(BuildScale, shape="rond")
    with refused('there is no value "EXAKT". Did you mean "EXACT"'):
        graph.node(BuildScale, mode="EXAKT")
    with refused("BuildScale takes BuildScale.Options, not build_add.Options"):
        graph.node(BuildScale, options=build_add.calculator.Options(amount=1))
    with refused("Options must be an instance of a dataclass, a dict or a message, not 3"):
        graph.node(BuildScale, options=3)
    with refused("BuildJoin has no options"):
        graph.node("BuildJoin", size=3)
    with refused('The options of "NobodyKnows" are not known'):
        graph.node("NobodyKnows", size=3)
    with refused("expected a mediapipe.Color, not a mediapipe.GateCalculatorOptions"):
        graph.node("RecolorCalculator", color=message_class("mediapipe.GateCalculatorOptions")())
