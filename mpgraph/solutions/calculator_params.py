"""calculator_params: override options of single nodes by "node_name.field_name"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf.message import Message

from mpgraph import protos
from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.framework.options import ProtoOptions
from mpgraph.framework.registry import CALCULATORS
from mpgraph.protos.fields import is_repeated


def apply_calculator_params(nodes: Iterable[Any], params: Mapping[str, Any]) -> None:
    """Set option fields in the messages of a graph's nodes, in place.

    params: new values by "node_name.field_name"; None clears a field, and a repeated field takes an
        iterable.

    Raises:
        InvalidArgumentError (a ValueError): a key is malformed or names an unknown node or field, the
            calculator has no options, or the value of a repeated field is not iterable.
        TypeError, ValueError: a value does not have its field's type or is out of range.
    """
    changes: dict[str, dict[str, Any]] = {}
    for key, value in params.items():
        node_name, dot, field = key.partition(".")
        if not dot or not node_name or not field or "." in field:
            raise InvalidArgumentError(
                f'The key "{key}" in the calculator_params is invalid. Write "node_name.field_name".'
            )
        changes.setdefault(node_name, {})[field] = value
    named = {node.name: node for node in nodes if node.name}
    for node_name, fields in changes.items():
        if node_name not in named:
            raise InvalidArgumentError(
                f'Not all calculator params are valid. The graph has no node named "{node_name}".'
                + did_you_mean(node_name, named)
            )
        _change(named[node_name], fields)


def _change(node: Any, fields: Mapping[str, Any]) -> None:
    calculator = CALCULATORS.find(node.calculator)
    declared = calculator.Options if calculator is not None else None
    if not isinstance(declared, ProtoOptions):
        raise InvalidArgumentError(f"Modifying the calculator options of {node.name} is not supported.")
    if node.HasField("options") and len(node.node_options):
        raise InvalidArgumentError(
            f"Cannot modify the calculator options of {node.name} because it has both options and "
            "node_options fields."
        )
    options_class = declared.message_class()
    extension = protos.extension_for(declared.full_name)
    if not len(node.node_options) and extension is not None:
        _set_fields(node.options.Extensions[extension], fields, node.name)
        return
    for entry in node.node_options:
        if entry.Is(options_class.DESCRIPTOR):
            options = options_class.FromString(entry.value)
            _set_fields(options, fields, node.name)
            entry.value = options.SerializeToString()
            return
    options = options_class()
    _set_fields(options, fields, node.name)
    node.node_options.add().Pack(options)


def _set_fields(options: Any, fields: Mapping[str, Any], node_name: str) -> None:
    known = options.DESCRIPTOR.fields_by_name
    for name, value in fields.items():
        if name not in known:
            raise InvalidArgumentError(
                f'Modifying the calculator options of {node_name} is not supported: no field "{name}".'
                + did_you_mean(name, known)
            )
        options.ClearField(name)
        if value is None:
            continue
        if not is_repeated(known[name]):
            if isinstance(value, Message):
                getattr(options, name).CopyFrom(value)
            else:
                setattr(options, name, value)
        elif isinstance(value, Iterable):
            getattr(options, name).extend(value)
        else:
            raise InvalidArgumentError(
                f"{name} is a repeated proto field but the value to be set is {type(value)}, which is not "
                "iterable."
            )
