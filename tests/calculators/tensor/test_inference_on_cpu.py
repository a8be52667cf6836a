from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.formats.tensor import TENSOR, TENSORS, Tensor
from mpgraph.framework import packet as packets
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.inference import TfliteModel
from mpgraph.inference.backend import BACKEND_VARIABLE
from mpgraph.protos import message_class

A, B = np.array([[5, 6, 7]], np.float32), np.array([[1, 2, 3]], np.float32)
IN, OUT = ('input_stream: "TENSORS:in"', 'output_stream: "TENSORS:out"')
MODEL = 'input_side_packet: "MODEL:model"'


def graph(*ports: str, options: str = "", name: str = "InferenceCalculatorCpu") -> str:
    second = 'output_stream: "out2"' if any("out2" in port for port in ports) else ""
    return f"""
        input_stream: "in" input_stream: "in2" output_stream: "out" {second}
        node {{
          calculator: "{name}" {" ".join(ports)}
          options {{ [mediapipe.InferenceCalculatorOptions.ext] {{ {options} }} }}
        }}"""


def tensors(*arrays: Any) -> packets.Packet:
    return packets.make([Tensor(array) for array in arrays], TENSORS)


def values(found: list[tuple[int, Any]]) -> list[Any]:
    return [(t, [tensor.array.tolist() for tensor in payload]) for t, payload in found]


@pytest.mark.parametrize("name", ["InferenceCalculatorCpu", "InferenceCalculatorXnnpack"])
@pytest.mark.parametrize(
    "options",
    [
        "",
        "cpu_num_thread: 1",
        "delegate { xnnpack { num_threads: 2 } }",
        "delegate { tflite {} }",
        "delegate { gpu {} }",
    ],
)
def test_runs_the_model_of_a_side_packet(
    run: Any, sum_and_difference: TfliteModel, name: str, options: str
) -> None:
    text = graph(IN, OUT, MODEL, options=options, name=name)
    out = run(text, [("in", 4, tensors(A, B))], {"model": sum_and_difference})["out"]
    assert values(out) == [(4, [[[6, 8, 10]], [[4, 4, 4]]])]


def test_runs_the_model_of_a_path(run: Any, sum_and_difference_file: Path) -> None:
    out = run(graph(IN, OUT, options=f'model_path: "{sum_and_difference_file}"'), [("in", 0, tensors(A, B))])
    assert values(out["out"]) == [(0, [[[6, 8, 10]], [[4, 4, 4]]])]


def test_tensors_one_by_one(run: Any, sum_and_difference: TfliteModel) -> None:
    text = graph(
        'input_stream: "TENSOR:0:in" input_stream: "TENSOR:1:in2"',
        'output_stream: "TENSOR:0:out" output_stream: "TENSOR:1:out2"',
        MODEL,
    )
    one, two = packets.make(Tensor(A), TENSOR), packets.make(Tensor(B), TENSOR)
    events = [("in", 0, one), ("in2", 0, two), ("in", 1, one), ("in2", 1, None)]
    out = run(text, events, {"model": sum_and_difference})
    assert [(t, tensor.array.tolist()) for t, tensor in out["out"]] == [(0, [[6, 8, 10]])]
    assert [(t, tensor.array.tolist()) for t, tensor in out["out2"]] == [(0, [[4, 4, 4]])]


def test_without_inputs_nothing_comes_out(run: Any, sum_and_difference: TfliteModel) -> None:
    events = [("in", 0, None), ("in", 1, tensors()), ("in", 2, tensors(A, B))]
    out = run(graph(IN, OUT, MODEL), events, {"model": sum_and_difference})["out"]
    assert [t for t, _ in out] == [2]


def test_several_runs_at_once_come_out_in_order(sum_and_difference: TfliteModel) -> None:
    text = graph(IN, OUT, MODEL).replace("options", "max_in_flight: 4 options", 1)
    made = CalculatorGraph(graph_config=text)
    seen: list[tuple[int, Any]] = []
    made.observe_output_stream("out", lambda _, packet: seen.append((packet.timestamp.value, packet.payload)))
    made.start_run({"model": packets.make_packet(sum_and_difference)})
    for t in range(200):
        made.add_packet_to_input_stream("in", tensors(A * t, B * t).at(t))
    made.close_all_input_streams()
    made.wait_until_done()
    assert [t for t, _ in seen] == list(range(200))
    assert all((tensor.array == (A + B) * t).all() for t, (tensor, _) in seen)


def test_side_packets_replace_options(run: Any, sum_and_difference: TfliteModel) -> None:
    prefix = "mediapipe.InferenceCalculatorOptions."
    swap = message_class(prefix + "InputOutputConfig")(
        output_tensor_indices_map={"model_tensor_indices": [1, 0]}
    )
    side = {
        "model": sum_and_difference,
        "io": swap,
        "delegate": message_class(prefix + "Delegate")(xnnpack={"num_threads": 1}),
    }
    text = graph(IN, OUT, MODEL, 'input_side_packet: "IO_CONFIG:io" input_side_packet: "DELEGATE:delegate"')
    assert values(run(text, [("in", 0, tensors(A, B))], side)["out"]) == [(0, [[[4, 4, 4]], [[6, 8, 10]]])]


@pytest.mark.parametrize(
    ("ports", "options"), [((IN, OUT), ""), ((IN, OUT, MODEL), 'model_path: "selfie_segmentation.tflite"')]
)
def test_the_model_has_exactly_one_source(run: Any, ports: Any, options: str) -> None:
    with pytest.raises(
        RuntimeError, match="Either model as side packet or model path in options is required"
    ):
        run(graph(*ports, options=options))


def test_tensors_have_one_form(run: Any) -> None:
    with pytest.raises(ValueError, match="Exactly one of TENSORS and TENSOR"):
        run(graph(IN, 'input_stream: "TENSOR:in2"', OUT, MODEL))


def test_an_unknown_backend_is_told(
    run: Any, sum_and_difference: TfliteModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BACKEND_VARIABLE, "litrt")
    with pytest.raises(ValueError, match='"litrt".*Did you mean "litert"'):
        run(graph(IN, OUT, MODEL), [("in", 0, tensors(A, B))], {"model": sum_and_difference})


def test_a_missing_file_is_told(run: Any) -> None:
    with pytest.raises(Exception, match=r'Cannot find the file "selfie_segmentatoin.tflite"'):
        run(graph(IN, OUT, options='model_path: "selfie_segmentatoin.tflite"'))
