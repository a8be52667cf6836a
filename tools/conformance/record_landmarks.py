"""Record MediaPipe's answers for the tests of FaceMesh and Hands, with MediaPipe 0.10.21.

    PEER tools/conformance/record_landmarks.py

writes tests/solutions/recorded/face_mesh.json and hands.json: by mode and image, or frame, a row of
coordinates for each face, of every 13th landmark, and for each hand its label, score, landmarks and world
landmarks.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
RECORDED = ROOT / "tests" / "solutions" / "recorded"
sys.path.insert(0, str(ROOT / "tests"))

from landmark_images import FACES, HANDS, clip, face_rows, hand_rows  # noqa: E402


def main() -> None:
    """Record both solutions."""
    solutions = importlib.import_module("mediapipe").solutions
    portrait = _rgb(ROOT / "mpgraph" / "demo" / "portrait.jpg")
    hand = _rgb(ROOT / "tests" / "solutions" / "drawn_hand.png")
    _record(solutions.face_mesh.FaceMesh, {"max_num_faces": 2}, FACES, portrait, face_rows, "face_mesh")
    _record(solutions.hands.Hands, {}, HANDS, hand, hand_rows, "hands")


def _rgb(path: Path) -> Any:
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


def _record(cls: Any, arguments: Any, images: Any, image: Any, rows: Any, name: str) -> None:
    answers: dict[str, Any] = {}
    with cls(static_image_mode=True, **arguments) as solution:
        answers["images"] = {
            title: rows(solution.process(np.ascontiguousarray(of(image)))) for title, of in images.items()
        }
    with cls(**arguments) as solution:
        answers["clip"] = [rows(solution.process(frame)) for frame in clip(image)]
    text = json.dumps(answers, indent=1)
    text = re.sub(r"\[([^\[\]]*)\]", lambda row: "[" + " ".join(row[1].split()) + "]", text)  # A row a line.
    (RECORDED / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
