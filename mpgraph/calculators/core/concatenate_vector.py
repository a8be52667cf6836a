"""Concatenate<element>VectorCalculator: join lists and single elements in one list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mpgraph.calculators.core import families
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType

_CALCULATORS = {
    "ConcatenateBoolVectorCalculator": packet_type.BOOL,
    "ConcatenateClassificationListVectorCalculator": families.CLASSIFICATION_LIST,
    "ConcatenateDetectionVectorCalculator": families.DETECTION,
    "ConcatenateFloatVectorCalculator": packet_type.FLOAT,
    "ConcatenateImageVectorCalculator": families.IMAGE,
    "ConcatenateInt32VectorCalculator": packet_type.INT32,
    # MediaPipe keeps this misspelt name, with a type that does not fit it, for old graphs.
    "ConcatenateLandmarListVectorCalculator": families.NORMALIZED_LANDMARK_LIST,
    "ConcatenateLandmarkListVectorCalculator": families.LANDMARK_LIST,
    "ConcatenateLandmarkVectorCalculator": families.NORMALIZED_LANDMARK,
    "ConcatenateNormalizedLandmarkListVectorCalculator": families.NORMALIZED_LANDMARK_LIST,
    "ConcatenateRenderDataVectorCalculator": families.RENDER_DATA,
    "ConcatenateStringVectorCalculator": packet_type.STRING,
    "ConcatenateTensorVectorCalculator": families.TENSOR,
    "ConcatenateTfLiteTensorVectorCalculator": families.TFLITE_TENSOR,
    "ConcatenateUInt64VectorCalculator": packet_type.UINT64,
}


@families.register(_CALCULATORS)
class ConcatenateVectorCalculator(mp.Calculator):
    """Joins the packets of its inputs at one time, in the order of the inputs, in one list.

    Each input is a list or a single element; they may be mixed. The output is the list.

    Inputs without a packet are skipped; with `only_emit_if_all_present` nothing is sent then.
    """

    element: PayloadType
    data = mp.Input("", (families.ELEMENT, families.VECTOR), repeated=True)
    out = mp.Output("", families.VECTOR)
    Options = mp.ProtoOptions("ConcatenateVectorCalculatorOptions")
    timestamp_offset = 0

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        present = [packet for packet in cc.packets if not packet.is_empty()]
        if cc.options.only_emit_if_all_present and len(present) < len(cc.packets):
            return
        cc.emit(self.out, self.joined(present))

    def joined(self, packets: Sequence[mp.Packet]) -> Any:
        """The payloads of packets in one."""
        joined: list[Any] = []
        for packet in packets:
            if packet.type is self.element:
                joined.append(packet.payload)
            else:
                joined.extend(packet.payload)
        return joined
