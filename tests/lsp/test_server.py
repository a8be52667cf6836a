"""`mpgraph lsp` in a process of its own, as an editor talks to it: JSON-RPC on stdin and stdout."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

GRAPH = """\
input_stream: "input_video"
output_stream: "output_video"
node {
  calculator: "FlowLimiterCalculator"
  input_stream: "input_video"
  input_stream: "FINISHED:output_video"
  input_stream_info { tag_index: "FINISHED" back_edge: true }
  output_stream: "throttled"
}
node {
  calculator: "OwnFlip"
  input_stream: "IMAGE:throttled"  # é𝄞 before: "throttled"
  output_stream: "IMAGE:output_video"
}
"""
FLIP = """\
# Turns images upside down.
type: "OwnFlip"

# What to turn.
input_stream: "IMAGE:image"
output_stream: "IMAGE:flipped"
node {
  calculator: "ImageTransformationCalculator"
  input_stream: "IMAGE:image"
  output_stream: "IMAGE:flipped"
  node_options {
    [type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions] {
      rotation_mode: ROTATION_90
    }
  }
}
"""
TIMEOUT_SECONDS = 60


class Editor:
    """A client that starts the server in a folder and opens its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mpgraph", "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment,
        )
        self.versions = itertools.count(1)
        self.ids = itertools.count(1)
        self.diagnostics: dict[str, list[Any]] = {}
        watchdog = threading.Timer(TIMEOUT_SECONDS, self.process.kill)
        watchdog.daemon = True
        watchdog.start()
        self.watchdog = watchdog
        capabilities: dict[str, Any] = {"general": {"positionEncodings": ["utf-16"]}}
        root = {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities}
        self.capabilities = self.request("initialize", root)["capabilities"]
        self.notify("initialized", {})

    def send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        out = self.process.stdout
        assert out is not None
        length = 0
        while (line := out.readline()) != b"\r\n":
            assert line, "the server has ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(out.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message

    def notify(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def answer(self, method: str, params: object) -> dict[str, Any]:
        number = next(self.ids)
        self.send({"id": number, "method": method, "params": params})
        while (message := self.receive()).get("id") != number or "method" in message:
            pass
        return message

    def request(self, method: str, params: object) -> Any:
        message = self.answer(method, params)
        assert "error" not in message, message
        return message["result"]

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> list[Any]:
        """Open a document and return its diagnostics."""
        document = {
            "uri": self.uri(name),
            "languageId": "pbtxt",
            "version": next(self.versions),
            "text": text,
        }
        return self._after("textDocument/didOpen", name, {"textDocument": document})

    def change(self, name: str, text: str) -> list[Any]:
        document = {"uri": self.uri(name), "version": next(self.versions)}
        change = {"textDocument": document, "contentChanges": [{"text": text}]}
        return self._after("textDocument/didChange", name, change)

    def _after(self, method: str, name: str, params: object) -> list[Any]:
        self.diagnostics.pop(self.uri(name), None)
        self.notify(method, params)
        while self.uri(name) not in self.diagnostics:
            self.receive()
        return self.diagnostics[self.uri(name)]

    def at(self, feature: str, name: str, text: str, mark: str, **more: Any) -> Any:
        """Ask about the place of the first "|" in `mark`, which is part of `text` without it."""
        offset = text.index(mark.replace("|", "")) + mark.index("|")
        before = text[:offset]
        column = len(before[before.rfind("\n") + 1 :].encode("utf-16-le")) // 2
        position = {"line": before.count("\n"), "character": column}
        params = {"textDocument": {"uri": self.uri(name)}, "position": position, **more}
        return self.request(f"textDocument/{feature}", params)

    def labels(self, name: str, text: str, mark: str) -> list[str]:
        """Change a document and return the labels of the completions at a mark."""
        self.change(name, text)
        return [item["label"] for item in self.at("completion", name, text, mark)]

    def close(self) -> int:
        self.request("shutdown", None)
        self.notify("exit", None)
        code = self.process.wait(TIMEOUT_SECONDS)
        self.watchdog.cancel()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        return code


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    folder = tmp_path_factory.mktemp("lsp")
    (folder / "own_flip.pbtxt").write_text(FLIP)
    editor = Editor(folder)
    editor.open("main.pbtxt", GRAPH)
    yield editor
    assert editor.close() == 0


@pytest.fixture(autouse=True)
def original(editor: Editor) -> None:
    editor.change("main.pbtxt", GRAPH)


def applied(text: str, edits: list[Any]) -> str:
    """The text after edits, in UTF-16 units."""
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    for edit in sorted(edits, key=lambda each: -each["range"]["start"]["character"]):
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        line = lines[start["line"]]
        new = edit["newText"].encode("utf-16-le")
        lines[start["line"]] = line[: 2 * start["character"]] + new + line[2 * end["character"] :]
    return "\n".join(line.decode("utf-16-le") for line in lines)


def test_a_right_graph_has_no_diagnostics(editor: Editor) -> None:
    assert editor.change("main.pbtxt", GRAPH + "\n") == []


def test_diagnostics_underline_the_mistake_and_go_when_it_is_fixed(editor: Editor) -> None:
    (found,) = editor.change("main.pbtxt", GRAPH.replace('"IMAGE:throttled"', '"IMAGE:throtled"'))
    assert found["range"] == {"start": {"line": 11, "character": 2}, "end": {"line": 11, "character": 32}}
    assert 'Did you mean "throttled"?' in found["message"]
    assert (found["severity"], found["source"]) == (1, "mpgraph")
    assert editor.change("main.pbtxt", GRAPH) == []


@pytest.mark.parametrize("text", ["", "node {", 'node { calculator: "', "}", '"', "graph.pbtxt", "\ufeff"])
def test_unfinished_texts_are_survived(editor: Editor, text: str) -> None:
    editor.change("main.pbtxt", text)
    assert isinstance(editor.at("completion", "main.pbtxt", text, text + "|"), list)
    assert editor.at("hover", "main.pbtxt", text, text + "|") is None


def test_problems_of_a_subgraph_are_at_the_node_that_uses_it(editor: Editor) -> None:
    (editor.folder / "own_broken.pbtxt").write_text(
        'type: "OwnBroken" node { calculator: "NoSuchCalculator" }'
    )
    text = 'node {\n  calculator: "OwnBroken"\n}\n'
    (found,) = editor.change("main.pbtxt", text)
    assert found["range"]["start"]["line"] == 0
    assert "own_broken.pbtxt:1" in found["message"] and "NoSuchCalculator" in found["message"]


def test_hover_on_a_calculator_shows_ports_and_options(editor: Editor) -> None:
    shown = editor.at("hover", "main.pbtxt", GRAPH, '"FlowLimiter|Calculator"')["contents"]["value"]
    assert "**FlowLimiterCalculator**" in shown
    assert "`FINISHED`" in shown and "`max_in_flight`" in shown


def test_hover_on_a_subgraph_shows_its_comments(editor: Editor) -> None:
    shown = editor.at("hover", "main.pbtxt", GRAPH, '"Own|Flip"')["contents"]["value"]
    assert "Turns images upside down." in shown and "What to turn." in shown


def test_hover_on_a_stream_shows_who_sends_and_reads_it(editor: Editor) -> None:
    shown = editor.at("hover", "main.pbtxt", GRAPH, "IMAGE:throt|tled")["contents"]["value"]
    assert "What to turn." in shown
    assert "stream `throttled` from FlowLimiterCalculator, read by OwnFlip" in shown


def test_hover_on_an_option_shows_its_type(editor: Editor) -> None:
    editor.open("own_flip.pbtxt", FLIP)
    shown = editor.at("hover", "own_flip.pbtxt", FLIP, "rotation_|mode")["contents"]["value"]
    assert shown.startswith("`rotation_mode`") and "ROTATION_180" in shown


def test_completion_of_calculators_and_subgraphs(editor: Editor) -> None:
    labels = editor.labels("main.pbtxt", GRAPH.replace("OwnFlip", ""), 'calculator: "|"\n  input_stream: "IM')
    assert {"OwnFlip", "ImageTransformationCalculator", "PassThroughCalculator"} <= set(labels)


def test_completion_of_tags_and_streams(editor: Editor) -> None:
    text = GRAPH.replace('"IMAGE:throttled"', '""')
    assert editor.labels("main.pbtxt", text, 'input_stream: "|"  #') == [
        "IMAGE:",
        "input_video",
        "throttled",
        "output_video",
    ]
    text = GRAPH.replace('"IMAGE:throttled"', '"IMAGE:"')
    assert editor.labels("main.pbtxt", text, '"IMAGE:|"') == ["input_video", "throttled", "output_video"]


def test_completion_of_fields(editor: Editor) -> None:
    text = GRAPH + "\n\n"
    assert {"node", "input_stream", "executor"} <= set(editor.labels("main.pbtxt", text, "}\n\n|"))
    text = GRAPH.replace('  output_stream: "throttled"\n', "  \n")
    assert {"node_options", "output_stream"} <= set(editor.labels("main.pbtxt", text, "true }\n  |"))


def test_completion_of_options_and_their_values(editor: Editor) -> None:
    editor.open("own_flip.pbtxt", FLIP)
    text = FLIP.replace("rotation_mode: ROTATION_90", "")
    assert {"rotation_mode", "flip_vertically"} <= set(
        editor.labels("own_flip.pbtxt", text, "Options] {\n      |")
    )
    labels = editor.labels("own_flip.pbtxt", FLIP, "rotation_mode: ROT|ATION_90")
    assert {"ROTATION_90", "ROTATION_180"} <= set(labels)
    text = FLIP[: FLIP.index("    [type")] + "    \n  }\n}\n"
    assert editor.labels("own_flip.pbtxt", text, "node_options {\n    |") == [
        "[type.googleapis.com/mediapipe.ImageTransformationCalculatorOptions]"
    ]


def test_definition_of_a_subgraph_is_its_file(editor: Editor) -> None:
    found = editor.at("definition", "main.pbtxt", GRAPH, '"Own|Flip"')
    assert found["uri"] == editor.uri("own_flip.pbtxt")


def test_definition_of_a_calculator_is_its_class(editor: Editor) -> None:
    found = editor.at("definition", "main.pbtxt", GRAPH, '"FlowLimiter|Calculator"')
    assert found["uri"].endswith("/core/flow_limiter.py")


def test_definition_of_a_stream_is_where_it_is_sent(editor: Editor) -> None:
    found = editor.at("definition", "main.pbtxt", GRAPH, "IMAGE:throt|tled")
    assert found["range"]["start"] == {"line": 7, "character": 18}


def test_rename_changes_every_use_and_nothing_else(editor: Editor) -> None:
    edit = editor.at("rename", "main.pbtxt", GRAPH, "IMAGE:throt|tled", newName="limited")
    after = applied(GRAPH, edit["changes"][editor.uri("main.pbtxt")])
    assert after == GRAPH.replace('"throttled"\n}', '"limited"\n}').replace(":throttled", ":limited")
    assert '# é𝄞 before: "throttled"' in after
    assert editor.change("main.pbtxt", after) == []
    back = editor.at("rename", "main.pbtxt", after, "IMAGE:lim|ited", newName="throttled")
    assert applied(after, back["changes"][editor.uri("main.pbtxt")]) == GRAPH


REFUSED = [("input_video", "already"), ("Wrong", "not a name of a stream")]


@pytest.mark.parametrize(("name", "reason"), REFUSED)
def test_rename_to_what_cannot_be_is_refused(editor: Editor, name: str, reason: str) -> None:
    before = GRAPH[: GRAPH.index("throttled")]
    position = {"line": before.count("\n"), "character": 18}
    params = {"textDocument": {"uri": editor.uri("main.pbtxt")}, "position": position, "newName": name}
    assert reason in editor.answer("textDocument/rename", params)["error"]["message"]


def test_references_and_formatting(editor: Editor) -> None:
    places = editor.at(
        "references", "main.pbtxt", GRAPH, '"throt|tled"\n}', context={"includeDeclaration": True}
    )
    assert [place["range"]["start"]["line"] for place in places] == [7, 11]
    editor.change("main.pbtxt", 'node{calculator:"PassThroughCalculator"}')
    params = {
        "textDocument": {"uri": editor.uri("main.pbtxt")},
        "options": {"tabSize": 2, "insertSpaces": True},
    }
    (edit,) = editor.request("textDocument/formatting", params)
    assert edit["newText"] == 'node {\n  calculator: "PassThroughCalculator"\n}\n'
