from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.tensor.models import CpuModel, find_model
from mpgraph.formats.tensor import Tensor
from mpgraph.inference import TfliteModel
from mpgraph.protos import message_class


def floats(*values: float) -> Tensor:
    return Tensor(np.array([values], np.float32))


def config(**fields: Any) -> Any:
    return message_class("mediapipe.InferenceCalculatorOptions.InputOutputConfig")(**fields)


@pytest.fixture
def runner(sum_and_difference: TfliteModel) -> Iterator[CpuModel]:
    made = CpuModel(sum_and_difference, 1)
    yield made
    made.close()


def test_a_model_is_a_function_of_tensors(runner: CpuModel) -> None:
    total, difference = runner.run([floats(5, 6, 7), floats(1, 2, 3)])
    assert (total.name, difference.name) == ("sum", "difference")
    assert total.array.tolist() == [[6, 8, 10]] and difference.array.tolist() == [[4, 4, 4]]
    assert not total.array.flags.writeable


def test_results_stay_when_the_model_runs_again(runner: CpuModel) -> None:
    first = runner.run([floats(1, 1, 1), floats(1, 1, 1)])
    runner.run([floats(9, 9, 9), floats(9, 9, 9)])
    assert first[0].array.tolist() == [[2, 2, 2]]


def test_a_leading_1_more_or_less_does_not_matter(runner: CpuModel) -> None:
    flat = Tensor(np.array([1, 2, 3], np.float32))
    deep = Tensor(np.array([[[1, 2, 3]]], np.float32))
    assert runner.run([flat, deep])[0].array.tolist() == [[2, 4, 6]]


def test_another_order(sum_and_difference: TfliteModel) -> None:
    swapped = config(
        input_tensor_names_map={"tensor_names": ["b", "a"]},
        output_tensor_indices_map={"model_tensor_indices": [1, 0]},
    )
    runner = CpuModel(sum_and_difference, 1, io_config=swapped)
    difference, total = runner.run([floats(1, 2, 3), floats(5, 6, 7)])
    assert difference.array.tolist() == [[4, 4, 4]] and total.array.tolist() == [[6, 8, 10]]
    runner.close()


@pytest.mark.parametrize("num_threads", [-1, 2])
def test_several_threads_at_once(sum_and_difference: TfliteModel, num_threads: int) -> None:
    runner = CpuModel(sum_and_difference, num_threads)

    def right(value: int) -> bool:
        total, difference = runner.run([floats(value, 0, 0), floats(1, 1, 1)])
        return total.array.tolist() == [[value + 1, 1, 1]] and difference.array[0, 0] == value - 1

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(right, range(400)))
    runner.close()


def test_an_output_fed_back_starts_with_zeros(sum_and_difference: TfliteModel) -> None:
    link = {"from_output_tensor_name": "sum", "to_input_tensor_name": "b"}
    runner = CpuModel(sum_and_difference, 1, io_config=config(feedback_tensor_links=[link]))
    outputs = [runner.run([floats(1, 2, 3)]) for _ in range(3)]
    # The sum so far is taken from a: a - 0, a - a, a - 2a.
    assert [[tensor.array.tolist() for tensor in tensors] for tensors in outputs] == [
        [[[1, 2, 3]]],
        [[[0, 0, 0]]],
        [[[-1, -2, -3]]],
    ]
    runner.close()


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ([], "takes 2 tensors, not 0"),
        ([floats(1, 2, 3)] * 3, "takes 2 tensors, not 3"),
        ([floats(1, 2, 3), floats(1, 2)], r'Input 1 of "sum_and_difference.tflite"'),
        ([Tensor(np.zeros((1, 3), np.uint8)), floats(1, 2, 3)], "Input 0 of"),
    ],
)
def test_inputs_that_do_not_fit(runner: CpuModel, tensors: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        runner.run(tensors)


def test_the_model_comes_from_a_packet_or_from_a_file(
    sum_and_difference: TfliteModel, sum_and_difference_file: Path, tmp_path: Path
) -> None:
    assert find_model(sum_and_difference, "") is sum_and_difference
    assert find_model(None, str(sum_and_difference_file)) == sum_and_difference
    with pytest.raises(FileNotFoundError, match="missing.tflite"):
        find_model(None, str(tmp_path / "missing.tflite"))
