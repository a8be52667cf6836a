"""option_value: fill options of nodes from the options of their graph.

    option_value: "output_tensor_width:options/tensor_width"

in a node copies the field `tensor_width` of the graph's options into the node's options. Either side is
a path of field names and, after repeated fields, indexes, separated by "/". A leading "options" is
ignored; a leading `Ext::mediapipe.FooOptions` selects one of several messages. The graph's options are
those in its text, overlaid with those of the node that uses the graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import FieldDescriptor

from mpgraph.config.dataclass_options import schema_of_message
from mpgraph.config.flat import FlatNode
from mpgraph.config.options import any_options
from mpgraph.config.problems import with_context
from mpgraph.errors import ConfigError, MpgraphError, NotFoundError, did_you_mean
from mpgraph.protos import parse_any
from mpgraph.protos.fields import is_repeated

# A single colon separates the sides; "::" belongs to a side.
_ENTRY = re.compile(r"((?:[^:]|::)*):(?!:)((?:[^:]|::)*)")
_EXTENSION = "ext::"


@dataclass(frozen=True)
class _Step:
    """A field, and an index if the field is repeated and the entry has one."""

    name: str
    index: int | None = None


@dataclass(frozen=True)
class _Side:
    """One side of an entry. message: the full name of the options type, None for the first one given."""

    message: str | None
    steps: tuple[_Step, ...]


def apply_option_values(config: Any, nodes: Sequence[FlatNode], parent: Any) -> None:
    """Apply and remove every `option_value` of the nodes of one graph.

    config: the graph's CalculatorGraphConfig.
    parent: the Node message that uses the graph, None for the outermost graph.
    Raises ConfigError for an invalid entry, NotFoundError for options that are missing.
    """
    for node in nodes:
        for index, entry in enumerate(node.config.option_value):
            try:
                _apply(entry, config, node.config, parent)
            except MpgraphError as error:
                location = node.location_of("option_value", index)
                raise with_context(error, f'option_value: "{entry}": ', location) from error
        node.config.ClearField("option_value")


def _apply(entry: str, config: Any, node: Any, parent: Any) -> None:
    sides = _ENTRY.fullmatch(entry)
    if sides is None:
        raise ConfigError('Expected "field of the node:field of the graph".')
    target, source = _side(sides[1]), _side(sides[2])
    found = _options_of(node, target.message)
    if found is None:
        wanted = target.message or "*"
        raise NotFoundError(
            f"Option extension not found: {wanted}. The node must have the options, even if they are empty."
        )
    values = _graph_options(config, parent, source.message)
    if values is None:
        return
    message, store = found
    _write(message, target.steps, *_read(values, source.steps))
    _check_ranges(message, target.steps)
    store(message)


def _check_ranges(message: Any, steps: Sequence[_Step]) -> None:
    """Refuse a copied value that the dataclass of the options does not allow.

    Other values that are out of range are reported where they are written.
    """
    schema = schema_of_message(message)
    for where, problem in schema.problems(message) if schema else ():
        if not steps or where[0] == steps[0].name:
            raise ConfigError(f"{message.DESCRIPTOR.full_name}: {problem}", rule="bad-value")


def _side(text: str) -> _Side:
    parts = [part for part in text.split("/") if part]
    if parts and parts[0] in ("options", "OPTIONS"):
        parts = parts[1:]
    message = None
    if parts and parts[0].lower().startswith(_EXTENSION):
        message = parts[0][len(_EXTENSION) :]
        parts = parts[1:]
    steps: list[_Step] = []
    for part in parts:
        if not part.isdigit():
            steps.append(_Step(part))
        elif steps and steps[-1].index is None:
            steps[-1] = _Step(steps[-1].name, int(part))
        else:
            raise ConfigError(f'The index "{part}" must follow the name of a repeated field.')
    return _Side(message, tuple(steps))


def _graph_options(config: Any, parent: Any, wanted: str | None) -> Any:
    """The graph's own options overlaid with those of its node; None if there are neither."""
    own = _options_of(config, wanted)
    if own is not None:
        wanted = own[0].DESCRIPTOR.full_name
    given = _options_of(parent, wanted) if parent is not None else None
    if own is None:
        return given[0] if given else None
    if given is not None:
        own[0].MergeFrom(given[0])
    return own[0]


