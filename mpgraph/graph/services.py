"""GraphServices: the objects that calculators find with `cc.service(key)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mpgraph.config.model import GraphModel, ValidatedNode
from mpgraph.errors import InternalError, MpgraphError
from mpgraph.runtime.run import GraphRun, RunWatcher


class GraphServices:
    """The services that the application gave, and the default services of calculators."""

    def __init__(self) -> None:
        self._given: dict[str, Any] = {}
        self._watchers: list[RunWatcher] = []

    def set(self, key: str, service: Any) -> None:
        """Use an object for every run from now on."""
        self._given[key] = service

    def for_run(self, model: GraphModel) -> Mapping[str, Any]:
        """Return the services of a new run, with a new default service where none was given.

        Raises:
            InternalError: a node requires a service that has no default.
            MpgraphError: a default service cannot be created; at the location of the node.
        """
        services = dict(self._given)
        for node in model.nodes:
            for key, optional in node.contract.services.items():
                if key in services:
                    continue
                if (create := node.contract.default_services.get(key)) is not None:
                    services[key] = _default_service(create, node)
                elif not optional:
                    raise InternalError(
                        f'Service "{key}", required by node "{node.name}", was not provided and cannot be '
                        "created.",
                        location=node.location,
                        hint="Give it with set_service().",
                        rule="missing-service",
                    )
        self._watchers = [service for service in services.values() if isinstance(service, RunWatcher)]
        return services

    def run_starts(self, run: GraphRun, watchers: Sequence[RunWatcher]) -> None:
        """Inform the services that follow runs, except for those that are among the graph's watchers too."""
        self._watchers = [watcher for watcher in self._watchers if watcher not in watchers]
        for watcher in self._watchers:
            watcher.run_starts(run)

    def run_ends(self, run: GraphRun) -> None:
        """Inform them of the end, and let go of those that were created for the run."""
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            watcher.run_ends(run)


def _default_service(create: Callable[[], Any], node: ValidatedNode) -> Any:
    try:
        return create()
    except MpgraphError as error:
        raise error.with_context(f'Node "{node.name}": ', location=node.location) from error
