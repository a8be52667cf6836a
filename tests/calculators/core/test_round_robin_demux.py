from __future__ import annotations

from typing import Any

TEXT = """
input_stream: "in"
output_stream: "a"
output_stream: "b"
output_stream: "select"
node {
  calculator: "RoundRobinDemuxCalculator"
  input_stream: "in"
  output_stream: "OUTPUT:0:a"
  output_stream: "OUTPUT:1:b"
  output_stream: "SELECT:select"
}
"""

EVENTS = [("in", t, f"p{t}") for t in (1, 2, 5)]


def test_packets_are_dealt_in_turn(run: Any) -> None:
    seen = run(TEXT, EVENTS)
    assert seen == {"a": [(1, "p1"), (5, "p5")], "b": [(2, "p2")], "select": [(1, 0), (2, 1), (5, 0)]}


def test_a_mux_puts_them_together_again(run: Any) -> None:
    text = f"""{TEXT}
    output_stream: "out"
    node {{
      calculator: "MuxCalculator"
      input_stream: "INPUT:0:a"
      input_stream: "INPUT:1:b"
      input_stream: "SELECT:select"
      output_stream: "OUTPUT:out"
    }}
    """
    assert run(text, EVENTS)["out"] == [(1, "p1"), (2, "p2"), (5, "p5")]
