"""A live preview in the browser: pictures while they are made, `q` or Esc ends.

A page on loopback, because the headless OpenCV that mpgraph installs has no windows and every
desktop has a browser. Only this machine can reach it, and only with the page's random address.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import webbrowser
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.media.preview_server import PreviewServer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)

_BROWSER_SECONDS = 3.0
# A page that is reloaded is back well within this time; one that is closed is not.
_RELOAD_SECONDS = 2.0


class Preview:
    """Shows RGB pictures on a page until the person watching ends it; a context manager.

    `url` is the page's address. Use `open()` to make one.
    """

    def __init__(self, title: str) -> None:
        self._server = PreviewServer(title)
        self.url = self._server.url

    @classmethod
    def open(cls, title: str = "mpgraph", *, browser: bool = True) -> Preview:
        """Start the preview and open its page in the desktop's browser.

        With `browser=False` nothing is opened: hand `url` to whoever shall look (on a server,
        through a forwarded port).

        Raises:
            MediaError: `browser` is true and this machine has no display.
        """
        if browser and not has_display():
            raise MediaError(
                "no display to show a live preview on (neither DISPLAY nor WAYLAND_DISPLAY is set); "
                "write the result to a file instead, or use the preview's address without a browser"
            )
        preview = cls(title)
        if browser and not open_browser(preview.url):
            _log.warning("no browser could be opened; the live preview is at %s", preview.url)
        return preview

    def show(self, pixels: NDArray[np.uint8]) -> bool:
        """Show an RGB HxWx3 uint8 picture; False once the person ended the preview.

        Ended is: `q` or Esc on the page, its button, or all its tabs closed for two seconds.
        Never waits: pictures that come faster than the page takes them are skipped.
        """
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
            raise InvalidArgumentError(f"a preview shows HxWx3 uint8, not {pixels.dtype} {pixels.shape}")
        pictures = self._server.pictures
        if pictures.abandoned_for(time.monotonic()) > _RELOAD_SECONDS:
            pictures.end()
        if pictures.ended:
            return False
        # The page's thread encodes later; by then the caller may have reused a writable array.
        pictures.put(pixels.copy() if pixels.flags.writeable else pixels)
        return True

    def close(self) -> None:
        """End the preview; an open page says so. Harmless when closed already."""
        self._server.close()

    def __enter__(self) -> Preview:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def has_display() -> bool:
    """Whether this process can open something on a screen."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_browser(url: str) -> bool:
    """Open a page in the desktop's browser, without waiting for one that stays; False if there is none."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    takes_terminal = isinstance(browser, webbrowser.GenericBrowser) and not isinstance(
        browser, webbrowser.BackgroundBrowser
    )
    if takes_terminal and "BROWSER" not in os.environ:
        return False
    opened: list[bool] = []
    # Some browsers return only when they are closed: still running means that it opened.
    thread = threading.Thread(target=lambda: opened.append(browser.open(url)), daemon=True)
    thread.start()
    thread.join(_BROWSER_SECONDS)
    return opened != [False]
