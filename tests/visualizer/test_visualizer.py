"""Export of graphs to each format."""

from __future__ import annotations

import struct
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mpgraph import visualizer
from mpgraph.errors import InvalidArgumentError, MediaError
from mpgraph.visualizer import fonts, svg
from mpgraph.visualizer.structure import structure_of

CHECKOUT = Path(__file__).resolve().parents[2]
SELFIE = CHECKOUT / "graphs/selfie_segmentation/selfie_segmentation_cpu.pbtxt"
HOSTILE = '</script><script>alert(1)</script>"; alert(2); //'
HOSTILE_GRAPH = f"""
input_stream: 'a'
node {{ calculator: '{HOSTILE}' name: '<img src=x onerror=alert(1)>'
  input_stream: 'a' output_stream: '{HOSTILE}'
  node_options {{ [type.googleapis.com/x.Y] {{ text: '{HOSTILE}\\001' }} }} }}
"""


def test_svg_is_accessible_xml() -> None:
    root = ElementTree.fromstring(visualizer.to_svg(SELFIE, expand="all"))
    assert root.attrib["role"] == "img"
    name = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{name}title") == "selfie_segmentation_cpu.pbtxt"
    assert "nodes" in (root.findtext(f"{name}desc") or "")
    assert not list(root.iter(f"{name}script"))


def test_output_is_deterministic() -> None:
    assert visualizer.to_svg(SELFIE, expand="all") == visualizer.to_svg(SELFIE, expand="all")
    assert visualizer.to_dot(SELFIE, expand="all") == visualizer.to_dot(SELFIE, expand="all")


def test_output_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    drawings = set()
    for folder in ("here", "there"):
        file = tmp_path / folder / "graph.pbtxt"
        file.parent.mkdir()
        file.write_text('node { calculator: "Unknown" input_stream: "x" }', encoding="utf-8")
        drawings |= {visualizer.to_svg(file), visualizer.to_dot(file), visualizer.to_mermaid(file)}
    assert len(drawings) == 3
    assert not any(str(tmp_path) in drawing for drawing in drawings)


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
def test_themes_use_plain_colours(theme: str) -> None:
    text = visualizer.to_svg(SELFIE, theme=theme)
    assert "var(" not in text
    assert ("prefers-color-scheme" in text) == (theme == "auto")


def test_options_setting_selects_the_rows() -> None:
    texts = {detail: visualizer.to_svg(SELFIE, options=detail) for detail in ("none", "short", "all")}
    assert "mask_channel" not in texts["none"]
    assert "… 2 more" in texts["short"]
    assert "adjust_with_luminance" in texts["all"] and "max_in_queue" in texts["all"]


def test_hostile_names_are_escaped() -> None:
    root = ElementTree.fromstring(visualizer.to_svg(HOSTILE_GRAPH, options="all"))
    allowed = {"svg", "title", "desc", "style", "rect", "g", "path", "text", "tspan", "circle"}
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= allowed
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    assert "<script" not in visualizer.to_mermaid(HOSTILE_GRAPH)
    assert "<script" not in visualizer.to_dot(HOSTILE_GRAPH)
    assert "<script>alert" not in visualizer.to_html(HOSTILE_GRAPH)


def test_png_has_two_pixels_per_unit() -> None:
    text = visualizer.to_svg(SELFIE, theme="light")
    width, height = (int(text.partition(f' {name}="')[2].partition('"')[0]) for name in ("width", "height"))
    data = visualizer.to_png(SELFIE)
    assert data.startswith(b"\x89PNG")
    assert struct.unpack(">II", data[16:24]) == (2 * width, 2 * height)


def test_png_of_a_large_drawing_is_scaled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svg, "MAX_PIXELS", 40_000)
    data = visualizer.to_png(SELFIE)
    width, height = struct.unpack(">II", data[16:24])
    assert 35_000 < width * height < 45_000


def test_png_without_fonts_is_an_error_with_a_fix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fonts, "font_folders", lambda: (tmp_path,))
    with pytest.raises(MediaError, match="fonts"):
        visualizer.to_png(SELFIE)


FONTS = sorted(Path("/usr/share/fonts").rglob("DejaVu*.ttf"))


@pytest.mark.parametrize("font", FONTS, ids=lambda file: file.stem)
def test_png_has_text_with_any_one_font(font: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / font.name).symlink_to(font)
    for module in (fonts, svg):
        monkeypatch.setattr(module, "font_folders", lambda: (tmp_path,))
    drawing = svg.to_svg(
        'input_stream: "in" node { calculator: "SomeCalculator" input_stream: "TAG:in" }', theme="light"
    )
    for text in (">SomeCalculator</text>", ">TAG</text>"):  # In the sans-serif and in the monospaced font.
        assert text in drawing
        assert svg.png_of(drawing) != svg.png_of(drawing.replace(text, "></text>"))


def test_mermaid_has_subgraphs_back_edges_and_side_packets() -> None:
    text = visualizer.to_mermaid(SELFIE, expand="all")
    assert text.startswith("flowchart TB\n")
    assert text.count("  subgraph ") == text.count("  end\n") == 5
    assert '-.->|"FINISHED:output_video"|' in text
    assert "==>" in text


def test_mermaid_of_a_closed_graph() -> None:
    lines = visualizer.to_mermaid(SELFIE).splitlines()
    assert '  n0["FlowLimiterCalculator"]:::calculator' in lines
    assert '  n1[["SelfieSegmentationCpu"]]:::subgraph_' in lines


def test_dot_has_clusters_and_ports() -> None:
    text = visualizer.to_dot(SELFIE, expand="SelfieSegmentationCpu")
    assert text.count("subgraph ") == 1
    assert 'subgraph "cluster SelfieSegmentationCpu"' in text
    assert ":o0:s -> " in text and "constraint=false" in text
    assert text.count("{") == text.count("}")


def test_structure_is_accepted_as_source() -> None:
    structure = structure_of(SELFIE)
    assert visualizer.to_mermaid(structure) == visualizer.to_mermaid(SELFIE)


def test_unknown_subgraph_error_lists_the_known_ones() -> None:
    with pytest.raises(InvalidArgumentError, match='Did you mean "SelfieSegmentationCpu"'):
        visualizer.to_svg(SELFIE, expand="SelfieSegmentationCpy")
    with pytest.raises(InvalidArgumentError, match="The graph has none"):
        visualizer.to_svg("node { calculator: 'X' }", expand="Y")


def test_graph_settings_are_drawn_above_the_graph() -> None:
    text = visualizer.to_svg(
        'max_queue_size: 20 num_threads: 3 executor { name: "pool" type: "ThreadPoolExecutor" }'
        'node { calculator: "X" executor: "pool" max_in_flight: 2 '
        'input_stream_handler { input_stream_handler: "SyncSetInputStreamHandler" } }'
    )
    for part in ("executor pool: ThreadPoolExecutor", "queues of at most 20 · 3 threads"):
        assert part in text
    for badge in (">executor pool<", ">2 in flight<", ">SyncSet<"):
        assert badge in text


def test_types_are_shown_on_request() -> None:
    assert 'class="type centre"' in visualizer.to_svg(SELFIE, types=True)
    assert 'class="type centre"' not in visualizer.to_svg(SELFIE)


def test_png_has_the_titles_of_the_nodes() -> None:
    drawing = svg.to_svg('node { calculator: "SomeCalculator" }', theme="light")
    assert "SomeCalculator</text>" in drawing
    assert svg.png_of(drawing) != svg.png_of(drawing.replace("SomeCalculator</text>", "</text>"))
