"""The graphs of a process that ends or is forked: nothing hangs, whatever their calculators do."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

HEAD = """
    import asyncio, atexit, os, queue, signal, sys, threading, time
    import mpgraph as mp

    def forever():
        queue.Queue().get()

    class Any(mp.Calculator):
        @classmethod
        def get_contract(cls, contract):
            contract.inputs[0].set_any()
            contract.outputs[0].set_any()

        def process(self, cc):
            cc.outputs[0].add_packet(cc.packets[0])

    @mp.register
    class ClosesForEver(Any):
        def close(self, cc):
            forever()

    @mp.register
    class ClosesForEverBlocking(ClosesForEver):
        blocking = True

    class AnyAsync(Any):
        async def process(self, cc):
            cc.outputs[0].add_packet(cc.packets[0])

    @mp.register
    class AwaitsForEver(AnyAsync):
        async def process(self, cc):
            await asyncio.Event().wait()

    @mp.register
    class ClosesForEverAsync(AnyAsync):
        async def close(self, cc):
            await asyncio.Event().wait()

    @mp.register
    class CallsAThread(AnyAsync):
        async def process(self, cc):
            await asyncio.to_thread(forever)

    async def ignore_cancellation():
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                pass

    @mp.register
    class LeavesATask(AnyAsync):
        async def process(self, cc):
            self.task = asyncio.create_task(ignore_cancellation())
            await super().process(cc)

    def graph_of(calculator):
        return mp.CalculatorGraph(
            graph_config=f'input_stream: "in" output_stream: "out" node {{ calculator: "{calculator}" '
            'input_stream: "in" output_stream: "out" }'
        )

    def started(calculator):
        graph = graph_of(calculator)
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(1))
        return graph

    def status_of_child():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""


def program(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program, for half a minute at most."""
    source = textwrap.dedent(HEAD) + textwrap.dedent(text)
    return subprocess.run(
        [sys.executable, "-c", source, *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={**os.environ, "MPGRAPH_WATCHDOG": "0"},
    )


CALCULATORS = ("ClosesForEver", "ClosesForEverBlocking", "ClosesForEverAsync", "CallsAThread", "LeavesATask")


@pytest.mark.parametrize("calculator", CALCULATORS)
@pytest.mark.parametrize(
    "end", ["", "graph.abandon()", "threading.Thread(target=graph.close, daemon=True).start()"]
)
def test_the_process_ends_though_a_close_or_a_task_does_not(calculator: str, end: str) -> None:
    done = program(
        f"""
        graph = started({calculator!r})
        time.sleep(0.1)
        {end}
        """
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_tasks_that_ignore_their_cancellation_do_not_keep_close_from_returning() -> None:
    done = program(
        """
        graph = started("LeavesATask")
        graph.wait_until_idle()
        graph.close()
        print("closed", graph.current_run)
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "closed None\n", "")


def test_a_close_that_waits_for_its_own_graph_gets_an_error_at_the_exit() -> None:
    done = program(
        """
        @mp.register
        class WaitsInClose(Any):
            def close(self, cc):
                try:
                    graph.close()
                except mp.MpgraphError as error:
                    print(error.rule, flush=True)

        graph = started("WaitsInClose")
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "waits-for-itself\n", "")


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@needs_fork
@pytest.mark.parametrize("calculator", ["AwaitsForEver", "ClosesForEver", "LeavesATask"])
def test_a_forked_child_exits(calculator: str) -> None:
    done = program(
        f"""
        graph = started({calculator!r})
        time.sleep(0.1)
        child = os.fork()
        if child == 0:
            sys.exit(5)
        print(status_of_child())
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "5\n", "")


