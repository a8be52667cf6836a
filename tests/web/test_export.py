from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mpgraph.config.validated_graph_config import ValidatedGraphConfig
from mpgraph.errors import ConfigError, InferenceError, InvalidArgumentError
from mpgraph.framework.resources import shipped_graphs
from mpgraph.web.export import FORMAT_VERSION, graph_files, write_files

SELFIE = shipped_graphs() / "selfie_segmentation" / "selfie_segmentation_gpu.pbtxt"


def description(source: object, **side_packets: Any) -> dict[str, Any]:
    files = graph_files(source, name="graph", side_packets=side_packets)
    found: dict[str, Any] = json.loads(files["graph.graph.json"])
    return found


def connections(found: Mapping[str, Any]) -> list[tuple[str, list[str], list[str]]]:
    return [
        (
            node["calculator"],
            [port["name"].rpartition("__")[2] for port in node["inputs"]],
            [port["name"].rpartition("__")[2] for port in node["outputs"]],
        )
        for node in found["nodes"]
    ]


def test_published_graph_is_expanded_and_folded() -> None:
    files = graph_files(SELFIE)
    assert set(files) == {
        "selfie_segmentation_gpu.graph.json",
        "selfie_segmentation.plan.json",
        "selfie_segmentation.weights",
    }
    found = json.loads(files["selfie_segmentation_gpu.graph.json"])
    assert (found["version"], found["name"]) == (FORMAT_VERSION, "selfie_segmentation_gpu")
    assert (found["inputs"], found["outputs"]) == (["input_video"], ["output_video"])
    assert (found["sidePackets"], found["requiredSidePackets"]) == ({}, [])
    assert connections(found) == [
        ("FlowLimiterCalculator", ["input_video", "output_video"], ["throttled_input_video"]),
        ("ImagePropertiesCalculator", ["throttled_input_video"], ["input_size"]),
        ("ImageToTensorCalculator", ["throttled_input_video"], ["input_tensors"]),
        ("InferenceCalculatorAuto", ["input_tensors"], ["output_tensors"]),
        ("TensorsToSegmentationCalculator", ["input_size", "output_tensors"], ["mask_image"]),
        ("FromImageCalculator", ["mask_image"], ["segmentation_mask"]),
        ("RecolorCalculator", ["throttled_input_video", "segmentation_mask"], ["output_video"]),
    ]
    limiter, *_, recolor = found["nodes"]
    assert limiter["inputs"][1] == {"tag": "FINISHED", "index": 0, "name": "output_video", "backEdge": True}
    assert limiter["handler"] == "ImmediateInputStreamHandler"
    assert recolor["options"] == {
        "color": {"r": 0, "g": 0, "b": 255},
        "mask_channel": "RED",
        "invert_mask": True,
        "adjust_with_luminance": False,
    }
    [inference] = [node for node in found["nodes"] if "model" in node]
    assert found["models"][inference["model"]] == {
        "plan": "selfie_segmentation.plan.json",
        "weights": "selfie_segmentation.weights",
    }
    assert inference["sideInputs"] == []
    assert ["ratio", "f32", 24] in found["parameters"]["mask"]


def test_side_packets_select_the_model() -> None:
    graph = (
        'input_stream: "image" output_stream: "mask" input_side_packet: "m"'
        'node { calculator: "SelfieSegmentationCpu" input_stream: "IMAGE:image"'
        ' input_side_packet: "MODEL_SELECTION:m" output_stream: "SEGMENTATION_MASK:mask" }'
    )
    found = description(graph, m=1)
    assert list(found["models"]) == ["selfie_segmentation_landscape"]
    [tensor] = [node for node in found["nodes"] if node["calculator"] == "ImageToTensorCalculator"]
    assert tensor["options"]["output_tensor_height"] == 144
    with pytest.raises(InvalidArgumentError, match=r'no side packet "n"'):
        description(graph, n=1)


SWITCH = """
  input_stream: "a"
  output_stream: "x"
  node {
    calculator: "SwitchContainer"
    %s
    input_stream: "a"
    output_stream: "x"
    options {
      [mediapipe.SwitchContainerOptions.ext] {
        contained_node { calculator: "PassThroughCalculator" }
        contained_node { calculator: "MergeCalculator" }
        %s
      }
    }
  }
"""


@pytest.mark.parametrize(
    ("port", "option", "side_packets", "calculator"),
    [
        ("", "select: 1", {}, "MergeCalculator"),
        ("", "enable: true", {}, "MergeCalculator"),
        ("", "", {}, "PassThroughCalculator"),
        ('input_side_packet: "SELECT:s"', "select: 0", {"s": 1}, "MergeCalculator"),
        ('input_side_packet: "ENABLE:s"', "enable: true", {"s": False}, "PassThroughCalculator"),
    ],
)
def test_selected_channel_replaces_a_switch(
    port: str, option: str, side_packets: dict[str, Any], calculator: str
) -> None:
    found = description(SWITCH % (port, option), **side_packets)
    # Its output has a name of its own; a relay gives the graph's output its name.
    (name, inputs, inner), relay = connections(found)
    assert (name, inputs) == (calculator, ["a"])
    assert relay == ("PassThroughCalculator", inner, ["x"])


