"""VisibilityCopyCalculator: give landmarks the visibility and presence of others."""

from __future__ import annotations

from mpgraph.calculators.core.families import LANDMARK_LIST, NORMALIZED_LANDMARK_LIST
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.landmarks import FIELDS, Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.visibility_copy_calculator_pb2 import VisibilityCopyCalculatorOptions

_COPIED = {"copy_visibility": FIELDS.index("visibility"), "copy_presence": FIELDS.index("presence")}


@mp.register
class VisibilityCopyCalculator(mp.Calculator):
    """Copies visibility and presence from one list of landmarks to another.

    LANDMARKS_FROM (LandmarkList) or NORM_LANDMARKS_FROM (NormalizedLandmarkList): the source. Fields that it
        does not set are copied as 0.
    LANDMARKS_TO or NORM_LANDMARKS_TO: the landmarks to copy to, at least as many. Exactly one of each pair.
    Output of the same tag: as many landmarks as the source has.

    Nothing is sent where one of the lists is missing. Options: `copy_visibility`, `copy_presence`.
    """

    source = mp.Input("LANDMARKS_FROM", LANDMARK_LIST, optional=True)
    norm_source = mp.Input("NORM_LANDMARKS_FROM", NORMALIZED_LANDMARK_LIST, optional=True)
    target = mp.Input("LANDMARKS_TO", LANDMARK_LIST, optional=True)
    norm_target = mp.Input("NORM_LANDMARKS_TO", NORMALIZED_LANDMARK_LIST, optional=True)
    out = mp.Output("LANDMARKS_TO", LANDMARK_LIST, optional=True)
    norm_out = mp.Output("NORM_LANDMARKS_TO", NORMALIZED_LANDMARK_LIST, optional=True)
    Options = mp.ProtoOptions(VisibilityCopyCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One list to copy from, one to copy to, and an output like that."""
        super().get_contract(contract)
        for tag, what in (("LANDMARKS_FROM", "from"), ("LANDMARKS_TO", "to")):
            contract.need(
                contract.inputs.has(tag) != contract.inputs.has(f"NORM_{tag}"),
                f"Exactly one landmarks stream to copy {what} should be provided: {tag} or NORM_{tag}.",
            )
        for tag in ("LANDMARKS_TO", "NORM_LANDMARKS_TO"):
            contract.need(
                contract.inputs.has(tag) == contract.outputs.has(tag),
                "Landmarks to copy to and output stream types should be the same: connect "
                "LANDMARKS_TO or NORM_LANDMARKS_TO on both sides.",
            )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        options = cc.options_as(self.Options)
        self._columns = [column for name, column in _COPIED.items() if getattr(options, name)]

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        normalized = cc.connected(self.norm_target)
        source = self.norm_source if cc.connected(self.norm_source) else self.source
        copied = Landmarks.in_packet(cc.packet(source))
        landmarks = Landmarks.in_packet(cc.packet(self.norm_target if normalized else self.target))
        if copied is None or landmarks is None:
            return
        if len(landmarks) < len(copied):
            raise InvalidArgumentError(
                f"There are {len(copied)} landmarks to copy from, but only {len(landmarks)} to copy to."
            )
        landmarks = landmarks.take(range(len(copied)))
        landmarks.values[:, self._columns] = copied.values[:, self._columns]
        landmarks.is_set[:, self._columns] = True
        cc.emit(self.norm_out if normalized else self.out, landmarks)
