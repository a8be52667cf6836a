from __future__ import annotations

import struct
from pathlib import Path

import pytest

from mpgraph.errors import InternalError
from mpgraph.gpu.limits import DEFAULT_LIMITS
from mpgraph.gpu.shader import FOLDER, load_shader, parse_shader, shader_names
from mpgraph.inference.webgpu.packing import KERNELS

ALL = [(name, folder) for folder in (FOLDER, KERNELS) for name in shader_names(folder)]
TEXT = """
struct Params {
  // scale: i32, is a comment
  count: u32,
  scale: vec4<f32>, // offset: f32,
  step: vec4<i32>,
  share: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var image: texture_2d<f32>;
@group(0) @binding(3) var target_image: texture_storage_2d<r32float, write>;
@group(0) @binding(4) var<storage, read> given: array<vec4<f32>>;
@compute @workgroup_size(8, 4)
fn main() {}
"""
SIZE = "@compute @workgroup_size(1) fn main() {}"
UNIFORM = "@group(0) @binding(0) var<uniform> params: Params;"


def test_bindings_are_read_from_the_text() -> None:
    shader = parse_shader("s", TEXT)
    assert shader.workgroup == (8, 4, 1)
    assert dict(shader.bindings) == {
        0: {"buffer": {"type": "uniform", "has_dynamic_offset": True}},
        1: {"texture": {"sample_type": "unfilterable-float"}},
        2: {"buffer": {"type": "storage"}},
        3: {"storage_texture": {"access": "write-only", "format": "r32float"}},
        4: {"buffer": {"type": "read-only-storage"}},
    }


def test_parameters_are_packed_in_the_structs_order_and_alignment() -> None:
    parameters = parse_shader("s", TEXT).parameters
    assert parameters is not None
    packed = parameters.pack({"share": 0.5, "scale": (1, 2, 3, 4.5), "count": True, "step": [1, -2, 3, 4]})
    assert packed == struct.pack("<I12x4f4if12x", 1, 1, 2, 3, 4.5, 1, -2, 3, 4, 0.5)
    assert len(packed) % 16 == 0


@pytest.mark.parametrize("values", [{"bta": 0.5, "count": 3}, {"beta": 0.5, "bta": 0.5, "count": 3}, {}])
def test_missing_or_superfluous_parameters_are_rejected(values: dict[str, float]) -> None:
    shader = parse_shader("s", f"struct Params {{ count: i32, beta: f32 }}\n{UNIFORM}\n{SIZE}")
    assert shader.parameters is not None
    with pytest.raises(InternalError, match="The shader s and its caller disagree about .*b?t?a"):
        shader.parameters.pack(values)


def test_shader_without_uniform_buffer_has_no_parameters() -> None:
    assert parse_shader("s", SIZE).parameters is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no @workgroup_size"),
        (f"@group(0) @binding(0) var x: sampler; {SIZE}", "of the type sampler"),
        (f"{UNIFORM} {SIZE}", "no struct Params"),
        (f"struct Params {{ size: vec2<f32>, }} {UNIFORM} {SIZE}", "size of the type vec2<f32>"),
        (f"struct Params {{ {''.join(f'a{i}: f32,' for i in range(65))} }} {UNIFORM} {SIZE}", "exceed 256"),
    ],
)
def test_unsupported_texts_are_rejected(text: str, message: str) -> None:
    with pytest.raises(InternalError, match=message):
        parse_shader("s", text)


SHARED_TEXT = f"""
// Everything here uses half().
{UNIFORM}
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(1) var<storage, read_write> unused: array<f32>;

struct Params {{
  scale: f32,
}}

fn half(x: f32) -> f32 {{
  return scaled(x / 2.0);
}}

fn scaled(x: f32) -> f32 {{
  return x * values[0];
}}
"""


def linked(folder: Path, kernel: str) -> str:
    (folder / "one.wgsl").write_text(kernel, encoding="utf-8")
    (folder / "shared.wgsl").write_text(SHARED_TEXT, encoding="utf-8")
    assert shader_names(folder) == ["one"]
    shader = load_shader("one", folder)
    assert shader.text.startswith(kernel)  # So line numbers in a compiler's messages are those of its file.
    return shader.text.removeprefix(kernel)


def test_kernel_is_linked_with_the_shared_declarations_that_it_uses(tmp_path: Path) -> None:
    shared = linked(tmp_path, "// params\n@compute @workgroup_size(1) fn main() { half(1.0); }")
    assert "fn half" in shared and "fn scaled" in shared and "> values" in shared
    assert "unused" not in shared and "Params" not in shared


def test_kernels_own_declaration_replaces_the_shared_one(tmp_path: Path) -> None:
    own = "struct Params {\n  count: i32,\n}\n@compute @workgroup_size(1) fn main() { let c = params.count; }"
    shared = linked(tmp_path, own)
    assert UNIFORM in shared and "struct Params" not in shared
    assert load_shader("one", tmp_path).parameters is not None


@pytest.mark.parametrize(("name", "folder"), ALL)
def test_kernels_stay_within_the_default_limits(name: str, folder: Path) -> None:
    shader = load_shader(name, folder)
    x, y, z = shader.workgroup
    types = [next(iter(entry)) for _, entry in shader.bindings]
    assert x * y * z <= DEFAULT_LIMITS["max-compute-invocations-per-workgroup"]
    assert types.count("storage_texture") <= DEFAULT_LIMITS["max-storage-textures-per-shader-stage"]
    assert types.count("buffer") <= DEFAULT_LIMITS["max-storage-buffers-per-shader-stage"]
    assert "enable " not in shader.text and "textureSample" not in shader.text


@pytest.mark.parametrize("name", shader_names(KERNELS))
def test_kernels_of_models_have_what_the_plan_runner_relies_on(name: str) -> None:
    shader = load_shader(name, KERNELS)
    bindings = dict(shader.bindings)
    assert shader.workgroup == (64, 1, 1)  # as `invocation` in shared.wgsl assumes
    assert shader.parameters is not None and bindings[1] == {"buffer": {"type": "storage"}}
