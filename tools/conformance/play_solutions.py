"""Run a solution on images, and write its results as JSON.

    python tools/conformance/play_solutions.py mpgraph IMAGES.npz ANSWERS.json
    PEER tools/conformance/play_solutions.py mediapipe IMAGES.npz ANSWERS.json FOLDER_WITH_MODELS...

The answers have a list of runs for each solution: its arguments, and by image the numbers of its results, or
the name of the exception class. This file runs with both libraries, so it imports neither by name.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from mediapipe_setup import prepare_mediapipe

CLIP_FRAMES = 10
LOST_FRAME = 6
SINGLE_IMAGE_DIMENSIONS = 3
MAX_CLIP_SIZE = 1280 * 720 * 3
MASK_POINTS = 16  # in each direction

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


def face_mesh(solutions: Any, images: Any) -> list[dict[str, Any]]:
    """Single images and tracked clips; a face is its landmarks."""
    return _landmark_runs(solutions.face_mesh.FaceMesh, {"max_num_faces": 3}, images, _faces)


def hands(solutions: Any, images: Any) -> list[dict[str, Any]]:
    """Both models, single images and tracked clips; a hand is its side and its landmarks."""
    return [
        run
        for complexity in (0, 1)
        for run in _landmark_runs(
            solutions.hands.Hands, {"max_num_hands": 3, "model_complexity": complexity}, images, _hands
        )
    ]


def objectron(solutions: Any, images: Any) -> list[dict[str, Any]]:
    """All categories, single images and tracked clips; low confidences find objects in most images."""
    low = {"max_num_objects": 2, "min_detection_confidence": 0.02, "min_tracking_confidence": 0.0}
    return [
        run
        for category in ("Cup", "Shoe", "Chair", "Camera")
        for run in _landmark_runs(
            solutions.objectron.Objectron,
            {"model_name": category, **({} if category == "Cup" else low)},
            images,
            _objects,
        )
    ]


def pose(solutions: Any, images: Any) -> list[dict[str, Any]]:
    """All models, with masks; single images, tracked clips, and clips that are not smoothed."""
    runs = []
    for complexity in (0, 1, 2):
        arguments = {"model_complexity": complexity, "enable_segmentation": True}
        runs += _landmark_runs(solutions.pose.Pose, arguments, images, _pose)
    unsmoothed = {"smooth_landmarks": False, "smooth_segmentation": False, "enable_segmentation": True}
    return [*runs, _clip_run(solutions.pose.Pose, unsmoothed, images, _pose)]


def holistic(solutions: Any, images: Any) -> list[dict[str, Any]]:
    """All pose models, with masks and without and with irises; single images and tracked clips."""
    runs = []
    for complexity in (0, 1, 2):
        arguments = {
            "model_complexity": complexity,
            "enable_segmentation": True,
            "refine_face_landmarks": complexity == 1,
        }
        runs += _landmark_runs(solutions.holistic.Holistic, arguments, images, _holistic)
    return runs


SOLUTIONS = {
    "face_detection": face_detection,
    "face_mesh": face_mesh,
    "hands": hands,
    "objectron": objectron,
    "pose": pose,
    "holistic": holistic,
}


def _landmark_runs(create: Any, arguments: Any, images: Any, numbers: Any) -> list[dict[str, Any]]:
    single = {"static_image_mode": True, **arguments}
    with create(**single) as solution:
        answers = {name: _answer(solution, image, numbers) for name, image in images.items()}
    return [{"arguments": single, "answers": answers}, _clip_run(create, arguments, images, numbers)]


def _clip_run(create: Any, arguments: Any, images: Any, numbers: Any) -> dict[str, Any]:
    tracked = {"static_image_mode": False, **arguments}
    clips = {}
    for name, image in images.items():
        if image.ndim == SINGLE_IMAGE_DIMENSIONS and image.size <= MAX_CLIP_SIZE:
            with create(**tracked) as solution:
                clips[name] = [_answer(solution, frame, numbers) for frame in _clip(image)]
    return {"arguments": tracked, "answers": clips}


def _clip(image: Any) -> Any:
    """The image as frames of a video, shifted along a curve; one frame is black, so that tracking fails."""
    for t in range(CLIP_FRAMES):
        shifted = np.roll(image, (2 * t, 6 * (t % 4)), axis=(0, 1))
        yield np.ascontiguousarray(shifted * 0 if t == LOST_FRAME else shifted)


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


def _faces(results: Any) -> Any:
    if results.multi_face_landmarks is None:
        return None
    return [{"landmarks": _coordinates(face)} for face in results.multi_face_landmarks]


def _hands(results: Any) -> Any:
    if results.multi_hand_landmarks is None:
        return None
    lists = results.multi_hand_landmarks, results.multi_hand_world_landmarks, results.multi_handedness
    return [
        {
            "landmarks": _coordinates(hand),
            "world landmarks": _coordinates(world),
            "handedness": [side.score for side in sides.classification],
            "sides": [value for side in sides.classification for value in (side.index, len(side.label))],
        }
        for hand, world, sides in zip(*lists)  # noqa: B905 (MediaPipe's Python may be 3.9)
    ]


def _objects(results: Any) -> Any:
    if not results.detected_objects:
        return None
    return [
        {
            "points": [value for mark in each.landmarks_2d.landmark for value in (mark.x, mark.y)],
            "points in 3-D": _coordinates(each.landmarks_3d),
            "rotation": each.rotation.ravel().tolist(),
            "translation": each.translation.tolist(),
            "scale": each.scale.tolist(),
        }
        for each in results.detected_objects
    ]


def _pose(results: Any) -> Any:
    if results.pose_landmarks is None:
        return None
    mask = results.segmentation_mask
    rows, columns = (np.linspace(0, side - 1, MASK_POINTS).astype(int) for side in mask.shape)
    return {
        "landmarks": _coordinates(results.pose_landmarks),
        "world landmarks": _coordinates(results.pose_world_landmarks),
        "visibility": [mark.visibility for mark in results.pose_landmarks.landmark],
        "mask": mask[np.ix_(rows, columns)].ravel().tolist(),
    }


def _holistic(results: Any) -> Any:
    parts = {"face": results.face_landmarks}
    parts |= {"left hand": results.left_hand_landmarks, "right hand": results.right_hand_landmarks}
    found = {name: _coordinates(landmarks) for name, landmarks in parts.items() if landmarks is not None}
    return {**_pose(results), **found} if results.pose_landmarks is not None else None


def _coordinates(landmarks: Any) -> list[float]:
    return [value for mark in landmarks.landmark for value in (mark.x, mark.y, mark.z)]


def main() -> None:
    """Run all solutions with one library."""
    package, images, answers, *folders = sys.argv[1:]
    if package == "mediapipe":
        prepare_mediapipe(*map(Path, folders))
    solutions = importlib.import_module(package).solutions
    with np.load(images) as stored:
        arrays = {name: stored[name] for name in stored.files}
    others = {name: array for name, array in arrays.items() if not name.startswith("cup")}
    played = {
        name: play(solutions, arrays if name == "objectron" else others) for name, play in SOLUTIONS.items()
    }
    with open(answers, "w", encoding="utf-8") as file:
        json.dump(played, file)


if __name__ == "__main__":
    main()
