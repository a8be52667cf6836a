from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.mapping.result import MapResult
from mpgraph.media.images import read_image, write_image
from mpgraph.media.video_reader import VideoReader

Images = Callable[..., Path]


def lines_of(file: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]


def by_name(results: Any) -> dict[str, MapResult]:
    return {Path(result.input).name: result for result in results}


def unfinished(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.name != ".."]


def test_images_and_videos_become_files_of_their_kind(flip: Path, clip: Path, tmp_path: Path) -> None:
    image = np.zeros((20, 30, 3), np.uint8)
    image[:10] = 200
    write_image(clip.with_name("still.png"), image)
    results = by_name(mp.map_graph(flip, clip.parent, tmp_path / "out"))
    assert {name: (each.status, each.frames, each.outputs) for name, each in results.items()} == {
        "clip.mov": ("done", 5, (str(tmp_path / "out/clip.mp4"),)),
        "still.png": ("done", 1, (str(tmp_path / "out/still.png"),)),
    }
    assert (read_image(tmp_path / "out/still.png") == image[::-1]).all()
    with VideoReader(tmp_path / "out/clip.mp4") as reader:
        frames = list(reader)
    assert [frame.timestamp_us for frame in frames] == [i * 40_000 for i in range(5)]
    assert all(frame.pixels[:20].max() < 20 and frame.pixels[28:].min() > 190 for frame in frames)
    assert not unfinished(tmp_path / "out")


def test_streams_without_images_become_lines_of_json(measure: Path, images: Images, tmp_path: Path) -> None:
    folder = images(grey=60, white=255)
    for result in mp.map_graph(measure, folder, tmp_path / "out"):
        assert result.status == "done" and len(result.outputs) == 1
    assert lines_of(tmp_path / "out/grey.jsonl") == [{"frame": 0, "timestamp_us": 0, "level": 60.0}]
    assert lines_of(tmp_path / "out/white.jsonl") == [
        {"frame": 0, "timestamp_us": 0, "level": 255.0, "name": "bright"}
    ]


def test_workers_that_die_lose_nothing_and_repeat_only_their_input(
    measure: Path, images: Images, tmp_path: Path
) -> None:
    folder = images(a=60, b=12, c=70, d=17, e=80, f=5, g=90)
    with mp.map_graph(measure, folder, tmp_path / "out", workers=2, retries=1) as mapping:
        assert len(mapping) == 7
        results = [*mapping]
    found = by_name(results)
    assert len(results) == len(found) == 7
    assert {name: (each.status, each.attempts) for name, each in found.items()} == {
        "a.png": ("done", 1),
        "b.png": ("done", 2),
        "c.png": ("done", 1),
        "d.png": ("failed", 2),
        "e.png": ("done", 1),
        "f.png": ("failed", 1),
        "g.png": ("done", 1),
    }
    assert "its worker died 2 times (killed by SIGKILL)" in str(found["d.png"].error)
    assert "too dark" in str(found["f.png"].error) and "\n" not in str(found["f.png"].error)
    # Nothing is left of what the killed attempts had begun.
    assert {path.name for path in (tmp_path / "out").iterdir()} == {f"{name}.jsonl" for name in "abceg"}
    images(d=50)
    results = [*mp.map_graph(measure, folder, tmp_path / "out")]
    assert sorted((Path(each.input).name, each.status) for each in results if each.status != "skipped") == [
        ("d.png", "done"),
        ("f.png", "failed"),
    ]
    assert not unfinished(tmp_path / "out")


def test_finished_inputs_are_skipped_unless_they_are_newer(
    measure: Path, images: Images, tmp_path: Path
) -> None:
    folder = images(a=60, b=70)
    out = tmp_path / "out"

    def statuses(**options: Any) -> list[str]:
        results = by_name(mp.map_graph(measure, folder, out, workers=1, **options))
        return [results[name].status for name in ("a.png", "b.png")]

    assert statuses() == ["done", "done"]
    assert statuses() == ["skipped", "skipped"]
    later = time.time() + 10
    os.utime(folder / "a.png", (later, later))
    assert statuses() == ["done", "skipped"]
    os.utime(folder / "a.png", (1, 1))
    (out / "b.jsonl").unlink()
    assert statuses() == ["skipped", "done"]
    assert statuses(force=True) == ["done", "done"]


def test_stopping_keeps_complete_outputs_and_leaves_no_others(
    flip: Path, images: Images, tmp_path: Path
) -> None:
    folder = images(**{f"image{i}": 60 for i in range(300)})
    with mp.map_graph(flip, folder, tmp_path / "out") as mapping:
        assert next(mapping).status == "done"
    files = [*(tmp_path / "out").iterdir()]
    assert 1 <= len(files) < 300 and all(file.suffix == ".png" for file in files)
    assert all(read_image(file).shape == (12, 16, 3) for file in files)


