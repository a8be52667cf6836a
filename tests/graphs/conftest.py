"""Graphs for the GPU are tested where wgpu is installed."""

from __future__ import annotations

import importlib.util

if importlib.util.find_spec("wgpu") is None:
    collect_ignore = ["test_gpu_graphs.py"]
