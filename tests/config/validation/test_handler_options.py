"""Wrong options of input stream handlers, found before the graph runs."""

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
        ("Default", "batch_size: 0", "Batch size has to be greater than or equal to 1."),
        ("Default", "batch_size: -5", "Batch size has to be greater than or equal to 1."),
    ],
)
def test_wrong_options(handler: str, options: str, message: str) -> None:
    (one,) = diagnose(NODE.format(handler, options))
    assert message in one.message and (one.severity, one.line) == ("error", 4)


def test_a_handler_without_a_name_is_unknown() -> None:
    (one,) = diagnose(
        'input_stream: "a" node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" '
        'input_stream_handler { input_stream_handler: "" } }'
    )
    assert '"" is not a registered input stream handler' in one.message


def test_valid_options() -> None:
    assert diagnose(NODE.format("Default", "batch_size: 2")) == []
    assert diagnose(NODE.format("SyncSet", 'sync_set { tag_index: ":0" }')) == []
    assert diagnose(NODE.format("TimestampAlign", 'timestamp_base_tag_index: ":0"')) == []
