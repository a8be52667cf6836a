"""Association<element>Calculator: merge lists of regions, so that no two of them overlap."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mpgraph.calculators.core.families import DETECTION, NORMALIZED_RECT
from mpgraph.errors import InternalError
from mpgraph.formats.detections import copy_of
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import PayloadType, vector
from mpgraph.protos.association_calculator_pb2 import AssociationCalculatorOptions
from mpgraph.protos.location_data_pb2 import LocationData

_PREVIOUS = "PREV"


class _Box(NamedTuple):
    """An upright rectangle; all float32."""

    left: np.float32
    top: np.float32
    right: np.float32
    bottom: np.float32

    @classmethod
    def of_size(cls, left: np.float32, top: np.float32, width: np.float32, height: np.float32) -> _Box:
        return cls(left, top, left + width, top + height)

    def area(self) -> np.float32:
        return (self.right - self.left) * (self.bottom - self.top)

    def similarity(self, other: _Box) -> np.float32:
        """Intersection over union, 0..1; 0 if one of the two has a negative size."""
        left, right = max(self.left, other.left), min(self.right, other.right)
        top, bottom = max(self.top, other.top), min(self.bottom, other.bottom)
        zero = np.float32(0)
        if left > right or top > bottom or not (self._is_valid() and other._is_valid()):
            return zero
        common = (right - left) * (bottom - top)
        union = self.area() + other.area() - common
        return common / union if union > 0 else zero

    def _is_valid(self) -> bool:
        return bool(self.left <= self.right and self.top <= self.bottom)


class AssociationCalculator(mp.Calculator):
    """Merges lists of regions into one without overlaps; later elements and inputs take precedence.

    The inputs, any number of them, are lists of the same type; so is the output. An element removes
    those before it with which its intersection over union exceeds `min_similarity_threshold` (default: 1),
    and takes over the id of the last one removed. Finally the elements take over the ids of similar
    elements of PREV, which adds no elements. Only detections have ids here.

    Rotations are ignored. A list is sent at each time with a packet, even if it is empty.
    """

    element: PayloadType
    Options = mp.ProtoOptions(AssociationCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At most one PREV, and another input beside it."""
        super().get_contract(contract)
        contract.inputs.set_all(vector(cls.element))
        contract.outputs.set_all(vector(cls.element))
        contract.need(contract.inputs.count(_PREVIOUS) <= 1, "Only one input stream may have the tag PREV.")
        contract.need(
            not contract.inputs.has(_PREVIOUS) or len(contract.inputs) >= 2,
            "PREV alone has nothing to associate with; connect another input stream.",
        )
        contract.need(
            contract.options.min_similarity_threshold >= 0,
            f"min_similarity_threshold is {contract.options.min_similarity_threshold}; use 0 or more.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._threshold = np.float32(cc.options_as(self.Options).min_similarity_threshold)
        self._previous = cc.input_tags.id(_PREVIOUS, 0)

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        merged: list[tuple[Any, _Box]] = []
        with np.errstate(all="ignore"):
            for position, packet in enumerate(cc.packets):
                if position == self._previous or packet.is_empty():
                    continue
                for element in packet.payload:
                    # MediaPipe adds the very first element unchecked; it cannot overlap anything.
                    merged = self._added(merged, element)
            elements = [element for element, _ in merged]
            if self._previous is not None and not cc.packets[self._previous].is_empty():
                previous = [(each, self.box_of(each)) for each in cc.packets[self._previous].payload]
                elements = [self._with_last_id(each, box, previous) for each, box in merged]
        cc.outputs[0].emit(elements, cc.t)

    def _added(self, merged: list[tuple[Any, _Box]], element: Any) -> list[tuple[Any, _Box]]:
        box = self.box_of(element)
        kept = [entry for entry in merged if not box.similarity(entry[1]) > self._threshold]
        if len(kept) < len(merged):
            element = self._with_last_id(element, box, merged)
        return [*kept, (element, box)]

    def _with_last_id(self, element: Any, box: _Box, others: list[tuple[Any, _Box]]) -> Any:
        """The element with the id of the last similar one of `others` that has an id."""
        for other, other_box in reversed(others):
            found = self.id_of(other)
            if found is not None and box.similarity(other_box) > self._threshold:
                return self.with_id(element, found)
        return element

    def box_of(self, element: Any) -> _Box:
        """The region of an element. Raises InternalError if it has none."""
        raise NotImplementedError

    def id_of(self, element: Any) -> int | None:
        """The id of an element, None without an id."""
        return None

    def with_id(self, element: Any, identity: int) -> Any:
        """A copy of an element with this id."""
        raise NotImplementedError


@mp.register
class AssociationNormRectCalculator(AssociationCalculator):
    """Merges lists of NormalizedRects into one without overlaps; later elements and inputs take precedence.

    The inputs without a tag, any number of them, are lists; so is the output. A rectangle removes those
    before it with which its intersection over union exceeds `min_similarity_threshold` (default: 1).

    Rotations are ignored. As rectangles have no ids here, PREV changes nothing. A list is sent at each time
    with a packet, even if it is empty.
    """

    element = NORMALIZED_RECT
    regions = mp.Input[Any]("", vector(NORMALIZED_RECT), repeated=True, optional=True)
    previous = mp.Input[Any](_PREVIOUS, vector(NORMALIZED_RECT), optional=True)
    out = mp.Output[Any]("", vector(NORMALIZED_RECT))

    @mp.override
    def box_of(self, element: Any) -> _Box:
        if not all(map(element.HasField, ("x_center", "y_center", "width", "height"))):
            raise InternalError("Missing dimensions in NormalizedRect.")
        # MediaPipe divides by a double, and rounds the difference.
        return _Box.of_size(
            np.float32(element.x_center - element.width / 2),
            np.float32(element.y_center - element.height / 2),
            np.float32(element.width),
            np.float32(element.height),
        )


@mp.register
class AssociationDetectionCalculator(AssociationCalculator):
    """Merges lists of Detections into one without overlaps; later elements and inputs take precedence.

    The inputs without a tag, any number of them, are lists of detections with relative bounding boxes; so is
    the output. A detection removes those before it with which its intersection over union exceeds
    `min_similarity_threshold` (default: 1), and takes over the `detection_id` of the last one removed.
    Finally the detections take over the ids of similar detections of PREV, a list that adds none.

    A list is sent at each time with a packet, even if it is empty.
    """

    element = DETECTION
    regions = mp.Input[Any]("", vector(DETECTION), repeated=True, optional=True)
    previous = mp.Input[Any](_PREVIOUS, vector(DETECTION), optional=True)
    out = mp.Output[Any]("", vector(DETECTION))

    @mp.override
    def box_of(self, element: Any) -> _Box:
        if not element.HasField("location_data"):
            raise InternalError("Missing location_data in Detection")
        location = element.location_data
        if location.format != LocationData.RELATIVE_BOUNDING_BOX:
            raise InternalError("Only detections with a relative bounding box can be associated.")
        box = location.relative_bounding_box
        return _Box.of_size(*map(np.float32, (box.xmin, box.ymin, box.width, box.height)))

    @mp.override
    def id_of(self, element: Any) -> int | None:
        return element.detection_id if element.HasField("detection_id") else None

    @mp.override
    def with_id(self, element: Any, identity: int) -> Any:
        copy = copy_of(element)
        copy.detection_id = identity
        return copy
