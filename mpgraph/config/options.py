"""The options of a node, of the type that its calculator declares.

The precedence is MediaPipe's (framework/tool/options_map.h): the extension in `options` if it is set, else
the last `node_options` entry of the type, else the default values. They are never merged.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from mpgraph import protos
from mpgraph.config import dataclass_options
from mpgraph.config.source import GraphSource, NodeSource
from mpgraph.config.text.binding import bind, location_of
from mpgraph.config.text.pbtxt import TextField, TextMessage
from mpgraph.errors import ConfigError, InternalError, Location, MpgraphError, NotFoundError, did_you_mean
from mpgraph.framework.options import ProtoOptions

if TYPE_CHECKING:
    from mpgraph.protos.calculator_pb2 import CalculatorGraphConfig

_URL = "type.googleapis.com/"


def node_options(node: CalculatorGraphConfig.Node, owner: Any) -> Any:
    """Return the options of a node, or None if its class has none.

    node: a CalculatorGraphConfig.Node message, or anything else with `options` and `node_options`.
    owner: the calculator or subgraph class, or its `Options`: a ProtoOptions or a dataclass.
    Returns a message that must not be changed, or an instance of the dataclass.
    Raises ConfigError if the bytes of an option are not a message of its type, a value is out of range, or
    the dataclass rejects it.
    """
    declared = owner if _is_options(owner) else getattr(owner, "Options", None)
    if declared is None:
        return None
    if isinstance(declared, ProtoOptions):
        return message_options(node, declared.full_name)
    schema = dataclass_schema(declared, owner)
    message = _given(node, schema)
    for _, problem in schema.problems(message):
        raise ConfigError(f"{schema.full_name}: {problem}", rule="bad-value")
    return schema.instance(message)


def option_problems(node: CalculatorGraphConfig.Node, owner: Any, source: NodeSource) -> list[MpgraphError]:
    """Return an error for each option value out of range, and for options of other classes.

    Arguments as of `adopt_options`, which must be called first.
    """
    errors: list[MpgraphError] = []
    name = own_options(owner)
    if schema := _own_schema(owner):
        for steps, problem in schema.problems(_given(node, schema)):
            location = option_location(source, owner, steps)
            errors.append(ConfigError(f"{name}: {problem}", location=location, rule="bad-value"))
    for index, packed in enumerate(node.node_options):
        given = dataclass_options.schema_of_url(packed.type_url)
        if given is not None and given.full_name != name:
            text = f"[{packed.type_url}] are not the options of {owner.__name__}."
            hint = f"Write [{_URL}{name}] {{ ... }}." if name else "It has no options: remove them."
            location = source.field_location("node_options", index)
            errors.append(ConfigError(text, location=location, hint=hint, rule="unknown-options"))
    return errors


def _given(node: Any, schema: dataclass_options.Schema) -> Any:
    return _from_any(node, schema.full_name, schema.message_class())


def option_location(source: NodeSource, owner: Any, steps: dataclass_options.Steps) -> Location | None:
    """Return the location of an option's value or of the message around it, else that of the node."""
    full_name = own_options(owner)
    options = [field.value for field in source.options() if _names(field, full_name)]
    if not options or not isinstance(options[-1], TextMessage):
        return source.location
    return location_of(options[-1], steps)


def adopt_options(node: CalculatorGraphConfig.Node, owner: Any, source: NodeSource) -> None:
    """Add the options in the node's text that have the schema of its class's dataclass to `node_options`.

    Raises ConfigError, with the location, for options that do not fit the dataclass, and for options of an
    unknown type.
    """
    unread = list(source.unknown_options)
    if schema := _own_schema(owner):
        for field in [field for field in unread if _names(field, schema.full_name)]:
            unread.remove(field)
            message = schema.message_class()
            if isinstance(field.value, TextMessage):
                bind(field.value, message)
            packed = node.node_options.add()
            packed.type_url = _URL + schema.full_name
            packed.value = message.SerializeToString(deterministic=True)
    for field in unread:
        raise _unknown(field, own_options(owner), getattr(owner, "__name__", ""))


def _own_schema(owner: Any) -> dataclass_options.Schema | None:
    """The schema of a class's options if they are a dataclass."""
    declared = getattr(owner, "Options", None)
    is_dataclass = declared is not None and not isinstance(declared, ProtoOptions)
    return dataclass_schema(declared, owner) if is_dataclass else None


def own_options(owner: Any) -> str:
    """Return the full name of the message type of a class's options, "" if it has none."""
    declared = getattr(owner, "Options", None)
    if declared is None:
        return ""
    return str(getattr(declared, "full_name", "") or dataclass_schema(declared, owner).full_name)


