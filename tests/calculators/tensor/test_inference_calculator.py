"""Which calculator InferenceCalculator stands for."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.calculators.tensor.inference_calculator import InferenceCalculator
from mpgraph.config.source import load_graph
from mpgraph.errors import UnimplementedError
from mpgraph.framework.registry import CALCULATORS

CPU, XNNPACK, GPU = "InferenceCalculatorCpu", "InferenceCalculatorXnnpack", "InferenceCalculatorGpu"
AUTO = "InferenceCalculatorAuto"


def expanded(delegate: str = "") -> Any:
    options = f"options {{ [mediapipe.InferenceCalculatorOptions.ext] {{ {delegate} }} }}" if delegate else ""
    text = f"""node {{
        calculator: "InferenceCalculator" name: "inference"
        input_stream: "TENSORS:in" output_stream: "TENSORS:out" input_side_packet: "MODEL:model" {options}
    }}"""
    return InferenceCalculator.get_config(load_graph(text).config.node[0])


@pytest.mark.parametrize(
    ("known", "delegate", "chosen"),
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
def test_the_first_one_there_is(
    known: list[str], delegate: str, chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CALCULATORS, "names", lambda: known)
    assert expanded(delegate).node[0].calculator == chosen


def test_everything_else_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CALCULATORS, "names", lambda: [CPU])
    config = expanded("model_path: 'x'")
    (node,) = config.node
    assert (node.name, list(node.input_stream)) == ("inference", ["TENSORS:in"])
    assert list(config.input_stream) == ["TENSORS:in"]
    assert list(config.output_stream) == ["TENSORS:out"]
    assert list(config.input_side_packet) == ["MODEL:model"]
    assert node.HasField("options")


def test_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CALCULATORS, "names", list)
    with pytest.raises(UnimplementedError, match=CPU):
        expanded()
