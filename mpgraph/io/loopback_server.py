"""The web server behind mpgraph's own pages, reachable only from this machine and only by its secret address.

Other programs of this machine, and any web page that its browser has open, can also send requests to
loopback. What they can do is limited by these checks, made before a route runs:

- The path must start with a random secret, so that only clients that were given the address get an answer.
- The Host header must be the server's own address. A foreign page whose name was rebound to 127.0.0.1 (DNS
  rebinding) counts as same-origin in the browser, but sends its own name there.
- The Origin header, if there is one, must be the server's own: a foreign page cannot post, even if it
  guessed the secret.

The other limits are those of every server: see http_server.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from email.message import Message

from mpgraph.io.http_server import HttpServer, Reply, Route

__all__ = ["LoopbackServer", "Reply", "Route"]


class LoopbackServer(HttpServer):
    """Answers at `url` from its own threads until `close()`; a context manager.

    get, post: the routes of each method by their names below `url`; "" is `url` itself.
    port: 0 for any free one.
    max_body: the longest body of a request, in bytes; a longer one is refused with status 413.
    name: of the thread that accepts connections.

    Raises:
        UnavailableError: the port is taken or not allowed.
    """

    def __init__(
        self,
        *,
        get: Mapping[str, Route],
        post: Mapping[str, Route],
        port: int = 0,
        max_body: int = 0,
        name: str = "mpgraph-server",
    ) -> None:
        super().__init__(
            get=get,
            post=post,
            allows=_is_own_page,
            host="127.0.0.1",
            port=port,
            root=f"/{secrets.token_urlsafe(16)}/",
            max_body=max_body,
            name=name,
        )


def _is_own_page(headers: Message, authority: str) -> bool:
    own = f"http://{authority}"
    return headers.get("Host") == authority and headers.get("Origin", own) == own
