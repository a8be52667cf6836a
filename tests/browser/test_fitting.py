"""Names fit their boxes and do not touch, in a narrow and in the widest font."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from page_actions import box
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]

LONG_NAMES = """\
input_stream: "VECTOR:input_video"
input_side_packet: "MODEL_COMPLEXITY:model_complexity"
output_stream: "NORM_RECTS:normalized_rectangles"
node {
  calculator: "NormalizedRectVectorHasMinSizeCalculator"
  input_stream: "VECTOR:input_video"
  input_stream: "MMMMMMMM:wwwwwwwwwww"
  input_side_packet: "MODEL_COMPLEXITY:model_complexity"
  output_side_packet: "ENABLE_SEGMENTATION:enable_segmentation"
  output_stream: "NORM_RECTS:normalized_rectangles"
}
"""

# Rectangles of texts that stick out of their boxes, or that overlap another text of their box.
MISFITS = """(family) => {
  for (const text of document.querySelectorAll(".world text, .world tspan"))
    if (!text.matches(".tag, .option")) text.style.fontFamily = family;
  const wrong = [];
  for (const box of document.querySelectorAll(".world g.box:is(.node, .input, .output, .side_input)")) {
    const frame = box.querySelector(".frame").getBBox();
    const texts = [...box.querySelectorAll("text")].filter((text) => !text.closest(".alarm"));
    for (const text of texts) {
      const { x, width } = text.getBBox();
      if (x < frame.x || x + width > frame.x + frame.width) wrong.push(`${text.textContent} sticks out`);
      for (const other of texts) {
        if (other === text) continue;
        const [a, b] = [text.getBBox(), other.getBBox()];
        const across = a.x < b.x + b.width && b.x < a.x + a.width;
        const [above, below] = [a.y + a.height * .72, b.y + b.height * .72];
        const touches = across && Math.abs(above - below) < 6;
        if (touches) wrong.push(`${text.textContent} touches ${other.textContent}`);
      }
    }
  }
  return wrong;
}"""


@pytest.mark.parametrize("family", ["'DejaVu Sans'", "'Liberation Sans'"])
def test_names_fit_their_boxes(
    visit: Visit, file_page: Callable[..., str], tmp_path: Path, selfie: Path, family: str
) -> None:
    names = tmp_path / "names.pbtxt"
    names.write_text(LONG_NAMES, encoding="utf-8")
    for source in (names, selfie):
        page = visit(file_page(source, expand="all" if source is selfie else "none"))
        assert page.evaluate(MISFITS, family) == []


def test_lines_continue_into_open_subgraphs(
    visit: Visit, file_page: Callable[..., str], selfie: Path
) -> None:
    page = visit(file_page(selfie, expand="all"))
    # At every port of a border one line ends from outside and one from inside.
    gaps = page.evaluate(
        """() => {
          const ends = [...document.querySelectorAll(".world .wire path.line")].flatMap((line) => {
            const [start, end] = [line.getPointAtLength(0), line.getPointAtLength(line.getTotalLength())];
            return [start, end];
          });
          const near = (a, x, y) => Math.hypot(a.x - x, a.y - y) < 0.6;
          const gaps = [];
          for (const port of document.querySelectorAll(".world .ports .port:is(.in, .out)")) {
            const mark = port.querySelector(".mark").getBBox();
            const x = mark.x + mark.width / 2;
            const y = port.matches(".in") ? mark.y + mark.height : mark.y + mark.height / 2;
            if (ends.filter((end) => near(end, x, y)).length < 2) gaps.push(port.dataset.name);
          }
          return gaps;
        }"""
    )
    assert gaps == []


def test_sign_of_a_subgraph_is_beside_its_title(
    visit: Visit, file_page: Callable[..., str], selfie: Path
) -> None:
    page = visit(file_page(selfie))
    node = box(page, "SelfieSegmentationCpu")
    sign = node.locator("rect.toggle").bounding_box()
    title = node.locator("text.title").bounding_box()
    assert sign is not None and title is not None
    assert 0 < title["x"] - sign["x"] - sign["width"] < 8


def test_badge_shows_large_numbers_whole(visit: Visit, file_page: Callable[..., str], tmp_path: Path) -> None:
    graph = tmp_path / "graph.pbtxt"
    streams = "".join(f'input_stream: "missing_{index}" ' for index in range(112))
    graph.write_text(f'node {{ calculator: "PassThroughCalculator" {streams}}}', encoding="utf-8")
    page = visit(file_page(graph))
    badge = page.locator(".alarm")
    expect(badge.locator("text")).to_have_text("113")
    outer, inner = badge.locator("rect").bounding_box(), badge.locator("text").bounding_box()
    assert outer is not None and inner is not None
    assert outer["x"] <= inner["x"] and inner["x"] + inner["width"] <= outer["x"] + outer["width"]
