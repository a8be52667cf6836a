"""Destinations of images that a viewer watches: the live preview, with or without a recording."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mpgraph.cli.console import echo
from mpgraph.errors import MediaError
from mpgraph.framework.override import override
from mpgraph.session.sinks import Sink, as_rgb

if TYPE_CHECKING:
    from mpgraph.effects.matte import Pixels
    from mpgraph.formats.yuv420 import Yuv420


class LivePreview(Sink):
    """The live preview page. With `browser` off, its address is printed instead of opened.

    paced: show each image at its timestamp relative to the first, as a player does.

    Raises:
        MediaError: there is no display, and `browser` is on.
    """

    def __init__(self, title: str, browser: bool, paced: bool = False) -> None:
        from mpgraph.io.desktop import has_display
        from mpgraph.media.preview import Preview

        super().__init__()
        if browser and not has_display():
            raise MediaError(
                "there is no display for the live preview: give an output file, or use --no-browser and open "
                "the printed address through a forwarded port"
            )
        self._paced = paced
        self._start: float | None = None
        self._preview = Preview.open(title, browser=browser)
        echo(f"Live preview at {self._preview.url} (to stop: q or Esc on the page, or Ctrl-C here)", err=True)

    @override
    def put(self, image: Pixels | Yuv420, timestamp_us: int) -> None:
        if self._paced:
            now = time.monotonic()
            self._start = now - timestamp_us / 1e6 if self._start is None else self._start
            time.sleep(max(0.0, self._start + timestamp_us / 1e6 - now))
        self.stop_requested = not self._preview.show(as_rgb(image))
        self.count += 1

    @override
    def close(self) -> None:
        self._preview.close()

    abort = close


class CombinedSink(Sink):
    """Passes each image to all of several sinks, and closes when any viewer does."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        super().__init__()
        self._sinks = sinks

    @override
    def put(self, image: Pixels | Yuv420, timestamp_us: int) -> None:
        for sink in self._sinks:
            sink.put(image, timestamp_us)
        self.stop_requested = any(sink.stop_requested for sink in self._sinks)
        self.count += 1

    @override
    def close(self) -> None:
        for sink in self._sinks:
            sink.close()

    @override
    def abort(self) -> None:
        for sink in self._sinks:
            sink.abort()

    @override
    def summary(self) -> str:
        return "\n".join(filter(None, (sink.summary() for sink in self._sinks)))
