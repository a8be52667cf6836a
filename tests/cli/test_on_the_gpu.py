"""Commands that compute on the GPU."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.gpu.adapter import ADAPTER_VARIABLE
from mpgraph.inference.backend import BACKEND_VARIABLE
from mpgraph.media.images import read_image
from mpgraph.media.video_reader import VideoReader

GRAPH = "mediapipe/graphs/selfie_segmentation/selfie_segmentation_gpu.pbtxt"


def test_selfie_on_the_gpu(cli: Any, portrait_file: Path, tmp_path: Path) -> None:
    for name, options in (("cpu.png", ()), ("gpu.png", ("--gpu",))):
        assert cli("selfie", portrait_file, tmp_path / name, "-b", "lime", *options).code == 0
    on_cpu, on_gpu = (read_image(tmp_path / name).astype(int) for name in ("cpu.png", "gpu.png"))
    assert 0 < np.abs(on_cpu - on_gpu).mean() < 2


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_gpu_graph_on_an_image(
    cli: Any, portrait_file: Path, portrait: npt.NDArray[np.uint8], tmp_path: Path, suffix: str
) -> None:
    target = tmp_path / f"out{suffix}"
    code, out, err = cli("run", GRAPH, "--input-image", portrait_file, "--output-image", target)
    assert (code, out, err) == (0, f"{target} (512x512)\n", "")
    result = read_image(target).astype(int)
    assert np.abs(result[60:150, 190:270] - portrait[60:150, 190:270]).mean() < 4  # a face
    assert np.abs(result[:150, 380:500] - (0, 0, 255)).mean() < 4  # a wall


def test_gpu_graph_on_a_video(cli: Any, clip: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    assert cli("run", GRAPH, "-i", clip, "-o", target) == (0, f"{target} (64x48, 12 frames)\n", "")
    with VideoReader(clip) as before, VideoReader(target) as after:
        assert [frame.timestamp_us for frame in before] == [frame.timestamp_us for frame in after]


@pytest.mark.parametrize("command", ["selfie", "run"])
def test_missing_gpu_is_reported_in_one_line(
    cli: Any, portrait_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv(ADAPTER_VARIABLE, "no such thing")
    target = tmp_path / "out.png"
    arguments = {
        "selfie": (portrait_file, target, "--gpu"),
        "run": (GRAPH, "--input-image", portrait_file, "--output-image", target),
    }
    code, _, err = cli(command, *arguments[command])
    assert code != 0 and 'No GPU fits MPGRAPH_GPU_ADAPTER="no such thing"' in err and "Traceback" not in err
    assert not target.exists()


def test_doctor_names_the_gpu(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = [line for line in cli("doctor").out.splitlines() if ", with wgpu " in line]
    assert "GPU" in line
    monkeypatch.setenv(BACKEND_VARIABLE, "webgpu")
    (line,) = [line for line in cli("doctor").out.splitlines() if "webgpu" in line]
    assert "in use (set by MPGRAPH_INFERENCE_BACKEND)" in line
    monkeypatch.delenv(BACKEND_VARIABLE)
    monkeypatch.setenv(ADAPTER_VARIABLE, "no such thing")
    assert "No GPU fits" in cli("doctor").out
