"""NodeStatus: the life of a node during one run."""

from __future__ import annotations

import enum


class NodeStatus(enum.IntEnum):
    """The life of a node; MediaPipe's names where it has the same state.

        PREPARED --headers and side packets are there--> OPENING --open() returned--> OPENED
        OPENED --a source whose layer's turn has come--> ACTIVE
        OPENED --the inputs have ended--> CLOSING
        ACTIVE --process() returned STOP--> CLOSING
        CLOSING --close() returned or raised--> CLOSED
        OPENED, ACTIVE, CLOSING --the run has ended--> CLOSED
        PREPARED --its side packets are those of the run before--> CLOSED

    A node whose open() raises stays in OPENING: it is neither opened again nor closed. In OPENING and
    CLOSING, that call is queued or running, and no other.
    """

    PREPARED = 0
    OPENING = 1
    OPENED = 2
    ACTIVE = 3
    CLOSING = 4
    CLOSED = 5


# A global is found faster than a member of an enum, which counts on the hot paths.
OPENING, OPENED, CLOSING = NodeStatus.OPENING, NodeStatus.OPENED, NodeStatus.CLOSING
