"""What became of one input of `map_graph`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["done", "skipped", "failed"]


@dataclass(frozen=True)
class MapResult:
    """What became of one input.

    input: its path or URL. outputs: the paths or URLs of its complete results; none if it has failed.
    status: "skipped" if the outputs were there already, and not older than the input.
    error: why it has failed, in one line. warnings: likewise, such as damage in a video.
    frames: how many were fed; 0 if a worker completed the outputs and then died. seconds: of work, without
        waiting for a worker.
    attempts: how often a worker began with it, more than 1 if workers died.
    worker: the process that did it, HOST:PID; "" if none survived.
    """

    input: str
    status: Status
    outputs: tuple[str, ...] = ()
    error: str | None = None
    warnings: tuple[str, ...] = ()
    frames: int = 0
    seconds: float = 0.0
    attempts: int = 1
    worker: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, for JSON."""
        return asdict(self)
