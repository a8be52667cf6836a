from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.tensor.inference_calculator import InferenceCalculator
from mpgraph.config.source import load_graph
from mpgraph.errors import GpuError, NotFoundError, UnimplementedError
from mpgraph.formats.tensor import TENSORS, Tensor
from mpgraph.framework import packet as packets
from mpgraph.framework.registry import CALCULATORS
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.inference import TfliteModel
from mpgraph.inference.backend import BACKEND_VARIABLE
from mpgraph.protos import message_class
from mpgraph.testing import CalculatorRunner, run, t

AUTO, CPU, XNNPACK, GPU = (f"InferenceCalculator{name}" for name in ("Auto", "Cpu", "Xnnpack", "Gpu"))
A, B = np.array([[5, 6, 7]], np.float32), np.array([[1, 2, 3]], np.float32)
SUM, DIFFERENCE = np.array([[6, 8, 10]], np.float32), np.array([[4, 4, 4]], np.float32)


def io_config(**fields: Any) -> Any:
    return message_class("mediapipe.InferenceCalculatorOptions.InputOutputConfig")(**fields)


SWAPPED = io_config(output_tensor_indices_map={"model_tensor_indices": [1, 0]})
SUM_FED_BACK = io_config(
    feedback_tensor_links=[{"from_output_tensor_name": "sum", "to_input_tensor_name": "b"}]
)


def started(name: str, options: str = "", **side: Any) -> CalculatorRunner:
    return run(name, options, inputs=["TENSORS"], outputs=["TENSORS"], side=side, tolerance=0)


def on_host(*arrays: Any) -> list[Tensor]:
    return [Tensor(array) for array in arrays]


def uploaded(*arrays: Any) -> list[Tensor]:
    from mpgraph import gpu

    return [Tensor.on_gpu(gpu.current().upload_array(array)) for array in arrays]


def expanded(options: str = "") -> Any:
    options = f"options {{ [mediapipe.InferenceCalculatorOptions.ext] {{ {options} }} }}" if options else ""
    text = f"""node {{
        calculator: "InferenceCalculator" name: "inference"
        input_stream: "TENSORS:in" output_stream: "TENSORS:out" input_side_packet: "MODEL:model" {options}
    }}"""
    return InferenceCalculator.get_config(load_graph(text).config.node[0])


@pytest.mark.parametrize(
    ("known", "options", "selected"),
    [
        ([CPU, XNNPACK], "", CPU),
        ([CPU, XNNPACK], "delegate { xnnpack {} }", CPU),
        ([XNNPACK], "delegate { tflite {} }", XNNPACK),
        ([CPU, GPU, AUTO], "", AUTO),
        ([CPU, GPU], "delegate { gpu {} }", GPU),
        ([CPU, GPU], "delegate { xnnpack {} }", CPU),
        ([CPU, GPU, AUTO], "use_gpu: true", GPU),
    ],
)
def test_options_select_the_first_registered_calculator(
    known: list[str], options: str, selected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CALCULATORS, "names", lambda: known)
    assert expanded(options).node[0].calculator == selected


def test_expansion_keeps_ports_name_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CALCULATORS, "names", lambda: [CPU])
    config = expanded("model_path: 'x'")
    (node,) = config.node
    assert (node.name, list(node.input_stream)) == ("inference", ["TENSORS:in"])
    assert list(config.input_stream) == ["TENSORS:in"]
    assert list(config.output_stream) == ["TENSORS:out"]
    assert list(config.input_side_packet) == ["MODEL:model"]
    assert node.HasField("options")


def test_expansion_fails_without_a_registered_calculator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CALCULATORS, "names", list)
    with pytest.raises(UnimplementedError, match=CPU):
        expanded()


@pytest.mark.parametrize("name", [CPU, XNNPACK])
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
def test_model_of_a_side_packet(sum_and_difference: TfliteModel, name: str, options: str) -> None:
    with started(name, options, MODEL=sum_and_difference) as node:
        node.send("TENSORS", on_host(A, B) @ t(4)).expect("TENSORS", [SUM, DIFFERENCE] @ t(4))


