"""`mpgraph run --watch`: which way of running again suits what goes in and out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import typer

from mpgraph.cli.modules import UserModules
from mpgraph.cli.run.graph_job import Ends, GraphJob
from mpgraph.cli.run.graph_session import GraphSession
from mpgraph.cli.run.reload import Reload
from mpgraph.cli.run.rerun import StillPage, run_at_every_change, show_picture
from mpgraph.cli.run.watched_session import WatchedSession
from mpgraph.errors import InvalidArgumentError
from mpgraph.framework.resources import find_resource


def run_watched(graph: Path, load: Callable[[], GraphSession], modules: UserModules, ends: Ends) -> None:
    """Run a graph until the user ends it, by Ctrl-C or on the page, with what they change in its files.

    A camera, and a video that is shown, go on while the graph changes between two frames. What ends
    by itself is run from its start at each change: a picture, a video that is written, a graph
    without input streams.
    """
    with suppress(KeyboardInterrupt):
        _run(graph, load, modules, ends)


def _run(graph: Path, load: Callable[[], GraphSession], modules: UserModules, ends: Ends) -> None:
    found = graph if graph.exists() else find_resource(graph)
    inputs = [file for file in (ends.input_video, ends.input_image) if file is not None]
    fed: list[bool] = []

    def load_of_same_kind() -> GraphSession:
        session = load()
        if fed and fed[0] != bool(session.input_stream):
            raise InvalidArgumentError("the graph was given or lost its input stream: start mpgraph run anew")
        return session

    reload = Reload(found, load_of_same_kind, modules, inputs)
    session = reload.load()
    while session is None:
        typer.echo("waiting for a change (Ctrl-C ends)", err=True)
        session = reload.load(reload.wait())
    fed.append(bool(session.input_stream))
    if fed[0] and ends.input_image is not None and ends.output_image is None and session.output_stream:
        _show_picture(reload, session, ends.input_image, ends.browser)
    elif fed[0] and ends.input_image is None and (ends.input_video is None or ends.output_video is None):
        watched = WatchedSession(reload, session, keep_size=ends.output_video is not None)
        job = GraphJob(watched, ends)
        job.run() if ends.input_video is None else job.loop_video(ends.input_video)
    else:
        run_at_every_change(reload, session, lambda watched: GraphJob(watched, ends).run())


def _show_picture(reload: Reload, session: GraphSession, image: Path, browser: bool) -> None:
    from mpgraph.media.images import read_image

    with StillPage(session.output_stream or "mpgraph", browser) as page:
        assert isinstance(page, StillPage)
        run_at_every_change(
            reload, session, lambda watched: show_picture(watched, read_image(image), page), page
        )
