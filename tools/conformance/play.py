"""Play scenarios, given as JSON lines, through the Python API of mpgraph or of MediaPipe.

    python tools/conformance/play.py mpgraph < scenarios.jsonl
    PEER tools/conformance/play.py mediapipe < scenarios.jsonl

A scenario is {"config": text, "calls": [[name, argument...]...]}. The answer to each is one line of JSON: the
outcome of each call ("ok", or the exception's classes and message), and the events that observed streams have
reported up to each call: packets as [stream, time, value], settled timestamps as [stream, time, null]. This
file runs with both libraries, so it imports neither by name.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

TIMES = {
    "UNSET": -(2**63),
    "PRESTREAM": -(2**63) + 2,
    "MIN": -(2**63) + 3,
    "MAX": 2**63 - 4,
    "POSTSTREAM": 2**63 - 3,
}


class Player:
    """Plays scenarios with one of the two packages."""

    def __init__(self, package: str) -> None:
        module: Any = importlib.import_module("mediapipe.python" if package == "mediapipe" else package)
        self._api: Any = module
        self._timestamp: Any = module.Timestamp

    def _time(self, t: int | str) -> Any:
        return getattr(self._timestamp, t) if isinstance(t, str) else t

    def _packet(self, value: Any) -> Any:
        creator = self._api.packet_creator
        if value is None:
            return self._api.Packet()
        if isinstance(value, bool):
            return creator.create_bool(value)
        if isinstance(value, str):
            return creator.create_string(value)
        return creator.create_int(value)

    def _value(self, packet: Any) -> Any:
        if packet.is_empty():
            return None
        text = str(packet)
        getter = self._api.packet_getter
        if "bool" in text:
            return getter.get_bool(packet)
        return getter.get_str(packet) if "string" in text else getter.get_int(packet)

    def play(self, scenario: dict[str, Any]) -> dict[str, Any]:
        """Make the calls of a scenario, and return its outcomes and events."""
        outcomes: list[Any] = []
        events_after: list[list[list[Any]]] = []
        events: list[list[Any]] = []
        graph: Any = None

        def observe(stream: str, packet: Any) -> None:
            events.append([stream, packet.timestamp.value, self._value(packet)])

        for name, *arguments in [["CalculatorGraph"], *scenario["calls"]]:
            try:
                if name == "CalculatorGraph":
                    graph = self._api.CalculatorGraph(graph_config=scenario["config"])
                    if "max_queue_size" in scenario:
                        graph.max_queue_size = scenario["max_queue_size"]
                elif name == "observe":
                    graph.observe_output_stream(arguments[0], observe, arguments[1])
                elif name == "start_run":
                    side = {key: self._packet(value) for key, value in (arguments or [{}])[0].items()}
                    graph.start_run(side)
                elif name == "add":
                    stream, t, value = arguments
                    graph.add_packet_to_input_stream(
                        stream=stream, packet=self._packet(value).at(self._time(t))
                    )
                else:
                    getattr(graph, name)(*arguments)
                outcomes.append("ok")
            except Exception as error:
                outcomes.append([_builtin_classes(error), str(error)])
                if graph is None:
                    break
            events_after.append(list(events))
        return {"outcomes": outcomes, "events": events_after}


def _builtin_classes(error: Exception) -> list[str]:
    """The built-in exception classes that programs catch, the most specific first."""
    builtin = (ValueError, FileExistsError, FileNotFoundError, NotImplementedError, TypeError, RuntimeError)
    return [cls.__name__ for cls in builtin if isinstance(error, cls)] or [type(error).__name__]


def main() -> None:
    """Answer every line of standard input on standard output."""
    player = Player(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(player.play(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
