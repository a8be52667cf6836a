"""The commands of the solutions, as a user runs them; what they find is compared with mp.solutions."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import mpgraph as mp
from mpgraph.framework import resources
from mpgraph.media import camera
from mpgraph.media.camera import Camera as RealCamera
from mpgraph.media.images import read_image, write_image
from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter

HAND = Path(__file__).parents[2] / "solutions" / "drawn_hand.png"
Start = Any


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portrait_file: Path) -> Path:
    """A working directory with images, and without a display."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    shutil.copy(HAND, "hand.png")
    shutil.copy(portrait_file, "me.jpg")
    Path("cut.jpg").write_bytes(portrait_file.read_bytes()[:20_000])
    write_image("sky.png", np.full((90, 160, 3), 200, np.uint8))
    return tmp_path


@pytest.fixture
def moving_face(here: Path, portrait: Any) -> Path:
    """A video of six frames: a face that moves, then none."""
    with VideoWriter(here / "face.mp4", 256, 256) as writer:
        for index in range(6):
            image = portrait[: 256 - 8 * index, 100 + 4 * index : 356 + 4 * index]
            frame = np.zeros((256, 256, 3), np.uint8)
            frame[: len(image)] = image if index < 4 else 0
            writer.write(frame, index * 40_000)
    return here / "face.mp4"


def frames_of(file: str) -> list[dict[str, Any]]:
    return list(json.loads(Path(file).read_text("utf-8"))["frames"])


def rows_of(file: str) -> list[dict[str, str]]:
    with Path(file).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_image(cli: Any) -> None:
    assert cli("hands", "hand.png") == (0, "hand-hands.png (256x256): 1 hand\n", "")
    with mp.solutions.hands.Hands(static_image_mode=True) as solution:
        [hand] = solution.process(read_image("hand.png")).multi_hand_landmarks
    drawn = cv2.imread("hand.png")
    styles = mp.solutions.drawing_styles
    mp.solutions.drawing_utils.draw_landmarks(
        drawn,
        hand,
        mp.solutions.hands.HAND_CONNECTIONS,
        styles.get_default_hand_landmarks_style(),
        styles.get_default_hand_connections_style(),
    )
    np.testing.assert_array_equal(cv2.imread("hand-hands.png"), drawn)


def test_second_name_is_the_output_unless_it_exists(cli: Any) -> None:
    assert cli("face", "me.jpg", "out.png").out == "out.png (512x512): 1 face\n"
    code, out, _ = cli("face", "me.jpg", "out.png")
    assert code == 0 and out == ".: 2 of 2 images, faces in 2\n"
    assert Path("me-face.jpg").exists() and Path("out-face.png").exists()
    code, _, err = cli("face", "me.jpg", "out.png", "--force")
    assert code == 1 and 'to replace it write -o "out.png"' in err


def test_nothing_found_is_said_and_no_error(cli: Any) -> None:
    for name, nothing in (("hands", "no hands"), ("pose", "no people"), ("face-mesh", "no faces")):
        assert cli(name, "sky.png", "--json", f"{name}.json") == (
            0,
            f"sky-{name}.png (160x90): {nothing}\n{name}.json (1 frame)\n",
            "",
        )
    np.testing.assert_array_equal(read_image("sky-pose.png"), read_image("sky.png"))
    assert frames_of("hands.json") == [
        {"file": "sky.png", "frame": 0, "timestamp_us": 0, "width": 160, "height": 90, "hands": []}
    ]
    assert frames_of("pose.json")[0]["pose"] is None


def test_data_are_those_of_the_python_solution(cli: Any) -> None:
    assert cli("hands", "hand.png", "--data-only", "--json", "h.json", "--csv", "h.csv").code == 0
    assert not Path("hand-hands.png").exists()
    with mp.solutions.hands.Hands(static_image_mode=True) as solution:
        results = solution.process(read_image("hand.png"))
    sides = results.multi_handedness[0].classification[0]
    [hand] = frames_of("h.json")[0]["hands"]
    [row] = rows_of("h.csv")
    assert (hand["handedness"], row["hand0_handedness"]) == (sides.label, sides.label)
    assert hand["score"] == float(row["hand0_score"]) == pytest.approx(sides.score, abs=1e-6)
    assert row["hand1_handedness"] == row["hand1_pinky_tip_x"] == ""
    for key, prefix, messages in (
        ("landmarks", "", results.multi_hand_landmarks),
        ("world_landmarks", "world_", results.multi_hand_world_landmarks),
    ):
        assert list(hand[key]) == [point.name.lower() for point in mp.solutions.hands.HandLandmark]
        for name, expected in zip(hand[key], messages[0].landmark, strict=True):
            for axis in "xyz":
                value = hand[key][name][axis]
                assert value == pytest.approx(getattr(expected, axis), abs=1e-6)
                assert float(row[f"hand0_{prefix}{name}_{axis}"]) == value


