"""Chromium's WGSL compiler, Tint, takes every kernel that wgpu's takes, within WebGPU's default limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

import mpgraph

KERNELS = sorted(Path(mpgraph.__file__).parent.rglob("kernels/*.wgsl"))

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
  const said = (await module.getCompilationInfo()).messages;
  device.createComputePipeline({layout: "auto", compute: {module, entryPoint: "main"}});
  const error = await device.popErrorScope();
  const lines = said.map(m => `${m.type} in line ${m.lineNum}: ${m.message}`);
  return error ? [...lines, error.message] : lines;
}"""


@pytest.fixture(scope="module")
def page(launch: Callable[..., Browser]) -> Page:
    """A page with a WebGPU device, in software."""
    page = launch(*SETTINGS).new_page()
    # WebGPU is there in secure contexts only, which this address is and about:blank is not.
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto("http://localhost/")
    assert page.evaluate(OPEN_DEVICE) is not None
    return page


@pytest.mark.parametrize("kernel", KERNELS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_compiles(page: Any, kernel: Path) -> None:
    assert page.evaluate(COMPILE, kernel.read_text(encoding="utf-8")) == []


def test_a_mistake_would_be_noticed(page: Any) -> None:
    assert page.evaluate(COMPILE, "@compute @workgroup_size(512) fn main() {}") != []
    assert page.evaluate(COMPILE, "fn main() { let target = 1; }") != []
