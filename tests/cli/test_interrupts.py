from __future__ import annotations

import os
import signal

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
