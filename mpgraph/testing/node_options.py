"""Options of a node given in a test: as the dataclass, a dict, a message or text."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

from mpgraph.config import dataclass_options
from mpgraph.config.binding import bind
from mpgraph.config.pbtxt import parse_text
from mpgraph.errors import InvalidArgumentError, did_you_mean
from mpgraph.options import ProtoOptions
from mpgraph.protos.fields import is_repeated


def add_options(node: Any, owner: Any, options: Any) -> None:
    """Add `options` to a CalculatorGraphConfig.Node message.

    owner: the calculator or subgraph class, whose `Options` says what they are; None when unknown, and
        then only a message will do.

    Raises:
        InvalidArgumentError: they do not fit.
    """
    message = _message(owner, options)
    packed = node.node_options.add()
    packed.type_url = f"type.googleapis.com/{message.DESCRIPTOR.full_name}"
    packed.value = message.SerializeToString(deterministic=True)


def _message(owner: Any, options: Any) -> Any:
    if hasattr(type(options), "DESCRIPTOR"):
        return options
    declared = getattr(owner, "Options", None)
    if declared is None:
        name = getattr(owner, "__name__", "The graph")
        raise InvalidArgumentError(f"{name} has no options, but was given {options!r}.")
    if isinstance(declared, ProtoOptions):
        message = declared.message_class()()
    else:
        message = dataclass_options.schema_of(
            declared, f"{owner.__name__}Options", vars(owner)
        ).message_class()
    if isinstance(options, str):
        bind(parse_text(options, "<options>"), message)
    elif dataclasses.is_dataclass(options) and not isinstance(options, type):
        if not isinstance(options, declared):
            raise InvalidArgumentError(f"The options are a {type(options).__name__}, not {declared!r}.")
        _fill(message, _as_mapping(options))
    elif isinstance(options, Mapping):
        _fill(message, options)
    else:
        raise InvalidArgumentError(
            f"Options are an {declared.__name__ if isinstance(declared, type) else declared.message}, a "
            f"dict, text or a message, not {type(options).__name__}."
        )
    return message


def _as_mapping(options: Any) -> dict[str, Any]:
    return {field.name: getattr(options, field.name) for field in dataclasses.fields(options) if field.init}


def _fill(message: Any, values: Mapping[str, Any]) -> None:
    fields = message.DESCRIPTOR.fields_by_name
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            raise InvalidArgumentError(
                f'{message.DESCRIPTOR.name} has no field "{name}".{did_you_mean(name, fields)}'
            )
        if value is None:
            continue
        try:
            if not is_repeated(field):
                _set(message, field, value)
            elif field.message_type is not None:
                for item in value:
                    _fill(getattr(message, name).add(), _item_mapping(item))
            else:
                getattr(message, name).extend([_scalar(field, item) for item in value])
        except (TypeError, ValueError) as error:
            raise InvalidArgumentError(f"{message.DESCRIPTOR.name}.{name}: {error}") from error


def _set(message: Any, field: Any, value: Any) -> None:
    if field.message_type is not None:
        part = getattr(message, field.name)
        part.SetInParent()
        if hasattr(type(value), "DESCRIPTOR"):
            part.CopyFrom(value)
        else:
            _fill(part, _item_mapping(value))
    else:
        setattr(message, field.name, _scalar(field, value))


def _item_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else _as_mapping(value)


def _scalar(field: Any, value: Any) -> Any:
    """An enum may be given by its member, its number or its name."""
    if isinstance(value, enum.Enum):
        return value.value
    if field.enum_type is not None and isinstance(value, str):
        known = field.enum_type.values_by_name
        if value not in known:
            raise ValueError(f'there is no value "{value}".{did_you_mean(value, known)}')
        return known[value].number
    return value
