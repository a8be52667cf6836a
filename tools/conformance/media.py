"""Convert every clip of the media matrix with mpgraph, and write what came out to media.md.

    python tools/conformance/media.py [--only TEXT] [--sample] [--dry] [--keep FOLDER]

Each clip (see media_clips.py) is read by VideoReader, and converted by `mpgraph selfie` and `mpgraph run`;
the results are decoded by PyAV and by ffmpeg, and compared with the clip. A clip that cannot be converted
must be refused in one line.

--only: clips with TEXT in their name or group. --sample: those of the test suite. --dry prints the page
instead of writing it. --keep leaves the files in FOLDER. Exits with 1 on a fault. Needs ffmpeg.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import media_clips
import numpy as np
from media_clips import Clip

from mpgraph.cli.app import run as run_command
from mpgraph.media.video_reader import VideoReader

HERE = Path(__file__).resolve().parent
PAGE = HERE / "media.md"
GRAPH = """
input_stream: "input_video"
output_stream: "output_video"
node { calculator: "PassThroughCalculator" input_stream: "input_video" output_stream: "output_video" }
"""

_TIME_S = 0.0021  # Matroska rounds to milliseconds, at both ends.
_GIF_TIME_S = 0.011
_SYNC_S = 0.05
_COLOR = 45
_PALETTES = (".gif", ".apng")
_PALETTE_COLOR = 70
_MOST_LINES = 3


@dataclass(frozen=True)
class Probe:
    """What another program sees in a file. beep: its start after the first frame, in seconds."""

    times: tuple[float | None, ...]
    size: tuple[int, int]
    colors: tuple[int, ...]
    aspect: float
    rotation: int
    sounds: tuple[str, ...]
    beep: float | None
    sound_end: float | None


@dataclass
class Result:
    """What became of a clip: `converted`, `refused` or `fault`, and why. seconds: for all of it."""

    clip: Clip
    outcome: str = "converted"
    text: str = ""
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)


def probe(path: Path) -> Probe:
    """Decode a file with PyAV alone; a part that cannot be decoded is left out."""
    times: list[float | None] = []
    size, colors, aspect, rotation = (0, 0), (0, 0, 0, 0), 1.0, 0
    with av.open(str(path), metadata_errors="replace") as container:
        sounds = tuple(stream.codec_context.codec.canonical_name for stream in container.streams.audio)
        if container.streams.video:
            stream = container.streams.video[0]
            for frame in _decoded(container, stream):
                base = frame.time_base or stream.time_base
                times.append(None if frame.pts is None or base is None else float(frame.pts * base))
                size, rotation = (frame.width, frame.height), frame.rotation
            context: Any = stream.codec_context
            colors = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
            aspect = float(stream.sample_aspect_ratio or 1)
    beep, end = _beep(path) if sounds else (None, None)
    start = times[0] if times and times[0] is not None else 0.0
    known = [None if value is None else value - start for value in (beep, end)]
    return Probe(tuple(times), size, tuple(map(int, colors)), aspect, rotation, sounds, *known)


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                continue
    except av.error.FFmpegError:
        return


def _beep(path: Path) -> tuple[float | None, float | None]:
    """When the sound becomes loud, and when it ends."""
    found, end = None, None
    with av.open(str(path), metadata_errors="replace") as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="flt", layout="mono")
        for block in _decoded(container, stream):
            if block.pts is None:
                continue
            start = float(block.pts * block.time_base)
            samples = [part.to_ndarray()[0] for part in resampler.resample(block)]
            loud = np.abs(np.concatenate([np.zeros(0), *samples])) > 0.1
            if found is None and loud.any():
                found = start + float(np.argmax(loud)) / block.sample_rate
            end = start + block.samples / block.sample_rate
    return found, end


def check(clip: Clip, folder: Path, *, thorough: bool) -> Result:
    """Make a clip, convert it, and look at the result; `thorough`: with ffmpeg, and through a graph, too."""
    start = time.perf_counter()
    result = Result(clip)
    source = clip.make(folder)
    target = folder / f"{source.name}-out{clip.target}"
    target.unlink(missing_ok=True)
    _convert(["selfie", str(source), str(target), "-b", "0,0,200", "-f"], result, target)
    if result.outcome == "converted" and not result.faults:
        result.faults += _seen_faults(clip, source)
        result.faults += _faults(clip, probe(source), target)
        if thorough:
            result.faults += _complaints(target)
            _through_graph(clip, source, folder, result)
    if clip.refused and result.outcome != "refused":
        result.faults.append(f"not refused ({clip.refused})")
    result.outcome = "fault" if result.faults else result.outcome
    result.seconds = time.perf_counter() - start
    return result


def _convert(arguments: list[str], result: Result, target: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run_command(arguments)
    said = err.getvalue().strip()
    result.text = said or result.text
    if re.search("traceback|unexpected|please report", said, re.IGNORECASE):
        result.faults.append(f"says {said!r}")
    if code == 0:
        if said.count("\n") >= _MOST_LINES:
            result.faults.append(f"says too much: {said!r}")
        return
    result.outcome = "refused"
    if said.count("\n") or not re.search(result.clip.refused or "(?!)", said):
        result.faults.append(f"refused: {said!r}")
    if target.exists() or list(target.parent.glob(f".{target.stem}*")):
        result.faults.append("refused, but left a file")


def _through_graph(clip: Clip, source: Path, folder: Path, result: Result) -> None:
    graph = folder / "graph.pbtxt"
    graph.write_text(GRAPH, encoding="utf-8")
    target = folder / f"{source.name}-run.mp4"
    _convert(["run", str(graph), "-i", str(source), "-o", str(target), "-f"], result, target)
    if target.exists() and clip.quadrants:
        result.faults += [f"run: {fault}" for fault in _seen_faults(clip, target)]


def _seen_faults(clip: Clip, path: Path) -> Iterator[str]:
    """Faults of what VideoReader reads."""
    with VideoReader(path) as reader:
        frames = list(reader)
    if any(b.timestamp_us <= a.timestamp_us for a, b in pairwise(frames)):
        yield "times do not increase"
    for frame in (frames[0], frames[-1]) if clip.quadrants else ():
        height, width = frame.pixels.shape[:2]
        for number, expected in enumerate(clip.quadrants):
            row, column = divmod(number, 2)
            seen = frame.pixels[height // 4 + row * height // 2, width // 4 + column * width // 2].astype(int)
            wanted = np.array(expected)
            if any(name in clip.name for name in ("gray", "monob")):
                wanted = seen = np.array([seen.mean()]) if seen.std() < 6 else seen  # only that it is grey
                if seen.shape != (1,):
                    yield f"a grey video is read as {seen.tolist()}"
            if np.abs(seen - wanted).max() > (
                _PALETTE_COLOR if path.suffix in _PALETTES or "pal8" in path.name else _COLOR
            ):
                yield f"quadrant {number} is {seen.tolist()}, not {wanted.tolist()}"
                return


def _faults(clip: Clip, source: Probe, target: Path) -> Iterator[str]:
    """How a result differs from its source."""
    made = probe(target)
    if clip.frames is not None and len(made.times) != clip.frames:
        yield f"{len(made.times)} frames of {clip.frames}"
    elif abs(len(made.times) - len(source.times)) > (0 if clip.frames is not None else 2):
        yield f"{len(made.times)} frames of {len(source.times)}"
    yield from _time_faults(source, made, clip.target)
    yield from _size_faults(clip, source, made)
    if clip.target != ".gif" and made.colors != (1, 1, 1, 1):
        yield f"color tags {made.colors}"
    if made.rotation:
        yield f"rotated by {made.rotation}"
    yield from _sound_faults(source, made, clip.target)


def _complaints(path: Path) -> Iterator[str]:
    """What ffmpeg's program says about a file, except for its own difficulties to write irregular times."""
    played = subprocess.run(
        f"ffmpeg -v error -nostdin -y -i {path} -fps_mode passthrough -f rawvideo {os.devnull}".split(),
        capture_output=True,
        text=True,
    )
    for line in played.stderr.splitlines():
        if "non monotonically increasing dts to muxer" not in line:
            yield f"ffmpeg says {line!r}"
            return


