"""`mpgraph web`: graphs in web pages, for browsers and phones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def web(
    graph: Annotated[
        Path | None,
        typer.Argument(
            metavar="GRAPH", help="A graph to run instead of the selfie effects: .pbtxt or .binarypb."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="general or landscape; by default it depends on the shape of the images."
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the site to this folder, for any web host; serve nothing."),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="0.0.0.0 for phones in the same network: https, with a QR code."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the page; 0 for any free port.")
    ] = None,
    cert: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own certificate (PEM), as mkcert makes them.")
    ] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="Its key (PEM).")] = None,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Run selfie effects, or your own graph, in a web page.

    The page uses the camera or files; images never leave the browser. It can be
    installed on phones and then works offline.

    Browsers give the camera only to pages of this machine and to https. For
    phones, --host makes a certificate on the spot, which the browser warns about;
    a page from --export, on a web host with https, can also be installed.

    \b
    Examples:
      mpgraph web
      mpgraph web --host 0.0.0.0
      mpgraph web --export public
      mpgraph web graph.pbtxt --port 8000 --no-open
    """
    from mpgraph.web.server import is_loopback, serve
    from mpgraph.web.site import MODELS, site_files

    if model is not None and model not in MODELS:
        raise typer.BadParameter(f'"{model}" is not one of {", ".join(MODELS)}', param_hint="--model")
    if model is not None and graph is not None:
        raise typer.BadParameter("is for the selfie effects: a graph names its own", param_hint="--model")
    if key is not None and cert is None:
        raise typer.BadParameter("needs a --cert", param_hint="--key")
    _check_address(host)
    if export is not None:
        from mpgraph.cli.frames.output_paths import output_folder
        from mpgraph.web.export import write_files

        files = site_files(graph, model=model)
        output_folder(export)
        write_files(export, files)
        size = sum(map(len, files.values())) / 1e6
        typer.echo(f"{export}: {len(files)} files, {size:.1f} MB; put them on a web host with https")
        return
    tls = None
    if cert is not None:
        from mpgraph.web.certificate import given_certificate

        tls = given_certificate(cert, key)
    files = site_files(graph, model=model)
    if not is_loopback(host):
        typer.echo("Everyone in this network can open the page; images stay on each device.", err=True)
    serve(files, host=host, port=port, tls=tls, open_browser=browser, announce=typer.echo)


def _check_address(host: str) -> None:
    import ipaddress

    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host != "localhost":
            raise typer.BadParameter(
                f'"{host}" is not an address such as 0.0.0.0 or 192.168.1.5', param_hint="--host"
            ) from None