def test_model_of_a_path(sum_and_difference_file: Path) -> None:
    with started(CPU, f'model_path: "{sum_and_difference_file}"') as node:
        node.send("TENSORS", on_host(A, B) @ t(0)).expect("TENSORS", [SUM, DIFFERENCE] @ t(0))


def test_tensors_in_streams_of_their_own(sum_and_difference: TfliteModel) -> None:
    ports = ["TENSOR:0", "TENSOR:1"]
    with run(CPU, inputs=ports, outputs=ports, side={"MODEL": sum_and_difference}) as node:
        node.send("TENSOR:0", Tensor(A) @ t(0)).send("TENSOR:1", Tensor(B) @ t(0))
        node.expect("TENSOR:0", SUM @ t(0)).expect("TENSOR:1", DIFFERENCE @ t(0))
        node.send("TENSOR:0", Tensor(A) @ t(1)).bound("TENSOR:1", 2).expect_nothing()


def test_nothing_is_sent_without_inputs(sum_and_difference: TfliteModel) -> None:
    with started(CPU, MODEL=sum_and_difference) as node:
        node.bound("TENSORS", 1).send("TENSORS", [] @ t(1)).expect_nothing().settles("TENSORS", 1)
        node.send("TENSORS", on_host(A, B) @ t(2)).expect("TENSORS", list @ t(2))


def test_parallel_runs_keep_their_order(sum_and_difference: TfliteModel) -> None:
    graph = CalculatorGraph(
        graph_config=f"""
        input_stream: "in" output_stream: "out" input_side_packet: "model"
        node {{
          calculator: "{CPU}" max_in_flight: 4
          input_stream: "TENSORS:in" output_stream: "TENSORS:out" input_side_packet: "MODEL:model"
        }}"""
    )
    results: list[tuple[int, Any]] = []
    graph.observe_output_stream(
        "out", lambda _, packet: results.append((packet.timestamp.value, packet.payload))
    )
    graph.start_run({"model": packets.make_packet(sum_and_difference)})
    for time in range(200):
        graph.add_packet_to_input_stream("in", packets.make(on_host(A * time, B * time), TENSORS, time))
    graph.close_all_input_streams()
    graph.wait_until_done()
    assert [time for time, _ in results] == list(range(200))
    assert all((tensor.array == (A + B) * time).all() for time, (tensor, _) in results)


def test_side_packets_replace_options(sum_and_difference: TfliteModel) -> None:
    delegate = message_class("mediapipe.InferenceCalculatorOptions.Delegate")(xnnpack={"num_threads": 1})
    with started(CPU, MODEL=sum_and_difference, IO_CONFIG=SWAPPED, DELEGATE=delegate) as node:
        node.send("TENSORS", on_host(A, B) @ t(0)).expect("TENSORS", [DIFFERENCE, SUM] @ t(0))


def test_model_needs_a_source() -> None:
    with pytest.raises(
        RuntimeError, match="Either model as side packet or model path in options is required"
    ):
        started(CPU)


def test_model_must_not_have_two_sources(sum_and_difference: TfliteModel) -> None:
    with pytest.raises(RuntimeError, match=r"model path in options is required\. Both are given"):
        started(CPU, 'model_path: "selfie_segmentation.tflite"', MODEL=sum_and_difference)


def test_both_forms_of_tensors_are_refused(sum_and_difference: TfliteModel) -> None:
    with pytest.raises(ValueError, match="Exactly one of TENSORS and TENSOR"):
        run(CPU, inputs=["TENSORS", "TENSOR"], outputs=["TENSORS"], side={"MODEL": sum_and_difference})


def test_unknown_backend_is_reported(
    sum_and_difference: TfliteModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BACKEND_VARIABLE, "litrt")
    started(CPU, MODEL=sum_and_difference).expect_error('"litrt"').finish()
    started(CPU, MODEL=sum_and_difference).expect_error('Did you mean "litert"', ValueError)


def test_missing_model_file_is_reported() -> None:
    started(CPU, 'model_path: "selfie_segmentatoin.tflite"').expect_error(
        'Cannot find the file "selfie_segmentatoin.tflite"', NotFoundError
    )


