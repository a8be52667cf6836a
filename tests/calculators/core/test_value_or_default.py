from __future__ import annotations

from typing import Any

TEXT = """
input_stream: "in"
input_stream: "tick"
output_stream: "out"
output_stream: "flag"
node {
  calculator: "ValueOrDefaultCalculator"
  input_stream: "IN:in"
  input_stream: "TICK:tick"
  input_side_packet: "default"
  output_stream: "OUT:out"
  output_stream: "FLAG:flag"
}
"""


def test_gaps_are_filled_at_ticks(run: Any) -> None:
    events = [("in", 2, "x"), ("in", 3, "off tick"), *[("tick", t, 0) for t in (1, 2, 4)]]
    seen = run(TEXT, events, {"default": "-"})
    assert seen == {"out": [(1, "-"), (2, "x"), (4, "-")], "flag": [(1, True), (4, True)]}
