from __future__ import annotations

from types import SimpleNamespace

import pytest

from mpgraph import gpu
from mpgraph.cli.gpu_option import check_gpu
from mpgraph.solutions import device


@pytest.mark.parametrize("is_software", [False, True])
def test_software_in_place_of_a_gpu_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_software: bool
) -> None:
    monkeypatch.setattr(device, "check_device", lambda _: None)
    info = SimpleNamespace(name="llvmpipe", is_software=is_software)
    monkeypatch.setattr(gpu, "current", lambda: SimpleNamespace(info=info))
    check_gpu(True)
    warning = capsys.readouterr().err
    assert warning.startswith("warning: llvmpipe computes on the CPU") if is_software else not warning
    check_gpu(False)
    assert not capsys.readouterr().err
