"""The Python that README and documentation show runs unmodified, page by page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]


def python_blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


SHOWING = [page for page in PAGES if python_blocks(page)]


def test_pages_are_found() -> None:
    assert {"README.md", "tutorial.md", "testing.md"} <= {page.name for page in SHOWING}


@pytest.mark.parametrize("page", SHOWING, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_python_blocks_run(
    page: Path, tmp_path: Path, portrait_file: Path, request: pytest.FixtureRequest
) -> None:
    shutil.copy(portrait_file, tmp_path / "me.jpg")
    shutil.copy(CHECKOUT / "tests" / "solutions" / "cup.png", tmp_path)
    script = tmp_path / "page.py"
    text = "\n\n".join(python_blocks(page))
    if "objectron" in text:
        request.getfixturevalue("extra_models")
    script.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
