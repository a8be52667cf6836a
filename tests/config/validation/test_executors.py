"""Declared executors and the nodes that name them."""

from __future__ import annotations

import pytest

from mpgraph.config.validation.diagnostics import diagnose
from mpgraph.config.validation.pipeline import validate
from mpgraph.errors import ConfigError

POOL = 'type: "ThreadPoolExecutor" options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 2 } }'
NODE = 'node { calculator: "CfgPass" executor: "%s" }'

ERRORS = {
    'executor { name: "default" }': '"default" is a reserved executor name.',
    'executor { name: "gpu" }': '"gpu" is a reserved executor name.',
    'executor { name: "__x" }': '"__x" is a reserved executor name.',
    'executor { name: "a" } executor { name: "a" }': 'ExecutorConfig for "a" is duplicate.',
    "executor {} executor {}": "ExecutorConfig for the default executor is duplicate.",
    NODE % "x": 'The executor "x" is not declared in an ExecutorConfig.',
    'executor { name: "decode" }' + NODE % "decoder": 'Did you mean "decode"',
    NODE % "gpu": '"gpu" is a reserved executor name.',
    "num_threads: 2 executor {}": "default executor and the graph-level num_threads field should not both",
}


@pytest.mark.parametrize("text", ERRORS)
def test_errors(text: str) -> None:
    with pytest.raises(ConfigError, match=ERRORS[text]) as raised:
        validate(text)
    assert raised.value.location is not None


def test_all_executor_errors_are_reported() -> None:
    assert len(diagnose('executor { name: "gpu" }' + NODE % "x" + NODE % "default")) == 3


def test_default_executor_is_always_declared() -> None:
    model = validate("")
    assert [(spec.name, spec.type, spec.num_threads, spec.has_options) for spec in model.executors] == [
        ("", "", 0, False)
    ]
    assert model.num_threads == 0


def test_num_threads_moves_into_the_default_executor() -> None:
    model = validate("num_threads: 3")
    assert (model.num_threads, model.executors[0].num_threads, model.executors[0].has_options) == (3, 3, True)
    assert not model.config.num_threads
    assert validate(model.config).num_threads == 3


def test_declared_executors_are_in_the_model() -> None:
    model = validate(f'executor {{ name: "a" {POOL} }} executor {{ name: "b" }} ' + NODE % "a")
    assert [(spec.name, spec.type, spec.num_threads) for spec in model.executors] == [
        ("a", "ThreadPoolExecutor", 2),
        ("b", "", 0),
        ("", "", 0),
    ]
    assert model.nodes[0].executor == "a"


@pytest.mark.parametrize(
    ("executor", "column", "says"),
    [
        ('name: "x" type: "ThreadPool"', 22, 'unknown type "ThreadPool". Did you mean "ThreadPoolExecutor"'),
        ('name: "x" type: "Xyzzy"', 22, "Known: ApplicationThreadExecutor, ThreadPoolExecutor"),
        ('name: "x" type: "ApplicationThreadExecutor"', 22, "Only the default executor"),
        ('name: "x" type: "ThreadPoolExecutor"', 1, "num_threads is not specified"),
    ],
)
def test_errors_of_the_runtime_are_diagnosed(executor: str, column: int, says: str) -> None:
    (found,) = diagnose(f"executor {{ {executor} }}")
    assert found.column == column and says in str(found)


def test_valid_executors_have_no_diagnostics() -> None:
    assert diagnose('executor { type: "ThreadPoolExecutor" }') == []
    assert diagnose('executor { type: "ApplicationThreadExecutor" }') == []
