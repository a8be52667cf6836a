"""From a bug report to its fix: record the inputs of a graph, replay them, replay them in a fixed graph.

mpgraph run graph.pbtxt --webcam 0 --record bug.mpgrec
mpgraph replay bug.mpgrec --graph fixed.pbtxt
"""

from __future__ import annotations

from pathlib import Path

import mpgraph as mp
from mpgraph.testing import record, replay

GRAPH = Path(__file__).with_suffix(".pbtxt")


@mp.calculator
def divide(number: float, divisor: float) -> float:
    """Divide two numbers; fails if the divisor is 0."""
    return number / divisor


@mp.calculator
def careful_divide(number: float, divisor: float) -> float | None:
    """Divide two numbers; emits nothing if the divisor is 0."""
    return number / divisor if divisor else None


def main() -> None:
    """Record a failure, replay it, and replay it with the fix."""
    graph = mp.CalculatorGraph(graph_path=GRAPH)
    try:
        with record(graph, "bug.mpgrec", overwrite=True), graph:
            graph.start_run()
            for time, divisor in enumerate((4.0, 0.0, 2.0)):
                graph.add_packet_to_input_stream("number", mp.make_packet(1.0, time))
                graph.add_packet_to_input_stream("divisor", mp.make_packet(divisor, time))
    except mp.MpgraphError as error:
        print("recorded:", str(error).splitlines()[-1].rpartition("failed: ")[2])

    again = replay("bug.mpgrec", check=False)
    print("replayed:", str(again.errors[0]).rpartition("failed: ")[2])

    fixed = GRAPH.read_text(encoding="utf-8").replace("DivideCalculator", "CarefulDivideCalculator")
    result = replay("bug.mpgrec", fixed)
    print("fixed:", [packet.payload for packet in result.outputs["quotient"]])


if __name__ == "__main__":
    main()
