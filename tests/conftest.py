"""Fixtures of all tests."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import MpgraphError
from mpgraph.framework import plugins, resources
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS

pytest_plugins = ["pytester"]

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(Path(__file__).parent))  # scripted_graphs


@pytest.fixture(autouse=True)
def own_resource_path(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ignore the machine's MPGRAPH_RESOURCE_PATH, and reset the resource folder after each test."""
    monkeypatch.delenv(resources.RESOURCE_PATH_VARIABLE, raising=False)
    yield
    resources.set_resource_dir(None)


@pytest.fixture
def forgotten_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Undo a test's imports from below tmp_path and its changes of sys.path."""
    # monkeypatch restores the sys.path it found at its first syspath_prepend, so that has to be now, before
    # the code under test adds folders.
    monkeypatch.syspath_prepend(tmp_path)
    del sys.path[0]
    yield
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]
            for registry in (CALCULATORS, SUBGRAPHS):
                registry.forget({name})
    plugins.retry()


AUTHORS_IMPORTS = """from __future__ import annotations
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple
import mpgraph as mp
"""


@pytest.fixture
def complaint_about(tmp_path: Path, forgotten_modules: None) -> Callable[[str], MpgraphError]:
    """Returns the error of importing a module with a text; it must be at the line marked `# <-`."""

    def complaint(text: str) -> MpgraphError:
        file = tmp_path / "authors_module.py"
        file.write_text(AUTHORS_IMPORTS + text, encoding="utf-8")
        sys.path.insert(0, str(tmp_path))
        with pytest.raises(MpgraphError) as raised:
            importlib.import_module(file.stem)
        lines = (AUTHORS_IMPORTS + text).splitlines()
        marked = [number for number, line in enumerate(lines, 1) if line.endswith("# <-")]
        location = raised.value.location
        assert location is not None and [location.line] == marked, str(raised.value)
        assert location.file == str(file)
        return raised.value

    return complaint


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The folder with pyproject.toml."""
    return CHECKOUT


@pytest.fixture(scope="session")
def portrait_file() -> Path:
    """The shipped image: a JPEG of one person, 512x512."""
    return resources.demo_image()


@pytest.fixture(scope="session")
def portrait(portrait_file: Path) -> npt.NDArray[np.uint8]:
    """The shipped image as 512x512x3 uint8 RGB, read-only because all tests share it."""
    bgr = cv2.imread(str(portrait_file))
    assert bgr is not None
    rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    rgb.flags.writeable = False
    return rgb
