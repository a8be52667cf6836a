"""Mapping of landmarks: an output for each input of a calculator, all mapped in the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mpgraph.errors import ret_check
from mpgraph.formats.landmarks import Landmarks
from mpgraph.framework import calculator_framework as mp


def need_equal_counts(contract: mp.Contract, tag: str) -> None:
    """Require as many outputs as inputs of a tag.

    Raises:
        InternalError: the numbers differ.
    """
    inputs, outputs = contract.inputs.count(tag), contract.outputs.count(tag)
    ret_check(
        inputs == outputs,
        f"Same number of input and output landmarks is required, but there are {inputs} and {outputs}.",
    )


def emit_mapped(
    cc: mp.CalculatorContext,
    inputs: mp.Input[Any],
    outputs: mp.Output[Any],
    mapping: Callable[[Landmarks], Landmarks],
) -> None:
    """Send the landmarks of the inputs, mapped, to the outputs of their indexes.

    Infinite and undefined results are sent as they are, without numpy's warnings.
    """
    with np.errstate(all="ignore"):
        for index, packet in enumerate(cc.all(inputs)):
            landmarks = Landmarks.in_packet(packet)
            if landmarks is not None:
                cc.emit(outputs, mapping(landmarks), index=index)
