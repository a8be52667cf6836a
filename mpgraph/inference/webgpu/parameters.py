"""What a kernel's text says of its parameters, and numbers packed accordingly.

The struct `Params` in the shader is the only place where the parameters' order and types are declared.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mpgraph.errors import InternalError

FOLDER = Path(__file__).parent / "kernels"

Parameter = int | float | Sequence[int]

_STRUCT = re.compile(r"struct Params \{(.*?)\}", re.DOTALL)
_FIELD = re.compile(r"(\w+)\s*:\s*([\w<>]+)\s*,")
_LETTERS = {"i32": "i", "f32": "f", "vec4<i32>": "4i"}


class Field(NamedTuple):
    """One member of `Params`; `letters` is its type in the struct module."""

    name: str
    letters: str


@cache
def source_of(kernel: str) -> str:
    """The text of `kernels/NAME.wgsl`."""
    return (FOLDER / f"{kernel}.wgsl").read_text(encoding="utf-8")


@cache
def fields_of(kernel: str) -> tuple[Field, ...]:
    """The members of the kernel's `Params`, in order.

    Vectors come first in it, so that nothing has to be aligned.
    """
    declared = _STRUCT.search(source_of(kernel))
    if declared is None:
        raise InternalError(f"The kernel {kernel} has no struct Params.")
    return tuple(Field(name, _LETTERS[kind]) for name, kind in _FIELD.findall(declared.group(1)))


def pack(kernel: str, values: Mapping[str, Parameter]) -> bytes:
    """`values` as the bytes of the kernel's uniform buffer, to a multiple of 16.

    Raises:
        InternalError: a value is missing or too many.
    """
    fields = fields_of(kernel)
    if {field.name for field in fields} != set(values):
        different = sorted({field.name for field in fields} ^ set(values))
        raise InternalError(f"The kernel {kernel} and its caller disagree about {', '.join(different)}.")
    packed = b"".join(
        struct.pack("<" + field.letters, *value)
        if isinstance(value := values[field.name], Sequence)
        else struct.pack("<" + field.letters, value)
        for field in fields
    )
    return packed + bytes(-len(packed) % 16)
