from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from mpgraph.formats.image_frame import ImageFrame
from mpgraph.gpu import GpuContext, upload
from mpgraph.gpu.warp import resize


@pytest.fixture(scope="module")
def timed() -> Iterator[GpuContext]:
    context = GpuContext(timestamps=True)
    yield context
    context.device.destroy()


def seconds_of(context: GpuContext, times: int) -> float:
    """The GPU's time for scaling an image repeatedly."""
    image = upload(ImageFrame.wrap(np.zeros((50, 50, 4), np.uint8)), context)
    for _ in range(times):
        resize(image, 800, 800)
    context.flush()
    assert context.timer is not None
    return context.timer.seconds()


def test_more_work_takes_more_time(timed: GpuContext) -> None:
    seconds_of(timed, 1)
    little, much = min(seconds_of(timed, 1) for _ in range(5)), min(seconds_of(timed, 20) for _ in range(5))
    assert 0 < little < much < 60


def test_passes_beyond_the_measured_ones_do_no_harm(timed: GpuContext) -> None:
    image = upload(ImageFrame.wrap(np.zeros((500, 500, 4), np.uint8)), timed)
    for _ in range(200):  # More passes than there are queries.
        resize(image, 8, 8)
        timed.copy_array(timed.upload_array(np.ones(4, np.float32)), timed.new_array((4,)))
    timed.flush()
    assert timed.timer is not None and timed.timer.seconds() > 0
    assert seconds_of(timed, 1) > 0


def test_context_without_timestamps_has_no_timer(context: GpuContext) -> None:
    assert context.timer is None and "timestamp-query" not in context.device.features
