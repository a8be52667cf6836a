"""Recordings whose checksums are right and whose content is wrong: never more than one clear message."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mpgraph as mp
from mpgraph.config.source import parse_graph_text
from mpgraph.errors import InvalidArgumentError, MediaError, MpgraphError
from mpgraph.framework.packet import make_packet
from mpgraph.testing import replay
from mpgraph.testing.codecs import to_bytes
from mpgraph.testing.recording import SIGNATURE, Header, RecordingWriter

GRAPH = parse_graph_text(
    'input_stream: "a" output_stream: "b" '
    'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'
).config.SerializeToString()
HEAD = (b"HEAD", {"format": 1, "version": "x", "modules": {}, "graph": GRAPH})
START = (b"STRT", ("", 0, False, {"side": {}, "headers": {}}))
END = (b"ENDR", ("", 0, False, {"errors": [], "stopped": True}))
DONE = (b"DONE", None)
EMPTY = Header(b"", {}, "x")
Chunk = tuple[bytes, Any]


def write(file: Path, *chunks: Chunk) -> Path:
    data = SIGNATURE
    for kind, content in chunks:
        body = b"" if content is None else to_bytes(content)
        data += struct.pack("<4sI", kind, len(body)) + body
        data += struct.pack("<I", zlib.crc32(body, zlib.crc32(kind)))
    file.write_bytes(data)
    return file


def test_a_recording_made_so_is_intact(tmp_path: Path) -> None:
    packet = (b"PACK", ("a", 0, False, make_packet(1, 5)))
    output = (b"OUTP", ("b", 0, False, make_packet(1, 5)))
    result = replay(write(tmp_path / "r", HEAD, START, packet, output, END, DONE))
    assert (result.damage, result.sent, result.differences) == (None, 1, [])


@pytest.mark.parametrize(
    "head",
    [
        {"format": 1, "graph": b"\xff\xff\xff"},
        {"format": "one", "graph": GRAPH},
        {"format": 1, "graph": GRAPH, "modules": [1]},
        {"format": 1, "graph": GRAPH, "modules": {"a": 1}},
        {"format": 1, "graph": GRAPH, "version": 2},
        {"format": 1, "graph": GRAPH, "version": np.zeros(3)},
        {"format": 1, "graph": GRAPH, "modules": np.zeros(3)},
        {"format": 1, "graph": 3},
        {"graph": GRAPH},
        [1, 2],
    ],
)
def test_wrong_headers_are_damage(tmp_path: Path, head: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="damaged"):
        replay(write(tmp_path / "r", (b"HEAD", head), START, END, DONE))


@pytest.mark.parametrize(
    "chunk",
    [
        (b"PACK", 5),
        (b"PACK", ("a", 0, False)),
        (b"PACK", ("a", 0, False, None)),
        (b"PACK", ([1], 0, False, make_packet(1, 5))),
        (b"BOUN", ("a", 0, False, "x")),
        (b"CLOS", ("a", "soon", False, None)),
        (b"CLOS", ("a", 10**15, False, None)),
        (b"CLOS", ("a", -1, False, None)),
        (b"OUTP", ("b", 0, False, 7)),
        (b"ENDR", ("", 0, False, {})),
        (b"ENDR", ("", 0, False, None)),
        (b"ENDR", ("", 0, False, {"errors": [1], "stopped": True})),
        (b"STRT", ("", 0, False, {"side": [1, 2], "headers": {}})),
        (b"STRT", ("", 0, False, {"side": {"x": 1}, "headers": {"a": 3}})),
    ],
)
def test_wrong_events_end_the_replay_before_them(tmp_path: Path, chunk: Chunk) -> None:
    packet = (b"PACK", ("a", 0, False, make_packet(1, 5)))
    result = replay(write(tmp_path / "r", HEAD, START, packet, chunk, END, DONE), pace=1)
    assert result.damage is not None and "its event at byte" in result.damage
    assert result.sent == 1


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=4)
VALUES = st.recursive(
    SCALARS | st.binary(max_size=4),
    lambda values: (
        st.lists(values, max_size=4)
        | st.dictionaries(st.text(max_size=4), values, max_size=3)
        | st.tuples(values, values, values, values)
    ),
    max_leaves=8,
)
CONTENTS = VALUES | st.tuples(st.just("a"), st.just(0), st.just(True), VALUES)
KINDS = st.sampled_from([b"STRT", b"PACK", b"BOUN", b"CLOS", b"OUTP", b"ENDR", b"DONE", b"NONE"])


@settings(max_examples=300)
@given(st.lists(st.tuples(KINDS, CONTENTS), max_size=4))
def test_any_content_is_replayed_or_refused(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[Chunk]
) -> None:
    file = write(tmp_path_factory.getbasetemp() / "any.mpgrec", HEAD, START, *chunks, DONE)
    with contextlib.suppress(MpgraphError):  # Any other error fails the test.
        replay(file, check=False)


def test_arrays_that_unpack_to_gigabytes_are_refused(tmp_path: Path) -> None:
    import numpy as np

    body = bytearray(to_bytes(("a", 0, False, make_packet(np.zeros((1000, 1000), np.uint8), 5))))
    shape = struct.pack("<2I", 1000, 1000)
    where = body.index(shape)
    body[where : where + 8] = struct.pack("<2I", 60_000, 60_000)
    data = write(tmp_path / "r", HEAD, START).read_bytes()
    data += struct.pack("<4sI", b"PACK", len(body)) + bytes(body)
    data += struct.pack("<I", zlib.crc32(body, zlib.crc32(b"PACK")))
    (tmp_path / "r").write_bytes(data)
    with pytest.raises(InvalidArgumentError, match="3600000000 bytes"):
        replay(tmp_path / "r")


def test_a_graph_output_that_nothing_makes_is_no_obstacle(tmp_path: Path) -> None:
    graph = mp.CalculatorGraph(graph_config='input_stream: "in" output_stream: "nothing"')
    with mp.testing.record(graph, tmp_path / "r", outputs=True), graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", make_packet(1, 0))
    assert replay(tmp_path / "r").sent == 1


def test_a_recording_onto_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MediaError, match="it is a device or pipe"):
        RecordingWriter(tmp_path / "pipe", EMPTY, overwrite=True)


def test_a_full_disk_is_reported_with_the_name(tmp_path: Path) -> None:
    # The kernel's limit on file size simulates a full disk.
    code = """
import resource, signal
from mpgraph.errors import MediaError
from mpgraph.testing.recording import PACKET, Event, Header, RecordingWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, 5_000))
writer = RecordingWriter("a.mpgrec", Header(b"", {}, "x"))
try:
    writer.add(Event(PACKET, "a", 0, True, "x" * 10_000))
except MediaError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
    )
    assert (run.stdout.count("\n"), run.stderr) == (1, "")
    assert run.stdout.startswith('"a.mpgrec" was not written')
