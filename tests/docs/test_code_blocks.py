"""The Python of README and documentation runs unmodified; the tutorial, commands and all, as one story.

Other commands are only parsed, since they name files that readers have.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mpgraph.cli.app import build
from mpgraph.cli.user_modules import split_module_options
from mpgraph.media.images import read_image

CHECKOUT = Path(__file__).resolve().parents[2]
README = CHECKOUT / "README.md"
TUTORIAL = CHECKOUT / "docs" / "tutorial.md"
PAGES = [README, *sorted((CHECKOUT / "docs").rglob("*.md"))]

_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def python_blocks(page: Path) -> list[str]:
    return [text for language, _, text in _BLOCK.findall(page.read_text("utf-8")) if language == "python"]


SHOWING = [page for page in PAGES if python_blocks(page) and page not in (README, TUTORIAL)]


def run_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "COLUMNS": "100"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )


@pytest.fixture
def folder(tmp_path: Path, portrait_file: Path) -> Path:
    shutil.copy(portrait_file, tmp_path / "me.jpg")
    shutil.copy(CHECKOUT / "tests" / "solutions" / "cup.png", tmp_path)
    return tmp_path


def test_pages_are_found() -> None:
    assert {"testing.md"} <= {page.name for page in SHOWING}
    assert len(python_blocks(README)) >= 2
    assert len(commands(README)) >= 12


@pytest.mark.parametrize("page", SHOWING, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_python_blocks_run(page: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    text = "\n\n".join(python_blocks(page))
    if "objectron" in text:
        request.getfixturevalue("extra_models")
    (folder / "page.py").write_text(text, encoding="utf-8")
    done = run_in(folder, "-W", "error", "page.py")
    assert done.returncode == 0, done.stderr


def test_each_block_of_the_readme_runs_by_itself(folder: Path) -> None:
    for number, text in enumerate(python_blocks(README)):
        (folder / f"block_{number}.py").write_text(text, encoding="utf-8")
        done = run_in(folder, "-W", "error", f"block_{number}.py")
        assert done.returncode == 0, f"{text}\n{done.stderr}"
    assert (folder / "me-on-gray.png").exists()


def commands(page: Path) -> list[list[str]]:
    """The commands of mpgraph in a page's shell blocks, as words, without the files of redirections."""
    found = []
    for language, _, text in _BLOCK.findall(page.read_text("utf-8")):
        for line in text.replace("\\\n", " ").splitlines() if language == "sh" else []:
            words = shlex.shlex(line, posix=True, punctuation_chars=True)
            words.whitespace_split = True
            parts: list[list[str]] = [[]]
            for word in words:
                if set(word) <= set(";&|()<>"):
                    parts.append([])
                else:
                    parts[-1].append(word)
            found += [part[1:] for part in parts if part[:1] == ["mpgraph"]]
    return found


WITH_COMMANDS = [page for page in PAGES if commands(page)]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_commands_and_their_options_exist(page: Path) -> None:
    for words in commands(page):
        _, (name, *arguments) = split_module_options(words)
        if name.startswith("--"):
            assert name in ("--version", "--install-completion")
            continue
        command = build([name]).commands[name]
        try:
            command.make_context(name, arguments)
        except Exception as error:
            raise AssertionError(f"mpgraph {shlex.join(words)}") from error


def test_tutorial_is_one_story(folder: Path) -> None:
    told: list[str] = []
    for language, file, text in _BLOCK.findall(TUTORIAL.read_text("utf-8")):
        if file:
            (folder / file).write_text(text, encoding="utf-8")
            continue
        assert language == "sh", f"a block without the name of a file:\n{text}"
        for line in text.splitlines():
            command, _, remark = line.partition("   # ")
            program, *arguments = shlex.split(command)
            assert program in ("mpgraph", "pytest")
            quiet = ["-p", "no:cacheprovider"] if program == "pytest" else []
            done = run_in(folder, "-m", program, *arguments, *quiet)
            told.append(f"{line}\n{done.stdout}{done.stderr}")
            assert (done.returncode == 1) == (remark == "fails"), "\n".join(told)
            assert done.returncode in (0, 1), "\n".join(told)
    assert len(told) == 12
    blue = read_image(folder / "blue.png")
    assert (read_image(folder / "inverted.png") != blue).any()
    assert (read_image(folder / "blue_too.png") == blue).all()
    assert blue[5, 5, 2] > 150 > blue[5, 5, 0]  # The corner is background.
    assert (folder / "soft_edge.svg").exists()
    assert (folder / "my_calculators" / "pyproject.toml").exists()
