"""`mpgraph run` with --trace, --profile and --viz."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from mpgraph.profiling.saved import load_trace

REFUSE = """
import mpgraph as mp

@mp.calculator
def refuse(image: mp.ImageFrame) -> None:
    raise ValueError("not this one")
"""


def test_trace_is_written_in_addition_to_the_output(
    cli: Any, flip_graph: Path, clip: Path, tmp_path: Path
) -> None:
    trace = tmp_path / "run.json"
    code, out, err = cli("run", flip_graph, "-i", clip, "-o", tmp_path / "out.mp4", "--trace", trace)
    assert (code, err) == (0, "")
    calls = [event for event in load_trace(trace)["traceEvents"] if event["ph"] == "X"]
    assert out.splitlines()[-1] == f"{trace}: {len(calls)} calls"
    flips = [call for call in calls if call["name"] == "ImageTransformationCalculator"]
    assert len(flips) == 12 and all(call["args"]["sent"] == 1 for call in flips)


def test_profile_is_printed_at_the_end(cli: Any, flip_graph: Path, clip: Path, tmp_path: Path) -> None:
    code, out, _ = cli("run", flip_graph, "-i", clip, "-o", tmp_path / "out.mp4", "--profile")
    assert code == 0
    head, *rows = out.splitlines()[1:]
    assert head.split()[:4] == ["calculator", "counter", "time_mean", "time_total"]
    assert max(map(len, out.splitlines())) <= 100
    assert {row.split()[0]: row.split()[1] for row in rows} == {
        "FlowLimiterCalculator": "12",
        "ImageTransformationCalculator": "12",
    }


def test_invalid_trace_file_is_refused_before_the_run(
    cli: Any, flip_graph: Path, clip: Path, tmp_path: Path
) -> None:
    target = tmp_path / "out.mp4"
    code, _, err = cli("run", flip_graph, "-i", clip, "-o", target, "--trace", tmp_path / "run.txt")
    assert code == 1 and ".perfetto-trace" in err
    (tmp_path / "run.json").write_text("mine")
    code, _, err = cli("run", flip_graph, "-i", clip, "-o", target, "--trace", tmp_path / "run.json")
    assert code == 1 and "run.json" in err and "--force" in err
    assert not target.exists()


def test_instrumentation_cannot_be_combined_with_watch(cli: Any, flip_graph: Path, clip: Path) -> None:
    code, _, err = cli("run", flip_graph, "-i", clip, "--watch", "--profile")
    assert code == 2 and "--watch" in err


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to a process there")
@pytest.mark.parametrize("fails", [False, True])
def test_live_page_stays_available_until_interrupted(
    flip_graph: Path, clip: Path, tmp_path: Path, fails: bool
) -> None:
    if fails:
        (tmp_path / "refuse.py").write_text(REFUSE)
        node = 'node { calculator: "RefuseCalculator" input_stream: "IMAGE:input_video" }'
        flip_graph.write_text(f'input_stream: "input_video"\n{node}')
    command = [sys.executable, "-m", "mpgraph", *(["--module", str(tmp_path / "refuse.py")] if fails else [])]
    command += ["run", str(flip_graph), "-i", str(clip), "--viz", "--no-browser"]
    command += [] if fails else ["-o", str(tmp_path / "out.mp4")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        url = process.stdout.readline().rpartition(" ")[2].strip()
        while f"The run has {'failed' if fails else 'ended'}" not in process.stdout.readline():
            assert process.poll() is None
        page = urllib.request.urlopen(url).read().decode()
        request = urllib.request.Request(url + "live", data=b"{}", method="POST")
        statistics = json.loads(urllib.request.urlopen(request).read())
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == (1 if fails else 0)
        assert ("not this one" in process.stderr.read()) is fails
    assert '"extras":{"live":true}' in page
    assert statistics["running"] is False
    if fails:
        assert "not this one" in statistics["failure"][0]["message"]
    else:
        assert statistics["streams"][0]["packets"] == 12
