"""Conversion of plain values of text format to the type of their field, with checks of type and range."""

from __future__ import annotations

import re

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from mpgraph.config.text.pbtxt import TextField, TextScalar
from mpgraph.errors import ConfigError, did_you_mean
from mpgraph.protos.fields import is_closed

_RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_NOT_DECIMAL = re.compile("-?0.")
_BOOLS = {"true": True, "True": True, "t": True, "false": False, "False": False, "f": False}


def scalar_value(field: TextField, descriptor: FieldDescriptor) -> int | float | bool | str | bytes:
    """Return the value of a field that is not a message. Raises ConfigError, with the location."""
    scalar = field.value
    assert isinstance(scalar, TextScalar)
    kind = descriptor.cpp_type
    if kind in _RANGES:
        return _integer(field, scalar, *_RANGES[kind])
    if kind in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE):
        return _float(field, scalar)
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return _bool(field, scalar)
    if descriptor.enum_type is not None:
        return _enum(field, scalar, descriptor, descriptor.enum_type)
    return _string(field, scalar, is_text=descriptor.type == FieldDescriptor.TYPE_STRING)


def _refused(field: TextField, scalar: TextScalar, takes: str, hint: str = "") -> ConfigError:
    text = f'"{field.label}" takes {takes}, found {scalar}.'
    return ConfigError(text, location=scalar.location, hint=hint, rule="bad-value")


def _integer(field: TextField, scalar: TextScalar, low: int, high: int) -> int:
    if not isinstance(scalar.value, int):
        raise _refused(field, scalar, "an integer")
    if not low <= scalar.value <= high:
        raise _refused(field, scalar, f"an integer in {low}..{high}")
    return scalar.value


def _float(field: TextField, scalar: TextScalar) -> float:
    if isinstance(scalar.value, int):
        if _NOT_DECIMAL.match(scalar.text):
            raise _refused(field, scalar, "a decimal number")
        try:
            # From the text, since integers have no negative zero.
            return -0.0 if scalar.value == 0 and scalar.text[0] == "-" else float(scalar.value)
        except OverflowError:
            return float("inf") if scalar.value > 0 else float("-inf")
    if isinstance(scalar.value, float):
        return scalar.value
    if isinstance(scalar.value, str) and scalar.value.lstrip("-").lower() in ("inf", "infinity", "nan"):
        return float(scalar.value)
    raise _refused(field, scalar, "a number")


def _bool(field: TextField, scalar: TextScalar) -> bool:
    if isinstance(scalar.value, str) and scalar.value in _BOOLS:
        return _BOOLS[scalar.value]
    if isinstance(scalar.value, int) and scalar.value in (0, 1):
        return bool(scalar.value)
    raise _refused(field, scalar, "true or false")


def _enum(field: TextField, scalar: TextScalar, descriptor: FieldDescriptor, enum: EnumDescriptor) -> int:
    names = enum.values_by_name
    if isinstance(scalar.value, str):
        if scalar.value in names:
            return int(names[scalar.value].number)
        near = did_you_mean(scalar.value, names)
        raise _refused(field, scalar, f"one of {', '.join(names)}", near)
    if isinstance(scalar.value, int):
        # protobuf looks numbers up by their last 32 bits.
        fits = -(2**31) <= scalar.value < 2**31
        if fits and (scalar.value in enum.values_by_number or not is_closed(descriptor)):
            return scalar.value
    raise _refused(field, scalar, f"one of {', '.join(names)}")


def _string(field: TextField, scalar: TextScalar, *, is_text: bool) -> str | bytes:
    if not isinstance(scalar.value, bytes):
        hint = f' Write "{scalar}" in quotes.' if scalar.kind == "identifier" else ""
        raise _refused(field, scalar, "a string in quotes", hint)
    if not is_text:
        return scalar.value
    try:
        return scalar.value.decode()
    except UnicodeDecodeError:
        raise _refused(field, scalar, "a string of UTF-8") from None
