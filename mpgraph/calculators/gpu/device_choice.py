"""Calculators with two forms of each port: TAG in host memory, TAG_GPU on the GPU."""

from __future__ import annotations

from collections.abc import Sequence

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import calculator_framework as mp
from mpgraph.gpu import GPU_SERVICE, GpuContext, current

SUFFIX = "_GPU"


def use_gpu(contract: mp.Contract) -> None:
    """Request the GPU for a node, opened when the graph starts; the node runs inline.

    Calculators only record commands for the GPU and never wait for it, so an offloaded call would cost more.
    """
    contract.use_service(GPU_SERVICE, default=_open)
    contract.blocking = False


def _open() -> GpuContext:
    return current()


def choose_device(
    contract: mp.Contract, inputs: Sequence[str], outputs: Sequence[str], optional: Sequence[str] = ()
) -> bool:
    """Return whether a node works on the GPU, which is the case if it connects a port that ends with _GPU.

    The ports of that device become required, those of the other device are refused. inputs, outputs,
    optional (inputs): tags without the suffix; the class declares both forms of each as optional.

    Raises:
        InvalidArgumentError: ports of both devices are connected.
    """
    lists = [(contract.inputs, [*inputs, *optional]), (contract.outputs, list(outputs))]
    on_cpu = [tag for specs, tags in lists for tag in tags if specs.has(tag)]
    on_gpu = [tag + SUFFIX for specs, tags in lists for tag in tags if specs.has(tag + SUFFIX)]
    if on_cpu and on_gpu:
        required = dict.fromkeys((*inputs, *outputs))
        raise InvalidArgumentError(
            f"CPU and GPU ports cannot be mixed: {', '.join(dict.fromkeys(on_cpu))} and "
            f"{', '.join(dict.fromkeys(on_gpu))} are connected.",
            hint=f"Connect {', '.join(required)}, or else {', '.join(tag + SUFFIX for tag in required)}.",
        )
    suffix = SUFFIX if on_gpu else ""
    for tag in inputs:
        contract.inputs.tag(tag + suffix).is_optional = False
    for tag in outputs:
        contract.outputs.tag(tag + suffix).is_optional = False
    if on_gpu:
        use_gpu(contract)
    return bool(on_gpu)
