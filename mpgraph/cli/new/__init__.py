"""`mpgraph new`: a calculator or project that works and is tested, to start from."""
