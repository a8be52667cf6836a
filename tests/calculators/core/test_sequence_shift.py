from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import UnimplementedError


def graph(options: str = "", side: str = "") -> str:
    return f"""
    input_stream: "in"
    output_stream: "out"
    node {{
      calculator: "SequenceShiftCalculator"
      input_stream: "in"
      {side}
      output_stream: "out"
      options {{ [mediapipe.SequenceShiftCalculatorOptions.ext] {{ {options} }} }}
    }}
    """


EVENTS = [("in", t, f"p{t}") for t in (1, 3, 7, 8)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", [(1, "p3"), (3, "p7"), (7, "p8")]),
        ("packet_offset: -2", [(1, "p7"), (3, "p8")]),
        ("packet_offset: 0", [(1, "p1"), (3, "p3"), (7, "p7"), (8, "p8")]),
        ("packet_offset: 1", [(3, "p1"), (7, "p3"), (8, "p7")]),
        ("packet_offset: 5", []),
    ],
)
def test_packets_take_the_times_of_others(run: Any, options: str, expected: list[tuple[int, str]]) -> None:
    assert run(graph(options), EVENTS)["out"] == expected


def test_the_side_packet_wins(run: Any) -> None:
    text = graph("packet_offset: 1", 'input_side_packet: "PACKET_OFFSET:offset"')
    assert run(text, EVENTS, {"offset": -1})["out"][0] == (1, "p3")


def test_what_mediapipe_does_not_support_is_refused(run: Any) -> None:
    with pytest.raises(UnimplementedError, match="not supported yet"):
        run(graph("packet_offset: 1 emit_empty_packets_before_first_packet: true"), EVENTS)
