"""The private pool: lookup, modules that look generated, extensions, Any, late files, copies of messages."""

from __future__ import annotations

import copy
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message import EncodeError

import mpgraph as mp
from mpgraph import protos
from mpgraph.errors import AlreadyExistsError, ConfigError, NotFoundError
from mpgraph.framework import packet_type
from mpgraph.framework.packet_type import message_type
from mpgraph.protos import (
    calculator_pb2,
    copy_message,
    detection_pb2,
    image_format_pb2,
    is_message,
    rect_pb2,
)

FOLDER = Path(protos.__file__).parent


def make_file(name: str, message: str, field: str = "level") -> FileDescriptorProto:
    file = FileDescriptorProto(name=name, package="mpgraph.test", syntax="proto3")
    file.message_type.add(name=message).field.add(
        name=field, number=1, type=FieldDescriptorProto.TYPE_FLOAT, label=FieldDescriptorProto.LABEL_OPTIONAL
    )
    return file


def test_committed_descriptors_and_stubs_match_the_proto_files() -> None:
    tool = FOLDER.parents[1] / "tools" / "protos.py"
    command = [sys.executable, str(tool), "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_proto_file_has_its_module() -> None:
    stems = {path.stem for path in FOLDER.glob("*.proto")}
    assert {name.removesuffix("_pb2") for name in dir(protos) if name.endswith("_pb2")} >= stems
    for stem in stems:
        module = importlib.import_module(f"mpgraph.protos.{stem}_pb2")
        assert module is getattr(protos, f"{stem}_pb2")
        for name in module.DESCRIPTOR.message_types_by_name:
            assert getattr(module, name).DESCRIPTOR.full_name == f"mediapipe.{name}"
            assert name in dir(module)


def test_modules_have_classes_enums_and_nested_names() -> None:
    detection = detection_pb2.Detection(label=["person"], score=[0.5])
    detection.associated_detections.append(detection_pb2.Detection.AssociatedDetection(id=3))
    assert detection_pb2.Detection.FromString(detection.SerializeToString()) == detection
    assert copy.deepcopy(detection) == detection
    assert image_format_pb2.ImageFormat.SRGB == 1
    assert image_format_pb2.ImageFormat.Format.Name(9) == "VEC32F1"
    assert detection_pb2.Detection is protos.message_class("mediapipe.Detection")
    with pytest.raises(AttributeError, match="Detektion"):
        detection_pb2.Detektion()
    with pytest.raises(AttributeError, match='Did you mean "detection_pb2"'):
        dir(protos.detektion_pb2)


def test_default_pool_stays_empty() -> None:
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName("mediapipe.CalculatorGraphConfig")


def test_unknown_message_suggests_near_names() -> None:
    with pytest.raises(NotFoundError, match=r'Did you mean "mediapipe\.Detection"'):
        protos.message_class("mediapipe.Detektion")


def test_option_extensions() -> None:
    extension = protos.extension_for("mediapipe.GateCalculatorOptions")
    assert extension is not None
    node = calculator_pb2.CalculatorGraphConfig.Node()
    node.options.Extensions[extension].allow = True
    again = calculator_pb2.CalculatorGraphConfig.Node.FromString(node.SerializeToString())
    assert again.options.Extensions[extension].allow
    assert protos.extension_for("mediapipe.VectorToTensorCalculatorOptions") is None


# Extension ids are part of the binary format; these are from MediaPipe's sources.
@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("ThreadPoolExecutorOptions", 157116819),
        ("DefaultInputStreamHandlerOptions", 164312821),
        ("FixedSizeInputStreamHandlerOptions", 125744319),
        ("SyncSetInputStreamHandlerOptions", 155816273),
        ("TimestampAlignInputStreamHandlerOptions", 190104979),
        ("SwitchContainerOptions", 345967970),
        ("FlowLimiterCalculatorOptions", 326963320),
        ("GateCalculatorOptions", 261754847),
        ("PacketClonerCalculatorOptions", 258872085),
        ("ConstantSidePacketCalculatorOptions", 291214597),
        ("LocalFileContentsCalculatorOptions", 346849340),
        ("TfLiteCustomOpResolverCalculatorOptions", 252087553),
        ("ImageToTensorCalculatorOptions", 334361939),
        ("InferenceCalculatorOptions", 336783863),
        ("TensorsToSegmentationCalculatorOptions", 374311106),
        ("SegmentationSmoothingCalculatorOptions", 377425128),
        ("RecolorCalculatorOptions", 252527117),
        ("SetAlphaCalculatorOptions", 250949799),
        ("ImageTransformationCalculatorOptions", 251952830),
        ("ImageCroppingCalculatorOptions", 262466399),
        ("BilateralFilterCalculatorOptions", 255670209),
        ("TfLiteConverterCalculatorOptions", 245817797),
        ("TfLiteInferenceCalculatorOptions", 233867213),
        ("TfLiteTensorsToSegmentationCalculatorOptions", 252526026),
        ("OpenCvVideoEncoderCalculatorOptions", 207936763),
    ],
)
def test_extension_numbers(name: str, number: int) -> None:
    extension = protos.extension_for(f"mediapipe.{name}")
    assert extension is not None
    assert extension.number == number


