"""Three calculators in mpgraph; `three_calculators.pbtxt` puts them into a graph."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Annotated

import numpy as np

import mpgraph as mp


@mp.calculator
def threshold_mask(mask: mp.ImageFrame, *, level: Annotated[float, mp.Range(0, 1)] = 0.5) -> mp.ImageFrame:
    """Binarise a float mask: 255 above the level, 0 elsewhere."""
    binary = np.where(mask.numpy_view() > level, 255, 0).astype(np.uint8)
    return mp.ImageFrame(image_format=mp.ImageFormat.GRAY8, data=binary)


@mp.register
class MovingAverageCalculator(mp.Calculator):
    """The mean of the last `window` values."""

    value = mp.Input("VALUE", float)
    mean = mp.Output("MEAN", float)
    timestamp_offset = 0

    @dataclass
    class Options:
        """window: the number of values to average."""

        window: Annotated[int, mp.Range(1)] = 10

    def open(self, cc: mp.CalculatorContext) -> None:
        """Start a run without values."""
        self.values: deque[float] = deque(maxlen=cc.options_as(self.Options).window)

    def process(self, cc: mp.CalculatorContext) -> None:
        """Add a value."""
        self.values.append(cc[self.value])
        cc.emit(self.mean, sum(self.values) / len(self.values))


@mp.register
class CountPacketsCalculator(mp.Calculator):
    """The number of packets of a stream, as a side packet at its end."""

    packets = mp.Input()
    count = mp.SideOutput("COUNT", int)
    counted = 0

    def process(self, cc: mp.CalculatorContext) -> None:
        """Count a packet."""
        self.counted += 1

    def close(self, cc: mp.CalculatorContext) -> None:
        """Send the count."""
        cc.emit(self.count, self.counted)