def _size_faults(clip: Clip, source: Probe, made: Probe) -> Iterator[str]:
    width, height = source.size
    if clip.is_turned:
        width, height = height, width
    squares = clip.target in (".webm", ".gif")  # Their pixels are square.
    aspect = source.aspect if not clip.is_turned else 1 / source.aspect
    if squares:
        width, height = round(width * max(1, aspect)), round(height / min(1, aspect))
    elif abs(made.aspect / aspect - 1) > 0.01:
        yield f"pixel aspect {made.aspect:.3f} of {aspect:.3f}"
    step = 1 if squares or clip.target == ".gif" else 2
    if made.size != (-(-width // step) * step, -(-height // step) * step):
        yield f"size {made.size} of {source.size}"


def _time_faults(source: Probe, made: Probe, suffix: str) -> Iterator[str]:
    if None in made.times:
        yield "frames without times"
        return
    known = [value for value in source.times if value is not None]
    if len(known) != len(source.times) or sorted(set(known)) != known or len(made.times) != len(known):
        return  # Repeated or missing times: that they increase is checked.
    moved = [value - made.times[0] for value in made.times]  # type: ignore[operator]
    wanted = [value - known[0] for value in known]
    worst = max(abs(a - b) for a, b in zip(moved, wanted, strict=True))
    if worst > (_GIF_TIME_S if suffix == ".gif" else _TIME_S):
        yield f"times differ by {worst * 1000:.0f} ms"


def _sound_faults(source: Probe, made: Probe, suffix: str) -> Iterator[str]:
    if suffix == ".gif":
        return
    if len(made.sounds) != len(source.sounds):
        yield f"{len(made.sounds)} sound tracks of {len(source.sounds)}"
    elif source.beep is not None and made.beep is None:
        yield "the sound is silent"
    elif source.beep is not None and made.beep is not None and abs(source.beep - made.beep) > _SYNC_S:
        yield f"sound {1000 * (made.beep - source.beep):+.0f} ms late"
    elif (
        source.sound_end is not None
        and made.sound_end is not None
        and abs(source.sound_end - made.sound_end) > 0.12
    ):
        yield f"sound ends at {made.sound_end:.2f} s, not {source.sound_end:.2f}"


def page(results: Sequence[Result]) -> str:
    """The page about the results, in Markdown."""
    groups = list(dict.fromkeys(result.clip.group for result in results))
    lines = [
        "# Media",
        "",
        f"{len(results)} clips made with ffmpeg, converted with `mpgraph selfie` and compared with what",
        "they were: frames, times, size, orientation, colors, sound tracks and their synchrony. This page is",
        "written by",
        "",
        "    python tools/conformance/media.py",
        "",
        "| part | clips | converted | refused in one line | faults |",
        "|---|---|---|---|---|",
    ]
    for group in [*groups, "all"]:
        own = [result for result in results if group in ("all", result.clip.group)]
        counts = [sum(result.outcome == each for result in own) for each in ("converted", "refused", "fault")]
        lines.append(f"| {group} | {len(own)} | {' | '.join(map(str, counts))} |")
    lines += [
        "",
        "## Containers and codecs",
        "",
        "A row for each container, with its codecs and its sounds.",
        "",
    ]
    lines += ["| container | frames | sound |", "|---|---|---|"]
    names = {result.clip.labels: result for result in results if len(result.clip.labels) == 3}
    for suffix in dict.fromkeys(labels[0] for labels in names):
        held = [labels for labels in names if labels[0] == suffix]
        codecs, sounds = (list(dict.fromkeys(labels[part] for labels in held)) for part in (1, 2))
        sounds = ["none" if sound == "-" else sound for sound in sounds]
        lines.append(f"| `{suffix}` | {', '.join(codecs)} | {', '.join(sounds)} |")
    lines += ["", "## Everything else", "", "| clip | part | outcome | what it says |", "|---|---|---|---|"]
    for result in results:
        if result.outcome != "converted" or len(result.clip.labels) != 3:
            text = "; ".join(result.faults) or _short(result.text)
            lines.append(f"| `{result.clip.name}` | {result.clip.group} | {result.outcome} | {text} |")
    return "\n".join(lines) + "\n"


def _short(text: str) -> str:
    return re.sub(r'"/[^"]*/([^"/]+)"', r'"\1"', text).replace("\n", "; ").replace("|", "\\|")


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="", metavar="TEXT")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--dry", action="store_true")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    clips = [clip for clip in media_clips.all_clips() if options.only in f"{clip.name} {clip.group}"]
    if options.sample:
        clips = media_clips.sample(clips)
    results = []
    with tempfile.TemporaryDirectory() as temporary:
        for clip in clips:
            result = check(clip, options.keep or Path(temporary), thorough=True)
            results.append(result)
            if result.faults:
                print(f"{clip.group}: {clip.name}: {'; '.join(result.faults)}", file=sys.stderr)
    text = page(results)
    if options.dry or options.only or options.sample:
        print(text if not options.sample else f"{sum(result.seconds for result in results):.0f} s")
    else:
        PAGE.write_text(text, encoding="utf-8")
    return int(any(result.faults for result in results))


if __name__ == "__main__":
    sys.exit(main())
