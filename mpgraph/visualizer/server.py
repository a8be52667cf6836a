"""The routes of the graph page: what its script requests from the program that serves it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from mpgraph.errors import InvalidArgumentError
from mpgraph.io import desktop
from mpgraph.io.loopback_server import LoopbackServer, Reply, Route
from mpgraph.visualizer.html import content_policy
from mpgraph.visualizer.page_session import MAX_CHARACTERS, PageSession

_log = logging.getLogger(__name__)


def serve(
    session: PageSession, *, open_browser: bool, port: int = 0, announce: Callable[[str], None]
) -> None:
    """Serve the page of a session until Ctrl-C.

    open_browser: open the page, if there is a desktop. port: 0 for any free one.
    announce: receives lines for the user, the page's address among them.
    """
    with PageServer(session, port=port) as server:
        for name, path in session.paths.items():
            if not path.exists():
                announce(f"{name} does not exist yet: saving creates it.")
        announce(server.url)
        if open_browser:
            server.open_browser()
        with suppress(KeyboardInterrupt):
            server.wait()


class PageServer(LoopbackServer):
    """Serves the page of a session.

    routes: more names below `url`, answered for GET and POST, such as live statistics.
    Raises UnavailableError if the port is taken.
    """

    def __init__(
        self, session: PageSession, *, port: int = 0, routes: Mapping[str, Route] | None = None
    ) -> None:
        self.session = session
        extra = routes or {}
        post: dict[str, Route] = {
            "examine": self._examine,
            "read": self._read,
            "save": self._save,
            "share": self._share,
            "versions": lambda _: Reply.json(session.versions()),
        }
        super().__init__(
            get={"": self._page, **extra},
            post={**extra, **post},
            port=port,
            max_body=4 * MAX_CHARACTERS,  # UTF-8 takes up to four bytes a character.
            name="mpgraph-page",
        )

    def open_browser(self) -> bool:
        """Open the page on the desktop; False if there is no desktop or it has no browser."""
        if desktop.has_display() and desktop.open_browser(self.url):
            return True
        _log.info("no browser could be opened; the page is at %s", self.url)
        return False

    def _page(self, _: bytes) -> Reply:
        policy = content_policy(connect="'self'")
        return Reply.html(self.session.page(), f"{policy}; frame-ancestors 'none'")

    def _examine(self, body: bytes) -> Reply:
        request = _object(body)
        return Reply.json(self.session.examine(_text(request, "main"), _texts(request)))

    def _read(self, body: bytes) -> Reply:
        return Reply.json({"text": self.session.read(_text(_object(body), "file"))})

    def _save(self, body: bytes) -> Reply:
        request = _object(body)
        self.session.save(_text(request, "file"), _text(request, "text"))
        return Reply.json({})

    def _share(self, body: bytes) -> Reply:
        request = _object(body)
        page = self.session.share(_text(request, "main"), _texts(request))
        return Reply(page.encode(), "text/html; charset=utf-8")


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise InvalidArgumentError("The request is not a JSON object.")
    return value


def _text(request: Mapping[str, Any], name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        raise InvalidArgumentError(f'The request needs a text "{name}".')
    return value


def _texts(request: Mapping[str, Any]) -> dict[str, str]:
    value = request.get("texts")
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise InvalidArgumentError('The request needs "texts", an object of texts.')
    return value
