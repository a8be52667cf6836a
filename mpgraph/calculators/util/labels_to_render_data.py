"""LabelsToRenderDataCalculator: the labels of a classifier, to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from mpgraph.calculators.core.families import CLASSIFICATION_LIST, RENDER_DATA
from mpgraph.calculators.util.render_data import add_annotation, six_digits
from mpgraph.errors import ret_check
from mpgraph.formats.video_header import VIDEO_HEADER
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import FLOAT, STRING, vector
from mpgraph.protos.color_pb2 import Color
from mpgraph.protos.labels_to_render_data_calculator_pb2 import LabelsToRenderDataCalculatorOptions
from mpgraph.protos.render_data_pb2 import RenderData

_BOTTOM_LEFT = LabelsToRenderDataCalculatorOptions.BOTTOM_LEFT
_LINE_TO_FONT = np.float32(1.25)
_RED, _BLACK = Color(r=255), Color()


@mp.register
class LabelsToRenderDataCalculator(mp.Calculator):
    """Converts labels and their scores into lines of text.

    CLASSIFICATIONS: a ClassificationList; or LABELS, a list of str, and SCORES, a list of as many floats.
    VIDEO_PRESTREAM: the VideoHeader, at PRESTREAM; required for BOTTOM_LEFT.
    RENDER_DATA: RenderData, a line for each of the first `max_num_labels` labels.

    Options: `location`, TOP_LEFT or BOTTOM_LEFT (which makes MediaPipe abort); `horizontal_offset_px`,
    `vertical_offset_px`; `font_face` (OpenCV's number), `font_height_px`, `thickness`; `color`,
    `outline_thickness`, `outline_color`: colors are used in turn, red and a black outline without any;
    `use_display_name`; `display_classification_score`, which SCORES implies.
    """

    classifications = mp.Input("CLASSIFICATIONS", CLASSIFICATION_LIST, optional=True)
    labels = mp.Input("LABELS", vector(STRING), optional=True)
    scores = mp.Input("SCORES", vector(FLOAT), optional=True)
    video_header = mp.Input("VIDEO_PRESTREAM", VIDEO_HEADER, optional=True)
    render_data = mp.Output("RENDER_DATA", RENDER_DATA)
    Options = mp.ProtoOptions(LabelsToRenderDataCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """Either CLASSIFICATIONS or LABELS; the video's height for labels at the bottom."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("CLASSIFICATIONS") != contract.inputs.has("LABELS"),
            'Must provide input stream "LABELS" or "CLASSIFICATIONS", one of them.',
        )
        contract.need(
            contract.inputs.has("LABELS") or not contract.inputs.has("SCORES"),
            "SCORES are those of LABELS; CLASSIFICATIONS have their own.",
        )
        contract.need(
            contract.options.location != _BOTTOM_LEFT or contract.inputs.has("VIDEO_PRESTREAM"),
            "Only TOP_LEFT is supported without VIDEO_PRESTREAM.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._options = cc.options_as(self.Options)
        self._line_height = math.ceil(np.float32(self._options.font_height_px) * _LINE_TO_FONT)
        self._video_height = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        header = cc.get(self.video_header)
        if header is not None and cc.timestamp == mp.Timestamp.PRESTREAM:
            self._video_height = header.height
            return
        lines = self._lines(cc)
        if lines is not None:
            cc.emit(self.render_data, self._drawn(lines[: max(self._options.max_num_labels, 0)]))

    def _lines(self, cc: mp.CalculatorContext) -> list[str] | None:
        """The labels of this timestamp, with their scores; None if there is no packet of them."""
        if cc.has(self.classifications):
            classes = cc[self.classifications].classification
            has_display_names = self._options.use_display_name
            labels = [each.display_name if has_display_names else each.label for each in classes]
            scores = [each.score for each in classes] if self._options.display_classification_score else None
        elif cc.has(self.labels):
            labels = cc[self.labels]
            scores = cc[self.scores] if cc.connected(self.scores) else None
        else:
            return None
        if scores is None:
            return labels
        ret_check(len(scores) == len(labels), f"there are {len(labels)} labels, but {len(scores)} scores.")
        return [f"{label}:{six_digits(score)}" for label, score in zip(labels, scores, strict=True)]

    def _drawn(self, lines: Sequence[str]) -> RenderData:
        options, data = self._options, RenderData()
        baseline = options.vertical_offset_px + self._line_height
        if options.location == _BOTTOM_LEFT:
            baseline = options.vertical_offset_px + self._video_height - self._line_height * (len(lines) - 1)
        for number, line in enumerate(lines):
            text = add_annotation(data, _in_turn(options.color, number, _RED), options.thickness).text
            text.display_text = line
            text.font_height, text.font_face = options.font_height_px, options.font_face
            text.left, text.baseline = options.horizontal_offset_px, baseline + number * self._line_height
            if options.outline_thickness > 0:
                text.outline_thickness = options.outline_thickness
                text.outline_color.CopyFrom(_in_turn(options.outline_color, number, _BLACK))
        return data


def _in_turn(colors: Sequence[Color], number: int, default: Color) -> Color:
    return colors[number % len(colors)] if colors else default
