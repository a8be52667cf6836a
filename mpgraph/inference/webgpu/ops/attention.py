"""The custom operators of MediaPipe's face model with attention; see mpgraph/inference/attention.py."""

from __future__ import annotations

import math
from typing import TypeVar

from mpgraph.inference.attention import (
    NUMPY_OPERATORS,
    LandmarksToTransformMatrix,
    NumpyOperator,
    TransformLandmarks,
    TransformTensorBilinear,
)
from mpgraph.inference.webgpu.network import Operation
from mpgraph.inference.webgpu.plan import Constant, PlanBuilder, Rule, Value
from mpgraph.inference.webgpu.shapes import pad_last

Kind = TypeVar("Kind", bound=NumpyOperator)


def _parsed(plan: PlanBuilder, op: Operation, kind: type[Kind]) -> tuple[Kind, Value]:
    """The operator with its options, and the value for its result."""
    if NUMPY_OPERATORS.get((op.name, op.version)) is not kind:
        raise plan.refusal(f"there is no kernel for its version {op.version}")
    try:
        operator = kind.parse(op.custom_options)
        dims = operator.output_shape([plan.shape(position).dims for position in range(len(op.inputs))])
    except ValueError as error:
        raise plan.refusal(f"it {error}") from None
    assert isinstance(operator, kind)
    return operator, plan.result(dims)


def _landmarks_to_transform_matrix(plan: PlanBuilder, op: Operation) -> None:
    operator, target = _parsed(plan, op, LandmarksToTransformMatrix)
    plan.emit(
        "landmarks_to_transform_matrix",
        target,
        plan.computed(0),
        Constant(pad_last(operator.subset)),
        count=1,
        subset_size=len(operator.subset),
        left=operator.left,
        right=operator.right,
        target_cos=math.cos(operator.target_rotation),
        target_sin=math.sin(operator.target_rotation),
        scale_x=float(operator.scale[0]) / operator.size[0],
        scale_y=float(operator.scale[1]) / operator.size[1],
        width=operator.size[0],
        height=operator.size[1],
    )


def _transform_tensor_bilinear(plan: PlanBuilder, op: Operation) -> None:
    operator, target = _parsed(plan, op, TransformTensorBilinear)
    features = plan.computed(0)
    _, height, width, _ = features.shape.nhwc
    plan.emit(
        "transform_tensor_bilinear",
        target,
        features,
        plan.value(1),
        in_h=height,
        in_w=width,
        out_w=operator.width,
        blocks=features.shape.blocks,
    )


def _transform_landmarks(plan: PlanBuilder, op: Operation) -> None:
    _, target = _parsed(plan, op, TransformLandmarks)
    plan.emit("transform_landmarks", target, plan.computed(0), plan.value(1))


RULES: dict[str, Rule] = {
    "Landmarks2TransformMatrix": _landmarks_to_transform_matrix,
    "TransformTensorBilinear": _transform_tensor_bilinear,
    "TransformLandmarks": _transform_landmarks,
}
