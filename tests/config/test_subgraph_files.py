"""Finding subgraph files by the name that a node uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.config.source import GraphSource
from mpgraph.config.subgraph_files import SubgraphFiles, camel_case
from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.errors import ConfigError
from mpgraph.framework import resources
from mpgraph.protos import calculator_pb2


@pytest.fixture(autouse=True)
def work_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def file_of(found: GraphSource | None) -> Path | None:
    return Path(found.file) if found else None


@pytest.mark.parametrize(
    ("stem", "name"),
    [("selfie_segmentation_cpu", "SelfieSegmentationCpu"), ("HandRoi", "HandRoi"), ("a__b", "AB")],
)
def test_names_of_files(stem: str, name: str) -> None:
    assert camel_case(stem) == name


def test_shipped_graphs_are_found_from_any_folder() -> None:
    found = SubgraphFiles().find("SelfieSegmentationCpu", "<string>")
    assert found is not None
    assert found.config.type == "SelfieSegmentationCpu"
    assert "SelfieSegmentationModelLoader" in SubgraphFiles().names("<string>")


def test_file_named_like_its_type_is_preferred_among_several(work_folder: Path) -> None:
    write(work_folder / "face_by_roi_cpu.pbtxt", 'type: "FaceCpu"')
    named = write(work_folder / "face_cpu.pbtxt", 'type: "FaceCpu"')
    write(work_folder / "face_cpu_image.pbtxt", 'type: "FaceCpu"')
    first = write(work_folder / "box_cpu.pbtxt", 'type: "Box"')
    write(work_folder / "box_gpu.pbtxt", 'type: "Box"')
    files = SubgraphFiles()
    assert file_of(files.find("FaceCpu", "<string>")) == Path(named.name)
    assert file_of(files.find("Box", "<string>")) == Path(first.name)
    assert file_of(files.find("FaceByRoiCpu", "<string>")) == Path("face_by_roi_cpu.pbtxt")


def test_file_for_the_same_device_is_preferred_among_several(work_folder: Path) -> None:
    """As MediaPipe's build picks object_detection_oid_v4_gpu.pbtxt for objectron_gpu.pbtxt."""
    for device in ("cpu", "gpu"):
        write(work_folder / f"box_{device}.pbtxt", 'type: "Box"')
        write(work_folder / f"roi_{device}.pbtxt", 'type: "RoiGpu"')
    for name, user, expected in (
        ("Box", "object_gpu.pbtxt", "box_gpu.pbtxt"),
        ("Box", "object_cpu.pbtxt", "box_cpu.pbtxt"),
        ("Box", "object.pbtxt", "box_cpu.pbtxt"),
        ("RoiGpu", "object_cpu.pbtxt", "roi_gpu.pbtxt"),  # named like its type
    ):
        near = write(work_folder / user, "")
        assert file_of(SubgraphFiles().find(name, str(near))) == Path(expected), user


def test_folder_of_the_file_is_searched_first(tmp_path: Path, work_folder: Path) -> None:
    graph = write(tmp_path / "mine" / "graph.pbtxt", "")
    write(work_folder / "hand_roi.pbtxt", "")
    near = write(tmp_path / "mine" / "hand_roi.pbtxt", "")
    assert file_of(SubgraphFiles().find("HandRoi", str(graph))) == near
    assert file_of(SubgraphFiles().find("HandRoi", "<string>")) == Path("hand_roi.pbtxt")
    near.unlink()
    assert file_of(SubgraphFiles().find("HandRoi", str(graph))) == Path("hand_roi.pbtxt")


def test_type_takes_precedence_over_file_name(tmp_path: Path, work_folder: Path) -> None:
    write(work_folder / "hand_roi.pbtxt", "")
    typed = write(tmp_path / "path" / "deep" / "x.pbtxt", '# A comment.\ntype: "HandRoi"\n')
    resources.set_resource_dir(tmp_path / "path")
    assert file_of(SubgraphFiles().find("HandRoi", "<string>")) == typed
    assert file_of(SubgraphFiles().find("X", "<string>")) == typed


def test_file_does_not_find_itself_by_file_name(work_folder: Path) -> None:
    graph = write(work_folder / "roi.pbtxt", 'node { calculator: "Roi" }')
    assert SubgraphFiles().find("Roi", str(graph)) is None


def test_invalid_files_are_skipped_or_reported(work_folder: Path) -> None:
    (work_folder / "folder.pbtxt").mkdir()
    write(work_folder / "broken.pbtxt", "node {")
    assert SubgraphFiles().find("Folder", "<string>") is None
    with pytest.raises(ConfigError, match=r"^broken\.pbtxt:1:7: "):
        SubgraphFiles().find("Broken", "<string>")


