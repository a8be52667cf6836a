"""`mpgraph replay`, on recordings written by `mpgraph run --record`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import mpgraph as mp
from mpgraph.testing import record


@mp.register("tests.cli.FailsAtThird")
class FailsAtThird(mp.Calculator):
    """Passes frames; with STRICT it fails at the third."""

    frame = mp.Input("", mp.ImageFrame)
    out = mp.Output("", mp.ImageFrame)
    strict = mp.SideInput("STRICT", bool, optional=True)

    def open(self, cc: mp.CalculatorContext) -> None:
        self.count = 0

    def process(self, cc: mp.CalculatorContext) -> None:
        self.count += 1
        if self.count == 3 and cc.get(self.strict):
            raise ValueError("the third is bad")
        cc.emit(self.out, cc[self.frame])


GRAPH = """
input_stream: "input_video"
output_stream: "output_video"
input_side_packet: "strict"
node {
  calculator: "tests.cli.FailsAtThird"
  input_stream: "input_video"
  input_side_packet: "STRICT:strict"
  output_stream: "output_video"
}
"""


@pytest.fixture
def failing_graph(tmp_path: Path) -> Path:
    file = tmp_path / "failing.pbtxt"
    file.write_text(GRAPH)
    return file


@pytest.fixture
def recorded(cli: Any, failing_graph: Path, clip: Path) -> Path:
    """The recording of a run that failed."""
    file = failing_graph.with_name("bug.mpgrec")
    target = clip.with_name("out.mp4")
    code, out, err = cli(
        "run", failing_graph, "-i", clip, "-o", target, "-s", "strict=true", "--record", file
    )
    assert code == 1
    assert "the third is bad" in err
    assert out == f"{file}: 3 packets (mpgraph replay {file})\n"
    return file


def test_failed_run_fails_again_on_replay(cli: Any, recorded: Path) -> None:
    code, out, err = cli("replay", recorded)
    assert code == 1
    assert "the third is bad" in err
    assert out == f"output_video: 2 packets\n{recorded}: 3 packets replayed\n"


def test_replay_with_a_fixed_graph_succeeds(cli: Any, recorded: Path, failing_graph: Path) -> None:
    fixed = failing_graph.with_name("fixed.pbtxt")
    fixed.write_text(GRAPH.replace('  input_side_packet: "STRICT:strict"\n', ""))
    code, out, err = cli("replay", recorded, "--graph", fixed, "--print-output", "--pace", "1000")
    assert (code, err) == (0, "")
    assert out.count("output_video @") == 3
    assert "ImageFrame 64x48 SRGB" in out


def test_replay_with_a_graph_in_a_python_file(cli: Any, recorded: Path, forgotten_modules: None) -> None:
    fixed = recorded.with_name("replay_test_pipeline.py")
    fixed.write_text(
        """import mpgraph as mp

pipeline = mp.GraphBuilder()
pipeline.output("output_video", pipeline.node("PassThroughCalculator", pipeline.input("input_video")))
"""
    )
    code, out, err = cli("replay", recorded, "--graph", fixed)
    assert (code, err) == (0, "")
    assert out.startswith("output_video: 3 packets")


def test_files_are_not_replaced_by_accident(
    cli: Any, recorded: Path, failing_graph: Path, clip: Path
) -> None:
    before = recorded.read_bytes()
    code, _, err = cli(
        "run",
        failing_graph,
        "-i",
        clip,
        "-o",
        clip.with_name("b.mp4"),
        "-s",
        "strict=0",
        "--record",
        recorded,
    )
    assert code == 1
    assert "already exists; use --force" in err
    assert recorded.read_bytes() == before


def test_truncated_recording_is_replayed_up_to_the_damage(cli: Any, recorded: Path) -> None:
    recorded.write_bytes(recorded.read_bytes()[:-40])
    code, out, err = cli("replay", recorded)
    assert "warning:" in err
    assert "is damaged: it is cut off at byte" in err
    assert "packets replayed" in out
    assert code == 1


def test_a_strangers_recording_reads_and_writes_nothing_unless_trusted(
    cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, away = tmp_path / "here", tmp_path / "away"
    for folder in (here, away):
        folder.mkdir()
    (away / "secret").write_text("of mine")
    text = f"""
        output_stream: "read"
        node {{ calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:path"
          options {{ [mediapipe.ConstantSidePacketCalculatorOptions.ext] {{
            packet {{ string_value: "{away / "secret"}" }} }} }} }}
        node {{ calculator: "LocalFileContentsCalculator" input_side_packet: "FILE_PATH:path"
          output_side_packet: "CONTENTS:contents" }}
        node {{ calculator: "SidePacketToStreamCalculator" input_side_packet: "contents"
          output_stream: "AT_PRESTREAM:read" }}
        profiler_config {{ trace_enabled: true trace_log_path: "{away}/log_" }}
    """
    graph = mp.CalculatorGraph(graph_config=text)
    with record(graph, here / "bug.mpgrec", outputs=True):
        graph.run()
    for log in away.glob("log_*"):
        log.unlink()
    monkeypatch.chdir(here)
    code, out, err = cli("replay", "bug.mpgrec", "--print-output")
    assert code == 1 and "of mine" not in out
    assert f'wants to read "{away / "secret"}"' in err and "--trust" in err
    assert [file.name for file in away.iterdir()] == ["secret"]
    code, out, _ = cli("replay", "bug.mpgrec", "--print-output", "--trust")
    assert code == 0 and "of mine" in out
    assert list(away.glob("log_*"))


def test_files_that_cannot_be_replayed(cli: Any, tmp_path: Path, failing_graph: Path) -> None:
    assert cli("replay", tmp_path / "none.mpgrec")[2].startswith("error: There is no recording")
    code, _, err = cli("replay", failing_graph)
    assert code == 1
    assert "is not a recording of mpgraph" in err


def test_recording_cannot_be_combined_with_watch(cli: Any, failing_graph: Path, clip: Path) -> None:
    code, _, err = cli("run", failing_graph, "-i", clip, "--watch", "--record", clip.with_name("x.mpgrec"))
    assert code == 2
    assert "leave out --watch" in err
