"""Replays: differences from the recording, and incomplete recordings."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

import mpgraph as mp
from mpgraph.errors import InvalidArgumentError, MpgraphError, NotFoundError
from mpgraph.framework.packet import make_packet
from mpgraph.testing import record, replay

PASS = """
input_stream: "in"
output_stream: "out"
node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }
"""


@mp.register
class ReplayedTwice(mp.Calculator):
    """Doubles numbers."""

    data = mp.Input("", int)
    out = mp.Output("", int)

    def process(self, cc: mp.CalculatorContext) -> int:
        return 2 * cc[self.data]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bug.mpgrec"


def test_differences_are_reported(file: Path) -> None:
    graph = mp.CalculatorGraph(graph_config=PASS)
    with record(graph, file, outputs=True), graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", make_packet(1, 0))
    other = PASS.replace("PassThroughCalculator", "ReplayedTwice")
    result = replay(file, other)
    assert result.differences == ['stream "out", packet 1: 1 @ 0 was recorded, 2 @ 0 was received: differs']


def test_unknown_calculators_are_reported_with_their_module(file: Path, checkout: Path) -> None:
    (file.parent / "mine.py").write_text(
        textwrap.dedent("""
            import mpgraph as mp
            from mpgraph.framework.packet import make_packet
            from mpgraph.testing import record

            @mp.register
            class OnlyHere(mp.Calculator):
                data = mp.Input()
                def process(self, cc): pass

            graph = mp.CalculatorGraph(
                graph_config='input_stream: "in" node { calculator: "OnlyHere" input_stream: "in" }'
            )
            if __name__ == "mine":
                recorder = record(graph, "bug.mpgrec")
                graph.start_run()
                graph.add_packet_to_input_stream("in", make_packet(1, 0))
                graph.wait_until_idle()
                import os
                os._exit(3)  # As a crash would.
        """)
    )
    done = subprocess.run(
        [sys.executable, "-c", "import mine"],
        cwd=file.parent,
        check=False,
        env={**os.environ, "PYTHONPATH": str(checkout)},
    )
    assert done.returncode == 3
    with pytest.raises(NotFoundError, match=r"calculators of mine: import that first"):
        replay(file)
    result = replay(file, 'input_stream: "in" output_stream: "in"', check=False)
    assert result.damage is not None
    assert "no end mark" in result.damage
    assert result.sent == 1


def test_additional_outputs_after_a_killed_process_are_accepted(file: Path) -> None:
    graph = mp.CalculatorGraph(graph_config=PASS)
    with record(graph, file, outputs=True), graph:
        graph.start_run()
        graph.add_packet_to_input_stream("in", make_packet(1, 0))
        graph.add_packet_to_input_stream("in", make_packet(2, 1))
    assert len(replay(file).outputs["out"]) == 2
    data = file.read_bytes()
    for length in range(len(data) - 1, len(data) * 3 // 4, -1):
        file.write_bytes(data[:length])
        assert replay(file).differences == []


def test_additional_outputs_after_a_cancelled_run_are_accepted(file: Path) -> None:
    graph = mp.CalculatorGraph(graph_config=PASS)
    with record(graph, file, outputs=True):
        graph.start_run()
        graph.add_packet_to_input_stream("in", make_packet(1, 0))
        graph.wait_until_idle()
        graph.add_packet_to_input_stream("in", make_packet(2, 1))
        graph.cancel()
        with pytest.raises(MpgraphError):
            graph.wait_until_done()
    assert replay(file).differences == []


def test_a_small_recording_of_large_arrays_is_stopped_unless_trusted(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mpgraph.testing.codecs.FREE_BYTES", 1 << 20)
    graph = mp.CalculatorGraph(graph_config=PASS)
    with record(graph, file), graph:
        graph.start_run()
        for t in range(4):
            graph.add_packet_to_input_stream("in", make_packet(np.zeros(600_000, np.uint8), t))
    assert file.stat().st_size < 20_000
    with pytest.raises(InvalidArgumentError, match=r"take more than 1 MB and 100 times the size.*--trust"):
        replay(file, trust=False)
    assert replay(file).sent == 4
    monkeypatch.setattr("mpgraph.testing.codecs.BYTES_A_BYTE", 1000)
    assert replay(file, trust=False).sent == 4
