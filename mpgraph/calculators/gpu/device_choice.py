"""Calculators with two forms of one port: TAG in host memory, TAG_GPU on the GPU."""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.contract import Contract
from mpgraph.gpu import GPU_SERVICE, GpuContext, current

SUFFIX = "_GPU"


def use_gpu(contract: Contract) -> None:
    """Let a node have the GPU, which is opened when the graph starts; it only records commands there."""
    contract.use_service(GPU_SERVICE, default=_open)
    contract.blocking = False


def _open() -> GpuContext:
    return current()


def choose_place(
    contract: Contract, inputs: Sequence[str], outputs: Sequence[str], optional: Sequence[str] = ()
) -> bool:
    """Whether a node works on the GPU: whether it connects a port whose tag ends with _GPU.

    The ports of that place are required then, those of the other one refused. inputs, outputs, optional
    (inputs): tags without the ending; the class declares both forms of each as optional.

    Raises:
        InvalidArgumentError: ports of both places are connected.
    """
    lists = [(contract.inputs, [*inputs, *optional]), (contract.outputs, list(outputs))]
    here = [tag for specs, tags in lists for tag in tags if specs.has(tag)]
    there = [tag + SUFFIX for specs, tags in lists for tag in tags if specs.has(tag + SUFFIX)]
    if here and there:
        needed = ", ".join(tag + SUFFIX for tag in (*inputs, *outputs))
        raise InvalidArgumentError(
            f"CPU and GPU ports cannot be mixed: {', '.join(dict.fromkeys(here))} and "
            f"{', '.join(dict.fromkeys(there))} are connected.",
            hint=f"Connect {', '.join(dict.fromkeys((*inputs, *outputs)))}, or else "
            f"{', '.join(dict.fromkeys(needed.split(', ')))}.",
        )
    ending = SUFFIX if there else ""
    for tag in inputs:
        contract.inputs.tag(tag + ending).is_optional = False
    for tag in outputs:
        contract.outputs.tag(tag + ending).is_optional = False
    if there:
        use_gpu(contract)
    return bool(there)