def test_outputs_are_never_inputs(flip: Path, images: Images, tmp_path: Path) -> None:
    folder = images(a=60)
    for _ in range(2):
        results = [*mp.map_graph(flip, folder, folder / "out", recursive=True, workers=1, force=True)]
        assert [Path(result.input).name for result in results] == ["a.png"]
    pattern = [*mp.map_graph(flip, str(tmp_path / "in" / "**" / "*.png"), folder / "out", workers=1)]
    assert [result.status for result in pattern] == ["skipped"]
    with pytest.raises(mp.MpgraphError, match="is in the folder of the outputs"):
        mp.map_graph(flip, folder / "out" / "a.png", folder / "out")
    with pytest.raises(mp.MpgraphError, match="no images or videos"):
        mp.map_graph(flip, folder, folder)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(mp.MpgraphError, match="no images or videos"):
        mp.map_graph(flip, folder, tmp_path / "link")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.png").symlink_to(folder / "a.png")
    with pytest.raises(mp.MpgraphError, match="is an input"):
        mp.map_graph(flip, folder, tmp_path / "out")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"on": "cloud"}, 'on is "local", "ray"'),
        ({"workers": 0}, "must be positive"),
        ({"video_suffix": ".xyz"}, "not a supported video format"),
        ({"image_suffix": "png"}, "suffix"),
        ({"input_stream": "input"}, 'no input stream "input"'),
        ({"output_streams": ["output_vide"]}, 'Did you mean "output_video"'),
        ({"output_streams": ["input_video", "output_video"]}, "only one stream with images"),
        ({"output_streams": []}, "no output stream to write"),
        ({"side_packets": {"a": 1}}, 'no input side packet "a"'),
    ],
)
def test_wrong_arguments_are_refused_before_any_work(
    options: dict[str, Any], message: str, flip: Path, images: Images, tmp_path: Path
) -> None:
    with pytest.raises(mp.MpgraphError, match=message):
        mp.map_graph(flip, images(a=60), tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_side_packets_that_are_missing_are_named(images: Images, tmp_path: Path) -> None:
    graph = tmp_path / "gate.pbtxt"
    graph.write_text(
        """
        input_stream: "input_video"
        output_stream: "output_video"
        input_side_packet: "allow"
        input_side_packet: "path"
        node {
          calculator: "LocalFileContentsCalculator"
          input_side_packet: "FILE_PATH:path"
          output_side_packet: "CONTENTS:contents"
        }
        node {
          calculator: "GateCalculator"
          input_stream: "input_video"
          output_stream: "output_video"
          input_side_packet: "ALLOW:allow"
        }
        """,
        "utf-8",
    )
    folder = images(a=60)
    with pytest.raises(mp.MpgraphError, match="not given: path"):
        mp.map_graph(graph, folder, tmp_path / "out")
    (result,) = mp.map_graph(
        graph, folder, tmp_path / "out", side_packets={"path": str(graph), "allow": False}
    )
    assert result.status == "failed" and 'no image came out of "output_video"' in str(result.error)
    (result,) = mp.map_graph(
        graph, folder, tmp_path / "out", side_packets={"path": str(graph), "allow": True}
    )
    assert result.status == "done"


PROGRAM = """
import sys
import mpgraph as mp

@mp.calculator
def own_inverse(image: mp.ImageFrame) -> mp.ImageFrame:
    return mp.ImageFrame(image_format=mp.ImageFormat.SRGB, data=255 - image.numpy_view())

graph = mp.ValidatedGraphConfig()
graph.initialize(graph_config='''
    input_stream: "input_video"
    output_stream: "output_video"
    node {{ calculator: "{calculator}" input_stream: "IMAGE:input_video" output_stream: "output_video" }}
''')
{guard}
    for result in mp.map_graph(graph, sys.argv[1], sys.argv[2], workers=1):
        print(result.status, result.error)
"""


def run_program(tmp_path: Path, guard: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM.format(guard=guard, calculator="OwnInverseCalculator"), "utf-8")
    command = [sys.executable, "-W", "error", program, folder, tmp_path / "out"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_calculators_of_the_program_itself_work(images: Images, tmp_path: Path) -> None:
    done = run_program(tmp_path, 'if __name__ == "__main__":', images(a=60))
    assert (done.stdout, done.stderr) == ("done None\n", "")
    assert (read_image(tmp_path / "out/a.png") == 195).all()


def test_programs_without_a_guard_are_told_to_have_one(images: Images, tmp_path: Path) -> None:
    done = run_program(tmp_path, "if True:", images(a=60))
    assert done.returncode == 1
    assert 'needs if __name__ == "__main__":' in done.stderr.splitlines()[-1]


def test_results_can_be_pickled_and_written_as_json() -> None:
    result = MapResult("a.mp4", "done", ("out/a.mp4",), frames=5)
    assert pickle.loads(pickle.dumps(result)) == result
    assert result.as_dict()["outputs"] == ("out/a.mp4",)


def test_graphs_that_workers_cannot_build_are_one_error(
    flip: Path, images: Images, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = images(a=60, b=70)
    with pytest.raises(mp.MpgraphError, match='cannot import the module "map_missing"'):
        list(mp.map_graph(flip, folder, tmp_path / "out", modules=["map_missing"]))
    # An error that is an OSError, too, is not the end of the worker.
    (tmp_path / "map_test_broken.py").write_text(
        "import mpgraph as mp\nraise mp.errors.ResourceNotFoundError('no')"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(mp.MpgraphError, match='the module "map_test_broken" cannot be imported: no'):
        list(mp.map_graph(flip, folder, tmp_path / "out", modules=["map_test_broken"]))
