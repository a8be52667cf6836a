"""From the text of a graph to a validated one."""
