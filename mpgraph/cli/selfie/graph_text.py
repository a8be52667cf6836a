"""The graph that the options of `mpgraph selfie` mean, as text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import Enum

from mpgraph.effects.color import Color
from mpgraph.effects.refinement import GRAPHS_OWN, REFINEMENTS, Refinement

INPUT = "input_video"
OUTPUT = "output_video"
_UPLOADED = "uploaded_video"


class Result(Enum):
    """What is written: people before a background, their matte, or the network's mask."""

    IMAGE = "selfie"
    MATTE = "matte"
    MASK = "mask"


@dataclass(frozen=True)
class Background:
    """What is put behind people: one of the fields, or none for nothing, which is transparency.

    blur: 0 to 1. file: an image or a video.
    """

    blur: float | None = None
    color: Color | None = None
    file: str | None = None

    @property
    def is_transparent(self) -> bool:
        """Whether the result has alpha."""
        return self.blur is None and self.color is None and self.file is None


@dataclass(frozen=True)
class SelfieOptions:
    """The options that change the graph.

    model: 0 or 1 for the mask of MediaPipe's general or landscape network instead of the refined matte.
    threshold: 0 to 1 for hard edges.
    gpu: whether to compute on the GPU.
    refinement: of the matte; None for "best" for images, and what the graph does by itself for videos.
    light_wrap: 0 to 1, how much of the background shines round the people's edge.
    """

    result: Result = Result.IMAGE
    background: Background = Background(blur=0.5)
    model: int | None = None
    threshold: float | None = None
    gpu: bool = False
    refinement: Refinement | None = None
    light_wrap: float = 0.0

    @property
    def is_raw(self) -> bool:
        """Whether masks are used as they are."""
        return self.model is not None or self.result is Result.MASK

    @property
    def has_alpha(self) -> bool:
        """Whether results have alpha."""
        return self.result is Result.IMAGE and self.background.is_transparent


_HEADS = {
    Result.IMAGE: ("The people in front of another background", "The frames with it: "),
    Result.MATTE: ("How much of each pixel is a person", "0 to 255: Image, GRAY8"),
    Result.MASK: ("What MediaPipe's network takes for a person", "0 to 255: Image, GRAY8"),
}


def graph_text(options: SelfieOptions, *, images: bool) -> str:
    """Return the graph, for unrelated images or for the frames of a video, with comments."""
    title, output = _HEADS[options.result]
    if options.result is Result.IMAGE:
        output += f"{'GpuBuffer' if options.gpu else 'ImageFrame'}, RGB{'A' if options.has_alpha else ''}"
    head = f"""\
# {title}: the graph of `mpgraph selfie`, for {"images" if images else "the frames of a video"}.

# ImageFrame, RGB.
input_stream: "{INPUT}"

# {output}.
output_stream: "{OUTPUT}"
"""
    return "\n".join([head, *_nodes(options, images)])


def _nodes(options: SelfieOptions, images: bool) -> Iterator[str]:
    is_hard = options.threshold is not None
    constants = {}
    if options.is_raw:
        constants["model_selection"] = f"int_value: {options.model or 0}"
    elif images:
        constants["use_previous"] = "bool_value: false"
    if is_hard:
        constants["threshold"] = f"float_value: {options.threshold:g}"
    if options.result is Result.IMAGE and options.background.file is not None:
        constants["background_path"] = f"string_value: {json.dumps(options.background.file)}"
    if constants:
        yield _constants(constants)
    matte = "matte" if options.result is Result.IMAGE else "output_video"
    if options.gpu:
        yield _conversion("ImageFrameToGpuBuffer", INPUT, _UPLOADED)
    if options.is_raw:
        yield from _mask(options.gpu)
    else:
        yield _matte("soft_matte" if is_hard else matte, images, options)
    if options.is_raw or is_hard:
        yield _rounded("mask" if options.is_raw else "soft_matte", matte, is_hard)
    if options.result is Result.IMAGE:
        yield from _composition(options)


