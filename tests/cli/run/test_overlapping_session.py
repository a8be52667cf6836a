from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest

import mpgraph as mp
from mpgraph.cli.run.overlapping_session import OverlappingSession
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.inference import computing

GRAPH = """
input_stream: "in"
output_stream: "out"
node { calculator: "GateOfTest" input_stream: "in" output_stream: "out" }
"""
opened = threading.Semaphore(0)
shared: list[bool] = []


@mp.register
class GateOfTest(mp.Calculator):
    """Lets a frame through for every release of `opened`; a white one is an error."""

    image = mp.Input("", mp.ImageFrame)
    out = mp.Output("", mp.ImageFrame)
    blocking = True

    def open(self, cc: mp.CalculatorContext) -> None:
        shared.append(computing.is_beside_other_work())

    def process(self, cc: mp.CalculatorContext) -> None:
        assert opened.acquire(timeout=10)
        if cc[self.image].numpy_view().max() == 255:
            raise ValueError("too bright")
        cc.emit(self.out, cc[self.image])


def started(in_flight: int) -> OverlappingSession:
    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=GRAPH)
    session = OverlappingSession(validated, "in", "out", in_flight)
    session.start()
    return session


def frame(level: int) -> np.ndarray:
    return np.full((4, 4, 3), level, np.uint8)


def test_frames_overlap_and_come_in_order() -> None:
    session = started(3)
    # Nothing gets through yet, so feeding two frames must not wait for a result.
    assert session.feed(frame(0), 0) == session.feed(frame(1), 10) == []
    opened.release()
    images = session.feed(frame(2), 20)
    assert [time for _, time in images] == [0]
    for _ in range(3):
        opened.release()
    images += session.feed(frame(3), 30) + session.finish()
    assert [(int(pixels[0, 0, 0]), time) for pixels, time in images] == [(0, 0), (1, 10), (2, 20), (3, 30)]


def test_error_of_the_graph_is_raised_by_feed() -> None:
    session = started(1)
    opened.release()
    with pytest.raises(RuntimeError, match="too bright"):
        session.feed(frame(255), 0)
    session.abandon()


def test_libraries_leave_the_cores_to_the_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_CORES", "1")
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    try:
        for in_flight, threads in ((1, 2), (2, 1)):
            started(in_flight).finish()
            assert cv2.getNumThreads() == threads
            assert shared[-1] == (threads == 1)
            assert not computing.is_beside_other_work()
    finally:
        cv2.setNumThreads(before)
