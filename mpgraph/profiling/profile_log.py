"""ProfileLog: the log files of a graph's `profiler_config`, which are MediaPipe's GraphProfile messages.

Each interval's message is appended to the file, which parses as one message then; a new file is begun
after so many intervals, and the oldest file is overwritten.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mpgraph.config.model import GraphModel
from mpgraph.framework.override import override
from mpgraph.profiling.calculator_profiles import CalculatorProfiles
from mpgraph.profiling.events import CALL_FIELDS, Batch
from mpgraph.profiling.graph_trace import GraphTraceBuilder
from mpgraph.profiling.recorder import TraceListener, TraceRecorder
from mpgraph.profiling.settings import ProfilerSettings
from mpgraph.protos import calculator_profile_pb2


class ProfileLog(TraceListener):
    """Writes during a run, on its own thread, and writes the rest at the end of the run."""

    def __init__(self, model: GraphModel, settings: ProfilerSettings, drain: Callable[[], None]) -> None:
        """drain: makes the recorder hand over its events."""
        # A trace may have gaps, as MediaPipe's has when its buffer is too small; profiles must be complete.
        self.needs_every_call = settings.profile
        self._model = model
        self._settings = settings
        self._drain = drain
        self._profiles = CalculatorProfiles(model, settings)
        self._builder: GraphTraceBuilder | None = None
        self._next = Batch()
        self._lock = threading.Lock()
        self._written = 0
        self._is_failed = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @override
    def take(self, batch: Batch, recorder: TraceRecorder) -> None:
        with self._lock:
            if self._builder is None:
                self._builder = GraphTraceBuilder(self._model, self._settings, recorder.wall_ns)
            if self._settings.profile:
                self._profiles.take(batch, recorder)
            self._next.add(batch)
            # Each call is about four of MediaPipe's events: two packets come and go, and wait.
            surplus = len(self._next.flat_calls) // CALL_FIELDS - self._settings.capacity // 4
            if surplus > 0:
                self._next.drop_calls(surplus)

    def start(self) -> None:
        """Start to write at the end of each interval, for a new run."""
        self._stop.clear()
        if self._settings.log_interval > 0:
            self._thread = threading.Thread(target=self._work, name="mpgraph-profile-log", daemon=True)
            try:
                self._thread.start()
            except BaseException:  # Ctrl-C, while it may run already.
                self._stop.set()
                raise

    def stop(self) -> None:
        """Write the rest at the end of a run."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._write_interval()
        self._builder = None

    def _work(self) -> None:
        while not self._stop.wait(self._settings.log_interval / 1e6):
            self._drain()
            self._write_interval()

    def _write_interval(self) -> None:
        with self._lock:
            if self._builder is None or self._is_failed:
                return
            batch, self._next = self._next, Batch()
            trace = self._builder.build(batch)
            if trace.calculator_trace:
                self._write(trace)

    def _write(self, trace: Any) -> None:
        settings = self._settings
        profile = calculator_profile_pb2.GraphProfile()
        profile.graph_trace.append(trace)
        profile.calculator_profiles.extend(cleaned(self._profiles.profiles()))
        self._profiles.reset()
        is_new = self._written % settings.intervals_a_file == 0
        if is_new:
            describe(profile, self._model)
        index = self._written // settings.intervals_a_file % settings.log_files
        self._written += 1
        path = Path(f"{settings.log_path}{index}.binarypb")
        try:
            with path.open("wb" if is_new else "ab") as file:
                file.write(profile.SerializeToString())
        except OSError as error:
            self._is_failed = True
            warnings.warn(
                f"profiler_config: the trace log {path} cannot be written: {error.strerror}. The graph runs "
                "on without it; see trace_log_path.",
                stacklevel=2,
            )


def describe(profile: Any, model: GraphModel) -> None:
    """Add the graph's config and the nodes' names to a GraphProfile."""
    profile.config.CopyFrom(model.config)
    for node in model.nodes:
        profile.config.node[node.id].name = node.name
    if profile.graph_trace:
        profile.graph_trace[0].calculator_name[:] = [node.name for node in model.nodes]


def cleaned(profiles: list[Any]) -> list[Any]:
    """Return the profiles without the fields that have their default values."""
    for profile in profiles:
        histograms = [
            profile.process_runtime,
            profile.process_input_latency,
            profile.process_output_latency,
            *(stream.latency for stream in profile.input_stream_profiles),
        ]
        for histogram in histograms:
            if histogram.num_intervals == 1:
                histogram.ClearField("num_intervals")
            if histogram.interval_size_usec == 1_000_000:
                histogram.ClearField("interval_size_usec")
    return profiles
