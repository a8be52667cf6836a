from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input, Output
from mpgraph.framework.registry import register
from mpgraph.media import camera
from mpgraph.media.camera import Camera as RealCamera
from mpgraph.media.images import read_image, write_image
from mpgraph.media.video_reader import VideoReader


def test_video_is_processed_frame_by_frame_with_its_timestamps(
    cli: Any, flip_graph: Path, clip: Path
) -> None:
    target = clip.with_name("out.mp4")
    code, out, err = cli("run", flip_graph, "-i", clip, "-o", target)
    assert (code, out, err) == (0, f"{target} (64x48, 12 frames)\n", "")
    with VideoReader(clip) as before, VideoReader(target) as after:
        assert after.info.frame_rate == before.info.frame_rate
        pairs = list(zip(before, after, strict=True))
    assert [b.timestamp_us for b, _ in pairs] == [a.timestamp_us for _, a in pairs]
    assert all(a.pixels[:20].max() < 20 and a.pixels[28:].min() > 200 for _, a in pairs)


def test_image_is_processed(
    cli: Any, flip_graph: Path, portrait_file: Path, portrait: npt.NDArray[np.uint8], tmp_path: Path
) -> None:
    target = tmp_path / "out.png"
    code, out, _ = cli("run", flip_graph, "--input-image", portrait_file, "--output-image", target)
    assert (code, out) == (0, f"{target} (512x512)\n")
    assert (read_image(target) == portrait[::-1]).all()


@pytest.fixture
def dropping_graph(tmp_path: Path) -> Path:
    """A graph that passes every second frame, and fails at the fifth if the file "fails" exists."""

    @register("tests.cli.Dropping")
    class Dropping(Calculator):
        frame = Input("", ImageFrame)
        out = Output("", ImageFrame)
        count = 0

        def process(self, cc: CalculatorContext) -> None:
            self.count += 1
            if (tmp_path / "fails").exists() and self.count == 5:
                raise InvalidArgumentError("frame five is bad")
            if self.count % 2:
                cc.emit(self.out, cc[self.frame])

    file = tmp_path / "dropping.pbtxt"
    file.write_text(
        'input_stream: "in" output_stream: "out"\n'
        'node { calculator: "tests.cli.Dropping" input_stream: "in" output_stream: "out" }'
    )
    return file


def test_frames_that_a_graph_drops_are_counted(cli: Any, dropping_graph: Path, clip: Path) -> None:
    target = clip.with_name("out.mp4")
    code, out, err = cli("run", dropping_graph, "-i", clip, "-o", target)
    assert (code, out) == (0, f"{target} (64x48, 6 frames)\n")
    assert err == 'warning: 12 frames went in, 6 came out of "out"\n'
    with VideoReader(target) as reader:
        assert [round(frame.timestamp_us * 29.97 / 1e6) for frame in reader] == [0, 2, 4, 6, 8, 10]


def test_failing_graph_leaves_no_output(cli: Any, dropping_graph: Path, clip: Path) -> None:
    clip.with_name("fails").touch()
    before = sorted(clip.parent.iterdir())
    code, out, err = cli("run", dropping_graph, "-i", clip, "-o", clip.with_name("out.mp4"))
    assert (code, out) == (1, "")
    assert "frame five is bad" in err and err.count("\n") == 1
    assert sorted(clip.parent.iterdir()) == before


def test_streams_are_selected_by_name_and_other_outputs_printed(cli: Any, tmp_path: Path, clip: Path) -> None:
    graph = tmp_path / "two.pbtxt"
    graph.write_text(
        'input_stream: "left" input_stream: "right" output_stream: "l" output_stream: "size"\n'
        'node { calculator: "PassThroughCalculator" input_stream: "left" output_stream: "l" }\n'
        'node { calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_CPU:left"'
        ' output_stream: "SIZE:size" }\n'
        'node { calculator: "PassThroughCalculator" input_stream: "right" output_stream: "r" }\n'
    )
    arguments = ["run", graph, "-i", clip, "-o", tmp_path / "out.mp4"]
    code, _, err = cli(*arguments)
    assert code == 1 and "--input-stream" in err and "left, right" in err
    code, _, err = cli(*arguments, "--input-stream", "lift")
    assert code == 1 and 'Did you mean "left"' in err
    code, out, err = cli(*arguments, "--input-stream", "left", "--print-output")
    assert (code, err) == (0, "")
    printed = out.splitlines()
    assert len(printed) == 13 and printed[0].startswith("size @0: ") and "64" in printed[0]
    code, _, err = cli(*arguments, "--input-stream", "left", "--output-stream", "size", "--force")
    assert code == 1 and "carries no images" in err


def test_no_input_is_replaced(cli: Any, tmp_path: Path, flip_graph: Path, clip: Path) -> None:
    (tmp_path / "link.mp4").symlink_to(clip)
    (tmp_path / "hard.mp4").hardlink_to(clip)
    subgraph = tmp_path / "subgraph.pbtxt"
    subgraph.write_text('type: "Inner"\n' + flip_graph.read_text("utf-8"), "utf-8")
    outer = tmp_path / "outer.pbtxt"
    outer.write_text(
        'input_stream: "input_video"\noutput_stream: "output_video"\n'
        'node { calculator: "Inner" input_stream: "input_video" output_stream: "output_video" }\n'
    )
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    for arguments in (
        ("-o", clip),
        ("-o", tmp_path / "link.mp4"),
        ("-o", tmp_path / "hard.mp4"),
        ("--record", clip),
        ("--record", flip_graph),
        ("--trace", tmp_path / "hard.mp4"),
    ):
        code, out, err = cli("run", flip_graph, "-i", clip, *arguments, "--force")
        assert code == 1 and not out and err.startswith("error: ") and err.count("\n") == 1, arguments
    assert (
        '"' + str(subgraph) + '" is an input'
        in cli("run", outer, "-i", clip, "--record", subgraph, "--force").err
    )
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_existing_output_is_kept_unless_forced(
    cli: Any, flip_graph: Path, clip: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"precious")
    code, _, err = cli("run", flip_graph, "-i", clip, "-o", target)
    assert code == 1 and "--force" in err
    assert target.read_bytes() == b"precious"
    assert cli("run", flip_graph, "-i", clip, "-o", target, "--force").code == 0
    assert target.stat().st_size > 100


