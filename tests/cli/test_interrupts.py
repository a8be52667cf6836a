from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from mpgraph.cli.interrupts import stop_on_interrupt, terminate_like_interrupt


def test_second_interrupt_raises() -> None:
    with stop_on_interrupt() as stop:
        assert not stop
        signal.raise_signal(signal.SIGINT)
        assert stop
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_sigterm_interrupts_within_the_body_only() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with terminate_like_interrupt():
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        with stop_on_interrupt() as stop:
            os.kill(os.getpid(), signal.SIGTERM)
            assert stop
    assert signal.getsignal(signal.SIGTERM) is before


SIGNALS = [number for number in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, number)]


def _default_signals() -> None:
    for name in SIGNALS:  # A shell may start the tests with SIGINT ignored.
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def program(body: str) -> subprocess.Popen[str]:
    text = "import os, signal, sys, time\nfrom mpgraph.cli.interrupts import exit_code_of\n"
    text += "print('started', flush=True)\n" + textwrap.dedent(body)
    return subprocess.Popen(
        [sys.executable, "-c", text],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_default_signals,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=30)
    return process.returncode, errors


COMMANDS = {
    "sleeps": """
        def command():
            time.sleep(20)
        """,
    "executes a text, as the definition of a dataclass does": """
        def command():
            exec("time.sleep(20)")
        """,
    "is in a finalizer": """
        class Slow:
            def __del__(self):
                time.sleep(0.5)
        def command():
            Slow()
            time.sleep(20)
        """,
    "reports it itself": """
        def command():
            try:
                exec("time.sleep(20)")
            except KeyboardInterrupt:
                print("interrupted", file=sys.stderr)
                return 130
        """,
}


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_signal_ends_a_command_with_one_line(name: str, command: str) -> None:
    process = program(textwrap.dedent(COMMANDS[command]) + "sys.exit(exit_code_of(command))")
    assert process.stdout is not None and process.stdout.readline() == "started\n"
    time.sleep(0.2)
    process.send_signal(getattr(signal, name))
    assert ended(process) == (130, "interrupted\n")


def test_a_second_signal_ends_the_clean_up() -> None:
    process = program(
        """
        def command():
            try:
                time.sleep(20)
            finally:
                print("cleaning", flush=True)
                time.sleep(20)
        sys.exit(exit_code_of(command))
        """
    )
    assert process.stdout is not None and process.stdout.readline() == "started\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "cleaning\n"
    process.send_signal(signal.SIGINT)
    assert ended(process) == (130, "interrupted\n")


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_after_the_command_ends_the_process_at_once(name: str) -> None:
    process = program(
        """
        import atexit
        def command():
            atexit.register(lambda: (print("exiting", flush=True), time.sleep(20)))
            return 3
        sys.exit(exit_code_of(command))
        """
    )
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["started\n", "exiting\n"]
    process.send_signal(getattr(signal, name))
    assert ended(process) == (130, "")


def test_signals_at_random_moments_end_a_command_with_its_code_or_130(tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    graph.write_text(
        'input_stream: "in" '
        'node { calculator: "PassThroughCalculator" input_stream: "in" output_stream: "out" }'
    )
    choose = random.Random(7)
    for _ in range(12):
        process = program(
            f"""
            sys.argv[1:] = ["check", {str(graph)!r}]
            from mpgraph.cli import main
            main()
            """
        )
        assert process.stdout is not None and process.stdout.readline() == "started\n"
        time.sleep(0.1 + choose.random())
        process.send_signal(getattr(signal, choose.choice(SIGNALS)))
        code, errors = ended(process)
        assert code in (0, 130) and "Traceback" not in errors, (code, errors)
