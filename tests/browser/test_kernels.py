"""Every kernel compiles with Tint, Chromium's WGSL compiler, within WebGPU's default limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import mpgraph
from mpgraph.gpu.shader import load_shader, shader_names

FOLDERS = sorted({file.parent for file in Path(mpgraph.__file__).parent.rglob("kernels/*.wgsl")})
KERNELS = [(folder, name) for folder in FOLDERS for name in shader_names(folder)]

SETTINGS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]

OPEN_DEVICE = """async () => {
  const adapter = navigator.gpu && await navigator.gpu.requestAdapter();
  if (!adapter) return null;
  window.device = await adapter.requestDevice();
  return adapter.info.description || adapter.info.vendor || "a GPU";
}"""

COMPILE = """async (code) => {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({code});
  const messages = (await module.getCompilationInfo()).messages;
  device.createComputePipeline({layout: "auto", compute: {module, entryPoint: "main"}});
  const error = await device.popErrorScope();
  const lines = messages.map(m => `${m.type} in line ${m.lineNum}: ${m.message}`);
  return error ? [...lines, error.message] : lines;
}"""


@pytest.fixture(scope="module")
def page(launch: Callable[..., Browser]) -> Page:
    """A page with a WebGPU device, in software."""
    page = launch(*SETTINGS).new_page()
    # WebGPU requires a secure context: this address is secure, about:blank is not.
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://localhost/")
    assert page.evaluate(OPEN_DEVICE) is not None
    return page


def test_both_folders_are_covered() -> None:
    assert len(FOLDERS) == 2 and len(KERNELS) >= 26


@pytest.mark.parametrize(("folder", "name"), KERNELS, ids=[f"{f.parts[-2]}-{name}" for f, name in KERNELS])
def test_compiles(page: Any, folder: Path, name: str) -> None:
    assert page.evaluate(COMPILE, load_shader(name, folder).text) == []


def test_compilation_errors_are_detected(page: Any) -> None:
    assert page.evaluate(COMPILE, "@compute @workgroup_size(512) fn main() {}") != []
    assert page.evaluate(COMPILE, "fn main() { let target = 1; }") != []
