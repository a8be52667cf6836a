from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from mpgraph.errors import MediaError
from mpgraph.mapping.inputs import MapInput
from mpgraph.mapping.naming import plan_tasks


def outputs(*inputs: str | tuple[str, str], media: bool = True, data: bool = False) -> list[str]:
    """The outputs for inputs, which are paths, or pairs of a folder that was given and a path in it."""
    sources = [
        MapInput(each, PurePath(each).name) if isinstance(each, str) else MapInput("/".join(each), each[1])
        for each in inputs
    ]
    tasks = plan_tasks(sources, "out", media=media, data=data, image_suffix=None, video_suffix=".mp4")
    return [PurePath(output).relative_to("out").as_posix() for task in tasks for output in task.outputs]


def test_names_are_those_of_the_inputs() -> None:
    assert outputs("a/x.jpg", "b/y.mov", "z.heic") == ["x.jpg", "y.mp4", "z.jpg"]
    assert outputs("x.jpg", "y.mov", data=True) == ["x.jsonl", "x.jpg", "y.jsonl", "y.mp4"]
    assert outputs("x.jpg", media=False, data=True) == ["x.jsonl"]


def test_files_in_a_folder_keep_their_path_in_it() -> None:
    assert outputs(("in", "x.jpg"), ("in", "sub/x.jpg")) == ["x.jpg", "sub/x.jpg"]


def test_inputs_of_one_name_in_several_folders_keep_the_folders_in_which_they_differ() -> None:
    assert outputs("in/a/x.jpg", "in/b/x.jpg", "in/a/y.jpg") == ["a/x.jpg", "b/x.jpg", "y.jpg"]
    assert outputs(("one", "sub/x.jpg"), ("two", "sub/x.jpg")) == ["one/sub/x.jpg", "two/sub/x.jpg"]
    assert outputs("s3://one/x.mp4", "s3://two/x.mp4") == ["one/x.mp4", "two/x.mp4"]


def test_inputs_that_differ_only_in_the_suffix_keep_it() -> None:
    assert outputs("x.mov", "x.mp4", "y.mp4") == ["x.mov.mp4", "x.mp4.mp4", "y.mp4"]
    assert outputs(("in", "sub/x.mov"), ("in", "sub/x.mkv")) == ["sub/x.mov.mp4", "sub/x.mkv.mp4"]
    assert outputs("x.jpg", "x.mp4") == ["x.jpg", "x.mp4"]
    assert outputs("x.jpg", "x.mp4", data=True) == ["x.jpg.jsonl", "x.jpg.jpg", "x.mp4.jsonl", "x.mp4.mp4"]
    assert outputs("a/x.mov", "b/x.mov", "b/x.mkv") == ["a/x.mp4", "b/x.mov.mp4", "b/x.mkv.mp4"]


def test_outputs_that_collide_all_the_same_are_refused() -> None:
    with pytest.raises(MediaError, match='of "a/x.mov" and "in/a/x.mov" would both be'):
        outputs("a/x.mov", "b/x.mov", ("in", "a/x.mov"))


def test_the_kind_of_a_file_without_a_known_suffix_is_that_of_its_content(
    tmp_path: Path, portrait_file: Path
) -> None:
    (tmp_path / "portrait").write_bytes(portrait_file.read_bytes())
    assert outputs(str(tmp_path / "portrait")) == ["portrait.jpg"]
    assert outputs("s3://bucket/recording") == ["recording.mp4"]
