"""Number and string literals of text format."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mpgraph.config.text.literals import float_text, number_value, string_text, string_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-17", -17),
        ("017", 15),
        ("00", 0),
        ("0x1F", 31),
        ("-0XfF", -255),
        ("18446744073709551615", 2**64 - 1),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1E-3", 0.001),
        ("2f", 2.0),
        ("2.5F", 2.5),
        ("1e999", math.inf),
    ],
)
def test_numbers(text: str, value: float) -> None:
    found = number_value(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text", ["08", "09.5", "00.5", "0x", "1a", "1.2.3", "1e", "1_0", "--1", "0x1.8", "9" * 500, "٣", "1٣", ""]
)
def test_invalid_numbers(text: str) -> None:
    assert number_value(text) is None


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('""', b""),
        ("'a\"b'", b'a"b'),
        (r'"\a\b\f\n\r\t\v\\\'\"\?"', b"\a\b\f\n\r\t\v\\'\"?"),
        (r'"\0\12\3774"', b"\x00\n\xff4"),
        (r'"\x1\x41G"', b"\x01AG"),
        (r'"\u00e9\U0001F600"', "é😀".encode()),
        (r'"\ud83d\ude00"', "😀".encode()),
        ('"é😀"', "é😀".encode()),
        (r'"\777\400"', b"\xff\x00"),  # as C++, which keeps the low byte
        (r'"\ud83d"', b"\xed\xa0\xbd"),  # as C++, which encodes it like a character
    ],
)
def test_strings(literal: str, value: bytes) -> None:
    assert string_value(literal) == value


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        (r'"\q"', r"\\q"),
        (r'"\U00110000"', "not a character"),
        ('"a\0b"', "NUL"),
        ('"\ud83d"', "surrogate"),
        (r'"\x"', r"\\x"),
        (r'"\u12"', r"\\u"),
    ],
)
def test_bad_escapes(literal: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        string_value(literal)


@given(st.text() | st.binary())
def test_string_text_reads_back(value: str | bytes) -> None:
    literal = string_text(value)
    assert "\n" not in literal
    assert string_value(literal) == (value if isinstance(value, bytes) else value.encode())


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_double_text_reads_back(value: float) -> None:
    assert float(float_text(value, single=False)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_float_text_reads_back_and_is_short(value: float) -> None:
    text = float_text(value, single=True)
    assert struct.pack("f", float(text)) == struct.pack("f", value)
    assert len(text.lstrip("-").replace(".", "").split("e")[0].strip("0")) <= 9


def test_float32_text_is_the_shortest() -> None:
    assert float_text(struct.unpack("f", struct.pack("f", 0.1))[0], single=True) == "0.1"
