"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph import resources

CHECKOUT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def own_resource_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test depends on the machine's MPGRAPH_RESOURCE_PATH or leaves a resource folder set."""
    monkeypatch.delenv(resources.RESOURCE_PATH_VARIABLE, raising=False)
    yield
    resources.set_resource_dir(None)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder with pyproject.toml."""
    return CHECKOUT


@pytest.fixture(scope="session")
def portrait_file() -> Path:
    """The shipped picture: a JPEG of one person, 512x512."""
    return resources.demo_picture()


@pytest.fixture(scope="session")
def portrait(portrait_file: Path) -> npt.NDArray[np.uint8]:
    """The shipped picture as 512x512x3 uint8 RGB, read-only because all tests share it."""
    bgr = cv2.imread(str(portrait_file))
    assert bgr is not None
    rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    rgb.flags.writeable = False
    return rgb
