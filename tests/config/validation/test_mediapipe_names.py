from __future__ import annotations

import pytest

from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.mediapipe_names import is_graph_file, mediapipe_folder


@pytest.mark.parametrize(
    ("name", "folder", "is_graph"),
    [
        ("BoxTrackerCalculator", "calculators/video", False),
        ("PacketClonerCalculator", "calculators/core", False),
        ("LandmarksToTensorCalculator", "calculators/tensor", False),  # registered by its own constant
        ("HandRendererSubgraph", "graphs/hand_tracking/subgraphs", True),
        ("mediapipe.tasks.vision.pose_detector.PoseDetectorGraph", "tasks/cc/vision/pose_detector", False),
        ("MyCalculator", "", False),
    ],
)
def test_folders(name: str, folder: str, is_graph: bool) -> None:
    assert (mediapipe_folder(name), is_graph_file(name)) == (folder, is_graph)


def test_hint_for_what_mpgraph_lacks() -> None:
    (one,) = diagnose('node { calculator: "BoxTrackerCalculator" }')
    assert one.suggestion == "MediaPipe has it (mediapipe/calculators/video), mpgraph does not yet."


def test_hint_for_a_subgraph_of_mediapipe() -> None:
    (one,) = diagnose('node { calculator: "HandRendererSubgraph" }')
    assert "mediapipe/graphs/hand_tracking/subgraphs" in one.suggestion
    assert "MPGRAPH_RESOURCE_PATH" in one.suggestion
