from __future__ import annotations

import os
from pathlib import Path

import pytest

from mpgraph.cli.frames.selection import refuse_inputs, select_files
from mpgraph.errors import MediaError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with files that are images and videos by their names."""
    monkeypatch.chdir(tmp_path)
    files = "a.jpg b.PNG c.mov photos/1.jpg photos/10.jpg photos/2.jpg photos/notes.txt photos/trip/3.jpg"
    for name in files.split():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    return tmp_path


def targets(
    *inputs: str, output: str | None = None, recursive: bool = False, force: bool = False
) -> list[str]:
    selection = select_files(inputs, output, label="hands", recursive=recursive, force=force)
    return [conversion.target.as_posix() for conversion in selection.conversions]


@pytest.mark.parametrize(
    ("inputs", "output", "expected"),
    [
        (["a.jpg"], None, ["a-hands.jpg"]),
        (["a.jpg", "b.PNG", "c.mov"], None, ["a-hands.jpg", "b-hands.PNG", "c-hands.mp4"]),
        (["a.jpg", "a.jpg"], None, ["a-hands.jpg"]),
        (["a.jpg"], "x.png", ["x.png"]),
        (["a.jpg"], "photos", ["photos/a-hands.jpg"]),
        (["a.jpg"], "new/", ["new/a-hands.jpg"]),
        (["a.jpg", "c.mov"], "new", ["new/a-hands.jpg", "new/c-hands.mp4"]),
        (["a.jpg", "b.PNG"], "new/{stem}.webp", ["new/a.webp", "new/b.webp"]),
        (["a.jpg", "c.mov"], "new/{stem}_x{suffix}", ["new/a_x.jpg", "new/c_x.mp4"]),
        (["photos"], None, ["photos-hands/1.jpg", "photos-hands/2.jpg", "photos-hands/10.jpg"]),
        (["photos/", "a.jpg"], "new", ["new/1.jpg", "new/2.jpg", "new/10.jpg", "new/a-hands.jpg"]),
    ],
)
def test_targets(here: Path, inputs: list[str], output: str | None, expected: list[str]) -> None:
    assert targets(*inputs, output=output) == expected


def test_folders_are_mirrored(here: Path) -> None:
    assert targets("photos", recursive=True)[-1] == "photos-hands/trip/3.jpg"
    selection = select_files(["photos"], "new", label="hands", recursive=True)
    selection.create_folders()
    assert (here / "new" / "trip").is_dir()


def test_working_directory_as_input(here: Path) -> None:
    name = f"{here.name}-hands"
    assert targets(".") == [f"{name}/a.jpg", f"{name}/b.PNG", f"{name}/c.mp4"]
    (here / name).mkdir()
    (here / name / "a.jpg").write_text("x")
    assert f"{name}/{name}/a.jpg" not in targets(".", recursive=True, force=True)


def test_skipped_files_are_listed_with_the_reason(here: Path) -> None:
    (here / "photos" / ".hidden.jpg").write_text("x")
    assert [
        (path.as_posix(), reason) for path, reason in select_files(["photos"], None, label="x").skipped
    ] == [
        ("photos/notes.txt", "neither an image nor a video, by its name"),
        ("photos/trip", "a sub-folder; --recursive includes it"),
    ]


def test_results_of_one_name_are_told_apart(here: Path) -> None:
    for name in ("c.mp4", "other/a.jpg"):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text("x")
    assert targets("c.mov", "c.mp4", "a.jpg") == ["c.mov-hands.mp4", "c.mp4-hands.mp4", "a-hands.jpg"]
    with pytest.raises(MediaError, match='"a.jpg" and "other/a.jpg" would both be "new/a.jpg-hands.jpg"'):
        targets("a.jpg", "other/a.jpg", output="new")


@pytest.mark.parametrize("force", [False, True])
def test_inputs_are_never_replaced(here: Path, force: bool) -> None:
    (here / "link.jpg").symlink_to("a.jpg")
    os.link("a.jpg", "hard.jpg")
    for output in ("a.jpg", "./photos/../a.jpg", "link.jpg", "hard.jpg", "{stem}.jpg"):
        with pytest.raises(MediaError, match="is an input"):
            targets("a.jpg", output=output, force=force)
    with pytest.raises(MediaError, match="is an input"):
        targets("photos", output="photos", force=force)
    with pytest.raises(MediaError, match="is an input"):
        refuse_inputs([Path("a.jpg")], [Path("new.jpg"), Path("link.jpg")], force)


def test_existing_files_are_replaced_with_force(here: Path) -> None:
    (here / "a-hands.jpg").write_text("mine")
    with pytest.raises(MediaError, match="--force"):
        targets("a.jpg")
    assert targets("a.jpg", force=True) == ["a-hands.jpg"]


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["b.jpg"], None, 'there is no file "b.jpg". Did you mean'),
        (["empty"], None, 'no images or videos in the folder "empty"$'),
        (["outer"], None, "--recursive includes its sub-folders"),
        (["a.jpg"], "x.gift", "not an image format"),
        (["c.mov"], "x.png", "not a supported video format"),
        (["a.jpg", "b.PNG"], "x.jpg", "the name of one file, but there may be several results"),
        (["photos"], "x.jpg", "the name of one file"),
        (["a.jpg"], "{name}.jpg", r"it may contain \{stem\}"),
        (["a.jpg"], "{stem.jpg", r"it may contain \{stem\}"),
        (["a.jpg", "photos/1.jpg"], "x{suffix}", "would both be"),
    ],
)
def test_errors(here: Path, inputs: list[str], output: str | None, message: str) -> None:
    (here / "empty").mkdir()
    (here / "outer" / "inner").mkdir(parents=True)
    with pytest.raises(MediaError, match=message):
        targets(*inputs, output=output)


def test_folder_of_a_named_file_is_not_created(here: Path) -> None:
    select_files(["a.jpg"], "new/x.jpg", label="hands").create_folders()
    assert not (here / "new").exists()


def test_an_empty_name_is_not_the_working_directory(here: Path) -> None:
    with pytest.raises(MediaError, match="empty name"):
        targets("a.jpg", "")