def test_side_packets_that_calculators_read() -> None:
    graph = (
        'input_stream: "a" input_side_packet: "allow" output_stream: "x"'
        'node { calculator: "GateCalculator" input_stream: "a" input_side_packet: "ALLOW:allow"'
        ' output_stream: "x" }'
    )
    assert description(graph)["requiredSidePackets"] == ["allow"]
    known = description(graph, allow=True)
    assert (known["sidePackets"], known["requiredSidePackets"]) == ({"allow": True}, [])
    assert known["nodes"][0]["sideInputs"] == [{"tag": "ALLOW", "index": 0, "name": "allow"}]


def test_constants_are_computed_at_once() -> None:
    graph = (
        'input_stream: "a" output_stream: "x"'
        'node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:c" options {'
        " [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { bool_value: true } } } }"
        'node { calculator: "GateCalculator" input_stream: "a" input_side_packet: "DISALLOW:c"'
        ' output_stream: "x" }'
    )
    found = description(graph)
    assert [node["calculator"] for node in found["nodes"]] == ["GateCalculator"]
    assert found["sidePackets"] == {"c": True}


PASS = 'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "x" %s }'


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            'node {\n  calculator: "PacketThinnerCalculator" input_stream: "a" output_stream: "x"\n'
            "  options { [mediapipe.PacketThinnerCalculatorOptions.ext] { period: 5 } }\n}",
            r"graph.pbtxt:2:1: Pages have no PacketThinnerCalculator \(node Packet\w+\). They have ",
        ),
        (
            'node {\n  calculator: "ImageTransformationCalculator"\n  input_stream: "IMAGE:a"\n'
            '  input_stream: "VIDEO_PRESTREAM:h"\n  output_stream: "IMAGE:x"\n'
            '  output_stream: "VIDEO_PRESTREAM:y"\n}\ninput_stream: "h"',
            r"graph.pbtxt:5:\d+: In pages, ImageTransformationCalculator has no input stream VIDEO_PRESTREAM",
        ),
        (
            'node {\n  calculator: "ImageToTensorCalculator" input_stream: "IMAGE:a"\n'
            '  output_stream: "TENSORS:x"\n  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {'
            " output_tensor_uint_range { min: 0 max: 255 } } }\n}",
            r"graph.pbtxt:2:1: In pages, ImageToTensorCalculator has no option output_tensor_uint_range",
        ),
        (
            PASS % 'input_stream_handler { input_stream_handler: "BarrierInputStreamHandler" }',
            r"graph.pbtxt:2:1: Pages have no BarrierInputStreamHandler",
        ),
        (
            PASS % 'input_stream_handler { input_stream_handler: "DefaultInputStreamHandler" options {'
            " [mediapipe.DefaultInputStreamHandlerOptions.ext] { batch_size: 2 } } }",
            r"graph.pbtxt:2:1: Pages have no DefaultInputStreamHandler with options",
        ),
        (
            'node {\n  calculator: "InferenceCalculator" input_stream: "TENSORS:a"\n'
            '  input_side_packet: "MODEL:m"\n  output_stream: "TENSORS:x"\n}\ninput_side_packet: "m"',
            r"graph.pbtxt:2:1: The model of \w+ is not known before the graph runs",
        ),
        (
            'node {\n  calculator: "FaceLandmarkFrontCpu" input_stream: "IMAGE:a"\n'
            '  output_stream: "LANDMARKS:x"\n}',
            r"graph.pbtxt:2:1: Pages have no \w+ \(node facelandmark",
        ),
    ],
    ids=["calculator", "port", "option", "handler", "handler options", "model", "subgraph"],
)
def test_what_pages_lack_is_refused_where_it_stands(tmp_path: Path, nodes: str, message: str) -> None:
    path = tmp_path / "graph.pbtxt"
    path.write_text(f'input_stream: "a"\n{nodes}\n')
    with pytest.raises(ConfigError, match=message) as caught:
        graph_files(path)
    assert caught.value.location is not None and caught.value.location.file.endswith("graph.pbtxt")


def test_model_with_an_operator_that_pages_lack(tmp_path: Path) -> None:
    from model_builder import ModelBuilder

    builder = ModelBuilder()
    x, y = builder.tensor("x", (1, 4)), builder.tensor("y", (1, 4))
    builder.operator("ROUND", [x], [y])
    (tmp_path / "round.tflite").write_bytes(builder.build([x], [y]))
    path = tmp_path / "graph.pbtxt"
    model = tmp_path / "round.tflite"
    path.write_text(
        'input_stream: "a"\n'
        'node { calculator: "InferenceCalculator" input_stream: "TENSORS:a"'
        ' output_stream: "TENSORS:x"'
        f" options {{ [mediapipe.InferenceCalculatorOptions.ext] {{"
        f' model_path: "{model.as_posix()}" }} }} }}\n'
    )
    with pytest.raises(InferenceError, match=r"graph.pbtxt:2:1: .*ROUND.*there is no kernel for it"):
        graph_files(path)


def test_sources_and_names() -> None:
    text = SELFIE.read_text()
    validated = ValidatedGraphConfig()
    validated.initialize(graph_config=text)
    for source in (text, validated, validated.graph_source().config):
        assert "graph.graph.json" in graph_files(source)
    assert "selfie_segmentation_gpu.graph.json" in graph_files(str(SELFIE))
    assert "mine.graph.json" in graph_files(SELFIE, name="mine")


def test_files_are_written(tmp_path: Path) -> None:
    write_files(tmp_path / "new", {"a.json": b"1", "folder/b.js": b"2"})
    assert (tmp_path / "new" / "a.json").read_bytes() == b"1"
    assert (tmp_path / "new" / "folder" / "b.js").read_bytes() == b"2"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["a.json", "folder"]
