"""A calculator with state, and its tests (test_moving_average.py).

pytest test_moving_average.py
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import mpgraph as mp


@mp.register
class MovingAverageCalculator(mp.Calculator):
    """The mean of the last `window` numbers, at the timestamp of the last."""

    number = mp.Input("IN", float)
    mean = mp.Output("OUT", float)
    timestamp_offset = 0

    @dataclass
    class Options:
        """window: how many numbers to average."""

        window: Annotated[int, mp.Range(1)] = 10

    def open(self, cc: mp.CalculatorContext) -> None:
        """Create the state here: open() is called once for each run, on a new object."""
        self.last: deque[float] = deque(maxlen=cc.options_as(self.Options).window)

    def process(self, cc: mp.CalculatorContext) -> None:
        """Add a number and emit the mean."""
        self.last.append(cc[self.number])
        cc.emit(self.mean, sum(self.last) / len(self.last))


def main() -> None:
    """Send a step from 0 to 9."""
    with mp.CalculatorGraph(graph_path=Path(__file__).with_suffix(".pbtxt")) as graph:
        graph.observe_output_stream("mean", lambda _, packet: print(f"{packet.payload:g}", end=" "))
        graph.start_run()
        for time, number in enumerate((0.0, 0.0, 9.0, 9.0, 9.0)):
            graph.add_packet_to_input_stream("numbers", mp.make_packet(number, time))
    print()


if __name__ == "__main__":
    main()
