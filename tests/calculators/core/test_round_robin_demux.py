from __future__ import annotations

from mpgraph.testing import run, t

PACKETS = [f"p{time}" @ t(time) for time in (1, 2, 5)]


def test_packets_go_to_the_outputs_in_turn() -> None:
    runner = run("RoundRobinDemuxCalculator", inputs=[""], outputs=["OUTPUT:1", "SELECT"]).send("", *PACKETS)
    runner.expect("OUTPUT:0", "p1" @ t(1), "p5" @ t(5)).expect("OUTPUT:1", "p2" @ t(2))
    runner.expect("SELECT", 0 @ t(1), 1 @ t(2), 0 @ t(5))


def test_mux_restores_the_stream() -> None:
    text = """
    input_stream: "in"
    output_stream: "out"
    node {
      calculator: "RoundRobinDemuxCalculator"
      input_stream: "in"
      output_stream: "OUTPUT:0:a"
      output_stream: "OUTPUT:1:b"
      output_stream: "SELECT:select"
    }
    node {
      calculator: "MuxCalculator"
      input_stream: "INPUT:0:a"
      input_stream: "INPUT:1:b"
      input_stream: "SELECT:select"
      output_stream: "OUTPUT:out"
    }
    """
    run(text).send("in", *PACKETS).expect("out", *PACKETS)
