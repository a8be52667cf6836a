"""MediaPipe's import paths below `mpgraph`; those below `mediapipe` are tested with the stand-in."""

from __future__ import annotations

import importlib
import importlib.util
import pickle
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import mpgraph
from mpgraph import protos
from mpgraph.mediapipe_paths import PACKAGES

PACKAGE = Path(mpgraph.__file__).parent


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("python.solutions", "solutions"),
        ("python.solutions.hands", "solutions.hands"),
        ("python.solution_base", "solutions.solution_base"),
        ("solution_base", "solutions.solution_base"),
        ("python.packet_creator", "packet_creator"),
        ("python.packet_getter", "packet_getter"),
        ("python._framework_bindings.resource_util", "resource_util"),
        ("framework.formats.landmark_pb2", "protos.landmark_pb2"),
        ("framework.formats.object_detection.anchor_pb2", "protos.anchor_pb2"),
        ("framework.calculator_pb2", "protos.calculator_pb2"),
        (
            "framework.stream_handler.sync_set_input_stream_handler_pb2",
            "protos.sync_set_input_stream_handler_pb2",
        ),
        ("framework.tool.switch_container_pb2", "protos.switch_container_pb2"),
        ("calculators.util.thresholding_calculator_pb2", "protos.thresholding_calculator_pb2"),
        ("calculators.internal.callback_packet_calculator_pb2", "protos.callback_packet_calculator_pb2"),
        ("gpu.gpu_origin_pb2", "protos.gpu_origin_pb2"),
        ("modules.face_detection.face_detection_pb2", "protos.face_detection_pb2"),
        ("util.color_pb2", "protos.color_pb2"),
    ],
)
def test_path_leads_to_the_module_itself(path: str, own: str) -> None:
    module = importlib.import_module(f"mpgraph.{path}")
    assert module is importlib.import_module(f"mpgraph.{own}")
    assert module.__spec__ is not None
    assert module.__spec__.name == module.__name__ == f"mpgraph.{own}"


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("python", ["CalculatorGraph", "Timestamp", "ValidatedGraphConfig"]),
        ("python._framework_bindings.calculator_graph", ["CalculatorGraph", "GraphInputStreamAddMode"]),
        ("python._framework_bindings.image", ["Image"]),
        ("python._framework_bindings.image_frame", ["ImageFormat", "ImageFrame"]),
        ("python._framework_bindings.matrix", ["Matrix"]),
        ("python._framework_bindings.packet", ["Packet"]),
        ("python._framework_bindings.timestamp", ["Timestamp"]),
        ("python._framework_bindings.validated_graph_config", ["ValidatedGraphConfig"]),
    ],
)
def test_bindings_have_mpgraphs_classes(path: str, names: list[str]) -> None:
    module = importlib.import_module(f"mpgraph.{path}")
    for name in names:
        assert getattr(module, name) is getattr(mpgraph, name)
        assert name in dir(module)


def test_packages_are_not_packages_of_mpgraph_too() -> None:
    """The finder comes first, so it would hide a folder of that path."""
    assert not [path for path in PACKAGES[1:] if PACKAGE.joinpath(*path.split(".")).exists()]


def test_modules_are_attributes_of_their_packages() -> None:
    formats = importlib.import_module("mpgraph.framework.formats")
    assert formats.rect_pb2 is protos.rect_pb2
    with pytest.raises(
        AttributeError, match=r"module 'mpgraph.framework.formats' has no attribute 'no_such_pb2'"
    ):
        _ = formats.no_such_pb2


@pytest.mark.parametrize(
    "path",
    [
        "util.tracking.no_such_pb2",
        "util.nothing",
        "python.nothing",
        "python.solutions.nothing",
        "nothing_pb2",
    ],
)
def test_missing_modules_are_not_found(path: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="No module named"):
        importlib.import_module(f"mpgraph.{path}")
    assert importlib.util.find_spec(f"mpgraph.{path}") is None


def test_patches_of_one_path_take_effect_under_the_other() -> None:
    from mpgraph.solutions import hands

    with mock.patch("mpgraph.python.solutions.hands.Hands") as patched:
        assert hands.Hands is patched
    assert hands.Hands is not patched


def test_modules_can_be_reloaded() -> None:
    module = importlib.import_module("mpgraph.python.solutions.hands_connections")
    assert importlib.reload(module) is module
    messages = importlib.import_module("mpgraph.framework.formats.landmark_pb2")
    assert importlib.reload(messages) is messages


def test_messages_of_these_paths_can_be_pickled() -> None:
    landmark_pb2 = importlib.import_module("mpgraph.framework.formats.landmark_pb2")
    landmark = landmark_pb2.NormalizedLandmark(x=0.5)
    assert pickle.loads(pickle.dumps(landmark)) == landmark


def test_paths_work_in_a_fresh_interpreter() -> None:
    """In this one, other tests may have imported the modules behind the paths already."""
    code = (
        "from mpgraph.framework.formats import landmark_pb2\n"
        "from mpgraph.python.solutions.drawing_utils import DrawingSpec\n"
        "from mpgraph.calculators.util.thresholding_calculator_pb2 import ThresholdingCalculatorOptions\n"
        "import mpgraph.python.solutions.hands as hands\n"
        "import mpgraph\n"
        "assert hands is mpgraph.solutions.hands\n"
        "print(landmark_pb2.NormalizedLandmarkList().landmark, ThresholdingCalculatorOptions(threshold=1))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=PACKAGE.parent)
    assert (done.stdout, done.stderr) == ("[] threshold: 1\n\n", "")
