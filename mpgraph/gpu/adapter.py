"""The GPUs of the machine, and the choice among them."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from mpgraph.errors import GpuError, did_you_mean

ADAPTER_VARIABLE = "MPGRAPH_GPU_ADAPTER"
"""Environment variable: part of the name or vendor of the GPU to use, or "software", or "opengl"."""

INSTALL_WGPU = 'Install it with: pip install "mpgraph[gpu]"'
INSTALL_DRIVER = (
    "On Linux install the GPU's Vulkan driver; a software implementation is installed with: "
    "apt-get install mesa-vulkan-drivers libvulkan1"
)

# In the order of preference.
_KINDS = {"DiscreteGPU": 0, "IntegratedGPU": 1, "Unknown": 2, "CPU": 3}
_BACKENDS = ("Vulkan", "Metal", "D3D12")
_REQUESTED_BACKENDS = ("Vulkan", "Metal", "DX12")
_OPENGL = "OpenGL"


class AdapterInfo(NamedTuple):
    """Description of a GPU.

    name, vendor, driver: as the driver gives them.
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
        """Whether this is a software implementation on the CPU."""
        return self.kind == "CPU"

    def __str__(self) -> str:
        kind = {"CPU": "software", "DiscreteGPU": "GPU", "IntegratedGPU": "integrated GPU"}
        driver = f", {self.driver}" if self.driver else ""
        return f"{self.name or self.vendor} ({kind.get(self.kind, 'unknown type')}, {self.api}{driver})"


def info_of(adapter: Any) -> AdapterInfo:
    """The description that wgpu has of an adapter."""
    info = adapter.info
    kind = info["adapter_type"] if info["adapter_type"] in _KINDS else "Unknown"
    return AdapterInfo(info["device"], info["vendor"], kind, info["backend_type"], info["description"])


def adapters() -> list[AdapterInfo]:
    """All GPUs in the order of preference; those available through OpenGL last.

    Raises:
        GpuError: wgpu is not installed.
    """
    return [info for info, _ in _ordered()]


def choose(wanted: str | None = None) -> tuple[AdapterInfo, Any]:
    """The best GPU that matches `wanted`, in the syntax of MPGRAPH_GPU_ADAPTER, which applies if it is None.

    Raises:
        GpuError: wgpu is not installed, or there is no such GPU.
    """
    requested = os.environ.get(ADAPTER_VARIABLE, "") if wanted is None else wanted
    word = requested.casefold()
    found = _ordered(with_opengl=word == "opengl")
    for info, adapter in found:
        if _fits(info, word):
            return info, adapter
    if not requested:
        raise GpuError(
            "No GPU was found, neither through Vulkan nor Metal nor DirectX 12.", hint=INSTALL_DRIVER
        )
    usable = [info for info, _ in found if info.api != _OPENGL]
    listed = "; ".join(map(str, usable)) or "none"
    near = did_you_mean(requested, [*(info.name for info in usable), "software", "opengl"])
    raise GpuError(
        f'No GPU fits {ADAPTER_VARIABLE}="{requested}".{near} Available: {listed}.', hint=INSTALL_DRIVER
    )


def _fits(info: AdapterInfo, word: str) -> bool:
    if info.api == _OPENGL:
        return word == "opengl"
    return (word == "software" and info.is_software) or word in f"{info.name} {info.vendor}".casefold()


def _ordered(with_opengl: bool = False) -> list[tuple[AdapterInfo, Any]]:
    wgpu = import_wgpu()
    from wgpu.backends.wgpu_native.extras import set_instance_extras

    with _without_mesa_device_select():
        # Looking for OpenGL loads window-system libraries, which complain on stderr without a display.
        with suppress(RuntimeError):  # The application uses wgpu, too, and has set them up before.
            set_instance_extras(backends=["All"] if with_opengl else list(_REQUESTED_BACKENDS))
        found = [(info_of(adapter), adapter) for adapter in wgpu.gpu.enumerate_adapters_sync()]
    found.sort(key=lambda pair: (pair[0].api not in _BACKENDS, _KINDS[pair[0].kind]))
    return found


@contextmanager
def _without_mesa_device_select() -> Iterator[None]:
    """Disable Mesa's Vulkan layer that reorders GPUs: it complains on stderr without a display."""
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
        GpuError: it is not installed, or its library cannot be loaded.
    """
    is_ours = "wgpu" not in sys.modules
    try:
        import wgpu
        import wgpu.backends.wgpu_native
    except ImportError as error:
        raise GpuError(f"GPU calculators need the package wgpu ({error}).", hint=INSTALL_WGPU) from error
    except (OSError, RuntimeError) as error:
        raise GpuError(f"wgpu cannot be loaded: {error}.", hint=INSTALL_WGPU) from error
    if is_ours:  # Its log repeats on stderr what is raised as an exception.
        logging.getLogger("wgpu").setLevel(logging.CRITICAL)
    return wgpu
