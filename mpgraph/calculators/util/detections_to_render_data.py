"""DetectionsToRenderDataCalculator: the boxes, key points and labels of detections, to draw."""

from __future__ import annotations

from typing import Any

import numpy as np

from mpgraph.calculators.core.families import RENDER_DATA
from mpgraph.calculators.util.render_data import add_annotation, six_digits
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.detections import DETECTION, DETECTIONS
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.c_math import rounded
from mpgraph.protos.detections_to_render_data_calculator_pb2 import DetectionsToRenderDataCalculatorOptions
from mpgraph.protos.location_data_pb2 import LocationData
from mpgraph.protos.render_data_pb2 import RenderAnnotation, RenderData

_LINE_TO_BOX = 0.1  # Of the box's height, unless there are more than nine lines.
_FONT_TO_LINE = 0.9


@mp.register
class DetectionsToRenderDataCalculator(mp.Calculator):
    """Converts detections into annotations: labels with scores, feature tag, box and key points of each.

    DETECTION: a Detection; DETECTIONS: a list; DETECTION_LIST: a DetectionList. At least one of them; those
        with a packet are drawn as DETECTION_LIST, DETECTIONS, DETECTION. Their location is a bounding box in
        pixels or a relative one; key points are drawn with a relative one only. A detection has as many
        scores as labels or label ids.
    RENDER_DATA: RenderData; empty, or nothing without `produce_empty_packet`, if there are no detections.

    Options: `color` and `thickness` of all annotations; `text`, the font of labels and, for boxes in pixels,
    its height (relative boxes determine the height themselves); `text_delimiter`, `one_label_per_line`,
    `render_detection_id`, `scene_class`, `produce_empty_packet`. A relative box is clipped to the image.
    """

    detection = mp.Input("DETECTION", DETECTION, optional=True)
    detections = mp.Input("DETECTIONS", DETECTIONS, optional=True)
    detection_list = mp.Input("DETECTION_LIST", mp.message_type("mediapipe.DetectionList"), optional=True)
    render_data = mp.Output("RENDER_DATA", RENDER_DATA)
    Options = mp.ProtoOptions(DetectionsToRenderDataCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At least one input stream."""
        super().get_contract(contract)
        contract.need(
            any(map(contract.inputs.has, ("DETECTION", "DETECTIONS", "DETECTION_LIST"))),
            "None of the input streams are provided: connect DETECTION, DETECTIONS or DETECTION_LIST.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._options = cc.options_as(self.Options)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        found: list[Any] = []
        if cc.has(self.detection_list):
            found.extend(cc[self.detection_list].detection)
        found.extend(cc.get(self.detections, []))
        if cc.has(self.detection):
            found.append(cc[self.detection])
        if not found and not self._options.produce_empty_packet:
            return
        data = RenderData(scene_class=self._options.scene_class)
        for detection in found:
            self._add(data, detection)
        cc.emit(self.render_data, data)

    def _add(self, data: RenderData, detection: Any) -> None:
        location = detection.location_data
        if location.format == LocationData.BOUNDING_BOX:
            box, line_height = location.bounding_box, np.float32(self._options.text.font_height)
        elif location.format == LocationData.RELATIVE_BOUNDING_BOX:
            box = location.relative_bounding_box
            lines = max(len(detection.label), len(detection.label_id)) + 1
            line_height = np.float32(box.height * min(_LINE_TO_BOX, 1 / lines))
        else:
            raise InvalidArgumentError(
                "Only Detection with formats of BOUNDING_BOX or RELATIVE_BOUNDING_BOX are supported."
            )
        is_relative = location.format == LocationData.RELATIVE_BOUNDING_BOX
        left, top = np.float32(box.xmin), np.float32(box.ymin)
        for number, label in enumerate(self._labels(detection), start=1):
            text = self._annotation(data, "LABEL").text
            text.CopyFrom(self._options.text)
            text.display_text = label
            _place(text, is_relative, left, top + np.float32(number) * line_height, line_height)
        tag = self._annotation(data, "FEATURE").text
        tag.display_text = detection.feature_tag
        _place(tag, is_relative, left, top + np.float32(box.height), line_height)
        _set_box(self._annotation(data, "LOCATION").rectangle, box, is_relative)
        for point in location.relative_keypoints if is_relative else ():
            drawn = self._annotation(data, "KEYPOINT").point
            drawn.normalized, drawn.x, drawn.y = True, point.x, point.y

    def _annotation(self, data: RenderData, scene_tag: str) -> RenderAnnotation:
        return add_annotation(data, self._options.color, self._options.thickness, scene_tag)

    def _labels(self, detection: Any) -> list[str]:
        """The lines of text above a detection."""
        names = detection.label or [str(label_id) for label_id in detection.label_id]
        if detection.label and detection.label_id and len(detection.label) != len(detection.label_id):
            raise InvalidArgumentError(
                "String or integer labels should be of same size, but a detection has "
                f"{len(detection.label)} labels and {len(detection.label_id)} label ids."
            )
        if len(detection.score) != len(names):
            raise InvalidArgumentError(
                "Number of scores and labels should match for detection; it has "
                f"{len(detection.score)} scores and {len(names)} labels."
            )
        delimiter = self._options.text_delimiter
        labels = [
            f"{name}{delimiter}{_two_decimals(score)}{delimiter}"
            for name, score in zip(names, detection.score, strict=True)
        ]
        heading = [f"Id: {detection.detection_id}"] if self._options.render_detection_id else []
        return heading + (labels if self._options.one_label_per_line else ["".join(labels)])


def _two_decimals(score: float) -> str:
    hundredths = float(np.float32(score) * np.float32(100))
    return six_digits(float(np.float32(rounded(hundredths)) / np.float32(100)))


def _place(
    text: RenderAnnotation.Text, normalized: bool, left: np.float32, baseline: np.float32, line: np.float32
) -> None:
    text.normalized = normalized
    text.left = max(float(left), 0.0) if normalized else float(left)
    text.baseline = min(float(baseline), 1.0) if normalized else float(baseline)
    if normalized:
        text.font_height = float(line) * _FONT_TO_LINE


def _set_box(rectangle: RenderAnnotation.Rectangle, box: Any, normalized: bool) -> None:
    """Set the edges of a rectangle; one that is outside of the image remains empty."""
    left, top, right, bottom = box.xmin, box.ymin, box.xmin + box.width, box.ymin + box.height
    rectangle.SetInParent()
    if right < 0 or bottom < 0 or (normalized and (left > 1 or top > 1)):
        return
    if normalized:
        left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0)
    rectangle.normalized = normalized
    rectangle.left, rectangle.top, rectangle.right, rectangle.bottom = left, top, right, bottom
