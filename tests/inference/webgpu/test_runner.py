from __future__ import annotations

from typing import Any

import exact_network
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InferenceError, InvalidArgumentError
from mpgraph.gpu.adapter import ADAPTER_VARIABLE
from mpgraph.inference import TfliteModel, create_runner, load_model
from mpgraph.inference.backend import BACKEND_VARIABLE

Floats = npt.NDArray[np.float32]


def close_crop(face: Floats) -> Floats:
    """The centre of the image, enlarged twice."""
    _, height, width, _ = face.shape
    inner = face[:, height // 4 : height // 4 * 3, width // 4 : width // 4 * 3]
    return np.ascontiguousarray(inner.repeat(2, 1).repeat(2, 2))


@pytest.mark.parametrize("change", [lambda face: face, lambda face: face[:, :, ::-1] ** 2, close_crop])
def test_masks_are_exact(selfie_model: TfliteModel, face: Floats, change: Any) -> None:
    """Within 1e-4 of the exact result; within that and the CPU's own error of the CPU's."""
    image = np.ascontiguousarray(change(face))
    exact = exact_network.compute(selfie_model, image)
    with create_runner(selfie_model, backend="webgpu") as runner:
        (mask,) = runner.run([image])
    with create_runner(selfie_model) as runner:
        (on_cpu,) = runner.run([image])
    assert mask.shape == on_cpu.shape and mask.dtype == np.float32
    np.testing.assert_allclose(mask, exact, atol=1e-4)
    np.testing.assert_allclose(mask, on_cpu, atol=1e-4 + np.abs(on_cpu - exact).max())
    assert 0.05 < float((mask > 0.5).mean()) < 0.95


def test_runs_are_independent(selfie_model: TfliteModel, face: Floats) -> None:
    with create_runner(selfie_model, backend="webgpu") as runner:
        (first,) = runner.run([face])
        runner.run([np.full_like(face, 1e6)])
        (again,) = runner.run([face])
    np.testing.assert_array_equal(again, first)


def test_webgpu_is_only_used_on_request(doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with create_runner(doubler) as runner:
        assert runner.backend != "webgpu"
    monkeypatch.setenv(BACKEND_VARIABLE, "webgpu")
    with create_runner(doubler) as runner:
        assert runner.backend == "webgpu"
        assert runner.run([np.array([[1, 2, 3]], np.float32)])[0].tolist() == [[2, 4, 6]]


def test_inputs_can_be_resized(doubler: TfliteModel) -> None:
    with create_runner(doubler, backend="webgpu") as runner:
        runner.resize_input(0, (5, 3))
        x = np.arange(15, dtype=np.float32).reshape(5, 3)
        assert runner.outputs[0].shape == (5, 3)
        np.testing.assert_array_equal(runner.run([x])[0], 2 * x)
        with pytest.raises(InvalidArgumentError, match=r"cannot take \[3\]"):
            runner.resize_input(0, (3,))


def test_missing_gpu_is_reported(doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ADAPTER_VARIABLE, "no such thing")
    with pytest.raises(InferenceError, match='No GPU fits MPGRAPH_GPU_ADAPTER="no such thing"'):
        create_runner(doubler, backend="webgpu")


def test_unsupported_operator_is_reported_with_its_position(builder: Any) -> None:
    x, y = builder.tensor("x", [1, 4, 4, 1]), builder.tensor("wave", [1, 4, 4, 1])
    builder.operator("SIN", [x], [y])
    model = load_model(builder.build([x], [y]), origin="waves.tflite")
    with pytest.raises(
        InferenceError, match=r'operator 0 of "waves.tflite", SIN, which computes "wave".*on the CPU'
    ):
        create_runner(model, backend="webgpu")
