"""Conversion of plain values: types, ranges, enum names."""

from __future__ import annotations

import math

import pytest

from mpgraph.config.text.pbtxt import parse_text
from mpgraph.config.text.scalars import scalar_value
from mpgraph.errors import ConfigError
from mpgraph.protos import message_class

FIELDS = {
    "int32": ("mediapipe.Color", "r"),
    "int64": ("mediapipe.FlowLimiterCalculatorOptions", "in_flight_timeout"),
    "uint32": ("mediapipe.GraphRuntimeInfoConfig", "capture_period_msec"),
    "uint64": ("mediapipe.ImageToTensorCalculatorOptions.UIntRange", "min"),
    "sint32": ("mediapipe.SetAlphaCalculatorOptions", "alpha_value"),
    "float": ("mediapipe.ImageToTensorCalculatorOptions.FloatRange", "min"),
    "double": ("mediapipe.ThresholdingCalculatorOptions", "threshold"),
    "bool": ("mediapipe.GateCalculatorOptions", "allow"),
    "enum": ("mediapipe.GateCalculatorOptions", "initial_gate_state"),
    "open enum": ("mediapipe.Object", "type"),
    "open enum in proto2": ("mediapipe.TensorsToSegmentationCalculatorOptions", "gpu_origin"),
    "string": ("mediapipe.PacketFrequency", "label"),
    "bytes": ("mediapipe.CallbackPacketCalculatorOptions", "pointer"),
}


def bound(kind: str, text: str) -> object:
    message, name = FIELDS[kind]
    descriptor = message_class(message).DESCRIPTOR.fields_by_name[name]
    return scalar_value(parse_text(f"{name}: {text}").fields[0], descriptor)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int32", "-2147483648", -(2**31)),
        ("int32", "0x7fffffff", 2**31 - 1),
        ("int64", "-9223372036854775808", -(2**63)),
        ("uint32", "4294967295", 2**32 - 1),
        ("uint64", "18446744073709551615", 2**64 - 1),
        ("sint32", "-1", -1),
        ("float", "1", 1.0),
        ("float", "0", 0.0),
        ("double", "-0", -0.0),
        ("double", "-INF", -math.inf),
        ("double", "infinity", math.inf),
        ("double", "9" * 390, math.inf),
        ("bool", "true", True),
        ("bool", "f", False),
        ("bool", "True", True),
        ("bool", "1", True),
        ("bool", "0x0", False),
        ("enum", "GATE_ALLOW", 2),
        ("enum", "3", 3),
        ("open enum", "77", 77),
        ("open enum in proto2", "02", 2),
        ("string", "'\\303\\251'", "é"),
        ("bytes", "'\\377'", b"\xff"),
    ],
)
def test_values(kind: str, text: str, value: object) -> None:
    found = bound(kind, text)
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


def test_nan() -> None:
    found = bound("double", "nan")
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("int32", "2147483648", '"r" takes an integer in -2147483648..2147483647, found 2147483648.'),
        ("int32", "1.0", '"r" takes an integer, found 1.0.'),
        ("int32", "'1'", "takes an integer, found '1'."),
        ("uint64", "-1", "takes an integer in 0..18446744073709551615, found -1."),
        ("float", "'1'", "takes a number, found '1'."),
        ("float", "0x10", "takes a decimal number, found 0x10."),
        ("double", "-017", "takes a decimal number, found -017."),
        ("float", "one", "takes a number, found one."),
        ("bool", "2", "takes true or false, found 2."),
        ("bool", "yes", "takes true or false, found yes."),
        ("enum", "GATE_ALOW", 'found GATE_ALOW. Did you mean "GATE_ALLOW"'),
        ("enum", "9", "takes one of UNSPECIFIED, GATE_UNINITIALIZED, GATE_ALLOW, GATE_DISALLOW, found 9."),
        ("enum", "'GATE_ALLOW'", "takes one of"),
        ("open enum", "99999999999", "takes one of UNDEFINED_TYPE, BOUNDING_BOX, SKELETON"),
        ("open enum in proto2", "017", "takes one of DEFAULT, CONVENTIONAL, TOP_LEFT"),
        ("string", "front", 'takes a string in quotes, found front. Write "front" in quotes.'),
        ("string", "'\\377'", "takes a string of UTF-8"),
        ("bytes", "1", "takes a string in quotes, found 1."),
        ("enum", "4294967296", "one of"),
        ("enum", "-4294967296", "one of"),
        ("open enum", "4294967296", "one of"),
    ],
)
def test_errors(kind: str, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as raised:
        bound(kind, text)
    assert message in str(raised.value)
    assert raised.value.location is not None
    assert raised.value.location.column == len(FIELDS[kind][1]) + 3
