"""On a real cluster of several nodes on this machine: each node is a process of Ray with workers of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

CALCULATOR = """
import time
import mpgraph as mp

@mp.calculator
def ray_test_level(image: mp.ImageFrame) -> float:
    time.sleep(0.2)
    return float(image.numpy_view().mean())
"""

GRAPH = """
input_stream: "input_video"
output_stream: "level"
node { calculator: "RayTestLevelCalculator" input_stream: "IMAGE:input_video" output_stream: "level" }
"""

# Ray starts threads that outlive its connection, so it gets processes of its own.
CLUSTER = """
import os, sys
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
from ray.cluster_utils import Cluster
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
cluster.wait_for_nodes()
print(cluster.address, flush=True)
for line in sys.stdin:
    if line.strip() == "kill":
        cluster.remove_node(nodes.pop(), allow_graceful=False)
        nodes.append(cluster.add_node(num_cpus=1))
        print("killed", flush=True)
cluster.shutdown()
"""
