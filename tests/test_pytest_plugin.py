"""The pytest plug-in, in separate pytest sessions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PREAMBLE = """
import threading
import pytest
import mpgraph as mp
from mpgraph.testing import run, t

GRAPH = 'input_stream: "a" node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }'
KEPT = []

def start():
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    graph.start_run()
    return graph
"""


@pytest.fixture
def session(pytester: pytest.Pytester, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder for tests, whose sessions load the plug-in from this checkout."""
    pytester.makeini("[pytest]\naddopts = --strict-markers -p no:cacheprovider\n")
    monkeypatch.setenv("PYTHONPATH", str(checkout))
    return pytester


def outcome(session: pytest.Pytester, body: str, *arguments: str) -> pytest.RunResult:
    session.makepyfile(test_it=PREAMBLE + body)
    return session.runpytest_subprocess("-q", *arguments)


def test_clean_tests_pass(session: pytest.Pytester) -> None:
    result = outcome(
        session,
        """
def test_closed():
    start().close()

def test_with():
    with mp.CalculatorGraph(graph_config=GRAPH) as graph:
        graph.start_run()

def test_chain():
    run("PassThroughCalculator").send("", 1 @ t(0)).expect("", 1 @ t(0))

@pytest.fixture(scope="module")
def shared():
    graph = start()
    yield graph
    graph.close()

@pytest.fixture
def own():
    with start() as graph:
        yield graph

def test_shared(shared, own):
    pass

def test_shared_again(shared):
    pass
""",
    )
    result.assert_outcomes(passed=5)


def test_leaks_are_reported_with_their_location(session: pytest.Pytester) -> None:
    result = outcome(
        session,
        """
def test_kept():
    KEPT.append(start())

def test_after():
    assert not mp.CalculatorGraph.__module__ == ""

def test_dropped():
    start()

@pytest.mark.mpgraph_leaks
def test_marked():
    start()

def test_failed():
    graph = start()
    assert graph is None
""",
    )
    result.assert_outcomes(passed=4, failed=1, errors=1)
    text = result.stdout.str()
    assert "The test left behind: a graph that still runs, started at test_it.py:11" in text
    assert "a graph that was never closed" not in text


def test_dropped_graphs_count_only_if_configured(session: pytest.Pytester) -> None:
    body = "def test_dropped():\n    start()\n"
    outcome(session, body).assert_outcomes(passed=1)
    result = outcome(session, body, "-o", "mpgraph_leaks=all")
    result.assert_outcomes(passed=1, errors=1)
    assert "a graph that was never closed, started at test_it.py:11" in result.stdout.str()


def test_runners_are_finished_after_the_test(session: pytest.Pytester) -> None:
    result = outcome(
        session,
        """
def test_unread_outputs_fail_the_test():
    run("PassThroughCalculator").send("", 1 @ t(0), 2 @ t(1)).expect("", 1 @ t(0))

def test_failed():
    run("PassThroughCalculator").send("", 1 @ t(0)).expect("", 2 @ t(0))
""",
    )
    result.assert_outcomes(failed=2)
    text = result.stdout.str()
    assert "Not expected from PassThroughCalculator:" in text
    assert "1  2 @ 0     1 @ 0  <- differs" in text
    # The traceback ends in the test, not in the plug-in.
    assert "test_it.py:18: AssertionError" in text
    assert "runner.py" not in text
    assert "pytest_plugin.py:" not in text


def test_other_threads_count_only_if_configured(session: pytest.Pytester) -> None:
    body = """
def test_thread():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, args=(30,), name="mine", daemon=True)
    thread.start()
    KEPT.append(stop)
"""
    outcome(session, body).assert_outcomes(passed=1)
    result = outcome(
        session,
        "import mpgraph.pytest_plugin\nmpgraph.pytest_plugin.PATIENCE = 0.01\n" + body,
        "-o",
        "mpgraph_leaks=all",
    )
    result.assert_outcomes(passed=1, errors=1)
    assert "a thread, mine" in result.stdout.str()


def test_ini_option_turns_the_plugin_off(session: pytest.Pytester) -> None:
    outcome(
        session, "def test_kept():\n    KEPT.append(start())\n", "-o", "mpgraph_leaks=off"
    ).assert_outcomes(passed=1)
    result = outcome(session, "def test(): pass", "-o", "mpgraph_leaks=sometimes")
    assert "mpgraph_leaks is mpgraph, all or off" in result.stderr.str()


def test_plugin_imports_nothing_at_startup(checkout: Path) -> None:
    code = "import sys, mpgraph, pytest; before = {*sys.modules}; import mpgraph.pytest_plugin; "
    code += "print(*{*sys.modules} - before, 'numpy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=checkout, check=True, capture_output=True, text=True
    )
    assert done.stdout.split() == ["mpgraph.pytest_plugin", "False"]
