"""What graphs from strangers may read and write."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

import mpgraph as mp
from mpgraph.errors import GraphRunError, MpgraphError, NotFoundError, PermissionDeniedError
from mpgraph.framework import resources
from mpgraph.framework.confinement import confined, is_confined

READ = """
    output_side_packet: "contents"
    node { calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:path"
           options { [mediapipe.ConstantSidePacketCalculatorOptions.ext] { packet { string_value: "%s" } } } }
    node { calculator: "LocalFileContentsCalculator" input_side_packet: "FILE_PATH:path"
           output_side_packet: "CONTENTS:contents" }
"""


def contents(path: str | Path) -> bytes:
    graph = mp.CalculatorGraph(graph_config=READ % path)
    graph.run()
    return bytes(mp.packet_getter.get_str(graph.get_output_side_packet("contents")).encode())


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    here, away = tmp_path / "here", tmp_path / "away"
    for folder in (here, away):
        folder.mkdir()
        (folder / "text").write_text(folder.name)
    monkeypatch.chdir(here)
    return here, away


def test_only_the_working_directory_and_the_resource_path_are_read(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, away = folders
    (here / "link").symlink_to(away / "text")
    assert contents(away / "text") == b"away"
    with confined():
        assert contents("text") == contents(here / "text") == b"here"
        for path in (away / "text", "../away/text", "link"):
            with pytest.raises(MpgraphError, match=r"wants to read .*not trusted.*--trust"):
                contents(path)
        monkeypatch.setenv(resources.RESOURCE_PATH_VARIABLE, str(away))
        assert contents(away / "text") == b"away"
    assert not is_confined()


def test_models_that_ship_are_found(folders: tuple[Path, Path]) -> None:
    with confined():
        found = resources.find_resource("mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite")
    assert found.is_file()


def test_videos_are_not_written(folders: tuple[Path, Path]) -> None:
    text = """
        input_stream: "video"
        input_side_packet: "path"
        node { calculator: "OpenCvVideoEncoderCalculator" input_stream: "VIDEO:video"
               input_side_packet: "OUTPUT_FILE_PATH:path"
               options { [mediapipe.OpenCvVideoEncoderCalculatorOptions.ext] {
                   codec: "mp4v" video_format: "mp4" fps: 30 width: 64 height: 64 } } }
    """
    graph = mp.CalculatorGraph(graph_config=text)
    with confined():
        graph.start_run({"path": mp.packet_creator.create_string("out.mp4")})
        with pytest.raises((PermissionDeniedError, GraphRunError), match='wants to write "out.mp4"'):
            graph.close()
    assert not Path("out.mp4").exists()


def test_profile_logs_are_not_written(folders: tuple[Path, Path]) -> None:
    text = """
        input_stream: "in"
        node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
        profiler_config { trace_enabled: true trace_log_path: "log_" }
    """
    for is_trusted in (False, True):
        with contextlib.nullcontext() if is_trusted else confined():
            graph = mp.CalculatorGraph(graph_config=text)
            graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(1))
        graph.close()
        assert bool(list(Path().glob("log_*"))) == is_trusted


def test_plug_ins_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "strange-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: strange\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text("[mpgraph.calculators]\nStrangeCalculator = strange:Strange\n")
    (tmp_path / "strange.py").write_text('raise ValueError("it was imported")\n')
    monkeypatch.syspath_prepend(tmp_path)
    text = 'input_stream: "in" node { calculator: "StrangeCalculator" input_stream: "in" }'
    with confined(), pytest.raises(NotFoundError, match="StrangeCalculator"):
        mp.CalculatorGraph(graph_config=text)
    with pytest.raises(MpgraphError, match="it was imported"):
        mp.CalculatorGraph(graph_config=text)
