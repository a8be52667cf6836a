"""FilterDetectionCalculator: keep the labels of detections that are allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.detections import DETECTION, DETECTIONS
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import STRING, vector
from mpgraph.protos.detection_pb2 import Detection
from mpgraph.protos.filter_detection_calculator_pb2 import FilterDetectionCalculatorOptions

_LABELS = ("LABELS", "LABELS_CSV", "LABEL_MAP")


@mp.register
class FilterDetectionCalculator(mp.Calculator):
    """Keeps those labels of detections that are allowed and have a score in the range.

    DETECTIONS: a list of Detections with a score for each label; or DETECTION, a single one. The output has
    the same tag. Detections keep their location; labels are sorted by score, the best first; those without
    labels are dropped, as are all other fields. A list is sent even if it is empty.

    Side packets, one at most; without any, all labels are allowed:
    LABELS: a list of labels or of regular expressions for whole labels.
    LABELS_CSV: the same as one string, separated by commas.
    LABEL_MAP: a dict whose values are the labels.

    Options: `min_score` and `max_score`; if the side packet has no labels, `fail_on_empty_labels` makes that
    an error and `empty_allowed_labels_means_allow_everything` allows all labels; otherwise nothing is sent.
    """

    detection = mp.Input("DETECTION", DETECTION, optional=True)
    detections = mp.Input("DETECTIONS", DETECTIONS, optional=True)
    labels = mp.SideInput("LABELS", vector(STRING), optional=True)
    labels_csv = mp.SideInput("LABELS_CSV", str, optional=True)
    label_map = mp.SideInput("LABEL_MAP", dict, optional=True)
    filtered = mp.Output("DETECTION", DETECTION, optional=True)
    filtered_list = mp.Output("DETECTIONS", DETECTIONS, optional=True)
    Options = mp.ProtoOptions(FilterDetectionCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """An input and an output of the same tag."""
        super().get_contract(contract)
        tags = [tag for tag in ("DETECTION", "DETECTIONS") if contract.inputs.has(tag)]
        contract.need(
            len(tags) == 1 and contract.outputs.has(tags[0]) and len(contract.outputs) == 1,
            "FilterDetectionCalculator takes DETECTION or DETECTIONS, and its output has the same tag.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._options = options
        allowed = self._allowed_labels(cc)
        self._allowed = None if allowed is None else frozenset(allowed)
        if self._allowed is not None and not self._allowed:
            if options.fail_on_empty_labels:
                raise InvalidArgumentError(
                    "FilterDetectionCalculator received empty allowlist with fail_on_empty_labels = true."
                )
            if options.empty_allowed_labels_means_allow_everything:
                self._allowed = None
        self._patterns = [pattern for label in self._allowed or () for pattern in _pattern(label)]

    def _allowed_labels(self, cc: mp.CalculatorContext) -> Iterable[str] | None:
        """The labels of the side packet, None without one."""
        if cc.has(self.labels_csv):
            return filter(None, (label.strip() for label in cc[self.labels_csv].split(",")))
        label_map: dict[int, str] | None = cc.get(self.label_map)
        labels: list[str] | None = cc.get(self.labels)
        return labels if label_map is None else label_map.values()

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if self._allowed is not None and not self._allowed:
            return
        if cc.has(self.detections):
            kept = map(self._kept, cc[self.detections])
            cc.emit(self.filtered_list, [detection for detection in kept if detection.label])
        elif cc.has(self.detection) and (detection := self._kept(cc[self.detection])).label:
            cc.emit(self.filtered, detection)

    def _kept(self, detection: Any) -> Detection:
        """A detection with the allowed labels, maybe none."""
        ret_check(
            len(detection.label) <= len(detection.score),
            f"a detection needs a score for each label, but it has {len(detection.label)} labels and "
            f"{len(detection.score)} scores.",
        )
        pairs = zip(detection.label, detection.score, strict=False)
        kept = [(label, score) for label, score in pairs if self._allows(label) and self._is_in_range(score)]
        kept.sort(key=lambda pair: -pair[1])
        result = Detection(label=[label for label, _ in kept], score=[score for _, score in kept])
        if detection.HasField("location_data"):
            result.location_data.CopyFrom(detection.location_data)
        return result

    def _allows(self, label: str) -> bool:
        if self._allowed is None or label in self._allowed:
            return True
        return any(pattern.fullmatch(label) for pattern in self._patterns)

    def _is_in_range(self, score: float) -> bool:
        options = self._options
        is_low = options.HasField("min_score") and score < options.min_score
        return not is_low and not (options.HasField("max_score") and score > options.max_score)


def _pattern(label: str) -> list[re.Pattern[str]]:
    """A label as a regular expression, if it is one."""
    try:
        return [re.compile(label)]
    except re.error:
        return []
