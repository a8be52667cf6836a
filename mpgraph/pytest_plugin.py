"""pytest plug-in: finish `run()` chains, and fail tests that leave a running graph or its threads behind.

pytest loads it in every environment that has mpgraph, also for projects that do not use it. It therefore
imports nothing beyond what `import mpgraph` does, and checks nothing before a test runs a graph.

Mark tests that have to leave something behind: `@pytest.mark.mpgraph_leaks`, or
`@pytest.mark.mpgraph_leaks(dropped=True)` if they only drop graphs without closing them. The ini option
`mpgraph_leaks = all` also counts threads that are not mpgraph's, and graphs that were dropped rather than
closed; the default does not, since these leave nothing behind and tests written for MediaPipe drop them.
`mpgraph_leaks = off` turns the plug-in off.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest

MARKER = "mpgraph_leaks"
THREAD_TIMEOUT_S = 10.0
"""How long to wait for threads that are about to end."""
GRAPH_TIMEOUT_S = 1.0
"""How long to wait for graphs that are about to end or be collected."""

_runners: list[Any] | None = None
_failed: pytest.StashKey[bool] = pytest.StashKey()


def watch(runner: Any) -> None:
    """Note a runner that the test may leave open; called by `mpgraph.testing.run`."""
    if _runners is not None:
        _runners.append(runner)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option mpgraph_leaks."""
    parser.addini(
        MARKER,
        "what counts as a leak: mpgraph (its graphs and threads), all (any thread, dropped graphs), off",
        default="mpgraph",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and check the ini option."""
    config.addinivalue_line(
        "markers", f"{MARKER}(dropped=False): the test may leave running graphs and threads behind."
    )
    if config.getini(MARKER) not in ("mpgraph", "all", "off"):
        raise pytest.UsageError(f"{MARKER} is mpgraph, all or off, not {config.getini(MARKER)!r}.")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    """Finish the runners of a test that has passed; packets and errors that it does not expect fail it."""
    global _runners
    outer, _runners = _runners, []
    outcome = yield
    runners, _runners = _runners, outer
    item.stash[_failed] = outcome.excinfo is not None
    for runner in runners:
        if item.stash[_failed]:
            runner.abandon()
            continue
        try:
            runner.end_of_test()
        except Exception as error:
            item.stash[_failed] = True
            outcome.force_exception(_without_our_frames(error))


def _without_our_frames(error: Exception) -> BaseException:
    """Report a failed expectation as text only: at the end of a test its traceback has only our frames."""
    if isinstance(error, AssertionError) and error.__cause__ is None:
        return pytest.fail.Exception(str(error), pytrace=False)
    return error


@pytest.fixture(autouse=True)
def _mpgraph_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check for leaks; set up after module and session fixtures, whose graphs may outlive the test."""
    scope = str(request.config.getini(MARKER))
    marker = request.node.get_closest_marker(MARKER)
    may_drop = marker is not None and bool(marker.kwargs.get("dropped"))
    if scope == "off" or (marker is not None and not may_drop):
        yield
        return
    graphs = {id(graph) for graph in _running_graphs()}
    threads = set(threading.enumerate())
    _dropped().clear()
    yield
    if "mpgraph.graph.calculator_graph" not in sys.modules and scope != "all":
        return
    failed = request.node.stash.get(_failed, True)
    left = [f"a graph that still runs, started at {line}" for line in _end_graphs(graphs)]
    left += [f"a thread, {thread.name}" for thread in _threads_left(threads, scope)]
    left += [
        f"a graph that was never closed, started at {_shown(location)}"
        for number, location in _dropped()
        if scope == "all" and number not in graphs and not may_drop
    ]
    if left and not failed:
        hint = f"Call close() or use `with`; the marker {MARKER} allows it."
        pytest.fail(f"The test left behind: {'; '.join(left)}. {hint}", pytrace=False)


def _runtime() -> Any:
    return sys.modules.get("mpgraph.graph.calculator_graph")


def _running_graphs() -> list[Any]:
    runtime = _runtime()
    return runtime.running_graphs() if runtime is not None else []


def _dropped() -> list[Any]:
    runtime = _runtime()
    return runtime.dropped if runtime is not None else []


def _end_graphs(before: set[int]) -> list[str]:
    """End the running graphs that are not in `before`; return where they were started."""
    deadline = time.monotonic() + GRAPH_TIMEOUT_S
    while {id(graph) for graph in _running_graphs()} - before and time.monotonic() < deadline:
        gc.collect()  # Not leaks: graphs in a reference cycle, and graphs whose last call is just returning.
        time.sleep(0.001)
    found = [graph for graph in _running_graphs() if id(graph) not in before]
    for graph in found:
        graph.__exit__(RuntimeError, None, None)
    return [_shown(graph.started_at) for graph in found]


def _threads_left(before: set[threading.Thread], scope: str) -> list[threading.Thread]:
    deadline = time.monotonic() + THREAD_TIMEOUT_S
    while True:
        left = [thread for thread in threading.enumerate() if thread not in before and _counts(thread, scope)]
        if not left or time.monotonic() > deadline:
            return left
        gc.collect()  # A graph in a cycle with its observer ends its threads when it is collected.
        time.sleep(0.001)


def _counts(thread: threading.Thread, scope: str) -> bool:
    if scope == "all":
        return True
    target = getattr(thread, "_target", None)
    homes = (type(thread).__module__, getattr(target, "__module__", None) or "")
    return any(home.partition(".")[0] == "mpgraph" for home in homes)


def _shown(location: Any) -> str:
    if location is None:
        return "an unknown location"
    file = os.path.relpath(location.file)
    return f"{location.file if file.startswith('..') else file}:{location.line}"