def test_columns(cli: Any) -> None:
    assert cli("pose", "me.jpg", "--data-only", "--csv", "pose.csv").code == 0
    [row] = rows_of("pose.csv")
    points = [
        f"{prefix}{name.lower()}"
        for prefix in ("", "world_")
        for name in mp.solutions.pose.PoseLandmark.__members__
    ]
    fields = [f"pose_{point}_{field}" for point in points for field in ("x", "y", "z", "visibility")]
    assert list(row) == ["file", "frame", "timestamp_us", "width", "height", *fields]
    assert 0.99 < float(row["pose_nose_visibility"]) <= 1
    assert (
        cli("face-mesh", "me.jpg", "--data-only", "--csv", "mesh.csv", "--max-faces", "2", "--refine").code
        == 0
    )
    [row] = rows_of("mesh.csv")
    assert len(row) == 5 + 2 * 478 * 3
    assert row["face0_477_z"] and not row["face1_0_x"]


def test_holistic(cli: Any) -> None:
    code, out, _ = cli("holistic", "me.jpg", "--csv", "all.csv", "--json", "all.json")
    assert code == 0 and out.startswith("me-holistic.jpg (512x512): 1 person\n")
    with mp.solutions.holistic.Holistic(static_image_mode=True) as solution:
        results = solution.process(read_image("me.jpg"))
    [frame], [row] = frames_of("all.json"), rows_of("all.csv")
    assert frame["pose"]["landmarks"]["nose"]["x"] == pytest.approx(
        results.pose_landmarks.landmark[0].x, abs=1e-6
    )
    assert frame["face"]["landmarks"][1]["y"] == pytest.approx(results.face_landmarks.landmark[1].y, abs=1e-6)
    assert float(row["face_1_y"]) == frame["face"]["landmarks"][1]["y"]
    for side in ("left", "right"):
        hand = getattr(results, f"{side}_hand_landmarks")
        assert (frame[f"{side}_hand"] is None) == (hand is None) == (row[f"{side}_hand_wrist_x"] == "")
    assert len(row) == 5 + 2 * 33 * 4 + 468 * 3 + 2 * 21 * 3


@pytest.mark.usefixtures("extra_models")
def test_objects(cli: Any) -> None:
    shutil.copy(HAND.parent / "cup.png", "cup.png")
    code, out, _ = cli("objects", "cup.png", "--model", "cup", "--json", "cup.json", "--csv", "cup.csv")
    assert code == 0 and out.startswith("cup-objects.png (240x160): 1 object\n")
    with mp.solutions.objectron.Objectron(static_image_mode=True, model_name="Cup") as solution:
        [cup] = solution.process(read_image("cup.png")).detected_objects
    [found] = frames_of("cup.json")[0]["objects"]
    assert found["landmarks"]["front_top_left"]["x"] == pytest.approx(
        cup.landmarks_2d.landmark[4].x, abs=1e-6
    )
    assert found["landmarks_3d"]["center"]["z"] == pytest.approx(cup.landmarks_3d.landmark[0].z, abs=1e-6)
    assert [list(axis.values()) for axis in found["rotation"]] == pytest.approx(cup.rotation, abs=1e-6)
    assert list(found["translation"].values()) == pytest.approx(cup.translation, abs=1e-6)
    [row] = rows_of("cup.csv")
    assert float(row["object0_scale_y"]) == found["scale"]["y"] == pytest.approx(cup.scale[1], abs=1e-6)
    drawn = cv2.imread("cup.png")
    mp.solutions.drawing_utils.draw_landmarks(drawn, cup.landmarks_2d, mp.solutions.objectron.BOX_CONNECTIONS)
    mp.solutions.drawing_utils.draw_axis(drawn, cup.rotation, cup.translation)
    np.testing.assert_array_equal(cv2.imread("cup-objects.png"), drawn)


