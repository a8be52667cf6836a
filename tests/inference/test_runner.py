from __future__ import annotations

import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import FailedPreconditionError, InvalidArgumentError
from mpgraph.inference import TfliteModel, create_runner, load_model

Floats = npt.NDArray[np.float32]


def test_portrait_is_segmented(selfie_model: TfliteModel, backend: str, face: Floats) -> None:
    with create_runner(selfie_model, backend=backend) as runner:
        assert runner.backend == backend and runner.num_threads >= 1
        assert runner.inputs == selfie_model.inputs and runner.outputs == selfie_model.outputs
        (mask,) = runner.run([face])
    assert mask.shape == selfie_model.outputs[0].shape and mask.dtype == np.float32
    assert mask[0, mask.shape[1] // 2, mask.shape[2] // 2, 0] > 0.99
    assert 0.1 < float((mask > 0.5).mean()) < 0.9


def test_thread_counts_agree(selfie_model: TfliteModel, backend: str, face: Floats) -> None:
    masks = []
    for threads in (1, 2, 3, 0, -1, None):
        with create_runner(selfie_model, backend=backend, num_threads=threads) as runner:
            assert runner.num_threads == threads or not threads or threads < 1
            masks += runner.run([face])
    for mask in masks[1:]:
        np.testing.assert_allclose(mask, masks[0], atol=1e-5)


def test_kernels_agree(selfie_model: TfliteModel, backend: str, face: Floats) -> None:
    """XNNPACK sums in another order than TfLite's own kernels: up to 1e-4 on these models."""
    with create_runner(selfie_model, backend=backend) as runner:
        (fast,) = runner.run([face])
    with create_runner(selfie_model, backend=backend, use_xnnpack=False) as runner:
        (plain,) = runner.run([face])
    np.testing.assert_allclose(plain, fast, atol=3e-4)


def test_outputs_belong_to_the_caller(doubler: TfliteModel, backend: str) -> None:
    with create_runner(doubler, backend=backend) as runner:
        (first,) = runner.run([np.ones((1, 3), np.float32)])
        (second,) = runner.run([np.full((1, 3), 5, np.float32)])
    assert first.tolist() == [[2, 2, 2]] and second.tolist() == [[10, 10, 10]]
    first[:] = 0
    assert first.flags.writeable and second.tolist() == [[10, 10, 10]]


def test_input_view_is_used_in_place(doubler: TfliteModel, backend: str) -> None:
    with create_runner(doubler, backend=backend) as runner:
        view = runner.input_view(0)
        assert view is runner.input_view(0) and view.flags.writeable
        for value in (1, 2, 3):
            view[:] = value
            assert runner.run([view])[0].tolist() == [[2 * value] * 3]
        with pytest.raises(InvalidArgumentError, match="no input 1"):
            runner.input_view(1)


def test_view_outlives_its_runner(doubler: TfliteModel, backend: str) -> None:
    runner = create_runner(doubler, backend=backend)
    view = runner.input_view(0)
    runner.resize_input(0, (4096, 3))
    runner.close()
    del runner
    view[:] = 7
    assert view.sum() == 21


@pytest.mark.parametrize(
    ("array", "got"),
    [
        (np.ones((1, 3), np.float64), r"got float64 \[1, 3\]"),
        (np.ones((3,), np.float32), r"got float32 \[3\]"),
        (np.ones((1, 4), np.float32), r"got float32 \[1, 4\]"),
        (np.ones((1, 6), np.float32)[:, ::2], "C-contiguous"),
        ([[1.0, 2.0, 3.0]], "got list"),
        (None, "got NoneType"),
    ],
)
def test_unfitting_input_is_reported(doubler: TfliteModel, backend: str, array: Any, got: str) -> None:
    message = rf'Input 0 of "doubler\.tflite", "x" \(float32 \[1, 3\]\), .*{got}'
    with (
        create_runner(doubler, backend=backend) as runner,
        pytest.raises(InvalidArgumentError, match=message),
    ):
        runner.run([array])


def test_number_of_inputs_is_checked(doubler: TfliteModel, backend: str) -> None:
    with (
        create_runner(doubler, backend=backend) as runner,
        pytest.raises(InvalidArgumentError, match="takes 1 inputs, got 2"),
    ):
        runner.run([np.ones((1, 3), np.float32)] * 2)


def test_read_only_inputs_are_accepted(doubler: TfliteModel, backend: str) -> None:
    x = np.ones((1, 3), np.float32)
    x.flags.writeable = False
    with create_runner(doubler, backend=backend) as runner:
        assert runner.run([x])[0].tolist() == [[2, 2, 2]]


def test_inputs_and_outputs_keep_the_models_order(builder: Any, backend: str) -> None:
    a, b, c = (builder.tensor(name, [1, size]) for name, size in (("zz", 1), ("aa", 2), ("mm", 3)))
    outs = [builder.tensor(f"{name}_out", [1, size]) for name, size in (("q", 3), ("b", 1), ("z", 2))]
    for source, out in zip((c, a, b), outs, strict=True):
        builder.operator("ABS", [source], [out], options_type=78, options={})
    model = load_model(builder.build([b, c, a], [outs[1], outs[2], outs[0]]), origin="m")
    with create_runner(model, backend=backend) as runner:
        assert [spec.name for spec in runner.inputs] == ["aa", "mm", "zz"]
        got = runner.run([np.full((1, n), -n, np.float32) for n in (2, 3, 1)])
    assert [array.tolist() for array in got] == [[[1]], [[2, 2]], [[3, 3, 3]]]


def test_inputs_without_dimensions_and_outputs_that_are_inputs(builder: Any, backend: str) -> None:
    scalar, plane = builder.tensor("scalar", []), builder.tensor("plane", [1, 2])
    model = load_model(builder.build([scalar, plane], [plane, scalar]), origin="m")
    with create_runner(model, backend=backend) as runner:
        for value in (3, 4):
            first, second = runner.run([np.full((), value, np.float32), np.full((1, 2), -value, np.float32)])
            assert first.tolist() == [[-value, -value]]
            assert (second.shape, second) == ((), value)


def test_input_is_resized(doubler: TfliteModel, backend: str) -> None:
    with create_runner(doubler, backend=backend) as runner:
        for rows in (4, 1, 2):
            runner.resize_input(0, (rows, 3))
            assert runner.inputs[0].shape == runner.outputs[0].shape == (rows, 3)
            assert runner.input_view(0).shape == (rows, 3)
            x = np.arange(rows * 3, dtype=np.float32).reshape(rows, 3)
            np.testing.assert_array_equal(runner.run([x])[0], 2 * x)


@pytest.mark.parametrize("shape", [(4,), (0, 3), (-1, 3), ()])
def test_unsupported_shape_is_rejected(doubler: TfliteModel, backend: str, shape: tuple[int, ...]) -> None:
    with create_runner(doubler, backend=backend) as runner:
        with pytest.raises(InvalidArgumentError, match="cannot take"):
            runner.resize_input(0, shape)
        with pytest.raises(InvalidArgumentError, match="has no input 3"):
            runner.resize_input(3, (1, 3))
        assert runner.run([np.ones((1, 3), np.float32)])[0].tolist() == [[2, 2, 2]]


def test_model_may_compute_its_shapes(builder: Any, backend: str) -> None:
    x, shape = builder.tensor("x", [1, 4]), builder.tensor("shape", [2], np.int32)
    middle, out = builder.tensor("middle", [1, 1]), builder.tensor("out", [1, 1])
    builder.operator("RESHAPE", [x, shape], [middle])
    builder.operator("ABS", [middle], [out], options_type=78, options={})
    model = load_model(builder.build([x, shape], [out]), origin="m")
    values = np.array([[-1, 2, -3, 4]], np.float32)
    with create_runner(model, backend=backend) as runner:
        for sizes, expected in (([2, 2], [[1, 2], [3, 4]]), ([4, 1], [[1], [2], [3], [4]])):
            assert runner.run([values, np.array(sizes, np.int32)])[0].tolist() == expected
            assert runner.input_view(0).tolist() == values.tolist()


def test_lowered_model_cannot_be_resized(general_model: TfliteModel, backend: str) -> None:
    with create_runner(general_model, backend=backend) as runner:
        runner.resize_input(0, (1, 256, 256, 3))
        with pytest.raises(InvalidArgumentError, match=r"cannot take \[1, 128, 128, 3\]"):
            runner.resize_input(0, (1, 128, 128, 3))


def test_closed_runner_raises(doubler: TfliteModel, backend: str) -> None:
    with create_runner(doubler, backend=backend) as runner:
        pass
    runner.close()
    for use in (lambda: runner.run([]), lambda: runner.input_view(0), lambda: runner.resize_input(0, (1, 3))):
        with pytest.raises(FailedPreconditionError, match="closed"):
            use()


def test_concurrent_run_raises(general_model: TfliteModel, backend: str) -> None:
    started, turned_away = threading.Event(), threading.Event()

    def run_on() -> int:
        runs = 0
        while not turned_away.is_set() and runs < 5000:
            runner.run([runner.input_view(0)])
            started.set()
            runs += 1
        return runs

    with (
        create_runner(general_model, backend=backend, num_threads=1) as runner,
        ThreadPoolExecutor(1) as pool,
    ):
        others = pool.submit(run_on)
        assert started.wait(30)
        try:
            for _ in range(5000):
                runner.run([runner.input_view(0)])
        except FailedPreconditionError as error:
            message = str(error)
        finally:
            turned_away.set()
            try:
                others.result()
            except FailedPreconditionError as error:
                message = str(error)
    assert "in use by another thread" in message


def test_runners_work_concurrently(selfie_model: TfliteModel, backend: str, face: Floats) -> None:
    faces = [np.ascontiguousarray(np.roll(face, 16 * shift, axis=2)) for shift in range(4)]

    def mask(x: Floats) -> list[npt.NDArray[Any]]:
        with create_runner(selfie_model, backend=backend, num_threads=1) as runner:
            return [runner.run([x])[0] for _ in range(20)]

    alone = [mask(x)[0] for x in faces]
    with ThreadPoolExecutor(len(faces)) as pool:
        together = list(pool.map(mask, faces))
    for expected, masks in zip(alone, together, strict=True):
        for got in masks:
            np.testing.assert_allclose(got, expected, atol=1e-5)
    assert np.abs(alone[0] - alone[3]).max() > 0.1


def test_memory_does_not_grow(selfie_model: TfliteModel, backend: str, face: Floats) -> None:
    with create_runner(selfie_model, backend=backend, num_threads=1) as runner:
        for _ in range(50):
            runner.run([face])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(400):
            runner.run([face])
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 8 * 1024, f"{grown} KiB in 400 runs"
