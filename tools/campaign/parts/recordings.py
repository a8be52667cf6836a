"""Damaged recordings: `mpgraph replay` ends in one clear line.

Half are damaged anywhere, with the checksums put right afterwards; in the others values have been replaced
by values of other types, which the format allows everywhere.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from command import in_process
from edits import Edited, edited
from part import Outcome, Part, Settings

import mpgraph as mp
from mpgraph.config.source import parse_graph_text
from mpgraph.testing import record
from mpgraph.testing.codecs import to_bytes
from mpgraph.testing.recording import SIGNATURE, Recording

GRAPH = """
input_stream: "in"
input_stream: "image"
output_stream: "out"
output_stream: "image_out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
node { calculator: "PassThroughCalculator" input_stream: "image" output_stream: "image_out" }
"""
STRANGERS: tuple[Any, ...] = (
    *(None, True, 0, -1, 1 << 70, 0.5, float("nan"), "", "in", "\ud800", b"", b"\xff" * 9, [], [1], (), {}),
    *({"a": 1}, {1: 2}, ((((1,),),),), ["in"], np.zeros(3), np.zeros((2, 0), np.uint8), 2**63, -(2**63) - 1),
)


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Return the kinds and bodies of a recording's chunks, as far as they are whole."""
    found = []
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        found.append((kind, data[at + 8 : at + 8 + size]))
        at += 12 + size
    return found


def joined(parts: list[tuple[bytes, bytes]]) -> bytes:
    """Return a recording of chunks, with right checksums."""
    return SIGNATURE + b"".join(
        struct.pack("<4sI", kind, len(body)) + body + struct.pack("<I", zlib.crc32(body, zlib.crc32(kind)))
        for kind, body in parts
    )


def with_checksums(data: bytes) -> bytes:
    """Repair the lengths and checksums of a damaged recording."""
    return joined(chunks(data))


class Recordings(Part[Edited]):
    """Replays damaged recordings."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._file = settings.folder / "bug.mpgrec"
        graph = mp.CalculatorGraph(graph_config=parse_graph_text(GRAPH).config)
        with record(graph, self._file, outputs=True), graph:
            graph.start_run()
            for t in range(3):
                graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(t).at(t))
                image = mp.ImageFrame(mp.ImageFormat.SRGB, np.full((8, 8, 3), t, np.uint8))
                graph.add_packet_to_input_stream("image", mp.packet_creator.create_image_frame(image).at(t))
        self._data = self._file.read_bytes()
        with Recording(self._file) as recording:
            self._header = recording.header
            self._events = list(recording.events())

    def make(self, choose: random.Random) -> Edited:
        """Damage the bytes or the values."""
        if choose.random() < 0.5:
            return edited(self._data, choose, ".mpgrec", with_checksums)
        parts = chunks(self._data)
        for _ in range(choose.choice((1, 1, 2))):
            at = choose.randrange(len(parts))
            kind = choose.random()
            if kind < 0.15:
                del parts[at]
            elif kind < 0.3:
                parts.insert(at, choose.choice(parts))
            else:
                parts[at] = (parts[at][0], to_bytes(self._other_value(parts[at][0], at, choose)))
            if not parts:
                break
        return Edited(joined(parts), (), ".mpgrec")

    def _other_value(self, kind: bytes, at: int, choose: random.Random) -> Any:
        if choose.random() < 0.1:
            return choose.choice(STRANGERS)
        if kind == b"HEAD":
            header = {"format": 1, "version": "x", "modules": {}, "graph": self._header.graph}
            return {**header, choose.choice([*header]): choose.choice(STRANGERS)}
        event = self._events[min(max(at - 1, 0), len(self._events) - 1)]
        values = [event.stream, event.after_us, event.was_idle, event.value]
        position = choose.randrange(4)
        if position == 3 and isinstance(event.value, dict) and choose.random() < 0.7:
            values[3] = {**event.value, choose.choice([*event.value]): choose.choice(STRANGERS)}
        else:
            values[position] = choose.choice(STRANGERS)
        return tuple(values)

    def run(self, given: Edited) -> Outcome:
        """Replay it."""
        self._file.write_bytes(given.data)
        return in_process("replay", str(self._file))

    def smaller(self, given: Edited) -> Iterator[Edited]:
        """Yield fewer edits, and fewer chunks."""
        yield from given.fewer()
        if not given.edits:
            parts = chunks(given.original)
            for index in range(len(parts)):
                yield Edited(joined(parts[:index] + parts[index + 1 :]), (), given.suffix)

    def content(self, given: Edited) -> tuple[str, bytes]:
        """Return the recording."""
        return given.suffix, given.data


create = Recordings
