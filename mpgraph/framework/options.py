"""What `Options` of a calculator class may be, and how a node's options become it."""

from __future__ import annotations

from typing import Any


class ProtoOptions:
    """Options given by one of MediaPipe's messages, named without its package.

    `Options = ProtoOptions("FlowLimiterCalculatorOptions")`; the calculator then reads fields of
    the message in `cc.options`.
    """

    def __init__(self, message: str) -> None:
        self.message = message

    @property
    def full_name(self) -> str:
        """The message's name with its package."""
        return f"mediapipe.{self.message}"

    def message_class(self) -> Any:
        """The message's class, from the private descriptor pool."""
        from mpgraph import protos  # Loading protobuf costs time that `import mpgraph` should not pay.

        return protos.message_class(self.full_name)

    def __repr__(self) -> str:
        return f"ProtoOptions({self.message!r})"
