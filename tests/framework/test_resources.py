from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from mpgraph import resource_util
from mpgraph.errors import ResourceNotFoundError
from mpgraph.framework import resources

UPSTREAM = "mediapipe/modules/selfie_segmentation/"


@pytest.fixture(autouse=True)
def empty_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def make(folder: Path, name: str, content: str = "x") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (UPSTREAM + "selfie_segmentation.tflite", "models/selfie_segmentation.tflite"),
        (UPSTREAM + "selfie_segmentation_landscape.tflite", "models/selfie_segmentation_landscape.tflite"),
        ("models/selfie_segmentation.tflite", "models/selfie_segmentation.tflite"),
        ("selfie_segmentation_landscape.tflite", "models/selfie_segmentation_landscape.tflite"),
        (
            "mediapipe/graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt",
            "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt",
        ),
        (
            UPSTREAM + "selfie_segmentation_cpu.pbtxt",
            "graphs/modules/selfie_segmentation/selfie_segmentation_cpu.pbtxt",
        ),
        ("selfie_segmentation_gpu.pbtxt", "graphs/selfie_segmentation/selfie_segmentation_gpu.pbtxt"),
    ],
)
def test_shipped_files_are_found_under_mediapipes_name_and_their_own(name: str, found: str) -> None:
    assert resources.find_resource(name).as_posix().endswith(found)
    assert resources.find_resource(name).is_absolute()


def test_earlier_folders_take_precedence(
    tmp_path: Path, empty_working_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = UPSTREAM + "selfie_segmentation.tflite"
    shipped = resources.find_resource(name)
    assert shipped.parent == resources.shipped_models()

    in_root = make(tmp_path / "root", name)
    resource_util.set_resource_dir(str(tmp_path / "root"))
    assert resources.find_resource(name) == in_root

    second, first = make(tmp_path / "second", name), make(tmp_path / "first", name)
    monkeypatch.setenv("MPGRAPH_RESOURCE_PATH", str(tmp_path / "second"))
    assert resources.find_resource(name) == second
    folders = [str(tmp_path / "missing"), "", str(tmp_path / "first"), str(tmp_path / "second")]
    monkeypatch.setenv("MPGRAPH_RESOURCE_PATH", os.pathsep.join(folders))
    assert resources.find_resource(name) == first

    here = make(empty_working_directory, name)
    assert resources.find_resource(name) == here
    assert resources.find_resource(second) == second


def test_resource_dir_can_be_reset(tmp_path: Path) -> None:
    make(tmp_path / "root", "labels.txt", "cat")
    resource_util.set_resource_dir(str(tmp_path / "root"))
    assert resources.read_resource("labels.txt") == b"cat"
    resource_util.set_resource_dir("")
    with pytest.raises(ResourceNotFoundError):
        resources.find_resource("labels.txt")


def test_resource_dir_must_be_a_str() -> None:
    with pytest.raises(TypeError, match="not int"):
        resource_util.set_resource_dir(3)  # type: ignore[arg-type]


def test_not_found_lists_the_folders_and_suggests_names(
    tmp_path: Path, empty_working_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPGRAPH_RESOURCE_PATH", str(tmp_path / "mine"))
    resource_util.set_resource_dir(str(tmp_path / "root"))
    with pytest.raises(ResourceNotFoundError) as caught:
        resources.find_resource(UPSTREAM + "selfie_segmentatoin.tflite")
    message = str(caught.value)
    for folder in (empty_working_directory, tmp_path / "mine", tmp_path / "root"):
        assert f'"{folder}"' in message
    assert 'Did you mean "selfie_segmentation.tflite"' in message
    assert "MPGRAPH_RESOURCE_PATH" in message
    assert "\n" not in message
    assert isinstance(caught.value, FileNotFoundError)


def test_not_found_suggests_files_in_the_same_folder(empty_working_directory: Path) -> None:
    make(empty_working_directory, "nets/person_v2.tflite")
    with pytest.raises(ResourceNotFoundError, match='Did you mean "person_v2.tflite"'):
        resources.find_resource("nets/person_v1.tflite")


@pytest.mark.parametrize("name", ["my_models/selfie_segmentation.tflite", "mediapipe/modules/other.tflite"])
def test_shipped_file_does_not_replace_a_missing_user_file(name: str) -> None:
    with pytest.raises(ResourceNotFoundError):
        resources.find_resource(name)


def test_absolute_paths_are_used_unchanged(tmp_path: Path) -> None:
    missing = tmp_path / "mediapipe" / "selfie_segmentation.tflite"
    with pytest.raises(ResourceNotFoundError, match=re.escape(f'There is no file "{missing}".')):
        resources.find_resource(missing)


@pytest.mark.parametrize("name", ["", ".", "/"])
def test_path_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(ResourceNotFoundError, match="does not name a file"):
        resources.find_resource(name)


@pytest.mark.parametrize("name", ["a" * 5000, "a\0b.tflite", "x/" * 3000 + "y"])
def test_invalid_file_names_are_not_found(name: str) -> None:
    with pytest.raises(ResourceNotFoundError, match="Cannot find"):
        resources.find_resource(name)


def test_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ResourceNotFoundError, match="is a folder"):
        resources.find_resource(tmp_path)


def test_reading_gives_the_bytes() -> None:
    model = resources.read_resource(UPSTREAM + "selfie_segmentation.tflite")
    assert model[4:8] == b"TFL3"


def test_user_subgraphs_take_precedence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, root = tmp_path / "mine", tmp_path / "root"
    mine.mkdir()
    root.mkdir()
    resource_util.set_resource_dir(str(root))
    monkeypatch.setenv("MPGRAPH_RESOURCE_PATH", str(mine))
    assert resources.subgraph_search_path() == [mine, root, resources.shipped_graphs()]


def test_missing_folders_on_the_search_path_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_RESOURCE_PATH", "nowhere")
    assert resources.subgraph_search_path() == [resources.shipped_graphs()]
