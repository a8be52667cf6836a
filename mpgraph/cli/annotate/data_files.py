"""The files of --json and --csv: what was found in each frame."""

from __future__ import annotations

import csv
import json
import tempfile
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from mpgraph.cli.annotate.parts import Instance, Part
from mpgraph.cli.console import counted, echo
from mpgraph.framework.override import override
from mpgraph.io.files import AtomicOutput, output_error

_DECIMALS = 7
"""Finer than float32 for values around 0.5, and a ten-thousandth of a pixel."""


@dataclass(frozen=True)
class Frame:
    """An image, or a frame of a video or camera.

    file: as the user gave it. index: of the frame in the video. timestamp_us: in microseconds.
    found: the instances of each part, by its name.
    """

    file: str
    index: int
    timestamp_us: int
    width: int
    height: int
    found: Mapping[str, Sequence[Instance]]

    @property
    def count(self) -> int:
        """How many people, hands, ... were found."""
        return max(map(len, self.found.values()))


class DataFile:
    """A file with a record for each frame; it gets its name with `commit`, and is removed with `discard`."""

    def __init__(self, path: Path, solution: str, parts: Sequence[Part]) -> None:
        self._path = path
        self._solution = solution
        self._parts = parts
        self._count = 0
        self._output = AtomicOutput(path)
        self._file = self._output.temporary.open("w", encoding="utf-8", newline="")

    def add(self, frame: Frame) -> None:
        """Write the record of a frame."""
        with self._reported_errors():
            self._write(frame)
        self._count += 1

    def commit(self) -> None:
        """Complete the file, and print its name."""
        with self._reported_errors():
            self._finish()
            self._file.close()
        self._output.commit()
        echo(f"{self._path} ({counted(self._count, 'frame')})")

    def discard(self) -> None:
        """Remove the file; harmless after `commit`."""
        with suppress(OSError):
            self._file.close()
        self._output.discard()

    @contextmanager
    def _reported_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise output_error(self._path, error) from None

    @abstractmethod
    def _write(self, frame: Frame) -> None: ...

    @abstractmethod
    def _finish(self) -> None: ...


class JsonFile(DataFile):
    """One object: `solution`, and `frames`, an object for each frame, on its own line."""

    @override
    def _write(self, frame: Frame) -> None:
        before = ",\n" if self._count else self._head()
        record: dict[str, Any] = {
            "file": frame.file,
            "frame": frame.index,
            "timestamp_us": frame.timestamp_us,
            "width": frame.width,
            "height": frame.height,
        }
        for part in self._parts:
            instances = [_object(instance, part) for instance in frame.found[part.name]]
            single = instances[0] if instances else None
            record[part.plural] = instances if part.maximum is not None else single
        self._file.write(before + json.dumps(record, ensure_ascii=False))

    @override
    def _finish(self) -> None:
        self._file.write(("" if self._count else self._head()) + "\n]}\n")

    def _head(self) -> str:
        return f'{{"solution": {json.dumps(self._solution)}, "frames": [\n'


class CsvFile(DataFile):
    """A table with a row for each frame; columns that do not apply to a frame are empty.

    Parts without a maximum get as many columns as some frame needs, so the head is written at the end.
    """

    def __init__(self, path: Path, solution: str, parts: Sequence[Part]) -> None:
        super().__init__(path, solution, parts)
        self._body = tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115
        self._rows = csv.writer(self._body)
        self._groups = {part.name: part.maximum or 1 for part in parts}

    @override
    def _write(self, frame: Frame) -> None:
        row = [frame.file, frame.index, frame.timestamp_us, frame.width, frame.height]
        for part in self._parts:
            instances = frame.found[part.name]
            groups = self._groups[part.name] = max(self._groups[part.name], len(instances))
            for instance in instances:
                row += _cells(instance, part)
            row += [""] * (len(_columns(part, 0)) * (groups - len(instances)))
        self._rows.writerow(row)

    @override
    def _finish(self) -> None:
        head = ["file", "frame", "timestamp_us", "width", "height"]
        for part in self._parts:
            for index in range(self._groups[part.name]):
                head += _columns(part, index)
        table = csv.writer(self._file)
        table.writerow(head)
        self._body.seek(0)
        for row in csv.reader(self._body):
            table.writerow(row + [""] * (len(head) - len(row)))

    @override
    def discard(self) -> None:
        self._body.close()
        super().discard()


@cache
def _columns(part: Part, index: int) -> tuple[str, ...]:
    """The columns of an instance of a part."""
    prefix = part.name if part.maximum is None else f"{part.name}{index}"
    points = [
        f"{points.prefix}{name}_{field}"
        for points in part.points
        for name in points.names
        for field in points.fields
    ]
    return tuple(f"{prefix}_{column}" for column in (*part.values, *points))


def _cells(instance: Instance, part: Part) -> list[Any]:
    cells = [_rounded(instance[name]) for name in part.values]
    for points in part.points:
        cells += _rounded(instance[points.name].ravel())
    return cells


def _object(instance: Instance, part: Part) -> dict[str, Any]:
    found = {name: _rounded(instance[name]) for name in part.values}
    for points in part.points:
        rows = [dict(zip(points.fields, row, strict=True)) for row in _rounded(instance[points.name])]
        if points.names == (points.name,):
            found[points.name] = rows[0]
        else:
            found[points.name] = dict(zip(points.names, rows, strict=True)) if points.are_named else rows
    return found


def _rounded(value: Any) -> Any:
    """Text as it is, numbers and arrays as floats that are short in text."""
    return value if isinstance(value, str) else np.round(np.asarray(value, np.float64), _DECIMALS).tolist()
