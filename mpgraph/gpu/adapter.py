"""Which GPU computes: what there is, and the choice among it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from mpgraph.errors import GpuError, did_you_mean

ADAPTER_VARIABLE = "MPGRAPH_GPU_ADAPTER"
"""Environment: a part of the name or vendor of the GPU to use, or "software", or "opengl"."""

INSTALL_WGPU = 'Install it with: pip install "mpgraph[gpu]"'
INSTALL_DRIVER = (
    "On Linux install the GPU's Vulkan driver; software that takes its place comes with: "
    "apt-get install mesa-vulkan-drivers libvulkan1"
)

# What is better comes first.
_KINDS = {"DiscreteGPU": 0, "IntegratedGPU": 1, "Unknown": 2, "CPU": 3}
_BACKENDS = ("Vulkan", "Metal", "D3D12")
_BACKENDS_TO_ASK = ("Vulkan", "Metal", "DX12")
_OPENGL = "OpenGL"


class AdapterInfo(NamedTuple):
    """A GPU, in words.

    kind: "DiscreteGPU", "IntegratedGPU", "CPU" (software) or "Unknown". api: "Vulkan", "Metal", "D3D12"
    or "OpenGL".
    """

    name: str
    vendor: str
    kind: str
    api: str
    driver: str

    @property
    def is_software(self) -> bool:
        """Whether the processor computes what a GPU would."""
        return self.kind == "CPU"

    def __str__(self) -> str:
        kind = {"CPU": "software", "DiscreteGPU": "GPU", "IntegratedGPU": "integrated GPU"}
        driver = f", {self.driver}" if self.driver else ""
        return f"{self.name or self.vendor} ({kind.get(self.kind, 'unknown kind')}, {self.api}{driver})"


def info_of(adapter: Any) -> AdapterInfo:
    """What wgpu tells of an adapter."""
    told = adapter.info
    kind = told["adapter_type"] if told["adapter_type"] in _KINDS else "Unknown"
    return AdapterInfo(told["device"], told["vendor"], kind, told["backend_type"], told["description"])


def adapters() -> list[AdapterInfo]:
    """Every GPU there is, in the order of preference; those of OpenGL last.

    Raises:
        GpuError: wgpu is not installed.
    """
    return [info for info, _ in _ordered()]


def choose(wanted: str | None = None) -> tuple[AdapterInfo, Any]:
    """The best GPU that fits `wanted` (as MPGRAPH_GPU_ADAPTER, which counts when it is None).

    Raises:
        GpuError: wgpu is not installed, or there is no such GPU.
    """
    asked = os.environ.get(ADAPTER_VARIABLE, "") if wanted is None else wanted
    found = _ordered(with_opengl=asked.casefold() == "opengl")
    usable = [(info, adapter) for info, adapter in found if info.api != _OPENGL]
    if not asked:
        if usable:
            return usable[0]
        raise GpuError(
            "No GPU was found, neither through Vulkan nor Metal nor DirectX 12.", hint=INSTALL_DRIVER
        )
    word = asked.casefold()
    for info, adapter in usable:
        if (word == "software" and info.is_software) or word in f"{info.name} {info.vendor}".casefold():
            return info, adapter
    for info, adapter in found:
        if info.api == _OPENGL and word == "opengl":
            return info, adapter
    names = [info.name for info, _ in usable]
    listed = "; ".join(str(info) for info, _ in usable) or "none"
    near = did_you_mean(asked, [*names, "software", "opengl"])
    raise GpuError(
        f'No GPU fits {ADAPTER_VARIABLE}="{asked}".{near} There is: {listed}.', hint=INSTALL_DRIVER
    )


def _ordered(with_opengl: bool = False) -> list[tuple[AdapterInfo, Any]]:
    wgpu = import_wgpu()
    from wgpu.backends.wgpu_native.extras import set_instance_extras

    with _unordered_by_mesa():
        # To look for OpenGL opens windows' libraries, which complain on stderr where there are no windows.
        with suppress(RuntimeError):  # The application uses wgpu too, and was first.
            set_instance_extras(backends=["All"] if with_opengl else list(_BACKENDS_TO_ASK))
        found = [(info_of(adapter), adapter) for adapter in wgpu.gpu.enumerate_adapters_sync()]
    found.sort(key=lambda pair: (pair[0].api not in _BACKENDS, _KINDS[pair[0].kind]))
    return found


@contextmanager
def _unordered_by_mesa() -> Iterator[None]:
    """Keep out Mesa's Vulkan layer that orders GPUs: where there are no windows it complains on stderr."""
    switch = "NODEVICE_SELECT"
    if switch in os.environ:
        yield
        return
    os.environ[switch] = "1"
    try:
        yield
    finally:
        del os.environ[switch]


def import_wgpu() -> Any:
    """The wgpu module.

    Raises:
        GpuError: it is not installed, or its library does not load here.
    """
    is_ours = "wgpu" not in sys.modules
    try:
        import wgpu
        import wgpu.backends.wgpu_native
    except ImportError as error:
        raise GpuError(f"GPU calculators need the package wgpu ({error}).", hint=INSTALL_WGPU) from error
    except (OSError, RuntimeError) as error:
        raise GpuError(f"wgpu does not load here: {error}.", hint=INSTALL_WGPU) from error
    if is_ours:  # Its log repeats on stderr what is raised here.
        logging.getLogger("wgpu").setLevel(logging.CRITICAL)
    return wgpu
