"""Shader: the WGSL text of one compute kernel, and the bindings and parameters that it declares.

The text is the only place where bindings, parameters and workgroup size are declared; everything else is
derived from it. All bindings are in group 0. Binding 0, if it is a uniform buffer, holds `struct Params`,
whose values each dispatch provides by name.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from mpgraph.errors import InternalError

FOLDER = Path(__file__).parent / "kernels"

PARAMETERS_SIZE = 256
"""Maximal size in bytes of `Params`; also WebGPU's alignment of offsets into uniform buffers."""

SHARED = "shared"
"""Each kernel of a folder is linked with the declarations of the folder's `shared.wgsl` that it uses."""

Parameter = int | float | Sequence[int] | Sequence[float]

_COMMENT = re.compile(r"//.*")
_WORD = re.compile(r"\w+")
_DECLARATION = re.compile(r"^(?:@group.*?;|(?:fn|struct) .*?^\})$", re.DOTALL | re.MULTILINE)
_DECLARED = re.compile(r"^(?:fn|struct|@group\(.*?\bvar(?:<[^>]*>)?) (\w+)", re.MULTILINE)
_BINDING = re.compile(r"@group\(0\)\s*@binding\((\d+)\)\s*var(?:<([^>]*)>)?\s*\w+\s*:\s*([^;]+);")
_WORKGROUP = re.compile(r"@workgroup_size\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?(?:,\s*(\d+)\s*)?\)")
_STORAGE_TEXTURE = re.compile(r"texture_storage_2d<\s*(\w+)\s*,\s*write\s*>")
_PARAMS = re.compile(r"struct Params \{(.*?)\}", re.DOTALL)
_FIELD = re.compile(r"(\w+)\s*:\s*([\w<>]+)")
# Type -> format characters of the struct module, alignment in bytes.
_TYPES = {
    "i32": ("i", 4),
    "u32": ("I", 4),
    "f32": ("f", 4),
    "vec4<i32>": ("4i", 16),
    "vec4<f32>": ("4f", 16),
}


@dataclass(frozen=True, eq=False)
class Shader:
    """A compute kernel's text with what it declares; see `load_shader` and `parse_shader`.

    bindings: entries of a bind group layout by binding number. workgroup: invocations in x, y and z.
    parameters: the members of `Params`, None without parameters.
    """

    name: str
    text: str = field(repr=False)
    bindings: tuple[tuple[int, dict[str, Any]], ...]
    workgroup: tuple[int, int, int]
    parameters: Parameters | None


class Parameters:
    """Packs values into the layout of a `struct Params`."""

    def __init__(self, shader: str, members: Sequence[tuple[str, str]]) -> None:
        """members: names and WGSL types, in order.

        Raises:
            InternalError: a type is not supported, or the struct is larger than PARAMETERS_SIZE.
        """
        self._shader = shader
        self._names = [name for name, _ in members]
        # From the last to the first, so that replacing one by its elements moves none of the others.
        self._vectors = [number for number, (_, kind) in enumerate(members) if kind.startswith("vec")][::-1]
        layout = "<"
        self.offsets: list[tuple[str, str, int]] = []
        """Name, WGSL type and offset in bytes of each member."""
        for name, type_name in members:
            if type_name not in _TYPES:
                raise InternalError(f"The shader {shader} has a parameter {name} of the type {type_name}.")
            characters, alignment = _TYPES[type_name]
            layout += f"{-struct.calcsize(layout) % alignment}x"
            self.offsets.append((name, type_name, struct.calcsize(layout)))
            layout += characters
        # WGSL rounds the size of a uniform struct up to its alignment.
        self._struct = struct.Struct(f"{layout}{-struct.calcsize(layout) % 16}x")
        if self._struct.size > PARAMETERS_SIZE:
            raise InternalError(f"The parameters of the shader {shader} exceed {PARAMETERS_SIZE} bytes.")

    def pack(self, values: Mapping[str, Parameter]) -> bytes:
        """The bytes of the uniform buffer.

        Raises:
            InternalError: a value is missing or superfluous.
        """
        try:
            numbers: list[Any] = [values[name] for name in self._names]
        except KeyError:
            raise self._mismatch(values) from None
        if len(values) != len(numbers):
            raise self._mismatch(values)
        for position in self._vectors:
            numbers[position : position + 1] = numbers[position]
        return self._struct.pack(*numbers)

    def _mismatch(self, values: Mapping[str, Parameter]) -> InternalError:
        different = ", ".join(sorted(set(self._names) ^ set(values)))
        return InternalError(f"The shader {self._shader} and its caller disagree about {different}.")


