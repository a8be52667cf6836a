from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from mpgraph.mapping.local_pool import _interrupts_later

BLOCKED = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"


@pytest.mark.skipif(sys.platform == "win32", reason="signals cannot be blocked here")
def test_ctrl_c_while_a_worker_starts_comes_afterwards_and_only_here() -> None:
    started: list[str] = []

    def start() -> None:
        with _interrupts_later():
            os.kill(os.getpid(), signal.SIGINT)
            started.append(subprocess.check_output([sys.executable, "-c", BLOCKED], text=True))

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            start()
    finally:
        signal.signal(signal.SIGINT, before)
    assert started == ["True\n"]
