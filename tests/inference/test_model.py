from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError
from mpgraph.framework import resources
from mpgraph.inference import QuantizationSpec, TensorSpec, TfliteModel, load_model
from mpgraph.inference.flatbuffer import Number
from mpgraph.inference.schema import TensorSlot


def test_description_of_the_selfie_models(selfie_models: dict[str, TfliteModel]) -> None:
    general = selfie_models["selfie_segmentation.tflite"]
    landscape = selfie_models["selfie_segmentation_landscape.tflite"]
    assert general.inputs == (TensorSpec("input_1", (1, 256, 256, 3), np.dtype(np.float32)),)
    assert general.outputs == (TensorSpec("activation_10", (1, 256, 256, 1), np.dtype(np.float32)),)
    assert landscape.inputs[0].shape == (1, 144, 256, 3)
    assert len(general.ops) == 246 and general.ops.count("DEQUANTIZE") == 110
    assert general.ops[-2:] == ("Convolution2DTransposeBias", "LOGISTIC")
    assert general.custom_ops == landscape.custom_ops == ("Convolution2DTransposeBias",)
    assert general.static_shapes and general.resizable


def test_models_with_equal_bytes_are_equal() -> None:
    data = (resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()
    one, other = load_model(data, origin="one"), load_model(bytearray(data), origin="other")
    assert one == other and hash(one) == hash(other) and one.origin != other.origin
    assert one.sha256 == hashlib.sha256(data).hexdigest() and one.data == data
    with pytest.raises(AttributeError):
        one.origin = "changed"  # type: ignore[misc]


def test_quantization_and_names_are_read(builder: Any) -> None:
    x = builder.tensor("Bild", [1, 4], np.uint8, quantization=(0.5, 128))
    y = builder.tensor("Maske", [1, 4], np.uint8)
    builder.operator("SecretSauce", [x], [y])
    model = load_model(builder.build([x], [y]), origin="m")
    assert model.inputs[0] == TensorSpec("Bild", (1, 4), np.dtype(np.uint8), QuantizationSpec(0.5, 128))
    assert model.outputs[0].quantization is None
    assert model.ops == model.custom_ops == ("SecretSauce",) and not model.static_shapes
    assert str(model.inputs[0]) == '"Bild" (uint8 [1, 4])'


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "it is empty"),
        (b"TFL3", "only 4 bytes"),
        (b"\0" * 4096, "bytes 4 to 8"),
        (b"GIF89a" + b"\0" * 100, "bytes 4 to 8"),
        (b"\x1c\0\0\0TFL3", "ends after 8"),
    ],
)
def test_invalid_file_is_rejected_with_its_origin(data: bytes, message: str) -> None:
    with pytest.raises(
        InvalidArgumentError, match=r"^Failed to load TfLite model\. \"a/b\.tflite\""
    ) as caught:
        load_model(data, origin="a/b.tflite")
    assert message in str(caught.value)


def test_model_truncated_anywhere_is_rejected() -> None:
    data = (resources.shipped_models() / "selfie_segmentation.tflite").read_bytes()
    for length in range(0, len(data), 4999):
        with pytest.raises(InvalidArgumentError, match="Failed to load TfLite model"):
            load_model(data[:length], origin="short")


def test_other_schema_version_is_rejected(builder: Any) -> None:
    x = builder.tensor("x", [1])
    with pytest.raises(InvalidArgumentError, match="schema version 4"):
        load_model(builder.build([x], [x], version=4), origin="m")


def test_type_without_numpy_equivalent_is_named(builder: Any) -> None:
    x = builder.tensor("x", [1])
    builder.tensors[0].fields[TensorSlot.TYPE] = Number("b", 5)
    with pytest.raises(InvalidArgumentError, match='tensor "x" is of STRING'):
        load_model(builder.build([x], [x]), origin="m")
