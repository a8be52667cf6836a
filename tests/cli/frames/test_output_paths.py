from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.cli.frames.output_paths import output_folder, refuse_to_replace
from mpgraph.errors import MediaError


def test_files_are_replaced_only_with_force(tmp_path: Path) -> None:
    old = tmp_path / "old.png"
    old.write_bytes(b"x")
    with pytest.raises(MediaError, match="already exists; use --force"):
        refuse_to_replace(old, False)
    refuse_to_replace(old, True)
    refuse_to_replace(tmp_path / "new.png", False)


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
