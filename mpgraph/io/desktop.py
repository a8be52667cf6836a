"""The desktop of this machine, if it has one: its display and its browser."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser

_BROWSER_SECONDS = 3.0


def has_display() -> bool:
    """Whether this process can open something on a screen."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_browser(url: str) -> bool:
    """Open a page in the desktop's browser, without waiting for its exit; False if there is no browser."""
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