@cache
def load_shader(name: str, folder: Path = FOLDER) -> Shader:
    """The kernel `NAME.wgsl` of a folder, linked with the declarations of `shared.wgsl` that it uses.

    A declaration of the kernel's own takes precedence over a shared one of the same name.
    """
    text, shared = ((folder / f"{part}.wgsl").read_text(encoding="utf-8") for part in (name, SHARED))
    return parse_shader(name, _linked(text, shared))


def _linked(text: str, shared: str) -> str:
    """A kernel followed by the shared declarations that it uses, directly or through one another."""
    available = {
        _DECLARED.findall(found)[0]: found for found in _DECLARATION.findall(_COMMENT.sub("", shared))
    }
    for own in _DECLARED.findall(text):
        available.pop(own, None)
    # WGSL allows use before declaration. Behind the kernel, the shared text leaves the line numbers in the
    # compiler's messages as they are in the kernel's file.
    parts = [text]
    for part in parts:  # Grows during the loop.
        words = dict.fromkeys(_WORD.findall(_COMMENT.sub("", part)))
        parts += [available.pop(word) for word in words if word in available]
    return "\n".join(parts)


def shader_names(folder: Path = FOLDER) -> list[str]:
    """The names of all kernels of a folder."""
    return sorted(file.stem for file in folder.glob("*.wgsl") if file.stem != SHARED)


def parse_shader(name: str, text: str) -> Shader:
    """Read the declarations of a kernel's text.

    Raises:
        InternalError: the text has no workgroup size, or declares a binding or parameter of a type that
            is not supported.
    """
    code = _COMMENT.sub("", text)
    bindings = tuple(
        sorted((int(number), _entry(space or "", kind)) for number, space, kind in _BINDING.findall(code))
    )
    size = _WORKGROUP.search(code)
    if size is None:
        raise InternalError(f"The shader {name} has no @workgroup_size of plain numbers.")
    x, y, z = (int(part or 1) for part in size.groups())
    parameters = None
    if bindings and bindings[0][1].get("buffer", {}).get("type") == "uniform":
        declared = _PARAMS.search(code)
        if declared is None:
            raise InternalError(f"The shader {name} has a uniform buffer, but no struct Params.")
        parameters = Parameters(name, _FIELD.findall(declared.group(1)))
    return Shader(name, text, bindings, (x, y, z), parameters)


def _entry(space: str, kind: str) -> dict[str, Any]:
    """The entry of a bind group layout for a variable in an address space, of a type."""
    spaces = [part.strip() for part in space.split(",")]
    if spaces[0] == "uniform":
        return {"buffer": {"type": "uniform", "has_dynamic_offset": True}}
    if spaces[0] == "storage":
        return {"buffer": {"type": "storage" if "read_write" in spaces else "read-only-storage"}}
    if kind.strip() == "texture_2d<f32>":
        # r32float cannot be filtered; rgba8unorm is accepted here as well.
        return {"texture": {"sample_type": "unfilterable-float"}}
    storage = _STORAGE_TEXTURE.match(kind.strip())
    if storage is None:
        raise InternalError(f"A shader has a binding of the type {kind.strip()}.")
    return {"storage_texture": {"access": "write-only", "format": storage.group(1)}}
