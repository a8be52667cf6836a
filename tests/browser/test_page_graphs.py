"""The graph runtime of pages: what comes out is what comes out in Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from graph_pages import Event, FileServer, run_in_python
from playwright.sync_api import Browser, Error, Page

from mpgraph.web.export import graph_files
from mpgraph.web.package_files import package_files

RUN = """async ({name, outputs, events, sidePackets, options}) => {
  const {Graph} = await import('/package/graph.js');
  const graph = await Graph.load(`/${name}.graph.json`, {device: 'wasm', worker: false, ...options});
  const found = Object.fromEntries(outputs.map(stream => [stream, []]));
  for (const stream of outputs) {
    graph.observeOutputStream(stream, ({value, timestamp}) => { found[stream].push([value, timestamp]); });
  }
  try {
    await graph.startRun(sidePackets);
    for (const [stream, value, timestamp] of events) {
      if (value === null) await graph.closeInputStream(stream);
      else await graph.addPacketToInputStream(stream, value, timestamp);
      await graph.waitUntilIdle();
    }
    await graph.closeAllInputStreams();
    await graph.waitUntilDone();
  } finally {
    graph.close();
  }
  return found;
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[FileServer]:
    server = FileServer({f"package/{name}": content for name, content in package_files().items()})
    yield server
    server.close()


@pytest.fixture(scope="module")
def page(server: FileServer, browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(server.url)
    yield page
    page.close()


Run = Callable[..., Any]


@pytest.fixture
def run(server: FileServer, page: Page) -> Run:
    """Run a graph in the page; arguments as of `run_in_python`."""

    def run(
        graph: str,
        outputs: list[str],
        events: list[Event],
        side_packets: dict[str, Any] | None = None,
        known: dict[str, Any] | None = None,
        **options: Any,
    ) -> Any:
        server.files.update(graph_files(graph, name="graph", side_packets=known))
        found = page.evaluate(
            RUN,
            {
                "name": "graph",
                "outputs": outputs,
                "events": events,
                "sidePackets": side_packets or {},
                "options": options,
            },
        )
        return {name: [tuple(packet) for packet in packets] for name, packets in found.items()}

    return run


def node(calculator: str, inputs: str, outputs: str, more: str = "") -> str:
    ports = [f'input_stream: "{name}"' for name in inputs.split()]
    ports += [f'output_stream: "{name}"' for name in outputs.split()]
    return f'node {{ calculator: "{calculator}" {" ".join(ports)} {more} }}'


def options(name: str, text: str) -> str:
    return f"options {{ [mediapipe.{name}Options.ext] {{ {text} }} }}"


BACK_EDGE = 'input_stream_info { tag_index: "%s" back_edge: true }'

GRAPHS: dict[str, tuple[str, str, str]] = {
    "pass through": ("a b", "x y", node("PassThroughCalculator", "a b", "x y")),
    "merge": ("a b", "x", node("MergeCalculator", "a b", "x")),
    "gate": (
        "a b allow",
        "x y change",
        node("GateCalculator", "a b ALLOW:allow", "x y STATE_CHANGE:change"),
    ),
    "gate of empty packets": (
        "a allow",
        "x",
        node(
            "GateCalculator",
            "a DISALLOW:allow",
            "x",
            options("GateCalculator", "empty_packets_as_allow: true"),
        ),
    ),
    "loop": (
        "a b",
        "x previous",
        node("PreviousLoopbackCalculator", "MAIN:a LOOP:x", "PREV_LOOP:previous", BACK_EDGE % "LOOP")
        + node("MergeCalculator", "b previous", "x"),
    ),
    "limiter": (
        "a b",
        "x y allow",
        node(
            "FlowLimiterCalculator",
            "a b FINISHED:done",
            "x y ALLOW:allow",
            BACK_EDGE % "FINISHED"
            + options("FlowLimiterCalculator", "max_in_flight: 2 max_in_queue: 1 in_flight_timeout: 9"),
        )
        # Until b has arrived, a frame is in flight.
        + node("PassThroughCalculator", "x y", "done ignored"),
    ),
    "cloner": ("a b", "x", node("PacketClonerCalculator", "a TICK:b", "x")),
    "cloner that waits": (
        "a b c",
        "x y",
        node(
            "PacketClonerCalculator",
            "a b c",
            "x y",
            options("PacketClonerCalculator", "output_only_when_all_inputs_received: true"),
        ),
    ),
}


def events_for(streams: list[str], seed: int) -> list[Event]:
    """Packets of streams in random order, and the ends of some."""
    rng = random.Random(seed)
    times = dict.fromkeys(streams, 0)
    events: list[Event] = []
    for _ in range(rng.randrange(4, 25)):
        stream = rng.choice(list(times))
        if rng.random() < 0.05 and len(times) > 1:
            events.append((stream, None, 0))
            del times[stream]
            continue
        times[stream] += rng.choice([1, 1, 1, 2, 5])
        is_control = stream == "allow"
        events.append((stream, rng.random() < 0.6 if is_control else len(events), times[stream]))
    return events


@pytest.mark.parametrize("case", GRAPHS)
def test_same_packets_as_in_python(run: Run, case: str) -> None:
    inputs, outputs, nodes = GRAPHS[case]
    ports = [f'input_stream: "{name}"' for name in inputs.split()]
    graph = " ".join([*ports, nodes])
    some = False
    for seed in range(12):
        events = events_for(inputs.split(), seed)
        expected = run_in_python(graph, outputs.split(), events)
        assert run(graph, outputs.split(), events) == expected, events
        some |= all(expected.values())
    assert some


def test_side_packets_are_known_or_given(run: Run) -> None:
    graph = (
        'input_stream: "a" input_side_packet: "allow"'
        'node { calculator: "GateCalculator" input_stream: "a" input_side_packet: "ALLOW:allow"'
        ' output_stream: "x" }'
    )
    events: list[Event] = [("a", 1, 0)]
    assert run(graph, ["x"], events, {"allow": True}) == {"x": [(1, 0)]}
    assert run(graph, ["x"], events, {"allow": False}) == {"x": []}
    assert run(graph, ["x"], events, known={"allow": True}) == {"x": [(1, 0)]}
    # A page may override what was known.
    assert run(graph, ["x"], events, {"allow": False}, known={"allow": True}) == {"x": []}
    with pytest.raises(Error, match="startRun needs the side packets allow"):
        run(graph, ["x"], events)
    with pytest.raises(Error, match='no side packet "alow". Did you mean "allow"?'):
        run(graph, ["x"], events, {"alow": False})


PASS = 'input_stream: "first" output_stream: "x" ' + node("PassThroughCalculator", "first", "x")


@pytest.mark.parametrize("worker", [False, True])
def test_misuse_is_reported(run: Run, worker: bool) -> None:
    def fails(message: str, events: list[Event], outputs: list[str] | None = None) -> None:
        with pytest.raises(Error, match=message):
            run(PASS, outputs or ["x"], events, worker=worker)

    fails('no input stream "frist". Did you mean "first"?', [("frist", 1, 0)])
    fails('"first" must increase: 4 came after 4', [("first", 1, 4), ("first", 1, 4)])
    fails("not a whole number of microseconds", [("first", 1, 0.5)])  # type: ignore[list-item]
    fails('"first" is closed', [("first", None, 0), ("first", 1, 4)])
    fails('no stream "y"', [], ["y"])
    with pytest.raises(Error, match='no option "devise". Did you mean "device"?'):
        run(PASS, ["x"], [], devise="wasm")
    with pytest.raises(Error, match='device is "cpu"'):
        run(PASS, ["x"], [], device="cpu")


@pytest.mark.parametrize("worker", [False, True])
def test_error_of_a_node_names_it_and_fails_the_run(run: Run, worker: bool) -> None:
    graph = (
        'input_stream: "a" node { name: "Smaller" calculator: "GlScalerCalculator" input_stream: "VIDEO:a"'
        ' input_stream: "ROTATION:r" output_stream: "VIDEO:x" } input_stream: "r"'
    )
    with pytest.raises(
        Error, match=r"Smaller \(GlScalerCalculator\) failed at timestamp 3: There is no image"
    ):
        run(graph, ["x"], [("r", 90, 3), ("a", None, 0)], worker=worker)


CALLS = """async () => {
  const {Graph} = await import('/package/graph.js');
  const graph = await Graph.load('/graph.graph.json', {device: 'wasm'});
  const thrown = async call => { try { await call(); return ''; } catch (error) { return error.message; } };
  const results = [];
  results.push(await thrown(() => graph.addPacketToInputStream('first', 1, 0)));
  const seen = [];
  graph.observeOutputStream('x', ({value}) => {
    if (value === 1) throw new Error('mine');
    seen.push(value);
  });
  await graph.startRun();
  results.push(await thrown(async () => graph.observeOutputStream('x', () => {})));
  await graph.addPacketToInputStream('first', 1, 0);
  results.push(await thrown(() => graph.waitUntilIdle()));
  await graph.addPacketToInputStream('first', 2, 1);
  results.push(await thrown(() => graph.waitUntilIdle()));
  await graph.cancel();
  results.push(await thrown(() => graph.addPacketToInputStream('first', 3, 2)));
  await graph.startRun();  // Another run, from the first timestamp on.
  await graph.addPacketToInputStream('first', 4, 0);
  await graph.waitUntilIdle();
  const statistics = await graph.statistics();
  graph.close();
  graph.close();
  results.push(await thrown(() => graph.waitUntilIdle()));
  return [results, seen, statistics.map(({name, calls}) => [name, calls])];
}"""


def test_life_cycle(server: FileServer, page: Page) -> None:
    server.files.update(graph_files(PASS, name="graph"))
    results, seen, statistics = page.evaluate(CALLS)
    assert results == [
        "The graph is not running; call startRun() first.",
        "Observe streams before startRun().",
        "mine",  # Of the callback, once; the graph goes on.
        "",
        "The run has ended; start another one with startRun().",
        "The graph is closed.",
    ]
    assert seen == [2, 4] and statistics == [["PassThroughCalculator", 1]]


def test_missing_files_are_named_with_their_status(server: FileServer, page: Page) -> None:
    load = "async (name) => { const {Graph} = await import('/package/graph.js'); await Graph.load(name); }"
    with pytest.raises(Error, match=f"{server.url}none.graph.json cannot be read: 404 Not Found"):
        page.evaluate(load, "/none.graph.json")
    server.files["old.graph.json"] = b'{"version": 0}'
    with pytest.raises(Error, match="version 0 of the format; this package reads 1"):
        page.evaluate(load, "/old.graph.json")
    server.files["text.graph.json"] = b"nothing"
    with pytest.raises(Error, match="text.graph.json is not JSON"):
        page.evaluate(load, "/text.graph.json")
