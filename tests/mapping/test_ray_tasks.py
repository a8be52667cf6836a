"""On a real cluster of several nodes on this machine: each is a process of Ray with workers of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# Ray copies the module to its machines; its log shows how often each image was worked on.
CALCULATOR = """
import os, time
import mpgraph as mp

@mp.calculator
def ray_test_level(image: mp.ImageFrame) -> float:
    level = float(image.numpy_view().mean())
    with open(os.environ["MPGRAPH_TEST_LOG"], "a") as log:
        log.write(f"{level}\\n")
    time.sleep(0.2)
    return level
"""

GRAPH = """
input_stream: "input_video"
output_stream: "level"
node { calculator: "RayTestLevelCalculator" input_stream: "IMAGE:input_video" output_stream: "level" }
"""

# In a process of its own, since Ray leaves threads in the process that starts a cluster.
CLUSTER = """
import os, sys
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
node = cluster.add_node(num_cpus=1)
print(cluster.address, flush=True)
for line in sys.stdin:
    cluster.remove_node(node, allow_graceful=False)
    print("killed", flush=True)
cluster.shutdown()
"""


class RayCluster:
    """Two nodes, with one processor each. In a with statement, they end after the body."""

    def __init__(self) -> None:
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen([sys.executable, "-c", CLUSTER], text=True, **pipes)
        self.address = self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def kill_a_node(self) -> None:
        """Kill one node with all its processes, so that the other one is left."""
        assert self._process.stdin is not None
        self._process.stdin.write("kill\n")
        self._process.stdin.flush()
        assert self._line() == "killed"

    def __enter__(self) -> RayCluster:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.communicate(timeout=30)


@pytest.fixture(scope="module")
def cluster() -> Iterator[RayCluster]:
    with RayCluster() as cluster:
        yield cluster


@pytest.fixture
def start(cluster: RayCluster, tmp_path: Path) -> Callable[[Path], subprocess.Popen[str]]:
    """A function that starts `mpgraph map` on the cluster for the images in a folder."""
    (tmp_path / "ray_test_module.py").write_text(CALCULATOR, "utf-8")
    (tmp_path / "level.pbtxt").write_text(GRAPH, "utf-8")
    environment = {**os.environ, "MPGRAPH_TEST_LOG": str(tmp_path / "log")}

    def run(folder: Path) -> subprocess.Popen[str]:
        command = [
            *(sys.executable, "-W", "error", "-m", "mpgraph", "map", tmp_path / "level.pbtxt", folder),
            *("-o", "out", "--on", f"ray={cluster.address}"),
            *("--module", tmp_path / "ray_test_module.py"),
        ]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=environment, cwd=tmp_path, text=True, **pipes)

    return run


def test_workers_and_nodes_that_die_lose_nothing(
    cluster: RayCluster,
    start: Callable[[Path], subprocess.Popen[str]],
    images: Callable[..., Path],
    tmp_path: Path,
) -> None:
    levels = {f"image{i}": 10 + i for i in range(24)}
    with start(images(**levels)) as process:
        assert process.stdout is not None and process.stderr is not None
        lines = [process.stdout.readline()]
        os.kill(int(json.loads(lines[0])["worker"].rpartition(":")[2]), signal.SIGKILL)
        lines += [process.stdout.readline() for _ in range(3)]
        # As a worker does that is taken for dead and has not noticed yet.
        late = Path(json.loads(lines[0])["input"]).stem
        (tmp_path / "out" / f".{late}.jsonl.unfinished" / "late").mkdir(parents=True)
        cluster.kill_a_node()
        lines += process.stdout.readlines()
        assert process.stderr.read() == ""
    assert process.returncode == 0
    results = [json.loads(line) for line in lines]
    assert sorted(result["input"] for result in results) == sorted(
        str(tmp_path / "in" / f"{name}.png") for name in levels
    )
    assert {result["status"] for result in results} == {"done"}
    assert len({result["worker"] for result in results}) >= 2  # one died after its first result
    for name, level in levels.items():
        (line,) = (tmp_path / "out" / f"{name}.jsonl").read_text("utf-8").splitlines()
        assert json.loads(line) == {"frame": 0, "timestamp_us": 0, "level": float(level)}
    assert len([*(tmp_path / "out").iterdir()]) == 24  # nothing unfinished
    # Only what was in the hands of those that died was begun again.
    assert len((tmp_path / "log").read_text("utf-8").splitlines()) <= 26


def test_failing_inputs_are_reported_and_finished_ones_skipped(
    start: Callable[[Path], subprocess.Popen[str]], images: Callable[..., Path], tmp_path: Path
) -> None:
    folder = images(a=60, b=70)
    (folder / "broken.png").write_text("no image")
    for status in ("done", "skipped"):
        process = start(Path(folder.name))
        out, err = process.communicate()
        assert process.returncode == 1
        assert err.startswith(f'error: "{folder / "broken.png"}" is damaged') and err.count("\n") == 1
        statuses = {Path(each["input"]).name: each["status"] for each in map(json.loads, out.splitlines())}
        assert statuses == {"a.png": status, "b.png": status, "broken.png": "failed"}


def test_a_cluster_that_is_not_there_is_one_line(
    flip: Path, images: Callable[..., Path], tmp_path: Path
) -> None:
    arguments = ["map", flip, images(a=60), "-o", tmp_path / "out", "--on", "ray=127.0.0.1:1"]
    done = subprocess.run(
        [sys.executable, "-m", "mpgraph", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: cannot connect to Ray") and done.stderr.count("\n") == 1
