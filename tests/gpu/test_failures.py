from __future__ import annotations

import pytest
import wgpu

from mpgraph.errors import GpuError
from mpgraph.gpu import failures


@pytest.mark.parametrize(
    "error",
    [
        wgpu.GPUOutOfMemoryError("Not enough memory left."),
        RuntimeError("Out-Of-Memory: no buffer"),
        GpuError("Validation Error\n\nCaused by:\n  In wgpuDeviceCreateTexture\n    Not enough memory left."),
    ],
)
def test_out_of_memory_says_what_to_do(error: Exception) -> None:
    told = str(failures.explained(error, "There is no room on the GPU for 5 bytes", "A100"))
    assert told.startswith("There is no room on the GPU for 5 bytes: A100 is out of memory. Keep fewer")


def test_other_errors_keep_their_text() -> None:
    told = failures.explained(RuntimeError("Binding 3 is wrong\n"), "The GPU refused its work", "A100")
    assert str(told) == "The GPU refused its work: Binding 3 is wrong"


def test_a_lost_device_is_known_by_the_librarys_words() -> None:
    assert failures.tells_of_loss(RuntimeError("Parent device is lost"))
    assert not failures.tells_of_loss(RuntimeError("Binding 3 is wrong"))
