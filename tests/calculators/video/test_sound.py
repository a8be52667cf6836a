from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest

from mpgraph.calculators.video.sound import add_sound, save_sound
from mpgraph.errors import MediaError


def stream_types(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [stream.type for stream in container.streams]


def test_sound_is_extracted_and_added(make_video: Any, tmp_path: Path) -> None:
    sound, target = tmp_path / "sound.mka", tmp_path / "both.mp4"
    assert save_sound(make_video([0, 40], sound=True), sound)
    assert stream_types(sound) == ["audio"]
    add_sound(make_video([0, 40, 80]), sound, target)
    assert stream_types(target) == ["video", "audio"]


def test_silent_video_has_no_sound_to_save(make_video: Any, tmp_path: Path) -> None:
    assert not save_sound(make_video([0]), tmp_path / "sound.mka")
    assert not (tmp_path / "sound.mka").exists()


def test_adding_from_a_silent_file_is_refused(make_video: Any, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="has no sound to add"):
        add_sound(make_video([0]), make_video([0, 40]), tmp_path / "out.mp4")


def test_format_that_cannot_hold_the_sound_is_refused(make_video: Any, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"cannot write .*out.webm"):
        add_sound(make_video([0]), make_video([0, 40], sound=True), tmp_path / "out.webm")
