"""GPUs for tests: the preferred one of the machine, usually a software implementation."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

# There is no wgpu for Python 3.10, and none in the environment of tflite-runtime.
collect_ignore_glob = [] if importlib.util.find_spec("wgpu") else ["test_*.py"]

if not collect_ignore_glob:
    from mpgraph.gpu import GpuContext, current


@pytest.fixture(scope="session")
def context() -> GpuContext:
    """The GPU that all tests share."""
    return current()


@pytest.fixture
def own_context() -> Iterator[GpuContext]:
    """A device of the test's own, which it may lose."""
    opened = GpuContext()
    yield opened
    opened.device.destroy()
