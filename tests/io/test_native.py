"""Objects of native libraries in forked children and at the exit: nothing hangs or crashes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

HEAD = """
    import os, sys, threading, time
    import numpy as np
    import mpgraph as mp
    from mpgraph.media.preview import Preview
    from mpgraph.media.video_reader import VideoReader
    from mpgraph.media.video_writer import VideoWriter

    output = sys.argv[1]
    frame = np.zeros((64, 64, 3), np.uint8)

    def write(path, count):
        with VideoWriter(path, 64, 64) as writer:
            for index in range(count):
                writer.write(frame, index * 40_000)

    def attempt(call):
        try:
            print(call(), flush=True)
        except mp.MpgraphError as error:
            print(str(error)[:200], flush=True)

    def end_child():
        if child == 0:
            sys.exit(5)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def program(tmp_path: Path, text: str) -> tuple[int, list[str], str]:
    """Run a program, for half a minute at most; return its code, lines and errors but for TfLite's."""
    source = textwrap.dedent(HEAD) + textwrap.dedent(text)
    done = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path / "output.mp4")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    errors = [line for line in done.stderr.splitlines() if not line.startswith("INFO: Created TensorFlow")]
    return done.returncode, done.stdout.splitlines(), "\n".join(errors)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


@needs_fork
def test_a_forked_child_leaves_an_open_video_to_its_parent(tmp_path: Path) -> None:
    code, lines, errors = program(
        tmp_path,
        """
        write(output, 60)
        reader = VideoReader(output)
        frames = iter(reader)
        next(frames)
        child = os.fork()
        if child == 0:
            attempt(lambda: next(frames))
            reader.close()
        end_child()
        print(1 + sum(1 for _ in frames))
        """,
    )
    assert (code, errors) == (0, "")
    assert lines == [
        f'"{tmp_path}/output.mp4" is read by the process that this one was forked from; open it here',
        "5",
        "60",
    ]


@needs_fork
@pytest.mark.parametrize("end", ["pass", "writer.close()", "writer.abort()", "del writer"])
def test_a_forked_child_writes_nothing_into_the_video_of_its_parent(tmp_path: Path, end: str) -> None:
    code, lines, errors = program(
        tmp_path,
        f"""
        writer = VideoWriter(output, 64, 64)
        writer.write(frame, 0)
        child = os.fork()
        if child == 0:
            attempt(lambda: writer.write(frame, 40_000))
            {end}
        end_child()
        writer.write(frame, 80_000)
        writer.close()
        print([each.timestamp_us for each in VideoReader(output)])
        """,
    )
    assert (code, errors) == (0, "")
    assert "is written by the process that this one was forked from" in lines[0]
    assert lines[1:] == ["5", "[0, 80000]"]


@needs_fork
def test_a_forked_child_lets_go_of_the_preview_of_its_parent(tmp_path: Path) -> None:
    code, lines, errors = program(
        tmp_path,
        """
        preview = Preview.open("test", browser=False)
        preview.show(frame)
        child = os.fork()
        if child == 0:
            print(preview.show(frame), flush=True)
            preview.close()
        end_child()
        print(preview.show(frame))
        """,
    )
    assert (code, lines, errors) == (0, ["False", "5", "True"], "")


@needs_fork
def test_a_forked_child_uses_the_solution_of_its_parent_even_if_that_was_in_use(tmp_path: Path) -> None:
    code, lines, errors = program(
        tmp_path,
        """
        solution = mp.solutions.selfie_segmentation.SelfieSegmentation()
        before = solution.process(frame).segmentation_mask

        def use():
            while True:
                solution.process(frame)

        threading.Thread(target=use, daemon=True).start()
        for _ in range(5):
            child = os.fork()
            if child == 0:
                print((solution.process(frame).segmentation_mask == before).all(), flush=True)
                solution.close()
            end_child()
        """,
    )
    assert (code, lines, errors) == (0, ["True", "5"] * 5, "")


RUNNER = """
    from mpgraph.framework.resources import find_resource
    from mpgraph.inference import create_runner, load_model

    path = find_resource("mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite")
    model = load_model(open(path, "rb").read(), origin="model")

    def run():
        runner = create_runner(model, backend=BACKEND, num_threads=2)
        runner.run([runner.input_view(0)])
        return runner
"""


@needs_fork
@pytest.mark.parametrize("backend", ["litert", "openvino"])
@pytest.mark.parametrize("end", ["pass", "runner.close()", "runner.free()", "del runner"])
def test_a_forked_child_leaves_the_threads_of_models_to_its_parent(
    tmp_path: Path, backend: str, end: str
) -> None:
    code, lines, errors = program(
        tmp_path,
        textwrap.dedent(RUNNER).replace("BACKEND", repr(backend))
        + textwrap.dedent(
            f"""
            run().close()  # Waits to be used again.
            runner = run()
            child = os.fork()
            if child == 0:
                attempt(lambda: runner.run([]))
                {end}
            end_child()
            print(len(runner.run([runner.input_view(0)])))
            """
        ),
    )
    assert (code, errors) == (0, "")
    assert "belongs to the process that this one was forked from" in lines[0]
    assert lines[1:] == ["5", "1"]


@needs_fork
def test_models_run_in_a_forked_child_unless_their_library_does_not_survive_that(tmp_path: Path) -> None:
    for backend, expected in ("litert", "True"), ("openvino", "OpenVINO was used by the process"):
        code, lines, errors = program(
            tmp_path,
            textwrap.dedent(RUNNER).replace("BACKEND", repr(backend))
            + textwrap.dedent(
                """
                runner = run()
                child = os.fork()
                if child == 0:
                    attempt(lambda: bool(run()))
                end_child()
                """
            ),
        )
        assert (code, errors) == (0, "")
        assert expected in lines[0]
        assert lines[1:] == ["5"]


def test_daemon_threads_that_use_native_code_do_not_disturb_the_exit(tmp_path: Path) -> None:
    for _ in range(3):
        code, lines, errors = program(
            tmp_path,
            """
            def work():
                with VideoWriter(output, 640, 480) as writer:
                    for index in range(10**9):
                        writer.write(np.zeros((480, 640, 3), np.uint8), index * 40_000)

            threading.Thread(target=work, daemon=True).start()
            time.sleep(0.3)
            """,
        )
        assert (code, lines, errors) == (0, [], "")
        assert not list(tmp_path.iterdir())


def test_threads_may_share_a_writer(tmp_path: Path) -> None:
    code, lines, errors = program(
        tmp_path,
        """
        writer = VideoWriter(output, 64, 64)
        ended = []

        def work():
            try:
                for index in range(10**9):
                    writer.write(frame, index * 40_000)
            except mp.MpgraphError as error:
                ended.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.2)
        writer.close()
        thread.join()
        print(ended, writer.frames_written == sum(1 for _ in VideoReader(output)))
        """,
    )
    assert (code, errors) == (0, "")
    assert lines == [f"""['"{tmp_path}/output.mp4" is closed; no more frames can be written'] True"""]
