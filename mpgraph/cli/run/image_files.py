"""Image files through a graph: read and written on all cores, in order."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from mpgraph.cli.console import exit_code_for
from mpgraph.cli.frames.pipeline import TimedPixels, pipelined, progress_bar, read_ahead
from mpgraph.cli.frames.selection import Conversion
from mpgraph.cli.interrupts import stop_on_interrupt
from mpgraph.cli.run.session_driver import FrameSession, running
from mpgraph.errors import MpgraphError
from mpgraph.io.cores import usable_cores
from mpgraph.media.images import read_image, write_image
from mpgraph.session.sinks import as_array

INTERVAL_US = 33333
"""Between the timestamps of the images in the graph."""


@dataclass
class ImageBatch:
    """Images to convert, and what has become of them.

    fed: those that could be read and went into the graph, in order. written: how many results exist.
    failures: how many could not be read. interrupted: whether the user has pressed Ctrl-C. size: width and
    height of the last image.
    """

    conversions: Sequence[Conversion]
    fed: list[Conversion] = field(default_factory=list)
    written: int = 0
    failures: int = 0
    interrupted: bool = False
    size: tuple[int, int] = (0, 0)

    def convert(self, session: FrameSession, label: str, quality: int | None = None) -> None:
        """Feed all images to a session that is not started, and write the images that it sends.

        label: of the progress bar. quality: as of `write_image`. Images that cannot be read are reported and
        left out.

        Raises:
            MpgraphError: the graph failed, or a result cannot be written.
        """

        def feed(read: tuple[Conversion, Any]) -> tuple[Any, list[TimedPixels]]:
            conversion, image = read
            if isinstance(image, MpgraphError):
                return image, []
            self.fed.append(conversion)
            self.size = image.shape[1], image.shape[0]
            return None, session.feed(image, (len(self.fed) - 1) * INTERVAL_US)

        def finish(fed: tuple[Any, list[TimedPixels]]) -> tuple[Any, int]:
            error, images = fed
            for image, timestamp_us in images:
                conversion = self.fed[timestamp_us // INTERVAL_US]
                write_image(conversion.target, as_array(image), quality=quality, made_from=conversion.source)
            return error, len(images)

        cores = usable_cores()
        with (
            running(session),
            progress_bar(label, len(self.conversions)) as advance,
            stop_on_interrupt() as stop,
            closing(read_ahead(self.conversions, _read, cores)) as images,
            closing(pipelined(images, feed, finish, finish_threads=max(2, cores))) as results,
        ):
            for error, count in results:
                self.written += count
                if error is not None:
                    self.failures += 1
                    exit_code_for(error)
                advance()
                if stop:
                    break
            results.close()
            last = [(None, [image]) for image in session.finish()]
            self.written += sum(count for _, count in read_ahead(last, finish, cores))
        self.interrupted = bool(stop)


def _read(conversion: Conversion) -> tuple[Conversion, Any]:
    """The image, or the error of reading it."""
    try:
        return conversion, read_image(conversion.source)
    except MpgraphError as error:
        return conversion, error
