"""The time of a check grows with the size of the graph, not with its square."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from mpgraph.config.validation.diagnostics import diagnose

IN = 'input_stream: "in"\n'


def _each(count: int, text: str) -> str:
    return "\n".join(text.replace("#", str(i)) for i in range(count))


def _node(calculator: str, text: str) -> str:
    return f'node {{ calculator: "{calculator}" {text} }}'


def _pass(read: str, written: str) -> str:
    return _node("PassThroughCalculator", f'input_stream: "{read}" output_stream: "{written}"')


def _chain(count: int) -> list[str]:
    return [_pass(f"s{i}", f"s{i + 1}") for i in range(count)]


def _inputs(count: int) -> str:
    return " ".join(f'input_stream: "i{i}"' for i in range(count))


GRAPHS: dict[str, Callable[[int], str]] = {
    "a chain": lambda n: 'input_stream: "s0"\n' + "\n".join(_chain(n)),
    "a chain written backwards": lambda n: 'input_stream: "s0"\n' + "\n".join(reversed(_chain(n))),
    "a chain of types to resolve": lambda n: (
        'input_stream: "s0"\n'
        + "\n".join(
            _node(
                "GateCalculator", f'input_stream: "s{i}" input_stream: "ALLOW:s0" output_stream: "s{i + 1}"'
            )
            for i in range(n)
        )
    ),
    "unread inputs": lambda n: _inputs(n) + _pass("i0", "out"),
    "unread inputs in a list": lambda n: "input_stream: [" + _each(n, '"s#", ') + '"last"]',
    "outputs that nothing makes": lambda n: IN + _each(n, 'output_stream: "x#"') + _pass("in", "o"),
    "unread side packets": lambda n: IN + _each(n, 'input_side_packet: "p#"') + _pass("in", "o"),
    "misspelt side packets": lambda n: (
        IN
        + _each(n, 'input_side_packet: "pp#"')
        + _each(
            n, _node("SidePacketToStreamCalculator", 'input_side_packet: "p#" output_stream: "AT_ZERO:o#"')
        )
    ),
    "many readers": lambda n: IN + _each(n, _pass("in", "o#")),
    "unread streams": lambda n: IN + 'output_stream: "o0"\n' + _each(n, _pass("in", "o#")),
    "many inputs of one node": lambda n: (
        _inputs(n) + _node("MergeCalculator", _inputs(n) + ' output_stream: "o"')
    ),
    "misspelt streams": lambda n: IN + _each(n, _pass("inn#", "o#")),
    "one name for all outputs": lambda n: IN + _each(n, _pass("in", "o")),
    "loops": lambda n: (
        IN + _each(n, _node("MergeCalculator", 'input_stream: "in" input_stream: "o#" output_stream: "o#"'))
    ),
    "one long loop": lambda n: (
        IN
        + "\n".join(
            _node(
                "MergeCalculator", f'input_stream: "in" input_stream: "o{i or n}" output_stream: "o{i + 1}"'
            )
            for i in range(n)
        )
    ),
    "back edges": lambda n: (
        IN
        + _each(
            n,
            _node(
                "PreviousLoopbackCalculator",
                'input_stream: "MAIN:in" input_stream: "LOOP:in" output_stream: "PREV_LOOP:o#" '
                'input_stream_info: { tag_index: "LOOP" back_edge: true }',
            ),
        )
    ),
    "executors": lambda n: (
        _each(
            n,
            'executor { name: "e#" type: "ThreadPoolExecutor" '
            "options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 1 } } }",
        )
        + IN
        + _pass("in", "o")
    ),
}


def _seconds(text: str) -> float:
    times = []
    for _ in range(3):
        began = time.process_time()
        diagnose(text)
        times.append(time.process_time() - began)
    return min(times)


@pytest.mark.parametrize("kind", list(GRAPHS))
def test_five_times_the_graph_takes_far_less_than_25_times_the_time(kind: str) -> None:
    small, large = GRAPHS[kind](400), GRAPHS[kind](2000)
    diagnose(GRAPHS[kind](10))  # Imports what it needs.
    ratio = _seconds(large) / _seconds(small)
    assert ratio < 12, f"{kind}: {ratio:.1f}"
