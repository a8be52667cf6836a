"""The promises of SECURITY.md at the border of the process: the system calls of commands.

Needs strace, and a system that lets it trace. Without, these tests are skipped; with MPGRAPH_TEST_STRACE, as
in .ci/run, they fail.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from strangers_graph import write_strangers_graph

import mpgraph as mp
from mpgraph.framework import resources
from mpgraph.media.video_writer import VideoWriter
from mpgraph.testing import record

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="strace is for Linux"),
    pytest.mark.timeout(240),
]

TRACED = "%network,execve,execveat,fork,vfork,clone,clone3,open,openat,openat2,creat"
CALL = re.compile(r"^\d+ +(\w+)\((.*)$")
OPENED = re.compile(r'(?:(?:AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"((?:[^"\\]|\\.)*)", ?(.*)')
WRITING = re.compile("O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")

# The C library asks the name service's daemon for the user's home folder, if HOME is not set.
NAME_SERVICE = re.compile(r"socket\(AF_UNIX|connect\(.*sun_path=\"/(?:var/)?run/nscd/socket\"")

# Read by the C library and by native libraries when they are loaded.
SYSTEM_FILES = (
    "/etc/ld.so.cache",
    "/etc/locale.alias",
    "/etc/localtime",
    "/etc/ssl/openssl.cnf",
    "/dev/null",
)
SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/share/locale", "/usr/share/zoneinfo", "/proc", "/sys")


class Trace(NamedTuple):
    """What a command printed, and its system calls. opened: by folders and links resolved."""

    said: str
    network: list[str]
    processes: list[str]
    opened: list[Path]
    written: list[Path]


def trace_of(lines: Sequence[str], cwd: Path, said: str) -> Trace:
    """Sort the lines of strace; a call that another thread interrupts has its arguments in its first line."""
    trace = Trace(said, [], [], [], [])
    for line in lines:
        found = CALL.match(line)
        if found is None:  # The end of a call that was interrupted.
            continue
        name, rest = found.groups()
        if name in ("open", "openat", "openat2", "creat"):
            opened = OPENED.match(rest)
            assert opened is not None, line
            path = Path(os.path.realpath(Path(opened[1] or cwd, opened[2])))
            (trace.written if name == "creat" or WRITING.search(opened[3]) else trace.opened).append(path)
        elif name in ("execve", "execveat"):
            trace.processes.append(line)
        elif name in ("fork", "vfork", "clone", "clone3"):
            if "CLONE_THREAD" not in rest:
                trace.processes.append(line)
        elif not NAME_SERVICE.match(f"{name}({rest}"):
            trace.network.append(line)
    return trace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The working directory of the commands, which have temporary files and a home elsewhere."""
    for name in ("work", "temporary", "home"):
        (tmp_path / name).mkdir()
    return tmp_path / "work"


@pytest.fixture
def traced(folder: Path, checkout: Path) -> Callable[..., Trace]:
    """Runs Python with arguments in `folder` under strace."""

    def stop(reason: str) -> None:
        (pytest.fail if os.environ.get("MPGRAPH_TEST_STRACE") else pytest.skip)(reason)

    if shutil.which("strace") is None:
        stop("needs strace")

    def run(*arguments: str, codes: Sequence[int] = (0,)) -> Trace:
        log = folder.parent / "calls"
        options = ["-f", "-qq", "-y", "-s4096", "-esignal=none", f"-etrace={TRACED}", f"-o{log}"]
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(checkout),
            "HOME": str(folder.parent / "home"),
            "TMPDIR": str(folder.parent / "temporary"),
        }
        done = subprocess.run(
            ["strace", *options, sys.executable, *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
        )
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        if not lines:
            stop(f"strace cannot trace here: {done.stderr.strip()[-300:]}")
        assert done.returncode in codes, done.stderr
        return trace_of(lines, folder, done.stdout + done.stderr)

    return run


def test_the_trace_shows_what_native_code_does(traced: Callable[..., Trace], folder: Path) -> None:
    text = """
import ctypes, os, threading
libc = ctypes.CDLL(None)
libc.socket(2, 1, 0)
libc.open(b"/etc/hostname", 0)
libc.open(b"made", os.O_CREAT | os.O_WRONLY, 0o600)
thread = threading.Thread(target=libc.system, args=(b"true",))
thread.start()
thread.join()
"""
    trace = traced("-c", text)
    assert ["AF_INET" in line for line in trace.network] == [True]
    assert Path("/etc/hostname").resolve() in trace.opened
    assert folder.resolve() / "made" in trace.written
    assert sum("execve(" in line for line in trace.processes) >= 2  # Python, and the shell.


def video(file: Path) -> None:
    with VideoWriter(file, 64, 48) as writer:
        for index in range(4):
            writer.write(np.full((48, 64, 3), 40 * index, np.uint8), index * 33_333)


def recording(file: Path) -> None:
    text = """input_stream: "in" output_stream: "out"
        node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }"""
    graph = mp.CalculatorGraph(graph_config=text)
    with record(graph, file, outputs=True), graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(0))


@pytest.mark.parametrize(
    "arguments",
    [
        ["demo", "results"],
        ["selfie", "IMAGE", "-o", "out.png"],
        ["selfie", "in.mp4", "-o", "out.mp4"],
        ["check", "GRAPH"],
        ["viz", "GRAPH", "-o", "out.svg"],
        ["viz", "GRAPH", "-o", "out.html"],
        ["run", "GRAPH", "-i", "in.mp4", "-o", "out.mp4"],
        ["replay", "in.mpgrec"],
    ],
    ids=lambda arguments: "-".join([arguments[0], *arguments[-1].split(".")[1:]]),
)
def test_no_socket_is_opened_and_no_process_started(
    arguments: list[str], traced: Callable[..., Trace], folder: Path
) -> None:
    video(folder / "in.mp4")
    recording(folder / "in.mpgrec")
    graph = resources.find_resource("selfie_segmentation_cpu.pbtxt")
    words = {"GRAPH": str(graph), "IMAGE": str(resources.demo_image())}
    trace = traced("-m", "mpgraph", *(words.get(word, word) for word in arguments))
    assert trace.network == []
    assert len(trace.processes) == 1, trace.processes


@pytest.mark.parametrize("command", [["check"], ["viz", "-o", "out.svg"], ["viz", "-o", "out.html"]])
def test_reading_a_strangers_graph_opens_nothing_else(
    command: list[str], traced: Callable[..., Trace], folder: Path, checkout: Path
) -> None:
    graph = write_strangers_graph(folder)
    trace = traced("-m", "mpgraph", command[0], graph.name, *command[1:], codes=(0, 1))
    assert trace.network == []
    assert len(trace.processes) == 1, trace.processes
    # Python, mpgraph, and the folder of the graph, which is also the working directory.
    paths = (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *filter(None, sys.path))
    homes = (folder, checkout, *paths, *SYSTEM_FOLDERS)
    allowed = [Path(os.path.realpath(home)) for home in homes]
    files = [Path(os.path.realpath(file)) for file in SYSTEM_FILES]
    others = [
        path
        for path in trace.opened
        if path not in files and not any(path.is_relative_to(home) for home in allowed)
    ]
    assert others == []
    temporary = folder.parent / "temporary"
    changed = [path for path in trace.written if not path.is_relative_to(os.path.realpath(temporary))]
    written = {path for path in changed if path != Path("/dev/null")}
    assert [path for path in written if path.parent != folder.resolve() or path.suffix == ".py"] == []
    assert len(written) <= 1
    assert list(temporary.iterdir()) == list((folder.parent / "home").iterdir()) == []
