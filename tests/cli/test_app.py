from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mpgraph.cli.app import COMMANDS
from mpgraph.errors import MediaError
from mpgraph.framework.resources import demo_image

PORTRAIT = demo_image()


def test_help_lists_every_command_and_is_the_default(cli: Any) -> None:
    code, out, err = cli("--help")
    assert code == 0 and not err
    assert all(name in out for name in COMMANDS)
    assert cli() == (0, out, "")


@pytest.mark.parametrize("name", list(COMMANDS))
def test_help_of_each_command_has_an_example(cli: Any, name: str) -> None:
    code, out, _ = cli(name, "--help")
    assert code == 0
    assert f"mpgraph {name}" in out.partition("Example")[2]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_help_fits_80_columns(name: str) -> None:
    text = inspect.cleandoc(COMMANDS[name].__doc__ or "")
    _, *below_the_title = text.splitlines()
    assert max(map(len, below_the_title)) <= 78


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["selfi"], "No such command 'selfi'"),
        (["selfie", "a.jpg", "--backgroud", "red"], "No such option: --backgroud"),
        (["selfie", "a.jpg", "--model", "tall"], "--model"),
        (["selfie", "a.jpg", "--threshold", "1.5"], "--threshold"),
        (["selfie"], "give an INPUT"),
        (["selfie", "--webcam", "0", "a.mp4", "b.mp4"], "takes the place of INPUT"),
        (["selfie", "a.mp4", "--virtual-camera"], "--webcam 0, too"),
        (["selfie", str(PORTRAIT), "--watch", "--viz"], "leave out --watch"),
        (["selfie", "-", "--watch"], "which can be read again"),
        (["selfie", "a.mp4", "b.mp4", "-o", "-"], "one INPUT file"),
        (["run"], "GRAPH"),
        (["run", "g.pbtxt", "--input-video", "a", "--input-image", "b"], "give only one of"),
        (["run", "g.pbtxt", "--output-video", "a", "--output-image", "b"], "give only one of"),
        (["run", "g.pbtxt", "--input-image", "a.png", "--output-video", "b.mp4"], "--output-image"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(cli: Any, arguments: list[str], message: str) -> None:
    code, out, err = cli(*arguments)
    assert code == 2 and not out
    assert err.startswith("error: ") and err.count("\n") == 1
    assert message in err
    assert "Try: mpgraph" in err


def test_debug_option_raises_at_any_position(cli: Any, tmp_path: Path) -> None:
    missing = tmp_path / "no.jpg"
    assert cli("selfie", missing).code == 1
    for arguments in (["--debug", "selfie", missing], ["selfie", missing, "--debug"]):
        with pytest.raises(MediaError, match="no file"):
            cli(*arguments)


def test_help_imports_no_heavy_modules_and_version_works_as_a_module() -> None:
    script = (
        "import sys; from mpgraph.cli.app import run; run(['--help']);"
        "print(sorted({'cv2', 'av', 'numpy', 'google.protobuf'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    version = subprocess.run([sys.executable, "-m", "mpgraph", "--version"], capture_output=True, text=True)
    assert version.returncode == 0 and version.stdout.startswith("mpgraph ")
