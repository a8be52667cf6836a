"""ProfilerSettings: a graph's `profiler_config` with MediaPipe's defaults filled in.

(MediaPipe: framework/profiler/graph_profiler.cc and graph_tracer.cc.)
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpgraph.framework.confinement import is_confined


@dataclass(frozen=True)
class ProfilerSettings:
    """What to measure and write for a graph. Times are in microseconds."""

    profile: bool
    trace: bool
    log: bool
    interval_size: int
    interval_count: int
    stream_latency: bool
    packet_time_is_arrival: bool
    capacity: int
    disabled_events: frozenset[int]
    log_path: str
    log_files: int
    log_interval: int
    intervals_a_file: int
    instant_events: bool
    calculator_filter: re.Pattern[str]

    @classmethod
    def of(cls, config: Any) -> ProfilerSettings:
        """Return the settings of a valid ProfilerConfig: see `config.validation.profiler_config`."""
        return cls(
            profile=config.enable_profiler,
            trace=config.trace_enabled,
            log=config.trace_enabled and not config.trace_log_disabled and not is_confined(),
            interval_size=config.histogram_interval_size_usec or 1_000_000,
            interval_count=config.num_histogram_intervals or 1,
            stream_latency=config.enable_stream_latency,
            packet_time_is_arrival=config.use_packet_timestamp_for_added_packet,
            capacity=config.trace_log_capacity or 20_000,
            disabled_events=frozenset(config.trace_event_types_disabled),
            log_path=config.trace_log_path or str(Path(tempfile.gettempdir()) / "mediapipe_trace_"),
            log_files=config.trace_log_count or 2,
            log_interval=config.trace_log_interval_usec or 500_000,
            intervals_a_file=config.trace_log_interval_count or 10,
            instant_events=config.trace_log_instant_events,
            calculator_filter=re.compile(config.calculator_filter or ".*"),
        )
