"""Graphs and other messages as text format.

The text parses back to an equal message. Options are expanded if their type is known, else written as
bytes; options that were only ever text (`RawOption`) are written as they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.unknown_fields import UnknownFieldSet

from mpgraph.config.port_lists import PORT_LISTS
from mpgraph.config.text.binding import ANY, Path, RawOption
from mpgraph.config.text.literals import float_text, string_text
from mpgraph.config.text.pbtxt import (
    BRACKETED_NAME,
    TextComment,
    TextField,
    TextList,
    TextMessage,
    comments_in,
)
from mpgraph.errors import ConfigError
from mpgraph.protos import parse_any
from mpgraph.protos.fields import is_map, is_repeated

# Fields to write before or after the others, which are ordered by number.
_LEADING = {
    "mediapipe.CalculatorGraphConfig": ("package", "type", *PORT_LISTS),
    "mediapipe.CalculatorGraphConfig.Node": ("calculator", "name"),
}
_TRAILING = {"mediapipe.CalculatorGraphConfig": ("executor", "packet_generator", "status_handler", "node")}


def message_to_text(message: Any, unknown: Iterable[RawOption] = ()) -> str:
    """Return a graph or any other message as text in which each line ends with a newline; "" if it is empty.

    unknown: the options of a graph that have no schema.
    """
    writer = _Writer(unknown)
    writer.fields(message, (), "")
    return "".join(f"{line}\n" for line in writer.lines)


class _Writer:
    def __init__(self, unknown: Iterable[RawOption]) -> None:
        self.lines: list[str] = []
        self.raw: dict[Path, list[TextField]] = defaultdict(list)
        self.raw_anys: dict[Path, list[tuple[str, TextField]]] = defaultdict(list)
        for option in unknown:
            if "/" in option.field.name:
                self.raw_anys[option.path[:-1]].append((str(option.path[-1]), option.field))
            else:
                self.raw[option.path].append(option.field)

    def fields(self, message: Any, path: Path, indent: str) -> None:
        """Write what is between the braces of a message."""
        for descriptor, value in _in_order(message):
            step = f"[{descriptor.full_name}]" if descriptor.is_extension else descriptor.name
            if is_map(descriptor):
                self.map(descriptor, value, path, indent)
            elif is_repeated(descriptor):
                for index, item in enumerate(value):
                    self.value(descriptor, item, (*path, step, index), indent)
            else:
                self.value(descriptor, value, (*path, step), indent)
        for field in self.raw.get(path, ()):
            self.tree(field, indent)
        for name, field in self.raw_anys.get(path, ()):
            self.lines.append(f"{indent}{name} {{")
            self.tree(field, indent + "  ")
            self.lines.append(f"{indent}}}")
        unknown: Any = UnknownFieldSet(message)
        numbers = sorted({field.field_number for field in unknown})
        if numbers:
            self.lines.append(f"{indent}# Omitted, since they have no schema: {', '.join(map(str, numbers))}")

    def value(self, descriptor: Any, value: Any, path: Path, indent: str) -> None:
        label = f"[{descriptor.full_name}]" if descriptor.is_extension else descriptor.name
        if descriptor.message_type is None:
            self.lines.append(f"{indent}{label}: {scalar_text(descriptor, value)}")
            return
        if not indent and self.lines and label == "node":
            self.lines.append("")
        start = len(self.lines)
        self.lines.append(f"{indent}{label} {{")
        payload = _payload(value) if descriptor.message_type.full_name == ANY else None
        if payload is None:
            self.fields(value, path, indent + "  ")
        else:
            inner = len(self.lines)
            self.lines.append(f"{indent}  [{value.type_url}] {{")
            self.fields(payload, path, indent + "    ")
            self.close(inner, indent + "  ")
        self.close(start, indent)

    def close(self, start: int, indent: str) -> None:
        """Close the brace opened in line `start`, on the same line if nothing is in between."""
        if start == len(self.lines) - 1:
            self.lines[start] += "}"
        else:
            self.lines.append(f"{indent}}}")

    def map(self, descriptor: Any, entries: Any, path: Path, indent: str) -> None:
        key_type, value_type = (descriptor.message_type.fields_by_name[name] for name in ("key", "value"))
        for key in sorted(entries):
            self.lines.append(f"{indent}{descriptor.name} {{")
            self.value(key_type, key, path, indent + "  ")
            self.value(value_type, entries[key], (*path, descriptor.name, "value"), indent + "  ")
            self.lines.append(f"{indent}}}")

    def tree(self, field: TextField, indent: str) -> None:
        """Write a field whose type has no schema, as it was parsed."""
        value = field.value
        if isinstance(value, TextList) and any(isinstance(item.value, TextMessage) for item in value.fields):
            around = (value.opening_comment, *value.end_comments, field.trailing_comment)
            self.comments((*field.comments, *filter(None, around)), indent)
            for item in value.fields:
                self.tree(item, indent)
            return
        self.comments(field.comments, indent)
        if isinstance(value, TextMessage):
            start = len(self.lines)
            self.lines.append(f"{indent}{field.label} {{")
            self.comments(filter(None, [value.opening_comment]), indent + "  ")
            for inner in value.fields:
                self.tree(inner, indent + "  ")
            self.comments(value.end_comments, indent + "  ")
            self.close(start, indent)
        else:
            self.comments(comments_in(value), indent)
            self.lines.append(f"{indent}{field.label}: {value}")
        if field.trailing_comment:
            self.lines[-1] += f"  # {field.trailing_comment.content}".rstrip()

    def comments(self, comments: Iterable[TextComment], indent: str) -> None:
        self.lines += [f"{indent}# {comment.content}".rstrip() for comment in comments]


def _in_order(message: Any) -> list[tuple[Any, Any]]:
    full_name = message.DESCRIPTOR.full_name
    leading, trailing = _LEADING.get(full_name, ()), _TRAILING.get(full_name, ())

    def rank(entry: tuple[Any, Any]) -> tuple[int, int]:
        descriptor = entry[0]
        if descriptor.name in leading:
            return 0, leading.index(descriptor.name)
        if descriptor.name in trailing:
            return 2, trailing.index(descriptor.name)
        return 1, descriptor.number

    return sorted(message.ListFields(), key=rank)


def _payload(packed: Any) -> Any:
    """Return the message in an Any if text can represent all of it, else None."""
    try:
        payload = parse_any(packed)
    except ConfigError:
        return None
    if payload is None or not payload.IsInitialized():
        return None
    if "/" not in packed.type_url or not BRACKETED_NAME.fullmatch(packed.type_url):
        return None
    # Bytes in another order, or with fields of a newer schema, would parse back to different bytes.
    payload.DiscardUnknownFields()
    return payload if payload.SerializeToString(deterministic=True) == packed.value else None


def scalar_text(descriptor: Any, value: Any) -> str:
    """Return a value of a field that is not a message, in text format."""
    kind = descriptor.cpp_type
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        known = descriptor.enum_type.values_by_number.get(value)
        return str(known.name if known else value)
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return "true" if value else "false"
    if kind == FieldDescriptor.CPPTYPE_STRING:
        return string_text(value)
    if kind in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return float_text(value, single=kind == FieldDescriptor.CPPTYPE_FLOAT)
    return str(value)
