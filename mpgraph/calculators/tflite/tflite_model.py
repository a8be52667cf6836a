"""TfLiteModelCalculator: loads a model from bytes."""

from __future__ import annotations

from typing import Any

from mpgraph.calculators.tensor.models import MODEL
from mpgraph.calculators.util.file_contents import RESOURCE
from mpgraph.errors import InternalError, InvalidArgumentError
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import STRING
from mpgraph.inference import load_model

_SOURCES = ("MODEL_BLOB", "MODEL_SPAN", "MODEL_RESOURCE", "MODEL_FD")


@mp.register
class TfLiteModelCalculator(mp.Calculator):
    """Loads and checks a TfLite model when a run starts; all ports are side packets.

    MODEL_BLOB: the content of a .tflite file; MODEL_SPAN: the same as any bytes-like object;
        MODEL_RESOURCE: the same as a Resource; or MODEL_FD: (file descriptor, offset, size). If several are
        connected, the last in this order is used.
    MODEL or SHARED_MODEL: the model.

    A file that is not a model fails the run with InternalError, "Failed to load TfLite model."; in MediaPipe
    it is a RET_CHECK.
    """

    blob = mp.SideInput("MODEL_BLOB", STRING, optional=True)
    span = mp.SideInput("MODEL_SPAN", mp.AnyType, optional=True)
    resource = mp.SideInput("MODEL_RESOURCE", RESOURCE, optional=True)
    descriptor = mp.SideInput("MODEL_FD", tuple, optional=True)
    model = mp.SideOutput("MODEL", MODEL, optional=True)
    shared_model = mp.SideOutput("SHARED_MODEL", MODEL, optional=True)
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At least one source, and exactly one of MODEL and SHARED_MODEL."""
        super().get_contract(contract)
        contract.need(
            any(map(contract.side_inputs.has, _SOURCES)),
            "TfLiteModelCalculator needs the model as one of the side packets " + ", ".join(_SOURCES) + ".",
        )
        contract.need(
            contract.side_outputs.has("MODEL") != contract.side_outputs.has("SHARED_MODEL"),
            "TfLiteModelCalculator has exactly one of the output side packets MODEL and SHARED_MODEL.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        try:
            model = load_model(self._content(cc), origin=f"model of node {cc.node_name}")
        except InvalidArgumentError as error:
            raise InternalError(error.message) from error
        cc.emit(self.model, model)
        cc.emit(self.shared_model, model)

    def _content(self, cc: mp.CalculatorContext) -> bytes:
        if cc.has(self.descriptor):
            return _read(*cc[self.descriptor])
        if cc.has(self.resource):
            return bytes(cc[self.resource])
        given: Any = cc[self.span] if cc.has(self.span) else cc[self.blob]
        if isinstance(given, str):
            raise InvalidArgumentError(
                "Failed to load TfLite model. The side packet holds text, not the bytes of a .tflite file."
            )
        return bytes(given)


def _read(descriptor: int, offset: int, size: int) -> bytes:
    try:
        with open(descriptor, "rb", closefd=False) as file:
            file.seek(offset)
            return file.read(size)
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(f"Failed to load TfLite model. Cannot read MODEL_FD: {error}.") from error
