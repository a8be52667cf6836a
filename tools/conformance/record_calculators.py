"""Record MediaPipe's answers of single calculators to random inputs, with MediaPipe 0.10.21.

    PEER tools/conformance/record_calculators.py

writes tests/calculators/recorded/landmark_calculators.json: for each case a node, and for each call the
inputs and outputs, messages in base64, images as [width, height], matrices as lists of rows.
"""

from __future__ import annotations

import base64
import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "tests" / "calculators" / "recorded" / "landmark_calculators.json"
CALLS = 4
FRAME_US = 33333
SIZE = (
    'node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE:image" output_stream: "SIZE:size" }'
)
TENSOR = (
    'node { calculator: "TensorConverterCalculator" input_stream: "MATRIX:matrix" '
    'output_stream: "TENSORS:t" }'
)

# The inputs by the letter of their type: (n)ormalized landmarks, (l)andmarks, (r)ect, (p)ixel rect,
# (d)etection, (i)mage, (m)atrix, (h)eatmap; and how many landmarks or which shape.
CASES: list[tuple[str, str, str, str, dict[str, Any]]] = [
    *(
        ("RectTransformation", options, "NORM_RECT:rect IMAGE_SIZE:size", "out", {"rect": "r", "image": "i"})
        for options in (
            "scale_x: 1.5 scale_y: 1.5 square_long: true",
            "scale_x: 2.6 scale_y: 2.6 shift_y: -0.5 square_long: true",
            "shift_x: 0.3 shift_y: 0.2 square_short: true rotation_degrees: 37",
            "rotation: 1.25 shift_x: 0.5 scale_x: 2",
        )
    ),
    ("RectTransformation", "scale_x: 2.6 shift_y: -0.5 square_long: true", "RECT:rect", "out", {"rect": "p"}),
    *(
        (
            "DetectionsToRects",
            options,
            "DETECTION:detection IMAGE_SIZE:size",
            "NORM_RECT:out",
            {"detection": "d", "image": "i"},
        )
        for options in (
            "",
            "rotation_vector_start_keypoint_index: 0 rotation_vector_end_keypoint_index: 2 "
            "rotation_vector_target_angle_degrees: 90",
            "rotation_vector_start_keypoint_index: 3 rotation_vector_end_keypoint_index: 1 "
            "rotation_vector_target_angle: 0.7 conversion_mode: USE_KEYPOINTS",
        )
    ),
    (
        "DetectionsToRects",
        "conversion_mode: USE_KEYPOINTS",
        "DETECTION:detection IMAGE_SIZE:size",
        "RECT:out",
        {"detection": "d", "image": "i"},
    ),
    (
        "LandmarkProjection",
        "",
        "NORM_LANDMARKS:marks NORM_RECT:rect",
        "NORM_LANDMARKS:out",
        {"marks": ("n", 5), "rect": "r"},
    ),
    (
        "LandmarkProjection",
        "ignore_rotation: true",
        "NORM_LANDMARKS:marks NORM_RECT:rect",
        "NORM_LANDMARKS:out",
        {"marks": ("n", 5), "rect": "r"},
    ),
    (
        "LandmarkProjection",
        "",
        "NORM_LANDMARKS:marks NORM_RECT:rect IMAGE_DIMENSIONS:size",
        "NORM_LANDMARKS:out",
        {"marks": ("n", 5), "rect": "r", "image": "i"},
    ),
    ("LandmarksToDetection", "", "NORM_LANDMARKS:marks", "DETECTION:out", {"marks": ("n", 5)}),
    (
        "LandmarksToDetection",
        "selected_landmark_indices: [3, 1]",
        "NORM_LANDMARKS:marks",
        "DETECTION:out",
        {"marks": ("n", 5)},
    ),
    (
        "WorldLandmarkProjection",
        "",
        "LANDMARKS:marks NORM_RECT:rect",
        "LANDMARKS:out",
        {"marks": ("l", 5), "rect": "r"},
    ),
    (
        "HandLandmarksToRect",
        "",
        "NORM_LANDMARKS:marks IMAGE_SIZE:size",
        "NORM_RECT:out",
        {"marks": ("n", 21), "image": "i"},
    ),
    (
        "HandLandmarksToRect",
        "",
        "NORM_LANDMARKS:marks IMAGE_SIZE:size",
        "NORM_RECT:out",
        {"marks": ("n", 12), "image": "i"},
    ),
    (
        "LandmarksRefinement",
        "refinement { indexes_mapping: [0, 1, 2, 3, 4, 5] z_refinement { copy {} } } "
        "refinement { indexes_mapping: [2, 4] z_refinement { none {} } } "
        "refinement { indexes_mapping: [6, 1, 7] "
        "z_refinement { assign_average { indexes_for_average: [0, 2, 5] } } }",
        "LANDMARKS:0:a LANDMARKS:1:b LANDMARKS:2:c",
        "REFINED_LANDMARKS:out",
        {"a": ("n", 6), "b": ("n", 2), "c": ("n", 3)},
    ),
    *(
        (
            "TensorsToLandmarks",
            f"num_landmarks: 4 input_image_width: 192 input_image_height: 128 {options}",
            "TENSORS:t",
            f"{output}:out",
            {"matrix": ("m", 4, columns)},
        )
        for columns, output, options in (
            (1, "NORM_LANDMARKS", ""),
            (3, "LANDMARKS", "flip_horizontally: true flip_vertically: true"),
            (3, "NORM_LANDMARKS", "normalize_z: 0.4"),
            (4, "NORM_LANDMARKS", "visibility_activation: SIGMOID"),
            (6, "LANDMARKS", "visibility_activation: SIGMOID presence_activation: SIGMOID"),
        )
    ),
    *(
        (
            "TensorsToClassification",
            options,
            "TENSORS:t",
            "CLASSIFICATIONS:out",
            {"matrix": ("m", 1, 1 if "binary" in options else 4)},
        )
        for options in (
            "top_k: 1 binary_classification: true",
            'top_k: 2 label_map { entries { id: 0 label: "a" } entries { id: 1 label: "b" } '
            'entries { id: 2 label: "c" } entries { id: 3 label: "d" } }',
            "min_score_threshold: 0.2 sort_by_descending_score: true",
            'ignore_classes: 1 label_items { key: 0 value { name: "x" display_name: "X" } } '
            'label_items { key: 1 value { name: "y" } } label_items { key: 2 value { name: "z" } } '
            'label_items { key: 3 value { name: "w" } }',
            "allow_classes: [1, 3] top_k: 5",
        )
    ),
    *(
        (
            "AlignmentPointsRects",
            f"rotation_vector_start_keypoint_index: 0 rotation_vector_end_keypoint_index: 1 {options}",
            "DETECTION:detection IMAGE_SIZE:size",
            f"{output}:out",
            {"detection": "d", "image": "i"},
        )
        for output, options in (
            ("NORM_RECT", "rotation_vector_target_angle_degrees: 90"),
            ("NORM_RECT", "rotation_vector_target_angle: 0.7 conversion_mode: USE_KEYPOINTS"),
            ("RECT", "rotation_vector_target_angle_degrees: 90 conversion_mode: USE_KEYPOINTS"),
        )
    ),
    *(
        (
            "RefineLandmarksFromHeatmap",
            options,
            "NORM_LANDMARKS:marks TENSORS:t",
            "NORM_LANDMARKS:out",
            {"marks": ("n", 1), "matrix": ("h", 12, 16)},
        )
        for options in (
            "",
            "kernel_size: 7 refine_visibility: true",
            "kernel_size: 4 min_confidence_to_refine: 0.95",
        )
    ),
    *(
        (
            "VisibilityCopy",
            options,
            f"{source}_FROM:a {target}_TO:b",
            f"{target}_TO:out",
            {"a": (source[0].lower(), 4), "b": (target[0].lower(), 5)},
        )
        for source, target, options in (
            ("NORM_LANDMARKS", "LANDMARKS", ""),
            ("LANDMARKS", "NORM_LANDMARKS", "copy_visibility: false"),
            ("NORM_LANDMARKS", "NORM_LANDMARKS", "copy_presence: false"),
        )
    ),
    *(
        ("VisibilitySmoothing", options, f"{port}LANDMARKS:a", f"{port}FILTERED_LANDMARKS:out", {"a": kind})
        for port, kind, options in (
            ("NORM_", ("n", 5), "low_pass_filter { alpha: 0.3 }"),
            ("", ("l", 5), "low_pass_filter {}"),
            ("", ("l", 5), "no_filter {}"),
        )
    ),
    *(
        (
            "LandmarksSmoothing",
            options,
            f"NORM_LANDMARKS:marks IMAGE_SIZE:size {roi}",
            "NORM_FILTERED_LANDMARKS:out",
            {"marks": ("n", 6), "image": "i", **({"rect": "r"} if roi else {})},
        )
        for roi, options in (
            ("", "no_filter {}"),
            ("OBJECT_SCALE_ROI:rect", "one_euro_filter { min_cutoff: 0.05 beta: 80 derivate_cutoff: 1 }"),
            ("", "one_euro_filter { min_cutoff: 0.01 beta: 10 }"),
            ("OBJECT_SCALE_ROI:rect", "velocity_filter { window_size: 2 velocity_scale: 3 }"),
            ("", "velocity_filter {}"),
        )
    ),
    *(
        ("LandmarksSmoothing", options, "LANDMARKS:marks", "FILTERED_LANDMARKS:out", {"marks": ("l", 6)})
        for options in (
            "one_euro_filter { min_cutoff: 0.1 beta: 40 disable_value_scaling: true }",
            "one_euro_filter { frequency: 10 beta: -30 }",
            "one_euro_filter { min_allowed_object_scale: 1.4 }",
            "velocity_filter { window_size: 0 disable_value_scaling: true }",
        )
    ),
    (
        "HandDetectionsFromPoseToRects",
        "",
        "DETECTION:detection IMAGE_SIZE:size",
        "NORM_RECT:out",
        {"detection": "d", "image": "i"},
    ),
    *(
        (
            "RoiTracking",
            options,
            "PREV_LANDMARKS:marks PREV_LANDMARKS_RECT:previous RECROP_RECT:recrop IMAGE_SIZE:size",
            "TRACKING_RECT:out",
            {"marks": ("n", 1), "previous": "r", "recrop": "r", "image": "i"},
        )
        for options in (
            "rect_requirements { rotation_degrees: 90 translation: 0.7 scale: 0.8 }",
            "landmarks_requirements { recrop_rect_margin: 1.5 }",
            "iou_requirements { min_iou: 0.05 }",
        )
    ),
]

