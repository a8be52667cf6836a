"""Validation of single nodes: every error of every node, at its location."""

from __future__ import annotations

import pytest

from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import (
    ConfigError,
    GraphRunError,
    InternalError,
    MpgraphError,
    NotFoundError,
    UnknownError,
)
from mpgraph.framework.registry import CALCULATORS

HEAD = "ValidatedGraphConfig Initialization failed.\n"

# Fields of a node, on its second line; the class of MediaPipe's status; the message.
NODES: dict[str, tuple[type[MpgraphError], str]] = {
    'calculator: "CfgPas"': (NotFoundError, 'Unable to find Calculator "CfgPas". Did you mean "CfgPass"'),
    'calculator: "Zzzzzzzzz"': (NotFoundError, "@mpgraph.register"),
    "": (NotFoundError, 'Unable to find Calculator ""'),
    'calculator: "CfgPass" input_stream: "tag:a"': (UnknownError, 'Unable to initialize TagMaps.*"tag:a"'),
    'calculator: "CfgPass" input_stream: "A:a" input_stream: "A:b"': (UnknownError, "already had a name"),
    'calculator: "CfgPass" input_stream: "A:1:a"': (UnknownError, "Not all indexes were assigned names"),
    'calculator: "CfgInts"': (
        ConfigError,
        'CfgInts::GetContract failed to validate: .*index 0 is a required input stream.*node "CfgInts"',
    ),
    'calculator: "CfgStrs" input_stream: "X:a"': (ConfigError, 'Tag "X" index 0 was not expected'),
    'calculator: "CfgPass" output_stream: "a"': (ConfigError, "CfgPass: CfgPass must use matching tags"),
    'calculator: "CfgBroken"': (UnknownError, "CfgBroken: KeyError: 'missing'.*node \"CfgBroken\""),
    'calculator: "CfgPass" input_stream: "i" input_stream_info { tag_index: "FOO" }': (
        ConfigError,
        'Input stream with tag_index "FOO" requested in InputStreamInfo but is not an input stream of the',
    ),
    'calculator: "CfgPass" input_stream: "i" input_stream_info { tag_index: "foo" }': (
        ConfigError,
        '"foo" is not a port: it does not match TAG',
    ),
    'calculator: "CfgPass" input_stream: "i" input_stream_info {} input_stream_info { tag_index: ":0" }': (
        ConfigError,
        'Input stream with tag_index ":0" has more than one InputStreamInfo',
    ),
    'calculator: "CfgPass" options { [acme.X.ext] {} }': (ConfigError, "no known type"),
    'calculator: "CfgPass" node_options { type_url: "a" } node_options { type_url: "a" }': (
        InternalError,
        "specified more than once",
    ),
}


@pytest.mark.parametrize("fields", NODES)
def test_node_error(fields: str) -> None:
    kind, message = NODES[fields]
    with pytest.raises(kind, match=message) as raised:
        validate(f'input_stream: "i" node {{\n{fields}\n}}')
    assert str(raised.value).startswith(HEAD + "<string>:")
    (cause,) = raised.value.causes
    assert isinstance(cause, kind)
    assert cause.location is not None


def test_error_is_located_at_the_entry() -> None:
    text = 'node { calculator: "CfgStrs"\n input_stream: [\n"a",\n"X:b"\n] }'
    (error,) = diagnose(f'input_stream: ["a", "b"] {text}')
    assert error.line == 4


def test_errors_of_all_nodes_are_combined() -> None:
    text = """
    node { calculator: "One" }
    node { calculator: "Two" }
    node { calculator: "CfgPass" input_stream: "A:B:c" }
    """
    with pytest.raises(GraphRunError) as raised:
        validate(text)
    assert [type(cause) for cause in raised.value.causes] == [NotFoundError, NotFoundError, UnknownError]


def test_combined_errors_of_one_class_keep_it() -> None:
    with pytest.raises(NotFoundError) as raised:
        validate('node { calculator: "One" } node { calculator: "Two" }')
    assert len(str(raised.value).splitlines()) == 3


def test_error_names_the_node_of_a_graph_without_text() -> None:
    config = validate('node { calculator: "CfgSource" name: "mine" }').config
    config.node[0].output_stream.append("WRONG:x")
    with pytest.raises(ConfigError, match='node "mine"'):
        validate(config)


def test_calculator_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = {**CALCULATORS._modules, "CfgGone": "mpgraph_no_such_package.gone"}
    monkeypatch.setattr(CALCULATORS, "_modules", modules)
    with pytest.raises(InternalError, match='"CfgGone" cannot be loaded: No module named'):
        validate('node { calculator: "CfgGone" }')


def test_legacy_fields_are_errors() -> None:
    with pytest.raises(NotFoundError, match='Unable to find PacketGenerator "X"'):
        validate('packet_generator { packet_generator: "X" }')
    with pytest.raises(NotFoundError, match='Unable to find StatusHandler "X"'):
        validate('status_handler { status_handler: "X" }')
