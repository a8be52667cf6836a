"""TensorsToLandmarksCalculator: a model's output as landmarks."""

from __future__ import annotations

import numpy as np

from mpgraph.calculators.core.families import LANDMARK_LIST, NORMALIZED_LANDMARK_LIST
from mpgraph.calculators.tensor.activation import c_sigmoid
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.landmarks import FIELDS, Floats, Landmarks
from mpgraph.formats.tensor import TENSORS
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos import landmark_pb2
from mpgraph.protos.tensors_to_landmarks_calculator_pb2 import TensorsToLandmarksCalculatorOptions

_SIGMOID = TensorsToLandmarksCalculatorOptions.SIGMOID
_VISIBILITY, _PRESENCE = FIELDS.index("visibility"), FIELDS.index("presence")


@mp.register
class TensorsToLandmarksCalculator(mp.Calculator):
    """Decodes the first tensor of a list into landmarks.

    TENSORS: a list whose first tensor is float32 and has for each landmark x, y, z, visibility and presence
        in a row; rows may be shorter, which leaves fields unset, or longer, which is ignored.
    FLIP_HORIZONTALLY, FLIP_VERTICALLY (bool): streams or side packets that override the options.
    LANDMARKS: a LandmarkList in the units of the tensor.
    NORM_LANDMARKS: a NormalizedLandmarkList, divided by the size of the model's input; z is divided by the
        width and by `normalize_z`.

    Options: `num_landmarks` (required); `input_image_width` and `input_image_height` in pixels, required
    for NORM_LANDMARKS and flips; `flip_horizontally`, `flip_vertically`; `visibility_activation` and
    `presence_activation`, NONE or SIGMOID; `normalize_z`.
    """

    tensors = mp.Input("TENSORS", TENSORS)
    flip_horizontally = mp.Input("FLIP_HORIZONTALLY", bool, optional=True)
    flip_vertically = mp.Input("FLIP_VERTICALLY", bool, optional=True)
    side_flip_horizontally = mp.SideInput("FLIP_HORIZONTALLY", bool, optional=True)
    side_flip_vertically = mp.SideInput("FLIP_VERTICALLY", bool, optional=True)
    landmarks = mp.Output("LANDMARKS", LANDMARK_LIST, optional=True)
    norm_landmarks = mp.Output("NORM_LANDMARKS", NORMALIZED_LANDMARK_LIST, optional=True)
    Options = mp.ProtoOptions(TensorsToLandmarksCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """`num_landmarks` is set, and so is the size of the input where it is required."""
        super().get_contract(contract)
        options: TensorsToLandmarksCalculatorOptions = contract.options
        contract.need(options.num_landmarks > 0, "num_landmarks must be set, to 1 or more.")
        has_size = options.HasField("input_image_width") and options.HasField("input_image_height")
        flips = options.flip_horizontally or options.flip_vertically
        for tag in ("FLIP_HORIZONTALLY", "FLIP_VERTICALLY"):
            connected = contract.inputs.has(tag), contract.side_inputs.has(tag)
            contract.need(not all(connected), f"{tag} is connected as a stream and as a side packet.")
            flips = flips or any(connected)
        contract.need(
            has_size or not contract.outputs.has("NORM_LANDMARKS"),
            "Must provide input width/height for getting normalized landmarks: set input_image_width and "
            "input_image_height.",
        )
        contract.need(
            has_size or not (flips and contract.outputs.has("LANDMARKS")),
            "Must provide input width/height for using flipping when outputting landmarks in absolute "
            "coordinates: set input_image_width and input_image_height.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._count = options.num_landmarks
        self._width, self._height = (
            np.float32(options.input_image_width),
            np.float32(options.input_image_height),
        )
        self._normalize_z = np.float32(options.normalize_z)
        self._flip_x: bool = cc.get(self.side_flip_horizontally, options.flip_horizontally)
        self._flip_y: bool = cc.get(self.side_flip_vertically, options.flip_vertically)
        self._activated = [
            column
            for column, activation in (
                (_VISIBILITY, options.visibility_activation),
                (_PRESENCE, options.presence_activation),
            )
            if activation == _SIGMOID
        ]

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        tensors = cc.get(self.tensors)
        if tensors is None:
            return
        if not tensors or tensors[0].dtype != np.float32:
            found = repr(tensors[0]) if tensors else "an empty list"
            raise InvalidArgumentError(f"TENSORS must start with a float32 tensor, not {found}.")
        absolute = self._decoded(
            tensors[0].array.ravel(),
            cc.get(self.flip_horizontally, self._flip_x),
            cc.get(self.flip_vertically, self._flip_y),
        )
        if cc.connected(self.norm_landmarks):
            cc.emit(self.norm_landmarks, self._normalized(absolute))
        if cc.connected(self.landmarks):
            cc.emit(self.landmarks, absolute)

    def _decoded(self, raw: Floats, flip_x: bool, flip_y: bool) -> Landmarks:
        dimensions = len(raw) // self._count
        ret_check(dimensions > 0, f"a tensor of {len(raw)} values cannot hold {self._count} landmarks.")
        used = min(dimensions, len(FIELDS))
        landmarks = Landmarks.unset(self._count, landmark_pb2.LandmarkList)
        landmarks.values[:, :used] = raw[: self._count * dimensions].reshape(self._count, -1)[:, :used]
        landmarks.is_set[:, :used] = True
        values = landmarks.values
        if flip_x:
            values[:, 0] = self._width - values[:, 0]
        if flip_y and used > 1:
            values[:, 1] = self._height - values[:, 1]
        for column in self._activated:
            if column < used:
                values[:, column] = c_sigmoid(values[:, column])
        return landmarks

    def _normalized(self, landmarks: Landmarks) -> Landmarks:
        with np.errstate(all="ignore"):
            normalized = landmarks.replaced(
                landmarks.x / self._width,
                landmarks.y / self._height,
                landmarks.z / self._width / self._normalize_z,
            )
        normalized.message_class = landmark_pb2.NormalizedLandmarkList
        return normalized
