"""The option --gpu of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from mpgraph.cli.console import show_warning

Gpu = Annotated[bool, typer.Option("--gpu", help="Use the GPU; see mpgraph doctor.")]


def check_gpu(is_requested: bool) -> None:
    """Check, before any work is done, that there is a GPU if it is requested; warn if it is software.

    Raises:
        GpuError: there is no usable GPU.
    """
    from mpgraph.solutions.device import check_device

    if not is_requested:
        return
    check_device("gpu")
    from mpgraph import gpu

    adapter = gpu.current().info
    if adapter.is_software:
        show_warning(
            f"{adapter.name} computes on the CPU, in place of a GPU: leave out --gpu, which is faster here"
        )