def test_as_many_faces_as_there_are(cli: Any, portrait: Any) -> None:
    two = np.concatenate([portrait[:, 100:356], portrait[:, 356:100:-1]], axis=1)
    write_image("two.png", two)
    files = ["me.jpg", "two.png", "sky.png"]
    code, out, _ = cli("face", *files, "-o", "done", "--csv", "faces.csv", "--json", "faces.json")
    assert code == 0 and out.startswith("done: 3 of 3 images, faces in 2\n")
    rows = rows_of("faces.csv")
    assert [row["file"] for row in rows] == files
    assert [bool(row["face1_score"]) for row in rows] == [False, True, False]
    assert [len(frame["faces"]) for frame in frames_of("faces.json")] == [1, 2, 0]
    face = frames_of("faces.json")[0]["faces"][0]
    assert list(face) == ["score", "xmin", "ymin", "width", "height", "key_points"]
    assert face["key_points"]["nose_tip"].keys() == {"x", "y"}
    assert face["xmin"] < face["key_points"]["nose_tip"]["x"] < face["xmin"] + face["width"]


def test_video_is_tracked(cli: Any, moving_face: Path) -> None:
    code, out, err = cli("face-mesh", "face.mp4", "--csv", "face.csv")
    assert (code, err) == (0, "")
    first, second, third = out.splitlines()
    assert first == "face-face-mesh.mp4 (256x256, 6 frames)" and third == "face.csv (6 frames)"
    assert second.startswith("face.mp4: faces in 4 of 6 frames, ")
    rows = rows_of("face.csv")
    assert [int(row["frame"]) for row in rows] == list(range(6))
    with VideoReader(moving_face) as reader, mp.solutions.face_mesh.FaceMesh() as solution:
        for row, frame in zip(rows, reader, strict=True):
            assert int(row["timestamp_us"]) == frame.timestamp_us
            faces = solution.process(frame.pixels).multi_face_landmarks
            assert bool(faces) == bool(row["face0_0_x"])
            if faces:
                assert float(row["face0_1_x"]) == pytest.approx(faces[0].landmark[1].x, abs=1e-6)


def test_folder_with_bad_files(cli: Any, moving_face: Path) -> None:
    Path("in").mkdir()
    for name in ("me.jpg", "cut.jpg", "face.mp4"):
        shutil.move(name, "in")
    Path("in/broken.avi").write_text("not a video")
    Path("in/notes.txt").touch()
    code, out, err = cli("face", "in", "--json", "all.json")
    assert code == 1
    skipped, *errors = err.splitlines()
    assert skipped == "skipped in/notes.txt: neither an image nor a video, by its name"
    assert [line.partition('"')[2].partition('"')[0] for line in errors] == ["in/cut.jpg", "in/broken.avi"]
    assert out.startswith("in-face: 1 of 2 images, faces in 1\nin-face/face.mp4 (256x256, 6 frames)\n")
    assert sorted(file.name for file in Path("in-face").iterdir()) == ["face.mp4", "me.jpg"]
    assert [frame["file"] for frame in frames_of("all.json")] == ["in/me.jpg", *["in/face.mp4"] * 6]


def test_printed_graph_does_what_the_command_does(cli: Any) -> None:
    code, graph, err = cli("hands", "hand.png", "--print-graph", "--max-hands", "1", "--model", "lite")
    assert (code, err) == (0, "") and not Path("hand-hands.png").exists()
    Path("graph.pbtxt").write_text(graph)
    assert cli("fmt", "--check", "graph.pbtxt").code == 0
    cli("run", "graph.pbtxt", "--input-image", "hand.png", "--output-image", "run.png")
    cli("hands", "hand.png", "command.png", "--max-hands", "1", "--model", "lite")
    assert Path("run.png").read_bytes() == Path("command.png").read_bytes()
    assert "use_prev_landmarks" in cli("hands", "--print-graph").out


