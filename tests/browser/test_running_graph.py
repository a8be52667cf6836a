"""A graph while it runs, and the trace of one that ran, beside its drawing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from page_actions import box, chosen, click_node, point_at_wire
from playwright.sync_api import Locator, Page, expect

from mpgraph.config.validation import validate
from mpgraph.formats.image_format import ImageFormat
from mpgraph.formats.image_frame import ImageFrame
from mpgraph.packet import make_packet
from mpgraph.profiling.saved import load_trace
from mpgraph.runtime.graph import CalculatorGraph
from mpgraph.visualizer.live import LiveView
from mpgraph.visualizer.server import PageServer
from mpgraph.visualizer.session import Session

Visit = Callable[..., Page]


@contextmanager
def running(graph: CalculatorGraph) -> Iterator[CalculatorGraph]:
    graph.start_run()
    try:
        yield graph
    finally:
        graph.close()


def feed(graph: CalculatorGraph, count: int) -> None:
    for time in range(count):
        pixels = np.full((8, 8, 3), time, np.uint8)
        packet = make_packet(ImageFrame(ImageFormat.SRGB, pixels)).at(time)
        graph.add_packet_to_input_stream("in", packet)
    graph.wait_until_idle()


@pytest.fixture(params=["trace.json", "trace.perfetto-trace"])
def trace_file(request: pytest.FixtureRequest, chain: Path, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    graph = CalculatorGraph(graph_config=chain.read_text(encoding="utf-8"))
    with graph.trace() as trace, running(graph):
        feed(graph, 5)
    trace.save(path)
    return path


def expect_timeline(page: Page) -> Locator:
    expect(page.get_by_role("tab", name=re.compile("Timeline"))).to_have_attribute("aria-selected", "true")
    timeline = page.get_by_role("application", name="Timeline of calls")
    expect(timeline).to_be_visible()
    return timeline


def test_a_trace_that_comes_along_leads_to_the_nodes(
    visit: Visit, file_page: Callable[..., str], chain: Path, trace_file: Path
) -> None:
    page = visit(file_page(chain, extras={"trace": load_trace(trace_file)}))
    timeline = expect_timeline(page)
    timeline.focus()
    found = set()
    for _ in range(8):
        page.keyboard.press(".")
        found.add(chosen(page))
    assert found >= {"first", "second", "third"}
    click_node(page, "second")
    assert chosen(page) == "second"


def test_a_trace_is_opened_by_choosing_it(
    visit: Visit, serve: Callable[..., str], chain: Path, trace_file: Path
) -> None:
    page = visit(serve(chain))
    page.get_by_role("tab", name="Timeline").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a trace file").click()
    chooser.value.set_files(trace_file)
    expect_timeline(page)
    expect(page.locator("#status")).to_contain_text("calls on")


def test_what_is_no_trace_is_told(visit: Visit, serve: Callable[..., str], chain: Path) -> None:
    page = visit(serve(chain))
    page.get_by_role("tab", name="Timeline").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open a trace file").click()
    chooser.value.set_files(chain)
    expect(page.locator(".timeline output")).to_contain_text("chain.pbtxt")


def test_a_running_graph_shows_rates_and_its_latest_pictures(visit: Visit, chain: Path) -> None:
    model = validate(chain)
    graph = CalculatorGraph(graph_config=chain.read_text(encoding="utf-8"))
    view = LiveView(graph, model)
    session = Session([chain], extras={"live": True})
    with PageServer(session, routes=view.routes) as server, running(graph):
        feed(graph, 20)
        page = visit(server.url)
        expect(page.get_by_role("tab", name="Live")).to_be_visible()
        expect(page.locator(".overlay .live-layer text").first).to_be_attached()
        point_at_wire(page, "a")
        expect(page.locator(".hover-card img")).to_be_visible()
        expect(box(page, "first")).to_be_visible()
        page.close()  # It asks on and on.
