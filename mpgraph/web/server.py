"""Serves a site: on loopback, or to the phones and computers of the same network over https."""

from __future__ import annotations

import io
import ipaddress
import mimetypes
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.message import Message
from functools import partial
from pathlib import PurePosixPath

from mpgraph.errors import UnavailableError
from mpgraph.io import desktop
from mpgraph.io.http_server import HttpServer, Reply
from mpgraph.web.certificate import own_certificate

LOOPBACK = "127.0.0.1"
PORT = 8631
"""The usual port: browsers remember permissions and installed pages by it."""

# Not those of the system, which on some machines lack JavaScript or WebAssembly.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}


class SiteServer(HttpServer):
    """Answers requests for the files of a site until `close()`; a context manager.

    site: the files by their paths; "" and folders stand for their index.html.
    host: an address of this machine; others than loopback are for the whole network.
    port: None for `PORT` or, if that is taken, any free one.
    tls: certificate and key, for https.

    The files are public, so there is no secret address, unlike LoopbackServer's; and nothing can be changed.
    On loopback the Host header must be its own, against pages whose names were rebound to it.

    Raises UnavailableError as HttpServer.
    """

    def __init__(
        self,
        site: Mapping[str, bytes],
        *,
        host: str = LOOPBACK,
        port: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        routes = {name: partial(_file, data, media_type(name)) for name, data in site.items()}
        indexes = [name for name in routes if PurePosixPath(name).name == "index.html"]
        routes |= {name.removesuffix("index.html"): routes[name] for name in indexes}
        allows = _names_loopback if is_loopback(host) else _anyone
        try:
            super().__init__(
                get=routes, post={}, allows=allows, host=host, port=PORT if port is None else port, tls=tls
            )
        except UnavailableError:
            if port is not None:
                raise
            super().__init__(get=routes, post={}, allows=allows, host=host, port=0, tls=tls)


def serve(
    site: Mapping[str, bytes],
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    tls: ssl.SSLContext | None = None,
    open_browser: bool = True,
    announce: Callable[[str], None],
) -> None:
    """Serve a site until Ctrl-C.

    host, port: as of SiteServer. tls: None for a certificate made on the spot, unless the host is loopback.
    open_browser: open the page, if there is a desktop.
    announce: receives lines for the user: the address and, for other devices, its QR code.

    Raises UnavailableError: as SiteServer, or a package of the extra `web` is not installed.
    """
    shared = not is_loopback(host)
    address = _reachable(host) if shared else host
    if shared and tls is None:
        tls = own_certificate(sorted({address, LOOPBACK, "localhost", socket.gethostname()}))
    with SiteServer(site, host=host, port=port, tls=tls) as server:
        scheme = server.url.partition(":")[0]
        url = f"{scheme}://{_bracketed(address)}:{server.port}/"
        if shared:
            announce(qr_code(url))
        announce(url)
        if open_browser and desktop.has_display():
            desktop.open_browser(url)
        with suppress(KeyboardInterrupt):
            server.wait()


def qr_code(text: str) -> str:
    """Return a QR code for a terminal.

    Raises:
        UnavailableError: the package segno is not installed.
    """
    try:
        import segno
    except ImportError:
        raise UnavailableError(
            "QR codes need the package segno, which is not installed.",
            hint='Install it with: pip install "mpgraph[web]"',
        ) from None
    drawn = io.StringIO()
    segno.make(text, micro=False).terminal(out=drawn, border=2, compact=True)
    return drawn.getvalue().rstrip("\n")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def media_type(name: str) -> str:
    """Return the media type of a file by its name."""
    suffix = PurePosixPath(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _file(data: bytes, content_type: str, _: bytes) -> Reply:
    return Reply(data, content_type)


def _anyone(headers: Message, authority: str) -> bool:
    return True


def _names_loopback(headers: Message, authority: str) -> bool:
    host, _, port = authority.rpartition(":")
    return headers.get("Host") in (authority, f"{host}:{port}", f"localhost:{port}", f"{LOOPBACK}:{port}")


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _reachable(host: str) -> str:
    """The address under which other devices find this machine; sends nothing."""
    if not ipaddress.ip_address(host).is_unspecified:
        return host
    family, elsewhere = (socket.AF_INET6, "2001:db8::1") if ":" in host else (socket.AF_INET, "192.0.2.1")
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((elsewhere, 9))  # Chooses a route; UDP sends nothing until there is data.
            return str(probe.getsockname()[0])
        except OSError:  # No network.
            return LOOPBACK
