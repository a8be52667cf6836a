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

    gate = RecordingBudget(recorder, budget, switch, lambda function, argument: function(argument))
    return gate, recorder, switched, opened


def window(gate: RecordingBudget, recorder: TraceRecorder, calls: int = 300) -> None:
    recorder.flat_calls += [0] * 8 * calls
    gate.admit(100)


def test_without_a_budget_it_never_closes() -> None:
    gate, recorder, switched, _ = made(None)
    for _ in range(50):
        window(gate, recorder)
    gate.finish()
    assert switched == []


def test_what_is_waiting_is_handed_on_now_and_then() -> None:
    gate, recorder, _, _ = made(None)
    for _ in range(20):
        window(gate, recorder)
    assert recorder.waiting_calls < 20 * 300
    gate.finish()


def test_it_closes_when_recording_costs_too_much_and_opens_by_itself() -> None:
    gate, recorder, switched, opened = made(1e-2)
    window(gate, recorder)
    assert switched[0] is False
    assert opened.wait(10)
    gate.finish()
    (gap,) = recorder.gaps
    assert gap[0] < gap[1]


def test_few_calls_are_not_judged() -> None:
    gate, recorder, switched, _ = made(1e-9)
    window(gate, recorder, calls=5)
    gate.finish()
    assert switched == []


def test_once_finished_it_stays_closed_and_its_thread_ends() -> None:
    gate, recorder, switched, _ = made(1e-9)
    window(gate, recorder)
    gate.finish()
    assert switched == [False]
    assert all(thread.name != "mpgraph-gate" for thread in threading.enumerate())
