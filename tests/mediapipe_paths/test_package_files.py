"""The files below MediaPipe's package."""

from __future__ import annotations

import importlib
import importlib.resources
import subprocess
import sys
from pathlib import Path

import numpy as np

import mpgraph
from mpgraph.framework.resources import find_resource
from mpgraph.protos import calculator_pb2
from mpgraph.solutions.solution_base import SolutionBase


def folder(package: str) -> Path:
    file = importlib.import_module(f"mpgraph.{package}").__file__
    assert file is not None
    return Path(file).parent


def test_models_and_labels_are_those_that_mpgraph_finds() -> None:
    modules = folder("modules")
    for name in ("face_landmark/face_landmark.tflite", "hand_landmark/handedness.txt"):
        assert (modules / name).read_bytes() == find_resource(f"mediapipe/modules/{name}").read_bytes()


def test_graphs_are_binary() -> None:
    data = (folder("modules.face_detection") / "face_detection_short_range_cpu.binarypb").read_bytes()
    config = calculator_pb2.CalculatorGraphConfig.FromString(data)
    assert config.type == "FaceDetectionShortRangeCpu"
    assert config.node


def test_solutions_run_graphs_by_their_absolute_path() -> None:
    graph = folder("modules") / "selfie_segmentation" / "selfie_segmentation_cpu.binarypb"
    inputs = {"model_selection": 1}
    with SolutionBase(str(graph), side_inputs=inputs, outputs=["segmentation_mask"]) as solution:
        assert solution.process(np.zeros((8, 6, 3), np.uint8)).segmentation_mask.shape == (8, 6)


def test_packages_are_read_by_importlib_resources() -> None:
    files = importlib.resources.files("mpgraph.modules.palm_detection")
    assert files.joinpath("palm_detection_lite.tflite").is_file()


def test_path_is_the_folder() -> None:
    module = importlib.import_module("mpgraph.modules.iris_landmark")
    assert [*module.__path__] == [str(folder("modules.iris_landmark"))]


def test_folder_is_written_on_first_use_and_removed_at_exit(tmp_path: Path) -> None:
    code = (
        "import os, sys, tempfile\n"
        "tempfile.tempdir = sys.argv[1]\n"
        "import mpgraph.modules\n"
        "assert not os.listdir(sys.argv[1])\n"
        "print(mpgraph.modules.__file__)\n"
        "if hasattr(os, 'fork') and os.fork() == 0: sys.exit()\n"
        "if hasattr(os, 'fork'): os.wait()\n"
        "assert os.path.isdir(mpgraph.modules.__path__[0])\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    checkout = Path(mpgraph.__file__).parent.parent
    done = subprocess.run(command, capture_output=True, text=True, cwd=checkout)
    assert done.stderr == ""
    assert Path(done.stdout.strip()).is_relative_to(tmp_path)
    assert not [*tmp_path.iterdir()]
