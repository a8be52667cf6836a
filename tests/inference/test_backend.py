from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InferenceError, InvalidArgumentError
from mpgraph.inference import TfliteModel, backends, create_runner, load_model
from mpgraph.inference.backend import BACKEND_VARIABLE

PACKAGES = {"litert": "ai_edge_litert", "tflite_runtime": "tflite_runtime", "openvino": "openvino"}


def available() -> list[str]:
    return [status.name for status in backends() if status.available]


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Hide installed packages."""
    for name in names:
        monkeypatch.setitem(sys.modules, PACKAGES[name], None)


def test_required_backends_are_available() -> None:
    wanted = os.environ.get("MPGRAPH_TEST_BACKENDS", "").split(",")
    assert {name for name in wanted if name} <= set(available())
    assert available()


def test_each_backend_has_name_and_version() -> None:
    assert [status.name for status in backends()] == ["litert", "tflite_runtime", "openvino"]
    every = backends(on_request=True)
    assert [status.name for status in every[3:]] == ["webgpu"] and every[:3] == backends()
    for status in every:
        if status.available:
            assert status.version and status.version[0].isdigit() and status.why_not is None
        else:
            assert status.why_not and "pip install" in status.why_not


def test_importing_loads_no_backend() -> None:
    code = (
        "import sys, mpgraph.inference as i; i.backends();"
        f"print([name for name in {list(PACKAGES.values())} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


RUN = """
import sys
from mpgraph import inference
from mpgraph.framework import resources
model = (resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()
with inference.create_runner(inference.load_model(model, origin="m"), backend=sys.argv[1]) as runner:
    runner.run([runner.input_view(0)])
"""


def test_backends_print_nothing() -> None:
    for name in available():
        if name == "litert":  # It has no setting for that.
            continue
        done = subprocess.run([sys.executable, "-c", RUN, name], capture_output=True, text=True, check=True)
        assert (done.stdout, done.stderr) == ("", "")


def test_all_backends_agree(selfie_model: TfliteModel, face: npt.NDArray[np.float32]) -> None:
    masks = []
    for name in available():
        with create_runner(selfie_model, backend=name) as runner:
            masks += runner.run([face])
    for mask in masks[1:]:
        np.testing.assert_allclose(mask, masks[0], atol=1e-4)


def test_first_installed_backend_is_used(doubler: TfliteModel) -> None:
    with create_runner(doubler) as runner:
        assert runner.backend == available()[0]


def test_environment_variable_selects_the_backend(
    doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv(BACKEND_VARIABLE, backend)
    with create_runner(doubler) as runner:
        assert runner.backend == backend


def test_argument_takes_precedence_over_the_environment(
    doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch, backend: str
) -> None:
    monkeypatch.setenv(BACKEND_VARIABLE, "nonsense")
    with create_runner(doubler, backend=backend) as runner:
        assert runner.backend == backend


def test_unknown_name_gets_a_suggestion(doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidArgumentError, match='"openvno".* Did you mean "openvino"'):
        create_runner(doubler, backend="openvno")
    monkeypatch.setenv(BACKEND_VARIABLE, "cuda")
    with pytest.raises(
        InvalidArgumentError, match=f"{BACKEND_VARIABLE}.*Known are litert, tflite_runtime, openvino"
    ):
        create_runner(doubler)


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("litert", "pip install ai-edge-litert"),
        ("tflite_runtime", r"pip install \"mpgraph\[tflite-runtime\]\""),
        ("openvino", r"pip install \"mpgraph\[openvino\]\""),
    ],
)
def test_missing_backend_is_reported_with_the_install_command(
    doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch, name: str, command: str
) -> None:
    without(monkeypatch, name)
    with pytest.raises(InferenceError, match=f'"{name}" cannot be used: it is not installed: {command}'):
        create_runner(doubler, backend=name)


def test_version_with_wrong_results_is_not_used(
    doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "openvino").mkdir()
    (tmp_path / "openvino" / "__init__.py").touch()
    (tmp_path / "openvino-2025.4.0.dist-info").mkdir()
    (tmp_path / "openvino-2025.4.0.dist-info" / "METADATA").write_text("Name: openvino\nVersion: 2025.4.0\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "openvino" not in available()
    with pytest.raises(InferenceError, match="2025.4.0 computes wrong results: pip install"):
        create_runner(doubler, backend="openvino")


def test_without_any_backend_all_are_listed(doubler: TfliteModel, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, *PACKAGES)
    with pytest.raises(
        InferenceError, match="No inference backend is installed: pip install ai-edge-litert, or"
    ):
        create_runner(doubler)


@pytest.mark.parametrize("name", ["MaxPoolArgmax", "MaxUnpooling2D"])
def test_unsupported_operator_is_reported_with_the_backends_tried(builder: Any, name: str) -> None:
    x, y = builder.tensor("x", [1, 4, 4, 1]), builder.tensor("y", [1, 2, 2, 1])
    builder.operator(name, [x], [y])
    model = load_model(builder.build([x], [y]), origin="hair.tflite")
    with pytest.raises(
        InferenceError, match=rf'can run "hair\.tflite"\. It has the custom operator {name}'
    ) as caught:
        create_runner(model)
    assert all(f"{tried}: " in str(caught.value) for tried in available())
    assert "\n" not in str(caught.value)


def test_only_the_selected_backend_is_tried(builder: Any, backend: str) -> None:
    x, y = builder.tensor("x", [1]), builder.tensor("y", [1])
    builder.operator("Nonsense", [x], [y])
    model = load_model(builder.build([x], [y]), origin="m")
    with pytest.raises(InferenceError) as caught:
        create_runner(model, backend=backend)
    assert [name for name in PACKAGES if f" {name}: " in str(caught.value)] == [backend]
