"""Options passed in Python: a dataclass, a dict, keywords or a message, converted for a node."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.message import Message

from mpgraph.config.builder.signature import NodeSignature
from mpgraph.config.dataclass_options import default_of, schema_of_message
from mpgraph.config.options import any_options, dataclass_schema
from mpgraph.config.text.binding import ANY, find_message
from mpgraph.errors import ConfigError, Location, NotFoundError, did_you_mean
from mpgraph.framework.options import ProtoOptions
from mpgraph.protos import extension_for, message_class
from mpgraph.protos.fields import is_map, is_repeated

_URL = "type.googleapis.com/"


def options_message(
    signature: NodeSignature, options: object, keywords: Mapping[str, Any], location: Location
) -> Any:
    """Return the message of a node's options, or None if none are given.

    options: a message, an instance of the class's dataclass, a dict of its fields, or None.
    keywords: single fields, which override those of `options`.
    Raises ConfigError, with the location, for unknown fields and values of the wrong type.
    """
    if options is None and not keywords:
        return None
    try:
        message = _empty(signature, options)
        if isinstance(options, Message):
            message.MergeFromString(options.SerializePartialToString())
        elif options is not None:
            fill(message, _fields_of(options))
        fill(message, keywords)
        schema = schema_of_message(message)
        for _, problem in schema.problems(message) if schema is not None else ():
            raise ConfigError(f"{signature.name}: {problem}", rule="bad-value")
    except ConfigError as error:
        if error.location is not None:
            raise
        raise error.with_context(location=location) from error
    return message


def put_options(holder: Any, message: Any) -> None:
    """Put options into a node or graph: as the extension they declare, else as an Any."""
    extension = _extension_for(message.DESCRIPTOR.full_name)
    if extension is not None and extension.containing_type is holder.options.DESCRIPTOR:
        holder.options.Extensions[extension].CopyFrom(message)
        return
    _pack(any_options(holder).add(), message)


def fill(message: Any, values: Mapping[str, Any]) -> None:
    """Set fields of a message, except for None. Raises ConfigError for unknown fields and wrong types."""
    fields = message.DESCRIPTOR.fields_by_name
    for name, value in values.items():
        descriptor = fields.get(name)
        if descriptor is None:
            known = did_you_mean(name, fields)
            hint = known or f" It has {', '.join(fields) or 'no options'}."
            raise ConfigError(
                f'{message.DESCRIPTOR.full_name} has no option "{name}".', hint=hint, rule="unknown-field"
            )
        if value is None:
            continue
        try:
            _set(message, descriptor, value)
        except (TypeError, ValueError) as error:
            if isinstance(error, ConfigError):
                raise
            text = f'Option "{name}" of {message.DESCRIPTOR.full_name} cannot be {value!r}: {error}'
            raise ConfigError(text, rule="bad-value") from error


def _empty(signature: NodeSignature, options: object) -> Any:
    """An empty message of the type of the options."""
    if isinstance(options, Message):
        return type(options)()
    declared = getattr(signature.owner, "Options", None)
    if options is not None and dataclasses.is_dataclass(options) and type(options) is not declared:
        accepted = getattr(declared, "__qualname__", None) or getattr(declared, "message", None)
        takes = f"takes {accepted}" if accepted else "takes no dataclass"
        if signature.owner is not None:
            raise ConfigError(f"{signature.name} {takes}, not {type(options).__qualname__}.")
    if isinstance(declared, ProtoOptions):
        return declared.message_class()()
    if declared is not None:
        return dataclass_schema(declared, signature.owner).message_class()
    found = find_message(f"{signature.name}Options")
    if found is not None:
        return found()
    if signature.owner is None:
        raise ConfigError(
            f'The options of "{signature.name}" are not known. Pass them as a message of mpgraph.protos, or '
            "import the module that registers it."
        )
    raise ConfigError(f"{signature.name} has no options.")


def _fields_of(options: object) -> Mapping[str, Any]:
    if isinstance(options, Mapping):
        return options
    if dataclasses.is_dataclass(options) and not isinstance(options, type):
        given = {field: getattr(options, field.name) for field in dataclasses.fields(options) if field.init}
        return {field.name: value for field, value in given.items() if value != default_of(field)}
    raise ConfigError(f"Options must be an instance of a dataclass, a dict or a message, not {options!r}.")


def constant_value(value: object) -> dict[str, Any]:
    """Return the fields of a ConstantSidePacketCalculatorOptions.ConstantSidePacket with a value.

    Raises ConfigError if a graph cannot contain such a value.
    """
    message = message_class("mediapipe.ConstantSidePacketCalculatorOptions.ConstantSidePacket")
    if isinstance(value, Message):
        for field in message.DESCRIPTOR.fields:
            if field.message_type is not None and field.message_type.full_name == value.DESCRIPTOR.full_name:
                return {field.name: value}
    if isinstance(value, bool):
        return {"bool_value": value}
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return {"int_value" if -(2**31) <= value < 2**31 else "int64_value": value}
    if isinstance(value, (float, str)):
        return {"double_value" if isinstance(value, float) else "string_value": value}
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return {"string_vector_value": {"string_value": value}}
    raise ConfigError(
        f"A graph cannot contain {value!r}. Declare a graph.side_input(), and pass it when the graph starts."
    )


def _set(message: Any, descriptor: Any, value: Any) -> None:
    target = getattr(message, descriptor.name)
    if is_map(descriptor):
        inner = descriptor.message_type.fields_by_name["value"]
        for key, each in value.items():
            if inner.message_type is None:
                target[key] = _plain(inner, each)
            else:
                _set_message(target[key], each)
    elif is_repeated(descriptor):
        if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
            raise TypeError(f"expected a list, not {value!r}")
        del target[:]
        for each in value:
            if descriptor.message_type is None:
                target.append(_plain(descriptor, each))
            else:
                _set_message(target.add(), each)
    elif descriptor.message_type is None:
        setattr(message, descriptor.name, _plain(descriptor, value))
    else:
        target.SetInParent()
        _set_message(target, value)


def _set_message(target: Any, value: Any) -> None:
    if not isinstance(value, Message):
        fill(target, _fields_of(value))
        return
    given, expected = value.DESCRIPTOR.full_name, target.DESCRIPTOR.full_name
    extension = _extension_for(given)
    if given == expected:
        target.MergeFromString(value.SerializePartialToString())
    elif expected == ANY:
        _pack(target, value)
    elif extension is not None and extension.containing_type is target.DESCRIPTOR:
        target.Extensions[extension].MergeFromString(value.SerializePartialToString())
    else:
        raise TypeError(f"expected a {expected}, not a {given}")


def _plain(descriptor: Any, value: Any) -> Any:
    """A value as protobuf accepts it; an enum value may be a name, a number or a member."""
    if isinstance(value, enum.Enum):
        value = value.name if descriptor.enum_type is not None else value.value
    if descriptor.enum_type is not None and isinstance(value, str):
        known = descriptor.enum_type.values_by_name
        if value not in known:
            raise ValueError(f'there is no value "{value}".{did_you_mean(value, known)}')
        return known[value].number
    return value


def _pack(packed: Any, message: Any) -> None:
    packed.type_url = _URL + message.DESCRIPTOR.full_name
    packed.value = message.SerializePartialToString(deterministic=True)


def _extension_for(full_name: str) -> Any:
    try:
        return extension_for(full_name)
    except NotFoundError:
        return None
