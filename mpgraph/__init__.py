"""mpgraph: MediaPipe's graph framework, alive again in Python."""
