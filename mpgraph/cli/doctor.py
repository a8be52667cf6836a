"""`mpgraph doctor`: report what is installed and found, and whether selfie segmentation works.

One function per topic, each yielding lines of the report.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import sys
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

import mpgraph
from mpgraph.cli.console import error_lines
from mpgraph.errors import MpgraphError
from mpgraph.framework import plugins, resources
from mpgraph.io.cores import usable_cores


class ReportLine(NamedTuple):
    """One line of the report. state: True for good, False for a failure, None for something absent."""

    topic: str
    text: str
    state: bool | None


_VITAL_TOPICS = frozenset({"packages", "inference", "models", "self-test"})
"""Topics without which selfie segmentation cannot work."""

_REQUIRED = ("numpy", "protobuf", "networkx", "typer", "rich")

_MARKS = {True: ("ok", "green"), False: ("!!", "red"), None: ("--", "yellow")}


def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the self-test, which runs the network.")
    ] = False,
) -> None:
    """Report versions, inference backends, video, display, GPU, models and plug-ins; run a self-test.

    Exits with 1 if selfie segmentation cannot work on this machine.

    \b
    Example:
      mpgraph doctor
    """
    broken = False
    for check in CHECKS if quick else (*CHECKS, self_test):
        for line in check():
            mark, color = _MARKS[line.state]
            typer.echo(f"{typer.style(mark, fg=color)}  {line.topic:<10}  {line.text}")
            broken = broken or (line.state is False and line.topic in _VITAL_TOPICS)
    if broken:
        raise typer.Exit(1)


def version_of(distribution: str) -> str | None:
    """Return the version of an installed distribution, None if it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def program() -> Iterator[ReportLine]:
    """Report on mpgraph itself, Python and the machine."""
    from mpgraph.runtime import scheduler

    package = Path(__file__).resolve().parent.parent
    yield ReportLine("mpgraph", f"{mpgraph.__version__} in {package}", True)
    machine = f"{platform.system()} {platform.machine()}"
    yield ReportLine("Python", f"{platform.python_version()} at {sys.executable}, {machine}", True)
    pure = scheduler.__file__.endswith(".py")
    text = (
        "pure Python; wheels built with MPGRAPH_COMPILE=1 pass packets twice as fast" if pure else "compiled"
    )
    yield ReportLine("runtime", text, True)
    usable, processors = usable_cores(), os.cpu_count()
    yield ReportLine("cores", f"{usable} for this process, of {processors} processors", True)


def packages() -> Iterator[ReportLine]:
    """Report on the packages that mpgraph requires."""
    for name in _REQUIRED:
        version = version_of(name)
        text = f"{name} {version}" if version else f"{name} is missing: pip install {name}"
        yield ReportLine("packages", text, bool(version))


def opencv() -> Iterator[ReportLine]:
    """Report on OpenCV: whether exactly one distribution is installed, and whether it shows windows."""
    from mpgraph.io import opencv_packages
    from mpgraph.io.desktop import has_display

    found = opencv_packages.installed()
    text = ", ".join(f"{name} {version}" for name, version in found.items()) or "OpenCV, not from PyPI,"
    try:
        import cv2
    except ImportError as error:
        missing = f"{text} cannot be loaded: {error}" if found else "OpenCV is missing"
        name = opencv_packages.preferred(found, windows=not sys.platform.startswith("linux"))
        yield ReportLine("packages", f"{missing}: pip install --force-reinstall {name}", False)
        return
    desktop = has_display()
    windows = opencv_packages.has_windows(cv2)
    without = "" if windows else ", without windows (cv2.imshow)"
    good = len(found) < 2 and (windows or not desktop)
    yield ReportLine("packages", f"{text} (cv2 {cv2.__version__}{without})", good or None)
    if good:
        return
    if len(found) > 1:
        yield ReportLine("packages", "these overwrite each other's files; keep one of them:", None)
    else:
        yield ReportLine("packages", "for programs that call cv2.imshow, replace it:", None)
    wanted = desktop or any("headless" not in name for name in found)
    for command in opencv_packages.repair_commands(found, windows=wanted):
        yield ReportLine("packages", f"  {command}", None)


def inference() -> Iterator[ReportLine]:
    """Report on the inference backends, and which of them is used."""
    from mpgraph.inference import BACKEND_VARIABLE, backends

    known = backends(on_request=True)
    requested = os.environ.get(BACKEND_VARIABLE)
    default = requested or next((backend.name for backend in backends() if backend.available), None)
    if requested and requested not in {backend.name for backend in known}:
        yield ReportLine("inference", f'{BACKEND_VARIABLE}="{requested}" names no backend', False)
    for backend in known:
        if not backend.available:
            state = False if backend.name == requested else None
            yield ReportLine("inference", f"{backend.name}: {backend.why_not}", state)
            continue
        why = f"set by {BACKEND_VARIABLE}" if requested else "the first that is installed"
        use = f"in use ({why})" if backend.name == default else f"used with {BACKEND_VARIABLE}={backend.name}"
        yield ReportLine("inference", f"{backend.name} {backend.version}, {use}", True)
    if default is None:
        yield ReportLine("inference", "no backend is installed: pip install ai-edge-litert", False)


