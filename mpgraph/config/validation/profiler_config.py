"""The numbers and the pattern of a graph's `profiler_config`."""

from __future__ import annotations

import re

from mpgraph.config.source import GraphSource
from mpgraph.errors import ConfigError, MpgraphError
from mpgraph.protos.calculator_pb2 import CalculatorGraphConfig

LARGEST = {
    "num_histogram_intervals": (100_000, "Make histogram_interval_size_usec larger instead."),
    "trace_log_capacity": (10_000_000, ""),
}
"""How much memory a graph file may ask for: each node and stream keeps a count for each interval, and a trace
keeps an event for each unit of its capacity. With hints."""

_FROM_ZERO = (
    *(
        "histogram_interval_size_usec",
        "trace_log_count",
        "trace_log_interval_count",
    ),
    *LARGEST,
)


def profiler_errors(config: CalculatorGraphConfig, source: GraphSource) -> list[MpgraphError]:
    """Return the errors in the profiler_config."""
    if not config.HasField("profiler_config"):
        return []
    found: list[tuple[str, str]] = []
    for name in _FROM_ZERO:
        number = getattr(config.profiler_config, name)
        largest, hint = LARGEST.get(name, (None, ""))
        if number < 0:
            found.append((f"profiler_config: {name} is {number}; it cannot be negative.", ""))
        elif largest is not None and number > largest:
            found.append((f"profiler_config: {name} is {number}; at most {largest} are kept.", hint))
    try:
        re.compile(config.profiler_config.calculator_filter)
    except re.error as error:
        found.append((f"profiler_config: calculator_filter is not a regular expression: {error}.", ""))
    location = source.field_location("profiler_config")
    return [ConfigError(text, location=location, hint=hint, rule="bad-value") for text, hint in found]
