"""How a node gets its handler, and handlers that an application registers."""

from __future__ import annotations

from typing import Any

import pytest

from mpgraph.errors import AlreadyExistsError, InvalidArgumentError, MpgraphError
from mpgraph.framework.calculator import Calculator
from mpgraph.framework.context import CalculatorContext
from mpgraph.framework.ports import Input
from mpgraph.framework.registry import register
from mpgraph.runtime.handlers import InputStreamHandler, Readiness, register_input_stream_handler

IMMEDIATE = 'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }'
DEFAULT = 'input_stream_handler { input_stream_handler: "DefaultInputStreamHandler" }'


@register
class RtRequestsImmediate(Calculator):
    """Requests a handler in its contract."""

    x = Input("X")
    y = Input("Y")
    input_stream_handler = "ImmediateInputStreamHandler"

    def process(self, cc: CalculatorContext) -> None:
        cc.service("calls").append((cc.node_name, "process", cc.t, []))


@pytest.mark.parametrize(
    ("by_node", "by_graph", "is_immediate"),
    [("", "", True), (DEFAULT, "", False), ("", DEFAULT, False), (IMMEDIATE, DEFAULT, True)],
)
def test_node_overrides_graph_overrides_contract(
    stage: Any, by_node: str, by_graph: str, is_immediate: bool
) -> None:
    text = f"""
      input_stream: "x" input_stream: "y" {by_graph}
      node {{ name: "a" calculator: "RtRequestsImmediate" input_stream: "X:x" input_stream: "Y:y" {by_node} }}
    """
    play = stage(text).start().send("x", 1).idle()
    assert bool(play.called("a")) == is_immediate


@register_input_stream_handler("NewestInputStreamHandler")
class NewestInputStreamHandler(InputStreamHandler):
    """The example in InputStreamHandler's docstring."""

    def readiness(self) -> Readiness:
        if any(queue.is_done for queue in self.queues):
            return self.CLOSE
        if not all(queue.packets for queue in self.queues):
            self.t = min(queue.head for queue in self.queues)
            return self.NOT_READY
        self.t = max(queue.packets[-1].timestamp.value for queue in self.queues)
        return self.READY

    def fill(self, context: CalculatorContext, t: int) -> None:
        for queue in self.queues:
            while len(queue.packets) > 1:
                queue.pop()
            context.packets[queue.port] = queue.pop().at(t)


HANDLED = """
  input_stream: "x" input_stream: "y"
  node { name: "a" calculator: "RtScript" input_stream: "x" input_stream: "y" %s }
"""


def handled_by(name: str) -> str:
    return HANDLED % f'input_stream_handler {{ input_stream_handler: "{name}" }}'


def test_registered_handler_runs_in_a_graph(stage: Any) -> None:
    play = stage(handled_by("NewestInputStreamHandler")).start()
    play.send("x", 1, 2, 3).idle()
    assert play.called("a") == []
    play.send("y", 2).idle().send("x", 4).send("y", 9).idle().finish()
    assert play.called("a") == [(3, [3, 2]), (9, [4, 9])]
    assert len(play.called("a", "close")) == 1


def test_handler_may_use_the_helpers_of_its_base_class(stage: Any) -> None:
    @register_input_stream_handler("FirstStreamInputStreamHandler")
    class FirstStream(InputStreamHandler):
        def readiness(self) -> Readiness:
            first = self.queues[0]
            self.t = first.head
            return self.READY if first.packets else self.CLOSE if first.is_done else self.NOT_READY

        def fill(self, context: CalculatorContext, t: int) -> None:
            for queue in self.queues:
                self.put(context, queue, t)

    play = stage(handled_by("FirstStreamInputStreamHandler")).start()
    play.send("y", 1).idle().send("x", 1, 2).idle().finish()
    assert play.called("a") == [(1, [1, 1]), (2, [2, None])]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (1, r"Wrong.readiness\(\) returned 1, which is no Readiness. Return self.READY"),
        (None, r"Wrong.readiness\(\) returned None"),
    ],
)
def test_answer_that_is_no_readiness_fails_the_node(stage: Any, answer: Any, words: str) -> None:
    name = f"Wrong{answer}InputStreamHandler"

    @register_input_stream_handler(name)
    class Wrong(InputStreamHandler):
        def readiness(self) -> Readiness:
            return answer  # type: ignore[no-any-return]

    play = stage(handled_by(name)).start()
    with pytest.raises(InvalidArgumentError, match=f'Node "a": {words}'):
        play.finish()


def test_what_a_handler_raises_is_an_error_of_its_node(stage: Any) -> None:
    @register_input_stream_handler("RaisingInputStreamHandler")
    class Raising(InputStreamHandler):
        def readiness(self) -> Readiness:
            raise InvalidArgumentError("I do not know.")

    play = stage(handled_by("RaisingInputStreamHandler")).start()
    with pytest.raises(InvalidArgumentError, match='Node "a": I do not know.'):
        play.finish()


def test_registering_a_name_twice_is_refused_except_by_the_same_class() -> None:
    register_input_stream_handler("NewestInputStreamHandler")(NewestInputStreamHandler)
    with pytest.raises(AlreadyExistsError, match="is registered already, by .*NewestInputStreamHandler"):

        @register_input_stream_handler("NewestInputStreamHandler")
        class Other(InputStreamHandler): ...


def test_only_handlers_can_be_registered() -> None:
    with pytest.raises(InvalidArgumentError, match="is no subclass of InputStreamHandler"):
        register_input_stream_handler("NoInputStreamHandler")(int)  # type: ignore[type-var]


def test_error_in_set_up_is_an_error_of_the_node(stage: Any) -> None:
    @register_input_stream_handler("NotSetUpInputStreamHandler")
    class NotSetUp(InputStreamHandler):
        def set_up(self) -> None:
            self.limit = self.options.limit

    with pytest.raises(MpgraphError, match='Node "a": AttributeError: limit'):
        stage(handled_by("NotSetUpInputStreamHandler")).start()
