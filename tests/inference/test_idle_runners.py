"""Runners that are used again after they were closed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_builder import ModelBuilder

from mpgraph.errors import FailedPreconditionError
from mpgraph.inference import TfliteModel, create_runner, idle_runners, load_model

TFLITE = "litert" if find_spec("ai_edge_litert") else "tflite_runtime"
"""The interpreter that is installed: one environment of `.ci/run` has only the older one."""


def machinery(runner: Any) -> object:
    """What the backend has loaded."""
    return runner._interpreter if hasattr(runner, "_interpreter") else runner._request


def test_closed_runner_is_used_again(doubler: TfliteModel, backend: str) -> None:
    first = create_runner(doubler, backend=backend)
    loaded = machinery(first)
    first.close()
    with create_runner(doubler, backend=backend) as second:
        assert machinery(second) is loaded
        assert second is not first
        assert second.run([np.ones((1, 3), np.float32)])[0].tolist() == [[2, 2, 2]]
        with pytest.raises(FailedPreconditionError, match="is closed"):
            first.run([np.ones((1, 3), np.float32)])
        first.close()  # Has no effect on the second.
        assert second.run([np.ones((1, 3), np.float32)])[0].tolist() == [[2, 2, 2]]


def test_runners_in_use_are_not_shared(doubler: TfliteModel, backend: str) -> None:
    with create_runner(doubler, backend=backend) as one, create_runner(doubler, backend=backend) as other:
        assert machinery(one) is not machinery(other)


@pytest.mark.parametrize("settings", [{"num_threads": 1}, {"use_xnnpack": False}])
def test_other_settings_are_another_runner(doubler: TfliteModel, settings: dict[str, Any]) -> None:
    first = create_runner(doubler, backend=TFLITE, num_threads=2)
    loaded = machinery(first)
    first.close()
    with create_runner(doubler, backend=TFLITE, **settings) as other:
        assert machinery(other) is not loaded


def test_other_shape_is_not_kept(doubler: TfliteModel, backend: str) -> None:
    with create_runner(doubler, backend=backend) as runner:
        runner.resize_input(0, (2, 3))
    with create_runner(doubler, backend=backend) as runner:
        assert runner.inputs[0].shape == (1, 3)


def test_models_with_unknown_operators_are_not_kept(builder: ModelBuilder) -> None:
    """They may remember something from one run to the next."""
    x, out = builder.tensor("x", [1, 3]), builder.tensor("out", [1, 3])
    builder.operator("CUMSUM", [x, builder.constant("axis", np.array(1, np.int32))], [out])
    model = load_model(builder.build([x], [out]), origin="sum.tflite")
    with create_runner(model, backend=TFLITE) as runner:
        assert runner.reuse_key is None


def test_number_and_size_are_limited(doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle_runners, "_MOST", 2)
    runners = [create_runner(doubler, backend=TFLITE) for _ in range(3)]
    loaded = [machinery(runner) for runner in runners]
    for runner in runners:
        runner.close()
    again = [create_runner(doubler, backend=TFLITE) for _ in range(3)]
    assert [machinery(runner) for runner in again[:2]] == [loaded[2], loaded[1]]
    assert machinery(again[2]) is not loaded[0]
    monkeypatch.setattr(idle_runners, "_MOST_BYTES", len(doubler.data) - 1)
    for runner in again:
        runner.close()
    assert idle_runners.take(again[0].reuse_key) is None


def test_many_threads(doubler: TfliteModel) -> None:
    failures: list[BaseException] = []

    def use(value: float) -> None:
        try:
            for _ in range(30):
                with create_runner(doubler, backend=TFLITE) as runner:
                    found = runner.run([np.full((1, 3), value, np.float32)])[0]
                    assert found.tolist() == [[2 * value] * 3]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use, args=(value,)) for value in (1.0, 2.0, 3.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_forked_process_loads_its_own() -> None:
    code = """
import os, sys
import numpy as np
import mpgraph as mp
image = np.zeros((64, 64, 3), np.uint8)
def segment():
    with mp.solutions.selfie_segmentation.SelfieSegmentation() as segmentation:
        return segmentation.process(image).segmentation_mask.mean()
before = segment()
child = os.fork()
assert segment() == before
if child == 0:
    sys.exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
"""
    checkout = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=checkout, timeout=100
    )
    assert done.returncode == 0, done.stderr
