from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import cv2
import numpy as np
import pytest

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media import preview as preview_module
from mpgraph.media.preview import Preview

FRAME = np.full((48, 64, 3), (200, 40, 90), np.uint8)


@pytest.fixture
def preview() -> Iterator[Preview]:
    with Preview.open("a <b> & c", browser=False) as opened:
        yield opened
    names = [thread.name for thread in threading.enumerate()]
    assert "mpgraph-preview" not in names


def next_part(stream: IO[bytes]) -> bytes:
    """Read one JPEG of the multipart stream, and the boundary after it."""
    length = 0
    while (line := stream.readline().strip()) or not length:
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    part = stream.read(length)
    stream.readline()
    assert stream.readline().startswith(b"--")
    return part


def test_page_is_self_contained(preview: Preview) -> None:
    with urllib.request.urlopen(preview.url) as answer:
        page = answer.read().decode()
        policy = answer.headers["Content-Security-Policy"]
    assert "<title>a &lt;b&gt; &amp; c</title>" in page
    assert "http" not in page  # nothing from elsewhere
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}">' in page
    assert policy.startswith("default-src 'none'")


def test_frames_keep_their_colors(preview: Preview) -> None:
    assert preview.show(FRAME)
    with urllib.request.urlopen(preview.url + "frames", timeout=5) as stream:
        assert stream.headers["Content-Type"].startswith("multipart/x-mixed-replace")
        assert stream.readline().startswith(b"--")
        decoded = cv2.imdecode(np.frombuffer(next_part(stream), np.uint8), cv2.IMREAD_COLOR)
        np.testing.assert_allclose(decoded[24, 32, ::-1].astype(int), (200, 40, 90), atol=4)
        assert preview.show(np.zeros((10, 20, 3), np.uint8))
        decoded = cv2.imdecode(np.frombuffer(next_part(stream), np.uint8), cv2.IMREAD_COLOR)
        assert decoded.shape == (10, 20, 3)


def test_reused_array_does_not_change_the_frame_shown(preview: Preview) -> None:
    array = FRAME.copy()
    preview.show(array)
    array[:] = 0
    with urllib.request.urlopen(preview.url + "frames", timeout=5) as stream:
        stream.readline()
        decoded = cv2.imdecode(np.frombuffer(next_part(stream), np.uint8), cv2.IMREAD_COLOR)
    assert decoded[24, 32].max() > 150


def test_page_ends_the_preview(preview: Preview) -> None:
    assert preview.show(FRAME)
    statuses = []

    def wait() -> None:
        try:
            urllib.request.urlopen(preview.url + "wait", timeout=5).close()
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            error.close()

    waiting = threading.Thread(target=wait)
    waiting.start()
    request = urllib.request.Request(preview.url + "end", method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 204
    assert not preview.show(FRAME)
    assert not preview.show(FRAME)
    waiting.join()
    assert statuses == [410]


def test_get_does_not_end_the_preview(preview: Preview) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(preview.url + "end")
    assert preview.show(FRAME)


def test_closing_the_only_tab_ends_the_preview(preview: Preview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_module, "_RELOAD_SECONDS", 0.05)
    assert preview.show(FRAME)
    with urllib.request.urlopen(preview.url + "frames", timeout=5) as stream:
        stream.readline()
        next_part(stream)
        assert preview.show(FRAME)
    deadline = time.monotonic() + 10
    while preview.show(FRAME):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_close_ends_the_streams() -> None:
    preview = Preview.open(browser=False)
    preview.show(FRAME)
    with urllib.request.urlopen(preview.url + "frames", timeout=5) as stream:
        stream.readline()
        next_part(stream)
        preview.close()
        assert b"JFIF" not in stream.read()  # and it does not hang
    preview.close()
    assert not preview.show(FRAME)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(preview.url, timeout=5)


@pytest.mark.parametrize(
    "pixels", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_other_arrays_are_refused(preview: Preview, pixels: np.ndarray) -> None:
    with pytest.raises(InvalidArgumentError, match="a preview shows"):
        preview.show(pixels)


def test_missing_display_is_reported_with_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(MediaError, match=r"no display .*write the result to a file"):
        Preview.open()


OPENING = """
import sys, time
import numpy as np
from mpgraph.media.preview import Preview
with Preview.open() as preview:
    ends = time.monotonic() + float(sys.argv[1])
    while preview.show(np.zeros((8, 8, 3), np.uint8)) and time.monotonic() < ends:
        time.sleep(0.01)
    print("ended" if time.monotonic() < ends else "no viewer")
"""

BROWSER = """
import sys, urllib.request
assert "press q or Esc" in urllib.request.urlopen(sys.argv[1]).read().decode()
urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "end", method="POST"))
"""


def run_with_browser(browser: str, seconds: float) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "DISPLAY": ":77",
        "BROWSER": browser,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    return subprocess.run(
        [sys.executable, "-c", OPENING, str(seconds)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )


def test_browser_is_opened_on_the_page(tmp_path: Path) -> None:
    script = tmp_path / "browser.py"
    script.write_text(BROWSER)
    assert run_with_browser(f"{sys.executable} {script} %s", 20).stdout == "ended\n"


def test_address_is_logged_where_no_browser_opens() -> None:
    run = run_with_browser("false %s", 0.1)
    assert run.stdout == "no viewer\n"
    assert run.stderr.startswith("no browser could be opened; the live preview is at http://127.0.0.1:")


UNCLOSED = """
import sys, threading, time, urllib.request
import numpy as np
from mpgraph.media.preview import Preview

preview = Preview.open(browser=False)
stream = urllib.request.urlopen(preview.url + "frames", timeout=10)
threading.Thread(target=stream.read, daemon=True).start()
frame = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), np.uint8)
for _ in range(8):
    preview.show(frame.copy())
    time.sleep(0.03)
"""


def test_exit_with_an_open_preview_waits_for_the_encoder() -> None:
    """A thread that ended inside of OpenCV used to abort the process, in one of five runs."""
    runs = [subprocess.Popen([sys.executable, "-c", UNCLOSED]) for _ in range(6)]
    assert [run.wait(60) for run in runs] == [0] * 6
