"""Record images of random annotations, drawn by MediaPipe 0.10.21.

    PEER tools/conformance/record_annotations.py

writes tests/calculators/recorded/annotations.json, the texts of RenderData messages, some for each shape, and
annotations.png beside it, with a tile for each message: a row a shape, in the order of the file.
"""

from __future__ import annotations

import importlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "tests" / "calculators" / "recorded"
WIDTH, HEIGHT = 96, 64
GRAY = 77
TILES = 5
"""The number of messages for each shape."""
SHAPES_IN_TILE = 3
ENDS = "x_start y_start x_end y_end"
GRAPH = """
    input_stream: "image" input_stream: "data" output_stream: "out"
    node {
      calculator: "AnnotationOverlayCalculator"
      input_stream: "IMAGE:image" input_stream: "data" output_stream: "IMAGE:out"
    }
"""


def position(r: random.Random, names: str) -> str:
    """Coordinates of points, up to a third outside of the image, in pixels or normalized."""
    is_normalized = r.random() < 0.5
    width, height = (1, 1) if is_normalized else (WIDTH, HEIGHT)
    fields = [
        f"{name}: {r.uniform(-0.3, 1.3) * (width if 'x' in name else height):.3f}" for name in names.split()
    ]
    return " ".join([*fields, "normalized: true"] if is_normalized else fields)


def box(r: random.Random, *, rotates: bool = True) -> str:
    """A rectangle, partly outside of the image more often than not, and often rotated."""
    is_normalized = r.random() < 0.5
    width, height = (1, 1) if is_normalized else (WIDTH, HEIGHT)
    left, top = r.uniform(-0.3, 0.9) * width, r.uniform(-0.3, 0.9) * height
    right, bottom = left + r.uniform(0, 0.9) * width, top + r.uniform(0, 0.9) * height
    fields = f"left: {left:.3f} top: {top:.3f} right: {right:.3f} bottom: {bottom:.3f}"
    if is_normalized:
        fields += " normalized: true"
    if rotates and r.random() < 0.6:
        fields += f" rotation: {r.uniform(-4, 4):.3f}"
    return f"rectangle {{ {fields} }}"


def color(r: random.Random) -> str:
    """Any color."""
    return f"{{ r: {r.randrange(256)} g: {r.randrange(256)} b: {r.randrange(256)} }}"


def outline(r: random.Random) -> str:
    """A rectangle, with a dot on its corner more often than not."""
    dot = f"top_left_thickness: {r.uniform(0, 6):.2f}" if r.random() < 0.6 else ""
    return box(r)[:-1] + dot + " }"


def text(r: random.Random) -> str:
    """A text in the default font."""
    words = r.choice(["Right", "0,0.97,", "Left : :53 cm", "Agjy#@?", "ä {[]}|"])
    centered = "center_horizontally: true center_vertically: true" if r.random() < 0.3 else ""
    outlined = f"outline_thickness: 2 outline_color {color(r)}" if r.random() < 0.4 else ""
    return (
        f'text {{ display_text: "{words}" left: {r.uniform(-5, 60):.2f} baseline: {r.uniform(10, 70):.2f} '
        f"font_height: {r.uniform(6, 30):.2f} {centered} {outlined} }}"
    )


SHAPES: dict[str, Callable[[random.Random], str]] = {
    "rectangle": outline,
    "filled rectangle": lambda r: f"filled_rectangle {{ {box(r)} }}",
    "rounded rectangle": lambda r: (
        f"rounded_rectangle {{ {box(r, rotates=False)} corner_radius: {r.randrange(12)} "
        f"line_type: {r.choice([4, 8])} }}"
    ),
    "oval": lambda r: f"oval {{ {box(r)} }}",
    "filled oval": lambda r: f"filled_oval {{ oval {{ {box(r)} }} }}",
    "point": lambda r: f"point {{ {position(r, 'x y')} }}",
    "line": lambda r: f"line {{ {position(r, ENDS)} }}",
    "gradient line": lambda r: f"gradient_line {{ {position(r, ENDS)} color1 {color(r)} color2 {color(r)} }}",
    "scribble": lambda r: f"scribble {{ point {{ {position(r, 'x y')} }} point {{ {position(r, 'x y')} }} }}",
    "arrow": lambda r: f"arrow {{ {position(r, ENDS)} }}",
    "text": text,
}


def messages() -> Iterator[tuple[str, str]]:
    """The name of the shape and the text of each message."""
    r = random.Random(3)
    for name, shape in SHAPES.items():
        for _ in range(TILES):
            yield (
                name,
                " ".join(
                    f"render_annotations {{ {shape(r)} color {color(r)} "
                    f"thickness: {r.choice([0.4, 1, 1, 2, 3.5, 5, 8])} }}"
                    for _ in range(SHAPES_IN_TILE)
                ),
            )


def main() -> None:
    """Record all messages."""
    mp: Any = importlib.import_module("mediapipe")
    cv2: Any = importlib.import_module("cv2")
    render_data = importlib.import_module("mediapipe.util.render_data_pb2")
    text_format = importlib.import_module("google.protobuf.text_format")
    graph = mp.CalculatorGraph(graph_config=GRAPH)
    drawn: list[Any] = []
    graph.observe_output_stream(
        "out", lambda _, packet: drawn.append(mp.packet_getter.get_image_frame(packet).numpy_view().copy())
    )
    graph.start_run()
    cases = list(messages())
    for t, (_, message) in enumerate(cases):
        image = np.full((HEIGHT, WIDTH, 3), GRAY, np.uint8)
        frame = mp.packet_creator.create_image_frame(image, image_format=mp.ImageFormat.SRGB)
        parsed = text_format.Parse(message, render_data.RenderData())
        graph.add_packet_to_input_stream("image", frame.at(t))
        graph.add_packet_to_input_stream("data", mp.packet_creator.create_proto(parsed).at(t))
    graph.wait_until_idle()
    graph.close()
    sheet = np.array(drawn).reshape(len(SHAPES), TILES, HEIGHT, WIDTH, 3).swapaxes(1, 2)
    pixels = sheet.reshape(len(SHAPES) * HEIGHT, TILES * WIDTH, 3)
    cv2.imwrite(str(FOLDER / "annotations.png"), pixels[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])
    rows = ",\n".join(
        json.dumps({"shape": shape, "message": message}, ensure_ascii=False) for shape, message in cases
    )
    (FOLDER / "annotations.json").write_text(f"[\n{rows}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
