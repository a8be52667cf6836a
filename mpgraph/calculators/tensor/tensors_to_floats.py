"""TensorsToFloatsCalculator: the values of a tensor as Python numbers."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from mpgraph.calculators.tensor import activation
from mpgraph.errors import InvalidArgumentError, ret_check
from mpgraph.formats.tensor import TENSORS
from mpgraph.framework import calculator_framework as mp
from mpgraph.framework.packet_type import FLOAT, vector

_SIGMOID = 1  # Activation


@mp.register
class TensorsToFloatsCalculator(mp.Calculator):
    """Sends the values of the first tensor of a list.

    TENSORS: a list whose first tensor is float32, of any shape.
    FLOATS: all its values, as a flat list. FLOAT: its value, if it has only one.

    Options: `activation`, NONE or SIGMOID.
    """

    tensors = mp.Input("TENSORS", TENSORS)
    floats = mp.Output("FLOATS", vector(FLOAT), optional=True)
    single = mp.Output("FLOAT", FLOAT, optional=True)
    Options: ClassVar[object] = mp.ProtoOptions("TensorsToFloatsCalculatorOptions")
    allows_both: ClassVar[bool] = False
    """Whether both outputs may be connected."""
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """One of FLOATS and FLOAT, or both if the calculator allows it."""
        super().get_contract(contract)
        given = [contract.outputs.has(tag) for tag in ("FLOATS", "FLOAT")]
        ret_check(
            any(given) and (cls.allows_both or not all(given)),
            f"{cls.__name__} needs {'' if cls.allows_both else 'either '}the output stream FLOATS or FLOAT.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._activated = cc.options is not None and cc.options.activation == _SIGMOID

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        tensors = cc[self.tensors]
        if not tensors or tensors[0].dtype != np.float32:
            found = repr(tensors[0]) if tensors else "an empty list"
            raise InvalidArgumentError(f"TENSORS must start with a float32 tensor, not {found}.")
        values = tensors[0].array
        if self._activated:
            values = activation.sigmoid(values)
        numbers = values.ravel().tolist()
        if cc.connected(self.single):
            if len(numbers) != 1:
                raise InvalidArgumentError(
                    f"FLOAT needs a tensor with one value, but it has {len(numbers)}; use FLOATS."
                )
            cc.emit(self.single, numbers[0])
        cc.emit(self.floats, numbers)
