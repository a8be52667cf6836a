"""Input stream handlers, one a file. Importing this package registers all of them."""

from mpgraph.runtime.handlers import (
    barrier,
    default,
    early_close,
    fixed_size,
    immediate,
    mux,
    sync_set,
    timestamp_align,
)
from mpgraph.runtime.handlers.base import (
    CLOSE,
    NOT_READY,
    READY,
    InputStreamHandler,
    Readiness,
    handler_class,
    register_input_stream_handler,
)

__all__ = [
    "CLOSE",
    "NOT_READY",
    "READY",
    "InputStreamHandler",
    "Readiness",
    "barrier",
    "default",
    "early_close",
    "fixed_size",
    "handler_class",
    "immediate",
    "mux",
    "register_input_stream_handler",
    "sync_set",
    "timestamp_align",
]
