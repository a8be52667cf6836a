"""GateCalculator: forward or drop packets, depending on a control input."""

from __future__ import annotations

from mpgraph.calculators.core.forwarding import copy_headers
from mpgraph.errors import ret_check
from mpgraph.framework import calculator_framework as mp

_UNINITIALIZED, _ALLOW, _DISALLOW = 1, 2, 3
"""Values of GateCalculatorOptions.GateState."""


@mp.register
class GateCalculator(mp.Calculator):
    """Forwards its untagged inputs while the gate is open, and drops them while it is closed.

    The control is ALLOW or DISALLOW (bool), as input or side packet, or else the option `allow`. STATE_CHANGE
    (bool) reports whether the gate is open, at each time when that changes; the first packet is compared
    with `initial_gate_state`, if given.

    Where the control stream has no packet, `empty_packets_as_allow` decides. A side packet that closes the
    gate closes the outputs.
    """

    data = mp.Input("", repeated=True, optional=True)
    allow = mp.Input("ALLOW", bool, optional=True)
    disallow = mp.Input("DISALLOW", bool, optional=True)
    side_allow = mp.SideInput("ALLOW", bool, optional=True)
    side_disallow = mp.SideInput("DISALLOW", bool, optional=True)
    out = mp.Output("", repeated=True, optional=True, same_as=data)
    state_change = mp.Output("STATE_CHANGE", bool, optional=True)
    Options = mp.ProtoOptions("GateCalculatorOptions")
    timestamp_offset = 0

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """At most one control is connected, and as many untagged outputs as untagged inputs."""
        super().get_contract(contract)
        controls = [
            f"{tag} ({kind})"
            for kind, specs in (("stream", contract.inputs), ("side packet", contract.side_inputs))
            for tag in ("ALLOW", "DISALLOW")
            if specs.has(tag)
        ]
        ret_check(len(controls) <= 1, f"a gate takes one control, not {' and '.join(controls)}.")
        ret_check(
            contract.inputs.count("") == contract.outputs.count(""),
            "Number of data output streams must match with data input streams.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        self._count = cc.input_tags.count("")
        self._last_state: int = cc.options.initial_gate_state
        copy_headers(cc)
        self._default: bool = cc.options.empty_packets_as_allow
        # An optional side packet that the application does not set counts as not connected.
        self._is_final = cc.has(self.side_allow) or cc.has(self.side_disallow)
        if cc.has(self.side_allow):
            self._default = cc[self.side_allow]
        elif cc.has(self.side_disallow):
            self._default = not cc[self.side_disallow]
        elif not cc.connected(self.allow) and not cc.connected(self.disallow):
            self._default = cc.options.allow

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> None:
        allowed = self._default
        if cc.has(self.allow):
            allowed = cc[self.allow]
        elif cc.has(self.disallow):
            allowed = not cc[self.disallow]
        state = _ALLOW if allowed else _DISALLOW
        if self._last_state not in (_UNINITIALIZED, state):
            cc.emit(self.state_change, allowed)
        self._last_state = state
        for shard, packet in zip(cc.outputs[: self._count], cc.packets, strict=False):
            if not allowed:
                if self._is_final:
                    shard.close()
            elif not packet.is_empty():
                shard.add_packet(packet)
