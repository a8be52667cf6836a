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
    executor = started(general_model)
    pictures = [np.full((1, 256, 256, 3), level, np.float32) for level in (0.1, 0.5, 0.9)]
    alone = [executor.run([executor.context.upload_array(picture)])[0].read() for picture in pictures]
    uploaded = [executor.context.upload_array(picture) for picture in pictures]
    together = [executor.run([array])[0] for array in uploaded]
    for result, wanted in zip(together, alone, strict=True):
        assert result.shape == (1, 256, 256, 1)
        np.testing.assert_array_equal(result.read(), wanted)


def test_frames_make_no_new_memory(general_model: TfliteModel) -> None:
    executor = started(general_model)
    context = executor.context
    picture = np.zeros((1, 256, 256, 3), np.float32)
    for _ in range(2):
        executor.run([context.upload_array(picture)])[0].read()
    made = context.resources_created
    for _ in range(5):
        executor.run([context.upload_array(picture)])[0].read()
    assert context.resources_created == made


def test_models_that_end_give_their_memory_back(general_model: TfliteModel) -> None:
    context = current()
    picture = np.zeros((1, 256, 256, 3), np.float32)
    made = []
    for _ in range(5):
        started(general_model).run([context.upload_array(picture)])[0].read()
        made.append(context.resources_created)
    assert made[-1] == made[1]
