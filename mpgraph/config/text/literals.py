"""Number and string literals of protobuf text format, to values and back."""

from __future__ import annotations

import math
import re
import struct

STRING = re.compile(r"""(?: "[^"\\\n]*(?:\\.[^"\\\n]*)*" | '[^'\\\n]*(?:\\.[^'\\\n]*)*' )""", re.VERBOSE)
"""One quoted string."""

# Python refuses to convert decimal texts much longer than this; no field can hold a number near it.
_MAX_DIGITS = 400

_INTEGER = re.compile(r"-?(?:(0[xX][0-9a-fA-F]+)|(0[0-7]+)|(0|[1-9][0-9]*))")
# A zero before another digit makes an octal integer: neither 08 nor 00.5 is a number.
_FLOAT = re.compile(r"(-?(?!0[0-9])(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?)([fF]?)")
# Two escaped surrogates in a row are one character, as in JSON.
_ESCAPE = re.compile(
    r"""\\(?: ([0-7]{1,3})
      | [xX]([0-9a-fA-F]{1,2})
      | u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})
      | u([0-9a-fA-F]{4})
      | U([0-9a-fA-F]{8})
      | (.?) )""",
    re.VERBOSE,
)
_SIMPLE = {"a": b"\a", "b": b"\b", "f": b"\f", "n": b"\n", "r": b"\r", "t": b"\t", "v": b"\v"}
_SIMPLE.update({character: character.encode() for character in "\\'\"?"})
_TO_ESCAPE = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\\": r"\\", '"': r"\""}


def number_value(text: str) -> int | float | None:
    """Return the value of a decimal, octal, hexadecimal or floating-point literal, None for anything else."""
    if len(text) < 10 and text.isascii() and text.isdigit() and text[0] != "0":
        return int(text)  # Fast path, without a regular expression.
    integer = _INTEGER.fullmatch(text)
    if integer and len(text) > _MAX_DIGITS:
        return None
    if integer:
        hexadecimal, octal, _ = integer.groups()
        return int(text, 16 if hexadecimal else 8 if octal else 10)
    floating = _FLOAT.fullmatch(text)
    return float(floating[1]) if floating else None


def string_value(literal: str) -> bytes:
    """Return the value of one quoted string, text as UTF-8. Raises ValueError for a bad escape.

    As in C++, of an octal escape above a byte the low byte counts, and half of an escaped surrogate pair is
    encoded like a character.
    """
    body = literal[1:-1]
    if "\0" in body:
        raise ValueError(r'This string contains a NUL character; write it as "\0".')
    try:
        if "\\" not in body:
            return body.encode()
        parts: list[bytes] = []
        end = 0
        for match in _ESCAPE.finditer(body):
            parts += body[end : match.start()].encode(), _escaped(match)
            end = match.end()
        return b"".join([*parts, body[end:].encode()])
    except UnicodeEncodeError:
        raise ValueError("This string contains half of a surrogate pair, which is not text.") from None


def _escaped(match: re.Match[str]) -> bytes:
    octal, hexadecimal, high, low, short, long, other = match.groups()
    if octal:
        return bytes([int(octal, 8) & 255])
    if hexadecimal:
        return bytes([int(hexadecimal, 16)])
    if high:
        return chr(0x10000 + ((int(high, 16) & 0x3FF) << 10) + (int(low, 16) & 0x3FF)).encode()
    if short or long:
        code = int(short or long, 16)
        if code > 0x10FFFF:
            raise ValueError(f'The escape "{match[0]}" is not a character.')
        return chr(code).encode(errors="surrogatepass")
    if other not in _SIMPLE:
        raise ValueError(f'The escape "{match[0]}" is not known.')
    return _SIMPLE[other]


def string_text(value: str | bytes) -> str:
    """Return a quoted string that `string_value` reads back; printable characters stay as they are."""
    if isinstance(value, bytes):
        pieces = [_character_text(chr(byte)) if byte < 128 else f"\\{byte:o}" for byte in value]
    else:
        pieces = list(map(_character_text, value))
    return '"' + "".join(pieces) + '"'


def _character_text(character: str) -> str:
    if character in _TO_ESCAPE:
        return _TO_ESCAPE[character]
    if character.isprintable():
        return character
    # Bytes of UTF-8 rather than a code point: protobuf before 5 reads no \u.
    return "".join(f"\\{byte:03o}" for byte in character.encode())


def float_text(value: float, *, single: bool) -> str:
    """Return the shortest text that parses to this number; single: as a float of 32 bits."""
    if not single or not math.isfinite(value):
        return repr(value)
    short = (f"{value:.{digits}g}" for digits in range(6, 10))
    return next(text for text in short if struct.pack("f", float(text)) == struct.pack("f", value))
