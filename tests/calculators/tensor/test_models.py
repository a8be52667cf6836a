from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.calculators.tensor import models
from mpgraph.calculators.tensor.models import CpuModel, find_model
from mpgraph.formats.tensor import Tensor
from mpgraph.inference import TfliteModel
from mpgraph.inference.runner import InferenceRunner
from mpgraph.protos import message_class


def floats(*values: float) -> Tensor:
    return Tensor(np.array([values], np.float32))


def config(**fields: Any) -> Any:
    return message_class("mediapipe.InferenceCalculatorOptions.InputOutputConfig")(**fields)


@pytest.fixture
def model(sum_and_difference: TfliteModel) -> Iterator[CpuModel]:
    model = CpuModel(sum_and_difference, 1)
    yield model
    model.close()


def test_model_is_a_function_of_tensors(model: CpuModel) -> None:
    total, difference = model.run([floats(5, 6, 7), floats(1, 2, 3)])
    assert (total.name, difference.name) == ("sum", "difference")
    assert total.array.tolist() == [[6, 8, 10]] and difference.array.tolist() == [[4, 4, 4]]
    assert not total.array.flags.writeable


def test_results_are_not_overwritten_by_the_next_run(model: CpuModel) -> None:
    first = model.run([floats(1, 1, 1), floats(1, 1, 1)])
    model.run([floats(9, 9, 9), floats(9, 9, 9)])
    assert first[0].array.tolist() == [[2, 2, 2]]


def test_leading_dimensions_of_1_are_ignored(model: CpuModel) -> None:
    flat = Tensor(np.array([1, 2, 3], np.float32))
    deep = Tensor(np.array([[[1, 2, 3]]], np.float32))
    assert model.run([flat, deep])[0].array.tolist() == [[2, 4, 6]]


def test_io_config_changes_the_order(sum_and_difference: TfliteModel) -> None:
    swapped = config(
        input_tensor_names_map={"tensor_names": ["b", "a"]},
        output_tensor_indices_map={"model_tensor_indices": [1, 0]},
    )
    model = CpuModel(sum_and_difference, 1, io_config=swapped)
    difference, total = model.run([floats(1, 2, 3), floats(5, 6, 7)])
    assert difference.array.tolist() == [[4, 4, 4]] and total.array.tolist() == [[6, 8, 10]]
    model.close()


@pytest.mark.parametrize("num_threads", [-1, 2])
def test_several_threads_can_run_one_model(sum_and_difference: TfliteModel, num_threads: int) -> None:
    model = CpuModel(sum_and_difference, num_threads)

    def is_correct(value: int) -> bool:
        total, difference = model.run([floats(value, 0, 0), floats(1, 1, 1)])
        return total.array.tolist() == [[value + 1, 1, 1]] and difference.array[0, 0] == value - 1

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(is_correct, range(400)))
    model.close()


class Recorded(InferenceRunner):
    """Records with how many threads it runs."""

    backend = "recorded"

    def __init__(self, model: TfliteModel, num_threads: int, runs: list[int]) -> None:
        super().__init__(model, num_threads)
        self._runs = runs
        self._views = [np.zeros(spec.shape, spec.dtype) for spec in self.inputs]

    def _prepare(self, shapes: Any) -> None:
        raise NotImplementedError

    def _compute(self) -> list[Any]:
        self._runs.append(self.num_threads)
        return [np.zeros(spec.shape, spec.dtype) for spec in self.outputs]

    def _free(self) -> None:
        pass


def test_several_threads_are_tried_again_after_others_took_the_cores(
    sum_and_difference: TfliteModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[int] = []
    created: list[Recorded] = []
    now = 100.0

    def create(model: TfliteModel, *, num_threads: int | None, use_xnnpack: bool) -> Recorded:
        created.append(Recorded(model, num_threads or 2, runs))
        return created[-1]

    monkeypatch.setattr(models, "create_runner", create)
    monkeypatch.setattr("mpgraph.calculators.tensor.models.time.monotonic", lambda: now)
    model = CpuModel(sum_and_difference, 0)

    def run(times: int) -> None:
        for _ in range(times):
            model.run([floats(1, 1, 1), floats(1, 1, 1)])

    for patience in (1.5, 2.5):
        run(1)
        created[-1].wants_one_thread = True
        run(2)
        now += patience
        run(1)
    run(1)
    assert runs == [2, 2, 1, 1, 2, 2, 1, 1, 2]
    model.close()


def test_feedback_starts_with_zeros(sum_and_difference: TfliteModel) -> None:
    link = {"from_output_tensor_name": "sum", "to_input_tensor_name": "b"}
    model = CpuModel(sum_and_difference, 1, io_config=config(feedback_tensor_links=[link]))
    outputs = [model.run([floats(1, 2, 3)]) for _ in range(3)]
    # The sum so far is subtracted from a: a - 0, a - a, a - 2a.
    assert [[tensor.array.tolist() for tensor in tensors] for tensors in outputs] == [
        [[[1, 2, 3]]],
        [[[0, 0, 0]]],
        [[[-1, -2, -3]]],
    ]
    model.close()


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ([], "takes 2 tensors, not 0"),
        ([floats(1, 2, 3)] * 3, "takes 2 tensors, not 3"),
        ([floats(1, 2, 3), floats(1, 2)], r'Input 1 of "sum_and_difference.tflite"'),
        ([Tensor(np.zeros((1, 3), np.uint8)), floats(1, 2, 3)], "Input 0 of"),
    ],
)
def test_unsuitable_inputs_are_refused(model: CpuModel, tensors: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model.run(tensors)


def test_find_model_prefers_the_packet_to_the_file(
    sum_and_difference: TfliteModel, sum_and_difference_file: Path, tmp_path: Path
) -> None:
    assert find_model(sum_and_difference, "") is sum_and_difference
    assert find_model(None, str(sum_and_difference_file)) == sum_and_difference
    with pytest.raises(FileNotFoundError, match="missing.tflite"):
        find_model(None, str(tmp_path / "missing.tflite"))
