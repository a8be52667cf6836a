"""DetectionUniqueIdCalculator: number detections."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

from mpgraph.errors import ret_check
from mpgraph.formats.detections import copy_of
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type

DETECTION_LIST = mp.message_type("mediapipe.DetectionList")
DETECTIONS = packet_type.vector(mp.message_type("mediapipe.Detection"))

_ids = count(1)
"""Shared by all graphs of the process, as in MediaPipe."""


@mp.register
class DetectionUniqueIdCalculator(mp.Calculator):
    """Gives every detection a `detection_id` that is unique in the process: 1, 2, 3, ...

    DETECTIONS is a list of Detection messages, DETECTION_LIST a DetectionList message, each as input and
    output; one pair or both may be connected.

    Input messages are copied, not changed; existing ids are replaced in the copies.
    """

    detections = mp.Input("DETECTIONS", DETECTIONS, optional=True)
    detection_list = mp.Input("DETECTION_LIST", DETECTION_LIST, optional=True)
    out = mp.Output("DETECTIONS", DETECTIONS, optional=True)
    out_list = mp.Output("DETECTION_LIST", DETECTION_LIST, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At least one input is connected, each together with the output of its tag."""
        super().get_contract(contract)
        ret_check(len(contract.inputs) > 0, "None of the input streams are provided.")
        for tag in contract.inputs.tags.tags:
            ret_check(contract.outputs.has(tag), f"the input {tag} needs an output {tag}.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        if cc.has(self.detection_list):
            source = cc[self.detection_list]
            numbered = type(source)()
            numbered.CopyFrom(source)
            _number(numbered.detection)
            cc.emit(self.out_list, numbered)
        if cc.has(self.detections):
            copies = [copy_of(detection) for detection in cc[self.detections]]
            _number(copies)
            cc.emit(self.out, copies)


def _number(detections: Iterable[Any]) -> None:
    for detection in detections:
        detection.detection_id = next(_ids)
