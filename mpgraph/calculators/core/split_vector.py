"""Split<element>VectorCalculator: send parts of a list to separate streams."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mpgraph.calculators.core import families
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import PayloadType

_MOVING = ("SplitTensorVectorCalculator", "MovableSplitImageFrameVectorCalculator")
"""MediaPipe moves the elements of these lists, so none may go to two outputs."""

_CALCULATORS = {
    "MovableSplitImageFrameVectorCalculator": families.IMAGE_FRAME,
    "SplitAffineMatrixVectorCalculator": families.FLOATS_16,
    "SplitClassificationListVectorCalculator": families.CLASSIFICATION_LIST,
    "SplitDetectionVectorCalculator": families.DETECTION,
    "SplitFloatVectorCalculator": packet_type.FLOAT,
    "SplitImageVectorCalculator": families.IMAGE,
    "SplitLandmarkVectorCalculator": families.NORMALIZED_LANDMARK,
    "SplitMatrixVectorCalculator": families.MATRIX,
    "SplitNormalizedLandmarkListVectorCalculator": families.NORMALIZED_LANDMARK_LIST,
    "SplitNormalizedRectVectorCalculator": families.NORMALIZED_RECT,
    "SplitTensorVectorCalculator": families.TENSOR,
    "SplitTfLiteTensorVectorCalculator": families.TFLITE_TENSOR,
    "SplitUint64tVectorCalculator": packet_type.UINT64,
}


@families.register(_CALCULATORS)
class SplitVectorCalculator(mp.Calculator):
    """Sends the elements begin..end (end excluded) of `ranges[i]` of its options to output i.

    The input is a list; each output is such a list, or with `element_only`, which requires ranges of one
    element, the element itself. With `combine_outputs` the ranges are joined in one list, the only output.

    A list shorter than the ranges is an error. With `combine_outputs` the ranges may not overlap.
    """

    element: PayloadType
    data = mp.Input("", families.VECTOR)
    out = mp.Output("", families.VECTOR, repeated=True)
    Options = mp.ProtoOptions("SplitVectorCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """The ranges fit the outputs, are not empty, and do not overlap where that is not allowed."""
        super().get_contract(contract)
        options = contract.options
        ranges = [(span.begin, span.end) for span in options.ranges]
        for begin, end in ranges:
            contract.need(
                0 <= begin < end,
                "Indices should be non-negative and begin index should be less than the end index, unlike in "
                f"the range {begin}..{end}.",
            )
        if options.combine_outputs or cls.__name__ in _MOVING:
            _refuse_overlaps(ranges)
        if options.combine_outputs:
            ret_check(len(contract.outputs) == 1, "combine_outputs takes exactly one output stream.")
            return
        contract.need(
            len(contract.outputs) == len(ranges),
            "The number of output streams should match the number of ranges specified in the "
            f"CalculatorOptions: there are {len(contract.outputs)} and {len(ranges)}.",
        )
        if options.element_only:
            for (begin, end), spec in zip(ranges, contract.outputs, strict=True):
                contract.need(
                    end == begin + 1,
                    f"Since element_only is true, all ranges should be of size 1, unlike {begin}..{end}.",
                )
                spec.set(cls.element)

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._ranges = [(span.begin, span.end) for span in cc.options.ranges]

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        packet = cc.packet(self.data)
        if packet.is_empty():
            return
        elements = self.elements_of(packet)
        needed = max((end for _, end in self._ranges), default=0)
        ret_check(
            len(elements) >= needed, f"the list has {len(elements)} elements, the ranges go up to {needed}."
        )
        if cc.options.combine_outputs:
            indexes = [index for begin, end in self._ranges for index in range(begin, end)]
            cc.emit(self.out, self.joined(elements, indexes))
            return
        for i, (begin, end) in enumerate(self._ranges):
            part = (
                self.single(elements, begin)
                if cc.options.element_only
                else self.joined(elements, range(begin, end))
            )
            cc.emit(self.out, part, index=i)

    def elements_of(self, packet: mp.Packet) -> Any:
        """Return the elements in an input packet, for the other methods, with a length."""
        return packet.payload

    def joined(self, elements: Any, indexes: Sequence[int]) -> Any:
        """Return the output payload for some of the elements."""
        return [elements[index] for index in indexes]

    def single(self, elements: Any, index: int) -> Any:
        """Return one of the elements."""
        return elements[index]


def _refuse_overlaps(ranges: list[tuple[int, int]]) -> None:
    ordered = sorted(ranges)
    for (_, end), (begin, _) in pairwise(ordered):
        ret_check(end <= begin, "Ranges must be non-overlapping.")
