"""Compare mpgraph with MediaPipe, scenario by scenario, and write the differences to README.md.

    python tools/conformance/compare.py --peer-python /path/to/python-with-mediapipe [--random 2000]

Each library runs in a separate process, which is restarted after a crash or a hang.
"""

from __future__ import annotations

import argparse
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge_cases import CASES, FRAGMENTS
from random_scenarios import random_scenario

HERE = Path(__file__).resolve().parent
SOLUTIONS_HEADING = "# Solutions, image by image"  # The part of README.md that solutions.py writes.
TIMEOUT_SECONDS = 5.0
RUNS = 15

Answer = dict[str, Any]


class Side:
    """One of the two libraries, in a process that plays scenarios line by line."""

    def __init__(self, python: str, package: str) -> None:
        self._command = [python, str(HERE / "play.py"), package]
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=HERE.parent.parent,
            env={"PYTHONPATH": str(HERE.parent.parent), "GLOG_minloglevel": "3", "PATH": "/usr/bin:/bin"},
        )
        lines = self._lines = queue.Queue()

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                lines.put(line)
            lines.put("")

        threading.Thread(target=read, daemon=True).start()
        return process

    def ask(self, scenario: dict[str, Any]) -> Answer:
        """Play a scenario and return its answer, or {"failed": "crash" | "hang"}."""
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(scenario) + "\n")
            process.stdin.flush()
            line = self._lines.get(timeout=TIMEOUT_SECONDS)
        except (queue.Empty, BrokenPipeError):
            line = None
        if line:
            answer: Answer = json.loads(line)
            return answer
        self.stop()
        return {"failed": "crash" if line == "" else "hang"}

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def packets_of(events: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """The packets of each stream, without settled timestamps."""
    found: dict[str, list[Any]] = {}
    for stream, t, value in events:
        if value is not None:
            found.setdefault(stream, []).append([t, value])
    return found


def settled_of(events: Sequence[Sequence[Any]]) -> dict[str, int]:
    """The last timestamp observed on each stream."""
    return {stream: t for stream, t, _ in events}


def differences(scenario: dict[str, Any], ours: Answer, theirs: Answer) -> list[str]:
    """The differences in words; empty if there are none."""
    for name, answer in (("mpgraph", ours), ("MediaPipe", theirs)):
        if "failed" in answer:
            return [f"{name}: {answer['failed']}"]
    found = []
    calls = [["CalculatorGraph"], *scenario["calls"]]
    failed = False
    for i, (our, their) in enumerate(zip(ours["outcomes"], theirs["outcomes"], strict=False)):
        failed = failed or "ok" not in (our, their)
        # An error of mpgraph has MediaPipe's class among its own.
        if (our == "ok") != (their == "ok") or (our != "ok" and their[0][0] not in our[0]):
            words = [
                outcome if outcome == "ok" else ": ".join([*outcome[0], outcome[1]])
                for outcome in (our, their)
            ]
            found.append(f"{calls[i]}: {words[0][:300]!r}, in MediaPipe {words[1][:300]!r}")
            break
        if our != "ok":
            missing = [words for words in FRAGMENTS if words in their[1] and words not in our[1]]
            found += [f'{calls[i]}: "{words}" is not in {our[1][:300]!r}' for words in missing]
        before = [answer["events"][i] for answer in (ours, theirs)] if i < len(ours["events"]) else [[], []]
        if calls[i][0] not in ("wait_until_idle", "wait_until_done", "close") or failed:
            continue
        if packets_of(before[0]) != packets_of(before[1]):
            found.append(f"after {calls[i - 1]}: packets {before[0]}, in MediaPipe {before[1]}")
            break
        # The settled timestamp just before a stream is closed depends on the order of two closings.
        is_closing = any(call[0] == "close_input_stream" for call in calls[: i + 1])
        if (
            calls[i][0] == "wait_until_idle"
            and not is_closing
            and settled_of(before[0]) != settled_of(before[1])
        ):
            found.append(
                f"after {calls[i - 1]}: settled {settled_of(before[0])}, in MediaPipe {settled_of(before[1])}"
            )
            break
    return found


def varies(scenario: dict[str, Any], ours: Side, theirs: Side) -> bool:
    """Whether some run of one library equals some run of the other: the result depends on thread timing."""
    our_runs = [ours.ask(scenario) for _ in range(RUNS)]
    their_runs = (theirs.ask(scenario) for _ in range(RUNS))
    return any(not differences(scenario, our, their) for their in their_runs for our in our_runs)


def report(cases: dict[str, list[str]], random: dict[int, list[str]], count: int, varying: int) -> str:
    """The text of README.md."""
    differing = {name: found for name, found in cases.items() if found}
    lines = [
        "# Conformance with MediaPipe 0.10.21, call by call",
        "",
        "The same scenarios are played by the same Python calls in two processes. After each call these are",
        "compared: the class of the exception (mpgraph's are of several), the fragments of its message that",
        "programs search for, the packets of every observed stream, and, when the graph is idle and before",
        "any stream is closed, the settled timestamp of every stream.",
        "",
        "Intentional differences: observing a running graph, which crashes MediaPipe, is an error; a missing",
        "executor is reported by `start_run`, because mpgraph has `set_executor`; `close` without a run is",
        "not an error. This page is written by",
        "",
        "    python tools/conformance/compare.py --peer-python PYTHON_WITH_MEDIAPIPE --random 2000",
        "",
        f"- Hand-written edge cases: {len(cases)}, identical: {len(cases) - len(differing)}.",
        "- Random graphs (PassThrough, Merge, Gate, PacketPresence, PreviousLoopback, FlowLimiter): "
        f"{count}.",
        f"  Identical in the first run: {count - len(random) - varying}. Identical in some of {RUNS} runs,",
        "  because the result depends on thread timing (a FlowLimiter drops packets that arrive while it is",
        f"  busy, PacketPresence reports every bound it receives): {varying}.",
        f"  Never identical: {len(random)}.",
        "",
        "## Edge cases that differ",
        "",
    ]
    for name, found in differing.items():
        lines += [f"- **{name}** — {difference}" for difference in found]
    lines += ["", "## Random graphs that differ", ""]
    lines += [f"- seed {seed} — {found[0][:400]}" for seed, found in list(random.items())[:20]]
    return "\n".join(lines if random else [*lines, "None."]) + "\n"


def main() -> None:
    """Compare the libraries, and write README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer-python", required=True)
    parser.add_argument("--random", type=int, default=500, help="how many random graphs")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--dry", action="store_true", help="print the report instead of writing README.md")
    arguments = parser.parse_args()
    ours, theirs = Side(sys.executable, "mpgraph"), Side(arguments.peer_python, "mediapipe")
    cases = {name: differences(case, ours.ask(case), theirs.ask(case)) for name, case in CASES.items()}
    random: dict[int, list[str]] = {}
    varying = 0
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.random):
        scenario = random_scenario(seed)
        found = differences(scenario, ours.ask(scenario), theirs.ask(scenario))
        if found and varies(scenario, ours, theirs):
            varying += 1
        elif found:
            random[seed] = found
    ours.stop()
    theirs.stop()
    text = report(cases, random, arguments.random, varying)
    if arguments.dry:
        print(text)
    else:
        _, heading, solutions = (HERE / "README.md").read_text("utf-8").partition(SOLUTIONS_HEADING)
        (HERE / "README.md").write_text(
            f"{text}\n{heading}{solutions}" if heading else text, encoding="utf-8"
        )


if __name__ == "__main__":
    main()
