"""Test calculators and graphs: run one, send packets in, state which packets are expected.

    from mpgraph.testing import run, t

    def test_doubles() -> None:
        run(Double).send("IN", 1 @ t(0), 2 @ t(10)).expect("OUT", 2 @ t(0), 4 @ t(10))

There are also deterministic payloads (`gradient`, `mask`, `detection`, `tensor` and so on), a `MockClock`
for calculators that wait, and `record` and `replay`: a file of all that enters a graph, which is what a bug
report needs. The pytest plug-in `mpgraph.pytest_plugin` ships with mpgraph and needs no setup: it finishes
`run` chains that a test leaves open, and fails tests that leave graphs or their threads behind.
"""

from __future__ import annotations

from mpgraph.testing.codecs import register_codec
from mpgraph.testing.images import checkerboard, gradient, mask, noise, solid
from mpgraph.testing.matching import ANY
from mpgraph.testing.mock_clock import MockClock
from mpgraph.testing.payloads import (
    detection,
    landmarks,
    matrix,
    normalized_landmarks,
    normalized_rect,
    rect,
    tensor,
)
from mpgraph.testing.recorder import GraphRecorder as Recorder
from mpgraph.testing.recorder import record
from mpgraph.testing.recording import Recording
from mpgraph.testing.replaying import Replayed, replay
from mpgraph.testing.runner import CalculatorRunner, run
from mpgraph.testing.stamps import Time, Timed, at, t

__all__ = [
    "ANY",
    "CalculatorRunner",
    "MockClock",
    "Recorder",
    "Recording",
    "Replayed",
    "Time",
    "Timed",
    "at",
    "checkerboard",
    "detection",
    "gradient",
    "landmarks",
    "mask",
    "matrix",
    "noise",
    "normalized_landmarks",
    "normalized_rect",
    "record",
    "rect",
    "register_codec",
    "replay",
    "run",
    "solid",
    "t",
    "tensor",
]
