"""The timeline of a trace: loading, display and links to the drawing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from page_actions import click_node, selected
from playwright.sync_api import Page, expect

from mpgraph.framework.packet import make_packet
from mpgraph.graph.calculator_graph import CalculatorGraph
from mpgraph.profiling.saved import load_trace
from mpgraph.profiling.trace import Trace

Visit = Callable[..., Page]


@pytest.fixture
def trace(chain: Path) -> Trace:
    """The trace of four packets through the three nodes."""
    with CalculatorGraph(graph_path=chain) as graph, graph.trace() as trace:
        graph.start_run()
        for i in range(4):
            graph.add_packet_to_input_stream("in", make_packet(i, 10 * i))
        graph.wait_until_idle()
    return trace


def facts(page: Page) -> str:
    return page.locator(".timeline output").inner_text()


@pytest.mark.parametrize("suffix", [".json", ".perfetto-trace"])
def test_trace_embedded_in_the_page(
    visit: Visit, file_page: Callable[..., str], chain: Path, trace: Trace, tmp_path: Path, suffix: str
) -> None:
    trace.save(tmp_path / f"run{suffix}")
    page = visit(file_page(chain, extras={"trace": load_trace(tmp_path / f"run{suffix}")}))
    expect(page.locator(".timeline canvas")).to_be_visible()
    assert facts(page).startswith("The trace: 15 calls on ")


def test_trace_from_a_file_and_an_invalid_one(
    visit: Visit, file_page: Callable[..., str], chain: Path, trace: Trace, tmp_path: Path
) -> None:
    trace.save(tmp_path / "run.json")
    (tmp_path / "wrong.json").write_text("{}", encoding="utf-8")
    page = visit(file_page(chain))
    page.locator("#tab-timeline").click()
    page.locator(".timeline input[type=file]").set_input_files(tmp_path / "wrong.json")
    expect(page.locator(".timeline output")).to_contain_text("not a trace in Chrome's format")
    page.locator(".timeline input[type=file]").set_input_files(tmp_path / "run.json")
    expect(page.locator(".timeline output")).to_contain_text("run.json: 15 calls")
    expect(page.locator("#tab-timeline .count")).to_have_text("15")


def test_call_selects_its_node_and_keys_follow_its_packet(
    visit: Visit, file_page: Callable[..., str], chain: Path, trace: Trace, tmp_path: Path
) -> None:
    trace.save(tmp_path / "run.json")
    page = visit(file_page(chain, extras={"trace": load_trace(tmp_path / "run.json")}))
    page.locator(".timeline canvas").focus()
    for _ in range(4):  # The three calls of open come first.
        page.keyboard.press(".")
    assert selected(page) == "first"
    assert "packet at 0" in facts(page)
    page.keyboard.press(".")
    assert selected(page) == "second"
    assert "packet at 0" in facts(page)
    page.keyboard.press("+")
    page.keyboard.press("0")
    page.keyboard.press("Escape")
    assert "selected" not in (page.locator('g.box[data-id="second"]').get_attribute("class") or "")


def test_selected_node_highlights_its_calls(
    visit: Visit, file_page: Callable[..., str], chain: Path, trace: Trace, tmp_path: Path
) -> None:
    trace.save(tmp_path / "run.json")
    page = visit(file_page(chain, extras={"trace": load_trace(tmp_path / "run.json")}))
    canvas = page.locator(".timeline canvas")
    before = canvas.evaluate("canvas => canvas.toDataURL()")
    click_node(page, "second")
    assert canvas.evaluate("canvas => canvas.toDataURL()") != before
    page.keyboard.press("Escape")


@pytest.mark.parametrize("trace", [{"perfetto": "CgD/"}, {"traceEvents": [{"ph": "X"}]}, {"traceEvents": 3}])
def test_damaged_trace_leaves_the_page_unchanged(
    visit: Visit, file_page: Callable[..., str], chain: Path, trace: object
) -> None:
    page = visit(file_page(chain, extras={"trace": trace}))
    page.locator("#tab-timeline").click()
    expect(page.locator(".timeline output")).to_contain_text("The trace: ")
    click_node(page, "second")
    assert selected(page) == "second"
