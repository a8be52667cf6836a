"""`mpgraph hands`, `pose`, `face`, ...: find landmarks or detections, draw them, and write them as data."""
