from __future__ import annotations

import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from scripted_camera import scripted
from videos import Videos

from mpgraph.media import camera
from mpgraph.media.camera import Camera as RealCamera
from mpgraph.media.images import read_image, write_image
from mpgraph.media.video_reader import VideoReader
from mpgraph.media.video_writer import VideoWriter
from mpgraph.solutions.selfie_matte import SelfieMatte
from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

Pixels = npt.NDArray[np.uint8]


@pytest.fixture
def talk(tmp_path: Path, portrait: npt.NDArray[np.uint8]) -> Path:
    """The portrait as a video with frames at irregular timestamps."""
    file = tmp_path / "talk.mp4"
    with VideoWriter(file, 512, 512, Fraction(30000, 1001)) as writer:
        for time_us in (0, 33_367, 100_100, 133_467, 400_000):
            writer.write(portrait, time_us)
    return file


def test_video_keeps_its_timestamps_and_gets_a_new_background(cli: Any, talk: Path) -> None:
    code, out, err = cli("selfie", talk, "-b", "0,0,200")
    target = talk.with_name("talk-selfie.mp4")
    assert (code, err) == (0, "")
    assert out == f"{target} (512x512, 5 frames)\n"
    with VideoReader(talk) as before, VideoReader(target) as after:
        frames = list(after)
        assert [frame.timestamp_us for frame in frames] == [frame.timestamp_us for frame in before]
    for frame in frames:
        assert np.abs(frame.pixels[10:60, 450:].astype(int) - (0, 0, 200)).mean() < 8
        assert frame.pixels[300, 150, 0] > 150


def test_matte_of_a_video(cli: Any, talk: Path) -> None:
    assert cli("selfie", talk, "--mask-only", "--model", "landscape").code == 0
    with VideoReader(talk.with_name("talk-matte.mp4")) as reader:
        first = next(iter(reader)).pixels
    assert first[100, 230].min() > 240 and first[20, 300].max() < 15


