"""LandmarksRefinementCalculator: replace landmarks by those of models for parts, such as lips and eyes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mpgraph.calculators.core.families import NORMALIZED_LANDMARK_LIST
from mpgraph.errors import InvalidArgumentError
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.landmark_pb2 import NormalizedLandmarkList
from mpgraph.protos.landmarks_refinement_calculator_pb2 import LandmarksRefinementCalculatorOptions

_Z = 2

Indexes = npt.NDArray[np.intp]


@mp.register
class LandmarksRefinementCalculator(mp.Calculator):
    """Combines lists of landmarks into one; of several values of a landmark, the last is used.

    LANDMARKS: NormalizedLandmarkLists, one for each `refinement` of the options.
    REFINED_LANDMARKS: the combined NormalizedLandmarkList, sent only if every input has a packet. Visibility
        and presence are not set.

    Options: `refinement`s. `indexes_mapping` has the index in the result of each landmark of the list;
    together the mappings cover 0 to n - 1. `z_refinement` is `none` (z stays), `copy`, or `assign_average`
    (z of all mapped landmarks becomes the average z of `indexes_for_average` in the result so far).
    """

    landmarks = mp.Input("LANDMARKS", NORMALIZED_LANDMARK_LIST, repeated=True)
    refined = mp.Output("REFINED_LANDMARKS", NORMALIZED_LANDMARK_LIST)
    Options = mp.ProtoOptions(LandmarksRefinementCalculatorOptions)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """A refinement for each input, each with an option for z; mappings without gaps."""
        super().get_contract(contract)
        refinements = contract.options.refinement
        for i, refinement in enumerate(refinements):
            contract.need(bool(refinement.indexes_mapping), f"Refinement {i} has no indexes mapping")
            kind = refinement.z_refinement.WhichOneof("z_refinement_options")
            contract.need(
                kind is not None,
                f"Refinement {i} has no Z refinement specified: set none, copy or assign_average.",
            )
            contract.need(
                kind != "assign_average" or refinement.z_refinement.assign_average.indexes_for_average,
                f"Refinement {i} uses assign_average, so at least one index for averaging should be "
                "specified: set indexes_for_average.",
            )
        indexes = {index for refinement in refinements for index in refinement.indexes_mapping}
        contract.need(bool(indexes), "There should be at least one landmark in indexes mapping")
        contract.need(min(indexes) == 0, f"Indexes are expected to start with 0 instead of {min(indexes)}")
        missing = max(indexes) - len(indexes) + 1
        contract.need(not missing, f"Indexes should have no gaps but {missing} indexes are missing")
        averaged = {
            index
            for refinement in refinements
            for index in refinement.z_refinement.assign_average.indexes_for_average
        }
        contract.need(
            averaged <= indexes,
            f"indexes_for_average has {max(averaged, default=0)}, which no indexes_mapping has.",
        )
        count = contract.inputs.count("LANDMARKS")
        contract.need(
            count == len(refinements),
            f"There are {len(refinements)} refinements while {count} landmark streams",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._refinements = list(cc.options_as(self.Options).refinement)
        self._mappings = [np.array(each.indexes_mapping, np.intp) for each in self._refinements]
        self._count = max(int(mapping.max()) for mapping in self._mappings) + 1

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        lists = [Landmarks.in_packet(packet) for packet in cc.all(self.landmarks)]
        refined = Landmarks.unset(self._count, NormalizedLandmarkList)
        for landmarks, mapping, refinement in zip(lists, self._mappings, self._refinements, strict=True):
            if landmarks is None:
                return
            if len(landmarks) != len(mapping):
                raise InvalidArgumentError(
                    f"There are {len(landmarks)} refinement landmarks while mapping has {len(mapping)}"
                )
            refined.values[mapping, :_Z] = landmarks.values[:, :_Z]
            refined.is_set[mapping, :_Z] = True
            _refine_z(refined, landmarks, mapping, refinement.z_refinement)
        cc.emit(self.refined, refined)


def _refine_z(
    refined: Landmarks,
    landmarks: Landmarks,
    mapping: Indexes,
    how: LandmarksRefinementCalculatorOptions.ZRefinement,
) -> None:
    kind = how.WhichOneof("z_refinement_options")
    if kind == "none":
        return
    if kind == "copy":
        refined.z[mapping] = landmarks.z
    else:
        averaged = refined.z[list(how.assign_average.indexes_for_average)].astype(np.float64)
        # The sum of a loop; np.sum adds in another order.
        refined.z[mapping] = np.float32(np.cumsum(averaged)[-1] / len(averaged))
    refined.is_set[mapping, _Z] = True
