"""Get<element>VectorItemCalculator: select one element of a list."""

from __future__ import annotations

from mpgraph.calculators.core import families
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework import packet_type


@families.register(
    {
        "GetClassificationListVectorItemCalculator": families.CLASSIFICATION_LIST,
        "GetDetectionVectorItemCalculator": families.DETECTION,
        "GetLandmarkListVectorItemCalculator": families.LANDMARK_LIST,
        "GetNormalizedLandmarkListVectorItemCalculator": families.NORMALIZED_LANDMARK_LIST,
        "GetNormalizedRectVectorItemCalculator": families.NORMALIZED_RECT,
        "GetRectVectorItemCalculator": families.RECT,
    }
)
class GetVectorItemCalculator(mp.Calculator):
    """Sends the element at one index of a list.

    VECTOR is the list, INDEX (int or uint64) the index, counted from 0, and ITEM the element.

    Where INDEX has no packet, the option `item_index` is the index; without either nothing is sent. An index
    past the end is an error, or, with `output_empty_on_oob`, sends nothing. A negative index is an error.
    """

    data = mp.Input("VECTOR", families.VECTOR)
    index = mp.Input("INDEX", (packet_type.INT, packet_type.UINT64), optional=True)
    item = mp.Output("ITEM", families.ELEMENT)
    Options = mp.ProtoOptions("GetVectorItemCalculatorOptions")
    timestamp_offset = 0

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._default: int | None = cc.options.item_index if cc.options.HasField("item_index") else None
        ret_check(
            cc.connected(self.index) or self._default is not None, "INDEX or the option item_index is needed."
        )

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        elements, index = cc.get(self.data), cc.get(self.index, self._default)
        if elements is None or index is None:
            return
        ret_check(index >= 0, f"the index {index} is negative.")
        ret_check(
            cc.options.output_empty_on_oob or index < len(elements),
            f"the index {index} is past the end of a list of {len(elements)}.",
        )
        if index < len(elements):
            cc.emit(self.item, elements[index])
