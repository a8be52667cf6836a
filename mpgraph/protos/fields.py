"""Properties of fields and enums, read in a way that works without warnings in protobuf 4 to 7."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto


def is_repeated(field: FieldDescriptor) -> bool:
    """Whether the field holds any number of values, as lists and maps do."""
    # protobuf 4 has only `label`; protobuf 6 added `is_repeated`, and `label` warns.
    descriptor: Any = field
    if hasattr(descriptor, "is_repeated"):
        return bool(descriptor.is_repeated)
    return bool(descriptor.label == FieldDescriptor.LABEL_REPEATED)


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map: on the wire, repeated messages of a key and a value."""
    return is_repeated(field) and field.message_type is not None and is_map_entry(field.message_type)


def is_map_entry(message: Descriptor) -> bool:
    """Whether the message is the implicit entry type of a map field."""
    return bool(message.has_options and message.GetOptions().map_entry)


def is_closed(field: FieldDescriptor) -> bool:
    """Whether a field holds no numbers but those of its enum's values.

    So do fields of proto2's enums and, in C++, fields of proto2's messages with any enum.
    """
    if getattr(field.enum_type, "is_closed", True):
        return True
    file = FileDescriptorProto()
    descriptor: Any = field
    descriptor.file.CopyToProto(file)  # Not all versions of protobuf have the attribute file.syntax.
    return file.syntax in ("", "proto2")
