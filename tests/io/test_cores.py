"""How many cores a process may use: affinity, hardware threads, cgroups of both versions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mpgraph.io import cores

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="affinity is Linux's")


class Machine:
    """Files of /sys and /proc."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Eight processors, two hardware threads a core, in no cgroup."""
    machine = Machine(tmp_path)
    for number in range(8):
        first = number % 4
        machine.write(f"cpu/cpu{number}/topology/thread_siblings_list", f"{first},{first + 4}\n")
    for name, path in (("_PROCESSORS", "cpu"), ("_CGROUPS", "cgroup"), ("_OWN_CGROUPS", "own")):
        monkeypatch.setattr(cores, name, tmp_path / path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    cores._physical.cache_clear()
    return machine


@pytest.fixture(autouse=True)
def forgotten() -> object:
    yield
    cores._physical.cache_clear()


def test_hardware_threads_of_a_core_count_once(machine: Machine) -> None:
    assert cores.usable_cores() == 4


@pytest.mark.parametrize(("allowed", "expected"), [({0, 4}, 1), ({0, 1}, 2), ({0, 1, 4, 5, 6}, 3)])
def test_affinity(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, allowed: set[int], expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: allowed)
    assert cores.usable_cores() == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [("max 100000", 4), ("250000 100000", 2), ("50000 100000", 1), ("900000 100000", 4), ("nonsense", 4)],
)
def test_quota_of_version_2(machine: Machine, limit: str, expected: int) -> None:
    machine.write("own", "0::/user.slice/job\n")
    machine.write("cgroup/user.slice/job/cpu.max", limit)
    assert cores.usable_cores() == expected


def test_quota_of_an_outer_group_applies(machine: Machine) -> None:
    machine.write("own", "0::/outer/inner\n")
    machine.write("cgroup/outer/inner/cpu.max", "300000 100000\n")
    machine.write("cgroup/outer/cpu.max", "200000 100000\n")
    assert cores.usable_cores() == 2


def test_quota_of_version_1(machine: Machine) -> None:
    machine.write("own", "4:memory:/x\n3:cpu,cpuacct:/job\n")
    machine.write("cgroup/cpu/job/cpu.cfs_quota_us", "150000\n")
    machine.write("cgroup/cpu/job/cpu.cfs_period_us", "100000\n")
    assert cores.usable_cores() == 1
    machine.write("cgroup/cpu/job/cpu.cfs_quota_us", "-1\n")
    assert cores.usable_cores() == 4


@pytest.mark.parametrize(("text", "expected"), [("2", 2), ("8", 3), ("0", 1), ("two", 3)])
def test_the_variable_limits_the_cores(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, text: str, expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2})
    monkeypatch.delenv(cores.CORES_VARIABLE, raising=False)
    assert (cores.usable_cores(), cores.core_limit()) == (3, None)
    monkeypatch.setenv(cores.CORES_VARIABLE, text)
    assert cores.usable_cores() == expected


def test_this_machine() -> None:
    assert 1 <= cores.usable_cores() <= (os.cpu_count() or 1)
