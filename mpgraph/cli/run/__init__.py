"""`mpgraph run`: run a graph on a video, an image or a camera."""
