"""Streams that the options of input stream handlers name, found before the graph runs."""

from __future__ import annotations

import pytest

from mpgraph.config.validation.diagnostics import diagnose

NODE = """input_stream: "a"
output_stream: "b"
node {{ calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b"
input_stream_handler {{ input_stream_handler: "{0}InputStreamHandler"
options {{ [mediapipe.{0}InputStreamHandlerOptions.ext] {{ {1} }} }} }} }}
"""


@pytest.mark.parametrize(
    ("handler", "options", "message"),
    [
        ("SyncSet", 'sync_set { tag_index: "X" }', 'sync_set: stream "X" is not found.'),
        ("SyncSet", 'sync_set { tag_index: [":0", ":0"] }', 'stream ":0" is in more than one sync set.'),
        ("SyncSet", 'sync_set { tag_index: "b-ad" }', '"b-ad"'),
        ("TimestampAlign", 'timestamp_base_tag_index: "X"', 'stream "X" is not found.'),
    ],
)
def test_unknown_streams(handler: str, options: str, message: str) -> None:
    (one,) = diagnose(NODE.format(handler, options))
    assert message in one.message and (one.severity, one.line) == ("error", 4)


def test_valid_options() -> None:
    assert diagnose(NODE.format("SyncSet", 'sync_set { tag_index: ":0" }')) == []
    assert diagnose(NODE.format("TimestampAlign", 'timestamp_base_tag_index: ":0"')) == []
