"""Fixtures of all tests."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, settings

from mpgraph import inference
from mpgraph.errors import MpgraphError
from mpgraph.framework import plugins, resources
from mpgraph.framework.registry import CALCULATORS, SUBGRAPHS
from mpgraph.inference.backend import BACKEND_VARIABLE

pytest_plugins = ["pytester", "scripted_graphs"]

# How long an example takes depends on what else the machine does.
settings.register_profile("mpgraph", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mpgraph")

BUILD_MODELS = "python tools/models/build.py wheel --out dist && pip install dist/mpgraph_models-*.whl"
CHECKOUT = Path(__file__).resolve().parent.parent
BACKENDS = [status.name for status in inference.backends() if status.available]

# There is no wgpu for Python 3.10, and none in the environment of tflite-runtime.
if importlib.util.find_spec("wgpu") is None:
    tests_on_gpu = (
        "gpu/*",
        "inference/webgpu/*",
        "graphs/test_gpu_*.py",
        "cli/test_on_the_gpu.py",
        "solutions/test_device.py",
    )
    collect_ignore_glob = [f"{CHECKOUT}/tests/{pattern}" for pattern in tests_on_gpu]


@pytest.fixture(autouse=True)
def own_import_path() -> Iterator[None]:
    """Entries that a test adds to sys.path are removed after it.

    Must be set up before `monkeypatch` and so torn down after it: `monkeypatch.syspath_prepend` restores the
    path as it was at its first call, with everything that the test had added by then.
    """
    before = [*sys.path]
    yield
    sys.path[:] = before


@pytest.fixture(autouse=True)
def own_resource_path(own_import_path: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test depends on the machine's MPGRAPH_RESOURCE_PATH or leaves a resource folder set."""
    monkeypatch.delenv(resources.RESOURCE_PATH_VARIABLE, raising=False)
    yield
    resources.set_resource_dir(None)


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_settings(own_import_path: None, monkeypatch: pytest.MonkeyPatch, cache_folder: Path) -> None:
    """No test depends on the user's inference backend or touches the user's cache."""
    monkeypatch.delenv(BACKEND_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_folder))


@pytest.fixture
def forgotten_modules(tmp_path: Path) -> Iterator[None]:
    """Forget the modules that a test imports from below tmp_path, and the classes that they registered."""
    yield
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", None)).startswith(str(tmp_path)):
            del sys.modules[name]
    for registry in (CALCULATORS, SUBGRAPHS):
        # A module whose import failed has registered what is above the failing line.
        classes = registry.classes().values()
        registry.forget({cls.__module__ for cls in classes if cls.__module__ not in sys.modules})
    plugins.retry()


USER_IMPORTS = """from __future__ import annotations
import enum
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple
import mpgraph as mp
"""


@pytest.fixture
def complaint_about(tmp_path: Path, forgotten_modules: None) -> Callable[[str], MpgraphError]:
    """Returns the error of importing a module with a text; it must be at the line marked `# <-`."""

    def complaint(text: str) -> MpgraphError:
        file = tmp_path / "authors_module.py"
        file.write_text(USER_IMPORTS + text, encoding="utf-8")
        sys.path.insert(0, str(tmp_path))
        with pytest.raises(MpgraphError) as raised:
            importlib.import_module(file.stem)
        lines = (USER_IMPORTS + text).splitlines()
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


@pytest.fixture
def extra_models() -> None:
    """Skips a test without mpgraph-models; with MPGRAPH_TEST_MODELS, as in .ci/run, fails it."""
    if importlib.util.find_spec("mpgraph_models") is None:
        stop = pytest.fail if os.environ.get("MPGRAPH_TEST_MODELS") else pytest.skip
        stop(f"needs the package mpgraph-models: {BUILD_MODELS}")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Each installed inference backend of the CPU in turn; MPGRAPH_TEST_BACKENDS lists those that must be."""
    return str(request.param)
