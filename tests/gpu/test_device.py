from __future__ import annotations

import pytest
import wgpu

from mpgraph.errors import GpuError
from mpgraph.gpu.device import readable_error, reports_loss


@pytest.mark.parametrize(
    "error",
    [
        wgpu.GPUOutOfMemoryError("Not enough memory left."),
        RuntimeError("Out-Of-Memory: no buffer"),
        GpuError("Validation Error\n\nCaused by:\n  In wgpuDeviceCreateTexture\n    Not enough memory left."),
    ],
)
def test_out_of_memory_error_has_a_remedy(error: Exception) -> None:
    message = str(readable_error(error, "There is no room on the GPU for 5 bytes", "A100"))
    assert message.startswith("There is no room on the GPU for 5 bytes: A100 is out of memory. Keep fewer")


def test_other_errors_keep_their_text() -> None:
    error = readable_error(RuntimeError("Binding 3 is wrong\n"), "The GPU refused its work", "A100")
    assert str(error) == "The GPU refused its work: Binding 3 is wrong"


def test_device_loss_is_recognized_by_the_librarys_message() -> None:
    assert reports_loss(RuntimeError("Parent device is lost"))
    assert not reports_loss(RuntimeError("Binding 3 is wrong"))
