"""The GPU for tests: the default GPU of the machine, usually a software implementation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mpgraph.gpu import GpuContext, current


@pytest.fixture(scope="session")
def context() -> GpuContext:
    """The GPU that all tests share."""
    return current()


@pytest.fixture
def own_context() -> Iterator[GpuContext]:
    """A separate device, which the test may lose."""
    opened = GpuContext()
    yield opened
    opened.device.destroy()
