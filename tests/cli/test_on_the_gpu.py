"""Commands that compute on the GPU."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.cli.annotate.graph_text import GraphOptions, graph_text
from mpgraph.cli.annotate.solution import Solution
from mpgraph.cli.annotate.table import SOLUTIONS
from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.gpu.adapter import ADAPTER_VARIABLE
from mpgraph.inference.backend import BACKEND_VARIABLE
from mpgraph.media.images import read_image
from mpgraph.media.video_reader import VideoReader

DRAWN_HAND = Path(__file__).parent.parent / "solutions" / "drawn_hand.png"
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


def test_hands_on_the_gpu(cli: Any, tmp_path: Path) -> None:
    found = []
    for options in ((), ("--gpu",), ("--gpu", "--min-detection-confidence", "0.5", "--max-hands", "1")):
        target = tmp_path / "hands.json"
        arguments = ("--data-only", "--force", "--json", target, *options)
        code, _, err = cli("hands", DRAWN_HAND, *arguments)
        # On a machine without a GPU there is a warning about the software in its place.
        assert code == 0 and all(line.startswith("warning: ") for line in err.splitlines())
        [hand] = json.loads(target.read_text("utf-8"))["frames"][0]["hands"]
        found.append([list(point.values()) for point in hand["landmarks"].values()])
    np.testing.assert_allclose(found[1], found[0], atol=0.02)
    np.testing.assert_array_equal(found[2], found[1])


@pytest.mark.parametrize("solution", [s for s in SOLUTIONS if s.name != "objects"], ids=lambda s: s.name)
def test_graphs_of_solutions_on_the_gpu(solution: Solution) -> None:
    settings = {setting.name: setting.default for setting in solution.settings}
    options = GraphOptions(settings, dict.fromkeys(solution.thresholds, 0.375), gpu=True)
    text = graph_text(solution, options, images=False)
    assert text.count(": 0.375") == len(solution.thresholds) and "cpu__" not in text
    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=text)
    assert "output_video" in validated.model.graph_outputs.names


def test_objects_are_found_only_on_the_cpu(cli: Any, portrait_file: Path) -> None:
    code, _, err = cli("objects", portrait_file, "--gpu", "--print-graph")
    assert code == 1 and "no graph for the GPU" in err


@pytest.mark.parametrize("command", ["selfie", "hands", "run"])
def test_missing_gpu_is_reported_in_one_line(
    cli: Any, portrait_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv(ADAPTER_VARIABLE, "no such thing")
    target = tmp_path / "out.png"
    arguments = {
        "selfie": (portrait_file, target, "--gpu"),
        "hands": (portrait_file, target, "--gpu"),
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
