"""Errors with the context of a graph, and combined errors."""

from __future__ import annotations

import pytest

from mpgraph.config.problems import raise_all, with_context
from mpgraph.errors import (
    ConfigError,
    GraphRunError,
    InvalidArgumentError,
    Location,
    NotFoundError,
    ResourceNotFoundError,
    UnknownError,
)

HERE = Location("graph.pbtxt", 3, 4)


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (NotFoundError("gone"), NotFoundError, "A: gone."),
        (ResourceNotFoundError("gone"), ResourceNotFoundError, "A: gone."),
        (InvalidArgumentError("bad"), ConfigError, "A: bad."),
        (ValueError("bad"), ConfigError, "A: bad."),
        (KeyError("k"), UnknownError, "A: KeyError: 'k'."),
        (RuntimeError(), UnknownError, "A: RuntimeError: RuntimeError."),
    ],
)
def test_error_keeps_its_status(error: Exception, kind: type[Exception], text: str) -> None:
    found = with_context(error, "A: ", HERE, ".")
    assert type(found) is kind
    assert str(found) == f"{HERE}: {text}"
    assert found.__cause__ is error


def test_known_location_is_kept() -> None:
    inner = Location("inner.pbtxt", 1, 1)
    assert with_context(ConfigError("bad", location=inner), "", HERE).location == inner


def test_combined_errors_have_their_common_status() -> None:
    raise_all("Failed.", [])
    with pytest.raises(ConfigError, match=r"^Failed\.\nx\ny$") as raised:
        raise_all("Failed.", [ConfigError("x"), InvalidArgumentError("y")])
    assert len(raised.value.causes) == 2
    with pytest.raises(NotFoundError):
        raise_all("Failed.", [NotFoundError("x")])
    with pytest.raises(GraphRunError):
        raise_all("Failed.", [NotFoundError("x"), ConfigError("y")])
