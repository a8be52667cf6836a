"""DetectionLabelIdToTextCalculator: the names of detected classes."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.util.label_map import Label, LabelMap, labels_of_file, labels_of_items
from mpgraph.errors import ret_check
from mpgraph.formats.detections import DETECTIONS, copy_of
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.detection_label_id_to_text_calculator_pb2 import DetectionLabelIdToTextCalculatorOptions


@mp.register
class DetectionLabelIdToTextCalculator(mp.Calculator):
    """Adds to detections the labels of their label ids, and removes the ids.

    The input and the output are lists of Detections. Ids without a label are skipped; a detection with none
    keeps its ids.

    Options, one of: `label_map_path` (a text file with one label per line, looked up like all resources),
    `label` (a list) or `label_items` (by id, with a `display_name` that is added too); `keep_label_id` keeps
    the ids.
    """

    detections = mp.Input("", DETECTIONS)
    labeled = mp.Output("", DETECTIONS)
    Options = mp.ProtoOptions(DetectionLabelIdToTextCalculatorOptions)
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._labels = _labels(options)
        self._keeps_ids = options.keep_label_id

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        detections = cc.get(self.detections)
        if detections is not None:
            cc.emit(self.labeled, [self._labeled(detection) for detection in detections])

    def _labeled(self, detection: Any) -> Any:
        labels = [self._labels[index] for index in detection.label_id if index in self._labels]
        labeled = copy_of(detection)
        for label in labels:
            labeled.label.append(label.name)
            if label.display_name is not None:
                labeled.display_name.append(label.display_name)
        if labels and not self._keeps_ids:
            labeled.ClearField("label_id")
        return labeled


def _labels(options: DetectionLabelIdToTextCalculatorOptions) -> LabelMap:
    """The label of each id. Raises InternalError for several sources, and as `read_resource`."""
    given = (options.HasField("label_map_path"), len(options.label) > 0, len(options.label_items) > 0)
    ret_check(
        sum(given) <= 1,
        "Only can set one of the following fields in the CalculatorOptions: label_map_path, label, and "
        "label_items.",
    )
    if options.HasField("label_map_path"):
        return labels_of_file(options.label_map_path)
    if options.label:
        return {index: Label(name) for index, name in enumerate(options.label)}
    return labels_of_items(options.label_items)