@pytest.mark.usefixtures("on_gpu")
@pytest.mark.parametrize("placed", [uploaded, on_host])
def test_results_stay_on_the_gpu(sum_and_difference: TfliteModel, placed: Any) -> None:
    node = started("InferenceCalculator", "delegate { gpu {} }", MODEL=sum_and_difference)
    first, second = node.send("TENSORS", placed(A, B) @ t(4), placed(B, A) @ t(5)).take("TENSORS")
    assert all(tensor.gpu is not None for packet in (first, second) for tensor in packet.payload)
    assert [tensor.name for tensor in first.payload] == ["sum", "difference"]
    assert (first.timestamp.value, second.timestamp.value) == (4, 5)
    assert [tensor.array.tolist() for tensor in first.payload] == [SUM.tolist(), DIFFERENCE.tolist()]
    assert [tensor.array.tolist() for tensor in second.payload] == [SUM.tolist(), (-DIFFERENCE).tolist()]


@pytest.mark.usefixtures("on_gpu")
@pytest.mark.parametrize(
    ("options", "placed", "on_gpu_after"),
    [("", uploaded, True), ("", on_host, False), ("delegate { xnnpack {} }", uploaded, False)],
)
def test_without_a_gpu_delegate_the_tensors_select_the_device(
    sum_and_difference: TfliteModel, options: str, placed: Any, on_gpu_after: bool
) -> None:
    with started("InferenceCalculator", options, MODEL=sum_and_difference) as node:
        [packet] = node.send("TENSORS", placed(A, B) @ t(4)).take("TENSORS")
    assert [tensor.gpu is not None for tensor in packet.payload] == [on_gpu_after] * 2
    assert [tensor.array.tolist() for tensor in packet.payload] == [SUM.tolist(), DIFFERENCE.tolist()]


@pytest.mark.usefixtures("on_gpu")
def test_tensor_order_on_the_gpu(sum_and_difference: TfliteModel) -> None:
    with started(GPU, MODEL=sum_and_difference, IO_CONFIG=SWAPPED) as node:
        node.send("TENSORS", uploaded(A, B) @ t(0)).expect("TENSORS", [DIFFERENCE, SUM] @ t(0))


@pytest.mark.usefixtures("on_gpu")
def test_feedback_on_the_gpu(sum_and_difference: TfliteModel) -> None:
    with started(GPU, MODEL=sum_and_difference, IO_CONFIG=SUM_FED_BACK) as node:
        node.send("TENSORS", *(uploaded(A) @ t(time) for time in range(3)))
        # The sum so far is subtracted from a: a - 0, a - a, a - 2a.
        node.expect("TENSORS", [A] @ t(0), [A - A] @ t(1), [-A] @ t(2))


@pytest.mark.usefixtures("on_gpu")
@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ((A, B[:, :2]), '"b" (float32 [1, 3]), got float32 [1, 2]'),
        ((A,), "takes 2 tensors, not 1"),
    ],
)
def test_unsuitable_tensors_on_the_gpu_are_reported(
    sum_and_difference: TfliteModel, arrays: Any, message: str
) -> None:
    node = started(GPU, MODEL=sum_and_difference).send("TENSORS", uploaded(*arrays) @ t(0))
    node.expect_error(message, ValueError)


@pytest.mark.usefixtures("on_gpu")
def test_run_does_not_start_without_a_gpu(
    sum_and_difference: TfliteModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPGRAPH_GPU_ADAPTER", "no such thing")
    with pytest.raises(GpuError, match="No GPU fits MPGRAPH_GPU_ADAPTER"):
        started(GPU, MODEL=sum_and_difference)


@pytest.mark.usefixtures("on_gpu")
def test_operator_without_a_gpu_kernel_is_named(waves: TfliteModel) -> None:
    node = started(GPU, MODEL=waves)
    node.expect_error('operator 0 of "waves.tflite", SIN, ').finish()
    started(GPU, MODEL=waves).expect_error("delegate { xnnpack")