def test_changed_file_is_read_again(work_folder: Path) -> None:
    file = write(work_folder / "x.pbtxt", 'type: "One"')
    assert SubgraphFiles().find("One", "") is not None
    write(file, 'type: "Another"')
    assert SubgraphFiles().find("One", "") is None
    assert SubgraphFiles().find("Another", "") is not None


def test_file_with_the_ports_of_the_node_is_chosen(work_folder: Path) -> None:
    for device, tag in (("cpu", "IMAGE"), ("gpu", "IMAGE_GPU")):
        write(
            work_folder / f"r_{device}.pbtxt", f'type: "R"\ninput_stream: "{tag}:x"\noutput_stream: "OUT:y"'
        )
    near = write(work_folder / "main.pbtxt", "")
    files = SubgraphFiles()
    for device, tag in (("cpu", "IMAGE"), ("gpu", "IMAGE_GPU")):
        node = calculator_pb2.CalculatorGraphConfig.Node(calculator="R", input_stream=[f"{tag}:a"])
        assert file_of(files.find("R", str(near), node)) == Path(f"r_{device}.pbtxt")
        assert files.alternatives("R", str(near), node) == []


def test_choice_without_a_reason_is_a_warning(work_folder: Path) -> None:
    for name in ("one", "two"):
        write(work_folder / f"{name}.pbtxt", 'type: "R"')
    (one,) = diagnose('node { calculator: "R" }')
    assert (one.severity, one.code) == ("warning", "ambiguous-subgraph")
    assert "one.pbtxt, two.pbtxt" in one.message


def test_examples_are_no_subgraphs() -> None:
    assert SubgraphFiles().find("MovingAverage", "<string>") is None


def test_subgraphs_of_the_checkout_are_found(tmp_path: Path) -> None:
    """As in MediaPipe's repository, where modules are far from the graphs that use them."""
    checkout = tmp_path / "checkout"
    write(checkout / "WORKSPACE", "")
    module = write(checkout / "modules" / "hand" / "x.pbtxt", 'type: "MyHandGpu"')
    named = write(checkout / "modules" / "my_foot_cpu.pbtxt", 'node { calculator: "PassThroughCalculator" }')
    write(checkout / ".hidden" / "my_head.pbtxt", "")
    near = write(checkout / "graphs" / "tracking" / "main.pbtxt", "")
    files = SubgraphFiles()
    assert file_of(files.find("MyHandGpu", str(near))) == module
    assert file_of(files.find("MyFootCpu", str(near))) == named
    assert files.find("MyHead", str(near)) is None
    assert files.find("MyHandGpu", str(write(tmp_path / "outside.pbtxt", ""))) is None


def test_nearest_file_of_the_checkout_is_chosen(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    write(checkout / ".git" / "HEAD", "")
    for project in ("one", "two"):
        write(checkout / project / "subgraphs" / "render.pbtxt", 'type: "MyRenderer"')
        near = write(checkout / project / "main.pbtxt", "")
        found = SubgraphFiles().find("MyRenderer", str(near))
        assert file_of(found) == checkout / project / "subgraphs" / "render.pbtxt"


BUILD = """
load("//mediapipe/framework/tool:mediapipe_graph.bzl", "mediapipe_simple_subgraph")

mediapipe_simple_subgraph(
    name = "face",
    graph = "face_detection.pbtxt",
    register_as = "BuiltFaceSubgraph",
    deps = ["//mediapipe/calculators/core:gate_calculator"],
)

mediapipe_simple_subgraph(
    name = "generated",
    graph = ":generated.pbtxt",
    register_as = "GeneratedSubgraph",
)

mediapipe_simple_subgraph(name = "other", graph = "other.pbtxt")
"""


def test_names_that_build_files_register(tmp_path: Path) -> None:
    write(tmp_path / "WORKSPACE", "")
    main = write(tmp_path / "graphs" / "main.pbtxt", "")
    face = write(tmp_path / "modules" / "face_detection.pbtxt", 'input_stream: "x"')
    write(tmp_path / "modules" / "BUILD", BUILD)
    files = SubgraphFiles()
    assert file_of(files.find("BuiltFaceSubgraph", str(main))) == face
    assert files.find("GeneratedSubgraph", str(main)) is None
    assert "BuiltFaceSubgraph" in files.names(str(main))
    typed = write(tmp_path / "modules" / "typed.pbtxt", 'type: "BuiltFaceSubgraph"')
    assert file_of(SubgraphFiles().find("BuiltFaceSubgraph", str(main))) == typed
