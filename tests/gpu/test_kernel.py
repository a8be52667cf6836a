from __future__ import annotations

import pytest

from mpgraph.errors import InternalError
from mpgraph.gpu.kernel import FOLDER, declaration_of, source_of
from mpgraph.gpu.limits import DEFAULT_LIMITS

NAMES = sorted(file.stem for file in FOLDER.glob("*.wgsl"))
TEXT = """
@group(0) @binding(0) var<uniform> parameters: P;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var image: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<r32float, write>;
@group(0) @binding(4) var<storage, read> given: array<vec4<f32>>;
@compute @workgroup_size(8, 4)
fn main() {}
"""


def test_bindings_are_read_from_the_text() -> None:
    declared = declaration_of(TEXT)
    assert declared.workgroup == (8, 4, 1) and declared.has_parameters
    assert dict(declared.bindings) == {
        0: {"buffer": {"type": "uniform", "has_dynamic_offset": True}},
        1: {"texture": {"sample_type": "unfilterable-float"}},
        2: {"buffer": {"type": "storage"}},
        3: {"storage_texture": {"access": "write-only", "format": "r32float"}},
        4: {"buffer": {"type": "read-only-storage"}},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "no @workgroup_size"), ("@group(0) @binding(0) var x: sampler;", "of the type sampler")],
)
def test_texts_that_are_no_kernel(text: str, message: str) -> None:
    with pytest.raises(InternalError, match=message):
        declaration_of(text)


@pytest.mark.parametrize("name", NAMES)
def test_kernels_stay_within_the_default_limits(name: str) -> None:
    declared = declaration_of(source_of(name))
    x, y, z = declared.workgroup
    kinds = [next(iter(entry)) for _, entry in declared.bindings]
    assert x * y * z <= DEFAULT_LIMITS["max-compute-invocations-per-workgroup"]
    assert kinds.count("storage_texture") <= DEFAULT_LIMITS["max-storage-textures-per-shader-stage"]
    assert kinds.count("buffer") <= DEFAULT_LIMITS["max-storage-buffers-per-shader-stage"]
    assert "enable " not in source_of(name) and "textureSample" not in source_of(name)
