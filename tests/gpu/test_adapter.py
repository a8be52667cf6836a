from __future__ import annotations

import sys

import pytest

from mpgraph.errors import GpuError
from mpgraph.gpu import ADAPTER_VARIABLE, GpuContext, adapter


def test_first_gpu_is_not_an_opengl_adapter() -> None:
    found = adapter.adapters()
    assert found and found[0].api in ("Vulkan", "Metal", "D3D12")
    assert str(found[0]).startswith(found[0].name)


def test_hardware_is_preferred_to_software() -> None:
    kinds = [info.kind for info in adapter.adapters()]
    order = ["DiscreteGPU", "IntegratedGPU", "Unknown", "CPU"]
    assert kinds == sorted(kinds, key=order.index)


def test_part_of_the_name_or_vendor_selects_a_gpu(context: GpuContext) -> None:
    for part in (context.info.name[:6], context.info.name.upper(), context.info.vendor):
        assert adapter.choose(part)[0] == context.info


def test_software_can_be_requested() -> None:
    if any(info.is_software for info in adapter.adapters()):
        assert adapter.choose("software")[0].is_software
    else:
        with pytest.raises(GpuError, match='="software"'):
            adapter.choose("software")


def test_environment_variable_selects_a_gpu(monkeypatch: pytest.MonkeyPatch, context: GpuContext) -> None:
    monkeypatch.setenv(ADAPTER_VARIABLE, context.info.name)
    assert adapter.choose()[0] == context.info
    monkeypatch.setenv(ADAPTER_VARIABLE, "Voodoo")
    with pytest.raises(GpuError, match=r'No GPU fits MPGRAPH_GPU_ADAPTER="Voodoo"\. Available: .*apt-get'):
        adapter.choose()
    with pytest.raises(GpuError, match='Did you mean "software"'):
        adapter.choose("sofware")


def test_missing_wgpu_is_reported_with_the_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wgpu", None)
    with pytest.raises(GpuError, match=r'need the package wgpu .* pip install "mpgraph\[gpu\]"') as raised:
        adapter.choose()
    assert len(str(raised.value).splitlines()) == 1


def test_missing_driver_is_reported_with_the_install_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_ordered", lambda **_: [])
    with pytest.raises(GpuError, match="No GPU was found.* apt-get install mesa-vulkan-drivers") as raised:
        adapter.choose("")
    assert len(str(raised.value).splitlines()) == 1