@needs_fork
def test_in_a_forked_child_a_poller_has_nothing_to_wait_for() -> None:
    done = program(
        """
        graph = graph_of("PassThroughCalculator")
        poller = graph.add_output_stream_poller("out")
        graph.start_run()
        child = os.fork()
        if child == 0:
            print(poller.next(), poller.queue_size(), flush=True)
            graph.start_run()
            graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(7))
            print(poller.next().timestamp.value, flush=True)
            sys.exit(5)
        print(status_of_child())
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "None 0\n7\n5\n", "")


# What the system refuses, and what the application's own functions do


@pytest.mark.parametrize("calculator", ["PassThroughCalculator", "Blocking", "AnyAsync"])
def test_a_graph_for_which_no_thread_can_be_started_fails_and_runs_later(calculator: str) -> None:
    done = program(
        f"""
        @mp.register
        class Blocking(Any):
            blocking = True

        mp.register(AnyAsync)
        real = threading._start_new_thread

        def refuse(*arguments, **named):
            raise RuntimeError("can't start new thread")

        graph = graph_of({calculator!r})
        threading._start_new_thread = refuse
        failed = False
        for call in graph.start_run, graph.wait_until_idle, graph.close, graph.abandon:
            try:
                call()
            except mp.MpgraphError as error:
                failed = failed or "thread" in str(error)
        print(failed, graph.current_run)
        threading._start_new_thread = real
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(1))
        graph.close()
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True None\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="this system has no limit on open files")
def test_a_coroutine_for_which_no_event_loop_can_be_started_ends_the_run() -> None:
    done = program(
        """
        import resource
        mp.register(AnyAsync)
        started("AnyAsync").close()  # Imports what it needs.
        resource.setrlimit(resource.RLIMIT_NOFILE, (30, 4096))
        files = []
        try:
            while True:
                files.append(open(os.devnull))
        except OSError:
            pass
        graph = graph_of("AnyAsync")
        graph.start_run()
        try:
            graph.wait_until_idle()
        except mp.MpgraphError as error:
            print("No event loop can be started" in str(error))
        graph.abandon()
        del files
        started("AnyAsync").close()
        """
    )
    assert (done.returncode, done.stdout) == (0, "True\n")  # asyncio reports its half-made loop itself.


@pytest.mark.parametrize(
    "act",
    ["graph.cancel()", "graph.abandon()", "sys.exit('stop')", "raise KeyboardInterrupt('stop')", "1 / 0"],
)
def test_an_error_callback_may_do_anything(act: str) -> None:
    done = program(
        f"""
        class Fails(Any):
            blocking = True

            def process(self, cc):
                raise ValueError("first")

        mp.register(Fails)
        graph = graph_of("Fails")

        def on_error(error):
            {act}

        graph.set_error_callback(on_error)
        for _ in range(2):
            graph.start_run()
            graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(1))
            time.sleep(0.1)
            try:
                graph.wait_until_done()
            except BaseException as error:
                print("first" in str(error) or str(error) == "stop")
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\nTrue\n", "")


def test_daemon_threads_report_nothing_when_the_exit_ends_their_graph() -> None:
    done = program(
        """
        def use():
            while True:
                solution.process(image)

        import numpy as np
        image = np.zeros((32, 32, 3), np.uint8)
        solution = mp.solutions.selfie_segmentation.SelfieSegmentation()
        solution.process(image)
        threading.Thread(target=use, daemon=True).start()
        time.sleep(0.2)
        """
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


def test_the_process_ends_though_a_thread_that_runs_the_graph_itself_does_not_return() -> None:
    done = program(
        """
        @mp.register
        class Stuck(Any):
            def process(self, cc):
                forever()

        graph = mp.CalculatorGraph(
            graph_config='input_stream: "in" executor { type: "ApplicationThreadExecutor" } '
            'node { calculator: "Stuck" input_stream: "in" output_stream: "out" }'
        )
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(1))
        threading.Thread(target=graph.wait_until_idle, daemon=True).start()
        time.sleep(0.1)
        """
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("place", ["calculator", "observer"])
def test_an_error_whose_text_cannot_be_made_is_named(place: str) -> None:
    done = program(
        f"""
        class Mute(Exception):
            def __str__(self):
                raise ValueError("no text")

        def fail(*_):
            raise Mute

        @mp.register
        class MayFail(Any):
            def process(self, cc):
                fail() if {place!r} == "calculator" else super().process(cc)

        graph = graph_of("MayFail")
        graph.observe_output_stream("out", fail)
        graph.start_run()
        graph.add_packet_to_input_stream("in", mp.packet_creator.create_int(1).at(1))
        try:
            graph.close()
        except mp.MpgraphError as error:
            print("Mute, which has no text" in str(error))
        """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
