from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.io.cores import CORES_VARIABLE, core_limit
from mpgraph.mapping.job import MapJob, MapTask
from mpgraph.mapping.worker import MapWorker


@pytest.fixture(autouse=True)
def own_process_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker changes settings of its process, which is that of the tests here."""
    monkeypatch.setenv(CORES_VARIABLE, "1")
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


@pytest.fixture
def job(flip: Path) -> MapJob:
    graph = ValidatedGraphConfig()
    graph.initialize(graph_path=flip)
    config = graph.model.config.SerializeToString()
    return MapJob("key", config, None, None, (), {}, (), None, 1, False, time.time() - 1)


@pytest.fixture
def task(images: Callable[..., Path], tmp_path: Path) -> MapTask:
    source = images(a=60) / "a.png"
    return MapTask(str(source), True, str(tmp_path / "out" / "a.png"), None)


def test_jobs_and_tasks_can_be_pickled(job: MapJob, task: MapTask) -> None:
    assert task.outputs == (task.media,)
    assert pickle.loads(pickle.dumps((job, task))) == (job, task)


def test_a_task_whose_worker_died_after_completing_it_is_done_and_not_repeated(
    job: MapJob, task: MapTask
) -> None:
    results = [MapWorker(replace(job, force=force)).process(task) for force in (False, False, True)]
    assert [(each.status, each.frames) for each in results] == [("done", 1), ("done", 0), ("done", 0)]
    later = replace(job, started=time.time() + 10)
    assert MapWorker(later).process(task).status == "skipped"
    again = MapWorker(replace(later, force=True)).process(task)
    assert (again.status, again.frames) == ("done", 1)


def test_a_worker_goes_on_after_failures_and_limits_its_cores(
    job: MapJob, task: MapTask, tmp_path: Path
) -> None:
    worker = MapWorker(replace(job, cores=2))
    assert core_limit() == cv2.getNumThreads() == 2
    (tmp_path / "broken.png").write_text("no image")
    for missing in ("missing.png", "broken.png"):
        failed = worker.process(replace(task, source=str(tmp_path / missing)))
        assert failed.status == "failed" and failed.error is not None and missing in failed.error
    assert worker.process(task).status == "done"
