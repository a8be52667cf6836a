from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mpgraph.framework import resources
from mpgraph.io import opencv_packages


def test_healthy_machine(cli: Any) -> None:
    code, out, err = cli("doctor")
    assert (code, err) == (0, "")
    topics = [line.split()[1] for line in out.splitlines()]
    for topic in (
        "mpgraph",
        "Python",
        "packages",
        "inference",
        "video",
        "display",
        "GPU",
        "models",
        "self-test",
    ):
        assert topic in topics
    assert "litert" in out and "in use" in out
    assert "54 % of it is a person" in out
    assert not [line for line in out.splitlines() if line.startswith("!!")]


def test_quick_skips_the_self_test(cli: Any) -> None:
    lines = cli("doctor", "--quick").out.splitlines()
    checks = {line.split()[1] for line in lines if line.startswith(("ok", "--", "!!"))}
    assert "models" in checks and "self-test" not in checks


def test_unknown_backend_is_a_failure(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_INFERENCE_BACKEND", "lightning")
    code, out, _ = cli("doctor")
    assert code == 1
    assert "!!  inference" in out and "!!  self-test" in out


def test_unpublished_model_on_the_resource_path_is_reported(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "mediapipe" / "modules" / "selfie_segmentation" / "selfie_segmentation.tflite"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"something else")
    monkeypatch.setenv(resources.RESOURCE_PATH_VARIABLE, str(tmp_path))
    code, out, _ = cli("doctor", "--quick")
    assert code == 0
    assert f"sha256 differs from the published one: {other}" in out


def test_all_models_of_the_manifest_are_checked(cli: Any) -> None:
    lines = cli("doctor", "--quick").out.splitlines()
    shipped = len(resources.model_manifest().in_distribution("mpgraph"))
    assert f"ok  models      mpgraph: {shipped} of {shipped} models have the published sha256" in lines
    assert any("mpgraph-models" in line and line[:2] in ("ok", "--") for line in lines)


def test_plug_ins_are_listed_and_broken_plug_ins_reported(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgotten_modules: None
) -> None:
    assert "--  plug-ins" in cli("doctor", "--quick").out
    info = tmp_path / "shapes-0.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shapes\nVersion: 0.3\n", encoding="utf-8")
    entries = "shapes = shapes_good\nbroken = shapes_bad\nNoClass = shapes_good:NoClass"
    (info / "entry_points.txt").write_text(f"[mpgraph.calculators]\n{entries}\n", encoding="utf-8")
    (tmp_path / "shapes_good.py").write_text("", encoding="utf-8")
    (tmp_path / "shapes_bad.py").write_text("import no_such_module\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    code, out, _ = cli("doctor", "--quick")
    assert code == 0
    lines = [line for line in out.splitlines() if "plug-ins" in line]
    assert [line[:2] for line in lines] == ["!!", "!!", "ok"]
    assert 'has no "NoClass"' in lines[0]
    assert "no_such_module" in lines[1]
    assert lines[2].endswith("shapes 0.3: the module shapes_good")


def test_several_distributions_of_opencv_are_reported(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"opencv-python-headless": "5.0", "opencv-contrib-python": "4.11"}
    monkeypatch.setattr(opencv_packages, "installed", lambda: both)
    code, out, _ = cli("doctor", "--quick")
    assert code == 0
    assert "uninstall -y opencv-python-headless opencv-contrib-python\n" in out
    assert "pip install opencv-contrib-python==4.11\n" in out


def test_a_desktop_without_windows_of_opencv_is_reported(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opencv_packages, "installed", lambda: {"opencv-python-headless": "5.0"})
    monkeypatch.setattr(opencv_packages, "has_windows", lambda _cv2: False)
    monkeypatch.setenv("DISPLAY", ":0")
    out = cli("doctor", "--quick").out
    assert "for programs that call cv2.imshow" in out
    assert "pip install opencv-python\n" in out
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "for programs that call cv2.imshow" not in cli("doctor", "--quick").out
