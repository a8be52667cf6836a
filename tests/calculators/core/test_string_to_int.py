from __future__ import annotations

import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import packet as packets
from mpgraph.framework import packet_type
from mpgraph.testing import CalculatorRunner, run


def read(name: str, text: str | bytes) -> CalculatorRunner:
    return run(f"StringTo{name}Calculator", side={"": text})


@pytest.mark.parametrize(
    ("name", "text", "number", "type_name"),
    [
        ("Int", "5", 5, "int"),
        ("Int32", "-2147483648", -(2**31), "int"),
        ("Int64", "9223372036854775807", 2**63 - 1, "int64_t"),
        ("Uint", "+7", 7, "unsigned int"),
        ("Uint32", "4294967295", 2**32 - 1, "unsigned int"),
        ("Uint64", " \t18446744073709551615\n", 2**64 - 1, "uint64_t"),
        ("Int", b"12", 12, "int"),
    ],
)
def test_numbers_are_read_as_their_type(name: str, text: str | bytes, number: int, type_name: str) -> None:
    read(name, text).expect_side("", packets.make(number, packet_type.by_name(type_name)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *[("Int", text) for text in ("", "x", "1.0", "0x10", "1_0", "- 1", "٣", "2147483648", "9" * 5000)],
        ("Uint", "-1"),
        ("Uint64", "18446744073709551616"),
        ("Int64", "9223372036854775808"),
    ],
)
def test_other_text_is_refused(name: str, text: str) -> None:
    read(name, text).expect_error("could not be parsed as an integer", InvalidArgumentError)
