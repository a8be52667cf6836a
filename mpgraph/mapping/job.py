"""What workers are told: the graph once, then one input after another. Both can be pickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class MapJob:
    """What to do with each input.

    key: another for each call of `map_graph`. graph: the expanded graph, a serialized CalculatorGraphConfig.
    input_stream, media_stream: as the input and output stream of GraphSession.
    data_streams: what they carry is written as JSON lines. side_packets: as of `side_packets_of`.
    modules: the user's modules that register calculators. resource_dir: as of `set_resource_dir`.
    cores: how many each worker uses. force: whether to make outputs that exist.
    started: when the job began, in seconds since 1970; outputs from then on are never made again.
    """

    key: str
    graph: bytes
    input_stream: str | None
    media_stream: str | None
    data_streams: tuple[str, ...]
    side_packets: Mapping[str, str]
    modules: tuple[str, ...]
    resource_dir: str | None
    cores: int
    force: bool
    started: float


@dataclass(frozen=True)
class MapTask:
    """An input and its outputs, all paths or URLs. media, data: None if the job has no such streams."""

    source: str
    is_image: bool
    media: str | None
    data: str | None

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The outputs; the last one completes the task."""
        return tuple(output for output in (self.data, self.media) if output is not None)