# Calculators whose options have another name.
OPTIONS = {"AlignmentPointsRects": "DetectionsToRects"}


def graph(calculator: str, options: str, inputs: str, output: str, streams: Any) -> str:
    """The text of a graph with one calculator under test."""
    lines = [f'input_stream: "{name}"' for name in streams]
    lines.append(f'output_stream: "{output.rpartition(":")[2]}"')
    lines += [SIZE] * ("image" in streams) + [TENSOR] * ("matrix" in streams)
    ports = "".join(f'input_stream: "{port}" ' for port in inputs.split())
    extension = (
        f"options {{ [mediapipe.{OPTIONS.get(calculator, calculator)}CalculatorOptions.ext] "
        f"{{ {options} }} }}"
        if options
        else ""
    )
    lines.append(
        f'node {{ calculator: "{calculator}Calculator" {ports}output_stream: "{output}" {extension} }}'
    )
    return " ".join(lines)


class Inputs:
    """Random inputs, as packets and as JSON."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._creator = importlib.import_module("mediapipe").packet_creator
        self._image_format = importlib.import_module("mediapipe").ImageFormat.SRGB
        formats = "mediapipe.framework.formats"
        self._landmarks = importlib.import_module(f"{formats}.landmark_pb2")
        self._rects = importlib.import_module(f"{formats}.rect_pb2")
        self._detections = importlib.import_module(f"{formats}.detection_pb2")

    def make(self, kind: str, *shape: int) -> tuple[Any, Any]:
        """A packet, and its JSON form."""
        if kind == "i":
            size = self._random.integers(50, 2000, 2).tolist()
            pixels = np.zeros((size[1], size[0], 3), np.uint8)
            return self._creator.create_image_frame(pixels, image_format=self._image_format), size
        if kind in ("m", "h"):
            low, high = (-6, 4) if kind == "h" else (0, 1 if shape[0] == 1 else 100)
            values = self._random.uniform(low, high, shape).astype(np.float32)
            return self._creator.create_matrix(values), values.tolist()
        message = self._message(kind, *shape)
        return self._creator.create_proto(message), encoded(message)

    def _floats(self, low: float, high: float, *shape: int) -> Any:
        return self._random.uniform(low, high, shape).astype(np.float32).tolist()

    def _message(self, kind: str, count: int = 0) -> Any:
        if kind == "r":
            x, y, width, height, rotation = self._floats(0.05, 0.9, 5)
            return self._rects.NormalizedRect(
                x_center=x, y_center=y, width=width, height=height, rotation=8 * rotation - 4
            )
        if kind == "p":
            x, y, width, height = self._random.integers(-50, 500, 4).tolist()
            return self._rects.Rect(x_center=x, y_center=y, width=width, height=height, rotation=1.25)
        if kind == "d":
            detection = self._detections.Detection(score=[0.5])
            location = detection.location_data
            location.format = location.RELATIVE_BOUNDING_BOX
            box = location.relative_bounding_box
            box.xmin, box.ymin, box.width, box.height = self._floats(-0.1, 0.9, 4)
            for x, y in self._floats(-0.2, 1.2, 4, 2):
                location.relative_keypoints.add(x=x, y=y)
            return detection
        marks = self._landmarks.NormalizedLandmarkList() if kind == "n" else self._landmarks.LandmarkList()
        for x, y, z, visibility in self._floats(-0.5, 1.2, count, 4):
            marks.landmark.add(x=x, y=y, z=z, visibility=visibility)
        return marks


def encoded(message: Any) -> str:
    """A message in base64."""
    return base64.b64encode(message.SerializeToString(deterministic=True)).decode()


def main() -> None:
    """Record all cases."""
    mp = importlib.import_module("mediapipe")
    for folder, modules in {
        "util": "association detections_to_rects rect_transformation landmarks_refinement "
        "landmark_projection landmarks_to_detection refine_landmarks_from_heatmap visibility_copy "
        "visibility_smoothing landmarks_smoothing",
        "tensor": "tensors_to_landmarks tensors_to_classification",
    }.items():
        for module in modules.split():
            importlib.import_module(f"mediapipe.calculators.{folder}.{module}_calculator_pb2")
    importlib.import_module("mediapipe.modules.holistic_landmark.calculators.roi_tracking_calculator_pb2")
    recorded = []
    for seed, (calculator, options, inputs, output, streams) in enumerate(CASES):
        text, random, received = graph(calculator, options, inputs, output, streams), Inputs(seed), []
        runner = mp.CalculatorGraph(graph_config=text)
        runner.observe_output_stream("out", lambda _, packet: received.append(packet))  # noqa: B023
        runner.start_run()
        calls = []
        for t in range(CALLS):
            given = {name: random.make(*kind) for name, kind in streams.items()}
            for name, (packet, _) in given.items():
                runner.add_packet_to_input_stream(name, packet.at(FRAME_US * t))
            runner.wait_until_idle()
            answer = encoded(mp.packet_getter.get_proto(received[-1]))
            calls.append({"inputs": {name: value for name, (_, value) in given.items()}, "output": answer})
        runner.close()
        kinds = {name: kind[0] for name, kind in streams.items()}
        recorded.append({"calculator": calculator, "graph": text, "kinds": kinds, "calls": calls})
    rows = ",\n".join(json.dumps(case) for case in recorded)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
