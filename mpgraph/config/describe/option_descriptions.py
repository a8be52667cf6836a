"""Descriptions of options as data: each field with its type, default, range and choices."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from mpgraph.config.dataclass_options import default_of
from mpgraph.config.describe.source_comments import attribute_docs
from mpgraph.config.text.literals import float_text, string_text
from mpgraph.config.text.printing import scalar_text
from mpgraph.framework.options import OptionType, option_types
from mpgraph.protos.fields import is_repeated

_TYPE_NAMES: dict[int, str] = {
    number: name.removeprefix("TYPE_").lower() for name, number in FieldDescriptorProto.Type.items()
}


@dataclass(frozen=True)
class OptionDescription:
    """One field of a calculator's options.

    type: its type in words, such as "float", "int from 1 to 9" or, of a message, its name.
    default: in text format, "" if there is none. required: whether a graph must set it.
    repeated: whether it is a list. choices: the values of an enum or Literal.
    doc: its documentation: in a dataclass the string below it, the comment at the end of its
        line, or `field(metadata={"doc": ...})`.
    fields: the fields of a message. one_of: the group of fields of which only one may be set.
    """

    name: str
    type: str
    default: str = ""
    required: bool = False
    repeated: bool = False
    choices: tuple[str, ...] = ()
    doc: str = ""
    fields: tuple[OptionDescription, ...] = ()
    one_of: str = ""


def message_options(
    descriptor: Descriptor, outer: tuple[Descriptor, ...] = ()
) -> tuple[OptionDescription, ...]:
    """Describe the fields of a message; recursion stops at a message that contains itself."""
    return tuple(_of_field(field, (*outer, descriptor)) for field in descriptor.fields)


def dataclass_options(
    cls: type, scope: Mapping[str, Any] | None = None, docs: Mapping[str, str] | None = None
) -> tuple[OptionDescription, ...]:
    """Describe the fields of a dataclass.

    scope: names that its annotations may use, such as those of its calculator.
    docs: documentation of fields from elsewhere.
    """
    fields = {field.name: field for field in dataclasses.fields(cls)}
    types = option_types(cls, scope or {})
    known = {**attribute_docs(cls), **(docs or {})}
    return tuple(_of_attribute(fields[name], kind, known.get(name, "")) for name, kind in types.items())


def value_text(value: Any) -> str:
    """A value in text format; a list in brackets, "" for None."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, (str, bytes)):
        return string_text(value)
    if isinstance(value, float):
        return float_text(value, single=False)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(value_text, value))}]"
    return "" if value is None else str(value)


def _of_attribute(field: dataclasses.Field[Any], kind: OptionType, doc: str) -> OptionDescription:
    nested = dataclasses.is_dataclass(kind.type)
    default = default_of(field)
    missing = default is dataclasses.MISSING
    choices = tuple(map(str, kind.choices))
    if isinstance(kind.type, enum.EnumMeta):
        choices = tuple(kind.type.__members__)
    limits = f" {kind.range}" if kind.range else ""
    return OptionDescription(
        field.name,
        f"{kind.type.__name__}{limits}",
        "" if missing or nested else value_text(default),
        required=missing,
        repeated=kind.collection is not None,
        choices=choices,
        doc=str(field.metadata.get("doc", doc)),
        fields=dataclass_options(kind.type) if nested else (),
    )


def _of_field(field: FieldDescriptor, outer: tuple[Descriptor, ...]) -> OptionDescription:
    message, values = field.message_type, field.enum_type
    repeated = is_repeated(field)
    named = message or values
    is_string = field.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
    # That a string is empty by default goes without saying. Of a group not even one has to be set.
    default = ""
    if (
        not repeated
        and message is None
        and field.containing_oneof is None
        and (field.default_value or not is_string)
    ):
        default = scalar_text(field, field.default_value)
    return OptionDescription(
        field.name,
        named.name if named is not None else _TYPE_NAMES[field.type],
        default,
        repeated=repeated,
        choices=tuple(value.name for value in values.values) if values is not None else (),
        fields=message_options(message, outer) if message is not None and message not in outer else (),
        one_of=field.containing_oneof.name if field.containing_oneof is not None else "",
    )
