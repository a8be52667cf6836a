"""A node's options as rows: the values in the text, and the defaults of those that it leaves out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from mpgraph.config.dataclass_options import default_of
from mpgraph.config.describe.option_descriptions import value_text
from mpgraph.config.source import NodeSource
from mpgraph.config.text.pbtxt import TextField, TextList, TextMessage, parse_text
from mpgraph.config.text.printing import message_to_text, scalar_text
from mpgraph.errors import MpgraphError
from mpgraph.protos.fields import is_repeated
from mpgraph.visualizer.model import OptionRow

MAX_VALUE = 400
"""The number of characters of a value that are kept, more than fits into a drawing."""


def rows_of(options: Any, source: NodeSource) -> tuple[str, tuple[OptionRow, ...]]:
    """Return the name of a node's options type, and the rows of its options.

    options: a message or an instance of a dataclass, as the calculator receives it; None if the calculator
        is not known, in which case the rows are those of the text.
    """
    name, written = _written(source)
    lines = {row.name: row.line for row in written}
    if hasattr(options, "DESCRIPTOR"):
        return options.DESCRIPTOR.name, tuple(_message_rows(options, lines))
    if dataclasses.is_dataclass(options):
        return name or type(options).__qualname__, tuple(_dataclass_rows(options, lines, ""))
    return name, written


def text_rows(tree: TextMessage, prefix: str = "") -> Iterator[OptionRow]:
    """Yield a row for each scalar in a message; repeated messages are numbered."""
    counts: dict[str, int] = {}
    for field in tree.fields:
        counts[field.label] = counts.get(field.label, 0) + sum(1 for _ in field.singles())
    seen: dict[str, int] = {}
    plain: dict[str, list[TextField]] = {}
    for field in tree.fields:
        for single in field.singles():
            path = prefix + field.label
            if isinstance(single.value, TextMessage):
                index = seen[path] = seen.get(path, -1) + 1
                numbered = f"{path}[{index}]" if counts[field.label] > 1 else path
                if not single.value.fields:
                    yield OptionRow(numbered, "{}", line=single.location.line)
                yield from text_rows(single.value, numbered + ".")
            else:
                plain.setdefault(path, []).append(single)
    for path, fields in plain.items():
        is_list = len(fields) > 1 or any(
            isinstance(field.value, TextList) for field in tree.fields if prefix + field.label == path
        )
        values = ", ".join(str(field.value) for field in fields)
        yield OptionRow(path, _cut(f"[{values}]" if is_list else values), line=fields[0].location.line)


def _written(source: NodeSource) -> tuple[str, tuple[OptionRow, ...]]:
    """The name of the type and the rows of all options in the text."""
    name, rows = "", []
    for field in source.options():
        name = name or field.name.rpartition("/")[2].removesuffix(".ext").rpartition(".")[2]
        if isinstance(field.value, TextMessage):
            rows += [row for row in text_rows(field.value) if "contained_node" not in row.name]
        else:
            rows.append(OptionRow(field.label, _cut(str(field.value)), line=field.location.line))
    return name, tuple(rows)


def _message_rows(message: Any, lines: dict[str, int]) -> Iterator[OptionRow]:
    try:
        tree = parse_text(message_to_text(message))
    except MpgraphError:
        return
    given = {field.name for field in tree.fields}
    for row in text_rows(tree):
        if not row.name.startswith("contained_node"):
            yield dataclasses.replace(row, line=_line(row.name, lines))
    for descriptor in message.DESCRIPTOR.fields:
        if descriptor.name in given or descriptor.message_type is not None or is_repeated(descriptor):
            continue
        yield OptionRow(descriptor.name, scalar_text(descriptor, descriptor.default_value), default=True)


def _dataclass_rows(options: Any, lines: dict[str, int], prefix: str) -> Iterator[OptionRow]:
    defaults = []
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        path = prefix + field.name
        if dataclasses.is_dataclass(value):
            yield from _dataclass_rows(value, lines, path + ".")
            continue
        line = _line(path, lines)
        is_default = not line and value == default_of(field)
        row = OptionRow(path, _cut(value_text(value)), is_default, line)
        if is_default:
            defaults.append(row)
        else:
            yield row
    yield from defaults


def _line(path: str, lines: dict[str, int]) -> int:
    """The line of a value, or of the first value inside it if the text sets it in parts."""
    return lines.get(path) or next((line for name, line in lines.items() if name.startswith(path)), 0)


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
