from __future__ import annotations

from mpgraph.protos.landmark_pb2 import NormalizedLandmark, NormalizedLandmarkList
from mpgraph.testing import detection, run, t

NAME = "DetectionToLandmarksCalculator"


def test_key_points_become_landmarks() -> None:
    given = detection()
    given.location_data.relative_keypoints.add(x=0.25, y=0.5, score=0.75)
    given.location_data.relative_keypoints.add(x=-1)
    expected = NormalizedLandmarkList(
        landmark=[NormalizedLandmark(x=0.25, y=0.5), NormalizedLandmark(x=-1, y=0)]
    )
    node = run(NAME).send("DETECTION", given @ t(1), detection() @ t(2))
    node.expect("LANDMARKS", expected @ t(1), NormalizedLandmarkList() @ t(2))
