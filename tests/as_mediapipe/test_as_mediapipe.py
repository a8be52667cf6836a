"""Programs written for MediaPipe, unchanged, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import mpgraph

Run = Callable[..., subprocess.CompletedProcess[str]]
STAND_IN = ("-m", "mpgraph.as_mediapipe")

PROGRAM = """
import sys
import mediapipe as mp
from mediapipe import solutions
from mediapipe.framework.formats import landmark_pb2
from mediapipe.python.solutions.drawing_utils import DrawingSpec, _normalized_to_pixel_coordinates

assert mp.__version__ == "0.10.21"
assert mp.solutions.hands is solutions.hands
assert landmark_pb2.NormalizedLandmarkList is not None
print(__name__, sys.argv[1:])
if __name__ == "__main__":
    sys.exit(3)
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run Python in an empty folder, where a package `mediapipe` is installed."""
    site = tmp_path / "site"
    (site / "mediapipe").mkdir(parents=True)
    (site / "mediapipe" / "__init__.py").write_text("__version__ = 'installed'\n", encoding="utf-8")
    paths = [str(Path(mpgraph.__file__).parent.parent), str(site)]

    def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
        command = [sys.executable, *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)

    return run_python


def write(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("program", [["program.py"], ["-m", "program"]])
def test_program_runs_with_its_arguments_and_exit_status(
    run: Run, tmp_path: Path, program: Sequence[str]
) -> None:
    write(tmp_path, "program.py", PROGRAM)
    done = run(*STAND_IN, *program, "--flag", "-m")
    assert (done.stdout, done.stderr, done.returncode) == ("__main__ ['--flag', '-m']\n", "", 3)


def test_program_finds_modules_beside_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", "beside.py", "import mediapipe\nversion = mediapipe.__version__\n")
    write(tmp_path / "inner", "program.py", "import beside\nprint(beside.version)\n")
    assert run(*STAND_IN, "inner/program.py").stdout == "0.10.21\n"


def test_first_line_of_a_program(run: Run, tmp_path: Path) -> None:
    write(tmp_path, "program.py", f"import mpgraph.as_mediapipe\n{PROGRAM}")
    done = run("program.py", "x")
    assert (done.stdout, done.stderr, done.returncode) == ("__main__ ['x']\n", "", 3)


def test_installed_mediapipe_is_used_where_the_stand_in_is_not_asked_for(run: Run) -> None:
    assert run("-c", "import mpgraph, mediapipe; print(mediapipe.__version__)").stdout == "installed\n"


def test_stand_in_comes_before_mediapipe(run: Run) -> None:
    done = run("-c", "import mediapipe, mpgraph.as_mediapipe")
    assert (
        "MediaPipe itself has been imported before: `import mpgraph.as_mediapipe` must come first"
        in done.stderr
    )


@pytest.mark.parametrize(
    "statement",
    [
        "import mediapipe.tasks",
        "from mediapipe import tasks",
        "from mediapipe.tasks.python import vision",
        "import mediapipe.tasks.python as tasks",
    ],
)
def test_missing_module_says_so(run: Run, statement: str) -> None:
    code = f"""
import mpgraph.as_mediapipe
try:
    {statement}
except ModuleNotFoundError as error:
    print(error)
"""
    text = 'mpgraph, which stands in for MediaPipe here, has no "mediapipe.tasks"'
    assert run("-c", code).stdout.startswith(text)


def test_missing_modules_and_names_can_be_asked_for(run: Run) -> None:
    code = """
import importlib.util
import mpgraph.as_mediapipe
import mediapipe as mp
assert importlib.util.find_spec("mediapipe") is not None
assert importlib.util.find_spec("mediapipe.solutions.hands") is not None
assert importlib.util.find_spec("mediapipe.tasks") is None
assert not hasattr(mp, "tasks")
assert hasattr(mp, "Image")
print(mp.tasks)
"""
    assert "module 'mediapipe' (mpgraph stands in for it) has no attribute 'tasks'" in run("-c", code).stderr


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_processes_of_the_program_have_the_stand_in(run: Run, tmp_path: Path, method: str) -> None:
    if method not in __import__("multiprocessing").get_all_start_methods():
        pytest.skip("no such start method on this system")
    program = f"""
import multiprocessing, subprocess, sys
import mediapipe
def version(_):
    return mediapipe.__version__
if __name__ == "__main__":
    with multiprocessing.get_context("{method}").Pool(1) as pool:
        print(pool.map(version, [0]), flush=True)
    subprocess.run([sys.executable, "-c", "import mediapipe; print(mediapipe.__version__)"])
"""
    write(tmp_path, "program.py", program)
    assert run(*STAND_IN, "program.py").stdout == "['0.10.21']\n0.10.21\n"


def test_distribution_mediapipe_has_the_version(run: Run) -> None:
    code = "import mpgraph.as_mediapipe, importlib.metadata as m; print(m.version('mediapipe'))"
    assert run("-c", code).stdout == "0.10.21\n"


def test_patching_and_pickling(run: Run) -> None:
    code = """
import pickle
from unittest import mock
import mpgraph.as_mediapipe
import mediapipe as mp
from mediapipe.python.solutions import hands
with mock.patch("mediapipe.solutions.hands.Hands") as patched:
    assert hands.Hands is patched
with mock.patch("mediapipe.Image") as patched:
    assert mp.Image is patched
assert mp.Image is not patched
wrist = mp.solutions.hands.HandLandmark.WRIST
assert pickle.loads(pickle.dumps(wrist)) is wrist
from_mediapipe = b"cmediapipe.python.solutions.hands\\nHandLandmark\\n(I0\\ntR."
assert pickle.loads(from_mediapipe) is wrist
"""
    assert run("-c", code).stderr == ""


def test_star_import(run: Run) -> None:
    assert run(
        "-c", "import mpgraph.as_mediapipe\nfrom mediapipe import *\nprint(solutions.__name__)"
    ).stdout == ("mpgraph.solutions\n")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-m"]])
def test_usage(run: Run, arguments: Sequence[str]) -> None:
    done = run(*STAND_IN, *arguments)
    assert done.stderr == "usage: python -m mpgraph.as_mediapipe [-m module | script.py] [arguments]\n"
    assert done.returncode == 1


def test_missing_program(run: Run) -> None:
    assert run(*STAND_IN, "nothing.py").stderr.startswith('There is no file "nothing.py". usage:')
