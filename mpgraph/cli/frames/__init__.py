"""Frames on their way through a command: sources, steps, sinks, progress and interrupts."""
