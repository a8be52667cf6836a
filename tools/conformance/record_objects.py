"""Record MediaPipe's answers for the tests of Objectron, with MediaPipe 0.10.21 on a CPU with AVX-512.

    PEER tools/conformance/record_objects.py FOLDER_WITH_MODELS

with the folder of the package mpgraph_models. Writes

- tests/solutions/recorded/objectron.json: by category, mode and image, or frame, a row of numbers for each
  box;
- tests/calculators/recorded/objectron.json: for random boxes the camera, the corners in the image, the
  corners in camera space, the pose, and the region for the next frame.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from mediapipe_setup import prepare_mediapipe

ROOT = Path(__file__).resolve().parent.parent.parent
TESTS = ROOT / "tests"
CALCULATORS = """
input_stream: "boxes"
output_stream: "lifted"
output_stream: "rects"
node {
  calculator: "Lift2DFrameAnnotationTo3DCalculator"
  input_stream: "FRAME_ANNOTATION:boxes"
  output_stream: "LIFTED_FRAME_ANNOTATION:lifted"
  options {
    [mediapipe.Lift2DFrameAnnotationTo3DCalculatorOptions.ext] {
      normalized_focal_x: %s normalized_focal_y: %s
      normalized_principal_point_x: %s normalized_principal_point_y: %s
    }
  }
}
node {
  calculator: "FrameAnnotationToRectCalculator"
  input_stream: "FRAME_ANNOTATION:lifted"
  output_stream: "NORM_RECTS:rects"
}
"""
CAMERAS = [(1.0, 1.0, 0.0, 0.0), (1.5, 2.0, 0.25, -0.125)]
BOXES = 15
NOISE = (0, 0.002, 0.02)
CORNERS = np.array([(0, 0, 0), *((x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1))]) / 2


def solution_answers() -> dict[str, Any]:
    """The boxes in the images and the clip of the tests."""
    sys.path.insert(0, str(TESTS))
    test = importlib.import_module("landmark_images")
    objectron = importlib.import_module("mediapipe").solutions.objectron.Objectron
    cup = cv2.cvtColor(cv2.imread(str(TESTS / "solutions" / "cup.png")), cv2.COLOR_BGR2RGB)  # type: ignore[arg-type]
    answers: dict[str, Any] = {}
    for category, arguments in test.CATEGORIES.items():
        answers[category] = {"images": {}}
        with objectron(static_image_mode=True, model_name=category, **arguments) as solution:
            for title, of in test.CUPS.items():
                results = solution.process(np.ascontiguousarray(of(cup)))
                answers[category]["images"][title] = test.box_rows(results)
        with objectron(model_name=category, **arguments) as solution:
            answers[category]["clip"] = [test.box_rows(solution.process(frame)) for frame in test.clip(cup)]
    return answers


def calculator_answers() -> list[dict[str, Any]]:
    """Random boxes, some of them with noise, through the calculators that lift them."""
    mp = importlib.import_module("mediapipe")
    folder = "mediapipe.modules.objectron.calculators"
    annotation_data = importlib.import_module(f"{folder}.annotation_data_pb2")
    for name in ("lift_2d_frame_annotation_to_3d", "frame_annotation_to_rect"):
        importlib.import_module(f"{folder}.{name}_calculator_pb2")
    random = np.random.default_rng(11)
    answers = []
    for camera in CAMERAS:
        received: dict[str, Any] = {}
        graph = mp.CalculatorGraph(graph_config=CALCULATORS % camera)
        graph.observe_output_stream("lifted", received.__setitem__)
        graph.observe_output_stream("rects", received.__setitem__)
        graph.start_run()
        for t in range(BOXES):
            points = image_points(random, camera, NOISE[t % len(NOISE)])
            frame = annotation_data.FrameAnnotation()
            key_points = frame.annotations.add().keypoints
            for x, y in points.tolist():
                key_points.add(point_2d={"x": x, "y": y})
            graph.add_packet_to_input_stream("boxes", mp.packet_creator.create_proto(frame).at(t))
            graph.wait_until_idle()
            (annotation,) = mp.packet_getter.get_proto(received["lifted"]).annotations
            (rect,) = mp.packet_getter.get_proto_list(received["rects"])
            corners = [key_point.point_3d for key_point in annotation.keypoints]
            answers.append(
                {
                    "camera": camera,
                    "t": t,
                    "points": exact(points.ravel()),
                    "corners": exact(value for corner in corners for value in (corner.x, corner.y, corner.z)),
                    "rotation": exact(annotation.rotation),
                    "translation": exact(annotation.translation),
                    "scale": exact(annotation.scale),
                    "rect": exact([rect.x_center, rect.y_center, rect.width, rect.height, rect.rotation]),
                }
            )
        graph.close()
    return answers


def exact(values: Iterable[float]) -> list[float]:
    """float32 values with the nine digits that tell them apart."""
    return [float(f"{value:.9g}") for value in values]


def image_points(random: Any, camera: tuple[float, ...], noise: float) -> Any:
    """The center and corners of a random box in front of the camera, 9x2 float32."""
    rotation, _ = np.linalg.qr(random.normal(size=(3, 3)))
    center = [random.uniform(-0.4, 0.4), random.uniform(-0.4, 0.4), -random.uniform(1, 3)]
    x, y, z = ((CORNERS * random.uniform(0.1, 0.6, 3)) @ rotation.T + center).T
    across, down = camera[0] * -x / z - camera[2], camera[1] * y / z + camera[3]
    points = np.stack([across + 1, down + 1], axis=1) / 2 + random.normal(size=(9, 2)) * noise
    return points.astype(np.float32)


def main() -> None:
    """Record both."""
    prepare_mediapipe(Path(sys.argv[1]))
    write(TESTS / "solutions" / "recorded" / "objectron.json", json.dumps(solution_answers(), indent=1))
    rows = ",\n".join(json.dumps(answer) for answer in calculator_answers())
    write(TESTS / "calculators" / "recorded" / "objectron.json", f"[\n{rows}\n]")


def write(file: Path, text: str) -> None:
    """Write JSON with lists of numbers on one line each."""
    text = re.sub(r"\[([^\[\]{}]*)\]", lambda row: "[" + " ".join(row[1].split()) + "]", text)
    file.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
