"""pytest plug-in: fails tests that leave graphs or threads running, and finishes `run()` conversations.

It is loaded in every pytest session of an environment that has mpgraph, even in projects that do not use
it. So it imports nothing beyond what `import mpgraph` does, and checks nothing before a test runs graphs.

Mark a test that must leave something behind with `@pytest.mark.mpgraph_leaks`, or with
`@pytest.mark.mpgraph_leaks(dropped=True)` if it only drops graphs without closing them. In the ini file,
`mpgraph_leaks = all` also reports threads of any other origin, and graphs that were dropped rather than
closed. By default these are accepted: they leave nothing behind, and tests written for MediaPipe drop them.
`mpgraph_leaks = off` turns the plug-in off.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from mpgraph.framework.user_code import shown_path

MARKER = "mpgraph_leaks"
PATIENCE = 10.0
"""Seconds to wait for threads that are ending."""

_conversations: list[Any] | None = None
_failed: pytest.StashKey[bool] = pytest.StashKey()


def watch(conversation: Any) -> None:
    """Finish a conversation after the test, if the test does not. Called by `mpgraph.testing.run`."""
    if _conversations is not None:
        _conversations.append(conversation)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option `mpgraph_leaks`."""
    parser.addini(
        MARKER,
        "what tests must not leave: mpgraph (its graphs and threads), all (any thread, dropped graphs), off",
        default="mpgraph",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, for --strict-markers, and check the ini option."""
    config.addinivalue_line(
        "markers", f"{MARKER}(dropped=False): the test may leave running graphs and threads behind."
    )
    if config.getini(MARKER) not in ("mpgraph", "all", "off"):
        raise pytest.UsageError(f"{MARKER} is mpgraph, all or off, not {config.getini(MARKER)!r}.")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    """Finish the conversations of a test that has passed: unexpected packets or errors fail it."""
    global _conversations
    outer, _conversations = _conversations, []
    outcome = yield
    conversations, _conversations = _conversations, outer
    item.stash[_failed] = outcome.excinfo is not None
    for conversation in conversations:
        if item.stash[_failed]:
            conversation.abandon()
            continue
        try:
            conversation.end_of_test()
        except Exception as error:
            item.stash[_failed] = True
            outcome.force_exception(_without_our_frames(error))


def _without_our_frames(error: Exception) -> BaseException:
    """Turn a failed expectation into text alone: no line of the test was running."""
    if isinstance(error, AssertionError) and error.__cause__ is None:
        return pytest.fail.Exception(str(error), pytrace=False)
    return error


@pytest.fixture(autouse=True)
def _mpgraph_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Report what a test leaves behind.

    It is set up after the fixtures of modules and sessions, whose graphs may live on, and before the test's
    own.
    """
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
    if _graph_module() is None and scope != "all":
        return
    failed = request.node.stash.get(_failed, True)
    left = [f"a graph that still runs, started at {location}" for location in _end_graphs(graphs)]
    left += [f"a thread, {thread.name}" for thread in _threads_left(threads, scope)]
    left += [
        f"a graph that was never closed, started at {_shown(location)}"
        for number, location in _dropped()
        if scope == "all" and number not in graphs and not may_drop
    ]
    if left and not failed:
        hint = f"Call close() or use `with`; the marker {MARKER} allows it."
        pytest.fail(f"The test left behind: {'; '.join(left)}. {hint}", pytrace=False)


def _graph_module() -> Any:
    return sys.modules.get("mpgraph.graph.running_graphs")


def _running_graphs() -> list[Any]:
    module = _graph_module()
    return list(module.running_graphs) if module is not None else []


def _dropped() -> list[Any]:
    module = _graph_module()
    return module.dropped_graphs if module is not None else []


def _end_graphs(before: set[int]) -> list[str]:
    """End the graphs that were started since `before` and still run; return where they were started."""
    deadline, collections = time.monotonic() + PATIENCE / 10, 0
    while {id(graph) for graph in _running_graphs()} - before:
        if time.monotonic() > deadline and collections > 20:  # One alone can take a second on a busy machine.
            break
        gc.collect()  # A graph that refers only to itself, or whose last call is just ending, does not count.
        collections += 1
        time.sleep(0.001)
    found = [graph for graph in _running_graphs() if id(graph) not in before]
    for graph in found:
        graph.abandon()
    return [_shown(graph.started_at) for graph in found]


def _threads_left(before: set[threading.Thread], scope: str) -> list[threading.Thread]:
    deadline = time.monotonic() + PATIENCE
    while True:
        left = [thread for thread in threading.enumerate() if thread not in before and _counts(thread, scope)]
        if not left or time.monotonic() > deadline:
            return left
        gc.collect()  # A graph in a reference cycle with its observer ends when it is collected.
        time.sleep(0.001)


def _counts(thread: threading.Thread, scope: str) -> bool:
    if scope == "all":
        return True
    target = getattr(thread, "_target", None)
    modules = (type(thread).__module__, getattr(target, "__module__", None) or "")
    return any(module.partition(".")[0] == "mpgraph" for module in modules)


def _shown(location: Any) -> str:
    return f"{shown_path(location.file)}:{location.line}" if location is not None else "an unknown location"
