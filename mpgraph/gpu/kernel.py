"""Kernel: one WGSL compute shader, ready to be dispatched.

The shader's text is the only place where its bindings are declared: the layout is read from it. All
are in group 0. A uniform buffer at binding 0 is the kernel's parameters, given anew at each dispatch.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from mpgraph.errors import InternalError

FOLDER = Path(__file__).parent / "kernels"
PARAMETERS_SIZE = 256
"""Bytes of parameters a dispatch may have; also what WebGPU aligns their places to."""

_BINDING = re.compile(r"@group\(0\)\s*@binding\((\d+)\)\s*var(?:<([^>]*)>)?\s*\w+\s*:\s*([^;]+);")
_WORKGROUP = re.compile(r"@workgroup_size\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?(?:,\s*(\d+)\s*)?\)")
_STORAGE_TEXTURE = re.compile(r"texture_storage_2d<\s*(\w+)\s*,\s*write\s*>")


class Declaration(NamedTuple):
    """What a shader's text says about itself."""

    bindings: tuple[tuple[int, dict[str, Any]], ...]
    workgroup: tuple[int, int, int]

    @property
    def has_parameters(self) -> bool:
        """Whether binding 0 is a uniform buffer."""
        return bool(self.bindings) and self.bindings[0][1].get("buffer", {}).get("type") == "uniform"


@cache
def source_of(name: str) -> str:
    """The text of `kernels/NAME.wgsl`."""
    return (FOLDER / f"{name}.wgsl").read_text(encoding="utf-8")


@cache
def declaration_of(text: str) -> Declaration:
    """The bindings of group 0 as entries of a bind group layout, by number, and the workgroup's size.

    Raises:
        InternalError: the text has no workgroup size, or a binding of a kind that no kernel uses.
    """
    bindings = tuple(sorted((int(n), _entry(space or "", kind)) for n, space, kind in _BINDING.findall(text)))
    size = _WORKGROUP.search(text)
    if size is None:
        raise InternalError("A shader has no @workgroup_size of plain numbers.")
    x, y, z = (int(part or 1) for part in size.groups())
    return Declaration(bindings, (x, y, z))


def _entry(space: str, kind: str) -> dict[str, Any]:
    spaces = [part.strip() for part in space.split(",")]
    if spaces[0] == "uniform":
        return {"buffer": {"type": "uniform", "has_dynamic_offset": True}}
    if spaces[0] == "storage":
        return {"buffer": {"type": "storage" if "read_write" in spaces else "read-only-storage"}}
    if kind.strip() == "texture_2d<f32>":
        return {"texture": {"sample_type": "unfilterable-float"}}  # Also what can be filtered fits.
    storage = _STORAGE_TEXTURE.match(kind.strip())
    if storage is None:
        raise InternalError(f"A shader has a binding of the type {kind.strip()}.")
    return {"storage_texture": {"access": "write-only", "format": storage.group(1)}}


_numbers = itertools.count(1)


class Kernel:
    """A compiled shader.

    number: no other kernel's, ever. pipeline, layout: wgpu's. bindings: their numbers, that of the
    parameters included. workgroup: its size in x, y and z.
    """

    def __init__(self, device: Any, text: str, label: str, entry_point: str = "main") -> None:
        """Compile.

        Raises:
            wgpu.GPUValidationError: the text is wrong.
        """
        declared = declaration_of(text)
        self.number = next(_numbers)
        self.label = label
        self.has_parameters = declared.has_parameters
        self.workgroup = declared.workgroup
        compute_stage = 4  # wgpu.ShaderStage.COMPUTE
        entries = [
            {"binding": number, "visibility": compute_stage, **entry} for number, entry in declared.bindings
        ]
        self.bindings = tuple(number for number, _ in declared.bindings)
        self.layout = device.create_bind_group_layout(entries=entries, label=label)
        self.pipeline = device.create_compute_pipeline(
            layout=device.create_pipeline_layout(bind_group_layouts=[self.layout]),
            compute={
                "module": device.create_shader_module(code=text, label=label),
                "entry_point": entry_point,
            },
            label=label,
        )
