"""How fast the memory of a process grows, once it has warmed up."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

WARM_UP = 0.25
"""The part of a process's time in which caches fill and models choose their threads."""

SHORTEST_S = 480.0
"""After warming up: in less time, a single block of the allocator would be many percent an hour."""


class Sample(NamedTuple):
    """The memory of a process at a time."""

    seconds: float
    kb: float


def percent_an_hour(samples: Sequence[Sample]) -> float | None:
    """Return the growth of memory in percent of it, for an hour; None if it was watched for too short a time.

    Compares the median of the first third after warming up with that of the last third: what comes and
    goes from one sample to the next counts for nothing.
    """
    if not samples:
        return None
    begin, end = samples[0].seconds, samples[-1].seconds
    begin += WARM_UP * (end - begin)
    if end - begin < SHORTEST_S:
        return None
    third = (end - begin) / 3
    first = median(sample.kb for sample in samples if begin <= sample.seconds <= begin + third)
    last = median(sample.kb for sample in samples if sample.seconds >= end - third)
    return 100 * (last - first) / first * 3600 / (2 * third)
