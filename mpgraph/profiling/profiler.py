"""Profiler: measures what the graph's `profiler_config` requests."""

from __future__ import annotations

from typing import Any

from mpgraph.config.model import GraphModel
from mpgraph.profiling.calculator_profiles import CalculatorProfiles
from mpgraph.profiling.instrumentation import GraphInstrumentation
from mpgraph.profiling.profile_log import ProfileLog
from mpgraph.profiling.settings import ProfilerSettings
from mpgraph.runtime.run import GraphRun


class Profiler:
    """Times of calculators, with `enable_profiler` in the config; log files, with `trace_enabled`."""

    def __init__(self, model: GraphModel, instrumentation: GraphInstrumentation) -> None:
        self.settings = ProfilerSettings.of(model.config.profiler_config)
        self._instrumentation = instrumentation
        self._profiles = CalculatorProfiles(model, self.settings)
        self._log = ProfileLog(model, self.settings, instrumentation.drain) if self.settings.log else None
        if self.settings.profile:
            instrumentation.add(self._profiles)
        if self._log is not None:
            instrumentation.add(self._log)

    def calculator_profiles(self) -> list[Any]:
        """Return a CalculatorProfile message for each calculator, as C++'s GetCalculatorProfiles does.

        They cover all runs since the graph was created, or since `reset`.
        """
        self._instrumentation.drain()
        return self._profiles.profiles()

    def reset(self) -> None:
        """Clear the histograms."""
        self._instrumentation.drain()
        self._profiles.reset()

    def run_starts(self, run: GraphRun) -> None:
        """Begin the log files' interval when a run of the graph starts."""
        if self._log is not None:
            self._log.start()

    def run_ends(self, run: GraphRun) -> None:
        """Write what is left of the log when a run of the graph has ended."""
        if self._log is not None:
            self._log.stop()