def test_thresholds(cli: Any) -> None:
    assert "no hands" in cli("hands", "hand.png", "none.png", "--min-detection-confidence", "1").out
    assert "no hands" in cli("hands", "hand.png", "--min-tracking-confidence", "1").out


def test_trace_and_profile(cli: Any) -> None:
    code, out, _ = cli("face", "me.jpg", "--trace", "run.json", "--profile")
    assert code == 0 and "run.json: " in out
    assert "DetectionsOverlayCalculator" in out
    assert cli("face", "hand.png", "me.jpg", "cut.jpg", "-o", "many", "--profile").code == 1


def test_camera_is_recorded(cli: Any, moving_face: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "Camera", lambda number: RealCamera(moving_face))
    code, out, _ = cli("face", "--webcam", "0", "-o", "recorded.mp4", "--csv", "faces.csv")
    assert code == 0 and out.startswith("recorded.mp4 (256x256, ")
    assert rows_of("faces.csv")[0]["file"] == "camera 0"
    code, out, _ = cli("face", "--webcam", "0", "--data-only", "--json", "faces.json")
    assert code == 0 and out.startswith("camera 0: faces in ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hands", "my.jpg"], 'there is no file "my.jpg". Did you mean "me.jpg"'),
        (["hands", "cut.jpg", "--json", "x.json"], '"cut.jpg" is cut off'),
        (["pose", "text.mp4", "--csv", "x.csv"], '"text.mp4" is not a video'),
        (["face", "me.jpg", "-o", "me.jpg", "--force"], "is an input"),
        (["face", "me.jpg", "--json", "me.jpg", "--force"], "is an input"),
        (["face", "me.jpg", "--json", "none/x.json"], "there is no folder"),
        (["face", "me.jpg", "--csv", "text.mp4"], "use --force"),
        (["face", "me.jpg", "--trace", "x.txt"], ".perfetto-trace"),
        (["face-mesh", "--webcam", "77"], "cannot open camera 77"),
        (["pose", "me.jpg", "--model", "heavy"], "pip install mpgraph-models"),
    ],
)
def test_error_is_one_line_and_leaves_nothing(
    cli: Any, here: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.setattr(resources, "find_spec", lambda name: None)
    Path("text.mp4").write_text("not a video")
    before = {file: file.stat().st_mtime_ns for file in here.rglob("*")}
    code, out, err = cli(*arguments)
    assert code == 1 and not out
    assert "error: " in err and err.count("\n") == 1
    assert message in err
    assert {file: file.stat().st_mtime_ns for file in here.rglob("*")} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["hands"], "give an INPUT"),
        (["hands", "--webcam", "0", "me.jpg"], "--webcam takes the place of INPUT"),
        (["hands", "me.jpg", "--data-only"], "give --json or --csv"),
        (["hands", "me.jpg", "--data-only", "--csv", "a.csv", "-o", "x.png"], "no other output"),
        (["hands", "me.jpg", "--max-hands", "0"], "greater than or equal to 1"),
        (["hands", "me.jpg", "--model", "heavy"], "'heavy' is not one of 'lite', 'full'"),
        (["hands", "me.jpg", "--min-tracking-confidence", "2"], "--min-tracking-confidence"),
        (["face", "me.jpg", "--min-tracking-confidence", "0.5"], "No such option"),
        (["face", "face.mp4", "me.jpg", "--viz"], "one video, or only images"),
    ],
)
def test_wrong_usage(cli: Any, moving_face: Path, arguments: list[str], message: str) -> None:
    code, out, err = cli(*arguments)
    assert code == 2 and not out
    assert message in err and err.count("\n") == 1


def test_interrupted_video_keeps_its_data(here: Path, make_clip: Any) -> None:
    make_clip(here / "long.mp4", 3000, 640, 360)
    arguments = ["face", "long.mp4", "--json", "x.json", "--csv", "x.csv"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from mpgraph.cli import main; main()", *arguments],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not any(file.stat().st_size for file in here.glob(".*.mp4")):
        os.sched_yield() if hasattr(os, "sched_yield") else None
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and err == "interrupted\n"
    count = len(frames_of("x.json"))
    assert 0 < count < 3000 and len(rows_of("x.csv")) == count
    assert not list(here.glob(".*"))
