"""StringTo<type>Calculator: parse side packets as integers."""

from __future__ import annotations

import re

from mpgraph.calculators.core import families
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType

_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)[ \t\n\v\f\r]*\Z")
_SIGNED_32, _UNSIGNED_32 = range(-(2**31), 2**31), range(2**32)

_RANGES = {
    packet_type.INT: _SIGNED_32,
    packet_type.UINT32: _UNSIGNED_32,
    packet_type.INT64: range(-(2**63), 2**63),
    packet_type.UINT64: range(2**64),
}


@families.register(
    {
        "StringToInt32Calculator": packet_type.INT32,
        "StringToInt64Calculator": packet_type.INT64,
        "StringToIntCalculator": packet_type.INT,
        "StringToUint32Calculator": packet_type.UINT32,
        "StringToUint64Calculator": packet_type.UINT64,
        "StringToUintCalculator": packet_type.UINT32,
    }
)
class StringToIntCalculator(mp.Calculator):
    """Parses its side packet, a decimal integer with optional surrounding whitespace, as an integer type.

    Other text, and numbers out of the range of the type, are errors.
    """

    element: PayloadType
    text = mp.SideInput("", packet_type.STRING)
    number = mp.SideOutput("", families.ELEMENT)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        text = cc[self.text]
        if isinstance(text, bytes):
            text = text.decode("latin-1")
        match, allowed = _NUMBER.match(text), _RANGES[self.element]
        is_signed = allowed.start < 0
        # The limit also keeps int() from converting long text, which takes quadratic time.
        if match is None or len(match[1]) > 100 or (match[1].startswith("-") and not is_signed):
            raise InvalidArgumentError(_message(text, allowed))
        number = int(match[1])
        if number not in allowed:
            raise InvalidArgumentError(_message(text, allowed))
        cc.emit(self.number, number)


def _message(text: str, allowed: range) -> str:
    return (
        f"The string could not be parsed as an integer: {text[:40]!r} is not a number from "
        f"{allowed.start} to {allowed.stop - 1}."
    )
