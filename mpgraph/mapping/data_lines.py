"""What streams carry, as lines of JSON: one for each timestamp."""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from collections.abc import Mapping, Set
from enum import Enum
from typing import Any

import numpy as np

from mpgraph.errors import InvalidArgumentError, a_type
from mpgraph.formats.landmarks import FIELDS, Landmarks
from mpgraph.formats.tensor import Tensor
from mpgraph.framework.compact_payload import CompactPayload
from mpgraph.framework.packet import Packet
from mpgraph.framework.timestamp import Timestamp

_DECIMALS = 7
"""Finer than float32 for values around 0.5, and a ten-thousandth of a pixel."""


class DataLines:
    """Collects the packets of streams: `receive` is an observer of them.

    Each line is an object with the number of the frame (`frame`; absent if no frame was fed at this time),
    its timestamp in microseconds (`timestamp_us`; "PreStream" and the like for special ones), and the payload
    of each stream that has a packet, by the stream's name.
    """

    def __init__(self) -> None:
        self._packets: list[tuple[str, Packet]] = []

    def receive(self, stream: str, packet: Packet) -> None:
        """Accept a packet."""
        self._packets.append((stream, packet))

    def clear(self) -> None:
        """Forget what has been received."""
        self._packets.clear()

    def take(self, frame: int | None = None, timestamp_us: int = 0) -> list[str]:
        """Return the lines of what was received since the last call, in order of time.

        frame, timestamp_us: of the frame that was fed in between; it has a line in any case.

        Raises:
            InvalidArgumentError: a payload cannot be written as JSON.
        """
        records: dict[int, dict[str, Any]] = {}
        if frame is not None:
            records[timestamp_us] = {"frame": frame, "timestamp_us": timestamp_us}
        for stream, packet in self._packets:
            time = packet.timestamp
            shown = time.value if time.is_range_value() else str(time)
            record = records.setdefault(time.value, {"timestamp_us": shown})
            try:
                record[stream] = json_value(packet.compact)
            except InvalidArgumentError as error:
                raise InvalidArgumentError(f'the stream "{stream}": {error}') from None
        self._packets.clear()
        return [json.dumps(records[time], ensure_ascii=False) for time in sorted(records)]


def json_value(value: Any) -> Any:
    """Return a payload as what JSON knows: arrays as lists, messages as objects with the names of the fields.

    Landmarks are lists of objects with the fields that are set; bytes are text in base64; numbers that are
    not finite are null.

    Raises:
        InvalidArgumentError: it is an image, or of another type without a form in JSON.
    """
    if isinstance(value, Landmarks) or type(value).__name__ in ("LandmarkList", "NormalizedLandmarkList"):
        return _landmarks(Landmarks.of(value))
    if isinstance(value, CompactPayload):
        return json_value(value.expanded())
    if value is None or isinstance(value, (bool, int, str)):
        return value.name if isinstance(value, Enum) else value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, np.generic):
        return json_value(value.item())
    if isinstance(value, (np.ndarray, Tensor)):
        return _numbers(np.asarray(value.array if isinstance(value, Tensor) else value))
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, Timestamp):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, Set)):
        return [json_value(item) for item in value]
    if hasattr(value, "DESCRIPTOR"):
        from google.protobuf.json_format import MessageToDict

        return MessageToDict(value, preserving_proto_field_name=True)
    if dataclasses.is_dataclass(value):
        return {field.name: json_value(getattr(value, field.name)) for field in dataclasses.fields(value)}
    raise InvalidArgumentError(f"{a_type(value)} cannot be written as JSON; leave this stream out")


def _landmarks(landmarks: Landmarks) -> list[dict[str, Any]]:
    used = np.asarray(landmarks.is_set.any(axis=0))
    names = [name for name, is_used in zip(FIELDS, used, strict=True) if is_used]
    return [dict(zip(names, row, strict=True)) for row in _numbers(landmarks.values[:, used])]


def _numbers(array: np.ndarray[Any, Any]) -> Any:
    if array.dtype.kind != "f":
        return array.tolist()
    rounded = np.round(array.astype(np.float64), _DECIMALS)
    return rounded.tolist() if np.isfinite(rounded).all() else json_value(rounded.astype(object).tolist())
