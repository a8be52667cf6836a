from __future__ import annotations

import pytest

from mpgraph.errors import GpuError
from mpgraph.gpu.opened import current
from mpgraph.inference.webgpu import pipelines
from mpgraph.inference.webgpu.parameters import FOLDER


def test_a_kernel_is_compiled_once() -> None:
    assert pipelines.pipeline_of(current(), "unary") is pipelines.pipeline_of(current(), "unary")


@pytest.mark.parametrize("kernel", sorted(path.stem for path in FOLDER.glob("*.wgsl")))
def test_every_kernel_compiles(kernel: str) -> None:
    pipelines.pipeline_of(current(), kernel)


def test_one_that_does_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipelines, "source_of", lambda name: "fn main() { let x: i32 = 1.5; }")
    with pytest.raises(GpuError, match='does not take the kernel "broken"'):
        pipelines.pipeline_of(current(), "broken")