def _constants(values: dict[str, str]) -> str:
    names = [f'  output_side_packet: "PACKET:{index}:{name}"' for index, name in enumerate(values)]
    packets = [f"      packet {{ {value} }}" for value in values.values()]
    return _node(
        "ConstantSidePacketCalculator",
        *names,
        "  options {",
        "    [mediapipe.ConstantSidePacketCalculatorOptions.ext] {",
        *packets,
        "    }",
        "  }",
    )


def _matte(output: str, images: bool, options: SelfieOptions) -> str:
    side = ['  input_side_packet: "USE_PREVIOUS:use_previous"'] if images else []
    chosen = options.refinement or REFINEMENTS["best" if images else GRAPHS_OWN]
    own = asdict(REFINEMENTS[GRAPHS_OWN])
    changed = " ".join(f"{name}: {value}" for name, value in asdict(chosen).items() if value != own[name])
    return _node(
        f"SelfieMatte{_device(options.gpu)}",
        f'  input_stream: "IMAGE:{_UPLOADED if options.gpu else INPUT}"',
        *side,
        f'  output_stream: "MATTE:{output}"',
        *_options("SelfieMatteOptions", changed),
        comment="How much of each pixel is a person" + ("." if images else ", steady from frame to frame."),
    )


def _mask(gpu: bool) -> Iterator[str]:
    yield _node(
        f"SelfieSegmentation{_device(gpu)}",
        f'  input_stream: "IMAGE:{_UPLOADED if gpu else INPUT}"',
        '  input_side_packet: "MODEL_SELECTION:model_selection"',
        f'  output_stream: "SEGMENTATION_MASK:{"mask_on_gpu" if gpu else "mask"}"',
        comment="The mask of the general network (0), or of the landscape network (1).",
    )
    if gpu:
        yield _conversion("GpuBufferToImageFrame", "mask_on_gpu", "mask")


def _rounded(mask: str, output: str, is_hard: bool) -> str:
    side = ['  input_side_packet: "THRESHOLD:threshold"'] if is_hard else []
    comment = "Hard edges: 255 above the threshold, 0 below." if is_hard else "The mask as it is."
    return _node(
        "MaskToMatteCalculator",
        f'  input_stream: "MASK:{mask}"',
        *side,
        f'  output_stream: "MATTE:{output}"',
        comment=comment,
    )


def _composition(options: SelfieOptions) -> Iterator[str]:
    background, gpu = options.background, options.gpu
    port = "_GPU" if gpu else ""
    inputs, chosen = [], []
    if background.file is not None:
        yield _node(
            "BackgroundFileCalculator",
            '  input_side_packet: "INPUT_FILE_PATH:background_path"',
            f'  input_stream: "TICK:{INPUT}"',
            '  output_stream: "IMAGE:background"',
            comment="An image, or a video that is played again and again.",
        )
        inputs = [f'  input_stream: "BACKGROUND{port}:{"uploaded_background" if gpu else "background"}"']
        if gpu:
            yield _conversion("ImageFrameToGpuBuffer", "background", "uploaded_background")
    elif background.color is not None:
        chosen = ["color {{ r: {} g: {} b: {} }}".format(*background.color)]
    else:
        chosen = ["transparent: true" if background.blur is None else f"blur: {background.blur:g}"]
    if options.light_wrap:
        chosen.append(f"light_wrap: {options.light_wrap:g}")
    yield _node(
        "ComposeCalculator",
        f'  input_stream: "IMAGE{port}:{_UPLOADED if gpu else INPUT}"',
        '  input_stream: "MATTE:matte"',
        *inputs,
        f'  output_stream: "IMAGE{port}:{OUTPUT}"',
        *_options("ComposeCalculatorOptions", " ".join(chosen)),
    )


def _options(message: str, fields: str) -> list[str]:
    return [f"  options {{ [mediapipe.{message}.ext] {{ {fields} }} }}"] if fields else []


def _conversion(name: str, stream: str, output: str) -> str:
    return _node(f"{name}Calculator", f'  input_stream: "{stream}"', f'  output_stream: "{output}"')


def _device(gpu: bool) -> str:
    return "Gpu" if gpu else "Cpu"


def _node(calculator: str, *lines: str, comment: str = "") -> str:
    head = [f"# {comment}"] if comment else []
    return "\n".join([*head, "node {", f'  calculator: "{calculator}"', *lines, "}", ""])
