"""The number of threads follows from a trial, which is made once on a machine."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mpgraph.inference import backend, create_runner, thread_trial
from mpgraph.inference.model import TfliteModel
from mpgraph.inference.runner import InferenceRunner, RunnerSettings

NAME, RUNNER = (
    ("litert", "LitertRunner") if find_spec("ai_edge_litert") else ("tflite_runtime", "TfliteRuntimeRunner")
)
"""The backend that the timed one replaces: any that is installed."""

CREATED: list[int] = []
RUN_S: dict[int, float] = {}
"""How long a run takes with so many threads."""


class Timed(InferenceRunner):
    """Takes the time that the test says."""

    backend = NAME
    default_threads = 2

    def __init__(self, model: TfliteModel, settings: RunnerSettings) -> None:
        super().__init__(model, settings.threads(self.default_threads))
        CREATED.append(self.num_threads)
        self._views = [np.zeros(spec.shape, spec.dtype) for spec in self.inputs]

    def _prepare(self, shapes: Sequence[tuple[int, ...]]) -> None:
        raise NotImplementedError

    def _compute(self) -> list[Any]:
        time.sleep(RUN_S[self.num_threads])
        return [np.zeros(spec.shape, spec.dtype) for spec in self.outputs]

    def _free(self) -> None:
        pass


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(thread_trial, "_known", {})
    monkeypatch.setattr(thread_trial, "_ignores_cache", False)
    monkeypatch.setattr(backend, "usable_cores", lambda: 2)
    monkeypatch.setattr("mpgraph.inference.computing._cores", 2)
    monkeypatch.setattr(f"mpgraph.inference.interpreter.{RUNNER}", Timed)
    monkeypatch.setattr("mpgraph.inference.idle_runners._waiting", [])
    CREATED.clear()
    RUN_S.update({1: 0.01, 2: 0.002})


def chosen(model: TfliteModel, **arguments: Any) -> InferenceRunner:
    runner = create_runner(model, backend=NAME, **arguments)
    runner.reuse_key = None
    return runner


@pytest.mark.parametrize(("with_two", "threads"), [(0.002, 2), (0.0099, 1), (0.02, 1)])
def test_several_threads_must_be_worth_it(doubler: TfliteModel, with_two: float, threads: int) -> None:
    RUN_S[2] = with_two
    with chosen(doubler) as runner:
        assert runner.num_threads == threads
    (trial,) = thread_trial.all_known()
    assert trial.threads == threads and trial.many == 2
    assert trial.one_s >= 0.01 and trial.many_s >= with_two


def test_trial_is_made_once_a_machine(doubler: TfliteModel) -> None:
    chosen(doubler).close()
    assert sorted(CREATED) == [1, 2]
    thread_trial.all_known()
    chosen(doubler).close()
    assert CREATED[2:] == [2]
    thread_trial._known.clear()  # As in another process: the cache has it.
    RUN_S[2] = 1.0
    chosen(doubler).close()
    assert CREATED[3:] == [2]
    thread_trial.ignore_cache()
    with chosen(doubler) as runner:
        assert runner.num_threads == 1


@pytest.mark.parametrize(
    ("loads", "repeated"), [((4.0, 0.1), True), ((4.0, 3.0), False), ((0.1, 0.1), False)]
)
def test_one_thread_is_questioned_when_other_work_has_ended(
    doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch, loads: tuple[float, float], repeated: bool
) -> None:
    for load, slow in zip(loads, (True, False), strict=True):
        monkeypatch.setattr(thread_trial, "_load", lambda load=load: load)
        RUN_S[2] = 0.03 if slow else 0.002
        thread_trial._known.clear()  # As in another process.
        with chosen(doubler) as runner:
            assert runner.num_threads == (1 if slow or not repeated else 2)


def test_no_trial_without_a_choice(doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(doubler, num_threads=2).close()
    monkeypatch.setattr(backend, "usable_cores", lambda: 1)
    chosen(doubler).close()
    assert CREATED == [2, 1] and not thread_trial.all_known()


def test_damaged_result_is_measured_again(doubler: TfliteModel, tmp_path: Path) -> None:
    chosen(doubler).close()
    (file,) = (tmp_path / "mpgraph" / "threads").iterdir()
    assert file.stat().st_mode & 0o077 == 0  # The user's alone.
    file.write_bytes(b"?")
    thread_trial._known.clear()
    chosen(doubler).close()
    assert sorted(CREATED) == [1, 1, 2, 2]


def test_runner_that_others_slow_down_wants_one_thread(doubler: TfliteModel) -> None:
    with chosen(doubler) as runner:
        views = [runner.input_view(index) for index in range(len(runner.inputs))]
        for _ in range(20):
            runner.run(views)
        assert not runner.wants_one_thread
        RUN_S[2] = 0.03
        for _ in range(20):
            runner.run(views)
        assert runner.wants_one_thread


def test_runners_that_are_too_many_for_the_cores_want_one_thread(doubler: TfliteModel) -> None:
    with chosen(doubler, num_threads=1) as other, chosen(doubler, num_threads=2) as runner:
        RUN_S[1] = 0.1
        views = [other.input_view(0)]
        thread = threading.Thread(target=other.run, args=(views,))
        runner.run([runner.input_view(0)])
        assert not runner.wants_one_thread
        thread.start()
        time.sleep(0.02)
        runner.run([runner.input_view(0)])
        thread.join()
        assert runner.wants_one_thread and not other.wants_one_thread


def test_package_without_files_counts_as_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a frozen program, modules have names of files that do not exist."""
    thread_trial.installed.cache_clear()
    origin = "/nowhere/ai_edge_litert/__init__.py"
    monkeypatch.setattr(thread_trial, "find_spec", lambda name: ModuleSpec(name, None, origin=origin))
    assert thread_trial.installed("ai_edge_litert") == Path(sys.executable).stat().st_mtime_ns
    thread_trial.installed.cache_clear()
