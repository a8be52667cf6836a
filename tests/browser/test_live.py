"""The page of a running graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from page_actions import selected
from playwright.sync_api import Page, expect

from mpgraph.errors import Location, NotFoundError
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.visualizer.live import LiveView
from mpgraph.visualizer.page_session import PageSession
from mpgraph.visualizer.server import PageServer

Visit = Callable[..., Page]


@pytest.fixture
def graph(chain: Path) -> Iterator[CalculatorGraph]:
    with CalculatorGraph(graph_path=chain) as graph:
        yield graph


@pytest.fixture
def view(graph: CalculatorGraph) -> LiveView:
    return LiveView(graph, graph.model)


@pytest.fixture
def page(visit: Visit, chain: Path, graph: CalculatorGraph, view: LiveView) -> Iterator[Page]:
    with PageServer(PageSession([chain], extras={"live": True}), routes=view.routes) as server:
        graph.start_run()
        for i in range(5):
            frame = ImageFrame(image_format=ImageFormat.SRGB, data=np.full((48, 64, 3), 40 * i, np.uint8))
            graph.add_packet_to_input_stream("in", make_packet(frame, i))
        graph.wait_until_idle()
        page = visit(server.url)
        yield page
        page.close()  # It polls the server.


def test_table_and_drawing_show_statistics_and_are_linked(page: Page) -> None:
    rows = page.locator(".times tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="second").locator("td").nth(1)).to_have_text("5")
    expect(page.locator(".live-layer .live-time")).to_have_count(3)
    expect(page.locator(".live-layer .live-rate").first).to_have_text(re.compile(r"/s$"))
    expect(page.locator(".live-facts")).to_contain_text("Critical path")
    page.locator(".times").get_by_role("button", name="second").click()
    assert selected(page) == "second"


def test_hover_card_shows_the_latest_image(page: Page) -> None:
    expect(page.locator(".live-layer .live-time")).to_have_count(3)
    wire = page.locator("g.wire .hit").first.bounding_box()
    assert wire is not None
    x, y = wire["x"] + wire["width"] / 2, wire["y"] + wire["height"] / 2
    page.mouse.move(x, y - 2)
    page.mouse.move(x, y)
    card = page.locator(".hover-card")
    expect(card).to_contain_text("5 packets")
    expect(card.locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg;base64,"))


def test_details_of_a_chosen_stream_show_its_latest_image(page: Page) -> None:
    expect(page.locator(".live-layer .live-time")).to_have_count(3)
    page.locator("g.wire .hit").first.dispatch_event("click")
    details = page.locator("#inspector")
    expect(details).to_contain_text("5 packets")
    expect(details.locator("img")).to_have_attribute("src", re.compile("^data:image/jpeg;base64,"))


def test_end_of_the_run_is_shown(page: Page, graph: CalculatorGraph) -> None:
    expect(page.locator("#tab-live .count")).to_have_text(re.compile(r"^\d+ s$"))
    graph.close()
    expect(page.locator("#tab-live .count")).to_have_text("ended")


def test_failure_is_shown_among_the_diagnostics(page: Page, chain: Path, view: LiveView) -> None:
    view.fail(NotFoundError("no such model", location=Location(str(chain), 4, 1)), str(chain))
    expect(page.locator("#tab-live .count")).to_have_text("failed")
    expect(page.locator(".live-facts .problem")).to_have_text("no such model")
    expect(page.locator("#tab-feedback .count")).to_have_text("1")
    expect(page.locator(".number.error")).to_have_text("4")
    expect(page.locator(".live-failed")).to_have_count(1)


def test_unit_in_a_heading_is_not_upper_case(page: Page) -> None:
    unit = page.locator(".live-facts h4 .unit")
    expect(unit).to_have_css("text-transform", "none")


def test_labels_do_not_cover_each_other_or_nodes(page: Page, chain: Path) -> None:
    # Side by side there is no room between the nodes.
    text = chain.read_text(encoding="utf-8").replace('input_stream: "a"', 'input_stream: "in"')
    page.locator("#text-body textarea").fill(text.replace('input_stream: "b"', 'input_stream: "in"'))
    page.wait_for_function(
        """() => new Set([...document.querySelectorAll(".world .box.node > .frame")]
          .map((frame) => frame.getBBox().y)).size === 1"""
    )
    page.wait_for_timeout(700)  # Until the statistics are asked for again.
    expect(page.locator(".live-layer .live-time").first).to_be_attached()
    covered = page.evaluate(
        """() => {
          const labels = [...document.querySelectorAll(".live-layer text")];
          const boxes = [...document.querySelectorAll(".world .box.node > .frame")];
          const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width
            && a.y < b.y + b.height && b.y < a.y + a.height;
          return labels.flatMap((label, index) => [...labels.slice(index + 1), ...boxes]
            .filter((other) => overlap(label.getBBox(), other.getBBox()))
            .map((other) => `${label.textContent} covers ${other.textContent || "a node"}`));
        }"""
    )
    assert covered == []