NEEDS = """
input_stream: "in"
output_stream: "out"
input_side_packet: "level"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
node {
  calculator: "SidePacketToStreamCalculator"
  input_stream: "TICK:in"
  input_side_packet: "level"
  output_stream: "AT_TICK:levels"
}
"""


def test_without_an_input_the_missing_camera_is_explained(
    cli: Any, flip_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> None:
        raise MediaError(f"cannot open camera {number}: this machine has no camera")

    monkeypatch.setattr(camera, "Camera", refuse)
    code, _, err = cli("run", flip_graph, "-o", tmp_path / "out.mp4")
    assert (code, err) == (
        1,
        "error: cannot open camera 0: this machine has no camera. Give a video with -i FILE, or an image "
        "with --input-image FILE.\n",
    )
    assert "-i FILE" not in cli("run", flip_graph, "--webcam", "0", "-o", tmp_path / "out.mp4").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["flip.pbtxt", "-i", "none.mp4", "-o", "o.mp4"], "there is no file"),
        (["flip.pbtxt", "-i", "text.mp4", "-o", "o.mp4"], "not a video"),
        (["flip.pbtxt", "-i", "empty.mp4", "-o", "o.mp4"], "is empty"),
        (["flip.pbtxt", "-i", "clip.mp4", "-o", "o.xyz"], "not a supported video format"),
        (["flip.pbtxt", "-i", "clip.mp4", "-o", "text.mp4/o.mp4"], "is not a folder"),
        (["flip.pbtxt", "-i", "clip.mp4", "--output-image", "o.png"], "--output-video"),
        (["flip.pbtxt", "-i", "clip.mp4"], "no display"),
        (["flip.pbtxt", "--input-image", "clip.mp4", "--output-image", "o.png"], "not an image"),
        (["flip.pbtxt", "--input-image", "cut.jpg", "--output-image", "o.png"], "cut off"),
        (["flip.pbtxt", "--webcam", "77", "-o", "o.mp4"], "cannot open camera 77"),
        (
            ["needs.pbtxt", "-i", "clip.mp4", "-o", "o.mp4"],
            "Give them with -s level=VALUE.",
        ),
        (["flop.pbtxt", "-i", "clip.mp4", "-o", "o.mp4"], 'Did you mean "flip.pbtxt"'),
        (["flip.pbtxt", "-i", "clip.mp4", "-o", "o.mp4", "-s", "a=1"], 'no input side packet "a"'),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    cli: Any,
    flip_graph: Path,
    clip: Path,
    portrait_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    Path("text.mp4").write_text("not a film", "utf-8")
    Path("empty.mp4").touch()
    Path("needs.pbtxt").write_text(NEEDS)
    Path("cut.jpg").write_bytes(portrait_file.read_bytes()[:20_000])
    before = sorted(tmp_path.iterdir())
    code, out, err = cli("run", *arguments)
    assert code == 1 and not out
    assert err.startswith("error: ") and err.count("\n") == 1
    assert message in err
    assert sorted(tmp_path.iterdir()) == before


def test_camera_is_mirrored_and_recorded(
    cli: Any, flip_graph: Path, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "Camera", lambda number: RealCamera(clip))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    target = tmp_path / "recorded.mp4"
    code, out, _ = cli("run", flip_graph, "-o", target)
    assert code == 0 and out.startswith(f"{target} (64x48, ")
    assert "no display" in cli("run", flip_graph, "--webcam", "0").err


def test_graph_without_inputs_runs_to_its_end(cli: Any, clip: Path, tmp_path: Path) -> None:
    graph = tmp_path / "alone.pbtxt"
    graph.write_text(
        'input_side_packet: "path" output_side_packet: "contents"\n'
        'node { calculator: "LocalFileContentsCalculator" input_side_packet: "FILE_PATH:path"'
        ' output_side_packet: "CONTENTS:contents" }\n'
    )
    size = clip.stat().st_size
    assert cli("run", graph, "-s", f"path={clip}", "--print-output") == (0, f"contents: {size} bytes\n", "")
    code, _, err = cli("run", graph, "-s", f"path={clip}", "-i", clip)
    assert code == 2 and "no input stream" in err
    code, _, err = cli("run", graph)
    assert code == 1 and "not given: path (string)" in err and err.count("\n") == 1
    code, _, err = cli("run", graph, "-s", "path=nowhere.bin")
    assert code == 1 and "nowhere.bin" in err and err.count("\n") == 1


def test_grey_image_as_input(cli: Any, flip_graph: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "grey.png", np.full((7, 9), 50, np.uint8))
    target = tmp_path / "o.jpg"
    assert cli("run", flip_graph, "--input-image", tmp_path / "grey.png", "--output-image", target).code == 0
    assert read_image(target).shape == (7, 9, 3)


def test_an_output_that_no_node_makes(cli: Any, clip: Path, tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text('input_stream: "input_video" output_stream: "output_video"', encoding="utf-8")
    code, _, err = cli("run", graph, "-i", clip, "-o", tmp_path / "out.mp4")
    assert code == 1
    assert err == "error: this graph has no output stream with images to write\n"
    assert not (tmp_path / "out.mp4").exists()
