"""Record MediaPipe's answers for the tests of FaceMesh, Hands, Pose and Holistic, with MediaPipe 0.10.21.

    PEER tools/conformance/record_landmarks.py

writes files in tests/solutions/recorded: by mode and image, or frame, the rows that tests/landmark_images.py
makes of the results.
"""

from __future__ import annotations

import functools
import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mediapipe_setup import prepare_mediapipe

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT / "models"
RECORDED = ROOT / "tests" / "solutions" / "recorded"


def main() -> None:
    """Record the solutions."""
    prepare_mediapipe(MODELS)
    sys.path.insert(0, str(ROOT / "tests"))
    test = importlib.import_module("landmark_images")
    solutions = importlib.import_module("mediapipe").solutions
    portrait = _rgb(ROOT / "mpgraph" / "demo" / "portrait.jpg")
    hand = _rgb(ROOT / "tests" / "solutions" / "drawn_hand.png")
    faces = functools.partial(solutions.face_mesh.FaceMesh, max_num_faces=2)
    refined_faces = functools.partial(faces, refine_landmarks=True)
    poses = functools.partial(solutions.pose.Pose, enable_segmentation=True)
    people = functools.partial(solutions.holistic.Holistic, enable_segmentation=True)
    refined_people = functools.partial(
        solutions.holistic.Holistic, model_complexity=0, enable_segmentation=True, refine_face_landmarks=True
    )
    waving = test.waving(portrait, hand)
    for name, create, images, image, rows in (
        ("face_mesh", faces, test.FACES, portrait, test.face_rows),
        ("face_mesh_refined", refined_faces, test.FACES, portrait, test.face_rows),
        ("hands", solutions.hands.Hands, test.HANDS, hand, test.hand_rows),
        ("pose", poses, test.POSES, portrait, test.pose_rows),
        ("pose_lite", functools.partial(poses, model_complexity=0), test.POSES, portrait, test.pose_rows),
        ("holistic", people, test.PEOPLE, waving, test.holistic_rows),
        ("holistic_refined", refined_people, test.PEOPLE, waving, test.holistic_rows),
    ):
        answers: dict[str, Any] = {}
        with create(static_image_mode=True) as solution:
            answers["images"] = {
                title: rows(solution.process(np.ascontiguousarray(of(image)))) for title, of in images.items()
            }
        with create() as solution:
            answers["clip"] = [rows(solution.process(frame)) for frame in test.clip(image)]
        text = json.dumps(answers, indent=1)
        text = re.sub(
            r"\[([^\[\]]*)\]", lambda row: "[" + " ".join(row[1].split()) + "]", text
        )  # A row a line.
        (RECORDED / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def _rgb(path: Path) -> Any:
    pixels: Any = cv2.imread(str(path))
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)


if __name__ == "__main__":
    main()
