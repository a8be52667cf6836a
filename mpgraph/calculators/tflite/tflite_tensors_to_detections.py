"""TfLiteTensorsToDetectionsCalculator: a detection model's outputs as detections, from TfLiteTensors."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.tensor.tensors_to_detections import TensorsToDetectionsCalculator
from mpgraph.formats.tensor import TFLITE_TENSORS
from mpgraph.framework import calculator_framework as mp
from mpgraph.protos.tensors_to_detections_calculator_pb2 import TensorsToDetectionsCalculatorOptions


@mp.register
class TfLiteTensorsToDetectionsCalculator(TensorsToDetectionsCalculator):
    """Decodes the outputs of a detection model into detections.

    TENSORS: a list of TfLiteTensors, as TensorsToDetectionsCalculator takes them; or TENSORS_GPU: the same on
        the GPU, read back to be decoded.
    ANCHORS, IGNORE_CLASSES (which MediaPipe's has not), DETECTIONS: as there.

    Options: as there, except for `box_format`, `allow_classes`, `max_results`, `max_classes_per_detection`,
    `tensor_mapping` and `box_boundaries_indices`.
    """

    tensors = mp.Input("TENSORS", TFLITE_TENSORS, optional=True)
    tensors_gpu = mp.Input("TENSORS_GPU", TFLITE_TENSORS, optional=True)
    Options = mp.ProtoOptions("TfLiteTensorsToDetectionsCalculatorOptions")

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One input of tensors; the options are complete and consistent."""
        super().get_contract(contract)
        contract.need(
            contract.inputs.has("TENSORS") != contract.inputs.has("TENSORS_GPU"),
            "Connect either TENSORS or TENSORS_GPU.",
        )

    @staticmethod
    @mp.override
    def read_options(given: Any) -> Any:
        # The fields of the older message have the same numbers in the newer one.
        return TensorsToDetectionsCalculatorOptions.FromString(given.SerializeToString())

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        tensors = cc.get(self.tensors) or cc.get(self.tensors_gpu) or []
        cc.emit(self.detections, self.decoded(tensors))
