from __future__ import annotations

import numpy as np

from mpgraph.gpu import current
from mpgraph.inference import TfliteModel
from mpgraph.inference.webgpu.network import read_network
from mpgraph.inference.webgpu.plan_runner import PlanRunner
from mpgraph.inference.webgpu.planning import make_plan


def started(model: TfliteModel) -> PlanRunner:
    return PlanRunner(current(), make_plan(read_network(model), [spec.shape for spec in model.inputs]))


def test_frames_in_flight_do_not_mix(general_model: TfliteModel) -> None:
    """Several frames are recorded before the first is read."""
    runner = started(general_model)
    images = [np.full((1, 256, 256, 3), level, np.float32) for level in (0.1, 0.5, 0.9)]
    alone = [runner.run([runner.context.upload_array(image)])[0].read() for image in images]
    uploaded = [runner.context.upload_array(image) for image in images]
    together = [runner.run([array])[0] for array in uploaded]
    for result, expected in zip(together, alone, strict=True):
        assert result.shape == (1, 256, 256, 1)
        np.testing.assert_array_equal(result.read(), expected)


def test_frames_allocate_no_memory(general_model: TfliteModel) -> None:
    runner = started(general_model)
    context = runner.context
    image = np.zeros((1, 256, 256, 3), np.float32)
    for _ in range(2):
        runner.run([context.upload_array(image)])[0].read()
    before = context.resources_created
    for _ in range(5):
        runner.run([context.upload_array(image)])[0].read()
    assert context.resources_created == before


def test_memory_of_a_dropped_model_is_reused(general_model: TfliteModel) -> None:
    context = current()
    image = np.zeros((1, 256, 256, 3), np.float32)
    counts = []
    for _ in range(5):
        started(general_model).run([context.upload_array(image)])[0].read()
        counts.append(context.resources_created)
    assert counts[-1] == counts[1]
