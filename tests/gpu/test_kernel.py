from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.errors import GpuError
from mpgraph.gpu import GpuContext
from mpgraph.gpu.kernel import spread
from mpgraph.gpu.shader import FOLDER, load_shader, parse_shader, shader_names
from mpgraph.inference.webgpu.packing import KERNELS

ALL = [(name, folder) for folder in (FOLDER, KERNELS) for name in shader_names(folder)]


@pytest.mark.parametrize(("name", "folder"), ALL)
def test_every_kernel_compiles(context: GpuContext, name: str, folder: Path) -> None:
    assert context.kernel(load_shader(name, folder)).pipeline


def test_kernel_is_compiled_once(context: GpuContext) -> None:
    assert context.kernel(load_shader("warp")) is context.kernel(load_shader("warp"))


def test_invalid_shader_is_reported_with_its_name(context: GpuContext) -> None:
    broken = parse_shader("broken", "@compute @workgroup_size(1) fn main() { oops }")
    with pytest.raises(GpuError, match='The shader "broken" does not compile'):
        context.kernel(broken)


def test_workgroups_cover_an_image(context: GpuContext) -> None:
    kernel = context.kernel(load_shader("warp"))
    assert kernel.groups_over(16, 8) == (2, 1, 1) and kernel.groups_over(17, 9) == (3, 2, 1)


def test_many_workgroups_spread_over_two_dimensions() -> None:
    assert spread(1) == (1, 1, 1) and spread(65535) == (65535, 1, 1)
    x, y, z = spread(200_001)
    assert x <= 65535 and 200_001 <= x * y < 200_001 + y and z == 1
