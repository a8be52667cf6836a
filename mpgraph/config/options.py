"""A node's options: found in its config, as the calculator's class declares them.

The rule is MediaPipe's (framework/tool/options_map.h): the extension in `options` counts alone if
it is there, else the last `node_options` entry of the type, else the default values. The two are
never merged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from google.protobuf.message import DecodeError, Message

from mpgraph import protos
from mpgraph.config import dataclass_options
from mpgraph.config.binding import bind
from mpgraph.config.pbtxt import TextField, TextMessage
from mpgraph.config.source import NodeSource
from mpgraph.errors import ConfigError, InternalError
from mpgraph.options import ProtoOptions

_NO_SOURCE = NodeSource()


def node_options(node: Any, owner: Any, source: NodeSource = _NO_SOURCE) -> Any:
    """Return the options of a node, or None if its class has none.

    node: a CalculatorGraphConfig.Node message, or anything else with `options` and `node_options`.
    owner: the calculator or subgraph class, or its `Options`: a ProtoOptions or a dataclass.
    source: where the node stands; options of dataclasses are read from its text if need be.
    Returns a message that must not be changed, or an instance of the dataclass.
    Raises ConfigError if the bytes of an option are not a message of its type, or a dataclass's
    option in the text does not fit the dataclass.
    """
    declared = owner if _is_options(owner) else getattr(owner, "Options", None)
    if declared is None:
        return None
    if isinstance(declared, ProtoOptions):
        return message_options(node, declared.full_name)
    schema = _schema(declared, owner)
    packed = last_any(node, schema.full_name)
    message = schema.message_class()
    if packed is not None:
        _parse_into(message, packed)
    for field in _raw_fields(source, schema.full_name):
        if isinstance(field.value, TextMessage):
            message.Clear()
            bind(field.value, message)
    return schema.instance(message)


def message_options(node: Any, full_name: str) -> Any:
    """Return the options of the message type `full_name`, the default ones if the node has none."""
    found = given_message_options(node, full_name)
    return protos.message_class(full_name)() if found is None else found


def given_message_options(node: Any, full_name: str) -> Message | None:
    """Return the options of the message type `full_name` that the node gives, or None."""
    extension = protos.extension_for(full_name)
    if extension is not None and node.HasField("options"):
        options = node.options
        if extension.containing_type is options.DESCRIPTOR and options.HasExtension(extension):
            found: Message = options.Extensions[extension]
            return found
    packed = last_any(node, full_name)
    if packed is None:
        return None
    message = protos.message_class(full_name)()
    _parse_into(message, packed)
    return message


def last_any(node: Any, full_name: str) -> Any:
    """Return the last entry of `node_options` (`graph_options`) of this type, or None."""
    found = None
    for packed in any_options(node):
        if packed.type_url.rpartition("/")[2] == full_name:
            found = packed
    return found


def any_options(holder: Any) -> Any:
    """Return the repeated Any of a node, or of a graph, whose field is called otherwise."""
    return holder.graph_options if "graph_options" in holder.DESCRIPTOR.fields_by_name else holder.node_options


def refuse_duplicates(node: Any, source: NodeSource) -> None:
    """Raise InternalError, as MediaPipe does, if `node_options` holds a type twice."""
    seen: set[str] = set()
    for index, packed in enumerate(node.node_options):
        if packed.type_url in seen:
            raise InternalError(
                f"Options type: '{packed.type_url}' specified more than once for a single calculator node "
                "config. Keep one of them.",
                location=source.field_location("node_options", index),
            )
        seen.add(packed.type_url)


def unread_options(owner: Any, source: NodeSource) -> list[TextField]:
    """Return the options in the node's text that nothing understands, its class included."""
    declared = getattr(owner, "Options", None)
    if declared is None or isinstance(declared, ProtoOptions):
        return list(source.unknown_options)
    schema = _schema(declared, owner)
    own = {id(field) for field in _raw_fields(source, schema.full_name)}
    return [field for field in source.unknown_options if id(field) not in own]


def _is_options(owner: Any) -> bool:
    return isinstance(owner, ProtoOptions) or dataclasses.is_dataclass(owner)


def _schema(declared: Any, owner: Any) -> dataclass_options.Schema:
    """The schema of a dataclass, named like its calculator, then "Options"."""
    if declared is owner:
        outer = declared.__qualname__.rpartition(".")[0].rpartition(".")[2]
        name = f"{outer}Options" if outer and outer != "<locals>" else str(declared.__name__)
        return dataclass_options.schema_of(declared, name)
    return dataclass_options.schema_of(declared, f"{owner.__name__}Options", vars(owner))


def _raw_fields(source: NodeSource, full_name: str) -> Iterator[TextField]:
    short = full_name.rpartition(".")[2]
    names = {full_name, short, f"{full_name}.ext", f"{short}.ext"}
    for field in source.unknown_options:
        if field.name.rpartition("/")[2] in names:
            yield field


def _parse_into(message: Any, packed: Any) -> None:
    try:
        message.ParseFromString(packed.value)
    except DecodeError:
        raise ConfigError(
            f'The bytes of the options "{packed.type_url}" are not a message of that type.'
        ) from None
