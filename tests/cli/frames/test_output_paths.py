from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.cli.frames.output_paths import output_file, output_folder, refuse_to_replace
from mpgraph.errors import MediaError


def test_output_name_is_derived_from_the_input(tmp_path: Path) -> None:
    source = tmp_path / "me.jpg"
    assert output_file(source, None, "selfie", ".png", False) == tmp_path / "me-selfie.png"
    (tmp_path / "out").mkdir()
    assert output_file(source, tmp_path / "out", "mask", ".png", False) == tmp_path / "out" / "me-mask.png"
    assert output_file(source, tmp_path / "x.webp", "mask", ".png", False) == tmp_path / "x.webp"


def test_files_are_replaced_only_with_force(tmp_path: Path) -> None:
    old = tmp_path / "old.png"
    old.write_bytes(b"x")
    with pytest.raises(MediaError, match="already exists; use --force"):
        output_file(tmp_path / "me.jpg", old, "selfie", ".png", False)
    assert output_file(tmp_path / "me.jpg", old, "selfie", ".png", True) == old
    refuse_to_replace(tmp_path / "new.png", False)


def test_output_must_differ_from_the_input(tmp_path: Path) -> None:
    source = tmp_path / "me.jpg"
    source.write_bytes(b"x")
    with pytest.raises(MediaError, match="is the input"):
        output_file(source, tmp_path / "." / "me.jpg", "selfie", ".jpg", True)


def test_folder_is_created_one_level_deep(tmp_path: Path) -> None:
    assert output_folder(tmp_path / "new").is_dir()
    assert output_folder(tmp_path / "new").is_dir()
    with pytest.raises(MediaError, match="there is no folder"):
        output_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(MediaError, match="is a file"):
        output_folder(tmp_path / "file")
    with pytest.raises(MediaError, match="not a directory"):
        output_folder(tmp_path / "file" / "b")
