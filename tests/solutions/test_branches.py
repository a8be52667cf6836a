from __future__ import annotations

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.solutions.branches import simultaneous_inference


def model(name: str, source: str, target: str) -> str:
    return f"""
      node {{
        name: "{name}" calculator: "InferenceCalculatorCpu"
        input_stream: "TENSORS:{source}" output_stream: "TENSORS:{target}"
        options {{ [mediapipe.InferenceCalculatorOptions.ext] {{ model_path: "m" }} }}
      }}"""


def simultaneous(*nodes: str) -> list[str]:
    graph = ValidatedGraphConfig()
    graph.initialize(graph_config='input_stream: "a"' + "".join(nodes))
    return simultaneous_inference(graph.model)


def test_branches_compute_at_the_same_time() -> None:
    assert simultaneous(model("one", "a", "b"), model("two", "a", "c")) == ["one", "two"]


def test_models_on_one_path_do_not() -> None:
    between = 'node { calculator: "PassThroughCalculator" input_stream: "b" output_stream: "c" }'
    assert simultaneous(model("one", "a", "b"), between, model("two", "c", "d")) == []
    assert simultaneous(model("one", "a", "b")) == []


def test_model_before_branches_has_the_cores_to_itself() -> None:
    nodes = model("first", "a", "b"), model("left", "b", "c"), model("right", "b", "d")
    assert simultaneous(*nodes) == ["left", "right"]


def test_back_edges_connect_frames_and_not_branches() -> None:
    last = """
      node {
        calculator: "PreviousLoopbackCalculator" input_stream: "MAIN:a" input_stream: "LOOP:b"
        input_stream_info { tag_index: "LOOP" back_edge: true } output_stream: "PREV_LOOP:last"
      }"""
    assert simultaneous(model("of this frame", "a", "b"), last, model("of the last", "last", "c")) == [
        "of this frame",
        "of the last",
    ]