def foreign_options(node: CalculatorGraphConfig.Node, owner: Any) -> list[str]:
    """Return the MediaPipe options types of a node that its class does not read."""
    own = own_options(owner)
    given = [url.rpartition("/")[2] for url in (packed.type_url for packed in node.node_options)]
    given = [name for name in given if dataclass_options.schema_of_url(_URL + name) is None]
    extensions = [field.message_type for field, _ in node.options.ListFields() if field.is_extension]
    given += [message.full_name for message in extensions if message is not None]
    return [name for name in given if name != own]


def unread_framework_options(source: GraphSource) -> list[ConfigError]:
    """Return an error for each option of an executor or a stream handler with an unknown type.

    Unknown options of the graph itself are ignored: only nodes that request them read them.
    """
    readers = {"executor", "input_stream_handler", "output_stream_handler"}
    return [_unknown(option.field) for option in source.unknown if not readers.isdisjoint(option.path)]


def _unknown(field: TextField, own: str = "", owner: str = "") -> ConfigError:
    text = f"Failed to parse: the options {field.label} are of no known type."
    hint = _hint_for(field.name)
    if owner and not own and _names(field, f"mediapipe.{owner}Options"):
        hint = f"{owner} has no options: remove them."
    if own and did_you_mean(field.name.rpartition("/")[2].removesuffix(".ext"), [own]):
        hint = f'Did you mean "{own}", the options of the calculator?'
    return ConfigError(text, location=field.location, hint=hint, rule="unknown-options")


def _names(field: TextField, full_name: str) -> bool:
    short = full_name.rpartition(".")[2]
    names = (full_name, short, f"{full_name}.ext", f"{short}.ext")
    return field.name.rpartition("/")[2] in names


def _hint_for(name: str) -> str:
    full_name = name.rpartition("/")[2].removesuffix(".ext")
    try:
        protos.message_class(full_name)
    except NotFoundError as error:
        return f" {error.message}"
    if protos.extension_for(full_name) is None:
        return f" Write node_options {{ [{_URL}{full_name}] {{ ... }} }}."
    return f" Write options {{ [{full_name}.ext] {{ ... }} }}."


def message_options(node: Any, full_name: str) -> Any:
    """Return the options of the message type `full_name`; default values if the node has none."""
    extension = protos.extension_for(full_name)
    if extension is not None and node.HasField("options"):
        options = node.options
        if extension.containing_type is options.DESCRIPTOR and options.HasExtension(extension):
            return options.Extensions[extension]
    return _from_any(node, full_name, protos.message_class(full_name)())


def _from_any(node: Any, full_name: str, message: Any) -> Any:
    """Fill an empty message from the last `node_options` (`graph_options`) of its type, if there are any."""
    given = [packed for packed in any_options(node) if packed.type_url.rpartition("/")[2] == full_name]
    try:
        message.ParseFromString(given[-1].value if given else b"")
    except DecodeError:
        text = f'The bytes of the options "{given[-1].type_url}" are not a message of that type.'
        raise ConfigError(text) from None
    return message


def any_options(holder: Any) -> Any:
    """Return the repeated Any of a node, `node_options`, or of a graph, `graph_options`."""
    return (
        holder.graph_options if "graph_options" in holder.DESCRIPTOR.fields_by_name else holder.node_options
    )


def refuse_duplicates(node: Any, source: NodeSource) -> None:
    """Raise InternalError, as MediaPipe does, if `node_options` holds a type twice."""
    seen: set[str] = set()
    for index, packed in enumerate(node.node_options):
        if packed.type_url in seen:
            raise InternalError(
                f"Options type: '{packed.type_url}' specified more than once for a single calculator node "
                "config.",
                location=source.field_location("node_options", index),
                hint="Keep one of them.",
                rule="duplicate-options",
            )
        seen.add(packed.type_url)


def _is_options(owner: Any) -> bool:
    if isinstance(owner, ProtoOptions):
        return True
    return dataclasses.is_dataclass(owner) and not hasattr(owner, "Options")  # A calculator may be one, too.


def dataclass_schema(declared: Any, owner: Any) -> dataclass_options.Schema:
    """Return the schema of a dataclass, named after its calculator or subgraph plus "Options".

    owner: the class that declares it, or the dataclass itself.
    Raises ConfigError for a field of a type that options cannot have.
    """
    if declared is owner:
        outer = declared.__qualname__.rpartition(".")[0].rpartition(".")[2]
        name = f"{outer}Options" if outer and outer != "<locals>" else str(declared.__name__)
        return dataclass_options.schema_of(declared, name)
    return dataclass_options.schema_of(declared, dataclass_options.options_name(owner), vars(owner))
