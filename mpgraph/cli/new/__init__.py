"""`mpgraph new`: create a calculator or a project from working, tested templates."""
