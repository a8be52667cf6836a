"""What a field descriptor says, asked in a way that protobuf 4 to 7 all answer without warnings."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor


def is_repeated(field: FieldDescriptor) -> bool:
    """Return whether the field holds any number of values; maps do."""
    # protobuf 6 brought is_repeated and made label, all that protobuf 4 has, warn.
    either: Any = field
    if hasattr(either, "is_repeated"):
        return bool(either.is_repeated)
    return bool(either.label == FieldDescriptor.LABEL_REPEATED)


def is_map(field: FieldDescriptor) -> bool:
    """Return whether the field is a map: repeated messages of a key and a value on the wire."""
    return is_repeated(field) and field.message_type is not None and is_map_entry(field.message_type)


def is_map_entry(message: Descriptor) -> bool:
    """Return whether the message is the implicit one of a map field."""
    return bool(message.has_options and message.GetOptions().map_entry)


def is_closed(enum: EnumDescriptor) -> bool:
    """Return whether the enum, one of proto2, holds no numbers but those of its values."""
    return bool(getattr(enum, "is_closed", True))
