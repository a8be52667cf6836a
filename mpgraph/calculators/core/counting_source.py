"""CountingSourceCalculator: a source of consecutive integers."""

from __future__ import annotations

from typing import Any

from mpgraph.errors import InternalError, NotFoundError, ret_check
from mpgraph.framework import calculator_framework as mp


@mp.register
class CountingSourceCalculator(mp.Calculator):
    """Sends consecutive integers, each at the time that equals its value; a source.

    The output is INITIAL_VALUE (default 0), then each value INCREMENT (1) more than the one before,
    BATCH_SIZE (1) of them in each call, until MAX_COUNT calls. All parameters are side packets.

    For tests of errors: after ERROR_COUNT calls `process` fails, with ERROR_ON_OPEN (bool) `open` does.
    Negative counts, and an INCREMENT or BATCH_SIZE below 1, are errors.
    """

    error_on_open = mp.SideInput("ERROR_ON_OPEN", bool, optional=True)
    error_count = mp.SideInput("ERROR_COUNT", int, optional=True)
    max_count = mp.SideInput("MAX_COUNT", int, optional=True)
    batch_size = mp.SideInput("BATCH_SIZE", int, optional=True)
    initial_value = mp.SideInput("INITIAL_VALUE", int, optional=True)
    increment = mp.SideInput("INCREMENT", int, optional=True)
    out = mp.Output("", int)

    @classmethod
    def get_contract(cls, contract: mp.Contract) -> None:
        """MAX_COUNT or ERROR_COUNT is connected."""
        super().get_contract(contract)
        ret_check(
            contract.side_inputs.has("MAX_COUNT") or contract.side_inputs.has("ERROR_COUNT"),
            "CountingSourceCalculator needs the side packet MAX_COUNT or ERROR_COUNT.",
        )

    @mp.override
    def open(self, cc: mp.CalculatorContext) -> None:
        if cc.get(self.error_on_open, False):
            raise NotFoundError("expected error")
        self._errors_after = cc.get(self.error_count)
        self._stops_after = cc.get(self.max_count)
        ret_check(
            self._errors_after is not None or self._stops_after is not None,
            "CountingSourceCalculator was given neither MAX_COUNT nor ERROR_COUNT.",
        )
        self._size = cc.get(self.batch_size, 1)
        self._step = cc.get(self.increment, 1)
        self._next = cc.get(self.initial_value, 0)
        self._batches = 0
        for port, least in (
            (self.error_count, 0),
            (self.max_count, 0),
            (self.batch_size, 1),
            (self.increment, 1),
        ):
            value = cc.get(port, least)
            ret_check(value is not None and value >= least, f"{port.tag} is {value}, less than {least}.")

    @mp.override
    def process(self, cc: mp.CalculatorContext) -> Any:
        if self._errors_after is not None and self._batches >= self._errors_after:
            raise InternalError("expected error")
        if self._stops_after is not None and self._batches >= self._stops_after:
            return mp.STOP
        assert self._size is not None and self._next is not None and self._step is not None
        for _ in range(self._size):
            cc.emit(self.out, self._next, self._next)
            self._next += self._step
        self._batches += 1
        return None
