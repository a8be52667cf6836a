from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mpgraph.errors import MediaError
from mpgraph.io.files import AtomicOutput, atomic_output, existing_file, output_error, read_bytes, read_whole


def test_file_appears_when_the_body_ends(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    with atomic_output(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".mp4"
        temporary.write_bytes(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["out.mp4"]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_failure_leaves_only_the_older_file(tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "out.png"
    target.write_bytes(b"old")

    def work() -> None:
        with atomic_output(target) as temporary:
            temporary.write_bytes(b"half")
            raise failure

    with pytest.raises(failure):
        work()
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["out.png"]


def test_full_disk_is_reported_in_one_line(tmp_path: Path) -> None:
    # /dev/full is the kernel's own full disk.
    target = tmp_path / "out.bin"
    expected = r'the disk is full: ".*out\.bin" was not written'
    with pytest.raises(MediaError, match=expected), atomic_output(target):
        Path("/dev/full").write_bytes(b"x")
    assert os.listdir(tmp_path) == []


def test_os_error_about_another_file_is_not_translated(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_output(tmp_path / "out.bin"):
        (tmp_path / "absent").read_bytes()
    assert os.listdir(tmp_path) == []


def test_target_of_a_link_is_replaced_and_the_link_kept(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to("real.txt")
    with atomic_output(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    with atomic_output(tmp_path / "out"):
        pass
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_long_names_fit(tmp_path: Path) -> None:
    with atomic_output(tmp_path / ("n" * 250 + ".png")):
        pass
    assert os.listdir(tmp_path) == ["n" * 250 + ".png"]


def test_discard_may_be_called_twice(tmp_path: Path) -> None:
    output = AtomicOutput(tmp_path / "out")
    output.discard()
    output.discard()
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/out.png", r"there is no folder"),
        ("iamges/out.png", r'there is no folder.*Did you mean "images"'),
        ("images", r"it is a folder"),
        ("note.txt/out.png", r"is not a folder"),
        ("pipe", r"a device or pipe"),
        ("..", r"needs a file name"),
    ],
)
def test_impossible_targets_are_refused_before_work_starts(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "note.txt").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(MediaError, match=message), atomic_output(tmp_path / name):
        pass
    assert sorted(os.listdir(tmp_path)) == ["images", "note.txt", "pipe"]


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_unwritable_folder_is_reported(number: int) -> None:
    error = output_error("films/out.mp4", PermissionError(number, "denied"))
    assert str(error) == 'cannot write "films/out.mp4": no permission to create files in "films"'


def test_reading_an_empty_port_is_refused(tmp_path: Path) -> None:
    (tmp_path / "portrait.png").write_bytes(b"x")
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(MediaError, match='Did you mean "portrait.png"'):
        existing_file(tmp_path / "potrait.png")
    with pytest.raises(MediaError, match="no folder .* either"):
        existing_file(tmp_path / "nowhere" / "a.png")
    with pytest.raises(MediaError, match="zero bytes"):
        existing_file(tmp_path / "empty.png")
    with pytest.raises(MediaError, match="is a folder"):
        read_bytes(tmp_path)
    with pytest.raises(MediaError, match="cannot read"):
        read_bytes(tmp_path / "portrait.png" / "inside.png")
    assert read_bytes(tmp_path / "portrait.png") == b"x"


def killed_while_writing(target: Path) -> None:
    """Run a process that begins to write `target` and is killed."""
    code = f"""
import os, signal
from mpgraph.io.files import AtomicOutput
output = AtomicOutput({str(target)!r})
output.temporary.write_bytes(b"half")
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_what_a_killed_process_left_is_removed_by_the_next_output(tmp_path: Path) -> None:
    killed_while_writing(tmp_path / "out.mp4")
    killed_while_writing(tmp_path / "other.mp4")
    with atomic_output(tmp_path / "out.mp4") as temporary:
        temporary.write_bytes(b"whole")
    left = sorted(os.listdir(tmp_path))
    assert len(left) == 2
    assert left[0].startswith(".other.")
    assert left[1] == "out.mp4"


def test_two_writers_of_one_name_do_not_disturb_each_other(tmp_path: Path) -> None:
    with atomic_output(tmp_path / "out.bin") as first, atomic_output(tmp_path / "out.bin") as second:
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert (tmp_path / "out.bin").read_bytes() == b"first"
    assert os.listdir(tmp_path) == ["out.bin"]


@pytest.mark.skipif(sys.platform == "win32", reason="fork is POSIX")
def test_exit_of_a_forked_process_leaves_the_file_to_its_owner(tmp_path: Path) -> None:
    code = f"""
import os, sys
from mpgraph.io.files import atomic_output
with atomic_output({str(tmp_path / "out.bin")!r}) as temporary:
    temporary.write_bytes(b"whole")
    if os.fork() == 0:
        sys.exit()  # Runs the finalizers.
    os.wait()
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert (tmp_path / "out.bin").read_bytes() == b"whole"


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there are no devices")
def test_what_does_not_end_is_not_read_to_its_end(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="has no end within 256 MB"):
        read_whole("/dev/zero")
    assert read_whole("/dev/null") == b""
    file = tmp_path / "a.bin"
    file.write_bytes(b"some")
    assert read_whole(file) == b"some"