def _options_of(holder: Any, wanted: str | None) -> tuple[Any, Callable[[Any], None]] | None:
    """Copy the options of a node or graph, of one type or the first; return them with how to store them."""
    if holder.HasField("options"):
        for extension, value in holder.options.ListFields():
            if extension.is_extension and wanted in (None, extension.message_type.full_name):
                copy = type(value)()
                copy.CopyFrom(value)
                return copy, holder.options.Extensions[extension].CopyFrom
    for packed in any_options(holder):
        if wanted in (None, packed.type_url.rpartition("/")[2]):
            message = parse_any(packed)
            if message is not None:
                return message, _packer(packed)
    return None


def _packer(packed: Any) -> Callable[[Any], None]:
    def store(message: Any) -> None:
        packed.value = message.SerializeToString(deterministic=True)

    return store


def _field(message: Any, step: _Step) -> Any:
    fields = message.DESCRIPTOR.fields_by_name
    if step.name not in fields:
        full_name = message.DESCRIPTOR.full_name
        raise ConfigError(f'{full_name} has no field "{step.name}".{did_you_mean(step.name, fields)}')
    field = fields[step.name]
    if step.index is not None and not is_repeated(field):
        raise ConfigError(f'"{step.name}" is not repeated, so it takes no index.')
    return field


def _message_field(message: Any, step: _Step) -> Any:
    field = _field(message, step)
    if field.message_type is None:
        raise ConfigError(f'"{step.name}" is not a message, so it has no fields.')
    return field


def _read(message: Any, steps: Sequence[_Step]) -> tuple[list[Any], Any]:
    """Return the values at a path, none if its last field is not set, and that field (None for no path)."""
    if not steps:
        return [message], None
    for step in steps[:-1]:
        field = _message_field(message, step)
        inside = _values(message, field, step)
        if not inside:
            raise NotFoundError(f"Missing field value: {step.name} at index: {step.index or 0}")
        message = inside[0]
    field = _field(message, steps[-1])
    return _values(message, field, steps[-1]), field


def _values(message: Any, field: FieldDescriptor, step: _Step) -> list[Any]:
    value = getattr(message, step.name)
    if is_repeated(field):
        values = list(value)
        return values if step.index is None else values[step.index : step.index + 1]
    if field.has_presence and not message.HasField(step.name):
        return []
    return [value]


def _write(message: Any, steps: Sequence[_Step], values: Sequence[Any], source: Any) -> None:
    """Set the field at a path to the values; messages are merged, and repeated fields extended."""
    if not steps:
        _check_same(message.DESCRIPTOR, source.message_type if source else values[0].DESCRIPTOR)
        for value in values:
            message.MergeFrom(value)
        return
    for step in steps[:-1]:
        field = _message_field(message, step)
        message = _element(message, field, step) if is_repeated(field) else getattr(message, step.name)
    step = steps[-1]
    field = _field(message, step)
    if field.message_type is not None:
        _check_same(field.message_type, source.message_type if source else values[0].DESCRIPTOR)
        _write_messages(message, field, step, values)
    elif source is None or source.message_type is not None:
        raise ConfigError(f'"{step.name}" takes a plain value, not a message.')
    else:
        _write_scalars(message, field, step, values)


def _write_messages(message: Any, field: FieldDescriptor, step: _Step, values: Sequence[Any]) -> None:
    if is_repeated(field) and step.index is None:
        getattr(message, step.name).extend(values)
        return
    for value in values:
        target = _element(message, field, step) if is_repeated(field) else getattr(message, step.name)
        target.MergeFrom(value)


def _write_scalars(message: Any, field: FieldDescriptor, step: _Step, values: Sequence[Any]) -> None:
    try:
        if not is_repeated(field):
            if values:
                setattr(message, step.name, values[-1])
            else:
                message.ClearField(step.name)
        elif step.index is None:
            getattr(message, step.name).extend(values)
        elif values:
            items = getattr(message, step.name)
            _check_index(items, step)
            items[step.index : step.index + 1] = values
    except (TypeError, ValueError) as error:
        raise ConfigError(f'"{step.name}" cannot take the value: {error}') from error


def _element(message: Any, field: FieldDescriptor, step: _Step) -> Any:
    items = getattr(message, step.name)
    index = step.index or 0
    _check_index(items, _Step(step.name, index))
    return items.add() if index == len(items) else items[index]


def _check_index(items: Any, step: _Step) -> None:
    if step.index is not None and step.index > len(items):
        raise ConfigError(f'Option field index out of range: "{step.name}" has {len(items)} values.')


def _check_same(wanted: Any, given: Any) -> None:
    if given is None or wanted.full_name != given.full_name:
        found = given.full_name if given is not None else "a plain value"
        raise ConfigError(f"Cannot merge field data with message types: {wanted.full_name}, {found}.")
