"""Random scenarios with calculators that the wheel of MediaPipe 0.10.21 contains."""

from __future__ import annotations

from random import Random
from typing import Any

Scenario = dict[str, Any]


class _ScenarioGenerator:
    """Generates one graph and the calls on it; `ints` and `bools` are the streams so far, by type."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.names = 0
        self.ints = [self.name() for _ in range(random.randint(1, 3))]
        self.bools = [self.name() for _ in range(random.randint(0, 1))]
        self.inputs = {**dict.fromkeys(self.ints, False), **dict.fromkeys(self.bools, True)}
        self.nodes: list[str] = []
        additions = (self.pass_through, self.merge, self.gate, self.loop, self.limiter, self.presence)
        for _ in range(random.randint(1, 6)):
            random.choice(additions)()

    def name(self) -> str:
        self.names += 1
        return f"s{self.names}"

    def node(self, calculator: str, inputs: list[str], outputs: list[str], extra: str = "") -> None:
        ports = [f'input_stream: "{name}"' for name in inputs]
        ports += [f'output_stream: "{name}"' for name in outputs]
        self.nodes.append(f'node {{ calculator: "{calculator}Calculator" {" ".join(ports)} {extra} }}')

    def any_int(self) -> str:
        return self._random.choice(self.ints)

    def pass_through(self) -> None:
        inputs = [self.any_int() for _ in range(self._random.randint(1, 3))]
        outputs = [self.name() for _ in inputs]
        extra = self._random.choice(["", "", "max_in_flight: 3"])
        if len(inputs) == 1 and self._random.random() < 0.3:
            extra = 'input_stream_handler { input_stream_handler: "ImmediateInputStreamHandler" }'
        self.node("PassThrough", inputs, outputs, extra)
        self.ints += outputs

    def merge(self) -> None:
        out = self.name()
        self.node("Merge", [self.any_int() for _ in range(self._random.randint(1, 3))], [out])
        self.ints.append(out)

    def gate(self) -> None:
        if not self.bools:
            self.presence()
        inputs = [self.any_int() for _ in range(self._random.randint(1, 2))]
        outputs = [self.name() for _ in inputs]
        tag = self._random.choice(["ALLOW", "DISALLOW"])
        state = self.name()
        options = self._random.choice(["", "empty_packets_as_allow: true", "initial_gate_state: GATE_ALLOW"])
        extra = f"options {{ [mediapipe.GateCalculatorOptions.ext] {{ {options} }} }}" if options else ""
        control = self._random.choice(self.bools)
        self.node("Gate", [*inputs, f"{tag}:{control}"], [*outputs, f"STATE_CHANGE:{state}"], extra)
        self.ints += outputs
        self.bools.append(state)

    def presence(self) -> None:
        out = self.name()
        self.node("PacketPresence", [f"PACKET:{self.any_int()}"], [f"PRESENCE:{out}"])
        self.bools.append(out)

    def loop(self) -> None:
        main, back, previous, same = self.any_int(), self.name(), self.name(), self.name()
        info = 'input_stream_info { tag_index: "LOOP" back_edge: true }'
        self.node("PreviousLoopback", [f"MAIN:{main}", f"LOOP:{back}"], [f"PREV_LOOP:{previous}"], info)
        self.node("PassThrough", [main, previous], [back, same])
        self.ints += [back, previous, same]

    def limiter(self) -> None:
        main, back, limited = self.any_int(), self.name(), self.name()
        fields = f"max_in_flight: {self._random.randint(1, 2)} max_in_queue: {self._random.randint(0, 2)}"
        info = 'input_stream_info { tag_index: "FINISHED" back_edge: true }'
        options = f"options {{ [mediapipe.FlowLimiterCalculatorOptions.ext] {{ {fields} }} }}"
        self.node("FlowLimiter", [main, f"FINISHED:{back}"], [limited], f"{info} {options}")
        self.node("PassThrough", [limited], [back])
        self.ints += [limited, back]

    def scenario(self) -> Scenario:
        head = [f'input_stream: "{name}"' for name in self.inputs]
        threads = self._random.choice(["", "num_threads: 1", "num_threads: 4"])
        calls: list[list[Any]] = [["observe", name, True] for name in [*self.ints, *self.bools]]
        calls.append(["start_run"])
        following = dict.fromkeys(self.inputs, 0)
        for _ in range(self._random.randint(1, 15)):
            if not following:
                break
            self.event(calls, following)
            calls.append(["wait_until_idle"])
        for name in following:
            calls += [["close_input_stream", name], ["wait_until_idle"]]
        return {"config": "\n".join([threads, *head, *self.nodes]), "calls": [*calls, ["wait_until_done"]]}

    def event(self, calls: list[list[Any]], following: dict[str, int]) -> None:
        name = self._random.choice(sorted(following))
        draw = self._random.random()
        if draw < 0.04:
            del following[name]
            calls.append(["close_input_stream", name])
            return
        t = following[name] + self._random.choice([0, 0, 1, 2, 5])
        if draw > 0.985:
            t = max(t - 3, 0)
        value: Any = self._random.randint(0, 9)
        if draw < 0.15:
            value = None
        elif self.inputs[name]:
            value = self._random.random() < 0.5
        calls.append(["add", name, t, value])
        following[name] = max(t + 1, following[name])


def random_scenario(seed: int) -> Scenario:
    """Return the scenario for a seed."""
    return _ScenarioGenerator(Random(seed)).scenario()
