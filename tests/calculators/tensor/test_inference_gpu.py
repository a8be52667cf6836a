from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mpgraph import gpu
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import packet as packets
from mpgraph.inference import TfliteModel
from mpgraph.protos import message_class

A, B = np.array([[5, 6, 7]], np.float32), np.array([[1, 2, 3]], np.float32)
GRAPH = """
    input_stream: "in" output_stream: "out"
    node {
      calculator: "%s" input_stream: "TENSORS:in" output_stream: "TENSORS:out"
      input_side_packet: "MODEL:model" %s
      options { [mediapipe.InferenceCalculatorOptions.ext] { %s } }
    }"""


def on_gpu(*arrays: Any) -> packets.Packet:
    context = gpu.current()
    return packets.make([Tensor.on_gpu(context.upload_array(array)) for array in arrays], TENSORS)


def on_host(*arrays: Any) -> packets.Packet:
    return packets.make([Tensor(array) for array in arrays], TENSORS)


def values(found: list[tuple[int, Any]]) -> list[Any]:
    return [(t, [tensor.array.tolist() for tensor in payload]) for t, payload in found]


@pytest.mark.parametrize("bring", [on_gpu, on_host])
def test_results_stay_on_the_gpu(run: Any, sum_and_difference: TfliteModel, bring: Any) -> None:
    text = GRAPH % ("InferenceCalculator", "", "delegate { gpu {} }")
    out = run(text, [("in", 4, bring(A, B)), ("in", 5, bring(B, A))], {"model": sum_and_difference})["out"]
    assert all(tensor.gpu is not None for _, payload in out for tensor in payload)
    assert [tensor.name for tensor in out[0][1]] == ["sum", "difference"]
    assert values(out) == [(4, [[[6, 8, 10]], [[4, 4, 4]]]), (5, [[[6, 8, 10]], [[-4, -4, -4]]])]


@pytest.mark.parametrize("bring", [on_gpu, on_host])
def test_without_a_delegate_the_tensors_decide(run: Any, sum_and_difference: TfliteModel, bring: Any) -> None:
    text = GRAPH % ("InferenceCalculator", "", "")
    ((t, payload),) = run(text, [("in", 4, bring(A, B))], {"model": sum_and_difference})["out"]
    assert [tensor.gpu is not None for tensor in payload] == [bring is on_gpu] * 2
    assert values([(t, payload)]) == [(4, [[[6, 8, 10]], [[4, 4, 4]]])]


def test_the_cpu_reads_what_is_on_the_gpu(run: Any, sum_and_difference: TfliteModel) -> None:
    text = GRAPH % ("InferenceCalculator", "", "delegate { xnnpack {} }")
    ((_, payload),) = run(text, [("in", 4, on_gpu(A, B))], {"model": sum_and_difference})["out"]
    assert all(tensor.gpu is None for tensor in payload)


def test_the_order_of_tensors(run: Any, sum_and_difference: TfliteModel) -> None:
    options = message_class("mediapipe.InferenceCalculatorOptions.InputOutputConfig")
    swapped = options(output_tensor_indices_map={"model_tensor_indices": [1, 0]})
    text = GRAPH % ("InferenceCalculatorGpu", 'input_side_packet: "IO_CONFIG:io"', "")
    side = {"model": sum_and_difference, "io": swapped}
    assert values(run(text, [("in", 0, on_gpu(A, B))], side)["out"]) == [(0, [[[4, 4, 4]], [[6, 8, 10]]])]


def test_outputs_fed_back(run: Any, sum_and_difference: TfliteModel) -> None:
    options = message_class("mediapipe.InferenceCalculatorOptions.InputOutputConfig")
    link = {"from_output_tensor_name": "sum", "to_input_tensor_name": "b"}
    text = GRAPH % ("InferenceCalculatorGpu", 'input_side_packet: "IO_CONFIG:io"', "")
    side = {"model": sum_and_difference, "io": options(feedback_tensor_links=[link])}
    out = run(text, [("in", t, on_gpu(A)) for t in range(3)], side)["out"]
    assert values(out) == [(0, [[[5, 6, 7]]]), (1, [[[0, 0, 0]]]), (2, [[[-5, -6, -7]]])]


def test_a_tensor_of_the_wrong_size_is_told(run: Any, sum_and_difference: TfliteModel) -> None:
    text = GRAPH % ("InferenceCalculatorGpu", "", "")
    with pytest.raises(Exception, match=r'Input 1 of .*"b" \(float32 \[1, 3\]\), got float32 \[1, 2\]'):
        run(text, [("in", 0, on_gpu(A, B[:, :2]))], {"model": sum_and_difference})
    with pytest.raises(Exception, match="takes 2 tensors, not 1"):
        run(text, [("in", 0, on_gpu(A))], {"model": sum_and_difference})


def test_a_missing_gpu_stops_the_start(
    run: Any, sum_and_difference: TfliteModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(gpu.ADAPTER_VARIABLE, "no such thing")
    with pytest.raises(Exception, match="No GPU fits MPGRAPH_GPU_ADAPTER"):
        run(GRAPH % ("InferenceCalculatorGpu", "", ""), [], {"model": sum_and_difference})


def test_an_operator_without_a_kernel_stops_the_start(run: Any, waves: TfliteModel) -> None:
    with pytest.raises(Exception, match=r'operator 0 of "waves.tflite", SIN, .*delegate \{ xnnpack'):
        run(GRAPH % ("InferenceCalculatorGpu", "", ""), [], {"model": waves})
