"""Recording: a file of all that entered a graph.

It holds the graph, with its subgraphs expanded, then the events in order. The file is a signature and
chunks as in PNG: four letters, a length, the content, a checksum. Each chunk is written at once and without
buffering, so the file is valid up to the last event even if the process dies; for the same reason it is not
written under a temporary name. A chunk `DONE` marks a complete file; a file without it is replayed as far as
it is intact.
"""

from __future__ import annotations

import io
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from mpgraph.errors import AlreadyExistsError, InvalidArgumentError, ResourceNotFoundError
from mpgraph.framework.packet import Packet
from mpgraph.io.files import check_output, output_error
from mpgraph.testing.codecs import to_bytes, to_value

SIGNATURE = b"\x89MPGREC\r\n\x1a\n"
FORMAT = 1
"""The version of the format that is written; this and older versions can be read."""

HEAD, START, PACKET, BOUND, CLOSE, OUTPUT, END, DONE = (
    b"HEAD",
    b"STRT",
    b"PACK",
    b"BOUN",
    b"CLOS",
    b"OUTP",
    b"ENDR",
    b"DONE",
)
_LONGEST_US = 7 * 24 * 3600 * 1_000_000  # A week: a replay at the recorded speed waits that long.
_FRAME = struct.Struct("<4sI")
_SUM = struct.Struct("<I")


@dataclass(frozen=True)
class Event:
    """An event in the life of a graph.

    kind: START of a run, a PACKET, BOUND or CLOSE of an input stream, an OUTPUT packet, END of a run.
    stream: the stream's name, "" for START and END.
    after_us: how long after the start of the run, in microseconds.
    was_idle: whether the graph had processed everything before.
    value: the packet or the bound; of START {"side": {name: packet}, "headers": {name: packet}}; of
        END {"errors": [text], "stopped": whether the application ended the run before its sources did}.
    """

    kind: bytes
    stream: str = ""
    after_us: int = 0
    was_idle: bool = False
    value: Any = None


@dataclass(frozen=True)
class Header:
    """The first chunk of a recording.

    graph: a serialized CalculatorGraphConfig, subgraphs expanded.
    modules: the modules of calculators that are not part of mpgraph, by calculator.
    version: the version of mpgraph that wrote the recording.
    """

    graph: bytes
    modules: dict[str, str] = field(default_factory=dict)
    version: str = ""


class RecordingWriter:
    """Writes a recording, from any thread.

    Raises:
        AlreadyExistsError: the file exists, and `overwrite` is false.
        MediaError: the file cannot be written, also later, by a full disk for example.
    """

    def __init__(self, path: str | os.PathLike[str], header: Header, *, overwrite: bool = False) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        check_output(self.path)
        try:
            self._file: io.FileIO | None = io.FileIO(self.path, "wb" if overwrite else "xb")
        except FileExistsError:
            raise AlreadyExistsError(f'"{path}" exists; give overwrite=True to replace it.') from None
        except OSError as error:
            raise output_error(self.path, error) from None
        self._file.write(SIGNATURE)
        content = {
            "format": FORMAT,
            "version": header.version,
            "modules": header.modules,
            "graph": header.graph,
        }
        self._write(HEAD, to_bytes(content))

    def add(self, event: Event) -> None:
        """Write an event.

        Raises:
            InvalidArgumentError: its payload is of a class without a registered codec.
        """
        self._write(event.kind, to_bytes((event.stream, event.after_us, event.was_idle, event.value)))

    def _write(self, kind: bytes, body: bytes) -> None:
        chunk = b"".join((_FRAME.pack(kind, len(body)), body, _SUM.pack(zlib.crc32(body, zlib.crc32(kind)))))
        with self._lock:
            if self._file is not None:
                view = memoryview(chunk)
                try:
                    while view:  # An unbuffered write may be partial.
                        view = view[self._file.write(view) :]
                except OSError as error:
                    raise output_error(self.path, error) from None

    def close(self) -> None:
        """Mark the file as complete and close it."""
        try:
            self._write(DONE, b"")
        finally:
            with self._lock:
                if self._file is not None:
                    self._file.close()
                    self._file = None


