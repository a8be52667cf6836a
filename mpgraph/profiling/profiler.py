"""Profiler: what `graph.profiler` is; follows the graph's `profiler_config`."""

from __future__ import annotations

from typing import Any

from mpgraph.config.model import GraphModel
from mpgraph.profiling.calculator_profiles import CalculatorProfiles
from mpgraph.profiling.instruments import Instrumentation
from mpgraph.profiling.profile_log import ProfileLog
from mpgraph.profiling.settings import ProfilerSettings
from mpgraph.runtime.run import GraphRun


class Profiler:
    """Times of the calculators, with `enable_profiler` in the config; log files, with `trace_enabled`."""

    def __init__(self, model: GraphModel, instruments: Instrumentation) -> None:
        self.settings = ProfilerSettings.of(model.config.profiler_config)
        self._instruments = instruments
        self._profiles = CalculatorProfiles(model, self.settings)
        self._log = ProfileLog(model, self.settings, instruments.drain) if self.settings.log else None
        if self.settings.profile:
            instruments.add(self._profiles)
        if self._log is not None:
            instruments.add(self._log)

    def calculator_profiles(self) -> list[Any]:
        """A CalculatorProfile message for each calculator: C++'s GetCalculatorProfiles.

        They cover all runs since the graph was made, or since `reset`.
        """
        self._instruments.drain()
        return self._profiles.profiles()

    def reset(self) -> None:
        """Begin the histograms anew."""
        self._instruments.drain()
        self._profiles.reset()

    def run_starts(self, run: GraphRun) -> None:
        """A run starts: the graph's."""
        if self._log is not None:
            self._log.start()

    def run_ends(self, run: GraphRun) -> None:
        """A run has ended: the graph's."""
        if self._log is not None:
            self._log.stop()
