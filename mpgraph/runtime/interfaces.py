"""What the parts of a run know of each other: the scheduler of its nodes, queues and nodes of the scheduler.

The scheduler, its queues and the nodes call each other in turn. Each imports these protocols instead of the
others' modules, as MediaPipe's SchedulerShared does for its scheduler.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

from mpgraph.config.model import ValidatedNode
from mpgraph.framework.context import CalculatorContext

Event: TypeAlias = "tuple[Callable[[Any], None], Any]"
"""Something for the scheduler's owner to handle: a function, and the argument to call it with."""


class SchedulerShared(Protocol):
    """What a scheduler's queues, and calculators that wait for a clock, use of it."""

    inbox: deque[Event]
    errors: list[BaseException]
    stopping: bool

    @property
    def is_paused(self) -> bool:
        """Whether no further invocation may start."""

    def task_queued(self) -> None:
        """Count one more invocation that waits for an executor or runs on one."""

    def tasks_ended(self, count: int) -> None:
        """Count as many fewer."""

    def drain(self) -> bool:
        """Become the owner and work until nothing is left; False if another thread is the owner."""

    def record_error(self, error: BaseException) -> None:
        """Add an error to the run, which ends it."""

    def notify(self) -> None:
        """Wake up every thread that waits for a change."""

    def quiet(self, sleeping: int = 0) -> bool:
        """Whether nothing moves, apart from `sleeping` tasks on executors."""


class SchedulableNode(Protocol):
    """What a scheduler and its queues use of a node."""

    spec: ValidatedNode
    open_key: int
    process_key: int

    @property
    def is_opened(self) -> bool:
        """Whether `open` has succeeded, even if the node has closed since."""

    @property
    def is_closed(self) -> bool:
        """Whether the node will not be called again."""

    def run(self) -> None:
        """Run the next invocation of an inline node, from start to end."""

    def run_user_code(self, context: CalculatorContext) -> None:
        """Run the calculator of an offloaded node, on any thread."""

    def finish_task(self, context: CalculatorContext) -> None:
        """Propagate the result of `run_user_code`, as the owner."""

    def schedule(self) -> None:
        """Queue invocations for as long as the inputs are ready."""

    def activate(self) -> None:
        """Start to call a source."""

    def leave_fast_path(self) -> None:
        """Queue nothing without asking `schedule` first."""