class Recording:
    """A recording opened for reading, any number of times; a context manager.

    Raises:
        ResourceNotFoundError: there is no such file.
        InvalidArgumentError: it is no recording, has a newer format, or its first chunk is damaged.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.damage: str | None = None
        """What is wrong with the file, set when `events` reaches it; None if the file is complete."""
        try:
            self._file = io.BufferedReader(io.FileIO(self.path))
        except FileNotFoundError:
            raise ResourceNotFoundError(f'There is no recording "{path}".') from None
        except OSError as error:
            raise ResourceNotFoundError(f'"{path}" cannot be read: {error.strerror}.') from None
        try:
            self.header = self._read_header()
        except BaseException:
            self._file.close()
            raise

    def _read_header(self) -> Header:
        if self._file.read(len(SIGNATURE)) != SIGNATURE:
            raise InvalidArgumentError(f'"{self.path}" is not a recording of mpgraph.')
        chunk = self._chunk()
        content = to_value(chunk[1]) if chunk is not None and chunk[0] == HEAD else None
        if not isinstance(content, dict) or not isinstance(content.get("graph"), bytes):
            raise InvalidArgumentError(
                f'"{self.path}" is damaged at its beginning: {self.damage or "no header"}'
            )
        modules, version = content.get("modules") or {}, content.get("version") or ""
        if (
            not isinstance(content.get("format"), int)
            or not isinstance(version, str)
            or not _is_mapping(modules, str)
        ):
            raise InvalidArgumentError(f'"{self.path}" is damaged at its beginning: its header is wrong.')
        if content["format"] > FORMAT:
            raise InvalidArgumentError(
                f'"{self.path}" was recorded by a newer mpgraph ({content.get("version")}): its format is '
                f"{content['format']}, this one reads {FORMAT}."
            )
        self._start = self._file.tell()
        return Header(content["graph"], modules, version)

    def events(self) -> Iterator[Event]:
        """Yield the events as far as the file is intact; afterwards `damage` is None if these were all.

        Raises:
            InvalidArgumentError: a payload is of a class without a registered codec.
        """
        self._file.seek(self._start)
        self.damage = None
        while True:
            start = self._file.tell()
            chunk = self._chunk()
            if chunk is None:
                break
            kind, body = chunk
            if kind == DONE:
                return
            try:
                event = _event(kind, to_value(body))
            except _WrongContent as error:
                self.damage = f"its event at byte {start} is damaged: {error}"
                return
            yield event
        self.damage = self.damage or "it has no end mark: the process that recorded it ended before it could"

    def _chunk(self) -> tuple[bytes, bytes] | None:
        start = self._file.tell()
        frame = self._file.read(_FRAME.size)
        if not frame:
            return None
        cut = f"it is cut off at byte {start}"
        if len(frame) < _FRAME.size:
            self.damage = cut
            return None
        kind, size = _FRAME.unpack(frame)
        body = self._file.read(size)
        stored = self._file.read(_SUM.size)
        if len(body) < size or len(stored) < _SUM.size:
            self.damage = cut
            return None
        if _SUM.unpack(stored)[0] != zlib.crc32(body, zlib.crc32(kind)):
            self.damage = f"its content is damaged at byte {start}"
            return None
        return kind, body

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _WrongContent(Exception):
    """The content of a chunk, whose checksum is right, is not what its kind holds."""


def _event(kind: bytes, content: object) -> Event:
    if not isinstance(content, tuple) or len(content) != 4:
        raise _WrongContent("it does not have four values")
    stream, after_us, was_idle, value = content
    if not isinstance(stream, str) or not isinstance(was_idle, bool):
        raise _WrongContent("its stream or state is none")
    if not isinstance(after_us, int) or not 0 <= after_us <= _LONGEST_US:
        raise _WrongContent(f"its time is {after_us!r}")
    fits = _FITS.get(kind)
    if fits is not None and not fits(value):
        raise _WrongContent(f"its value is of the class {type(value).__name__}")
    return Event(kind, stream, after_us, was_idle, value)


def _is_mapping(value: object, cls: type) -> bool:
    return isinstance(value, dict) and all(
        isinstance(key, str) and isinstance(each, cls) for key, each in value.items()
    )


def _is_start(value: object) -> bool:
    return isinstance(value, dict) and all(
        _is_mapping(value.get(what, {}), Packet) for what in ("side", "headers")
    )


def _is_end(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("stopped"), bool):
        return False
    errors = value.get("errors")
    return isinstance(errors, list) and all(isinstance(error, str) for error in errors)


_FITS: dict[bytes, Callable[[object], bool]] = {
    START: _is_start,
    END: _is_end,
    PACKET: lambda value: isinstance(value, Packet),
    OUTPUT: lambda value: isinstance(value, Packet),
    BOUND: lambda value: isinstance(value, int),
}


def packets_of(event: Event, what: str) -> dict[str, Packet]:
    """Return the "side" packets or the "headers" of a START event."""
    return dict(event.value.get(what, {})) if isinstance(event.value, dict) else {}