def media() -> Iterator[ReportLine]:
    """Report on video support, cameras and the display."""
    from mpgraph.io.desktop import has_display

    version = version_of("av")
    missing = 'PyAV is not installed, so videos are not supported: pip install "mpgraph[video]"'
    yield ReportLine("video", f"PyAV {version}" if version else missing, True if version else None)
    if sys.platform.startswith("linux"):
        cameras = sorted(str(path) for path in Path("/dev").glob("video[0-9]*"))
        yield ReportLine("cameras", ", ".join(cameras) or "none", True if cameras else None)
    if has_display():
        yield ReportLine("display", "the live preview opens in the browser", True)
    else:
        yield ReportLine("display", "none: the live preview needs --no-browser and a forwarded port", None)


def gpu() -> Iterator[ReportLine]:
    """Report on the GPUs, starting with the one that GPU graphs use."""
    from mpgraph.gpu.adapter import ADAPTER_VARIABLE, adapters, choose

    if importlib.util.find_spec("wgpu") is None:
        text = 'wgpu is not installed (only needed for GPU graphs): pip install "mpgraph[gpu]"'
        yield ReportLine("GPU", text, None)
        return
    version = version_of("wgpu")
    try:
        chosen, _ = choose()
        others = [info for info in adapters() if info != chosen]
    except MpgraphError as error:
        state = False if os.environ.get(ADAPTER_VARIABLE) else None
        yield ReportLine("GPU", f"wgpu {version}: {error}", state)
        return
    yield ReportLine("GPU", f"{chosen}, with wgpu {version}", True)
    for info in others:
        yield ReportLine("GPU", f"{info}, used with {ADAPTER_VARIABLE}", True)


def models() -> Iterator[ReportLine]:
    """Report where resource files are searched, and whether the models are the published ones."""
    variable = resources.RESOURCE_PATH_VARIABLE
    folders = os.environ.get(variable)
    first = f"{variable}={folders}" if folders else f"the working directory ({variable} is not set)"
    text = f"{first}, then {resources.shipped_models()} and {resources.shipped_graphs()}"
    yield ReportLine("resources", text, True)
    manifest = resources.model_manifest()
    for distribution in dict.fromkeys(model.distribution for model in manifest.models):
        listed = manifest.in_distribution(distribution)
        if distribution != "mpgraph" and version_of(distribution) is None:
            command = manifest.install_commands[distribution]
            yield ReportLine("models", f"{len(listed)} more with {distribution}: {command}", None)
            continue
        published = 0
        for model in listed:
            try:
                file = resources.find_resource(model.mediapipe_path)
            except MpgraphError as error:
                yield ReportLine("models", str(error), False if distribution == "mpgraph" else None)
                continue
            if hashlib.sha256(file.read_bytes()).hexdigest() == model.sha256:
                published += 1
            else:
                text = f"{model.file}: sha256 differs from the published one: {file}"
                yield ReportLine("models", text, None)
        text = f"{distribution}: {published} of {len(listed)} models have the published sha256"
        yield ReportLine("models", text, published == len(listed) or None)


def plug_ins() -> Iterator[ReportLine]:
    """Report on installed plug-ins, and on errors of importing them."""
    installed = plugins.installed()
    if not installed:
        yield ReportLine("plug-ins", "none", None)
    for plugin in installed:
        try:
            plugin.load()
        except Exception as error:  # A plug-in's import may raise anything; the report must continue.
            line = next(error_lines(error), "").removeprefix("error: ")
            yield ReportLine("plug-ins", line or f"{plugin.distribution}: {error}", False)
            continue
        content = plugin.name if plugin.attribute else f"the module {plugin.module}"
        yield ReportLine("plug-ins", f"{plugin.distribution}: {content}", True)


def self_test() -> Iterator[ReportLine]:
    """Segment the shipped portrait, and report the time and whether the mask is plausible."""
    from mpgraph.inference import thread_trial
    from mpgraph.media.images import read_image

    thread_trial.ignore_cache()
    try:
        from mpgraph.solutions.selfie_segmentation import SelfieSegmentation

        portrait = read_image(resources.demo_image())
        with SelfieSegmentation() as segmenter:
            segmenter.process(portrait)
            start = time.perf_counter()
            mask = segmenter.process(portrait).segmentation_mask
            milliseconds = 1000 * (time.perf_counter() - start)
    except Exception as error:  # A broken installation may raise anything; that is what is reported here.
        yield ReportLine("self-test", f"segmenting the portrait failed: {next(error_lines(error))}", False)
        return
    share = 100 * float((mask > 0.5).mean())
    text = f"segmented the portrait in {milliseconds:.1f} ms: {share:.0f} % of it is a person"
    # The person covers 54.5 % of the portrait; a backend that computes wrong results is far off.
    yield ReportLine("self-test", text, 50 < share < 60)
    for trial in thread_trial.all_known():
        times = f"{1e3 * trial.one_s:.1f} ms with one thread, {1e3 * trial.many_s:.1f} with {trial.many}"
        text = (
            f"{trial.backend} uses {trial.threads} for {Path(trial.origin).name}: {times}, measured just now"
        )
        yield ReportLine("threads", text, True)


CHECKS = (program, packages, opencv, inference, media, gpu, models, plug_ins)