def test_defaults_other_than_zero() -> None:
    recolor = protos.message_class("mediapipe.RecolorCalculatorOptions")()
    assert recolor.adjust_with_luminance
    assert recolor.mask_channel == recolor.RED
    converter = protos.message_class("mediapipe.TfLiteConverterCalculatorOptions")()
    assert (converter.zero_center, converter.max_num_channels, converter.custom_div) == (True, 3, -1.0)
    limiter = protos.message_class("mediapipe.FlowLimiterCalculatorOptions")()
    assert (limiter.max_in_flight, limiter.max_in_queue) == (1, 0)


def test_parse_any() -> None:
    node = calculator_pb2.CalculatorGraphConfig.Node()
    packed = node.node_options.add()
    color = protos.message_class("mediapipe.Color")(r=7)
    packed.Pack(color)
    assert protos.parse_any(packed) == color
    packed.type_url = "type.googleapis.com/acme.Unknown"
    assert protos.parse_any(packed) is None
    packed.type_url, packed.value = "type.googleapis.com/mediapipe.Color", b"\xff"
    with pytest.raises(ConfigError, match=r"mediapipe\.Color"):
        protos.parse_any(packed)


def test_files_added_at_run_time() -> None:
    protos.add_file(make_file("late.proto", "Late"))
    protos.add_file(make_file("late.proto", "Late"))
    assert protos.message_class("mpgraph.test.Late")(level=0.5).level == 0.5
    with pytest.raises(AlreadyExistsError, match=r"late\.proto"):
        protos.add_file(make_file("late.proto", "Late", field="other"))


def foreign_class(full_name: str, field: str) -> Any:
    """A message class with one float field, as generated elsewhere, in a pool of its own."""
    package, _, name = full_name.rpartition(".")
    file = FileDescriptorProto(name=f"{name}.proto", package=package, syntax="proto2")
    kind = FieldDescriptorProto
    file.message_type.add(name=name).field.add(
        name=field, number=3, type=kind.TYPE_FLOAT, label=kind.LABEL_REPEATED
    )
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(full_name))


def test_message_type_has_the_name_that_mediapipe_registers() -> None:
    kind = message_type("mediapipe.NormalizedRect")
    assert kind.name == "::mediapipe::NormalizedRect"
    assert message_type("mediapipe.NormalizedRect") is kind
    assert packet_type.family(rect_pb2.NormalizedRect) == {kind}
    assert packet_type.vector(kind).name == "::std::vector<::mediapipe::NormalizedRect>"


def test_unknown_message_is_reported() -> None:
    with pytest.raises(NotFoundError, match='Did you mean "mediapipe.Detection"'):
        message_type("mediapipe.Detectoin")


def test_message_of_another_pool_is_converted() -> None:
    foreign = foreign_class("mediapipe.Detection", "score")(score=[0.5])
    assert not isinstance(foreign, detection_pb2.Detection)
    own = copy_message(foreign)
    assert isinstance(own, detection_pb2.Detection)
    assert list(own.score) == [0.5]


def test_own_message_is_copied() -> None:
    message = detection_pb2.Detection(score=[0.5])
    copy = copy_message(message)
    message.score.append(1)
    assert list(copy.score) == [0.5]


def test_unregistered_message_is_reported() -> None:
    with pytest.raises(NotFoundError, match="Unregistered proto message type: other.Thing"):
        copy_message(foreign_class("other.Thing", "x")())


def test_missing_required_field_is_reported() -> None:
    with pytest.raises(EncodeError, match="missing required fields"):
        copy_message(rect_pb2.NormalizedRect())


@pytest.mark.parametrize("value", [None, "a", 3, detection_pb2.Detection])
def test_copying_other_values_is_refused(value: Any) -> None:
    assert not is_message(value)
    with pytest.raises(TypeError, match="A protocol message is needed"):
        copy_message(value)


def test_messages_of_other_pools_in_packets() -> None:
    foreign = foreign_class("mediapipe.Detection", "score")(score=[0.5])
    assert mp.make_packet(foreign).type is message_type("mediapipe.Detection")
    unknown = foreign_class("other.Thing", "x")()
    assert mp.make_packet(unknown).payload is unknown
    assert mp.make_packet(type(foreign)).payload is type(foreign)
