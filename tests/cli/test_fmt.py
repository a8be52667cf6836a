from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Any

import pytest

UNTIDY = "node{calculator:'A' # why\n}"
TIDY = 'node {\n  calculator: "A"  # why\n}\n'


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    file = tmp_path / "untidy.pbtxt"
    file.write_text(UNTIDY, "utf-8")
    return file


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8"))


def test_file_is_formatted_in_place(cli: Any, untidy: Path) -> None:
    assert cli("fmt", untidy) == (0, f"{untidy}: formatted\n", "")
    assert untidy.read_text("utf-8") == TIDY
    assert cli("fmt", untidy) == (0, "", "")
    assert os.listdir(untidy.parent) == ["untidy.pbtxt"]


def test_check_lists_files_without_writing(cli: Any, untidy: Path) -> None:
    assert cli("fmt", "--check", untidy) == (1, f"{untidy}: would be formatted\n", "")
    assert untidy.read_text("utf-8") == UNTIDY
    untidy.write_text(TIDY, "utf-8")
    assert cli("fmt", "--check", untidy) == (0, "", "")


def test_diff_is_printed_without_writing(cli: Any, untidy: Path) -> None:
    code, out, err = cli("fmt", "--diff", untidy)
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == [f"--- {untidy}", f"+++ {untidy} (formatted)", "@@ -1,2 +1,3 @@"]
    assert '+  calculator: "A"  # why' in out
    assert untidy.read_text("utf-8") == UNTIDY
    assert cli("fmt", "--diff", "--check", untidy).code == 1


def test_stdin_goes_to_stdout(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, UNTIDY)
    assert cli("fmt", "-") == (0, TIDY, "")
    stdin(monkeypatch, UNTIDY)
    assert cli("fmt", "-", "--check") == (1, "<stdin>: would be formatted\n", "")
    stdin(monkeypatch, "node {")
    code, out, err = cli("fmt", "-", "--stdin-name", "mine.pbtxt")
    assert (code, out) == (1, "") and err.startswith("mine.pbtxt:1:7: error: ")


def test_folder_formats_all_text_graphs_in_it(cli: Any, untidy: Path) -> None:
    (untidy.parent / "deep").mkdir()
    (untidy.parent / "deep" / "b.textproto").write_text(UNTIDY, "utf-8")
    (untidy.parent / "notes.txt").write_text(UNTIDY, "utf-8")
    code, out, _ = cli("fmt", untidy.parent)
    assert code == 0 and out.count(": formatted") == 2
    assert (untidy.parent / "notes.txt").read_text("utf-8") == UNTIDY


def test_invalid_file_is_unchanged_and_the_others_are_formatted(cli: Any, untidy: Path) -> None:
    broken = untidy.with_name("broken.pbtxt")
    broken.write_text("node {\n  calculator: }", "utf-8")
    code, out, err = cli("fmt", broken, untidy)
    assert code == 1 and out == f"{untidy}: formatted\n"
    assert err.startswith(f"{broken}:2:15: error: ")
    assert broken.read_text("utf-8") == "node {\n  calculator: }"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("graph.binarypb", b"\xa2\x01\x01T", "is not a text graph"),
        ("graph.pbtxt", b"a: 1 \xff #", "byte 0xff at offset 5"),
        ("graph.pbtxt", None, "no such file"),
    ],
)
def test_files_that_are_not_text_graphs(
    cli: Any, tmp_path: Path, name: str, data: bytes | None, message: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    code, out, err = cli("fmt", tmp_path / name)
    assert (code, out) == (1, "") and message in err
    assert data is None or (tmp_path / name).read_bytes() == data


def test_line_endings_are_kept(cli: Any, untidy: Path) -> None:
    untidy.write_bytes(UNTIDY.replace("\n", "\r\n").encode())
    assert cli("fmt", untidy).code == 0
    assert untidy.read_bytes() == TIDY.replace("\n", "\r\n").encode()
    assert cli("fmt", "--check", untidy).code == 0


def test_links_and_permissions_stay(cli: Any, untidy: Path) -> None:
    untidy.chmod(0o640)
    link = untidy.with_name("link.pbtxt")
    link.symlink_to(untidy)
    assert cli("fmt", link).code == 0
    assert link.is_symlink() and untidy.read_text("utf-8") == TIDY
    assert stat.S_IMODE(untidy.stat().st_mode) == 0o640


def test_comments_in_latin_1_become_utf_8(cli: Any, tmp_path: Path) -> None:
    file = tmp_path / "latin.pbtxt"
    file.write_bytes(b'input_stream:"a"  # caf\xe9\n')
    assert cli("fmt", file) == (0, f"{file}: formatted\n", "")
    assert file.read_text("utf-8") == 'input_stream: "a"  # café\n'
    file.write_bytes(b'input_stream:"caf\xe9"\n')
    code, _, err = cli("fmt", file)
    assert code == 1
    assert "byte 0xe9 at offset 17" in err
