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
        (UPSTREAM + "selfie_segmentation_cpu.binarypb", UPSTREAM[10:] + "selfie_segmentation_cpu.pbtxt"),
        ("mediapipe/modules/hand_landmark/handedness.txt", "models/handedness.txt"),
        (
            "mediapipe/modules/objectron/object_detection_oidv4_labelmap.txt",
            "models/object_detection_oidv4_labelmap.txt",
        ),
        *(
            (model.mediapipe_path, f"models/{model.file}")
            for model in resources.model_manifest().in_distribution("mpgraph")
        ),
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


HEAVY = "mediapipe/modules/pose_landmark/pose_landmark_heavy.tflite"


@pytest.fixture
def models_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a package mpgraph_models that is installed, without any model."""
    monkeypatch.syspath_prepend(tmp_path / "site")
    return make(tmp_path / "site", "mpgraph_models/__init__.py").parent


@pytest.fixture
def no_models_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "find_spec", lambda name: None)


@pytest.mark.parametrize("name", [HEAVY, "pose_landmark_heavy.tflite", "models/pose_landmark_heavy.tflite"])
def test_models_are_found_in_the_installed_package(name: str, models_package: Path) -> None:
    file = make(models_package, "pose_landmark_heavy.tflite")
    assert resources.find_resource(name) == file
    assert resources.find_resource("mpgraph_models/pose_landmark_heavy.tflite") == file


def test_shipped_models_come_before_those_of_the_package(models_package: Path) -> None:
    make(models_package, "selfie_segmentation.tflite")
    found = resources.find_resource(UPSTREAM + "selfie_segmentation.tflite")
    assert found.parent == resources.shipped_models()


def test_models_package_is_not_searched_for_user_paths(models_package: Path) -> None:
    make(models_package, "pose_landmark_heavy.tflite")
    with pytest.raises(ResourceNotFoundError, match="name the folder"):
        resources.find_resource("my_models/pose_landmark_heavy.tflite")


@pytest.mark.usefixtures("no_models_package")
@pytest.mark.parametrize(
    "name",
    [
        HEAVY,
        "iris_landmark.tflite",
        "mediapipe/modules/objectron/object_detection_3d_chair.tflite",
    ],
)
def test_missing_model_suggests_its_package_and_command(name: str) -> None:
    with pytest.raises(ResourceNotFoundError) as caught:
        resources.find_resource(name)
    message = str(caught.value)
    assert f'Cannot find the file "{name}"' in message
    assert "The model is in the package mpgraph-models, which is not installed." in message
    assert message.endswith("Install it with: pip install mpgraph-models")


@pytest.mark.usefixtures("models_package")
def test_incomplete_models_package_suggests_reinstalling() -> None:
    with pytest.raises(ResourceNotFoundError, match="missing from the installed one") as caught:
        resources.find_resource(HEAVY)
    assert str(caught.value).endswith("pip install mpgraph-models --force-reinstall")


def test_not_found_suggests_models_that_are_not_installed() -> None:
    with pytest.raises(ResourceNotFoundError, match='Did you mean "pose_landmark_heavy.tflite"'):
        resources.find_resource("mediapipe/modules/pose_landmark/pose_landmark_hevy.tflite")


def test_not_found_names_neighbours_of_the_file(empty_working_directory: Path) -> None:
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
    assert resources.subgraph_search_path() == [mine, root]


def test_missing_folders_on_the_search_path_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPGRAPH_RESOURCE_PATH", "nowhere")
    assert resources.subgraph_search_path() == []
