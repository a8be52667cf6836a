"""From the user's words to the options of the graph."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from mpgraph.cli.selfie.graph_text import Background, Result, SelfieOptions
from mpgraph.effects.color import parse_color
from mpgraph.effects.refinement import REFINEMENTS
from mpgraph.errors import InvalidArgumentError
from mpgraph.io.files import existing_file
from mpgraph.media.images import is_image_file, read_image
from mpgraph.media.video_reader import VideoReader

_PERCENT = 100


def selfie_options(
    background: str | None,
    blur_strength: float | None,
    matte: bool,
    raw_mask: bool,
    model: int | None,
    threshold: float | None,
    gpu: bool,
    refine: str | None = None,
    light_wrap: float | None = None,
) -> SelfieOptions:
    """Return the options of the graph.

    blur_strength is 0 to 100, refine one of REFINEMENTS; the others are as in SelfieOptions.

    Raises:
        InvalidArgumentError: options contradict each other, or the background is not valid.
        MediaError: the background's file cannot be read.
    """
    if matte and raw_mask:
        raise InvalidArgumentError("--matte and --raw-mask are two results; choose one")
    if matte or raw_mask:
        given = {"--background": background, "--blur-strength": blur_strength, "--light-wrap": light_wrap}
        if unused := [name for name, value in given.items() if value is not None]:
            option = "--matte" if matte else "--raw-mask"
            raise InvalidArgumentError(f"{option} has no background; leave out {' and '.join(unused)}")
    if refine is not None and (raw_mask or model is not None):
        option = "--raw-mask" if raw_mask else "--model"
        raise InvalidArgumentError(f"{option} uses the network's mask as it is; leave out --refine")
    behind = parse_background(background or "blur")
    if blur_strength is not None:
        if behind.blur is None:
            raise InvalidArgumentError("--blur-strength is for --background blur")
        behind = replace(behind, blur=blur_strength / _PERCENT)
    result = Result.MATTE if matte else Result.MASK if raw_mask else Result.IMAGE
    if light_wrap and behind.is_transparent:
        raise InvalidArgumentError("a transparent background has no light; leave out --light-wrap")
    refinement = None if refine is None else REFINEMENTS[refine]
    return SelfieOptions(result, behind, model, threshold, gpu, refinement, light_wrap or 0.0)


def parse_background(text: str) -> Background:
    """Return the background that `text` names: blur, blur:0..100, transparent, a colour, an image or a video.

    Raises:
        InvalidArgumentError: it is none of these.
        MediaError: the file cannot be read.
    """
    word, colon, strength = text.strip().lower().partition(":")
    if word == "blur":
        return Background(blur=_parse_strength(strength)) if colon else Background(blur=0.5)
    if text.strip().lower() == "transparent":
        return Background()
    looks_like_file = bool(Path(text).suffix) or os.sep in text or os.path.exists(text)
    try:
        return Background(color=parse_color(text))
    except InvalidArgumentError as error:
        if not looks_like_file:
            raise InvalidArgumentError(
                f"{error} Or use an image or video file, blur or transparent."
            ) from None
    if is_image_file(existing_file(text)):
        read_image(text)
    else:
        VideoReader(text).close()
    return Background(file=text)


def _parse_strength(text: str) -> float:
    try:
        strength = float(text)
    except ValueError:
        strength = -1.0
    if not 0 <= strength <= _PERCENT:
        raise InvalidArgumentError(f'the strength of a blur is 0 to 100, as in blur:20, not "{text}"')
    return strength / _PERCENT
