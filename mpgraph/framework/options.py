"""The declaration of a calculator's options by one of MediaPipe's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from google.protobuf.message import Message

M = TypeVar("M", bound="Message")


class ProtoOptions(Generic[M]):
    """Options given by one of MediaPipe's messages, by its class or by its name without the package.

        Options = ProtoOptions("FlowLimiterCalculatorOptions")

    The calculator then reads fields of the message in `cc.options`. With the class instead of the name, type
    checkers know the fields of `cc.options_as(self.Options)`:

        from mpgraph.protos import flow_limiter_calculator_pb2
        Options = ProtoOptions(flow_limiter_calculator_pb2.FlowLimiterCalculatorOptions)
    """

    @overload
    def __init__(self: ProtoOptions[Any], message: str) -> None: ...
    @overload
    def __init__(self, message: type[M]) -> None: ...

    def __init__(self, message: str | type[M]) -> None:
        self.message: str = message if isinstance(message, str) else message.DESCRIPTOR.name

    @property
    def full_name(self) -> str:
        """The message's name with its package."""
        return f"mediapipe.{self.message}"

    def message_class(self) -> type[M]:
        """The message's class, from the private descriptor pool."""
        from mpgraph import protos  # `import mpgraph` must not load protobuf, which is slow.

        return protos.message_class(self.full_name)

    def __repr__(self) -> str:
        return f"ProtoOptions({self.message!r})"
