from __future__ import annotations

from pathlib import Path
from typing import Any

from mpgraph.media.images import read_image


def test_demo_writes_its_images_and_can_be_repeated(cli: Any, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    code, out, err = cli("demo", folder)
    assert (code, err) == (0, "")
    assert out.startswith(str(folder / "demo.png"))
    names = {file.name for file in folder.iterdir()}
    assert names == {"demo.png", "mask.png", "matte.png", "blur.png", "dusk.png", "dusk.jpg", "cutout.png"}
    assert all(name in out for name in names - {"dusk.jpg"})
    assert read_image(folder / "cutout.png", alpha=True).shape == (512, 512, 4)
    assert read_image(folder / "demo.png").shape == (780, 1040, 3)
    assert cli("demo", folder).code == 0


def test_demo_into_a_file_is_refused(cli: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, _, err = cli("demo", tmp_path / "file")
    assert code == 1 and err.startswith("error: ") and err.count("\n") == 1
