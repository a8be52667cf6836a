"""Run a solution on images, and write its results as JSON.

    python tools/conformance/play_solutions.py mpgraph IMAGES.npz ANSWERS.json
    PEER tools/conformance/play_solutions.py mediapipe IMAGES.npz ANSWERS.json

The answers have a list of runs for each solution: its arguments, and by image the numbers of its results, or
the name of the exception class. This file runs with both libraries, so it imports neither by name.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import numpy as np

ERRORS = (ValueError, TypeError, RuntimeError, IndexError)


def face_detection(solutions: Any, images: Any) -> list[dict[str, Any]]:
    """Both models; a detection is its score, its box and its key points."""
    runs = []
    for model in (0, 1):
        arguments = {"model_selection": model}
        with solutions.face_detection.FaceDetection(**arguments) as solution:
            answers = {name: _answer(solution, image, _detections) for name, image in images.items()}
        runs.append({"arguments": arguments, "answers": answers})
    return runs


SOLUTIONS = {"face_detection": face_detection}


def _answer(solution: Any, image: Any, numbers: Any) -> Any:
    try:
        return numbers(solution.process(image))
    except ERRORS as error:
        return next(cls.__name__ for cls in ERRORS if isinstance(error, cls))


def _detections(results: Any) -> Any:
    if results.detections is None:
        return None
    found = []
    for detection in results.detections:
        location = detection.location_data
        box = location.relative_bounding_box
        found.append(
            {
                "score": list(detection.score),
                "box": [box.xmin, box.ymin, box.width, box.height],
                "key points": [
                    value for point in location.relative_keypoints for value in (point.x, point.y)
                ],
                "labels": [location.format, *detection.label_id],
            }
        )
    return found


def main() -> None:
    """Run all solutions with one library."""
    package, images, answers = sys.argv[1:]
    solutions = importlib.import_module(package).solutions
    with np.load(images) as stored:
        arrays = {name: stored[name] for name in stored.files}
    played = {name: play(solutions, arrays) for name, play in SOLUTIONS.items()}
    with open(answers, "w", encoding="utf-8") as file:
        json.dump(played, file)


if __name__ == "__main__":
    main()
