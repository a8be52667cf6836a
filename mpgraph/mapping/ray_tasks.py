"""`map_graph` on a Ray cluster: Ray's tasks, scheduler, object store and retries.

Ray keeps the processes that tasks run in; each builds the graph of a job at its first task.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from mpgraph.errors import InvalidArgumentError, MpgraphError, UnavailableError
from mpgraph.framework.user_code import is_library
from mpgraph.mapping.job import MapJob, MapTask
from mpgraph.mapping.result import MapResult
from mpgraph.mapping.storage import remove_unfinished
from mpgraph.mapping.worker import MapWorker

_MOST_SUBMITTED = 1000
"""Tasks that run or wait in Ray: enough to keep a cluster busy, and to let it see that it should grow."""

_PATIENCE_S = 5.0
"""How long tasks may take to clean up when the job is stopped."""

_worker: MapWorker | None = None


def run_on_ray(
    job: MapJob, tasks: Sequence[MapTask], address: str | None, workers: int | None, retries: int
) -> Iterator[MapResult]:
    """Yield the result of each task when it is done.

    address: of the cluster; None for Ray's own choice, which starts one on this machine if there is none. A
        connection that the program has is used. workers: how many tasks run at once at most.
    retries: how often Ray begins a task again whose worker or machine died.

    Raises:
        MpgraphError: Ray is not installed or not there, or a worker cannot build the graph.
    """
    ray = _import_ray()
    with _connection(ray, address, job.modules):
        remote = ray.remote(num_cpus=job.cores, max_retries=retries)(_process)
        shared = ray.put(job)
        waiting = iter(tasks)
        running: dict[Any, MapTask] = {}
        try:
            while True:
                for task in islice(waiting, (workers or _MOST_SUBMITTED) - len(running)):
                    running[remote.remote(shared, task)] = task
                if not running:
                    return
                done, _ = ray.wait([*running], num_returns=1)
                yield _result(ray, done[0], running.pop(done[0]))
        finally:
            for reference in running:
                ray.cancel(reference)
            if running:
                ray.wait([*running], num_returns=len(running), timeout=_PATIENCE_S)
            # A worker that Ray took for dead may have gone on until another one had done its task.
            for task in tasks:
                remove_unfinished(task.outputs)


def _process(job: MapJob, task: MapTask) -> MapResult:
    """Do a task in a process of Ray, which keeps its worker for the next one."""
    global _worker
    if _worker is None or _worker.job.key != job.key:
        _worker = MapWorker(job)
    return _worker.process(task)


def _result(ray: Any, reference: Any, task: MapTask) -> MapResult:
    try:
        result: MapResult = ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, MpgraphError):
            raise error.cause from None
        raise UnavailableError(f"a worker of Ray cannot build the graph: {_line(error.cause)}") from None
    except ray.exceptions.RayError as error:
        remove_unfinished(task.outputs)
        return MapResult(task.source, "failed", error=f"its worker died: {_line(error)}")
    return result


def _import_ray() -> Any:
    # Nothing of mpgraph may use the network but for its work; and these workers use no GPU of Ray's.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise InvalidArgumentError('"ray" needs Ray: pip install "mpgraph[ray]"') from None
    return ray


@contextmanager
def _connection(ray: Any, address: str | None, modules: Sequence[str]) -> Iterator[None]:
    if ray.is_initialized():
        yield
        return
    _check_address(address)
    environment: dict[str, Any] = {
        "env_vars": {name: value for name, value in os.environ.items() if name.startswith("MPGRAPH_")}
    }
    if sources := sorted({source for name in modules if (source := _source(name))}):
        environment["py_modules"] = sources
    try:
        ray.init(
            address,
            runtime_env=environment,
            include_dashboard=False,
            logging_level=logging.ERROR,
            log_to_driver=False,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise UnavailableError(f"cannot connect to Ray: {_line(error)}") from None
    try:
        yield
    finally:
        ray.shutdown()


def _check_address(address: str | None) -> None:
    """Raise UnavailableError at once if nobody answers at HOST:PORT; Ray tries for minutes."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _PATIENCE_S).close()
    except OSError as error:
        raise UnavailableError(f'cannot connect to Ray at "{address}": {_line(error)}') from None


def _source(module: str) -> str | None:
    """The file or package folder of a user's module, which Ray copies to its machines; None if installed."""
    top = sys.modules.get(module.partition(".")[0])
    file = getattr(top, "__file__", None)
    if not file or is_library(file):
        return None
    return str(Path(file).parent if Path(file).name == "__init__.py" else file)


def _line(error: BaseException) -> str:
    return next((line for line in map(str.strip, str(error).splitlines()) if line), type(error).__name__)
