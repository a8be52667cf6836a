from __future__ import annotations

import pytest

import mpgraph as mp
from mpgraph.config.validation.diagnostics import diagnose

NODE = (
    'input_stream: "in" node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }'
)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ("num_histogram_intervals: -1", "num_histogram_intervals is -1; it cannot be negative"),
        ("num_histogram_intervals: 2147483647", "at most 100000 are kept"),
        ("trace_log_capacity: 9000000000", "trace_log_capacity is 9000000000; at most 10000000 are kept"),
        ("histogram_interval_size_usec: -5", "histogram_interval_size_usec is -5"),
        ("trace_log_count: -1", "trace_log_count is -1"),
        ('calculator_filter: "("', "calculator_filter is not a regular expression"),
    ],
)
def test_check_and_the_graph_refuse_the_same(fields: str, message: str) -> None:
    text = f"{NODE}\nprofiler_config {{ {fields} }}"
    (found,) = diagnose(text, file="graph.pbtxt")
    assert message in found.message
    assert found.line == 2
    with pytest.raises(mp.errors.ConfigError, match="profiler_config"):
        mp.CalculatorGraph(graph_config=text)
