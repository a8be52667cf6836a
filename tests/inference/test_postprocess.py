"""A detection postprocessor that LiteRT's kernel cannot be trusted with is refused."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from model_builder import ModelBuilder

from mpgraph.errors import InvalidArgumentError, MpgraphError
from mpgraph.inference import create_runner, load_model

flexbuffers = pytest.importorskip("flatbuffers.flexbuffers", reason="it comes with ai-edge-litert")

BOXES, SCORES, ANCHORS = [1, 8, 4], [1, 8, 3], [8, 4]
OPTIONS = {
    "max_detections": 4,
    "max_classes_per_detection": 1,
    "detections_per_class": 2,
    "use_regular_nms": 0,
    "nms_score_threshold": 0.1,
    "nms_iou_threshold": 0.5,
    "num_classes": 2,
    **dict.fromkeys(["y_scale", "x_scale", "h_scale", "w_scale"], 10.0),
}


def packed(**changed: float) -> bytes:
    builder = flexbuffers.Builder()
    with builder.Map():
        for name, value in {**OPTIONS, **changed}.items():
            builder.Key(name)
            (builder.Int if isinstance(value, int) else builder.Float)(value)
    return bytes(builder.Finish())


def postprocessor(builder: Any, options: bytes, *shapes: list[int], outputs: int = 4) -> bytes:
    """A model of the operator; the last of the shapes is that of the anchors."""
    *computed, anchors = shapes or (BOXES, SCORES, ANCHORS)
    inputs = [builder.tensor(f"x{number}", shape) for number, shape in enumerate(computed)]
    results = [builder.tensor(f"y{number}", [1, 4]) for number in range(outputs)]
    constant = builder.constant("anchors", np.ones(anchors, np.float32))
    builder.operator("TFLite_Detection_PostProcess", [*inputs, constant], results, custom_options=options)
    return bytes(builder.build(inputs, results))


def refuse(data: bytes, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        load_model(data, origin="m")


def test_a_right_one_runs(builder: Any) -> None:
    pytest.importorskip("ai_edge_litert")
    model = load_model(postprocessor(builder, packed()), origin="m")
    with create_runner(model, backend="litert") as runner:
        boxes, *_ = runner.run([np.ones(BOXES, np.float32), np.ones(SCORES, np.float32)])
    assert boxes.shape == (1, 4, 4)


def test_it_has_three_inputs_and_four_outputs(builder: Any) -> None:
    refuse(postprocessor(builder, packed(), BOXES, ANCHORS), "has 2 inputs and 4 outputs, not 3 and 4")


def test_it_has_four_outputs(builder: Any) -> None:
    refuse(postprocessor(builder, packed(), outputs=1), "has 3 inputs and 1 outputs")


@pytest.mark.parametrize("anchors", [[2, 4], [8, 2], [8]])
def test_there_is_an_anchor_for_each_box(builder: Any, anchors: list[int]) -> None:
    refuse(postprocessor(builder, packed(), BOXES, SCORES, anchors), r"has boxes of .*, and anchors of")


@pytest.mark.parametrize(
    "changed", [{"max_detections": 0}, {"max_classes_per_detection": 0}, {"max_detections": 1 << 30}]
)
def test_its_counts_are_positive_and_not_huge(builder: Any, changed: dict[str, int]) -> None:
    refuse(postprocessor(builder, packed(**changed)), "has max_detections = .* max_classes_per_detection = ")


def test_damaged_options_are_refused_or_run() -> None:
    pytest.importorskip("ai_edge_litert")
    choose = random.Random(7)
    refused = 0
    for _ in range(150):
        options = bytearray(packed())
        for _ in range(choose.choice((1, 2, 4))):
            options[choose.randrange(len(options))] = choose.randrange(256)
        try:
            model = load_model(postprocessor(ModelBuilder(), bytes(options)), origin="m")
            with create_runner(model, backend="litert", num_threads=1) as runner:
                runner.run([np.ones(BOXES, np.float32), np.ones(SCORES, np.float32)])
        except MpgraphError:
            refused += 1
    assert 20 < refused < 150