def test_camera_is_mirrored_and_recorded(
    cli: Any, talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A video instead of a camera, opened like a stream address.
    monkeypatch.setattr(camera, "Camera", lambda number: RealCamera(talk))
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    target = tmp_path / "recorded.mp4"
    code, out, _ = cli("selfie", "--webcam", "0", target, "-b", "lime")
    assert code == 0 and out.startswith(f"{target} (512x512, ")
    with VideoReader(target) as reader:
        first = next(iter(reader)).pixels
    # The black helmet is on the right in the portrait, the orange sleeve on the left.
    assert first[450, 120].max() < 60 and first[450, 391].max() > 100
    assert cli("selfie", "--webcam", "0", target, "-b", "lime").code == 1
    assert "no display" in cli("selfie", "--webcam", "0").err


def test_output_may_be_a_folder(cli: Any, talk: Path, tmp_path: Path) -> None:
    (tmp_path / "done").mkdir()
    assert cli("selfie", talk, tmp_path / "done").code == 0
    assert (tmp_path / "done" / "talk-selfie.mp4").is_file()


@pytest.mark.parametrize(
    ("name", "decoder", "sound"), [(None, "libvpx-vp9", "opus"), ("out.mov", "prores", "aac")]
)
def test_transparent_video(
    cli: Any, tmp_path: Path, portrait: npt.NDArray[np.uint8], name: str | None, decoder: str, sound: str
) -> None:
    talk = Videos(tmp_path).make("talk.mp4", [portrait] * 5, Videos.grid_us(5), sound="aac")
    target = tmp_path / name if name else talk.with_name("talk-selfie.webm")
    code, _, err = cli("selfie", talk, *([target] if name else []), "-b", "transparent")
    assert (code, err) == (0, "")
    frames = decoded_with_alpha(target, decoder)
    assert len(frames) == 5
    for frame in frames:
        # The person, and behind him nothing: not a trace of the old background.
        assert frame[300, 150, 3] > 250 and frame[300, 150, 0] > 150
        assert frame[10:60, 450:, 3].max() < 5 and frame[10:60, 450:, :3].max() < 12
    found = Videos.inspect(target)
    assert found.sound_codec == sound and found.sound_seconds == pytest.approx(1, abs=0.1)
    # Read again, it is flattened onto white.
    with VideoReader(target) as reader:
        assert next(iter(reader)).pixels[10:60, 450:].min() > 250


def decoded_with_alpha(path: Path, decoder: str) -> list[npt.NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        context = av.CodecContext.create(decoder, "r")
        packets = [*(packet for packet in container.demux(video=0) if packet.size), None]
        frames = [frame for packet in packets for frame in context.decode(packet)]
    return [frame.to_ndarray(format="rgba") for frame in frames]


@pytest.mark.parametrize("command", ["selfie", "run"])
@pytest.mark.parametrize("ending", ["unplugged", "another size"])
def test_a_recording_is_kept_when_the_camera_ends(
    cli: Any,
    tmp_path: Path,
    flip_graph: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    command: str,
    ending: str,
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    frames: list[Any] = Videos(tmp_path).greys(20)
    frames[4] = None  # a frame that is missed
    scripted(monkeypatch, frames + ([] if ending == "unplugged" else Videos(tmp_path).greys(5, 32, 24)))
    target = tmp_path / "recorded.mp4"
    arguments = (
        ["run", flip_graph, "--webcam", "0", "-o"] if command == "run" else ["selfie", "--webcam", "0"]
    )
    code, out, err = cli(*arguments, target)
    assert code == 0 and out.startswith(f"{target} (64x48, ")
    assert ("was it unplugged?" if ending == "unplugged" else "changed its size") in caplog.text + err
    with VideoReader(target, strict=True) as reader:
        times = [frame.timestamp_us for frame in reader]
    assert len(times) >= 3 and times[-1] > 100_000


@pytest.fixture
def me(tmp_path: Path, portrait_file: Path) -> Path:
    """A copy of the portrait."""
    file = tmp_path / "me.jpg"
    file.write_bytes(portrait_file.read_bytes())
    return file


def test_default_is_a_blurred_background_next_to_the_input(cli: Any, me: Path, portrait: Pixels) -> None:
    target = me.with_name("me-selfie.jpg")
    assert cli("selfie", me) == (0, f"{target} (512x512)\n", "")
    result = read_image(target).astype(int)
    face, wall = (slice(60, 150), slice(190, 270)), (slice(0, 150), slice(380, 500))
    assert np.abs(result[face] - portrait[face]).mean() < 4
    sharpness = [float(np.abs(np.diff(each[wall].astype(int), axis=1)).mean()) for each in (portrait, result)]
    assert sharpness[1] < 0.5 * sharpness[0]


def test_transparent_result_is_png(cli: Any, me: Path) -> None:
    assert cli("selfie", me, "-b", "transparent").code == 0
    result = read_image(me.with_name("me-selfie.png"), alpha=True)
    assert result.shape == (512, 512, 4)
    assert result[100, 230, 3] == 255 and result[20, 480, 3] == 0
    assert 0.5 < (result[..., 3] > 127).mean() < 0.6


def test_matte_and_raw_mask_are_those_of_the_solutions(cli: Any, me: Path, portrait: Pixels) -> None:
    assert cli("selfie", me, "--matte").code == 0
    with SelfieMatte(static_image_mode=True) as solution:
        matte = solution.process(portrait).matte.astype(int)
    written = read_image(me.with_name("me-matte.png"))[..., 0].astype(int)
    assert np.abs(written - matte).mean() < 3
    assert cli("selfie", me, "-o", me.with_name("old.png"), "--mask-only").code == 0
    assert (read_image(me.with_name("old.png"))[..., 0] == written).all()
    assert cli("selfie", me, "--raw-mask").code == 0
    with SelfieSegmentation() as segmenter:
        mask = segmenter.process(portrait).segmentation_mask
    grey = read_image(me.with_name("me-mask.png"))[..., 0]
    assert np.abs(grey - 255 * mask).max() <= 0.51
    hard = me.with_name("hard.png")
    assert cli("selfie", me, hard, "--raw-mask", "--threshold", "0.1").code == 0
    assert ((read_image(hard)[..., 0] == 255) == (mask > 0.1)).all()
    assert f'to replace it write -o "{hard}"' in cli("selfie", me, hard, "--force").err
    assert cli("selfie", me, "-o", hard, "--matte", "--threshold", "0.5", "--force").code == 0
    assert ((read_image(hard)[..., 0] == 255) == (written > 127)).all()


def test_models_differ(cli: Any, me: Path, tmp_path: Path) -> None:
    for model in ("general", "landscape"):
        assert cli("selfie", me, tmp_path / f"{model}.png", "--raw-mask", "--model", model).code == 0
    general, landscape = (read_image(tmp_path / f"{model}.png") for model in ("general", "landscape"))
    assert (general != landscape).any()
    assert ((general > 127) == (landscape > 127)).mean() > 0.9
    assert cli("selfie", me, "-b", "0,200,0", "-m", "landscape").code == 0
    assert (read_image(me.with_name("me-selfie.jpg"))[:20, 490:].astype(int) - (0, 200, 0)).max() < 8


def test_image_as_background(cli: Any, me: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "blue.png", np.full((10, 30, 3), (0, 0, 200), np.uint8))
    assert cli("selfie", me, tmp_path / "out.png", "-b", tmp_path / "blue.png").code == 0
    assert (read_image(tmp_path / "out.png")[20, 480] == (0, 0, 200)).all()


def test_folder_of_images(cli: Any, me: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    portrait = read_image(me)
    for name in ("a.jpg", "a.png", "2.png", "10.png"):
        write_image(photos / name, np.ascontiguousarray(portrait[:200, :300]))
    (photos / "notes.txt").write_text("no image", "utf-8")
    (photos / "cut.jpg").write_bytes(me.read_bytes()[:9000])
    code, out, err = cli("selfie", photos, "-b", "transparent")
    done = tmp_path / "photos-selfie"
    assert code == 1 and out == f"{done}: 4 of 5 images\n"
    assert err == (
        f"skipped {photos / 'notes.txt'}: neither an image nor a video, by its name\n"
        f'error: "{photos / "cut.jpg"}" is cut off: the JPEG has no end marker\n'
    )
    assert {file.name for file in done.iterdir()} == {"2.png", "10.png", "a.jpg.png", "a.png.png"}
    (photos / "cut.jpg").unlink()
    assert f'write -o "{done}"' in cli("selfie", photos, done, "-b", "transparent").err
    assert "--force" in cli("selfie", photos, "-o", done, "-b", "transparent").err
    assert cli("selfie", photos, "-o", done, "-b", "transparent", "--force").code == 0


@pytest.mark.parametrize("size", [(1, 1), (3, 1000), (517, 333)])
def test_any_size(cli: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    write_image(tmp_path / "odd.png", np.full((*size, 3), 90, np.uint8))
    assert cli("selfie", tmp_path / "odd.png").code == 0
    assert read_image(tmp_path / "odd-selfie.png").shape == (*size, 3)


def test_many_inputs_with_videos_and_sub_folders(cli: Any, me: Path, talk: Path, tmp_path: Path) -> None:
    inner = tmp_path / "photos" / "inner"
    inner.mkdir(parents=True)
    talk.rename(inner / "talk.mp4")
    write_image(inner.parent / "a.webp", read_image(me))
    code, out, err = cli("selfie", me, inner.parent, "-o", tmp_path / "out", "-r", "-b", "red")
    assert (code, err) == (0, "")
    results = sorted(str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*.*"))
    assert results == ["a.webp", "inner/talk.mp4", "me-selfie.jpg"]
    assert f"{tmp_path / 'out'}: 2 of 2 images" in out


def test_no_input_is_replaced(cli: Any, me: Path, talk: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    me.rename(photos / "me.jpg")
    (tmp_path / "link.jpg").symlink_to(photos / "me.jpg")
    (tmp_path / "hard.jpg").hardlink_to(photos / "me.jpg")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    for arguments in (
        (photos, "-o", photos),
        (photos / "me.jpg", "-o", tmp_path / "link.jpg"),
        (photos / "me.jpg", "-o", tmp_path / "hard.jpg"),
        (talk, "-b", tmp_path / "hard.jpg", "--trace", talk),
        (photos / "me.jpg", "-b", tmp_path / "hard.jpg", "-o", tmp_path / "link.jpg"),
    ):
        code, out, err = cli("selfie", *arguments, "--force")
        assert code == 1 and not out and err.startswith("error: ") and err.count("\n") == 1
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


def test_video_as_background_is_played_again_and_again(cli: Any, talk: Path, tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "lamp.mp4", 64, 64, 10) as writer:
        for index, grey in enumerate((20, 200)):
            writer.write(np.full((64, 64, 3), grey, np.uint8), index * 100_000)
    assert cli("selfie", talk, "-b", tmp_path / "lamp.mp4").code == 0
    with VideoReader(talk.with_name("talk-selfie.mp4")) as reader:
        levels = {frame.timestamp_us: frame.pixels[10:60, 450:].mean() for frame in reader}
    assert [level > 100 for level in levels.values()] == [False, False, True, True, False], levels


def test_quality_and_codec(cli: Any, me: Path, talk: Path, tmp_path: Path) -> None:
    sizes = []
    for quality in ("20", "90"):
        out = tmp_path / f"{quality}.jpg"
        assert cli("selfie", me, "-o", out, "--quality", quality).code == 0
        sizes.append(out.stat().st_size)
    assert sizes[0] < 0.5 * sizes[1]
    assert cli("selfie", talk, "-o", tmp_path / "small.mp4", "--codec", "av1").code == 0
    with VideoReader(tmp_path / "small.mp4") as reader:
        assert reader.info.codec in ("av1", "libdav1d")
    assert "does not hold h264" in cli("selfie", talk, "-o", tmp_path / "x.webm", "--codec", "h264").err


def test_a_graph_is_printed_although_its_result_exists(cli: Any, portrait_file: Path, tmp_path: Path) -> None:
    (tmp_path / "me-selfie.png").touch()
    shutil.copy(portrait_file, tmp_path / "me.png")
    code, text, errors = cli("selfie", tmp_path / "me.png", "--print-graph", "--refine", "fast")
    assert (code, errors) == (0, "")
    assert "max_tiles: 1" in text
    assert not (tmp_path / "me-selfie.png").stat().st_size


def test_graph_that_is_printed_does_the_same(cli: Any, talk: Path, tmp_path: Path) -> None:
    printed = cli("selfie", talk, "-b", "teal", "--print-graph").out
    (tmp_path / "own.pbtxt").write_text(printed, "utf-8")
    assert cli("check", "--strict", tmp_path / "own.pbtxt").code == 0
    assert cli("run", tmp_path / "own.pbtxt", "-i", talk, "-o", tmp_path / "own.mp4").code == 0
    assert cli("selfie", talk, "-b", "teal").code == 0
    with VideoReader(tmp_path / "own.mp4") as own, VideoReader(talk.with_name("talk-selfie.mp4")) as other:
        for one, two in zip(own, other, strict=True):
            assert (one.pixels == two.pixels).all() and one.timestamp_us == two.timestamp_us


def test_instruments_work_as_on_any_graph(cli: Any, talk: Path, tmp_path: Path) -> None:
    trace = tmp_path / "trace.json"
    code, out, _ = cli("selfie", talk, "--profile", "--trace", trace)
    assert code == 0 and "ComposeCalculator" in out and trace.stat().st_size > 1000
    assert max(len(line) for line in out.splitlines() if "Calculator" in line) <= 100


def test_standard_input_and_output(me: Path, talk: Path) -> None:
    command = [sys.executable, "-m", "mpgraph", "selfie", "-", "-o", "-", "-b", "0,0,200"]
    for file, start in ((me, b"\x89PNG"), (talk, b"\x1aE\xdf\xa3")):
        done = subprocess.run(command, input=file.read_bytes(), capture_output=True, check=True)
        assert done.stdout.startswith(start) and not done.stderr
    done = subprocess.run(command, input=b"", capture_output=True, check=False)
    assert done.returncode == 1 and done.stderr == b"error: standard input is empty\n"
