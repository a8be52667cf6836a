"""GPUs for tests: whichever there is, most often one in software."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

import pytest

# Python 3.10 has no wgpu that fits, nor has the environment of tflite-runtime any.
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
    made = GpuContext()
    yield made
    made.device.destroy()
