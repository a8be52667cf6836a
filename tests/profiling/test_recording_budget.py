"""mpgraph/profiling/recording_budget.py: when recording pauses."""

from __future__ import annotations

import threading

from profiling_graphs import chain

from mpgraph.profiling.recorder import TraceRecorder
from mpgraph.profiling.recording_budget import RecordingBudget


def made(budget: float | None) -> tuple[RecordingBudget, TraceRecorder, list[bool], threading.Event]:
    recorder = TraceRecorder(chain(["PassThroughCalculator"]).model, [])
    switched: list[bool] = []
    opened = threading.Event()

    def switch(on: bool) -> None:
        switched.append(on)
        if on:
            opened.set()

    limiter = RecordingBudget(recorder, budget, switch, lambda function, argument: function(argument))
    return limiter, recorder, switched, opened


def window(limiter: RecordingBudget, recorder: TraceRecorder, calls: int = 300) -> None:
    recorder.flat_calls += [0] * 8 * calls
    limiter.admit(100)


def test_recording_without_a_budget_never_pauses() -> None:
    limiter, recorder, switched, _ = made(None)
    for _ in range(50):
        window(limiter, recorder)
    limiter.finish()
    assert switched == []


def test_recorded_calls_are_drained_from_time_to_time() -> None:
    limiter, recorder, _, _ = made(None)
    for _ in range(20):
        window(limiter, recorder)
    assert recorder.waiting_calls < 20 * 300
    limiter.finish()


def test_recording_pauses_over_budget_and_resumes_by_itself() -> None:
    limiter, recorder, switched, opened = made(1e-2)
    window(limiter, recorder)
    assert switched[0] is False
    assert opened.wait(10)
    limiter.finish()
    (gap,) = recorder.gaps
    assert gap[0] < gap[1]


def test_few_calls_do_not_count_against_the_budget() -> None:
    limiter, recorder, switched, _ = made(1e-9)
    window(limiter, recorder, calls=5)
    limiter.finish()
    assert switched == []


def test_finished_budget_stays_closed_and_ends_its_thread() -> None:
    limiter, recorder, switched, _ = made(1e-9)
    window(limiter, recorder)
    limiter.finish()
    assert switched == [False]
    assert all(thread.name != "mpgraph-recording-budget" for thread in threading.enumerate())
